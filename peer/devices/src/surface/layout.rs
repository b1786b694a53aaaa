//! Where the picture lies in its window.

use deskside_media::Rect;

use super::Scale;

/// All in window pixels. The picture may reach beyond the window on each side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Of the picture's first pixel.
    pub left: i32,
    pub top: i32,
    /// How large the whole picture is shown.
    pub width: i32,
    pub height: i32,
    mixing: Mixing,
    picture: (i32, i32),
    window: (i32, i32),
    /// Of a part that is shown alone: where it begins.
    from: (i32, i32),
}

/// What a pixel of the window is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mixing {
    /// One pixel of the picture, so that whole multiples are sharp.
    #[default]
    One,
    /// Its neighbours.
    Near,
    /// All of a square with so many pixels on a side, so that none is lost where it is shown much smaller.
    Square(u8),
}

impl Mixing {
    fn new(scale: Scale, of: i32, shown: i32) -> Self {
        match scale {
            Scale::Zoom { percent, .. } if percent % 100 == 0 => Self::One,
            Scale::Zoom { .. } if shown * 2 < of => {
                Self::Square((of / shown + i32::from(of % shown > 0)).min(8) as u8)
            }
            _ => Self::Near,
        }
    }
}

/// So many pixels at this size; at least one.
fn zoomed(pixels: i32, percent: u16) -> i32 {
    ((pixels * i32::from(percent) + 50) / 100).max(1)
}

fn whole(v: u32) -> i32 {
    i32::try_from(v).unwrap_or(i32::MAX)
}

/// A rectangle in a window; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub x: i32,
    pub y: i32,
    pub w: i32,
    pub h: i32,
}

impl Part {
    pub fn intersect(self, o: Self) -> Option<Self> {
        let (x, y) = (self.x.max(o.x), self.y.max(o.y));
        let w = (self.x + self.w).min(o.x + o.w) - x;
        let h = (self.y + self.h).min(o.y + o.h) - y;
        (w > 0 && h > 0).then_some(Self { x, y, w, h })
    }
}

impl Layout {
    /// None if one of the two has no pixels.
    pub fn new(picture: (u16, u16), window: (u16, u16), scale: Scale) -> Option<Self> {
        let picture = (i32::from(picture.0), i32::from(picture.1));
        let window = (i32::from(window.0), i32::from(window.1));
        if picture.0 == 0 || picture.1 == 0 || window.0 == 0 || window.1 == 0 {
            return None;
        }
        let (width, height) = match scale {
            Scale::Zoom { percent, .. } => (zoomed(picture.0, percent), zoomed(picture.1, percent)),
            Scale::Fit => {
                let across = i64::from(picture.0) * i64::from(window.1);
                let along = i64::from(picture.1) * i64::from(window.0);
                let part = |of: i64, by: i32| (of / i64::from(by)).max(1) as i32;
                if across > along {
                    (window.0, part(along, picture.0))
                } else {
                    (part(across, picture.1), window.1)
                }
            }
        };
        let (x, y) = match scale {
            Scale::Zoom { x, y, .. } => (whole(x), whole(y)),
            Scale::Fit => (0, 0),
        };
        // Smaller than the window: in its middle. Larger: scrolled, no further than its edge.
        let start = |shown: i32, room: i32, scroll: i32| {
            if shown <= room { (room - shown) / 2 } else { -scroll.min(shown - room) }
        };
        let (left, top) = (start(width, window.0, x), start(height, window.1, y));
        let mixing = Mixing::new(scale, picture.0, width);
        Some(Self { left, top, width, height, mixing, picture, window, from: (0, 0) })
    }

    /// The same where this part of the picture alone is shown. None if nothing of it is in the picture.
    pub fn cropped(picture: (u16, u16), crop: Rect, window: (u16, u16), scale: Scale) -> Option<Self> {
        let w = crop.w.min(picture.0.checked_sub(crop.x)?);
        let h = crop.h.min(picture.1.checked_sub(crop.y)?);
        let from = (i32::from(crop.x), i32::from(crop.y));
        Some(Self { from, ..Self::new((w, h), window, scale)? })
    }

    /// Where what is shown begins in the picture.
    pub fn from(&self) -> (i32, i32) {
        self.from
    }

    /// How large that is in the picture.
    pub fn shown(&self) -> (i32, i32) {
        self.picture
    }

    pub fn scaled(&self) -> bool {
        (self.width, self.height) != self.picture
    }

    /// How pixels of the window come from those of the picture, where it is [`Self::scaled`].
    pub fn mixing(&self) -> Mixing {
        self.mixing
    }

