//! What people draw, on the real desktop: above everything else, and input passes through it.

pub mod raster;
#[cfg(all(unix, not(target_os = "macos")))]
mod x11;

use deskside_session::marks::Mark;

/// Marks over a part of the desktop; gone when dropped.
pub trait Overlay: Send {
    /// Where the shared picture is on the desktop.
    fn place(&self, x: i32, y: i32, width: u16, height: u16);
    /// These marks, in pixels of the picture, and no others.
    fn show(&self, marks: Vec<Mark>);
}

/// An overlay that never covers windows of this process with one of these classes (WM_CLASS); none where the system has
/// no way to draw one.
pub fn open(above: &'static [&'static str]) -> Option<Box<dyn Overlay>> {
    #[cfg(all(unix, not(target_os = "macos")))]
    match x11::X11::open(None, above) {
        Ok(overlay) => return Some(Box::new(overlay)),
        Err(why) => tracing::info!(%why, "nothing can be drawn on this desktop"),
    }
    None
}

/// The same on this X11 display (`:1`).
#[cfg(all(unix, not(target_os = "macos")))]
pub fn open_x11(display: &str, above: &'static [&'static str]) -> Option<Box<dyn Overlay>> {
    Some(Box::new(x11::X11::open(Some(display), above).ok()?))
}
