//! A picture as three planes (I420), and the way there and back.

use openh264::formats::YUVSource;
use yuv::{
    BufferStoreMut, YuvConversionMode, YuvPlanarImage, YuvPlanarImageMut, YuvRange, YuvStandardMatrix,
};

use super::MIN_SIDE;
use crate::{FrameBuf, Picture, Rect};

const RANGE: YuvRange = YuvRange::Limited;
const MATRIX: YuvStandardMatrix = YuvStandardMatrix::Bt709;
/// Side of the blocks by which two pictures are compared, in pixels.
const BLOCK: usize = 64;

/// Planes of even size, at least as large as the picture; what lies beyond repeats its last pixels.
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
}

/// Size of the planes for a side of this many pixels.
pub(super) fn coded_side(side: u16) -> usize {
    usize::from(side).max(MIN_SIDE).next_multiple_of(2)
}

impl Planes {
    pub(super) fn new(width: u16, height: u16) -> Self {
        let (coded_width, coded_height) = (coded_side(width), coded_side(height));
        let luma = coded_width * coded_height;
        Self {
            width: usize::from(width),
            height: usize::from(height),
            coded_width,
            coded_height,
            y: vec![16; luma],
            u: vec![128; luma / 4],
            v: vec![128; luma / 4],
        }
    }

    /// Takes a part of a picture of the same size. `rect` must start at even pixels, and end at even
    /// ones or the picture's edge.
    pub(super) fn take(&mut self, picture: &Picture<'_>, rect: Rect) -> Result<(), yuv::YuvError> {
        let (x, y) = (usize::from(rect.x), usize::from(rect.y));
        let (luma, chroma) = self.starts(x, y);
        let half = self.coded_width as u32 / 2;
        let mut image = YuvPlanarImageMut {
            y_plane: BufferStoreMut::Borrowed(&mut self.y[luma..]),
            y_stride: self.coded_width as u32,
            u_plane: BufferStoreMut::Borrowed(&mut self.u[chroma..]),
            u_stride: half,
            v_plane: BufferStoreMut::Borrowed(&mut self.v[chroma..]),
            v_stride: half,
            width: u32::from(rect.w),
            height: u32::from(rect.h),
        };
        let from = &picture.data[y * picture.stride + x * 4..];
        // Strides of pictures fit: sides are 16-bit numbers, four bytes a pixel.
        let stride = picture.stride as u32;
        yuv::bgra_to_yuv420(&mut image, from, stride, RANGE, MATRIX, YuvConversionMode::Balanced)?;
        self.repeat_edges(rect);
        Ok(())
    }

    /// Where the luma and chroma of an even pixel are.
    fn starts(&self, x: usize, y: usize) -> (usize, usize) {
        (y * self.coded_width + x, y / 2 * (self.coded_width / 2) + x / 2)
    }

    fn repeat_edges(&mut self, rect: Rect) {
        let (right, bottom) = (rect.right() as usize, rect.bottom() as usize);
        let (y, h) = (usize::from(rect.y), usize::from(rect.h));
        if right == self.width && self.width < self.coded_width {
            repeat_right(&mut self.y, self.coded_width, self.width, y..y + h);
            let half = self.width.div_ceil(2);
            let rows = y / 2..(y + h).div_ceil(2);
            repeat_right(&mut self.u, self.coded_width / 2, half, rows.clone());
            repeat_right(&mut self.v, self.coded_width / 2, half, rows);
        }
        if bottom == self.height && self.height < self.coded_height {
            repeat_down(&mut self.y, self.coded_width, self.height);
            repeat_down(&mut self.u, self.coded_width / 2, self.height.div_ceil(2));
            repeat_down(&mut self.v, self.coded_width / 2, self.height.div_ceil(2));
        }
    }

