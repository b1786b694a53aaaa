//! Showing: the primary agent's own desktop, for the customer who is helped and for those who watch. That customer's
//! grant lets it be shown; who may control it is the agent's own decision.

use super::Session;
use crate::{
    ParticipantId, Role,
    command::Act,
    grants::Permit,
    identity::PublicKey,
    roles::Person,
    roster::Peer,
    view::Notice,
    wire::{Message, Shared},
};

impl Session {
    /// Primary agent: the customer who lets me show my desktop.
    pub(super) fn shown_to(&self) -> Option<Person> {
        let id = self.people.helped.filter(|_| self.role == Role::Primary)?;
        let key = self.peers.get(id)?.person()?;
        self.grants.has(key, Act::Show).then_some(Person { id, key })
    }

    /// Primary agent: I asked whether I may show it, and nobody said no so far.
    pub(super) fn asks_to_show(&self) -> bool {
        let helped = self.people.helped.filter(|_| self.role == Role::Primary);
        helped.and_then(|id| self.peers.get(id)).is_some_and(|p| p.viewing.wanted.contains(&Act::Show))
    }

    /// Who sees it now, by whose leave: that customer, and with it those whom I let watch.
    pub(super) fn audience(&self) -> Vec<(ParticipantId, PublicKey)> {
        let Some(to) = self.shown_to().filter(|to| self.peers.get(to.id).is_some_and(Peer::is_reached))
        else {
            return Vec::new();
        };
        let watches = |p: &&Peer| {
            let who = |k| Person { id: p.id, key: k };
            p.is_reached() && p.person().is_some_and(|k| self.people.watchers.contains(&who(k)))
        };
        let others = self.peers.iter().filter(watches).map(|p| p.id).filter(|id| *id != to.id);
        std::iter::once(to.id).chain(others).map(|id| (id, to.key)).collect()
    }

    /// Sharer: leave for somebody to see.
    pub(super) fn permit_viewer(&self, id: ParticipantId, by: PublicKey) -> Option<Permit> {
        if self.role != Role::Customer {
            return self.grants.permit_shown(by);
        }
        let p = self.peers.get(id)?;
        self.grants.permit(p.person()?, Act::View).or_else(|| self.permit_watcher(by, p))
    }

    /// Sharer: leave for somebody to control.
    pub(super) fn permit_controller(&self, person: PublicKey) -> Option<Permit> {
        match self.role {
            Role::Customer => self.grants.permit(person, Act::Control),
            Role::Primary | Role::Assistant => self.grants.permit_lent(person),
        }
    }

    /// Control of what is not shown ends.
    pub(super) fn settle_lent(&mut self) {
        if self.shown_to().is_none() {
            self.grants.lend(None);
        }
    }

    pub(super) fn give_control(&mut self, to: ParticipantId) {
        let customer = self.peers.get(to).filter(|p| p.role == Role::Customer).and_then(Peer::person);
        let sees = self.audience().iter().any(|(id, _)| *id == to);
        if customer.is_some() && sees {
            self.grants.lend(customer);
        }
    }

    /// A customer gives control of my desktop back.
    pub(super) fn on_control_back(&mut self, id: ParticipantId) {
        let person = self.peers.get(id).and_then(Peer::person);
        if person.is_some() && self.grants.lent() == person {
            self.grants.lend(None);
        }
    }

    // ---- the customer's side ----

    /// Whether I see what this agent shows: as the one who lets it, or as one who watches along.
    pub(super) fn is_shown_by(&self, p: &Peer, s: &Shared) -> bool {
        let sees = p.role == Role::Primary && s.viewers.contains(&self.me);
        sees && match self.role {
            Role::Customer if self.people.helped == Some(self.me) => {
                p.person().is_some_and(|k| self.grants.has(k, Act::Show))
            }
            Role::Customer => self.people.watchers.contains(&self.myself()),
            Role::Assistant => true,
            Role::Primary => false,
        }
    }

    /// Gives control of the agent's desktop back; here it ends at once.
    pub(super) fn release_lent(&mut self) {
        let Some(id) = self.lent_by() else { return };
        if let Some(s) = self.peers.get_mut(id).and_then(|p| p.viewing.sharing.as_mut()) {
            s.controller = None;
        }
        self.out.say(id, &Message::GiveBack { acts: vec![Act::Control] });
    }

    /// The agent whose desktop I may control.
    pub(super) fn lent_by(&self) -> Option<ParticipantId> {
        let p = self.viewer.and_then(|id| self.peers.get(id)).filter(|p| p.is_up())?;
        let mine = |s: &Shared| s.controller == Some(self.me);
        (p.role == Role::Primary && p.viewing.sharing.as_ref().is_some_and(mine)).then_some(p.id)
    }

    /// What an agent says of its own desktop: who may control it now, if that is about me.
    pub(super) fn note_lent(&mut self, id: ParticipantId, before: Option<&Shared>, after: Option<&Shared>) {
        let mine = |s: Option<&Shared>| s.is_some_and(|s| s.controller == Some(self.me));
        if self.role != Role::Customer || self.peers.get(id).is_none_or(|p| p.role != Role::Primary) {
            return;
        }
        match (mine(before), mine(after)) {
            (false, true) => self.notices.add(Notice::MayControl { name: self.name_of(id) }),
            (true, false) if after.is_some() => {
                self.notices.add(Notice::MayNotControl { name: self.name_of(id) });
            }
            _ => {}
        }
    }
}
