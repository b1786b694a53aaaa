//! [`Transport`] by WebRTC: one peer connection for each participant.
//!
//! `line` builds a peer connection, `negotiate` is the one task that owns it, `channels` and `video`
//! move data, `tail` looks after the last of it, `pace` keeps the crate's driver prompt.

mod channels;
mod estimate;
mod feedback;
mod h264;
mod line;
mod negotiate;
mod pace;
mod path;
#[cfg(feature = "wine")]
mod plain;
mod sdp;
mod tail;
mod video;

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use bytes::Bytes;
use deskside_protocol::socket::Signal;
use tokio::{
    runtime::Handle,
    sync::{
        Notify,
        mpsc::{self, error::TrySendError},
    },
};

use self::{
    channels::Outbox,
    feedback::SendRate,
    negotiate::{Event, Negotiator, Step},
    pace::Pace,
    path::Relays,
    video::Video,
};
use crate::{Channel, Connector, LinkConfig, LinkEvent, LinkSink, SendError, Transport};

/// Signals of the other side and restarts that may wait to be worked on; more are dropped.
const STEPS: usize = 256;
/// The same for what happens on this side: some tens while connecting, hardly any later.
const EVENTS: usize = 1024;

/// Makes connections by WebRTC on a tokio runtime.
#[derive(Clone, Debug)]
pub struct WebrtcConnector {
    runtime: Handle,
}

impl WebrtcConnector {
    /// Connections run on `runtime`; it needs its I/O and time drivers.
    pub fn new(runtime: Handle) -> Self {
        Self { runtime }
    }
}

impl Connector for WebrtcConnector {
    fn connect(&self, config: LinkConfig, sink: Arc<dyn LinkSink>) -> Arc<dyn Transport> {
        let (events, inbox) = mpsc::channel(EVENTS);
        let (steps, to_take) = mpsc::channel(STEPS);
        let shared = Arc::new(Shared {
            sink,
            pace: Pace::new(),
            outboxes: [Channel::Control, Channel::Pointer, Channel::Picture].map(Outbox::new),
            video: Video::new(SendRate::new(config.start_bitrate)),
            sent: Notify::new(),
            phase: AtomicU8::new(Phase::Connecting as u8),
            relays: Relays::default(),
        });
        let negotiator = Negotiator::new(config, shared.clone(), events.clone());
        let task = self.runtime.spawn(negotiator.run(inbox, to_take));
        let watched = shared.clone();
        self.runtime.spawn(async move {
            // A fault of the crate costs the connection, and a new one is made.
            if task.await.is_err() && watched.close() {
                watched.sink.event(LinkEvent::Closed);
            }
        });
        Arc::new(Link { shared, events, steps })
    }
}

/// What the tasks of a link have in common.
struct Shared {
    sink: Arc<dyn LinkSink>,
    pace: Arc<Pace>,
    outboxes: [Outbox; 3],
    video: Video,
    /// Something left on a channel that sends again what is lost.
    sent: Notify,
    phase: AtomicU8,
    relays: Relays,
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Phase {
    Connecting,
    Open,
    Closed,
}

impl Shared {
    fn outbox(&self, channel: Channel) -> &Outbox {
        &self.outboxes[channel as usize]
    }

    fn is(&self, phase: Phase) -> bool {
        self.phase.load(Ordering::Acquire) == phase as u8
    }

    /// True for the first who closes; nothing is reported after that.
    fn close(&self) -> bool {
        self.phase.swap(Phase::Closed as u8, Ordering::AcqRel) != Phase::Closed as u8
    }

    /// False when it is closed already.
    fn open(&self) -> bool {
        let (from, to) = (Phase::Connecting as u8, Phase::Open as u8);
        self.phase.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn report(&self, event: LinkEvent) {
        if !self.is(Phase::Closed) {
            self.sink.event(event);
        }
    }
}

/// The handle of one connection.
struct Link {
    shared: Arc<Shared>,
    events: mpsc::Sender<Event>,
    steps: mpsc::Sender<Step>,
}

impl Transport for Link {
    fn signal(&self, signal: Signal) {
        if let Err(TrySendError::Full(_)) = self.steps.try_send(Step::Signal(signal)) {
            tracing::warn!("the other side signals faster than it can be followed; one signal dropped");
        }
    }

    fn send(&self, channel: Channel, message: Bytes) -> Result<(), SendError> {
        if !self.shared.is(Phase::Open) {
            return Err(SendError::Closed);
        }
        self.shared.outbox(channel).push(message)
    }

    fn queued(&self, channel: Channel) -> usize {
        self.shared.outbox(channel).queued()
    }

    fn send_video(&self, access_unit: Bytes, at: u64) {
        if self.shared.is(Phase::Open) && !self.shared.video.push(access_unit, at) {
            self.shared.report(LinkEvent::KeyFrameWanted);
        }
    }

    fn hint_bitrate(&self, bits_per_second: u32) {
        self.shared.video.rate.hint(bits_per_second);
    }

    fn request_key_frame(&self) {
        self.shared.video.key_wanted.notify_one();
    }

    fn restart(&self) {
        // Full: it is busy with the like already.
        let _ = self.steps.try_send(Step::Restart);
    }

    fn close(&self) {
        self.shared.close();
        // Only wakes; the phase says it.
        let _ = self.events.try_send(Event::Close);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.close();
    }
}

fn random_u32() -> u32 {
    let mut bytes = [0; 4];
    if getrandom::fill(&mut bytes).is_err() {
        // Only spreads identifiers; nothing secret hangs on it.
        tracing::warn!("the system gives no random numbers");
    }
    u32::from_ne_bytes(bytes)
}
