//! What this process's injectors sent lately, so that the watcher can tell it from what the person does.

use std::{
    collections::VecDeque,
    sync::Mutex,
    time::{Duration, Instant},
};

/// One injected event, as the system reports it back. Releases say nothing of who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Motion { x: i16, y: i16 },
    Button(u32),
    Key(u32),
}

struct Sent {
    display: u64,
    act: Act,
    at: Instant,
}

/// An event that is not reported back within this time never will be.
const LIFE: Duration = Duration::from_secs(2);
const MOST: usize = 4_096;

static SENT: Mutex<VecDeque<Sent>> = Mutex::new(VecDeque::new());

/// Says that `act` is about to be sent to a display; to be called before it leaves.
pub(crate) fn record(display: u64, act: Act) {
    let now = Instant::now();
    let Ok(mut sent) = SENT.lock() else { return };
    while sent.front().is_some_and(|s| now.duration_since(s.at) > LIFE) || sent.len() >= MOST {
        sent.pop_front();
    }
    sent.push_back(Sent { display, act, at: now });
}

/// Whether `act` was sent by this process; each record answers once.
pub(crate) fn take(display: u64, act: Act) -> bool {
    let now = Instant::now();
    let Ok(mut sent) = SENT.lock() else { return false };
    let found =
        sent.iter().position(|s| s.display == display && s.act == act && now.duration_since(s.at) <= LIFE);
    found.and_then(|i| sent.remove(i)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_record_answers_once_and_for_its_display_only() {
        let act = Act::Key(200);
        record(901, act);
        assert!(!take(902, act));
        assert!(!take(901, Act::Button(200)));
        assert!(take(901, act));
        assert!(!take(901, act));
    }

    #[test]
    fn the_memory_is_bounded() {
        for _ in 0..MOST * 2 {
            record(903, Act::Motion { x: 1, y: 1 });
        }
        assert!(SENT.lock().unwrap().len() <= MOST);
        while take(903, Act::Motion { x: 1, y: 1 }) {}
    }
}
