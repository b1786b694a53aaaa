//! Who is in which session: pure rules. Told the time and the random numbers, it answers with what must be
//! sent, stored and forgotten; it knows no socket, no clock and no disk.

mod handover;
mod limits;
mod names;
mod record;
mod session;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use deskside_protocol::{
    HandOver, ParticipantId, Role, SessionNumber, VERSION,
    api::{Code, Entry},
    socket::{EndReason, FromServer, Hello},
};

pub(crate) use limits::canonical;
pub use limits::{ByName, Ladder, Limiter};
pub use names::{clean_name, same_name};
pub use record::{ParticipantRecord, SessionRecord};
use session::{Participant, Presence, Session};

/// Unix time in milliseconds: lifetimes go on over restarts.
pub type Millis = u64;

/// BLAKE3 of a ticket; the ticket itself (256 random bits) is kept nowhere.
pub type TicketHash = [u8; 32];

/// One live socket. Never used again while the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkId(pub u64);

/// How long and how many.
#[derive(Clone, Debug)]
pub struct Rules {
    /// How long a number can be joined while no customer has come.
    pub number_lives: Millis,
    /// How long a session lasts while nobody is connected, and a customer's place while its socket is down.
    pub away_lives: Millis,
    /// How long a ticket that was handed out waits for its first socket.
    pub ticket_waits: Millis,
    /// Participants of one session at most.
    pub participants: usize,
    /// Customers among them at most.
    pub customers: usize,
    /// Sessions in all at most.
    pub sessions: usize,
    /// Sessions in which one account is primary, at most.
    pub per_account: usize,
}

/// What the caller must do after a call, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    Send(LinkId, FromServer),
    /// Say this and close.
    Close(LinkId, FromServer),
    /// Keep it: a restarted server must know it.
    Save(SessionRecord),
    /// Keep this word of the session too.
    SaveWord(SessionNumber, HandOver),
    /// Forget the session and this many words of it.
    Forget(SessionNumber, usize),
}

pub type Outputs = Vec<Output>;

/// What a participant who said hello is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seated {
    pub you: ParticipantId,
    pub number: SessionNumber,
    pub roster: Vec<Entry>,
    pub hand_overs: Vec<HandOver>,
}

/// An agent, as the account says.
#[derive(Clone, Copy, Debug)]
pub struct Agent<'a> {
    /// Key of the account.
    pub account: &'a str,
    pub name: &'a str,
}

/// Why no session was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many sessions are open")]
pub struct TooMany;

/// All sessions of this server.
pub struct Directory {
    rules: Rules,
    sessions: BTreeMap<SessionNumber, Session>,
    tickets: HashMap<TicketHash, (SessionNumber, ParticipantId)>,
    links: HashMap<LinkId, (SessionNumber, ParticipantId)>,
}

impl Directory {
    pub fn new(rules: Rules) -> Self {
        Self { rules, sessions: BTreeMap::new(), tickets: HashMap::new(), links: HashMap::new() }
    }

    /// Goes on with stored sessions and their words (by session, in order); everybody is away until they come
    /// back, counted from `now`.
    pub fn restore(
        rules: Rules,
        now: Millis,
        records: impl IntoIterator<Item = SessionRecord>,
        words: impl IntoIterator<Item = (SessionNumber, HandOver)>,
    ) -> Self {
        let mut this = Self::new(rules);
        let mut by_session: HashMap<SessionNumber, Vec<HandOver>> = HashMap::new();
        for (number, word) in words {
            by_session.entry(number).or_default().push(word);
        }
        for record in records {
            let words = by_session.remove(&record.number).unwrap_or_default();
            let session = Session::restore(record, words, now);
            for (id, who) in &session.participants {
                this.tickets.insert(who.ticket, (session.number, *id));
            }
            this.sessions.insert(session.number, session);
        }
        this
    }

    pub fn sessions(&self) -> usize {
        self.sessions.len()
    }

    pub fn online(&self) -> usize {
        self.links.len()
    }

