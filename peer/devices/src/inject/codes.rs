//! Tables: positions on the keyboard and named keys in the numbers of the systems.

use deskside_session::input::{Button, NamedKey};

/// The X11 keycode (evdev code + 8) of a USB HID usage of page 7, as the Linux kernel numbers them
/// (input-event-codes.h; HID Usage Tables 1.5, section 10). None for usages without a key.
pub(crate) fn x11_keycode(usage: u16) -> Option<u8> {
    // a..z, in the order of HID
    const LETTERS: [u8; 26] = [
        30, 48, 46, 32, 18, 33, 34, 35, 23, 36, 37, 38, 50, 49, 24, 25, 16, 19, 31, 20, 22, 47, 17, 45, 21,
        44,
    ];
    // Enter Esc Backspace Tab Space - = [ ] \ (Europe 1) ; ' ` , . / CapsLock
    const MIDDLE: [u8; 18] = [28, 1, 14, 15, 57, 12, 13, 26, 27, 43, 43, 39, 40, 41, 51, 52, 53, 58];
    // PrtSc ScrLk Pause Ins Home PgUp Del End PgDn Right Left Down Up, NumLock / * - + Enter,
    // keypad 1..9 0 ., (Europe 2), Menu, Power, keypad =
    const RIGHT: [u8; 34] = [
        99, 70, 119, 110, 102, 104, 111, 107, 109, 106, 105, 108, 103, 69, 98, 55, 74, 78, 96, 79, 80, 81,
        75, 76, 77, 71, 72, 73, 82, 83, 86, 127, 116, 117,
    ];
    // Ctrl Shift Alt Super, left then right
    const MODIFIERS: [u8; 8] = [29, 42, 56, 125, 97, 54, 100, 126];
    let at = |table: &[u8], first: u16| table[usize::from(usage - first)];
    let evdev = match usage {
        0x04..=0x1d => at(&LETTERS, 0x04),
        0x1e..=0x27 => (usage - 0x1e) as u8 + 2, // 1..9 0
        0x28..=0x39 => at(&MIDDLE, 0x28),
        0x3a..=0x43 => (usage - 0x3a) as u8 + 59, // F1..F10
        0x44..=0x45 => (usage - 0x44) as u8 + 87, // F11 F12
        0x46..=0x67 => at(&RIGHT, 0x46),
        0x68..=0x73 => (usage - 0x68) as u8 + 183, // F13..F24
        0x74 => 134,                               // Open
        0x75 => 138,                               // Help
        0x77 => 132,                               // Front
        0x78 => 128,                               // Stop
        0x79 => 129,                               // Again
        0x7a => 131,                               // Undo
        0x7b => 137,                               // Cut
        0x7c => 133,                               // Copy
        0x7d => 135,                               // Paste
        0x7e => 136,                               // Find
        0x7f => 113,                               // Mute
        0x80 => 115,                               // Volume up
        0x81 => 114,                               // Volume down
        0x85 => 121,                               // Keypad ,
        0x87 => 89,                                // Ro
        0x88 => 93,                                // Katakana/Hiragana
        0x89 => 124,                               // Yen
        0x8a => 92,                                // Henkan
        0x8b => 94,                                // Muhenkan
        0x8c => 95,                                // Keypad , of Japan
        0x90 => 122,                               // Hangul
        0x91 => 123,                               // Hanja
        0x92 => 90,                                // Katakana
        0x93 => 91,                                // Hiragana
        0x94 => 85,                                // Zenkaku/Hankaku
        0xe0..=0xe7 => at(&MODIFIERS, 0xe0),
        _ => return None,
    };
    Some(evdev + 8)
}

/// The X11 keysyms that a named key may have, the likeliest first.
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) fn keysyms(key: NamedKey) -> &'static [u32] {
    use NamedKey as N;
    match key {
        N::Enter => &[0xff0d],
        N::Tab => &[0xff09],
        N::Backspace => &[0xff08],
        N::Escape => &[0xff1b],
        N::Delete => &[0xffff],
        N::Insert => &[0xff63],
        N::Home => &[0xff50],
        N::End => &[0xff57],
        N::PageUp => &[0xff55],
        N::PageDown => &[0xff56],
        N::Left => &[0xff51],
        N::Right => &[0xff53],
        N::Up => &[0xff52],
        N::Down => &[0xff54],
        N::ShiftLeft => &[0xffe1],
        N::ShiftRight => &[0xffe2, 0xffe1],
        N::ControlLeft => &[0xffe3],
        N::ControlRight => &[0xffe4, 0xffe3],
        N::AltLeft => &[0xffe9, 0xffe7],
        // Where the right Alt key is AltGr there is no other right Alt than the left one.
        N::AltRight => &[0xffea, 0xffe9],
        N::AltGr => &[0xfe03, 0xff7e],
        N::SuperLeft => &[0xffeb, 0xffe7],
        N::SuperRight => &[0xffec, 0xffeb],
        N::Menu => &[0xff67],
        N::CapsLock => &[0xffe5],
        N::NumLock => &[0xff7f],
        N::ScrollLock => &[0xff14],
        N::PrintScreen => &[0xff61],
        N::Pause => &[0xff13],
        N::F1 => &[0xffbe],
        N::F2 => &[0xffbf],
        N::F3 => &[0xffc0],
        N::F4 => &[0xffc1],
        N::F5 => &[0xffc2],
        N::F6 => &[0xffc3],
        N::F7 => &[0xffc4],
        N::F8 => &[0xffc5],
        N::F9 => &[0xffc6],
        N::F10 => &[0xffc7],
        N::F11 => &[0xffc8],
        N::F12 => &[0xffc9],
        N::KpEnter => &[0xff8d],
        N::Kp0 => &[0xffb0],
        N::Kp1 => &[0xffb1],
        N::Kp2 => &[0xffb2],
        N::Kp3 => &[0xffb3],
        N::Kp4 => &[0xffb4],
        N::Kp5 => &[0xffb5],
        N::Kp6 => &[0xffb6],
        N::Kp7 => &[0xffb7],
        N::Kp8 => &[0xffb8],
        N::Kp9 => &[0xffb9],
        N::KpAdd => &[0xffab],
        N::KpSubtract => &[0xffad],
        N::KpMultiply => &[0xffaa],
        N::KpDivide => &[0xffaf],
        // The decimal key of the keypad is a comma in many layouts.
        N::KpDecimal => &[0xffae, 0xffac],
    }
}

