//! The time that the core is told: it has no clock of its own.

use std::{ops::Add, time::Duration};

/// A moment on a steady clock, as the time since an arbitrary start that never changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Now(Duration);

impl Now {
    pub const fn new(since_start: Duration) -> Self {
        Self(since_start)
    }
    pub const fn from_millis(ms: u64) -> Self {
        Self(Duration::from_millis(ms))
    }
    /// Time since the arbitrary start.
    pub const fn since_start(self) -> Duration {
        self.0
    }
    /// Zero when `earlier` is later.
    pub const fn since(self, earlier: Now) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Now {
    type Output = Now;
    fn add(self, d: Duration) -> Now {
        Now(self.0.saturating_add(d))
    }
}