    /// Opens a session for the account's agent; `draw` gives random numbers.
    pub fn open(
        &mut self,
        now: Millis,
        agent: Agent<'_>,
        ticket: TicketHash,
        mut draw: impl FnMut() -> SessionNumber,
    ) -> Result<(SessionNumber, Outputs), TooMany> {
        if self.is_busy(agent.account) || self.sessions.len() >= self.rules.sessions {
            return Err(TooMany);
        }
        // The space is nine hundred million and the sessions are few: a free one comes at once.
        let number = (0..64).map(|_| draw()).find(|n| !self.sessions.contains_key(n)).ok_or(TooMany)?;
        let mut session = Session::new(number, agent.account, now);
        let id = session.add_agent(Role::Primary, &agent, ticket, now);
        self.tickets.insert(ticket, (number, id));
        let saved = Output::Save(session.record());
        self.sessions.insert(number, session);
        Ok((number, vec![saved]))
    }

    /// Whether an account has as many sessions as it may.
    fn is_busy(&self, account: &str) -> bool {
        let own = |s: &&Session| s.primary().is_some_and(|(_, p)| p.account.as_deref() == Some(account));
        self.sessions.values().filter(own).count() >= self.rules.per_account
    }

    /// A customer enters by number. `None` for unknown, over and full alike.
    pub fn join(
        &mut self,
        now: Millis,
        number: SessionNumber,
        name: &str,
        ticket: TicketHash,
    ) -> Option<(ParticipantId, Outputs)> {
        let session = open_place(&mut self.sessions, &self.rules, number, now)?;
        if session.customers() >= self.rules.customers {
            return None;
        }
        let id = session.add_customer(clean_name(name), ticket, now);
        self.tickets.insert(ticket, (number, id));
        Some((id, vec![Output::Save(session.record())]))
    }

    /// An agent enters a running session as an assistant. `None` for unknown, over and full alike.
    pub fn assist(
        &mut self,
        now: Millis,
        number: SessionNumber,
        agent: Agent<'_>,
        ticket: TicketHash,
    ) -> Option<(ParticipantId, Outputs)> {
        let session = open_place(&mut self.sessions, &self.rules, number, now)?;
        let id = session.add_agent(Role::Assistant, &agent, ticket, now);
        self.tickets.insert(ticket, (number, id));
        Some((id, vec![Output::Save(session.record())]))
    }

    /// The first message of a socket. A newer socket of the same ticket replaces the older.
    pub fn connect(
        &mut self,
        now: Millis,
        link: LinkId,
        hello: &Hello,
        ticket: &TicketHash,
    ) -> Result<(Seated, Outputs), Code> {
        if hello.version != VERSION {
            return Err(Code::Version);
        }
        let key = names::key(&hello.key).ok_or(Code::BadRequest)?;
        let &(number, you) = self.tickets.get(ticket).ok_or(Code::NoSuchSession)?;
        let session = self.sessions.get_mut(&number).ok_or(Code::NoSuchSession)?;
        if session.expired(now, &self.rules) {
            return Err(Code::NoSuchSession);
        }
        let who = session.participants.get_mut(&you).ok_or(Code::NoSuchSession)?;
        if who.key.as_ref().is_some_and(|pinned| *pinned != key) {
            return Err(Code::BadRequest);
        }
        let mut out = Outputs::new();
        let before = (who.key.clone(), who.name.clone());
        who.key = Some(key);
        // An agent's name is the account's: nobody may take another one here.
        if who.role == Role::Customer && !clean_name(&hello.name).is_empty() {
            who.name = clean_name(&hello.name);
        }
        if let Presence::Online(older) = std::mem::replace(&mut who.presence, Presence::Online(link)) {
            self.links.remove(&older);
            out.push(Output::Close(older, FromServer::Refused { error: Code::Replaced }));
        }
        let changed = before != (who.key.clone(), who.name.clone());
        let came = who.role == Role::Customer && session.customer_came();
        self.links.insert(link, (number, you));
        if changed || came {
            out.push(Output::Save(session.record()));
        }
        session.tell_roster(Some(link), &mut out);
        let hand_overs = session.hand_overs.clone();
        Ok((Seated { you, number, roster: session.roster(), hand_overs }, out))
    }

