//! Giving what was set to programs that paste it.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use deskside_session::clipboard::Clip;
use x11rb::{
    errors::ConnectionError,
    protocol::xproto::{
        Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, PropMode,
        SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use super::Atoms;
use crate::files::{to_copied, to_uris};

/// What is larger goes in parts of this size, in bytes.
const PART: usize = 128 << 10;
/// A program that does not take the next part within this time never will.
const PATIENCE: Duration = Duration::from_secs(30);
const MOST: usize = 16;
/// Large files take their time; who asked for them may wait this long.
const FETCHING: Duration = Duration::from_secs(15 * 60);

#[derive(Default)]
pub(super) struct Offer {
    clip: Option<Arc<Clip>>,
    /// Where the files of the clip are, once they are here.
    paths: Option<Vec<PathBuf>>,
    /// Programs that wait for them.
    waiting: Vec<(SelectionRequestEvent, Instant)>,
    transfers: Vec<Transfer>,
}

/// What became of a request.
enum Given {
    Yes,
    No,
    Later,
}

/// What a program takes in parts (ICCCM 2.7.2).
struct Transfer {
    to: Window,
    property: Atom,
    kind: Atom,
    bytes: Arc<[u8]>,
    done: usize,
    deadline: Instant,
}

impl Offer {
    /// From now on this is offered; who waits for files of before gets nothing.
    pub fn hold(&mut self, conn: &RustConnection, clip: Option<Arc<Clip>>) -> Result<(), ConnectionError> {
        self.clip = clip;
        self.paths = None;
        self.refuse_waiting(conn)
    }

    pub fn holds_files(&self) -> bool {
        matches!(self.clip.as_deref(), Some(Clip::Files(_)))
    }

    pub fn refuse_waiting(&mut self, conn: &RustConnection) -> Result<(), ConnectionError> {
        for (e, _) in std::mem::take(&mut self.waiting) {
            answer(conn, &e, false)?;
        }
        Ok(())
    }

    /// The files are here.
    pub fn ready(
        &mut self,
        conn: &RustConnection,
        atoms: &Atoms,
        paths: Vec<PathBuf>,
    ) -> Result<(), ConnectionError> {
        if !self.holds_files() {
            return Ok(());
        }
        self.paths = Some(paths);
        for (e, _) in std::mem::take(&mut self.waiting) {
            self.asked(conn, atoms, &e)?;
        }
        Ok(())
    }

    /// Answers a program that asks for it. Whether it waits for files that are to be fetched.
    pub fn asked(
        &mut self,
        conn: &RustConnection,
        atoms: &Atoms,
        e: &SelectionRequestEvent,
    ) -> Result<bool, ConnectionError> {
        let property = property_of(e);
        let given = match self.clip.clone() {
            Some(clip) if e.selection == atoms.CLIPBOARD => {
                self.give(conn, atoms, &clip, e.requestor, property, e.target)?
            }
            _ => Given::No,
        };
        if matches!(given, Given::Later) && self.waiting.len() < MOST {
            self.waiting.push((*e, Instant::now() + FETCHING));
            return Ok(true);
        }
        answer(conn, e, matches!(given, Given::Yes))?;
        Ok(false)
    }

    fn give(
        &mut self,
        conn: &RustConnection,
        atoms: &Atoms,
        clip: &Clip,
        to: Window,
        property: Atom,
        target: Atom,
    ) -> Result<Given, ConnectionError> {
        let string = Atom::from(AtomEnum::STRING);
        let utf8 = [atoms.UTF8_STRING, atoms.PLAIN_UTF8, atoms.PLAIN, atoms.TEXT];
        if target == atoms.TARGETS {
            let all = match clip {
                Clip::Text(_) => vec![atoms.TARGETS, utf8[0], utf8[1], utf8[2], utf8[3], string],
                Clip::Picture(_) => vec![atoms.TARGETS, atoms.PNG],
                Clip::Files(_) => vec![atoms.TARGETS, atoms.URIS, atoms.COPIED, atoms.KEEP_OUT],
            };
            conn.change_property32(PropMode::REPLACE, to, property, AtomEnum::ATOM, &all)?;
            return Ok(Given::Yes);
        }
        let (kind, bytes): (Atom, Arc<[u8]>) = match (clip, target) {
            // Latin-1
            (Clip::Text(text), t) if t == string => {
                (t, text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect())
            }
            (Clip::Text(text), t) if t == atoms.TEXT => (atoms.UTF8_STRING, text.as_bytes().into()),
            (Clip::Text(text), t) if utf8.contains(&t) => (t, text.as_bytes().into()),
            (Clip::Picture(png), t) if t == atoms.PNG => (t, png.as_slice().into()),
            (Clip::Files(_), t) if t == atoms.KEEP_OUT => (t, b"secret"[..].into()),
            (Clip::Files(_), t) if t == atoms.URIS || t == atoms.COPIED => {
                let Some(paths) = &self.paths else { return Ok(Given::Later) };
                let list = if t == atoms.URIS { to_uris(paths) } else { to_copied(paths) };
                (t, list.into_bytes().into())
            }
            _ => return Ok(Given::No),
        };
        if bytes.len() <= PART {
            conn.change_property8(PropMode::REPLACE, to, property, kind, &bytes)?;
            return Ok(Given::Yes);
        }
        self.transfers.retain(|t| (t.to, t.property) != (to, property));
        if self.transfers.len() >= MOST {
            return Ok(Given::No);
        }
        let events = EventMask::PROPERTY_CHANGE | EventMask::STRUCTURE_NOTIFY;
        conn.change_window_attributes(to, &ChangeWindowAttributesAux::new().event_mask(events))?;
        let size = bytes.len() as u32;
        conn.change_property32(PropMode::REPLACE, to, property, atoms.INCR, &[size])?;
        let deadline = Instant::now() + PATIENCE;
        self.transfers.push(Transfer { to, property, kind, bytes, done: 0, deadline });
        Ok(Given::Yes)
    }

    /// A program took a part: the next, or an empty one at the end.
    pub fn taken(
        &mut self,
        conn: &RustConnection,
        to: Window,
        property: Atom,
    ) -> Result<(), ConnectionError> {
        let Some(i) = self.transfers.iter().position(|t| (t.to, t.property) == (to, property)) else {
            return Ok(());
        };
        let t = &mut self.transfers[i];
        let part = &t.bytes[t.done..t.bytes.len().min(t.done + PART)];
        conn.change_property8(PropMode::REPLACE, to, property, t.kind, part)?;
        t.done += part.len();
        t.deadline = Instant::now() + PATIENCE;
        if part.is_empty() {
            self.transfers.remove(i);
            self.leave(conn, to)?;
        }
        Ok(())
    }

    pub fn gone(&mut self, window: Window) {
        self.transfers.retain(|t| t.to != window);
        self.waiting.retain(|(e, _)| e.requestor != window);
    }

    pub fn forget_stale(&mut self, conn: &RustConnection, now: Instant) -> Result<(), ConnectionError> {
        while let Some(i) = self.transfers.iter().position(|t| t.deadline <= now) {
            let to = self.transfers.remove(i).to;
            self.leave(conn, to)?;
        }
        for (e, _) in self.waiting.extract_if(.., |(_, at)| *at <= now) {
            answer(conn, &e, false)?;
        }
        Ok(())
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.transfers.iter().map(|t| t.deadline).chain(self.waiting.iter().map(|(_, at)| *at)).min()
    }

    /// Listens no more to a window that takes nothing.
    fn leave(&self, conn: &RustConnection, window: Window) -> Result<(), ConnectionError> {
        if !self.transfers.iter().any(|t| t.to == window) {
            let none = ChangeWindowAttributesAux::new().event_mask(EventMask::NO_EVENT);
            conn.change_window_attributes(window, &none)?;
        }
        Ok(())
    }
}

/// Clients of old leave the choice of the property to the owner.
fn property_of(e: &SelectionRequestEvent) -> Atom {
    if e.property == x11rb::NONE { e.target } else { e.property }
}

fn answer(conn: &RustConnection, e: &SelectionRequestEvent, given: bool) -> Result<(), ConnectionError> {
    let answer = SelectionNotifyEvent {
        response_type: SELECTION_NOTIFY_EVENT,
        sequence: 0,
        time: e.time,
        requestor: e.requestor,
        selection: e.selection,
        target: e.target,
        property: if given { property_of(e) } else { x11rb::NONE },
    };
    conn.send_event(false, e.requestor, EventMask::NO_EVENT, answer)?;
    Ok(())
}
