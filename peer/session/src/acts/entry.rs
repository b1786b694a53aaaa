//! One entry: what happened, its hash, and what is signed.

use serde::{Deserialize, Serialize};

use super::Person;
use crate::{ParticipantId, Role, SessionNumber, app::Ending, command::Act, view::Verified};

/// Something that happened. Kinds that are not known are read as [`What::Unknown`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// The first entry; `who` is the customer who writes.
    Began {
        session: SessionNumber,
        organisation: String,
        name: String,
    },
    /// The customer's program was started again.
    Resumed,
    /// Somebody proved who it is.
    Joined {
        name: String,
        role: Role,
        verified: Proof,
    },
    /// Gone or turned away; all that it might do ended with it.
    Left,
    /// `who` is the primary agent now, after so many words of hand-over.
    Primary {
        words: u32,
    },
    /// Whom the primary agent helps now.
    Helped {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<ParticipantId>,
    },
    Asked {
        act: Act,
    },
    /// A question that nobody has to answer any more.
    Withdrawn {
        act: Act,
    },
    Refused {
        act: Act,
    },
    NoAnswer {
        act: Act,
    },
    Allowed {
        act: Act,
        how: How,
    },
    Ended {
        act: Act,
        cause: Cause,
    },
    /// `who` may do everything without a question.
    AllAllowed {
        how: How,
    },
    AllEnded,
    /// The primary agent lets this assistant, or other customer, watch.
    Admitted,
    Dismissed,
    /// The customer keeps this assistant from watching.
    Excluded,
    Included,
    /// The customer lets this other customer see what is shared.
    Shown,
    Hidden,
    /// The picture goes to these participants now; to nobody: it ended.
    Sharing {
        viewers: Vec<ParticipantId>,
        paused: bool,
    },
    /// Whether that is of one program alone.
    Program {
        on: bool,
    },
    /// Whether the mouse and keyboard of `who` act here.
    Control {
        on: bool,
    },
    /// Files begin to go to or from `who`. `sent`: from this computer.
    Files {
        sent: bool,
        files: u32,
        bytes: u64,
    },
    /// From here on only endings are written.
    Full,
    /// The last entry.
    Over {
        ending: Ending,
    },
    #[serde(other)]
    Unknown,
}

impl What {
    /// Still written when the log is nearly full.
    pub(crate) fn is_ending(&self) -> bool {
        matches!(
            self,
            Self::Left
                | Self::Primary { .. }
                | Self::Refused { .. }
                | Self::NoAnswer { .. }
                | Self::Ended { .. }
                | Self::AllEnded
                | Self::Hidden
                | Self::Control { on: false }
                | Self::Full
                | Self::Over { .. }
        )
    }
}

/// How somebody's identity was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// By the link's secret.
    Link,
    /// By its key, with a code for people to compare.
    Code,
}

impl From<&Verified> for Proof {
    fn from(v: &Verified) -> Self {
        match v {
            Verified::Link => Self::Link,
            Verified::Code { .. } => Self::Code,
        }
    }
}

/// How leave was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The person at the customer's computer said so.
    Answered,
    /// Everything was allowed before.
    General,
    /// It goes on from before.
    Before,
}

/// Why leave ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    Revoked,
    TakenBack,
    Stopped,
    GivenBack,
    Replaced,
    /// Another agent is primary.
    HandedOver,
    /// Another customer is helped.
    OtherHelped,
    /// The customer's program was started again.
    Restarted,
    Other,
}

/// One entry as it is read; what counts is its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// From 1.
    pub serial: u32,
    /// Milliseconds since 1970 by the customer's clock.
    pub at: u64,
    /// Whom it concerns; the customer itself where nobody else is.
    pub who: Person,
    #[serde(deserialize_with = "known_or_unknown")]
    pub what: What,
    /// [`hash`] of the entry before as base64url; empty for the first.
    pub previous: String,
}

fn known_or_unknown<'de, D: serde::Deserializer<'de>>(d: D) -> Result<What, D::Error> {
    let value = serde_json::Value::deserialize(d)?;
    // A known kind with fields from later is as unknown as a later kind.
    Ok(serde_json::from_value(value).unwrap_or(What::Unknown))
}

/// Identifies an entry and, through `previous`, all before it.
pub(super) fn hash(session: SessionNumber, text: &str) -> [u8; 32] {
    let mut h = blake3::Hasher::new_derive_key("deskside 2026 log of acts 1: entry");
    h.update(&session.get().to_be_bytes());
    h.update(text.as_bytes());
    *h.finalize().as_bytes()
}

/// What the customer signs.
pub(super) fn written(hash: &[u8; 32]) -> [u8; 32] {
    blake3::derive_key("deskside 2026 log of acts 1: written", hash)
}

/// What an agent counter-signs at its time `at`.
pub(super) fn seen(hash: &[u8; 32], at: u64) -> [u8; 32] {
    timed("deskside 2026 log of acts 1: seen", hash, at)
}

/// What an agent signs when its copy ends.
pub(super) fn closed(hash: &[u8; 32], at: u64) -> [u8; 32] {
    timed("deskside 2026 log of acts 1: closed", hash, at)
}

fn timed(context: &str, hash: &[u8; 32], at: u64) -> [u8; 32] {
    let mut h = blake3::Hasher::new_derive_key(context);
    h.update(hash);
    h.update(&at.to_be_bytes());
    *h.finalize().as_bytes()
}
