//! The overlay on X11: one override-redirect window in the shape of what is drawn, without an input shape.

use std::os::fd::AsRawFd as _;

use deskside_media::Rect;
use deskside_session::marks::Mark;
use x11rb::{
    connection::{Connection as _, RequestConnection as _},
    protocol::{
        Event,
        shape::{ConnectionExt as _, SK, SO},
        xproto::{
            ChangeWindowAttributesAux, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateGCAux,
            CreateWindowAux, EventMask, Gcontext, Pixmap, Rectangle, Screen, StackMode, Visibility, Window,
        },
    },
    rust_connection::RustConnection,
};

use super::{Overlay, Own, glass::Glass, raster::Canvas};
use crate::{
    capture::area::clip,
    own::{self, FRAME, Finder},
    surface::OnInput,
    x11::{Above, Keeper, OnTop, Sleeper, Wishes, X11Error, extent, put_rows},
};

pub struct X11(Keeper<Wanted>);

/// What was said since the painter looked last; the newest counts.
#[derive(Default)]
struct Wanted {
    place: Option<Place>,
    marks: Option<Vec<Mark>>,
    mouse: bool,
}

/// Left, top, width, height.
type Place = (i32, i32, u16, u16);

struct Painter {
    conn: RustConnection,
    screen: Screen,
    window: Window,
    gc: Gcontext,
    /// What the window shows, at the places that it has.
    pixmap: Pixmap,
    place: Place,
    canvas: Canvas,
    marks: Vec<Mark>,
    mapped: bool,
    on_top: OnTop,
    finder: Option<Finder>,
    classes: Own,
    /// The own windows that are never covered, and where they are.
    own: Vec<Window>,
    free: Vec<Rect>,
    glass: Glass,
    /// Windows came or went, or one of them moved, since that was looked up.
    look: bool,
    measure: bool,
}

impl X11 {
    pub fn open(display: Option<&str>, classes: Own, on_input: OnInput) -> Result<Self, X11Error> {
        let Above { conn, screen, window } = Above::open(display, &CreateWindowAux::new())?;
        let gc = conn.generate_id()?;
        conn.create_gc(gc, window, &CreateGCAux::new())?;
        let aux = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
        conn.change_window_attributes(screen.root, &aux)?.check()?;
        let glass = Glass::new(&conn, &screen, on_input)?;
        own::register_clear(window.into());
        let mut painter = Painter {
            conn,
            screen,
            window,
            gc,
            pixmap: x11rb::NONE,
            place: (0, 0, 0, 0),
            canvas: Canvas::new(0, 0),
            marks: Vec::new(),
            mapped: false,
            on_top: OnTop::default(),
            finder: Finder::open(display).ok(),
            classes,
            own: Vec::new(),
            free: Vec::new(),
            glass,
            look: true,
            measure: true,
        };
        let body = move |wishes: &Wishes<Wanted>, sleeper: &Sleeper| {
            if let Err(why) = painter.run(wishes, sleeper) {
                tracing::warn!(%why, "marks cannot be shown any more");
            }
            own::unregister(painter.window.into());
        };
        Ok(Self(Keeper::start("overlay", body)?))
    }
}

impl Overlay for X11 {
    fn place(&self, x: i32, y: i32, width: u16, height: u16) {
        self.0.want(|w| w.place = Some((x, y, width, height)));
    }

    fn take_mouse(&self, on: bool) {
        self.0.want(|w| w.mouse = on);
    }

    fn show(&self, marks: Vec<Mark>) {
        self.0.want(|w| w.marks = Some(marks));
    }
}

impl Painter {
    fn run(&mut self, wishes: &Wishes<Wanted>, sleeper: &Sleeper) -> Result<(), X11Error> {
        while !wishes.are_over() {
            if sleeper.rung() {
                let (mouse, place, marks) = wishes.with(|w| (w.mouse, w.place.take(), w.marks.take()));
                self.apply(place, marks)?;
                self.glass.show(&self.conn, mouse.then_some(self.place))?;
                self.look |= mouse;
            }
            // All that is known of the own windows counts before it comes to the top, over them.
            while let Some(event) = self.conn.poll_for_event()? {
                self.hear(&event);
            }
            if (self.mapped || self.glass.is_shown()) && (self.look || self.measure) {
                self.look_around()?;
                continue;
            }
            let again = if self.mapped { self.on_top.stay(&self.conn, self.window)? } else { None };
            self.conn.flush()?;
            // Last, as all that asks the server for something may bring events with the answers.
            match self.conn.poll_for_event()? {
                Some(event) => self.hear(&event),
                None => {
                    sleeper.sleep(self.conn.stream().as_raw_fd(), again)?;
                }
            }
        }
        Ok(())
    }

