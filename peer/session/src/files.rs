//! Files on their way from one computer to the other: what is announced, how it is cut into frames, and the two ends as pure
//! state machines. Nobody here opens a file or waits: a mover outside does what [`Sending`] and [`Receiving`] say.
//!
//! All transfers are fetched: the sending side announces a [`List`], and nothing of the contents goes before the
//! other side says that it wants them. Frames go over a connection of their own, described in `PROTOCOL.md`.

mod frame;
mod list;
mod name;
mod receive;
mod send;
mod window;

use serde::{Deserialize, Serialize};

pub use frame::{Frame, MAX_FRAME, PIECE};
pub use list::{BadList, Draft, Entry, List, MAX_DEPTH, MAX_ENTRIES, MAX_LIST, MAX_PATH};
pub use name::{MAX_NAME, clean, is_clean, key, numbered};
pub use receive::{Deed, Receiving};
pub use send::{Next, Sending};
pub use window::Window;

use crate::ParticipantId;

/// One transfer, as one of its ends names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FilesId {
    /// The other end.
    pub with: ParticipantId,
    /// As the receiving side counts.
    pub fetch: u32,
    /// This end sends the files.
    pub sends: bool,
}

/// Why a transfer ended before its end, or never began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Stopped {
    /// A person stopped it.
    Cancelled,
    /// It is not allowed, or not any more.
    NotAllowed,
    /// These files are not offered, or not any more.
    NotOffered,
    /// This entry changed, or is gone, since it was announced.
    Changed { entry: u32 },
    /// This entry cannot be read.
    Unreadable { entry: u32 },
    /// There is no room for it at the receiving side.
    DiskFull,
    /// It cannot be written at the receiving side.
    Unwritable,
    /// What came is not what was announced, or was damaged.
    Wrong,
    /// The connection was lost.
    Lost,
    /// Too many at once.
    TooMany,
    /// Something that this version does not know.
    #[serde(other)]
    Other,
}
