//! Who is primary, and what follows when the role passes.

use deskside_protocol::HandOver;

use super::Session;
use crate::{
    ParticipantId, Role,
    acts::Cause,
    app::Ending,
    identity::LinkSecret,
    io::Output,
    join::JoinTarget,
    roles::{Case, MAX_WORDS, Person, Verdict, Waiting, Word, judge},
    trust::Claim,
    view::Notice,
    wire::{Message, Outcome},
};

impl Session {
    pub(super) fn myself(&self) -> Person {
        Person { id: self.me, key: self.identity.public() }
    }

    /// Primary agent: passes the role to an assistant who is connected.
    pub(super) fn hand_over(&mut self, to: ParticipantId) {
        let Some(p) = self.peers.get(to).filter(|p| p.is_up() && p.role == Role::Assistant) else { return };
        let Some(key) = p.person() else { return };
        let (from, to) = (self.myself(), Person { id: to, key });
        if self.lead.known().is_none_or(|(primary, serial)| primary != from || serial >= MAX_WORDS) {
            return;
        }
        let read = Word { serial: self.lead.serial + 1, from, to };
        let word = read.sign(&self.identity, self.number);
        self.say_invitation(to.id);
        self.apply(read, word);
    }

    /// Hands over to whom the session is passed on, if that can be now.
    pub(super) fn pass_on(&mut self) {
        if let Some(to) = self.passing
            && self.role == Role::Primary
        {
            self.hand_over(to);
        }
    }

    /// Whether the one to whom the session was passed on leads, and nothing of mine is needed any more.
    pub(super) fn passed_on(&self) -> bool {
        let leads = |to| self.lead.primary.is_some_and(|p| p.id == to);
        self.passing.is_some_and(leads) && self.lead.server_knows == self.lead.serial
    }

    pub(super) fn leave(&mut self) {
        if self.role == Role::Primary {
            let next = self.peers.iter().find(|p| p.is_up() && p.role == Role::Assistant).map(|p| p.id);
            let Some(next) = next else {
                return self.finish(Ending::EndedByMe, Some(Output::TellServerEnd));
            };
            self.hand_over(next);
            self.tell_words();
        }
        self.finish(Ending::Left, Some(Output::TellServerLeave));
    }

    /// A word came, from a participant or from the server (`via` is `None`).
    pub(super) fn on_word(&mut self, via: Option<ParticipantId>, word: HandOver) {
        let Some(read) = Word::read(&word, self.number) else { return };
        if let Some(p) = via.and_then(|id| self.peers.get_mut(id)) {
            p.words = p.words.max(read.serial);
        }
        match judge(self.case(via, read)) {
            Verdict::Apply => self.apply(read, word),
            Verdict::Adopt => self.lead.pass(read, word),
            // It may tell where a word that waits leads to.
            Verdict::Keep => self.lead.keep(Waiting { via, read, word }),
            Verdict::Drop => return self.note_server_word(via, read),
        }
        self.note_server_word(via, read);
        self.find_primary();
    }

    fn note_server_word(&mut self, via: Option<ParticipantId>, read: Word) {
        // Only a word that fits what I know shows what the server knows.
        if via.is_none() && self.lead.known() == Some((read.to, read.serial)) {
            self.lead.server_knows = read.serial;
        }
    }

    fn case(&self, via: Option<ParticipantId>, word: Word) -> Case {
        let announced = |p: &&crate::roster::Peer| p.announced == Role::Primary && !p.is_refused();
        let announced = self.peers.iter().find(announced);
        Case {
            word,
            known: self.lead.known(),
            announced: announced.and_then(|p| Some(Person { id: p.id, key: p.person()? })),
            me: self.myself(),
            via,
            has_to: self.has_agent(word.to) || self.lead.heirs(word).into_iter().any(|p| self.has_agent(p)),
        }
    }

    fn has_agent(&self, who: Person) -> bool {
        if who.id == self.me {
            return who == self.myself() && self.role != Role::Customer;
        }
        let fits = |p: &crate::roster::Peer| {
            p.role != Role::Customer && !p.is_refused() && p.person().or(p.key) == Some(who.key)
        };
        self.peers.get(who.id).is_some_and(fits)
    }

    /// The role passes: sharing, grants and questions of the old primary agent end.
    fn apply(&mut self, read: Word, word: HandOver) {
        let (from, to) = (self.name_of(read.from.id), self.name_of(read.to.id));
        if let Some(p) = self.peers.get_mut(read.to.id) {
            p.vouched = Some(read.to.key);
        }
        self.lead.pass(read, word);
        self.set_roles();
        if read.to.id == self.me {
            self.people.take_over();
            self.passing = None;
        }
        for p in self.peers.iter_mut() {
            p.told.lead = None;
        }
        self.tell_first(Notice::HandedOver { from, to: to.clone() });
        match self.role {
            Role::Customer => self.pass_grants(read, to),
            Role::Primary | Role::Assistant => self.forget_sharing(),
        }
    }

    pub(super) fn name_of(&self, id: ParticipantId) -> String {
        let mine = (id == self.me).then(|| self.name.clone());
        mine.or_else(|| self.peers.get(id).map(|p| p.name.clone())).unwrap_or_default()
    }

