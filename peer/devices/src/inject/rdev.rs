//! Input by rdev, with enigo for characters: works on every system, slower and with less than
//! [`super::x11`] where that is possible.
//!
//! rdev hands a raw key code on to Xlib, whose error handler ends the process when it is a bad one: only
//! keys of its own table are given to it, never a number.

use std::time::{Duration, Instant};

use deskside_session::{
    hiding::Scope,
    input::{Button, InputEvent, Key},
};
use enigo::{Direction, Enigo, InputError, Keyboard as _, NewConError, Settings};
use rdev::{EventType, simulate};

use super::{
    Act, InjectError, Injector, MAX_TEXT, Notches, SETTLE,
    codes::{usage, x11_keycode},
    place, sent, settle,
};

mod keys;
#[cfg(all(unix, not(target_os = "macos")))]
mod own;
/// Elsewhere nothing tells yet whose window it is; the session holds input back while it asks a person.
#[cfg(not(all(unix, not(target_os = "macos"))))]
mod own {
    pub(super) struct Own;

    impl Own {
        pub(super) fn new() -> Option<Self> {
            Some(Self)
        }
        pub(super) fn pointer(&mut self) -> Result<bool, super::InjectError> {
            Ok(false)
        }
        pub(super) fn keys(&mut self) -> Result<bool, super::InjectError> {
            Ok(false)
        }
    }
}

/// The portable back end, for the display of the environment.
pub struct Rdev {
    enigo: Option<Enigo>,
    /// When enigo last typed.
    typed: Option<Instant>,
    own: own::Own,
    /// One program alone is shared: it cannot tell the windows apart, and refuses all.
    limited: bool,
    /// Names the display to the watcher of own input.
    display: u64,
    held: Vec<(Key, Down)>,
    buttons: Vec<Button>,
    wheels: [Notches; 2],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Down {
    Key(rdev::Key),
    Char(char),
}

impl Rdev {
    pub fn open() -> Result<Self, InjectError> {
        let settings = Settings { open_prompt_to_get_permissions: false, ..Settings::default() };
        let enigo = Enigo::new(&settings).map_err(|e| match e {
            NewConError::NoPermission => InjectError::Denied,
            _ => InjectError::NoDisplay,
        })?;
        Ok(Self {
            enigo: Some(enigo),
            typed: None,
            own: own::Own::new().ok_or(InjectError::NoDisplay)?,
            limited: false,
            display: sent::display_id(None),
            held: Vec::new(),
            buttons: Vec::new(),
            wheels: Default::default(),
        })
    }

    /// Sends one event of rdev; `on_x11` is what the X server will call it.
    fn send(&self, event: EventType, on_x11: Option<Act>) -> Result<(), InjectError> {
        if let Some(act) = on_x11 {
            sent::record(self.display, act);
        }
        if let Some(act) = heard(&event) {
            sent::record(sent::ANY_DISPLAY, act);
        }
        simulate(&event).map_err(|_| InjectError::Failed("the system took no event".into()))
    }

    fn motion(&self, (x, y): (i32, i32)) -> Result<(), InjectError> {
        let (x, y) = (x.clamp(0, i16::MAX.into()), y.clamp(0, i16::MAX.into()));
        let act = Act::Motion { x: x as i16, y: y as i16 };
        self.send(EventType::MouseMove { x: x.into(), y: y.into() }, Some(act))
    }

    fn button(&mut self, button: Button, down: bool, at: (i32, i32)) -> Result<(), InjectError> {
        let known = self.buttons.contains(&button);
        if !down && !known {
            return Ok(());
        }
        self.motion(at)?;
        let code = keys::button(button);
        if !down {
            self.buttons.retain(|b| *b != button);
            return self.send(EventType::ButtonRelease(code), None);
        }
        if self.own.pointer()? {
            return Err(InjectError::OwnWindow);
        }
        if !known {
            self.buttons.push(button);
            let act = Act::Button(super::codes::x11_button(button).into());
            self.send(EventType::ButtonPress(code), Some(act))?;
        }
        Ok(())
    }

    fn wheel(&mut self, dx: i16, dy: i16) -> Result<(), InjectError> {
        let [across, up] = &mut self.wheels;
        let (across, up) = (across.add(dx), up.add(dy));
        if across == 0 && up == 0 {
            return Ok(());
        }
        if self.own.pointer()? {
            return Err(InjectError::OwnWindow);
        }
        for _ in 0..up.abs() {
            let event = EventType::Wheel { delta_x: 0, delta_y: up.signum().into() };
            self.send(event, Some(Act::Button(if up > 0 { 4 } else { 5 })))?;
        }
        for _ in 0..across.abs() {
            let event = EventType::Wheel { delta_x: across.signum().into(), delta_y: 0 };
            self.send(event, Some(Act::Button(if across > 0 { 7 } else { 6 })))?;
        }
        Ok(())
    }

    fn key_down(&mut self, key: Key) -> Result<(), InjectError> {
        if self.held.iter().any(|h| h.0 == key) {
            return Ok(());
        }
        if self.own.keys()? {
            return Err(InjectError::OwnWindow);
        }
        let position = match key {
            Key::Char(c) => {
                if c.is_control() {
                    return Err(InjectError::NoSuchKey);
                }
                self.char(c, Direction::Press)?;
                self.held.push((key, Down::Char(c)));
                return Ok(());
            }
            Key::Named(name) => usage(name),
            Key::Position(usage) => usage,
        };
        let code = keys::key(position).ok_or(InjectError::NoSuchKey)?;
        let on_x11 = x11_keycode(position).map(|c| Act::Key(c.into()));
        self.send(EventType::KeyPress(code), on_x11)?;
        self.held.push((key, Down::Key(code)));
        Ok(())
    }

