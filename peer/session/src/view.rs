//! What a person can see of a session: the windows draw it, `--headless` prints it.

use serde::{Deserialize, Serialize};

use crate::{
    ParticipantId, Role, SessionNumber,
    command::{Act, Coder, RequestId, Screen},
    direction::Direction,
    files::{FilesId, Stopped},
    hiding::Hiding,
    marks::{Mark, Pen},
    programs::SharedProgram,
    quality::Quality,
};

/// Everything about one session at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    pub number: SessionNumber,
    /// The join link with the secret in its fragment; agents only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    pub organisation: String,
    pub me: ParticipantId,
    pub role: Role,
    /// Everyone but me.
    pub others: Vec<Other>,
    /// Whether the server is reached; a running session goes on without it.
    pub server_up: bool,
    /// Customer: the question to answer now; at most one at a time, oldest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Prompt>,
    /// Agent: what I asked and got no answer to yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Act>,
    /// The customer who is helped; may be me.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helped: Option<ParticipantId>,
    /// Who sees what the primary agent sees: assistants, and customers who are not helped. At the customer who is helped
    /// without those whom it excluded; at the others with customers whom that one may not let see.
    #[serde(default)]
    pub watchers: Vec<ParticipantId>,
    /// Customer: those whom it keeps from seeing that; other customers until it says otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<ParticipantId>,
    /// Customer: what I granted to whom. Agent: what I was granted.
    pub grants: Vec<Grant>,
    /// Customer: everything is allowed without asking.
    pub allow_all: bool,
    /// The sharing that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharing: Option<Sharing>,
    /// What people drew on it, the topmost last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// What I draw with; without it, pointer and keyboard control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pen: Option<Pen>,
    pub chat: Vec<ChatLine>,
    /// Of all conversations.
    pub unread: u32,
    /// Those with lines, the one with the newest line first; at most 64.
    #[serde(default)]
    pub conversations: Vec<Conversation>,
    /// What is said to all is saved with the session's record, as the primary agent says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub chat_kept: bool,
    /// The last thing that a person should be told, with a serial number that grows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<(u64, Notice)>,
    /// Files on their way, and those that came into the folder of downloads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<MovingFiles>,
    /// Which way what is copied may go, once the clipboard is granted: my choice, or that of the customer who is helped.
    #[serde(default, skip_serializing_if = "is_both")]
    pub clipboard: Direction,
}

/// Files on their way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovingFiles {
    #[serde(flatten)]
    pub id: FilesId,
    /// By which act.
    pub act: Act,
    /// Of the first file or folder.
    pub name: String,
    /// All of them, without folders.
    pub files: u32,
    pub bytes: u64,
    /// Bytes so far.
    pub done: u64,
    /// Links and devices, which do not go.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped: u32,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub over: bool,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

fn is_both(direction: &Direction) -> bool {
    *direction == Direction::Both
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    pub id: ParticipantId,
    pub role: Role,
    pub name: String,
    pub link: LinkView,
}

