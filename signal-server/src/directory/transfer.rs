//! Passing a session on: offered, taken by the first, returned when nobody does. Control itself goes by a
//! signed word, see [`super::handover`].

use deskside_protocol::{
    ParticipantId, Role, SessionNumber,
    socket::FromServer,
    transfers::{LONGEST_MESSAGE, Refused, Returned, TransferOffer, TransferState},
};

use super::{
    Agent, ClaimRecord, Directory, LinkId, Millis, NotTaken, Output, Outputs, Seat, Serving, Target,
    TicketHash, TransferPhase, TransferRecord,
    names::clean_text,
    session::{Presence, Session},
};

impl Directory {
    /// The primary agent offers the session. Gives its number if it is offered: once that is saved,
    /// [`Directory::tell_transfer`] tells it.
    pub fn transfer(
        &mut self,
        now: Millis,
        link: LinkId,
        to: Target,
        message: &str,
        id: &str,
    ) -> (Option<SessionNumber>, Outputs) {
        let refuse = |why| {
            let state = TransferState::Refused { why };
            (None, vec![Output::Send(link, FromServer::TransferState(state))])
        };
        if matches!(&to, Target::Queue(name) if !self.queues.contains_key(name)) {
            return refuse(Refused::NoSuchQueue);
        }
        if matches!(&to, Target::Agents(agents) if agents.is_empty()) {
            return refuse(Refused::NoSuchAgent);
        }
        let Some((session, from)) = self.seat(link) else { return (None, Outputs::new()) };
        if session.participants.get(&from).is_none_or(|p| p.role != Role::Primary) {
            return refuse(Refused::NotPrimary);
        }
        if session.transfer.is_some() {
            return refuse(Refused::UnderWay);
        }
        let message = clean_text(message, usize::MAX);
        if message.chars().count() > LONGEST_MESSAGE {
            return refuse(Refused::Message);
        }
        session.history.offered(now, from, &to, &message);
        let phase = TransferPhase::Offered { since: now };
        session.transfer = Some(TransferRecord { id: id.to_owned(), from, to, message, phase });
        let (number, saved) = (session.number, Output::Save(session.record()));
        self.changed = true;
        (Some(number), vec![saved])
    }

    /// Tells who transfers how it stands, if they are there.
    pub fn tell_transfer(&self, number: SessionNumber) -> Outputs {
        self.sessions.get(&number).and_then(Session::transfer_news).into_iter().collect()
    }

    /// The agent who offers it takes it back. What is taken already goes on.
    pub fn withdraw(&mut self, link: LinkId) -> Outputs {
        let mut out = Outputs::new();
        let Some((session, id)) = self.seat(link) else { return out };
        let offered = |t: &TransferRecord| t.from == id && matches!(t.phase, TransferPhase::Offered { .. });
        if session.transfer.as_ref().is_some_and(offered) {
            session.return_transfer(Returned::Withdrawn, &mut out);
            out.push(Output::Save(session.record()));
            self.changed = true;
        }
        out
    }

    /// Gives an agent who may a place as an assistant; the first one only. See [`Directory::take`] for `claim`;
    /// once it is saved, [`Directory::tell_transfer`] tells it.
    pub fn take_transfer(
        &mut self,
        now: Millis,
        id: &str,
        agent: Agent<'_>,
        claim: TicketHash,
    ) -> Result<(SessionNumber, Outputs), NotTaken> {
        if let Some(earlier) = self.claims.get(&claim) {
            return Ok((earlier.number, vec![Output::Confirm(earlier.clone())]));
        }
        let offered = |s: &&Session| s.offer().is_some_and(|t| t.id == id);
        let session = self.sessions.values().find(offered).ok_or(NotTaken::Gone)?;
        let number = session.number;
        if !self.may_take(session, agent.account) {
            return Err(NotTaken::NotServed);
        }
        if self.is_busy(agent.account) {
            return Err(NotTaken::TooMany);
        }
        let session = self.sessions.get_mut(&number).ok_or(NotTaken::Gone)?;
        if session.participants.len() >= self.rules.participants {
            return Err(NotTaken::TooMany);
        }
        let before = Box::new(session.record());
        let participant = session.add_agent(Role::Assistant, &agent, claim, now);
        if let Some(transfer) = &mut session.transfer {
            transfer.phase = TransferPhase::Taken { participant };
        }
        session.history.taken(participant);
        let after = Box::new(session.record());
        self.tickets.insert(claim, Seat::In(number, participant));
        let claim = ClaimRecord { ticket: claim, number, at: now };
        self.claims.insert(claim.ticket, claim.clone());
        self.changed = true;
        Ok((number, vec![Output::TakeTransfer { before, after, claim }]))
    }

