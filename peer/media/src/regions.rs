//! One picture by two coders: which parts of it the viewer sees exactly, which as H.264 shows them, and what is sent
//! next. The picture is divided into tiles of 64×64 pixels, as in [`crate::tiles`]. Pure: told the time, in
//! microseconds of any steady clock.

use bytes::Bytes;

use crate::{Rect, tiles::TILE};

/// Changes further apart than this are not of one movement: who types makes them slower, a film faster.
const APART_US: u64 = 160_000;
/// So long H.264 must have shown the same before it is made exact.
const CALM_US: u64 = 120_000;

/// What the viewer sees of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    /// The sharer's pixels.
    Exact,
    /// Older ones.
    Stale,
    /// What H.264 makes of them.
    Video,
}

#[derive(Clone, Copy, Debug)]
struct Tile {
    shown: Shown,
    changed_us: u64,
    /// Changes of the movement that goes on.
    changes: u32,
    /// Video: a picture by H.264 has it.
    coded: bool,
}

/// When H.264 is taken for a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Haste {
    /// After so many changes that follow each other.
    pub changes: u32,
    /// When all that is stale is more than so many tiles.
    pub backlog: usize,
}

/// The sharer's account of the viewers' picture.
#[derive(Debug, Default)]
pub struct Regions {
    width: u16,
    height: u16,
    tiles: Vec<Tile>,
    /// Tiles that became video and were not given to H.264 yet.
    new: Vec<usize>,
    /// What [`Regions::next`] gave last, and what was shown there before.
    given: Vec<(usize, Shown)>,
    /// The mask differs from the last one that was taken.
    mask_changed: bool,
}

/// Which tiles of a picture show what H.264 makes: a bit each, row by row, the first in the lowest bit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask(Bytes);

impl Mask {
    /// Bytes of the mask of a picture of this size.
    pub fn len_of(width: u16, height: u16) -> usize {
        (usize::from(width).div_ceil(TILE) * usize::from(height).div_ceil(TILE)).div_ceil(8)
    }

    pub fn from_bytes(bytes: Bytes) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    /// Of the tile with this number; false for one that is not there.
    pub fn shows(&self, tile: usize) -> bool {
        self.0.get(tile / 8).is_some_and(|b| b >> (tile % 8) & 1 == 1)
    }
}

impl Regions {
    /// All is exact.
    pub fn new(width: u16, height: u16) -> Self {
        let count = usize::from(width).div_ceil(TILE) * usize::from(height).div_ceil(TILE);
        let tiles = vec![Tile { shown: Shown::Exact, changed_us: 0, changes: 0, coded: false }; count];
        Self { width, height, tiles, ..Self::default() }
    }

    /// These pixels of the sharer's picture are other ones now; each rectangle is inside one tile.
    pub fn changed(&mut self, at_us: u64, blocks: &[Rect], haste: Haste) {
        for block in blocks {
            let i = self.tile_of(block);
            let Some(tile) = self.tiles.get_mut(i) else { continue };
            // Several blocks of one tile at once are one change.
            if tile.changed_us != at_us || tile.changes == 0 {
                let goes_on = at_us.saturating_sub(tile.changed_us) < APART_US;
                tile.changes = if goes_on { tile.changes + 1 } else { 1 };
                tile.changed_us = at_us;
            }
            if tile.shown != Shown::Video {
                tile.shown = Shown::Stale;
                if tile.changes >= haste.changes {
                    self.give_to_video(i);
                }
            }
        }
        self.hurry(haste);
    }

    /// What is too much to be sent exactly in good time goes by H.264: first what moves, then all.
    pub fn hurry(&mut self, haste: Haste) {
        for changes in [2, 0] {
            if self.stale() <= haste.backlog {
                return;
            }
            for i in 0..self.tiles.len() {
                if self.tiles[i].shown == Shown::Stale && self.tiles[i].changes >= changes {
                    self.give_to_video(i);
                }
            }
        }
    }

    /// The viewers may have anything.
    pub fn all_stale(&mut self, at_us: u64) {
        self.mask_changed |= self.any_video();
        for tile in &mut self.tiles {
            *tile = Tile { shown: Shown::Stale, changed_us: at_us, changes: 0, coded: false };
        }
        self.new.clear();
    }

    /// These parts are not at the viewers as they are here.
    pub fn make_stale(&mut self, at_us: u64, parts: &[Rect]) {
        for part in parts {
            for i in self.tiles_of(part) {
                self.tiles[i] = Tile { shown: Shown::Stale, changed_us: at_us, changes: 1, coded: false };
            }
        }
    }

    /// Tiles that the viewers have older pixels of.
    pub fn stale(&self) -> usize {
        self.count(Shown::Stale)
    }

    /// Tiles that H.264 shows.
    pub fn video(&self) -> usize {
        self.count(Shown::Video)
    }

