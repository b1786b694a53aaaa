//! A plain window that writes down what reaches it.

use deskside_devices::inject::Injector as _;
use x11rb::{
    COPY_DEPTH_FROM_PARENT,
    connection::Connection as _,
    protocol::{
        Event,
        xproto::{
            AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, InputFocus, PropMode, Window,
            WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use crate::desk::{Agent, Desk, eventually};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    Button { number: u8, down: bool, at: (i16, i16) },
    Motion { at: (i16, i16), state: u16 },
    Key { code: u8, down: bool, state: u16 },
}

pub struct Recorder {
    conn: RustConnection,
    root: Window,
    pub window: Window,
    seen: Vec<Seen>,
}

impl Recorder {
    /// A window at a place of the desktop; `framed` by the window manager or bare.
    pub fn open(desk: &Desk, at: (i16, i16), size: (u16, u16), framed: bool) -> Self {
        Self::open_on(&desk.name, at, size, framed)
    }

    pub fn open_on(display: &str, at: (i16, i16), size: (u16, u16), framed: bool) -> Self {
        let (conn, screen) = RustConnection::connect(Some(display)).unwrap();
        let root = conn.setup().roots[screen].root;
        let mut recorder = Self { window: 0, conn, root, seen: Vec::new() };
        recorder.window = recorder.create(root, at, size, !framed);
        recorder
    }

    pub fn create(&self, parent: Window, at: (i16, i16), size: (u16, u16), bare: bool) -> Window {
        let window = self.conn.generate_id().unwrap();
        let mask = EventMask::BUTTON_PRESS
            | EventMask::BUTTON_RELEASE
            | EventMask::POINTER_MOTION
            | EventMask::KEY_PRESS
            | EventMask::KEY_RELEASE;
        let aux =
            CreateWindowAux::new().event_mask(mask).override_redirect(u32::from(bare)).background_pixel(7);
        self.conn
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                window,
                parent,
                at.0,
                at.1,
                size.0,
                size.1,
                0,
                WindowClass::INPUT_OUTPUT,
                0,
                &aux,
            )
            .unwrap();
        self.conn.sync().unwrap();
        window
    }

    pub fn belongs_to(&self, window: Window, pid: u32, machine: &[u8]) {
        let pid_atom = self.conn.intern_atom(false, b"_NET_WM_PID").unwrap().reply().unwrap().atom;
        let (replace, cardinal) = (PropMode::REPLACE, AtomEnum::CARDINAL);
        self.conn.change_property32(replace, window, pid_atom, cardinal, &[pid]).unwrap();
        let (what, string) = (AtomEnum::WM_CLIENT_MACHINE, AtomEnum::STRING);
        self.conn.change_property8(replace, window, what, string, machine).unwrap();
        self.conn.sync().unwrap();
    }

    pub fn is_of_this_process(&self) {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
        self.belongs_to(self.window, std::process::id(), host.trim().as_bytes());
    }

    pub fn show(&self) {
        // A window manager that is just starting may overlook the first wish.
        eventually("the window is shown", || {
            self.conn.map_window(self.window).unwrap();
            self.place().is_some()
        });
    }

    /// Where the window is on the desktop, once it is shown.
    pub fn place(&self) -> Option<(i16, i16)> {
        let a = self.conn.get_window_attributes(self.window).unwrap().reply().ok()?;
        let shown = a.map_state == x11rb::protocol::xproto::MapState::VIEWABLE;
        let at = self.conn.translate_coordinates(self.window, self.root, 0, 0).unwrap().reply().ok()?;
        shown.then_some((at.dst_x, at.dst_y))
    }

    /// Gives a window the focus.
    pub fn focus(&self, window: Window) {
        self.conn.set_input_focus(InputFocus::PARENT, window, 0u32).unwrap();
        self.conn.sync().unwrap();
    }

    /// All that arrived since the last call, now that all that the agent did is done.
    pub fn seen(&mut self, agent: &mut Agent) -> Vec<Seen> {
        agent.0.release_all();
        self.take()
    }

    /// All that arrived since the last call.
    pub fn take(&mut self) -> Vec<Seen> {
        self.conn.get_input_focus().unwrap().reply().unwrap();
        while let Some(event) = self.conn.poll_for_event().unwrap() {
            self.seen.push(match event {
                Event::ButtonPress(e) => {
                    Seen::Button { number: e.detail, down: true, at: (e.root_x, e.root_y) }
                }
                Event::ButtonRelease(e) => {
                    Seen::Button { number: e.detail, down: false, at: (e.root_x, e.root_y) }
                }
                Event::MotionNotify(e) => Seen::Motion { at: (e.root_x, e.root_y), state: e.state.into() },
                Event::KeyPress(e) => Seen::Key { code: e.detail, down: true, state: e.state.into() },
                Event::KeyRelease(e) => Seen::Key { code: e.detail, down: false, state: e.state.into() },
                _ => continue,
            });
        }
        std::mem::take(&mut self.seen)
    }
}

/// The buttons and wheel clicks among what was seen: (number, down).
pub fn buttons(seen: &[Seen]) -> Vec<(u8, bool)> {
    let one = |s: &Seen| match s {
        Seen::Button { number, down, .. } => Some((*number, *down)),
        _ => None,
    };
    seen.iter().filter_map(one).collect()
}
