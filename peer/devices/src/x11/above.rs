//! Windows above all others that input passes through, and the threads that keep them.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use x11rb::{
    connection::{Connection as _, RequestConnection as _},
    protocol::{
        shape::{self, ConnectionExt as _, SK, SO},
        xproto::{
            ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, EventMask, Screen,
            StackMode, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
};

use super::{Alarm, Sleeper, X11Error, connect, is_bgrx};

/// Such a window on a connection of its own, not mapped yet.
pub(crate) struct Above {
    pub conn: RustConnection,
    pub screen: Screen,
    pub window: Window,
}

impl Above {
    pub fn open(display: Option<&str>, aux: &CreateWindowAux) -> Result<Self, X11Error> {
        let (conn, number) = connect(display)?;
        let screen = conn.setup().roots.get(number).ok_or(X11Error::NoDisplay)?.clone();
        if conn.extension_information(shape::X11_EXTENSION_NAME)?.is_none() || !is_bgrx(&conn, &screen) {
            return Err(X11Error::Missing("SHAPE"));
        }
        let window = conn.generate_id()?;
        let aux = aux.override_redirect(1).event_mask(EventMask::VISIBILITY_CHANGE);
        let class = WindowClass::INPUT_OUTPUT;
        conn.create_window(0, window, screen.root, 0, 0, 1, 1, 0, class, 0, &aux)?.check()?;
        // Without an input shape every click goes to what is below.
        conn.shape_rectangles(SO::SET, SK::INPUT, ClipOrdering::UNSORTED, window, 0, 0, &[])?.check()?;
        Ok(Self { conn, screen, window })
    }
}

/// What a thread is to do with its windows, as was said last.
pub(crate) struct Wishes<W> {
    wanted: Mutex<W>,
    alarm: Arc<Alarm>,
    over: AtomicBool,
}

impl<W> Wishes<W> {
    pub fn are_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut W) -> T) -> T {
        look(&mut self.wanted.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A thread that keeps windows as they are wanted; ends when dropped.
pub(crate) struct Keeper<W> {
    wishes: Arc<Wishes<W>>,
    thread: Option<JoinHandle<()>>,
}

impl<W: Default + Send + 'static> Keeper<W> {
    /// The sleeper rings when something else is wanted.
    pub fn start(
        name: &str,
        body: impl FnOnce(&Wishes<W>, &Sleeper) + Send + 'static,
    ) -> Result<Self, X11Error> {
        let sleeper = Sleeper::new()?;
        let wishes = Arc::new(Wishes {
            wanted: Mutex::default(),
            alarm: sleeper.alarm(),
            over: AtomicBool::new(false),
        });
        let told = Arc::clone(&wishes);
        let thread = std::thread::Builder::new().name(name.into()).spawn(move || body(&told, &sleeper))?;
        Ok(Self { wishes, thread: Some(thread) })
    }

    pub fn want(&self, change: impl FnOnce(&mut W)) {
        self.wishes.with(change);
        self.wishes.alarm.ring();
    }
}

impl<W> Drop for Keeper<W> {
    fn drop(&mut self) {
        self.wishes.over.store(true, Ordering::Release);
        self.wishes.alarm.ring();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Two programs that both want to be on top take turns no faster than this.
const RAISE_EVERY: Duration = Duration::from_millis(250);

/// Keeps a window above all others, as far as it hears that something covers it.
#[derive(Default)]
pub(crate) struct OnTop {
    raised: Option<Instant>,
    obscured: bool,
}

impl OnTop {
    /// Of each VisibilityNotify.
    pub(crate) fn seen(&mut self, whole: bool) {
        self.obscured = !whole;
    }

    /// Comes to the top if something lies above it; when to try again if it was there just now.
    pub(crate) fn stay(
        &mut self,
        conn: &RustConnection,
        window: Window,
    ) -> Result<Option<Instant>, X11Error> {
        if !self.obscured {
            return Ok(None);
        }
        let due = self.raised.map_or_else(Instant::now, |t| t + RAISE_EVERY);
        if due > Instant::now() {
            return Ok(Some(due));
        }
        self.raised = Some(Instant::now());
        // If it does not help, the next event says so.
        self.obscured = false;
        conn.configure_window(window, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE))?;
        Ok(None)
    }
}
