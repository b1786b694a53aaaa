//! Whether an event would reach a window of this program.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use deskside_session::hiding::{Chosen, Scope};
use x11rb::{
    errors::ReplyError,
    protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, Window},
    rust_connection::RustConnection,
};

use crate::windows::x11::mark::Marks;

x11rb::atom_manager! {
    Atoms: AtomsCookie { _NET_WM_PID, WM_CLIENT_MACHINE, WM_STATE, }
}

/// How long an answer is kept; a window that says late that it is ours is noticed after it.
const KEEP: Duration = Duration::from_millis(250);
/// Of a frame: how deep beneath it the program's window is looked for, and among how many.
const DEPTH: usize = 3;
const MOST: usize = 64;

pub(in crate::inject) struct Targets {
    atoms: Atoms,
    marks: Marks,
    root: Window,
    host: Vec<u8>,
    pid: u32,
    seen: HashMap<Window, Seen>,
    pub scope: Scope,
}

struct Seen {
    at: Instant,
    /// The window, those above it, and the program's window in the same frame.
    family: Vec<Window>,
    ours: bool,
}

impl Targets {
    pub fn new(conn: &RustConnection, root: Window) -> Result<Self, ReplyError> {
        let atoms = Atoms::new(conn)?.reply()?;
        Ok(Self {
            atoms,
            marks: Marks::open(conn, root)?,
            root,
            host: host_name(),
            pid: std::process::id(),
            seen: HashMap::new(),
            scope: Scope::Desktop,
        })
    }

    /// Whether nothing may reach `window`: it belongs to this program (it, one above it, or the program's window in
    /// the frame that a window manager put around it), or not to a program that is shared.
    pub fn is_barred(&mut self, conn: &RustConnection, window: Window) -> Result<bool, ReplyError> {
        // Not a window, or the desktop itself.
        if window <= 1 || window == self.root {
            return Ok(self.scope != Scope::Desktop);
        }
        self.seen.retain(|_, s| s.at.elapsed() < KEEP);
        if !self.seen.contains_key(&window) {
            let (family, ours) = match self.look(conn, window) {
                // It went away meanwhile, and what it was with it.
                Err(ReplyError::X11Error(_)) => (vec![window], false),
                other => other?,
            };
            self.seen.insert(window, Seen { at: Instant::now(), family, ours });
        }
        let seen = &self.seen[&window];
        let registered = crate::own::registered();
        let outside = match &self.scope {
            Scope::Desktop => false,
            Scope::Programs(all) => !self.is_of_any(conn, &seen.family, all)?,
            Scope::Nothing => true,
        };
        Ok(outside || seen.ours || registered.iter().any(|r| seen.family.iter().any(|w| u64::from(*w) == *r)))
    }

    /// Whether these windows are of a program that is shared. It is asked each time: others may have its numbers now.
    fn is_of_any(
        &self,
        conn: &RustConnection,
        family: &[Window],
        all: &[Chosen],
    ) -> Result<bool, ReplyError> {
        for chosen in all {
            let Some(token) = self.marks.enrol(conn, *chosen)? else { continue };
            let Ok(window) = Window::try_from(chosen.window) else { continue };
            let same = family.iter().copied().filter(|w| self.marks.is_same_client(*w, window));
            let same: Vec<_> = same.collect();
            if same.is_empty() {
                continue;
            }
            // What it opened just now bears no mark yet, but another window of it does.
            let bears = |windows: &[Window]| self.marks.bearers(conn, token, windows).map(|b| !b.is_empty());
            if bears(&same)? || bears(&self.marks.on(*chosen))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn look(&self, conn: &RustConnection, window: Window) -> Result<(Vec<Window>, bool), ReplyError> {
        let mut family = vec![window];
        let mut top = window;
        for _ in 0..MOST {
            let parent = conn.query_tree(top)?.reply()?.parent;
            if parent == self.root || parent == 0 {
                break;
            }
            family.push(parent);
            top = parent;
        }
        let mut ours = self.any_is_ours(conn, &family)?.0;
        let mut level = vec![top];
        for _ in 0..DEPTH {
            let trees: Vec<_> = level.iter().map(|w| conn.query_tree(*w)).collect::<Result<_, _>>()?;
            // Of a child that goes away in the middle there is nothing to know.
            level = trees.into_iter().filter_map(|t| t.reply().ok()).flat_map(|t| t.children).collect();
            level.truncate(MOST);
            if level.is_empty() || ours {
                break;
            }
            let (is_ours, is_client) = self.any_is_ours(conn, &level)?;
            ours |= is_ours;
            family.extend(&level);
            if is_client {
                break;
            }
        }
        Ok((family, ours))
    }

    /// Whether one of the windows says that it is of this process; whether one is a program's window.
    fn any_is_ours(&self, conn: &RustConnection, windows: &[Window]) -> Result<(bool, bool), ReplyError> {
        let get = |w: Window, what: Atom, kind: AtomEnum| conn.get_property(false, w, what, kind, 0, 64);
        let mut asked = Vec::new();
        for w in windows {
            asked.push((
                get(*w, self.atoms._NET_WM_PID, AtomEnum::CARDINAL)?,
                get(*w, self.atoms.WM_CLIENT_MACHINE, AtomEnum::ANY)?,
                get(*w, self.atoms.WM_STATE, AtomEnum::ANY)?,
            ));
        }
        let (mut ours, mut client) = (false, false);
        for (pid, machine, state) in asked {
            let pid = pid.reply().ok().and_then(|r| r.value32().and_then(|mut v| v.next()));
            let machine = machine.reply().map(|r| r.value).unwrap_or_default();
            let here = machine.is_empty() || self.host.is_empty() || machine == self.host;
            ours |= here && pid == Some(self.pid);
            client |= pid.is_some() || state.reply().is_ok_and(|r| r.type_ != 0);
        }
        Ok((ours, client))
    }
}

fn host_name() -> Vec<u8> {
    let name = std::fs::read("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim_ascii_end().to_vec()
}
