//! The sharer's picture path: damage → grab what changed → diff → code → send. One thread, driven by
//! damage and by acknowledgements; no timer while nothing happens, no queue, the newest picture wins.

mod programs;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use bytes::Bytes;
use deskside_devices::capture::{self, CaptureError, Capturer, Waker};
use deskside_media::{Rect, wire::PictureMessage};
use deskside_net::{Channel, Transport};
use deskside_session::{
    ParticipantId,
    command::{Coder, Screen},
    hiding::{Hidden, Hiding, Program, Scope},
    io::Capture,
    programs::SeenProgram,
    quality::Quality,
    view::{Monitor, Trouble},
};

use self::programs::Programs;
use crate::encode::Encoding;

/// What the thread is told.
pub enum Tell {
    Viewers(Vec<(ParticipantId, Arc<dyn Transport>)>),
    Screen(Screen),
    Coder(Coder),
    Quality(Quality),
    Paused(bool),
    /// A message of a viewer on the picture channel.
    FromViewer(ParticipantId, Bytes),
    KeyFrameWanted,
    Bitrate(ParticipantId, u32),
    Stop,
}

/// Messages of viewers that may wait.
const WAITING: usize = 1024;

/// What the thread reports.
#[derive(Clone, Debug)]
pub enum Report {
    Monitors(Vec<Monitor>),
    /// Where the shared picture is on the desktop.
    Area {
        x: i32,
        y: i32,
        width: u16,
        height: u16,
    },
    Coder(Coder),
    Hiding(Hiding),
    Programs(Vec<SeenProgram>),
    Trouble(Trouble),
}

/// A running share; dropping it ends it.
pub struct Share {
    tell: SyncSender<Tell>,
    waker: Arc<std::sync::Mutex<Option<Waker>>>,
    thread: Option<JoinHandle<()>>,
    /// Also said when the queue is full.
    stopped: Arc<AtomicBool>,
    hidden: Arc<Wanted>,
}

/// What is to be hidden, beside the queue that a viewer may fill.
struct Wanted(Mutex<(bool, Hidden, Scope)>);

impl Wanted {
    /// What it is now, if it is new.
    fn take(&self) -> Option<(Hidden, Scope)> {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut now.0).then(|| (now.1.clone(), now.2.clone()))
    }

    fn change(&self, change: impl FnOnce(&mut Hidden, &mut Scope)) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (new, hidden, scope) = &mut *now;
        change(hidden, scope);
        *new = true;
    }

    /// What is closed is chosen no more, also by a back end that is opened anew.
    fn without(&self, programs: &[SeenProgram]) {
        let closed = programs.iter().filter(|p| p.state == Program::Closed).map(|p| p.id);
        let closed: Vec<_> = closed.collect();
        if !closed.is_empty() {
            self.change(|_, scope| scope.without(&closed));
        }
    }

    /// To a back end that knows nothing yet.
    fn again(&self) {
        self.change(|_, _| ());
    }
}

/// Tells the thread from anywhere.
#[derive(Clone)]
pub struct Teller {
    tell: SyncSender<Tell>,
    waker: Arc<std::sync::Mutex<Option<Waker>>>,
}

impl Teller {
    pub fn tell(&self, tell: Tell) {
        // A flood of a viewer is dropped; a later acknowledgement stands for the lost ones.
        match self.tell.try_send(tell) {
            Err(TrySendError::Full(Tell::Stop)) | Ok(()) => self.wake(),
            Err(TrySendError::Full(_)) => tracing::debug!("a viewer says too much at once"),
            Err(TrySendError::Disconnected(_)) => {}
        }
    }

    fn wake(&self) {
        if let Ok(waker) = self.waker.lock()
            && let Some(wake) = waker.as_ref()
        {
            wake();
        }
    }
}

impl Share {
    pub fn start(
        capture: &Capture,
        hidden: Hidden,
        report: Box<dyn Fn(Report) + Send>,
    ) -> std::io::Result<Self> {
        let (tell, told) = sync_channel(WAITING);
        let waker = Arc::default();
        let theirs = Arc::clone(&waker);
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        let (screen, encoding) = (capture.screen, (capture.coder, capture.quality));
        let hidden = Arc::new(Wanted(Mutex::new((true, hidden, capture.scope.clone()))));
        let hides = Arc::clone(&hidden);
        let thread = std::thread::Builder::new()
            .name("share".into())
            .spawn(move || run(screen, encoding, &Told { told, stop, hides }, &theirs, &*report))?;
        Ok(Self { tell, waker, thread: Some(thread), stopped, hidden })
    }

    pub fn hide(&self, hidden: Hidden) {
        self.hidden.change(|h, _| *h = hidden);
        self.teller().wake();
    }

    pub fn limit(&self, scope: Scope) {
        self.hidden.change(|_, s| *s = scope);
        self.teller().wake();
    }

    pub fn teller(&self) -> Teller {
        Teller { tell: self.tell.clone(), waker: Arc::clone(&self.waker) }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.teller().tell(Tell::Stop);
        if let Some(thread) = self.thread.take() {
            // The thread never waits for anything but the display, and was just woken.
            let _ = thread.join();
        }
    }
}

/// What the thread hears.
struct Told {
    told: Receiver<Tell>,
    stop: Arc<AtomicBool>,
    hides: Arc<Wanted>,
}

type SharedWaker = std::sync::Mutex<Option<Waker>>;

/// How often a capture that broke is opened anew.
const REOPEN: Duration = Duration::from_millis(500);
const REOPEN_TRIES: u32 = 20;

