//! The open windows as a person knows them.

use deskside_session::hiding::{LONGEST, OpenWindow};
use x11rb::{
    protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, GetPropertyReply, Window},
    rust_connection::RustConnection,
};

use super::{Top, Tops};
use crate::{
    own,
    x11::{X11Error, connect},
};

x11rb::atom_manager! {
    pub Names: NamesCookie {
        _NET_WM_NAME,
        _NET_WM_PID,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_DESKTOP,
        _NET_WM_WINDOW_TYPE_DOCK,
    }
}

/// Of the environment's display when none is named, the top one first; without those of this program.
pub fn list(display: Option<&str>) -> Result<Vec<OpenWindow>, X11Error> {
    let (conn, number) = connect(display)?;
    let names = Names::new(&conn)?.reply()?;
    let mut windows = Tops::open(&conn, number)?;
    let tops = windows.look(&conn)?;
    let own = own::registered();
    let mut found = Vec::new();
    for top in tops.iter().rev() {
        for w in windows.of_programs(top) {
            if !own.contains(&u64::from(w))
                && let Some(window) = describe(&conn, &names, &windows, top, w)?
            {
                found.push(window);
            }
        }
    }
    Ok(found)
}

/// None for panels, the desktop, windows of this program, and what is gone.
pub fn describe(
    conn: &RustConnection,
    names: &Names,
    windows: &Tops,
    top: &Top,
    w: Window,
) -> Result<Option<OpenWindow>, X11Error> {
    let get = |what: u32| conn.get_property(false, w, what, AtomEnum::ANY, 0, 128);
    let (title, old_title) = (get(names._NET_WM_NAME)?, get(AtomEnum::WM_NAME.into())?);
    let (pid, kind) = (get(names._NET_WM_PID)?, get(names._NET_WM_WINDOW_TYPE)?);
    let (Ok(title), Ok(old_title), Ok(pid), Ok(kind)) =
        (title.reply(), old_title.reply(), pid.reply(), kind.reply())
    else {
        return Ok(None);
    };
    let number = |p: &GetPropertyReply| p.value32().and_then(|mut v| v.next());
    let no_window = [names._NET_WM_WINDOW_TYPE_DESKTOP, names._NET_WM_WINDOW_TYPE_DOCK];
    if number(&pid) == Some(std::process::id()) || number(&kind).is_some_and(|k| no_window.contains(&k)) {
        return Ok(None);
    }
    let title = if title.value.is_empty() { old_title.value } else { title.value };
    Ok(Some(OpenWindow {
        id: w.into(),
        title: clean(&String::from_utf8_lossy(&title)),
        program: clean(windows.class(w).unwrap_or_default()),
        minimised: !top.shown,
    }))
}

impl Tops {
    /// Whether this is a window's title.
    pub fn is_title(&self, atom: Atom) -> bool {
        [self.atoms._NET_WM_NAME, AtomEnum::WM_NAME.into()].contains(&atom)
    }

    /// Its title; empty if it has none, or is gone.
    pub fn title(&self, conn: &RustConnection, w: Window) -> Result<String, X11Error> {
        let get = |what: Atom| conn.get_property(false, w, what, AtomEnum::ANY, 0, 128);
        let (new, old) = (get(self.atoms._NET_WM_NAME)?, get(AtomEnum::WM_NAME.into())?);
        let text = |p: Result<GetPropertyReply, _>| p.map(|p| p.value).unwrap_or_default();
        let (new, old) = (text(new.reply()), text(old.reply()));
        Ok(clean(&String::from_utf8_lossy(if new.is_empty() { &old } else { &new })))
    }
}

/// One line, and not too long.
fn clean(text: &str) -> String {
    let cut = text.floor_char_boundary(LONGEST);
    text[..cut].chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
