//! A picture as three planes (I420), and the way there and back.

use std::ops::Range;

use openh264::formats::YUVSource;
use yuv::{
    BufferStoreMut, YuvConversionMode, YuvPlanarImage, YuvPlanarImageMut, YuvRange, YuvStandardMatrix,
};

use super::MIN_SIDE;
use crate::{FrameBuf, Rect, regions::Mask};

const RANGE: YuvRange = YuvRange::Limited;
const MATRIX: YuvStandardMatrix = YuvStandardMatrix::Bt709;
/// Side of the blocks by which two pictures are compared, in pixels.
const BLOCK: usize = 64;

/// Planes of even size, at least as large as the picture. Each has a spare row at its end, because
/// the conversion wants whole rows also of a part that does not start at the left edge.
#[derive(Debug, Default)]
pub(super) struct Planes {
    /// Size of the picture inside.
    width: usize,
    height: usize,
    /// Size of the luma plane.
    coded_width: usize,
    coded_height: usize,
    y: Vec<u8>,
    u: Vec<u8>,
    v: Vec<u8>,
    /// For parts that the conversion cannot paint where they belong.
    scratch: Vec<u8>,
    /// Blocks that were taken and not painted, row by row.
    waiting: Vec<bool>,
}

/// Size of the planes for a side of this many pixels.
pub(super) fn coded_side(side: u16) -> usize {
    usize::from(side).max(MIN_SIDE).next_multiple_of(2)
}

impl Planes {
    pub(super) fn new(width: u16, height: u16) -> Self {
        let (coded_width, coded_height) = (coded_side(width), coded_side(height));
        let luma = coded_width * (coded_height + 1);
        let chroma = coded_width / 2 * (coded_height / 2 + 1);
        Self {
            width: usize::from(width),
            height: usize::from(height),
            coded_width,
            coded_height,
            y: vec![16; luma],
            u: vec![128; chroma],
            v: vec![128; chroma],
            scratch: Vec::new(),
            waiting: vec![false; usize::from(width).div_ceil(BLOCK) * usize::from(height).div_ceil(BLOCK)],
        }
    }

    /// Takes a part of a BGRX picture of the coded size, which has a spare row as well. `rect` must
    /// start and end at even pixels.
    pub(super) fn take(&mut self, bgrx: &[u8], rect: Rect) -> Result<(), yuv::YuvError> {
        let (x, y) = (usize::from(rect.x), usize::from(rect.y));
        let (luma, chroma) = self.rows(x, y, usize::from(rect.h));
        let width = self.coded_width as u32;
        let mut image = YuvPlanarImageMut {
            y_plane: BufferStoreMut::Borrowed(&mut self.y[luma.clone()]),
            y_stride: width,
            u_plane: BufferStoreMut::Borrowed(&mut self.u[chroma.clone()]),
            u_stride: width / 2,
            v_plane: BufferStoreMut::Borrowed(&mut self.v[chroma]),
            v_stride: width / 2,
            width: u32::from(rect.w),
            height: u32::from(rect.h),
        };
        let from = &bgrx[luma.start * 4..luma.end * 4];
        yuv::bgra_to_yuv420(&mut image, from, width * 4, RANGE, MATRIX, YuvConversionMode::Balanced)
    }

    /// Where the luma and chroma of an even pixel are.
    fn starts(&self, x: usize, y: usize) -> (usize, usize) {
        (y * self.coded_width + x, y / 2 * (self.coded_width / 2) + x / 2)
    }

    /// Where the luma and chroma of `h` rows, an even number, from an even pixel on are: exactly as
    /// many bytes as there are rows, for the conversion takes the rest for more of them.
    fn rows(&self, x: usize, y: usize, h: usize) -> (Range<usize>, Range<usize>) {
        let (luma, chroma) = self.starts(x, y);
        (luma..luma + h * self.coded_width, chroma..chroma + h / 2 * (self.coded_width / 2))
    }

