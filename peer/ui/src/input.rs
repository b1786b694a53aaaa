//! Pointer and keyboard of the window as input for the other computer, where the picture has no
//! native surface that does it.

use deskside_session::input::{Button, InputEvent, Key, NamedKey};
use eframe::egui::{self, Event, Modifiers, MouseWheelUnit, PointerButton, Pos2, Rect, Vec2, vec2};

/// One notch of a wheel, in the unit of [`InputEvent::Wheel`].
const NOTCH: f32 = 120.0;
/// Points of a fine scroll that count as one notch.
const POINTS_PER_NOTCH: f32 = 50.0;

/// What is held down, so that it can be released.
#[derive(Default)]
pub struct Hands {
    modifiers: Modifiers,
    keys: Vec<Key>,
    buttons: Vec<Button>,
    last: (u16, u16),
}

/// Where the picture is drawn (points), and its size (pixels).
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub rect: Rect,
    pub width: u16,
    pub height: u16,
    /// Of a part of the picture: where it begins.
    pub from: (u16, u16),
}

impl Place {
    /// The pixel under a point; the nearest one when it is outside.
    pub fn pixel(&self, at: Pos2) -> (u16, u16) {
        let axis = |at: f32, from: f32, length: f32, pixels: u16| {
            let p = ((at - from) / length.max(1.0) * f32::from(pixels)).floor();
            p.clamp(0.0, f32::from(pixels.saturating_sub(1))) as u16
        };
        (
            self.from.0 + axis(at.x, self.rect.left(), self.rect.width(), self.width),
            self.from.1 + axis(at.y, self.rect.top(), self.rect.height(), self.height),
        )
    }
}

/// A turn of the wheel in the unit of [`InputEvent::Wheel`].
pub fn notches(unit: MouseWheelUnit, delta: Vec2) -> Vec2 {
    let scale = match unit {
        MouseWheelUnit::Point => NOTCH / POINTS_PER_NOTCH,
        MouseWheelUnit::Line => NOTCH,
        MouseWheelUnit::Page => NOTCH * 5.0,
    };
    // The window tells how the content moves; a wheel tells where the view goes.
    vec2(-delta.x, delta.y) * scale
}

impl Hands {
    /// The input that one event of the window means. `typing`: the picture has the keyboard.
    pub fn translate(&mut self, event: &Event, place: Place, inside: bool, typing: bool) -> Vec<InputEvent> {
        let mut out = Vec::new();
        match event {
            Event::PointerMoved(at) if inside || !self.buttons.is_empty() => {
                let (x, y) = place.pixel(*at);
                if (x, y) != self.last {
                    self.last = (x, y);
                    out.push(InputEvent::Move { x, y });
                }
            }
            Event::PointerButton { pos, button, pressed, .. } => {
                let button = pointer_button(*button);
                let held = self.buttons.contains(&button);
                if *pressed && inside && place.rect.contains(*pos) && !held {
                    self.buttons.push(button);
                } else if !*pressed && held {
                    self.buttons.retain(|b| *b != button);
                } else {
                    return out;
                }
                let (x, y) = place.pixel(*pos);
                self.last = (x, y);
                out.push(InputEvent::Button { button, down: *pressed, x, y });
            }
            Event::MouseWheel { unit, delta, .. } if inside => {
                let turn = notches(*unit, *delta);
                let (dx, dy) = (turn.x as i16, turn.y as i16);
                if (dx, dy) != (0, 0) {
                    out.push(InputEvent::Wheel { dx, dy });
                }
            }
            Event::Text(text) if typing && !command_held(self.modifiers) => {
                out.push(InputEvent::Text { text: text.clone() });
            }
            Event::Ime(egui::ImeEvent::Commit(text)) if typing => {
                out.push(InputEvent::Text { text: text.clone() });
            }
            Event::Key { key, pressed, modifiers, .. } if typing || !*pressed => {
                self.modifiers_now(
                    if typing { *modifiers } else { both(*modifiers, self.modifiers) },
                    &mut out,
                );
                self.key(*key, *pressed, *modifiers, &mut out);
            }
            Event::ModifiersChanged(modifiers) if typing => self.modifiers_now(*modifiers, &mut out),
            Event::ModifiersChanged(modifiers) => {
                self.modifiers_now(both(*modifiers, self.modifiers), &mut out);
            }
            // The window turns these three combinations into acts of its own.
            Event::Copy if typing => tap('c', &mut out),
            Event::Cut if typing => tap('x', &mut out),
            Event::Paste(_) if typing => tap('v', &mut out),
            Event::WindowFocused(false) => out = self.release(),
            _ => {}
        }
        out
    }

