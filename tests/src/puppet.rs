//! A participant that keeps to no rule: the real connection and the real proof, and then whatever a test makes it say.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use deskside_net::{
    Channel, Connector, LinkConfig, LinkEvent, LinkSink, SendError, Signaling, SignalingConfig,
    SignalingEvent, Site, Transport, WebrtcConnector,
};
use deskside_protocol::{
    HandOver, ParticipantId, Role, SessionNumber,
    api::{Assist, Join, Joined},
    socket::{FromServer, ToServer},
};
use deskside_session::{
    Identity, Keeping, LinkSecret, Now, Session, Start,
    io::{Binding, Input, Output},
    view::{LinkView, View},
    wire::Message,
};
use tokio::{
    runtime::Runtime,
    sync::mpsc::{Receiver, Sender, channel},
};

use crate::{http, wait};

pub struct Puppet {
    seed: [u8; 32],
    shared: Arc<Shared>,
    // Last: its tasks end with it.
    _runtime: Runtime,
}

#[derive(Default)]
struct Shared {
    view: Mutex<Option<View>>,
    links: Mutex<HashMap<ParticipantId, Arc<dyn Transport>>>,
    heard: Mutex<Vec<(ParticipantId, Message)>>,
    /// Messages with pictures, and pieces of video.
    pictures: AtomicUsize,
}

enum Event {
    Signaling(SignalingEvent),
    Link(ParticipantId, LinkEvent),
}

struct Sink {
    peer: ParticipantId,
    events: Sender<Event>,
    shared: Arc<Shared>,
}

impl LinkSink for Sink {
    fn event(&self, event: LinkEvent) {
        if let LinkEvent::Control(bytes) = &event
            && let Ok(message) = Message::decode(bytes)
        {
            lock(&self.shared.heard).push((self.peer, message));
        }
        // The queue is longer than anything that a test says to it.
        let _ = self.events.try_send(Event::Link(self.peer, event));
    }
    fn picture(&self, _: Bytes) {
        self.shared.pictures.fetch_add(1, Ordering::Relaxed);
    }
    fn video(&self, _: Bytes) {
        self.shared.pictures.fetch_add(1, Ordering::Relaxed);
    }
}

/// What it says that it is.
pub struct Part {
    pub name: &'static str,
    /// In its own words; the server may know it as another one.
    pub role: Role,
    pub secret: Option<LinkSecret>,
}

impl Puppet {
    /// Enters by a number as a customer.
    #[track_caller]
    pub fn join(server: &str, number: SessionNumber, part: Part) -> Self {
        let body = Join { number, name: part.name.into() };
        let answer = http::post(server, "/api/v1/join", &body, None).expect("an answer");
        Self::enter(server, &answer, part)
    }

    /// Enters by a number as an agent with an account.
    #[track_caller]
    pub fn assist(server: &str, token: &str, number: SessionNumber, part: Part) -> Self {
        let answer =
            http::post(server, "/api/v1/assist", &Assist { number }, Some(token)).expect("an answer");
        Self::enter(server, &answer, part)
    }

