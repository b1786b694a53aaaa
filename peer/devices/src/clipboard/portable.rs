//! The clipboard through arboard, which tells of no changes: it is looked at once a second. Copied files are told, but those
//! of the other side cannot be pasted: there is no way to give them at the moment at which somebody does.

use std::{
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use deskside_session::clipboard::Clip;

use super::{Clipboard, Copied, Orders, Pasted, Told, checked, lock, picture};
use crate::png_file::Pixels;

const PAUSE: Duration = Duration::from_secs(1);

struct Polled {
    shared: Arc<(Mutex<Orders>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

/// Opens the clipboard of the environment.
pub fn open(told: Told) -> Option<impl Clipboard> {
    let shared = Arc::<(Mutex<Orders>, Condvar)>::default();
    let clipboard = arboard::Clipboard::new().map_err(|e| tracing::info!(error = %e, "no clipboard")).ok()?;
    let theirs = shared.clone();
    let run = move || keep(clipboard, &theirs.0, &theirs.1, &*told);
    let thread = std::thread::Builder::new().name("clipboard".into()).spawn(run).ok()?;
    Some(Polled { shared, thread: Some(thread) })
}

impl Clipboard for Polled {
    fn set(&self, clip: Clip) {
        lock(&self.shared.0).set = Some(clip);
        self.shared.1.notify_one();
    }

    fn watch(&self, on: bool) {
        lock(&self.shared.0).watch = on;
        self.shared.1.notify_one();
    }

    fn watch_files(&self, on: bool) {
        lock(&self.shared.0).watch_files = on;
        self.shared.1.notify_one();
    }

    fn pasted(&self, _: Pasted) {}
}

impl Drop for Polled {
    fn drop(&mut self) {
        lock(&self.shared.0).quit = true;
        self.shared.1.notify_one();
        let own = std::thread::current().id();
        if let Some(thread) = self.thread.take().filter(|t| t.thread().id() != own) {
            let _ = thread.join();
        }
    }
}

fn keep(mut clipboard: arboard::Clipboard, orders: &Mutex<Orders>, changed: &Condvar, told: &dyn Fn(Copied)) {
    let mut last: Option<Clip> = None;
    let mut last_files = Vec::new();
    let (mut watching, mut watching_files) = (false, false);
    loop {
        let mut now = lock(orders);
        let idle = |o: &mut Orders| {
            !o.quit && o.set.is_none() && (o.watch, o.watch_files) == (watching, watching_files)
        };
        now = if watching || watching_files {
            changed.wait_timeout_while(now, PAUSE, idle).unwrap_or_else(PoisonError::into_inner).0
        } else {
            changed.wait_while(now, idle).unwrap_or_else(PoisonError::into_inner)
        };
        if now.quit {
            return;
        }
        let (set, watch, watch_files) = (now.set.take(), now.watch, now.watch_files);
        drop(now);
        if let Some(clip) = set.and_then(checked) {
            match put(&mut clipboard, &clip) {
                Ok(()) => last = Some(clip),
                Err(e) => tracing::warn!(error = %e, "could not set the clipboard"),
            }
        } else if let Some(files) = watch_files.then(|| files(&mut clipboard)).flatten() {
            // What was there before the watch began is no change.
            if files != last_files {
                last_files.clone_from(&files);
                if watching_files {
                    told(Copied::Files(files));
                }
            }
        } else if watch {
            last_files.clear();
            if let Some(clip) = look(&mut clipboard).filter(|c| last.as_ref() != Some(c)) {
                if watching && let Some(clip) = checked(clip.clone()) {
                    told(Copied::Clip(clip));
                }
                last = Some(clip);
            }
        }
        (watching, watching_files) = (watch, watch_files);
    }
}

fn put(clipboard: &mut arboard::Clipboard, clip: &Clip) -> Result<(), arboard::Error> {
    match clip {
        Clip::Text(text) => clipboard.set_text(text.clone()),
        Clip::Files(_) => Err(arboard::Error::ClipboardNotSupported),
        Clip::Picture(png) => {
            let p = picture::read(png).ok_or(arboard::Error::ConversionFailure)?;
            let (width, height) = (p.width as usize, p.height as usize);
            clipboard.set_image(arboard::ImageData { width, height, bytes: p.rgba.into() })
        }
    }
}

/// Files that are copied now.
fn files(clipboard: &mut arboard::Clipboard) -> Option<Vec<PathBuf>> {
    clipboard.get().file_list().ok().filter(|files| !files.is_empty())
}

/// What is there now: a text before a picture.
fn look(clipboard: &mut arboard::Clipboard) -> Option<Clip> {
    if let Some(text) = clipboard.get_text().ok().filter(|t| !t.is_empty()) {
        return Some(Clip::Text(text));
    }
    let image = clipboard.get_image().ok()?;
    let (width, height) = (u32::try_from(image.width).ok()?, u32::try_from(image.height).ok()?);
    picture::write(&Pixels { width, height, rgba: image.bytes.into_owned() }).map(Clip::Picture)
}
