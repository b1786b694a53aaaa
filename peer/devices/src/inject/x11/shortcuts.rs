//! Keys that another program has on the whole desktop (a window manager's way to the next window): where
//! programs alone are shared they are not for these.

use x11rb::{
    errors::ReplyError,
    protocol::{
        ErrorKind,
        xinput::{ConnectionExt as _, Device, GrabMode22, GrabOwner, GrabType},
        xkb::{ConnectionExt as _, ID},
        xproto::{ConnectionExt as _, GrabMode, GrabStatus, ModMask, Window},
    },
    rust_connection::RustConnection,
};

use super::keymap::Keymap;

const CONTROL_ALT: u8 = 1 << 2 | 1 << 3;

/// Whether pressing this key now, with the modifiers as they are, does something on the whole desktop. To be
/// asked while no other program can act: the key is taken for a moment to learn who has it.
pub(super) fn is_taken(
    conn: &RustConnection,
    root: Window,
    map: &Keymap,
    code: u8,
) -> Result<bool, ReplyError> {
    let state = conn.xkb_get_state(u16::from(ID::USE_CORE_KBD))?.reply()?;
    // Those for grabs are the same, and servers leave them out of this reply.
    let mods = u16::from(state.mods);
    if mods as u8 & CONTROL_ALT == CONTROL_ALT && map.is_the_servers(code) {
        return Ok(true);
    }
    // Grabs of the core protocol and of XInput 2 do not know of each other.
    let core = conn.grab_key(false, root, ModMask::from(mods), code, GrabMode::ASYNC, GrabMode::ASYNC)?;
    conn.ungrab_key(code, root, ModMask::from(mods))?;
    let (detail, device, mods) = (u32::from(code), Device::ALL_MASTER, [u32::from(mods)]);
    let newer = conn.xinput_xi_passive_grab_device(
        x11rb::CURRENT_TIME,
        root,
        x11rb::NONE,
        detail,
        device,
        GrabType::KEYCODE,
        GrabMode22::ASYNC,
        GrabMode::ASYNC,
        GrabOwner::NO_OWNER,
        &[0],
        &mods,
    )?;
    conn.xinput_xi_passive_ungrab_device(root, detail, device, GrabType::KEYCODE, &mods)?;
    let core = match core.check() {
        Err(ReplyError::X11Error(e)) if e.error_kind == ErrorKind::Access => true,
        done => done.map(|()| false)?,
    };
    Ok(newer.reply()?.modifiers.iter().any(|m| m.status != GrabStatus::SUCCESS) || core)
}
