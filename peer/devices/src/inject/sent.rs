//! What this process's injectors sent lately, so that the watcher can tell it from what the person does.

use std::{
    collections::VecDeque,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Mutex, MutexGuard, PoisonError},
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

/// For events that are reported without saying of which display.
pub(crate) const ANY_DISPLAY: u64 = 0;

#[derive(Default)]
struct Memory {
    sent: VecDeque<Sent>,
    /// Displays where keys are pressed that are not recorded, and until when they may be reported.
    unknown: Vec<(u64, Option<Instant>)>,
}

static MEMORY: Mutex<Memory> = Mutex::new(Memory { sent: VecDeque::new(), unknown: Vec::new() });

fn memory() -> MutexGuard<'static, Memory> {
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says that `act` is about to be sent to a display; to be called before it leaves.
pub(crate) fn record(display: u64, act: Act) {
    let now = Instant::now();
    let sent = &mut memory().sent;
    while sent.front().is_some_and(|s| now.duration_since(s.at) > LIFE) || sent.len() >= MOST {
        sent.pop_front();
    }
    sent.push_back(Sent { display, act, at: now });
}

/// Whether `act` was sent by this process; each record answers once.
pub(crate) fn take(display: u64, act: Act) -> bool {
    let now = Instant::now();
    let mut memory = memory();
    let found = memory
        .sent
        .iter()
        .position(|s| s.display == display && s.act == act && now.duration_since(s.at) <= LIFE);
    if let Some(i) = found {
        memory.sent.remove(i);
        return true;
    }
    memory.unknown.retain(|(_, until)| until.is_none_or(|t| t > now));
    matches!(act, Act::Key(_)) && memory.unknown.iter().any(|(d, _)| *d == display)
}

/// While it lives, and shortly after, every key that a program presses is taken for one of this process.
pub(crate) struct Unknown(u64);

impl Unknown {
    const AFTER: Duration = Duration::from_millis(100);

    pub(crate) fn begin(display: u64) -> Self {
        memory().unknown.push((display, None));
        Self(display)
    }
}

impl Drop for Unknown {
    fn drop(&mut self) {
        let unknown = &mut memory().unknown;
        if let Some(mine) = unknown.iter_mut().find(|(d, until)| *d == self.0 && until.is_none()) {
            mine.1 = Some(Instant::now() + Self::AFTER);
        }
    }
}

/// A number for a display, the same for its different screens; `None` is the one of the environment.
pub(crate) fn display_id(display: Option<&str>) -> u64 {
    let name = display.map(str::to_owned).or_else(|| std::env::var("DISPLAY").ok()).unwrap_or_default();
    let without_screen = match (name.rfind(':'), name.rfind('.')) {
        (Some(colon), Some(dot)) if dot > colon => &name[..dot],
        _ => &name,
    };
    let mut hasher = DefaultHasher::new();
    without_screen.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The memory is one for the process, and full once in these tests.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

    #[test]
    fn each_record_answers_once_and_for_its_display_only() {
        let _one = ONE_AT_A_TIME.lock();
        let act = Act::Key(200);
        record(901, act);
        assert!(!take(902, act));
        assert!(!take(901, Act::Button(200)));
        assert!(take(901, act));
        assert!(!take(901, act));
    }

    #[test]
    fn the_memory_is_bounded() {
        let _one = ONE_AT_A_TIME.lock();
        for _ in 0..MOST * 2 {
            record(903, Act::Motion { x: 1, y: 1 });
        }
        assert!(memory().sent.len() <= MOST);
        while take(903, Act::Motion { x: 1, y: 1 }) {}
    }

    #[test]
    fn unknown_keys_are_taken_for_sent_ones_meanwhile() {
        let _one = ONE_AT_A_TIME.lock();
        let unknown = Unknown::begin(904);
        assert!(take(904, Act::Key(1)) && take(904, Act::Key(1)));
        assert!(!take(904, Act::Button(1)));
        assert!(!take(905, Act::Key(1)));
        drop(unknown);
        assert!(take(904, Act::Key(1)), "it may still be on its way");
    }

    #[test]
    fn screens_of_one_display_are_the_same() {
        assert_eq!(display_id(Some(":61.0")), display_id(Some(":61")));
        assert_eq!(display_id(Some("a.example:1.0")), display_id(Some("a.example:1")));
        assert_ne!(display_id(Some(":61")), display_id(Some(":62")));
    }
}
