//! The windows of this program: registered here so that remote input never reaches them, and so
//! that prompts are not in the shared picture. Also the frame around what is shared.

use std::sync::{Mutex, OnceLock};

use deskside_media::Rect;

/// Native window ids of this program beside those that carry its process id.
pub fn register(window: u64) {
    if let Ok(mut w) = windows().lock() {
        w.push(window);
    }
}

pub fn unregister(window: u64) {
    if let Ok(mut w) = windows().lock() {
        w.retain(|x| *x != window);
    }
}

pub fn registered() -> Vec<u64> {
    windows().lock().map(|w| w.clone()).unwrap_or_default()
}

fn windows() -> &'static Mutex<Vec<u64>> {
    static WINDOWS: OnceLock<Mutex<Vec<u64>>> = OnceLock::new();
    WINDOWS.get_or_init(Mutex::default)
}

/// A coloured frame around the shared part of the desktop, always on top, that input passes through.
/// It goes away when dropped.
pub trait Frame: Send {
    fn place(&self, x: i32, y: i32, area: Rect);
    /// 0xRRGGBB.
    fn colour(&self, rgb: u32);
}

pub fn frame() -> Option<Box<dyn Frame>> {
    None
}
