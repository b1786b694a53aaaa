//! Who is helped, and who watches: the primary agent says it to all.

use super::Session;
use crate::{
    ParticipantId, Role,
    acts::Cause,
    grants::Permit,
    identity::PublicKey,
    io::Output,
    roles::Person,
    roster::Peer,
    view::{Notice, Verified},
    wire::{Lead, MAX_VIEWERS, Message, Outcome, Watcher},
};

/// What the primary agent decides; the others keep what they were told last.
#[derive(Default)]
pub(super) struct People {
    /// The customer who is helped.
    pub helped: Option<ParticipantId>,
    /// Who sees what the primary agent sees: assistants, and other customers if the one who is helped lets them.
    pub watchers: Vec<Person>,
    /// What is said to all is saved, as the primary agent said last.
    pub keeps_chat: bool,
    /// Primary agent: the customer who was selected.
    pub chosen: Option<ParticipantId>,
    /// Primary agent: watchers who were let in, or kept out, by hand.
    pub admitted: std::collections::BTreeMap<PublicKey, bool>,
}

impl People {
    /// The role came to me: what was decided before stays.
    pub(super) fn take_over(&mut self) {
        self.chosen = self.helped;
        self.admitted = self.watchers.iter().map(|w| (w.key, true)).collect();
    }
}

impl Session {
    pub(super) fn select_customer(&mut self, id: ParticipantId) {
        if self.peers.get(id).is_some_and(|p| p.role == Role::Customer && !p.is_refused()) {
            self.people.chosen = Some(id);
        }
    }

    pub(super) fn admit(&mut self, id: ParticipantId, admitted: bool) {
        if let Some(key) = self.peers.get(id).and_then(Peer::person) {
            self.people.admitted.insert(key, admitted);
        }
    }

    /// Primary agent: decides, and tells everybody to whom that is new. Before anything that follows from it.
    pub(super) fn settle_people(&mut self) {
        if self.role != Role::Primary {
            return self.follow();
        }
        self.people.keeps_chat = self.keeps_chat;
        let there = |p: &&Peer| p.role == Role::Customer && !p.is_refused();
        let chosen = self.people.chosen.and_then(|id| self.peers.get(id)).filter(there);
        let helped = chosen.or_else(|| self.peers.iter().find(there)).map(|p| p.id);
        // One place among the viewers is the primary agent's own.
        let others = self.peers.iter().filter(|p| Some(p.id) != helped);
        let watchers = others.filter_map(|p| self.watcher(p)).take(MAX_VIEWERS - 1).collect();
        self.set_people(helped, watchers);
        for id in self.peers.ids() {
            self.tell_people(id);
        }
    }

    /// Somebody watches who proved the link's secret, which no server knows, who was primary, or of whom
    /// the primary agent says so: whom a server invents sees nothing.
    fn watcher(&self, p: &Peer) -> Option<Person> {
        let key = p.person().filter(|_| p.role != Role::Primary && !p.is_refused())?;
        let by_link = p.pinned.as_ref().is_some_and(|pinned| pinned.verified == Verified::Link);
        let known = by_link || self.lead.was_primary(key);
        let may = self.people.admitted.get(&key).copied().unwrap_or(known);
        may.then_some(Person { id: p.id, key })
    }

    pub(super) fn tell_people(&mut self, id: ParticipantId) {
        if self.role != Role::Primary {
            return;
        }
        let watchers = self.people.watchers.iter().map(|w| Watcher { id: w.id, key: w.key.to_text() });
        let (helped, keeps_chat) = (self.people.helped, self.people.keeps_chat);
        let lead = Lead { helped, watchers: watchers.collect(), keeps_chat };
        let Some(p) = self.peers.get_mut(id).filter(|p| p.is_up()) else { return };
        if p.told.lead.as_ref() != Some(&lead) {
            self.out.say(id, &Message::Lead(lead.clone()));
            p.told.lead = Some(lead);
        }
    }

