//! The programs that alone are in the picture: whose windows are theirs, and how they stand.

use deskside_session::{
    hiding::{Chosen, Program},
    programs::{Area, SeenProgram},
};

use super::clip;
use crate::windows::win32::{
    Top,
    chosen::{close, enrol},
    place::Edges,
    title, whose,
};

#[derive(Default)]
pub struct Held(Vec<One>);

struct One {
    chosen: Chosen,
    state: Program,
    /// Around what is seen of it, on the desktop.
    place: Option<Edges>,
    title: String,
    name: String,
}

impl One {
    fn new(chosen: Chosen) -> Self {
        let (title, name) = (String::new(), String::new());
        Self { chosen, state: Program::Shown, place: None, title, name }
    }

    /// For ever.
    fn close(&mut self) {
        close(self.chosen);
        (self.state, self.place) = (Program::Closed, None);
    }

    /// `its`: its windows, the lowest first, and whether they are hidden.
    fn look(&mut self, its: &[(&Top, bool)]) {
        let open = || its.iter().map(|(t, _)| t).filter(|t| !t.clear && !t.minimised);
        let places = || open().filter_map(|t| t.place);
        let minimised = its.iter().any(|(t, _)| t.minimised);
        let first = its.iter().find(|(t, _)| t.window == self.chosen.window);
        // Most programs have windows that nobody ever sees; of those only the chosen one counts.
        self.state = match (places().next(), first) {
            (Some(_), _) => Program::Shown,
            (None, None) if !minimised => return self.close(),
            (None, _) => Program::Minimised,
        };
        let around = |a: Edges, b: Edges| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])];
        self.place = places().filter_map(|p| p.inner).reduce(around);
        let shown = |(t, _): &&(&Top, bool)| t.place.is_some() || t.minimised;
        let titled = |(t, _): &&(&Top, bool)| !title(t.window).is_empty();
        let main = first.filter(shown).or_else(|| its.iter().rev().filter(shown).find(titled));
        match main {
            Some((_, true)) => (self.title, self.name) = Default::default(),
            Some((top, false)) => {
                self.title = title(top.window);
                self.name = top.program.clone().unwrap_or_default();
            }
            None => {}
        }
    }
}

impl Held {
    /// These from now on; those that stay are what they were.
    pub fn now(mut self, chosen: &[Chosen]) -> Self {
        let mut one = |c: &Chosen| match self.0.iter().position(|one| one.chosen == *c) {
            Some(i) => self.0.swap_remove(i),
            None => One::new(*c),
        };
        Self(chosen.iter().map(&mut one).collect())
    }

    pub fn seen(&self, area: super::Area) -> Vec<SeenProgram> {
        let place = |e: Edges| clip(e, area).map(|r| Area { x: r.x, y: r.y, width: r.w, height: r.h });
        let seen = |one: &One| SeenProgram {
            id: one.chosen.id,
            title: one.title.clone(),
            name: one.name.clone(),
            state: one.state,
            place: one.place.and_then(place),
        };
        self.0.iter().map(seen).collect()
    }

    /// Looks how they stand. Gives which of the windows are theirs.
    pub fn look(&mut self, tops: &[Top], hidden: &[bool]) -> Vec<bool> {
        let mut open = Vec::new();
        for (i, one) in self.0.iter_mut().enumerate() {
            match enrol(one.chosen) {
                Some(maker) => open.push((i, (one.chosen.window, maker))),
                None => one.close(),
            }
        }
        let makers: Vec<_> = open.iter().map(|(_, chosen)| *chosen).collect();
        let whose = whose(tops, &makers);
        for (n, (i, _)) in open.into_iter().enumerate() {
            let all = tops.iter().zip(hidden.iter().copied()).zip(&whose);
            let its: Vec<_> = all.filter(|(_, of)| **of == Some(n)).map(|(top, _)| top).collect();
            self.0[i].look(&its);
        }
        whose.iter().map(Option::is_some).collect()
    }
}
