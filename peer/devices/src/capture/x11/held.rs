//! The programs that alone are in the picture: whose windows are theirs, and how they stand.

use deskside_media::Rect;
use deskside_session::{
    hiding::{Chosen, Program},
    programs::{Area, SeenProgram},
};
use x11rb::{
    protocol::{Event, xproto::Window},
    rust_connection::RustConnection,
};

use super::area;
use crate::{
    windows::x11::{
        Top, Tops,
        alive::Alive,
        mark::{Marks, Token},
    },
    x11::X11Error,
};

#[derive(Default)]
pub struct Held(Vec<One>);

/// What is on the screen.
pub struct Seen<'a> {
    pub tops: &'a [Top],
    /// Of each, whether it is hidden.
    pub hidden: &'a [bool],
    pub screen: (u16, u16),
}

struct One {
    chosen: Chosen,
    /// None: no window has such a number.
    window: Option<Window>,
    state: Program,
    /// Around what is seen of it, on the screen.
    place: Option<Rect>,
    /// The window whose title is told, once it was read.
    titled: Option<Window>,
    title: String,
    name: String,
    /// Its mark, once it was found on a window of it.
    token: Option<Token>,
    alive: Alive,
}

impl One {
    fn new(chosen: Chosen) -> Self {
        Self {
            chosen,
            window: Window::try_from(chosen.window).ok(),
            state: Program::Shown,
            place: None,
            titled: None,
            title: String::new(),
            name: String::new(),
            token: None,
            alive: Alive::default(),
        }
    }

    /// Closed for ever: its numbers may be another program's from now on.
    fn close(&mut self, marks: &Marks) {
        (self.state, self.window, self.place) = (Program::Closed, None, None);
        marks.close(self.chosen);
    }

    /// Whether it is closed now. It may be all that is heard before others have its numbers, and nothing is asked here.
    fn hear(&mut self, marks: &Marks, event: &Event) -> bool {
        let Some(window) = self.window else { return false };
        let mut over = self.alive.hear(event, |w| self.token.is_some() && marks.is_same_client(w, window));
        if let Event::DestroyNotify(e) = event {
            marks.forget(self.chosen, e.window);
            over |= e.window == window && marks.is_new(self.chosen);
        }
        if over {
            self.close(marks);
        }
        over
    }

    /// Closes it unless a window of its client bears its mark; marks those that it opened since.
    fn confirm(
        &mut self,
        conn: &RustConnection,
        known: &Tops,
        marks: &Marks,
        tops: &[Top],
    ) -> Result<(), X11Error> {
        let token = if self.window.is_some() { marks.enrol(conn, self.chosen)? } else { None };
        let Some((window, token)) = self.window.zip(token) else {
            self.close(marks);
            return Ok(());
        };
        let its = known.of_client(tops, window);
        let mut bearers = Vec::new();
        if self.token.is_none() {
            bearers = marks.bearers(conn, token, &[its.as_slice(), &[window]].concat())?;
        }
        if bearers.is_empty() && !self.alive.goes_on(tops, &its) {
            self.close(marks);
            return Ok(());
        }
        for w in its.iter().filter(|w| !self.alive.was_seen(**w) && !bearers.contains(w)) {
            marks.add(conn, self.chosen, token, *w)?;
        }
        self.token = Some(token);
        self.alive.see(its);
        Ok(())
    }

    fn seen(&self, area: (i32, i32, u16, u16)) -> SeenProgram {
        let place = |r: Rect| area::clip(r.x.into(), r.y.into(), r.w.into(), r.h.into(), area);
        SeenProgram {
            id: self.chosen.id,
            title: self.title.clone(),
            name: self.name.clone(),
            state: self.state,
            place: self.place.and_then(place).map(|r| Area { x: r.x, y: r.y, width: r.w, height: r.h }),
        }
    }

