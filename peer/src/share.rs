//! The sharer's picture path: damage → grab what changed → diff → code → send. One thread, driven by
//! damage and by acknowledgements; no timer while nothing happens, no queue, the newest picture wins.

mod part;
mod programs;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
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

use self::{
    part::{Known, Part},
    programs::Programs,
};
use crate::encode::Encoding;

/// What the thread is told.
pub enum Tell {
    Viewers(Vec<(ParticipantId, Arc<dyn Transport>)>),
    /// And of the one monitor its name.
    Screen(Screen, Option<String>),
    Coder(Coder),
    Quality(Quality),
    Paused(bool),
    /// A message of a viewer on the picture channel.
    FromViewer(ParticipantId, Bytes),
    KeyFrameWanted,
    Bitrate(ParticipantId, u32),
    Stop,
}

/// While something is to be covered that the last picture may show, and the line is full: how often that is looked at.
const UNSEEN: Duration = Duration::from_millis(5);
/// Messages of viewers that may wait.
const WAITING: usize = 1024;

/// What the thread reports.
#[derive(Clone, Debug)]
pub enum Report {
    Monitors(Vec<Monitor>),
    /// Where the shared picture is on the desktop; `area` grows.
    Area {
        area: u32,
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
    /// `areas`: how many there were in this session.
    pub fn start(
        capture: &Capture,
        hidden: Hidden,
        areas: Arc<AtomicU32>,
        report: Box<dyn Fn(Report) + Send>,
    ) -> std::io::Result<Self> {
        let (tell, told) = sync_channel(WAITING);
        let waker = Arc::default();
        let theirs = Arc::clone(&waker);
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        let wanted = Part { screen: capture.screen, name: capture.monitor.clone() };
        let encoding = Encoding::new(capture.coder, capture.quality);
        let hidden = Arc::new(Wanted(Mutex::new((true, hidden, capture.scope.clone()))));
        let hides = Arc::clone(&hidden);
        let thread = std::thread::Builder::new().name("share".into()).spawn(move || {
            let told = Told { told, stop, hides };
            Sharing { wanted, known: Known::new(areas), encoding, told: &told, report: &*report }
                .run(&theirs);
        })?;
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

/// The thread's state, whatever back end is open.
struct Sharing<'a> {
    wanted: Part,
    known: Known,
    encoding: Encoding,
    told: &'a Told,
    report: &'a dyn Fn(Report),
}

impl Sharing<'_> {
    fn run(mut self, waker: &SharedWaker) {
        let mut tries = 0;
        let mut prompted = false;
        loop {
            let next = match capture::open(self.wanted.screen) {
                Ok(capturer) => {
                    prompted = false;
                    self.opened(capturer, waker, &mut tries)
                }
                Err(CaptureError::NoSuchMonitor(_)) => Next::Gone,
                Err(e @ CaptureError::SystemPrompt) => Next::Broke(e),
                Err(e) => {
                    tracing::warn!(error = %e, "the screen cannot be captured");
                    let lasting = matches!(e, CaptureError::NoDisplay | CaptureError::Denied);
                    if tries == 0 || lasting {
                        (self.report)(Report::Trouble(trouble_of(&e)));
                    }
                    tries += 1;
                    if lasting || tries > REOPEN_TRIES {
                        return;
                    }
                    Next::Wait
                }
            };
            match next {
                Next::Stop => return,
                Next::Open => {}
                Next::Gone => {
                    self.list();
                    if !self.wait() {
                        return;
                    }
                }
                Next::Wait => {
                    if !self.wait() {
                        return;
                    }
                }
                // It passes, however long it takes; then all is told anew, so that the trouble is over.
                Next::Broke(e @ CaptureError::SystemPrompt) => {
                    if !std::mem::replace(&mut prompted, true) {
                        (self.report)(Report::Trouble(trouble_of(&e)));
                    }
                    self.known.forget_place();
                    if !self.wait() {
                        return;
                    }
                    continue;
                }
                Next::Broke(e) => {
                    tracing::warn!(error = %e, "capturing broke, opening it anew");
                    tries += 1;
                    if tries > REOPEN_TRIES {
                        (self.report)(Report::Trouble(trouble_of(&e)));
                        return;
                    }
                }
            }
        }
    }

    fn opened(&mut self, mut capturer: Box<dyn Capturer>, waker: &SharedWaker, tries: &mut u32) -> Next {
        if !self.is_right(capturer.as_mut()) {
            return Next::Open;
        }
        if let Ok(mut w) = waker.lock() {
            *w = Some(capturer.waker());
        }
        self.told.hides.again();
        share(capturer.as_mut(), self, tries)
    }

    /// Whether it captures the monitor that is meant; if not, the right index is taken for the next try.
    fn is_right(&mut self, capturer: &mut dyn Capturer) -> bool {
        if self.wanted.name.is_none() || self.wanted.is_captured(capturer) {
            return true;
        }
        let all = capturer.monitors().unwrap_or_default();
        let at = all.iter().position(|m| Some(&m.name) == self.wanted.name.as_ref());
        // One beyond all is not there: it is waited for.
        let at = at.and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX);
        self.wanted.screen = Screen::Monitor(at);
        false
    }

