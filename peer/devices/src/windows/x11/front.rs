//! The window in front, and what becomes of it.

use deskside_session::hiding::OpenWindow;
use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        xproto::{AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, InputFocus, Window},
    },
    rust_connection::RustConnection,
};

use super::{
    Top, Tops,
    list::{Names, describe},
};
use crate::x11::{X11Error, connect};

/// What this program's own windows call themselves, also those of another run.
const OWN: &str = "deskside";

/// The window that was in front, watched over one connection.
pub struct Front {
    conn: RustConnection,
    names: Names,
    tops: Tops,
    window: Window,
}

impl Front {
    /// Of the environment's display when none is named. None when no program's window is in front.
    pub fn open(display: Option<&str>) -> Result<Option<(OpenWindow, Self)>, X11Error> {
        let (conn, number) = connect(display)?;
        let names = Names::new(&conn)?.reply()?;
        let active = conn.intern_atom(false, b"_NET_ACTIVE_WINDOW")?.reply()?.atom;
        let root = conn.setup().roots[number].root;
        let mut windows = Tops::open(&conn, number)?;
        let tops = windows.look(&conn)?;
        let said = conn.get_property(false, root, active, AtomEnum::WINDOW, 0, 1)?.reply()?;
        let said = said.value32().and_then(|mut v| v.next());
        let window = match said {
            // Who tells of it says 0 when it is no window at all.
            Some(w) => windows.owner(&tops, w),
            None => match conn.get_input_focus()?.reply()?.focus {
                f if f == root || f <= u8::from(InputFocus::POINTER_ROOT).into() => None,
                f => windows.owner(&tops, f),
            }
            .or_else(|| Self::highest(&windows, &tops)),
        };
        let Some((top, window)) = window else { return Ok(None) };
        let Some(open) = describe(&conn, &names, &windows, top, window)? else { return Ok(None) };
        if open.program.to_lowercase().starts_with(OWN) {
            return Ok(None);
        }
        // Gone meanwhile: an error, and nothing to offer.
        let events = EventMask::STRUCTURE_NOTIFY | EventMask::PROPERTY_CHANGE;
        let aux = ChangeWindowAttributesAux::new().event_mask(events);
        conn.change_window_attributes(window, &aux)?.check()?;
        Ok(Some((open, Self { conn, names, tops: windows, window })))
    }

    fn highest<'a>(windows: &Tops, tops: &'a [Top]) -> Option<(&'a Top, Window)> {
        let shown = tops.iter().rev().filter(|t| t.shown);
        shown.flat_map(|t| windows.of_programs(t).into_iter().map(move |w| (t, w))).next()
    }

    /// Tells whenever it calls itself something else, and at last, with none, that it is gone.
    pub fn watch(mut self, told: &dyn Fn(Option<OpenWindow>)) {
        loop {
            match self.next() {
                Ok(Some(open)) => told(Some(open)),
                Ok(None) => {}
                Err(why) => {
                    tracing::debug!(%why, "the window from which the person came is gone");
                    return told(None);
                }
            }
        }
    }

    fn next(&mut self) -> Result<Option<OpenWindow>, X11Error> {
        let event = self.conn.wait_for_event()?;
        self.tops.hear(&event);
        match event {
            Event::DestroyNotify(e) if e.window == self.window => {
                Err(X11Error::Missing("such window any more"))
            }
            Event::PropertyNotify(e) if e.window == self.window => {
                let named = [self.names._NET_WM_NAME, AtomEnum::WM_NAME.into()].contains(&e.atom);
                if !named {
                    return Ok(None);
                }
                let tops = self.tops.look(&self.conn)?;
                let Some((top, window)) = self.tops.owner(&tops, self.window) else { return Ok(None) };
                describe(&self.conn, &self.names, &self.tops, top, window)
            }
            _ => Ok(None),
        }
    }
}
