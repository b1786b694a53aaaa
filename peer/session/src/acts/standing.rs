//! What stands at one moment, as the log says or as it is; the difference is what is to be written.

use std::collections::BTreeSet;

use super::{Cause, How, Person, What};
use crate::{ParticipantId, command::Act};

/// What stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The customer.
    pub me: Option<Person>,
    /// Who is there and has proven who it is.
    pub people: BTreeSet<Person>,
    /// The primary agent, after so many words of hand-over.
    pub primary: Option<(Person, u32)>,
    pub helped: Option<ParticipantId>,
    pub asked: BTreeSet<(Person, Act)>,
    pub grants: BTreeSet<(Person, Act)>,
    /// Who may do everything without a question.
    pub all: BTreeSet<Person>,
    pub admitted: BTreeSet<Person>,
    pub excluded: BTreeSet<Person>,
    /// Other customers whom the customer lets see what is shared.
    pub shown: BTreeSet<Person>,
    pub viewers: Vec<ParticipantId>,
    pub paused: bool,
    /// One program alone is shared.
    pub program: bool,
    pub controller: Option<Person>,
    pub full: bool,
    pub over: bool,
}

impl Standing {
    /// An entry was written.
    pub fn apply(&mut self, who: Person, what: &What) {
        match what {
            What::Began { .. } => self.me = Some(who),
            What::Resumed => self.over = false,
            What::Joined { .. } => {
                self.people.insert(who);
            }
            What::Left => self.left(who),
            What::Primary { words } => self.primary = Some((who, *words)),
            What::Helped { customer } => self.helped = *customer,
            What::Asked { act } => {
                self.asked.insert((who, *act));
            }
            What::Withdrawn { act } | What::Refused { act } | What::NoAnswer { act } => {
                self.asked.remove(&(who, *act));
            }
            What::Allowed { act, .. } => {
                self.asked.remove(&(who, *act));
                self.grants.insert((who, *act));
                if *act == Act::Control {
                    self.grants.insert((who, Act::View));
                }
            }
            What::Ended { act, .. } => {
                self.grants.remove(&(who, *act));
            }
            What::AllAllowed { .. } => {
                self.all.insert(who);
            }
            What::AllEnded => {
                self.all.remove(&who);
            }
            What::Admitted => {
                self.admitted.insert(who);
            }
            What::Dismissed => {
                self.admitted.remove(&who);
            }
            What::Excluded => {
                self.excluded.insert(who);
            }
            What::Included => {
                self.excluded.remove(&who);
            }
            What::Shown => {
                self.shown.insert(who);
            }
            What::Hidden => {
                self.shown.remove(&who);
            }
            What::Sharing { viewers, paused } => {
                self.viewers.clone_from(viewers);
                self.paused = *paused;
            }
            What::Program { on } => self.program = *on,
            What::Control { on } => self.controller = on.then_some(who),
            What::Full => self.full = true,
            What::Over { .. } => {
                *self = Self { me: self.me, full: self.full, over: true, ..Self::default() };
            }
            What::Files { .. } | What::Unknown => {}
        }
    }

    fn left(&mut self, who: Person) {
        self.people.remove(&who);
        self.asked.retain(|(w, _)| *w != who);
        self.grants.retain(|(w, _)| *w != who);
        for set in [&mut self.all, &mut self.admitted, &mut self.excluded, &mut self.shown] {
            set.remove(&who);
        }
        self.viewers.retain(|id| *id != who.id);
        if self.primary.is_some_and(|(p, _)| p == who) {
            self.primary = None;
        }
        if self.controller == Some(who) {
            self.controller = None;
        }
    }

    /// What must be written so that the log says `to`. `joined`: how somebody came in; `cause`: why leave ended.
    pub(crate) fn changes(
        &self,
        to: &Self,
        joined: impl Fn(Person) -> Option<What>,
        cause: Cause,
    ) -> Vec<(Person, What)> {
        let Some(me) = to.me else { return Vec::new() };
        let mut c = Changes { at: self.clone(), all: Vec::new() };
        c.devices(to, me, true);
        c.each(|s| &s.people, to, false, |_| What::Left);
        for (who, act) in gone(&c.at.grants, &to.grants) {
            c.say(who, What::Ended { act, cause });
        }
        c.each(|s| &s.all, to, false, |_| What::AllEnded);
        for (who, act) in gone(&c.at.asked, &to.asked) {
            c.say(who, What::Withdrawn { act });
        }
        for who in gone(&to.people, &c.at.people) {
            if let Some(what) = joined(who) {
                c.say(who, what);
            }
        }
        if let Some((who, words)) = to.primary.filter(|_| c.at.primary != to.primary) {
            c.say(who, What::Primary { words });
        }
        if c.at.helped != to.helped {
            c.say(me, What::Helped { customer: to.helped });
        }
        c.each(|s| &s.admitted, to, false, |_| What::Dismissed);
        c.each(|s| &s.admitted, to, true, |_| What::Admitted);
        c.each(|s| &s.excluded, to, false, |_| What::Included);
        c.each(|s| &s.excluded, to, true, |_| What::Excluded);
        c.each(|s| &s.shown, to, false, |_| What::Hidden);
        c.each(|s| &s.shown, to, true, |_| What::Shown);
        for (who, act) in gone(&to.asked, &c.at.asked) {
            c.say(who, What::Asked { act });
        }
        for (who, act) in gone(&to.grants, &c.at.grants) {
            c.say(who, What::Allowed { act, how: How::Before });
        }
        c.each(|s| &s.all, to, true, |_| What::AllAllowed { how: How::Before });
        c.devices(to, me, false);
        c.all
    }
}