    /// `its`: its windows, the lowest first, and whether they are hidden.
    fn look(
        &mut self,
        conn: &RustConnection,
        known: &Tops,
        its: &[(&Top, bool)],
        screen: (u16, u16),
    ) -> Result<(), X11Error> {
        let seen = |(t, _): &&(&Top, bool)| t.shown && !t.clear && t.place.2 > 1 && t.place.3 > 1;
        let on = its.iter().any(|(t, _)| t.shown);
        self.state = if on { Program::Shown } else { Program::Minimised };
        let whole = (0, 0, screen.0, screen.1);
        let clip = |t: &Top| area::clip(t.place.0, t.place.1, t.place.2, t.place.3, whole);
        self.place = its.iter().filter(seen).filter_map(|(t, _)| clip(t)).reduce(area::union);
        self.entitle(conn, known, its)
    }

    /// Reads the title of the window that it was chosen by, or of another one after that is gone.
    fn entitle(&mut self, conn: &RustConnection, known: &Tops, its: &[(&Top, bool)]) -> Result<(), X11Error> {
        let main = self.window.filter(|w| its.iter().any(|(t, _)| t.family.contains(w)));
        let another = || its.iter().rev().find_map(|(t, _)| known.of_programs(t).first().copied());
        let main = main.or_else(another);
        let hidden = |w: Window| its.iter().any(|(t, hidden)| *hidden && t.family.contains(&w));
        match main {
            Some(w) if hidden(w) => (self.title, self.name, self.titled) = Default::default(),
            Some(w) if self.titled != Some(w) => {
                self.title = known.title(conn, w)?;
                self.name = known.class(w).unwrap_or_default().to_owned();
                self.titled = Some(w);
            }
            _ => {}
        }
        Ok(())
    }
}

impl Held {
    pub fn chosen(&self) -> Vec<Chosen> {
        self.0.iter().map(|one| one.chosen).collect()
    }

    /// These from now on; those that stay are what they were.
    pub fn now(mut self, chosen: &[Chosen]) -> Self {
        let mut one = |c: &Chosen| match self.0.iter().position(|one| one.chosen == *c) {
            Some(i) => self.0.swap_remove(i),
            None => One::new(*c),
        };
        Self(chosen.iter().map(&mut one).collect())
    }

    pub fn seen(&self, area: (i32, i32, u16, u16)) -> Vec<SeenProgram> {
        self.0.iter().map(|one| one.seen(area)).collect()
    }

    /// Whether one has another title now, or is closed.
    pub fn hear(&mut self, known: &Tops, marks: &Marks, event: &Event) -> bool {
        let mut any = false;
        for one in &mut self.0 {
            any |= one.hear(marks, event);
        }
        let Event::PropertyNotify(e) = event else { return any };
        for one in self.0.iter_mut().filter(|one| one.titled == Some(e.window) && known.is_title(e.atom)) {
            (one.titled, any) = (None, true);
        }
        any
    }

    /// Looks how they stand. Gives which of the windows are theirs.
    pub fn look(
        &mut self,
        conn: &RustConnection,
        known: &Tops,
        marks: &Marks,
        seen: &Seen<'_>,
    ) -> Result<Vec<bool>, X11Error> {
        for one in &mut self.0 {
            one.confirm(conn, known, marks, seen.tops)?;
        }
        let open: Vec<_> = (0..self.0.len()).filter_map(|i| Some((i, self.0[i].window?))).collect();
        let windows: Vec<_> = open.iter().map(|(_, w)| *w).collect();
        let whose = known.whose(seen.tops, &windows);
        for (n, (i, _)) in open.into_iter().enumerate() {
            let all = seen.tops.iter().zip(seen.hidden.iter().copied()).zip(&whose);
            let its: Vec<_> = all.filter(|(_, of)| **of == Some(n)).map(|(top, _)| top).collect();
            match its.as_slice() {
                [] => self.0[i].close(marks),
                its => self.0[i].look(conn, known, its, seen.screen)?,
            }
        }
        Ok(whose.iter().map(Option::is_some).collect())
    }
}
