//! The CLIPBOARD selection of X11 (ICCCM 2.0, section 2): owned by a window of an own connection, changes
//! noticed through XFixes.

use std::{
    os::fd::AsRawFd as _,
    path::PathBuf,
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::Instant,
};

use x11rb::{
    COPY_DEPTH_FROM_PARENT,
    connection::Connection as _,
    protocol::{
        Event,
        xfixes::{ConnectionExt as _, SelectionEventMask},
        xproto::{ConnectionExt as _, CreateWindowAux, EventMask, Property, Window, WindowClass},
    },
    rust_connection::RustConnection,
};

use deskside_session::clipboard::Clip;

use super::{Clipboard, Copied, Orders, Pasted, Told, checked, lock};
use crate::x11::{Alarm, Sleeper, X11Error, connect};

mod fetch;
mod offer;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        CLIPBOARD,
        TARGETS,
        UTF8_STRING,
        TEXT,
        INCR,
        PLAIN_UTF8: b"text/plain;charset=utf-8",
        PLAIN: b"text/plain",
        PNG: b"image/png",
        URIS: b"text/uri-list",
        COPIED: b"x-special/gnome-copied-files",
        // Clipboard managers that heed it do not fetch what nobody has pasted.
        KEEP_OUT: b"x-kde-passwordManagerHint",
        // A fetch that is given up may still write to its property: the next uses another.
        FETCH_0: b"_DESKSIDE_CLIPBOARD_0",
        FETCH_1: b"_DESKSIDE_CLIPBOARD_1",
        FETCH_2: b"_DESKSIDE_CLIPBOARD_2",
        FETCH_3: b"_DESKSIDE_CLIPBOARD_3",
    }
}

/// The X11 back end; ends when dropped, and with it what was set.
pub struct Selection {
    orders: Arc<Mutex<Orders>>,
    alarm: Arc<Alarm>,
    thread: Option<JoinHandle<()>>,
}

/// Opens the clipboard of a display, or of the one of the environment.
pub fn open(display: Option<&str>, told: Told) -> Option<Selection> {
    match Keeper::start(display, told) {
        Ok(selection) => Some(selection),
        Err(e) => {
            tracing::info!(error = %e, "no clipboard");
            None
        }
    }
}

impl Clipboard for Selection {
    fn set(&self, clip: Clip) {
        lock(&self.orders).set = Some(clip);
        self.alarm.ring();
    }

    fn watch(&self, on: bool) {
        lock(&self.orders).watch = on;
        self.alarm.ring();
    }

    fn watch_files(&self, on: bool) {
        lock(&self.orders).watch_files = on;
        self.alarm.ring();
    }

    fn pasted(&self, pasted: Pasted) {
        lock(&self.orders).pasted = Some(pasted);
        self.alarm.ring();
    }
}

impl Drop for Selection {
    fn drop(&mut self) {
        lock(&self.orders).quit = true;
        self.alarm.ring();
        let own = std::thread::current().id();
        if let Some(thread) = self.thread.take().filter(|t| t.thread().id() != own) {
            let _ = thread.join();
        }
    }
}

struct Keeper {
    conn: RustConnection,
    window: Window,
    atoms: Atoms,
    orders: Arc<Mutex<Orders>>,
    told: Told,
    /// Changes are told: those that the display made after this was ordered.
    watching: fetch::Wanted,
    /// What was set or told last: a clipboard manager may offer it again as its own.
    last: Option<Clip>,
    last_files: Vec<PathBuf>,
    offer: offer::Offer,
    fetch: Option<fetch::Fetch>,
    fetches: usize,
}

impl Keeper {
    fn start(display: Option<&str>, told: Told) -> Result<Selection, X11Error> {
        let (conn, screen) = connect(display)?;
        let root = conn.setup().roots.get(screen).ok_or(X11Error::NoDisplay)?.root;
        conn.xfixes_query_version(5, 0)?.reply()?;
        let atoms = Atoms::new(&conn)?.reply()?;
        let window = conn.generate_id()?;
        let (depth, class) = (COPY_DEPTH_FROM_PARENT, WindowClass::INPUT_OUTPUT);
        let aux = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        conn.create_window(depth, window, root, 0, 0, 1, 1, 0, class, 0, &aux)?;
        let changes = SelectionEventMask::SET_SELECTION_OWNER;
        conn.xfixes_select_selection_input(window, atoms.CLIPBOARD, changes)?.check()?;
        let sleeper = Sleeper::new()?;
        let (alarm, orders) = (sleeper.alarm(), Arc::<Mutex<Orders>>::default());
        let mut keeper = Self {
            conn,
            window,
            atoms,
            orders: orders.clone(),
            told,
            watching: fetch::Wanted::default(),
            last: None,
            last_files: Vec::new(),
            offer: offer::Offer::default(),
            fetch: None,
            fetches: 0,
        };
        let thread = std::thread::Builder::new().name("clipboard".into()).spawn(move || {
            if let Err(e) = keeper.run(&sleeper) {
                tracing::warn!(error = %e, "the clipboard ended");
            }
        })?;
        Ok(Selection { orders, alarm, thread: Some(thread) })
    }

