//! The windows: a function of [`deskside_session::app::AppView`] that gives back commands.

use std::sync::Arc;

use deskside_session::app::{AppCommand, AppView};

/// What the windows need from the program around them.
pub trait Backend: Send + Sync {
    /// The newest view, if it changed since serial `since`.
    fn view(&self, since: u64) -> Option<(u64, Arc<AppView>)>;
    fn command(&self, command: AppCommand);
    /// Called once: `wake` makes the window draw again, from any thread.
    fn on_change(&self, wake: Box<dyn Fn() + Send + Sync>);
    /// Where the remote desktop is drawn, while there is one.
    fn picture(&self) -> Option<Arc<dyn PicturePlace>>;
    /// A native window of this program appeared or went, so that remote input never reaches it.
    fn own_window(&self, window: u64, there: bool);
}

/// How the picture fits its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    #[default]
    Fit,
    /// Pixel by pixel, with this pixel of the picture at the top left.
    One { x: u16, y: u16 },
}

/// The remote desktop's native surface, laid into a part of the window (physical pixels).
pub trait PicturePlace: Send + Sync {
    /// False where there is no native surface: then the window draws [`PicturePlace::copy`] itself.
    fn put(&self, parent: u64, x: i32, y: i32, width: u16, height: u16, scale: Scale) -> bool;
    fn hide(&self);
    fn grab_keys(&self, on: bool);
    fn accept_input(&self, on: bool);
    /// (serial, width, height, RGBA) if it changed since `since`.
    fn copy(&self, since: u64) -> Option<(u64, u16, u16, Vec<u8>)>;
}
