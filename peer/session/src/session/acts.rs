//! The log of acts: the customer writes what changed and sends it; agents check it, sign it and keep it.

use std::collections::{BTreeMap, BTreeSet};

use super::Session;
use crate::{
    ParticipantId, Role,
    acts::{Answer, Cause, Entry, Fault, How, Log, MAX_LOGS, Person, Proof, Standing, WINDOW, What},
    app::Ending,
    command::Act,
    hiding::Scope,
    identity::PublicKey,
    io::Output,
    roles::Word,
    roster::{Cursor, Peer},
    wire::{Message, Outcome, Seen, Why},
};

#[derive(Default)]
pub(super) struct Acts {
    /// By the key of the customer who writes: my own one, or those of all customers.
    logs: BTreeMap<PublicKey, Log>,
    /// Lines that are not in a file yet, in order.
    unsaved: Vec<(PublicKey, String)>,
    /// Customer: what happened in this step beside what follows from the state.
    events: Vec<(Person, What)>,
    /// Customer: why leave ended in this step.
    cause: Option<Cause>,
    /// Agent: what I ever asked of whom.
    pub asked: BTreeSet<(ParticipantId, Act)>,
}

impl Session {
    /// All logs that this side holds.
    pub fn logs(&self) -> impl Iterator<Item = &Log> {
        self.acts.logs.values()
    }

    pub(super) fn restore_logs(&mut self, logs: Vec<Log>) {
        let fits = |l: &Log| {
            let mine = l.writer() == self.myself();
            l.session() == self.number && mine == (self.role == Role::Customer)
        };
        let logs: BTreeMap<_, _> = logs.into_iter().filter(fits).map(|l| (l.writer().key, l)).collect();
        self.acts.logs = logs;
        if self.role == Role::Customer && !self.acts.logs.is_empty() {
            self.write_act(self.myself(), What::Resumed);
            self.acts.cause = Some(Cause::Restarted);
        }
    }

    /// Before all that was said since there were `before` outputs: what is said follows from what is written.
    pub(super) fn flush_acts(&mut self, before: usize) {
        let mut files = BTreeMap::<_, Vec<u8>>::new();
        for (writer, line) in self.acts.unsaved.drain(..) {
            files.entry(writer).or_default().extend(line.into_bytes());
        }
        for (writer, lines) in files {
            self.out.insert(before, Output::Act { writer, lines });
        }
    }

    /// The session is over for me.
    pub(super) fn close_logs(&mut self, ending: Ending) {
        if self.role == Role::Customer {
            if self.acts.logs.values().all(Log::is_empty) {
                return;
            }
            self.write_events();
            self.write_act(self.myself(), What::Over { ending });
            return self.send_acts_to_all();
        }
        let at = self.unix_now();
        for (writer, log) in self.acts.logs.iter_mut().filter(|(_, log)| !log.is_closed()) {
            self.acts.unsaved.extend(log.close(&self.identity, at).map(|line| (*writer, line)));
        }
    }

    // ---- the customer's side ----

    /// Writes what stands now and did not before.
    pub(super) fn settle_acts(&mut self) {
        if self.role != Role::Customer {
            return;
        }
        self.write_events();
        let cause = self.acts.cause.take().unwrap_or(Cause::Other);
        let now = self.standing();
        let nothing = Standing::default();
        let said = self.own_log().map_or(&nothing, Log::standing);
        let joined = |who: Person| {
            let p = self.peers.get(who.id)?;
            let verified = Proof::from(&p.pinned.as_ref()?.verified);
            Some(What::Joined { name: p.name.clone(), role: p.role, verified })
        };
        for (who, what) in said.changes(&now, joined, cause) {
            self.write_act(who, what);
        }
        self.send_acts_to_all();
    }

    fn own_log(&self) -> Option<&Log> {
        self.acts.logs.get(&self.identity.public())
    }

    /// Nothing more may be allowed: it could not be written.
    pub(super) fn log_is_full(&self) -> bool {
        self.own_log().is_some_and(Log::is_full)
    }

