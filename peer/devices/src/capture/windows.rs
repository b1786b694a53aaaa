//! Where the windows are on Windows that the person hides, or that are not of the shared programs, so that none of their pixels
//! is in a picture.
//!
//! Windows tells of each window that is shown, moves or goes before the call that does it is over. So a picture is right if it was
//! taken between two looks at the windows that see the same, nothing was told meanwhile, and what the system had told before
//! was on the screen by then. Any other picture is not used.

mod held;

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use deskside_media::Rect;
use deskside_session::{
    hiding::{Hidden, Hiding, Scope},
    programs::SeenProgram,
};

use self::held::Held;
use super::{
    area,
    cover::Cover,
    layers::{Layer, others, visible},
};
use crate::windows::{
    region::Region,
    win32::{
        self, Shows, Top, Tops,
        ear::{Ear, Heard},
        place::{self, Edges},
    },
};

/// What a hidden window left stays covered so long: it may fade out, and where nothing composes the screen the programs below have
/// to draw first.
const LINGER: Duration = Duration::from_secs(1);
/// The same where some programs are shown: so long their new windows and menus are not seen. They may fade in.
const DRAWN: Duration = Duration::from_millis(400);

/// Left, top, width, height of the captured part of the desktop.
type Area = (i32, i32, u16, u16);

pub struct Guard {
    ear: Option<Ear>,
    tops: Tops,
    hidden: Hidden,
    /// The programs whose windows alone are in the picture; without, all of the desktop is.
    only: Option<Held>,
    /// In the captured part.
    cover: Cover,
    area: Area,
    before: Option<Look>,
    /// Whether each of the windows was minimised at the last look.
    minimised: HashMap<u64, bool>,
    /// Where those were last that must not be seen.
    places: HashMap<u64, Edges>,
    /// Whether anything hidden was seen at the last look.
    secret: bool,
    /// Something was told that may not be on the screen yet.
    unsettled: bool,
}

/// What is known of the windows at one moment, the lowest first.
struct Look {
    tops: Vec<Top>,
    hidden: Vec<bool>,
    /// Whether each is of the shared programs.
    of: Vec<bool>,
}

/// What happened while a picture was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meanwhile {
    Nothing,
    /// What lies over hidden windows may have been elsewhere.
    Others,
    /// What must not be seen may have been elsewhere.
    Secret,
}

impl Look {
    /// Which of them must not be seen.
    fn is_secret(&self, i: usize, limited: bool) -> bool {
        self.hidden[i] || (limited && !self.of[i] && !self.tops[i].clear)
    }

    /// Where the windows are that show something, if they are asked for, and whether they are of the shared programs.
    fn places(&self, wanted: impl Fn(&Top) -> bool) -> Vec<(u64, Option<place::Place>, bool)> {
        let all = self.tops.iter().zip(&self.of);
        let shown = all.filter(|(t, _)| t.place.is_some() && !t.clear && wanted(t));
        shown.map(|(t, of)| (t.window, t.place, *of)).collect()
    }

    /// Whether there is a hidden window, seen or not.
    fn any_hidden(&self) -> bool {
        self.hidden.iter().any(|h| *h)
    }

    fn find(&self, window: u64) -> Option<&Top> {
        self.tops.iter().find(|t| t.window == window)
    }
}

fn meanwhile(before: &Look, now: &Look, heard: &[Heard], limited: bool) -> Meanwhile {
    if limited {
        let shown = |w: u64| [before, now].iter().any(|l| l.find(w).is_some_and(|t| t.place.is_some()));
        let clear = |w: u64| now.find(w).is_some_and(|t| t.clear);
        let matters = |h: &Heard| match *h {
            Heard::Order => true,
            Heard::Shown(w) | Heard::Flies(w) => !clear(w),
            Heard::Moved(w) => !clear(w) && (shown(w) || now.find(w).is_none()),
            Heard::Gone(w) => !clear(w) && shown(w),
        };
        let same = before.places(|_| true) == now.places(|_| true);
        return if same && !heard.iter().any(matters) { Meanwhile::Nothing } else { Meanwhile::Secret };
    }
    let secret: HashSet<u64> = [before, now]
        .iter()
        .flat_map(|l| l.tops.iter().zip(&l.hidden).filter(|(_, h)| **h).map(|(t, _)| t.window))
        .collect();
    let of_secret = |h: &Heard| match h {
        Heard::Order => false,
        // Of what came and went nobody knows what it was: perhaps a window for one that is hidden.
        Heard::Shown(w) | Heard::Moved(w) | Heard::Flies(w) => {
            secret.contains(w) || (!secret.is_empty() && now.find(*w).is_none())
        }
        Heard::Gone(w) => secret.contains(w),
    };
    let places = |l: &Look| l.places(|t| secret.contains(&t.window));
    if heard.iter().any(of_secret) || places(before) != places(now) {
        Meanwhile::Secret
    } else if !heard.is_empty() || before.places(|_| true) != now.places(|_| true) {
        Meanwhile::Others
    } else {
        Meanwhile::Nothing
    }
}