    /// The primary agent's word on who is helped and who watches; it may come before I know that its sender is
    /// primary.
    fn follow(&mut self) {
        let primary = self.lead.primary.and_then(|p| self.peers.get(p.id));
        let Some(lead) = primary.and_then(|p| p.lead.clone()) else { return };
        self.people.keeps_chat = lead.keeps_chat;
        let person = |w: Watcher| Some(Person { id: w.id, key: PublicKey::from_text(&w.key)? });
        self.set_people(lead.helped, lead.watchers.into_iter().filter_map(person).collect());
    }

    /// What is said while nobody was told that it is saved is not saved later either.
    pub(super) fn settle_chat(&mut self) {
        if !self.people.keeps_chat {
            self.saved_after = self.chat.last();
        }
    }

    fn set_people(&mut self, helped: Option<ParticipantId>, watchers: Vec<Person>) {
        if self.people.watchers != watchers {
            self.grants.set_watchers(watchers.iter().map(|w| w.key));
            self.people.watchers = watchers;
        }
        let before = std::mem::replace(&mut self.people.helped, helped);
        if before == helped {
            return;
        }
        if self.role == Role::Customer && helped != Some(self.me) {
            self.end_help();
        }
        if let Some(p) = before.filter(|_| self.role != Role::Customer).and_then(|id| self.peers.get_mut(id))
        {
            p.viewing.end();
            let person = p.person();
            person.into_iter().for_each(|k| self.grants.end(k));
        }
        if let (Some(_), Some(id)) = (before, helped) {
            self.notices.add(Notice::NowHelped { name: self.name_of(id) });
        }
    }

    /// Customer: another one is helped now. All that is under way here ends, but for a call.
    fn end_help(&mut self) {
        for ask in self.consent.drain(self.now, |_| true) {
            self.answer(&ask, Outcome::NotPermitted);
        }
        for person in self.peers.iter().filter_map(Peer::person).collect::<Vec<_>>() {
            self.grants.end(person);
        }
        self.note_cause(Cause::OtherHelped);
    }

    /// Customer: keeps somebody from watching, or no longer. Other customers watch only once this was said.
    pub(super) fn exclude(&mut self, id: ParticipantId, excluded: bool) {
        let Some(p) = self.peers.get(id) else { return };
        let Some(key) = p.person() else { return };
        if p.role != Role::Customer {
            self.grants.exclude(key, excluded);
        } else if self.is_sharing() && (excluded || !self.log_is_full()) {
            self.grants.show(key, !excluded);
        }
    }

    /// Sharer: who sees what is shared, by whose grant. A customer's: the primary agent, and with it who watches.
    pub(super) fn viewers(&self) -> Vec<(ParticipantId, PublicKey)> {
        if self.role != Role::Customer {
            return self.audience();
        }
        let holder = |p: &Peer| p.person().filter(|k| self.grants.has(*k, crate::command::Act::View));
        let mut all: Vec<_> =
            self.peers.iter().filter(|p| p.is_reached()).filter_map(|p| Some((p.id, holder(p)?))).collect();
        let Some((_, with)) = all.first().copied() else { return all };
        let watches = |p: &&Peer| p.is_reached() && self.permit_watcher(with, p).is_some();
        all.extend(self.peers.iter().filter(watches).map(|p| (p.id, with)));
        all
    }

    /// Customer: leave for somebody to see along with the primary agent.
    pub(super) fn permit_watcher(&self, with: PublicKey, p: &Peer) -> Option<Permit> {
        let key = p.person().filter(|_| p.role != Role::Primary)?;
        self.grants.permit_watcher(with, key, p.role == Role::Customer)
    }

    /// Says something to the person before what comes out next happens.
    pub(super) fn tell_first(&mut self, notice: Notice) {
        self.out.push(Output::Tell(notice.clone()));
        self.notices.add(notice);
    }
}
