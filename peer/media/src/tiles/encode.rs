//! Makes updates from pictures.

use zstd::{bulk::Compressor, zstd_safe};

use super::{
    block::Parts,
    diff,
    format::{
        BOX, Copy, HEADER, JUMP, PACK_FROM, PACKED, TILE, VERSION, WHOLE, max_body, put_varint, zigzag,
    },
    moved, scroll,
};
use crate::{Picture, Rect};

/// Rectangles with fewer pixels are not searched for scrolling.
const SCROLL_FROM: usize = 64 * 64;
/// With fewer pixels left to paint, nothing is searched for movement in all directions.
const MOVE_FROM: usize = 128 * 128;
/// Longest pauses, in updates, after searches that found nothing.
const MOVE_PAUSE: u32 = 16;
const SCROLL_PAUSE: u32 = 4;

/// What an update holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Pixels painted anew.
    pub pixels_changed: usize,
    /// Pixels that only moved.
    pub pixels_moved: usize,
    /// Bytes of the update.
    pub bytes: usize,
    /// Copies and blocks.
    pub rects: usize,
    /// The update holds the whole picture.
    pub whole: bool,
}

/// Codes one source of pictures. Keeps a copy of what the viewer has.
pub struct Encoder {
    width: u16,
    height: u16,
    /// The viewer's picture, rows packed; empty before the first update.
    shadow: Vec<u8>,
    whole: bool,
    zstd: Option<Compressor<'static>>,
    scroll: scroll::Search,
    moved: moved::Search,
    scroll_pause: Pause,
    move_pause: Pause,
    rects: Vec<Rect>,
    /// Blocks that differ, each inside one tile.
    blocks: Vec<Rect>,
    copies: Vec<Copy>,
    parts: Parts,
    body: Vec<u8>,
    next_tile: usize,
    stats: Stats,
}

impl Encoder {
    pub fn new(width: u16, height: u16) -> Self {
        Self {
            width,
            height,
            shadow: Vec::new(),
            whole: true,
            zstd: compressor(),
            scroll: scroll::Search::default(),
            moved: moved::Search::default(),
            scroll_pause: Pause::new(SCROLL_PAUSE),
            move_pause: Pause::new(MOVE_PAUSE),
            rects: Vec::new(),
            blocks: Vec::new(),
            copies: Vec::new(),
            parts: Parts::default(),
            body: Vec::new(),
            next_tile: 0,
            stats: Stats::default(),
        }
    }

    /// Makes the next update whole (a new viewer, or one that lost its picture).
    pub fn reset(&mut self) {
        self.whole = true;
    }

    /// Compares `picture` inside `changed` with what was coded last, and appends one update to `out`;
    /// `None` when nothing differs, or the picture's memory is smaller than it says.
    ///
    /// Only pixels inside `changed` are read, except the first time and after a change of size, when
    /// the whole picture is. After [`Encoder::reset`] the update is whole, also with nothing changed.
    pub fn encode(&mut self, picture: Picture<'_>, changed: &[Rect], out: &mut Vec<u8>) -> Option<Stats> {
        if !picture.is_sound() {
            return None;
        }
        self.begin();
        if self.shadow.is_empty() || (picture.width, picture.height) != (self.width, self.height) {
            (self.width, self.height) = (picture.width, picture.height);
            self.shadow.clear();
            self.shadow.resize(self.stride() * usize::from(self.height), 0);
            self.whole = true;
            self.take(&picture, Rect::new(0, 0, self.width, self.height));
        }
        self.rects.clear();
        self.rects.extend(changed.iter().filter_map(|r| r.clipped(self.width, self.height)));
        let done = !self.whole && self.encode_changes(&picture);
        if !done {
            self.encode_whole(&picture);
        }
        if self.parts.ops.is_empty() && self.copies.is_empty() {
            return None;
        }
        self.whole = false;
        self.finish(out);
        Some(self.stats)
    }