/// The connection to one participant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LinkView {
    Connecting,
    /// Encrypted and proven. `code`: the six digits to compare when no link secret was used.
    Secure {
        verified: Verified,
        route: Route,
    },
    /// Lost; coming back by itself.
    Lost,
    /// Refused because the proof was wrong or missing.
    Refused {
        reason: Refusal,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Verified {
    /// Both sides proved that they know the link's secret.
    Link,
    /// Not verified until people compare this code, six digits.
    Code { code: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    Unknown,
    Direct,
    Relayed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The other side did not know the link's secret.
    Secret,
    /// The signature does not fit the connection: somebody in the middle.
    Signature,
    /// Another key than the one that was announced or seen before.
    Key,
    /// The other program speaks another version.
    Version { theirs: u32 },
    /// Not a message of the handshake, too large, or out of order.
    Garbage,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    pub request: RequestId,
    pub from: ParticipantId,
    pub name: String,
    pub act: Act,
    /// To send files: which ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<AskedFiles>,
    /// To see or control: the names of the assistants who would see it too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub along: Vec<String>,
    /// Milliseconds after which silence counts as no.
    pub remaining_ms: u64,
}

/// Files that somebody wants to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedFiles {
    /// Of the first files and folders, at most [`MOST_NAMES`]; folders end in `/`.
    pub names: Vec<String>,
    /// Files and folders beside these, without what is in a folder.
    pub more: u32,
    /// All files, also those in folders.
    pub files: u32,
    pub bytes: u64,
}

/// Most names in a question about files.
pub const MOST_NAMES: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grant {
    pub to: ParticipantId,
    pub act: Act,
}

/// The sharing of a desktop: the customer's, or the one that the primary agent shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sharing {
    pub sharer: ParticipantId,
    pub viewers: Vec<ParticipantId>,
    pub controller: Option<ParticipantId>,
    pub paused: bool,
    pub monitors: Vec<Monitor>,
    pub screen: Screen,
    /// Size of the shared picture in pixels; 0 until known.
    pub width: u16,
    pub height: u16,
    pub coder: Coder,
    /// What was chosen for it.
    #[serde(default)]
    pub quality: Quality,
    /// Whether the sharer keeps something out of the picture.
    #[serde(default, skip_serializing_if = "Hiding::is_nothing")]
    pub hiding: Hiding,
    /// The programs that alone are shared; none: the whole desktop.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<SharedProgram>,
    /// The picture cannot be had, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    /// The sharer lets nobody draw on it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_drawing: bool,
    /// Sharer: this computer cannot show drawings on its desktop, so that nobody draws.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cannot_draw: bool,
    /// The monitor that was chosen is not there: another one stands in until it is back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Monitor {
    pub name: String,
    pub x: i32,
    pub y: i32,
    pub width: u16,
    pub height: u16,
    pub primary: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    NoDisplay,
    CaptureDenied,
    CaptureFailed,
    InputDenied,
    InputFailed,
    /// The system asks the person something, or is locked, where no program sees or acts; it passes.
    SystemPrompt,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatLine {
    pub from: ParticipantId,
    pub name: String,
    /// Only for this participant; to all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<ParticipantId>,
    pub text: String,
    /// Milliseconds since 1970, as the sender's clock said.
    pub at: u64,
    /// Reached the other side.
    pub delivered: bool,
}

/// Lines that belong together in a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// With this participant alone; absent: with everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<ParticipantId>,
    /// Of that participant, who may have left; empty for everybody.
    pub name: String,
    pub unread: u32,
    /// Of the newest line, milliseconds since 1970.
    pub at: u64,
}

/// Short news for a person; worded by the UI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    Joined {
        name: String,
    },
    Left {
        name: String,
    },
    Lost {
        name: String,
    },
    Back {
        name: String,
    },
    /// `to` is the primary agent now, instead of `from`.
    HandedOver {
        from: String,
        to: String,
    },
    /// Another customer is helped now.
    NowHelped {
        name: String,
    },
    /// Sharer: this assistant or other customer is about to see what is shared, along with who is meant to.
    Watches {
        name: String,
    },
    /// Customer: what was allowed in general for the whole session goes on for the new primary agent.
    AllowAllGoesOn {
        name: String,
    },
    Allowed {
        act: Act,
    },
    Refused {
        act: Act,
    },
    /// Agent: the connection to this participant was refused.
    TurnedAway {
        name: String,
        reason: Refusal,
    },
    /// Nobody answered within the deadline.
    NoAnswer {
        act: Act,
    },
    Revoked {
        act: Act,
    },
    TakenBack,
    /// Customer: may control the desktop that this agent shows; or not any more.
    MayControl {
        name: String,
    },
    MayNotControl {
        name: String,
    },
    /// Agent who shows its desktop: it took control of that back.
    OwnControl,
    Paused,
    Resumed,
    SharingStopped,
    ServerLost,
    ServerBack,
    Trouble {
        trouble: Trouble,
    },
    ChatTooLong,
    /// Too much waits for somebody who is away: this line was not taken.
    ChatFull,
    /// The log of acts cannot be written on this computer; it is tried again, and the other side's copy goes on.
    LogNotKept,
    /// All of it is on the disk again.
    LogKept,
    /// The monitor that was shared is not there any more; this one is shared instead.
    MonitorGone {
        monitor: String,
        instead: String,
    },
    /// It is there again, and shared again.
    MonitorBack {
        monitor: String,
    },
    /// Agent: the customer chose which way what is copied may go.
    ClipboardGoes {
        direction: Direction,
    },
    /// All of these files were sent, or came; `skipped` links and devices were left out.
    FilesMoved {
        sent: bool,
        name: String,
        files: u32,
        skipped: u32,
    },
    /// They did not; `entry`: the file because of which.
    FilesStopped {
        sent: bool,
        name: String,
        stopped: Stopped,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<String>,
    },
    /// What was copied here cannot be offered: too many files, or it cannot be read.
    FilesNotOffered,
}