    fn hear(&mut self, event: &Event) {
        if self.glass.hear(event) {
            return;
        }
        match event {
            Event::VisibilityNotify(e) => self.on_top.seen(e.state == Visibility::UNOBSCURED),
            Event::ConfigureNotify(e) if e.window != self.window => self.measure = true,
            Event::MapNotify(e) if e.window != self.window => self.look = true,
            Event::UnmapNotify(e) if e.window != self.window => self.look = true,
            Event::DestroyNotify(_) | Event::ReparentNotify(_) => self.look = true,
            Event::Error(e) => tracing::debug!(error = ?e, "the X server reports an error"),
            _ => {}
        }
    }

    fn apply(&mut self, place: Option<Place>, marks: Option<Vec<Mark>>) -> Result<(), X11Error> {
        let mut dirty = Rect::default();
        if let Some(place) = place.filter(|p| *p != self.place) {
            self.set_place(place)?;
            dirty = self.canvas.draw(self.marks.clone());
        }
        if let Some(marks) = marks {
            self.marks.clone_from(&marks);
            let more = self.canvas.draw(marks);
            dirty = if dirty.w == 0 { more } else { Rect { x: 0, y: 0, w: self.place.2, h: self.place.3 } };
        }
        if dirty.w > 0 {
            self.paint(dirty)?;
        }
        Ok(())
    }

    fn set_place(&mut self, place: Place) -> Result<(), X11Error> {
        let (x, y, width, height) = place;
        self.place = place;
        self.canvas = Canvas::new(width, height);
        self.measure = true;
        self.hide()?;
        if self.pixmap != x11rb::NONE {
            self.conn.free_pixmap(self.pixmap)?;
            self.pixmap = x11rb::NONE;
        }
        if width > 0 && height > 0 {
            self.pixmap = self.conn.generate_id()?;
            self.conn.create_pixmap(self.screen.root_depth, self.pixmap, self.screen.root, width, height)?;
            let aux = ConfigureWindowAux::new().x(x).y(y).width(u32::from(width)).height(u32::from(height));
            self.conn.configure_window(self.window, &aux)?;
        }
        Ok(())
    }

    /// Brings the changed part of the canvas to the screen.
    fn paint(&mut self, dirty: Rect) -> Result<(), X11Error> {
        let mut bytes = Vec::with_capacity(usize::from(dirty.w) * usize::from(dirty.h) * 4);
        for y in dirty.y..dirty.y + dirty.h {
            let row = &self.canvas.row(y)[usize::from(dirty.x)..usize::from(dirty.x + dirty.w)];
            bytes.extend(row.iter().flat_map(|p| p.to_le_bytes()));
        }
        let (at, depth) = ((dirty.x as i16, dirty.y as i16), self.screen.root_depth);
        put_rows(&self.conn, self.pixmap, self.gc, depth, dirty.w, at, &bytes)?;
        let aux = ChangeWindowAttributesAux::new().background_pixmap(self.pixmap);
        self.conn.change_window_attributes(self.window, &aux)?;
        if self.marks.is_empty() {
            return self.hide();
        }
        if self.look || self.measure {
            self.find_own()?;
        }
        self.shape()?;
        self.conn.clear_area(false, self.window, at.0, at.1, dirty.w, dirty.h)?;
        if !self.mapped {
            self.mapped = true;
            let aux = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
            self.conn.configure_window(self.window, &aux)?;
            self.conn.map_window(self.window)?;
        }
        Ok(())
    }

    fn hide(&mut self) -> Result<(), X11Error> {
        if std::mem::take(&mut self.mapped) {
            self.conn.unmap_window(self.window)?;
        }
        Ok(())
    }

