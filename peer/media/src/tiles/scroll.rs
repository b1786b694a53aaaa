//! Finds what moved up or down: rows are hashed in strips one tile wide, and the distance that most
//! rows agree upon becomes a few copies. Nothing here must be right: what a copy leaves wrong is
//! painted afterwards.

use super::{
    diff,
    format::{Copy, MAX_COPIES, TILE},
    rowhash::row_hash,
};
use crate::{Picture, Rect};

/// Fewer changed rows than this are not worth a search.
const FEWEST_ROWS: usize = 12;

/// One in so many rows is asked whether they move as they did in the last picture.
const ASKED: usize = 8;
/// Of those that changed, all but one in so many must have.
const AGREE: usize = 16;

/// What was found in the last picture: what scrolls goes on mostly as it did.
#[derive(Debug, Default)]
struct Last {
    rect: Rect,
    copies: Vec<Copy>,
    /// Pixels that the copies left to paint, once that is known.
    left: Option<usize>,
}

/// Buffers of the search, kept between updates.
#[derive(Debug, Default)]
pub(super) struct Search {
    last: Last,
    strips: Vec<Strip>,
    columns: Vec<u32>,
    old: Vec<u64>,
    new: Vec<u64>,
    votes: Vec<u32>,
    table: Table,
    runs: Vec<Copy>,
}

/// A column of tiles inside the rectangle, and what changed in it.
#[derive(Clone, Copy, Debug)]
struct Strip {
    /// Columns that changed, from the picture's left edge.
    x: usize,
    w: usize,
    /// Rows that changed.
    changed: usize,
}

impl Search {
    /// Appends copies that bring the shadow closer to the picture inside `rect`, in an order in which
    /// none destroys the source of a later one, and carries them out in the shadow (rows packed, as
    /// wide as the picture).
    pub(super) fn vertical(
        &mut self,
        picture: &Picture<'_>,
        shadow: &mut [u8],
        rect: Rect,
        out: &mut Vec<Copy>,
    ) {
        let rows = usize::from(rect.h);
        if rows < FEWEST_ROWS * 2 {
            return;
        }
        let room = MAX_COPIES.saturating_sub(out.len());
        if self.last.rect == rect && self.last.copies.len() <= room && self.goes_on(picture, shadow) {
            for copy in &self.last.copies {
                copy.apply(shadow, usize::from(picture.width) * 4);
                out.push(*copy);
            }
            return;
        }
        self.last = Last::default();
        self.find_strips(picture, shadow, rect);
        let Some(distance) = self.vote(rows) else { return };
        self.runs.clear();
        for i in 0..self.strips.len() {
            self.find_runs(i, rows, distance, rect);
        }
        self.join_runs(picture, shadow);
        if distance > 0 {
            self.runs.sort_unstable_by_key(|c| (c.to.y, c.to.x));
        } else {
            self.runs.sort_unstable_by_key(|c| (std::cmp::Reverse(c.to.y), c.to.x));
        }
        self.runs.truncate(room);
        for copy in &self.runs {
            copy.apply(shadow, usize::from(picture.width) * 4);
            out.push(*copy);
        }
        self.last = Last { rect, copies: self.runs.clone(), left: None };
    }

    /// So many pixels are painted after the copies. More than there were at first: something else moves.
    pub(super) fn left(&mut self, pixels: usize) {
        match self.last.left {
            None => self.last.left = Some(pixels),
            Some(at_first) if pixels > at_first * 2 => self.last = Last::default(),
            Some(_) => {}
        }
    }

    /// Whether the copies of the last picture mend this one too, as far as some of its rows show.
    fn goes_on(&self, picture: &Picture<'_>, shadow: &[u8]) -> bool {
        let mends = |copy: &Copy| {
            let (x, w) = (usize::from(copy.to.x), usize::from(copy.to.w));
            let (mut changed, mut mended) = (0, 0);
            for row in (0..usize::from(copy.to.h)).step_by(ASKED) {
                let new = picture.row(x, usize::from(copy.to.y) + row, w);
                let there = shadow_row(shadow, picture, x, usize::from(copy.to.y) + row, w);
                if new != there {
                    let from = shadow_row(
                        shadow,
                        picture,
                        usize::from(copy.from_x),
                        usize::from(copy.from_y) + row,
                        w,
                    );
                    changed += 1;
                    mended += usize::from(new == from);
                }
            }
            (changed, mended)
        };
        let all = self.last.copies.iter().map(mends);
        let (changed, mended) = all.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        changed > 0 && (changed - mended) * AGREE <= changed
    }