    fn standing(&self) -> Standing {
        let proven = |p: &Peer| Some(Person { id: p.id, key: p.person().filter(|_| !p.is_refused())? });
        let people: BTreeSet<_> = self.peers.iter().filter_map(proven).collect();
        let those = |fits: &dyn Fn(&Person) -> bool| people.iter().copied().filter(|p| fits(p)).collect();
        let capture = self.share.capturing.as_ref().filter(|c| !c.viewers.is_empty());
        let controller = self.controller().filter(|_| !self.share.paused);
        Standing {
            me: Some(self.myself()),
            primary: self.lead.primary.filter(|p| people.contains(p)).map(|p| (p, self.lead.serial)),
            helped: self.people.helped,
            asked: self.consent.asks().map(|a| (Person { id: a.from, key: a.person }, a.act)).collect(),
            grants: people
                .iter()
                .flat_map(|p| self.grants.of(p.key).into_iter().map(move |a| (*p, a)))
                .collect(),
            all: those(&|p| self.grants.allows_all(p.key)),
            admitted: those(&|p| self.people.watchers.contains(p)),
            excluded: those(&|p| self.grants.is_excluded(p.key)),
            shown: those(&|p| self.grants.is_shown(p.key)),
            viewers: capture.map(|c| c.viewers.clone()).unwrap_or_default(),
            paused: capture.is_some_and(|c| c.paused),
            program: capture.is_some_and(|c| c.scope != Scope::Desktop),
            controller: people.iter().copied().find(|p| Some(p.id) == controller),
            full: false,
            over: false,
            people,
        }
    }

    pub(super) fn note_asked(&mut self, from: ParticipantId, person: PublicKey, what: What) {
        self.acts.events.push((Person { id: from, key: person }, what));
    }

    pub(super) fn note_outcome(&mut self, ask: &crate::consent::Ask, outcome: Outcome) {
        let what = match outcome {
            Outcome::Refused => What::Refused { act: ask.act },
            Outcome::NoAnswer => What::NoAnswer { act: ask.act },
            // Nobody was asked, or the grant says it.
            Outcome::Allowed | Outcome::TooMany | Outcome::NotPermitted => return,
        };
        self.note_asked(ask.from, ask.person, what);
    }

    pub(super) fn note_all_allowed(&mut self, person: PublicKey) {
        let holder = self.peers.iter().find(|p| p.person() == Some(person)).map(|p| p.id);
        if let Some(id) = holder.filter(|_| !self.grants.allows_all(person)) {
            self.note_asked(id, person, What::AllAllowed { how: How::Answered });
        }
    }

    pub(super) fn note_cause(&mut self, cause: Cause) {
        self.acts.cause = Some(cause);
    }

    fn write_events(&mut self) {
        for (who, what) in std::mem::take(&mut self.acts.events) {
            self.write_act(who, what);
        }
    }

    fn write_act(&mut self, who: Person, what: What) {
        let (at, me) = (self.unix_now(), self.myself());
        let log = self.acts.logs.entry(me.key).or_insert_with(|| Log::new(self.number, me));
        let mut lines = Vec::new();
        if log.is_empty() {
            let organisation = crate::roster::clean_name(&self.organisation);
            let began = What::Began { session: self.number, organisation, name: self.name.clone() };
            lines.extend(log.write(&self.identity, at, me, began));
        }
        if log.is_full() && !log.standing().full {
            lines.extend(log.write(&self.identity, at, me, What::Full));
        }
        lines.extend(log.write(&self.identity, at, who, what));
        self.acts.unsaved.extend(lines.into_iter().map(|line| (me.key, line)));
    }

    /// An agent has that many entries: it gets the others, and those on which it owes its word.
    pub(super) fn on_acts(&mut self, id: ParticipantId, have: u32) {
        let Some(key) = self.peers.get(id).and_then(Peer::person) else { return };
        let from = self.own_log().map_or(0, |log| {
            let lacks = |serial: &u32| {
                let open = log.record(*serial).is_some_and(|r| r.answer.is_none());
                open && log.signer(*serial).is_some_and(|p| p.key == key)
            };
            let first = (1..=log.len()).find(lacks).map_or(u32::MAX, |serial| serial - 1);
            have.min(first).min(log.len())
        });
        if let Some(p) = self.peers.get_mut(id) {
            p.told.acts = Some(Cursor { acknowledged: from, sent: from });
        }
        self.send_acts(id);
    }

    fn send_acts_to_all(&mut self) {
        for id in self.peers.ids() {
            self.send_acts(id);
        }
    }

    /// Sends what the window has room for.
    fn send_acts(&mut self, id: ParticipantId) {
        let Some(log) = self.acts.logs.get(&self.identity.public()) else { return };
        let Some(p) = self.peers.get_mut(id).filter(|p| p.is_up() && p.role != Role::Customer) else {
            return;
        };
        let Some(cursor) = &mut p.told.acts else { return };
        while cursor.sent.saturating_sub(cursor.acknowledged) < WINDOW
            && let Some(r) = log.record(cursor.sent + 1)
        {
            cursor.sent += 1;
            self.out.say(id, &Message::Act { text: r.text.clone(), signature: r.signature.clone() });
        }
    }

