//! Access units to pictures.

use super::{H264Error, planes::Planes};
use crate::{FrameBuf, Rect, merge_rects, regions::Mask};

/// Most rectangles that are reported of one picture.
const MOST_CHANGED: usize = 64;

/// What came of an access unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// The frame holds the new picture.
    Picture,
    /// Nothing to show: no picture yet, or one of another size than the frame's.
    Nothing,
    /// Something was lost: nothing can be shown until a key frame comes. Ask for one at once.
    NeedKey,
}

/// Decodes one stream of access units, in order.
pub struct Decoder {
    coder: openh264::decoder::Decoder,
    /// The last picture; none after a change of the frame's size.
    last: Option<Planes>,
    /// What is painted; everything without it.
    mask: Option<Mask>,
    size: (u16, u16),
    /// A key frame came and nothing was lost since.
    ready: bool,
}

impl Decoder {
    pub fn new() -> Result<Self, H264Error> {
        Ok(Self { coder: start()?, last: None, mask: None, size: (0, 0), ready: false })
    }

    /// Decodes one access unit into a frame of the display's size, which must keep its content between
    /// two calls; `changed` is replaced by the rectangles that may have changed (at most 64).
    pub fn decode(
        &mut self,
        access_unit: &[u8],
        frame: &mut FrameBuf<'_>,
        changed: &mut Vec<Rect>,
    ) -> Result<Decoded, H264Error> {
        changed.clear();
        if !frame.is_sound() {
            return Err(H264Error::Frame);
        }
        if self.size != (frame.width, frame.height) {
            self.size = (frame.width, frame.height);
            self.last = None;
        }
        if super::is_key(access_unit) {
            self.ready = true;
        } else if !self.ready {
            return Ok(Decoded::NeedKey);
        }
        let picture = match self.coder.decode(access_unit) {
            Ok(Some(picture)) => picture,
            Ok(None) => return Ok(Decoded::Nothing),
            Err(_) => {
                // It may be left in the middle of a picture: a new one starts clean.
                self.ready = false;
                self.coder = start()?;
                return Ok(Decoded::NeedKey);
            }
        };
        let whole = self.last.is_none();
        let planes = self.last.get_or_insert_with(|| Planes::new(frame.width, frame.height));
        if !planes.fits(&picture) {
            self.last = None;
            return Ok(Decoded::Nothing);
        }
        planes
            .update(&picture, whole, self.mask.as_ref(), frame, changed)
            .map_err(|e| H264Error::Coder(e.to_string()))?;
        merge_rects(changed, MOST_CHANGED);
        Ok(Decoded::Picture)
    }

    /// From now on only this part of each picture is painted. What came for it while it was hidden is painted now, if
    /// the frame is of the last picture's size; `changed` is replaced by the rectangles that are.
    pub fn show(
        &mut self,
        mask: Mask,
        frame: &mut FrameBuf<'_>,
        changed: &mut Vec<Rect>,
    ) -> Result<(), H264Error> {
        changed.clear();
        if let Some(planes) = self.last.as_mut().filter(|_| self.size == (frame.width, frame.height))
            && frame.is_sound()
        {
            planes.show(&mask, frame, changed).map_err(|e| H264Error::Coder(e.to_string()))?;
        }
        self.mask = Some(mask);
        merge_rects(changed, MOST_CHANGED);
        Ok(())
    }

    /// Forgets the stream: the next picture must come with a key frame.
    pub fn reset(&mut self) -> Result<(), H264Error> {
        self.coder = start()?;
        self.ready = false;
        self.last = None;
        Ok(())
    }
}

fn start() -> Result<openh264::decoder::Decoder, H264Error> {
    Ok(openh264::decoder::Decoder::new()?)
}