    pub fn any_video(&self) -> bool {
        self.video() > 0
    }

    pub fn all_exact(&self) -> bool {
        self.count(Shown::Exact) == self.tiles.len()
    }

    /// What H.264 has to take: of `blocks` those in its tiles, and tiles that are new to it.
    pub fn take_video(&mut self, blocks: &[Rect]) -> Vec<Rect> {
        let video = |r: &&Rect| self.tiles.get(self.tile_of(r)).is_some_and(|t| t.shown == Shown::Video);
        let mut rects: Vec<Rect> = blocks.iter().filter(video).copied().collect();
        let new = std::mem::take(&mut self.new);
        rects.extend(new.into_iter().filter(|i| self.tiles[*i].shown == Shown::Video).map(|i| self.rect(i)));
        rects
    }

    /// All tiles that H.264 shows, for one that begins anew.
    pub fn video_tiles(&self) -> Vec<Rect> {
        let video = |i: &usize| self.tiles[*i].shown == Shown::Video;
        (0..self.tiles.len()).filter(video).map(|i| self.rect(i)).collect()
    }

    /// A picture by H.264 has all of its tiles now.
    pub fn coded(&mut self) {
        for tile in self.tiles.iter_mut().filter(|t| t.shown == Shown::Video && !t.coded) {
            (tile.coded, self.mask_changed) = (true, true);
        }
    }

    /// The mask, if it differs from the last one that was taken.
    pub fn take_mask(&mut self) -> Option<Mask> {
        std::mem::take(&mut self.mask_changed).then(|| self.mask())
    }

    /// What was not coded yet is not in it: the viewer would show there what it never got.
    pub fn mask(&self) -> Mask {
        let mut bytes = vec![0u8; self.tiles.len().div_ceil(8)];
        for (i, _) in self.tiles.iter().enumerate().filter(|(_, t)| t.shown == Shown::Video && t.coded) {
            bytes[i / 8] |= 1 << (i % 8);
        }
        Mask(bytes.into())
    }

    /// The next tiles to be sent exactly, at most so many, row by row: first the stale ones, the newest changes first of
    /// all; then those by H.264 that stand still. They count as exact from now on.
    pub fn next(&mut self, at_us: u64, most: usize) -> Vec<Rect> {
        let mut found: Vec<usize> = (0..self.tiles.len()).filter(|i| self.is_due(*i, at_us)).collect();
        let urgency =
            |i: &usize| (self.tiles[*i].shown != Shown::Stale, u64::MAX - self.tiles[*i].changed_us);
        found.sort_by_key(urgency);
        found.truncate(most);
        found.sort_unstable();
        self.given.clear();
        for i in &found {
            self.given.push((*i, self.tiles[*i].shown));
            let tile = &mut self.tiles[*i];
            self.mask_changed |= tile.shown == Shown::Video && tile.coded;
            tile.shown = Shown::Exact;
        }
        found.into_iter().map(|i| self.rect(i)).collect()
    }

    /// Of what [`Regions::next`] gave only so many are sent: the others are as they were before.
    pub fn keep_first(&mut self, sent: usize) {
        for (i, shown) in self.given.drain(sent.min(self.given.len())..) {
            self.tiles[i].shown = shown;
        }
    }

    /// Everything that is not exact, which counts as exact from now on.
    pub fn rest(&mut self) -> Vec<Rect> {
        self.next(u64::MAX, usize::MAX)
    }

    /// When there is something to be sent exactly: in so many microseconds, 0 at once.
    pub fn due_us(&self, at_us: u64) -> Option<u64> {
        let due = |t: &Tile| match t.shown {
            Shown::Exact => None,
            Shown::Stale => Some(0),
            Shown::Video => Some((t.changed_us + CALM_US).saturating_sub(at_us)),
        };
        self.tiles.iter().filter_map(due).min()
    }

    fn is_due(&self, i: usize, at_us: u64) -> bool {
        let tile = &self.tiles[i];
        match tile.shown {
            Shown::Exact => false,
            Shown::Stale => true,
            Shown::Video => at_us.saturating_sub(tile.changed_us) >= CALM_US,
        }
    }

    fn give_to_video(&mut self, i: usize) {
        (self.tiles[i].shown, self.tiles[i].coded) = (Shown::Video, false);
        self.new.push(i);
    }

    fn count(&self, shown: Shown) -> usize {
        self.tiles.iter().filter(|t| t.shown == shown).count()
    }

    fn across(&self) -> usize {
        usize::from(self.width).div_ceil(TILE)
    }

    fn tile_of(&self, r: &Rect) -> usize {
        usize::from(r.y) / TILE * self.across() + usize::from(r.x) / TILE
    }