    /// Takes what differs in a decoded picture, and paints it into the frame. Sizes must fit:
    /// see [`Planes::fits`]. `whole` takes all.
    /// What `mask` does not show is taken, but not painted.
    pub(super) fn update(
        &mut self,
        new: &impl YUVSource,
        whole: bool,
        mask: Option<&Mask>,
        frame: &mut FrameBuf<'_>,
        changed: &mut Vec<Rect>,
    ) -> Result<(), yuv::YuvError> {
        let source = Source { planes: [new.y(), new.u(), new.v()], strides: new.strides() };
        for y in (0..self.height).step_by(BLOCK) {
            let h = BLOCK.min(self.height - y);
            let mut run = 0..0;
            for x in (0..self.width).step_by(BLOCK) {
                let w = BLOCK.min(self.width - x);
                let differs = whole || self.differs(&source, x, y, w, h);
                let shows = mask.is_none_or(|m| m.shows(self.block(x, y)));
                if differs && !shows {
                    self.keep(&source, x..x + w, y, h);
                    let block = self.block(x, y);
                    self.waiting[block] = true;
                }
                if differs && shows {
                    if run.is_empty() {
                        run = x..x;
                    }
                    run.end = x + w;
                } else if !run.is_empty() {
                    self.put(&source, run.clone(), y, h, frame, changed)?;
                    run = 0..0;
                }
            }
            if !run.is_empty() {
                self.put(&source, run, y, h, frame, changed)?;
            }
        }
        Ok(())
    }

    /// Whether a decoded picture of this size carries a picture of ours.
    pub(super) fn fits(&self, new: &impl YUVSource) -> bool {
        let (sy, su, sv) = new.strides();
        let (w, h) = (self.coded_width, self.coded_height);
        new.dimensions() == (w, h)
            && new.y().len() >= (h - 1) * sy + w
            && new.u().len() >= (h / 2 - 1) * su + w / 2
            && new.v().len() >= (h / 2 - 1) * sv + w / 2
    }

    fn differs(&self, new: &Source<'_>, x: usize, y: usize, w: usize, h: usize) -> bool {
        let (luma, chroma) = self.starts(x, y);
        let (cw, ch) = (w.div_ceil(2), h.div_ceil(2));
        let half = self.coded_width / 2;
        let (u, v) = (new.strides.1, new.strides.2);
        let at_u = y / 2 * u + x / 2;
        let at_v = y / 2 * v + x / 2;
        let at_y = y * new.strides.0 + x;
        rows_differ(&self.y[luma..], self.coded_width, &new.planes[0][at_y..], new.strides.0, w, h)
            || rows_differ(&self.u[chroma..], half, &new.planes[1][at_u..], u, cw, ch)
            || rows_differ(&self.v[chroma..], half, &new.planes[2][at_v..], v, cw, ch)
    }

    /// The mask is another one now: what came for blocks that it shows is painted, what it hides is forgotten.
    pub(super) fn show(
        &mut self,
        mask: &Mask,
        frame: &mut FrameBuf<'_>,
        changed: &mut Vec<Rect>,
    ) -> Result<(), yuv::YuvError> {
        for y in (0..self.height).step_by(BLOCK) {
            for x in (0..self.width).step_by(BLOCK) {
                let block = self.block(x, y);
                if std::mem::take(&mut self.waiting[block]) && mask.shows(block) {
                    let (w, h) = (BLOCK.min(self.width - x), BLOCK.min(self.height - y));
                    // Inside the picture, whose sides are 16-bit numbers.
                    let rect = Rect::new(x as u16, y as u16, w as u16, h as u16);
                    self.paint(rect, frame)?;
                    changed.push(rect);
                }
            }
        }
        Ok(())
    }

    /// Number of the block with this corner.
    fn block(&self, x: usize, y: usize) -> usize {
        y / BLOCK * self.width.div_ceil(BLOCK) + x / BLOCK
    }

