//! Picture coding: colour conversion, damage, lossless tiles, H.264. No network, no devices, no UI.

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    pub x: u16,
    pub y: u16,
    pub w: u16,
    pub h: u16,
}

/// A picture in memory: BGRX, 4 bytes a pixel (X ignored), rows `stride` bytes apart, top row first.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    pub data: &'a [u8],
    pub stride: usize,
    pub width: u16,
    pub height: u16,
}
