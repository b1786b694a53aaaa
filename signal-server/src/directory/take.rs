//! An agent takes a customer out of a queue: exactly once, whatever is lost or repeated on the way.

use deskside_protocol::{QueueName, Role, SessionNumber, api::Code, socket::FromServer};

use super::{
    Agent, ClaimRecord, Directory, Millis, Output, Outputs, Seat, TicketHash, WaiterRecord,
    queue::{Queue, Waiter, entry_id},
    session::{Presence, Session},
};

/// Why nobody was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    #[error("there is no such queue")]
    NoSuchQueue,
    #[error("the account does not serve it")]
    NotServed,
    #[error("too many sessions are open")]
    TooMany,
    #[error("nobody waits")]
    NobodyWaits,
    #[error("the one who is meant is not there any more")]
    Gone,
}

impl Directory {
    /// Opens a session for the agent, with the next of the queue (or `entry`) in it. `claim` is the hash of the
    /// ticket that the agent will have; the same one again gives the same session. Once it is saved,
    /// [`Directory::tell_taken`] tells the customer; nobody is told before.
    pub fn take(
        &mut self,
        now: Millis,
        queue: &QueueName,
        agent: Agent<'_>,
        claim: TicketHash,
        entry: Option<&str>,
        mut draw: impl FnMut() -> SessionNumber,
    ) -> Result<(SessionNumber, Outputs), NotTaken> {
        if let Some(earlier) = self.claims.get(&claim) {
            return Ok((earlier.number, vec![Output::Confirm(earlier.clone())]));
        }
        let line = self.queues.get(queue).ok_or(NotTaken::NoSuchQueue)?;
        if !line.agents.iter().any(|a| a.account == agent.account) {
            return Err(NotTaken::NotServed);
        }
        if self.is_busy(agent.account) || self.sessions.len() >= self.rules.sessions {
            return Err(NotTaken::TooMany);
        }
        let ticket = match entry {
            Some(entry) => line.line.values().find(|t| entry_id(t) == entry).ok_or(NotTaken::Gone)?,
            None => self.next(line).ok_or(NotTaken::NobodyWaits)?,
        };
        let ticket = *ticket;
        let number =
            (0..64).map(|_| draw()).find(|n| !self.sessions.contains_key(n)).ok_or(NotTaken::TooMany)?;
        let waiter = self.step_out(ticket).ok_or(NotTaken::Gone)?;

        let mut session = Session::new(number, agent.account, now);
        let primary = session.add_agent(Role::Primary, &agent, claim, now);
        self.tickets.insert(claim, Seat::In(number, primary));
        let (record, presence) = (waiter.record(), waiter.presence);
        let customer = session.add_waiter(waiter);
        self.tickets.insert(ticket, Seat::In(number, customer));
        if let Presence::Online(link) = presence {
            self.links.insert(link, Seat::In(number, customer));
            session.came(now, customer);
        }
        session.taken = Some(record.clone());
        let claim = ClaimRecord { ticket: claim, number, at: now };
        self.claims.insert(claim.ticket, claim.clone());
        let taken = Output::Take { waiter: record, session: Box::new(session.record()), claim };
        self.sessions.insert(number, session);
        Ok((number, vec![taken]))
    }

    /// Customers whose agent never came go back to their old places. The socket of one who is there is closed, and
    /// they come back to the queue with the same ticket. The claim is worth nothing any more.
    pub(super) fn give_back(&mut self, now: Millis, out: &mut Outputs) {
        let waits = self.rules.ticket_waits;
        let numbers = self.sessions.values().filter(|s| s.is_deserted(now, waits)).map(|s| s.number);
        for number in numbers.collect::<Vec<_>>() {
            let Some(mut session) = self.sessions.remove(&number) else { continue };
            let Some(taken) = session.taken.take().filter(|t| self.queues.contains_key(&t.queue)) else {
                self.sessions.insert(number, session);
                continue;
            };
            let mut claim = None;
            for who in std::mem::take(&mut session.participants).into_values() {
                self.forget(who.ticket, who.presence);
                if who.ticket != taken.ticket {
                    self.claims.remove(&who.ticket);
                    claim = Some(who.ticket);
                    continue;
                }
                if let Presence::Online(link) = who.presence {
                    out.push(Output::Close(link, FromServer::Refused { error: Code::Unavailable }));
                }
                let presence = match who.presence {
                    Presence::Online(_) => Presence::Away { since: now },
                    other => other,
                };
                let record = WaiterRecord { name: who.name, key: who.key, ..taken.clone() };
                self.step_in(Waiter::back(record.clone(), presence));
                out.push(Output::SaveWaiter(record));
            }
            out.extend(claim.map(Output::ForgetClaim));
            out.push(Output::Forget(number, 0));
        }
    }

    /// The first who is there; if all are away, the first.
    fn next<'a>(&self, queue: &'a Queue) -> Option<&'a TicketHash> {
        let online =
            |t: &&TicketHash| self.waiters.get(*t).is_some_and(|w| matches!(w.presence, Presence::Online(_)));
        queue.line.values().find(online).or_else(|| queue.line.values().next())
    }

    /// Tells the customer of a session that was taken, if they are there; who is not hears it when they come.
    pub fn tell_taken(&mut self, number: SessionNumber) -> Outputs {
        let mut out = Outputs::new();
        let Some(session) = self.sessions.get_mut(&number) else { return out };
        let there = session.participants.iter().find_map(|(id, who)| match who.presence {
            Presence::Online(link) if who.role == Role::Customer => Some((*id, link)),
            _ => None,
        });
        // A claim that is repeated finds them told already.
        let Some((id, link)) = there.filter(|_| session.customer_came()) else { return out };
        out.push(Output::Save(session.record()));
        out.push(Output::Welcome(link, session.seated(id)));
        session.tell_roster(Some(link), &mut out);
        out
    }
}
