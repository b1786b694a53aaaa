//! Client of the server's WebSocket: keeps it up, and says when it is not.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use deskside_protocol::{
    HandOver, ParticipantId, SessionNumber, VERSION,
    api::{Code, Entry, IceServer},
    socket::{FromServer, Hello, MAX_MESSAGE, ToServer},
};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    runtime::Handle,
    sync::Notify,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes, error::Error};

use crate::{
    site::Site,
    socket::{self, ANSWER, Backoff, End, Loss, PING, WebSocket, ping, refused},
};

/// The same when something else says that the network changed.
const DOUBTED: Duration = Duration::from_secs(1);
/// Messages that may wait while the server is away.
const WAITING: usize = 512;
/// A signal older than this is about a connection that nobody waits for any more.
const STALE: Duration = Duration::from_secs(20);

/// How to take part in a session.
#[derive(Clone, Debug)]
pub struct SignalingConfig {
    pub site: Site,
    pub ticket: String,
    /// Identity key, see [`deskside_protocol::KeyText`].
    pub key: String,
    /// Name to show; may be empty.
    pub name: String,
}

/// What the socket reports.
#[derive(Clone, Debug, PartialEq)]
pub enum SignalingEvent {
    /// The server welcomed this participant, at first or again.
    Up {
        you: ParticipantId,
        number: SessionNumber,
        organisation: String,
        roster: Vec<Entry>,
        ice: Vec<IceServer>,
        /// All words by which control was passed on, in order.
        hand_overs: Vec<HandOver>,
        keeps_chat: bool,
    },
    /// The server is away; it is tried again until the end. Said once for each time.
    Down(Loss),
    /// Anything but a welcome or a refusal; before the first welcome, the place in a queue.
    Message(FromServer),
    /// The server does not want this participant (any more); nothing follows.
    Refused(Code),
}

/// A socket to the server. Dropping it sends what waits, if the server is there, and ends it.
pub struct Signaling {
    outbox: Arc<Outbox>,
    task: Option<JoinHandle<()>>,
}

impl Signaling {
    /// Starts on `runtime`; `sink` is called from a task of it and must not block.
    pub fn start(
        runtime: &Handle,
        config: SignalingConfig,
        sink: impl Fn(SignalingEvent) + Send + Sync + 'static,
    ) -> Self {
        let outbox = Arc::new(Outbox::default());
        let socket = Socket { config, outbox: outbox.clone(), sink, up: None, welcomed: false };
        let task = runtime.spawn(socket.run());
        Self { outbox, task: Some(task) }
    }

    /// Sends at once, or when the server is back. Signals that became stale meanwhile are dropped.
    pub fn send(&self, message: ToServer) {
        self.outbox.push(message);
    }

    /// The network may have changed: a socket that stays silent for a second from now on is made anew.
    pub fn doubt(&self) {
        self.outbox.doubted.store(true, Ordering::Release);
        self.outbox.ready.notify_one();
    }

    /// The network changed: the socket is made anew at once, and nothing is said about it unless that fails.
    pub fn renew(&self) {
        self.outbox.anew.notify_one();
    }

    /// Ends, and waits until what was queued is sent; at most a second.
    pub async fn finish(mut self) {
        self.outbox.end();
        if let Some(task) = self.task.take() {
            let _ = timeout(Duration::from_secs(1), task).await;
        }
    }
}

impl Drop for Signaling {
    fn drop(&mut self) {
        self.outbox.end();
    }
}

#[derive(Default)]
struct Outbox {
    queue: Mutex<VecDeque<(Instant, ToServer)>>,
    ready: Notify,
    anew: Notify,
    ended: AtomicBool,
    doubted: AtomicBool,
}

impl Outbox {
    fn push(&self, message: ToServer) {
        let mut queue = self.lock();
        if queue.len() >= WAITING {
            tracing::warn!("too much waits for the server; the oldest message is dropped");
            queue.pop_front();
        }
        queue.push_back((Instant::now(), message));
        drop(queue);
        self.ready.notify_one();
    }

    fn pop(&self) -> Option<ToServer> {
        let mut queue = self.lock();
        loop {
            match queue.pop_front()? {
                (since, ToServer::Signal { .. }) if since.elapsed() > STALE => {}
                (_, message) => return Some(message),
            }
        }
    }

    fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.ready.notify_one();
    }

    fn ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<(Instant, ToServer)>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Socket<F> {
    config: SignalingConfig,
    outbox: Arc<Outbox>,
    sink: F,
    /// What was said last; `None`: nothing yet.
    up: Option<bool>,
    /// By the last socket.
    welcomed: bool,
}

impl<F: Fn(SignalingEvent) + Send + Sync> Socket<F> {
    async fn run(mut self) {
        let mut backoff = Backoff::default();
        loop {
            self.welcomed = false;
            match self.once().await {
                End::Done => return,
                End::Refused(code) => {
                    (self.sink)(SignalingEvent::Refused(code));
                    return;
                }
                End::Renewed => {
                    backoff = Backoff::default();
                    continue;
                }
                End::Lost(loss) => {
                    if self.up != Some(false) {
                        self.up = Some(false);
                        (self.sink)(SignalingEvent::Down(loss));
                    }
                }
            }
            if self.outbox.ended() {
                return;
            }
            let outbox = self.outbox.clone();
            tokio::select! {
                // Somebody wants to say something: try now.
                () = backoff.wait(self.welcomed, outbox.ready.notified()) => {}
                () = outbox.anew.notified() => backoff = Backoff::default(),
            }
        }
    }

