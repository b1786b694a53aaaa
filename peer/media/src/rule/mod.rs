//! Which coder suits now, and how much may be under way. Pure: told the time (microseconds of any
//! steady clock), what was coded, sent and acknowledged; it asks nobody.
//!
//! Tiles are right as long as the line carries them: exact, and at once. H.264 takes over when tiles
//! would fill more than half of the line or of the processor, and gives back when it is calm again.

mod flow;

use std::collections::VecDeque;

pub use flow::Flow;

use crate::{tiles::Stats, wire::Coder};

/// What is looked back upon, microseconds.
const WINDOW_US: u64 = 300_000;
/// Fewer bytes in the window are no load, however long their round trip.
const LEAST_BYTES: usize = 24 * 1024;
/// A picture is like a film when more pixels than this changed, at more bits a pixel than that,
/// ten times a second.
const FILM_PIXELS: usize = 200_000;
const FILM_BITS: usize = 3;
const FILM_UPDATES: usize = 3;
/// Pixels that may be damaged within the window for it to be calm.
const CALM_PIXELS: usize = 100_000;
/// How long it must be calm before tiles come back, at first and at most, microseconds.
const CALM_US: u64 = 500_000;
const MOST_CALM_US: u64 = 8_000_000;
/// How long it is remembered what tiles took, microseconds.
const TAKEN_US: u64 = 1_000_000;
/// Going over to H.264 again so soon after coming back makes the next return slower.
const SOON_US: u64 = 5_000_000;

/// What a person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Wish {
    /// What suits.
    #[default]
    Auto,
    Only(Coder),
}

/// What counts more where the line does not carry both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sharpness {
    #[default]
    Auto,
    Sharper,
    Faster,
}

impl Sharpness {
    /// Share of the line, or of the processor, that tiles may take.
    fn most_load(self) -> f32 {
        match self {
            Self::Auto => 0.5,
            Self::Sharper => 0.85,
            Self::Faster => 0.3,
        }
    }

    /// An update under way for longer says that the line is too slow, microseconds.
    fn stuck_us(self) -> u64 {
        match self {
            Self::Auto => 400_000,
            Self::Sharper => 1_500_000,
            Self::Faster => 200_000,
        }
    }

    /// After how many changes in a row a tile goes by H.264.
    pub fn changes(self) -> u32 {
        match self {
            Self::Auto => 3,
            Self::Sharper => 8,
            Self::Faster => 2,
        }
    }

    /// How long stale tiles may take to be sent exactly, microseconds; what takes longer goes by H.264.
    pub fn backlog_us(self) -> u64 {
        match self {
            Self::Auto => 2_500_000,
            Self::Sharper => 5_000_000,
            Self::Faster => 300_000,
        }
    }

    /// The shortest time between two pictures by H.264, microseconds: fewer of them are sharper.
    pub fn picture_us(self) -> u64 {
        if self == Self::Sharper { 80_000 } else { 0 }
    }
}

/// What tiles would have to send first if they took over from H.264.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    Nothing,
    /// So little that it may go as one update.
    Little,
    Much,
}

/// Chooses for one shared picture, for all of its viewers, whether tiles alone are right or H.264 takes a part
/// ([`crate::regions`]).
#[derive(Debug)]
pub struct Rule {
    wish: Wish,
    sharpness: Sharpness,
    active: Coder,
    /// Updates of the window.
    coded: VecDeque<Coded>,
    /// While H.264 is active: pixels that were damaged, and when.
    damaged: VecDeque<(u64, usize)>,
    calm_since: Option<u64>,
    calm_us: u64,
    came_back: Option<u64>,
    /// The most bits a second that tiles took of late, and when.
    took: (f64, u64),
    /// Tiles were left because updates were late, and when: packets may only have been lost.
    late: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Coded {
    at_us: u64,
    bytes: usize,
    pixels: usize,
    took_us: u32,
}

impl Rule {
    pub fn new(wish: Wish, sharpness: Sharpness) -> Self {
        let mut rule = Self {
            wish: Wish::Auto,
            sharpness,
            active: Coder::Tiles,
            coded: VecDeque::new(),
            damaged: VecDeque::new(),
            calm_since: None,
            calm_us: CALM_US,
            came_back: None,
            took: (0.0, 0),
            late: None,
        };
        rule.set_wish(wish);
        rule
    }

    /// A forced coder is active from now on; `Auto` goes on with the active one.
    pub fn set_wish(&mut self, wish: Wish) {
        self.wish = wish;
        if let Wish::Only(coder) = wish
            && coder != self.active
        {
            self.go(coder);
        }
    }

    pub fn set_sharpness(&mut self, sharpness: Sharpness) {
        self.sharpness = sharpness;
    }

    pub fn sharpness(&self) -> Sharpness {
        self.sharpness
    }

    pub fn wish(&self) -> Wish {
        self.wish
    }

    /// The line is known to be too slow for what tiles would send now.
    pub fn give_up_tiles(&mut self, at_us: u64) {
        if self.wish == Wish::Auto && self.active == Coder::Tiles {
            self.leave_tiles(at_us);
        }
    }

    pub fn coder(&self) -> Coder {
        self.active
    }

    /// Tiles: an update was coded, which took so many microseconds.
    pub fn coded(&mut self, at_us: u64, stats: &Stats, took_us: u32) {
        if stats.whole {
            // It says nothing about what is going on.
            return;
        }
        self.coded.push_back(Coded { at_us, bytes: stats.bytes, pixels: stats.pixels_changed, took_us });
    }

