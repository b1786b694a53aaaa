//! Where the picture is in the window. In points, but where it says pixels; it draws nothing and keeps nothing.

use eframe::egui::{Pos2, Rect, Vec2};

/// A picture as it lies in the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Framing {
    /// The part of the window that is its own.
    pub area: Rect,
    /// All of the picture; it reaches beyond `area` where it is scrolled.
    pub whole: Rect,
}

impl Framing {
    /// As large as fits, the shape kept; `size` in any unit.
    pub fn fit(room: Rect, size: Vec2) -> Self {
        let scale = (room.width() / size.x.max(1.0)).min(room.height() / size.y.max(1.0));
        Self { area: room, whole: Rect::from_center_size(room.center(), size * scale) }
    }

    /// As large as it is, scrolled by `offset`; in the middle of the room where it is smaller.
    pub fn scrolled(room: Rect, size: Vec2, offset: Vec2) -> Self {
        let seen = size.min(room.size());
        let middle = Rect::from_center_size(room.center(), seen).min;
        let start = |seen: f32, room: f32, middle: f32, edge: f32| if seen < room { middle } else { edge };
        let x = start(seen.x, room.width(), middle.x, room.left());
        let y = start(seen.y, room.height(), middle.y, room.top());
        let area = Rect::from_min_size([x, y].into(), seen);
        Self { area, whole: Rect::from_min_size(area.min - offset, size) }
    }

    /// What is seen of the picture.
    pub fn seen(&self) -> Rect {
        self.whole.intersect(self.area)
    }

    /// How far along and down the picture a point is, from 0 to 1; its edge for a point beside it.
    pub fn share(&self, at: Pos2) -> Vec2 {
        let share = (at - self.whole.min) / self.whole.size().max(Vec2::splat(1.0));
        share.clamp(Vec2::ZERO, Vec2::splat(1.0))
    }

    /// How far it is scrolled, in pixels of the window.
    pub fn offset(&self, pixels_per_point: f32) -> (u32, u32) {
        let offset = (self.area.min - self.whole.min) * pixels_per_point;
        (offset.x.round() as u32, offset.y.round() as u32)
    }

    /// Its part of the window in pixels: left, top, width, height.
    pub fn pixels(&self, pixels_per_point: f32) -> (i32, i32, u16, u16) {
        let at = self.area * pixels_per_point;
        let size = |v: f32| v.round().max(1.0) as u16;
        (at.left().round() as i32, at.top().round() as i32, size(at.width()), size(at.height()))
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::{pos2, vec2};

    use super::*;

    const ROOM: Rect = Rect { min: pos2(10.0, 20.0), max: pos2(410.0, 320.0) };

    #[test]
    fn what_fits_keeps_its_shape_in_the_middle() {
        let f = Framing::fit(ROOM, vec2(1600.0, 800.0));
        assert_eq!(f.whole, Rect::from_min_size(pos2(10.0, 70.0), vec2(400.0, 200.0)));
        assert_eq!(f.pixels(2.0), (20, 40, 800, 600));
    }

    #[test]
    fn what_is_larger_is_scrolled_and_what_is_smaller_stands_in_the_middle() {
        let f = Framing::scrolled(ROOM, vec2(1000.0, 100.0), vec2(50.0, 0.0));
        assert_eq!(f.area, Rect::from_min_size(pos2(10.0, 120.0), vec2(400.0, 100.0)));
        assert_eq!(f.whole.min, pos2(-40.0, 120.0));
        assert_eq!(f.offset(2.0), (100, 0));
        assert_eq!(f.share(pos2(210.0, 170.0)), vec2(0.25, 0.5));
        assert_eq!(f.share(pos2(0.0, 0.0)), vec2(0.04, 0.0));
    }
}
