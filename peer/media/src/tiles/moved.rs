//! Finds what moved in any direction, such as a dragged window: places whose row of pixels is
//! special are marked in the new picture and looked up in the old one; the distance that most agree
//! upon becomes rectangles. Nothing here must be right: what a copy leaves wrong is painted afterwards.

use super::format::{Copy, MAX_COPIES};
use crate::{Picture, Rect};

/// Pixels of a mark.
const SPAN: usize = 32;
/// One place in so many is special.
const SPECIAL: u32 = 32;
/// Marks are looked for in one of so many rows of the new picture.
const ROWS: usize = 4;
const MOST_MARKS: usize = 4096;
const MOST_FOUND: usize = 8192;
/// Fewer agreeing marks than this are chance.
const FEWEST: usize = 8;
/// Most rectangles for one distance, and most distances.
const MOST_RECTS: usize = 8;
const MOST_DISTANCES: usize = 4;
/// Rows that are asked how wide the moved part is.
const SAMPLES: usize = 15;
/// Smaller rectangles are painted.
const LEAST_AREA: usize = 1024;

/// Buffers of the search, kept between updates.
#[derive(Debug, Default)]
pub(super) struct Search {
    marks: Vec<Mark>,
    /// Open addressing: number of a mark and one, 0 for a free slot.
    slots: Vec<u32>,
    found: Vec<Found>,
    hashes: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    hash: u32,
    x: u16,
    y: u16,
    /// Number of the damaged rectangle that it lies in.
    rect: u32,
    only: bool,
}

/// A mark seen in the old picture; `dx`, `dy`: the way from its new place to the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    dx: i32,
    dy: i32,
    y: u16,
    x: u16,
    rect: u32,
}

impl Search {
    /// Appends copies whose targets lie inside `fresh`, and carries them out in the shadow.
    /// `within`: where something is left to mend.
    pub(super) fn any(
        &mut self,
        picture: &Picture<'_>,
        shadow: &mut [u8],
        fresh: &[Rect],
        within: Rect,
        out: &mut Vec<Copy>,
    ) {
        self.mark(picture, fresh, within);
        if self.marks.len() < FEWEST {
            return;
        }
        self.look_up(shadow, usize::from(picture.width) * 4, within);
        self.found.sort_unstable();
        let mut groups: Vec<&[Found]> =
            self.found.chunk_by(|a, b| (a.dx, a.dy) == (b.dx, b.dy)).filter(|g| g.len() >= FEWEST).collect();
        groups.sort_by_key(|g| std::cmp::Reverse(g.len()));
        for group in groups.into_iter().take(MOST_DISTANCES) {
            copy_group(picture, shadow, fresh, group, out);
        }
    }

    fn mark(&mut self, picture: &Picture<'_>, fresh: &[Rect], within: Rect) {
        self.marks.clear();
        self.slots.clear();
        self.slots.resize(MOST_MARKS * 4, 0);
        for (i, r) in fresh.iter().enumerate() {
            let (left, right) = (r.x.max(within.x), r.right().min(within.right()) as usize);
            let (top, bottom) = (r.y.max(within.y), r.bottom().min(within.bottom()) as usize);
            let left = usize::from(left);
            if right < left + SPAN {
                continue;
            }
            for y in (usize::from(top)..bottom).step_by(ROWS) {
                span_hashes(picture.row(left, y, right - left), &mut self.hashes);
                for x in 0..=right - left - SPAN {
                    let hash = self.hashes[x];
                    if hash.is_multiple_of(SPECIAL) && self.marks.len() < MOST_MARKS {
                        let (x, y) = ((left + x) as u16, y as u16);
                        insert(
                            &mut self.marks,
                            &mut self.slots,
                            Mark { hash, x, y, rect: i as u32, only: true },
                        );
                    }
                }
            }
        }
    }

