//! Acts with pointer and keyboard on this computer.

use std::time::Duration;

use deskside_session::{hiding::Scope, input::InputEvent};

pub(crate) mod codes;
pub mod rdev;
mod sent;
#[cfg(windows)]
pub(crate) mod windows;
#[cfg(all(unix, not(target_os = "macos")))]
pub mod x11;

pub(crate) use rdev::heard;
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) use sent::display_id;
pub(crate) use sent::{ANY_DISPLAY, Act, take as take_sent};

/// The longest [`InputEvent::Text`], in characters.
pub const MAX_TEXT: usize = 1_000;

/// Drops everything that would reach the peer's own windows; remembers what it holds down.
pub trait Injector: Send {
    /// `origin`: top left of the shared picture on the desktop; positions are clamped to `size`.
    ///
    /// The down of a key that is held already repeats it; the computer's own repetition is off for held
    /// keys as far as that can be done, so that a late up does not type a row of characters.
    /// The up of a key or button that is not held is no error.
    fn inject(&mut self, event: &InputEvent, origin: (i32, i32), size: (u16, u16))
    -> Result<(), InjectError>;
    /// Refuses from now on what would reach anything else; whatever it cannot tell apart, too.
    fn limit(&mut self, scope: &Scope);
    /// Releases every key and button that this injector holds down.
    fn release_all(&mut self);
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InjectError {
    #[error("there is no display")]
    NoDisplay,
    #[error("the system does not permit to send input")]
    Denied,
    #[error("the system asks the person something where no program acts")]
    SystemPrompt,
    #[error("the event would have reached a window of this program, or one that is not shared")]
    OwnWindow,
    #[error("this key cannot be typed here")]
    NoSuchKey,
    #[error("sending input failed: {0}")]
    Failed(String),
}

/// Opens the best back end: XTest on a kept X11 connection, SendInput on Windows, else rdev (with enigo for text).
/// The environment's `DESKSIDE_INPUT` may ask for one of them: `xtest`, `sendinput` or `rdev`.
pub fn open() -> Result<Box<dyn Injector>, InjectError> {
    let wish = std::env::var("DESKSIDE_INPUT").unwrap_or_default();
    match wish.as_str() {
        "xtest" => open_xtest(),
        "sendinput" => open_sendinput(),
        "rdev" => open_rdev(),
        _ if cfg!(windows) => open_sendinput(),
        _ => match open_xtest() {
            // A person said no: that is not to be got round.
            Err(e) if e != InjectError::Denied => {
                tracing::debug!(error = %e, "no XTest, trying rdev");
                open_rdev()
            }
            done => done,
        },
    }
}

fn open_xtest() -> Result<Box<dyn Injector>, InjectError> {
    #[cfg(all(unix, not(target_os = "macos")))]
    return Ok(Box::new(x11::XTest::open(None)?));
    #[cfg(not(all(unix, not(target_os = "macos"))))]
    return Err(InjectError::NoDisplay);
}

fn open_sendinput() -> Result<Box<dyn Injector>, InjectError> {
    #[cfg(windows)]
    return Ok(Box::new(windows::SendInput::open()));
    #[cfg(not(windows))]
    return Err(InjectError::NoDisplay);
}

fn open_rdev() -> Result<Box<dyn Injector>, InjectError> {
    Ok(Box::new(rdev::Rdev::open()?))
}

/// The place on the desktop of a pixel of the shared picture, clamped to the picture.
fn place(x: u16, y: u16, origin: (i32, i32), size: (u16, u16)) -> (i32, i32) {
    let clamp = |v: u16, n: u16| i32::from(v.min(n.saturating_sub(1)));
    (origin.0.saturating_add(clamp(x, size.0)), origin.1.saturating_add(clamp(y, size.1)))
}

/// A program translates a key press with the layout it fetched last. It learns of changes in order with
/// the presses, but fetches when it gets round to it: until then a used key must mean the same.
const SETTLE: Duration = Duration::from_secs(1);

/// Lets other programs fetch the layout.
#[expect(clippy::disallowed_methods, reason = "no program tells when it has fetched the layout")]
fn settle(time: Duration) {
    if !time.is_zero() {
        std::thread::sleep(time);
    }
}

/// Collects 1/120 notches of one wheel and gives whole ones.
#[derive(Default)]
struct Notches(i32);

impl Notches {
    /// Whole notches, at most 273 either way; the rest is kept for the next call.
    fn add(&mut self, part: i16) -> i32 {
        // A turn the other way starts from rest, else it would first have to undo the remainder.
        if self.0.signum() * i32::from(part).signum() < 0 {
            self.0 = 0;
        }
        self.0 += i32::from(part);
        let whole = self.0 / 120;
        self.0 %= 120;
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_stay_in_the_picture() {
        assert_eq!(place(10, 20, (100, 200), (640, 480)), (110, 220));
        assert_eq!(place(9_000, 9_000, (-50, 0), (640, 480)), (589, 479));
        assert_eq!(place(5, 5, (1, 1), (0, 0)), (1, 1));
    }

    #[test]
    fn wheel_parts_add_up() {
        let mut n = Notches::default();
        assert_eq!([60, 60, 30, 210].map(|p| n.add(p)), [0, 1, 0, 2]);
        assert_eq!([100, -119, -1].map(|p| n.add(p)), [0, 0, -1]);
        assert_eq!(Notches::default().add(i16::MIN), -273);
    }
}
