//! The agents' desk, WebSocket `GET /api/v1/desk`: who is there and what waits.
//!
//! The first message is [`DeskHello`]; then the server sends [`FromDesk::Desk`] at once and after each
//! change. What the agent sends later is passed over.

use serde::{Deserialize, Serialize};

use crate::{QueueName, Role, SessionNumber, api::Code, transfers::TransferOffer};

/// First message of an agent's desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskHello {
    /// [`crate::VERSION`] of the sender.
    pub version: u32,
    /// Bearer token of a sign-in.
    pub token: String,
}

/// Messages of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromDesk {
    /// Everything as it is now, in place of what was sent before.
    Desk(Desk),
    /// Then it closes.
    Refused { error: Code },
    #[serde(other)]
    Unknown,
}

/// What an agent sees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// Who serves any queue, is at a desk or in a session; by name.
    pub agents: Vec<DeskAgent>,
    /// Those that the account serves, by name.
    pub queues: Vec<DeskQueue>,
    /// Sessions that others offer and the account may take.
    pub transfers: Vec<TransferOffer>,
    /// Sessions in which the account is an agent, by number.
    pub sessions: Vec<DeskSession>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskAgent {
    pub name: String,
    pub state: AgentState,
}

/// Whether an agent can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// At a desk, in no session.
    Free,
    /// In a session.
    Busy,
    /// At no desk and in no session.
    Away,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskQueue {
    pub name: QueueName,
    pub title: String,
    /// How many wait; `waiting` may show fewer, the first ones.
    pub count: u32,
    pub waiting: Vec<DeskWaiting>,
}

/// A customer who waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskWaiting {
    /// For [`crate::queues::Take::entry`].
    pub entry: String,
    pub name: String,
    /// Milliseconds for which it has waited.
    pub since: u64,
    /// Whether the socket is up.
    pub online: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskSession {
    pub number: SessionNumber,
    pub customers: Vec<String>,
    /// What the account is in it.
    pub role: Role,
}
