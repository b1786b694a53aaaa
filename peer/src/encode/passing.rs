//! What left before H.264 was chosen, and goes before its first picture: whatever a key changes would wait for both.

use std::time::{Duration, Instant};

use deskside_media::rule::Flow;

/// So long H.264 waits at most.
const MOST: Duration = Duration::from_secs(2);

#[derive(Clone, Copy)]
pub(super) struct Passing {
    /// The last update of that.
    last: u32,
    /// Not until what is lost on the way comes again.
    until: Instant,
}

impl Passing {
    /// Nothing is waited for.
    pub fn nothing(now: Instant) -> Self {
        Self { last: 0, until: now }
    }

    /// Up to this update, for twice the time that the lines seem to need.
    pub fn up_to<'a>(last: u32, now: Instant, lines: impl Iterator<Item = &'a Flow>) -> Self {
        let time = |f: &Flow| f.bytes() as f64 * 8.0 / f.seen_bps().unwrap_or(f64::INFINITY);
        let longest = lines.map(time).fold(0.0, f64::max);
        Self { last, until: now + Duration::from_secs_f64((longest * 2.0).min(MOST.as_secs_f64())) }
    }

    /// How long it may still last; an acknowledgement ends it sooner.
    pub fn left<'a>(&self, now: Instant, mut lines: impl Iterator<Item = &'a Flow>) -> Duration {
        let left = self.until.saturating_duration_since(now);
        if left.is_zero() || !lines.any(|f| f.is_under_way(self.last)) { Duration::ZERO } else { left }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_by_an_acknowledgement_or_in_time() {
        let now = Instant::now();
        let mut flow = Flow::new();
        flow.sent(0, 5, 100);
        flow.acked(20_000, 5, 0);
        flow.sent(0, 6, 40_000);
        flow.acked(1_000_000, 6, 0);
        flow.sent(1_000_000, 7, 40_000);
        // 320 kbit/s were seen: a second.
        let passing = Passing::up_to(7, now, std::iter::once(&flow));
        let left = |f: &Flow, ms| passing.left(now + Duration::from_millis(ms), std::iter::once(f));
        assert!(left(&flow, 0) > Duration::from_millis(100));
        assert_eq!(left(&flow, 2_001), Duration::ZERO);
        flow.sent(1_000_001, 8, 500);
        flow.acked(1_100_000, 7, 0);
        assert_eq!(left(&flow, 0), Duration::ZERO, "what left later is not waited for");
        // Of a line of which nothing is known, nothing is waited for.
        let mut unknown = Flow::new();
        unknown.sent(0, 1, 40_000);
        assert_eq!(
            Passing::up_to(1, now, std::iter::once(&unknown)).left(now, std::iter::once(&unknown)),
            Duration::ZERO
        );
    }
}
