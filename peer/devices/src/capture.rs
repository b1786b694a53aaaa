//! Pictures of the desktop, and the pointer's shape and place apart from them.

pub(crate) mod area;
#[cfg(not(target_os = "macos"))]
mod cover;
#[cfg(windows)]
pub(crate) mod cursor;
#[cfg(not(target_os = "macos"))]
mod hatch;
#[cfg(not(target_os = "macos"))]
mod layers;
#[cfg(windows)]
mod windows;
#[cfg(all(unix, not(target_os = "macos")))]
mod x11;
#[cfg(feature = "xcap")]
mod xcap;

use std::{sync::Arc, time::Duration};

use deskside_media::{Picture, Rect};
use deskside_session::{
    command::Screen,
    hiding::{Hidden, Hiding, Scope},
    programs::SeenProgram,
    view::Monitor,
};

/// A source of pictures. Lives on one thread.
pub trait Capturer {
    /// The monitors that are there now, in the order of their indices; no two have the same name.
    fn monitors(&mut self) -> Result<Vec<Monitor>, CaptureError>;
    /// Top left of the captured part on the desktop, and its size, pixels.
    fn area(&self) -> (i32, i32, u16, u16);
    /// The one monitor that is captured, by its name: it is kept to even when its index or place changes. While it is not
    /// there, [`Capturer::grab`] fails. None for all of them.
    fn monitor(&self) -> Option<&str>;
    /// Blocks until something changed, the [`Waker`] was called, or the time is over. Each change is
    /// told once: damage that was told is not told again before the next grab.
    fn wait(&mut self, timeout: Duration) -> Result<Happened, CaptureError>;
    /// Fetches the pixels of all that changed since the last grab. `changed` gets the rectangles
    /// (relative to the area, merged); only those of the picture are fresh and may be read.
    /// The first grab, and one after [`Capturer::refresh`] or a change of size, is the whole area.
    fn grab(&mut self, changed: &mut Vec<Rect>) -> Result<Picture<'_>, CaptureError>;
    /// Makes the next grab whole.
    fn refresh(&mut self);
    /// The pointer now: place relative to the area, and the shape if it changed since the last call.
    fn pointer(&mut self) -> Result<Pointer, CaptureError>;
    /// Keeps these windows out of all pictures from the next grab on; nothing is hidden before it is called.
    fn hide(&mut self, hidden: &Hidden);
    /// Keeps all else out of all pictures from the next grab on; what cannot be told apart, too.
    fn limit(&mut self, scope: &Scope);
    /// How those programs stood in the last picture; their places are relative to the area.
    fn programs(&self) -> Vec<SeenProgram>;
    /// Whether something was covered in the last picture.
    fn hiding(&self) -> Hiding;
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
    #[error("the system asks the person something that no program sees")]
    SystemPrompt,
    #[error("there is no monitor {0}")]
    NoSuchMonitor(u32),
    #[error("capturing the screen failed: {0}")]
    Failed(String),
}

/// A back end's name and how to open it.
type BackEnd = (&'static str, fn(Screen) -> Result<Box<dyn Capturer>, CaptureError>);

const BACK_ENDS: &[BackEnd] = &[
    #[cfg(all(unix, not(target_os = "macos")))]
    ("x11", |screen| open_x11(None, screen)),
    #[cfg(feature = "xcap")]
    ("xcap", |screen| Ok(Box::new(xcap::Xcap::open(screen)?))),
];

/// Opens the best back end that works for this screen: X11 by damage and shared memory, else xcap.
/// A back end that a person denied ends the search. The environment variable `DESKSIDE_CAPTURE`
/// (`x11` or `xcap`) forces one, for tests and odd systems.
pub fn open(screen: Screen) -> Result<Box<dyn Capturer>, CaptureError> {
    match std::env::var("DESKSIDE_CAPTURE").ok().filter(|name| !name.is_empty()) {
        Some(name) => open_named(&name, screen),
        None => open_first(screen),
    }
}

/// Opens the back end of this name, and no other.
pub fn open_named(name: &str, screen: Screen) -> Result<Box<dyn Capturer>, CaptureError> {
    let (_, open) = BACK_ENDS
        .iter()
        .find(|b| b.0 == name)
        .ok_or_else(|| CaptureError::Failed(format!("there is no capture by {name:?} in this program")))?;
    open(screen)
}

/// Opens X11 capture of this display (`:1`); of the environment's one when there is none.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn open_x11(display: Option<&str>, screen: Screen) -> Result<Box<dyn Capturer>, CaptureError> {
    Ok(Box::new(x11::X11::open(display, screen)?))
}

/// The monitor of this name; where none is known yet, of this index.
#[cfg(all(unix, not(target_os = "macos")))]
fn find<'a>(all: &'a [Monitor], index: u32, name: Option<&str>) -> Option<&'a Monitor> {
    match name {
        Some(name) => all.iter().find(|m| m.name == name),
        None => all.get(usize::try_from(index).ok()?),
    }
}

fn open_first(screen: Screen) -> Result<Box<dyn Capturer>, CaptureError> {
    let wayland = std::env::var_os("WAYLAND_DISPLAY").is_some_and(|v| !v.is_empty());
    let mut error = CaptureError::NoDisplay;
    for (name, open) in BACK_ENDS {
        // The X server of a Wayland session knows only its own programs; its root is empty.
        if *name == "x11" && wayland && BACK_ENDS.len() > 1 {
            continue;
        }
        match open(screen) {
            Ok(capturer) => {
                tracing::debug!(back_end = name, "capturing");
                return Ok(capturer);
            }
            Err(e @ (CaptureError::Denied | CaptureError::NoSuchMonitor(_))) => return Err(e),
            Err(e) => {
                tracing::debug!(back_end = name, error = %e, "no capture");
                // The first that found a display says best what is wrong.
                if error == CaptureError::NoDisplay {
                    error = e;
                }
            }
        }
    }
    Err(error)
}
