//! Marks on the windows of programs that alone are shared. A window's number does not tell whose it is: whoever connects
//! next after a program ended is given the same numbers. A mark goes away with its window, so it does tell.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::{Mutex, MutexGuard, OnceLock},
};

use deskside_session::hiding::Chosen;
use x11rb::{
    connection::Connection as _,
    errors::{ConnectionError, ReplyError},
    protocol::xproto::{AtomEnum, ConnectionExt as _, GetPropertyReply, PropMode, Window},
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

x11rb::atom_manager! {
    Atoms: AtomsCookie { _DESKSIDE_SHARED, }
}

/// Words of a property that are read.
const MOST: u32 = 4096;

/// Random, one for each choice; what marks have been set on a window is a list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token([u32; 2]);

impl Token {
    fn new() -> Self {
        let random = RandomState::new().build_hasher().finish();
        Self([(random >> 32) as u32, random as u32])
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    /// It was chosen, and no mark is known to be set.
    New,
    Marked,
    /// For good.
    Closed,
}

/// What is known of a program that was chosen, by all of this process.
struct Known {
    token: Token,
    life: Life,
    /// Where marks were set; some of the windows may be gone.
    on: Vec<Window>,
}

/// The display, and what was chosen there.
type Key = (Token, Chosen);

/// Never held while something is asked of a display, which another connection of this process may hold still.
fn known() -> MutexGuard<'static, HashMap<Key, Known>> {
    static KNOWN: OnceLock<Mutex<HashMap<Key, Known>>> = OnceLock::new();
    KNOWN.get_or_init(Mutex::default).lock().unwrap_or_else(|broken| broken.into_inner())
}

/// The marks of a display; holds no connection of its own.
pub struct Marks {
    atoms: Atoms,
    /// Names the display, as long as its server runs: a mark on the root.
    display: Token,
    /// The bits of an id that tell the programs' connections apart.
    client: u32,
}

impl Marks {
    pub fn open(conn: &RustConnection, root: Window) -> Result<Self, ReplyError> {
        let atoms = Atoms::new(conn)?.reply()?;
        let (client, display) = (!conn.setup().resource_id_mask, Token::new());
        let mut marks = Self { atoms, display, client };
        // Of several that come at once, the first one's name counts.
        if let Some(named) = tokens(&marks.ask(conn, root)?.reply()?).next() {
            marks.display = named;
        } else {
            marks.put(conn, root, display)?;
            marks.display = tokens(&marks.ask(conn, root)?.reply()?).next().unwrap_or(display);
        }
        Ok(marks)
    }

    fn ask<'c>(
        &self,
        conn: &'c RustConnection,
        w: Window,
    ) -> Result<x11rb::cookie::Cookie<'c, RustConnection, GetPropertyReply>, ConnectionError> {
        conn.get_property(false, w, self.atoms._DESKSIDE_SHARED, AtomEnum::CARDINAL, 0, MOST)
    }

    fn put<'c>(
        &self,
        conn: &'c RustConnection,
        w: Window,
        token: Token,
    ) -> Result<x11rb::cookie::VoidCookie<'c, RustConnection>, ConnectionError> {
        let (mode, kind) = (PropMode::APPEND, AtomEnum::CARDINAL);
        conn.change_property32(mode, w, self.atoms._DESKSIDE_SHARED, kind, &token.0)
    }

    pub fn is_same_client(&self, one: Window, other: Window) -> bool {
        one & self.client == other & self.client
    }

    /// The program's mark, set on its window if this is the first time that anybody asks. None: it is closed.
    pub fn enrol(&self, conn: &RustConnection, chosen: Chosen) -> Result<Option<Token>, ReplyError> {
        let key = (self.display, chosen);
        let (token, life) = {
            let mut all = known();
            let new = || Known { token: Token::new(), life: Life::New, on: Vec::new() };
            let one = all.entry(key).or_insert_with(new);
            (one.token, one.life)
        };
        match (life, Window::try_from(chosen.window)) {
            (Life::Marked, _) => return Ok(Some(token)),
            (Life::New, Ok(w)) => {
                let set = match self.put(conn, w, token)?.check() {
                    // It went away before it was known.
                    Err(ReplyError::X11Error(_)) => Life::Closed,
                    other => other.map(|()| Life::Marked)?,
                };
                let mut all = known();
                // Another thread may have done the same meanwhile, and been faster.
                if let Some(one) = all.get_mut(&key).filter(|one| one.life == Life::New) {
                    (one.life, one.on) = (set, vec![w]);
                }
            }
            (Life::New | Life::Closed, _) => self.close(chosen),
        }
        Ok(self.token(chosen))
    }

    /// Its mark, once it was set; none after it was closed.
    pub fn token(&self, chosen: Chosen) -> Option<Token> {
        known().get(&(self.display, chosen)).filter(|one| one.life == Life::Marked).map(|one| one.token)
    }

    /// Whether no mark was ever set for it.
    pub fn is_new(&self, chosen: Chosen) -> bool {
        known().get(&(self.display, chosen)).is_none_or(|one| one.life == Life::New)
    }

    /// For good, and for all of this process.
    pub fn close(&self, chosen: Chosen) {
        let closed = Known { token: Token::new(), life: Life::Closed, on: Vec::new() };
        known().insert((self.display, chosen), closed);
    }

    /// Marks one more window of the same program.
    pub fn add(
        &self,
        conn: &RustConnection,
        chosen: Chosen,
        token: Token,
        w: Window,
    ) -> Result<(), ConnectionError> {
        // An error says that it is gone, and is told by an event.
        self.put(conn, w, token)?;
        if let Some(one) = known().get_mut(&(self.display, chosen))
            && !one.on.contains(&w)
        {
            one.on.push(w);
        }
        Ok(())
    }

    /// This window is gone.
    pub fn forget(&self, chosen: Chosen, w: Window) {
        if let Some(one) = known().get_mut(&(self.display, chosen)) {
            one.on.retain(|on| *on != w);
        }
    }

    /// Where its mark was set.
    pub fn on(&self, chosen: Chosen) -> Vec<Window> {
        known().get(&(self.display, chosen)).map(|one| one.on.clone()).unwrap_or_default()
    }

    /// Those that bear it, by one round trip.
    pub fn bearers(
        &self,
        conn: &RustConnection,
        token: Token,
        windows: &[Window],
    ) -> Result<Vec<Window>, ReplyError> {
        let asked: Vec<_> = windows.iter().map(|w| self.ask(conn, *w)).collect::<Result<_, _>>()?;
        let mut found = Vec::new();
        for (w, answer) in windows.iter().zip(asked) {
            match answer.reply() {
                Ok(list) if tokens(&list).any(|t| t == token) => found.push(*w),
                // What is gone bears nothing.
                Ok(_) | Err(ReplyError::X11Error(_)) => {}
                Err(broken) => return Err(broken),
            }
        }
        Ok(found)
    }
}

fn tokens(list: &GetPropertyReply) -> impl Iterator<Item = Token> {
    let words: Vec<u32> = list.value32().into_iter().flatten().collect();
    let (pairs, _) = words.as_chunks::<2>();
    pairs.iter().map(|p| Token(*p)).collect::<Vec<_>>().into_iter()
}
