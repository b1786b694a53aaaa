//! The one place that asks for the time of day.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::directory::Millis;

pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