    fn tiles_of(&self, r: &Rect) -> Vec<usize> {
        let Some(r) = r.clipped(self.width, self.height) else { return Vec::new() };
        let columns = usize::from(r.x) / TILE..(r.right() as usize).div_ceil(TILE);
        let rows = usize::from(r.y) / TILE..(r.bottom() as usize).div_ceil(TILE);
        let across = self.across();
        rows.flat_map(|y| columns.clone().map(move |x| y * across + x)).collect()
    }

    fn rect(&self, i: usize) -> Rect {
        let (x, y) = (i % self.across() * TILE, i / self.across() * TILE);
        let (w, h) = (TILE.min(usize::from(self.width) - x), TILE.min(usize::from(self.height) - y));
        // Inside the picture, whose sides are 16-bit numbers.
        Rect::new(x as u16, y as u16, w as u16, h as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASTE: Haste = Haste { changes: 3, backlog: 4 };

    fn at(x: u16, y: u16) -> Rect {
        Rect::new(x * 64 + 3, y * 64 + 5, 10, 10)
    }

    fn tile(x: u16, y: u16) -> Rect {
        Rect::new(x * 64, y * 64, 64, 64)
    }

    #[test]
    fn what_changes_once_is_sent_exactly_the_newest_first() {
        let mut r = Regions::new(256, 256);
        assert!(r.all_exact());
        assert_eq!(r.due_us(0), None);
        r.changed(1_000, &[at(0, 0), at(1, 0)], HASTE);
        r.changed(2_000, &[at(3, 3)], HASTE);
        assert_eq!((r.stale(), r.due_us(2_000), r.any_video()), (3, Some(0), false));
        assert_eq!(r.next(2_000, 1), [tile(3, 3)]);
        assert_eq!(r.next(2_000, 9), [tile(0, 0), tile(1, 0)]);
        assert!(r.all_exact());
        assert_eq!(r.take_mask(), None);
    }

    #[test]
    fn what_moves_goes_by_h264_and_is_exact_when_it_stands_still() {
        let mut r = Regions::new(200, 100);
        for i in 0..2 {
            r.changed(i * 30_000, &[at(1, 0)], HASTE);
            assert_eq!(r.next(i * 30_000, 9).len(), 1);
            assert_eq!(r.take_video(&[at(1, 0)]), []);
        }
        r.changed(60_000, &[at(1, 0), at(2, 1)], HASTE);
        // All of the tile is new to it.
        assert_eq!(r.take_video(&[at(1, 0), at(2, 1)]), [at(1, 0), tile(1, 0)]);
        // Nothing of it is shown before H.264 has it.
        assert_eq!(r.take_mask(), None);
        r.coded();
        assert!(r.take_mask().is_some_and(|m| m.shows(1) && !m.shows(0) && !m.shows(6)));
        assert_eq!(r.next(60_000, 9), [Rect::new(128, 64, 64, 36)]);
        r.changed(90_000, &[at(1, 0)], HASTE);
        assert_eq!(r.take_video(&[at(1, 0)]), [at(1, 0)]);
        assert_eq!((r.next(90_000, 9), r.due_us(100_000)), (vec![], Some(110_000)));
        assert_eq!(r.next(210_000, 9), [tile(1, 0)]);
        assert!(r.take_mask().is_some_and(|m| !m.shows(1)));
        assert!(r.all_exact());
    }

    #[test]
    fn too_much_goes_by_h264_at_once() {
        let mut r = Regions::new(640, 64);
        let all: Vec<Rect> = (0..5).map(|x| at(x, 0)).collect();
        r.changed(5, &all, HASTE);
        assert_eq!((r.stale(), r.any_video()), (0, true));
        assert_eq!(r.take_video(&[]).len(), 5);
        assert_eq!(r.rest().len(), 5);
        assert!(r.all_exact());
    }

    #[test]
    fn what_moves_makes_room_for_what_changed_once() {
        let mut r = Regions::new(640, 64);
        let film: Vec<Rect> = (0..5).map(|x| at(x, 0)).collect();
        r.changed(5, &film[..4], HASTE);
        r.changed(9, &[&film[..4], &[at(8, 0)]].concat(), HASTE);
        assert_eq!((r.video(), r.stale()), (4, 1));
        assert_eq!(r.next(10, 9), [tile(8, 0)]);
    }

    #[test]
    fn slow_changes_stay_exact() {
        let mut r = Regions::new(64, 64);
        for i in 1..9 {
            r.changed(i * 600_000, &[at(0, 0)], HASTE);
            assert!(!r.any_video());
            r.next(i * 600_000, 1);
        }
        r.changed(6_000_000, &[at(0, 0)], HASTE);
        assert_eq!(r.next(6_000_000, 1).len(), 1);
        r.keep_first(0);
        assert_eq!(r.stale(), 1);
        r.make_stale(9, &[Rect::new(0, 0, 500, 500)]);
        assert_eq!(r.stale(), 1);
        r.all_stale(10);
        assert_eq!(r.next(10, 1), [tile(0, 0)]);
    }
}
