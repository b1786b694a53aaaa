//! What must hold, kept apart from the core.

use std::collections::{BTreeMap, BTreeSet};

use deskside_session::{
    ParticipantId, Role,
    acts::{Log, Standing, Tail},
    command::Act,
    io::Output,
    view::{LinkView, View},
};

use crate::sim::World;

/// What people really did.
#[derive(Default)]
pub(super) struct Rules {
    /// Lines from one to another, in order.
    lines: BTreeMap<(ParticipantId, ParticipantId), Vec<String>>,
    /// By customer.
    consent: BTreeMap<ParticipantId, Consent>,
    /// By agent: to whom it gave control of its own desktop.
    lent: BTreeMap<ParticipantId, BTreeSet<ParticipantId>>,
}

#[derive(Default)]
struct Consent {
    allowed: BTreeSet<(ParticipantId, Act)>,
    all: bool,
    /// Other customers whom it lets see what it shares now.
    shown: BTreeSet<ParticipantId>,
    /// Whom the customer took for primary and for helped, when it was looked at last.
    led: Option<(Vec<ParticipantId>, Option<ParticipantId>)>,
}

impl Rules {
    pub(super) fn said(&mut self, from: ParticipantId, to: Vec<ParticipantId>, text: String) {
        for to in to {
            self.lines.entry((from, to)).or_default().push(text.clone());
        }
    }

    pub(super) fn allowed(&mut self, customer: ParticipantId, to: ParticipantId, act: Act, all: bool) {
        let c = self.consent.entry(customer).or_default();
        c.allowed.insert((to, act));
        if act == Act::Control {
            c.allowed.insert((to, Act::View));
        }
        c.all |= all;
    }

    pub(super) fn shown(&mut self, customer: ParticipantId, to: ParticipantId, shown: bool) {
        let c = self.consent.entry(customer).or_default();
        if shown {
            c.shown.insert(to);
        } else {
            c.shown.remove(&to);
        }
    }

    pub(super) fn lent(&mut self, agent: ParticipantId, to: ParticipantId) {
        self.lent.entry(agent).or_default().insert(to);
    }

    pub(super) fn revoked(&mut self, customer: ParticipantId, act: Option<Act>) {
        let c = self.consent.entry(customer).or_default();
        c.all = false;
        c.allowed.retain(|(_, a)| act.is_some_and(|act| *a != act && (act, *a) != (Act::View, Act::Control)));
    }

    /// Control is asked for anew after a crash.
    pub(super) fn restarted(&mut self, customer: ParticipantId) {
        let c = self.consent.entry(customer).or_default();
        c.allowed.retain(|(_, act)| *act != Act::Control);
    }

    /// After each step.
    pub(super) fn hold(&mut self, w: &mut World) {
        for id in w.there() {
            let v = w.view(id);
            assert!(w.primary(id).len() <= 1, "two are primary for {id:?}");
            let log = w.take_log(id);
            if v.role != Role::Customer {
                self.showing(w, id, &v, &log);
                continue;
            }
            self.grants(w, id, &v);
            logged(w, id, &v);
            self.picture(w, id, &v);
            let prompts = v.prompt.iter().all(|p| w.primary(id) == [p.from] && v.helped == Some(id));
            assert!(prompts, "asked by who may not: {v:?}");
        }
    }

    /// An agent's own desktop goes to the customer who lets it be shown, and to whom the agent lets watch; it is
    /// controlled by whom the agent gave that.
    fn showing(&self, w: &World, id: ParticipantId, v: &View, log: &[Output]) {
        let captured = w.node(id).capture.as_ref().map(|c| c.viewers.clone()).unwrap_or_default();
        let lets = v.role == Role::Primary && v.grants.iter().any(|g| g.act == Act::Show);
        for to in &captured {
            assert!(lets && (v.helped == Some(*to) || v.watchers.contains(to)), "{to:?} sees {id:?}: {v:?}");
        }
        assert_eq!(viewers(id, v), captured, "who sees is shown");
        let given = self.lent.get(&id).is_some_and(|to| !to.is_empty());
        let acted = log.iter().any(|o| matches!(o, Output::Inject(_)));
        assert!(given || !acted, "nobody was given control of {id:?}: {log:?}");
        let controller = v.sharing.as_ref().filter(|s| s.sharer == id).and_then(|s| s.controller);
        let named = |to| self.lent.get(&id).is_some_and(|all| all.contains(&to));
        assert!(controller.is_none_or(named), "{controller:?} was not given control of {id:?}");
    }

    /// No grant without consent, and none that passed to somebody else.
    fn grants(&mut self, w: &World, id: ParticipantId, v: &View) {
        let c = self.consent.entry(id).or_default();
        let led = (w.primary(id), v.helped);
        if c.led.as_ref().is_some_and(|before| *before != led) {
            c.allowed.retain(|(_, act)| *act == Act::Voice);
        }
        c.led = Some(led);
        for g in &v.grants {
            let primary = w.primary(id) == [g.to] && v.helped == Some(id);
            assert!(primary || g.act == Act::Voice, "{g:?} of one who is not primary: {v:?}");
            assert!(c.all || c.allowed.contains(&(g.to, g.act)), "{g:?} without consent");
            if c.all {
                // What was given without a question stays when the leave to do so ends.
                c.allowed.insert((g.to, g.act));
            }
        }
        assert!(c.all || !v.allow_all, "everything is allowed without consent");
    }

