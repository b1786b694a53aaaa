//! Grants: the only way to a device output.
//!
//! A grant is a person's key, an act, and this session. On the customer's side the person is who got
//! it; on the agent's side who gave it. [`Permit`] can be made here only, and the outbox takes no
//! device output without one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    SessionNumber,
    command::Act,
    direction::{Direction, Side},
    identity::PublicKey,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    person: PublicKey,
    act: Act,
    session: SessionNumber,
}

pub(crate) struct Grants {
    session: SessionNumber,
    held: BTreeSet<Held>,
    /// Persons who get what they ask for without a question.
    allow_all: BTreeSet<PublicKey>,
    /// For whom the primary agent vouches: assistants see what that one sees, other customers if they are shown it.
    watchers: BTreeSet<PublicKey>,
    /// Assistants whom the customer keeps from it.
    excluded: BTreeSet<PublicKey>,
    /// Other customers whom the customer lets see what is shared now.
    shown: BTreeSet<PublicKey>,
    /// Agent who shows its own desktop: the customer who may use mouse and keyboard on it.
    lent: Option<PublicKey>,
    /// Customer: which way what is copied may go.
    direction: Direction,
    /// Agent: the same, as each customer said.
    directions: BTreeMap<PublicKey, Direction>,
}

/// Grants as they are kept; the session is that of the whole memory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedGrants {
    held: Vec<(PublicKey, Act)>,
    allow_all: Vec<PublicKey>,
    excluded: Vec<PublicKey>,
    #[serde(default)]
    shown: Vec<PublicKey>,
    #[serde(default)]
    direction: Direction,
}

/// Shows that a grant stood when it was made. Not kept: asked for anew at each output.
#[derive(Debug)]
pub(crate) struct Permit {
    act: Act,
}

impl Permit {
    pub(crate) fn act(&self) -> Act {
        self.act
    }
}

impl Grants {
    pub(crate) fn new(session: SessionNumber) -> Self {
        Self {
            session,
            held: BTreeSet::new(),
            allow_all: BTreeSet::new(),
            watchers: BTreeSet::new(),
            excluded: BTreeSet::new(),
            shown: BTreeSet::new(),
            lent: None,
            direction: Direction::Both,
            directions: BTreeMap::new(),
        }
    }

    fn key(&self, person: PublicKey, act: Act) -> Held {
        Held { person, act, session: self.session }
    }

    pub(crate) fn permit(&self, person: PublicKey, act: Act) -> Option<Permit> {
        self.has(person, act).then_some(Permit { act })
    }

    /// To put what comes from this person on the own clipboard, or to send what is copied there: `to` says which side gets it.
    pub(crate) fn permit_clipboard(&self, person: PublicKey, to: Side) -> Option<Permit> {
        self.permit(person, Act::Clipboard).filter(|_| self.direction(person).goes(to))
    }

    /// To announce, send or take files by this act; `to` says which side gets them.
    pub(crate) fn permit_files(&self, person: PublicKey, act: Act, to: Side) -> Option<Permit> {
        let goes = match act {
            Act::CopiedFiles => self.direction(person).goes(to),
            Act::SendFiles => to == Side::Customer,
            _ => false,
        };
        self.permit(person, act).filter(|_| goes)
    }

    pub(crate) fn direction(&self, person: PublicKey) -> Direction {
        self.directions.get(&person).copied().unwrap_or(self.direction)
    }

    /// Customer: for all agents. Whether that is new.
    pub(crate) fn direct(&mut self, direction: Direction) -> bool {
        std::mem::replace(&mut self.direction, direction) != direction
    }

    /// Agent: the word of this customer. Whether that is new.
    pub(crate) fn note_direction(&mut self, customer: PublicKey, direction: Direction) -> bool {
        self.directions.insert(customer, direction).unwrap_or_default() != direction
    }

    /// To see along with somebody who may see. `customer`: the watcher is another customer.
    pub(crate) fn permit_watcher(
        &self,
        with: PublicKey,
        watcher: PublicKey,
        customer: bool,
    ) -> Option<Permit> {
        let let_in = if customer { self.is_shown(watcher) } else { !self.is_excluded(watcher) };
        self.permit(with, Act::View).filter(|_| let_in && self.watchers.contains(&watcher))
    }

    /// Agent: to be seen by whoever is shown its own desktop, while this customer lets it show that.
    pub(crate) fn permit_shown(&self, to: PublicKey) -> Option<Permit> {
        self.has(to, Act::Show).then_some(Permit { act: Act::View })
    }

    /// Agent: for a customer to control its own desktop.
    pub(crate) fn permit_lent(&self, to: PublicKey) -> Option<Permit> {
        (self.lent == Some(to)).then_some(Permit { act: Act::Control })
    }

