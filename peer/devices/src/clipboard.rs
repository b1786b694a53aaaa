//! The clipboard's text.

use std::sync::{Mutex, MutexGuard, PoisonError};

pub mod portable;
#[cfg(all(unix, not(target_os = "macos")))]
pub mod x11;

/// The largest text, in bytes of UTF-8, that is set or told; larger ones are left where they are.
pub const MAX_TEXT: usize = 1 << 20;

/// Lives on its own thread; setting a text does not report it as a change.
pub trait Clipboard: Send {
    fn set(&self, text: String);
    /// Whether changes are told from now on.
    fn watch(&self, on: bool);
}

/// Called with each new text, from the clipboard's thread.
pub type Told = Box<dyn Fn(String) + Send>;

/// `told` is called with each new text that another program put there, at most 1 MiB.
/// On X11 changes are told as they happen; elsewhere the clipboard is looked at once a second.
pub fn open(told: Told) -> Option<Box<dyn Clipboard>> {
    #[cfg(all(unix, not(target_os = "macos")))]
    {
        // A display without a usable clipboard has none for the other back end either.
        if std::env::var_os("DISPLAY").is_some() {
            return Some(Box::new(x11::open(None, told)?));
        }
    }
    Some(Box::new(portable::open(told)?))
}

/// What the thread is to do next; a newer text takes the place of an older one.
#[derive(Default)]
struct Orders {
    set: Option<String>,
    watch: bool,
    quit: bool,
}

/// False, with a line in the log, for a text that is too large.
fn fits(bytes: usize) -> bool {
    let fits = bytes <= MAX_TEXT;
    if !fits {
        tracing::warn!(bytes, "ignored a clipboard text of more than 1 MiB");
    }
    fits
}

fn lock(orders: &Mutex<Orders>) -> MutexGuard<'_, Orders> {
    orders.lock().unwrap_or_else(PoisonError::into_inner)
}
