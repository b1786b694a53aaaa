//! The binary messages of the data channel `picture`; described in `PICTURE.md` beside this crate.
//! The channel is ordered and reliable.

mod join;
mod pointer;

use bytes::{BufMut, Bytes, BytesMut};

pub use join::{JoinError, Joined, Joiner, split};
pub use pointer::{MAX_POINTER_SIDE, PointerShape};

use crate::{MAX_PIXELS, MAX_SIDE, regions::Mask};

/// Longest message, in bytes.
pub const MAX_MESSAGE: usize = 60 * 1024;
/// Bytes of a [`Chunk`] message before its part of the update.
const CHUNK_HEADER: usize = 8;
/// Most bytes of an update in one message.
pub const MAX_CHUNK: usize = MAX_MESSAGE - CHUNK_HEADER;

/// How the picture is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coder {
    /// Updates of [`crate::tiles`] on this channel.
    Tiles,
    /// Access units of [``h264``] on the video track.
    H264,
}

/// A message on the channel `picture`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureMessage {
    /// Sharer: the picture's size and coder from here on. Sent before the first update, and whenever
    /// either changes. A new size makes the viewer's picture black; the next update is whole.
    Geometry { width: u16, height: u16, coder: Coder },
    /// Sharer: a part of an update of the tiles.
    Chunk(Chunk),
    /// Sharer: the pointer's shape from here on.
    PointerShape(PointerShape),
    /// Sharer: the pointer's place, in pixels from the picture's corner; may lie outside.
    PointerAt { x: i32, y: i32 },
    /// Sharer: there is no pointer on this picture.
    PointerHidden,
    /// Viewer: this update is on the screen. `hold_us`: microseconds from the arrival of its last
    /// part until then, so that the sharer knows what the line took.
    Ack { update: u32, hold_us: u32 },
    /// Sharer: which tiles of the picture show the video from here on; the others keep what they have until an update
    /// paints them.
    Regions(Mask),
    /// Viewer: the next update must be whole (with H.264: a key frame).
    Refresh,
    /// Sharer: which part of the desktop the pictures show from here on, by its number in the session's `sharing`. Sent before
    /// each Geometry.
    Area { area: u32 },
}

/// A part of an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Serial number of the update; each is one more than the one before, and wraps.
    pub update: u32,
    /// Which part, from 0.
    pub index: u16,
    pub last: bool,
    pub bytes: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("the message is longer than {MAX_MESSAGE} bytes")]
    TooLong,
    #[error("the message ends too soon")]
    Short,
    #[error("bytes are left over")]
    Rest,
    #[error("a picture of {0}×{1} pixels is not permitted")]
    Size(u16, u16),
    #[error("a field has no such value")]
    Value,
    #[error("the pointer's pixels are not packed as they say")]
    Packed,
    /// A message of a later version: skip it.
    #[error("unknown message {0}")]
    Unknown(u8),
}

impl WireError {
    /// Whether the message is of a later version and to be skipped; all else breaks the protocol.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }
}

const GEOMETRY: u8 = 1;
const CHUNK: u8 = 2;
const POINTER_SHAPE: u8 = 3;
const POINTER_AT: u8 = 4;
const POINTER_HIDDEN: u8 = 5;
const ACK: u8 = 6;
const REFRESH: u8 = 7;
const REGIONS: u8 = 8;
const AREA: u8 = 9;

impl PictureMessage {
    pub fn encode(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(16);
        match self {
            Self::Geometry { width, height, coder } => {
                out.put_u8(GEOMETRY);
                out.put_u16_le(*width);
                out.put_u16_le(*height);
                out.put_u8(match coder {
                    Coder::Tiles => 0,
                    Coder::H264 => 1,
                });
            }
            Self::Chunk(c) => c.write(&mut out),
            Self::PointerShape(shape) => {
                out.put_u8(POINTER_SHAPE);
                shape.write(&mut out);
            }
            Self::PointerAt { x, y } => {
                out.put_u8(POINTER_AT);
                out.put_i32_le(*x);
                out.put_i32_le(*y);
            }
            Self::PointerHidden => out.put_u8(POINTER_HIDDEN),
            Self::Ack { update, hold_us } => {
                out.put_u8(ACK);
                out.put_u32_le(*update);
                out.put_u32_le(*hold_us);
            }
            Self::Refresh => out.put_u8(REFRESH),
            Self::Area { area } => {
                out.put_u8(AREA);
                out.put_u32_le(*area);
            }
            Self::Regions(mask) => {
                out.put_u8(REGIONS);
                out.put_slice(mask.as_bytes());
            }
        }
        out.freeze()
    }

    /// Whether this is a message of a viewer to a sharer, by its kind alone; any bytes are safe.
    pub fn is_of_viewer(message: &[u8]) -> bool {
        matches!(message.first(), Some(&(ACK | REFRESH)))
    }

    /// Reads one message; any bytes are safe.
    pub fn decode(message: &Bytes) -> Result<Self, WireError> {
        if message.len() > MAX_MESSAGE {
            return Err(WireError::TooLong);
        }
        let mut input = Input(message);
        let decoded = match input.u8()? {
            GEOMETRY => {
                let (width, height) = (input.u16()?, input.u16()?);
                let sides = 1..=MAX_SIDE;
                let pixels = usize::from(width) * usize::from(height);
                if !sides.contains(&width) || !sides.contains(&height) || pixels > MAX_PIXELS {
                    return Err(WireError::Size(width, height));
                }
                let coder = match input.u8()? {
                    0 => Coder::Tiles,
                    1 => Coder::H264,
                    _ => return Err(WireError::Value),
                };
                Self::Geometry { width, height, coder }
            }
            CHUNK => {
                let (update, index, flags) = (input.u32()?, input.u16()?, input.u8()?);
                if flags > 1 {
                    return Err(WireError::Value);
                }
                let bytes = message.slice_ref(input.rest());
                Self::Chunk(Chunk { update, index, last: flags == 1, bytes })
            }
            POINTER_SHAPE => Self::PointerShape(PointerShape::read(&mut input)?),
            POINTER_AT => Self::PointerAt { x: input.u32()? as i32, y: input.u32()? as i32 },
            POINTER_HIDDEN => Self::PointerHidden,
            ACK => Self::Ack { update: input.u32()?, hold_us: input.u32()? },
            REFRESH => Self::Refresh,
            REGIONS => Self::Regions(Mask::from_bytes(message.slice_ref(input.rest()))),
            AREA => Self::Area { area: input.u32()? },
            tag => return Err(WireError::Unknown(tag)),
        };
        if input.0.is_empty() { Ok(decoded) } else { Err(WireError::Rest) }
    }
}

impl Chunk {
    fn write(&self, out: &mut BytesMut) {
        out.reserve(CHUNK_HEADER + self.bytes.len());
        out.put_u8(CHUNK);
        out.put_u32_le(self.update);
        out.put_u16_le(self.index);
        out.put_u8(u8::from(self.last));
        out.put_slice(&self.bytes);
    }
}

/// Reads from the front; every read is checked.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (head, rest) = self.0.split_first_chunk().ok_or(WireError::Short)?;
        self.0 = rest;
        Ok(*head)
    }

    fn u8(&mut self) -> Result<u8, WireError> {
        self.take().map(u8::from_le_bytes)
    }

    fn u16(&mut self) -> Result<u16, WireError> {
        self.take().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, WireError> {
        self.take().map(u32::from_le_bytes)
    }

    fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }
}
