//! Which key of Windows a key is.

use windows_sys::Win32::UI::{
    Input::KeyboardAndMouse as km,
    WindowsAndMessaging::{GetForegroundWindow, GetWindowThreadProcessId},
};

use super::MARK;
use crate::inject::codes::x11_keycode;

/// What was pressed, so that the same is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Down {
    /// A place on the keyboard: a scan code of set 1, behind the prefix E0 or not.
    Scan { code: u16, extended: bool },
    /// A key by what it means, with its scan code; with Shift around it or not.
    Virtual { key: u16, scan: u16, shift: bool },
    /// A character, whatever the layout.
    Char(char),
}

/// What is held down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Modifiers {
    pub(super) shift: bool,
    pub(super) control: bool,
    pub(super) alt: bool,
    pub(super) windows: bool,
}

const SHIFT: u16 = km::VK_SHIFT;

/// Whether the system takes it for itself: a Windows key, a way to another window or to the
/// start menu, or one that programs may have asked to be told of.
pub(super) fn is_for_system(down: Down, held: Modifiers) -> bool {
    let is = |usage: u16| at(usage) == Some(down);
    let [tab, escape, print] = [0x2b, 0x29, 0x46].map(is);
    let alone = is(0xe3) || is(0xe7) || print || held.windows;
    // Programs ask to be told of keys with both, wherever the keyboard is; a character by AltGr comes as one.
    let both = held.alt && held.control && !matches!(down, Down::Char(_)) && !is_modifier(down);
    alone || both || (held.alt && (tab || escape)) || (held.control && escape)
}

/// Control, Shift and Alt, of either side.
fn is_modifier(down: Down) -> bool {
    (0xe0..=0xe7).any(|usage| at(usage) == Some(down))
}

impl Down {
    pub(super) fn press(self) -> Vec<km::INPUT> {
        self.events(0)
    }

    pub(super) fn release(self) -> Vec<km::INPUT> {
        self.events(km::KEYEVENTF_KEYUP)
    }

    fn events(self, up: km::KEYBD_EVENT_FLAGS) -> Vec<km::INPUT> {
        match self {
            Self::Scan { code, extended } => {
                let more = if extended { km::KEYEVENTF_EXTENDEDKEY } else { 0 };
                // Windows finds the key by itself; Wine does not.
                let prefixed = u32::from(code) | if extended { 0xe000 } else { 0 };
                // SAFETY: plain numbers go in and out.
                let key = unsafe { km::MapVirtualKeyExW(prefixed, km::MAPVK_VSC_TO_VK_EX, layout()) };
                vec![event(key as u16, code, km::KEYEVENTF_SCANCODE | more | up)]
            }
            Self::Virtual { key, scan, shift } => {
                let mut all = vec![event(key, scan, up)];
                if shift && up == 0 {
                    all.insert(0, event(SHIFT, 0x2a, 0));
                } else if shift {
                    all.push(event(SHIFT, 0x2a, up));
                }
                all
            }
            Self::Char(c) => {
                let mut units = [0; 2];
                let units = c.encode_utf16(&mut units).iter();
                units.map(|u| event(0, *u, km::KEYEVENTF_UNICODE | up)).collect()
            }
        }
    }
}