fn run(
    mut screen: Screen,
    (coder, quality): (Coder, Quality),
    told: &Told,
    waker: &SharedWaker,
    report: &dyn Fn(Report),
) {
    let mut encoding = Encoding::new(coder, quality);
    let mut tries = 0;
    loop {
        let mut capturer = match capture::open(screen) {
            Ok(c) => c,
            Err(CaptureError::NoSuchMonitor(_)) => {
                screen = Screen::All;
                continue;
            }
            Err(e) => {
                tracing::warn!(error = %e, "the screen cannot be captured");
                let lasting = matches!(e, CaptureError::NoDisplay | CaptureError::Denied);
                if tries == 0 || lasting {
                    report(Report::Trouble(trouble_of(&e)));
                }
                tries += 1;
                if lasting || tries > REOPEN_TRIES {
                    return;
                }
                match told.told.recv_timeout(REOPEN) {
                    Ok(Tell::Stop) | Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return,
                    Ok(Tell::Screen(s)) => screen = s,
                    Ok(other) => encoding.told(other),
                    Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
                }
                continue;
            }
        };
        if let Ok(mut w) = waker.lock() {
            *w = Some(capturer.waker());
        }
        told.hides.again();
        match share(capturer.as_mut(), &mut encoding, told, report, &mut tries) {
            Next::Stop => return,
            Next::Screen(s) => screen = s,
            Next::Broke(e) => {
                tracing::warn!(error = %e, "capturing broke, opening it anew");
                tries += 1;
                if tries > REOPEN_TRIES {
                    report(Report::Trouble(trouble_of(&e)));
                    return;
                }
            }
        }
    }
}

enum Next {
    Stop,
    Screen(Screen),
    Broke(CaptureError),
}

fn trouble_of(e: &CaptureError) -> Trouble {
    match e {
        CaptureError::NoDisplay => Trouble::NoDisplay,
        CaptureError::Denied => Trouble::CaptureDenied,
        CaptureError::NoSuchMonitor(_) | CaptureError::Failed(_) => Trouble::CaptureFailed,
    }
}

fn share(
    capturer: &mut dyn Capturer,
    encoding: &mut Encoding,
    told: &Told,
    report: &dyn Fn(Report),
    tries: &mut u32,
) -> Next {
    let mut changed: Vec<Rect> = Vec::new();
    let mut damaged = true;
    let mut geometry = true;
    let mut hiding = None;
    let mut programs = Programs::default();
    loop {
        if told.stop.load(Ordering::Relaxed) {
            return Next::Stop;
        }
        while let Ok(tell) = told.told.try_recv() {
            match tell {
                Tell::Stop => return Next::Stop,
                Tell::Screen(s) => return Next::Screen(s),
                other => encoding.told(other),
            }
        }
        if let Some((hidden, scope)) = told.hides.take() {
            capturer.hide(&hidden);
            capturer.limit(&scope);
        }
        if geometry {
            geometry = false;
            match capturer.monitors() {
                Ok(m) => report(Report::Monitors(m)),
                Err(e) => return Next::Broke(e),
            }
            let (x, y, width, height) = capturer.area();
            report(Report::Area { x, y, width, height });
            encoding.geometry(width, height);
            capturer.refresh();
            damaged = true;
            send_pointer(capturer, encoding);
        }
        encoding.decide(Instant::now());
        if encoding.wants_refresh() {
            capturer.refresh();
            damaged = true;
            send_pointer_again(capturer, encoding);
        }
        if damaged && encoding.ready(Instant::now()) {
            match capturer.grab(&mut changed) {
                Ok(picture) => {
                    damaged = false;
                    *tries = 0;
                    if usize::from(picture.width) == 0 {
                        geometry = true;
                        continue;
                    }
                    encoding.picture(picture, &changed, Instant::now());
                }
                Err(CaptureError::Failed(e)) => {
                    tracing::debug!(error = %e, "a grab failed, asking for the geometry again");
                    *tries += 1;
                    if *tries > REOPEN_TRIES {
                        return Next::Broke(CaptureError::Failed(e));
                    }
                    geometry = true;
                    continue;
                }
                Err(e) => return Next::Broke(e),
            }
        }
        encoding.refine(Instant::now());
        if let Some(coder) = encoding.coder_changed() {
            report(Report::Coder(coder));
        }
        if let Some(now) = programs.news(capturer.programs(), Instant::now()) {
            told.hides.without(&now);
            report(Report::Programs(now));
        }
        let now = capturer.hiding();
        if hiding.replace(now) != Some(now) {
            report(Report::Hiding(now));
        }
        // Damage that cannot be sent yet waits for an acknowledgement, which wakes the thread.
        let patience = programs.patience(encoding.patience(Instant::now(), damaged));
        match capturer.wait(patience) {
            Ok(h) => {
                damaged |= h.damage;
                geometry |= h.geometry;
                if h.pointer {
                    send_pointer(capturer, encoding);
                }
            }
            Err(e) => return Next::Broke(e),
        }
    }
}

fn send_pointer(capturer: &mut dyn Capturer, encoding: &mut Encoding) {
    match capturer.pointer() {
        Ok(pointer) => encoding.pointer(pointer),
        Err(e) => tracing::debug!(error = %e, "no pointer"),
    }
}

fn send_pointer_again(capturer: &mut dyn Capturer, encoding: &mut Encoding) {
    encoding.resend_pointer();
    send_pointer(capturer, encoding);
}

/// Sends one message to a viewer on the picture channel.
pub fn send_picture(to: &Arc<dyn Transport>, message: &PictureMessage) -> bool {
    to.send(Channel::Picture, message.encode()).is_ok()
}
