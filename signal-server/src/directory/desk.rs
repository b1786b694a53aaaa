//! What the agents' desk shows.

use std::collections::{BTreeMap, HashMap};

use deskside_protocol::{
    Role,
    desk::{AgentState, Desk, DeskAgent, DeskQueue, DeskSession, DeskWaiting},
};

use super::{
    Agent, Directory, Millis, Outputs,
    queue::{Queue, entry_id},
    session::{Presence, Session},
};

/// Desks that are open, by account: the name and how many.
#[derive(Default)]
pub(super) struct Desks(HashMap<String, (String, usize)>);

impl Directory {
    /// An agent sits down at a desk.
    pub fn desk_opened(&mut self, agent: Agent<'_>) -> Outputs {
        let name = || (agent.name.to_owned(), 0);
        self.desks.0.entry(agent.account.to_owned()).or_insert_with(name).1 += 1;
        self.changed = true;
        Outputs::new()
    }

    pub fn desk_closed(&mut self, account: &str) -> Outputs {
        if let Some((_, desks)) = self.desks.0.get_mut(account) {
            *desks -= 1;
            if *desks == 0 {
                self.desks.0.remove(account);
            }
        }
        self.changed = true;
        Outputs::new()
    }

    /// What this account sees: at most `most` agents, sessions, and customers of each queue.
    pub fn desk(&self, now: Millis, account: &str, most: usize) -> Desk {
        let served = self.queues.iter().filter(|(_, q)| q.agents.iter().any(|a| a.account == account));
        let queues = served.map(|(name, queue)| DeskQueue {
            name: name.clone(),
            title: queue.title.clone(),
            count: u32::try_from(queue.line.len()).unwrap_or(u32::MAX),
            waiting: self.desk_waiting(now, queue, most),
        });
        let sessions = self.sessions.values().filter_map(|s| desk_session(s, account)).take(most);
        Desk {
            agents: self.desk_agents(most),
            queues: queues.collect(),
            transfers: self.desk_transfers(now, account, most),
            sessions: sessions.collect(),
        }
    }

    fn desk_waiting(&self, now: Millis, queue: &Queue, most: usize) -> Vec<DeskWaiting> {
        let waiters = queue.line.values().filter_map(|ticket| self.waiters.get(ticket));
        let shown = waiters.take(most).map(|w| DeskWaiting {
            entry: entry_id(&w.ticket),
            name: w.name.clone(),
            since: now.saturating_sub(w.entered),
            online: matches!(w.presence, Presence::Online(_)),
        });
        shown.collect()
    }

    fn desk_agents(&self, most: usize) -> Vec<DeskAgent> {
        // Later states win.
        let mut states: BTreeMap<&str, (&str, AgentState)> = BTreeMap::new();
        for serving in self.queues.values().flat_map(|q| &q.agents) {
            states.insert(&serving.account, (&serving.name, AgentState::Away));
        }
        for (account, (name, _)) in &self.desks.0 {
            states.insert(account, (name, AgentState::Free));
        }
        for who in self.sessions.values().flat_map(|s| s.participants.values()) {
            if let (Some(account), Presence::Online(_)) = (&who.account, who.presence) {
                states.insert(account, (&who.name, AgentState::Busy));
            }
        }
        let agent = |(name, state): (&str, AgentState)| DeskAgent { name: name.to_owned(), state };
        states.into_values().take(most).map(agent).collect()
    }
}

fn desk_session(session: &Session, account: &str) -> Option<DeskSession> {
    let own = session.participants.values().filter(|p| p.account.as_deref() == Some(account));
    // In one session twice: what counts is whether it is led.
    let role = own.map(|p| p.role).min_by_key(|role| *role != Role::Primary)?;
    let customers = session.participants.values().filter(|p| p.role == Role::Customer);
    Some(DeskSession { number: session.number, customers: customers.map(|c| c.name.clone()).collect(), role })
}
