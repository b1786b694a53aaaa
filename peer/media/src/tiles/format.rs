//! The bytes of an update; described in `TILES.md` beside this crate.

use super::DecodeError;

/// Version of the format, the first byte of each update.
pub const VERSION: u8 = 1;
/// Side of a tile, in pixels.
pub(crate) const TILE: usize = 64;
/// Bytes of an update before its body.
pub(super) const HEADER: usize = 6;
/// Bodies shorter than this are sent as they are.
pub(super) const PACK_FROM: usize = 200;
/// Most copies in an update.
pub(super) const MAX_COPIES: usize = 1024;

/// The update does not depend on what was sent before.
pub(super) const WHOLE: u8 = 1;
/// The body is a zstd frame after its plain length.
pub(super) const PACKED: u8 = 2;

/// Bit of an op: a place inside the tile follows.
pub(super) const BOX: u8 = 4;
/// Bit of an op: the distance to the expected tile follows.
pub(super) const JUMP: u8 = 8;

/// Longest body of an update of a picture of this size.
pub(super) fn max_body(width: u16, height: u16) -> usize {
    usize::from(width) * usize::from(height) * 4 + 64 * 1024
}

/// Longest update of a picture of this size, in bytes.
pub fn max_update(width: u16, height: u16) -> usize {
    let body = max_body(width, height);
    // zstd may lengthen what it cannot shorten by a 256th.
    HEADER + 4 + body + body / 256 + 64
}

/// Rectangles of pixels that move within the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Copy {
    pub to: crate::Rect,
    pub from_x: u16,
    pub from_y: u16,
}

impl Copy {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for n in [self.to.x, self.to.y, self.to.w, self.to.h, self.from_x, self.from_y] {
            out.extend_from_slice(&n.to_le_bytes());
        }
    }

    pub(super) fn read(input: &mut Cursor<'_>, width: u16, height: u16) -> Result<Self, DecodeError> {
        let to = crate::Rect { x: input.u16()?, y: input.u16()?, w: input.u16()?, h: input.u16()? };
        let (from_x, from_y) = (input.u16()?, input.u16()?);
        let from = crate::Rect { x: from_x, y: from_y, ..to };
        if to.clipped(width, height) != Some(to) || from.clipped(width, height) != Some(from) {
            return Err(DecodeError::Place);
        }
        Ok(Self { to, from_x, from_y })
    }

    /// Moves the pixels; source and target may overlap. Both lie inside the picture.
    pub(super) fn apply(&self, data: &mut [u8], stride: usize) {
        let (w, h) = (usize::from(self.to.w) * 4, usize::from(self.to.h));
        let to = usize::from(self.to.y) * stride + usize::from(self.to.x) * 4;
        let from = usize::from(self.from_y) * stride + usize::from(self.from_x) * 4;
        let row = |y: usize| (from + y * stride..from + y * stride + w, to + y * stride);
        if self.from_y >= self.to.y {
            (0..h).map(row).for_each(|(from, to)| data.copy_within(from, to));
        } else {
            (0..h).rev().map(row).for_each(|(from, to)| data.copy_within(from, to));
        }
    }
}

/// Unsigned LEB128.
pub(super) fn put_varint(mut n: u32, out: &mut Vec<u8>) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

/// Signed numbers to unsigned ones, small to small.
pub(super) fn zigzag(n: i32) -> u32 {
    ((n << 1) ^ (n >> 31)) as u32
}

pub(super) fn unzigzag(n: u32) -> i32 {
    (n >> 1) as i32 ^ -((n & 1) as i32)
}

/// Reads from the front; every read is checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a>(pub &'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn take(&mut self, n: usize) -> Result<&'a [u8], DecodeError> {
        let (head, rest) = self.0.split_at_checked(n).ok_or(DecodeError::Short)?;
        self.0 = rest;
        Ok(head)
    }

    pub(super) fn u8(&mut self) -> Result<u8, DecodeError> {
        Ok(self.take(1)?[0])
    }

    pub(super) fn u16(&mut self) -> Result<u16, DecodeError> {
        let b = self.take(2)?;
        Ok(u16::from_le_bytes([b[0], b[1]]))
    }

    pub(super) fn u32(&mut self) -> Result<u32, DecodeError> {
        let b = self.take(4)?;
        Ok(u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }

    pub(super) fn varint(&mut self) -> Result<u32, DecodeError> {
        let mut n = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let b = self.u8()?;
            let part = u32::from(b & 0x7f);
            if shift == 28 && part > 0xf {
                break;
            }
            n |= part << shift;
            if b & 0x80 == 0 {
                return Ok(n);
            }
        }
        Err(DecodeError::Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        for n in [0, 1, 127, 128, 16_383, 16_384, u32::MAX] {
            let mut v = Vec::new();
            put_varint(n, &mut v);
            let mut c = Cursor(&v);
            assert_eq!(c.varint(), Ok(n));
            assert!(c.0.is_empty());
        }
        for n in [0, -1, 1, -510, 510, i32::MIN, i32::MAX] {
            assert_eq!(unzigzag(zigzag(n)), n);
        }
        assert_eq!(Cursor(&[0xff; 5]).varint(), Err(DecodeError::Number));
        assert_eq!(Cursor(&[0x80]).varint(), Err(DecodeError::Short));
    }
}
