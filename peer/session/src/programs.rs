//! The programs that alone are shared: which they are, and how each of them stands.

use serde::{Deserialize, Deserializer, Serialize};

use crate::hiding::{Chosen, Program, Scope};

/// Most programs that are shared at once.
pub const MOST_SHARED: usize = 16;
/// Longest title, and longest name, in bytes.
pub const LONGEST_TITLE: usize = 128;

/// A part of the shared picture, in its pixels; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Area {
    pub x: u16,
    pub y: u16,
    pub width: u16,
    pub height: u16,
}

/// One program that is shared, as people know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedProgram {
    /// Stays the same while it is shared, and is no other program's in this session.
    pub id: u32,
    /// Of its window; one line of at most [`LONGEST_TITLE`] bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What the program calls itself; within the same limits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub state: Program,
    /// Around all of its windows that are seen, with dialogs and menus; none while nothing of it is in the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Area>,
    /// By which of its windows it was chosen; only the sharer knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<u64>,
}

impl SharedProgram {
    fn new(Chosen { id, window }: Chosen) -> Self {
        let (title, name) = (String::new(), String::new());
        Self { id, title, name, state: Program::Shown, place: None, window: Some(window) }
    }

    /// For those of a sharing that was limited before the sharer's program was killed.
    fn lost() -> Self {
        let mut lost = Self::new(Chosen { id: 0, window: 0 });
        (lost.state, lost.window) = (Program::Closed, None);
        lost
    }

    /// What viewers may know.
    fn told(&self) -> Self {
        Self { window: None, ..self.clone() }
    }

    /// Whether it may have come from a sharer that keeps to the rules.
    pub(crate) fn in_limits(&self) -> bool {
        let short = |s: &str| s.len() <= LONGEST_TITLE && !s.chars().any(char::is_control);
        let large = |p: Area| p.width > 0 && p.height > 0;
        short(&self.title) && short(&self.name) && self.window.is_none() && self.place.is_none_or(large)
    }
}

/// How the devices see a program; the id is that of its [`Chosen`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenProgram {
    pub id: u32,
    pub title: String,
    pub name: String,
    pub state: Program,
    pub place: Option<Area>,
}

/// Sharer: what is chosen. Nothing chosen: the whole desktop.
#[derive(Default)]
pub(crate) struct Programs {
    all: Vec<SharedProgram>,
    last: u32,
}

impl Programs {
    /// None is chosen, and ids come after this one.
    pub fn after(last: u32) -> Self {
        Self { all: Vec::new(), last }
    }

    /// These alone from now on; those that were chosen before stay what they are.
    pub fn only(&mut self, windows: &[u64]) {
        let mut before = std::mem::take(&mut self.all);
        for window in windows {
            let there = before.iter().position(|p| p.window == Some(*window));
            match there.map(|i| before.swap_remove(i)) {
                Some(program) => self.all.push(program),
                None if self.all.iter().any(|p| p.window == Some(*window)) => {}
                None => self.choose(*window),
            }
        }
    }

    /// One more, where not the whole desktop is shared. A closed one stays closed: what has its window's number now is
    /// another one.
    pub fn add(&mut self, window: u64) {
        let there = |p: &SharedProgram| p.window == Some(window) && p.state != Program::Closed;
        if self.all.is_empty() || self.all.iter().any(there) {
            return;
        }
        self.all.retain(|p| p.window != Some(window) && p.window.is_some());
        self.choose(window);
    }

    fn choose(&mut self, window: u64) {
        if self.all.len() < MOST_SHARED {
            self.last += 1;
            self.all.push(SharedProgram::new(Chosen { id: self.last, window }));
        }
    }

    /// One less. The last one is as if it were closed: that does not share the whole desktop.
    pub fn remove(&mut self, id: u32) {
        match self.all.as_mut_slice() {
            [last] if last.id == id => (last.state, last.place) = (Program::Closed, None),
            _ => self.all.retain(|p| p.id != id),
        }
    }

    /// The whole desktop.
    pub fn clear(&mut self) {
        self.all.clear();
    }

    /// Nothing at all, until somebody chooses.
    pub fn lose(&mut self) {
        self.all = vec![SharedProgram::lost()];
    }

    pub fn scope(&self) -> Scope {
        let open = self.all.iter().filter(|p| p.state != Program::Closed);
        let chosen: Vec<_> = open.filter_map(|p| Some(Chosen { id: p.id, window: p.window? })).collect();
        match chosen.is_empty() {
            true if self.all.is_empty() => Scope::Desktop,
            true => Scope::Nothing,
            false => Scope::Programs(chosen),
        }
    }

