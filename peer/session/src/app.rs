//! What a person can see and do outside a session: signing in, starting and joining one.

mod agent;

pub use agent::{DeskView, NotesState, NotesView, PhrasesView, Tab, TabState, TransferView};
use deskside_protocol::{SessionNumber, transfers::TransferTo};
pub use deskside_protocol::{desk, transfers};
use serde::{Deserialize, Serialize};

use crate::{
    choosing::ChoosingView,
    command::Command,
    hiding::{Hidden, HidingView},
    view::View,
};

/// Commands of the whole program; those of a session are flattened into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AppCommand {
    App(AppOnly),
    Session(Command),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum AppOnly {
    /// Shows the agent's sign-in instead of the field for the number, or back.
    ShowAgent {
        agent: bool,
    },
    SignIn {
        #[serde(default)]
        server: Option<String>,
        name: String,
        password: String,
    },
    SignOut,
    /// Agent: opens a session.
    StartSession,
    /// Agent: enters a colleague's running session as an assistant, by its number or its link.
    Assist {
        target: String,
    },
    /// A number, a link with its secret, or a link to a queue.
    Join {
        target: String,
        #[serde(default)]
        name: Option<String>,
    },
    /// Customer: waits in a queue, without a number, until an agent comes.
    EnterQueue {
        queue: String,
        /// Another server than that of the view.
        #[serde(default)]
        server: Option<String>,
        #[serde(default)]
        name: Option<String>,
    },
    /// Gives up joining, or the place in a queue.
    CancelJoin,
    /// Agent: a session with the next customer of a queue, or with the one whose `entry` it is.
    TakeNext {
        queue: String,
        #[serde(default)]
        entry: Option<String>,
    },
    /// Back from [`Screen::Ended`] to where one was before.
    Home,
    /// Agent: shows this one of the own sessions, or without a number the desk.
    ShowSession {
        #[serde(default)]
        number: Option<SessionNumber>,
    },
    /// Primary agent: offers the shown session to whoever serves a queue, or to colleagues.
    Transfer {
        to: TransferTo,
        /// At most [`deskside_protocol::transfers::LONGEST_MESSAGE`] characters.
        #[serde(default)]
        message: String,
    },
    /// Takes the offer back.
    WithdrawTransfer,
    /// Agent: enters a session that a colleague offers; the `id` is one of the desk.
    TakeTransfer {
        id: String,
    },
    /// Agent: the notes of the shown session are this now, in place of what they were.
    Notes {
        text: String,
    },
    /// Agent: the own stored phrases, in place of what they were.
    Phrases {
        mine: Vec<String>,
    },
    /// Keeps this out of the own picture from now on, in place of what was kept out: `programs` also in later runs.
    Hide(Hidden),
    /// Puts the windows that are open now into [`AppView::hiding`].
    ListWindows,
    /// After the end: writes a page that says in plain words what was allowed and done; answered with an event.
    SaveReceipt {
        /// The documents' folder without it.
        #[serde(default)]
        path: Option<String>,
    },
    /// Writes the viewer's picture, with what is drawn on it, to a PNG file; without a path to the folder of pictures. Answered
    /// with an event.
    Screenshot {
        #[serde(default)]
        path: Option<String>,
    },
    /// Agent: asks the customer who is helped to take these files and folders of this computer.
    SendFiles {
        paths: Vec<String>,
    },
    /// Shows the folder of downloads, where received files are.
    OpenDownloads,
    /// Headless: prints the whole view again.
    Show,
    Quit,
    /// Puts the programs that are installed on this computer into [`AppView::choosing`].
    ListPrograms,
    /// Who shares, or is asked to: starts an installed program; its first window's program alone is shared from then on.
    StartProgram {
        id: String,
    },
}

impl From<AppOnly> for AppCommand {
    fn from(c: AppOnly) -> Self {
        Self::App(c)
    }
}

impl From<Command> for AppCommand {
    fn from(c: Command) -> Self {
        Self::Session(c)
    }
}

/// Everything that the program shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppView {
    pub server: String,
    pub screen: Screen,
    /// What went wrong last, on the current screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// Where the viewer's picture was saved last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screenshot: Option<String>,
    /// Agent: the own sessions, in the order in which they were entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tabs: Vec<Tab>,
    /// Agent: absent until the server told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskView>,
    /// Agent: absent until the server told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phrases: Option<PhrasesView>,
    /// What is kept out of the own picture; absent: the usual programs.
    #[serde(default, skip_serializing_if = "HidingView::is_plain")]
    pub hiding: HidingView,
    /// What can be shared besides what runs already.
    #[serde(default, skip_serializing_if = "ChoosingView::is_empty")]
    pub choosing: ChoosingView,
}

impl AppView {
    /// A view of a screen, with nothing of an agent's desk.
    pub fn new(server: String, screen: Screen) -> Self {
        let hiding = HidingView::default();
        Self {
            server,
            screen,
            problem: None,
            screenshot: None,
            tabs: Vec::new(),
            desk: None,
            phrases: None,
            hiding,
            choosing: ChoosingView::default(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "screen", rename_all = "snake_case")]
pub enum Screen {
    /// One field for the number.
    Join {
        busy: bool,
    },
    /// Customer: in a queue, until an agent comes.
    Waiting(Waiting),
    SignIn {
        busy: bool,
    },
    /// A signed-in agent's desk.
    AgentHome {
        name: String,
        busy: bool,
    },
    Session {
        session: Box<View>,
        /// Agent: absent for customers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notes: Option<NotesView>,
        /// Primary agent: the last transfer of this session.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transfer: Option<TransferView>,
    },
    Ended {
        role: crate::Role,
        ending: Ending,
        number: SessionNumber,
        /// Agent: for a last edit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notes: Option<NotesView>,
        /// The file with the log of acts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        log: Option<String>,
        /// Where the receipt was saved, once it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receipt: Option<String>,
    },
}

/// A place in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub queue: String,
    /// What the queue is called.
    pub title: String,
    pub organisation: String,
    /// From 1: the next one.
    pub place: u32,
    /// How many wait in all.
    pub waiting: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// I left.
    Left,
    /// I ended it.
    EndedByMe,
    /// The agent ended it.
    EndedByAgent,
    /// Nobody came, or nobody came back, in time.
    Expired,
    /// The connection could not be proven; see the view's refusal.
    NotTrusted,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
    /// Not nine digits and not a link.
    MalformedNumber,
    /// Not 1 to 32 of a-z, 0-9 and -.
    MalformedQueue,
    /// Unknown, closed, expired or full.
    NoSuchSession,
    /// No queue has this name.
    NoSuchQueue,
    /// As many wait in the queue as it holds.
    QueueFull,
    /// Agent: nobody waits there, or another agent was faster.
    NobodyWaits,
    /// Agent: a colleague was faster, or the offer was taken back.
    TransferGone,
    /// Agent: the site allows no more sessions at once.
    TooManySessions,
    TooManyTries {
        wait_s: u64,
    },
    WrongPassword,
    /// Agent: the sign-in ended at the server; running sessions go on.
    SignedOut,
    /// The server does not answer.
    ServerDown {
        server: String,
    },
    /// The server's certificate does not fit, or it is no Deskside server.
    ServerNotTrusted {
        server: String,
    },
    ServerVersion {
        theirs: u32,
    },
    NotTrusted {
        reason: crate::view::Refusal,
    },
    NoDisplay,
    /// Not a command, at this moment or at all.
    BadCommand {
        detail: String,
    },
    Other {
        detail: String,
    },
}
