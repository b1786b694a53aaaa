//! The messages after the handshake.

use deskside_protocol::{HandOver, socket::Signal};
use serde::{Deserialize, Serialize};

use super::{
    MAX_ACTS, MAX_CHAT, MAX_INPUT_TEXT, MAX_MONITOR_NAME, MAX_MONITORS, MAX_VIEWERS, WireError, from_json,
    handshake::Refused, to_json,
};
use crate::{
    ParticipantId,
    acts::MAX_ENTRY,
    command::{Act, Coder, RequestId, Screen},
    direction::Direction,
    files::Stopped,
    input::{InputEvent, Key},
    marks::{Changes, Draw},
    programs::{MOST_SHARED, SharedProgram},
    quality::{Colours, Quality, Sharpness},
    view::{Monitor, Trouble},
};

/// Characters of a key and of a signature as unpadded base64url.
const KEY_TEXT: usize = 43;
const SIGNATURE_TEXT: usize = 86;
/// Longest link in an invitation, in bytes.
const MAX_LINK: usize = 512;

/// On `control`. Messages with an unknown `type` are skipped. There is no message that accepts
/// something on the customer's behalf: consent is a [`crate::command::Command`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Message {
    /// Agent: asks for an act. The same request may come again after a reconnection.
    Ask { request: RequestId, act: Act },
    /// Agent: withdraws a request.
    CancelAsk { request: RequestId },
    /// Customer: what became of a request. What is granted says [`Message::Grants`].
    Answered { request: RequestId, outcome: Outcome },
    /// Customer: all that the receiver may do now; sent when it changes and on each new connection.
    Grants {
        acts: Vec<Act>,
        /// Why something went that was there before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Why>,
        /// Which way what is copied may go, if the clipboard is granted.
        #[serde(default, skip_serializing_if = "is_both")]
        clipboard: Direction,
    },
    /// Customer, to viewers: the sharing as it is now; absent when there is none.
    Sharing {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sharing: Option<Shared>,
    },
    /// Customer, to viewers: a device failed.
    Trouble { trouble: Trouble },
    /// Agent: gives grants back.
    GiveBack { acts: Vec<Act> },
    /// Viewer: how the picture is wished.
    Wish(Wish),
    /// Viewer: everything but moves under way. `n` counts pointer positions (see [`Moved`]).
    Input {
        n: u64,
        /// Position number `n`, so that a wheel or key acts there even if the move was lost.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<(u16, u16)>,
        event: InputEvent,
        /// For which [`Shared::area`] it was made; absent: for any.
        #[serde(default, skip_serializing_if = "is_none")]
        area: u32,
    },
    /// Who sees what is shared: draws on it.
    Draw { draw: Draw },
    /// Sharer, to all who see it: what changed of the marks, see [`crate::marks`].
    Marks(Changes),
    /// `seq` counts from 1 for each sender and receiver; sent again until acknowledged.
    Chat {
        seq: u64,
        /// Only for the receiver, not to all.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        private: bool,
        /// Milliseconds since 1970.
        at: u64,
        text: String,
    },
    /// All chat up to this `seq` arrived.
    ChatAck { seq: u64 },
    /// A piece of a clipboard text; a new `transfer` replaces an unfinished one.
    Clipboard { transfer: u32, part: u32, last: bool, text: String },
    /// A piece of a clipboard picture: of a PNG file as unpadded base64url.
    ClipboardPicture { transfer: u32, part: u32, last: bool, png: String },
    /// A piece of a list of copied files, see [`crate::files::List`]; `transfer` names what may be fetched.
    ClipboardFiles { transfer: u32, part: u32, last: bool, list: String },
    /// A piece arrived; at most two are under way.
    ClipboardAck { transfer: u32 },
    /// Agent: asks to send these files, by pieces of a list of them; the answer is as to [`Message::Ask`].
    OfferFiles { request: RequestId, part: u32, last: bool, list: String },
    /// A piece arrived; at most two are under way.
    OfferAck { request: RequestId },
    /// Send the contents of what was offered by this number: that of a `transfer`, or of a request if `asked`.
    /// `fetch` counts up, each number once.
    FetchFiles {
        fetch: u32,
        offer: u32,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        asked: bool,
    },
    /// For the connection of a transfer. `sends`: the sender of this message sends the files.
    FilesSignal { fetch: u32, sends: bool, signal: Signal },
    /// A transfer does not go on; `sends` as before.
    StopFiles { fetch: u32, sends: bool, stopped: Stopped },
    /// Anybody: another agent is primary from now on. The signature counts, not who carries it.
    HandOver { word: HandOver },
    /// Primary agent: who is helped and who watches; when it changes and on each new connection.
    Lead(Lead),
    /// Agent, to the primary agent who lacks it: the secret of the session's link, and the whole link.
    Invitation {
        secret: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
    },
    /// Agent, to a customer on each new connection: how many entries of its log of acts the sender has.
    Acts { have: u32 },
    /// Customer, to agents: the next entry of its log, see [`crate::acts`].
    Act { text: String, signature: String },
    /// Agent: all entries up to this one arrived.
    ActAck {
        serial: u32,
        /// Of the primary agent: its word on this entry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<Seen>,
    },
    /// The sender leaves; `ended`: and, being the primary agent, ends the session.
    Bye {
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ended: bool,
    },
    /// The sender refuses the connection.
    Refused(Refused),
    #[serde(other)]
    Unknown,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Allowed,
    Refused,
    NoAnswer,
    /// Too many requests, or again too soon after a refusal; nobody was asked.
    TooMany,
    /// Only the primary agent may ask.
    NotPermitted,
}

