//! Getting the text, picture or files of another program's selection.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use x11rb::{
    errors::ReplyError,
    protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, SelectionNotifyEvent, Window},
    rust_connection::RustConnection,
};

use deskside_session::{
    clipboard::Clip,
    wire::{MAX_CLIPBOARD, MAX_CLIPBOARD_PICTURE},
};

use super::{super::fits, Atoms};
use crate::files::from_uris;

/// Longest list of copied files, in bytes.
const MAX_URIS: usize = 16 << 20;

/// A program that lets us wait longer than this for its next part gives nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is told of changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub clips: bool,
    pub files: bool,
}

impl Wanted {
    pub fn is_any(self) -> bool {
        self.clips || self.files
    }

    pub fn is_more_than(self, other: Self) -> bool {
        (self.clips && !other.clips) || (self.files && !other.files)
    }

    pub fn within(self, clips: bool, files: bool) -> Self {
        Self { clips: self.clips && clips, files: self.files && files }
    }
}

pub(super) struct Fetch {
    window: Window,
    property: Atom,
    target: Atom,
    time: u32,
    wanted: Wanted,
    pub deadline: Instant,
    state: State,
}

enum State {
    /// What kinds there are.
    Listed,
    Asked,
    /// It comes in parts (ICCCM 2.7.2); what is too large is counted and thrown away.
    Parts {
        bytes: Vec<u8>,
        count: usize,
    },
}

pub(super) enum Step {
    Goes,
    Failed,
    Clip(Clip),
    Files(Vec<PathBuf>),
}

impl Fetch {
    pub fn begin(
        conn: &RustConnection,
        atoms: &Atoms,
        (window, property): (Window, Atom),
        time: u32,
        wanted: Wanted,
    ) -> Result<Self, ReplyError> {
        let target = atoms.TARGETS;
        conn.delete_property(window, property)?;
        conn.convert_selection(window, atoms.CLIPBOARD, target, property, time)?;
        let deadline = Instant::now() + PATIENCE;
        Ok(Self { window, property, target, time, wanted, deadline, state: State::Listed })
    }

    /// The owner has answered.
    pub fn answered(
        &mut self,
        conn: &RustConnection,
        atoms: &Atoms,
        e: &SelectionNotifyEvent,
    ) -> Result<Step, ReplyError> {
        let mine = e.requestor == self.window && e.target == self.target && e.time == self.time;
        if mine && matches!(self.state, State::Listed) {
            return self.choose(conn, atoms, e);
        }
        if !mine || !matches!(self.state, State::Asked) {
            return Ok(Step::Goes);
        }
        if e.property == x11rb::NONE {
            return if self.target == atoms.UTF8_STRING {
                self.ask(conn, atoms, AtomEnum::STRING.into())
            } else {
                self.no_files(conn, atoms)
            };
        }
        if e.property != self.property {
            return Ok(Step::Goes);
        }
        let (kind, bytes, rest) = self.read(conn, self.most(atoms))?;
        if kind == atoms.INCR {
            self.state = State::Parts { bytes: Vec::new(), count: 0 };
            self.deadline = Instant::now() + PATIENCE;
            return Ok(Step::Goes);
        }
        if rest > 0 {
            conn.delete_property(self.window, self.property)?;
        }
        self.got(conn, atoms, bytes, rest)
    }

    fn ask(&mut self, conn: &RustConnection, atoms: &Atoms, target: Atom) -> Result<Step, ReplyError> {
        self.target = target;
        self.state = State::Asked;
        self.deadline = Instant::now() + PATIENCE;
        conn.convert_selection(self.window, atoms.CLIPBOARD, self.target, self.property, self.time)?;
        Ok(Step::Goes)
    }

    fn is_of_files(&self, atoms: &Atoms) -> bool {
        self.target == atoms.URIS || self.target == atoms.COPIED
    }

    /// Links to pages come as lists of addresses, too: of those the text is wanted.
    fn no_files(&mut self, conn: &RustConnection, atoms: &Atoms) -> Result<Step, ReplyError> {
        if self.is_of_files(atoms) && self.wanted.clips {
            return self.ask(conn, atoms, atoms.UTF8_STRING);
        }
        Ok(Step::Failed)
    }

