//! Where the program's own prompts are, so that they are black in the picture.

use std::sync::Arc;

use deskside_media::Rect;
use x11rb::{
    connection::Connection as _,
    protocol::xproto::{ConnectionExt as _, Window},
    rust_connection::RustConnection,
};

use super::area;
use crate::{
    own,
    x11::{Alarm, X11Error, extent},
};

pub struct Masks {
    /// As of the last grab, relative to the area.
    rects: Vec<Rect>,
    /// What must be grabbed anew because a mask came, went or moved.
    moved: Vec<Rect>,
    /// Which state of the register was told already.
    seen: u64,
    _listener: own::Listener,
}

impl Masks {
    pub fn new(alarm: Arc<Alarm>) -> Self {
        let listener = own::listen(Box::new(move || alarm.ring()));
        Self { rects: Vec::new(), moved: Vec::new(), seen: 0, _listener: listener }
    }

    /// Whether windows were registered or taken out since the last call.
    pub fn changed(&mut self) -> bool {
        let now = own::private_serial();
        std::mem::replace(&mut self.seen, now) != now
    }

    /// Looks where the windows are. If there are any, the server is held still until
    /// [`Masks::release`], so that none can move between the look and the grab; true then.
    pub fn hold(
        &mut self,
        conn: &RustConnection,
        root: Window,
        area: (i32, i32, u16, u16),
    ) -> Result<bool, X11Error> {
        let windows = own::private();
        let held = !windows.is_empty();
        let mut now = Vec::new();
        if held {
            conn.grab_server()?;
            for id in windows.into_iter().filter_map(|w| Window::try_from(w).ok()) {
                match extent(conn, root, id) {
                    Ok(Some((x, y, w, h))) => now.extend(area::clip(x, y, w, h, area)),
                    Ok(None) => {}
                    // Closed meanwhile. A broken connection holds no server either.
                    Err(why) => tracing::debug!(%why, "a private window is not there"),
                }
            }
        }
        if now != self.rects {
            self.moved.append(&mut self.rects);
            self.moved.extend(&now);
            self.rects = now;
        }
        Ok(held)
    }

    pub fn release(&self, conn: &RustConnection) -> Result<(), X11Error> {
        conn.ungrab_server()?;
        conn.flush()?;
        Ok(())
    }

    pub fn moved(&mut self) -> impl Iterator<Item = Rect> + '_ {
        self.moved.drain(..)
    }

    pub fn rects(&self) -> &[Rect] {
        &self.rects
    }
}