/// Where a named key is on a real keyboard, as a HID usage of page 7.
pub(crate) fn usage(key: NamedKey) -> u16 {
    use NamedKey as N;
    match key {
        N::Enter => 0x28,
        N::Escape => 0x29,
        N::Backspace => 0x2a,
        N::Tab => 0x2b,
        N::CapsLock => 0x39,
        N::F1 => 0x3a,
        N::F2 => 0x3b,
        N::F3 => 0x3c,
        N::F4 => 0x3d,
        N::F5 => 0x3e,
        N::F6 => 0x3f,
        N::F7 => 0x40,
        N::F8 => 0x41,
        N::F9 => 0x42,
        N::F10 => 0x43,
        N::F11 => 0x44,
        N::F12 => 0x45,
        N::PrintScreen => 0x46,
        N::ScrollLock => 0x47,
        N::Pause => 0x48,
        N::Insert => 0x49,
        N::Home => 0x4a,
        N::PageUp => 0x4b,
        N::Delete => 0x4c,
        N::End => 0x4d,
        N::PageDown => 0x4e,
        N::Right => 0x4f,
        N::Left => 0x50,
        N::Down => 0x51,
        N::Up => 0x52,
        N::NumLock => 0x53,
        N::KpDivide => 0x54,
        N::KpMultiply => 0x55,
        N::KpSubtract => 0x56,
        N::KpAdd => 0x57,
        N::KpEnter => 0x58,
        N::Kp1 => 0x59,
        N::Kp2 => 0x5a,
        N::Kp3 => 0x5b,
        N::Kp4 => 0x5c,
        N::Kp5 => 0x5d,
        N::Kp6 => 0x5e,
        N::Kp7 => 0x5f,
        N::Kp8 => 0x60,
        N::Kp9 => 0x61,
        N::Kp0 => 0x62,
        N::KpDecimal => 0x63,
        N::Menu => 0x65,
        N::ControlLeft => 0xe0,
        N::ShiftLeft => 0xe1,
        N::AltLeft => 0xe2,
        N::SuperLeft => 0xe3,
        N::ControlRight => 0xe4,
        N::ShiftRight => 0xe5,
        N::AltRight | N::AltGr => 0xe6,
        N::SuperRight => 0xe7,
    }
}

/// The X11 number of a button (4 to 7 are the wheels).
pub(crate) fn x11_button(button: Button) -> u8 {
    match button {
        Button::Left => 1,
        Button::Middle => 2,
        Button::Right => 3,
        Button::Back => 8,
        Button::Forward => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_the_keys_of_a_real_keyboard() {
        // (usage, X11 keycode) as `xev` shows them on an evdev keyboard.
        let known = [
            (0x04, 38),  // A
            (0x14, 24),  // Q
            (0x1d, 52),  // Z
            (0x1e, 10),  // 1
            (0x27, 19),  // 0
            (0x28, 36),  // Enter
            (0x2c, 65),  // Space
            (0x39, 66),  // CapsLock
            (0x3a, 67),  // F1
            (0x43, 76),  // F10
            (0x44, 95),  // F11
            (0x45, 96),  // F12
            (0x46, 107), // PrintScreen
            (0x48, 127), // Pause
            (0x4c, 119), // Delete
            (0x52, 111), // Up
            (0x53, 77),  // NumLock
            (0x58, 104), // keypad Enter
            (0x62, 90),  // keypad 0
            (0x64, 94),  // the key beside the left Shift
            (0x65, 135), // Menu
            (0xe0, 37),
            (0xe6, 108), // right Alt
            (0xe7, 134),
        ];
        for (usage, code) in known {
            assert_eq!(x11_keycode(usage), Some(code), "usage {usage:#x}");
        }
    }

    #[test]
    fn no_usage_leaves_the_range_of_keycodes() {
        for usage in 0..=u16::MAX {
            assert!(x11_keycode(usage).is_none_or(|c| c >= 8));
        }
        assert_eq!(x11_keycode(0), None);
        assert_eq!(x11_keycode(0xe8), None);
    }
}