impl Guard {
    pub fn open() -> Self {
        let ear = Ear::open();
        if ear.is_none() {
            tracing::warn!("the system does not tell of its windows: nothing can be hidden");
        }
        Self {
            ear,
            tops: Tops::default(),
            hidden: Hidden { programs: Vec::new(), windows: Vec::new() },
            only: None,
            cover: Cover::default(),
            area: (0, 0, 0, 0),
            before: None,
            minimised: HashMap::new(),
            places: HashMap::new(),
            secret: false,
            unsettled: true,
        }
    }

    pub fn hide(&mut self, hidden: &Hidden) {
        self.hidden = hidden.clone();
    }

    pub fn limit(&mut self, scope: &Scope) {
        let before = self.only.take();
        self.only = match scope {
            Scope::Desktop => None,
            Scope::Programs(chosen) => Some(before.unwrap_or_default().now(chosen)),
            Scope::Nothing => Some(Held::default()),
        };
    }

    /// How the programs stand that alone are in the picture.
    pub fn programs(&self) -> Vec<SeenProgram> {
        self.only.as_ref().map(|held| held.seen(self.area)).unwrap_or_default()
    }

    pub fn hiding(&self) -> Hiding {
        let something = if self.only.is_none() { !self.cover.now().is_empty() } else { self.secret };
        match self.ear {
            None if self.only.is_none() && !self.hidden.is_empty() => Hiding::Impossible,
            _ if something => Hiding::Something,
            _ => Hiding::Nothing,
        }
    }

    fn hear(&mut self) -> Vec<Heard> {
        let heard = self.ear.as_mut().map(Ear::drain).unwrap_or_default();
        self.unsettled |= !heard.is_empty();
        heard
    }

    fn look(&mut self) -> Option<Look> {
        let tops = self.tops.look()?;
        let hidden = win32::hidden(&tops, &self.hidden);
        let of = match &mut self.only {
            Some(held) => held.look(&tops, &hidden),
            None => vec![false; tops.len()],
        };
        Some(Look { tops, hidden, of })
    }

    /// Looks between pictures, if something was told: what is over when the next one is taken may still be on the screen.
    pub fn glance(&mut self) {
        let heard = self.hear();
        if !heard.is_empty()
            && let Some(look) = self.look()
        {
            self.see(&look, &heard, Meanwhile::Nothing);
        }
        self.cover.settle();
    }

    /// Before a picture is taken.
    pub fn before(&mut self) {
        self.before = None;
        let heard = self.hear();
        let mut look = self.look();
        // It costs a picture of the screen: only while something must not be seen.
        let matters = self.only.is_some() || look.as_ref().is_none_or(Look::any_hidden);
        if matters && std::mem::take(&mut self.unsettled) {
            place::settle();
            look = self.look();
        }
        if let Some(look) = look {
            self.see(&look, &heard, Meanwhile::Nothing);
            self.before = Some(look);
        }
    }

    /// After it was taken, of this part of the desktop. Whether it may be used, with all covered that [`Self::cover`] gives.
    pub fn after(&mut self, area: Area) -> bool {
        if area != self.area {
            self.area = area;
            // What was covered was in another part.
            let covered = !self.cover.now().is_empty();
            self.cover = Cover::default();
            if covered || self.only.is_some() {
                self.cover.see(self.whole(), Duration::ZERO);
            }
        }
        let now = self.look();
        // Last of all, so that nothing of what happened up to the look is missed.
        let heard = self.hear();
        let (Some(before), Some(now)) = (self.before.take(), now) else { return false };
        let limited = self.only.is_some();
        let meanwhile = meanwhile(&before, &now, &heard, limited);
        self.see(&now, &heard, meanwhile);
        meanwhile != Meanwhile::Secret && (self.ear.is_some() || !limited)
    }

    fn see(&mut self, look: &Look, heard: &[Heard], meanwhile: Meanwhile) {
        let limited = self.only.is_some();
        let (mut minimised, mut flies) = (HashMap::with_capacity(look.tops.len()), false);
        let mut glides = Region::default();
        for (i, top) in look.tops.iter().enumerate() {
            let turned = self.minimised.get(&top.window).is_some_and(|m| *m != top.minimised);
            let told = heard.contains(&Heard::Flies(top.window));
            flies |= (turned || told) && look.is_secret(i, limited);
            minimised.insert(top.window, top.minimised);
            let place = top.place.filter(|_| look.is_secret(i, limited)).map(|p| p.outer);
            let was = place.and_then(|now| Some((now, *self.places.get(&top.window)?)));
            if let Some((now, was)) = was.filter(|(now, was)| now != was)
                && let Some(between) = clip(place::around(now, was), self.area)
            {
                glides.add(between);
            }
            if let Some(place) = place {
                self.places.insert(top.window, place);
            }
        }
        self.minimised = minimised;
        self.places.retain(|window, _| self.minimised.contains_key(window));
        let linger = if limited { DRAWN } else { LINGER };
        let chooses = look.tops.iter().any(|t| t.shows == Shows::Any && t.place.is_some());
        if flies || (chooses && look.any_hidden()) {
            // The system moves its picture to the task bar, or from there, across whatever is between; or shows it itself.
            self.cover.see(self.whole(), linger);
        }
        if !limited {
            // It may get to another place and size step by step.
            self.cover.see(glides, linger);
        }
        let layers: Vec<Layer> = look.tops.iter().map(|t| layer(t, self.area)).collect();
        let mut shown = visible(&layers, &look.hidden);
        self.secret = !shown.is_empty();
        if meanwhile != Meanwhile::Nothing {
            let hidden = layers.iter().zip(&look.hidden).filter(|(_, h)| **h);
            hidden.filter_map(|(l, _)| l.place).for_each(|place| shown.add(place));
        }
        if limited {
            shown.add_all(&others(&layers, &look.of, (self.area.2, self.area.3)));
        }
        self.cover.see(shown, linger);
        // Each picture is taken as a whole.
        self.cover.take_moved();
    }