struct Changes {
    at: Standing,
    all: Vec<(Person, What)>,
}

impl Changes {
    fn say(&mut self, who: Person, what: What) {
        self.at.apply(who, &what);
        self.all.push((who, what));
    }

    /// Who is no longer in a set, or (`new`) was not in it before.
    fn each(
        &mut self,
        set: impl Fn(&Standing) -> &BTreeSet<Person>,
        to: &Standing,
        new: bool,
        what: impl Fn(Person) -> What,
    ) {
        let (now, then) = (set(&self.at), set(to));
        for who in if new { gone(then, now) } else { gone(now, then) } {
            self.say(who, what(who));
        }
    }

    /// What reaches or shows the computer ends first (`ending`) and begins last.
    fn devices(&mut self, to: &Standing, me: Person, ending: bool) {
        if let Some(who) = self.at.controller.filter(|who| to.controller != Some(*who)) {
            self.say(who, What::Control { on: false });
        }
        if self.at.program != to.program && (to.program || !ending) {
            self.say(me, What::Program { on: to.program });
        }
        let fewer = to.viewers.iter().all(|id| self.at.viewers.contains(id));
        let shared = (&to.viewers, to.paused);
        if (&self.at.viewers, self.at.paused) != shared && (fewer || !ending) {
            self.say(me, What::Sharing { viewers: to.viewers.clone(), paused: to.paused });
        }
        if !ending && let Some(who) = to.controller.filter(|who| self.at.controller != Some(*who)) {
            self.say(who, What::Control { on: true });
        }
    }
}

/// What is in `a` and not in `b`.
fn gone<T: Copy + Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> Vec<T> {
    a.difference(b).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Identity, Role, acts::Proof, app::Ending};

    fn person(n: u8) -> Person {
        Person { id: ParticipantId(u32::from(n)), key: Identity::from_seed([n; 32]).public() }
    }

    fn join(_: Person) -> Option<What> {
        Some(What::Joined { name: "Ada".into(), role: Role::Primary, verified: Proof::Link })
    }

    /// The agent sees and controls.
    fn busy() -> Standing {
        let (me, agent) = (person(2), person(1));
        Standing {
            me: Some(me),
            people: [agent].into(),
            primary: Some((agent, 0)),
            helped: Some(me.id),
            grants: [(agent, Act::View), (agent, Act::Control)].into(),
            viewers: vec![agent.id],
            controller: Some(agent),
            ..Standing::default()
        }
    }

    #[test]
    fn the_changes_written_make_the_log_say_what_is() {
        let (me, agent, other) = (person(2), person(1), person(3));
        let plain = Standing { me: Some(me), ..Standing::default() };
        let handed = Standing {
            people: [agent, other].into(),
            primary: Some((other, 1)),
            grants: [(agent, Act::Voice)].into(),
            all: [other].into(),
            asked: [(other, Act::View)].into(),
            admitted: [agent].into(),
            excluded: [agent].into(),
            shown: [other].into(),
            viewers: vec![],
            controller: None,
            ..busy()
        };
        let paused = Standing { paused: true, controller: None, ..busy() };
        let program = Standing { program: true, ..busy() };
        let all = [plain, busy(), handed, paused, program];
        for (from, to) in all.iter().flat_map(|a| all.iter().map(move |b| (a, b))) {
            let changes = from.changes(to, join, Cause::Other);
            let mut at = from.clone();
            changes.iter().for_each(|(who, what)| at.apply(*who, what));
            // Who leads nobody is nobody: only leaving ends it, and that is said.
            assert_eq!(&at, to, "{changes:?}");
            assert!(at.changes(to, join, Cause::Other).is_empty());
        }
    }

    #[test]
    fn what_touches_the_computer_ends_first_and_begins_last() {
        let (me, agent) = (person(2), person(1));
        let plain = Standing { me: Some(me), ..Standing::default() };
        let on = plain.changes(&busy(), join, Cause::Other);
        assert_eq!(on.last(), Some(&(agent, What::Control { on: true })));
        let off = busy().changes(&plain, join, Cause::Revoked);
        assert_eq!(off[0], (agent, What::Control { on: false }));
        assert_eq!(off[1], (me, What::Sharing { viewers: vec![], paused: false }));
        assert_eq!(off[2], (agent, What::Left), "and all its leave with it");
    }

    #[test]
    fn nothing_stands_after_the_end() {
        let mut s = busy();
        s.apply(person(2), &What::Over { ending: Ending::Left });
        assert_eq!(s, Standing { me: Some(person(2)), over: true, ..Standing::default() });
    }
}
