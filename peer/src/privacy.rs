//! Keeps the customer's consent prompt out of the shared picture.

use std::{
    collections::BTreeSet,
    sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel},
    thread::JoinHandle,
    time::Duration,
};

use deskside_devices::own;

/// How often a window that is about to appear is looked for.
const LOOK: Duration = Duration::from_millis(10);

/// Looks for the windows of a class while told to, and has them blacked out.
pub struct Privacy {
    wanted: Option<SyncSender<bool>>,
    thread: Option<JoinHandle<()>>,
    on: bool,
}

impl Privacy {
    pub fn start(class: &'static str) -> std::io::Result<Self> {
        let (wanted, told) = sync_channel::<bool>(16);
        let thread = std::thread::Builder::new().name("privacy".into()).spawn(move || {
            let mut known = BTreeSet::new();
            let mut finder = None;
            while let Ok(mut on) = told.recv() {
                while on {
                    if finder.is_none() {
                        finder = own::finder();
                    }
                    let there: BTreeSet<u64> =
                        finder.as_ref().map(|f| f.find(class)).unwrap_or_default().into_iter().collect();
                    replace(&mut known, there);
                    match told.recv_timeout(LOOK) {
                        Ok(now) => on = now,
                        Err(RecvTimeoutError::Timeout) => {}
                        Err(RecvTimeoutError::Disconnected) => break,
                    }
                }
                replace(&mut known, BTreeSet::new());
            }
        })?;
        Ok(Self { wanted: Some(wanted), thread: Some(thread), on: false })
    }

    /// Whether such a window is, or is about to be, on the screen.
    pub fn want(&mut self, on: bool) {
        if self.on != on
            && let Some(wanted) = &self.wanted
        {
            self.on = on;
            // The thread ends only with its owner.
            let _ = wanted.send(on);
        }
    }
}

impl Drop for Privacy {
    fn drop(&mut self) {
        self.wanted = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn replace(known: &mut BTreeSet<u64>, there: BTreeSet<u64>) {
    for gone in known.difference(&there) {
        own::unregister_private(*gone);
    }
    for new in there.difference(known) {
        own::register_private(*new);
    }
    *known = there;
}