    fn whole(&self) -> Region {
        let mut region = Region::default();
        region.add(Rect { x: 0, y: 0, w: self.area.2, h: self.area.3 });
        region
    }

    /// What to cover in the picture.
    pub fn cover(&self) -> &[Rect] {
        self.cover.now().rects()
    }
}

fn layer(top: &Top, area: Area) -> Layer {
    let place = top.place.and_then(|p| clip(p.outer, area));
    let solid = top.place.map(|p| p.solid()).unwrap_or_default();
    Layer { place, solid: solid.into_iter().filter_map(|s| clip(s, area)).collect(), clear: top.clear }
}

fn clip(edges: Edges, area: Area) -> Option<Rect> {
    let [left, top, right, bottom] = edges;
    area::clip(left, top, right - left, bottom - top, area)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn top(window: u64, x: i32) -> Top {
        let edges = [x, 0, x + 50, 50];
        let place = place::Place { outer: edges, inner: Some(edges), corner: 0 };
        Top { place: Some(place), ..Top::named(window, "program") }
    }

    fn look(tops: &[Top], hidden: &[bool], of: &[bool]) -> Look {
        Look { tops: tops.to_vec(), hidden: hidden.to_vec(), of: of.to_vec() }
    }

    #[test]
    fn a_picture_of_the_desktop_counts_unless_something_hidden_moved() {
        let now = look(&[top(1, 0), top(2, 100)], &[true, false], &[false; 2]);
        let what = |before: &Look, heard: &[Heard]| meanwhile(before, &now, heard, false);
        assert_eq!(what(&now, &[]), Meanwhile::Nothing);
        assert_eq!(what(&now, &[Heard::Order]), Meanwhile::Others);
        assert_eq!(what(&now, &[Heard::Moved(2)]), Meanwhile::Others);
        assert_eq!(what(&now, &[Heard::Moved(1)]), Meanwhile::Secret, "there and back");
        assert_eq!(what(&now, &[Heard::Shown(7)]), Meanwhile::Secret, "nobody knows what it was");
        assert_eq!(what(&now, &[Heard::Gone(7)]), Meanwhile::Others);
        let moved = look(&[top(1, 9), top(2, 100)], &[true, false], &[false; 2]);
        assert_eq!(what(&moved, &[]), Meanwhile::Secret);
        let other = look(&[top(1, 0), top(2, 90)], &[true, false], &[false; 2]);
        assert_eq!(what(&other, &[]), Meanwhile::Others);
        let opened = look(&[top(2, 100)], &[false], &[false]);
        assert_eq!(what(&opened, &[]), Meanwhile::Secret);
        let nothing = look(&[top(2, 100)], &[false], &[false]);
        assert_eq!(
            meanwhile(&nothing, &nothing, &[Heard::Shown(7)], false),
            Meanwhile::Others,
            "nothing is hidden"
        );
    }

    #[test]
    fn a_picture_of_programs_counts_only_if_nothing_moved() {
        let now = look(&[top(1, 0), top(2, 100)], &[false; 2], &[true, false]);
        let what = |before: &Look, heard: &[Heard]| meanwhile(before, &now, heard, true);
        assert_eq!(what(&now, &[]), Meanwhile::Nothing);
        for heard in [
            Heard::Order,
            Heard::Moved(1),
            Heard::Moved(2),
            Heard::Flies(2),
            Heard::Shown(7),
            Heard::Moved(7),
        ] {
            assert_eq!(what(&now, &[heard]), Meanwhile::Secret, "{heard:?}");
        }
        assert_eq!(what(&now, &[Heard::Gone(7)]), Meanwhile::Nothing);
        let other = look(&[top(1, 0), top(2, 100)], &[false; 2], &[true, true]);
        assert_eq!(what(&other, &[]), Meanwhile::Secret, "it is of another program now");
        let order = look(&[top(2, 100), top(1, 0)], &[false; 2], &[false, true]);
        assert_eq!(what(&order, &[]), Meanwhile::Secret);
        // What nobody sees moves as it likes.
        let unseen = Top { place: None, ..top(3, 0) };
        let more = look(&[top(1, 0), unseen, top(2, 100)], &[false; 3], &[true, false, false]);
        assert_eq!(meanwhile(&now, &more, &[Heard::Moved(3)], true), Meanwhile::Nothing);
    }
}
