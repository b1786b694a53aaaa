//! Own windows on X11, for a back end with connections of its own.

use x11rb::{
    connection::Connection as _,
    protocol::xproto::{ConnectionExt as _, Window},
    rust_connection::RustConnection,
};

use crate::inject::{InjectError, x11::target::Targets};

pub(super) struct Own {
    conn: RustConnection,
    root: Window,
    targets: Targets,
}

impl Own {
    pub(super) fn new() -> Option<Self> {
        let (conn, screen) = RustConnection::connect(None).ok()?;
        let root = conn.setup().roots.get(screen)?.root;
        let targets = Targets::new(&conn, root).ok()?;
        Some(Self { conn, root, targets })
    }

    /// Whether the pointer is over an own window.
    pub(super) fn pointer(&mut self) -> Result<bool, InjectError> {
        let under = self.conn.query_pointer(self.root)?.reply()?.child;
        Ok(self.targets.is_barred(&self.conn, under)?)
    }

    /// Whether keys would go to an own window.
    pub(super) fn keys(&mut self) -> Result<bool, InjectError> {
        let focus = self.conn.get_input_focus()?.reply()?.focus;
        if focus <= 1 || focus == self.root {
            return self.pointer();
        }
        Ok(self.targets.is_barred(&self.conn, focus)?)
    }
}
