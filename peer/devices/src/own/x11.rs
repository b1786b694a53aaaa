//! The frame on X11: one override-redirect window in the shape of four strips, without an input shape.

use std::os::fd::AsRawFd as _;

use deskside_media::Rect;
use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        shape::{ConnectionExt as _, SK, SO},
        xproto::{
            ChangeWindowAttributesAux, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux,
            Rectangle, StackMode, Visibility, Window,
        },
    },
    rust_connection::RustConnection,
};

use super::{FRAME, Frame};
use crate::x11::{Above, Keeper, OnTop, Sleeper, Wishes, X11Error};

pub struct X11(Keeper<Wanted>);

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
        let aux = CreateWindowAux::new().save_under(1).background_pixel(0);
        let Above { conn, window, .. } = Above::open(display, &aux)?;
        super::register_clear(window.into());
        let mut painter = Painter { conn, window, now: Wanted::default(), on_top: OnTop::default() };
        let body = move |wishes: &Wishes<Wanted>, sleeper: &Sleeper| {
            if let Err(why) = painter.run(wishes, sleeper) {
                tracing::warn!(%why, "the frame cannot be shown any more");
            }
            super::unregister(painter.window.into());
        };
        Ok(Self(Keeper::start("frame", body)?))
    }
}

impl Frame for X11 {
    fn place(&self, x: i32, y: i32, area: Rect) {
        let (x, y) = (x.saturating_add(area.x.into()), y.saturating_add(area.y.into()));
        let there = area.w > 0 && area.h > 0;
        self.0.want(|w| w.place = there.then_some((x, y, area.w, area.h)));
    }

    fn colour(&self, rgb: u32) {
        self.0.want(|w| w.rgb = rgb & 0xff_ffff);
    }
}

impl Painter {
    fn run(&mut self, wishes: &Wishes<Wanted>, sleeper: &Sleeper) -> Result<(), X11Error> {
        while !wishes.are_over() {
            if sleeper.rung() {
                self.apply(wishes.with(|w| *w))?;
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
