//! What a program that was killed needs to go on in the same session: kept in a private file by whoever
//! drives the core, given back in [`crate::Start`].
//!
//! It holds no identity seed, and the link's secret only if that was asked for.

use deskside_protocol::HandOver;
use serde::{Deserialize, Serialize};

use crate::{
    ParticipantId, Role, SessionNumber,
    chat::{SavedChat, SavedMailbox},
    command::{Act, RequestId},
    grants::SavedGrants,
    identity::{LinkSecret, PublicKey, decode},
    roles::{MAX_WORDS, Person, Word},
    trust::Pin,
    view::Verified,
    wire::Outcome,
};

/// Version of the form.
const VERSION: u32 = 1;
/// Largest snapshot that is read, in bytes.
pub const MAX_SNAPSHOT: usize = 16 * 1024 * 1024;
/// Most participants.
const MAX_PEERS: usize = 256;

/// Whether [`crate::io::Output::Keep`] comes, and with what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeping {
    #[default]
    Nothing,
    /// All but the link's secret.
    State,
    /// Also the link's secret, for a file that nobody else can read.
    StateAndSecret,
}

/// Why bytes are no snapshot of this session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    #[error("larger than a snapshot may be")]
    TooLarge,
    #[error("not a snapshot")]
    Malformed,
    #[error("a snapshot of another version: {0}")]
    Version(u32),
    #[error("a snapshot of another session, participant or key")]
    Other,
}

/// One participant's memory of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    version: u32,
    number: SessionNumber,
    me: ParticipantId,
    key: PublicKey,
    pub(crate) state: State,
    /// Words that were applied; [`State::serial`] says the last.
    pub(crate) words: Vec<HandOver>,
    pub(crate) chat: SavedChat,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<String>,
}

/// What is small: compared after each step to see whether something is to be kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    pub role: Role,
    pub primary: Option<Person>,
    pub serial: u32,
    pub helped: Option<ParticipantId>,
    #[serde(default)]
    pub keeps_chat: bool,
    #[serde(default)]
    pub saved_after: u64,
    pub chosen: Option<ParticipantId>,
    pub watchers: Vec<Person>,
    pub admitted: Vec<(PublicKey, bool)>,
    pub grants: SavedGrants,
    pub paused: bool,
    /// One program alone was shared.
    #[serde(default)]
    pub limited: bool,
    #[serde(default)]
    pub no_drawing: bool,
    pub requests: u32,
    /// Agent: what was ever asked of whom.
    #[serde(default)]
    pub asked: Vec<(ParticipantId, Act)>,
    pub peers: Vec<SavedPeer>,
    /// How often the lines changed.
    pub chat_changes: u64,
}

/// A participant whose key is known, or for whom lines wait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedPeer {
    pub id: ParticipantId,
    pub role: Role,
    pub name: String,
    pub proof: Option<SavedProof>,
    pub vouched: Option<PublicKey>,
    pub answered: Vec<(RequestId, Outcome)>,
    pub asked: Vec<(RequestId, Act)>,
    pub wanted: Vec<Act>,
    pub mailbox: SavedMailbox,
}

/// What was proven.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedProof {
    pub key: PublicKey,
    pub verified: Verified,
    /// Names the handshake whose code is shown; 32 bytes as base64url.
    pub pin: String,
}

impl SavedProof {
    pub(crate) fn pin(&self) -> Option<Pin> {
        decode(&self.pin)
    }
    fn is_sound(&self, mine: PublicKey) -> bool {
        self.key != mine && self.pin().is_some()
    }
}

impl Snapshot {
    pub(crate) fn new(
        number: SessionNumber,
        me: Person,
        state: State,
        words: Vec<HandOver>,
        chat: SavedChat,
    ) -> Self {
        Self {
            version: VERSION,
            number,
            me: me.id,
            key: me.key,
            state,
            words,
            chat,
            secret: None,
            link: None,
        }
    }

    pub(crate) fn with_secret(mut self, secret: Option<&LinkSecret>, link: Option<&String>) -> Self {
        self.secret = secret.map(LinkSecret::to_text);
        self.link = link.cloned();
        self
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        // These types have no maps with odd keys, so that writing them cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads what [`crate::io::Output::Keep`] gave, for the same session, participant and key.
    pub fn decode(
        bytes: &[u8],
        number: SessionNumber,
        me: ParticipantId,
        key: PublicKey,
    ) -> Result<Self, SnapshotError> {
        #[derive(Deserialize)]
        struct Peek {
            version: u32,
        }
        if bytes.len() > MAX_SNAPSHOT {
            return Err(SnapshotError::TooLarge);
        }
        let peek: Peek = serde_json::from_slice(bytes).map_err(|_| SnapshotError::Malformed)?;
        if peek.version != VERSION {
            return Err(SnapshotError::Version(peek.version));
        }
        let read: Self = serde_json::from_slice(bytes).map_err(|_| SnapshotError::Malformed)?;
        if (read.number, read.me, read.key) != (number, me, key) {
            return Err(SnapshotError::Other);
        }
        if read.is_sound() { Ok(read) } else { Err(SnapshotError::Malformed) }
    }

    /// Within the limits that hold while it is made.
    fn is_sound(&self) -> bool {
        let s = &self.state;
        let small = self.words.len() <= MAX_WORDS as usize
            && s.peers.len() <= MAX_PEERS
            && s.peers
                .iter()
                .all(|p| p.id != self.me && p.proof.as_ref().is_none_or(|f| f.is_sound(self.key)));
        small
            && self.words.iter().all(|w| Word::read(w, self.number).is_some())
            && self.words.last().is_none_or(|w| w.serial == s.serial)
            && self.chat.is_sound(s.peers.iter().map(|p| &p.mailbox))
            && self.secret.as_ref().is_none_or(|t| LinkSecret::from_text(t).is_some())
    }
}
