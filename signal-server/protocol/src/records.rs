//! What stays of a session: its record and its notes; and the phrases that agents use.

use serde::{Deserialize, Serialize};

use crate::{ParticipantId, Role, SessionNumber, transfers::TransferTo};

/// Longest notes of a session, in bytes.
pub const LONGEST_NOTES: usize = 64 * 1024;
/// Records that one answer lists.
pub const MOST_RECORDS: usize = 100;
/// Lines of a saved chat, and the text of all of them in bytes; the first ones are saved.
pub const MOST_SAID: usize = 4000;
pub const LONGEST_SAID: usize = 512 * 1024;
/// Phrases of one list.
pub const MOST_PHRASES: usize = 200;
/// Longest phrase, in characters.
pub const LONGEST_PHRASE: usize = 1000;

/// One of `GET /api/v1/sessions` (bearer token): sessions in which the account is or was an agent, newest first.
/// Times are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    pub number: SessionNumber,
    pub opened: u64,
    /// Absent: it is running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<u64>,
    /// In the order in which they came.
    pub visits: Vec<Visit>,
    pub hand_overs: Vec<Passed>,
    pub transfers: Vec<Transferred>,
}

/// Somebody was in a session; short losses of the connection are not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    pub id: ParticipantId,
    /// At first.
    pub role: Role,
    pub name: String,
    pub came: u64,
    /// Absent: still there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u64>,
}

/// Control went from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    pub at: u64,
    pub serial: u32,
    pub from: ParticipantId,
    pub to: ParticipantId,
}

/// The session was offered to others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transferred {
    pub at: u64,
    pub from: ParticipantId,
    pub to: TransferTo,
    pub message: String,
    /// Who took it, if anybody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<ParticipantId>,
}

/// `PUT` and `GET /api/v1/sessions/{number}/notes` (bearer token of an account that is or was an agent of it).
/// Saved if `version` is higher than the saved one; none are version 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    pub version: u32,
    /// At most [`LONGEST_NOTES`] bytes.
    pub text: String,
}

/// Answer to a `PUT` of [`Notes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotesSaved {
    pub version: u32,
}

/// `PUT` and `GET /api/v1/sessions/{number}/chat` (bearer token of an account that is or was an agent of it): what was said
/// to all, if the site saves it. A `PUT` adds the lines that are not there yet; `GET` gives all in the order of their times.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    pub lines: Vec<Said>,
}

/// One line of a chat.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Said {
    /// Milliseconds since 1970 by the sender's clock.
    pub at: u64,
    pub from: ParticipantId,
    /// Of the sender, as the agent's program read it.
    pub name: String,
    pub text: String,
}

/// `GET` and `PUT /api/v1/phrases` (the site's: everyone signed in reads, admins write) and
/// `/api/v1/phrases/mine` (the account's).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrases {
    /// In the order in which they are offered; at most [`MOST_PHRASES`] of 1 to [`LONGEST_PHRASE`] characters.
    pub phrases: Vec<String>,
}