    pub(super) fn on_act_ack(&mut self, id: ParticipantId, serial: u32, seen: Option<Seen>) {
        let mine = self.identity.public();
        let Some(p) = self.peers.get_mut(id) else { return };
        let (Some(key), Some(cursor)) = (p.person(), &mut p.told.acts) else { return };
        if serial > cursor.sent {
            return;
        }
        cursor.acknowledged = cursor.acknowledged.max(serial);
        if let (Some(seen), Some(log)) = (seen, self.acts.logs.get_mut(&mine))
            && log.signer(serial) == Some(Person { id, key })
            && let Ok(line) = log.answer(serial, Answer { key, at: seen.at, signature: seen.signature })
        {
            self.acts.unsaved.push((mine, line));
        }
        self.send_acts(id);
    }

    // ---- the agent's side ----

    pub(super) fn note_i_asked(&mut self, id: ParticipantId, act: Act) {
        self.acts.asked.insert((id, act));
    }

    /// On a new connection to a customer: how much of its log I have.
    pub(super) fn say_acts(&mut self, id: ParticipantId) {
        let Some(p) = self.peers.get(id).filter(|p| p.role == Role::Customer) else { return };
        if self.role != Role::Customer {
            let log = p.person().and_then(|k| self.acts.logs.get(&k));
            self.out.say(id, &Message::Acts { have: log.map_or(0, Log::len) });
        }
    }

    pub(super) fn on_act(&mut self, id: ParticipantId, text: &str, signature: &str) {
        let Some(key) = self.peers.get(id).and_then(Peer::person) else { return };
        if !self.acts.logs.contains_key(&key) && self.acts.logs.len() >= MAX_LOGS {
            return;
        }
        let writer = Person { id, key };
        let log = self.acts.logs.entry(key).or_insert_with(|| Log::new(self.number, writer));
        let serial = match log.take(text, signature) {
            Ok(line) => {
                self.acts.unsaved.push((key, line));
                log.len()
            }
            // Sent again because the answer was lost with the connection.
            Err(Fault::Order { found, .. }) if log.record(found).is_some_and(|r| r.text == text) => found,
            Err(_) => return,
        };
        let first = self.acts.logs.get(&key).map_or(serial, |log| log.waits_since(serial));
        for serial in first..=serial {
            let seen = self.see(key, serial);
            self.out.say(id, &Message::ActAck { serial, seen });
        }
    }

    /// My word on an entry, if it is mine to give.
    fn see(&mut self, writer: PublicKey, serial: u32) -> Option<Seen> {
        let (me, at) = (self.myself(), self.unix_now());
        let log = self.acts.logs.get(&writer)?;
        let record = log.record(serial)?;
        let said = match &record.answer {
            Some(a) => a.clone(),
            None => {
                let mine = log.signer(serial) == Some(me);
                let disputed = self.disputes(log.writer(), &record.entry);
                let a = log.sign(&self.identity, serial, at, disputed).filter(|_| mine)?;
                let line = self.acts.logs.get_mut(&writer)?.answer(serial, a.clone()).ok()?;
                self.acts.unsaved.push((writer, line));
                a
            }
        };
        Some(Seen { at: said.at, signature: said.signature })
    }

    /// Whether I know that it is not so.
    fn disputes(&self, writer: Person, entry: &Entry) -> bool {
        let asked = |act| {
            let asked = |a| self.acts.asked.contains(&(writer.id, a));
            asked(act) || (act == Act::View && asked(Act::Control))
        };
        let mine = entry.who == self.myself();
        match &entry.what {
            What::Asked { act } | What::Allowed { act, .. } if mine => !asked(*act),
            What::Control { on: true } if mine => !asked(Act::Control),
            What::Joined { verified, .. } if mine => {
                let pinned = self.peers.get(writer.id).and_then(|p| p.pinned.as_ref());
                let proof = pinned.map(|p| Proof::from(&p.verified));
                proof.is_some_and(|p| p != *verified)
            }
            What::Primary { words } => {
                let mut known = self.lead.after(0).filter_map(|w| Word::read(w, self.number));
                known.any(|w| {
                    (w.serial == *words && w.to != entry.who)
                        || (w.serial == words.wrapping_add(1) && w.from != entry.who)
                })
            }
            _ => false,
        }
    }
}

impl From<Why> for Cause {
    fn from(why: Why) -> Self {
        match why {
            Why::Revoked => Self::Revoked,
            Why::TakenBack => Self::TakenBack,
            Why::Stopped => Self::Stopped,
            Why::GivenBack => Self::GivenBack,
            Why::Replaced => Self::Replaced,
        }
    }
}
