//! Input on Windows by SendInput: keys by their place as scan codes, characters that no held modifier changes as such,
//! the pointer over all monitors. All of it carries [`MARK`], by which [`crate::watch`] knows it again.

use deskside_session::{
    hiding::Scope,
    input::{Button, InputEvent, Key, NamedKey},
};
use windows_sys::Win32::{
    Foundation::{ERROR_ACCESS_DENIED, GetLastError},
    UI::{
        Input::KeyboardAndMouse as km,
        WindowsAndMessaging::{
            GetSystemMetrics, SM_CXVIRTUALSCREEN, SM_CYVIRTUALSCREEN, SM_SWAPBUTTON, SM_XVIRTUALSCREEN,
            SM_YVIRTUALSCREEN, XBUTTON1, XBUTTON2,
        },
    },
};

use super::{InjectError, Injector, MAX_TEXT, codes, place};
use crate::own::windows::Reach;

mod keys;

/// dwExtraInfo of all that is sent here.
pub(crate) const MARK: usize = 0x4465_736b;

#[derive(Default)]
pub struct SendInput {
    reach: Reach,
    held: Vec<(Key, keys::Down)>,
    buttons: Vec<Button>,
    /// Releases that Windows did not take, as while it asks something itself.
    owed: Vec<Vec<km::INPUT>>,
}

impl SendInput {
    pub fn open() -> Self {
        Self::default()
    }

    /// Sends a release; one that is not taken is sent again before whatever comes next.
    fn release(&mut self, events: Vec<km::INPUT>) -> Result<(), InjectError> {
        send(&events).inspect_err(|_| self.owed.push(events))
    }

    fn pay(&mut self) {
        self.owed.retain(|events| send(events).is_err());
    }

    fn motion(&self, (x, y): (i32, i32)) -> Result<(), InjectError> {
        // SAFETY: these calls take and give plain numbers.
        let [left, top, width, height] =
            [SM_XVIRTUALSCREEN, SM_YVIRTUALSCREEN, SM_CXVIRTUALSCREEN, SM_CYVIRTUALSCREEN]
                .map(|n| unsafe { GetSystemMetrics(n) });
        if width <= 0 || height <= 0 {
            return Err(InjectError::NoDisplay);
        }
        let flags = km::MOUSEEVENTF_MOVE | km::MOUSEEVENTF_ABSOLUTE | km::MOUSEEVENTF_VIRTUALDESK;
        send(&[mouse(flags, 0, absolute(x, left, width), absolute(y, top, height))])
    }

    /// Over own windows the pointer may be, over what is not shared not.
    fn go(&self, at: (i32, i32)) -> Result<(), InjectError> {
        if self.reach.is_limited() && self.reach.bars_at(at) {
            return Err(InjectError::OwnWindow);
        }
        self.motion(at)
    }

    fn button(&mut self, button: Button, down: bool, at: (i32, i32)) -> Result<(), InjectError> {
        let known = self.buttons.contains(&button);
        if !down && !known {
            return Ok(());
        }
        if !down {
            // Let go in any case, but nothing is dropped onto what is not shared.
            let stays = self.reach.is_limited() && self.reach.bars_at(at);
            let moved = if stays { Ok(()) } else { self.motion(at) };
            self.buttons.retain(|b| *b != button);
            return moved.and(self.release(vec![press(button, false)]));
        }
        self.go(at)?;
        if self.reach.bars_at(at) {
            return Err(InjectError::OwnWindow);
        }
        if !known {
            self.buttons.push(button);
            send(&[press(button, true)])?;
        }
        Ok(())
    }

    fn wheel(&self, dx: i16, dy: i16) -> Result<(), InjectError> {
        if self.reach.bars_under_pointer() {
            return Err(InjectError::OwnWindow);
        }
        // The system counts in the same parts of a notch.
        for (flags, part) in [(km::MOUSEEVENTF_WHEEL, dy), (km::MOUSEEVENTF_HWHEEL, dx)] {
            if part != 0 {
                send(&[mouse(flags, i32::from(part), 0, 0)])?;
            }
        }
        Ok(())
    }

    fn key_down(&mut self, key: Key) -> Result<(), InjectError> {
        if self.reach.bars_in_front() {
            return Err(InjectError::OwnWindow);
        }
        let again = self.held.iter().find(|h| h.0 == key).map(|h| h.1);
        let down = match again {
            Some(down) => down,
            None => match key {
                Key::Char(c) if c.is_control() => return Err(InjectError::NoSuchKey),
                Key::Char(c) => keys::of_char(c, self.modifiers()),
                Key::Named(name) => keys::at(codes::usage(name)).ok_or(InjectError::NoSuchKey)?,
                Key::Position(usage) => keys::at(usage).ok_or(InjectError::NoSuchKey)?,
            },
        };
        // They leave the program, whatever it is.
        if self.reach.is_limited() && keys::is_for_system(down, self.modifiers()) {
            return Err(InjectError::OwnWindow);
        }
        send(&down.press())?;
        if again.is_none() {
            self.held.push((key, down));
        }
        Ok(())
    }

    /// Which modifiers this injector holds down.
    fn modifiers(&self) -> keys::Modifiers {
        let held =
            |usages: [u16; 2]| self.held.iter().any(|(_, d)| usages.iter().any(|u| keys::at(*u) == Some(*d)));
        keys::Modifiers {
            shift: held([0xe1, 0xe5]),
            control: held([0xe0, 0xe4]),
            alt: held([0xe2, 0xe6]),
            windows: held([0xe3, 0xe7]),
        }
    }

