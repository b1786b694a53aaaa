//! Where the windows are that the person hides, so that none of their pixels is in the picture.
//!
//! The server tells of windows in the order in which it does things. So pixels that were fetched are right if no event
//! that came before their reply says that a window opened or moved since the last look; else they are fetched again,
//! while the server is held still.

use std::time::{Duration, Instant};

use deskside_media::Rect;
use deskside_session::{
    hiding::{Hidden, Hiding, Scope},
    programs::SeenProgram,
};
use x11rb::{connection::Connection as _, protocol::Event, rust_connection::RustConnection};

use super::{
    area,
    held::{Held, Seen},
};
use crate::{
    windows::{
        region::Region,
        x11::{Heard, Top, Tops, mark::Marks},
    },
    x11::X11Error,
};

/// What a hidden window left stays covered so long: the programs below may not have drawn it yet, and who composes the
/// screen may show it a little longer.
const LINGER: Duration = Duration::from_secs(1);
/// The same where one program is shown: so long its new windows and menus are not seen.
const DRAWN: Duration = Duration::from_millis(250);
/// More rectangles than this cost more than what they spare.
const MOST: usize = 256;

pub struct Veil {
    tops: Tops,
    marks: Marks,
    hidden: Hidden,
    /// The programs whose windows alone are in the picture; without, all of the desktop is.
    only: Option<Held>,
    /// What is covered, on the screen.
    cover: Region,
    /// What hidden windows show, as of the last look.
    shown: Region,
    /// Whether any is open, and be it below others.
    open: bool,
    /// Whether anything hidden was seen then.
    secret: bool,
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
            marks: Marks::open(conn, conn.setup().roots[number].root)?,
            hidden,
            only: None,
            cover: Region::default(),
            shown: Region::default(),
            open: false,
            secret: false,
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

    pub fn limit(&mut self, scope: &Scope) {
        let chosen = match scope {
            Scope::Desktop => None,
            Scope::Programs(chosen) => Some(chosen.as_slice()),
            Scope::Nothing => Some([].as_slice()),
        };
        let before = self.only.take();
        let same = before.as_ref().map(Held::chosen) == chosen.map(<[_]>::to_vec);
        self.only = chosen.map(|c| before.unwrap_or_default().now(c));
        self.expire(!same);
    }

    /// How the programs stand that alone are in the picture, which is of this area.
    pub fn programs(&self, area: (i32, i32, u16, u16)) -> Vec<SeenProgram> {
        self.only.as_ref().map(|held| held.seen(area)).unwrap_or_default()
    }

    fn expire(&mut self, now: bool) {
        self.untold |= now;
        self.stale |= now;
    }

    /// Whether a new picture is wanted; once for each reason.
    pub fn news(&mut self) -> bool {
        let due = self.left.first().is_some_and(|(until, _)| *until <= Instant::now());
        std::mem::take(&mut self.untold) || (due && self.settle())
    }

    pub fn hear(&mut self, event: &Event) {
        let other = self.only.as_mut().is_some_and(|held| held.hear(&self.tops, &self.marks, event));
        self.expire(other);
        match self.tops.hear(event) {
            Heard::Nothing => {}
            Heard::New => self.stale = true,
            Heard::Moved if self.only.is_none() => self.stale |= self.open,
            // That a program is gone is told though nothing is drawn.
            Heard::Moved | Heard::Named => self.expire(true),
        }
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
        let mut shown = visible(&tops, &hidden, screen);
        self.open = self.only.is_some() || tops.iter().zip(&hidden).any(|(t, h)| t.shown && *h);
        self.secret = !shown.is_empty();
        if let Some(held) = &mut self.only {
            let seen = Seen { tops: &tops, hidden: &hidden, screen };
            let of = held.look(conn, &self.tops, &self.marks, &seen)?;
            shown.add_all(&others(&tops, &of, screen));
        }
        self.stale = false;
        if shown != self.shown {
            let before = std::mem::replace(&mut self.shown, shown);
            self.leave(before);
        }
        self.settle();
        Ok(())
    }

    fn leave(&mut self, before: Region) {
        let linger = if self.only.is_none() { LINGER } else { DRAWN };
        let until = Instant::now() + linger;
        match self.left.last_mut() {
            _ if before.is_empty() => {}
            // A window on the move leaves some traces and not hundreds.
            Some((last, trace)) if until <= *last => trace.add_all(&before),
            _ => self.left.push((until + linger / 8, before)),
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
        let something = if self.only.is_none() { !self.cover.is_empty() } else { self.secret };
        if something { Hiding::Something } else { Hiding::Nothing }
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

/// All of the screen but what is seen of these windows.
fn others(tops: &[Top], of: &[bool], (width, height): (u16, u16)) -> Region {
    let screen = (0, 0, width, height);
    let mut rest = Region::default();
    rest.add(Rect { x: 0, y: 0, w: width, h: height });
    for (top, of) in tops.iter().zip(of).filter(|(t, _)| t.shown && !t.clear) {
        let Some(rect) = area::clip(top.place.0, top.place.1, top.place.2, top.place.3, screen) else {
            continue;
        };
        // Where it has holes or lets through, there is no knowing what is seen.
        if *of && top.solid { rest.take(rect) } else { rest.add(rect) }
    }
    rest
}
