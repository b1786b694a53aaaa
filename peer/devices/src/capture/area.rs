//! Rectangles of what changed: clipped, and merged to a bounded number.

use deskside_media::Rect;

/// More rectangles than this cost more than the pixels they spare.
pub const MAX_RECTS: usize = 32;
/// Pixels that a merged rectangle may hold beyond the two that it stands for.
const WASTE: u32 = 4096;

/// The part of (`x`, `y`, `w`, `h`) inside `area`, relative to it.
pub fn clip(x: i32, y: i32, w: i32, h: i32, area: (i32, i32, u16, u16)) -> Option<Rect> {
    let (left, top) = (x.max(area.0), y.max(area.1));
    let right = x.saturating_add(w).min(area.0.saturating_add(area.2.into()));
    let bottom = y.saturating_add(h).min(area.1.saturating_add(area.3.into()));
    let fit = |v: i32| u16::try_from(v).ok();
    (right > left && bottom > top)
        .then(|| {
            Some(Rect {
                x: fit(left - area.0)?,
                y: fit(top - area.1)?,
                w: fit(right - left)?,
                h: fit(bottom - top)?,
            })
        })
        .flatten()
}

pub fn pixels(r: Rect) -> u32 {
    u32::from(r.w) * u32::from(r.h)
}

pub fn union(a: Rect, b: Rect) -> Rect {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    let (right, bottom) = ((a.x + a.w).max(b.x + b.w), (a.y + a.h).max(b.y + b.h));
    Rect { x, y, w: right - x, h: bottom - y }
}

/// What the union of two holds beyond them.
fn waste(a: Rect, b: Rect) -> u32 {
    pixels(union(a, b)).saturating_sub(pixels(a) + pixels(b))
}

/// Joins rectangles whose union wastes little, until at most [`MAX_RECTS`] are left.
pub fn merge(rects: &mut Vec<Rect>) {
    // Far too many: neighbours in the list first, as the X server sorts them by rows.
    while rects.len() > MAX_RECTS * 4 {
        let half = rects.chunks(2).map(|p| p.iter().copied().reduce(union).unwrap_or_default()).collect();
        *rects = half;
    }
    let mut allowed = WASTE;
    loop {
        join(rects, allowed);
        if rects.len() <= MAX_RECTS {
            return;
        }
        allowed = allowed.saturating_mul(4);
    }
}

fn join(rects: &mut Vec<Rect>, allowed: u32) {
    let mut i = 0;
    while i < rects.len() {
        let near = (i + 1..rects.len()).find(|&j| waste(rects[i], rects[j]) <= allowed);
        match near {
            Some(j) => {
                rects[i] = union(rects[i], rects[j]);
                rects.swap_remove(j);
                // It grew: those before it may fit now.
                i = 0;
            }
            None => i += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intersect(a: Rect, b: Rect) -> Option<Rect> {
        let (x, y) = (a.x.max(b.x), a.y.max(b.y));
        let (right, bottom) = ((a.x + a.w).min(b.x + b.w), (a.y + a.h).min(b.y + b.h));
        (right > x && bottom > y).then(|| Rect { x, y, w: right - x, h: bottom - y })
    }

    fn r(x: u16, y: u16, w: u16, h: u16) -> Rect {
        Rect { x, y, w, h }
    }

    #[test]
    fn clips_to_the_area_and_makes_relative() {
        assert_eq!(clip(-5, 10, 20, 20, (0, 0, 100, 100)), Some(r(0, 10, 15, 20)));
        assert_eq!(clip(90, 90, 20, 20, (80, 80, 15, 15)), Some(r(10, 10, 5, 5)));
        assert_eq!(clip(200, 0, 20, 20, (0, 0, 100, 100)), None);
        assert_eq!(clip(i32::MAX, 0, i32::MAX, 20, (0, 0, 100, 100)), None);
    }

    #[test]
    fn near_ones_join_and_far_ones_stay() {
        let mut v = vec![r(0, 0, 10, 10), r(10, 0, 10, 10), r(1000, 900, 10, 10)];
        merge(&mut v);
        assert_eq!(v, [r(0, 0, 20, 10), r(1000, 900, 10, 10)]);
    }

    proptest::proptest! {
        #[test]
        fn every_pixel_stays_covered(list in proptest::collection::vec((0u16..1800, 0u16..1000, 1u16..120, 1u16..80), 0..400)) {
            let all: Vec<Rect> = list.iter().map(|&(x, y, w, h)| r(x, y, w, h)).collect();
            let mut merged = all.clone();
            merge(&mut merged);
            assert!(merged.len() <= MAX_RECTS);
            for a in all {
                assert!(merged.iter().any(|m| intersect(*m, a) == Some(a)), "{a:?} is lost");
            }
        }
    }
}
