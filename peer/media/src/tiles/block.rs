//! Codes one block of up to 64×64 pixels: one colour, a palette of its own, the update's palette,
//! or predicted from the row above. `paint` is the way back.

use super::{format::TILE, palette};

/// Most colours of a block's own palette.
pub(super) const OWN_COLOURS: usize = 16;
/// With more colours than this, a picture with soft slopes may be smaller by its differences.
const MANY_COLOURS: usize = 32;
/// Bit of the number of colours that are added to the shared palette: it is emptied before.
pub(super) const RESTART: u16 = 1 << 15;

/// How a block is coded; the two low bits of an op.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Solid = 0,
    /// Indices of 1, 2 or 4 bits into the block's own colours.
    Palette = 1,
    /// Differences to the row above.
    Predicted = 2,
    /// Bytes that number the colours of the update's palette, which the block may extend.
    Shared = 3,
}

impl Kind {
    pub(super) fn from_op(op: u8) -> Self {
        match op & 3 {
            0 => Self::Solid,
            1 => Self::Palette,
            2 => Self::Predicted,
            _ => Self::Shared,
        }
    }
}

/// The parts of an update's body while it is made. Kept apart because like packs better with like.
pub(super) struct Parts {
    pub ops: Vec<u8>,
    pub colours: Vec<u8>,
    pub pixels: Vec<u8>,
    shared: palette::Palette,
    own: palette::Palette,
    index: Box<[u8; TILE * TILE]>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            ops: Vec::new(),
            colours: Vec::new(),
            pixels: Vec::new(),
            shared: palette::Palette::default(),
            own: palette::Palette::default(),
            index: Box::new([0; TILE * TILE]),
        }
    }
}

fn pixel(p: [u8; 4]) -> u32 {
    u32::from_le_bytes(p) & 0x00ff_ffff
}

fn pixels(row: &[u8]) -> &[[u8; 4]] {
    row.as_chunks().0
}

/// Bits of an index into an own palette of `n` colours.
pub(super) fn index_bits(n: usize) -> usize {
    match n {
        0..=2 => 1,
        3..=4 => 2,
        _ => 4,
    }
}

impl Parts {
    pub(super) fn clear(&mut self) {
        self.ops.clear();
        self.colours.clear();
        self.pixels.clear();
        self.shared.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.ops.len() + self.colours.len() + self.pixels.len()
    }

    /// Codes the `w`×`h` pixels at the start of `src`, both at most 64.
    pub(super) fn code(&mut self, src: &[u8], stride: usize, w: usize, h: usize) -> Kind {
        if let Some(colour) = only_colour(src, stride, w, h) {
            self.colours.extend_from_slice(&colour.to_le_bytes()[..3]);
            return Kind::Solid;
        }
        // Colours that seldom come back cost more than they save.
        let most = (w * h / 16).max(OWN_COLOURS);
        if self.number(src, stride, w, h, most.min(palette::MOST)) {
            if self.own.colours().len() <= OWN_COLOURS {
                self.put_own(w, h);
                return Kind::Palette;
            }
            let start = self.pixels.len();
            if self.own.colours().len() > MANY_COLOURS {
                predict(src, stride, w, h, &mut self.pixels);
                if entropy(&self.pixels[start..]) < entropy(&self.index[..w * h]) {
                    return Kind::Predicted;
                }
                self.pixels.truncate(start);
            }
            self.put_shared(w * h);
            return Kind::Shared;
        }
        predict(src, stride, w, h, &mut self.pixels);
        Kind::Predicted
    }

    /// Numbers the block's colours and pixels; false when there are more than `most` colours.
    #[inline(never)]
    fn number(&mut self, src: &[u8], stride: usize, w: usize, h: usize, most: usize) -> bool {
        self.own.clear();
        let mut above: &[u8] = &[];
        let (mut last, mut number) = (u32::MAX, 0);
        for y in 0..h {
            let row = &src[y * stride..y * stride + w * 4];
            if row == above {
                self.index.copy_within((y - 1) * w..y * w, y * w);
                continue;
            }
            above = row;
            for (p, out) in pixels(row).iter().zip(&mut self.index[y * w..(y + 1) * w]) {
                let p = pixel(*p);
                if p != last {
                    last = p;
                    match self.own.number(p) {
                        Some(n) => number = n,
                        None => return false,
                    }
                }
                *out = number;
            }
            if self.own.colours().len() > most {
                return false;
            }
        }
        true
    }