    /// Reports which monitors there are when the wanted one is not.
    fn list(&mut self) {
        match capture::open(Screen::All).and_then(|mut all| all.monitors()) {
            Ok(all) => self.known.monitors(all, self.report),
            Err(e) => tracing::debug!(error = %e, "the monitors cannot be listed"),
        }
    }

    /// Waits for word what to do instead, or to look again. False at the end.
    fn wait(&mut self) -> bool {
        match self.told.told.recv_timeout(REOPEN) {
            Ok(Tell::Stop) | Err(RecvTimeoutError::Disconnected) => return false,
            Ok(Tell::Screen(screen, name)) => self.wanted = Part { screen, name },
            Ok(other) => self.encoding.told(other),
            Err(RecvTimeoutError::Timeout) => {}
        }
        !self.told.stop.load(Ordering::Relaxed)
    }

    /// Looks at the monitors anew. `first`: this back end has shown nothing yet.
    fn look(&mut self, capturer: &mut dyn Capturer, first: bool) -> Result<bool, Next> {
        let monitors = capturer.monitors().map_err(Next::Broke)?;
        let gone = capturer.monitor().is_some_and(|name| monitors.iter().all(|m| m.name != name));
        self.known.monitors(monitors, self.report);
        if gone {
            return Err(Next::Gone);
        }
        let (area, new) = self.known.place(capturer, self.report);
        if first || new {
            let (_, _, width, height) = capturer.area();
            self.encoding.geometry(area, width, height);
            capturer.refresh();
            send_pointer(capturer, &mut self.encoding);
        }
        Ok(first || new)
    }
}

enum Next {
    Stop,
    /// What is wanted is another part now.
    Open,
    /// The wanted monitor is not there.
    Gone,
    Wait,
    Broke(CaptureError),
}

fn trouble_of(e: &CaptureError) -> Trouble {
    match e {
        CaptureError::NoDisplay => Trouble::NoDisplay,
        CaptureError::Denied => Trouble::CaptureDenied,
        CaptureError::SystemPrompt => Trouble::SystemPrompt,
        CaptureError::NoSuchMonitor(_) | CaptureError::Failed(_) => Trouble::CaptureFailed,
    }
}

fn share(capturer: &mut dyn Capturer, state: &mut Sharing<'_>, tries: &mut u32) -> Next {
    let (told, report) = (state.told, state.report);
    let mut changed: Vec<Rect> = Vec::new();
    let mut damaged = true;
    let mut unseen = false;
    let (mut geometry, mut first) = (true, true);
    let mut hiding = None;
    let mut programs = Programs::default();
    loop {
        if told.stop.load(Ordering::Relaxed) {
            return Next::Stop;
        }
        while let Ok(tell) = told.told.try_recv() {
            match tell {
                Tell::Stop => return Next::Stop,
                Tell::Screen(screen, name) => {
                    state.wanted = Part { screen, name };
                    if !state.wanted.is_captured(capturer) {
                        return Next::Open;
                    }
                }
                other => state.encoding.told(other),
            }
        }
        if let Some((hidden, scope)) = told.hides.take() {
            capturer.hide(&hidden);
            capturer.limit(&scope);
            // What was grabbed before may show what is covered from now on.
            (damaged, unseen) = (true, true);
        }
        if std::mem::take(&mut geometry) {
            match state.look(capturer, std::mem::take(&mut first)) {
                Ok(new) => damaged |= new,
                Err(next) => return next,
            }
        }
        let encoding = &mut state.encoding;
        encoding.decide(Instant::now());
        if encoding.wants_refresh() {
            capturer.refresh();
            damaged = true;
            send_pointer_again(capturer, encoding);
        }
        if damaged && encoding.ready(Instant::now()) {
            match capturer.grab(&mut changed) {
                Ok(picture) if encoding.fits(&picture) => {
                    (damaged, unseen) = (false, false);
                    *tries = 0;
                    encoding.picture(picture, &changed, Instant::now());
                }
                // Its size is new: that is told first.
                Ok(_) => {
                    geometry = true;
                    continue;
                }
                Err(CaptureError::NoSuchMonitor(_)) => return Next::Gone,
                Err(CaptureError::Failed(e)) => {
                    tracing::debug!(error = %e, "a grab failed, asking for the geometry again");
                    *tries += 1;
                    if *tries > REOPEN_TRIES {
                        return Next::Broke(CaptureError::Failed(e));
                    }
                    capturer.refresh();
                    geometry = true;
                    continue;
                }
                Err(e) => return Next::Broke(e),
            }
        }
        if !unseen {
            encoding.refine(Instant::now());
        }
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
        let patience = if unseen { patience.max(UNSEEN) } else { patience };
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
