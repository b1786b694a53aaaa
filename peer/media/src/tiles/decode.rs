//! Applies updates to the viewer's picture.

use zstd::bulk::Decompressor;

use super::paint::Painter;
use super::{
    block::Kind,
    format::{BOX, Copy, Cursor, HEADER, JUMP, MAX_COPIES, PACKED, TILE, VERSION, WHOLE, max_body, unzigzag},
};
use crate::{FrameBuf, Rect, merge_rects};

/// Most rectangles that are reported of one update.
const MOST_CHANGED: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("the update is of version {0}, which is not known here")]
    Version(u8),
    #[error("the update is for a picture of {0}×{1} pixels")]
    Size(u16, u16),
    #[error("the memory for the picture is too small")]
    Frame,
    /// Nothing to build upon: the first update, or the last one failed. Ask for a whole one.
    #[error("a whole update is needed")]
    NeedWhole,
    #[error("the update ends too soon")]
    Short,
    #[error("the update is longer than its picture permits")]
    Long,
    #[error("bytes are left over")]
    Rest,
    #[error("unknown flags or operation")]
    Op,
    #[error("a number is out of range")]
    Number,
    #[error("a place outside the picture or the tile")]
    Place,
    #[error("a palette of a wrong size")]
    Colours,
    #[error("the update is not packed as it says")]
    Packed,
    #[error("more is painted or moved than the picture permits")]
    Work,
}

/// Decodes the updates of one [`super::Encoder`], in order.
#[derive(Default)]
pub struct Decoder {
    zstd: Option<Decompressor<'static>>,
    body: Vec<u8>,
    /// The picture before the next update is right.
    ready: bool,
}

impl Decoder {
    pub fn new() -> Self {
        Self::default()
    }

    /// Applies one update; `changed` is replaced by the rectangles that may have changed (at most 64).
    ///
    /// Any bytes are safe: memory stays within the update's bound ([`super::max_update`]), nothing is
    /// written outside the picture. After an error the picture's content may be mixed, and all
    /// updates fail with [`DecodeError::NeedWhole`] until a whole one comes.
    pub fn decode(
        &mut self,
        update: &[u8],
        frame: &mut FrameBuf<'_>,
        changed: &mut Vec<Rect>,
    ) -> Result<(), DecodeError> {
        changed.clear();
        let was_ready = std::mem::take(&mut self.ready);
        if !frame.is_sound() {
            return Err(DecodeError::Frame);
        }
        let mut input = Cursor(update.get(..HEADER).ok_or(DecodeError::Short)?);
        let (version, flags) = (input.u8()?, input.u8()?);
        if version != VERSION {
            return Err(DecodeError::Version(version));
        }
        if flags & !(WHOLE | PACKED) != 0 {
            return Err(DecodeError::Op);
        }
        let (width, height) = (input.u16()?, input.u16()?);
        if (width, height) != (frame.width, frame.height) {
            return Err(DecodeError::Size(width, height));
        }
        let whole = flags & WHOLE != 0;
        if !whole && !was_ready {
            return Err(DecodeError::NeedWhole);
        }
        let body = &update[HEADER..];
        if flags & PACKED != 0 {
            let mut buffer = std::mem::take(&mut self.body);
            let done =
                self.unpack(body, frame, &mut buffer).and_then(|()| apply(&buffer, whole, frame, changed));
            self.body = buffer;
            done?;
        } else {
            apply(body, whole, frame, changed)?;
        }
        merge_rects(changed, MOST_CHANGED);
        self.ready = true;
        Ok(())
    }

    fn unpack(&mut self, body: &[u8], frame: &FrameBuf<'_>, out: &mut Vec<u8>) -> Result<(), DecodeError> {
        let mut input = Cursor(body);
        let plain = input.u32()? as usize;
        if plain > max_body(frame.width, frame.height) {
            return Err(DecodeError::Long);
        }
        if self.zstd.is_none() {
            self.zstd = Decompressor::new().ok();
        }
        let zstd = self.zstd.as_mut().ok_or(DecodeError::Packed)?;
        out.clear();
        out.reserve_exact(plain);
        match zstd.decompress_to_buffer(input.0, out) {
            Ok(n) if n == plain => Ok(()),
            _ => Err(DecodeError::Packed),
        }
    }
}