    /// The socket is gone; its participant keeps the place.
    pub fn disconnect(&mut self, now: Millis, link: LinkId) -> Outputs {
        let mut out = Outputs::new();
        if let Some((session, id)) = self.seat(link)
            && let Some(who) = session.participants.get_mut(&id)
        {
            who.presence = Presence::Away { since: now };
            session.tell_roster(None, &mut out);
        }
        self.links.remove(&link);
        out
    }

    /// Where a signal of this socket's participant goes, and who it is from; `None` when it goes nowhere.
    pub fn route(&self, link: LinkId, to: ParticipantId) -> Option<(LinkId, ParticipantId)> {
        let &(number, from) = self.links.get(&link)?;
        let target = self.sessions.get(&number)?.participants.get(&to)?;
        match target.presence {
            Presence::Online(there) if to != from => Some((there, from)),
            _ => None,
        }
    }

    /// Leaves for good. The session of a primary agent who leaves goes on for those who are in it.
    pub fn leave(&mut self, link: LinkId) -> Outputs {
        let mut out = Outputs::new();
        let Some(&(number, id)) = self.links.get(&link) else { return out };
        self.remove(number, id, &mut out);
        out
    }

    /// Ends the session for all, if this is the primary agent.
    pub fn end(&mut self, link: LinkId) -> Outputs {
        let mut out = Outputs::new();
        let Some(&(number, id)) = self.links.get(&link) else { return out };
        let primary = self.sessions.get(&number).and_then(|s| s.participants.get(&id));
        if primary.is_some_and(|p| p.role == Role::Primary) {
            self.close(number, EndReason::Agent, &mut out);
        }
        out
    }

    /// Ends what has run out. To be called about once a second.
    pub fn tick(&mut self, now: Millis) -> Outputs {
        let mut out = Outputs::new();
        let numbers: Vec<_> = self.sessions.keys().copied().collect();
        for number in numbers {
            let Some(session) = self.sessions.get(&number) else { continue };
            for id in session.gone(now, &self.rules) {
                self.remove(number, id, &mut out);
            }
            if self.sessions.get(&number).is_some_and(|s| s.expired(now, &self.rules)) {
                self.close(number, EndReason::Expired, &mut out);
            }
        }
        out
    }

    fn seat(&mut self, link: LinkId) -> Option<(&mut Session, ParticipantId)> {
        let &(number, id) = self.links.get(&link)?;
        Some((self.sessions.get_mut(&number)?, id))
    }

    fn remove(&mut self, number: SessionNumber, id: ParticipantId, out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(&number) else { return };
        let Some(who) = session.participants.remove(&id) else { return };
        forget(&mut self.tickets, &mut self.links, &who);
        if session.participants.is_empty() {
            self.close(number, EndReason::Expired, out);
        } else {
            out.push(Output::Save(session.record()));
            session.tell_roster(None, out);
        }
    }

    fn close(&mut self, number: SessionNumber, reason: EndReason, out: &mut Outputs) {
        let Some(session) = self.sessions.remove(&number) else { return };
        for who in session.participants.values() {
            if let Presence::Online(link) = who.presence {
                out.push(Output::Close(link, FromServer::Ended { reason }));
            }
            forget(&mut self.tickets, &mut self.links, who);
        }
        out.push(Output::Forget(number, session.hand_overs.len()));
    }
}

/// The session, if it runs and has room for one more.
fn open_place<'a>(
    sessions: &'a mut BTreeMap<SessionNumber, Session>,
    rules: &Rules,
    number: SessionNumber,
    now: Millis,
) -> Option<&'a mut Session> {
    let session = sessions.get_mut(&number)?;
    (!session.expired(now, rules) && session.participants.len() < rules.participants).then_some(session)
}

fn forget(
    tickets: &mut HashMap<TicketHash, (SessionNumber, ParticipantId)>,
    links: &mut HashMap<LinkId, (SessionNumber, ParticipantId)>,
    who: &Participant,
) {
    tickets.remove(&who.ticket);
    if let Presence::Online(link) = who.presence {
        links.remove(&link);
    }
}
