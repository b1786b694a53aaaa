//! Puts the picture on the window: only what changed, from shared memory, scaled by the X server.

use deskside_media::Rect;
use x11rb::{
    connection::{Connection as _, RequestConnection as _},
    protocol::{
        Event,
        render::{self, ConnectionExt as _, PictOp},
        shm::{self, ConnectionExt as _},
        xproto::{
            ChangeWindowAttributesAux, ConnectionExt as _, CreateGCAux, Cursor, Gcontext, ImageFormat,
            Pixmap, Rectangle, Screen, Window,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use super::{
    super::layout::{Layout, Mixing, Part},
    pixels::{Formats, even, formats, rectangle},
};
use crate::{
    capture::PointerShape,
    surface::Scale,
    x11::{X11Error, connect, is_bgrx, put_rows},
};

const ZPIXMAP: u8 = 2;

/// Owns the connection that draws. Everything about one picture and its window is under one lock, so
/// that a late drawing never lands in a newer arrangement.
pub struct Painter {
    conn: RustConnection,
    screen: Screen,
    /// For drawables of the root's depth.
    gc: Gcontext,
    formats: Formats,
    picture: (u16, u16),
    /// The X server reads the pixels from here, if it can.
    seg: Option<shm::Seg>,
    /// The picture within the X server: to scale from, and where no memory is shared.
    backing: Option<Backing>,
    target: Option<Target>,
    pointer: Pointer,
}

/// A window, its size, and how it shows which part of the picture; all of it without one.
pub type Aim = (Window, u16, u16, Scale, Option<Rect>);

struct Backing {
    pixmap: Pixmap,
    source: render::Picture,
}

struct Target {
    window: Window,
    picture: render::Picture,
    size: (u16, u16),
    scale: Scale,
    crop: Option<Rect>,
    /// None while there is no picture.
    layout: Option<Layout>,
}

#[derive(Default)]
struct Pointer {
    image: Option<PointerImage>,
    at: (i32, i32),
    /// Drawn into the window, as the pointer of this screen is not where the remote one is.
    shown: bool,
    drawn: Option<Part>,
    /// The window's own pointer takes the remote shape.
    follow: bool,
}

struct PointerImage {
    cursor: Cursor,
    picture: render::Picture,
    size: (i32, i32),
    hot: (i32, i32),
}

impl Painter {
    pub fn new(display: Option<&str>) -> Result<Self, X11Error> {
        let (conn, number) = connect(display)?;
        let screen = conn.setup().roots.get(number).ok_or(X11Error::NoDisplay)?.clone();
        if !is_bgrx(&conn, &screen) {
            return Err(X11Error::Missing("true colour of 32 bits a pixel"));
        }
        let formats = formats(&conn, &screen)?;
        let gc = conn.generate_id()?;
        conn.create_gc(gc, screen.root, &CreateGCAux::new().graphics_exposures(0).foreground(0))?;
        Ok(Self {
            conn,
            screen,
            gc,
            formats,
            picture: (0, 0),
            seg: None,
            backing: None,
            target: None,
            pointer: Pointer::default(),
        })
    }

    /// Takes memory for a picture of this size: shared by `attach`, or none if that fails.
    pub fn set_picture(
        &mut self,
        width: u16,
        height: u16,
        attach: impl FnOnce(&RustConnection) -> Result<shm::Seg, X11Error>,
    ) -> Result<(), X11Error> {
        if let Some(seg) = self.seg.take() {
            self.conn.shm_detach(seg)?;
        }
        self.drop_backing()?;
        self.picture = (width, height);
        let there = self.conn.extension_information(shm::X11_EXTENSION_NAME)?.is_some();
        if there && width > 0 && height > 0 {
            self.seg = attach(&self.conn).inspect_err(|why| tracing::info!(%why, "no shared memory")).ok();
        }
        if self.seg.is_none() && width > 0 && height > 0 {
            self.make_backing()?;
        }
        self.arrange()
    }

    /// Draws to this window from now on; to none when there is none.
    pub fn set_target(&mut self, target: Option<Aim>) -> Result<(), X11Error> {
        let Some((window, width, height, scale, crop)) = target else {
            if let Some(old) = self.target.take() {
                self.conn.render_free_picture(old.picture)?;
                if self.seg.is_some() {
                    self.drop_backing()?;
                }
                self.conn.flush()?;
            }
            self.pointer.drawn = None;
            return Ok(());
        };
        match &mut self.target {
            Some(t) if t.window == window => {
                (t.size, t.scale, t.crop) = ((width, height), scale, crop);
            }
            _ => {
                self.set_target(None)?;
                let picture = self.conn.generate_id()?;
                self.conn.render_create_picture(picture, window, self.formats.root, &Default::default())?;
                let size = (width, height);
                self.target = Some(Target { window, picture, size, scale, crop, layout: None });
                self.apply_cursor()?;
            }
        }
        self.arrange()
    }

    /// Computes the layout anew and draws everything.
    fn arrange(&mut self) -> Result<(), X11Error> {
        self.pointer.drawn = None;
        let picture = self.picture;
        let Some(t) = &mut self.target else { return self.finish() };
        t.layout = match t.crop {
            Some(crop) => Layout::cropped(picture, crop, t.size, t.scale),
            None => Layout::new(picture, t.size, t.scale),
        };
        match t.layout {
            Some(l) if l.scaled() && self.backing.is_none() => {
                self.make_backing()?;
                let whole = Rect { x: 0, y: 0, w: picture.0, h: picture.1 };
                self.to_backing(whole)?;
            }
            // Shared memory is put to the window itself, so that nothing in between is needed.
            Some(l) if !l.scaled() && self.seg.is_some() => self.drop_backing()?,
            _ => {}
        }
        self.transform()?;
        let all = Part { x: 0, y: 0, w: self.size().0, h: self.size().1 };
        self.expose(all)
    }

    /// Draws a part of the window anew.
    pub fn expose(&mut self, part: Part) -> Result<(), X11Error> {
        self.draw(part)?;
        self.draw_pointer()?;
        self.finish()
    }

    /// Shows these rectangles of the picture. `bytes` are its pixels, for where no memory is shared.
    pub fn present(&mut self, changed: &[Rect], bytes: &[u8]) -> Result<(), X11Error> {
        let mut over_pointer = false;
        for &r in changed {
            let Some(r) = self.within(r) else { continue };
            match self.seg {
                None => self.send(r, bytes)?,
                Some(_) if self.backing.is_some() => self.to_backing(r)?,
                Some(_) => {}
            }
            if let Some(part) = self.layout().and_then(|l| l.part(r)) {
                self.draw_picture(part)?;
                over_pointer |= self.pointer.drawn.is_some_and(|d| d.intersect(part).is_some());
            }
        }
        if over_pointer {
            self.draw_pointer()?;
        }
        self.finish()
    }

    /// Gives the window's pointer and the drawn one this shape.
    pub fn set_shape(&mut self, shape: &PointerShape) -> Result<(), X11Error> {
        let size = (shape.width, shape.height);
        let valid = shape.width > 0
            && shape.height > 0
            && shape.bgra.len() == usize::from(shape.width) * usize::from(shape.height) * 4;
        if !valid {
            return Ok(());
        }
        self.erase_pointer()?;
        let (pixmap, gc) = (self.conn.generate_id()?, self.conn.generate_id()?);
        self.conn.create_pixmap(32, pixmap, self.screen.root, size.0, size.1)?;
        self.conn.create_gc(gc, pixmap, &CreateGCAux::new())?;
        put_rows(&self.conn, pixmap, gc, 32, size.0, (0, 0), &shape.bgra)?;
        self.conn.free_gc(gc)?;
        let (picture, cursor) = (self.conn.generate_id()?, self.conn.generate_id()?);
        self.conn.render_create_picture(picture, pixmap, self.formats.argb, &Default::default())?;
        self.conn.free_pixmap(pixmap)?;
        let hot = (shape.hot_x.min(size.0 - 1), shape.hot_y.min(size.1 - 1));
        self.conn.render_create_cursor(cursor, picture, hot.0, hot.1)?;
        let image = PointerImage {
            cursor,
            picture,
            size: (size.0.into(), size.1.into()),
            hot: (hot.0.into(), hot.1.into()),
        };
        if let Some(old) = self.pointer.image.replace(image) {
            self.conn.render_free_picture(old.picture)?;
            self.conn.free_cursor(old.cursor)?;
        }
        self.apply_cursor()?;
        self.draw_pointer()?;
        self.finish()
    }

    /// Whether the window's own pointer takes the remote shape.
    pub fn follow(&mut self, follow: bool) -> Result<(), X11Error> {
        self.pointer.follow = follow;
        self.apply_cursor()
    }

    /// Where the remote pointer is, and whether it is to be drawn.
    pub fn set_pointer(&mut self, at: (i32, i32), shown: bool) -> Result<(), X11Error> {
        if (at, shown) == (self.pointer.at, self.pointer.shown) || !(shown || self.pointer.shown) {
            self.pointer.at = at;
            return Ok(());
        }
        self.erase_pointer()?;
        (self.pointer.at, self.pointer.shown) = (at, shown);
        self.draw_pointer()?;
        Ok(self.conn.flush()?)
    }

    pub fn layout(&self) -> Option<Layout> {
        self.target.as_ref()?.layout
    }

    /// The picture's pixels as the X server sees them, BGRX.
    pub fn read(&mut self) -> Result<(u16, u16, Vec<u8>), X11Error> {
        let (w, h) = self.picture;
        if w == 0 || h == 0 {
            return Ok((0, 0, Vec::new()));
        }
        let mut copy = None;
        let from = match (&self.backing, self.seg) {
            (Some(b), None) => b.pixmap,
            (_, Some(seg)) => {
                let pixmap = self.conn.generate_id()?;
                self.conn.create_pixmap(self.screen.root_depth, pixmap, self.screen.root, w, h)?;
                let depth = self.screen.root_depth;
                self.conn
                    .shm_put_image(pixmap, self.gc, w, h, 0, 0, w, h, 0, 0, depth, ZPIXMAP, false, seg, 0)?;
                *copy.insert(pixmap)
            }
            (None, None) => return Ok((0, 0, Vec::new())),
        };
        let image = self.conn.get_image(ImageFormat::Z_PIXMAP, from, 0, 0, w, h, !0)?.reply();
        if let Some(pixmap) = copy {
            self.conn.free_pixmap(pixmap)?;
        }
        Ok((w, h, image?.data))
    }

    fn size(&self) -> (i32, i32) {
        self.target.as_ref().map_or((0, 0), |t| (t.size.0.into(), t.size.1.into()))
    }

    /// `r` without what lies beyond the picture.
    fn within(&self, r: Rect) -> Option<Rect> {
        let w = r.w.min(self.picture.0.checked_sub(r.x)?);
        let h = r.h.min(self.picture.1.checked_sub(r.y)?);
        (w > 0 && h > 0).then_some(Rect { w, h, ..r })
    }

    fn apply_cursor(&self) -> Result<(), X11Error> {
        let Some(t) = &self.target else { return Ok(()) };
        let remote = self.pointer.image.as_ref().filter(|_| self.pointer.follow);
        let cursor = remote.map_or(x11rb::NONE, |i| i.cursor);
        self.conn.change_window_attributes(t.window, &ChangeWindowAttributesAux::new().cursor(cursor))?;
        Ok(self.conn.flush()?)
    }

    fn make_backing(&mut self) -> Result<(), X11Error> {
        let (w, h) = self.picture;
        let (pixmap, source) = (self.conn.generate_id()?, self.conn.generate_id()?);
        self.conn.create_pixmap(self.screen.root_depth, pixmap, self.screen.root, w, h)?;
        let all = Rectangle { x: 0, y: 0, width: w, height: h };
        self.conn.poly_fill_rectangle(pixmap, self.gc, &[all])?;
        let aux = render::CreatePictureAux::new().repeat(render::Repeat::PAD);
        self.conn.render_create_picture(source, pixmap, self.formats.root, &aux)?;
        self.backing = Some(Backing { pixmap, source });
        Ok(())
    }

    fn drop_backing(&mut self) -> Result<(), X11Error> {
        if let Some(b) = self.backing.take() {
            self.conn.render_free_picture(b.source)?;
            self.conn.free_pixmap(b.pixmap)?;
        }
        Ok(())
    }

    /// Tells the X server how the backing is scaled.
    fn transform(&self) -> Result<(), X11Error> {
        let (Some(b), Some(l)) = (&self.backing, self.layout()) else { return Ok(()) };
        // In 65536ths of the picture's pixels; with the scrolling, which can be too far for 16 bits.
        let ratio =
            |v: i32, of: i32, shown: i32| (((i64::from(v) * i64::from(of)) << 16) / i64::from(shown)) as i32;
        let ((w, h), (x, y)) = (l.shown(), l.from());
        let matrix = render::Transform {
            matrix11: ratio(1, w, l.width),
            matrix13: ratio(-l.left, w, l.width) + (x << 16),
            matrix22: ratio(1, h, l.height),
            matrix23: ratio(-l.top, h, l.height) + (y << 16),
            matrix33: 1 << 16,
            ..Default::default()
        };
        self.conn.render_set_picture_transform(b.source, matrix)?;
        let (filter, kernel): (&[u8], _) = match l.mixing() {
            Mixing::Near if l.scaled() => (b"good", Vec::new()),
            Mixing::Square(side) if l.scaled() => (b"convolution", even(side)),
            _ => (b"nearest", Vec::new()),
        };
        self.conn.render_set_picture_filter(b.source, filter, &kernel)?;
        Ok(())
    }

    /// Copies a part of the shared picture to the backing.
    fn to_backing(&self, r: Rect) -> Result<(), X11Error> {
        let (Some(seg), Some(b)) = (self.seg, &self.backing) else { return Ok(()) };
        let (x, y) = (r.x as i16, r.y as i16);
        let (w, h) = self.picture;
        let depth = self.screen.root_depth;
        self.conn.shm_put_image(
            b.pixmap, self.gc, w, h, r.x, r.y, r.w, r.h, x, y, depth, ZPIXMAP, false, seg, 0,
        )?;
        Ok(())
    }

    /// Sends a part of a picture that the X server cannot see to the backing.
    fn send(&self, r: Rect, bytes: &[u8]) -> Result<(), X11Error> {
        let Some(b) = &self.backing else { return Ok(()) };
        let stride = usize::from(self.picture.0) * 4;
        let mut packed = Vec::with_capacity(usize::from(r.w) * usize::from(r.h) * 4);
        for row in bytes.chunks_exact(stride).skip(r.y.into()).take(r.h.into()) {
            packed.extend_from_slice(&row[usize::from(r.x) * 4..][..usize::from(r.w) * 4]);
        }
        let at = (r.x as i16, r.y as i16);
        put_rows(&self.conn, b.pixmap, self.gc, self.screen.root_depth, r.w, at, &packed)
    }

    /// Draws a part of the window: what of the picture is there, and black beside it.
    fn draw(&self, part: Part) -> Result<(), X11Error> {
        let Some(t) = &self.target else { return Ok(()) };
        let black: Vec<_> = match t.layout {
            Some(l) => l.margins().filter_map(|m| m.intersect(part)).map(rectangle).collect(),
            None => vec![rectangle(part)],
        };
        if !black.is_empty() {
            self.conn.poly_fill_rectangle(t.window, self.gc, &black)?;
        }
        match t.layout.and_then(|l| l.covered()?.intersect(part)) {
            Some(part) => self.draw_picture(part),
            None => Ok(()),
        }
    }

    /// Draws a part of the window that the picture covers.
    fn draw_picture(&self, part: Part) -> Result<(), X11Error> {
        let (Some(t), Some(l)) = (&self.target, self.layout()) else { return Ok(()) };
        let to = rectangle(part);
        match (&self.backing, self.seg) {
            (Some(b), _) => {
                // Its transformation has the place in it.
                self.conn.render_composite(
                    PictOp::SRC,
                    b.source,
                    x11rb::NONE,
                    t.picture,
                    to.x,
                    to.y,
                    0,
                    0,
                    to.x,
                    to.y,
                    to.width,
                    to.height,
                )?;
            }
            (None, Some(seg)) => {
                let (w, h) = self.picture;
                let depth = self.screen.root_depth;
                // Within the picture; a covered part never starts before it.
                let (x, y) = (part.x - l.left + l.from().0, part.y - l.top + l.from().1);
                self.conn.shm_put_image(
                    t.window, self.gc, w, h, x as u16, y as u16, to.width, to.height, to.x, to.y, depth,
                    ZPIXMAP, false, seg, 0,
                )?;
            }
            (None, None) => {}
        }
        Ok(())
    }

    fn erase_pointer(&mut self) -> Result<(), X11Error> {
        match self.pointer.drawn.take() {
            Some(part) => self.draw(part),
            None => Ok(()),
        }
    }

    fn draw_pointer(&mut self) -> Result<(), X11Error> {
        let (Some(t), Some(l), Some(i)) = (&self.target, self.layout(), &self.pointer.image) else {
            return Ok(());
        };
        if !self.pointer.shown {
            return Ok(());
        }
        let (x, y) = l.place(self.pointer.at.0, self.pointer.at.1);
        let whole = Part { x: x - i.hot.0, y: y - i.hot.1, w: i.size.0, h: i.size.1 };
        // Of a part that is shown alone, no further than its edge.
        let within = if t.crop.is_some() { l.covered() } else { Some(l.window()) };
        self.pointer.drawn = within.and_then(|room| whole.intersect(room));
        if let Some(part) = self.pointer.drawn {
            let to = rectangle(part);
            let (sx, sy) = ((part.x - whole.x) as i16, (part.y - whole.y) as i16);
            self.conn.render_composite(
                PictOp::OVER,
                i.picture,
                x11rb::NONE,
                t.picture,
                sx,
                sy,
                0,
                0,
                to.x,
                to.y,
                to.width,
                to.height,
            )?;
        }
        Ok(())
    }

    /// Waits until the X server has done it all, so that the memory may be written again.
    fn finish(&self) -> Result<(), X11Error> {
        self.conn.sync()?;
        while let Some(event) = self.conn.poll_for_event()? {
            // A window may be gone before its last drawing.
            if let Event::Error(e) = event {
                tracing::debug!(error = ?e, "the X server reports an error");
            }
        }
        Ok(())
    }
}
