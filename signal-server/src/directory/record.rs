//! Sessions as they are kept in the store.

use deskside_protocol::{ParticipantId, Role, SessionNumber};
use serde::{Deserialize, Serialize};

use super::{Millis, TicketHash};

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
