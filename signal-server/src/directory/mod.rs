//! Who is in which session: pure rules. Told the time and the random numbers, it answers with what must be
//! sent, stored and forgotten; it knows no socket, no clock and no disk.

mod desk;
mod entry;
mod handover;
mod history;
mod limits;
mod names;
mod queue;
mod record;
mod session;
mod take;
#[cfg(test)]
mod tests;
mod transfer;

use std::collections::{BTreeMap, HashMap};

use deskside_protocol::{
    HandOver, ParticipantId, QueueName, Role, SessionNumber,
    api::Entry,
    socket::{EndReason, FromServer},
};

pub use history::{History, PastRecord};
pub(crate) use limits::canonical;
pub use limits::{ByName, Ladder, Limiter};
pub use names::{clean_name, same_name};
use queue::{Queue, Waiter};
pub use record::{
    ClaimRecord, ParticipantRecord, QueueRecord, Serving, SessionRecord, Stored, Target, TransferPhase,
    TransferRecord, WaiterRecord,
};
use session::{Presence, Session};
pub use take::NotTaken;

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
    /// How long the place in a queue lasts while its socket is down.
    pub keep_place: Millis,
    /// How long a transfer waits for somebody to take it.
    pub transfer_waits: Millis,
    /// Customers who wait in one queue, at most.
    pub longest_queue: usize,
}

/// What the caller must do after a call, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a few at a time, and most are records")]
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
    /// Keep the record of a session that is over.
    Past(PastRecord),
    /// Tells who waited that the session is there.
    Welcome(LinkId, Seated),
    /// Tells who waits their place.
    Waits(LinkId, Line),
    SaveQueue(QueueRecord),
    ForgetQueue(QueueName),
    SaveWaiter(WaiterRecord),
    /// The customer left the queue without having been taken.
    ForgetWaiter(TicketHash),
    /// All at once, and only if the store still has this very waiter, and neither session nor claim.
    Take {
        waiter: WaiterRecord,
        session: Box<SessionRecord>,
        claim: ClaimRecord,
    },
    /// The same for a session: only if the store still has it as it was before.
    TakeTransfer {
        before: Box<SessionRecord>,
        after: Box<SessionRecord>,
        claim: ClaimRecord,
    },
    /// Nothing new, but it counts only when this is on the disk.
    Confirm(ClaimRecord),
    ForgetClaim(TicketHash),
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

/// Where somebody stands in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub queue: QueueName,
    pub title: String,
    /// From 1.
    pub place: u32,
    pub waiting: u32,
}

/// What a ticket turned out to be for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    In(Seated),
    Waits(Line),
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

/// What a ticket or a socket stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seat {
    In(SessionNumber, ParticipantId),
    /// Waits in a queue.
    Waits(TicketHash),
}

/// All sessions and queues of this server.
pub struct Directory {
    rules: Rules,
    sessions: BTreeMap<SessionNumber, Session>,
    queues: BTreeMap<QueueName, Queue>,
    waiters: HashMap<TicketHash, Waiter>,
    /// By the hash of the ticket that the claim gave.
    claims: HashMap<TicketHash, ClaimRecord>,
    tickets: HashMap<TicketHash, Seat>,
    links: HashMap<LinkId, Seat>,
    desks: desk::Desks,
    /// Something that a desk or a waiting customer sees has changed.
    changed: bool,
}

