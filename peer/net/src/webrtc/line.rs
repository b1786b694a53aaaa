//! Building one peer connection: settings, codec, interceptors, channels and track.

use std::{net::IpAddr, sync::Arc, time::Duration};

use deskside_protocol::api::IceServer;
use rtc::{
    ice::mdns::MulticastDnsMode,
    interceptor::{
        CongestionControlBuilder, NackGeneratorBuilder, NackResponderBuilder, Slot, TwccReceiverBuilder,
        TwccSenderBuilder,
    },
    media_stream::MediaStreamTrack,
    peer_connection::configuration::{media_engine::MIME_TYPE_H264, setting_engine::SctpMaxMessageSize},
    rtp_transceiver::rtp_sender::{
        RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
        RTCRtpHeaderExtensionCapability, RtpCodecKind,
    },
    sdp::extmap::TRANSPORT_CC_URI,
};
use webrtc::{
    data_channel::{DataChannel, RTCDataChannelInit},
    error::Result,
    media_stream::track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP},
    peer_connection::{
        MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler,
        RTCConfigurationBuilder, RTCIceServer, RTCIceTransportPolicy, Registry, SettingEngineBuilder,
        configure_rtcp_reports,
    },
    rtp_transceiver::RtpSender,
};

use super::{
    estimate::LineRate,
    feedback::{Estimate, KeyFrameRequests, SendRate},
    pace::{Pace, PacedRuntime, receive_window},
};
use crate::{Channel, LinkConfig, LinkSink};

/// Largest message on any channel, in bytes.
pub(super) const MAX_MESSAGE: usize = 256 * 1024;
/// How much of a channel's data SCTP may hold; the rest waits in our own queue, where it can be counted.
/// Also what a control message may have to wait behind, as all channels share one window.
const SCTP_HOLDS: usize = 256 * 1024;
/// Constrained baseline, level 3.1 (RFC 6184, section 8.1); what every WebRTC browser takes.
const H264_FORMAT: &str = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
const H264_PAYLOAD: u8 = 102;
/// How long a path is tried before it counts as none.
const TRY_PATH: Duration = Duration::from_secs(3);
/// Silence after which a line counts as lost (two questions had no answer, the last one for 0.4 s at most), and after which as given up.
const LOST: Duration = Duration::from_millis(3600);
const GIVEN_UP: Duration = Duration::from_secs(25);
/// How often the offerer asks whether the line is still there. The answerer asks back each time (a triggered
/// check, RFC 8445 section 7.3.1.4), so that both have consent (RFC 7675).
const ASK_LINE: Duration = Duration::from_millis(1600);
/// How often the answerer asks of itself: consent ends after 30 s, whatever the offerer's program does.
const CONSENT: Duration = Duration::from_secs(20);
/// How often a lost packet of video is asked for, and how long after it was missed; after that only a key frame helps.
const MOST_ASKED: u16 = 5;
const ASK_EVERY: Duration = Duration::from_millis(120);
/// Packets by which one may come late: what is sent again after 300 ms at 50 Mbit/s must be taken.
const LATE: u16 = 2048;
/// Bounds of the bandwidth estimate, bits per second.
const BITRATE: (f64, f64) = (100_000.0, 50_000_000.0);

/// One peer connection with its channels and its track.
pub(super) struct Line {
    pub(super) pc: Arc<dyn PeerConnection>,
    pub(super) channels: Vec<(Channel, Arc<dyn DataChannel>)>,
    pub(super) track: Arc<TrackLocalStaticRTP>,
    pub(super) sender: Arc<dyn RtpSender>,
    pub(super) ssrc: u32,
}