    fn look_up(&mut self, shadow: &[u8], stride: usize, within: Rect) {
        self.found.clear();
        let (x0, w) = (usize::from(within.x), usize::from(within.w));
        if w < SPAN {
            return;
        }
        for y in usize::from(within.y)..within.bottom() as usize {
            let at = y * stride + x0 * 4;
            span_hashes(&shadow[at..at + w * 4], &mut self.hashes);
            for (x, hash) in self.hashes[..=w - SPAN].iter().enumerate() {
                if !hash.is_multiple_of(SPECIAL) {
                    continue;
                }
                let slot = find(&self.marks, &self.slots, *hash);
                let Some(mark) = self.slots[slot].checked_sub(1).map(|i| self.marks[i as usize]) else {
                    continue;
                };
                let dx = (x0 + x) as i32 - i32::from(mark.x);
                let dy = y as i32 - i32::from(mark.y);
                if mark.only && (dx, dy) != (0, 0) && self.found.len() < MOST_FOUND {
                    self.found.push(Found { dx, dy, y: mark.y, x: mark.x, rect: mark.rect });
                }
            }
        }
    }
}

fn find(marks: &[Mark], slots: &[u32], hash: u32) -> usize {
    let mut slot = (hash / SPECIAL) as usize % slots.len();
    while slots[slot] != 0 && marks[slots[slot] as usize - 1].hash != hash {
        slot = (slot + 1) % slots.len();
    }
    slot
}

fn insert(marks: &mut Vec<Mark>, slots: &mut [u32], mark: Mark) {
    let slot = find(marks, slots, mark.hash);
    match slots[slot] {
        0 => {
            marks.push(mark);
            slots[slot] = marks.len() as u32;
        }
        n => {
            let known = &mut marks[n as usize - 1];
            // Rectangles may overlap: the same place twice is still one.
            known.only &= (known.x, known.y) == (mark.x, mark.y);
        }
    }
}

/// The hash of each run of [`SPAN`] pixels, by doubling: of 2 pixels, of 4, and so on. What lies
/// beyond the last whole run is without meaning.
fn span_hashes(row: &[u8], out: &mut Vec<u32>) {
    out.clear();
    out.extend(row.as_chunks().0.iter().map(|p| {
        let v = u32::from_le_bytes(*p) & 0x00ff_ffff;
        v ^ (v << 11)
    }));
    for (step, turn) in [(1, 3), (2, 7), (4, 13), (8, 19), (16, 25)] {
        let end = out.len().saturating_sub(step);
        for x in 0..end {
            out[x] = out[x].rotate_left(turn).wrapping_add(out[x + step]);
        }
    }
    for h in out.iter_mut() {
        let mut v = *h;
        v ^= v >> 15;
        v = v.wrapping_add(v << 10);
        *h = v ^ (v >> 7);
    }
}

/// Makes copies of what moved by one distance. `group` is sorted by row.
fn copy_group(
    picture: &Picture<'_>,
    shadow: &mut [u8],
    fresh: &[Rect],
    group: &[Found],
    out: &mut Vec<Copy>,
) {
    let stride = usize::from(picture.width) * 4;
    let mut made = Vec::new();
    // From the middle outwards: most likely inside what moved, not at its rim.
    let middle = group.len() / 2;
    let columns =
        typical_columns(&Shift { picture, shadow, stride, dx: group[0].dx, dy: group[0].dy }, fresh, group);
    let seeds = group[middle..].iter().chain(group[..middle].iter().rev());
    for seed in seeds {
        if made.len() == MOST_RECTS || out.len() >= MAX_COPIES {
            return;
        }
        let at = Rect::new(seed.x, seed.y, SPAN as u16, 1);
        if made.iter().any(|r: &Rect| r.contains(&at)) {
            continue;
        }
        let shift = Shift { picture, shadow, stride, dx: seed.dx, dy: seed.dy };
        let Some(to) = shift.grow(fresh[seed.rect as usize], at, columns.clone()) else { continue };
        if to.area() < LEAST_AREA {
            continue;
        }
        let from_x = (i32::from(to.x) + seed.dx) as u16;
        let from_y = (i32::from(to.y) + seed.dy) as u16;
        let copy = Copy { to, from_x, from_y };
        copy.apply(shadow, stride);
        out.push(copy);
        made.push(to);
    }
}

