//! How much one socket may say.

use std::time::Instant;

/// Messages at once, and each second: seven peers with twenty candidates each fit.
const MESSAGES: (f64, f64) = (400.0, 40.0);
/// Bytes at once, and each second.
const BYTES: (f64, f64) = (2_000_000.0, 100_000.0);

pub(super) struct Budget {
    messages: f64,
    bytes: f64,
    at: Instant,
}

impl Budget {
    pub(super) fn new(now: Instant) -> Self {
        Self { messages: MESSAGES.0, bytes: BYTES.0, at: now }
    }

    /// Whether one more message of this size is within the budget.
    pub(super) fn take(&mut self, now: Instant, size: usize) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        self.messages = (self.messages + passed * MESSAGES.1).min(MESSAGES.0) - 1.0;
        #[expect(clippy::cast_precision_loss, reason = "messages are small")]
        let size = size as f64;
        self.bytes = (self.bytes + passed * BYTES.1).min(BYTES.0) - size;
        self.messages >= 0.0 && self.bytes >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_fits_and_a_flood_does_not() {
        let now = Instant::now();
        let mut budget = Budget::new(now);
        assert!((0..400).all(|_| budget.take(now, 100)));
        assert!(!budget.take(now, 100));
        assert!(Budget::new(now).take(now, 65_536));
        let later = now + Duration::from_secs(3600);
        assert!((0..400).all(|_| budget.take(later, 100)));
        let mut heavy = Budget::new(now);
        assert_eq!((0..100).take_while(|_| heavy.take(now, 65_536)).count(), 30);
    }
}
