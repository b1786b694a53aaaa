//! Lossless tiles: what changed of a picture, coded so that the viewer has exactly the same pixels.
//!
//! An update first moves what only moved (scrolling, dragging), then paints blocks of up to 64×64
//! pixels with what remains, and is packed as a whole. `TILES.md` describes the bytes.

mod block;
mod decode;
mod diff;
mod encode;
mod format;
mod moved;
mod paint;
mod palette;
mod rowhash;
mod scroll;

pub(crate) use format::TILE;

pub use decode::{DecodeError, Decoder};
pub use encode::{Encoder, Stats};
pub use format::{VERSION, max_update};