    fn look_around(&mut self) -> Result<(), X11Error> {
        let before = self.free.clone();
        let came = self.look;
        self.find_own()?;
        if self.mapped && self.free != before {
            self.shape()?;
        }
        self.glass.leave(&self.conn, self.place, &self.free, came)
    }

    /// Where the own windows are that stay free.
    fn find_own(&mut self) -> Result<(), X11Error> {
        if std::mem::take(&mut self.look)
            && let Some(finder) = &self.finder
        {
            let find = |classes: &[&str]| {
                let ids = classes.iter().flat_map(|class| finder.find(class));
                ids.filter_map(|w| Window::try_from(w).ok()).collect()
            };
            self.own = find(self.classes.above);
            self.glass.usable = if self.glass.is_shown() { find(self.classes.usable) } else { Vec::new() };
        }
        self.measure = false;
        self.free = self.places(&self.own)?;
        self.glass.free = self.places(&self.glass.usable)?;
        Ok(())
    }

    /// Of these windows, in the part of the desktop.
    fn places(&self, windows: &[Window]) -> Result<Vec<Rect>, X11Error> {
        let mut all = Vec::new();
        for window in windows {
            match extent(&self.conn, self.screen.root, *window) {
                Ok(Some((x, y, w, h))) => all.extend(clip(x, y, w, h, self.place)),
                Ok(None) | Err(X11Error::Reply(_)) => {}
                Err(why) => return Err(why),
            }
        }
        Ok(all)
    }

    /// All that is drawn, but for the own windows and the frame.
    fn shape(&self) -> Result<(), X11Error> {
        let mut all = Vec::new();
        for y in FRAME..self.place.3.saturating_sub(FRAME) {
            let beside = self.free.iter().filter(|r| (r.y..r.y + r.h).contains(&y));
            let mut holes: Vec<_> = beside.map(|r| (r.x, r.x + r.w)).collect();
            holes.extend([(0, FRAME), (self.place.2.saturating_sub(FRAME), self.place.2)]);
            holes.sort_unstable();
            cut(self.canvas.row(y), &holes, |x, width| {
                all.push(Rectangle { x: x as i16, y: y as i16, width, height: 1 });
            });
        }
        // Sixteen bytes are the request's own.
        let most = (self.conn.maximum_request_bytes().saturating_sub(16) / 8).max(1);
        let (mut how, mut rest) = (SO::SET, &all[..]);
        loop {
            let (some, more) = rest.split_at(rest.len().min(most));
            self.conn.shape_rectangles(
                how,
                SK::BOUNDING,
                ClipOrdering::YX_BANDED,
                self.window,
                0,
                0,
                some,
            )?;
            if more.is_empty() {
                return Ok(());
            }
            (how, rest) = (SO::UNION, more);
        }
    }
}

/// The runs of what is drawn in a row, without the holes, which are sorted.
fn cut(row: &[u32], holes: &[(u16, u16)], mut run: impl FnMut(u16, u16)) {
    let mut piece = |from: usize, to: usize| {
        let mut x = from;
        while let Some(length) = row[x..to].iter().position(|p| *p != 0) {
            let start = x + length;
            let end = row[start..to].iter().position(|p| *p == 0).map_or(to, |n| start + n);
            run(start as u16, (end - start) as u16);
            x = end;
        }
    };
    let mut from = 0;
    for hole in holes {
        let to = usize::from(hole.0).min(row.len());
        if from < to {
            piece(from, to);
        }
        from = from.max(usize::from(hole.1));
    }
    if from < row.len() {
        piece(from, row.len());
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn runs_without_the_holes() {
        let row = [0, 1, 1, 1, 0, 1, 1, 1, 1, 1];
        let runs = |holes: &[(u16, u16)]| {
            let mut all = Vec::new();
            super::cut(&row, holes, |x, w| all.push((x, w)));
            all
        };
        assert_eq!(runs(&[]), [(1, 3), (5, 5)]);
        assert_eq!(runs(&[(2, 3)]), [(1, 1), (3, 1), (5, 5)]);
        assert_eq!(runs(&[(0, 2), (1, 6), (2, 3), (9, 20)]), [(6, 3)]);
        assert_eq!(runs(&[(0, 10)]), []);
    }
}
