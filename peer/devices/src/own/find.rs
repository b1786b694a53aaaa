//! Windows that the toolkit opened for us without telling their native id, found by their class.

use x11rb::{
    connection::Connection as _,
    protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, Window},
    rust_connection::RustConnection,
};

use crate::x11::{X11Error, connect};

/// A window manager's frame and what it puts around a client go no deeper.
const DEPTH: usize = 4;

/// Looks for windows of this process on the X11 display; keeps one connection.
pub struct Finder {
    conn: RustConnection,
    root: Window,
    pid: Atom,
}

impl Finder {
    pub(crate) fn open(display: Option<&str>) -> Result<Self, X11Error> {
        let (conn, screen) = connect(display)?;
        let root = conn.setup().roots[screen].root;
        let pid = conn.intern_atom(false, b"_NET_WM_PID")?.reply()?.atom;
        Ok(Self { conn, root, pid })
    }

    /// Native ids of the windows of this process with this WM_CLASS (either part of it).
    pub fn find(&self, class: &str) -> Vec<u64> {
        let mut found = Vec::new();
        let mut level = vec![self.root];
        for _ in 0..DEPTH {
            let trees: Vec<_> = level.iter().map(|w| self.conn.query_tree(*w)).collect();
            // Windows may go away while we look.
            level =
                trees.into_iter().flatten().filter_map(|t| t.reply().ok()).flat_map(|t| t.children).collect();
            found.extend(level.iter().filter(|w| self.is_ours(**w, class)).map(|w| u64::from(*w)));
        }
        found
    }

    fn is_ours(&self, window: Window, class: &str) -> bool {
        let read = |property: Atom, kind: AtomEnum| {
            self.conn.get_property(false, window, property, kind, 0, 64).ok()?.reply().ok()
        };
        read(AtomEnum::WM_CLASS.into(), AtomEnum::STRING)
            .is_some_and(|p| p.value.split(|b| *b == 0).any(|part| part == class.as_bytes()))
            && read(self.pid, AtomEnum::CARDINAL)
                .and_then(|p| p.value32()?.next())
                .is_some_and(|pid| pid == std::process::id())
    }
}
