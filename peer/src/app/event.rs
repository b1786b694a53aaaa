//! Everything that can happen to the program, in one enum.

use deskside_devices::{clipboard::Copied, watch::OwnAct};
use deskside_net::{ApiError, Change, DeskEvent, LinkEvent, SignalingEvent};
use deskside_protocol::api::{Joined, SessionOpened, SignedIn};
use deskside_session::{
    ParticipantId, SessionNumber, app::AppCommand, files::FilesId, hiding::OpenWindow, input::InputEvent,
    view::Trouble,
};

use super::{choosing::News, notes::NotesAnswer, phrases::PhrasesAnswer, running::Scanned};
use crate::{files::MoverNews, share::Report};

#[derive(Debug)]
pub enum Event {
    Command(AppCommand),
    /// An answer of the server; the number tells which question it belongs to.
    Answer(u64, Answer),
    /// Of the place with this id, as the next one.
    Signaling(u64, SignalingEvent),
    Session(u64, SessionEvent),
    /// This computer's addresses changed.
    Network(Change),
    /// Of the sign-in with this id, as the next one.
    Desk(u64, DeskEvent),
    Phrases(u64, PhrasesAnswer),
    /// About the notes of the session with this number.
    Notes(SessionNumber, NotesAnswer),
    /// The windows that are open; none where they cannot be listed.
    Windows(Option<Vec<OpenWindow>>),
    /// About the chat that was sent from this place.
    Chat(u64, Result<(), ApiError>),
    /// About what else can be shared.
    Choosing(News),
}

/// From the connections and devices of one session.
#[derive(Debug)]
pub enum SessionEvent {
    /// The number tells which connection to the participant it was.
    Link(u64, ParticipantId, LinkEvent),
    Share(Report),
    Own(OwnAct),
    Clipboard(Copied),
    /// Copied or dropped files were listed.
    Scanned(Scanned),
    /// Of a transfer of files.
    Files(FilesId, MoverNews),
    Trouble(Trouble),
    /// On the viewer's surface.
    Surface(InputEvent),
    /// Which part of the other desktop is on that surface now.
    Shows(u32),
    /// A click on the tab of the frame.
    Stop,
}

#[derive(Debug)]
pub enum Answer {
    SignedIn(Result<SignedIn, ApiError>),
    Opened(Result<SessionOpened, ApiError>),
    Joined(Result<Joined, ApiError>),
    /// The ticket of a place in a queue.
    Entered(Result<String, ApiError>),
    Assists(Result<Joined, ApiError>),
}

/// How many events may wait; a connection that floods beyond it is dropped.
pub const QUEUE: usize = 8192;
pub type Events = tokio::sync::mpsc::Sender<Event>;

/// The loop's queue for the events of one session.
#[derive(Clone)]
pub struct SessionEvents {
    pub place: u64,
    pub events: Events,
}

impl SessionEvents {
    /// Where the ids of shared programs begin, so that no two sessions of this process have the same.
    pub fn programs_after(&self) -> u32 {
        (self.place as u32) << 12
    }

    /// Never blocks. False: too many wait, and it is lost.
    #[must_use]
    pub fn send(&self, event: SessionEvent) -> bool {
        self.events.try_send(Event::Session(self.place, event)).is_ok()
    }
}
