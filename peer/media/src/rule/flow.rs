//! What is under way to one viewer, and what its line carries.

use std::collections::VecDeque;

use super::WINDOW_US;

/// Updates that may always be under way: one on the line, one behind it.
const IN_FLIGHT: usize = 2;
/// A long round trip holds one more for each so many microseconds, and not more than that many.
const EACH_US: u64 = 25_000;
const MOST_IN_FLIGHT: usize = 8;
/// Bytes that may always be under way, and the time that those beyond may wait on the line.
const BUDGET: usize = 32 * 1024;
const QUEUE_US: u64 = 100_000;
/// The round trip of a line up to which that suffices; at twice as much it is doubled.
const NEAR_US: u64 = 50_000;
/// The shortest transfer is forgotten after this time, microseconds.
const FORGET_US: u64 = 10_000_000;
/// Smaller updates say nothing about what the line carries, but that it is slow when they took so long, microseconds.
const SAMPLE: usize = 32 * 1024;
const SMALL_SAMPLE: usize = 4 * 1024;
const SLOW_US: u64 = 60_000;
/// Under way for longer is not for what else the computer had to do, microseconds.
const STUCK_US: u64 = 150_000;
/// Nor for the longest round trip, or for a packet that was lost.
const LOST_US: u64 = 1_000_000;

/// The line to one viewer. Times are microseconds of one steady clock.
#[derive(Debug, Default)]
pub struct Flow {
    in_flight: VecDeque<Sent>,
    /// Shortest transfer, and when it was seen: the round trip of a free line.
    shortest: Option<(u64, u64)>,
    /// When the last update that arrived had passed the line.
    passed_us: u64,
    /// What the last one that arrived took beyond the round trip, microseconds.
    took_us: u64,
    /// When the line was busy, newest last.
    busy: VecDeque<(u64, u64)>,
    /// Bits per second that were seen to pass, smoothed.
    seen_bps: Option<f64>,
    /// What the transport thinks, bits per second.
    told_bps: Option<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Sent {
    update: u32,
    at_us: u64,
    bytes: usize,
}

impl Flow {
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether another update may leave now. If not, wait for an acknowledgement, and then code what
    /// is newest.
    pub fn may_send(&self) -> bool {
        if self.in_flight.is_empty() {
            return true;
        }
        let more = usize::try_from(self.base_us() / EACH_US).unwrap_or(MOST_IN_FLIGHT);
        self.in_flight.len() < (IN_FLIGHT + more).min(MOST_IN_FLIGHT) && self.bytes() < self.budget()
    }

    /// An update was handed to the transport.
    pub fn sent(&mut self, at_us: u64, update: u32, bytes: usize) {
        self.in_flight.push_back(Sent { update, at_us, bytes });
    }

    /// The viewer has this update, and all before it, on the screen; it held the last one for `hold_us`
    /// after it had arrived. False when no such update is under way.
    pub fn acked(&mut self, at_us: u64, update: u32, hold_us: u32) -> bool {
        let mut last = None;
        // Serial numbers wrap around.
        while let Some(sent) =
            self.in_flight.front().copied().filter(|s| update.wrapping_sub(s.update) < u32::MAX / 2)
        {
            self.in_flight.pop_front();
            last = Some(Sent { bytes: sent.bytes + last.map_or(0, |l: Sent| l.bytes), ..sent });
        }
        let Some(last) = last else { return false };
        let arrived = at_us.saturating_sub(u64::from(hold_us)).max(last.at_us);
        let transfer = arrived - last.at_us;
        match self.shortest {
            Some((shortest, seen)) if shortest < transfer && at_us.saturating_sub(seen) < FORGET_US => {}
            _ => self.shortest = Some((transfer, at_us)),
        }
        self.took_us = transfer.saturating_sub(self.base_us());
        let passed = arrived.saturating_sub(self.base_us());
        let start = last.at_us.max(self.passed_us);
        if passed > start {
            self.busy.push_back((start, passed));
            let slow = last.bytes >= SMALL_SAMPLE && passed - start > SLOW_US;
            if last.bytes >= SAMPLE || slow {
                let bps = last.bytes as f64 * 8.0 * 1e6 / (passed - start) as f64;
                self.seen_bps = Some(self.seen_bps.map_or(bps, |old| old * 0.75 + bps * 0.25));
            }
        }
        self.passed_us = self.passed_us.max(passed);
        let from = at_us.saturating_sub(WINDOW_US);
        while self.busy.front().is_some_and(|b| b.1 < from) {
            self.busy.pop_front();
        }
        true
    }