    #[track_caller]
    fn enter(server: &str, answer: &http::Answer, part: Part) -> Self {
        let joined: Joined = serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {answer:?}"));
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).expect("randomness");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let config = SignalingConfig {
            site: Site::new(server, None).expect("an address"),
            ticket: joined.ticket,
            key: Identity::from_seed(seed).public_text(),
            name: part.name.into(),
        };
        let (events, inbox) = channel(1 << 16);
        let tell = events.clone();
        let signaling = Signaling::start(runtime.handle(), config, move |event| {
            let _ = tell.try_send(Event::Signaling(event));
        });
        let shared = Arc::new(Shared::default());
        let body = Body { seed, part, signaling, events, shared: Arc::clone(&shared), core: None };
        runtime.spawn(body.live(inbox));
        Self { seed, shared, _runtime: runtime }
    }

    /// Its session as it sees it.
    pub fn view(&self) -> Option<View> {
        lock(&self.shared.view).clone()
    }

    /// Waits until it is proven to somebody, and tells who it is itself.
    #[track_caller]
    pub fn wait_secure(&self, to: ParticipantId) -> ParticipantId {
        let secure = |v: &View| {
            v.others.iter().any(|o| o.id == to && matches!(o.link, LinkView::Secure { .. })).then_some(v.me)
        };
        match wait::within(wait::DEADLINE, || self.view().as_ref().and_then(secure)) {
            Some(me) => me,
            None => panic!("the puppet never came through: {:#?}", self.view()),
        }
    }

    /// Any bytes, on any channel; waits while too much is under way.
    pub fn say(&self, to: ParticipantId, channel: Channel, bytes: impl Into<Bytes>) -> Result<(), SendError> {
        let bytes = bytes.into();
        let link = lock(&self.shared.links).get(&to).cloned().ok_or(SendError::Closed)?;
        let sent = wait::within(wait::DEADLINE, || match link.send(channel, bytes.clone()) {
            Err(SendError::Full) => None,
            done => Some(done),
        });
        sent.unwrap_or(Err(SendError::Full))
    }

    /// A message as the protocol knows it.
    pub fn tell(&self, to: ParticipantId, message: &Message) -> Result<(), SendError> {
        self.say(to, Channel::Control, message.encode())
    }

    /// Messages that came after the proof, with who said them.
    pub fn heard(&self) -> Vec<(ParticipantId, Message)> {
        lock(&self.shared.heard).clone()
    }

    /// How many messages with a picture came.
    pub fn pictures(&self) -> usize {
        self.shared.pictures.load(Ordering::Relaxed)
    }

    pub fn identity(&self) -> Identity {
        Identity::from_seed(self.seed)
    }

    /// A word of hand-over, signed with its own key.
    pub fn sign(&self, session: SessionNumber, mut word: HandOver) -> HandOver {
        word.signature = self.identity().sign_text(&word.signed_bytes(session));
        word
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The part of it that runs.
struct Body {
    seed: [u8; 32],
    part: Part,
    signaling: Signaling,
    events: Sender<Event>,
    shared: Arc<Shared>,
    core: Option<(Session, Instant)>,
}

impl Body {
    async fn live(mut self, mut inbox: Receiver<Event>) {
        loop {
            let next = self
                .core
                .as_ref()
                .and_then(|(core, began)| Some(*began + core.poll_timeout()?.since_start()));
            let next = next.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
            let event = tokio::select! {
                event = inbox.recv() => event,
                () = tokio::time::sleep_until(next.into()) => {
                    self.input(Input::Timeout);
                    continue;
                }
            };
            match event {
                Some(Event::Signaling(event)) => self.signaling(event),
                Some(Event::Link(peer, event)) => self.link(peer, event),
                None => return,
            }
        }
    }

    fn signaling(&mut self, event: SignalingEvent) {
        match event {
            SignalingEvent::Up { you, number, organisation, roster, .. } if self.core.is_none() => {
                let start = Start {
                    keeps_chat: false,
                    me: you,
                    role: self.part.role,
                    name: self.part.name.into(),
                    number,
                    organisation,
                    roster,
                    identity: Identity::from_seed(self.seed),
                    secret: self.part.secret.clone(),
                    link: None,
                    nonce_seed: self.seed,
                    snapshot: None,
                    keeping: Keeping::Nothing,
                    logs: Vec::new(),
                    unix_ms: 1_700_000_000_000,
                    programs_after: 0,
                };
                self.core = Some((Session::new(Now::new(Duration::ZERO), start), Instant::now()));
                self.carry_out();
            }
            SignalingEvent::Message(FromServer::Roster { roster }) => self.input(Input::Roster(roster)),
            SignalingEvent::Message(FromServer::Signal { from, body }) => {
                let link = self.link_to(from);
                link.signal(body);
            }
            _ => {}
        }
    }

    /// The connection to somebody, made when first needed.
    fn link_to(&self, peer: ParticipantId) -> Arc<dyn Transport> {
        let offerer =
            self.core.as_ref().is_some_and(|(core, _)| core.view(Now::new(Duration::ZERO)).me < peer);
        let mut links = lock(&self.shared.links);
        let link = links.entry(peer).or_insert_with(|| {
            let sink = Sink { peer, events: self.events.clone(), shared: Arc::clone(&self.shared) };
            let config = LinkConfig { ice: Vec::new(), offerer, relay_only: false, start_bitrate: 2_000_000 };
            WebrtcConnector::new(tokio::runtime::Handle::current()).connect(config, Arc::new(sink))
        });
        Arc::clone(link)
    }

    fn link(&mut self, peer: ParticipantId, event: LinkEvent) {
        let Some((core, _)) = &self.core else { return };
        let me = core.view(Now::new(Duration::ZERO)).me;
        match event {
            LinkEvent::Signal(body) => self.signaling.send(ToServer::Signal { to: peer, body }),
            LinkEvent::Open { local, remote } => {
                let binding = Binding { local, remote, offerer: me < peer };
                self.input(Input::LinkOpen { peer, binding });
            }
            LinkEvent::Control(bytes) => self.input(Input::Control { peer, bytes: bytes.to_vec() }),
            LinkEvent::Closed => {
                lock(&self.shared.links).remove(&peer);
                self.input(Input::LinkClosed { peer });
            }
            _ => {}
        }
    }

    fn input(&mut self, input: Input) {
        if let Some((core, began)) = &mut self.core {
            core.handle(Now::new(began.elapsed()), input);
        }
        self.carry_out();
    }

    /// Of all that the core wants only what connects and proves.
    fn carry_out(&mut self) {
        while let Some(output) = self.core.as_mut().and_then(|(core, _)| core.poll_output()) {
            match output {
                Output::Connect { peer, .. } => drop(self.link_to(peer)),
                Output::Disconnect { peer } => {
                    if let Some(link) = lock(&self.shared.links).remove(&peer) {
                        link.close();
                    }
                }
                // Its honest core knows nothing of what the test makes it offer.
                Output::SendControl { bytes, .. }
                    if matches!(Message::decode(&bytes), Ok(Message::StopFiles { .. })) => {}
                Output::SendControl { peer, bytes } => {
                    let link = lock(&self.shared.links).get(&peer).cloned();
                    link.map(|l| l.send(Channel::Control, bytes.into()));
                }
                _ => {}
            }
        }
        if let Some((core, began)) = &self.core {
            *lock(&self.shared.view) = Some(core.view(Now::new(began.elapsed())));
        }
    }
}
