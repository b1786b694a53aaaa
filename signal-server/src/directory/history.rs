//! What a session's record tells afterwards: who was there, and who passed control or the session on.

use deskside_protocol::{
    HandOver, ParticipantId, Role, SessionNumber,
    records::{self, Passed, Transferred, Visit},
    transfers::TransferTo,
};
use serde::{Deserialize, Serialize};

use super::{Directory, Millis, Target, session::Session};

/// Visits and transfers that are told: what comes after is not, so that a record stays small.
const MOST: usize = 200;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    pub visits: Vec<Visit>,
    pub hand_overs: Vec<Passed>,
    pub transfers: Vec<Transferred>,
    /// Keys of the accounts whose agents came, and of the one that opened it.
    pub accounts: Vec<String>,
}

/// A session that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastRecord {
    pub number: SessionNumber,
    pub opened: Millis,
    pub ended: Millis,
    pub history: History,
}

impl PastRecord {
    /// As agents read it.
    pub fn shown(self) -> records::SessionRecord {
        self.history.shown(self.number, self.opened, Some(self.ended))
    }
}

impl History {
    pub fn of(account: &str) -> Self {
        Self { accounts: vec![account.to_owned()], ..Self::default() }
    }

    /// Whether it is new that this one is there.
    pub fn came(
        &mut self,
        now: Millis,
        id: ParticipantId,
        role: Role,
        name: &str,
        account: Option<&str>,
    ) -> bool {
        if self.visits.iter().any(|v| v.id == id) || self.visits.len() >= MOST {
            return false;
        }
        self.visits.push(Visit { id, role, name: name.to_owned(), came: now, left: None });
        if let Some(account) = account.filter(|a| !self.accounts.iter().any(|known| known == a)) {
            self.accounts.push(account.to_owned());
        }
        true
    }

    pub fn left(&mut self, now: Millis, id: ParticipantId) {
        if let Some(visit) = self.visits.iter_mut().find(|v| v.id == id) {
            visit.left.get_or_insert(now);
        }
    }

    pub fn handed_over(&mut self, now: Millis, word: &HandOver) {
        self.hand_overs.push(Passed { at: now, serial: word.serial, from: word.from, to: word.to });
    }

    pub fn offered(&mut self, now: Millis, from: ParticipantId, to: &Target, message: &str) {
        if self.transfers.len() >= MOST {
            return;
        }
        let to = match to {
            Target::Queue(name) => TransferTo::Queue(name.clone()),
            Target::Agents(agents) => TransferTo::Agents(agents.iter().map(|a| a.name.clone()).collect()),
        };
        self.transfers.push(Transferred { at: now, from, to, message: message.to_owned(), taken: None });
    }

    pub fn taken(&mut self, by: ParticipantId) {
        if let Some(last) = self.transfers.last_mut() {
            last.taken = Some(by);
        }
    }

    fn is_of(&self, account: &str) -> bool {
        self.accounts.iter().any(|a| a == account)
    }

    fn shown(self, number: SessionNumber, opened: Millis, ended: Option<Millis>) -> records::SessionRecord {
        let Self { visits, hand_overs, transfers, .. } = self;
        records::SessionRecord { number, opened, ended, visits, hand_overs, transfers }
    }
}

impl Session {
    /// The record of a session that ends now. `None` if nobody was ever there.
    pub fn past(mut self, now: Millis) -> Option<PastRecord> {
        if self.history.visits.is_empty() {
            return None;
        }
        for id in self.participants.keys() {
            self.history.left(now, *id);
        }
        Some(PastRecord { number: self.number, opened: self.opened(), ended: now, history: self.history })
    }
}

impl Directory {
    /// The running sessions in which an account is or was an agent, newest first.
    pub fn running(&self, account: &str) -> Vec<records::SessionRecord> {
        let own = self.sessions.values().filter(|s| s.history.is_of(account));
        let mut shown: Vec<_> = own.map(|s| s.history.clone().shown(s.number, s.opened(), None)).collect();
        shown.sort_by_key(|s| std::cmp::Reverse(s.opened));
        shown
    }

    /// When a running session was opened, if the account is or was an agent of it.
    pub fn opened(&self, number: SessionNumber, account: &str) -> Option<Millis> {
        let session = self.sessions.get(&number)?;
        session.history.is_of(account).then(|| session.opened())
    }
}