    /// Takes what differs inside `changed`, of which only that is read; gives the blocks that did, each inside one tile.
    /// For a picture that another coder has a part in: what the viewers have of it is not known here.
    pub fn take_changes(&mut self, picture: Picture<'_>, changed: &[Rect], blocks: &mut Vec<Rect>) {
        blocks.clear();
        if !picture.is_sound() || (picture.width, picture.height) != (self.width, self.height) {
            return;
        }
        self.shadow.resize(self.stride() * usize::from(self.height), 0);
        let clip = |r: &Rect| r.clipped(self.width, self.height);
        let rects: Vec<Rect> = changed.iter().filter_map(clip).collect();
        self.find_changes(&picture, &rects, blocks);
        blocks.iter().for_each(|r| self.take(&picture, *r));
        self.whole = false;
    }

    /// Appends an update that paints these blocks (each inside one tile) with what was taken last.
    pub fn encode_blocks(&mut self, blocks: &[Rect], out: &mut Vec<u8>) -> Stats {
        self.begin();
        let (shadow, stride) = (std::mem::take(&mut self.shadow), self.stride());
        for r in blocks {
            let (x, y) = (usize::from(r.x), usize::from(r.y));
            let (w, h) = (usize::from(r.w), usize::from(r.h));
            self.paint(&shadow[y * stride + x * 4..], stride, x, y, w, h);
        }
        self.shadow = shadow;
        self.finish(out);
        self.stats
    }

    /// Appends a whole update of nothing but black, for viewers that have no picture yet.
    pub fn encode_black(&self, out: &mut Vec<u8>) {
        let mut black = Self::new(self.width, self.height);
        let row = vec![0; self.stride() * usize::from(self.height)];
        let picture = Picture { data: &row, stride: self.stride(), width: self.width, height: self.height };
        black.encode(picture, &[], out);
    }

