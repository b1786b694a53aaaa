//! What is covered in pictures: what must not be seen, and for a while what it left.

use std::time::{Duration, Instant};

use super::layers::MOST;
use crate::windows::region::Region;

#[derive(Default)]
pub struct Cover {
    /// What must not be seen, as of the last look.
    shown: Region,
    left: Vec<(Instant, Region)>,
    /// What is covered.
    now: Region,
    /// What became covered or uncovered since it was taken.
    moved: Region,
}

impl Cover {
    /// This must not be seen now; what of before is over stays covered so long.
    pub fn see(&mut self, shown: Region, linger: Duration) {
        if shown != self.shown {
            let before = std::mem::replace(&mut self.shown, shown);
            self.leave(before, linger);
        }
        self.settle();
    }

    fn leave(&mut self, before: Region, linger: Duration) {
        let until = Instant::now() + linger;
        match self.left.last_mut() {
            _ if before.is_empty() => {}
            // A window on the move leaves some traces and not hundreds.
            Some((last, trace)) if until <= *last => trace.add_all(&before),
            _ => self.left.push((until + linger / 8, before)),
        }
    }

    /// Uncovers what was covered long enough. True if a cover came or went that was not taken yet.
    pub fn settle(&mut self) -> bool {
        let now = Instant::now();
        self.left.retain(|(until, _)| *until > now);
        let mut cover = self.shown.clone();
        for (_, left) in &self.left {
            cover.add_all(left);
        }
        cover.simplify(MOST);
        if cover != self.now {
            self.moved.add_all(&cover.differing(&self.now));
            self.now = cover;
        }
        !self.moved.is_empty()
    }

    /// When to call [`Self::settle`].
    #[cfg(any(not(windows), test))]
    pub fn due(&self) -> Option<Instant> {
        self.left.first().map(|(until, _)| *until)
    }

    pub fn now(&self) -> &Region {
        &self.now
    }

    pub fn take_moved(&mut self) -> Region {
        std::mem::take(&mut self.moved)
    }
}

#[cfg(test)]
mod tests {
    use deskside_media::Rect;

    use super::*;

    #[test]
    fn what_was_left_stays_covered() {
        let region = |x| {
            let mut region = Region::default();
            region.add(Rect { x, y: 0, w: 10, h: 10 });
            region
        };
        let mut cover = Cover::default();
        cover.see(region(0), Duration::from_secs(3600));
        assert_eq!((cover.now(), cover.due()), (&region(0), None));
        cover.see(region(50), Duration::from_secs(3600));
        assert!(cover.now().rects().len() == 2 && cover.due().is_some());
        cover.take_moved();
        assert!(!cover.settle());
        let mut over = Cover::default();
        over.see(region(0), Duration::ZERO);
        over.see(Region::default(), Duration::ZERO);
        assert!(over.now().is_empty());
    }
}
