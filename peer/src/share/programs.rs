//! What is told of the shared programs: at once what they are, and now and then where they are.

use std::time::{Duration, Instant};

use deskside_session::programs::SeenProgram;

/// A window on the move is told of no more often.
const PAUSE: Duration = Duration::from_millis(40);

#[derive(Default)]
pub struct Programs {
    told: Vec<SeenProgram>,
    at: Option<Instant>,
    /// There is something that was not told yet.
    waits: bool,
}

impl Programs {
    /// How they stand, if that is to be told now.
    pub fn news(&mut self, now: Vec<SeenProgram>, at: Instant) -> Option<Vec<SeenProgram>> {
        self.waits = now != self.told;
        if !self.waits {
            return None;
        }
        let still = |p: &SeenProgram| SeenProgram { place: None, ..p.clone() };
        let moved = now.iter().map(still).eq(self.told.iter().map(still));
        if moved && self.at.is_some_and(|last| at - last < PAUSE) {
            return None;
        }
        (self.at, self.waits) = (Some(at), false);
        self.told.clone_from(&now);
        Some(now)
    }

    /// How long to wait for something to happen.
    pub fn patience(&self, patience: Duration) -> Duration {
        if self.waits { patience.min(PAUSE) } else { patience }
    }
}

#[cfg(test)]
mod tests {
    use deskside_session::{hiding::Program, programs::Area};

    use super::*;

    #[test]
    fn a_window_on_the_move_is_told_of_now_and_then() {
        let at = |x, title: &str| {
            let place = Some(Area { x, y: 0, width: 9, height: 9 });
            let (title, name) = (title.to_owned(), String::new());
            vec![SeenProgram { id: 1, title, name, state: Program::Shown, place }]
        };
        let (mut programs, start) = (Programs::default(), Instant::now());
        assert_eq!(programs.news(at(0, "a"), start), Some(at(0, "a")));
        assert_eq!(programs.news(at(1, "a"), start), None);
        assert_eq!(programs.patience(Duration::MAX), PAUSE);
        assert_eq!(programs.news(at(2, "b"), start), Some(at(2, "b")), "a name is told at once");
        assert_eq!(programs.news(at(3, "b"), start), None);
        assert_eq!(programs.news(at(3, "b"), start + PAUSE), Some(at(3, "b")));
        assert_eq!(programs.news(at(3, "b"), start + PAUSE), None);
        assert_eq!(programs.patience(Duration::MAX), Duration::MAX);
    }
}
