//! The thread of a transfer: does what the pure ends of it say.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, TryRecvError},
    },
    time::{Duration, Instant},
};

use deskside_devices::files::{Reader, Sources};
use deskside_net::{Channel, Transport};
use deskside_session::{
    Now,
    files::{Deed, Frame, List, Next, PIECE, Receiving, Sending, Stopped},
};

use super::{End, Heard, MoverNews, Target};

/// The connection must be there within this time.
const OPENS: Duration = Duration::from_secs(30);
/// How long a connection is kept for the last word when all is there.
const LAST_WORD: Duration = Duration::from_secs(5);
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_millis(100);

pub(super) struct Work {
    pub link: Arc<dyn Transport>,
    pub heard: Receiver<Heard>,
    pub stop: Arc<AtomicBool>,
    pub flooded: Arc<AtomicBool>,
}

/// Tells how much was moved, now and then.
struct Progress<'a> {
    tell: &'a dyn Fn(MoverNews),
    last: Instant,
}

impl Progress<'_> {
    fn at(&mut self, bytes: u64) {
        if self.last.elapsed() >= TELL_EVERY {
            self.last = Instant::now();
            (self.tell)(MoverNews::Moved(bytes));
        }
    }
}

impl Work {
    pub(super) fn run(self, end: End, tell: &dyn Fn(MoverNews)) {
        let progress = Progress { tell, last: Instant::now() };
        let ended = match end {
            End::Send(sources) => self.send(&sources, progress).map(|()| Vec::new()),
            End::Receive(list, target) => self.receive(&list, &target, progress),
        };
        match ended {
            Ok(paths) => {
                tell(MoverNews::Done(paths));
                // The last word is on its way: who sends closes the connection when it has heard it.
                let until = Instant::now() + LAST_WORD;
                let left = || until.saturating_duration_since(Instant::now());
                while let Ok(Heard::Open | Heard::Frame(_)) = self.heard.recv_timeout(left()) {}
                tell(MoverNews::Closed);
            }
            Err(stopped) => {
                if stopped == Stopped::Lost {
                    self.wait_for_reason();
                }
                if !self.stop.load(Ordering::Relaxed) {
                    tell(MoverNews::Stopped(stopped));
                }
            }
        }
    }

    /// Why the other side closed the connection comes over the session's own one, and ends this from there.
    fn wait_for_reason(&self) {
        let until = Instant::now() + LAST_WORD;
        let left = || until.saturating_duration_since(Instant::now());
        while !self.stop.load(Ordering::Relaxed) && self.heard.recv_timeout(left()).is_ok() {}
    }

    fn opened(&self) -> Result<(), Stopped> {
        match self.heard.recv_timeout(OPENS) {
            Ok(Heard::Open) => Ok(()),
            Ok(Heard::Frame(_)) => Err(Stopped::Wrong),
            Ok(Heard::Closed) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                Err(Stopped::Lost)
            }
        }
    }

    fn goes_on(&self) -> Result<(), Stopped> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Stopped::Cancelled);
        }
        if self.flooded.load(Ordering::Relaxed) { Err(Stopped::Wrong) } else { Ok(()) }
    }

    fn say(&self, frame: Vec<u8>) -> Result<(), Stopped> {
        self.link.send(Channel::Picture, frame.into()).map_err(|_| Stopped::Lost)
    }

    fn send(&self, sources: &Arc<Sources>, mut progress: Progress<'_>) -> Result<(), Stopped> {
        let begun = Instant::now();
        let now = || Now::new(begun.elapsed());
        let mut machine = Sending::new(sources.list().clone());
        let mut reader = Reader::new(sources.clone());
        let mut bytes = Vec::with_capacity(PIECE);
        self.opened()?;
        loop {
            self.goes_on()?;
            let next = machine.next();
            let heard = match next {
                Next::Done => return Ok(()),
                Next::Wait => self.heard.recv().map_err(|_| Stopped::Lost)?,
                Next::Read { entry, most } => match self.heard.try_recv() {
                    Ok(heard) => heard,
                    Err(TryRecvError::Disconnected) => return Err(Stopped::Lost),
                    Err(TryRecvError::Empty) => {
                        reader.read(entry, most, &mut bytes)?;
                        self.say(machine.read(&bytes, now())?)?;
                        progress.at(machine.sent());
                        continue;
                    }
                },
            };
            match heard {
                Heard::Frame(frame) => machine.heard(&frame, now())?,
                Heard::Closed => return Err(Stopped::Lost),
                Heard::Open => {}
            }
        }
    }

    fn receive(
        &self,
        list: &Arc<List>,
        target: &Target,
        mut progress: Progress<'_>,
    ) -> Result<Vec<std::path::PathBuf>, Stopped> {
        let failed = |e: deskside_devices::files::StoreError| {
            tracing::warn!(error = %e, "received files cannot be kept");
            Stopped::from(e)
        };
        let mut store = target.store(list.bytes()).map_err(failed)?;
        store.begin(list).map_err(failed)?;
        let mut machine = Receiving::new(list.clone());
        let mut told = 0;
        self.opened()?;
        let mut following = None;
        while !machine.is_done() {
            self.goes_on()?;
            let heard = match following.take() {
                Some(heard) => heard,
                None => self.heard.recv().map_err(|_| Stopped::Lost)?,
            };
            match heard {
                Heard::Open => continue,
                Heard::Closed => return Err(Stopped::Lost),
                Heard::Frame(frame) => match machine.heard(&frame)? {
                    Deed::Write { entry, bytes } => store.write(list, entry, bytes).map_err(failed)?,
                    Deed::Close { entry } => store.close(list, entry).map_err(failed)?,
                },
            }
            following = self.heard.try_recv().ok();
            if let Some(frame) = machine.tell(&mut told, following.is_none()) {
                self.say(frame)?;
            }
            progress.at(machine.taken());
        }
        let paths = store.finish(list).map_err(failed)?;
        self.say(Frame::Finished.encode())?;
        Ok(paths)
    }
}
