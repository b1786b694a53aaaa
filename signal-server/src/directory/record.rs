//! Sessions and queues as they are kept in the store.

use deskside_protocol::{HandOver, ParticipantId, QueueName, Role, SessionNumber};
use serde::{Deserialize, Serialize};

use super::{History, Millis, TicketHash};

/// A session without what only live sockets tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    pub number: SessionNumber,
    /// Key of the account that opened it.
    pub account: String,
    pub opened: Millis,
    /// Whether a customer has ever come.
    pub joined: bool,
    pub next_id: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferRecord>,
    /// The place in the queue that the customer had, until the agent who took them is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<WaiterRecord>,
    #[serde(default)]
    pub history: History,
    pub participants: Vec<ParticipantRecord>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantRecord {
    pub id: ParticipantId,
    pub role: Role,
    /// Key of an agent's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    pub name: String,
    pub key: Option<String>,
    pub ticket: TicketHash,
}

/// A session that is passed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferRecord {
    pub id: String,
    pub from: ParticipantId,
    pub to: Target,
    pub message: String,
    pub phase: TransferPhase,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Queue(QueueName),
    Agents(Vec<Serving>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferPhase {
    Offered {
        since: Millis,
    },
    /// By this assistant; the word of the primary agent is still to come.
    Taken {
        participant: ParticipantId,
    },
}

/// A queue, and who serves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRecord {
    pub name: QueueName,
    pub title: String,
    pub agents: Vec<Serving>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Serving {
    /// Key of the account.
    pub account: String,
    /// As it is shown.
    pub name: String,
}

/// A customer who waits, without what only a live socket tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaiterRecord {
    pub queue: QueueName,
    /// The lowest of a queue is the next.
    pub order: u64,
    pub name: String,
    pub key: Option<String>,
    pub ticket: TicketHash,
    pub entered: Millis,
}

/// What was given for a claim; kept for a day, so that the same claim has the same answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRecord {
    /// Of the ticket, which follows from the claim.
    pub ticket: TicketHash,
    pub number: SessionNumber,
    pub at: Millis,
}

/// All that a restarted server goes on with.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    pub sessions: Vec<SessionRecord>,
    /// In the order of each session.
    pub words: Vec<(SessionNumber, HandOver)>,
    pub queues: Vec<QueueRecord>,
    pub waiters: Vec<WaiterRecord>,
    pub claims: Vec<ClaimRecord>,
}