    /// H.264: so many pixels of the picture changed.
    pub fn damaged(&mut self, at_us: u64, pixels: usize) {
        self.damaged.push_back((at_us, pixels));
    }

    /// Decides anew. The worst of the lines counts. `rest`: what viewers do not have exactly; only without any H.264 gives back, or when
    /// tiles were left for nothing but a lost packet and it is little.
    pub fn decide<'a>(
        &mut self,
        at_us: u64,
        lines: impl Iterator<Item = &'a Flow> + Clone,
        rest: Rest,
    ) -> Coder {
        let from = at_us.saturating_sub(WINDOW_US);
        while self.coded.front().is_some_and(|c| c.at_us < from) {
            self.coded.pop_front();
        }
        while self.damaged.front().is_some_and(|d| d.0 < from) {
            self.damaged.pop_front();
        }
        if self.wish == Wish::Auto {
            if self.active == Coder::Tiles {
                self.note_taken(at_us, lines.clone());
                let late = self.is_late(at_us, lines.clone());
                if late || self.too_much(lines) {
                    self.leave_tiles(at_us);
                    self.late = late.then_some(at_us);
                }
            } else if (self.may_come_back(at_us) && rest == Rest::Nothing)
                || (rest != Rest::Much && self.carry_what_was_late(at_us, lines))
            {
                self.came_back = Some(at_us);
                self.go(Coder::Tiles);
            }
        }
        self.active
    }

    /// When to decide again though nothing happens, microseconds from now: H.264 may have to give back.
    pub fn look_again_us(&self, at_us: u64) -> Option<u64> {
        let waits = self.wish == Wish::Auto && self.active == Coder::H264;
        let calm = self.calm_since.map_or(WINDOW_US, |since| (since + self.calm_us).saturating_sub(at_us));
        waits.then_some(calm.max(20_000))
    }

    fn go(&mut self, to: Coder) {
        self.active = to;
        self.coded.clear();
        self.damaged.clear();
        self.calm_since = None;
        self.late = None;
    }

    fn leave_tiles(&mut self, at_us: u64) {
        let soon = self.came_back.is_some_and(|t| at_us.saturating_sub(t) < SOON_US);
        self.calm_us = if soon { (self.calm_us * 2).min(MOST_CALM_US) } else { CALM_US };
        self.go(Coder::H264);
    }

    /// What is under way for long keeps all else from being coded, and so from being counted.
    fn note_taken<'a>(&mut self, at_us: u64, mut lines: impl Iterator<Item = &'a Flow>) {
        let needed = self.needed_bps();
        let old = at_us.saturating_sub(self.took.1) > TAKEN_US && lines.all(|l| l.updates() == 0);
        if needed >= self.took.0 || old {
            self.took = (needed, at_us);
        }
    }

    /// Bits a second of the window.
    fn needed_bps(&self) -> f64 {
        let bytes: usize = self.coded.iter().map(|c| c.bytes).sum();
        bytes as f64 * 8.0 * 1e6 / WINDOW_US as f64
    }

    /// Updates are under way for so long that the line seems too slow, or to have lost one.
    fn is_late<'a>(&self, at_us: u64, mut lines: impl Iterator<Item = &'a Flow>) -> bool {
        let busy = self.coded.iter().map(|c| c.bytes).sum::<usize>() >= LEAST_BYTES;
        lines.any(|l| {
            let stuck = |age| age > self.sharpness.stuck_us() + l.base_us();
            l.oldest_us(at_us).is_some_and(stuck) || (busy && l.load(at_us) > self.sharpness.most_load())
        })
    }

    /// Whether lines that were left because updates were late carry what tiles took before.
    fn carry_what_was_late<'a>(&self, at_us: u64, mut lines: impl Iterator<Item = &'a Flow>) -> bool {
        let most = f64::from(self.sharpness.most_load());
        let rested = self.late.is_some_and(|since| at_us.saturating_sub(since) >= self.calm_us);
        let carries = |l: &Flow| l.carries_bps().is_some_and(|carries| self.took.0 < most * carries);
        rested && lines.all(|l| carries(l) && !self.is_late(at_us, std::iter::once(l)))
    }

    /// Tiles take too much of the line or of the processor.
    fn too_much<'a>(&self, mut lines: impl Iterator<Item = &'a Flow>) -> bool {
        let bytes: usize = self.coded.iter().map(|c| c.bytes).sum();
        if bytes < LEAST_BYTES {
            return false;
        }
        let coding: u64 = self.coded.iter().map(|c| u64::from(c.took_us)).sum();
        if coding as f32 > self.sharpness.most_load() * WINDOW_US as f32 {
            return true;
        }
        let most = self.sharpness.most_load();
        let needed = self.needed_bps();
        let film = |c: &&Coded| c.pixels > FILM_PIXELS && c.bytes * 8 > c.pixels * FILM_BITS;
        let film = self.coded.iter().filter(film).count() >= FILM_UPDATES;
        film && lines.any(|l| l.carries_bps().is_none_or(|carries| needed > f64::from(most) * carries))
    }

    fn may_come_back(&mut self, at_us: u64) -> bool {
        if self.damaged.iter().map(|d| d.1).sum::<usize>() > CALM_PIXELS {
            self.calm_since = None;
            return false;
        }
        let since = *self.calm_since.get_or_insert(at_us);
        at_us.saturating_sub(since) >= self.calm_us
    }
}

#[cfg(test)]
mod tests;
