//! The frame on X11: one override-redirect window in the shape of four strips, without an input shape; and its tab.

use std::os::fd::AsRawFd as _;

use deskside_media::Rect;
use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        shape::{ConnectionExt as _, SK, SO},
        xproto::{
            ChangeWindowAttributesAux, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux,
            EventMask, MapState, Rectangle, Screen, StackMode, Visibility, Window,
        },
    },
    rust_connection::RustConnection,
};

use super::{FRAME, Frame, Stop, strip::Strip, tab::At};
use crate::x11::{Above, Keeper, OnTop, Sleeper, Wishes, X11Error};

/// A window manager's frame and what it puts around a client go no deeper.
const DEPTH: usize = 8;

pub struct X11(Keeper<Wanted>);

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Wanted {
    /// Left, top, width, height; not shown before it is known.
    place: Option<(i32, i32, u16, u16)>,
    rgb: u32,
    follow: Option<Window>,
}

struct Painter {
    conn: RustConnection,
    screen: Screen,
    window: Window,
    strip: Option<Strip>,
    /// The window that is followed may be elsewhere now.
    moved: bool,
    now: Wanted,
    on_top: OnTop,
}

impl X11 {
    pub fn open(display: Option<&str>, stop: Option<Stop>) -> Result<Self, X11Error> {
        let aux = CreateWindowAux::new().save_under(1).background_pixel(0);
        let Above { conn, screen, window } = Above::open(display, &aux)?;
        super::register_clear(window.into());
        let strip = stop.map(|stop| Strip::new(&conn, &screen, stop)).transpose()?;
        let (now, on_top) = (Wanted::default(), OnTop::default());
        let mut painter = Painter { conn, screen, window, strip, moved: false, now, on_top };
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

    fn follow(&self, window: Option<u64>) {
        self.0.want(|w| w.follow = window.and_then(|w| Window::try_from(w).ok()));
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
            self.hear()?;
            if std::mem::take(&mut self.moved) {
                self.place_strip()?;
                continue;
            }
            let again = self.on_top.stay(&self.conn, self.window)?;
            let strip = self.strip.as_mut().map(|s| s.stay(&self.conn)).transpose()?.flatten();
            let again = again.into_iter().chain(strip).min();
            self.conn.flush()?;
            sleeper.sleep(self.conn.stream().as_raw_fd(), again)?;
        }
        Ok(())
    }

    fn hear(&mut self) -> Result<(), X11Error> {
        while let Some(event) = self.conn.poll_for_event()? {
            if let Some(strip) = &mut self.strip
                && strip.hear(&self.conn, &event)?
            {
                continue;
            }
            let own = |w: Window| w == self.window || self.strip.as_ref().is_some_and(|s| s.window == w);
            match event {
                Event::VisibilityNotify(e) => self.on_top.seen(e.state == Visibility::UNOBSCURED),
                Event::ConfigureNotify(e) => self.moved |= !own(e.window),
                Event::MapNotify(e) => self.moved |= !own(e.window),
                Event::UnmapNotify(e) => self.moved |= !own(e.window),
                Event::DestroyNotify(_) | Event::ReparentNotify(_) => self.moved = true,
                Event::Error(e) => tracing::debug!(error = ?e, "the X server reports an error"),
                _ => {}
            }
        }
        Ok(())
    }

    /// The tab goes to the window that is followed while that is seen, else to the shared part of the desktop.
    fn place_strip(&mut self) -> Result<(), X11Error> {
        let window = match self.now.follow {
            Some(window) => self.place_of(window)?,
            None => None,
        };
        let at = window.map(At::Window).or(self.now.place.map(At::Desktop));
        let at = at.filter(|_| self.now.place.is_some());
        let Some(strip) = &mut self.strip else { return Ok(()) };
        strip.show(&self.conn, at, self.now.rgb)
    }

    /// With what a window manager put around it; none while it is not seen.
    fn place_of(&self, window: Window) -> Result<Option<(i32, i32, u16, u16)>, X11Error> {
        let seen = self.conn.get_window_attributes(window)?.reply();
        if seen.is_ok_and(|a| a.map_state != MapState::VIEWABLE) {
            return Ok(None);
        }
        let mut top = window;
        for _ in 0..DEPTH {
            // It may go away while it is looked at.
            let Ok(tree) = self.conn.query_tree(top)?.reply() else { return Ok(None) };
            if tree.parent == self.screen.root || tree.parent == x11rb::NONE {
                break;
            }
            top = tree.parent;
        }
        let Ok(g) = self.conn.get_geometry(top)?.reply() else { return Ok(None) };
        Ok(Some((g.x.into(), g.y.into(), g.width + 2 * g.border_width, g.height + 2 * g.border_width)))
    }

    /// Hears of all windows while one of them is followed.
    fn listen(&self, on: bool) -> Result<(), X11Error> {
        let events = if on { EventMask::SUBSTRUCTURE_NOTIFY } else { EventMask::NO_EVENT };
        let aux = ChangeWindowAttributesAux::new().event_mask(events);
        self.conn.change_window_attributes(self.screen.root, &aux)?;
        Ok(())
    }

    fn apply(&mut self, wanted: Wanted) -> Result<(), X11Error> {
        if wanted.follow != self.now.follow {
            self.listen(wanted.follow.is_some() && self.strip.is_some())?;
        }
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
        self.place_strip()
    }
}

/// Along the four edges of a window of this size.
fn strips(w: u16, h: u16) -> [Rectangle; 4] {
    let (across, along) = (FRAME.min(h), FRAME.min(w));
    let at = |x: u16, y: u16, width, height| Rectangle { x: x as i16, y: y as i16, width, height };
    [at(0, 0, w, across), at(0, h - across, w, across), at(0, 0, along, h), at(w - along, 0, along, h)]
}
