//! The frame on X11: one override-redirect window in the shape of four strips, without an input shape.

use std::{
    os::fd::AsRawFd as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use deskside_media::Rect;
use x11rb::{
    connection::{Connection as _, RequestConnection as _},
    protocol::{
        Event,
        shape::{self, ConnectionExt as _, SK, SO},
        xproto::{
            ChangeWindowAttributesAux, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux,
            EventMask, Rectangle, StackMode, Visibility, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
};

use super::{FRAME, Frame};
use crate::x11::{Alarm, OnTop, Sleeper, X11Error, connect, is_bgrx};

pub struct X11 {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    wanted: Mutex<Wanted>,
    alarm: Arc<Alarm>,
    over: AtomicBool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Wanted {
    /// Left, top, width, height; not shown before it is known.
    place: Option<(i32, i32, u16, u16)>,
    rgb: u32,
}

struct Painter {
    conn: RustConnection,
    window: Window,
    now: Wanted,
    on_top: OnTop,
}

impl X11 {
    pub fn open(display: Option<&str>) -> Result<Self, X11Error> {
        let (conn, number) = connect(display)?;
        let screen = conn.setup().roots.get(number).ok_or(X11Error::NoDisplay)?.clone();
        if conn.extension_information(shape::X11_EXTENSION_NAME)?.is_none() || !is_bgrx(&conn, &screen) {
            return Err(X11Error::Missing("SHAPE"));
        }
        let window = conn.generate_id()?;
        let aux = CreateWindowAux::new()
            .override_redirect(1)
            .save_under(1)
            .background_pixel(0)
            .event_mask(EventMask::VISIBILITY_CHANGE);
        let class = WindowClass::INPUT_OUTPUT;
        conn.create_window(0, window, screen.root, 0, 0, 1, 1, 0, class, 0, &aux)?.check()?;
        // Without an input shape every click goes to what is below.
        conn.shape_rectangles(SO::SET, SK::INPUT, ClipOrdering::UNSORTED, window, 0, 0, &[])?.check()?;
        let sleeper = Sleeper::new()?;
        let shared = Arc::new(Shared {
            wanted: Mutex::default(),
            alarm: sleeper.alarm(),
            over: AtomicBool::new(false),
        });
        super::register_clear(window.into());
        let mut painter = Painter { conn, window, now: Wanted::default(), on_top: OnTop::default() };
        let told = shared.clone();
        let body = move || {
            if let Err(why) = painter.run(&told, &sleeper) {
                tracing::warn!(%why, "the frame cannot be shown any more");
            }
            super::unregister(painter.window.into());
        };
        let thread = std::thread::Builder::new().name("frame".into()).spawn(body)?;
        Ok(Self { shared, thread: Some(thread) })
    }

    fn want(&self, change: impl FnOnce(&mut Wanted)) {
        change(&mut self.shared.wanted.lock().unwrap_or_else(|e| e.into_inner()));
        self.shared.alarm.ring();
    }
}

impl Frame for X11 {
    fn place(&self, x: i32, y: i32, area: Rect) {
        let (x, y) = (x.saturating_add(area.x.into()), y.saturating_add(area.y.into()));
        let there = area.w > 0 && area.h > 0;
        self.want(|w| w.place = there.then_some((x, y, area.w, area.h)));
    }

    fn colour(&self, rgb: u32) {
        self.want(|w| w.rgb = rgb & 0xff_ffff);
    }
}

impl Drop for X11 {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Release);
        self.shared.alarm.ring();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Painter {
    fn run(&mut self, shared: &Shared, sleeper: &Sleeper) -> Result<(), X11Error> {
        while !shared.over.load(Ordering::Acquire) {
            if sleeper.rung() {
                let wanted = *shared.wanted.lock().unwrap_or_else(|e| e.into_inner());
                self.apply(wanted)?;
            }
            while let Some(event) = self.conn.poll_for_event()? {
                match event {
                    Event::VisibilityNotify(e) => self.on_top.seen(e.state == Visibility::UNOBSCURED),
                    Event::Error(e) => tracing::debug!(error = ?e, "the X server reports an error"),
                    _ => {}
                }
            }
            let again = self.on_top.stay(&self.conn, self.window)?;
            self.conn.flush()?;
            sleeper.sleep(self.conn.stream().as_raw_fd(), again)?;
        }
        Ok(())
    }

    fn apply(&mut self, wanted: Wanted) -> Result<(), X11Error> {
        if wanted.rgb != self.now.rgb {
            let aux = ChangeWindowAttributesAux::new().background_pixel(wanted.rgb);
            self.conn.change_window_attributes(self.window, &aux)?;
            self.conn.clear_area(false, self.window, 0, 0, 0, 0)?;
        }
        match wanted.place {
            place if place == self.now.place => {}
            Some((x, y, w, h)) => {
                let (bounding, order) = (SK::BOUNDING, ClipOrdering::UNSORTED);
                let strips = strips(w, h);
                self.conn.shape_rectangles(SO::SET, bounding, order, self.window, 0, 0, &strips)?;
                let aux = ConfigureWindowAux::new().x(x).y(y).width(u32::from(w)).height(u32::from(h));
                self.conn.configure_window(self.window, &aux.stack_mode(StackMode::ABOVE))?;
                self.conn.map_window(self.window)?;
            }
            None => {
                self.conn.unmap_window(self.window)?;
            }
        }
        self.now = wanted;
        Ok(())
    }
}

/// Along the four edges of a window of this size.
fn strips(w: u16, h: u16) -> [Rectangle; 4] {
    let (across, along) = (FRAME.min(h), FRAME.min(w));
    let at = |x: u16, y: u16, width, height| Rectangle { x: x as i16, y: y as i16, width, height };
    [at(0, 0, w, across), at(0, h - across, w, across), at(0, 0, along, h), at(w - along, 0, along, h)]
}
