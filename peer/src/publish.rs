//! The newest view of the program, for windows and for the JSON lines.

use std::sync::{Arc, Mutex, PoisonError};

use deskside_session::app::AppView;
use tokio::sync::watch;

/// Latest view wins; who reads slowly misses the ones between.
pub struct Publisher {
    latest: watch::Sender<(u64, Arc<AppView>)>,
    wakers: Mutex<Vec<Box<dyn Fn() + Send + Sync>>>,
    closed: Mutex<Option<u8>>,
}

impl Publisher {
    pub fn new(view: AppView) -> Self {
        Self {
            latest: watch::Sender::new((1, Arc::new(view))),
            wakers: Mutex::default(),
            closed: Mutex::new(None),
        }
    }

    /// Publishes a view if it differs from the last one.
    pub fn publish(&self, view: AppView) {
        let new = self.latest.send_if_modified(|(serial, last)| {
            if **last == view {
                return false;
            }
            *serial += 1;
            *last = Arc::new(view);
            true
        });
        if new {
            self.wake();
        }
    }

    fn wake(&self) {
        for wake in self.wakers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            wake();
        }
    }

    pub fn subscribe(&self) -> watch::Receiver<(u64, Arc<AppView>)> {
        self.latest.subscribe()
    }

    pub fn since(&self, serial: u64) -> Option<(u64, Arc<AppView>)> {
        let latest = self.latest.borrow();
        (latest.0 != serial).then(|| latest.clone())
    }

    pub fn on_change(&self, wake: Box<dyn Fn() + Send + Sync>) {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner).push(wake);
    }

    /// The program ends with this exit code; the last view stays.
    pub fn close(&self, code: u8) {
        *self.closed.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
        self.latest.send_modify(|_| {});
        self.wake();
    }

    pub fn closed(&self) -> Option<u8> {
        *self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
