//! Queues: who waits, in which order, and what they are told.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use deskside_protocol::{
    KeyText, QueueName,
    api::Code,
    socket::{FromServer, Hello},
};

use super::{
    ClaimRecord, Directory, Line, LinkId, Millis, Output, Outputs, Place, QueueRecord, Seat, Serving,
    TicketHash, TooMany, WaiterRecord, clean_name, session::Presence,
};

/// How long the same claim has the same answer.
const CLAIM_LIVES: Millis = 24 * 3600 * 1000;

pub(super) struct Queue {
    pub title: String,
    pub agents: Vec<Serving>,
    /// Tickets by order.
    pub line: BTreeMap<u64, TicketHash>,
    /// The highest order that was given; who was taken may come back to theirs.
    last: u64,
    /// Places changed since they were last told.
    moved: bool,
}

pub(super) struct Waiter {
    pub queue: QueueName,
    pub order: u64,
    pub name: String,
    pub key: Option<KeyText>,
    pub ticket: TicketHash,
    pub entered: Millis,
    pub presence: Presence,
    /// Place and length of the queue, as they were last told.
    told: Option<(u32, u32)>,
}

impl Waiter {
    pub fn record(&self) -> WaiterRecord {
        let Self { queue, order, name, key, ticket, entered, .. } = self;
        WaiterRecord {
            queue: queue.clone(),
            order: *order,
            name: name.clone(),
            key: key.clone(),
            ticket: *ticket,
            entered: *entered,
        }
    }

    fn restore(record: WaiterRecord, now: Millis) -> Self {
        let presence = Presence::restored(record.key.as_deref(), now);
        Self::back(record, presence)
    }

    /// In line again.
    pub fn back(record: WaiterRecord, presence: Presence) -> Self {
        let WaiterRecord { queue, order, name, key, ticket, entered } = record;
        Self { queue, order, name, key, ticket, entered, presence, told: None }
    }
}

/// What agents call somebody who waits; tells nothing about the ticket.
pub(super) fn entry_id(ticket: &TicketHash) -> String {
    URL_SAFE_NO_PAD.encode(ticket.first_chunk::<12>().unwrap_or(&[0; 12]))
}

impl Directory {
    pub fn queues(&self) -> Vec<QueueRecord> {
        let record = |(name, q): (&QueueName, &Queue)| QueueRecord {
            name: name.clone(),
            title: q.title.clone(),
            agents: q.agents.clone(),
        };
        self.queues.iter().map(record).collect()
    }

    /// Customers who wait, in all queues.
    pub fn waiting(&self) -> usize {
        self.waiters.len()
    }

    /// Makes a queue or changes it. `None` if it must be new and is not.
    pub fn set_queue(&mut self, record: QueueRecord, new: bool) -> Option<Outputs> {
        if new && self.queues.contains_key(&record.name) {
            return None;
        }
        let (line, last) = self.queues.remove(&record.name).map(|q| (q.line, q.last)).unwrap_or_default();
        let saved = Output::SaveQueue(record.clone());
        let QueueRecord { name, title, agents } = record;
        self.queues.insert(name, Queue { title, agents, line, last, moved: true });
        self.changed = true;
        Some(vec![saved])
    }

    /// Ends a queue; who waits in it is told and forgotten. `None` when there is no such queue.
    pub fn remove_queue(&mut self, name: &QueueName) -> Option<Outputs> {
        let queue = self.queues.remove(name)?;
        let mut out = vec![Output::ForgetQueue(name.clone())];
        for ticket in queue.line.into_values() {
            let Some(waiter) = self.waiters.remove(&ticket) else { continue };
            if let Presence::Online(link) = waiter.presence {
                out.push(Output::Close(link, FromServer::Refused { error: Code::NoSuchQueue }));
            }
            self.forget(ticket, waiter.presence);
            out.push(Output::ForgetWaiter(ticket));
        }
        self.changed = true;
        Some(out)
    }

    /// A customer waits from now on. `None` when there is no such queue.
    pub fn enter(
        &mut self,
        now: Millis,
        name: &QueueName,
        customer: &str,
        ticket: TicketHash,
    ) -> Option<Result<Outputs, TooMany>> {
        let queue = self.queues.get_mut(name)?;
        queue.last += 1;
        if queue.line.len() >= self.rules.longest_queue {
            return Some(Err(TooMany));
        }
        let waiter = Waiter {
            queue: name.clone(),
            order: queue.last,
            name: clean_name(customer),
            key: None,
            ticket,
            entered: now,
            presence: Presence::Expected { since: now },
            told: None,
        };
        queue.line.insert(waiter.order, ticket);
        queue.moved = true;
        self.changed = true;
        self.tickets.insert(ticket, Seat::Waits(ticket));
        let saved = Output::SaveWaiter(waiter.record());
        self.waiters.insert(ticket, waiter);
        Some(Ok(vec![saved]))
    }