fn event(key: u16, scan: u16, flags: km::KEYBD_EVENT_FLAGS) -> km::INPUT {
    let ki = km::KEYBDINPUT { wVk: key, wScan: scan, dwFlags: flags, time: 0, dwExtraInfo: MARK };
    km::INPUT { r#type: km::INPUT_KEYBOARD, Anonymous: km::INPUT_0 { ki } }
}

/// The layout of the program in front.
fn layout() -> km::HKL {
    // SAFETY: plain numbers go in and out; a window that went away gives thread 0, which is this one's layout.
    unsafe {
        let thread = GetWindowThreadProcessId(GetForegroundWindow(), std::ptr::null_mut());
        km::GetKeyboardLayout(thread)
    }
}

/// The key of a character in the layout of the program in front, as far as the held modifiers let it mean that; with
/// Control, Alt or the Windows key the key all the same, because it is a shortcut; else the character itself.
pub(super) fn of_char(c: char, held: Modifiers) -> Down {
    let shortcut = held.control || held.alt || held.windows;
    let mut units = [0; 2];
    let [unit] = c.encode_utf16(&mut units) else { return Down::Char(c) };
    let layout = layout();
    // SAFETY: plain numbers go in and out.
    let found = unsafe { km::VkKeyScanExW(*unit, layout) };
    let [key, state] = found.to_le_bytes();
    if found == -1 || state & 0b1111_1000 != 0 {
        return Down::Char(c);
    }
    let key = u16::from(key);
    // SAFETY: as above.
    let (scan, meaning) = unsafe {
        let ask = |kind| km::MapVirtualKeyExW(key.into(), kind, layout);
        (ask(km::MAPVK_VK_TO_VSC), ask(km::MAPVK_VK_TO_CHAR))
    };
    let (scan, dead) = (scan as u16, meaning & 0x8000_0000 != 0);
    let shift = state & 1 != 0;
    // SAFETY: a plain number. Its lowest bit says that CapsLock is on, which would make another letter of it.
    let locked = unsafe { km::GetKeyState(km::VK_CAPITAL.into()) } & 1 != 0;
    match (shortcut, state >> 1) {
        (true, 0) => Down::Virtual { key, scan, shift: shift && !held.shift },
        (false, 0) if !dead && !locked && shift == held.shift => Down::Virtual { key, scan, shift: false },
        // AltGr, a dead key, or a Shift that the other keyboard does not need.
        _ => Down::Char(c),
    }
}

/// The key at a HID usage of page 7; none where a PC's keyboard has no such key.
pub(super) fn at(usage: u16) -> Option<Down> {
    // Linux numbers the keys of the first keyboards by their scan codes.
    let linux = x11_keycode(usage)?.checked_sub(8)?;
    let plain = |code| Some(Down::Scan { code, extended: false });
    let extended = |code| Some(Down::Scan { code, extended: true });
    match linux {
        1..=83 | 86..=88 => plain(u16::from(linux)),
        89 => plain(0x73),
        90 | 91 | 93 => plain(0x70),
        92 => plain(0x79),
        94 => plain(0x7b),
        96 => extended(0x1c),
        97 => extended(0x1d),
        98 => extended(0x35),
        99 => extended(0x37),
        100 => extended(0x38),
        // Home Up PageUp Left Right End Down PageDown Insert Delete
        102 => extended(0x47),
        103 => extended(0x48),
        104 => extended(0x49),
        105 => extended(0x4b),
        106 => extended(0x4d),
        107 => extended(0x4f),
        108 => extended(0x50),
        109 => extended(0x51),
        110 => extended(0x52),
        111 => extended(0x53),
        113 => extended(0x20),
        114 => extended(0x2e),
        115 => extended(0x30),
        117 => plain(0x59),
        // Its scan code begins with another prefix, which cannot be sent.
        119 => Some(Down::Virtual { key: km::VK_PAUSE, scan: 0x45, shift: false }),
        121 => plain(0x7e),
        124 => plain(0x7d),
        125 => extended(0x5b),
        126 => extended(0x5c),
        127 => extended(0x5d),
        183..=193 => plain(u16::from(linux - 183) + 0x64),
        194 => plain(0x76),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_the_scan_codes_of_a_pc() {
        let plain = |code| Some(Down::Scan { code, extended: false });
        let extended = |code| Some(Down::Scan { code, extended: true });
        for (usage, key) in [
            (0x04, plain(0x1e)),    // A
            (0x1d, plain(0x2c)),    // Z
            (0x28, plain(0x1c)),    // Enter
            (0x58, extended(0x1c)), // keypad Enter
            (0x45, plain(0x58)),    // F12
            (0x68, plain(0x64)),    // F13
            (0x73, plain(0x76)),    // F24
            (0x52, extended(0x48)), // Up
            (0x4c, extended(0x53)), // Delete
            (0x64, plain(0x56)),    // beside the left Shift
            (0xe1, plain(0x2a)),
            (0xe4, extended(0x1d)),
            (0xe3, extended(0x5b)),
            (0xffff, None),
        ] {
            assert_eq!(at(usage), key, "{usage:#x}");
        }
    }

    #[test]
    fn a_character_beyond_16_bits_is_two_units() {
        assert_eq!(Down::Char('é').press().len(), 1);
        assert_eq!(Down::Char('😀').press().len(), 2);
        assert_eq!(of_char('😀', Modifiers::default()), Down::Char('😀'));
    }
}
