//! A session that is passed on: offered to a queue or to agents, taken by the first of them.

use serde::{Deserialize, Serialize};

use crate::{ParticipantId, QueueName, SessionNumber};

/// Longest message that goes with a transfer, in characters.
pub const LONGEST_MESSAGE: usize = 345;
/// Agents whom one transfer names at most.
pub const MOST_AGENTS: usize = 50;

/// Who may take it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferTo {
    /// Whoever serves the queue.
    Queue(QueueName),
    /// Names of accounts, 1 to [`MOST_AGENTS`].
    Agents(Vec<String>),
}

/// How the transfer of a session stands; told to the agent who transfers, at each change and after each welcome.
/// When none is told after a welcome, none is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TransferState {
    Offered {
        id: String,
    },
    /// This assistant took it: time to hand over to them, once they are in the roster, and to leave.
    Taken {
        id: String,
        participant: ParticipantId,
    },
    /// It is over, and the session is still the sender's.
    Returned {
        id: String,
        why: Returned,
    },
    /// There was none.
    Refused {
        why: Refused,
    },
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Returned {
    /// Nobody took it in time.
    Time,
    Withdrawn,
    /// Who took it left or did not come, or the queue is no more.
    Gone,
    #[serde(other)]
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// Only the primary agent transfers.
    NotPrimary,
    /// One is under way.
    UnderWay,
    NoSuchQueue,
    /// A name is not one of an account, or there are none or too many.
    NoSuchAgent,
    /// The message has more than [`LONGEST_MESSAGE`] characters.
    Message,
    #[serde(other)]
    Other,
}

/// A transfer as the desks of those see it who may take it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferOffer {
    /// For `POST /api/v1/transfers/{id}/take`.
    pub id: String,
    pub number: SessionNumber,
    /// Name of the agent who transfers.
    pub from: String,
    pub customers: Vec<String>,
    pub message: String,
    /// Milliseconds since it was offered.
    pub since: u64,
    /// Absent: it names the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueName>,
}

/// `POST /api/v1/transfers/{id}/take` (bearer token of an account that may). Answer: [`crate::api::Joined`], the
/// ticket of an assistant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeTransfer {
    /// See [`crate::queues::Take::claim`].
    pub claim: String,
}
