//! The screen's track: access units out and in.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use rtc::{
    rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication,
    rtp::{Packet, header::Header},
};
use tokio::sync::Notify;
use webrtc::{
    media_stream::{
        track_local::{TrackLocal, TrackLocalEvent, static_rtp::TrackLocalStaticRTP},
        track_remote::{TrackRemote, TrackRemoteEvent},
    },
    rtp_transceiver::RtpSender,
};

use super::{
    Shared,
    h264::{self, Assembler, Part},
};
use crate::LinkEvent;

/// Largest RTP payload, in bytes: fits a relayed packet into 1280 bytes.
const PAYLOAD: usize = 1140;
/// Access units that may wait: more only make the picture late.
const WAITING: usize = 8;
/// A key frame is asked for at most this often.
const ASK: Duration = Duration::from_millis(300);
/// And again after this time, when none came.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// Access units on their way out, and the wish for a key frame.
#[derive(Default)]
pub(super) struct Video {
    out: Mutex<Out>,
    ready: Notify,
    pub(super) key_wanted: Notify,
}

#[derive(Default)]
struct Out {
    units: VecDeque<(Bytes, u64)>,
    /// What waited was dropped; only a key frame helps now.
    broken: bool,
}

impl Video {
    /// False: the line is too slow, what waited is dropped, and a key frame is needed.
    pub(super) fn push(&self, unit: Bytes, at: u64) -> bool {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        if out.units.len() >= WAITING {
            out.units.clear();
            out.broken = true;
        }
        if out.broken && !h264::is_key(&unit) {
            return false;
        }
        out.broken = false;
        out.units.push_back((unit, at));
        drop(out);
        self.ready.notify_one();
        true
    }

    async fn next(&self) -> (Bytes, u64) {
        loop {
            if let Some(unit) = self.out.lock().unwrap_or_else(PoisonError::into_inner).units.pop_front() {
                return unit;
            }
            self.ready.notified().await;
        }
    }
}

/// Sends what [`Video::push`] takes.
pub(super) async fn send(
    shared: Arc<Shared>,
    track: Arc<TrackLocalStaticRTP>,
    sender: Arc<dyn RtpSender>,
    ssrc: u32,
) {
    let mut sequence = super::random_u32() as u16;
    let offset = super::random_u32();
    loop {
        let (unit, at) = shared.video.next().await;
        // Asked each time: it may change with a new description, and costs little beside the packets.
        let Some(payload_type) = payload_type(&sender).await else { continue };
        let payloads = h264::payloads(&unit, PAYLOAD);
        let last = payloads.len().saturating_sub(1);
        // 90 kHz of microseconds; both wrap.
        let timestamp = (u128::from(at) * 9 / 100) as u32;
        for (n, payload) in payloads.into_iter().enumerate() {
            let header = Header {
                version: 2,
                marker: n == last,
                payload_type,
                sequence_number: sequence,
                timestamp: timestamp.wrapping_add(offset),
                ssrc,
                ..Default::default()
            };
            sequence = sequence.wrapping_add(1);
            shared.pace.sending();
            if let Err(error) = track.write_rtp(Packet { header, payload }).await {
                tracing::debug!(%error, "sending video failed");
                return;
            }
        }
    }
}

async fn payload_type(sender: &Arc<dyn RtpSender>) -> Option<u8> {
    Some(sender.get_parameters().await.ok()?.rtp_parameters.codecs.first()?.payload_type)
}

/// Hears the other side's requests for key frames.
pub(super) async fn feedback(shared: Arc<Shared>, track: Arc<TrackLocalStaticRTP>) {
    while let Some(event) = track.poll().await {
        // Only what the interceptor let through: requests for key frames.
        if let TrackLocalEvent::OnRtcpPacket(_) = event {
            shared.report(LinkEvent::KeyFrameWanted);
        }
    }
}

/// Hands up the other side's screen.
pub(super) async fn receive(shared: Arc<Shared>, track: Arc<dyn TrackRemote>) {
    let mut assembler = Assembler::default();
    let mut asked: Option<Instant> = None;
    let mut ssrc = None;
    let mut wish = false;
    loop {
        let now = Instant::now();
        let ask_at = match (ssrc, asked) {
            (Some(_), None) if wish || assembler.wants_key() => Some(now),
            (Some(_), Some(at)) if wish => Some(at + ASK),
            (Some(_), Some(at)) if assembler.wants_key() => Some(at + ASK_AGAIN),
            _ => None,
        };
        if let (Some(at), Some(media_ssrc)) = (ask_at, ssrc)
            && at <= now
        {
            (asked, wish) = (Some(now), false);
            let request = PictureLossIndication { sender_ssrc: 0, media_ssrc };
            if let Err(error) = track.write_rtcp(vec![Box::new(request)]).await {
                tracing::debug!(%error, "asking for a key frame failed");
            }
            continue;
        }
        let due = [ask_at, assembler.due()].into_iter().flatten().min();
        let whole = !assembler.wants_key();
        let units = tokio::select! {
            event = track.poll() => match event {
                Some(TrackRemoteEvent::OnRtpPacket(packet)) => {
                    ssrc = Some(packet.header.ssrc);
                    let part = Part {
                        sequence: packet.header.sequence_number,
                        timestamp: packet.header.timestamp,
                        marker: packet.header.marker,
                        payload: packet.payload,
                    };
                    assembler.push(Instant::now(), part)
                }
                Some(_) => continue,
                None => return,
            },
            () = shared.video.key_wanted.notified() => { wish = true; continue }
            () = until(due) => assembler.poll(Instant::now()),
        };
        // Asked for at once when something was lost, and not while the first key frame is on its way.
        wish |= whole && assembler.wants_key();
        for unit in units {
            shared.sink.video(unit);
        }
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
