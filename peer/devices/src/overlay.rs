//! What people draw, on the real desktop: above everything else, and input passes through it.

#[cfg(all(unix, not(target_os = "macos")))]
mod glass;
pub mod raster;
#[cfg(all(unix, not(target_os = "macos")))]
mod x11;

use deskside_session::marks::Mark;

use crate::surface::OnInput;

/// Marks over a part of the desktop; gone when dropped.
pub trait Overlay: Send {
    /// Where the shared picture is on the desktop.
    fn place(&self, x: i32, y: i32, width: u16, height: u16);
    /// These marks, in pixels of the picture, and no others.
    fn show(&self, marks: Vec<Mark>);
    /// While on, the mouse over that part of the desktop is told and does nothing else there, but over windows of this
    /// program.
    fn take_mouse(&self, on: bool);
}

/// Windows of this process by their classes (WM_CLASS).
#[derive(Clone, Copy)]
pub struct Own {
    /// Never covered by marks.
    pub above: &'static [&'static str],
    /// Besides those: used by the mouse also while it draws.
    pub usable: &'static [&'static str],
}

/// Whether this system has a way to draw on the desktop at all.
pub fn possible() -> bool {
    cfg!(all(unix, not(target_os = "macos")))
}

/// Opens one; none where the system has no way to draw on the desktop.
pub fn open(own: Own, on_input: OnInput) -> Option<Box<dyn Overlay>> {
    #[cfg(all(unix, not(target_os = "macos")))]
    match x11::X11::open(None, own, on_input) {
        Ok(overlay) => return Some(Box::new(overlay)),
        Err(why) => tracing::info!(%why, "nothing can be drawn on this desktop"),
    }
    #[cfg(not(all(unix, not(target_os = "macos"))))]
    let _ = (own, on_input);
    None
}

/// The same on this X11 display (`:1`).
#[cfg(all(unix, not(target_os = "macos")))]
pub fn open_x11(display: &str, own: Own, on_input: OnInput) -> Option<Box<dyn Overlay>> {
    Some(Box::new(x11::X11::open(Some(display), own, on_input).ok()?))
}