    /// The first message of a socket of somebody who waits.
    pub(super) fn connect_to_queue(
        &mut self,
        link: LinkId,
        hello: &Hello,
        key: KeyText,
        ticket: TicketHash,
    ) -> Result<(Place, Outputs), Code> {
        let waiter = self.waiters.get_mut(&ticket).ok_or(Code::NoSuchSession)?;
        let queue = self.queues.get(&waiter.queue).ok_or(Code::NoSuchSession)?;
        if waiter.key.as_ref().is_some_and(|pinned| *pinned != key) {
            return Err(Code::BadRequest);
        }
        let mut out = Outputs::new();
        let before = waiter.record();
        waiter.key = Some(key);
        if !clean_name(&hello.name).is_empty() {
            waiter.name = clean_name(&hello.name);
        }
        if let Presence::Online(older) = std::mem::replace(&mut waiter.presence, Presence::Online(link)) {
            self.links.remove(&older);
            out.push(Output::Close(older, FromServer::Refused { error: Code::Replaced }));
        }
        if before != waiter.record() {
            out.push(Output::SaveWaiter(waiter.record()));
        }
        self.links.insert(link, Seat::Waits(ticket));
        self.changed = true;
        let before = queue.line.range(..waiter.order).count();
        let (place, waiting) = (count(before) + 1, count(queue.line.len()));
        waiter.told = Some((place, waiting));
        let line = Line { queue: waiter.queue.clone(), title: queue.title.clone(), place, waiting };
        Ok((Place::Waits(line), out))
    }

    /// Tells everyone whose place changed since it was last told. To be called after changes.
    pub fn tell_places(&mut self) -> Outputs {
        let mut out = Outputs::new();
        for (name, queue) in &mut self.queues {
            if !std::mem::take(&mut queue.moved) {
                continue;
            }
            let waiting = count(queue.line.len());
            for (place, ticket) in (1..).zip(queue.line.values()) {
                let Some(waiter) = self.waiters.get_mut(ticket) else { continue };
                let Presence::Online(link) = waiter.presence else { continue };
                if waiter.told.replace((place, waiting)) != Some((place, waiting)) {
                    let (queue, title) = (name.clone(), queue.title.clone());
                    out.push(Output::Waits(link, Line { queue, title, place, waiting }));
                }
            }
        }
        out
    }

    pub(super) fn leave_queue(&mut self, ticket: TicketHash, out: &mut Outputs) {
        if let Some(waiter) = self.step_out(ticket) {
            self.forget(ticket, waiter.presence);
            out.push(Output::ForgetWaiter(ticket));
        }
    }

    /// Takes somebody out of the line; ticket and socket are still theirs.
    pub(super) fn step_out(&mut self, ticket: TicketHash) -> Option<Waiter> {
        let waiter = self.waiters.remove(&ticket)?;
        if let Some(queue) = self.queues.get_mut(&waiter.queue) {
            queue.line.remove(&waiter.order);
            queue.moved = true;
        }
        self.changed = true;
        Some(waiter)
    }

    pub(super) fn tick_queues(&mut self, now: Millis, out: &mut Outputs) {
        let (waits, keeps) = (self.rules.ticket_waits, self.rules.keep_place);
        let gone = self.waiters.values().filter(|w| w.presence.is_gone(now, waits, keeps));
        for ticket in gone.map(|w| w.ticket).collect::<Vec<_>>() {
            // Whose socket is down hears of it when they come back.
            self.leave_queue(ticket, out);
        }
        let old = |c: &&ClaimRecord| now >= c.at.saturating_add(CLAIM_LIVES);
        for ticket in self.claims.values().filter(old).map(|c| c.ticket).collect::<Vec<_>>() {
            self.claims.remove(&ticket);
            out.push(Output::ForgetClaim(ticket));
        }
    }

    pub(super) fn restore_queues(
        &mut self,
        now: Millis,
        queues: Vec<QueueRecord>,
        waiters: Vec<WaiterRecord>,
    ) {
        for QueueRecord { name, title, agents } in queues {
            self.queues.insert(name, Queue { title, agents, line: BTreeMap::new(), last: 0, moved: false });
        }
        for record in waiters {
            self.step_in(Waiter::restore(record, now));
        }
        for taken in self.sessions.values().filter_map(|s| s.taken.as_ref()) {
            if let Some(queue) = self.queues.get_mut(&taken.queue) {
                queue.last = queue.last.max(taken.order);
            }
        }
    }

    /// Puts somebody into the line of their queue, if there is such a queue.
    pub(super) fn step_in(&mut self, waiter: Waiter) {
        let Some(queue) = self.queues.get_mut(&waiter.queue) else { return };
        queue.last = queue.last.max(waiter.order);
        queue.line.insert(waiter.order, waiter.ticket);
        queue.moved = true;
        self.changed = true;
        self.tickets.insert(waiter.ticket, Seat::Waits(waiter.ticket));
        self.waiters.insert(waiter.ticket, waiter);
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
