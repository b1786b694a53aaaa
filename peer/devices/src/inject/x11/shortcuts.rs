//! Keys and buttons that another program has on the whole desktop (a window manager's way to the next window):
//! where programs alone are shared they are not for these.

use x11rb::{
    CURRENT_TIME, NONE,
    connection::RequestConnection as _,
    cookie::{Cookie, VoidCookie},
    errors::{ConnectionError, ReplyError},
    protocol::{
        ErrorKind,
        xinput::{
            self, ConnectionExt as _, Device, GrabMode22, GrabOwner, GrabType, XIPassiveGrabDeviceReply,
        },
        xkb::{ConnectionExt as _, ID},
        xproto::{ButtonIndex, ConnectionExt as _, EventMask, GrabMode, GrabStatus, ModMask, Window},
    },
    rust_connection::RustConnection,
};

use super::keymap::Keymap;

const CONTROL_ALT: u8 = 1 << 2 | 1 << 3;

#[derive(Clone, Copy)]
pub(super) enum What {
    /// A keycode.
    Key(u8),
    /// A button of the device.
    Button(u8),
}

pub(super) struct Shortcuts {
    root: Window,
    /// The display has XInput 2, whose grabs and those of the core protocol do not know of each other.
    newer: bool,
}

impl Shortcuts {
    pub fn new(conn: &RustConnection, root: Window) -> Result<Self, ReplyError> {
        let there = conn.extension_information(xinput::X11_EXTENSION_NAME)?.is_some();
        let newer = there && conn.xinput_xi_query_version(2, 2)?.reply().is_ok_and(|v| v.major_version >= 2);
        Ok(Self { root, newer })
    }

    /// Whether this, with the modifiers as they are, does something on the whole desktop. To be asked while no
    /// other program can act: it is taken for a moment to learn who has it.
    pub fn is_taken(&self, conn: &RustConnection, map: &Keymap, what: What) -> Result<bool, ReplyError> {
        let state = conn.xkb_get_state(u16::from(ID::USE_CORE_KBD))?.reply()?;
        // Those for grabs are the same, and servers leave them out of this reply.
        let mods = u16::from(state.mods);
        if let What::Key(code) = what
            && mods as u8 & CONTROL_ALT == CONTROL_ALT
            && map.is_the_servers(code)
        {
            return Ok(true);
        }
        let core = self.ask_core(conn, what, ModMask::from(mods))?;
        let newer = self.newer.then(|| self.ask_newer(conn, what, u32::from(mods))).transpose()?;
        let core = match core.check() {
            Err(ReplyError::X11Error(e)) if e.error_kind == ErrorKind::Access => true,
            done => done.map(|()| false)?,
        };
        let newer = newer.map(Cookie::reply).transpose()?;
        Ok(core || newer.is_some_and(|r| r.modifiers.iter().any(|m| m.status != GrabStatus::SUCCESS)))
    }

    fn ask_core<'c>(
        &self,
        conn: &'c RustConnection,
        what: What,
        mods: ModMask,
    ) -> Result<VoidCookie<'c, RustConnection>, ConnectionError> {
        let (root, mode) = (self.root, GrabMode::ASYNC);
        Ok(match what {
            What::Key(code) => {
                let asked = conn.grab_key(false, root, mods, code, mode, mode)?;
                conn.ungrab_key(code, root, mods)?;
                asked
            }
            What::Button(n) => {
                let (events, button) = (EventMask::BUTTON_PRESS, ButtonIndex::from(n));
                let asked = conn.grab_button(false, root, events, mode, mode, NONE, NONE, button, mods)?;
                conn.ungrab_button(button, root, mods)?;
                asked
            }
        })
    }

    fn ask_newer<'c>(
        &self,
        conn: &'c RustConnection,
        what: What,
        mods: u32,
    ) -> Result<Cookie<'c, RustConnection, XIPassiveGrabDeviceReply>, ConnectionError> {
        let (kind, detail) = match what {
            What::Key(code) => (GrabType::KEYCODE, code.into()),
            What::Button(n) => (GrabType::BUTTON, n.into()),
        };
        let (root, all, mode) = (self.root, Device::ALL_MASTER, GrabMode::ASYNC);
        let (newer, mods, owner) = (GrabMode22::ASYNC, [mods], GrabOwner::NO_OWNER);
        let asked = conn.xinput_xi_passive_grab_device(
            CURRENT_TIME,
            root,
            NONE,
            detail,
            all,
            kind,
            newer,
            mode,
            owner,
            &[0],
            &mods,
        )?;
        conn.xinput_xi_passive_ungrab_device(root, detail, all, kind, &mods)?;
        Ok(asked)
    }
}