    pub fn is_limited(&self) -> bool {
        !self.all.is_empty()
    }

    /// What was closed stays so, whatever the devices say later.
    pub fn see(&mut self, seen: Vec<SeenProgram>) {
        for s in seen {
            let open = |p: &&mut SharedProgram| p.id == s.id && p.state != Program::Closed;
            let Some(p) = self.all.iter_mut().find(open) else { continue };
            (p.state, p.place) = (s.state, s.place);
            if s.state != Program::Closed {
                (p.title, p.name) = (one_line(&s.title), one_line(&s.name));
            }
        }
    }

    /// The sharer's own copy.
    pub fn here(&self) -> Vec<SharedProgram> {
        self.all.clone()
    }

    /// What goes to viewers.
    pub fn told(&self) -> Vec<SharedProgram> {
        self.all.iter().map(SharedProgram::told).collect()
    }
}

/// Without control characters, and not too long.
fn one_line(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text[..text.floor_char_boundary(LONGEST_TITLE)].to_owned()
}

/// A list of windows, or one alone as it was said before there were lists, or none.
pub(crate) fn one_or_many<'d, D: Deserializer<'d>>(from: D) -> Result<Vec<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Windows {
        Many(Vec<u64>),
        One(Option<u64>),
    }
    Ok(match Windows::deserialize(from)? {
        Windows::Many(many) => many,
        Windows::One(one) => one.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(id: u32, state: Program) -> SeenProgram {
        SeenProgram { id, title: "a\tb".into(), name: "x".repeat(200), state, place: None }
    }

    fn ids(programs: &Programs) -> Vec<(u32, Program)> {
        programs.all.iter().map(|p| (p.id, p.state)).collect()
    }

    #[test]
    fn a_new_list_keeps_those_that_stay() {
        let mut programs = Programs::default();
        programs.only(&[7, 8, 7]);
        assert_eq!(ids(&programs), [(1, Program::Shown), (2, Program::Shown)]);
        programs.see(vec![seen(2, Program::Minimised), seen(9, Program::Shown)]);
        programs.only(&[8, 9]);
        assert_eq!(ids(&programs), [(2, Program::Minimised), (3, Program::Shown)]);
        let told = programs.told();
        assert_eq!((told[0].title.as_str(), told[0].name.len(), told[0].window), ("a b", 128, None));
        assert!(told.iter().all(SharedProgram::in_limits));
        assert_eq!(programs.here()[0].window, Some(8));
        programs.only(&[]);
        assert_eq!(programs.scope(), Scope::Desktop);
        programs.only(&(1..=20).collect::<Vec<_>>());
        assert_eq!(programs.all.len(), MOST_SHARED);
    }

    #[test]
    fn a_closed_one_never_comes_back() {
        let mut programs = Programs::default();
        programs.only(&[7, 8]);
        programs.see(vec![seen(1, Program::Closed)]);
        programs.see(vec![seen(1, Program::Shown)]);
        programs.only(&[7, 8]);
        assert_eq!(programs.scope(), Scope::Programs(vec![Chosen { id: 2, window: 8 }]));
        // Chosen anew, its number is another program's.
        programs.add(7);
        assert_eq!(ids(&programs), [(2, Program::Shown), (3, Program::Shown)]);
        programs.see(vec![seen(1, Program::Closed), seen(2, Program::Closed), seen(3, Program::Closed)]);
        assert_eq!(programs.scope(), Scope::Nothing);
    }

    #[test]
    fn without_the_last_one_nothing_is_shared() {
        let mut programs = Programs::default();
        programs.add(5);
        assert_eq!(programs.scope(), Scope::Desktop);
        programs.only(&[7]);
        programs.add(7);
        programs.add(8);
        programs.remove(1);
        assert_eq!(programs.scope(), Scope::Programs(vec![Chosen { id: 2, window: 8 }]));
        programs.remove(2);
        assert_eq!((programs.scope(), ids(&programs)), (Scope::Nothing, vec![(2, Program::Closed)]));
        programs.lose();
        assert_eq!(programs.scope(), Scope::Nothing);
        assert!(programs.told()[0].in_limits());
        programs.add(9);
        assert_eq!(ids(&programs), [(3, Program::Shown)]);
    }
}
