//! Whether a program goes on, by what the display tells in order: nobody else has its numbers as long as it has a window.

use std::collections::{HashMap, HashSet};

use x11rb::protocol::{Event, xproto::Window};

use super::Top;

/// The windows of one program that were not closed since the last look.
#[derive(Default)]
pub struct Alive {
    /// Those that were seen then; their end is told.
    seen: HashSet<Window>,
    /// Those that were opened since, right below the root, where their end is told.
    fresh: HashSet<Window>,
    /// Those of them that a window manager put into another window since: their end may not be told.
    framed: HashMap<Window, Window>,
}

impl Alive {
    /// Whether a window is gone, and there is none any more.
    pub fn hear(&mut self, event: &Event, is_its: impl Fn(Window) -> bool) -> bool {
        match event {
            Event::CreateNotify(e) if is_its(e.window) => {
                // What had this number before is gone.
                self.framed.remove(&e.window);
                if !self.seen.is_empty() || !self.fresh.is_empty() {
                    self.fresh.insert(e.window);
                }
                false
            }
            Event::ReparentNotify(e) => {
                self.framed.remove(&e.window);
                if self.fresh.remove(&e.window) {
                    self.framed.insert(e.window, e.parent);
                }
                false
            }
            Event::DestroyNotify(e) => {
                let before = self.count();
                self.seen.remove(&e.window);
                self.fresh.remove(&e.window);
                self.framed.retain(|w, frame| ![*w, *frame].contains(&e.window));
                before > 0 && self.count() == 0
            }
            _ => false,
        }
    }

    fn count(&self) -> usize {
        self.seen.len() + self.fresh.len() + self.framed.len()
    }

    /// Whether one of these, which are open now, is one that was not closed.
    pub fn goes_on(&self, tops: &[Top], its: &[Window]) -> bool {
        let within = |w: &Window, frame: &Window| {
            tops.iter().any(|t| t.family.contains(w) && t.family.contains(frame))
        };
        let framed = |w: &Window| self.framed.get(w).is_some_and(|frame| within(w, frame));
        its.iter().any(|w| self.seen.contains(w) || self.fresh.contains(w) || framed(w))
    }

    pub fn was_seen(&self, w: Window) -> bool {
        self.seen.contains(&w)
    }

    /// These are open as of this look.
    pub fn see(&mut self, its: Vec<Window>) {
        *self = Self { seen: its.into_iter().collect(), ..Self::default() };
    }
}
