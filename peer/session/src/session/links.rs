//! Connections: made, proven, lost, made again.

use std::time::Duration;

use deskside_protocol::api::Entry;

use super::Session;
use crate::{
    ParticipantId, Role,
    app::Ending,
    io::{Binding, Output},
    roster::{
        Change, DROP_AFTER, Due, MAX_UNFINISHED, PROVE_WITHIN, Phase, Pinned, Told, binding_fits, offers,
    },
    trust::{self, Facts, Handshake, Party, Pin, Step},
    view::{Notice, Refusal, Route, Verified},
};

impl Session {
    pub(super) fn on_roster(&mut self, roster: Vec<Entry>) {
        for id in self.peers.missing(&roster) {
            match self.peers.get_mut(id).filter(|p| p.is_up()) {
                // Who is connected says itself when it leaves: a roster may be old, or false.
                Some(p) => (p.unlisted, p.online) = (true, false),
                None => self.remove(id),
            }
        }
        for entry in roster {
            let id = entry.id;
            if id == self.me {
                self.announced = entry.role;
            } else if self.peers.update(entry) == Change::OtherKey {
                self.refuse(id, Refusal::Key, true);
            }
        }
        self.find_primary();
        self.connect_all();
    }

    /// The participant left for good.
    pub(super) fn remove(&mut self, id: ParticipantId) {
        self.lose_files(id);
        let Some(peer) = self.peers.remove(id) else { return };
        self.forget(id, peer.person());
        self.chat.left(id);
        if !matches!(peer.phase, Phase::Idle | Phase::Waiting { .. } | Phase::Refused { .. }) {
            self.out.push(Output::Disconnect { peer: id });
        }
        if peer.pinned.is_some() {
            self.notices.add(Notice::Left { name: peer.name });
        }
    }

    /// Takes all grants and questions of somebody who is no longer there.
    fn forget(&mut self, id: ParticipantId, person: Option<crate::identity::PublicKey>) {
        self.consent.withdraw(self.now, |a| a.from == id);
        self.lose_files(id);
        if let Some(person) = person
            && !self.peers.iter().any(|p| p.id != id && p.person() == Some(person))
        {
            self.grants.forget(person);
        }
    }

    pub(super) fn connect_all(&mut self) {
        if !self.server_up || self.over {
            return;
        }
        for p in self.peers.iter_mut().filter(|p| p.wants_connection()) {
            let due = match p.phase {
                Phase::Waiting { until } => until <= self.now,
                _ => true,
            };
            if due {
                p.connecting(self.now);
                self.out.push(Output::Connect { peer: p.id, offer: offers(self.me, p.id) });
            }
        }
    }

    pub(super) fn on_network_changed(&mut self) {
        for p in self.peers.iter_mut() {
            p.try_now(self.now);
        }
        self.connect_all();
    }

    pub(super) fn on_link_due(&mut self, id: ParticipantId, due: Due) {
        match due {
            Due::Retry => return self.connect_all(),
            Due::Drop => {
                if let Some(Phase::Refused { drop, .. }) = self.peers.get_mut(id).map(|p| &mut p.phase) {
                    *drop = None;
                }
                return self.out.push(Output::Disconnect { peer: id });
            }
            Due::Connect | Due::Prove => {}
        }
        self.out.push(Output::Disconnect { peer: id });
        self.link_ended(id);
    }

    pub(super) fn on_link_open(&mut self, id: ParticipantId, binding: Binding) {
        let Some(p) = self.peers.get(id) else {
            return self.out.push(Output::Disconnect { peer: id });
        };
        match p.phase {
            Phase::Refused { .. } => return self.out.push(Output::Disconnect { peer: id }),
            // A new connection took the place of one whose end was not seen.
            Phase::Proving { .. } | Phase::Up { .. } => self.link_ended(id),
            _ => {}
        }
        let Some(p) = self.peers.get_mut(id).filter(|p| !p.is_refused()) else { return };
        let Some(key) = p.person().or(p.vouched).or(p.key) else {
            return self.refuse(id, Refusal::Key, true);
        };
        if !binding_fits(self.me, id, &binding) {
            return self.refuse(id, Refusal::Garbage, true);
        }
        let by_link = p.pinned.as_ref().is_some_and(|p| p.verified == Verified::Link);
        // Who became primary later proves the word that says so.
        let first = p.pinned.is_none() && p.vouched.is_none();
        let joined_by_link =
            first && self.role != Role::Primary && p.role == Role::Primary && self.secret.is_some();
        let facts = Facts {
            session: self.number,
            me: Party { id: self.me, role: self.role, key: self.identity.public() },
            words: self.lead.serial,
            peer: Party { id, role: p.announced, key },
            binding,
            secret: self.secret.clone(),
            secret_required: joined_by_link || by_link,
            seen: p.pinned.as_ref().map(|p| p.pin),
        };
        let (handshake, first) = Handshake::new(facts, self.nonces.next());
        if let Some(first) = first {
            self.out.push(Output::SendControl { peer: id, bytes: first.encode() });
        }
        let deadline = self.now + PROVE_WITHIN;
        let proving = Phase::Proving { handshake: Box::new(handshake), deadline };
        let early = match std::mem::replace(&mut p.phase, proving) {
            Phase::Connecting { early, .. } => early,
            _ => Vec::new(),
        };
        for bytes in early {
            self.on_control(id, bytes);
        }
    }