    /// Keeps a run of blocks, and paints it.
    fn put(
        &mut self,
        new: &Source<'_>,
        columns: Range<usize>,
        y: usize,
        h: usize,
        frame: &mut FrameBuf<'_>,
        changed: &mut Vec<Rect>,
    ) -> Result<(), yuv::YuvError> {
        let (x, w) = (columns.start, columns.len());
        self.keep(new, columns, y, h);
        // Inside the picture, whose sides are 16-bit numbers.
        let rect = Rect::new(x as u16, y as u16, w as u16, h as u16);
        self.paint(rect, frame)?;
        changed.push(rect);
        Ok(())
    }

    fn keep(&mut self, new: &Source<'_>, columns: Range<usize>, y: usize, h: usize) {
        let (x, w) = (columns.start, columns.len());
        let (luma, chroma) = self.starts(x, y);
        let (cw, ch) = (w.div_ceil(2), h.div_ceil(2));
        let half = self.coded_width / 2;
        let (sy, su, sv) = new.strides;
        let [ny, nu, nv] = new.planes;
        copy_rows(&mut self.y[luma..], self.coded_width, &ny[y * sy + x..], sy, w, h);
        copy_rows(&mut self.u[chroma..], half, &nu[y / 2 * su + x / 2..], su, cw, ch);
        copy_rows(&mut self.v[chroma..], half, &nv[y / 2 * sv + x / 2..], sv, cw, ch);
    }

    /// Paints a part, which starts at even pixels, into a frame of the picture's size.
    fn paint(&mut self, rect: Rect, frame: &mut FrameBuf<'_>) -> Result<(), yuv::YuvError> {
        let (x, y) = (usize::from(rect.x), usize::from(rect.y));
        let (w, h) = (usize::from(rect.w), usize::from(rect.h));
        let (even_w, even_h) = (w.next_multiple_of(2), h.next_multiple_of(2));
        let (luma, chroma) = self.rows(x, y, even_h);
        let width = self.coded_width as u32;
        let image = YuvPlanarImage {
            y_plane: &self.y[luma],
            y_stride: width,
            u_plane: &self.u[chroma.clone()],
            u_stride: width / 2,
            v_plane: &self.v[chroma],
            v_stride: width / 2,
            width: even_w as u32,
            height: even_h as u32,
        };
        let start = y * frame.stride + x * 4;
        if (even_w, even_h) == (w, h)
            && let Some(to) = frame.data.get_mut(start..start + h * frame.stride)
        {
            return yuv::yuv420_to_bgra(&image, to, frame.stride as u32, RANGE, MATRIX);
        }
        self.scratch.clear();
        self.scratch.resize(even_w * even_h * 4, 0);
        yuv::yuv420_to_bgra(&image, &mut self.scratch, even_w as u32 * 4, RANGE, MATRIX)?;
        copy_rows(&mut frame.data[start..], frame.stride, &self.scratch, even_w * 4, w * 4, h);
        Ok(())
    }
}

impl YUVSource for Planes {
    fn dimensions(&self) -> (usize, usize) {
        (self.coded_width, self.coded_height)
    }
    fn strides(&self) -> (usize, usize, usize) {
        (self.coded_width, self.coded_width / 2, self.coded_width / 2)
    }
    fn y(&self) -> &[u8] {
        &self.y
    }
    fn u(&self) -> &[u8] {
        &self.u
    }
    fn v(&self) -> &[u8] {
        &self.v
    }
}

struct Source<'a> {
    planes: [&'a [u8]; 3],
    strides: (usize, usize, usize),
}

fn rows_differ(a: &[u8], a_stride: usize, b: &[u8], b_stride: usize, w: usize, h: usize) -> bool {
    (0..h).any(|y| a[y * a_stride..y * a_stride + w] != b[y * b_stride..y * b_stride + w])
}

fn copy_rows(to: &mut [u8], to_stride: usize, from: &[u8], from_stride: usize, w: usize, h: usize) {
    for y in 0..h {
        to[y * to_stride..y * to_stride + w].copy_from_slice(&from[y * from_stride..y * from_stride + w]);
    }
}