    fn put_own(&mut self, w: usize, h: usize) {
        let colours = self.own.colours();
        self.colours.push(colours.len() as u8);
        for c in colours {
            self.colours.extend_from_slice(&c.to_le_bytes()[..3]);
        }
        let index = &self.index[..w * h];
        match index_bits(colours.len()) {
            1 => pack::<8>(index, w, &mut self.pixels),
            2 => pack::<4>(index, w, &mut self.pixels),
            _ => pack::<2>(index, w, &mut self.pixels),
        }
    }

    fn put_shared(&mut self, len: usize) {
        let own = self.own.colours();
        let new = own.iter().filter(|c| !self.shared.has(**c)).count();
        let mut head = 0;
        if self.shared.colours().len() + new > palette::MOST {
            self.shared.clear();
            head = RESTART;
        }
        let before = self.shared.colours().len();
        let mut map = [0u8; palette::MOST];
        for (to, c) in map.iter_mut().zip(own) {
            // It fits: that was counted above.
            *to = self.shared.number(*c).unwrap_or_default();
        }
        let added = &self.shared.colours()[before..];
        self.colours.extend_from_slice(&(head | added.len() as u16).to_le_bytes());
        for c in added {
            self.colours.extend_from_slice(&c.to_le_bytes()[..3]);
        }
        self.pixels.extend(self.index[..len].iter().map(|i| map[usize::from(*i)]));
    }
}

/// The colour of all pixels, if they have but one.
fn only_colour(src: &[u8], stride: usize, w: usize, h: usize) -> Option<u32> {
    let first = pixel(pixels(src)[0]);
    let same = (0..h).all(|y| {
        let row = pixels(&src[y * stride..y * stride + w * 4]);
        row.iter().fold(0, |d, p| d | (pixel(*p) ^ first)) == 0
    });
    same.then_some(first)
}

/// About the bits that these bytes need, each by itself.
fn entropy(bytes: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    bytes.iter().for_each(|b| counts[usize::from(*b)] += 1);
    let all = bytes.len() as f32;
    counts.iter().filter(|c| **c > 0).map(|c| *c as f32 * (all / *c as f32).log2()).sum()
}

/// Packs rows of indices, `PER` to a byte, the first in the lowest bits.
fn pack<const PER: usize>(index: &[u8], w: usize, out: &mut Vec<u8>) {
    let bits = 8 / PER;
    let join = |c: &[u8]| c.iter().rev().fold(0u8, |v, i| v << bits | i);
    for row in index.chunks_exact(w) {
        let (full, rest) = row.as_chunks::<PER>();
        out.extend(full.iter().map(|c| join(c)));
        out.extend((!rest.is_empty()).then(|| join(rest)));
    }
}

/// Each row as three planes (blue less green, green, red less green), each value less the one above
/// it; the first row less the one to the left.
#[inline(never)]
fn predict(src: &[u8], stride: usize, w: usize, h: usize, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + w * h * 3, 0);
    for (y, out) in out[start..].chunks_exact_mut(w * 3).enumerate() {
        let (bs, rest) = out.split_at_mut(w);
        let (gs, rs) = rest.split_at_mut(w);
        let row = pixels(&src[y * stride..y * stride + w * 4]);
        if y == 0 {
            differences(&row[..1], &[[0; 4]], &mut bs[..1], &mut gs[..1], &mut rs[..1]);
            differences(&row[1..], &row[..w - 1], &mut bs[1..], &mut gs[1..], &mut rs[1..]);
        } else {
            let above = pixels(&src[(y - 1) * stride..(y - 1) * stride + w * 4]);
            differences(row, above, bs, gs, rs);
        }
    }
}

