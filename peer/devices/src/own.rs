//! The windows of this program: registered here so that remote input never reaches them, and so
//! that prompts are not in the shared picture. Also the frame around what is shared.

#[cfg(all(unix, not(target_os = "macos")))]
mod find;
#[cfg(all(unix, not(target_os = "macos")))]
mod label;
#[cfg(all(unix, not(target_os = "macos")))]
mod strip;
#[cfg(all(unix, not(target_os = "macos")))]
mod tab;
#[cfg(windows)]
pub(crate) mod windows;
#[cfg(all(unix, not(target_os = "macos")))]
mod x11;

use std::sync::{Mutex, MutexGuard, OnceLock};

use deskside_media::Rect;
#[cfg(all(unix, not(target_os = "macos")))]
pub use find::Finder;

/// Native window ids of this program beside those that carry its process id.
pub fn register(window: u64) {
    register_in(&mut state().own, window);
}

/// The same for one that shows nothing but its own few pixels, and covers nothing: the frame, and drawings.
#[cfg(not(target_os = "macos"))]
pub(crate) fn register_clear(window: u64) {
    let mut s = state();
    register_in(&mut s.own, window);
    register_in(&mut s.clear, window);
}

pub fn unregister(window: u64) {
    let mut s = state();
    unregister_in(&mut s.own, window);
    unregister_in(&mut s.clear, window);
}

/// The windows that [`register_clear`] named.
#[cfg(not(target_os = "macos"))]
pub(crate) fn clear() -> Vec<u64> {
    state().clear.clone()
}

pub fn registered() -> Vec<u64> {
    state().own.clone()
}

/// A window, best before it is shown, that is black in every captured picture from now on.
pub fn register_private(window: u64) {
    let mut s = state();
    register_in(&mut s.private, window);
    s.tell();
}

pub fn unregister_private(window: u64) {
    let mut s = state();
    unregister_in(&mut s.private, window);
    s.tell();
}

/// The windows that [`register_private`] named.
pub fn private() -> Vec<u64> {
    state().private.clone()
}

/// The same for all windows of this process with one of these titles, where windows have no classes by which to find them.
pub fn name_private(titles: Vec<String>) {
    state().titles = titles;
}

/// What [`name_private`] was given.
#[cfg(windows)]
pub(crate) fn private_titles() -> Vec<String> {
    state().titles.clone()
}

/// A way to find windows of this process by their class; none where windows have no classes.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn finder() -> Option<Finder> {
    Finder::open(None).ok()
}

/// A way to find windows of this process by their class: there is none here, where windows have none of their own.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub struct Finder(std::convert::Infallible);

#[cfg(not(all(unix, not(target_os = "macos"))))]
impl Finder {
    pub fn find(&self, _class: &str) -> Vec<u64> {
        match self.0 {}
    }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
pub fn finder() -> Option<Finder> {
    None
}

/// Grows with each change of the private windows; 0 before the first.
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) fn private_serial() -> u64 {
    state().serial
}

/// Calls `told` whenever the private windows change, until the listener is dropped. `told` must not
/// call back into this module.
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) fn listen(told: Box<dyn Fn() + Send>) -> Listener {
    let mut s = state();
    s.next += 1;
    let id = s.next;
    s.listeners.push((id, told));
    Listener(id)
}

#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) struct Listener(u64);

#[cfg(all(unix, not(target_os = "macos")))]
impl Drop for Listener {
    fn drop(&mut self) {
        state().listeners.retain(|(id, _)| *id != self.0);
    }
}

#[derive(Default)]
struct State {
    own: Vec<u64>,
    clear: Vec<u64>,
    private: Vec<u64>,
    titles: Vec<String>,
    serial: u64,
    listeners: Vec<(u64, Box<dyn Fn() + Send>)>,
    #[cfg(all(unix, not(target_os = "macos")))]
    next: u64,
}

impl State {
    fn tell(&mut self) {
        self.serial += 1;
        self.listeners.iter().for_each(|(_, told)| told());
    }
}

fn state() -> MutexGuard<'static, State> {
    static STATE: OnceLock<Mutex<State>> = OnceLock::new();
    STATE.get_or_init(Mutex::default).lock().unwrap_or_else(|broken| broken.into_inner())
}

fn register_in(windows: &mut Vec<u64>, window: u64) {
    if !windows.contains(&window) {
        windows.push(window);
    }
}

fn unregister_in(windows: &mut Vec<u64>, window: u64) {
    windows.retain(|w| *w != window);
}

/// Width of the frame around what is shared, in pixels.
#[cfg(not(target_os = "macos"))]
pub(crate) const FRAME: u16 = 4;

/// A coloured frame around the shared part of the desktop, always on top, that input passes through.
/// It is shown from the first [`Frame::place`] on, and goes away when dropped.
pub trait Frame: Send {
    /// Around this part of the desktop: `area`, its place counted from `x`, `y`; within its edges. An
    /// empty area hides the frame.
    fn place(&self, x: i32, y: i32, area: Rect);
    /// 0xRRGGBB.
    fn colour(&self, rgb: u32);
    /// The window that alone is shared: the tab goes along with it while it is seen. None for the desktop.
    fn follow(&self, window: Option<u64>);
}

/// The tab on a frame: a strip at its upper edge, that shows these words under the pointer. Remote input never reaches it.
pub struct Stop {
    pub words: String,
    /// After a click by the person here, on the frame's own thread.
    pub on_stop: Box<dyn Fn() + Send>,
}

/// WM_CLASS of the tab.
pub const TAB_CLASS: &str = "deskside-tab";

/// None where the system has no way to draw one.
pub fn frame(stop: Option<Stop>) -> Option<Box<dyn Frame>> {
    #[cfg(all(unix, not(target_os = "macos")))]
    match x11::X11::open(None, stop) {
        Ok(frame) => return Some(Box::new(frame)),
        Err(why) => tracing::info!(%why, "no frame around what is shared"),
    }
    #[cfg(windows)]
    match windows::frame::Strips::open() {
        Ok(frame) => {
            // It has no tab; the bar stops.
            drop(stop);
            return Some(Box::new(frame));
        }
        Err(why) => tracing::info!(%why, "no frame around what is shared"),
    }
    #[cfg(target_os = "macos")]
    drop(stop);
    None
}

/// A frame on this X11 display (`:1`).
#[cfg(all(unix, not(target_os = "macos")))]
pub fn frame_x11(display: &str, stop: Option<Stop>) -> Option<Box<dyn Frame>> {
    Some(Box::new(x11::X11::open(Some(display), stop).ok()?))
}
