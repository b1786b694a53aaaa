//! H.264 by openh264: pictures to access units (Annex B, constrained baseline) and back.
//! Colours are BT.709 in limited range, 4:2:0, as the stream says itself.

mod decode;
mod encode;
mod planes;

pub use decode::{Decoded, Decoder};
pub use encode::Encoder;

/// The largest picture that the encoder takes, either way round.
pub const MAX_LONG_SIDE: u16 = 3840;
pub const MAX_SHORT_SIDE: u16 = 2160;
/// The smallest side that the encoder takes; smaller pictures are widened with their last pixels.
const MIN_SIDE: usize = 16;

/// What the pictures are like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Text and windows: sharper at the same bitrate, about twice the work.
    #[default]
    ScreenContent,
    /// Films and cameras, lines above 4 Mbit/s, and when short of processor time.
    Camera,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// Bits per second, held by skipping pictures where coarser ones do not suffice.
    pub bitrate_bps: u32,
    /// Most pictures per second.
    pub max_fps: f32,
    pub mode: Mode,
    /// Only what is said to have changed is taken, also the first time; the rest is black.
    pub parts: bool,
    /// The finest quantiser that is used, 0 (sharpest) to 51: what bounds a key frame, which the coder makes as large as
    /// it likes else.
    pub finest: u8,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            bitrate_bps: 4_000_000,
            max_fps: 60.0,
            mode: Mode::ScreenContent,
            parts: false,
            finest: FINEST,
        }
    }
}

/// The quantiser of lines that carry anything.
const FINEST: u8 = 8;

/// The finest quantiser by which a key frame of much text passes a line of this rate in bearable time.
pub fn finest_for(bitrate_bps: u32) -> u8 {
    match bitrate_bps {
        0..500_000 => 44,
        500_000..1_200_000 => 38,
        1_200_000..3_000_000 => 32,
        _ => FINEST,
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum H264Error {
    #[error("a picture of {0}×{1} pixels is too large for H.264")]
    TooLarge(u16, u16),
    #[error("the memory for the picture is too small")]
    Frame,
    #[error("the coder failed: {0}")]
    Coder(String),
}

impl From<openh264::Error> for H264Error {
    fn from(e: openh264::Error) -> Self {
        Self::Coder(e.to_string())
    }
}

/// Whether an access unit can be decoded without those before it (it holds an IDR slice, NAL unit
/// type 5 of ITU-T H.264, table 7-1).
pub fn is_key(access_unit: &[u8]) -> bool {
    access_unit.windows(4).any(|w| w[..3] == [0, 0, 1] && w[3] & 0x1f == 5)
}
