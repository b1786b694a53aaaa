//! The windows of other programs on this computer.

pub(crate) mod region;
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) mod x11;

use deskside_session::hiding::OpenWindow;

/// The open windows of other programs, the top one first. None where they cannot be listed.
pub fn list() -> Option<Vec<OpenWindow>> {
    #[cfg(all(unix, not(target_os = "macos")))]
    return list_x11(None);
    #[cfg(not(all(unix, not(target_os = "macos"))))]
    return None;
}

/// Those of this X11 display (`:1`); of the environment's one when there is none.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn list_x11(display: Option<&str>) -> Option<Vec<OpenWindow>> {
    x11::list(display).inspect_err(|why| tracing::info!(%why, "windows cannot be listed")).ok()
}