    fn key_up(&mut self, key: Key) -> Result<(), InjectError> {
        let Some(i) = self.held.iter().position(|h| h.0 == key) else { return Ok(()) };
        self.release(i)
    }

    fn release(&mut self, i: usize) -> Result<(), InjectError> {
        match self.held.remove(i).1 {
            Down::Key(code) => self.send(EventType::KeyRelease(code), None),
            Down::Char(c) => self.char(c, Direction::Release),
        }
    }

    fn char(&mut self, c: char, direction: Direction) -> Result<(), InjectError> {
        self.by_enigo(|e| e.key(enigo::Key::Unicode(c), direction))
    }

    fn by_enigo(
        &mut self,
        act: impl FnOnce(&mut Enigo) -> Result<(), InputError>,
    ) -> Result<(), InjectError> {
        // Which keys it presses is its own affair.
        let _unknown = [sent::Unknown::begin(self.display), sent::Unknown::begin(sent::ANY_DISPLAY)];
        self.typed = Some(Instant::now());
        let Some(enigo) = &mut self.enigo else { return Ok(()) };
        act(enigo).map_err(|e| match e {
            InputError::Mapping(_) | InputError::Unmapping(_) | InputError::InvalidInput(_) => {
                InjectError::NoSuchKey
            }
            InputError::NoEmptyKeycodes => InjectError::NoSuchKey,
            InputError::Simulate(what) => InjectError::Failed(what.into()),
        })
    }

    fn text(&mut self, text: &str) -> Result<(), InjectError> {
        if text.chars().count() > MAX_TEXT {
            return Err(InjectError::Failed("the text is too long".into()));
        }
        if self.own.keys()? {
            return Err(InjectError::OwnWindow);
        }
        for (i, line) in text.replace("\r\n", "\n").split('\n').enumerate() {
            if i > 0 {
                let enter = usage(deskside_session::input::NamedKey::Enter);
                let code = keys::key(enter).ok_or(InjectError::NoSuchKey)?;
                self.send(EventType::KeyPress(code), x11_keycode(enter).map(|c| Act::Key(c.into())))?;
                self.send(EventType::KeyRelease(code), None)?;
            }
            if line.contains(char::is_control) {
                return Err(InjectError::NoSuchKey);
            }
            if !line.is_empty() {
                self.by_enigo(|e| e.text(line))?;
            }
        }
        Ok(())
    }
}

impl Injector for Rdev {
    fn inject(
        &mut self,
        event: &InputEvent,
        origin: (i32, i32),
        size: (u16, u16),
    ) -> Result<(), InjectError> {
        let up =
            matches!(event, InputEvent::Key { down: false, .. } | InputEvent::Button { down: false, .. });
        if self.limited && !up {
            return Err(InjectError::OwnWindow);
        }
        match *event {
            InputEvent::Move { x, y } => self.motion(place(x, y, origin, size)),
            InputEvent::Button { button, down, x, y } => self.button(button, down, place(x, y, origin, size)),
            InputEvent::Wheel { dx, dy } => self.wheel(dx, dy),
            InputEvent::Key { key, down: true } => self.key_down(key),
            InputEvent::Key { key, down: false } => self.key_up(key),
            InputEvent::Text { ref text } => self.text(text),
        }
    }

    fn limit(&mut self, scope: &Scope) {
        self.limited = *scope != Scope::Desktop;
    }

    fn release_all(&mut self) {
        for button in std::mem::take(&mut self.buttons) {
            if let Err(e) = self.send(EventType::ButtonRelease(keys::button(button)), None) {
                tracing::warn!(error = %e, "could not release a button");
            }
        }
        while let Some(i) = self.held.len().checked_sub(1) {
            if let Err(e) = self.release(i) {
                tracing::warn!(error = %e, "could not release a key");
            }
        }
    }
}

impl Drop for Rdev {
    fn drop(&mut self) {
        self.release_all();
        // enigo takes its keys away when it goes: programs may yet have to look at them.
        let rest = self.typed.map_or(Duration::ZERO, |t| SETTLE.saturating_sub(t.elapsed()));
        if let Some(enigo) = self.enigo.take().filter(|_| !rest.is_zero()) {
            std::thread::spawn(move || {
                settle(rest);
                drop(enigo);
            });
        }
    }
}

/// How rdev's own listener will report an event; none for releases.
pub(crate) fn heard(event: &EventType) -> Option<Act> {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let number = |part: &dyn Fn(&mut DefaultHasher)| {
        let mut hasher = DefaultHasher::new();
        part(&mut hasher);
        hasher.finish() as u32
    };
    match event {
        EventType::KeyPress(key) => Some(Act::Key(number(&|h| key.hash(h)))),
        EventType::ButtonPress(button) => Some(Act::Button(number(&|h| button.hash(h)))),
        EventType::Wheel { delta_x, delta_y } => Some(Act::Button(number(&|h| (delta_x, delta_y).hash(h)))),
        EventType::MouseMove { x, y } => Some(Act::Motion { x: *x as i16, y: *y as i16 }),
        EventType::KeyRelease(_) | EventType::ButtonRelease(_) => None,
    }
}
