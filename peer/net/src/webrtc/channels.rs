//! The data channels of a link: a bounded queue and a task for each direction.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::{Bytes, BytesMut};
use tokio::sync::{Barrier, Notify, OnceCell};
use webrtc::{
    data_channel::{DataChannel, DataChannelEvent},
    peer_connection::PeerConnection,
};

use super::{
    Shared,
    line::{Line, MAX_MESSAGE},
    negotiate,
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
        // Counting costs a lock that the driver wants as well; only where the number is used.
        if which == Channel::Picture {
            outbox.set_held(channel.outstanding_bytes().await.unwrap_or(0));
        }
    }
}

/// The moment at which all channels of a line are open, and the connection is announced.
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
        *self.announced.get_or_init(|| negotiate::announce(shared, &self.pc)).await
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
    while let Some(event) = channel.poll().await {
        match event {
            DataChannelEvent::OnOpen if opening.wait(&shared).await => {}
            // Closed before it was open, or in the usual way.
            DataChannelEvent::OnOpen | DataChannelEvent::OnClose => return,
            DataChannelEvent::OnMessage(message) => {
                let message = message.data.freeze();
                match which {
                    Channel::Control => shared.sink.event(LinkEvent::Control(message)),
                    Channel::Pointer => shared.sink.event(LinkEvent::Pointer(message)),
                    Channel::Picture => shared.sink.picture(message),
                }
            }
            DataChannelEvent::OnBufferedAmountLow if which == Channel::Picture => {
                shared.outbox(which).set_held(channel.outstanding_bytes().await.unwrap_or(0));
            }
            _ => {}
        }
    }
}