    /// Customer: nothing passes to another person but the leave to go without asking, if that was given
    /// for the whole session.
    fn pass_grants(&mut self, read: Word, name: String) {
        for ask in self.consent.drain(self.now, |a| a.person == read.from.key) {
            self.answer(&ask, Outcome::NotPermitted);
        }
        self.note_cause(Cause::HandedOver);
        if self.grants.pass(read.from.key, read.to.key) {
            self.tell_first(Notice::AllowAllGoesOn { name });
        }
    }

    /// Agent: what customers let me do ends; a call goes on.
    fn forget_sharing(&mut self) {
        for p in self.peers.iter_mut().filter(|p| p.role == Role::Customer) {
            p.viewing.end();
            p.clipboard_in.forget();
            p.clipboard_out.forget();
            if let Some(person) = p.person() {
                self.grants.end(person);
            }
        }
    }

    /// Each agent's role follows from who is primary; until that is known, from the roster.
    pub(super) fn set_roles(&mut self) {
        if self.role != Role::Customer && self.lead.primary.is_some() {
            let primary = self.lead.primary == Some(self.myself());
            self.role = if primary { Role::Primary } else { Role::Assistant };
        }
        let primary = self.lead.primary.map(|p| p.id);
        for p in self.peers.iter_mut().filter(|p| p.role != Role::Customer) {
            p.role = match primary {
                Some(id) if id == p.id => Role::Primary,
                Some(_) => Role::Assistant,
                None if p.pinned.is_some() => Role::Assistant,
                None => p.announced,
            };
        }
    }

    /// After a proof or a roster: whoever is primary by the server's word and by its own is it, as long as
    /// I know of nobody else; and words that waited may fit now.
    pub(super) fn find_primary(&mut self) {
        if self.lead.primary.is_none() {
            let says = |c: Claim| c.role == Role::Primary;
            let found = self.peers.iter().find_map(|p| {
                let claim =
                    p.claim.filter(|c| says(*c) && p.announced == Role::Primary && !p.is_refused())?;
                Some((Person { id: p.id, key: p.person()? }, claim.words))
            });
            if let Some((primary, words)) = found {
                self.lead.found(primary, words);
            }
        }
        self.set_roles();
        while let Some(w) = self.take_fitting() {
            self.on_word(w.via, w.word);
        }
        self.note_server();
    }

    /// A word that waited and can be judged now.
    fn take_fitting(&mut self) -> Option<Waiting> {
        let fits = |w: &Waiting| judge(self.case(w.via, w.read)) != Verdict::Keep;
        let found = self.lead.waiting().filter(|w| fits(w)).min_by_key(|w| w.read.serial).cloned()?;
        self.lead.forget(&found);
        Some(found)
    }

    /// The roster shows whether the server knows who is primary.
    fn note_server(&mut self) {
        let shown = |id| {
            let announced =
                if id == self.me { Some(self.announced) } else { self.peers.get(id).map(|p| p.announced) };
            announced == Some(Role::Primary)
        };
        if self.lead.primary.is_some_and(|p| shown(p.id)) {
            self.lead.server_knows = self.lead.serial;
        }
    }

    /// Says words to whoever lacks them: participants, and the server.
    pub(super) fn tell_words(&mut self) {
        for id in self.peers.ids() {
            self.tell_words_to(id);
        }
        if self.server_up && self.role != Role::Customer {
            for word in self.lead.after(self.lead.told_server.max(self.lead.server_knows)) {
                self.out.push(Output::TellServerHandOver { word: word.clone() });
            }
            self.lead.told_server = self.lead.serial;
        }
    }

    pub(super) fn tell_words_to(&mut self, id: ParticipantId) {
        let Some(p) = self.peers.get_mut(id).filter(|p| p.is_up()) else { return };
        for word in self.lead.after(p.words) {
            self.out.say(id, &Message::HandOver { word: word.clone() });
        }
        p.words = p.words.max(self.lead.serial);
    }

    /// What the server was told may be lost with the connection to it.
    pub(super) fn tell_server_again(&mut self) {
        self.lead.told_server = self.lead.server_knows;
    }

    /// Who is primary must be able to prove the link's secret to those who come by it.
    pub(super) fn say_invitation(&mut self, id: ParticipantId) {
        let Some(secret) = self.secret.as_ref().filter(|_| self.role != Role::Customer) else { return };
        let lacks = |p: &crate::roster::Peer| p.is_up() && p.claim.is_some_and(|c| !c.secret);
        if self.peers.get(id).is_some_and(lacks) {
            let invitation = Message::Invitation { secret: secret.to_text(), link: self.link.clone() };
            self.out.say(id, &invitation);
        }
    }

    /// Taken from whoever is or was primary.
    pub(super) fn on_invitation(&mut self, from: ParticipantId, secret: &str, link: Option<String>) {
        let Some(key) = self.peers.get(from).and_then(crate::roster::Peer::person) else { return };
        let led = self.lead.primary == Some(Person { id: from, key }) || self.lead.was_primary(key);
        let Some(secret) = LinkSecret::from_text(secret).filter(|_| led && self.secret.is_none()) else {
            return;
        };
        let fits = |l: &String| {
            JoinTarget::parse(l).is_ok_and(|t| t.number == self.number && t.secret.as_ref() == Some(&secret))
        };
        if self.link.is_none() {
            self.link = link.filter(fits);
        }
        self.secret = Some(secret);
    }
}
