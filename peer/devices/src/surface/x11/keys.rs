//! What a key means: characters, named keys, composed text; and which keys are held.

use deskside_session::input::{InputEvent, Key, NamedKey};

use super::{
    compose::{Compose, Fed},
    keymap::Keymap,
};
use crate::inject::codes;

/// Control, Alt and Super in an event's state: the key is part of a shortcut.
const SHORTCUT: u16 = 1 << 2 | 1 << 3 | 1 << 6;
const CONTROL_R: u32 = 0xffe4;

pub struct Keys {
    pub map: Keymap,
    compose: Option<Compose>,
    /// Keycodes that are down, and as what they were sent.
    held: Vec<(u8, Key)>,
}

impl Keys {
    pub fn new(map: Keymap) -> Self {
        let compose = Compose::new();
        if compose.is_none() {
            tracing::info!("dead keys cannot be composed");
        }
        Self { map, compose, held: Vec::new() }
    }

    pub fn press(&mut self, keycode: u8, state: u16) -> Option<InputEvent> {
        // Still down: the keyboard repeats it.
        if let Some(&(_, key)) = self.held.iter().find(|h| h.0 == keycode) {
            return Some(InputEvent::Key { key, down: true });
        }
        let sym = self.map.keysym(keycode, state);
        let shortcut = state & SHORTCUT != 0;
        if let Some(compose) = self.compose.as_mut().filter(|_| !shortcut) {
            match compose.feed(sym) {
                Fed::Composing => return None,
                Fed::Composed(text) if text.is_empty() => return None,
                Fed::Composed(text) => return Some(InputEvent::Text { text }),
                Fed::Nothing => {}
            }
        }
        let key = self.meaning(keycode, sym, state, shortcut)?;
        self.held.push((keycode, key));
        Some(InputEvent::Key { key, down: true })
    }

    pub fn release(&mut self, keycode: u8) -> Option<InputEvent> {
        let i = self.held.iter().position(|h| h.0 == keycode)?;
        let (_, key) = self.held.remove(i);
        Some(InputEvent::Key { key, down: false })
    }

    /// Lets go of all keys, the last one first.
    pub fn release_all(&mut self) -> impl Iterator<Item = InputEvent> + use<> {
        if let Some(compose) = &mut self.compose {
            compose.reset();
        }
        let held = std::mem::take(&mut self.held);
        held.into_iter().rev().map(|(_, key)| InputEvent::Key { key, down: false })
    }

    pub fn is_right_control(&self, keycode: u8) -> bool {
        self.map.keysym(keycode, 0) == CONTROL_R
    }

    fn meaning(&self, keycode: u8, sym: u32, state: u16, shortcut: bool) -> Option<Key> {
        if let Some(named) = named(sym) {
            // The characters come as the locks made them; the other side's locks stay as they are.
            return (!matches!(named, NamedKey::CapsLock | NamedKey::NumLock)).then_some(Key::Named(named));
        }
        let char = xkeysym::Keysym::new(sym).key_char().filter(|c| !c.is_control());
        // Ctrl+C is Ctrl+C on a Greek keyboard too.
        let latin = || self.map.ascii(keycode, state).or_else(|| us(keycode));
        match char {
            Some(c) if !shortcut || c.is_ascii() => Some(Key::Char(c)),
            Some(c) => Some(Key::Char(latin().unwrap_or(c))),
            None => {
                (0x04..=0xe7).find(|&usage| codes::x11_keycode(usage) == Some(keycode)).map(Key::Position)
            }
        }
    }
}

/// What the key at this place gives on a US keyboard.
fn us(keycode: u8) -> Option<char> {
    let row = |first: u8, row: &str| row.chars().nth(usize::from(keycode - first));
    match keycode {
        10..=21 => row(10, "1234567890-="),
        24..=35 => row(24, "qwertyuiop[]"),
        38..=49 => row(38, "asdfghjkl;'`"),
        51..=61 => row(51, "\\zxcvbnm,./"),
        _ => None,
    }
}

fn named(sym: u32) -> Option<NamedKey> {
    use NamedKey as N;
    Some(match sym {
        0xff0d => N::Enter,
        0xff09 | 0xfe20 | 0xff89 => N::Tab,
        0xff08 => N::Backspace,
        0xff1b => N::Escape,
        0xffff | 0xff9f => N::Delete,
        0xff63 | 0xff9e => N::Insert,
        0xff50 | 0xff95 => N::Home,
        0xff57 | 0xff9c => N::End,
        0xff55 | 0xff9a => N::PageUp,
        0xff56 | 0xff9b => N::PageDown,
        0xff51 | 0xff96 => N::Left,
        0xff53 | 0xff98 => N::Right,
        0xff52 | 0xff97 => N::Up,
        0xff54 | 0xff99 => N::Down,
        0xffe1 => N::ShiftLeft,
        0xffe2 => N::ShiftRight,
        0xffe3 => N::ControlLeft,
        CONTROL_R => N::ControlRight,
        0xffe9 | 0xffe7 => N::AltLeft,
        0xffea | 0xffe8 => N::AltRight,
        0xfe03 | 0xff7e => N::AltGr,
        0xffeb => N::SuperLeft,
        0xffec => N::SuperRight,
        0xff67 => N::Menu,
        0xffe5 => N::CapsLock,
        0xff7f => N::NumLock,
        0xff14 => N::ScrollLock,
        0xff61 | 0xff15 => N::PrintScreen,
        0xff13 | 0xff6b => N::Pause,
        0xffbe => N::F1,
        0xffbf => N::F2,
        0xffc0 => N::F3,
        0xffc1 => N::F4,
        0xffc2 => N::F5,
        0xffc3 => N::F6,
        0xffc4 => N::F7,
        0xffc5 => N::F8,
        0xffc6 => N::F9,
        0xffc7 => N::F10,
        0xffc8 => N::F11,
        0xffc9 => N::F12,
        0xff8d => N::KpEnter,
        0xffb0 => N::Kp0,
        0xffb1 => N::Kp1,
        0xffb2 => N::Kp2,
        0xffb3 => N::Kp3,
        0xffb4 => N::Kp4,
        0xffb5 | 0xff9d => N::Kp5,
        0xffb6 => N::Kp6,
        0xffb7 => N::Kp7,
        0xffb8 => N::Kp8,
        0xffb9 => N::Kp9,
        0xffab => N::KpAdd,
        0xffad => N::KpSubtract,
        0xffaa => N::KpMultiply,
        0xffaf => N::KpDivide,
        0xffae | 0xffac => N::KpDecimal,
        _ => return None,
    })
}
