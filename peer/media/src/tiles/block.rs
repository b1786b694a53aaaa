//! One block of up to 64×64 pixels: one colour, a palette, or predicted from the row above.

use super::{
    DecodeError,
    format::{Cursor, TILE},
};

/// Most colours of a palette.
const COLOURS: usize = 16;

/// How a block is coded; the two low bits of an op.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Solid = 0,
    Palette = 1,
    Predicted = 2,
}

impl Kind {
    pub(super) fn from_op(op: u8) -> Result<Self, DecodeError> {
        match op & 3 {
            0 => Ok(Self::Solid),
            1 => Ok(Self::Palette),
            2 => Ok(Self::Predicted),
            _ => Err(DecodeError::Op),
        }
    }
}

/// The parts of an update's body while it is made. Kept apart because like packs better with like.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub ops: Vec<u8>,
    pub colours: Vec<u8>,
    pub pixels: Vec<u8>,
}

impl Parts {
    pub(super) fn clear(&mut self) {
        self.ops.clear();
        self.colours.clear();
        self.pixels.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.ops.len() + self.colours.len() + self.pixels.len()
    }
}

fn pixel(p: &[u8]) -> u32 {
    u32::from_le_bytes([p[0], p[1], p[2], 0])
}

/// Bits of an index into a palette of `n` colours.
fn index_bits(n: usize) -> usize {
    match n {
        0..=2 => 1,
        3..=4 => 2,
        _ => 4,
    }
}

/// Codes the `w`×`h` pixels at the start of `src`, both at most 64.
pub(super) fn code(src: &[u8], stride: usize, w: usize, h: usize, parts: &mut Parts) -> Kind {
    let mut colours = [0u32; COLOURS];
    let mut index = [0u8; TILE * TILE];
    match palette(src, stride, w, h, &mut colours, &mut index) {
        Some(1) => {
            parts.colours.extend_from_slice(&colours[0].to_le_bytes()[..3]);
            Kind::Solid
        }
        Some(n) => {
            parts.colours.push(n as u8);
            for c in &colours[..n] {
                parts.colours.extend_from_slice(&c.to_le_bytes()[..3]);
            }
            let bits = index_bits(n);
            for row in index[..w * h].chunks_exact(w) {
                let packed = row.chunks(8 / bits).map(|c| c.iter().rev().fold(0u8, |v, i| v << bits | i));
                parts.pixels.extend(packed);
            }
            Kind::Palette
        }
        None => {
            predict(src, stride, w, h, &mut parts.pixels);
            Kind::Predicted
        }
    }
}

/// Finds the colours in the order of their first appearance, and each pixel's place among them;
/// `None` when there are more than fit.
fn palette(
    src: &[u8],
    stride: usize,
    w: usize,
    h: usize,
    colours: &mut [u32; COLOURS],
    index: &mut [u8; TILE * TILE],
) -> Option<usize> {
    colours[0] = pixel(src);
    let (mut n, mut last, mut at) = (1, colours[0], 0u8);
    for (y, out) in index[..w * h].chunks_exact_mut(w).enumerate() {
        let row = &src[y * stride..y * stride + w * 4];
        for (p, out) in row.chunks_exact(4).zip(out) {
            let p = pixel(p);
            if p != last {
                last = p;
                at = match colours[..n].iter().position(|c| *c == p) {
                    Some(i) => i as u8,
                    None => {
                        *colours.get_mut(n)? = p;
                        n += 1;
                        (n - 1) as u8
                    }
                };
            }
            *out = at;
        }
    }
    Some(n)
}

/// Each row as three planes (blue less green, green, red less green), each value less the one above
/// it; the first row less the one to the left.
fn predict(src: &[u8], stride: usize, w: usize, h: usize, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + w * h * 3, 0);
    let planes = |row: &[u8], x: usize| {
        let (b, g, r) = (row[x * 4], row[x * 4 + 1], row[x * 4 + 2]);
        (b.wrapping_sub(g), g, r.wrapping_sub(g))
    };
    for (y, out) in out[start..].chunks_exact_mut(w * 3).enumerate() {
        let (bs, rest) = out.split_at_mut(w);
        let (gs, rs) = rest.split_at_mut(w);
        let row = &src[y * stride..y * stride + w * 4];
        if y == 0 {
            let mut left = (0u8, 0u8, 0u8);
            for x in 0..w {
                let p = planes(row, x);
                bs[x] = p.0.wrapping_sub(left.0);
                gs[x] = p.1.wrapping_sub(left.1);
                rs[x] = p.2.wrapping_sub(left.2);
                left = p;
            }
        } else {
            let above = &src[(y - 1) * stride..(y - 1) * stride + w * 4];
            for x in 0..w {
                let (p, up) = (planes(row, x), planes(above, x));
                bs[x] = p.0.wrapping_sub(up.0);
                gs[x] = p.1.wrapping_sub(up.1);
                rs[x] = p.2.wrapping_sub(up.2);
            }
        }
    }
}

