//! Sets of pixels as rectangles that do not overlap.

use deskside_media::Rect;

/// A set of pixels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Region(Vec<Rect>);

impl Region {
    pub fn rects(&self) -> &[Rect] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn add(&mut self, rect: Rect) {
        let mut new = vec![rect];
        for there in &self.0 {
            new = new.into_iter().flat_map(|r| without(r, *there)).collect();
        }
        self.0.extend(new.into_iter().filter(|r| !r.is_empty()));
    }

    pub fn add_all(&mut self, other: &Self) {
        other.0.iter().for_each(|r| self.add(*r));
    }

    pub fn take(&mut self, hole: Rect) {
        self.0 = self.0.drain(..).flat_map(|r| without(r, hole)).collect();
    }

    /// Takes in more, if that makes of more than `most` rectangles one.
    pub fn simplify(&mut self, most: usize) {
        if self.0.len() > most {
            self.0 = self.0.drain(..).reduce(|a, b| a.around(&b)).into_iter().collect();
        }
    }

    /// What only one of the two has.
    pub fn differing(&self, other: &Self) -> Self {
        let mut here = self.clone();
        other.0.iter().for_each(|r| here.take(*r));
        let mut there = other.clone();
        self.0.iter().for_each(|r| there.take(*r));
        // They have nothing in common.
        here.0.append(&mut there.0);
        here
    }
}

/// The pixels that both have.
pub fn common(a: Rect, b: Rect) -> Option<Rect> {
    let (x, y) = (a.x.max(b.x), a.y.max(b.y));
    let w = a.right().min(b.right()).checked_sub(u32::from(x))?;
    let h = a.bottom().min(b.bottom()).checked_sub(u32::from(y))?;
    // Both are at most a side of the two.
    (w > 0 && h > 0).then_some(Rect { x, y, w: w as u16, h: h as u16 })
}

/// What is left of `rect` without `hole`: above it, below it, and at its sides.
fn without(rect: Rect, hole: Rect) -> impl Iterator<Item = Rect> {
    let parts = match common(rect, hole) {
        None => [Some(rect), None, None, None],
        Some(c) => {
            let (right, bottom) = ((c.x + c.w), (c.y + c.h));
            let part = |x: u16, y: u16, right: u32, bottom: u32| {
                let (w, h) = ((right - u32::from(x)) as u16, (bottom - u32::from(y)) as u16);
                (w > 0 && h > 0).then_some(Rect { x, y, w, h })
            };
            [
                part(rect.x, rect.y, rect.right(), c.y.into()),
                part(rect.x, bottom, rect.right(), rect.bottom()),
                part(rect.x, c.y, c.x.into(), bottom.into()),
                part(right, c.y, rect.right(), bottom.into()),
            ]
        }
    };
    parts.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Of a picture of 40 by 40.
    fn pixels(region: &Region) -> Vec<u8> {
        let mut count = vec![0; 1600];
        for r in region.rects() {
            for y in r.y..r.y + r.h {
                (r.x..r.x + r.w).for_each(|x| count[usize::from(y) * 40 + usize::from(x)] += 1);
            }
        }
        count
    }

    fn rect() -> impl Strategy<Value = Rect> {
        (0u16..30, 0u16..30, 0u16..10, 0u16..10).prop_map(|(x, y, w, h)| Rect { x, y, w, h })
    }

    proptest! {
        #[test]
        fn it_is_a_set_of_pixels(steps in prop::collection::vec((any::<bool>(), rect()), 0..40)) {
            let (mut region, mut model) = (Region::default(), vec![0; 1600]);
            for (add, r) in steps {
                let before = region.clone();
                if add { region.add(r) } else { region.take(r) }
                for y in r.y..r.y + r.h {
                    (r.x..r.x + r.w).for_each(|x| model[usize::from(y) * 40 + usize::from(x)] = u8::from(add));
                }
                prop_assert_eq!(&pixels(&region), &model);
                let differ: Vec<u8> = pixels(&before).iter().zip(&model).map(|(a, b)| u8::from(a != b)).collect();
                prop_assert_eq!(pixels(&region.differing(&before)), differ);
            }
        }

        #[test]
        fn what_two_have_in_common(a in rect(), b in rect()) {
            let both = common(a, b);
            for y in 0..40 {
                for x in 0..40 {
                    let inside = |r: Rect| (r.x..r.x + r.w).contains(&x) && (r.y..r.y + r.h).contains(&y);
                    prop_assert_eq!(both.is_some_and(inside), inside(a) && inside(b));
                }
            }
        }
    }
}