    /// Agent: one customer, or nobody, may control its own desktop. Whether that is new.
    pub(crate) fn lend(&mut self, to: Option<PublicKey>) -> bool {
        std::mem::replace(&mut self.lent, to) != to
    }

    pub(crate) fn lent(&self) -> Option<PublicKey> {
        self.lent
    }

    pub(crate) fn set_watchers(&mut self, watchers: impl Iterator<Item = PublicKey>) {
        self.watchers = watchers.collect();
    }

    pub(crate) fn exclude(&mut self, person: PublicKey, excluded: bool) {
        if excluded {
            self.excluded.insert(person);
        } else {
            self.excluded.remove(&person);
        }
    }

    pub(crate) fn is_excluded(&self, person: PublicKey) -> bool {
        self.excluded.contains(&person)
    }

    pub(crate) fn show(&mut self, customer: PublicKey, shown: bool) {
        if shown {
            self.shown.insert(customer);
        } else {
            self.shown.remove(&customer);
        }
    }

    /// The sharing is over, and with it the leave to see it.
    pub(crate) fn show_nobody(&mut self) {
        self.shown.clear();
    }

    pub(crate) fn is_shown(&self, customer: PublicKey) -> bool {
        self.shown.contains(&customer)
    }

    pub(crate) fn has(&self, person: PublicKey, act: Act) -> bool {
        self.held.contains(&self.key(person, act))
    }

    /// [`Act::Control`] brings [`Act::View`] with it, and there is one controller: returns who lost it.
    /// One desktop is seen at a time: [`Act::Show`] ends these two, and they end it.
    pub(crate) fn give(&mut self, person: PublicKey, act: Act) -> Vec<PublicKey> {
        let mut lost = Vec::new();
        match act {
            Act::Show => self.take(person, Act::View),
            Act::View | Act::Control => self.take(person, Act::Show),
            _ => false,
        };
        if act == Act::Control {
            lost = self.holders(Act::Control).filter(|p| *p != person).collect();
            for p in &lost {
                self.take(*p, Act::Control);
            }
            self.held.insert(self.key(person, Act::View));
        }
        self.held.insert(self.key(person, act));
        lost
    }

    /// Taking [`Act::View`] takes [`Act::Control`] too. Whether there was something to take.
    pub(crate) fn take(&mut self, person: PublicKey, act: Act) -> bool {
        if act == Act::View {
            self.held.remove(&self.key(person, Act::Control));
        }
        self.held.remove(&self.key(person, act))
    }

    pub(crate) fn take_from_all(&mut self, act: Act) -> Vec<PublicKey> {
        let from: Vec<_> = self.holders(act).collect();
        for p in &from {
            self.take(*p, act);
        }
        from
    }

    pub(crate) fn save(&self) -> SavedGrants {
        SavedGrants {
            held: self.held.iter().map(|h| (h.person, h.act)).collect(),
            allow_all: self.allow_all.iter().copied().collect(),
            excluded: self.excluded.iter().copied().collect(),
            shown: self.shown.iter().copied().collect(),
            direction: self.direction,
        }
    }

    pub(crate) fn restore(&mut self, saved: SavedGrants) {
        self.held = saved.held.into_iter().map(|(person, act)| self.key(person, act)).collect();
        self.allow_all = saved.allow_all.into_iter().collect();
        self.excluded = saved.excluded.into_iter().collect();
        self.shown = saved.shown.into_iter().collect();
        self.direction = saved.direction;
    }

    pub(crate) fn retain(&mut self, stays: impl Fn(Act) -> bool) {
        self.held.retain(|h| stays(h.act));
    }

    /// The person is gone: nothing stays.
    pub(crate) fn forget(&mut self, person: PublicKey) {
        self.held.retain(|h| h.person != person);
        self.allow_all.remove(&person);
        self.shown.remove(&person);
        self.directions.remove(&person);
        self.lent.take_if(|lent| *lent == person);
    }

    /// Ends what does not outlive a change of the primary agent or of who is helped.
    pub(crate) fn end(&mut self, person: PublicKey) {
        self.held.retain(|h| h.person != person || h.act.outlives_change());
    }

    /// The role of the primary agent passes: what `from` may do ends, and of all that only the leave to go
    /// without asking, which was given for the session, goes on for `to`. Whether it did.
    pub(crate) fn pass(&mut self, from: PublicKey, to: PublicKey) -> bool {
        self.end(from);
        let all = self.allow_all.remove(&from);
        if all {
            self.allow_all.insert(to);
        }
        all
    }

    /// Everything, and the leave to go without asking.
    pub(crate) fn clear(&mut self) -> Vec<PublicKey> {
        let persons: BTreeSet<_> = self.held.iter().map(|h| h.person).collect();
        self.held.clear();
        self.allow_all.clear();
        self.lent = None;
        persons.into_iter().collect()
    }

