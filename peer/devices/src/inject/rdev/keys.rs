//! The keys of rdev's table by their place on a keyboard.

use deskside_session::input::Button;
use rdev::Key as K;

/// The key at a HID usage of page 7, if rdev has a name for it.
pub(super) fn key(usage: u16) -> Option<K> {
    const LETTERS: [K; 26] = [
        K::KeyA,
        K::KeyB,
        K::KeyC,
        K::KeyD,
        K::KeyE,
        K::KeyF,
        K::KeyG,
        K::KeyH,
        K::KeyI,
        K::KeyJ,
        K::KeyK,
        K::KeyL,
        K::KeyM,
        K::KeyN,
        K::KeyO,
        K::KeyP,
        K::KeyQ,
        K::KeyR,
        K::KeyS,
        K::KeyT,
        K::KeyU,
        K::KeyV,
        K::KeyW,
        K::KeyX,
        K::KeyY,
        K::KeyZ,
    ];
    const DIGITS: [K; 10] =
        [K::Num1, K::Num2, K::Num3, K::Num4, K::Num5, K::Num6, K::Num7, K::Num8, K::Num9, K::Num0];
    const MIDDLE: [K; 18] = [
        K::Return,
        K::Escape,
        K::Backspace,
        K::Tab,
        K::Space,
        K::Minus,
        K::Equal,
        K::LeftBracket,
        K::RightBracket,
        K::BackSlash,
        K::BackSlash,
        K::SemiColon,
        K::Quote,
        K::BackQuote,
        K::Comma,
        K::Dot,
        K::Slash,
        K::CapsLock,
    ];
    const RIGHT: [K; 43] = [
        K::F1,
        K::F2,
        K::F3,
        K::F4,
        K::F5,
        K::F6,
        K::F7,
        K::F8,
        K::F9,
        K::F10,
        K::F11,
        K::F12,
        K::PrintScreen,
        K::ScrollLock,
        K::Pause,
        K::Insert,
        K::Home,
        K::PageUp,
        K::Delete,
        K::End,
        K::PageDown,
        K::RightArrow,
        K::LeftArrow,
        K::DownArrow,
        K::UpArrow,
        K::NumLock,
        K::KpDivide,
        K::KpMultiply,
        K::KpMinus,
        K::KpPlus,
        K::KpReturn,
        K::Kp1,
        K::Kp2,
        K::Kp3,
        K::Kp4,
        K::Kp5,
        K::Kp6,
        K::Kp7,
        K::Kp8,
        K::Kp9,
        K::Kp0,
        K::KpDelete,
        K::IntlBackslash,
    ];
    const MODIFIERS: [K; 8] = [
        K::ControlLeft,
        K::ShiftLeft,
        K::Alt,
        K::MetaLeft,
        K::ControlRight,
        K::ShiftRight,
        K::AltGr,
        K::MetaRight,
    ];
    let at = |table: &[K], first: u16| table.get(usize::from(usage - first)).copied();
    match usage {
        0x04..=0x1d => at(&LETTERS, 0x04),
        0x1e..=0x27 => at(&DIGITS, 0x1e),
        0x28..=0x39 => at(&MIDDLE, 0x28),
        0x3a..=0x64 => at(&RIGHT, 0x3a),
        0xe0..=0xe7 => at(&MODIFIERS, 0xe0),
        _ => None,
    }
}

/// rdev names three buttons; the others are the system's numbers.
pub(super) fn button(button: Button) -> rdev::Button {
    let (back, forward) = if cfg!(target_os = "windows") {
        (1, 2)
    } else if cfg!(target_os = "macos") {
        (3, 4)
    } else {
        (8, 9)
    };
    match button {
        Button::Left => rdev::Button::Left,
        Button::Middle => rdev::Button::Middle,
        Button::Right => rdev::Button::Right,
        Button::Back => rdev::Button::Unknown(back),
        Button::Forward => rdev::Button::Unknown(forward),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_a_bare_number() {
        for usage in 0..=u16::MAX {
            assert!(!matches!(key(usage), Some(K::Unknown(_))), "{usage:#x}");
        }
        assert_eq!(key(0x1d), Some(K::KeyZ));
        assert_eq!(key(0x27), Some(K::Num0));
        assert_eq!(key(0x45), Some(K::F12));
        assert_eq!(key(0x52), Some(K::UpArrow));
        assert_eq!(key(0x64), Some(K::IntlBackslash));
        assert_eq!(key(0x65), None);
    }
}
