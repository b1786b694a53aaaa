//! What goes into the core and what comes out of it. In-process only: never on the wire.

use std::sync::Arc;

use deskside_protocol::{
    HandOver,
    api::Entry,
    socket::{EndReason, Signal},
};

use crate::{
    ParticipantId,
    app::Ending,
    clipboard::Clip,
    command::{Coder, Command, Screen},
    files::{FilesId, List, Stopped},
    hiding::{Hiding, Scope},
    identity::PublicKey,
    input::InputEvent,
    marks::Mark,
    programs::SeenProgram,
    quality::Quality,
    view::{Monitor, Notice, Refusal, Route, Trouble},
};

/// What happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// The time of [`crate::Session::poll_timeout`] is reached. Every other input, too, runs first
    /// what is due.
    Timeout,
    /// The server's roster, whole.
    Roster(Vec<Entry>),
    /// The server passes on by which word somebody became primary.
    HandOver {
        word: HandOver,
    },
    ServerLost,
    ServerBack,
    /// This computer's network is another one: what waits for its next try is tried now.
    NetworkChanged,
    /// Agent: the server does not save chats any more; everybody is told.
    ChatNotKept,
    /// The server says that the session is over.
    Ended(EndReason),
    /// All channels to a participant are open.
    LinkOpen {
        peer: ParticipantId,
        binding: Binding,
    },
    /// The path is lost or found again; channels and keys stay.
    LinkState {
        peer: ParticipantId,
        up: bool,
        route: Route,
    },
    /// The connection is gone; a new one must be made.
    LinkClosed {
        peer: ParticipantId,
    },
    Control {
        peer: ParticipantId,
        bytes: Vec<u8>,
    },
    Pointer {
        peer: ParticipantId,
        bytes: Vec<u8>,
    },
    Command(Command),
    Device(DeviceEvent),
}

/// What a connection is bound to: SHA-256 fingerprints of the two DTLS certificates really in use
/// (RFC 8122), and who offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    pub local: [u8; 32],
    pub remote: [u8; 32],
    /// Whether this side is the offerer (the one with the lower participant id).
    pub offerer: bool,
}

/// From the customer's own computer.
#[derive(Clone, Debug, PartialEq)]
pub enum DeviceEvent {
    /// The person at this computer moved the mouse, clicked or typed.
    OwnInput,
    /// Escape three times within a second and a half.
    PanicKey,
    Monitors(Vec<Monitor>),
    /// The shared picture's size became known or changed.
    PictureSize {
        width: u16,
        height: u16,
    },
    /// The coder in use now.
    Coder(Coder),
    Clipboard(Clip),
    /// The person copied these files; `key`: where they are found.
    CopiedFiles {
        key: u32,
        list: Arc<List>,
    },
    /// Agent: the person dropped these files on the customer's picture.
    DroppedFiles {
        key: u32,
        list: Arc<List>,
    },
    /// Files were copied or dropped that cannot be offered: too many, or not to be read.
    FilesNotOffered,
    /// A program wants the contents of the files that are offered on the clipboard.
    Paste,
    Files {
        id: FilesId,
        news: FilesNews,
    },
    Hiding(Hiding),
    /// How the programs stand that alone are shared.
    Programs(Vec<SeenProgram>),
    Trouble(Trouble),
    /// Nothing can be drawn on this computer's desktop: then nobody is let.
    CannotDraw,
    /// Whether the log of acts can be written on this computer; told at each change.
    LogKept(bool),
    /// Sharer: another part of the desktop is captured, or the same part elsewhere or in another size; told right before its size.
    /// Numbers grow; 0 is never told.
    Area(u32),
    /// Viewer: what is on the screen is this part of the sharer's desktop from now on.
    Shows(u32),
}

/// How a transfer goes on this side.
#[derive(Clone, Debug, PartialEq)]
pub enum FilesNews {
    /// To be carried to the other side.
    Signal(Signal),
    /// Bytes of files so far.
    Moved(u64),
    /// All of it is there, at these places.
    Done,
    Stopped(Stopped),
}

/// Where received files go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Into {
    /// A private folder, for the programs that paste them.
    Clipboard,
    /// The folder of downloads, beside what is there.
    Downloads,
}

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Make a connection to this participant; `offer`: this side offers.
    Connect {
        peer: ParticipantId,
        offer: bool,
    },
    Disconnect {
        peer: ParticipantId,
    },
    /// Keep these bytes, instead of those before, until the session is over; carry out what follows only when they
    /// are safe. See [`crate::Snapshot`].
    Keep(Vec<u8>),
    /// Add these lines to the file of this customer's log of acts; carry out what follows only when they are safe.
    /// See [`crate::acts`].
    Act {
        writer: PublicKey,
        lines: Vec<u8>,
    },
    /// Show this to the person before what follows is carried out; it is among the notices too.
    Tell(Notice),
    SendControl {
        peer: ParticipantId,
        bytes: Vec<u8>,
    },
    SendPointer {
        peer: ParticipantId,
        bytes: Vec<u8>,
    },
    /// Sharer: capture this and send to these; said again whenever something of it changed.
    /// `paused`: hold the picture, send nothing. Not emitted without a grant.
    Capture(Capture),
    StopCapture,
    /// Sharer: these are all marks on the shared desktop now; only while something is captured.
    Marks(Vec<Mark>),
    /// Sharer: this computer's own mouse over the shared desktop is told as [`Command::Input`] from now on and does nothing else
    /// there, or no longer.
    DrawHere(bool),
    /// Sharer: only with a grant to control, and not while a prompt is open.
    Inject(InputEvent),
    /// Sharer: release each held key and button.
    ReleaseInput,
    /// Sharer with a grant, or viewer: put this on the clipboard. A picture may be any bytes: they must be checked.
    SetClipboard(Clip),
    /// Tell about changes of the clipboard from now on, or no longer.
    WatchClipboard(bool),
    /// Tell of copied files, too.
    WatchFiles(bool),
    /// What of files is on the clipboard and was not fetched yet cannot be had: programs that wait for it get nothing.
    /// `forget`: it is not offered there any more.
    NoPaste {
        forget: bool,
    },
    /// Send these files over a connection that this side offers; only with a grant.
    SendFiles {
        id: FilesId,
        key: u32,
        list: Arc<List>,
    },
    /// Take the files of this list, and nothing else, over a connection that the other side offers; only with a grant.
    ReceiveFiles {
        id: FilesId,
        list: Arc<List>,
        into: Into,
    },
    /// Of the other side, for the connection of a transfer.
    FilesSignal {
        id: FilesId,
        signal: Signal,
    },
    /// Nothing of it is sent or taken from now on.
    StopFiles {
        id: FilesId,
    },
    /// Viewer: expect pictures from this participant, and show them.
    OpenViewer {
        from: ParticipantId,
    },
    CloseViewer,
    /// The proof failed, here or at the other side: say so. The connection is dropped by a
    /// [`Output::Disconnect`] half a second later, when the other side could hear of it.
    Refused {
        peer: ParticipantId,
        reason: Refusal,
    },
    /// Tell the server.
    TellServerHandOver {
        word: HandOver,
    },
    TellServerLeave,
    TellServerEnd,
    /// The session is over for this peer; nothing follows.
    Over(Ending),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Capture {
    pub screen: Screen,
    pub scope: Scope,
    pub viewers: Vec<ParticipantId>,
    pub coder: Coder,
    pub quality: Quality,
    pub paused: bool,
    /// Name of the one monitor, as it was told: its index may be another one by now.
    pub monitor: Option<String>,
}
