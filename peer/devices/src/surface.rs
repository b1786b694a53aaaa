//! Where a received picture is shown: memory that decoders write to, and a native window that puts
//! only what changed on the screen.

#[cfg(all(unix, not(target_os = "macos")))]
mod layout;
mod memory;
#[cfg(all(unix, not(target_os = "macos")))]
mod x11;

use deskside_media::Rect;
use deskside_session::input::InputEvent;

use crate::capture::PointerShape;

/// A picture's home. Lives on the viewer's thread.
pub trait Surface: Send {
    /// Sets the picture's size; its content is black afterwards.
    fn resize(&mut self, width: u16, height: u16);
    /// The picture's memory (BGRX) and its stride in bytes.
    fn buffer(&mut self) -> (&mut [u8], usize);
    /// Shows these parts of the buffer, and returns when the memory may be written again.
    fn present(&mut self, changed: &[Rect]);
    fn pointer_shape(&mut self, shape: &PointerShape);
    /// Where the remote pointer is, in pixels of the picture.
    fn pointer_at(&mut self, x: i32, y: i32);
    /// Handle for the window's side.
    fn place(&self) -> std::sync::Arc<dyn Place>;
}

/// How the picture fits its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// As large as fits, the shape kept.
    #[default]
    Fit,
    /// This large, 100 being pixel by pixel; scrolled by so many pixels of the window.
    Zoom { percent: u16, x: u32, y: u32 },
}

/// A turn of the wheel that is for the window around the picture, not for the other computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wheel {
    /// Where, in pixels of the window, counted from the picture's place in it.
    pub x: i32,
    pub y: i32,
    /// 120 a notch; away from the person and to the right is positive.
    pub dx: i16,
    pub dy: i16,
    /// Control was held.
    pub zoom: bool,
}

pub type OnWheel = Box<dyn Fn(Wheel) + Send + Sync>;

/// The window's side of a surface; callable from the UI's thread.
pub trait Place: Send + Sync {
    /// Puts the picture into this part (physical pixels) of a native window.
    /// False where that cannot be done: then the UI draws [`Place::copy`] itself.
    fn put(&self, parent: u64, x: i32, y: i32, width: u16, height: u16, scale: Scale) -> bool;
    fn hide(&self);
    /// Shows only this part of the picture from now on; all of it again without one.
    fn crop(&self, part: Option<Rect>);
    /// One more place of the same picture, which goes away when it is dropped.
    fn another(&self) -> Option<std::sync::Arc<dyn Place>>;
    /// Takes keyboard and system key combinations while on, as far as the system lets it.
    fn grab_keys(&self, on: bool);
    /// Whether pointer and keyboard over the picture become [`InputEvent`]s.
    fn accept_input(&self, on: bool);
    /// Whether a click into the picture gives it the keyboard; it does until this was said. When it does not any more, the
    /// window around it gets the keyboard back.
    fn accept_keys(&self, on: bool);
    /// Keys go to the picture from now on, as after a click into it; while input is accepted. With [`Place::grab_keys`] the
    /// right Control key alone, twice, brings them back.
    fn take_keyboard(&self);
    /// Who is told of the wheel over the picture wherever it is not input: where none is accepted, where the keys are not
    /// for the picture, and with Control while another window has the keyboard.
    fn on_wheel(&self, on_wheel: OnWheel);
    /// A copy of the picture if it changed since serial `since`: (serial, width, height, RGBA).
    fn copy(&self, since: u64) -> Option<(u64, u16, u16, Vec<u8>)>;
}

/// What a person does on the surface, and what the pointer left over.
pub type OnInput = Box<dyn Fn(InputEvent) + Send + Sync>;

/// Opens a surface: an X11 child window with shared memory, else memory only.
pub fn open(on_input: OnInput) -> Box<dyn Surface> {
    #[cfg(all(unix, not(target_os = "macos")))]
    match x11::X11::open(None, on_input) {
        Ok(surface) => return Box::new(surface),
        Err(why) => tracing::info!(%why, "the picture has no window of its own"),
    }
    #[cfg(not(all(unix, not(target_os = "macos"))))]
    drop(on_input);
    headless()
}

/// Opens a surface for windows of this X11 display (`:1`); none if there is no such display.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn open_x11(display: &str, on_input: OnInput) -> Option<Box<dyn Surface>> {
    let surface = x11::X11::open(Some(display), on_input).ok()?;
    Some(Box::new(surface))
}

/// A surface without a window.
pub fn headless() -> Box<dyn Surface> {
    Box::new(memory::Memory::default())
}
