//! Paints the blocks of an update; the way back of [`super::block`].

use super::{
    DecodeError,
    block::{Kind, OWN_COLOURS, RESTART, index_bits},
    format::Cursor,
    palette,
};

/// What the blocks of one update are painted from.
pub(super) struct Painter<'a> {
    colours: Cursor<'a>,
    pixels: Cursor<'a>,
    shared: [[u8; 4]; palette::MOST],
    shared_len: usize,
}

fn pixels_mut(row: &mut [u8]) -> &mut [[u8; 4]] {
    row.as_chunks_mut().0
}

fn rows(dst: &mut [u8], stride: usize, w: usize, h: usize) -> impl Iterator<Item = &mut [[u8; 4]]> {
    dst.chunks_mut(stride).take(h).map(move |row| pixels_mut(&mut row[..w * 4]))
}

fn opaque(c: &[u8]) -> [u8; 4] {
    [c[0], c[1], c[2], 255]
}

impl<'a> Painter<'a> {
    pub(super) fn new(colours: Cursor<'a>, pixels: Cursor<'a>) -> Self {
        Self { colours, pixels, shared: [[0, 0, 0, 255]; palette::MOST], shared_len: 0 }
    }

    /// Whether all was used.
    pub(super) fn is_done(&self) -> bool {
        self.colours.0.is_empty() && self.pixels.0.is_empty()
    }

    /// Paints a block of `w`×`h` pixels, at most 64 each, at the start of `dst`, which must hold it.
    pub(super) fn paint(
        &mut self,
        kind: Kind,
        dst: &mut [u8],
        stride: usize,
        w: usize,
        h: usize,
    ) -> Result<(), DecodeError> {
        match kind {
            Kind::Solid => {
                let colour = opaque(self.colours.take(3)?);
                rows(dst, stride, w, h).for_each(|row| row.fill(colour));
            }
            Kind::Palette => self.own(dst, stride, w, h)?,
            Kind::Shared => {
                self.extend_shared()?;
                let index = self.pixels.take(w * h)?;
                for (row, index) in rows(dst, stride, w, h).zip(index.chunks_exact(w)) {
                    for (p, i) in row.iter_mut().zip(index) {
                        *p = self.shared[usize::from(*i)];
                    }
                }
            }
            Kind::Predicted => unpredict(self.pixels.take(w * h * 3)?, dst, stride, w, h),
        }
        Ok(())
    }

    fn own(&mut self, dst: &mut [u8], stride: usize, w: usize, h: usize) -> Result<(), DecodeError> {
        let n = usize::from(self.colours.u8()?);
        if !(2..=OWN_COLOURS).contains(&n) {
            return Err(DecodeError::Colours);
        }
        let mut colours = [[0, 0, 0, 255]; OWN_COLOURS];
        for (to, from) in colours.iter_mut().zip(self.colours.take(n * 3)?.chunks_exact(3)) {
            *to = opaque(from);
        }
        let bits = index_bits(n);
        let line = w.div_ceil(8 / bits);
        let packed = self.pixels.take(line * h)?;
        for (row, packed) in rows(dst, stride, w, h).zip(packed.chunks_exact(line)) {
            match bits {
                1 => unpack::<8>(row, packed, &colours),
                2 => unpack::<4>(row, packed, &colours),
                _ => unpack::<2>(row, packed, &colours),
            }
        }
        Ok(())
    }

    fn extend_shared(&mut self) -> Result<(), DecodeError> {
        let head = self.colours.u16()?;
        if head & RESTART != 0 {
            self.shared_len = 0;
        }
        let end = self.shared_len + usize::from(head & !RESTART);
        let new = self.shared.get_mut(self.shared_len..end).ok_or(DecodeError::Colours)?;
        for (to, from) in new.iter_mut().zip(self.colours.take((end - self.shared_len) * 3)?.chunks_exact(3))
        {
            *to = opaque(from);
        }
        self.shared_len = end;
        Ok(())
    }
}

/// `PER` indices a byte, the first in the lowest bits.
fn unpack<const PER: usize>(row: &mut [[u8; 4]], packed: &[u8], colours: &[[u8; 4]; OWN_COLOURS]) {
    let bits = 8 / PER;
    let mask = (1u8 << bits) - 1;
    for (px, v) in row.chunks_mut(PER).zip(packed) {
        for (i, p) in px.iter_mut().enumerate() {
            *p = colours[usize::from(v >> (i * bits) & mask)];
        }
    }
}

#[inline(never)]
fn unpredict(input: &[u8], dst: &mut [u8], stride: usize, w: usize, h: usize) {
    for (y, input) in input.chunks_exact(w * 3).take(h).enumerate() {
        let (bs, rest) = input.split_at(w);
        let (gs, rs) = rest.split_at(w);
        if y == 0 {
            let mut left = [0u8; 4];
            for (((p, b), g), r) in pixels_mut(&mut dst[..w * 4]).iter_mut().zip(bs).zip(gs).zip(rs) {
                *p = add(left, *b, *g, *r);
                left = *p;
            }
        } else {
            let (above, here) = dst[(y - 1) * stride..].split_at_mut(stride);
            let above = above[..w * 4].as_chunks::<4>().0;
            let here = pixels_mut(&mut here[..w * 4]);
            for ((((p, up), b), g), r) in here.iter_mut().zip(above).zip(bs).zip(gs).zip(rs) {
                *p = add(*up, *b, *g, *r);
            }
        }
    }
}

fn add(to: [u8; 4], b: u8, g: u8, r: u8) -> [u8; 4] {
    [to[0].wrapping_add(b).wrapping_add(g), to[1].wrapping_add(g), to[2].wrapping_add(r).wrapping_add(g), 255]
}
