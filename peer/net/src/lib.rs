//! Network: the connection to another participant ([`Transport`], by WebRTC) and to the server
//! (signaling socket and HTTP API). Sees neither devices nor windows, and reads no session message.

mod api;
mod desk;
mod network;
mod signaling;
mod site;
mod socket;
mod webrtc;

use std::sync::Arc;

use bytes::Bytes;
use deskside_protocol::{api::IceServer, socket::Signal};

pub use self::{
    api::{Api, ApiError},
    desk::{DeskEvent, DeskSocket},
    network::{Change, Network, NetworkWatch, SystemNetwork, watch_network},
    signaling::{Signaling, SignalingConfig, SignalingEvent},
    site::{BadSite, Site},
    socket::Loss,
    webrtc::WebrtcConnector,
};

/// A data channel of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Ordered, reliable: session messages, keys, clicks.
    Control,
    /// Unordered, never sent again: pointer moves, the newest wins.
    Pointer,
    /// Ordered, reliable: lossless pictures and pointer shapes, at most 60 KiB a message. On a connection that was made
    /// for a transfer of files: its frames.
    Picture,
}

/// How a connection is made.
#[derive(Clone, Debug)]
pub struct LinkConfig {
    pub ice: Vec<IceServer>,
    /// This side makes the first offer, and wins when both offer at once (the impolite one).
    pub offerer: bool,
    /// Never a direct path (tests, and people who hide their address).
    pub relay_only: bool,
    /// Starting point of the bandwidth estimate, bits per second.
    pub start_bitrate: u32,
}

/// One connection to one participant. All calls return at once; closing is final.
pub trait Transport: Send + Sync {
    /// Signaling from the other side, in the order in which it came.
    fn signal(&self, signal: Signal);
    /// Queues a message; [`SendError::Full`] when more than the channel's bound waits. An empty one is not
    /// handed up on the other side.
    fn send(&self, channel: Channel, message: Bytes) -> Result<(), SendError>;
    /// Bytes queued on a channel that did not leave this side yet.
    fn queued(&self, channel: Channel) -> usize;
    /// Sends one H.264 access unit (Annex B) on the screen's track. `at`: microseconds of the
    /// sender's steady clock. Dropped when the line is not up.
    fn send_video(&self, access_unit: Bytes, at: u64);
    /// What the line was seen to carry before video was sent on it, bits per second.
    fn hint_bitrate(&self, bits_per_second: u32);
    /// Asks the other side for a key frame (RTCP PLI, RFC 4585).
    fn request_key_frame(&self);
    /// New ICE credentials and candidates after the network changed (RFC 8445, section 2.4).
    fn restart(&self);
    fn close(&self);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    #[error("too much is waiting to be sent")]
    Full,
    #[error("the message is too large")]
    TooLarge,
    #[error("the connection is not open")]
    Closed,
}

/// Where a connection reports; called from its own tasks, must not block.
pub trait LinkSink: Send + Sync + 'static {
    fn event(&self, event: LinkEvent);
    /// A message on [`Channel::Picture`].
    fn picture(&self, message: Bytes);
    /// One whole H.264 access unit (Annex B) of the other side's screen.
    fn video(&self, access_unit: Bytes);
}

#[derive(Clone, Debug, PartialEq)]
pub enum LinkEvent {
    /// To be carried to the other side.
    Signal(Signal),
    /// All channels are open. SHA-256 fingerprints of the DTLS certificates really in use.
    Open {
        local: [u8; 32],
        remote: [u8; 32],
    },
    Control(Bytes),
    Pointer(Bytes),
    /// The path is up or lost (it may come back after [`Transport::restart`]).
    State {
        up: bool,
        relayed: Option<bool>,
    },
    /// The other side's decoder needs a key frame.
    KeyFrameWanted,
    /// What the line carries to the other side, bits per second, as the congestion control sees it.
    Bitrate(u32),
    /// The connection failed or was closed by the other side; make a new one.
    Closed,
}

/// Makes connections; one for the whole program.
pub trait Connector: Send + Sync {
    fn connect(&self, config: LinkConfig, sink: Arc<dyn LinkSink>) -> Arc<dyn Transport>;
}