    pub(crate) fn holders(&self, act: Act) -> impl Iterator<Item = PublicKey> {
        self.held.iter().filter(move |h| h.act == act).map(|h| h.person)
    }

    /// In the order of [`Act`].
    pub(crate) fn of(&self, person: PublicKey) -> Vec<Act> {
        self.held.iter().filter(|h| h.person == person).map(|h| h.act).collect()
    }

    pub(crate) fn allow_all(&mut self, person: PublicKey) {
        self.allow_all.insert(person);
    }

    pub(crate) fn ask_again(&mut self) {
        self.allow_all.clear();
    }

    pub(crate) fn allows_all(&self, person: PublicKey) -> bool {
        self.allow_all.contains(&person)
    }

    pub(crate) fn any_allow_all(&self) -> bool {
        !self.allow_all.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Identity;

    fn person(n: u8) -> PublicKey {
        Identity::from_seed([n; 32]).public()
    }

    #[test]
    fn control_includes_view_and_goes_with_it() {
        let mut g = Grants::new(SessionNumber::new(123_456_789).unwrap());
        let (a, b) = (person(1), person(2));
        assert!(g.permit(a, Act::View).is_none());
        assert_eq!(g.give(a, Act::Control), []);
        assert_eq!(g.of(a), [Act::View, Act::Control]);
        assert_eq!(g.give(b, Act::Control), [a]);
        assert_eq!(g.of(a), [Act::View]);
        assert!(g.take(b, Act::View));
        assert!(!g.has(b, Act::Control));
        assert!(!g.take(b, Act::Control));
    }

    #[test]
    fn one_desktop_is_seen_at_a_time() {
        let mut g = Grants::new(SessionNumber::new(123_456_789).unwrap());
        let a = person(1);
        g.give(a, Act::Control);
        g.give(a, Act::Show);
        assert_eq!(g.of(a), [Act::Show]);
        g.give(a, Act::View);
        assert_eq!(g.of(a), [Act::View]);
    }

    #[test]
    fn who_was_lent_control_loses_it_with_everything_else() {
        let mut g = Grants::new(SessionNumber::new(123_456_789).unwrap());
        let (a, b) = (person(1), person(2));
        assert!(g.permit_lent(a).is_none() && g.lend(Some(a)));
        assert!(g.permit_lent(a).is_some() && g.permit_lent(b).is_none());
        g.forget(b);
        assert_eq!(g.lent(), Some(a));
        g.forget(a);
        assert_eq!(g.lent(), None);
    }

    #[test]
    fn what_is_copied_goes_one_way_only_if_it_is_granted() {
        let mut g = Grants::new(SessionNumber::new(123_456_789).unwrap());
        let (a, sides) = (person(1), [Side::Agent, Side::Customer]);
        let goes = |g: &Grants| sides.map(|to| g.permit_clipboard(a, to).is_some());
        assert_eq!(goes(&g), [false, false]);
        g.give(a, Act::Clipboard);
        for (direction, expected) in [
            (Direction::ToAgent, [true, false]),
            (Direction::ToCustomer, [false, true]),
            (Direction::Off, [false, false]),
            (Direction::Both, [true, true]),
        ] {
            assert!(g.direct(direction));
            assert_eq!(goes(&g), expected);
        }
        assert!(g.note_direction(a, Direction::Off));
        assert_eq!(goes(&g), [false, false]);
    }

    #[test]
    fn files_go_by_their_own_grant_and_the_direction() {
        let mut g = Grants::new(SessionNumber::new(123_456_789).unwrap());
        let (a, sides) = (person(1), [Side::Agent, Side::Customer]);
        let goes = |g: &Grants, act| sides.map(|to| g.permit_files(a, act, to).is_some());
        g.give(a, Act::Clipboard);
        assert_eq!(goes(&g, Act::CopiedFiles), [false, false]);
        assert_eq!(goes(&g, Act::Clipboard), [false, false]);
        g.give(a, Act::CopiedFiles);
        assert_eq!(goes(&g, Act::CopiedFiles), [true, true]);
        g.direct(Direction::ToAgent);
        assert_eq!(goes(&g, Act::CopiedFiles), [true, false]);
        g.take(a, Act::Clipboard);
        assert_eq!(goes(&g, Act::CopiedFiles), [true, false]);
        g.give(a, Act::SendFiles);
        assert_eq!(goes(&g, Act::SendFiles), [false, true]);
    }

    #[test]
    fn clear_also_ends_the_general_leave() {
        let mut g = Grants::new(SessionNumber::new(123_456_789).unwrap());
        let a = person(1);
        g.allow_all(a);
        g.give(a, Act::Clipboard);
        assert_eq!(g.clear(), [a]);
        assert!(!g.allows_all(a) && !g.any_allow_all() && g.of(a).is_empty());
    }
}