fn differences(row: &[[u8; 4]], to: &[[u8; 4]], bs: &mut [u8], gs: &mut [u8], rs: &mut [u8]) {
    for ((((p, q), b), g), r) in row.iter().zip(to).zip(bs).zip(gs).zip(rs) {
        let d = [p[0].wrapping_sub(q[0]), p[1].wrapping_sub(q[1]), p[2].wrapping_sub(q[2])];
        *b = d[0].wrapping_sub(d[1]);
        *g = d[1];
        *r = d[2].wrapping_sub(d[1]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{format::Cursor, paint::Painter},
        *,
    };

    /// Codes blocks of one update, paints them again, and compares.
    fn round_trip(blocks: &[(&[u8], usize, usize, usize)]) -> Vec<Kind> {
        let mut parts = Parts::default();
        let kinds: Vec<Kind> =
            blocks.iter().map(|(src, stride, w, h)| parts.code(src, *stride, *w, *h)).collect();
        let mut painter = Painter::new(Cursor(&parts.colours), Cursor(&parts.pixels));
        for ((src, stride, w, h), kind) in blocks.iter().zip(&kinds) {
            let to = stride + 8;
            let mut dst = vec![7u8; (h - 1) * to + w * 4];
            painter.paint(*kind, &mut dst, to, *w, *h).expect("own block");
            for y in 0..*h {
                for x in 0..*w {
                    let (a, b) = (&src[y * stride + x * 4..], &dst[y * to + x * 4..]);
                    assert_eq!(a[..3], b[..3], "at {x},{y}");
                }
            }
        }
        assert!(painter.is_done());
        kinds
    }

    /// Colour number `n` of many that are not like their neighbours.
    fn far_apart(n: usize) -> [u8; 4] {
        let mixed = (n as u32).wrapping_mul(2_654_435_761).to_be_bytes();
        [mixed[0], n as u8, mixed[1], n as u8]
    }

    #[test]
    fn kinds_follow_the_number_of_colours() {
        let picture = |n: usize| -> Vec<u8> { (0..64 * 64).flat_map(|i| far_apart(i % n)).collect() };
        let kind = |n: usize| round_trip(&[(&picture(n), 256, 64, 64)])[0];
        assert_eq!(kind(1), Kind::Solid);
        for n in [2, 3, 4, 5, 16] {
            assert_eq!(kind(n), Kind::Palette);
        }
        for n in [17, 255, 256] {
            assert_eq!(kind(n), Kind::Shared);
        }
        assert_eq!(kind(257), Kind::Predicted);
        let slope: Vec<u8> = (0..64 * 64usize).flat_map(|i| [(i / 64 * 2 + i % 64) as u8, 3, 3, 0]).collect();
        assert_eq!(round_trip(&[(&slope, 256, 64, 64)]), [Kind::Predicted]);
    }

    #[test]
    fn the_shared_palette_grows_and_starts_anew() {
        let picture = |from: usize, n: usize| -> Vec<u8> {
            (0..64 * 64).flat_map(|i| far_apart(from + i % n)).collect()
        };
        let pictures =
            [picture(0, 100), picture(50, 100), picture(0, 100), picture(400, 256), picture(400, 20)];
        let blocks: Vec<_> = pictures.iter().map(|p| (&p[..], 256, 64, 64)).collect();
        assert_eq!(round_trip(&blocks), [Kind::Shared; 5]);
    }

    proptest! {
        #[test]
        fn any_blocks_come_back(
            sizes in prop::collection::vec((1usize..=64, 1usize..=64, 1u32..300), 1..5),
            seed in any::<u32>(),
        ) {
            let mut s = seed | 1;
            let pictures: Vec<_> = sizes.iter().map(|(w, h, colours)| {
                let stride = w * 4 + 12;
                let src: Vec<u8> = (0..h * stride / 4 + 1).flat_map(|_| {
                    s ^= s << 13;
                    s ^= s >> 17;
                    s ^= s << 5;
                    let c = (s >> 8) % colours;
                    [(c * 37) as u8, (c * 91) as u8, (c / 7) as u8, s as u8]
                }).collect();
                (src, stride, *w, *h)
            }).collect();
            let blocks: Vec<_> = pictures.iter().map(|(p, s, w, h)| (&p[..], *s, *w, *h)).collect();
            round_trip(&blocks);
        }
    }
}