    pub(super) fn on_link_state(&mut self, id: ParticipantId, up: bool, route: Route) {
        let Some(p) = self.peers.get_mut(id) else { return };
        p.route = route;
        if let Phase::Up { path } = &mut p.phase
            && *path != up
        {
            *path = up;
            let name = p.name.clone();
            self.notices.add(if up { Notice::Back { name } } else { Notice::Lost { name } });
        }
    }

    pub(super) fn on_link_closed(&mut self, id: ParticipantId) {
        let live = |p: &crate::roster::Peer| {
            matches!(p.phase, Phase::Connecting { .. } | Phase::Proving { .. } | Phase::Up { .. })
        };
        if self.peers.get(id).is_some_and(live) {
            self.link_ended(id);
        }
    }

    /// The connection is gone; identity, grants and chat stay.
    fn link_ended(&mut self, id: ParticipantId) {
        let Some(p) = self.peers.get_mut(id) else { return };
        if p.is_reached() {
            self.notices.add(Notice::Lost { name: p.name.clone() });
        }
        p.disconnected(self.now);
        p.route = Route::Unknown;
        p.clipboard_in.forget();
        p.clipboard_out.forget();
        self.lose_files(id);
        let Some(p) = self.peers.get_mut(id) else { return };
        // They are told anew.
        p.viewing.marks.clear();
        p.told = Told::default();
        p.lead = None;
        // The other program may be a new one that counts from 1 again.
        (p.pointer, p.pointer_at) = (0, (0, 0));
        if p.unlisted {
            return self.remove(id);
        }
        if p.unfinished >= MAX_UNFINISHED {
            self.refuse(id, Refusal::Garbage, false);
        }
    }

    pub(super) fn on_handshake(&mut self, id: ParticipantId, bytes: &[u8]) {
        let Some(p) = self.peers.get_mut(id) else { return };
        let Phase::Proving { handshake, .. } = &mut p.phase else { return };
        match handshake.handle(&self.identity, bytes) {
            Step::Send(m) => self.out.push(Output::SendControl { peer: id, bytes: m.encode() }),
            Step::Refuse { reason, tell } => self.refuse(id, reason, tell),
            Step::Done { verified, claim, last, pin, same } => {
                if let Some(m) = last {
                    self.out.push(Output::SendControl { peer: id, bytes: m.encode() });
                }
                p.claim = Some(claim);
                p.words = claim.words;
                self.proven(id, verified, pin, same);
            }
        }
    }

    fn proven(&mut self, id: ParticipantId, verified: Verified, pin: Pin, same: bool) {
        let Some(p) = self.peers.get_mut(id) else { return };
        p.phase = Phase::Up { path: true };
        (p.tries, p.unfinished) = (0, 0);
        p.mailbox.restart();
        let name = p.name.clone();
        match (&mut p.pinned, p.vouched.or(p.key)) {
            // The same key again. People may have compared the code that is shown: it stays, unless
            // the connection broke when only one side had it.
            (Some(pinned), _) => {
                if !same {
                    (pinned.verified, pinned.pin) = (verified, pin);
                }
                self.notices.add(Notice::Back { name });
            }
            (None, Some(key)) => {
                p.pinned = Some(Pinned { key, verified, pin });
                self.tell_first(Notice::Joined { name });
            }
            (None, None) => {}
        }
        self.find_primary();
        self.tell_server_again();
        self.say_again(id);
    }

    /// Drops the connection for good and says why.
    pub(super) fn refuse(&mut self, id: ParticipantId, reason: Refusal, tell: bool) {
        let Some(p) = self.peers.get_mut(id) else { return };
        if p.is_refused() {
            return;
        }
        let open = matches!(p.phase, Phase::Proving { .. } | Phase::Up { .. } | Phase::Connecting { .. });
        let (person, primary, name) = (p.person(), p.role == Role::Primary, p.name.clone());
        p.phase = Phase::Refused { reason, drop: open.then(|| self.now + DROP_AFTER) };
        p.told = Told::default();
        self.forget(id, person);
        if tell && open {
            self.out.push(Output::SendControl { peer: id, bytes: trust::refused(reason) });
        }
        self.out.push(Output::Refused { peer: id, reason });
        if self.role != Role::Customer {
            // It soon leaves the list: the reason must stay to be read.
            self.notices.add(Notice::TurnedAway { name, reason });
        }
        if self.role == Role::Customer && primary && !self.primary_reached() {
            // Who is told must hear why before the server says that the customer left.
            let wait = if tell && open { DROP_AFTER } else { Duration::ZERO };
            self.distrust = Some(self.now + wait);
        }
    }

    /// A customer does not stay when the primary agent was refused and no other one was reached since.
    pub(super) fn on_distrust(&mut self) {
        self.distrust = None;
        if !self.primary_reached() {
            self.finish(Ending::NotTrusted, Some(Output::TellServerLeave));
        }
    }
}