/// The left and right end that most of the rows agree upon: a single row may match beyond what moved,
/// on an even ground.
fn typical_columns(shift: &Shift<'_>, fresh: &[Rect], group: &[Found]) -> std::ops::Range<i32> {
    let every = group.len().div_ceil(SAMPLES);
    let (mut left, mut right): (Vec<i32>, Vec<i32>) = group
        .iter()
        .step_by(every)
        .filter_map(|f| shift.extent(fresh[f.rect as usize], Rect::new(f.x, f.y, SPAN as u16, 1)))
        .map(|e| (e.start, e.end))
        .unzip();
    left.sort_unstable();
    right.sort_unstable();
    let middle = |v: &[i32]| v.get(v.len() / 2).copied().unwrap_or_default();
    middle(&left)..middle(&right)
}

/// The old picture, moved.
struct Shift<'a> {
    picture: &'a Picture<'a>,
    shadow: &'a [u8],
    stride: usize,
    dx: i32,
    dy: i32,
}

impl Shift<'_> {
    /// The part of `fresh` whose source lies inside the picture: left, top, right, bottom.
    fn bounds(&self, fresh: Rect) -> [i32; 4] {
        let (width, height) = (i32::from(self.picture.width), i32::from(self.picture.height));
        [
            i32::from(fresh.x).max(-self.dx),
            i32::from(fresh.y).max(-self.dy),
            (fresh.right() as i32).min(width - self.dx),
            (fresh.bottom() as i32).min(height - self.dy),
        ]
    }

    /// How far a seed's row matches; `None` when not even the seed does.
    fn extent(&self, fresh: Rect, seed: Rect) -> Option<std::ops::Range<i32>> {
        let [left, top, right, bottom] = self.bounds(fresh);
        let (x, y) = (i32::from(seed.x), i32::from(seed.y));
        if x < left || x + SPAN as i32 > right || y < top || y >= bottom || !self.same(x, y, SPAN) {
            return None;
        }
        let from = (left..x).rev().find(|x| !self.same(*x, y, 1)).map_or(left, |x| x + 1);
        let to = (x + SPAN as i32..right).find(|x| !self.same(*x, y, 1)).unwrap_or(right);
        Some(from..to)
    }

    /// A rectangle around a seed, inside `fresh` and no wider than `columns` where the seed is inside
    /// them, in which the moved old picture is the new one.
    fn grow(&self, fresh: Rect, seed: Rect, columns: std::ops::Range<i32>) -> Option<Rect> {
        let extent = self.extent(fresh, seed)?;
        let (x, y) = (i32::from(seed.x), i32::from(seed.y));
        let from = extent.start.max(columns.start.min(x));
        let to = extent.end.min(columns.end.max(x + SPAN as i32));
        let w = (to - from) as usize;
        let [_, top, _, bottom] = self.bounds(fresh);
        let first = (top..y).rev().find(|y| !self.same(from, *y, w)).map_or(top, |y| y + 1);
        let end = (y + 1..bottom).find(|y| !self.same(from, *y, w)).unwrap_or(bottom);
        // All inside the picture, whose sides are 16-bit numbers.
        Some(Rect::new(from as u16, first as u16, w as u16, (end - first) as u16))
    }

    /// Whether `w` pixels are the same; both places lie inside the picture.
    fn same(&self, x: i32, y: i32, w: usize) -> bool {
        let at = (y + self.dy) as usize * self.stride + (x + self.dx) as usize * 4;
        self.picture.row(x as usize, y as usize, w) == &self.shadow[at..at + w * 4]
    }
}
