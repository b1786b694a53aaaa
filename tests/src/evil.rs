//! A server that lies: the real one behind a door that changes, repeats, drops and invents what it says to each
//! participant. What participants say is passed on as it is: whoever owns the server sees it anyway.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use deskside_net::{Channel, Connector, LinkConfig, LinkEvent, LinkSink, Transport, WebrtcConnector};
use deskside_protocol::{
    ParticipantId,
    api::Entry,
    socket::{FromServer, Signal},
};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::{Handle, Runtime},
    sync::mpsc::{Sender, channel},
};
use tokio_tungstenite::{accept_async, client_async, tungstenite::Message};

use crate::{Server, http};

/// What is said to a participant in place of a message of the real server.
pub type Trick = Box<dyn FnMut(ParticipantId, FromServer) -> Vec<FromServer> + Send>;

pub struct Evil {
    url: String,
    shared: Arc<Shared>,
    // Last: its tasks end with it.
    runtime: Runtime,
}

struct Shared {
    /// `host:port` of the real server.
    real: String,
    trick: Mutex<Trick>,
    doors: Mutex<HashMap<ParticipantId, Sender<FromServer>>>,
    /// All that the real server said, and to whom.
    said: Mutex<Vec<(ParticipantId, FromServer)>>,
}

impl Evil {
    /// Honest until it is told a trick.
    #[track_caller]
    pub fn before(server: &Server) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let shared = Arc::new(Shared {
            real: http::address(server.url()).to_owned(),
            trick: Mutex::new(Box::new(|_, message| vec![message])),
            doors: Mutex::default(),
            said: Mutex::default(),
        });
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        let own = Arc::clone(&shared);
        runtime.spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let shared = Arc::clone(&own);
                tokio::spawn(async move {
                    // A connection that breaks is seen by both of its ends.
                    let _ = open(&shared, socket).await;
                });
            }
        });
        Self { url: format!("http://{address}"), shared, runtime }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it does from now on.
    pub fn trick(&self, trick: impl FnMut(ParticipantId, FromServer) -> Vec<FromServer> + Send + 'static) {
        *lock(&self.shared.trick) = Box::new(trick);
    }

    /// Says something of its own to a participant.
    #[track_caller]
    pub fn say(&self, to: ParticipantId, message: FromServer) {
        self.shared.say(to, message);
    }

    /// The roster that a participant was told last by the real server.
    #[track_caller]
    pub fn roster(&self, of: ParticipantId) -> Vec<Entry> {
        let said = lock(&self.shared.said);
        let rosters = said.iter().rev().filter(|(to, _)| *to == of);
        let newest = rosters.filter_map(|(_, m)| roster_of(m)).next();
        newest.expect("a roster").clone()
    }

    /// All that the real server said to a participant.
    pub fn said(&self, to: ParticipantId) -> Vec<FromServer> {
        lock(&self.shared.said).iter().filter(|(who, _)| *who == to).map(|(_, m)| m.clone()).collect()
    }

    /// What puts this server between two participants: two connections with certificates of its own, and every
    /// message of one side carried to the other.
    pub fn middle(&self, first: ParticipantId, second: ParticipantId) -> Middle {
        Middle::new(self.runtime.handle(), &self.shared, first, second)
    }
}

/// The roster in a message, if there is one.
pub fn roster_of(message: &FromServer) -> Option<&Vec<Entry>> {
    match message {
        FromServer::Welcome { roster, .. } | FromServer::Roster { roster } => Some(roster),
        _ => None,
    }
}

/// The same to change it.
pub fn roster_in(message: &mut FromServer) -> Option<&mut Vec<Entry>> {
    match message {
        FromServer::Welcome { roster, .. } | FromServer::Roster { roster } => Some(roster),
        _ => None,
    }
}

impl Shared {
    fn say(&self, to: ParticipantId, message: FromServer) {
        if let Some(door) = lock(&self.doors).get(&to) {
            // Full or gone: then it is a dropped message.
            let _ = door.try_send(message);
        }
    }