impl Directory {
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            sessions: BTreeMap::new(),
            queues: BTreeMap::new(),
            waiters: HashMap::new(),
            claims: HashMap::new(),
            tickets: HashMap::new(),
            links: HashMap::new(),
            desks: desk::Desks::default(),
            changed: false,
        }
    }

    /// Goes on with what was stored; everybody is away until they come back, counted from `now`.
    pub fn restore(rules: Rules, now: Millis, stored: Stored) -> Self {
        let mut this = Self::new(rules);
        let mut by_session: HashMap<SessionNumber, Vec<HandOver>> = HashMap::new();
        for (number, word) in stored.words {
            by_session.entry(number).or_default().push(word);
        }
        for record in stored.sessions {
            let words = by_session.remove(&record.number).unwrap_or_default();
            let session = Session::restore(record, words, now);
            for (id, who) in &session.participants {
                this.tickets.insert(who.ticket, Seat::In(session.number, *id));
            }
            this.sessions.insert(session.number, session);
        }
        this.claims = stored.claims.into_iter().map(|c| (c.ticket, c)).collect();
        this.restore_queues(now, stored.queues, stored.waiters);
        this
    }

    /// Everything that is to be in the store of sessions and those who wait.
    pub fn kept(&self) -> Outputs {
        let sessions = self.sessions.values().map(|s| Output::Save(s.record()));
        sessions.chain(self.waiters.values().map(|w| Output::SaveWaiter(w.record()))).collect()
    }

    /// Whether something was changed that a desk or a waiting customer sees, since this was last asked.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    pub fn sessions(&self) -> usize {
        self.sessions.len()
    }

    pub fn online(&self) -> usize {
        self.links.len()
    }

    /// The socket is gone; its participant keeps the place.
    pub fn disconnect(&mut self, now: Millis, link: LinkId) -> Outputs {
        let mut out = Outputs::new();
        match self.links.remove(&link) {
            Some(Seat::In(number, id)) => {
                let Some(session) = self.sessions.get_mut(&number) else { return out };
                if let Some(who) = session.participants.get_mut(&id) {
                    who.presence = Presence::Away { since: now };
                    session.tell_roster(None, &mut out);
                }
            }
            Some(Seat::Waits(ticket)) => {
                if let Some(waiter) = self.waiters.get_mut(&ticket) {
                    waiter.presence = Presence::Away { since: now };
                }
            }
            None => return out,
        }
        self.changed = true;
        out
    }

    /// Where a signal of this socket's participant goes, and who it is from; `None` when it goes nowhere.
    pub fn route(&self, link: LinkId, to: ParticipantId) -> Option<(LinkId, ParticipantId)> {
        let Some(&Seat::In(number, from)) = self.links.get(&link) else { return None };
        let target = self.sessions.get(&number)?.participants.get(&to)?;
        match target.presence {
            Presence::Online(there) if to != from => Some((there, from)),
            _ => None,
        }
    }

    /// Leaves for good. The session of a primary agent who leaves goes on for those who are in it.
    pub fn leave(&mut self, now: Millis, link: LinkId) -> Outputs {
        let mut out = Outputs::new();
        match self.links.get(&link) {
            Some(&Seat::In(number, id)) => self.remove(now, number, id, &mut out),
            Some(&Seat::Waits(ticket)) => self.leave_queue(ticket, &mut out),
            None => {}
        }
        out
    }

    /// Ends the session for all, if this is the primary agent.
    pub fn end(&mut self, now: Millis, link: LinkId) -> Outputs {
        let mut out = Outputs::new();
        let Some(&Seat::In(number, id)) = self.links.get(&link) else { return out };
        let primary = self.sessions.get(&number).and_then(|s| s.participants.get(&id));
        if primary.is_some_and(|p| p.role == Role::Primary) {
            self.close(now, number, EndReason::Agent, &mut out);
        }
        out
    }

    /// Ends what has run out. To be called about once a second.
    pub fn tick(&mut self, now: Millis) -> Outputs {
        let mut out = Outputs::new();
        self.give_back(now, &mut out);
        let numbers: Vec<_> = self.sessions.keys().copied().collect();
        for number in numbers {
            let Some(session) = self.sessions.get(&number) else { continue };
            for id in session.gone(now, &self.rules) {
                self.remove(now, number, id, &mut out);
            }
            if self.sessions.get(&number).is_some_and(|s| s.expired(now, &self.rules)) {
                self.close(now, number, EndReason::Expired, &mut out);
            }
        }
        self.tick_queues(now, &mut out);
        self.tick_transfers(now, &mut out);
        out
    }

    fn seat(&mut self, link: LinkId) -> Option<(&mut Session, ParticipantId)> {
        let Some(&Seat::In(number, id)) = self.links.get(&link) else { return None };
        Some((self.sessions.get_mut(&number)?, id))
    }

    fn remove(&mut self, now: Millis, number: SessionNumber, id: ParticipantId, out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(&number) else { return };
        let Some(who) = session.participants.remove(&id) else { return };
        self.forget(who.ticket, who.presence);
        let Some(session) = self.sessions.get_mut(&number) else { return };
        if session.participants.is_empty() {
            session.history.left(now, id);
            self.close(now, number, EndReason::Expired, out);
        } else {
            session.history.left(now, id);
            session.transfer_without(id, out);
            out.push(Output::Save(session.record()));
            session.tell_roster(None, out);
        }
    }

    fn close(&mut self, now: Millis, number: SessionNumber, reason: EndReason, out: &mut Outputs) {
        let Some(session) = self.sessions.remove(&number) else { return };
        for who in session.participants.values() {
            if let Presence::Online(link) = who.presence {
                out.push(Output::Close(link, FromServer::Ended { reason }));
            }
            self.forget(who.ticket, who.presence);
        }
        let words = session.hand_overs.len();
        out.extend(session.past(now).map(Output::Past));
        out.push(Output::Forget(number, words));
    }

    /// Ticket and socket of somebody who is gone.
    fn forget(&mut self, ticket: TicketHash, presence: Presence) {
        self.tickets.remove(&ticket);
        if let Presence::Online(link) = presence {
            self.links.remove(&link);
        }
        self.changed = true;
    }
}
