//! One session and its participants.

use std::collections::BTreeMap;

use deskside_protocol::{ParticipantId, Role, SessionNumber, api::Entry, socket::FromServer};

use super::{
    LinkId, Millis, Output, Outputs, Rules, TicketHash,
    record::{ParticipantRecord, SessionRecord},
};

pub(super) struct Session {
    pub number: SessionNumber,
    pub account: String,
    pub participants: BTreeMap<ParticipantId, Participant>,
    phase: Phase,
    next_id: u32,
    /// When the last one left or the session was taken up again: nobody is away for longer than this.
    idle_from: Millis,
}

/// Whether a customer has ever come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The number lives from here, see [`Rules::number_lives`].
    Waiting {
        opened: Millis,
    },
    Joined {
        opened: Millis,
    },
}

pub(super) struct Participant {
    pub role: Role,
    pub name: String,
    /// Pinned by the first hello.
    pub key: Option<String>,
    pub ticket: TicketHash,
    pub presence: Presence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// Has a ticket and never came.
    Expected {
        since: Millis,
    },
    Online(LinkId),
    Away {
        since: Millis,
    },
}

impl Session {
    pub fn new(number: SessionNumber, account: &str, now: Millis) -> Self {
        Self {
            number,
            account: account.to_owned(),
            participants: BTreeMap::new(),
            phase: Phase::Waiting { opened: now },
            next_id: 1,
            idle_from: now,
        }
    }

    pub fn add(&mut self, role: Role, name: String, ticket: TicketHash, now: Millis) -> ParticipantId {
        let id = ParticipantId(self.next_id);
        self.next_id += 1;
        let presence = Presence::Expected { since: now };
        self.participants.insert(id, Participant { role, name, key: None, ticket, presence });
        id
    }

    /// Notes that a customer is in; true the first time.
    pub fn customer_came(&mut self) -> bool {
        match self.phase {
            Phase::Waiting { opened } => {
                self.phase = Phase::Joined { opened };
                true
            }
            Phase::Joined { .. } => false,
        }
    }

    /// All who ever said hello, so that every entry has a key.
    pub fn roster(&self) -> Vec<Entry> {
        let known = self.participants.iter().filter_map(|(id, who)| Some((id, who, who.key.clone()?)));
        known
            .map(|(id, who, key)| Entry {
                id: *id,
                role: who.role,
                name: who.name.clone(),
                key,
                online: matches!(who.presence, Presence::Online(_)),
            })
            .collect()
    }

    /// Sends the roster to all who are connected, but not to `except`.
    pub fn tell_roster(&self, except: Option<LinkId>, out: &mut Outputs) {
        let roster = self.roster();
        for who in self.participants.values() {
            if let Presence::Online(link) = who.presence
                && Some(link) != except
            {
                out.push(Output::Send(link, FromServer::Roster { roster: roster.clone() }));
            }
        }
    }

    /// Whether the session is over by time.
    pub fn expired(&self, now: Millis, rules: &Rules) -> bool {
        match self.phase {
            Phase::Waiting { opened } => {
                // A customer on the way, between number and first socket, keeps it open for that short time.
                let coming = self.participants.values().any(|p| {
                    let Presence::Expected { since } = p.presence else { return false };
                    p.role == Role::Customer && now < since.saturating_add(rules.ticket_waits)
                });
                now >= opened.saturating_add(rules.number_lives) && !coming
            }
            Phase::Joined { .. } => self
                .participants
                .values()
                .map(|p| match p.presence {
                    Presence::Online(_) => None,
                    Presence::Expected { since } | Presence::Away { since } => Some(since),
                })
                .try_fold(self.idle_from, |latest, since| Some(latest.max(since?)))
                .is_some_and(|latest| now >= latest.saturating_add(rules.away_lives)),
        }
    }

    /// Customers whose ticket was never used in time, or who have been away for too long.
    pub fn gone(&self, now: Millis, rules: &Rules) -> Vec<ParticipantId> {
        let gone = |p: &Participant| match p.presence {
            Presence::Online(_) => false,
            Presence::Expected { since } => now >= since.saturating_add(rules.ticket_waits),
            Presence::Away { since } => now >= since.saturating_add(rules.away_lives),
        };
        let customers = self.participants.iter().filter(|(_, p)| p.role == Role::Customer);
        customers.filter(|(_, p)| gone(p)).map(|(id, _)| *id).collect()
    }

    pub fn record(&self) -> SessionRecord {
        let (opened, joined) = match self.phase {
            Phase::Waiting { opened } => (opened, false),
            Phase::Joined { opened } => (opened, true),
        };
        let participants = self.participants.iter().map(|(id, who)| ParticipantRecord {
            id: *id,
            role: who.role,
            name: who.name.clone(),
            key: who.key.clone(),
            ticket: who.ticket,
        });
        SessionRecord {
            number: self.number,
            account: self.account.clone(),
            opened,
            joined,
            next_id: self.next_id,
            participants: participants.collect(),
        }
    }

    pub fn restore(record: SessionRecord, now: Millis) -> Self {
        let opened = record.opened;
        let participants = record.participants.into_iter().map(|p| {
            let presence = if p.key.is_some() {
                Presence::Away { since: now }
            } else {
                Presence::Expected { since: now }
            };
            (p.id, Participant { role: p.role, name: p.name, key: p.key, ticket: p.ticket, presence })
        });
        Self {
            number: record.number,
            account: record.account,
            participants: participants.collect(),
            phase: if record.joined { Phase::Joined { opened } } else { Phase::Waiting { opened } },
            next_id: record.next_id,
            idle_from: now,
        }
    }
}
