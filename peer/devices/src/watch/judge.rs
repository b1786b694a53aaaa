//! What a person's events amount to. Told the time; does not ask.

use super::OwnAct;

/// Moves by less than this many pixels within [`MOVE_TIME`] are a trembling table.
const MOVE: f64 = 4.0;
const MOVE_TIME: u64 = 200;
const PANIC_TIME: u64 = 1_500;
const PANIC_COUNT: usize = 3;
/// The same act is told again after this time at the earliest: 20 times a second.
const REST: u64 = 50;

/// All times in milliseconds from any start.
#[derive(Default)]
pub(super) struct Judge {
    moved_since: u64,
    moved: f64,
    escapes: Vec<u64>,
    told: [Option<u64>; 2],
}

impl Judge {
    pub fn moved(&mut self, now: u64, pixels: f64) -> Option<OwnAct> {
        if now.abs_diff(self.moved_since) > MOVE_TIME {
            (self.moved_since, self.moved) = (now, 0.0);
        }
        // Not a number is no distance.
        self.moved += pixels.abs().max(0.0);
        if self.moved > MOVE { self.tell(now, OwnAct::Input) } else { None }
    }

    pub fn clicked(&mut self, now: u64) -> Option<OwnAct> {
        self.escapes.clear();
        self.tell(now, OwnAct::Input)
    }

    /// A key went down; both acts may come of it.
    pub fn key(&mut self, now: u64, is_escape: bool) -> [Option<OwnAct>; 2] {
        if !is_escape {
            self.escapes.clear();
        } else {
            self.escapes.retain(|t| now.abs_diff(*t) <= PANIC_TIME);
            self.escapes.push(now);
        }
        let panic = self.escapes.len() >= PANIC_COUNT;
        if panic {
            self.escapes.clear();
        }
        [self.tell(now, OwnAct::Input), panic.then(|| self.tell(now, OwnAct::PanicKey)).flatten()]
    }

    fn tell(&mut self, now: u64, act: OwnAct) -> Option<OwnAct> {
        let last = &mut self.told[usize::from(act == OwnAct::PanicKey)];
        if last.is_some_and(|t| now.abs_diff(t) < REST) {
            return None;
        }
        *last = Some(now);
        Some(act)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_moves_are_not_told() {
        let mut j = Judge::default();
        assert_eq!(j.moved(1_000, 2.0), None);
        assert_eq!(j.moved(1_300, 2.5), None, "the first is long ago");
        assert_eq!(j.moved(1_350, f64::NAN), None);
        assert_eq!(j.moved(1_400, -2.5), Some(OwnAct::Input));
    }

    #[test]
    fn at_most_twenty_a_second() {
        let mut j = Judge::default();
        let told = (0..1_000).filter(|t| j.moved(*t, 10.0).is_some()).count();
        assert_eq!(told, 20);
    }

    #[test]
    fn three_escapes_in_time_are_the_panic_key() {
        let panics = |times: &[(u64, bool)]| {
            let mut j = Judge::default();
            times.iter().filter(|(t, esc)| j.key(*t, *esc)[1].is_some()).count()
        };
        assert_eq!(panics(&[(0, true), (700, true), (1_500, true)]), 1);
        assert_eq!(panics(&[(0, true), (700, true), (1_501, true)]), 0);
        assert_eq!(panics(&[(0, true), (10, true), (20, false), (30, true)]), 0);
        assert_eq!(panics(&[(0, true), (9, true), (18, true), (27, true), (36, true)]), 1);
        assert_eq!(panics(&[(0, true), (90, true), (180, true), (270, true), (360, true), (450, true)]), 2);
    }
}