    /// Finds the strips in which enough rows changed, and the hashes of their rows.
    fn find_strips(&mut self, picture: &Picture<'_>, shadow: &[u8], rect: Rect) {
        let (left, right, rows) = (usize::from(rect.x), rect.right() as usize, usize::from(rect.h));
        self.strips.clear();
        let mut x = left;
        while x < right {
            let end = ((x / TILE + 1) * TILE).min(right);
            self.strips.push(Strip { x, w: end - x, changed: 0 });
            x = end;
        }
        self.columns.clear();
        self.columns.resize(right - left, 0);
        for hashes in [&mut self.old, &mut self.new] {
            hashes.clear();
            hashes.resize(rows * self.strips.len(), 0);
        }
        // Row by row, once for all: memory is what takes the time here.
        for row in 0..rows {
            let new = picture.row(left, usize::from(rect.y) + row, right - left);
            let old = shadow_row(shadow, picture, left, usize::from(rect.y) + row, right - left);
            for (i, s) in self.strips.iter_mut().enumerate() {
                let part = (s.x - left) * 4..(s.x - left + s.w) * 4;
                let (new, old) = (&new[part.clone()], &old[part]);
                self.new[i * rows + row] = row_hash(new);
                self.old[i * rows + row] = self.new[i * rows + row];
                if new != old && diff::mark(&mut self.columns[s.x - left..][..s.w], new, old) {
                    s.changed += 1;
                    self.old[i * rows + row] = row_hash(old);
                }
            }
        }
        self.keep_changed(picture, shadow, rect);
    }

    /// Drops strips in which little changed, and cuts off the columns in which nothing did.
    fn keep_changed(&mut self, picture: &Picture<'_>, shadow: &[u8], rect: Rect) {
        let (left, rows) = (usize::from(rect.x), usize::from(rect.h));
        let mut kept = 0;
        for i in 0..self.strips.len() {
            let Strip { x, w, changed } = self.strips[i];
            let columns = &self.columns[x - left..][..w];
            let first = columns.iter().position(|c| *c != 0);
            let last = columns.iter().rposition(|c| *c != 0);
            let (Some(first), Some(last)) = (first, last) else { continue };
            if changed < FEWEST_ROWS {
                continue;
            }
            let narrow = Strip { x: x + first, w: last + 1 - first, changed };
            self.strips[kept] = narrow;
            if narrow.w == w {
                self.old.copy_within(i * rows..(i + 1) * rows, kept * rows);
                self.new.copy_within(i * rows..(i + 1) * rows, kept * rows);
            } else {
                for row in 0..rows {
                    let y = usize::from(rect.y) + row;
                    self.new[kept * rows + row] = row_hash(picture.row(narrow.x, y, narrow.w));
                    let old = shadow_row(shadow, picture, narrow.x, y, narrow.w);
                    self.old[kept * rows + row] = row_hash(old);
                }
            }
            kept += 1;
        }
        self.strips.truncate(kept);
    }

    /// The distance (old row less new row) that most changed rows agree upon, if enough do.
    fn vote(&mut self, rows: usize) -> Option<isize> {
        self.votes.clear();
        self.votes.resize(rows * 2, 0);
        let mut changed = 0;
        for i in 0..self.strips.len() {
            let old = &self.old[i * rows..(i + 1) * rows];
            let new = &self.new[i * rows..(i + 1) * rows];
            self.table.fill(old);
            for (y, h) in new.iter().enumerate() {
                if old[y] == *h {
                    continue;
                }
                changed += 1;
                if let Some(from) = self.table.only(*h) {
                    self.votes[from + rows - y] += 1;
                }
            }
        }
        let (at, votes) = self.votes.iter().enumerate().max_by_key(|(_, v)| **v)?;
        let enough = (changed / 16).max(FEWEST_ROWS as u32);
        (*votes >= enough).then_some(at as isize - rows as isize)
    }

