//! Where the windows are that the person hides, so that none of their pixels is in the picture.
//!
//! The server tells of windows in the order in which it does things. So pixels that were fetched are right if no event
//! that came before their reply says that a window opened or moved since the last look; else they are fetched again,
//! while the server is held still.

use std::time::{Duration, Instant};

use deskside_media::Rect;
use deskside_session::hiding::{Hidden, Hiding};
use x11rb::{protocol::Event, rust_connection::RustConnection};

use super::area;
use crate::{
    windows::{
        region::Region,
        x11::{Heard, Top, Tops},
    },
    x11::X11Error,
};

/// What a hidden window left stays covered so long: the programs below may not have drawn it yet, and who composes the
/// screen may show it a little longer.
const LINGER: Duration = Duration::from_secs(1);
/// More rectangles than this cost more than what they spare.
const MOST: usize = 256;

pub struct Veil {
    tops: Tops,
    hidden: Hidden,
    /// What is covered, on the screen.
    cover: Region,
    /// What hidden windows show, as of the last look.
    shown: Region,
    /// Whether any is open, and be it below others.
    open: bool,
    left: Vec<(Instant, Region)>,
    /// What must be fetched anew because it was covered or uncovered.
    moved: Region,
    /// Windows may not be what they were at the last look.
    stale: bool,
    /// Nobody was told of that yet.
    untold: bool,
}

impl Veil {
    pub fn open(conn: &RustConnection, number: usize) -> Result<Self, X11Error> {
        let hidden = Hidden { programs: Vec::new(), windows: Vec::new() };
        Ok(Self {
            tops: Tops::open(conn, number)?,
            hidden,
            cover: Region::default(),
            shown: Region::default(),
            open: false,
            left: Vec::new(),
            moved: Region::default(),
            stale: true,
            untold: false,
        })
    }

    pub fn hide(&mut self, hidden: &Hidden) {
        self.expire(self.hidden != *hidden);
        self.hidden = hidden.clone();
    }

    fn expire(&mut self, now: bool) {
        self.untold |= now && !self.stale;
        self.stale |= now;
    }

    /// Whether a new picture is wanted; once for each reason.
    pub fn news(&mut self) -> bool {
        let due = self.left.first().is_some_and(|(until, _)| *until <= Instant::now());
        std::mem::take(&mut self.untold) || (due && self.settle())
    }

    pub fn hear(&mut self, event: &Event) {
        let expires = match self.tops.hear(event) {
            Heard::Nothing => false,
            Heard::New => true,
            Heard::Moved => self.open,
        };
        self.expire(expires);
    }

    /// Whether to look again before the picture may be used.
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// Looks where the hidden windows are. `screen`: the root's size, pixels.
    pub fn look(&mut self, conn: &RustConnection, screen: (u16, u16)) -> Result<(), X11Error> {
        // If it fails the picture is not used, and the next one looks again.
        (self.stale, self.untold) = (true, false);
        let tops = self.tops.look(conn)?;
        let hidden = self.tops.hidden(&tops, &self.hidden);
        let shown = visible(&tops, &hidden, screen);
        self.open = tops.iter().zip(&hidden).any(|(t, h)| t.shown && *h);
        self.stale = false;
        if shown != self.shown {
            let before = std::mem::replace(&mut self.shown, shown);
            self.leave(before);
        }
        self.settle();
        Ok(())
    }

    fn leave(&mut self, before: Region) {
        let until = Instant::now() + LINGER;
        match self.left.last_mut() {
            _ if before.is_empty() => {}
            // A window on the move leaves some traces and not hundreds.
            Some((last, trace)) if until <= *last => trace.add_all(&before),
            _ => self.left.push((until + LINGER / 8, before)),
        }
    }

    /// Uncovers what was covered long enough. True if there is something to fetch.
    pub fn settle(&mut self) -> bool {
        let now = Instant::now();
        self.left.retain(|(until, _)| *until > now);
        let mut cover = self.shown.clone();
        for (_, left) in &self.left {
            cover.add_all(left);
        }
        cover.simplify(MOST);
        if cover != self.cover {
            self.moved.add_all(&cover.differing(&self.cover));
            self.cover = cover;
        }
        !self.moved.is_empty()
    }

    /// When to call [`Self::settle`].
    pub fn due(&self) -> Option<Instant> {
        self.left.first().map(|(until, _)| *until)
    }

    /// What to fetch anew, relative to the area.
    pub fn moved(&mut self, area: (i32, i32, u16, u16)) -> Vec<Rect> {
        clip(&std::mem::take(&mut self.moved), area)
    }

    /// What to cover, relative to the area.
    pub fn cover(&self, area: (i32, i32, u16, u16)) -> Vec<Rect> {
        clip(&self.cover, area)
    }

    pub fn hiding(&self) -> Hiding {
        if self.cover.is_empty() { Hiding::Nothing } else { Hiding::Something }
    }
}

fn clip(region: &Region, area: (i32, i32, u16, u16)) -> Vec<Rect> {
    let part = |r: &Rect| area::clip(r.x.into(), r.y.into(), r.w.into(), r.h.into(), area);
    region.rects().iter().filter_map(part).collect()
}

/// What is seen of those that are hidden: each without what lies over it.
fn visible(tops: &[Top], hidden: &[bool], (width, height): (u16, u16)) -> Region {
    let place = |t: &Top| area::clip(t.place.0, t.place.1, t.place.2, t.place.3, (0, 0, width, height));
    let (mut seen, mut whole) = (Region::default(), Region::default());
    for (top, hidden) in tops.iter().zip(hidden).filter(|(t, _)| t.shown) {
        let Some(rect) = place(top) else { continue };
        if *hidden {
            seen.add(rect);
            whole.add(rect);
        } else if top.solid {
            seen.take(rect);
        }
    }
    // In doubt more than needed.
    if seen.rects().len() > MOST { whole } else { seen }
}