    fn key(&mut self, key: egui::Key, pressed: bool, modifiers: Modifiers, out: &mut Vec<InputEvent>) {
        let meant = match named(key) {
            Some(named) => Key::Named(named),
            // Plain letters come as text, whatever the layout.
            None if pressed && !command_held(modifiers) => return,
            None => match character(key) {
                Some(c) => Key::Char(c),
                None => return,
            },
        };
        let held = self.keys.contains(&meant);
        if pressed && !held {
            self.keys.push(meant);
        } else if !pressed {
            if !held {
                return;
            }
            self.keys.retain(|k| *k != meant);
        }
        out.push(InputEvent::Key { key: meant, down: pressed });
    }

    fn modifiers_now(&mut self, now: Modifiers, out: &mut Vec<InputEvent>) {
        let was = std::mem::replace(&mut self.modifiers, now);
        for (before, after, key) in [
            (was.ctrl, now.ctrl, NamedKey::ControlLeft),
            (was.shift, now.shift, NamedKey::ShiftLeft),
            (was.alt, now.alt, NamedKey::AltLeft),
            (was.mac_cmd, now.mac_cmd, NamedKey::SuperLeft),
        ] {
            if before != after {
                out.push(InputEvent::Key { key: Key::Named(key), down: after });
            }
        }
    }

    /// Lets go of everything that is held.
    pub fn release(&mut self) -> Vec<InputEvent> {
        let mut out = Vec::new();
        for key in std::mem::take(&mut self.keys) {
            out.push(InputEvent::Key { key, down: false });
        }
        self.modifiers_now(Modifiers::NONE, &mut out);
        let (x, y) = self.last;
        for button in std::mem::take(&mut self.buttons) {
            out.push(InputEvent::Button { button, down: false, x, y });
        }
        out
    }
}

/// Keys that go up elsewhere press nothing here: only what is held in both.
fn both(a: Modifiers, b: Modifiers) -> Modifiers {
    Modifiers {
        alt: a.alt && b.alt,
        ctrl: a.ctrl && b.ctrl,
        shift: a.shift && b.shift,
        mac_cmd: a.mac_cmd && b.mac_cmd,
        command: a.command && b.command,
    }
}

fn command_held(modifiers: Modifiers) -> bool {
    modifiers.ctrl || modifiers.alt || modifiers.mac_cmd
}

fn tap(c: char, out: &mut Vec<InputEvent>) {
    for down in [true, false] {
        out.push(InputEvent::Key { key: Key::Char(c), down });
    }
}

fn pointer_button(button: PointerButton) -> Button {
    match button {
        PointerButton::Primary => Button::Left,
        PointerButton::Secondary => Button::Right,
        PointerButton::Middle => Button::Middle,
        PointerButton::Extra1 => Button::Back,
        PointerButton::Extra2 => Button::Forward,
    }
}

/// The character of a key that is held together with Control or Alt.
fn character(key: egui::Key) -> Option<char> {
    let mut name = key.symbol_or_name().chars();
    match (name.next(), name.next()) {
        (Some(c), None) => Some(c.to_ascii_lowercase()),
        _ if key == egui::Key::Space => Some(' '),
        _ => None,
    }
}

fn named(key: egui::Key) -> Option<NamedKey> {
    use egui::Key as K;
    Some(match key {
        K::Enter => NamedKey::Enter,
        K::Tab => NamedKey::Tab,
        K::Backspace => NamedKey::Backspace,
        K::Escape => NamedKey::Escape,
        K::Delete => NamedKey::Delete,
        K::Insert => NamedKey::Insert,
        K::Home => NamedKey::Home,
        K::End => NamedKey::End,
        K::PageUp => NamedKey::PageUp,
        K::PageDown => NamedKey::PageDown,
        K::ArrowLeft => NamedKey::Left,
        K::ArrowRight => NamedKey::Right,
        K::ArrowUp => NamedKey::Up,
        K::ArrowDown => NamedKey::Down,
        K::F1 => NamedKey::F1,
        K::F2 => NamedKey::F2,
        K::F3 => NamedKey::F3,
        K::F4 => NamedKey::F4,
        K::F5 => NamedKey::F5,
        K::F6 => NamedKey::F6,
        K::F7 => NamedKey::F7,
        K::F8 => NamedKey::F8,
        K::F9 => NamedKey::F9,
        K::F10 => NamedKey::F10,
        K::F11 => NamedKey::F11,
        K::F12 => NamedKey::F12,
        _ => return None,
    })
}
