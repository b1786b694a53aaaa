//! Which keysym a key gives, by the X server's own keyboard map (X Keyboard Extension, protocol 1.0).

use x11rb::{
    connection::RequestConnection as _,
    protocol::xkb::{self, ConnectionExt as _, ID, KeySymMap, KeyType, MapPart, PerClientFlag},
    rust_connection::RustConnection,
};

use crate::x11::X11Error;

#[derive(Default)]
pub struct Keymap {
    types: Vec<KeyType>,
    /// The keycode of the first of `keys`.
    first: u8,
    keys: Vec<KeySymMap>,
}

const LOCK: u8 = 1 << 1;

/// Makes the server repeat only presses of held keys, and tell of new maps.
pub fn listen(conn: &RustConnection) -> Result<(), X11Error> {
    if conn.extension_information(xkb::X11_EXTENSION_NAME)?.is_none() {
        return Err(X11Error::Missing("XKEYBOARD"));
    }
    conn.xkb_use_extension(1, 0)?.reply()?;
    let keyboard = ID::USE_CORE_KBD.into();
    let repeat = PerClientFlag::DETECTABLE_AUTO_REPEAT;
    let none = xkb::BoolCtrl::from(0_u8);
    conn.xkb_per_client_flags(keyboard, repeat, repeat, none, none, none)?.reply()?;
    let events = xkb::EventType::MAP_NOTIFY | xkb::EventType::NEW_KEYBOARD_NOTIFY;
    let parts = MapPart::KEY_TYPES | MapPart::KEY_SYMS;
    conn.xkb_select_events(keyboard, 0_u16.into(), events, parts, parts, &Default::default())?;
    Ok(())
}

impl Keymap {
    pub fn fetch(conn: &RustConnection) -> Result<Self, X11Error> {
        let full = MapPart::KEY_TYPES | MapPart::KEY_SYMS;
        let none = MapPart::from(0_u8);
        let keyboard = ID::USE_CORE_KBD.into();
        let vmods = 0_u16.into();
        let reply = conn
            .xkb_get_map(keyboard, full, none, 0, 0, 0, 0, 0, 0, 0, 0, vmods, 0, 0, 0, 0, 0, 0)?
            .reply()?;
        let map = reply.map;
        let types = map.types_rtrn.unwrap_or_default();
        Ok(Self { types, first: reply.first_key_sym, keys: map.syms_rtrn.unwrap_or_default() })
    }

    /// The keysym under the state of an event: modifiers in the lower 8 bits, the group in bits 13 and 14.
    pub fn keysym(&self, keycode: u8, state: u16) -> u32 {
        self.keysym_in(keycode, usize::from(state >> 13 & 3), state as u8).unwrap_or(0)
    }

    /// The same key in the first group (layout) in which it is an ASCII character.
    pub fn ascii(&self, keycode: u8, state: u16) -> Option<char> {
        (0..4)
            .filter_map(|group| self.keysym_in(keycode, group, state as u8))
            .filter_map(|sym| xkeysym::Keysym::new(sym).key_char())
            .find(char::is_ascii_graphic)
    }

    fn keysym_in(&self, keycode: u8, group: usize, mods: u8) -> Option<u32> {
        let key = self.keys.get(usize::from(keycode.checked_sub(self.first)?))?;
        let groups = usize::from(key.group_info & 0xf);
        if groups == 0 {
            return None;
        }
        // Section 7.2.3: groups out of range wrap, or are clamped, or become a fixed one.
        let group = match key.group_info >> 6 {
            _ if group < groups => group,
            1 => groups - 1,
            2 => usize::from(key.group_info >> 4 & 3).min(groups - 1),
            _ => group % groups,
        };
        let kind = self.types.get(usize::from(*key.kt_index.get(group)?))?;
        let relevant = mods & u16::from(kind.mods_mask) as u8;
        let entry = kind.map.iter().find(|e| e.active && u16::from(e.mods_mask) as u8 == relevant);
        let level = entry.map_or(0, |e| usize::from(e.level));
        let sym = *key.syms.get(group * usize::from(key.width) + level)?;
        // Caps Lock capitalises where the key's type does not say what it does.
        if mods & LOCK != 0 && u16::from(kind.mods_mask) as u8 & LOCK == 0 {
            return Some(upper(sym));
        }
        Some(sym)
    }
}

fn upper(sym: u32) -> u32 {
    let Some(c) = xkeysym::Keysym::new(sym).key_char().filter(|c| c.is_lowercase()) else { return sym };
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(c), None) => xkeysym::Keysym::from_char(c).raw(),
        _ => sym,
    }
}
