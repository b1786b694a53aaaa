//! The clipboard through arboard, which tells of no changes: it is looked at once a second.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use super::{Clipboard, Orders, Told, fits, lock};

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
    fn set(&self, text: String) {
        if fits(text.len()) {
            lock(&self.shared.0).set = Some(text);
            self.shared.1.notify_one();
        }
    }

    fn watch(&self, on: bool) {
        lock(&self.shared.0).watch = on;
        self.shared.1.notify_one();
    }
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

fn keep(mut clipboard: arboard::Clipboard, orders: &Mutex<Orders>, changed: &Condvar, told: &dyn Fn(String)) {
    let mut last: Option<String> = None;
    let mut watching = false;
    loop {
        let mut now = lock(orders);
        let idle = |o: &mut Orders| !o.quit && o.set.is_none() && o.watch == watching;
        now = if watching {
            changed.wait_timeout_while(now, PAUSE, idle).unwrap_or_else(PoisonError::into_inner).0
        } else {
            changed.wait_while(now, idle).unwrap_or_else(PoisonError::into_inner)
        };
        if now.quit {
            return;
        }
        let (set, watch) = (now.set.take(), now.watch);
        drop(now);
        if let Some(text) = set {
            match clipboard.set_text(text.clone()) {
                Ok(()) => last = Some(text),
                Err(e) => tracing::warn!(error = %e, "could not set the clipboard"),
            }
        } else if watch {
            // What was there before the watch began is no change.
            let text = clipboard.get_text().ok().filter(|t| !t.is_empty() && last.as_ref() != Some(t));
            if let Some(text) = text {
                if watching && fits(text.len()) {
                    told(text.clone());
                }
                last = Some(text);
            }
        }
        watching = watch;
    }
}