/// Why grants ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    Revoked,
    /// The customer used the own mouse or keyboard, or pressed Take back.
    TakenBack,
    /// The sharing was stopped.
    Stopped,
    /// The receiver gave it back itself.
    GivenBack,
    /// Somebody else controls now.
    Replaced,
}

/// What the primary agent decides for the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// The customer who is helped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helped: Option<ParticipantId>,
    /// Who sees what the primary agent sees: assistants, and other customers if the one who is helped lets them.
    pub watchers: Vec<Watcher>,
    /// What is said to all is saved with the session's record.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keeps_chat: bool,
}

/// Somebody for whom the primary agent vouches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watcher {
    pub id: ParticipantId,
    /// Identity key.
    pub key: String,
}

/// The primary agent's word on an entry of the log of acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Milliseconds since 1970 by the agent's clock.
    pub at: u64,
    /// Absent: it is not so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// What a viewer wishes of the picture; absent: as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coder: Option<Coder>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<Screen>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharpness: Option<Sharpness>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colours: Option<Colours>,
}

/// A sharing as its viewers see it; see [`crate::view::Sharing`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    pub viewers: Vec<ParticipantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controller: Option<ParticipantId>,
    pub paused: bool,
    pub monitors: Vec<Monitor>,
    pub screen: Screen,
    pub width: u16,
    pub height: u16,
    pub coder: Coder,
    /// What was chosen for the picture.
    #[serde(default)]
    pub quality: Quality,
    /// The sharer keeps something out of the picture.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// The programs that alone are shared; none: the whole desktop.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<SharedProgram>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_drawing: bool,
    /// The monitor that was chosen, while it is not there and another one stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<String>,
    /// Grows when another part of the desktop is shown, or the same one elsewhere or in another size; 0: not told.
    #[serde(default, skip_serializing_if = "is_none")]
    pub area: u32,
}

fn is_both(direction: &Direction) -> bool {
    *direction == Direction::Both
}

fn is_none(area: &u32) -> bool {
    *area == 0
}

/// On `pointer`: a move under way. Positions are numbered; those numbered lower than one that was
/// seen already, on either channel, are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Moved {
    Move {
        n: u64,
        x: u16,
        y: u16,
        /// See [`Message::Input`].
        #[serde(default, skip_serializing_if = "is_none")]
        area: u32,
    },
    #[serde(other)]
    Unknown,
}

impl Message {
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let message: Self = from_json(bytes)?;
        if message.in_limits() { Ok(message) } else { Err(WireError::Limit) }
    }
    pub fn encode(&self) -> Vec<u8> {
        to_json(self)
    }
    fn in_limits(&self) -> bool {
        match self {
            Self::Grants { acts, .. } | Self::GiveBack { acts } => acts.len() <= MAX_ACTS,
            Self::Sharing { sharing: Some(s) } => {
                s.viewers.len() <= MAX_VIEWERS
                    && s.monitors.len() <= MAX_MONITORS
                    && s.monitors.iter().all(|m| m.name.len() <= MAX_MONITOR_NAME)
                    && s.gone.as_ref().is_none_or(|name| name.len() <= MAX_MONITOR_NAME)
                    && s.programs.len() <= MOST_SHARED
                    && s.programs.iter().all(SharedProgram::in_limits)
                    && s.programs
                        .iter()
                        .enumerate()
                        .all(|(n, p)| s.programs[..n].iter().all(|q| q.id != p.id))
            }
            Self::Input { event, .. } => input_in_limits(event),
            Self::Draw { draw } => draw.in_limits(),
            Self::Marks(changes) => changes.in_limits(),
            Self::HandOver { word } => {
                [&word.from_key, &word.to_key].into_iter().all(|k| k.len() == KEY_TEXT)
                    && word.signature.len() == SIGNATURE_TEXT
            }
            Self::Lead(lead) => {
                lead.watchers.len() <= MAX_VIEWERS && lead.watchers.iter().all(|w| w.key.len() == KEY_TEXT)
            }
            Self::Invitation { link, .. } => link.as_ref().is_none_or(|l| l.len() <= MAX_LINK),
            Self::Act { text, signature } => text.len() <= MAX_ENTRY && signature.len() == SIGNATURE_TEXT,
            Self::ActAck { seen: Some(Seen { signature: Some(s), .. }), .. } => s.len() == SIGNATURE_TEXT,
            Self::Chat { text, .. } => !text.is_empty() && text.len() <= MAX_CHAT,
            _ => true,
        }
    }
}

/// Also asked before sending, so that a local program cannot send what the other side refuses.
pub(crate) fn input_in_limits(event: &InputEvent) -> bool {
    match event {
        InputEvent::Text { text } => {
            !text.is_empty()
                && text.chars().count() <= MAX_INPUT_TEXT
                && text.chars().all(|c| !c.is_control() || c == '\n' || c == '\t')
        }
        InputEvent::Key { key: Key::Char(c), .. } => !c.is_control(),
        // Keyboard page of the HID Usage Tables: 0x04 (a) to 0xE7 (right GUI).
        InputEvent::Key { key: Key::Position(p), .. } => (0x04..=0xe7).contains(p),
        _ => true,
    }
}

impl Moved {
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        from_json(bytes)
    }
    pub fn encode(&self) -> Vec<u8> {
        to_json(self)
    }
}
