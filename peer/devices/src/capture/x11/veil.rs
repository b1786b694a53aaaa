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
    super::{
        cover::Cover,
        layers::{Layer, others, visible},
    },
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

pub struct Veil {
    tops: Tops,
    marks: Marks,
    hidden: Hidden,
    /// The programs whose windows alone are in the picture; without, all of the desktop is.
    only: Option<Held>,
    /// On the screen.
    cover: Cover,
    /// Whether any is open, and be it below others.
    open: bool,
    /// Whether anything hidden was seen then.
    secret: bool,
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
            cover: Cover::default(),
            open: false,
            secret: false,
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
        let due = self.cover.due().is_some_and(|until| until <= Instant::now());
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
        let layers = layers(&tops, screen);
        let mut shown = visible(&layers, &hidden);
        self.open = self.only.is_some() || tops.iter().zip(&hidden).any(|(t, h)| t.shown && *h);
        self.secret = !shown.is_empty();
        if let Some(held) = &mut self.only {
            let seen = Seen { tops: &tops, hidden: &hidden, screen };
            let of = held.look(conn, &self.tops, &self.marks, &seen)?;
            shown.add_all(&others(&layers, &of, screen));
        }
        self.stale = false;
        self.cover.see(shown, if self.only.is_none() { LINGER } else { DRAWN });
        Ok(())
    }

    /// Uncovers what was covered long enough. True if there is something to fetch.
    pub fn settle(&mut self) -> bool {
        self.cover.settle()
    }

    /// When to call [`Self::settle`].
    pub fn due(&self) -> Option<Instant> {
        self.cover.due()
    }

    /// What to fetch anew, relative to the area.
    pub fn moved(&mut self, area: (i32, i32, u16, u16)) -> Vec<Rect> {
        clip(&self.cover.take_moved(), area)
    }

    /// What to cover, relative to the area.
    pub fn cover(&self, area: (i32, i32, u16, u16)) -> Vec<Rect> {
        clip(self.cover.now(), area)
    }

    pub fn hiding(&self) -> Hiding {
        let something = if self.only.is_none() { !self.cover.now().is_empty() } else { self.secret };
        if something { Hiding::Something } else { Hiding::Nothing }
    }
}

fn clip(region: &Region, area: (i32, i32, u16, u16)) -> Vec<Rect> {
    let part = |r: &Rect| area::clip(r.x.into(), r.y.into(), r.w.into(), r.h.into(), area);
    region.rects().iter().filter_map(part).collect()
}

/// The windows as they lie on a screen of this size.
fn layers(tops: &[Top], (width, height): (u16, u16)) -> Vec<Layer> {
    let place = |t: &Top| area::clip(t.place.0, t.place.1, t.place.2, t.place.3, (0, 0, width, height));
    let layer = |t: &Top| {
        let place = place(t).filter(|_| t.shown);
        Layer { place, solid: place.into_iter().filter(|_| t.solid).collect(), clear: t.clear }
    };
    tops.iter().map(layer).collect()
}