    /// The picture goes to the primary agent who may view, and to watchers whom the customer sees named, to other
    /// customers only since it said so.
    fn picture(&mut self, w: &World, id: ParticipantId, v: &View) {
        let c = self.consent.entry(id).or_default();
        if !v.grants.iter().any(|g| g.act == Act::View) {
            c.shown.clear();
        }
        let captured = w.node(id).capture.as_ref().map(|c| c.viewers.clone()).unwrap_or_default();
        let holds = |to: &ParticipantId| v.grants.iter().any(|g| g.to == *to && g.act == Act::View);
        let some_holder = captured.iter().any(holds);
        for to in &captured {
            let role = v.others.iter().find(|o| o.id == *to).map(|o| o.role);
            let may = role == Some(Role::Assistant) || (role == Some(Role::Customer) && c.shown.contains(to));
            let watches = some_holder && may && v.watchers.contains(to);
            assert!(holds(to) || watches, "{to:?} sees without a grant: {v:?}");
        }
        assert_eq!(viewers(id, v), captured, "who sees is shown");
    }

    /// Everything works again.
    pub(super) fn agree(&self, w: &World) {
        let there = w.there();
        let first = w.view(there[0]);
        let primary = w.primary(there[0]);
        assert_eq!(primary.len(), 1, "one primary agent");
        for id in &there {
            let v = w.view(*id);
            assert_eq!(w.primary(*id), primary, "{id:?} sees another primary agent");
            assert_eq!(v.helped, first.helped, "{id:?} sees another one helped");
            let mut all: Vec<_> = v.others.iter().map(|o| o.id).chain([*id]).collect();
            all.sort();
            assert_eq!(all, there, "{id:?} has another roster");
            for o in &v.others {
                assert!(matches!(o.link, LinkView::Secure { .. }));
                assert_eq!(o.role, w.view(o.id).role, "{id:?} is wrong on {:?}", o.id);
            }
            self.chat(w, *id, &v);
        }
        logs_agree(w);
        let [primary] = primary[..] else { return };
        let given = |id: ParticipantId| {
            let all = w.view(id).grants.into_iter().filter(move |g| g.to == primary);
            all.map(|g| g.act).collect::<BTreeSet<_>>()
        };
        if let Some(helped) = first.helped {
            let mine: BTreeSet<_> = w.view(primary).grants.iter().map(|g| g.act).collect();
            assert!(given(helped).is_subset(&mine), "the agent does not know of its grants");
            let seen = |id| w.node(id).capture.as_ref().map(|c| c.viewers.clone()).unwrap_or_default();
            let (theirs, own) = (seen(helped), seen(primary));
            assert!(theirs.is_empty() || own.is_empty(), "two desktops are seen");
            let sharer = if own.is_empty() { helped } else { primary };
            for id in &there {
                let sees = theirs.contains(id) || own.contains(id);
                assert_eq!(w.node(*id).viewer, sees.then_some(sharer), "seen by {id:?}");
            }
            assert!(theirs.is_empty() || theirs.contains(&primary));
            assert!(own.is_empty() || own.contains(&helped));
            assert_eq!(own.is_empty(), !mine.contains(&Act::Show), "what may be shown is shown");
        }
    }

    /// Each line once, in order for each sender.
    fn chat(&self, w: &World, at: ParticipantId, v: &View) {
        for from in w.there().into_iter().filter(|from| *from != at) {
            let got: Vec<_> = v.chat.iter().filter(|l| l.from == from).map(|l| l.text.clone()).collect();
            let said = self.lines.get(&(from, at)).cloned().unwrap_or_default();
            assert_eq!(got, said, "from {from:?} at {at:?}");
        }
    }
}

/// Nothing stands without an entry.
fn logged(w: &World, id: ParticipantId, v: &View) {
    let nothing = Standing::default();
    let said = w.node(id).session.logs().next().map_or(&nothing, Log::standing);
    for g in &v.grants {
        assert!(
            said.grants.iter().any(|(who, act)| (who.id, *act) == (g.to, g.act)),
            "{g:?} is not in the log"
        );
    }
    assert!(!v.allow_all || !said.all.is_empty(), "everything is allowed, and the log does not say so");
    assert_eq!(said.viewers, viewers(id, v), "who sees is in the log");
}

/// Every copy is sound, has all that its customer wrote, and was signed by whoever was primary and is there.
fn logs_agree(w: &World) {
    let read = |file: &Vec<u8>| Log::read(file).expect("a sound log");
    let all: Vec<_> = w.there().into_iter().map(|id| (id, w.node(id))).collect();
    for (id, node) in all.iter().filter(|(id, _)| w.view(*id).role == Role::Customer) {
        let [own] = &node.files.values().map(read).collect::<Vec<_>>()[..] else {
            panic!("one log at {id:?}")
        };
        for (agent, copies) in all.iter().filter(|(id, _)| w.view(*id).role != Role::Customer) {
            let copy = copies.files.get(&own.writer().key).map(read).expect("a copy");
            assert_eq!(copy.against(own), Tail::Whole { more: 0 }, "of {id:?} at {agent:?}");
        }
        for r in own.records() {
            let Some(signer) = own.signer(r.entry.serial).filter(|s| w.there().contains(&s.id)) else {
                continue;
            };
            let by = r.answer.as_ref().filter(|a| a.signature.is_some()).map(|a| a.key);
            assert_eq!(
                by,
                Some(signer.key),
                "{:?} of {id:?} is not signed by {:?}: {:?}",
                r.entry,
                signer.id,
                r.answer
            );
        }
    }
}

/// Who is said to see what this customer shares.
fn viewers(id: ParticipantId, v: &View) -> Vec<ParticipantId> {
    let own = v.sharing.as_ref().filter(|s| s.sharer == id);
    own.map(|s| s.viewers.clone()).unwrap_or_default()
}