    /// Takes what differs in a decoded picture, and paints it into the frame. Sizes must fit:
    /// see [`Planes::fits`]. `whole` paints all.
    pub(super) fn update(
        &mut self,
        new: &impl YUVSource,
        whole: bool,
        frame: &mut FrameBuf<'_>,
        changed: &mut Vec<Rect>,
    ) -> Result<(), yuv::YuvError> {
        let source = Source { planes: [new.y(), new.u(), new.v()], strides: new.strides() };
        for y in (0..self.height).step_by(BLOCK) {
            let h = BLOCK.min(self.height - y);
            let mut run = 0..0;
            for x in (0..self.width).step_by(BLOCK) {
                let w = BLOCK.min(self.width - x);
                if whole || self.differs(&source, x, y, w, h) {
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

    /// Keeps a run of blocks, and paints it.
    fn put(
        &mut self,
        new: &Source<'_>,
        columns: std::ops::Range<usize>,
        y: usize,
        h: usize,
        frame: &mut FrameBuf<'_>,
        changed: &mut Vec<Rect>,
    ) -> Result<(), yuv::YuvError> {
        let (x, w) = (columns.start, columns.len());
        let (luma, chroma) = self.starts(x, y);
        let (cw, ch) = (w.div_ceil(2), h.div_ceil(2));
        let half = self.coded_width / 2;
        let (sy, su, sv) = new.strides;
        let [ny, nu, nv] = new.planes;
        copy_rows(&mut self.y[luma..], self.coded_width, &ny[y * sy + x..], sy, w, h);
        copy_rows(&mut self.u[chroma..], half, &nu[y / 2 * su + x / 2..], su, cw, ch);
        copy_rows(&mut self.v[chroma..], half, &nv[y / 2 * sv + x / 2..], sv, cw, ch);
        // Inside the picture, whose sides are 16-bit numbers.
        let rect = Rect::new(x as u16, y as u16, w as u16, h as u16);
        self.paint(rect, frame)?;
        changed.push(rect);
        Ok(())
    }

    /// Paints a part, which starts at even pixels, into a frame of the picture's size.
    pub(super) fn paint(&self, rect: Rect, frame: &mut FrameBuf<'_>) -> Result<(), yuv::YuvError> {
        let (x, y) = (usize::from(rect.x), usize::from(rect.y));
        let (luma, chroma) = self.starts(x, y);
        let half = self.coded_width as u32 / 2;
        let image = YuvPlanarImage {
            y_plane: &self.y[luma..],
            y_stride: self.coded_width as u32,
            u_plane: &self.u[chroma..],
            u_stride: half,
            v_plane: &self.v[chroma..],
            v_stride: half,
            width: u32::from(rect.w),
            height: u32::from(rect.h),
        };
        let stride = frame.stride;
        let to = &mut frame.data[y * stride + x * 4..];
        yuv::yuv420_to_bgra(&image, to, stride as u32, RANGE, MATRIX)
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

fn repeat_right(plane: &mut [u8], stride: usize, from: usize, rows: std::ops::Range<usize>) {
    for row in plane.chunks_exact_mut(stride).take(rows.end).skip(rows.start) {
        let last = row[from - 1];
        row[from..].fill(last);
    }
}

fn repeat_down(plane: &mut [u8], stride: usize, from: usize) {
    let (above, below) = plane.split_at_mut(from * stride);
    let last = &above[(from - 1) * stride..];
    below.chunks_exact_mut(stride).for_each(|row| row.copy_from_slice(last));
}

fn rows_differ(a: &[u8], a_stride: usize, b: &[u8], b_stride: usize, w: usize, h: usize) -> bool {
    (0..h).any(|y| a[y * a_stride..y * a_stride + w] != b[y * b_stride..y * b_stride + w])
}

fn copy_rows(to: &mut [u8], to_stride: usize, from: &[u8], from_stride: usize, w: usize, h: usize) {
    for y in 0..h {
        to[y * to_stride..y * to_stride + w].copy_from_slice(&from[y * from_stride..y * from_stride + w]);
    }
}
