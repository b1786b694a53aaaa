//! The tab on the frame, on X11: a small window of its own that folds and unfolds.

use deskside_media::Rect;
use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        xproto::{
            AtomEnum, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux,
            CreateWindowAux, EventMask, Gcontext, NotifyMode, PropMode, Screen, StackMode, Timestamp,
            Visibility, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use super::{
    Stop, label,
    tab::{At, lie},
};
use crate::x11::{OnTop, X11Error, put_rows};

const INK: u32 = 0xff_ffff;
/// Milliseconds before a click counts: nobody has read it earlier.
const READ: Timestamp = 200;

pub struct Strip {
    pub window: Window,
    stop: Stop,
    /// Of the words.
    width: u16,
    gc: Gcontext,
    depth: u8,
    screen: (u16, u16),
    rgb: u32,
    at: Option<At>,
    /// Unfolded, and since when.
    open: Option<Timestamp>,
    shown: Option<Rect>,
    on_top: OnTop,
}

impl Strip {
    pub fn new(conn: &RustConnection, screen: &Screen, stop: Stop) -> Result<Self, X11Error> {
        let (window, gc) = (conn.generate_id()?, conn.generate_id()?);
        let events = EventMask::ENTER_WINDOW
            | EventMask::LEAVE_WINDOW
            | EventMask::BUTTON_PRESS
            | EventMask::VISIBILITY_CHANGE;
        let aux = CreateWindowAux::new().override_redirect(1).save_under(1).event_mask(events);
        let class = WindowClass::INPUT_OUTPUT;
        conn.create_window(0, window, screen.root, 0, 0, 1, 1, 0, class, 0, &aux)?.check()?;
        conn.create_gc(gc, window, &CreateGCAux::new())?;
        // So that drawings leave it free.
        let name = format!("{0}\0{0}\0", super::TAB_CLASS);
        let (text, cardinal) = (AtomEnum::STRING, AtomEnum::CARDINAL);
        conn.change_property8(PropMode::REPLACE, window, AtomEnum::WM_CLASS, text, name.as_bytes())?;
        let pid = conn.intern_atom(false, b"_NET_WM_PID")?.reply()?.atom;
        conn.change_property32(PropMode::REPLACE, window, pid, cardinal, &[std::process::id()])?;
        super::register_clear(window.into());
        Ok(Self {
            window,
            width: label::width(&stop.words),
            stop,
            gc,
            depth: screen.root_depth,
            screen: (screen.width_in_pixels, screen.height_in_pixels),
            rgb: 0,
            at: None,
            open: None,
            shown: None,
            on_top: OnTop::default(),
        })
    }

    pub fn show(&mut self, conn: &RustConnection, at: Option<At>, rgb: u32) -> Result<(), X11Error> {
        let repaint = self.rgb != rgb;
        (self.at, self.rgb) = (at, rgb);
        self.arrange(conn, repaint)
    }

    fn arrange(&mut self, conn: &RustConnection, repaint: bool) -> Result<(), X11Error> {
        let lies = self.at.map(|at| lie(at, self.screen, self.open.is_some(), self.width));
        if lies == self.shown && !repaint {
            return Ok(());
        }
        let before = std::mem::replace(&mut self.shown, lies);
        let Some(r) = lies else {
            self.open = None;
            conn.unmap_window(self.window)?;
            return Ok(());
        };
        if repaint || before.is_none_or(|b| (b.w, b.h) != (r.w, r.h)) {
            self.paint(conn, (r.w, r.h))?;
        }
        let aux = ConfigureWindowAux::new().x(i32::from(r.x)).y(i32::from(r.y));
        let aux = aux.width(u32::from(r.w)).height(u32::from(r.h)).stack_mode(StackMode::ABOVE);
        conn.configure_window(self.window, &aux)?;
        conn.clear_area(false, self.window, 0, 0, 0, 0)?;
        conn.map_window(self.window)?;
        Ok(())
    }

    fn paint(&self, conn: &RustConnection, (w, h): (u16, u16)) -> Result<(), X11Error> {
        let words = if self.open.is_some() { self.stop.words.as_str() } else { "" };
        let pixels = label::draw(words, (w, h), self.rgb, INK);
        let pixmap = conn.generate_id()?;
        conn.create_pixmap(self.depth, pixmap, self.window, w, h)?;
        put_rows(conn, pixmap, self.gc, self.depth, w, (0, 0), &pixels)?;
        let aux = ChangeWindowAttributesAux::new().background_pixmap(pixmap);
        conn.change_window_attributes(self.window, &aux)?;
        conn.free_pixmap(pixmap)?;
        Ok(())
    }

    /// Whether this event is its own.
    pub fn hear(&mut self, conn: &RustConnection, event: &Event) -> Result<bool, X11Error> {
        match event {
            Event::EnterNotify(e) if self.open.is_none() => {
                self.open = Some(e.time);
                self.arrange(conn, false)?;
            }
            Event::LeaveNotify(e) if e.mode == NotifyMode::NORMAL => {
                self.open = None;
                self.arrange(conn, false)?;
            }
            Event::EnterNotify(_) | Event::LeaveNotify(_) => {}
            Event::ButtonPress(e) => {
                if e.detail == 1 && self.open.is_some_and(|since| e.time.wrapping_sub(since) >= READ) {
                    (self.stop.on_stop)();
                }
            }
            Event::VisibilityNotify(e) if e.window == self.window => {
                self.on_top.seen(e.state == Visibility::UNOBSCURED);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// When to call it again.
    pub fn stay(&mut self, conn: &RustConnection) -> Result<Option<std::time::Instant>, X11Error> {
        if self.shown.is_some() { self.on_top.stay(conn, self.window) } else { Ok(None) }
    }
}

impl Drop for Strip {
    fn drop(&mut self) {
        super::unregister(self.window.into());
    }
}