    fn got(
        &mut self,
        conn: &RustConnection,
        atoms: &Atoms,
        bytes: Vec<u8>,
        lost: usize,
    ) -> Result<Step, ReplyError> {
        if !self.is_of_files(atoms) {
            return Ok(self.clip(atoms, bytes, lost));
        }
        let whole = fits(bytes.len() + lost, self.most(atoms));
        let paths = from_uris(&String::from_utf8_lossy(&bytes));
        if paths.is_empty() || !whole { self.no_files(conn, atoms) } else { Ok(Step::Files(paths)) }
    }

    /// Asks for files, then the text, or for a picture where there is no text. Who cannot say what there is has a text.
    fn choose(
        &mut self,
        conn: &RustConnection,
        atoms: &Atoms,
        e: &SelectionNotifyEvent,
    ) -> Result<Step, ReplyError> {
        let mut there = Vec::new();
        if e.property == self.property {
            let all = conn.get_property(true, self.window, self.property, AtomEnum::ANY, 0, 256)?.reply()?;
            there = all.value32().into_iter().flatten().collect();
        }
        let texts = [atoms.UTF8_STRING, atoms.PLAIN_UTF8, atoms.PLAIN, atoms.TEXT, AtomEnum::STRING.into()];
        let text = there.is_empty() || there.iter().any(|t| texts.contains(t));
        // Those of another session of this program would be fetched by asking, though nobody pastes.
        let ours = there.contains(&atoms.KEEP_OUT);
        let files = [atoms.URIS, atoms.COPIED].into_iter().find(|t| there.contains(t) && !ours);
        let target = match files.filter(|_| self.wanted.files) {
            Some(files) => files,
            None if !self.wanted.clips => return Ok(Step::Failed),
            None if text => atoms.UTF8_STRING,
            None if there.contains(&atoms.PNG) => atoms.PNG,
            None => return Ok(Step::Failed),
        };
        self.ask(conn, atoms, target)
    }

    fn most(&self, atoms: &Atoms) -> usize {
        if self.target == atoms.PNG {
            MAX_CLIPBOARD_PICTURE
        } else if self.is_of_files(atoms) {
            MAX_URIS
        } else {
            MAX_CLIPBOARD
        }
    }

    /// A property of the window has a new value.
    pub fn more(&mut self, conn: &RustConnection, atoms: &Atoms, property: Atom) -> Result<Step, ReplyError> {
        if property != self.property || !matches!(self.state, State::Parts { .. }) {
            return Ok(Step::Goes);
        }
        let most = self.most(atoms);
        let (_, part, rest) = self.read(conn, most)?;
        if rest > 0 {
            // Asks for the next part all the same, so that the owner comes to its end.
            conn.delete_property(self.window, self.property)?;
        }
        let State::Parts { bytes, count } = &mut self.state else { return Ok(Step::Goes) };
        *count = count.saturating_add(part.len() + rest);
        if part.is_empty() {
            let (bytes, rest) = (std::mem::take(bytes), *count);
            let lost = rest - bytes.len();
            return self.got(conn, atoms, bytes, lost);
        }
        if *count <= most {
            bytes.extend(part);
        } else {
            *bytes = Vec::new();
        }
        self.deadline = Instant::now() + PATIENCE;
        Ok(Step::Goes)
    }

    /// The property's type, its value as far as it may be wanted, and how much there is beyond.
    /// A value that was read whole is deleted.
    fn read(&self, conn: &RustConnection, most: usize) -> Result<(Atom, Vec<u8>, usize), ReplyError> {
        let most = (most / 4 + 1) as u32;
        let reply = conn.get_property(true, self.window, self.property, AtomEnum::ANY, 0, most)?.reply()?;
        Ok((reply.type_, reply.value, reply.bytes_after as usize))
    }

    fn clip(&self, atoms: &Atoms, bytes: Vec<u8>, lost: usize) -> Step {
        if !fits(bytes.len() + lost, self.most(atoms)) {
            return Step::Failed;
        }
        if self.target == atoms.PNG {
            return Step::Clip(Clip::Picture(bytes));
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) if self.target != u32::from(AtomEnum::STRING) => text,
            // Some programs give Latin-1 whatever they are asked for.
            other => {
                let bytes = other.map_or_else(|e| e.into_bytes(), String::into_bytes);
                bytes.iter().map(|b| char::from(*b)).collect()
            }
        };
        Step::Clip(Clip::Text(text.trim_end_matches('\0').to_owned()))
    }
}
