//! Picture coding: fewer colours, lossless tiles, H.264, which parts by which, and the messages that carry both. No network, no devices,
//! no UI, no threads; time comes in as a number where a rule needs it.

pub mod colours;
pub mod h264;
mod rect;
pub mod regions;
pub mod rule;
pub mod tiles;
pub mod wire;

pub use rect::{Rect, merge_rects};

/// Longest side of a picture, in pixels.
pub const MAX_SIDE: u16 = 16_384;
/// Largest picture, in pixels (one of 8192×8192).
pub const MAX_PIXELS: usize = 64 * 1024 * 1024;

/// A picture in memory: BGRX, 4 bytes a pixel (X ignored), rows `stride` bytes apart, top row first.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    pub data: &'a [u8],
    pub stride: usize,
    pub width: u16,
    pub height: u16,
}

impl Picture<'_> {
    /// Whether the memory holds what width, height and stride say, and the picture is not empty.
    pub fn is_sound(&self) -> bool {
        holds(self.data.len(), self.stride, self.width, self.height)
    }

    /// The bytes of `w` pixels from (x, y) to the right.
    fn row(&self, x: usize, y: usize, w: usize) -> &[u8] {
        let at = y * self.stride + x * 4;
        &self.data[at..at + w * 4]
    }
}

/// A picture that a decoder writes to: BGRX, 4 bytes a pixel (X is set to 255), rows `stride` bytes
/// apart, top row first. It must keep its content between two updates.
#[derive(Debug)]
pub struct FrameBuf<'a> {
    pub data: &'a mut [u8],
    pub stride: usize,
    pub width: u16,
    pub height: u16,
}

impl FrameBuf<'_> {
    /// Whether the memory holds what width, height and stride say, and the picture is not empty.
    pub fn is_sound(&self) -> bool {
        holds(self.data.len(), self.stride, self.width, self.height)
    }
}

fn holds(len: usize, stride: usize, width: u16, height: u16) -> bool {
    let (w, h) = (usize::from(width), usize::from(height));
    w > 0
        && h > 0
        && stride >= w * 4
        && (h - 1).checked_mul(stride).and_then(|n| n.checked_add(w * 4)).is_some_and(|need| len >= need)
}