pub(super) async fn build(
    config: &LinkConfig,
    sink: &Arc<dyn LinkSink>,
    pace: &Arc<Pace>,
    rate: &Arc<SendRate>,
    handler: Arc<dyn PeerConnectionEventHandler>,
) -> Result<Line> {
    let codec = h264();
    let mut media = MediaEngine::default();
    media.register_codec(codec.clone(), RtpCodecKind::Video)?;
    let start = f64::from(config.start_bitrate).clamp(BITRATE.0, BITRATE.1);
    let estimate = Estimate::new(LineRate::new(start, BITRATE), rate.clone(), sink.clone());
    let mut interceptors = configure_estimate(Registry::new(), estimate, &mut media)?;
    interceptors = configure_again(interceptors);
    interceptors = configure_rtcp_reports(interceptors);
    interceptors = interceptors.with(Slot::Custom(14_000), KeyFrameRequests::default());

    let own = own_addresses();
    let builder = PeerConnectionBuilder::new()
        .with_configuration(
            RTCConfigurationBuilder::new()
                .with_ice_servers(config.ice.iter().filter_map(ice_server).collect())
                .with_ice_transport_policy(if config.relay_only {
                    RTCIceTransportPolicy::Relay
                } else {
                    RTCIceTransportPolicy::All
                })
                .build(),
        )
        .with_media_engine(media)
        .with_interceptor_registry(interceptors)
        .with_setting_engine(settings(config, own.len()).build())
        .with_data_channel_send_buffer_limit(SCTP_HOLDS)
        .with_runtime(Arc::new(PacedRuntime(pace.clone())))
        .with_udp_addrs(addresses(&own))
        .with_handler(handler);
    let pc: Arc<dyn PeerConnection> = Arc::new(Box::pin(builder.build()).await?);

    let mut channels = Vec::new();
    for (channel, label, id, reliable) in [
        (Channel::Control, "control", 0, true),
        (Channel::Pointer, "pointer", 1, false),
        (Channel::Picture, "picture", 2, true),
    ] {
        let init = RTCDataChannelInit {
            ordered: reliable,
            max_retransmits: (!reliable).then_some(0),
            negotiated: Some(id),
            ..Default::default()
        };
        channels.push((channel, pc.create_data_channel(label, Some(init)).await?));
    }

    let ssrc = super::random_u32();
    let coding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
        codec: codec.rtp_codec,
        ..Default::default()
    };
    let name = |s: &str| s.to_owned();
    let track = MediaStreamTrack::new(
        name("screen"),
        name("screen"),
        name("screen"),
        RtpCodecKind::Video,
        vec![coding],
    );
    let track = Arc::new(TrackLocalStaticRTP::new(track));
    let sender = pc.add_track(track.clone() as Arc<dyn TrackLocal>).await?;
    Ok(Line { pc, channels, track, sender, ssrc })
}

/// The crate's `configure_congestion_control` without its pacer, which begins at 1 Mbit/s and lets packets out
/// at the driver's next timer only: they are paced in `video`.
fn configure_estimate(registry: Registry, estimate: Estimate, media: &mut MediaEngine) -> Result<Registry> {
    let uri = TRANSPORT_CC_URI.to_owned();
    media.register_header_extension(RTCRtpHeaderExtensionCapability { uri }, RtpCodecKind::Video, None)?;
    Ok(registry
        .with(Slot::CongestionControl, CongestionControlBuilder::new(estimate).build())
        .with(Slot::TwccSender, TwccSenderBuilder::new().build())
        .with(Slot::TwccReceiver, TwccReceiverBuilder::new().build()))
}

/// The crate's `configure_nack` asks for what is lost without end: on a line that is too narrow, what is sent again and again
/// then takes all of it. The codec names the feedback itself.
fn configure_again(registry: Registry) -> Registry {
    let ask = NackGeneratorBuilder::new()
        .with_size(LATE)
        .with_max_nacks_per_packet(MOST_ASKED)
        .with_interval(ASK_EVERY);
    registry
        .with(Slot::NackResponder, NackResponderBuilder::new().with_size(LATE).build())
        .with(Slot::NackGenerator, ask.build())
}

