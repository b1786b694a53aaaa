//! Fewer colours, for slow lines. Each pixel is rounded by itself, so that what stands still stays the same.

use std::sync::LazyLock;

use crate::{Picture, Rect};

/// How many colours a picture has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Colours {
    /// All.
    #[default]
    Full,
    /// At most 65,536: 32 levels of green, and as many each of how far blue and red are from it, because that is what is
    /// coded. Grey stays grey, and the grain of a photograph, which is the same in all three, is coded once.
    Bits16,
    /// At most 256: six levels of each colour, and sixteen greys, because most of a desktop is grey.
    Bits8,
}

/// Differences between the channels of a pixel up to this are grey, where there are few colours.
const GREY: u8 = 20;

/// Each value of a channel, rounded.
struct Levels {
    green: [u8; 256],
    cube: [u8; 256],
    grey: [u8; 256],
}

static LEVELS: LazyLock<Levels> = LazyLock::new(|| {
    // To the nearest of `n` levels from 0 to 255.
    let round = |n: usize| std::array::from_fn(|v| ((v * (n - 1) + 127) / 255 * 255 / (n - 1)) as u8);
    Levels { green: round(32), cube: round(6), grey: round(16) }
});

/// A copy of a picture with fewer colours.
#[derive(Default)]
pub struct Reduced {
    colours: Colours,
    data: Vec<u8>,
}

impl Reduced {
    /// True when this is something else than before: then all of the picture must be taken again.
    pub fn set(&mut self, colours: Colours) -> bool {
        std::mem::replace(&mut self.colours, colours) != colours
    }

    /// The picture with the chosen colours. Only `changed` is read and taken; the rest is what was taken before, or
    /// black.
    pub fn take<'a>(&'a mut self, picture: Picture<'a>, changed: &[Rect]) -> Picture<'a> {
        if self.colours == Colours::Full || !picture.is_sound() {
            self.data = Vec::new();
            return picture;
        }
        let stride = usize::from(picture.width) * 4;
        self.data.resize(stride * usize::from(picture.height), 0);
        for r in changed.iter().filter_map(|r| r.clipped(picture.width, picture.height)) {
            for y in usize::from(r.y)..r.bottom() as usize {
                let (x, w) = (usize::from(r.x), usize::from(r.w));
                let at = y * stride + x * 4;
                let to = self.data[at..at + w * 4].as_chunks_mut::<4>().0;
                let from = picture.row(x, y, w).as_chunks::<4>().0;
                row(self.colours, from, to);
            }
        }
        Picture { data: &self.data, stride, ..picture }
    }
}

/// Between two levels of the distance from green: from 0 to 255 there are 32, whatever green is.
const STEP: f32 = 8.5;

/// Blue or red `v` of a pixel, rounded in its distance from green, which was `g` and became `green`.
fn beside(green: u8, v: u8, g: u8) -> u8 {
    let far = ((f32::from(v) - f32::from(g)) / STEP).round() * STEP;
    // From 0 to 255 after the clamp.
    (f32::from(green) + far.round()).clamp(0.0, 255.0) as u8
}

fn row(colours: Colours, from: &[[u8; 4]], to: &mut [[u8; 4]]) {
    let levels = &*LEVELS;
    let (cube, grey) = (|v: u8| levels.cube[usize::from(v)], |v: u8| levels.grey[usize::from(v)]);
    for (from, to) in from.iter().zip(to) {
        let [b, g, r, _] = *from;
        *to = match colours {
            Colours::Full => *from,
            Colours::Bits16 => {
                let green = levels.green[usize::from(g)];
                [beside(green, b, g), green, beside(green, r, g), 255]
            }
            Colours::Bits8 if b.max(g).max(r) - b.min(g).min(r) <= GREY => {
                let v = grey(g);
                [v, v, v, 255]
            }
            Colours::Bits8 => [cube(b), cube(g), cube(r), 255],
        };
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Every colour in steps of three: more than half a million pixels.
    fn all() -> Vec<u8> {
        let steps = || (0..=255u8).step_by(3);
        steps().flat_map(|b| steps().flat_map(move |g| steps().flat_map(move |r| [b, g, r, 7]))).collect()
    }

    fn reduced(data: &[u8], colours: Colours) -> Vec<u8> {
        let (width, height) = (86 * 86, (data.len() / 4 / 86 / 86) as u16);
        let mut reduced = Reduced::default();
        reduced.set(colours);
        let picture = Picture { data, stride: usize::from(width) * 4, width, height };
        reduced.take(picture, &[Rect::new(0, 0, width, height)]).data.to_vec()
    }

    #[test]
    fn each_mode_has_its_colours_and_stays_near() {
        let data = all();
        for (colours, most, far) in [(Colours::Bits16, 65_536, 9), (Colours::Bits8, 256, 30)] {
            let few = reduced(&data, colours);
            let seen: HashSet<[u8; 4]> = few.as_chunks().0.iter().copied().collect();
            assert!(seen.len() <= most, "{colours:?}: {}", seen.len());
            for (a, b) in data.as_chunks::<4>().0.iter().zip(few.as_chunks::<4>().0) {
                assert!((0..3).all(|i| a[i].abs_diff(b[i]) <= far), "{colours:?}: {a:?} became {b:?}");
            }
        }
    }

    #[test]
    fn black_white_and_full_are_untouched() {
        let data = [[0, 0, 0, 255], [255; 4]].concat().repeat(86 * 86);
        for colours in [Colours::Full, Colours::Bits16, Colours::Bits8] {
            assert_eq!(reduced(&data, colours), data);
        }
    }

    #[test]
    fn only_what_changed_is_taken() {
        let mut reduced = Reduced::default();
        assert!(reduced.set(Colours::Bits8));
        assert!(!reduced.set(Colours::Bits8));
        let data = [200u8; 4 * 4];
        let picture = Picture { data: &data, stride: 8, width: 2, height: 2 };
        let taken = reduced.take(picture, &[Rect::new(1, 0, 9, 1)]);
        assert_eq!(taken.data, [0, 0, 0, 0, 204, 204, 204, 255, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
}
