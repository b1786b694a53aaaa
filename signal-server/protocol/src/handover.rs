//! The word by which a session's primary agent makes another agent primary.

use serde::{Deserialize, Serialize};

use crate::{KeyText, ParticipantId, SessionNumber};

/// Hand-overs of one session at most: all of them fit into one welcome with the largest roster.
pub const MOST_HAND_OVERS: usize = 128;

/// Signed by the agent who is primary until then; shown to every participant and to the server, each of
/// whom believes the signature and nobody's saying so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// Counts the hand-overs of the session from 1: an old one does not count again.
    pub serial: u32,
    pub from: ParticipantId,
    pub from_key: KeyText,
    pub to: ParticipantId,
    pub to_key: KeyText,
    /// Ed25519 (RFC 8032) over [`HandOver::signed_bytes`], 86 characters of unpadded base64url.
    pub signature: String,
}

impl HandOver {
    /// What is signed: a fixed context, then each field, so that no two different words share their bytes.
    pub fn signed_bytes(&self, session: SessionNumber) -> Vec<u8> {
        let mut bytes = b"deskside 2026 hand over 1\n".to_vec();
        for number in [session.get(), self.serial, self.from.0, self.to.0] {
            bytes.extend(number.to_be_bytes());
        }
        for key in [&self.from_key, &self.to_key] {
            bytes.extend(u32::try_from(key.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend(key.as_bytes());
        }
        bytes
    }
}
