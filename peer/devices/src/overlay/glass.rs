//! What catches the own mouse while the person draws on the own desktop: a window without pixels.

use deskside_media::Rect;
use deskside_session::input::{Button, InputEvent};
use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        shape::{ConnectionExt as _, SK, SO},
        xproto::{
            ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, EventMask, Rectangle,
            Screen, StackMode, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
};

use crate::{own, surface::OnInput, x11::X11Error};

/// The glyph of a cross in the font of cursors.
const CROSS: u16 = 34;

pub struct Glass {
    window: Window,
    on_input: OnInput,
    shown: Option<(i32, i32, u16, u16)>,
    /// Own windows that the mouse uses meanwhile, and where they are.
    pub usable: Vec<Window>,
    pub free: Vec<Rect>,
}

impl Glass {
    pub fn new(conn: &RustConnection, screen: &Screen, on_input: OnInput) -> Result<Self, X11Error> {
        let (window, font, cursor) = (conn.generate_id()?, conn.generate_id()?, conn.generate_id()?);
        conn.open_font(font, b"cursor")?;
        let full = u16::MAX;
        // Black, with a white edge.
        conn.create_glyph_cursor(cursor, font, font, CROSS, CROSS + 1, 0, 0, 0, full, full, full)?;
        let events = EventMask::BUTTON_PRESS | EventMask::BUTTON_RELEASE | EventMask::POINTER_MOTION;
        let aux = CreateWindowAux::new().override_redirect(1).event_mask(events).cursor(cursor);
        conn.create_window(0, window, screen.root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &aux)?
            .check()?;
        // Remote input never draws as if it were the person here.
        own::register(window.into());
        Ok(Self { window, on_input, shown: None, usable: Vec::new(), free: Vec::new() })
    }

    pub fn is_shown(&self) -> bool {
        self.shown.is_some()
    }

    /// Over this part of the desktop, or nowhere.
    pub fn show(
        &mut self,
        conn: &RustConnection,
        place: Option<(i32, i32, u16, u16)>,
    ) -> Result<(), X11Error> {
        let place = place.filter(|p| p.2 > 0 && p.3 > 0);
        if self.shown == place {
            return Ok(());
        }
        self.shown = place;
        match place {
            Some((x, y, width, height)) => {
                let aux =
                    ConfigureWindowAux::new().x(x).y(y).width(u32::from(width)).height(u32::from(height));
                conn.configure_window(self.window, &aux.stack_mode(StackMode::ABOVE))?;
                // Mapped by `leave`, when it is known what is to stay free.
            }
            None => {
                conn.unmap_window(self.window)?;
            }
        }
        Ok(())
    }

    /// Everything but the own windows; `raise`: another window came.
    pub fn leave(
        &self,
        conn: &RustConnection,
        place: (i32, i32, u16, u16),
        more: &[Rect],
        raise: bool,
    ) -> Result<(), X11Error> {
        if self.shown.is_none() {
            return Ok(());
        }
        let rectangle = |r: &Rect| Rectangle { x: r.x as i16, y: r.y as i16, width: r.w, height: r.h };
        let whole = Rectangle { x: 0, y: 0, width: place.2, height: place.3 };
        let holes: Vec<_> = self.free.iter().chain(more).map(rectangle).collect();
        let order = ClipOrdering::UNSORTED;
        conn.shape_rectangles(SO::SET, SK::BOUNDING, order, self.window, 0, 0, &[whole])?;
        conn.shape_rectangles(SO::SUBTRACT, SK::BOUNDING, order, self.window, 0, 0, &holes)?;
        if raise {
            conn.configure_window(self.window, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE))?;
        }
        conn.map_window(self.window)?;
        Ok(())
    }

    /// Whether this event is its own; what the person does on it is told.
    pub fn hear(&self, event: &Event) -> bool {
        let at = |v: i16| u16::try_from(v).unwrap_or_default();
        match event {
            Event::MotionNotify(e) => {
                (self.on_input)(InputEvent::Move { x: at(e.event_x), y: at(e.event_y) });
            }
            Event::ButtonPress(e) | Event::ButtonRelease(e) if e.detail == 1 => {
                let down = matches!(event, Event::ButtonPress(_));
                let (x, y) = (at(e.event_x), at(e.event_y));
                (self.on_input)(InputEvent::Button { button: Button::Left, down, x, y });
            }
            Event::ConfigureNotify(e) => return e.window == self.window,
            Event::MapNotify(e) => return e.window == self.window,
            Event::UnmapNotify(e) => return e.window == self.window,
            _ => return false,
        }
        true
    }
}

impl Drop for Glass {
    fn drop(&mut self) {
        own::unregister(self.window.into());
    }
}
