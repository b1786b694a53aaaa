//! Waiting for a condition, with a deadline.

use std::time::{Duration, Instant};

/// Long enough for anything that works, on a small machine with other work.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Looks again and again until `look` finds something; panics after [`DEADLINE`].
#[track_caller]
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    match within(DEADLINE, look) {
        Some(found) => found,
        None => panic!("waited {} s in vain: {what}", DEADLINE.as_secs()),
    }
}

/// Looks until `look` finds something or the time is over.
pub fn within<T>(time: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + time;
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if Instant::now() >= end {
            return None;
        }
        pace(Duration::from_millis(10));
    }
}

/// Fails as soon as `look` finds something within the time: for what must not happen.
#[track_caller]
pub fn never<T: std::fmt::Debug>(what: &str, time: Duration, look: impl FnMut() -> Option<T>) {
    if let Some(found) = within(time, look) {
        panic!("this must not happen: {what}: {found:?}");
    }
}

#[expect(clippy::disallowed_methods, reason = "the pause between two looks at a condition")]
fn pace(time: Duration) {
    std::thread::sleep(time);
}