    /// What is under way for long shows that the line carries no more than that now, whatever was seen before.
    pub fn give_up(&mut self, at_us: u64) {
        let age = self.oldest_us(at_us).unwrap_or(0).saturating_sub(self.base_us());
        // How long the round trip is may not be known yet.
        let stuck = if self.shortest.is_some() { STUCK_US } else { LOST_US };
        // A small one may only have lost a packet.
        if age > stuck && self.bytes() >= SAMPLE {
            let first = self.in_flight.front().map_or(0, |s| s.bytes);
            let bytes = if first >= SAMPLE / 2 { first } else { self.bytes() };
            let bps = bytes as f64 * 8.0 * 1e6 / age as f64;
            self.seen_bps = Some(self.seen_bps.map_or(bps, |seen| seen.min(bps)));
        }
    }

    /// How long the last update that arrived was on the line, or waited for it, microseconds.
    pub fn took_us(&self) -> u64 {
        self.took_us
    }

    /// The transport's own estimate of what the line carries, bits per second.
    pub fn told_bitrate(&mut self, bps: u32) {
        self.told_bps = Some(f64::from(bps));
    }

    /// What is under way is lost or of no more use (a whole update follows).
    pub fn clear(&mut self) {
        self.in_flight.clear();
    }

    /// Whether this update, or an earlier one, is under way.
    pub fn is_under_way(&self, update: u32) -> bool {
        self.in_flight.front().is_some_and(|s| update.wrapping_sub(s.update) < u32::MAX / 2)
    }

    /// Updates under way.
    pub fn updates(&self) -> usize {
        self.in_flight.len()
    }

    /// Bytes under way.
    pub fn bytes(&self) -> usize {
        self.in_flight.iter().map(|s| s.bytes).sum()
    }

    /// How long the oldest update is under way.
    pub fn oldest_us(&self, at_us: u64) -> Option<u64> {
        self.in_flight.front().map(|s| at_us.saturating_sub(s.at_us))
    }

    /// The round trip of the free line; 0 before one was seen.
    pub fn base_us(&self) -> u64 {
        self.shortest.map_or(0, |s| s.0)
    }

    /// Share of the last 300 ms in which the line was busy with updates, 0 to 1.
    pub fn load(&self, at_us: u64) -> f32 {
        let from = at_us.saturating_sub(WINDOW_US);
        let part = |start: u64, end: u64| end.min(at_us).saturating_sub(start.max(from));
        let past: u64 = self.busy.iter().map(|b| part(b.0, b.1)).sum();
        // The one under way, less the time that it takes even on a free line.
        let now = self.in_flight.front().map_or(0, |s| {
            let start = s.at_us.max(self.passed_us);
            part(start, at_us.saturating_sub(self.base_us()).max(start))
        });
        (past + now).min(WINDOW_US) as f32 / WINDOW_US as f32
    }

    /// What the line carries, bits per second: what was seen to pass or what the transport thinks,
    /// the larger. `None` before either.
    pub fn carries_bps(&self) -> Option<f64> {
        match (self.seen_bps, self.told_bps) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        }
    }

    /// What was seen to pass, bits per second.
    pub fn seen_bps(&self) -> Option<f64> {
        self.seen_bps
    }

    fn budget(&self) -> usize {
        match self.seen_bps {
            Some(bps) => BUDGET.max((bps / 8e6 * (QUEUE_US + self.base_us()) as f64) as usize),
            // Far away a fast line would be left empty.
            None => {
                let far = self.base_us().saturating_sub(NEAR_US).min(NEAR_US) as usize;
                BUDGET + BUDGET * far / NEAR_US as usize
            }
        }
    }
}