/// Carries out a body: first the copies, then the blocks.
fn apply(
    body: &[u8],
    whole: bool,
    frame: &mut FrameBuf<'_>,
    changed: &mut Vec<Rect>,
) -> Result<(), DecodeError> {
    let mut input = Cursor(body);
    let copies = input.varint()? as usize;
    if copies > MAX_COPIES || (whole && copies > 0) {
        return Err(DecodeError::Work);
    }
    let (ops_len, colours_len) = (input.varint()? as usize, input.varint()? as usize);
    let pixels_of_picture = usize::from(frame.width) * usize::from(frame.height);

    let mut budget = pixels_of_picture * 2;
    for _ in 0..copies {
        let copy = Copy::read(&mut input, frame.width, frame.height)?;
        budget = budget.checked_sub(copy.to.area()).ok_or(DecodeError::Work)?;
        copy.apply(frame.data, frame.stride);
        changed.push(copy.to);
    }

    let mut ops = Cursor(input.take(ops_len)?);
    let colours = Cursor(input.take(colours_len)?);
    let mut painter = Painter::new(colours, input);
    let mut tiles = Tiles::new(frame.width, frame.height);
    let mut budget = pixels_of_picture;
    let first_block = changed.len();
    while !ops.0.is_empty() {
        let (kind, at) = tiles.next(&mut ops)?;
        budget = budget.checked_sub(at.area()).ok_or(DecodeError::Work)?;
        let start = usize::from(at.y) * frame.stride + usize::from(at.x) * 4;
        let dst = &mut frame.data[start..];
        painter.paint(kind, dst, frame.stride, usize::from(at.w), usize::from(at.h))?;
        report(at, first_block, changed);
    }
    if !painter.is_done() {
        return Err(DecodeError::Rest);
    }
    if whole && budget > 0 {
        return Err(DecodeError::Short);
    }
    Ok(())
}

/// Adds a block to what changed, joined with the one before it where they are neighbours.
fn report(at: Rect, first: usize, changed: &mut Vec<Rect>) {
    if changed.len() > first
        && let Some(last) = changed.last_mut()
        && last.y == at.y
        && last.h == at.h
        && last.right() == u32::from(at.x)
    {
        last.w += at.w;
    } else {
        if changed.len() >= 64 * MOST_CHANGED {
            merge_rects(changed, MOST_CHANGED);
        }
        changed.push(at);
    }
}

/// Where the ops paint.
struct Tiles {
    width: usize,
    height: usize,
    across: usize,
    count: usize,
    next: usize,
}

impl Tiles {
    fn new(width: u16, height: u16) -> Self {
        let (width, height) = (usize::from(width), usize::from(height));
        let across = width.div_ceil(TILE);
        Self { width, height, across, count: across * height.div_ceil(TILE), next: 0 }
    }

    fn next(&mut self, ops: &mut Cursor<'_>) -> Result<(Kind, Rect), DecodeError> {
        let op = ops.u8()?;
        if op & !(3 | BOX | JUMP) != 0 {
            return Err(DecodeError::Op);
        }
        let kind = Kind::from_op(op);
        if op & JUMP != 0 {
            let by = i64::from(unzigzag(ops.varint()?));
            self.next = usize::try_from(self.next as i64 + by).map_err(|_| DecodeError::Place)?;
        }
        if self.next >= self.count {
            return Err(DecodeError::Place);
        }
        let (x, y) = (self.next % self.across * TILE, self.next / self.across * TILE);
        let (mut at_x, mut at_y) = (x, y);
        let (mut w, mut h) = (TILE.min(self.width - x), TILE.min(self.height - y));
        if op & BOX != 0 {
            let b = ops.take(4)?;
            let (bx, by) = (usize::from(b[0]), usize::from(b[1]));
            let (bw, bh) = (usize::from(b[2]) + 1, usize::from(b[3]) + 1);
            if bx + bw > w || by + bh > h {
                return Err(DecodeError::Place);
            }
            (at_x, at_y, w, h) = (x + bx, y + by, bw, bh);
        }
        self.next += 1;
        // All are inside a picture whose sides are 16-bit numbers.
        Ok((kind, Rect::new(at_x as u16, at_y as u16, w as u16, h as u16)))
    }
}
