//! What only a signed-in agent sees: the desk, its sessions, and what the server keeps of them.

use deskside_protocol::{
    SessionNumber,
    desk::Desk,
    transfers::{Refused, Returned},
};
use serde::{Deserialize, Serialize};

/// One of the agent's sessions, whether it is shown or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tab {
    pub number: SessionNumber,
    /// Names of the customers, the one who is helped first; empty while there are none.
    pub customers: Vec<String>,
    pub state: TabState,
    /// Unread lines of chat.
    pub unread: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TabState {
    /// The server is asked to let this agent in.
    Entering,
    /// Nobody has come yet.
    Empty,
    Running,
    /// A customer is lost and comes back by itself.
    Lost,
    Ended,
}

/// Who waits and which colleagues are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskView {
    /// Whether it comes from the server just now; otherwise it is what was known last.
    pub up: bool,
    /// When it came, milliseconds since 1970; what it calls `since` counts back from here.
    pub at: u64,
    /// The own account's name.
    pub me: String,
    pub desk: Desk,
}

/// Sentences that are kept for chat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhrasesView {
    /// Of the site.
    pub site: Vec<String>,
    /// The agent's own.
    pub mine: Vec<String>,
}

/// Notes of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotesView {
    pub text: String,
    pub state: NotesState,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotesState {
    /// The server is asked for what was written before.
    Loading,
    /// The server has all of it.
    #[default]
    Saved,
    /// On this computer's disk, on the way to the server.
    Saving,
    /// Of this many bytes at most; longer ones are not taken.
    TooLong,
}

/// How the passing on of a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TransferView {
    /// Nobody has taken it yet.
    Offered,
    /// Somebody took it: control is handed over as soon as the connection to them is proven.
    Taken,
    /// The session is still this agent's.
    Returned {
        why: Returned,
    },
    Refused {
        why: Refused,
    },
}