    fn may_take(&self, session: &Session, account: &str) -> bool {
        let Some(offer) = session.offer() else { return false };
        let own =
            session.participants.get(&offer.from).is_some_and(|p| p.account.as_deref() == Some(account));
        let serves = |agents: &[Serving]| agents.iter().any(|a| a.account == account);
        !own && match &offer.to {
            Target::Queue(name) => self.queues.get(name).is_some_and(|q| serves(&q.agents)),
            Target::Agents(agents) => serves(agents),
        }
    }

    /// What this account may take, at most so many.
    pub(super) fn desk_transfers(&self, now: Millis, account: &str, most: usize) -> Vec<TransferOffer> {
        let offered = self.sessions.values().filter(|s| self.may_take(s, account));
        offered.filter_map(|s| offer_of(s, now)).take(most).collect()
    }

    /// Offers that nobody took in time, or whose queue is no more, go back.
    pub(super) fn tick_transfers(&mut self, now: Millis, out: &mut Outputs) {
        let waits = self.rules.transfer_waits;
        for session in self.sessions.values_mut() {
            let Some(TransferRecord { to, phase: TransferPhase::Offered { since }, .. }) = &session.transfer
            else {
                continue;
            };
            let queue_gone = matches!(to, Target::Queue(name) if !self.queues.contains_key(name));
            let late = now >= since.saturating_add(waits);
            if queue_gone || late {
                let why = if queue_gone { Returned::Gone } else { Returned::Time };
                session.return_transfer(why, out);
                out.push(Output::Save(session.record()));
                self.changed = true;
            }
        }
    }
}

impl Session {
    /// The transfer that waits for somebody to take it.
    fn offer(&self) -> Option<&TransferRecord> {
        self.transfer.as_ref().filter(|t| matches!(t.phase, TransferPhase::Offered { .. }))
    }

    /// How the transfer stands, for the one who offered it.
    pub fn transfer_news(&self) -> Option<Output> {
        let TransferRecord { id, from, phase, .. } = self.transfer.as_ref()?;
        let id = id.clone();
        let state = match phase {
            TransferPhase::Offered { .. } => TransferState::Offered { id },
            TransferPhase::Taken { participant } => TransferState::Taken { id, participant: *participant },
        };
        self.tell_one(*from, state)
    }

    /// The transfer is over without a hand-over.
    fn return_transfer(&mut self, why: Returned, out: &mut Outputs) {
        if let Some(TransferRecord { id, from, .. }) = self.transfer.take() {
            out.extend(self.tell_one(from, TransferState::Returned { id, why }));
        }
    }

    fn tell_one(&self, id: ParticipantId, state: TransferState) -> Option<Output> {
        match self.participants.get(&id)?.presence {
            Presence::Online(link) => Some(Output::Send(link, FromServer::TransferState(state))),
            Presence::Expected { .. } | Presence::Away { .. } => None,
        }
    }

    /// Somebody is gone for good: without the one who offers or the one who took it there is no transfer.
    pub fn transfer_without(&mut self, gone: ParticipantId, out: &mut Outputs) {
        let Some(TransferRecord { from, phase, .. }) = &self.transfer else { return };
        let took = matches!(phase, TransferPhase::Taken { participant } if *participant == gone);
        if took || *from == gone {
            self.return_transfer(Returned::Gone, out);
        }
    }

    /// Control went to this one: a transfer has come to its end, one way or the other.
    pub fn transfer_handed_over(&mut self, to: ParticipantId, out: &mut Outputs) {
        match self.transfer.as_ref().map(|t| t.phase) {
            Some(TransferPhase::Taken { participant }) if participant == to => self.transfer = None,
            Some(_) => self.return_transfer(Returned::Withdrawn, out),
            None => {}
        }
    }
}

fn offer_of(session: &Session, now: Millis) -> Option<TransferOffer> {
    let TransferRecord { id, from, to, message, phase } = session.offer()?;
    let TransferPhase::Offered { since } = phase else { return None };
    let customers = session.participants.values().filter(|p| p.role == Role::Customer);
    Some(TransferOffer {
        id: id.clone(),
        number: session.number,
        from: session.participants.get(from)?.name.clone(),
        customers: customers.map(|p| p.name.clone()).collect(),
        message: message.clone(),
        since: now.saturating_sub(*since),
        queue: match to {
            Target::Queue(name) => Some(name.clone()),
            Target::Agents(_) => None,
        },
    })
}
