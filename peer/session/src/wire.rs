//! Messages between two peers. JSON on the channels `control` and `pointer`, because a browser is a
//! peer too; pictures have their own binary form in `deskside_media::wire`.
//! Described in `PROTOCOL.md` beside this crate.

pub mod handshake;
pub mod message;

pub use handshake::Handshake;
pub use message::{Lead, Message, Moved, Outcome, Seen, Shared, Watcher, Why, Wish};

/// Version of the peer-to-peer protocol; sent in the handshake's first message.
pub const VERSION: u32 = 1;
/// Largest message on `control` and `pointer`, in bytes.
pub const MAX_MESSAGE: usize = 64 * 1024;
/// Longest chat message, in bytes of UTF-8.
pub const MAX_CHAT: usize = 8 * 1024;
/// Longest clipboard text, in bytes of UTF-8 (longer texts are sent in pieces of 32 KiB).
pub const MAX_CLIPBOARD: usize = 1024 * 1024;
/// Largest clipboard picture as PNG, in bytes (sent as base64url in pieces of 32 KiB).
pub const MAX_CLIPBOARD_PICTURE: usize = 8 * 1024 * 1024;
/// Longest [`crate::input::InputEvent::Text`], in characters.
pub const MAX_INPUT_TEXT: usize = 1000;
/// Most acts in one message.
pub const MAX_ACTS: usize = 32;
/// Most monitors in a [`Shared`].
pub const MAX_MONITORS: usize = 32;
/// Longest name of a monitor, in bytes of UTF-8.
pub const MAX_MONITOR_NAME: usize = 128;
/// Most viewers in a [`Shared`].
pub const MAX_VIEWERS: usize = 64;

/// Why bytes are not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("larger than a message may be")]
    TooLarge,
    #[error("not a message of this protocol")]
    Malformed,
    #[error("a part of the message is out of its limits")]
    Limit,
    #[error("another version of the protocol: {0}")]
    Version(u32),
}

fn from_json<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, WireError> {
    if bytes.len() > MAX_MESSAGE {
        return Err(WireError::TooLarge);
    }
    serde_json::from_slice(bytes).map_err(|_| WireError::Malformed)
}

fn to_json<T: serde::Serialize>(message: &T) -> Vec<u8> {
    // These types have no maps with odd keys, so that writing them cannot fail.
    serde_json::to_vec(message).unwrap_or_default()
}
