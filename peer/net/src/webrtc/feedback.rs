//! What the receiver reports about our track: requests for a key frame, and how much the line carries.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use rtc::{
    interceptor::{
        Attribute, BandwidthEstimator, Interceptor, Packet, PacketReport, StreamInfo, TaggedPacket,
    },
    rtcp::payload_feedbacks::{
        full_intra_request::FullIntraRequest, picture_loss_indication::PictureLossIndication,
    },
    sansio::Protocol,
    shared::error::Error,
};

use super::estimate::LineRate;
use crate::{LinkEvent, LinkSink};

/// Lets PLI and FIR (RFC 4585, RFC 5104) through to the track; the crate ends all RTCP in its chain else.
#[derive(Default)]
pub(super) struct KeyFrameRequests {
    reads: VecDeque<TaggedPacket>,
    writes: VecDeque<TaggedPacket>,
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for KeyFrameRequests {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, mut packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(reports) = &packet.message.packet {
            let wanted = reports.iter().any(|report| {
                report.as_any().is::<PictureLossIndication>() || report.as_any().is::<FullIntraRequest>()
            });
            if wanted {
                packet.message.add(Attribute::DeliverToApplication);
            }
        }
        self.reads.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.reads.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.writes.push_back(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.writes.pop_front()
    }
}

impl Interceptor for KeyFrameRequests {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

/// Reported at most this often, and only when it changed by a twentieth.
const REPORT: Duration = Duration::from_millis(100);
/// And after this time in any case: a sharing that began anew does not know it.
const REPORT_AGAIN: Duration = Duration::from_secs(2);

/// What may be sent now, bits per second, as the estimate, the sender and the program share it.
#[derive(Debug)]
pub(super) struct SendRate {
    now: AtomicU32,
    /// What the program knows of the line before video was sent on it; 0: nothing new.
    hint: AtomicU32,
}

impl SendRate {
    pub(super) fn new(bits_per_second: u32) -> Self {
        Self { now: AtomicU32::new(bits_per_second), hint: AtomicU32::new(0) }
    }

    pub(super) fn now(&self) -> u32 {
        self.now.load(Ordering::Relaxed)
    }

    pub(super) fn hint(&self, bits_per_second: u32) {
        self.hint.store(bits_per_second, Ordering::Relaxed);
        self.now.store(bits_per_second, Ordering::Relaxed);
    }
}

/// The estimate of what the line carries, told to the sink.
pub(super) struct Estimate {
    rate: LineRate,
    shared: Arc<SendRate>,
    sink: Arc<dyn LinkSink>,
    told: Option<(Instant, f64)>,
}

impl Estimate {
    pub(super) fn new(rate: LineRate, shared: Arc<SendRate>, sink: Arc<dyn LinkSink>) -> Self {
        Self { rate, shared, sink, told: None }
    }

    fn tell(&mut self, now: Instant) {
        let target = self.rate.target();
        let worth_it = match self.told {
            None => true,
            Some((at, last)) => {
                let since = now.saturating_duration_since(at);
                (since >= REPORT && (target - last).abs() > last / 20.0) || since >= REPORT_AGAIN
            }
        };
        if worth_it {
            self.told = Some((now, target));
            // A float-to-integer cast saturates.
            self.sink.event(LinkEvent::Bitrate(target as u32));
        }
    }
}

impl BandwidthEstimator for Estimate {
    fn on_reports(&mut self, now: Instant, reports: &[PacketReport]) {
        match self.shared.hint.swap(0, Ordering::Relaxed) {
            0 => {}
            hint => self.rate.hint(f64::from(hint)),
        }
        self.rate.reports(now, reports);
        self.shared.now.store(self.rate.target() as u32, Ordering::Relaxed);
        self.tell(now);
    }

    fn target_bitrate(&self) -> f64 {
        self.rate.target()
    }
}