    /// What of the window the picture covers.
    pub fn covered(&self) -> Option<Part> {
        let shown = Part { x: self.left, y: self.top, w: self.width, h: self.height };
        shown.intersect(self.window())
    }

    pub fn window(&self) -> Part {
        Part { x: 0, y: 0, w: self.window.0, h: self.window.1 }
    }

    /// The parts of the window beside the picture.
    pub fn margins(&self) -> impl Iterator<Item = Part> {
        let (w, h) = self.window;
        let (right, bottom) = (self.left + self.width, self.top + self.height);
        let window = self.window();
        [
            Part { x: 0, y: 0, w, h: self.top },
            Part { x: 0, y: bottom, w, h: h - bottom },
            Part { x: 0, y: self.top, w: self.left, h: self.height },
            Part { x: right, y: self.top, w: w - right, h: self.height },
        ]
        .into_iter()
        .filter(|p| p.w > 0 && p.h > 0)
        .filter_map(move |p| p.intersect(window))
    }

    /// The part of the window that shows `r`, with a pixel more around it where pixels are mixed.
    pub fn part(&self, r: Rect) -> Option<Part> {
        // A neighbour is as far away as a pixel of the picture is large.
        let more = match self.mixing {
            _ if !self.scaled() => 0,
            Mixing::One => 0,
            Mixing::Near => 1 + self.width / (2 * self.picture.0),
            Mixing::Square(_) => 1,
        };
        let down =
            |v: i32, shown: i32, of: i32| (i64::from(v) * i64::from(shown)).div_euclid(of.into()) as i32;
        let up = |v: i32, shown: i32, of: i32| {
            let product = i64::from(v) * i64::from(shown);
            (product + i64::from(of) - 1).div_euclid(of.into()) as i32
        };
        let (w, h) = self.picture;
        let (rx, ry) = (i32::from(r.x) - self.from.0, i32::from(r.y) - self.from.1);
        let x = self.left + down(rx, self.width, w) - more;
        let y = self.top + down(ry, self.height, h) - more;
        let right = self.left + up(rx + i32::from(r.w), self.width, w) + more;
        let bottom = self.top + up(ry + i32::from(r.h), self.height, h) + more;
        Part { x, y, w: right - x, h: bottom - y }.intersect(self.covered()?)
    }

    /// The pixel of the picture under a place of the window (the nearest one for a place beside it),
    /// and whether the place is on the picture.
    pub fn pixel(&self, x: i32, y: i32) -> (u16, u16, bool) {
        let along = |v: i32, start: i32, shown: i32, (from, of): (i32, i32)| {
            let at = i64::from(v - start) * i64::from(of);
            (at.div_euclid(shown.into()).clamp(0, i64::from(of - 1)) as i32 + from) as u16
        };
        let inside = (self.left..self.left + self.width).contains(&x)
            && (self.top..self.top + self.height).contains(&y);
        let (across, down) = ((self.from.0, self.picture.0), (self.from.1, self.picture.1));
        (along(x, self.left, self.width, across), along(y, self.top, self.height, down), inside)
    }

