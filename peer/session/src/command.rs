//! What a person (or a program through the JSON lines of `--headless`) can tell the peer to do.

use serde::{Deserialize, Serialize};

use crate::{
    ParticipantId,
    direction::Direction,
    files::FilesId,
    input::InputEvent,
    marks::{Draw, Pen},
    quality::{Colours, Sharpness},
};

/// Something that touches the customer's computer and so needs a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// See the desktop.
    View,
    /// Use mouse and keyboard; includes [`Act::View`].
    Control,
    /// Read and set the clipboard: texts and pictures.
    Clipboard,
    /// Copy and paste files and folders between the two computers.
    CopiedFiles,
    /// Send it the files that are named in the question; ends with the transfer.
    SendFiles,
    /// Show the agent's own desktop on it, instead of seeing this one.
    Show,
    /// Look through folders, transfer, rename and delete files.
    Files,
    /// Run scripts.
    Scripts,
    /// Read what system, hardware and software there is.
    Information,
    /// Do files, scripts and information as another user.
    OtherUser,
    /// Restart it.
    Restart,
    /// Print from it on the agent's printer.
    Printing,
    /// Record picture and voices of the session.
    Recording,
    /// Use its microphone.
    Voice,
    /// Use its camera.
    Camera,
}

impl Act {
    pub const ALL: [Self; 15] = [
        Self::View,
        Self::Control,
        Self::Clipboard,
        Self::CopiedFiles,
        Self::SendFiles,
        Self::Show,
        Self::Files,
        Self::Scripts,
        Self::Information,
        Self::OtherUser,
        Self::Restart,
        Self::Printing,
        Self::Recording,
        Self::Voice,
        Self::Camera,
    ];

    /// Whether it goes on when somebody else becomes primary or is helped: a call does.
    pub(crate) fn outlives_change(self) -> bool {
        self == Self::Voice
    }
}

/// Which request this is. On the wire it is counted by the asking side; a [`crate::view::Prompt`] and its
/// answer are counted by the customer's side, so that a late answer never fits another prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub u32);

/// How the picture is coded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coder {
    /// Lossless tiles while the line carries them, H.264 otherwise.
    #[default]
    Auto,
    Tiles,
    H264,
}

/// Which part of the sharer's desktop is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    /// All monitors side by side, as they are arranged.
    #[default]
    All,
    /// One monitor by its index in [`crate::view::Sharing::monitors`].
    Monitor(u32),
}

/// A key combination that the sender's own system would take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shortcut {
    CtrlAltDelete,
    AltTab,
    AltF4,
    Super,
    CtrlEscape,
    PrintScreen,
    /// Control + Alt + F1 to F12.
    CtrlAltF(u8),
}

/// Commands inside a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// Agent: asks the customer for an act.
    Ask {
        act: Act,
    },
    /// Agent: withdraws what was asked and is not answered yet.
    CancelAsk,
    /// Customer: answers a prompt. `all` also allows everything else in this session.
    Answer {
        request: RequestId,
        allow: bool,
        #[serde(default)]
        all: bool,
    },
    /// Who shares, or is asked to: from now on only the windows of the programs that made these are seen and may be
    /// used, at most [`crate::programs::MOST_SHARED`]; without any the whole desktop. Those that were chosen before stay
    /// what they are. Ends with the sharing.
    Only {
        #[serde(default, alias = "window", deserialize_with = "crate::programs::one_or_many")]
        windows: Vec<u64>,
    },
    /// Customer: allows everything in this session without asking again.
    AllowAll,
    /// Customer: takes one grant back, or all of them.
    Revoke {
        #[serde(default)]
        act: Option<Act>,
    },
    /// Customer: keeps somebody from seeing what the primary agent sees, or no longer. Another customer sees it
    /// only after `excluded: false` was said while something is shared, and until that sharing ends.
    Exclude {
        id: ParticipantId,
        excluded: bool,
    },
    /// Sharer: pauses or resumes the picture; the viewers see that it is paused.
    Pause {
        paused: bool,
    },
    /// Sharer: ends control, the picture goes on. Also what the sharer's own mouse does.
    TakeBack,
    /// Primary agent: lets a customer who sees the agent's own desktop control it.
    GiveControl {
        to: ParticipantId,
    },
    /// Either side: ends the sharing.
    StopSharing,
    /// Viewer: gives back control and goes on watching.
    ReleaseControl,
    /// Viewer or sharer: the wished coder; and the part of the desktop, which of an agent's own one only the agent chooses.
    SetCoder {
        coder: Coder,
    },
    SetScreen {
        screen: Screen,
    },
    /// Primary agent, or the customer who shares: how the picture is to be; absent: as it is.
    SetQuality {
        #[serde(default)]
        sharpness: Option<Sharpness>,
        #[serde(default)]
        colours: Option<Colours>,
    },
    /// Viewer: pointer and keyboard; they draw while a pen is held.
    Input {
        event: InputEvent,
    },
    SendShortcut {
        shortcut: Shortcut,
    },
    /// Who sees what is shared, and the sharer: [`Command::Input`] draws with this from now on; without, it controls.
    TakePen {
        #[serde(default)]
        pen: Option<Pen>,
    },
    /// The same people: draws, or takes away what was drawn.
    Draw {
        draw: Draw,
    },
    /// Sharer: nobody draws any more, and what was drawn goes; or drawing is possible again.
    ForbidDrawing {
        forbidden: bool,
    },
    /// To all, or to one participant. At most [`crate::wire::MAX_CHAT`] bytes.
    Chat {
        #[serde(default)]
        to: Option<ParticipantId>,
        text: String,
    },
    /// All messages were read.
    ChatRead,
    /// All messages of one conversation were read: with a participant, or with everybody.
    ConversationRead {
        #[serde(default)]
        with: Option<ParticipantId>,
    },
    /// Primary agent: helps this customer from now on; ends all that is under way at the other one.
    SelectCustomer {
        id: ParticipantId,
    },
    /// Primary agent: lets an assistant see what is shared, or another customer if the one who is helped lets it
    /// too, or no longer. Who proved the link's secret may by itself.
    Admit {
        id: ParticipantId,
        admitted: bool,
    },
    /// Primary agent: makes an assistant who is connected primary, and stays as an assistant.
    HandOver {
        to: ParticipantId,
    },
    /// Primary agent: hands over to this assistant as soon as it is there and connected, and leaves once the server
    /// knows; without `to`, no longer. An assistant leaves if that one is primary, as after a crash in between.
    PassOn {
        #[serde(default)]
        to: Option<ParticipantId>,
    },
    /// Leaves; the session goes on for the others. A primary agent hands over to an assistant first; if there is none,
    /// nobody could lead any more, and it is [`Command::End`].
    Leave,
    /// Primary agent: ends the session for all.
    End,
    /// Customer: which way what is copied may go from now on, for the rest of the session.
    ClipboardDirection {
        direction: Direction,
    },
    /// Either side: stops a transfer of files, or takes one that is over off the list.
    StopFiles {
        id: FilesId,
    },
    /// Sharer, where not the whole desktop is shared: the program that made this window is seen and may be used, too.
    AddProgram {
        window: u64,
    },
    /// The same: this one no more, by its id. After the last one nothing is shared.
    RemoveProgram {
        id: u32,
    },
}