/// Paints a block of `w`×`h` pixels at the start of `dst`.
pub(super) fn paint(
    kind: Kind,
    colours: &mut Cursor<'_>,
    pixels: &mut Cursor<'_>,
    dst: &mut [u8],
    stride: usize,
    w: usize,
    h: usize,
) -> Result<(), DecodeError> {
    match kind {
        Kind::Solid => {
            let c = colours.take(3)?;
            let c = [c[0], c[1], c[2], 255];
            for row in rows(dst, stride, w, h) {
                row.as_chunks_mut::<4>().0.fill(c);
            }
        }
        Kind::Palette => {
            let n = usize::from(colours.u8()?);
            if !(2..=COLOURS).contains(&n) {
                return Err(DecodeError::Colours);
            }
            let mut palette = [[0, 0, 0, 255]; COLOURS];
            for (to, from) in palette.iter_mut().zip(colours.take(n * 3)?.chunks_exact(3)) {
                to[..3].copy_from_slice(from);
            }
            let bits = index_bits(n);
            let (per, mask) = (8 / bits, (1u8 << bits) - 1);
            let packed = pixels.take(w.div_ceil(per) * h)?;
            for (row, packed) in rows(dst, stride, w, h).zip(packed.chunks_exact(w.div_ceil(per))) {
                for (px, v) in row.as_chunks_mut::<4>().0.chunks_mut(per).zip(packed) {
                    let mut v = *v;
                    for p in px {
                        *p = palette[usize::from(v & mask)];
                        // One colour of eight bits would be solid, so the shift is below 8.
                        v >>= bits;
                    }
                }
            }
        }
        Kind::Predicted => unpredict(pixels.take(w * h * 3)?, dst, stride, w, h),
    }
    Ok(())
}

fn rows(dst: &mut [u8], stride: usize, w: usize, h: usize) -> impl Iterator<Item = &mut [u8]> {
    dst.chunks_mut(stride).take(h).map(move |row| &mut row[..w * 4])
}

fn unpredict(input: &[u8], dst: &mut [u8], stride: usize, w: usize, h: usize) {
    for (y, input) in input.chunks_exact(w * 3).take(h).enumerate() {
        let (bs, rest) = input.split_at(w);
        let (gs, rs) = rest.split_at(w);
        if y == 0 {
            let (mut b, mut g, mut r) = (0u8, 0u8, 0u8);
            for (x, p) in dst[..w * 4].as_chunks_mut::<4>().0.iter_mut().enumerate() {
                b = b.wrapping_add(bs[x]);
                g = g.wrapping_add(gs[x]);
                r = r.wrapping_add(rs[x]);
                *p = [b.wrapping_add(g), g, r.wrapping_add(g), 255];
            }
        } else {
            let (above, here) = dst[(y - 1) * stride..].split_at_mut(stride);
            let above = above[..w * 4].as_chunks::<4>().0;
            for (x, (p, up)) in here[..w * 4].as_chunks_mut::<4>().0.iter_mut().zip(above).enumerate() {
                let g = up[1].wrapping_add(gs[x]);
                let b = bs[x].wrapping_add(up[0].wrapping_sub(up[1])).wrapping_add(g);
                let r = rs[x].wrapping_add(up[2].wrapping_sub(up[1])).wrapping_add(g);
                *p = [b, g, r, 255];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn round_trip(src: &[u8], stride: usize, w: usize, h: usize) -> Kind {
        let mut parts = Parts::default();
        let kind = code(src, stride, w, h, &mut parts);
        let mut dst = vec![7u8; (h - 1) * (stride + 8) + w * 4];
        let (mut colours, mut pixels) = (Cursor(&parts.colours), Cursor(&parts.pixels));
        paint(kind, &mut colours, &mut pixels, &mut dst, stride + 8, w, h).expect("own block");
        assert!(colours.0.is_empty() && pixels.0.is_empty());
        for y in 0..h {
            for x in 0..w {
                let (a, b) = (&src[y * stride + x * 4..], &dst[y * (stride + 8) + x * 4..]);
                assert_eq!(a[..3], b[..3], "at {x},{y}");
            }
        }
        kind
    }

    #[test]
    fn kinds_follow_the_number_of_colours() {
        let picture = |n: usize| -> Vec<u8> {
            (0..64 * 64).flat_map(|i| [(i % n) as u8, 3, (i % n) as u8 * 2, i as u8]).collect()
        };
        assert_eq!(round_trip(&picture(1), 256, 64, 64), Kind::Solid);
        for n in [2, 3, 4, 5, 16] {
            assert_eq!(round_trip(&picture(n), 256, 64, 64), Kind::Palette);
        }
        assert_eq!(round_trip(&picture(17), 256, 64, 64), Kind::Predicted);
    }

    proptest! {
        #[test]
        fn any_block_comes_back(w in 1usize..=64, h in 1usize..=64, colours in 1u32..40, seed in any::<u32>()) {
            let stride = w * 4 + 12;
            let mut s = seed | 1;
            let src: Vec<u8> = (0..h * stride / 4 + 1).flat_map(|_| {
                s ^= s << 13;
                s ^= s >> 17;
                s ^= s << 5;
                let c = (s >> 8) % colours;
                [(c * 37) as u8, (c * 91) as u8, (c * 13) as u8, s as u8]
            }).collect();
            round_trip(&src, stride, w, h);
        }
    }
}