    async fn once(&mut self) -> End {
        let outbox = self.outbox.clone();
        // Whatever is under way belongs to the network that was.
        let mut socket = tokio::select! {
            connected = timeout(ANSWER, socket::connect(&self.config.site, "/api/v1/socket")) => match connected {
                Ok(Ok(socket)) => socket,
                Ok(Err(loss)) => return End::Lost(loss),
                Err(_) => return End::Lost(Loss::Away),
            },
            () = outbox.anew.notified() => return End::Renewed,
        };
        let greeted = tokio::select! {
            greeted = timeout(ANSWER, self.greet(&mut socket)) => greeted,
            () = outbox.anew.notified() => return End::Renewed,
        };
        let end = match greeted {
            Ok(Ok(())) => self.attend(&mut socket).await,
            Ok(Err(end)) => end,
            Err(_) => End::Lost(Loss::Away),
        };
        if matches!(end, End::Renewed) {
            // The way on which it would be closed in order may be gone.
            return end;
        }
        let _ = timeout(Duration::from_millis(500), socket.close(None)).await;
        end
    }

    async fn greet(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        let hello = Hello {
            version: VERSION,
            ticket: self.config.ticket.clone(),
            key: self.config.key.clone(),
            name: self.config.name.clone(),
        };
        let away = End::Lost(Loss::Away);
        let hello = serde_json::to_string(&hello).unwrap_or_default();
        if socket.send(Message::text(hello)).await.is_err() {
            return Err(away);
        }
        loop {
            match read(socket.next().await)? {
                Some(message @ (FromServer::Welcome { .. } | FromServer::Waiting { .. })) => {
                    return self.take(message);
                }
                Some(FromServer::Refused { error }) => return Err(refused(error)),
                _ => {}
            }
        }
    }

    async fn attend(&mut self, socket: &mut WebSocket) -> End {
        let mut heard = Instant::now();
        // When a socket that is doubted counts as dead.
        let mut silent = None;
        loop {
            while let Some(message) = self.outbox.pop() {
                if let Err(end) = write(socket, &message).await {
                    return end;
                }
            }
            if self.outbox.ended() {
                return End::Done;
            }
            if self.outbox.doubted.swap(false, Ordering::AcqRel) {
                if !ping(socket).await {
                    return End::Lost(Loss::Away);
                }
                silent = Some(Instant::now() + DOUBTED);
            }
            let received = tokio::select! {
                received = socket.next() => received,
                () = self.outbox.ready.notified() => continue,
                () = self.outbox.anew.notified() => return End::Renewed,
                () = until(silent) => return End::Lost(Loss::Away),
                () = sleep(PING) => {
                    if heard.elapsed() > PING + PING / 2 || !ping(socket).await {
                        return End::Lost(Loss::Away);
                    }
                    continue;
                }
            };
            (heard, silent) = (Instant::now(), None);
            match read(received) {
                Ok(Some(FromServer::Refused { error })) => return refused(error),
                Ok(Some(message)) => {
                    if let Err(end) = self.take(message) {
                        return end;
                    }
                }
                Ok(None) => {}
                Err(end) => return end,
            }
        }
    }

    /// Hands a message up. Who waits in a queue is welcomed on the same socket, when an agent comes.
    fn take(&mut self, message: FromServer) -> Result<(), End> {
        let event = match message {
            FromServer::Welcome { version, .. } if version != VERSION => {
                return Err(End::Refused(Code::Version));
            }
            FromServer::Welcome {
                you, number, organisation, roster, ice, hand_overs, keeps_chat, ..
            } => SignalingEvent::Up { you, number, organisation, roster, ice, hand_overs, keeps_chat },
            other => SignalingEvent::Message(other),
        };
        (self.up, self.welcomed) = (Some(true), true);
        (self.sink)(event);
        Ok(())
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// `None`: nothing to hand up. Unknown and malformed messages are skipped.
fn read(received: Option<Result<Message, Error>>) -> Result<Option<FromServer>, End> {
    Ok(socket::text(received)?.as_ref().and_then(parse))
}

fn parse(text: &Utf8Bytes) -> Option<FromServer> {
    match serde_json::from_str(text) {
        Ok(FromServer::Unknown) => None,
        Ok(message) => Some(message),
        Err(error) => {
            tracing::debug!(%error, "a message of the server is malformed");
            None
        }
    }
}

async fn write(socket: &mut WebSocket, message: &ToServer) -> Result<(), End> {
    let Ok(text) = serde_json::to_string(message) else { return Ok(()) };
    if text.len() > MAX_MESSAGE {
        tracing::warn!(bytes = text.len(), "a message is too large for the server");
        return Ok(());
    }
    match timeout(ANSWER, socket.send(Message::text(text))).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(End::Lost(Loss::Away)),
    }
}
