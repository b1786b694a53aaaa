//! The computer's devices behind small traits, with an ordered fall-back of back ends:
//! capture, input, own-input watch, clipboard, files that are copied, and the window surface that shows a picture.
//! Operating-system code lives only in `*/<backend>.rs`.

pub mod capture;
pub mod clipboard;
pub mod console;
#[cfg(windows)]
mod desktop;
pub mod files;
pub mod handler;
pub mod inject;
pub mod overlay;
pub mod own;
mod png_file;
pub mod programs;
pub mod surface;
pub mod watch;
pub mod windows;
#[cfg(all(unix, not(target_os = "macos")))]
mod x11;
