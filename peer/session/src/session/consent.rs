//! The customer's side: what was asked, answered, taken back.

use super::Session;
use crate::{
    ParticipantId, Role,
    acts::{How, What},
    command::{Act, RequestId},
    consent::{Ask, Case, Verdict, judge},
    identity::PublicKey,
    view::Notice,
    wire::{Message, Outcome, Why},
};

impl Session {
    pub(super) fn on_ask(&mut self, id: ParticipantId, request: RequestId, act: Act) {
        let Some(p) = self.peers.get(id) else { return };
        let Some(person) = p.person() else { return };
        if let Some(outcome) = p.answered(request) {
            // Asked again because the answer was lost with the connection.
            return self.out.say(id, &Message::Answered { request, outcome });
        }
        // Files come with their names, by [`Message::OfferFiles`].
        let unnamed = act == Act::SendFiles && !p.files.asks_for(request);
        let ask = Ask { from: id, person, request, act };
        let case = Case {
            primary: p.role == Role::Primary && self.people.helped == Some(self.me) && !unnamed,
            // Leave for some files is none for others.
            granted: self.grants.has(person, act) && act != Act::SendFiles,
            allow_all: self.grants.allows_all(person),
            ..self.consent.case(self.now, &ask)
        };
        match judge(case) {
            Verdict::Answer(outcome) => self.answer(&ask, outcome),
            Verdict::Grant | Verdict::Show | Verdict::Wait if self.log_is_full() => {
                self.answer(&ask, Outcome::TooMany);
            }
            Verdict::Grant => self.grant(&ask, How::General),
            Verdict::Show => self.consent.show(self.now, ask),
            Verdict::Wait => self.consent.wait(ask),
            Verdict::Ignore => {}
        }
    }

    pub(super) fn answer(&mut self, ask: &Ask, outcome: Outcome) {
        let Some(p) = self.peers.get_mut(ask.from) else { return };
        p.note_answer(ask.request, outcome);
        if p.is_up() {
            self.out.say(ask.from, &Message::Answered { request: ask.request, outcome });
        }
        self.note_outcome(ask, outcome);
    }

    fn grant(&mut self, ask: &Ask, how: How) {
        let replaced = self.grants.give(ask.person, ask.act);
        for person in replaced {
            self.note_why(person, Why::Replaced);
        }
        self.note_asked(ask.from, ask.person, What::Allowed { act: ask.act, how });
        self.answer(ask, Outcome::Allowed);
    }

    pub(super) fn on_answer(&mut self, prompt: RequestId, allow: bool, all: bool) {
        if self.consent.open.as_ref().is_none_or(|o| o.prompt != prompt) {
            return;
        }
        let Some(ask) = self.consent.close(self.now) else { return };
        if !allow {
            self.consent.note_refusal(self.now, &ask);
            return self.answer(&ask, Outcome::Refused);
        }
        self.grant(&ask, How::Answered);
        if all {
            self.allow_all(ask.person);
        }
        // Whoever may control may see: a waiting question for that is answered too.
        for other in self.consent.drain(self.now, |a| a.person == ask.person) {
            if self.grants.has(other.person, other.act) {
                self.answer(&other, Outcome::Allowed);
            } else if self.consent.open.is_none() {
                self.consent.show(self.now, other);
            } else {
                self.consent.wait(other);
            }
        }
    }

    pub(super) fn on_no_answer(&mut self) {
        let Some(ask) = self.consent.close(self.now) else { return };
        self.consent.note_refusal(self.now, &ask);
        self.answer(&ask, Outcome::NoAnswer);
        self.notices.add(Notice::NoAnswer { act: ask.act });
    }

    /// From now on this person is not asked about; what waits is allowed.
    fn allow_all(&mut self, person: PublicKey) {
        self.note_all_allowed(person);
        self.grants.allow_all(person);
        for ask in self.consent.drain(self.now, |a| a.person == person) {
            self.grant(&ask, How::General);
        }
    }

    /// For the primary agent as proven now; an agent who comes later is asked about.
    pub(super) fn on_allow_all(&mut self) {
        let persons: Vec<_> = self
            .peers
            .iter()
            .filter(|p| p.role == Role::Primary && !p.is_refused())
            .filter_map(|p| p.person())
            .collect();
        for person in persons {
            self.allow_all(person);
        }
    }

    /// What was taken by hand is asked for again, whatever was allowed in general.
    pub(super) fn on_revoke(&mut self, act: Option<Act>) {
        self.grants.ask_again();
        let persons = match act {
            Some(act) => self.grants.take_from_all(act),
            None => self.grants.clear(),
        };
        for person in persons {
            self.note_why(person, Why::Revoked);
        }
    }

    /// Ends control; the picture stays.
    pub(super) fn take_back(&mut self) {
        if self.role != Role::Customer {
            if self.grants.lend(None) {
                self.notices.add(Notice::OwnControl);
            }
            return;
        }
        let persons = self.grants.take_from_all(Act::Control);
        if persons.is_empty() {
            return;
        }
        for person in persons {
            self.note_why(person, Why::TakenBack);
        }
        self.notices.add(Notice::TakenBack);
    }

    pub(super) fn on_own_input(&mut self) {
        let counts = self.consent.own_input(self.now);
        if counts && self.share.injecting.is_some() {
            self.take_back();
        }
    }

    /// The sharer ends everything that touches this computer. `refuse`: a customer's open questions too.
    pub(super) fn stop_all(&mut self, refuse: bool) {
        if self.role != Role::Customer {
            return self.give_back(&[Act::Show]);
        }
        if refuse {
            for ask in self.consent.drain(self.now, |_| true) {
                self.consent.note_refusal(self.now, &ask);
                self.answer(&ask, Outcome::Refused);
            }
        }
        let persons = self.grants.clear();
        if !persons.is_empty() {
            self.notices.add(Notice::SharingStopped);
        }
        for person in persons {
            self.note_why(person, Why::Stopped);
        }
    }

    pub(super) fn on_given_back(&mut self, id: ParticipantId, acts: &[Act]) {
        if self.role != Role::Customer {
            return if acts.contains(&Act::Control) {
                self.on_control_back(id)
            };
        }
        let Some(person) = self.peers.get(id).and_then(|p| p.person()) else { return };
        let viewed = self.grants.has(person, Act::View);
        let mut any = false;
        for act in acts {
            any |= self.grants.take(person, *act);
        }
        if any {
            self.note_why(person, Why::GivenBack);
        }
        if viewed && !self.grants.has(person, Act::View) {
            self.notices.add(Notice::SharingStopped);
        }
    }

    fn note_why(&mut self, person: PublicKey, why: Why) {
        self.note_cause(why.into());
        for p in self.peers.iter_mut().filter(|p| p.person() == Some(person)) {
            p.why = Some(why);
        }
    }
}
