//! What the line carries to the other side, from the receiver's reports on each packet (transport-wide
//! congestion control, draft-holmer-rmcat-transport-wide-cc-extensions-01). Pure: told the time.
//!
//! Pictures leave in bursts, and the narrowest part of the line spreads a burst out: how fast its packets
//! arrive behind each other is what the line carries (packet trains; Jain and Dovrolis, SIGCOMM 2002). A
//! source that sends only when something changes could never learn that from its own mean rate. Waiting that
//! grows and packets that are lost say that it is less.

use std::time::{Duration, Instant};

use rtc::interceptor::PacketReport;

/// Packets that left closer to each other than this are one train.
const TRAIN_GAP: Duration = Duration::from_millis(4);
/// Shorter trains say too little.
const TRAIN_PACKETS: usize = 5;
/// A train that arrives faster than this is taken as that fast: the reports' clock is that coarse.
const LEAST_SPAN_S: f64 = 0.001;
/// Of what the line carries, so much is used.
const USED: f64 = 0.85;
/// Waiting beyond the least seen that counts as a queue, seconds.
const QUEUE_S: f64 = 0.04;
/// A queue of this time must drain, seconds; so much of what the line carries is used meanwhile.
const LONG_QUEUE_S: f64 = 0.15;
const DRAIN: f64 = 0.5;
/// The least delay is forgotten after once or twice this time.
const FORGET: Duration = Duration::from_secs(5);
/// A queue that stands so long shows by what comes out of it what the line carries, also where no train can.
const STANDING_S: f64 = 0.25;
/// Time given to a decrease before the next, and to an increase.
const AFTER_LESS: Duration = Duration::from_millis(250);
const AFTER_MORE: Duration = Duration::from_millis(100);
/// Most that one step adds, and most that one takes without a train that shows why.
const MORE: f64 = 1.5;
const LESS: f64 = 0.5;
/// Share of lost packets that says that it is too much.
const LOST: f64 = 0.1;
/// Packets from which a share is counted.
const LOST_OF: usize = 20;

/// See the module.
pub(super) struct LineRate {
    target: f64,
    bounds: (f64, f64),
    /// What trains showed, bits per second.
    carries: Option<f64>,
    train: Option<Train>,
    standing: Standing,
    delay: Delay,
    epoch: Option<Instant>,
    changed: Option<Instant>,
    /// A train came since the target was changed.
    shown: bool,
    /// Of the packets since the last look at losses: all, and lost.
    counted: (usize, usize),
}

/// Packets that came while others waited behind them: they came as fast as the line carries.
#[derive(Default)]
struct Standing {
    since: Option<f64>,
    bytes: usize,
}

impl Standing {
    /// `came`: seconds on the receiver's clock. Gives bits per second, each time that enough came.
    fn ride(&mut self, came: f64, size: usize, queued: bool) -> Option<f64> {
        let Some(since) = self.since.filter(|since| queued && came >= *since) else {
            *self = Self { since: queued.then_some(came), bytes: 0 };
            return None;
        };
        self.bytes += size;
        if came - since < STANDING_S {
            return None;
        }
        let seen = self.bytes as f64 * 8.0 / (came - since);
        *self = Self { since: Some(came), bytes: 0 };
        Some(seen)
    }
}

/// Packets that left together.
struct Train {
    /// Seconds since the epoch, of the last one.
    left: f64,
    first_left: f64,
    /// On the receiver's clock, seconds.
    first_came: f64,
    last_came: f64,
    packets: usize,
    /// Without the first one, whose own time on the line is not seen.
    bytes: usize,
}

impl LineRate {
    /// `start`, `bounds`: bits per second.
    pub(super) fn new(start: f64, bounds: (f64, f64)) -> Self {
        Self {
            target: start.clamp(bounds.0, bounds.1),
            bounds,
            carries: None,
            train: None,
            standing: Standing::default(),
            delay: Delay::default(),
            epoch: None,
            changed: None,
            shown: false,
            counted: (0, 0),
        }
    }

    /// What is known of the line otherwise; counts until a train says more.
    pub(super) fn hint(&mut self, bits_per_second: f64) {
        if self.carries.is_none() {
            self.target = bits_per_second.clamp(self.bounds.0, self.bounds.1);
        }
    }

    /// What may be sent, bits per second.
    pub(super) fn target(&self) -> f64 {
        self.target
    }