    fn text(&self, text: &str) -> Result<(), InjectError> {
        if text.chars().count() > MAX_TEXT {
            return Err(InjectError::Failed("the text is too long".into()));
        }
        if self.reach.bars_in_front() {
            return Err(InjectError::OwnWindow);
        }
        let text = text.replace("\r\n", "\n");
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(InjectError::NoSuchKey);
        }
        let enter = keys::at(codes::usage(NamedKey::Enter)).ok_or(InjectError::NoSuchKey)?;
        let events: Vec<_> = text
            .chars()
            .map(|c| if c == '\n' { enter } else { keys::Down::Char(c) })
            .flat_map(|d| [d.press(), d.release()].concat())
            .collect();
        // In one call, so that nothing of the person's comes in between; but not without end.
        events.chunks(64).try_for_each(send)
    }
}

impl Injector for SendInput {
    fn inject(
        &mut self,
        event: &InputEvent,
        origin: (i32, i32),
        size: (u16, u16),
    ) -> Result<(), InjectError> {
        self.pay();
        match *event {
            InputEvent::Move { x, y } => self.go(place(x, y, origin, size)),
            InputEvent::Button { button, down, x, y } => self.button(button, down, place(x, y, origin, size)),
            InputEvent::Wheel { dx, dy } => self.wheel(dx, dy),
            InputEvent::Key { key, down: true } => self.key_down(key),
            InputEvent::Key { key, down: false } => match self.held.iter().position(|h| h.0 == key) {
                Some(i) => {
                    let release = self.held.remove(i).1.release();
                    self.release(release)
                }
                None => Ok(()),
            },
            InputEvent::Text { ref text } => self.text(text),
        }
    }

    fn limit(&mut self, scope: &Scope) {
        self.reach.limit(scope);
    }

    fn release_all(&mut self) {
        let buttons = std::mem::take(&mut self.buttons).into_iter().map(|b| vec![press(b, false)]);
        let keys = std::mem::take(&mut self.held).into_iter().rev().map(|(_, down)| down.release());
        let all: Vec<_> = buttons.chain(keys).collect();
        self.pay();
        for events in all {
            if let Err(e) = self.release(events) {
                tracing::warn!(error = %e, "could not release a key or button");
            }
        }
    }
}

impl Drop for SendInput {
    fn drop(&mut self) {
        self.release_all();
    }
}

/// In 65536ths of all monitors together, within the pixel however it is rounded.
fn absolute(at: i32, from: i32, size: i32) -> i32 {
    let pixel = i64::from(at) - i64::from(from);
    let pixel = pixel.clamp(0, i64::from(size) - 1);
    ((pixel * 65_536 + i64::from(size) - 1) / i64::from(size)) as i32
}

/// Left is the button under the pointing finger: the system swaps what is sent as it swaps the person's.
fn press(button: Button, down: bool) -> km::INPUT {
    // SAFETY: a plain number.
    let swapped = unsafe { GetSystemMetrics(SM_SWAPBUTTON) } != 0;
    let button = match button {
        Button::Left if swapped => Button::Right,
        Button::Right if swapped => Button::Left,
        same => same,
    };
    let (flags, data) = match (button, down) {
        (Button::Left, true) => (km::MOUSEEVENTF_LEFTDOWN, 0),
        (Button::Left, false) => (km::MOUSEEVENTF_LEFTUP, 0),
        (Button::Middle, true) => (km::MOUSEEVENTF_MIDDLEDOWN, 0),
        (Button::Middle, false) => (km::MOUSEEVENTF_MIDDLEUP, 0),
        (Button::Right, true) => (km::MOUSEEVENTF_RIGHTDOWN, 0),
        (Button::Right, false) => (km::MOUSEEVENTF_RIGHTUP, 0),
        (Button::Back, true) => (km::MOUSEEVENTF_XDOWN, XBUTTON1),
        (Button::Back, false) => (km::MOUSEEVENTF_XUP, XBUTTON1),
        (Button::Forward, true) => (km::MOUSEEVENTF_XDOWN, XBUTTON2),
        (Button::Forward, false) => (km::MOUSEEVENTF_XUP, XBUTTON2),
    };
    mouse(flags, i32::from(data), 0, 0)
}

fn mouse(flags: km::MOUSE_EVENT_FLAGS, data: i32, dx: i32, dy: i32) -> km::INPUT {
    let mi = km::MOUSEINPUT {
        dx,
        dy,
        mouseData: data.cast_unsigned(),
        dwFlags: flags,
        time: 0,
        dwExtraInfo: MARK,
    };
    km::INPUT { r#type: km::INPUT_MOUSE, Anonymous: km::INPUT_0 { mi } }
}

fn send(events: &[km::INPUT]) -> Result<(), InjectError> {
    let count = u32::try_from(events.len()).unwrap_or(u32::MAX);
    // SAFETY: `events` is an array of so many whole entries of that size.
    let sent = unsafe { km::SendInput(count, events.as_ptr(), size_of::<km::INPUT>() as i32) };
    if sent == count {
        return Ok(());
    }
    // SAFETY: a plain number.
    match unsafe { GetLastError() } {
        _ if crate::desktop::is_away() => Err(InjectError::SystemPrompt),
        // A program of an administrator is in front.
        ERROR_ACCESS_DENIED => Err(InjectError::Denied),
        code => Err(InjectError::Failed(format!("the system took {sent} of {count} events, error {code}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_stays_in_its_pixel() {
        for (from, size) in [(0, 1920), (-1280, 3200), (-3, 1366), (0, 1)] {
            for at in [from, from + size / 3, from + size - 1] {
                let sent = i64::from(absolute(at, from, size));
                assert_eq!((sent * i64::from(size)) >> 16, i64::from(at - from), "{at} of {from}+{size}");
            }
        }
        assert_eq!(absolute(9_000, 0, 100), absolute(99, 0, 100));
        assert_eq!(absolute(-9_000, 0, 100), 0);
    }
}