    /// What was taken last: all that the sharer shows.
    pub fn taken(&self) -> Picture<'_> {
        Picture { data: &self.shadow, stride: self.stride(), width: self.width, height: self.height }
    }

    /// What the last update of [`Encoder::encode`] painted or moved.
    pub fn touched(&self) -> Vec<Rect> {
        if self.stats.whole {
            return vec![Rect::new(0, 0, self.width, self.height)];
        }
        self.blocks.iter().copied().chain(self.copies.iter().map(|c| c.to)).collect()
    }

    fn begin(&mut self) {
        self.copies.clear();
        self.parts.clear();
        self.next_tile = 0;
        self.stats = Stats::default();
    }

    fn stride(&self) -> usize {
        usize::from(self.width) * 4
    }

    /// False when a whole picture is cheaper to send and to bound.
    fn encode_changes(&mut self, picture: &Picture<'_>) -> bool {
        let rects = std::mem::take(&mut self.rects);
        let searched = rects.iter().any(|r| r.area() >= SCROLL_FROM) && self.scroll_pause.is_over();
        for r in rects.iter().filter(|r| searched && r.area() >= SCROLL_FROM) {
            self.scroll.vertical(picture, &mut self.shadow, *r, &mut self.copies);
        }
        let mut blocks = std::mem::take(&mut self.blocks);
        self.find_changes(picture, &rects, &mut blocks);
        let left: usize = blocks.iter().map(Rect::area).sum();
        let scrolled: usize = self.copies.iter().map(|c| c.to.area()).sum();
        self.scroll.left(left);
        if searched && (scrolled > 0 || left >= MOVE_FROM) {
            self.scroll_pause.note(scrolled > 0);
        }
        if left >= MOVE_FROM.max(scrolled / 4) && self.move_pause.is_over() {
            let before = self.copies.len();
            let within = blocks.iter().copied().reduce(|a, b| a.around(&b)).unwrap_or_default();
            self.moved.any(picture, &mut self.shadow, &rects, within, &mut self.copies);
            self.move_pause.note(self.copies.len() > before);
            if self.copies.len() > before {
                self.find_changes(picture, &rects, &mut blocks);
            }
        }
        self.rects = rects;
        self.stats.pixels_moved = self.copies.iter().map(|c| c.to.area()).sum();
        let most = usize::from(self.width) * usize::from(self.height);
        let bound = max_body(self.width, self.height) - 32 * 1024;
        let fits = self.stats.pixels_moved <= 2 * most
            && blocks.iter().all(|r| {
                self.paint_changes(picture, *r);
                self.stats.pixels_changed <= most && self.parts.len() <= bound
            });
        self.blocks = blocks;
        fits
    }

    /// The blocks of `rects` that differ from the shadow.
    fn find_changes(&self, picture: &Picture<'_>, rects: &[Rect], blocks: &mut Vec<Rect>) {
        blocks.clear();
        let stride = self.stride();
        for rect in rects {
            let (right, bottom) = (rect.right() as usize, rect.bottom() as usize);
            let mut y = usize::from(rect.y);
            while y < bottom {
                let h = ((y / TILE + 1) * TILE).min(bottom) - y;
                let mut x = usize::from(rect.x);
                while x < right {
                    let w = ((x / TILE + 1) * TILE).min(right) - x;
                    let new = &picture.data[y * picture.stride + x * 4..];
                    let old = &self.shadow[y * stride + x * 4..];
                    if let Some(d) = diff::differs(new, picture.stride, old, stride, w, h) {
                        // A little more paint is cheaper than four bytes for the place.
                        let (x, y, w, h) = if d.w * d.h * 8 >= w * h * 7 {
                            (x, y, w, h)
                        } else {
                            (x + d.x, y + d.y, d.w, d.h)
                        };
                        // Inside the picture, whose sides are 16-bit numbers.
                        blocks.push(Rect::new(x as u16, y as u16, w as u16, h as u16));
                    }
                    x += w;
                }
                y += h;
            }
        }
    }

    /// Paints one block, unless an overlapping rectangle had it already.
    fn paint_changes(&mut self, picture: &Picture<'_>, r: Rect) {
        let stride = self.stride();
        let (x, y, w, h) = (usize::from(r.x), usize::from(r.y), usize::from(r.w), usize::from(r.h));
        let new = &picture.data[y * picture.stride + x * 4..];
        let old = &mut self.shadow[y * stride + x * 4..];
        if diff::differs(new, picture.stride, old, stride, w, h).is_some() {
            copy_rows(old, stride, new, picture.stride, w, h);
            self.paint(new, picture.stride, x, y, w, h);
        }
    }

    /// Starts anew with all tiles, from the shadow after it took what changed.
    fn encode_whole(&mut self, picture: &Picture<'_>) {
        self.begin();
        let rects = std::mem::take(&mut self.rects);
        for r in &rects {
            self.take(picture, *r);
        }
        self.rects = rects;
        self.stats.whole = true;
        let (width, height) = (usize::from(self.width), usize::from(self.height));
        let shadow = std::mem::take(&mut self.shadow);
        for y in (0..height).step_by(TILE) {
            for x in (0..width).step_by(TILE) {
                let at = y * width * 4 + x * 4;
                self.paint(&shadow[at..], width * 4, x, y, TILE.min(width - x), TILE.min(height - y));
            }
        }
        self.shadow = shadow;
    }

    /// Copies a part of the picture to the shadow.
    fn take(&mut self, picture: &Picture<'_>, r: Rect) {
        let (x, y, stride) = (usize::from(r.x), usize::from(r.y), self.stride());
        let from = &picture.data[y * picture.stride + x * 4..];
        let to = &mut self.shadow[y * stride + x * 4..];
        copy_rows(to, stride, from, picture.stride, usize::from(r.w), usize::from(r.h));
    }

    /// Codes one block, which lies inside one tile; `src` starts at its corner.
    fn paint(&mut self, src: &[u8], stride: usize, x: usize, y: usize, w: usize, h: usize) {
        let (width, height) = (usize::from(self.width), usize::from(self.height));
        let (left, top) = (x / TILE * TILE, y / TILE * TILE);
        let tile = y / TILE * width.div_ceil(TILE) + x / TILE;
        let full = (x, y) == (left, top) && w == TILE.min(width - x) && h == TILE.min(height - y);
        let kind = self.parts.code(src, stride, w, h);
        let jump = tile != self.next_tile;
        let ops = &mut self.parts.ops;
        ops.push(kind as u8 | if full { 0 } else { BOX } | if jump { JUMP } else { 0 });
        if jump {
            // Tile numbers are below 2^21.
            put_varint(zigzag(tile as i32 - self.next_tile as i32), ops);
        }
        if !full {
            ops.extend([x - left, y - top, w - 1, h - 1].map(|n| n as u8));
        }
        self.next_tile = tile + 1;
        self.stats.pixels_changed += w * h;
        self.stats.rects += 1;
    }

    /// Puts the parts together, packs them, and writes the update.
    fn finish(&mut self, out: &mut Vec<u8>) {
        let start = out.len();
        out.push(VERSION);
        out.push(if self.stats.whole { WHOLE } else { 0 });
        out.extend_from_slice(&self.width.to_le_bytes());
        out.extend_from_slice(&self.height.to_le_bytes());
        let body = &mut self.body;
        body.clear();
        put_varint(self.copies.len() as u32, body);
        put_varint(self.parts.ops.len() as u32, body);
        put_varint(self.parts.colours.len() as u32, body);
        self.copies.iter().for_each(|c| c.write(body));
        body.extend_from_slice(&self.parts.ops);
        body.extend_from_slice(&self.parts.colours);
        body.extend_from_slice(&self.parts.pixels);
        if !pack(self.zstd.as_mut(), body, start, out) {
            out.extend_from_slice(body);
        }
        self.stats.rects += self.copies.len();
        self.stats.bytes = out.len() - start;
    }
}

