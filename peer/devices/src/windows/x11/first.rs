//! Windows that programs open from now on.

use std::{
    collections::HashSet,
    os::fd::{AsRawFd as _, RawFd},
};

use x11rb::{
    connection::Connection as _,
    protocol::xproto::{AtomEnum, ConnectionExt as _, Window},
    rust_connection::RustConnection,
};

use super::{Heard, Tops, texts};
use crate::x11::{X11Error, connect};

x11rb::atom_manager! {
    Names: NamesCookie {
        _NET_STARTUP_ID,
        _NET_WM_PID,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_DESKTOP,
        _NET_WM_WINDOW_TYPE_DOCK,
        _NET_WM_WINDOW_TYPE_NOTIFICATION,
        _NET_WM_WINDOW_TYPE_SPLASH,
    }
}

/// A window that was not there before.
#[derive(Debug)]
pub struct Newcomer {
    pub window: u64,
    pub pid: Option<u32>,
    pub classes: Vec<String>,
    /// What its program was given when it was started.
    pub mark: Option<String>,
}

pub struct Newcomers {
    conn: RustConnection,
    names: Names,
    tops: Tops,
    /// Those that were told, or were there before.
    known: HashSet<Window>,
    look: bool,
}

impl Newcomers {
    pub fn open(display: Option<&str>) -> Result<Self, X11Error> {
        let (conn, number) = connect(display)?;
        let names = Names::new(&conn)?.reply()?;
        let tops = Tops::open(&conn, number)?;
        let mut newcomers = Self { conn, names, tops, known: HashSet::new(), look: true };
        newcomers.known = newcomers.shown()?.into_iter().collect();
        newcomers.conn.flush()?;
        Ok(newcomers)
    }

    pub fn fd(&self) -> RawFd {
        self.conn.stream().as_raw_fd()
    }

    fn shown(&mut self) -> Result<Vec<Window>, X11Error> {
        let tops = self.tops.look(&self.conn)?;
        Ok(tops.iter().filter(|t| t.shown).flat_map(|t| self.tops.of_programs(t)).collect())
    }

    /// Those that appeared since the last call.
    pub fn take(&mut self) -> Result<Vec<Newcomer>, X11Error> {
        let mut found = Vec::new();
        loop {
            while let Some(event) = self.conn.poll_for_event()? {
                self.look |= self.tops.hear(&event) != Heard::Nothing;
            }
            // What happens while one looks is an event by then.
            if !std::mem::take(&mut self.look) {
                self.conn.flush()?;
                return Ok(found);
            }
            for w in self.shown()? {
                if self.known.insert(w) {
                    found.extend(self.describe(w)?);
                }
            }
        }
    }

    /// None for what is no program's own window.
    fn describe(&self, w: Window) -> Result<Option<Newcomer>, X11Error> {
        let get = |what: u32| self.conn.get_property(false, w, what, AtomEnum::ANY, 0, 128);
        let (pid, mark) = (get(self.names._NET_WM_PID)?, get(self.names._NET_STARTUP_ID)?);
        let (kind, class) = (get(self.names._NET_WM_WINDOW_TYPE)?, get(AtomEnum::WM_CLASS.into())?);
        let (Ok(pid), Ok(mark), Ok(kind), Ok(class)) =
            (pid.reply(), mark.reply(), kind.reply(), class.reply())
        else {
            return Ok(None);
        };
        let n = &self.names;
        let passing = [
            n._NET_WM_WINDOW_TYPE_DESKTOP,
            n._NET_WM_WINDOW_TYPE_DOCK,
            n._NET_WM_WINDOW_TYPE_NOTIFICATION,
            n._NET_WM_WINDOW_TYPE_SPLASH,
        ];
        if kind.value32().and_then(|mut v| v.next()).is_some_and(|k| passing.contains(&k)) {
            return Ok(None);
        }
        Ok(Some(Newcomer {
            window: w.into(),
            pid: pid.value32().and_then(|mut v| v.next()),
            classes: texts(&class.value),
            mark: Some(String::from_utf8_lossy(&mark.value).into_owned()).filter(|m| !m.is_empty()),
        }))
    }
}
