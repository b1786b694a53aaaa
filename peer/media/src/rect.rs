//! Rectangles of pixels, and joining many to few.

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    pub x: u16,
    pub y: u16,
    pub w: u16,
    pub h: u16,
}

impl Rect {
    pub const fn new(x: u16, y: u16, w: u16, h: u16) -> Self {
        Self { x, y, w, h }
    }

    /// First column to the right of it.
    pub fn right(&self) -> u32 {
        u32::from(self.x) + u32::from(self.w)
    }

    /// First row below it.
    pub fn bottom(&self) -> u32 {
        u32::from(self.y) + u32::from(self.h)
    }

    pub fn is_empty(&self) -> bool {
        self.w == 0 || self.h == 0
    }

    /// Number of pixels.
    pub fn area(&self) -> usize {
        usize::from(self.w) * usize::from(self.h)
    }

    /// The part of it inside a picture of this size; `None` when nothing is.
    pub fn clipped(&self, width: u16, height: u16) -> Option<Self> {
        let w = self.right().min(u32::from(width)).saturating_sub(u32::from(self.x));
        let h = self.bottom().min(u32::from(height)).saturating_sub(u32::from(self.y));
        // Both are at most the picture's sides.
        (w > 0 && h > 0).then_some(Self { w: w as u16, h: h as u16, ..*self })
    }

    /// The smallest rectangle around both.
    pub fn around(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let (right, bottom) = (self.right().max(other.right()), self.bottom().max(other.bottom()));
        let side = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
        Self { x, y, w: side(right - u32::from(x)), h: side(bottom - u32::from(y)) }
    }

    pub fn contains(&self, other: &Self) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && self.right() >= other.right()
            && self.bottom() >= other.bottom()
    }
}

/// Joins rectangles that together are one, and drops those inside another, until at most `most` are
/// left; what is still too many becomes one rectangle around the last ones. Covers all that was covered.
pub fn merge_rects(rects: &mut Vec<Rect>, most: usize) {
    rects.retain(|r| !r.is_empty());
    join_runs(
        rects,
        |r| (r.y, r.h, r.x),
        |a, b| (a.y == b.y && a.h == b.h && a.right() >= u32::from(b.x)).then(|| a.around(b)),
    );
    join_runs(
        rects,
        |r| (r.x, r.w, r.y),
        |a, b| (a.x == b.x && a.w == b.w && a.bottom() >= u32::from(b.y)).then(|| a.around(b)),
    );
    if rects.len() <= 64 {
        drop_covered(rects);
    }
    let most = most.max(1);
    if rects.len() > most {
        rects.sort_unstable_by_key(|r| (r.y, r.x));
        let rest = rects.drain(most - 1..).reduce(|a, b| a.around(&b));
        rects.extend(rest);
    }
}

/// Sorts by `key`, then joins neighbours for which `join` gives a rectangle.
fn join_runs<K: Ord>(
    rects: &mut Vec<Rect>,
    key: impl Fn(&Rect) -> K,
    join: impl Fn(&Rect, &Rect) -> Option<Rect>,
) {
    rects.sort_unstable_by_key(key);
    rects.dedup_by(|next, kept| {
        let joined = join(kept, next);
        if let Some(r) = joined {
            *kept = r;
        }
        joined.is_some()
    });
}

fn drop_covered(rects: &mut Vec<Rect>) {
    let mut i = 0;
    while i < rects.len() {
        let covered = (0..rects.len()).any(|j| j != i && rects[j].contains(&rects[i]));
        if covered {
            rects.swap_remove(i);
        } else {
            i += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_to_the_picture() {
        let r = Rect::new(5, 60_000, 65_535, 65_535);
        assert_eq!(r.clipped(8, 60_001), Some(Rect::new(5, 60_000, 3, 1)));
        assert_eq!(r.clipped(5, 60_001), None);
        assert_eq!(Rect::new(0, 0, 0, 4).clipped(9, 9), None);
    }

    #[test]
    fn four_quarters_become_one() {
        let mut v = vec![
            Rect::new(10, 10, 5, 5),
            Rect::new(0, 0, 10, 10),
            Rect::new(10, 0, 5, 10),
            Rect::new(0, 10, 10, 5),
        ];
        merge_rects(&mut v, 8);
        assert_eq!(v, [Rect::new(0, 0, 15, 15)]);
    }

    #[test]
    fn equal_and_covered_ones_are_dropped() {
        let mut v =
            vec![Rect::new(0, 0, 9, 9), Rect::new(2, 2, 3, 3), Rect::new(0, 0, 9, 9), Rect::default()];
        merge_rects(&mut v, 8);
        assert_eq!(v, [Rect::new(0, 0, 9, 9)]);
    }

    #[test]
    fn too_many_become_a_rectangle_around_them() {
        let mut v: Vec<Rect> = (0..10).map(|i| Rect::new(i * 10, i * 10, 2, 2)).collect();
        merge_rects(&mut v, 2);
        assert_eq!(v, [Rect::new(0, 0, 2, 2), Rect::new(10, 10, 82, 82)]);
    }
}
