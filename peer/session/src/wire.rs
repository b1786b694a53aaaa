//! Messages between two peers. JSON on the channels `control` and `pointer`, because a browser is a
//! peer too; pictures have their own binary form in `deskside_media::wire`.
//! Described in `PROTOCOL.md` beside this crate.

/// Version of the peer-to-peer protocol; sent in the handshake's first message.
pub const VERSION: u32 = 1;
/// Largest message on `control` and `pointer`, in bytes.
pub const MAX_MESSAGE: usize = 64 * 1024;
/// Longest chat message, in bytes of UTF-8.
pub const MAX_CHAT: usize = 8 * 1024;
/// Longest clipboard text, in bytes of UTF-8 (longer texts are sent in pieces of 32 KiB).
pub const MAX_CLIPBOARD: usize = 1024 * 1024;