    /// Where in the window a pixel of the picture is shown.
    pub fn place(&self, x: i32, y: i32) -> (i32, i32) {
        let along = |v: i32, start: i32, shown: i32, of: i32| {
            start + (i64::from(v) * i64::from(shown)).div_euclid(of.into()) as i32
        };
        let (x, y) = (x.saturating_sub(self.from.0), y.saturating_sub(self.from.1));
        (along(x, self.left, self.width, self.picture.0), along(y, self.top, self.height, self.picture.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fit_keeps_the_shape_and_centres() {
        let l = Layout::new((1920, 1080), (960, 800), Scale::Fit).unwrap();
        assert_eq!((l.left, l.top, l.width, l.height), (0, 130, 960, 540));
        let margins: Vec<_> = l.margins().collect();
        assert_eq!(margins, [Part { x: 0, y: 0, w: 960, h: 130 }, Part { x: 0, y: 670, w: 960, h: 130 }]);
        assert_eq!(l.pixel(480, 400), (960, 540, true));
        assert_eq!(l.pixel(0, 10), (0, 0, false));
        assert_eq!(l.pixel(959, 799), (1918, 1079, false));
        assert_eq!(l.part(Rect { x: 100, y: 100, w: 10, h: 10 }), Some(Part { x: 49, y: 179, w: 7, h: 7 }));
    }

    #[test]
    fn one_to_one_scrolls_to_the_edge_and_no_further() {
        let l = Layout::new((800, 600), (400, 700), Scale::Zoom { percent: 100, x: 500, y: 90 }).unwrap();
        assert_eq!((l.left, l.top), (-400, 50));
        assert!(!l.scaled());
        assert_eq!(l.pixel(0, 50), (400, 0, true));
        assert_eq!(l.part(Rect { x: 390, y: 0, w: 20, h: 5 }), Some(Part { x: 0, y: 50, w: 10, h: 5 }));
        assert_eq!(l.part(Rect { x: 0, y: 0, w: 20, h: 5 }), None);
    }

    #[test]
    fn a_zoom_is_scrolled_in_pixels_of_the_window() {
        let l = Layout::new((800, 600), (400, 2000), Scale::Zoom { percent: 300, x: 90, y: 90 }).unwrap();
        assert_eq!((l.left, l.top, l.width, l.height), (-90, 100, 2400, 1800));
        assert_eq!(l.mixing(), Mixing::One);
        assert_eq!(
            [l.pixel(0, 100), l.pixel(2, 103), l.pixel(3, 0)],
            [(30, 0, true), (30, 1, true), (31, 0, false)]
        );
        assert_eq!(l.part(Rect { x: 30, y: 0, w: 1, h: 1 }), Some(Part { x: 0, y: 100, w: 3, h: 3 }));
        assert_eq!(l.place(31, 1), (3, 103));
    }

    #[test]
    fn pixels_are_mixed_by_how_large_they_are() {
        let zoom =
            |percent| Layout::new((800, 600), (400, 300), Scale::Zoom { percent, x: 0, y: 0 }).unwrap();
        assert_eq!(
            [25, 33, 50, 100, 200].map(|p| zoom(p).mixing()),
            [Mixing::Square(4), Mixing::Square(4), Mixing::Near, Mixing::One, Mixing::One,]
        );
        // The colour of a pixel reaches to the middle of the next: half of 175 or 350 percent.
        let reach = |percent| {
            let part = zoom(percent).part(Rect { x: 20, y: 20, w: 1, h: 1 }).unwrap();
            20 * i32::from(percent) / 100 - part.x
        };
        assert_eq!([50, 175, 350, 400].map(reach), [1, 1, 2, 0]);
    }

    #[test]
    fn a_part_is_shown_alone() {
        let crop = Rect { x: 100, y: 50, w: 200, h: 100 };
        let l = Layout::cropped((800, 600), crop, (400, 300), Scale::Fit).unwrap();
        assert_eq!((l.left, l.top, l.width, l.height), (0, 50, 400, 200));
        assert_eq!((l.pixel(0, 50), l.pixel(399, 249)), ((100, 50, true), (299, 149, true)));
        assert_eq!((l.pixel(9, 0), l.place(100, 50)), ((104, 50, false), (0, 50)));
        assert_eq!(l.part(Rect { x: 0, y: 0, w: 90, h: 40 }), None);
        assert_eq!(l.part(Rect { x: 0, y: 0, w: 800, h: 600 }), l.covered());
        let l =
            Layout::cropped((800, 600), crop, (400, 300), Scale::Zoom { percent: 100, x: 0, y: 0 }).unwrap();
        assert_eq!((l.left, l.top, l.scaled(), l.pixel(100, 100)), (100, 100, false, (100, 50, true)));
        // What is told of a picture that is smaller by now.
        let l =
            Layout::cropped((150, 600), crop, (400, 300), Scale::Zoom { percent: 100, x: 0, y: 0 }).unwrap();
        assert_eq!(l.shown(), (50, 100));
        assert_eq!(Layout::cropped((90, 600), crop, (400, 300), Scale::Fit), None);
    }

    proptest::proptest! {
        #[test]
        fn places_and_pixels_agree(
            pw in 1u16..4000, ph in 1u16..4000, ww in 1u16..4000, wh in 1u16..4000, fit: bool, sx: u16, sy: u16,
            percent in 25u16..=400,
            at in (0u16..4000, 0u16..4000),
        ) {
            let scale = if fit { Scale::Fit } else { Scale::Zoom { percent, x: sx.into(), y: sy.into() } };
            let l = Layout::new((pw, ph), (ww, wh), scale).unwrap();
            let covered = l.covered().unwrap();
            let margins: i64 = l.margins().map(|m| i64::from(m.w) * i64::from(m.h)).sum();
            let all = i64::from(ww) * i64::from(wh);
            assert_eq!(margins + i64::from(covered.w) * i64::from(covered.h), all);
            let (x, y, inside) = l.pixel(at.0.into(), at.1.into());
            assert!(x < pw && y < ph);
            if inside && at.0 < ww && at.1 < wh {
                let part = l.part(Rect { x, y, w: 1, h: 1 }).unwrap();
                let here = Part { x: at.0.into(), y: at.1.into(), w: 1, h: 1 };
                assert_eq!(part.intersect(here), Some(here));
            }
        }
    }
}