    fn twist(&self, to: ParticipantId, message: FromServer) -> Vec<FromServer> {
        lock(&self.said).push((to, message.clone()));
        (lock(&self.trick))(to, message)
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Sockets are read and changed, all else is passed on.
async fn open(shared: &Shared, mut client: TcpStream) -> Result<(), Failed> {
    const SOCKET: &[u8] = b"GET /api/v1/socket";
    let mut head = [0; SOCKET.len()];
    while client.peek(&mut head).await? < head.len() {
        tokio::task::yield_now().await;
    }
    let mut real = TcpStream::connect(&shared.real).await?;
    if head == SOCKET {
        return carry(shared, client, real).await;
    }
    tokio::io::copy_bidirectional(&mut client, &mut real).await?;
    Ok(())
}

async fn carry(shared: &Shared, client: TcpStream, real: TcpStream) -> Result<(), Failed> {
    let mut client = accept_async(client).await?;
    let (mut real, _) = client_async(format!("ws://{}/api/v1/socket", shared.real), real).await?;
    let (door, mut own) = channel(1024);
    let mut who = None;
    loop {
        tokio::select! {
            said = client.next() => match said {
                Some(Ok(message)) => real.send(message).await?,
                _ => return Ok(()),
            },
            said = real.next() => match said {
                Some(Ok(Message::Text(text))) => {
                    let message: FromServer = serde_json::from_str(&text)?;
                    if let FromServer::Welcome { you, .. } = message {
                        who = Some(you);
                        lock(&shared.doors).insert(you, door.clone());
                    }
                    let Some(who) = who else {
                        client.send(Message::Text(text)).await?;
                        continue;
                    };
                    for message in shared.twist(who, message) {
                        client.send(Message::text(serde_json::to_string(&message)?)).await?;
                    }
                }
                Some(Ok(_)) => {}
                _ => return Ok(()),
            },
            Some(message) = own.recv() => client.send(Message::text(serde_json::to_string(&message)?)).await?,
        }
    }
}

/// Somebody in the middle, see [`Evil::middle`].
pub struct Middle {
    /// Towards each of the two, in the other one's name.
    ends: [(ParticipantId, Arc<dyn Transport>); 2],
}

struct Between {
    shared: Arc<Shared>,
    /// Whom this end speaks to, and in whose name.
    to: ParticipantId,
    name: ParticipantId,
    other: Mutex<Option<std::sync::Weak<dyn Transport>>>,
    /// What came before the other end was open, oldest first.
    early: Mutex<Vec<bytes::Bytes>>,
    twin: Mutex<Option<std::sync::Weak<Between>>>,
}

impl Between {
    fn pass(&self, message: bytes::Bytes) {
        let other = lock(&self.other).as_ref().and_then(std::sync::Weak::upgrade);
        let mut early = lock(&self.early);
        early.push(message);
        let Some(other) = other else { return };
        let sent = early.iter().take_while(|m| other.send(Channel::Control, (*m).clone()).is_ok()).count();
        early.drain(..sent);
    }

    /// This end is open: what the other one heard meanwhile can be said.
    fn opened(&self) {
        let twin = lock(&self.twin).as_ref().and_then(std::sync::Weak::upgrade);
        if let Some(twin) = twin {
            let other = lock(&twin.other).as_ref().and_then(std::sync::Weak::upgrade);
            let mut early = lock(&twin.early);
            let sent = other.map_or(0, |o| {
                early.iter().take_while(|m| o.send(Channel::Control, (*m).clone()).is_ok()).count()
            });
            early.drain(..sent);
        }
    }
}

impl LinkSink for Between {
    fn event(&self, event: LinkEvent) {
        match event {
            LinkEvent::Signal(body) => self.shared.say(self.to, FromServer::Signal { from: self.name, body }),
            LinkEvent::Control(message) => self.pass(message),
            LinkEvent::Open { .. } => self.opened(),
            _ => {}
        }
    }
    fn picture(&self, _: bytes::Bytes) {}
    fn video(&self, _: bytes::Bytes) {}
}

impl Middle {
    fn new(runtime: &Handle, shared: &Arc<Shared>, first: ParticipantId, second: ParticipantId) -> Self {
        let connector = WebrtcConnector::new(runtime.clone());
        let _inside = runtime.enter();
        let end = |to, name| {
            let (other, early, twin) = (Mutex::default(), Mutex::default(), Mutex::default());
            let sink = Arc::new(Between { shared: Arc::clone(shared), to, name, other, early, twin });
            // The one with the lower id offers; this end takes the part of `name`.
            let config = LinkConfig {
                ice: Vec::new(),
                offerer: name < to,
                relay_only: false,
                start_bitrate: 2_000_000,
            };
            let link = connector.connect(config, sink.clone());
            (sink, link)
        };
        let ((a, to_first), (b, to_second)) = (end(first, second), end(second, first));
        *lock(&a.other) = Some(Arc::downgrade(&to_second));
        *lock(&b.other) = Some(Arc::downgrade(&to_first));
        *lock(&a.twin) = Some(Arc::downgrade(&b));
        *lock(&b.twin) = Some(Arc::downgrade(&a));
        Self { ends: [(first, to_first), (second, to_second)] }
    }

    /// Takes what somebody signals to the one whose name this side bears. `from`: who signals.
    pub fn signal(&self, from: ParticipantId, signal: Signal) {
        if let Some((_, link)) = self.ends.iter().find(|(who, _)| *who == from) {
            link.signal(signal);
        }
    }
}
