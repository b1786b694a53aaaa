//! One session and its participants.

use std::collections::BTreeMap;

use deskside_protocol::{HandOver, ParticipantId, Role, SessionNumber, api::Entry, socket::FromServer};

use super::{
    Agent, History, LinkId, Millis, Output, Outputs, Rules, Seated, TicketHash, WaiterRecord, clean_name,
    queue::Waiter,
    record::{ParticipantRecord, SessionRecord, TransferPhase, TransferRecord},
};

pub(super) struct Session {
    pub number: SessionNumber,
    pub account: String,
    pub participants: BTreeMap<ParticipantId, Participant>,
    phase: Phase,
    next_id: u32,
    /// In order; serials count from 1.
    pub hand_overs: Vec<HandOver>,
    pub transfer: Option<TransferRecord>,
    /// The place that the customer had, until the agent who took them is there.
    pub taken: Option<WaiterRecord>,
    pub history: History,
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
    /// Key of an agent's account.
    pub account: Option<String>,
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

impl Presence {
    /// As a restarted server finds them.
    pub fn restored(key: Option<&str>, now: Millis) -> Self {
        if key.is_some() { Self::Away { since: now } } else { Self::Expected { since: now } }
    }

    /// Whether they did not come, or not come back, in time.
    pub fn is_gone(self, now: Millis, waits: Millis, keeps: Millis) -> bool {
        match self {
            Self::Online(_) => false,
            Self::Expected { since } => now >= since.saturating_add(waits),
            Self::Away { since } => now >= since.saturating_add(keeps),
        }
    }
}

impl Session {
    pub fn new(number: SessionNumber, account: &str, now: Millis) -> Self {
        Self {
            number,
            account: account.to_owned(),
            participants: BTreeMap::new(),
            phase: Phase::Waiting { opened: now },
            next_id: 1,
            hand_overs: Vec::new(),
            transfer: None,
            taken: None,
            history: History::of(account),
            idle_from: now,
        }
    }

    pub fn add_customer(&mut self, name: String, ticket: TicketHash, now: Millis) -> ParticipantId {
        let presence = Presence::Expected { since: now };
        self.add(Participant { role: Role::Customer, account: None, name, key: None, ticket, presence })
    }

    /// A customer who waited comes with key and socket.
    pub fn add_waiter(&mut self, waiter: Waiter) -> ParticipantId {
        let Waiter { name, key, ticket, presence, .. } = waiter;
        self.add(Participant { role: Role::Customer, account: None, name, key, ticket, presence })
    }

    /// `role` is one of an agent.
    pub fn add_agent(
        &mut self,
        role: Role,
        who: &Agent<'_>,
        ticket: TicketHash,
        now: Millis,
    ) -> ParticipantId {
        let (account, name) = (Some(who.account.to_owned()), clean_name(who.name));
        let presence = Presence::Expected { since: now };
        self.add(Participant { role, account, name, key: None, ticket, presence })
    }

    fn add(&mut self, who: Participant) -> ParticipantId {
        let id = ParticipantId(self.next_id);
        self.next_id += 1;
        self.participants.insert(id, who);
        id
    }

    pub fn customers(&self) -> usize {
        self.participants.values().filter(|p| p.role == Role::Customer).count()
    }

    pub fn opened(&self) -> Millis {
        let (Phase::Waiting { opened } | Phase::Joined { opened }) = self.phase;
        opened
    }

    /// Notes that this one is there; true the first time.
    pub fn came(&mut self, now: Millis, id: ParticipantId) -> bool {
        let Some(who) = self.participants.get(&id) else { return false };
        self.history.came(now, id, who.role, &who.name, who.account.as_deref())
    }

    /// Whether the customer was taken out of a queue by an agent who did not come in time, and is alone.
    pub fn is_deserted(&self, now: Millis, waits: Millis) -> bool {
        let Some(taken) = &self.taken else { return false };
        self.participants.len() == 2
            && self.participants.values().any(|p| p.ticket == taken.ticket)
            && self.primary().is_some_and(|(_, p)| {
                matches!(p.presence, Presence::Expected { .. }) && p.presence.is_gone(now, waits, waits)
            })
    }

    /// Who controls the session, unless they left.
    pub fn primary(&self) -> Option<(ParticipantId, &Participant)> {
        self.participants.iter().find(|(_, p)| p.role == Role::Primary).map(|(id, p)| (*id, p))
    }

    pub fn online(&self) -> impl Iterator<Item = LinkId> {
        self.participants.values().filter_map(|p| match p.presence {
            Presence::Online(link) => Some(link),
            Presence::Expected { .. } | Presence::Away { .. } => None,
        })
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

    pub fn seated(&self, you: ParticipantId) -> Seated {
        Seated { you, number: self.number, roster: self.roster(), hand_overs: self.hand_overs.clone() }
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
        for link in self.online().filter(|link| Some(*link) != except) {
            out.push(Output::Send(link, FromServer::Roster { roster: roster.clone() }));
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

    /// Customers and assistants whose ticket was never used in time, or who have been away for too long.
    pub fn gone(&self, now: Millis, rules: &Rules) -> Vec<ParticipantId> {
        let gone = |p: &Participant| p.presence.is_gone(now, rules.ticket_waits, rules.away_lives);
        let others = self.participants.iter().filter(|(_, p)| p.role != Role::Primary);
        others.filter(|(_, p)| gone(p)).map(|(id, _)| *id).collect()
    }

    pub fn record(&self) -> SessionRecord {
        let (opened, joined) = match self.phase {
            Phase::Waiting { opened } => (opened, false),
            Phase::Joined { opened } => (opened, true),
        };
        let participants = self.participants.iter().map(|(id, who)| ParticipantRecord {
            id: *id,
            role: who.role,
            account: who.account.clone(),
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
            transfer: self.transfer.clone(),
            taken: self.taken.clone(),
            history: self.history.clone(),
            participants: participants.collect(),
        }
    }

    /// `hand_overs`: the words of this session in order.
    pub fn restore(record: SessionRecord, hand_overs: Vec<HandOver>, now: Millis) -> Self {
        let opened = record.opened;
        // Who may take it has the whole time again.
        let transfer = record.transfer.map(|t| match t.phase {
            TransferPhase::Offered { .. } => {
                TransferRecord { phase: TransferPhase::Offered { since: now }, ..t }
            }
            TransferPhase::Taken { .. } => t,
        });
        let participants = record.participants.into_iter().map(|p| {
            let presence = Presence::restored(p.key.as_deref(), now);
            // Older records name only the account that opened the session.
            let opener = (p.role == Role::Primary).then(|| record.account.clone());
            let account = p.account.or(opener);
            (
                p.id,
                Participant { role: p.role, account, name: p.name, key: p.key, ticket: p.ticket, presence },
            )
        });
        let participants = participants.collect();
        Self {
            number: record.number,
            account: record.account,
            participants,
            hand_overs,
            transfer,
            taken: record.taken,
            history: record.history,
            phase: if record.joined { Phase::Joined { opened } } else { Phase::Waiting { opened } },
            next_id: record.next_id,
            idle_from: now,
        }
    }
}
