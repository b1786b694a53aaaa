//! The WebSocket `GET /api/v1/socket`: one JSON text message each, at most [`MAX_MESSAGE`] bytes.
//!
//! The first message is [`Hello`]; the server answers [`FromServer::Welcome`] or [`FromServer::Waiting`], or
//! [`FromServer::Refused`] and closes. Messages with an unknown `type` are skipped by both sides.

use serde::{Deserialize, Serialize};

use crate::{
    HandOver, ParticipantId, QueueName, SessionNumber,
    api::{Code, Entry, IceServer},
    transfers::{TransferState, TransferTo},
};

/// Largest message either side accepts, in bytes.
pub const MAX_MESSAGE: usize = 64 * 1024;

/// First message of a participant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`crate::VERSION`] of the sender.
    pub version: u32,
    pub ticket: String,
    /// Identity key; must be the same each time this ticket is used.
    pub key: String,
    /// Name to show.
    #[serde(default)]
    pub name: String,
}

/// Messages of a participant after [`Hello`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToServer {
    /// Carried unread to another participant of the same session.
    Signal { to: ParticipantId, body: Signal },
    /// Leaves for good; the ticket ends.
    Leave,
    /// Ends the session for all; only the primary agent may.
    End,
    /// Another agent of the session is primary from now on. From anybody: the signature counts.
    HandOver { word: HandOver },
    /// Offers the session to others; only of the primary agent.
    Transfer {
        to: TransferTo,
        #[serde(default)]
        message: String,
    },
    /// Takes the offer back, unless it is taken already.
    TransferWithdraw,
    #[serde(other)]
    Unknown,
}

/// [`ToServer`] as the server reads it: the body of a signal stays the text it was, so that kinds which
/// only newer peers know are carried too.
#[derive(Debug, Deserialize)]
pub struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    pub kind: std::borrow::Cow<'a, str>,
    /// A participant in a signal, something else in other messages.
    #[serde(default, borrow)]
    to: Option<&'a serde_json::value::RawValue>,
    #[serde(default, borrow)]
    pub body: Option<&'a serde_json::value::RawValue>,
}

impl Envelope<'_> {
    /// The participant whom it is for, if it names one.
    pub fn to(&self) -> Option<ParticipantId> {
        serde_json::from_str(self.to?.get()).ok()
    }
}

/// [`FromServer::Signal`] around a body that was not read.
pub fn relayed_signal(from: ParticipantId, body: &serde_json::value::RawValue) -> String {
    format!(r#"{{"type":"signal","from":{},"body":{}}}"#, from.0, body.get())
}

/// Messages of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromServer {
    Welcome {
        version: u32,
        you: ParticipantId,
        number: SessionNumber,
        organisation: String,
        roster: Vec<Entry>,
        ice: Vec<IceServer>,
        /// Every word of the session in order, at most [`crate::MOST_HAND_OVERS`].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        hand_overs: Vec<HandOver>,
        /// The site saves what is said to all with the session's record: agents' programs send it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        keeps_chat: bool,
    },
    /// Instead of [`FromServer::Welcome`] for who waits in a queue, and at each change of the place; a welcome
    /// follows when an agent takes them.
    Waiting {
        queue: QueueName,
        title: String,
        organisation: String,
        /// From 1: the next one.
        place: u32,
        /// How many wait in all.
        waiting: u32,
    },
    /// The socket is refused or closed for this reason.
    Refused {
        error: Code,
    },
    /// The whole roster, after each change.
    Roster {
        roster: Vec<Entry>,
    },
    Signal {
        from: ParticipantId,
        body: Signal,
    },
    /// The session has another primary agent; the roster that says so came before.
    HandOver {
        word: HandOver,
    },
    /// To the agent who transfers.
    TransferState(TransferState),
    /// The session is over.
    Ended {
        reason: EndReason,
    },
    #[serde(other)]
    Unknown,
}

/// Signaling between two participants, for the WebRTC connection between them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Signal {
    Offer {
        sdp: String,
    },
    Answer {
        sdp: String,
    },
    /// A trickled candidate (RFC 8838); an empty `candidate` ends them.
    Candidate {
        candidate: String,
        #[serde(default)]
        mid: Option<String>,
        #[serde(default)]
        mline: Option<u16>,
    },
    /// The other side should offer anew (it lost the connection).
    Renew,
    #[serde(other)]
    Unknown,
}

/// Why a session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The primary agent ended it.
    Agent,
    /// Nobody joined in time, or nobody came back.
    Expired,
    #[serde(other)]
    Other,
}