    /// The runs of rows in strip `i` that a copy mends. A row that is wrong either way may lie inside.
    fn find_runs(&mut self, i: usize, rows: usize, distance: isize, rect: Rect) {
        let Strip { x, w, .. } = self.strips[i];
        let old = &self.old[i * rows..(i + 1) * rows];
        let new = &self.new[i * rows..(i + 1) * rows];
        let first = usize::try_from(-distance).unwrap_or(0);
        let end = rows - usize::try_from(distance).unwrap_or(0);
        let source = |y: usize| (y as isize + distance) as usize;
        let mut y = first;
        while y < end {
            if new[y] != old[source(y)] {
                y += 1;
                continue;
            }
            let (start, mut last, mut mended) = (y, y, 0);
            while y < end {
                let (matches, changed) = (new[y] == old[source(y)], new[y] != old[y]);
                if !matches && !changed {
                    break;
                }
                if matches {
                    last = y;
                    mended += usize::from(changed);
                }
                y += 1;
            }
            if mended >= FEWEST_ROWS / 2 {
                let top = usize::from(rect.y) + start;
                // All inside the picture, whose sides are 16-bit numbers.
                let to = Rect::new(x as u16, top as u16, w as u16, (last + 1 - start) as u16);
                let from_y = (top as isize + distance) as u16;
                self.runs.push(Copy { to, from_x: to.x, from_y });
            }
        }
    }

    /// Joins runs of neighbouring strips that cover the same rows, if what lies between moved as well.
    fn join_runs(&mut self, picture: &Picture<'_>, shadow: &[u8]) {
        let stride = usize::from(picture.width) * 4;
        self.runs.sort_unstable_by_key(|c| (c.to.y, c.to.h, c.to.x));
        self.runs.dedup_by(|next, kept| {
            let gap = kept.to.right() as usize..usize::from(next.to.x);
            if kept.to.y != next.to.y || kept.to.h != next.to.h || gap.len() >= TILE {
                return false;
            }
            let moved = (0..usize::from(kept.to.h)).all(|row| {
                let at = (usize::from(kept.from_y) + row) * stride;
                let old = &shadow[at + gap.start * 4..at + gap.end * 4];
                picture.row(gap.start, usize::from(kept.to.y) + row, gap.len()) == old
            });
            if moved {
                kept.to = kept.to.around(&next.to);
            }
            moved
        });
    }
}

/// A part of a row of the shadow, which is packed and as wide as the picture.
fn shadow_row<'a>(shadow: &'a [u8], picture: &Picture<'_>, x: usize, y: usize, w: usize) -> &'a [u8] {
    let at = (y * usize::from(picture.width) + x) * 4;
    &shadow[at..at + w * 4]
}

/// Which row has a hash, if only one has. Open addressing; the hashes are random enough as they are.
#[derive(Debug, Default)]
struct Table {
    slots: Vec<(u64, u32)>,
    mask: usize,
}

const FREE: u32 = u32::MAX;
const MANY: u32 = u32::MAX - 1;

impl Table {
    fn fill(&mut self, hashes: &[u64]) {
        let size = (hashes.len() * 2).next_power_of_two();
        self.slots.clear();
        self.slots.resize(size, (0, FREE));
        self.mask = size - 1;
        for (row, h) in hashes.iter().enumerate() {
            let slot = self.find(*h);
            let (key, at) = &mut self.slots[slot];
            *at = if *at == FREE { row as u32 } else { MANY };
            *key = *h;
        }
    }

    fn find(&self, hash: u64) -> usize {
        let mut i = hash as usize & self.mask;
        while self.slots[i].1 != FREE && self.slots[i].0 != hash {
            i = (i + 1) & self.mask;
        }
        i
    }

    fn only(&self, hash: u64) -> Option<usize> {
        let (_, row) = self.slots[self.find(hash)];
        (row < MANY).then_some(row as usize)
    }
}
