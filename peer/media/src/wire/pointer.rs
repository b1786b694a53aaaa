//! The pointer's shape on the wire.

use bytes::{BufMut, BytesMut};

use super::{Input, WireError};

/// Longest side of a pointer's picture, in pixels.
pub const MAX_POINTER_SIDE: u16 = 256;

const PLAIN: u8 = 0;
const PACKED: u8 = 1;
/// Most bytes of pixels in a message.
const MAX_PIXELS_BYTES: usize = super::MAX_MESSAGE - 16;

/// The pointer's picture: premultiplied BGRA, `width * height * 4` bytes, each side 1 to 256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointerShape {
    width: u16,
    height: u16,
    hot_x: u16,
    hot_y: u16,
    bgra: Vec<u8>,
}

impl PointerShape {
    /// `None` when a side is 0 or more than 256, or `bgra` has another length than the sides say.
    /// The hot spot is moved into the picture. Of a shape too rich for one message (more than
    /// 120×120 pixels of noise) only the upper rows are sent.
    pub fn new(width: u16, height: u16, hot_x: u16, hot_y: u16, bgra: Vec<u8>) -> Option<Self> {
        let sides = 1..=MAX_POINTER_SIDE;
        if !sides.contains(&width) || !sides.contains(&height) {
            return None;
        }
        if bgra.len() != usize::from(width) * usize::from(height) * 4 {
            return None;
        }
        Some(Self { width, height, hot_x: hot_x.min(width - 1), hot_y: hot_y.min(height - 1), bgra })
    }

    pub fn width(&self) -> u16 {
        self.width
    }

    pub fn height(&self) -> u16 {
        self.height
    }

    /// The pixel that points, from the picture's corner.
    pub fn hot_spot(&self) -> (u16, u16) {
        (self.hot_x, self.hot_y)
    }

    pub fn bgra(&self) -> &[u8] {
        &self.bgra
    }

    pub fn into_bgra(self) -> Vec<u8> {
        self.bgra
    }

    pub(super) fn write(&self, out: &mut BytesMut) {
        let row = usize::from(self.width) * 4;
        let mut height = usize::from(self.height);
        let (form, pixels) = loop {
            let bgra = &self.bgra[..row * height];
            match zstd::bulk::compress(bgra, 3) {
                Ok(packed) if packed.len() < bgra.len() && packed.len() <= MAX_PIXELS_BYTES => {
                    break (PACKED, packed);
                }
                _ if bgra.len() <= MAX_PIXELS_BYTES => break (PLAIN, bgra.to_vec()),
                _ => height = height * 3 / 4,
            }
        };
        // At most as high as before.
        let height = height as u16;
        for n in [self.width, height, self.hot_x, self.hot_y.min(height - 1)] {
            out.put_u16_le(n);
        }
        out.put_u8(form);
        out.put_slice(&pixels);
    }

    pub(super) fn read(input: &mut Input<'_>) -> Result<Self, WireError> {
        let (width, height) = (input.u16()?, input.u16()?);
        let (hot_x, hot_y) = (input.u16()?, input.u16()?);
        let sides = 1..=MAX_POINTER_SIDE;
        if !sides.contains(&width) || !sides.contains(&height) {
            return Err(WireError::Size(width, height));
        }
        if hot_x >= width || hot_y >= height {
            return Err(WireError::Value);
        }
        let len = usize::from(width) * usize::from(height) * 4;
        let bgra = match input.u8()? {
            PLAIN => input.rest().to_vec(),
            PACKED => zstd::bulk::decompress(input.rest(), len).map_err(|_| WireError::Packed)?,
            _ => return Err(WireError::Value),
        };
        if bgra.len() != len {
            return Err(WireError::Packed);
        }
        Ok(Self { width, height, hot_x, hot_y, bgra })
    }
}
