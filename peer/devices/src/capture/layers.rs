//! What is seen of which windows, where they lie over each other.

use deskside_media::Rect;

use crate::windows::region::Region;

/// More rectangles than this cost more than what they spare.
pub const MOST: usize = 256;

/// A window, as far as it counts for what is seen.
pub struct Layer {
    /// All that it may show, in pixels of the screen; none while it shows nothing.
    pub place: Option<Rect>,
    /// Where nothing below shows through.
    pub solid: Vec<Rect>,
    /// It is this program's, and covers nothing: what is below is seen.
    pub clear: bool,
}

/// What is seen of those that are hidden, the lowest first: each without what lies over it.
pub fn visible(layers: &[Layer], hidden: &[bool]) -> Region {
    let (mut seen, mut whole) = (Region::default(), Region::default());
    for (layer, hidden) in layers.iter().zip(hidden) {
        if *hidden {
            layer.place.into_iter().for_each(|place| {
                seen.add(place);
                whole.add(place);
            });
        } else {
            layer.solid.iter().for_each(|solid| seen.take(*solid));
        }
    }
    // In doubt more than needed.
    if seen.rects().len() > MOST { whole } else { seen }
}

/// All of a screen of this size but what is seen of these windows, the lowest first.
pub fn others(layers: &[Layer], of: &[bool], (w, h): (u16, u16)) -> Region {
    let mut rest = Region::default();
    rest.add(Rect { x: 0, y: 0, w, h });
    for (layer, of) in layers.iter().zip(of).filter(|(l, _)| !l.clear) {
        let Some(place) = layer.place else { continue };
        // Where it has holes or lets through, there is no knowing what is seen.
        rest.add(place);
        layer.solid.iter().filter(|_| *of).for_each(|solid| rest.take(*solid));
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x: u16, y: u16, w: u16, h: u16) -> Rect {
        Rect { x, y, w, h }
    }

    fn layer(place: Rect, solid: &[Rect]) -> Layer {
        Layer { place: Some(place), solid: solid.to_vec(), clear: false }
    }

    fn has(region: &Region, x: u16, y: u16) -> bool {
        let inside = |r: &Rect| (r.x..r.x + r.w).contains(&x) && (r.y..r.y + r.h).contains(&y);
        region.rects().iter().any(inside)
    }

    #[test]
    fn a_window_is_covered_but_where_something_solid_lies_over_it() {
        let (low, high) = (rect(10, 10, 50, 50), rect(30, 30, 50, 50));
        let inner = rect(32, 32, 46, 46);
        let seen = visible(&[layer(low, &[low]), layer(high, &[inner])], &[true, false]);
        assert!(has(&seen, 15, 15) && has(&seen, 31, 40) && !has(&seen, 40, 40) && !has(&seen, 70, 70));
        let seen = visible(&[layer(low, &[low]), layer(high, &[])], &[true, false]);
        assert!(has(&seen, 40, 40), "what lets through hides nothing");
    }

    #[test]
    fn of_a_program_only_what_is_solid_is_seen() {
        let (its, over) = (rect(10, 10, 50, 50), rect(40, 40, 50, 50));
        let inner = rect(12, 12, 46, 46);
        let rest = others(&[layer(its, &[inner]), layer(over, &[])], &[true, false], (100, 100));
        assert!(!has(&rest, 20, 20), "the program");
        assert!(has(&rest, 11, 11), "its translucent rim");
        assert!(has(&rest, 45, 45) && has(&rest, 95, 5), "what lies over it, and the rest");
        let clear = Layer { clear: true, ..layer(its, &[]) };
        let rest = others(&[layer(its, &[inner]), clear], &[true, false], (100, 100));
        assert!(!has(&rest, 20, 20), "the frame covers nothing");
    }
}
