//! Which program opens `deskside://` links for the person at this computer.

#[cfg(windows)]
mod windows;

use std::path::Path;

#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    #[error("on this system a package or the desktop says which program opens links")]
    NotHere,
    #[error("the system did not take it: {0}")]
    Failed(String),
}

/// Whether links open this executable; false where it is not known.
pub fn is(exe: &Path) -> bool {
    #[cfg(windows)]
    return windows::is(exe);
    #[cfg(not(windows))]
    {
        let _ = exe;
        false
    }
}

/// Makes links open this executable, for this person alone, without an administrator's rights.
pub fn add(exe: &Path) -> Result<(), HandlerError> {
    #[cfg(windows)]
    return windows::add(exe);
    #[cfg(not(windows))]
    {
        let _ = exe;
        Err(HandlerError::NotHere)
    }
}

/// Takes that back; fine when there is none.
pub fn remove() -> Result<(), HandlerError> {
    #[cfg(windows)]
    return windows::remove();
    #[cfg(not(windows))]
    Err(HandlerError::NotHere)
}
