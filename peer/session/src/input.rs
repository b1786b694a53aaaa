//! Pointer and keyboard events as they travel from a viewer to the sharer's computer.

use serde::{Deserialize, Serialize};

/// One event. Positions are pixels of the shared picture, origin at its top left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum InputEvent {
    Move {
        x: u16,
        y: u16,
    },
    /// `x`, `y`: where, so that a click never lands elsewhere because a move was lost.
    Button {
        button: Button,
        down: bool,
        x: u16,
        y: u16,
    },
    /// In 1/120 of a notch; `dy` above 0 turns away from the person, `dx` above 0 to the right.
    Wheel {
        dx: i16,
        dy: i16,
    },
    Key {
        key: Key,
        down: bool,
    },
    /// Text that an input method or dead keys composed; at most 1,000 characters.
    Text {
        text: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Button {
    Left,
    Middle,
    Right,
    Back,
    Forward,
}

/// A key by what it means, so that the two sides may have different layouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// The character that the key gives in the sender's layout with the modifiers held.
    Char(char),
    Named(NamedKey),
    /// Position on the keyboard as a USB HID usage of page 7 (HID Usage Tables 1.5, section 10).
    Position(u16),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamedKey {
    Enter,
    Tab,
    Backspace,
    Escape,
    Delete,
    Insert,
    Home,
    End,
    PageUp,
    PageDown,
    Left,
    Right,
    Up,
    Down,
    ShiftLeft,
    ShiftRight,
    ControlLeft,
    ControlRight,
    AltLeft,
    AltRight,
    AltGr,
    SuperLeft,
    SuperRight,
    Menu,
    CapsLock,
    NumLock,
    ScrollLock,
    PrintScreen,
    Pause,
    F1,
    F2,
    F3,
    F4,
    F5,
    F6,
    F7,
    F8,
    F9,
    F10,
    F11,
    F12,
    KpEnter,
    Kp0,
    Kp1,
    Kp2,
    Kp3,
    Kp4,
    Kp5,
    Kp6,
    Kp7,
    Kp8,
    Kp9,
    KpAdd,
    KpSubtract,
    KpMultiply,
    KpDivide,
    KpDecimal,
}