    fn run(&mut self, sleeper: &Sleeper) -> Result<(), X11Error> {
        loop {
            while let Some(event) = self.conn.poll_for_event()? {
                self.handle(event)?;
            }
            let Orders { set, watch, watch_files, pasted, quit } = {
                let mut orders = lock(&self.orders);
                Orders { set: orders.set.take(), pasted: orders.pasted.take(), ..*orders }
            };
            if quit {
                return Ok(());
            }
            self.watch(fetch::Wanted { clips: watch, files: watch_files })?;
            if let Some(clip) = set.and_then(checked) {
                self.set(clip)?;
            }
            if let Some(pasted) = pasted {
                self.pasted(pasted)?;
            }
            self.conn.flush()?;
            let now = Instant::now();
            self.offer.forget_stale(&self.conn, now)?;
            self.fetch.take_if(|f| f.deadline <= now);
            let fetch = self.fetch.as_ref().map(|f| f.deadline);
            let until = self.offer.deadline().into_iter().chain(fetch).min();
            // Requests may have brought events in with their replies.
            match self.conn.poll_for_event()? {
                Some(event) => self.handle(event)?,
                None => drop(sleeper.sleep(self.conn.stream().as_raw_fd(), until)?),
            }
            sleeper.rung();
        }
    }

    fn watch(&mut self, wanted: fetch::Wanted) -> Result<(), X11Error> {
        if wanted.is_more_than(self.watching) {
            // What changed before is no change: the answer comes behind all that is told of it.
            self.conn.get_input_focus()?.reply()?;
            while let Some(event) = self.conn.poll_for_event()? {
                self.handle(event)?;
            }
        }
        if wanted != self.watching {
            self.fetch = None;
        }
        self.watching = wanted;
        Ok(())
    }

    fn set(&mut self, clip: Clip) -> Result<(), X11Error> {
        self.fetch = None;
        self.offer.hold(&self.conn, Some(Arc::new(clip.clone())))?;
        self.last = Some(clip);
        self.conn.set_selection_owner(self.window, self.atoms.CLIPBOARD, x11rb::CURRENT_TIME)?;
        Ok(())
    }

    /// The files that programs wait for are here, or cannot be had.
    fn pasted(&mut self, pasted: Pasted) -> Result<(), X11Error> {
        match pasted {
            Pasted::Ready(paths) => {
                self.last_files.clone_from(&paths);
                self.offer.ready(&self.conn, &self.atoms, paths)?;
            }
            Pasted::Nothing { forget } => {
                self.offer.refuse_waiting(&self.conn)?;
                if forget && self.offer.holds_files() {
                    self.offer.hold(&self.conn, None)?;
                    let owner = self.conn.get_selection_owner(self.atoms.CLIPBOARD)?.reply()?.owner;
                    if owner == self.window {
                        self.conn.set_selection_owner(
                            x11rb::NONE,
                            self.atoms.CLIPBOARD,
                            x11rb::CURRENT_TIME,
                        )?;
                    }
                }
            }
        }
        Ok(())
    }

    fn handle(&mut self, event: Event) -> Result<(), X11Error> {
        match event {
            Event::XfixesSelectionNotify(e) if e.owner != self.window => {
                self.fetch = None;
                let wanted = {
                    let orders = lock(&self.orders);
                    self.watching.within(orders.watch, orders.watch_files)
                };
                if wanted.is_any() && e.owner != x11rb::NONE {
                    let names = &self.atoms;
                    let properties = [names.FETCH_0, names.FETCH_1, names.FETCH_2, names.FETCH_3];
                    let property = properties[self.fetches % properties.len()];
                    self.fetches += 1;
                    let at = (self.window, property);
                    let fetch = fetch::Fetch::begin(&self.conn, &self.atoms, at, e.timestamp, wanted)?;
                    self.fetch = Some(fetch);
                }
            }
            Event::SelectionNotify(e) => {
                let Some(fetch) = self.fetch.as_mut() else { return Ok(()) };
                let step = fetch.answered(&self.conn, &self.atoms, &e)?;
                self.fetched(step);
            }
            Event::PropertyNotify(e) if e.window == self.window => {
                let Some(fetch) = self.fetch.as_mut().filter(|_| e.state == Property::NEW_VALUE) else {
                    return Ok(());
                };
                let step = fetch.more(&self.conn, &self.atoms, e.atom)?;
                self.fetched(step);
            }
            Event::PropertyNotify(e) if e.state == Property::DELETE => {
                self.offer.taken(&self.conn, e.window, e.atom)?;
            }
            Event::DestroyNotify(e) => self.offer.gone(e.window),
            Event::SelectionRequest(e) => {
                let waits = self.offer.asked(&self.conn, &self.atoms, &e)?;
                if waits {
                    (self.told)(Copied::Paste);
                }
            }
            Event::SelectionClear(e) if e.owner == self.window => self.offer.hold(&self.conn, None)?,
            // Who asked for it may have gone.
            Event::Error(e) => {
                tracing::debug!(kind = ?e.error_kind, "the display refused a clipboard request")
            }
            _ => {}
        }
        Ok(())
    }

    fn fetched(&mut self, step: fetch::Step) {
        match step {
            fetch::Step::Goes => {}
            fetch::Step::Failed => self.fetch = None,
            fetch::Step::Clip(clip) => {
                self.fetch = None;
                let empty = matches!(&clip, Clip::Text(text) if text.is_empty());
                let new = checked(clip).filter(|clip| !empty && self.last.as_ref() != Some(clip));
                if let Some(clip) = new {
                    self.last = Some(clip.clone());
                    (self.told)(Copied::Clip(clip));
                }
            }
            fetch::Step::Files(paths) => {
                self.fetch = None;
                // What came from the other side may be offered again by a clipboard manager: it does not go back.
                if paths != self.last_files {
                    self.last_files.clear();
                    self.last = None;
                    (self.told)(Copied::Files(paths));
                }
            }
        }
    }
}
