//! Notices what the person at this computer does with mouse and keyboard, apart from what
//! [`crate::inject`] sends.

use crate::inject::InjectError;

mod judge;
pub mod rdev;
#[cfg(windows)]
mod windows;
#[cfg(all(unix, not(target_os = "macos")))]
pub mod x11;

/// What the person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnAct {
    /// Moved the mouse (more than a few pixels), clicked or pressed a key.
    Input,
    /// Escape three times within a second and a half.
    PanicKey,
}

/// Stops watching when dropped.
pub trait Watch: Send {}

/// Starts a thread that calls `told` for each act, at most 20 times a second each: by XInput2 on X11,
/// by hooks on Windows, else by rdev.
pub fn start(told: Box<dyn Fn(OwnAct) + Send>) -> Result<Box<dyn Watch>, InjectError> {
    #[cfg(all(unix, not(target_os = "macos")))]
    return Ok(Box::new(x11::start(None, told)?));
    #[cfg(windows)]
    return Ok(Box::new(windows::start(told)?));
    #[cfg(target_os = "macos")]
    return Ok(Box::new(rdev::start(told)?));
}