fn settings(config: &LinkConfig, own: usize) -> SettingEngineBuilder {
    let interval = check_interval(own);
    let tries = TRY_PATH.as_millis() / interval.as_millis();
    SettingEngineBuilder::new()
        .with_ice_connection_attempts(Some(interval), u16::try_from(tries).ok())
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .with_include_loopback_candidate(true)
        .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(MAX_MESSAGE as u32))
        .with_sctp_max_receive_buffer_size(receive_window())
        // The crate's 64 packets refuse all that is sent again, but on the slowest lines.
        .with_srtp_replay_protection_window(LATE.into())
        .with_discard_local_candidates_during_ice_restart(true)
        .with_ice_timeouts(Some(LOST), Some(GIVEN_UP), Some(if config.offerer { ASK_LINE } else { CONSENT }))
        // How long a better kind of path is waited for; what the crate waits is seconds. A peer-reflexive
        // address is most often a host's whose candidate is still on its way.
        .with_srflx_acceptance_min_wait(Some(Duration::from_millis(50)))
        .with_prflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_relay_acceptance_min_wait(Some(Duration::from_millis(if config.relay_only { 0 } else { 500 })))
}

/// Sockets to open. An unspecified address stands for each interface that exists when it is bound, also
/// after a restart. Loopback only where there is nothing else: a program on the same machine is reached by
/// the machine's other addresses too, and each further address multiplies the paths to be tried.
fn addresses(own: &[IpAddr]) -> Vec<String> {
    let mut all = vec!["0.0.0.0:0".to_owned()];
    let ipv6 = std::net::UdpSocket::bind("[::1]:0").is_ok();
    if ipv6 {
        all.push("[::]:0".to_owned());
    }
    if own.is_empty() {
        all.push("127.0.0.1:0".to_owned());
        if ipv6 {
            all.push("[::1]:0".to_owned());
        }
    }
    all
}

/// This machine's addresses that another one might reach.
fn own_addresses() -> Vec<IpAddr> {
    let interfaces = rtc::shared::ifaces::ifaces().unwrap_or_default();
    let mut own: Vec<IpAddr> = interfaces
        .into_iter()
        .filter_map(|interface| Some(interface.addr?.ip()))
        .filter(|ip| match ip {
            _ if ip.is_loopback() || ip.is_unspecified() => false,
            IpAddr::V4(ip) => !ip.is_link_local(),
            IpAddr::V6(ip) => !ip.is_unicast_link_local(),
        })
        .collect();
    own.sort_unstable();
    own.dedup();
    own
}

/// How often all paths are tried while none is chosen. The crate also chooses at these moments only, so
/// that the time adds to each set-up; but with many addresses on both sides the packets add up.
fn check_interval(own: usize) -> Duration {
    Duration::from_millis(match own {
        0..=3 => 10,
        4..=6 => 20,
        _ => 50,
    })
}

/// The crate speaks UDP to TURN servers only; what it would skip with a warning is left out.
fn ice_server(server: &IceServer) -> Option<RTCIceServer> {
    let urls: Vec<String> = server
        .urls
        .iter()
        .filter(|url| {
            (url.starts_with("stun:") || url.starts_with("turn:")) && !url.ends_with("?transport=tcp")
        })
        .cloned()
        .collect();
    (!urls.is_empty()).then(|| RTCIceServer {
        urls,
        username: server.username.clone(),
        credential: server.credential.clone(),
    })
}

fn h264() -> RTCRtpCodecParameters {
    let feedback = |typ: &str, parameter: &str| RTCPFeedback { typ: typ.into(), parameter: parameter.into() };
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec {
            mime_type: MIME_TYPE_H264.into(),
            clock_rate: 90_000,
            channels: 0,
            sdp_fmtp_line: H264_FORMAT.into(),
            rtcp_feedback: vec![
                feedback("transport-cc", ""),
                feedback("ccm", "fir"),
                feedback("nack", ""),
                feedback("nack", "pli"),
            ],
        },
        payload_type: H264_PAYLOAD,
    }
}
