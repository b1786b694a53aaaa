//! Transfers of files: a thread for each, over a connection of its own that the session's control channel signals.
//!
//! Its frames share no window with keys and pictures; see `deskside_session::files`, which decides what is said.

mod received;
mod work;

pub use received::Received;

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
};

use bytes::Bytes;
use deskside_devices::files::{Sources, StoreError};
use deskside_net::{LinkEvent, LinkSink, Transport};
use deskside_protocol::socket::Signal;
use deskside_session::files::{List, MAX_FRAME, Stopped};

/// Frames that may wait for the thread; more than the window allows to be under way.
const WAITING: usize = 8192;

/// What a transfer tells.
#[derive(Debug)]
pub enum MoverNews {
    /// To be carried to the other side.
    Signal(Signal),
    /// Bytes so far.
    Moved(u64),
    /// All went, or came to these places.
    Done(Vec<PathBuf>),
    Stopped(Stopped),
    /// After [`MoverNews::Done`]: the connection is gone.
    Closed,
}

/// Called from the transfer's thread and the connection's tasks.
pub type Tell = Box<dyn Fn(MoverNews) + Send + Sync>;

/// Which end this is.
pub enum End {
    Send(Arc<Sources>),
    Receive(Arc<List>, Target),
}

/// Where received files go.
pub enum Target {
    /// Into a new folder of this name in a private one.
    Private(PathBuf, String),
    /// Beside what is in this folder.
    Beside(PathBuf),
}

impl Target {
    fn store(&self, bytes: u64) -> Result<deskside_devices::files::Store, StoreError> {
        use deskside_devices::files::Store;
        match self {
            Self::Private(folder, name) => Store::private(folder, name, bytes),
            Self::Beside(folder) => Store::beside(folder, bytes),
        }
    }
}

/// What the connection tells the thread.
enum Heard {
    Open,
    Frame(Bytes),
    Closed,
}

struct Sink {
    tell: Arc<Tell>,
    to: SyncSender<Heard>,
    /// More came than may be under way: the transfer is broken off.
    flooded: Arc<AtomicBool>,
}

impl Sink {
    fn put(&self, heard: Heard) {
        if let Err(TrySendError::Full(_)) = self.to.try_send(heard) {
            self.flooded.store(true, Ordering::Relaxed);
        }
    }
}

impl LinkSink for Sink {
    fn event(&self, event: LinkEvent) {
        match event {
            LinkEvent::Signal(signal) => (self.tell)(MoverNews::Signal(signal)),
            LinkEvent::Open { .. } => self.put(Heard::Open),
            LinkEvent::Closed => self.put(Heard::Closed),
            // The connection mends its path by itself, and nothing but frames is taken on it.
            LinkEvent::State { .. }
            | LinkEvent::Control(_)
            | LinkEvent::Pointer(_)
            | LinkEvent::KeyFrameWanted
            | LinkEvent::Bitrate(_) => {}
        }
    }

    fn picture(&self, message: Bytes) {
        if message.len() > MAX_FRAME {
            self.flooded.store(true, Ordering::Relaxed);
            return;
        }
        self.put(Heard::Frame(message));
    }

    fn video(&self, _: Bytes) {}
}

/// One transfer; dropped, it stops.
pub struct Mover {
    transport: Arc<dyn Transport>,
    stop: Arc<AtomicBool>,
    wake: Mutex<Option<SyncSender<Heard>>>,
}

impl Mover {
    /// `connect` makes the connection; the sending end offers.
    pub fn start(
        end: End,
        tell: Tell,
        connect: impl FnOnce(bool, Arc<dyn LinkSink>) -> Arc<dyn Transport>,
    ) -> std::io::Result<Self> {
        let (to, heard) = sync_channel(WAITING);
        let (tell, stop, flooded) =
            (Arc::new(tell), Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        let sink = Sink { tell: tell.clone(), to: to.clone(), flooded: flooded.clone() };
        let transport = connect(matches!(end, End::Send(_)), Arc::new(sink));
        let work = work::Work { link: transport.clone(), heard, stop: stop.clone(), flooded };
        let thread = std::thread::Builder::new().name("files".into());
        thread.spawn(move || work.run(end, &**tell))?;
        Ok(Self { transport, stop, wake: Mutex::new(Some(to)) })
    }

    /// Signaling of the other side.
    pub fn signal(&self, signal: Signal) {
        self.transport.signal(signal);
    }
}

impl Drop for Mover {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.transport.close();
        // If it is full, the thread is awake.
        let wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner).take();
        let _ = wake.map(|w| w.try_send(Heard::Closed));
    }
}