/// A search that finds nothing is done less and less often.
#[derive(Debug)]
struct Pause {
    longest: u32,
    length: u32,
    left: u32,
}

impl Pause {
    fn new(longest: u32) -> Self {
        Self { longest, length: 0, left: 0 }
    }

    fn is_over(&mut self) -> bool {
        let over = self.left == 0;
        self.left = self.left.saturating_sub(1);
        over
    }

    fn note(&mut self, found: bool) {
        self.length = if found { 0 } else { (self.length * 2).clamp(1, self.longest) };
        self.left = self.length;
    }
}

/// Appends the packed body to the header at `start`; false, and nothing done, when it is not shorter.
fn pack(zstd: Option<&mut Compressor<'static>>, body: &[u8], start: usize, out: &mut Vec<u8>) -> bool {
    let Some(zstd) = zstd else { return false };
    if body.len() < PACK_FROM {
        return false;
    }
    let packed_at = start + HEADER + 4;
    let end = packed_at + zstd_safe::compress_bound(body.len());
    out.resize(end, 0);
    let packed = zstd.compress_to_buffer(body, &mut out[packed_at..]);
    match packed {
        Ok(n) if n + 4 < body.len() => {
            out[start + 1] |= PACKED;
            out[start + HEADER..packed_at].copy_from_slice(&(body.len() as u32).to_le_bytes());
            out.truncate(packed_at + n);
            true
        }
        _ => {
            out.truncate(start + HEADER);
            false
        }
    }
}

/// zstd at level 1; without it (no memory) updates stay plain.
fn compressor() -> Option<Compressor<'static>> {
    let mut zstd = Compressor::new(1).ok()?;
    zstd.include_contentsize(false).ok()?;
    zstd.include_checksum(false).ok()?;
    Some(zstd)
}

fn copy_rows(to: &mut [u8], to_stride: usize, from: &[u8], from_stride: usize, w: usize, h: usize) {
    for y in 0..h {
        to[y * to_stride..y * to_stride + w * 4]
            .copy_from_slice(&from[y * from_stride..y * from_stride + w * 4]);
    }
}
