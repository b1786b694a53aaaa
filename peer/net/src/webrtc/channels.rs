//! The data channels of a link: a bounded queue and a task for each direction.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::{Bytes, BytesMut};
use tokio::sync::{Barrier, Notify, OnceCell};
use webrtc::{
    data_channel::{DataChannel, DataChannelEvent},
    peer_connection::{PeerConnection, RTCSdpType},
};

use super::{
    Shared,
    line::{Line, MAX_MESSAGE},
    path,
};
use crate::{Channel, LinkEvent, SendError};

/// Messages waiting to be handed to one channel.
pub(super) struct Outbox {
    queue: Mutex<Queue>,
    ready: Notify,
    bound: usize,
    /// When full, the oldest message gives way.
    newest_wins: bool,
}

#[derive(Default)]
struct Queue {
    messages: VecDeque<Bytes>,
    bytes: usize,
    /// Bytes that SCTP holds, as far as known.
    held: usize,
}

impl Outbox {
    pub(super) fn new(channel: Channel) -> Self {
        let (bound, newest_wins) = match channel {
            Channel::Control => (1 << 20, false),
            Channel::Pointer => (4 << 10, true),
            Channel::Picture => (4 << 20, false),
        };
        Self { queue: Mutex::default(), ready: Notify::new(), bound, newest_wins }
    }

    pub(super) fn push(&self, message: Bytes) -> Result<(), SendError> {
        if message.len() > MAX_MESSAGE {
            return Err(SendError::TooLarge);
        }
        let mut queue = self.lock();
        while queue.bytes + message.len() > self.bound && !queue.messages.is_empty() {
            if !self.newest_wins {
                return Err(SendError::Full);
            }
            queue.pop();
        }
        queue.bytes += message.len();
        queue.messages.push_back(message);
        drop(queue);
        self.ready.notify_one();
        Ok(())
    }

    pub(super) fn queued(&self) -> usize {
        let queue = self.lock();
        queue.bytes + queue.held
    }

    async fn next(&self) -> Bytes {
        loop {
            if let Some(message) = self.lock().pop() {
                return message;
            }
            self.ready.notified().await;
        }
    }

    fn set_held(&self, held: usize) {
        self.lock().held = held;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn pop(&mut self) -> Option<Bytes> {
        let message = self.messages.pop_front()?;
        self.bytes -= message.len();
        Some(message)
    }
}

/// Hands over what waits, one message after the other, as far as SCTP has room.
pub(super) async fn write(shared: Arc<Shared>, which: Channel, channel: Arc<dyn DataChannel>) {
    let outbox = shared.outbox(which);
    loop {
        let message = outbox.next().await;
        let message = message.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
        shared.pace.sending();
        if let Err(error) = channel.send(message).await {
            tracing::debug!(%error, ?which, "sending on a channel failed");
            return;
        }
        if which != Channel::Pointer {
            shared.sent.notify_one();
        }
        // Counting costs a lock that the driver wants as well; only where the number is used.
        if which == Channel::Picture {
            outbox.set_held(channel.outstanding_bytes().await.unwrap_or(0));
        }
    }
}

/// The moment at which all channels of a line are open on both sides, and the connection is announced.
///
/// Who began the SCTP association (RFC 8831: the DTLS client, here the answerer) knows last that it stands,
/// and the crate loses what reaches it together with that news. So it speaks first: an empty message on
/// the control channel. The other side keeps silent until it hears anything there.
pub(super) struct Opening {
    all: Barrier,
    announced: OnceCell<bool>,
    pc: Arc<dyn PeerConnection>,
}

impl Opening {
    pub(super) fn new(line: &Line) -> Arc<Self> {
        let all = Barrier::new(line.channels.len());
        Arc::new(Self { all, announced: OnceCell::new(), pc: line.pc.clone() })
    }

    /// Waits for the others; false when the link is closed already.
    async fn wait(&self, shared: &Shared) -> bool {
        self.all.wait().await;
        *self.announced.get_or_init(|| path::announce(shared, &self.pc)).await
    }

    /// Whether this side has to speak first.
    async fn speaks_first(&self) -> bool {
        let description = self.pc.current_local_description().await;
        description.is_some_and(|description| description.sdp_type == RTCSdpType::Answer)
    }
}

/// Hands up what comes in. Ends when the channel is closed.
pub(super) async fn read(
    shared: Arc<Shared>,
    which: Channel,
    channel: Arc<dyn DataChannel>,
    opening: Arc<Opening>,
) {
    if which == Channel::Picture {
        let _ = channel.set_buffered_amount_low_threshold(0).await;
    }
    let mut open = false;
    while let Some(event) = channel.poll().await {
        let message = match event {
            DataChannelEvent::OnMessage(message) => Some(message.data.freeze()),
            DataChannelEvent::OnOpen if which == Channel::Control => {
                if !opening.speaks_first().await {
                    continue;
                }
                shared.pace.sending();
                if channel.send(BytesMut::new()).await.is_err() {
                    return;
                }
                None
            }
            DataChannelEvent::OnOpen => None,
            DataChannelEvent::OnBufferedAmountLow if which == Channel::Picture => {
                shared.outbox(which).set_held(channel.outstanding_bytes().await.unwrap_or(0));
                continue;
            }
            DataChannelEvent::OnClose => return,
            _ => continue,
        };
        if !open && !opening.wait(&shared).await {
            return;
        }
        open = true;
        let Some(message) = message.filter(|message| !message.is_empty()) else { continue };
        match which {
            Channel::Control => shared.sink.event(LinkEvent::Control(message)),
            Channel::Pointer => shared.sink.event(LinkEvent::Pointer(message)),
            Channel::Picture => shared.sink.picture(message),
        }
    }
}
