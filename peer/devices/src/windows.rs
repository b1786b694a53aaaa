//! The windows of other programs on this computer.

pub(crate) mod icon;
#[cfg(not(target_os = "macos"))]
pub(crate) mod region;
#[cfg(windows)]
pub(crate) mod win32;
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) mod x11;

use deskside_session::hiding::OpenWindow;
pub use icon::{ICON, Icon};

/// The open windows of other programs, the top one first. None where they cannot be listed.
pub fn list() -> Option<Vec<OpenWindow>> {
    #[cfg(all(unix, not(target_os = "macos")))]
    return list_x11(None);
    #[cfg(windows)]
    return win32::list();
    #[cfg(target_os = "macos")]
    return None;
}

/// Those of this X11 display (`:1`); of the environment's one when there is none.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn list_x11(display: Option<&str>) -> Option<Vec<OpenWindow>> {
    x11::list(display).inspect_err(|why| tracing::info!(%why, "windows cannot be listed")).ok()
}

/// The window in front now, if it is another program's, and what becomes of it later. None where it is not known.
pub fn front() -> Option<(OpenWindow, Front)> {
    #[cfg(all(unix, not(target_os = "macos")))]
    return front_x11(None);
    #[cfg(windows)]
    return win32::front::Front::open().map(|(open, front)| (open, Front(front)));
    #[cfg(target_os = "macos")]
    return None;
}

/// That of this X11 display (`:1`); of the environment's one when there is none.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn front_x11(display: Option<&str>) -> Option<(OpenWindow, Front)> {
    let found = x11::front::Front::open(display);
    let (open, front) =
        found.inspect_err(|why| tracing::info!(%why, "which window is in front is not known")).ok()??;
    Some((open, Front(front)))
}

/// A window that was in front.
pub struct Front(
    #[cfg(all(unix, not(target_os = "macos")))] x11::front::Front,
    #[cfg(windows)] win32::front::Front,
    #[cfg(target_os = "macos")] std::convert::Infallible,
);

impl Front {
    /// Blocks, and tells whenever it has another title, and at last, with none, that it is gone.
    pub fn watch(self, told: &dyn Fn(Option<OpenWindow>)) {
        #[cfg(not(target_os = "macos"))]
        self.0.watch(told);
        #[cfg(target_os = "macos")]
        let _ = told;
    }
}
