//! The clipboard: texts, pictures as PNG files, and files.

use std::{
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

use deskside_session::{
    clipboard::Clip,
    wire::{MAX_CLIPBOARD, MAX_CLIPBOARD_PICTURE},
};

mod picture;
pub mod portable;
#[cfg(all(unix, not(target_os = "macos")))]
pub mod x11;

/// Lives on its own thread; what is set is not reported as a change. What is larger than the session carries is left
/// where it is; a picture is read and written anew, on its way in and out.
pub trait Clipboard: Send {
    /// Files are offered by their names; the first program that pastes them is told, see [`Copied::Paste`].
    fn set(&self, clip: Clip);
    /// Whether changes of texts and pictures are told from now on.
    fn watch(&self, on: bool);
    /// Whether copied files are told from now on.
    fn watch_files(&self, on: bool);
    /// Answers [`Copied::Paste`].
    fn pasted(&self, pasted: Pasted);
}

/// What is told of the clipboard.
#[derive(Debug)]
pub enum Copied {
    Clip(Clip),
    /// Files and folders of this computer.
    Files(Vec<PathBuf>),
    /// A program waits for the contents of the files that were set.
    Paste,
}

/// What becomes of the programs that wait for files.
#[derive(Debug)]
pub enum Pasted {
    /// They are here.
    Ready(Vec<PathBuf>),
    /// They cannot be had now. `forget`: nor later, and they are not offered any more.
    Nothing { forget: bool },
}

/// Called from the clipboard's thread.
pub type Told = Box<dyn Fn(Copied) + Send>;

/// `told` is called with what another program put there: a text of at most 1 MiB, or, where there is none, a picture of
/// at most 8 MiB.
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

/// What the thread is to do next; what is newer takes the place of what is older.
#[derive(Default)]
struct Orders {
    set: Option<Clip>,
    watch: bool,
    watch_files: bool,
    #[cfg(all(unix, not(target_os = "macos")))]
    pasted: Option<Pasted>,
    quit: bool,
}

/// False, with a line in the log, for what is too large.
fn fits(bytes: usize, most: usize) -> bool {
    let fits = bytes <= most;
    if !fits {
        tracing::warn!(bytes, most, "ignored something too large on the clipboard");
    }
    fits
}

/// What may be set or told: a text as it is, a picture written anew.
fn checked(clip: Clip) -> Option<Clip> {
    match clip {
        Clip::Text(text) => fits(text.len(), MAX_CLIPBOARD).then_some(Clip::Text(text)),
        Clip::Files(list) => Some(Clip::Files(list)),
        Clip::Picture(png) => {
            let clean = picture::clean(&png);
            if clean.is_none() {
                tracing::warn!(bytes = png.len(), "ignored what is no sound picture on the clipboard");
            }
            let clean = clean?;
            fits(clean.len(), MAX_CLIPBOARD_PICTURE).then_some(Clip::Picture(clean))
        }
    }
}

fn lock(orders: &Mutex<Orders>) -> MutexGuard<'_, Orders> {
    orders.lock().unwrap_or_else(PoisonError::into_inner)
}
