//! The newest view of the program, for windows and for the JSON lines.

use std::sync::{Arc, Mutex, PoisonError};

use deskside_session::app::AppView;
use tokio::sync::watch;

/// The newest view, and whether it is the last: one value, so that nobody sees the one without the other.
#[derive(Clone)]
pub struct Latest {
    pub serial: u64,
    pub view: Arc<AppView>,
    /// The exit code of the program, once it ends.
    pub closed: Option<u8>,
}

/// Latest view wins; who reads slowly misses the ones between.
pub struct Publisher {
    latest: watch::Sender<Latest>,
    wakers: Mutex<Vec<Box<dyn Fn() + Send + Sync>>>,
}

impl Publisher {
    pub fn new(view: AppView) -> Self {
        Self {
            latest: watch::Sender::new(Latest { serial: 1, view: Arc::new(view), closed: None }),
            wakers: Mutex::default(),
        }
    }

    /// Publishes a view if it differs from the last one.
    pub fn publish(&self, view: AppView) {
        let new = self.latest.send_if_modified(|latest| {
            if *latest.view == view {
                return false;
            }
            latest.serial += 1;
            latest.view = Arc::new(view);
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

    pub fn subscribe(&self) -> watch::Receiver<Latest> {
        self.latest.subscribe()
    }

    pub fn since(&self, serial: u64) -> Option<(u64, Arc<AppView>)> {
        let latest = self.latest.borrow();
        (latest.serial != serial).then(|| (latest.serial, Arc::clone(&latest.view)))
    }

    pub fn on_change(&self, wake: Box<dyn Fn() + Send + Sync>) {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner).push(wake);
    }

    /// The program ends with this exit code; the last view stays.
    pub fn close(&self, code: u8) {
        self.latest.send_modify(|latest| latest.closed = Some(code));
        self.wake();
    }

    pub fn closed(&self) -> Option<u8> {
        self.latest.borrow().closed
    }
}
