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
    windows::x11::{Top, Tops},
    x11::X11Error,
};

#[derive(Default)]
pub struct Held(Vec<One>);

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
        }
    }

    /// Closed for ever: its numbers may be another program's from now on.
    fn close(&mut self) {
        (self.state, self.window, self.place) = (Program::Closed, None, None);
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
        if its.is_empty() {
            self.close();
            return Ok(());
        }
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

    /// Whether one has another title now.
    pub fn hear(&mut self, known: &Tops, event: &Event) -> bool {
        let Event::PropertyNotify(e) = event else { return false };
        let mut any = false;
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
        tops: &[Top],
        hidden: &[bool],
        screen: (u16, u16),
    ) -> Result<Vec<bool>, X11Error> {
        let open: Vec<_> = (0..self.0.len()).filter_map(|i| Some((i, self.0[i].window?))).collect();
        let windows: Vec<_> = open.iter().map(|(_, w)| *w).collect();
        let whose = known.whose(tops, &windows);
        for one in self.0.iter_mut().filter(|one| one.window.is_none()) {
            one.close();
        }
        for (n, (i, _)) in open.into_iter().enumerate() {
            let all = tops.iter().zip(hidden.iter().copied()).zip(&whose);
            let its: Vec<_> = all.filter(|(_, of)| **of == Some(n)).map(|(top, _)| top).collect();
            self.0[i].look(conn, known, &its, screen)?;
        }
        Ok(whose.iter().map(Option::is_some).collect())
    }
}