    /// A batch of reports, in the order in which the packets left.
    pub(super) fn reports(&mut self, now: Instant, reports: &[PacketReport]) {
        let mut queue = 0.0f64;
        for r in reports {
            self.counted.0 += 1;
            let (true, Some(came)) = (r.arrived, r.arrival) else {
                self.counted.1 += 1;
                continue;
            };
            let epoch = *self.epoch.get_or_insert(r.departure);
            let left = r.departure.saturating_duration_since(epoch).as_secs_f64();
            let came = came.as_secs_f64();
            // The waiting of the last packet is what the next one meets.
            queue = self.delay.waiting(now, came - left);
            self.ride(left, came, r.size, queue > QUEUE_S);
            let seen = self.standing.ride(came, r.size, queue > QUEUE_S);
            // Less than half of what may be sent says more about the source than about the line.
            if let Some(seen) = seen.filter(|seen| *seen > self.target / 2.0) {
                self.carries = Some(self.carries.map_or(seen, |old| old * 0.5 + seen * 0.5));
                self.shown = true;
            }
        }
        self.end_train(queue > QUEUE_S);
        self.adapt(now, queue);
    }

    /// Puts a packet on the train of those before it, or begins the next.
    fn ride(&mut self, left: f64, came: f64, size: usize, queued: bool) {
        let gap = TRAIN_GAP.as_secs_f64();
        if let Some(t) = self.train.as_mut().filter(|t| left - t.left < gap) {
            t.left = left;
            t.last_came = t.last_came.max(came);
            t.packets += 1;
            t.bytes += size;
            return;
        }
        self.end_train(queued);
        self.train =
            Some(Train { left, first_left: left, first_came: came, last_came: came, packets: 1, bytes: 0 });
    }

    /// `queued`: packets wait, so that the line is as slow as the train shows.
    fn end_train(&mut self, queued: bool) {
        let Some(t) = self.train.take().filter(|t| t.packets >= TRAIN_PACKETS) else { return };
        let took = (t.last_came - t.first_came).max(LEAST_SPAN_S);
        let seen = t.bytes as f64 * 8.0 / took;
        // It arrived as it was sent: the line carries at least that.
        let at_least = t.left - t.first_left > 0.7 * took;
        self.carries = Some(match self.carries {
            None => seen,
            Some(old) if seen > old => old * 0.5 + seen * 0.5,
            Some(old) if at_least => old,
            Some(old) => {
                let weight = if queued { 0.7 } else { 0.3 };
                old * (1.0 - weight) + seen * weight
            }
        });
        self.shown = true;
    }

    fn adapt(&mut self, now: Instant, queue: f64) {
        let since = self.changed.map(|t| now.saturating_duration_since(t));
        let lost = self.take_lost();
        if queue > QUEUE_S || lost > LOST {
            if since.is_some_and(|s| s < AFTER_LESS) {
                return;
            }
            let used = if queue > LONG_QUEUE_S { DRAIN } else { USED };
            let fits = self.carries.map_or(self.target * USED, |c| c * used);
            let lossy = if lost > LOST { self.target * (1.0 - lost / 2.0) } else { self.target * USED };
            // What stalled for a moment is no narrow line.
            let most = if self.shown { 0.0 } else { self.target * LESS };
            self.set(now, fits.min(lossy).max(most));
        } else if since.is_none_or(|s| s >= AFTER_MORE) {
            let most = self.carries.map_or(self.target, |c| c * USED);
            let next = if most > self.target {
                most.min(self.target * MORE)
            } else {
                self.target * 0.8 + most * 0.2
            };
            self.set(now, next);
        }
    }

    fn set(&mut self, now: Instant, target: f64) {
        self.target = target.clamp(self.bounds.0, self.bounds.1);
        self.changed = Some(now);
        self.shown = false;
    }

    /// Share of the packets that were lost, once there are enough to count.
    fn take_lost(&mut self) -> f64 {
        if self.counted.0 < LOST_OF {
            return 0.0;
        }
        let (all, lost) = std::mem::take(&mut self.counted);
        lost as f64 / all as f64
    }
}

/// How long packets wait on the way, beyond the least: the two clocks differ by an unknown time.
#[derive(Default)]
struct Delay {
    /// Least of this time and of the one before, seconds.
    least: Option<(f64, f64)>,
    since: Option<Instant>,
}

impl Delay {
    fn waiting(&mut self, now: Instant, delay: f64) -> f64 {
        let since = *self.since.get_or_insert(now);
        let (mut current, mut before) = self.least.unwrap_or((delay, delay));
        if now.saturating_duration_since(since) > FORGET {
            (before, current) = (current, delay);
            self.since = Some(now);
        }
        current = current.min(delay);
        self.least = Some((current, before));
        delay - current.min(before)
    }
}

#[cfg(test)]
#[path = "estimate/tests.rs"]
mod tests;
