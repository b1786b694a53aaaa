//! The ways in: opening a session, entering one, and the first message of a socket.

use std::collections::BTreeMap;

use deskside_protocol::{
    KeyText, ParticipantId, Role, SessionNumber, VERSION,
    api::Code,
    socket::{FromServer, Hello},
};

use super::{
    Agent, Directory, LinkId, Millis, Output, Outputs, Place, Rules, Seat, TicketHash, TooMany, clean_name,
    names,
    session::{Presence, Session},
};

impl Directory {
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
        self.tickets.insert(ticket, Seat::In(number, id));
        self.changed = true;
        let saved = Output::Save(session.record());
        self.sessions.insert(number, session);
        Ok((number, vec![saved]))
    }

    /// Whether an account has as many sessions as it may.
    pub(super) fn is_busy(&self, account: &str) -> bool {
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
        self.tickets.insert(ticket, Seat::In(number, id));
        self.changed = true;
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
        self.tickets.insert(ticket, Seat::In(number, id));
        self.changed = true;
        Some((id, vec![Output::Save(session.record())]))
    }

    /// The first message of a socket. A newer socket of the same ticket replaces the older.
    pub fn connect(
        &mut self,
        now: Millis,
        link: LinkId,
        hello: &Hello,
        ticket: &TicketHash,
    ) -> Result<(Place, Outputs), Code> {
        if hello.version != VERSION {
            return Err(Code::Version);
        }
        let key = names::key(&hello.key).ok_or(Code::BadRequest)?;
        match self.tickets.get(ticket) {
            None => Err(Code::NoSuchSession),
            Some(&Seat::In(number, you)) => self.connect_to_session(now, link, hello, key, (number, you)),
            Some(&Seat::Waits(ticket)) => self.connect_to_queue(link, hello, key, ticket),
        }
    }

    fn connect_to_session(
        &mut self,
        now: Millis,
        link: LinkId,
        hello: &Hello,
        key: KeyText,
        (number, you): (SessionNumber, ParticipantId),
    ) -> Result<(Place, Outputs), Code> {
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
        let role = who.role;
        let joined = role == Role::Customer && session.customer_came();
        let came = session.came(now, you);
        if role == Role::Primary {
            session.taken = None;
        }
        self.links.insert(link, Seat::In(number, you));
        self.changed = true;
        if changed || joined || came {
            out.push(Output::Save(session.record()));
        }
        session.tell_roster(Some(link), &mut out);
        if session.transfer.as_ref().is_some_and(|t| t.from == you) {
            out.extend(session.transfer_news());
        }
        Ok((Place::In(session.seated(you)), out))
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
