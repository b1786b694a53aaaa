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
    feedback::SendRate,
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

/// A picture's packets leave at once up to what the line carries in this time, and up to this many bytes, …
const BURST: Duration = Duration::from_millis(100);
const MOST_BURST: f64 = 64.0 * 1024.0;
const LEAST_BURST: f64 = 8.0 * 1024.0;
/// … and the rest so many times faster than the rate that is aimed at; on a slow line, where all else that is said would
/// wait behind it, no faster.
const FASTER: f64 = 2.5;
const SLOW_BPS: u32 = 1_000_000;
/// The timer is no finer.
const TICK: Duration = Duration::from_millis(2);

/// Access units on their way out, and the wish for a key frame.
pub(super) struct Video {
    out: Mutex<Out>,
    ready: Notify,
    pub(super) key_wanted: Notify,
    pub(super) rate: Arc<SendRate>,
}

#[derive(Default)]
struct Out {
    units: VecDeque<(Bytes, u64)>,
    /// What waited was dropped; only a key frame helps now.
    broken: bool,
}

/// Keeps a large picture from filling the queues on the way.
struct Pacer {
    /// Bytes that may leave now; below zero: that must wait.
    left: f64,
    at: Instant,
}

impl Pacer {
    fn new(now: Instant) -> Self {
        Self { left: LEAST_BURST, at: now }
    }

    /// How long to wait before a packet of so many bytes, with `rate` in bits per second.
    fn wait(&mut self, now: Instant, rate: u32, bytes: usize) -> Duration {
        let aim = f64::from(rate) / 8.0;
        let faster = if rate < SLOW_BPS { 1.0 } else { FASTER };
        let burst = (aim * BURST.as_secs_f64()).clamp(LEAST_BURST, MOST_BURST);
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = (self.left + passed * aim * faster).min(burst) - bytes as f64;
        self.at = now;
        if self.left >= 0.0 {
            return Duration::ZERO;
        }
        let wait = Duration::from_secs_f64(-self.left / (aim * faster).max(1.0));
        if wait < TICK { Duration::ZERO } else { wait }
    }
}

impl Video {
    pub(super) fn new(rate: SendRate) -> Self {
        Self { out: Mutex::default(), ready: Notify::new(), key_wanted: Notify::new(), rate: Arc::new(rate) }
    }

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
    let mut pacer = Pacer::new(Instant::now());
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
            let wait = pacer.wait(Instant::now(), shared.video.rate.now(), payload.len());
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
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
    // When a part of a key frame came.
    let mut came = Instant::now();
    loop {
        let now = Instant::now();
        let ask_at = match (ssrc, asked) {
            (Some(_), None) if wish || assembler.wants_key() => Some(now),
            (Some(_), Some(at)) if wish => Some(at + ASK),
            // Not while one comes, however slowly: the next would only be later.
            (Some(_), Some(at)) if assembler.wants_key() => Some(at.max(came) + ASK_AGAIN),
            _ => None,
        };
        if let (Some(at), Some(media_ssrc)) = (ask_at, ssrc)
            && at <= now
        {
            (asked, wish) = (Some(now), false);
            tracing::debug!("a key frame is asked for");
            let request = PictureLossIndication { sender_ssrc: 0, media_ssrc };
            if let Err(error) = track.write_rtcp(vec![Box::new(request)]).await {
                tracing::debug!(%error, "asking for a key frame failed");
            }
            continue;
        }
        let due = [ask_at, assembler.due()].into_iter().flatten().min();
        let (whole, coming) = (!assembler.wants_key(), assembler.key_comes());
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
                    let units = assembler.push(Instant::now(), part);
                    if assembler.key_comes() {
                        came = Instant::now();
                    }
                    units
                }
                Some(_) => continue,
                None => return,
            },
            () = shared.video.key_wanted.notified() => { wish = true; continue }
            () = until(due) => assembler.poll(Instant::now()),
        };
        // Asked for at once when something was lost, and not while the first key frame is on its way.
        wish |= whole && assembler.wants_key();
        // One that was lost on its way is as if none had been asked for.
        wish |= coming && assembler.wants_key() && !assembler.key_comes();
        if !whole && !assembler.wants_key() {
            wish = false;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// How long a picture of so many bytes takes to leave.
    fn leaves_in(pacer: &mut Pacer, from: Instant, rate: u32, bytes: usize) -> Duration {
        let mut now = from;
        for _ in 0..bytes / 1000 {
            now += pacer.wait(now, rate, 1000);
        }
        now - from
    }

    #[test]
    fn small_pictures_leave_at_once_and_large_ones_do_not_fill_the_line() {
        let start = Instant::now();
        let mut pacer = Pacer::new(start);
        assert_eq!(leaves_in(&mut pacer, start, 2_000_000, 8_000), Duration::ZERO);
        // A key frame at 2 Mbit/s: about 5 Mbit/s after the first 25 kB.
        let later = start + Duration::from_secs(1);
        let took = leaves_in(&mut pacer, later, 2_000_000, 130_000);
        assert!((Duration::from_millis(150)..Duration::from_millis(190)).contains(&took), "{took:?}");
        let later = later + Duration::from_secs(1);
        let took = leaves_in(&mut pacer, later, 50_000_000, 130_000);
        assert!(took < Duration::from_millis(6), "{took:?}");
        // A slow line's queue would hold up all else: as fast as its rate after the first 8 kB.
        let later = later + Duration::from_secs(1);
        let took = leaves_in(&mut pacer, later, 300_000, 20_000);
        assert!((Duration::from_millis(290)..Duration::from_millis(345)).contains(&took), "{took:?}");
    }

    #[test]
    fn a_rate_of_nothing_is_no_division_by_nothing() {
        let start = Instant::now();
        assert!(leaves_in(&mut Pacer::new(start), start, 0, 10_000) > Duration::ZERO);
    }
}
