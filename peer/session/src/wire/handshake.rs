//! The messages of the trust handshake: the first ones on `control`.

use serde::{Deserialize, Serialize};

use super::{VERSION, WireError, from_json, to_json};
use crate::{ParticipantId, Role, SessionNumber, view::Refusal};

/// In this order: [`Hello`] (offerer), [`Welcome`] (answerer), [`Reveal`] (offerer), [`Proof`] (answerer).
/// [`Refused`] may take the place of any of them. Unknown fields are an error here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Handshake {
    Hello(Hello),
    Welcome(Welcome),
    Reveal(Reveal),
    Proof(Proof),
    Refused(Refused),
}

/// Who speaks to whom; the part that both first messages share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    pub version: u32,
    pub session: SessionNumber,
    pub from: ParticipantId,
    pub to: ParticipantId,
    /// What the sender is in its own eyes.
    pub role: Role,
    /// Words of hand-over that the sender knows, see [`crate::wire::Message::HandOver`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub words: u32,
    /// Identity key of the sender.
    pub key: String,
    /// Whether the sender knows a link's secret.
    pub secret: bool,
    /// Hash that binds the sender to its nonce.
    pub commit: String,
    /// Names the handshake whose code the sender shows for the receiver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Welcome {
    pub version: u32,
    pub session: SessionNumber,
    pub from: ParticipantId,
    pub to: ParticipantId,
    pub role: Role,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub words: u32,
    pub key: String,
    pub secret: bool,
    pub nonce: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}

/// The offerer's nonce, which must fit its commitment, and its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reveal {
    pub nonce: String,
    pub signature: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    pub signature: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// The sender does not go on, and why. Also understood by other versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The sender's version.
    pub version: u32,
    pub reason: Reason,
}

/// [`Refusal`] as it travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Secret,
    Signature,
    Key,
    Version,
    Garbage,
    #[serde(other)]
    Other,
}

impl Refused {
    pub fn new(reason: Refusal) -> Self {
        let reason = match reason {
            Refusal::Secret => Reason::Secret,
            Refusal::Signature => Reason::Signature,
            Refusal::Key => Reason::Key,
            Refusal::Version { .. } => Reason::Version,
            Refusal::Garbage => Reason::Garbage,
        };
        Self { version: VERSION, reason }
    }
    pub fn refusal(self) -> Refusal {
        match self.reason {
            Reason::Secret => Refusal::Secret,
            Reason::Signature => Refusal::Signature,
            Reason::Key => Refusal::Key,
            Reason::Version => Refusal::Version { theirs: self.version },
            Reason::Garbage | Reason::Other => Refusal::Garbage,
        }
    }
}

impl Handshake {
    /// [`WireError::Version`] when a first message names another version, whatever else it holds.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        #[derive(Deserialize)]
        struct Peek {
            #[serde(rename = "type")]
            kind: String,
            #[serde(default)]
            version: Option<u32>,
        }
        let peek: Peek = from_json(bytes)?;
        match (peek.kind.as_str(), peek.version) {
            ("hello" | "welcome", Some(v)) if v != VERSION => Err(WireError::Version(v)),
            _ => from_json(bytes),
        }
    }
    pub fn encode(&self) -> Vec<u8> {
        to_json(self)
    }
}
