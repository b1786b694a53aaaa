//! The connections to the other participants of one session.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use deskside_media::wire::PictureMessage;
use deskside_net::{Connector, LinkConfig, LinkEvent, LinkSink, Transport};
use deskside_protocol::{api::IceServer, socket::Signal};
use deskside_session::ParticipantId;

use super::event::{SessionEvent, SessionEvents};
use crate::{
    share::{Tell, Teller},
    viewing::Feed,
};

/// Where pictures go without passing through the loop.
#[derive(Default)]
pub struct Routes(Mutex<Ways>);

#[derive(Default)]
struct Ways {
    /// The sharer that is watched, and its viewer thread.
    viewing: Option<(ParticipantId, Feed)>,
    sharing: Option<Teller>,
    /// The first pictures may overtake the word on the control channel that sharing began.
    early: Vec<(ParticipantId, Bytes)>,
}

/// So many picture messages may come too early.
const EARLY_PICTURES: usize = 64;

impl Routes {
    fn ways(&self) -> std::sync::MutexGuard<'_, Ways> {
        lock(&self.0)
    }

    pub fn view(&self, from: Option<(ParticipantId, Feed)>) {
        let mut ways = self.ways();
        let early = std::mem::take(&mut ways.early);
        if let Some((sharer, feed)) = &from {
            for (peer, message) in early {
                if peer == *sharer {
                    feed.picture(message);
                }
            }
        }
        ways.viewing = from;
    }

    pub fn share(&self, teller: Option<Teller>) {
        self.ways().sharing = teller;
    }

    fn picture(&self, peer: ParticipantId, message: Bytes) {
        let mut ways = self.ways();
        if PictureMessage::is_of_viewer(&message) {
            if let Some(teller) = &ways.sharing {
                teller.tell(Tell::FromViewer(peer, message));
            }
            return;
        }
        match &ways.viewing {
            Some((from, feed)) if *from == peer => feed.picture(message),
            _ if ways.early.len() < EARLY_PICTURES => ways.early.push((peer, message)),
            _ => {}
        }
    }

    fn feed(&self, peer: ParticipantId) -> Option<Feed> {
        self.ways().viewing.as_ref().filter(|(from, _)| *from == peer).map(|(_, feed)| feed.clone())
    }

    fn teller(&self) -> Option<Teller> {
        self.ways().sharing.clone()
    }
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Sink {
    generation: u64,
    peer: ParticipantId,
    events: SessionEvents,
    routes: Arc<Routes>,
    /// To cut the line of who floods.
    own: Mutex<Option<std::sync::Weak<dyn Transport>>>,
    cut: Cut,
}

/// Connections that were cut: the queue that would say so is full.
type Cut = Arc<Mutex<Vec<(u64, ParticipantId)>>>;

impl LinkSink for Sink {
    fn event(&self, event: LinkEvent) {
        match &event {
            LinkEvent::KeyFrameWanted => {
                if let Some(t) = self.routes.teller() {
                    t.tell(Tell::KeyFrameWanted);
                }
                return;
            }
            LinkEvent::Bitrate(bits) => {
                if let Some(t) = self.routes.teller() {
                    t.tell(Tell::Bitrate(self.peer, *bits));
                }
                return;
            }
            _ => {}
        }
        if !self.events.send(SessionEvent::Link(self.generation, self.peer, event)) {
            tracing::warn!(peer = self.peer.0, "a participant floods; its connection is dropped");
            // Once: what is cut says nothing any more.
            if let Some(t) = lock(&self.own).take().and_then(|t| t.upgrade()) {
                lock(&self.cut).push((self.generation, self.peer));
                t.close();
            }
        }
    }

    fn picture(&self, message: Bytes) {
        self.routes.picture(self.peer, message);
    }

    fn video(&self, access_unit: Bytes) {
        if let Some(feed) = self.routes.feed(self.peer) {
            feed.video(access_unit);
        }
    }
}

struct Link {
    generation: u64,
    transport: Arc<dyn Transport>,
    offerer: bool,
}

/// One connection for each other participant, made when the core says so.
pub struct Links {
    connector: Arc<dyn Connector>,
    events: SessionEvents,
    pub routes: Arc<Routes>,
    links: HashMap<ParticipantId, Link>,
    /// Signaling that came before the core asked for the connection.
    early: HashMap<ParticipantId, Vec<Signal>>,
    cut: Cut,
    next: u64,
    pub ice: Vec<IceServer>,
    relay_only: bool,
}

/// So much signaling of a participant may wait for the core.
const EARLY: usize = 64;

impl Links {
    pub fn new(connector: Arc<dyn Connector>, events: SessionEvents, relay_only: bool) -> Self {
        Self {
            connector,
            events,
            routes: Arc::default(),
            links: HashMap::new(),
            early: HashMap::new(),
            cut: Cut::default(),
            next: 0,
            ice: Vec::new(),
            relay_only,
        }
    }

    pub fn connect(&mut self, peer: ParticipantId, offerer: bool) {
        self.disconnect(peer);
        self.next += 1;
        let generation = self.next;
        let sink = Arc::new(Sink {
            generation,
            peer,
            events: self.events.clone(),
            routes: Arc::clone(&self.routes),
            own: Mutex::new(None),
            cut: Arc::clone(&self.cut),
        });
        let config = LinkConfig {
            ice: self.ice.clone(),
            offerer,
            relay_only: self.relay_only,
            start_bitrate: 2_000_000,
        };
        let transport = self.connector.connect(config, sink.clone());
        *lock(&sink.own) = Some(Arc::downgrade(&transport));
        for signal in self.early.remove(&peer).unwrap_or_default() {
            transport.signal(signal);
        }
        self.links.insert(peer, Link { generation, transport, offerer });
    }

    /// A connection beside the others, for one transfer of files: who signals it is who it is made for.
    pub fn for_files(&self, offerer: bool, sink: Arc<dyn LinkSink>) -> Arc<dyn Transport> {
        let (ice, relay_only) = (self.ice.clone(), self.relay_only);
        self.connector.connect(LinkConfig { ice, offerer, relay_only, start_bitrate: 2_000_000 }, sink)
    }

    pub fn disconnect(&mut self, peer: ParticipantId) {
        if let Some(link) = self.links.remove(&peer) {
            link.transport.close();
        }
    }

    /// Signaling from the server for this connection.
    pub fn signal(&mut self, peer: ParticipantId, signal: Signal) {
        match self.links.get(&peer) {
            Some(link) => link.transport.signal(signal),
            None => {
                let waiting = self.early.entry(peer).or_default();
                if matches!(signal, Signal::Offer { .. }) {
                    waiting.clear();
                }
                if waiting.len() < EARLY {
                    waiting.push(signal);
                }
            }
        }
    }

    /// Those whose connection in use was cut since this was asked last, because they flooded.
    pub fn take_cut(&self) -> Vec<ParticipantId> {
        let cut = std::mem::take(&mut *lock(&self.cut));
        cut.into_iter()
            .filter(|(generation, peer)| self.current(*peer, *generation))
            .map(|(_, p)| p)
            .collect()
    }

    /// Whether an event belongs to the connection in use now.
    pub fn current(&self, peer: ParticipantId, generation: u64) -> bool {
        self.links.get(&peer).is_some_and(|l| l.generation == generation)
    }

    pub fn transport(&self, peer: ParticipantId) -> Option<Arc<dyn Transport>> {
        self.links.get(&peer).map(|l| Arc::clone(&l.transport))
    }

    pub fn offerer(&self, peer: ParticipantId) -> bool {
        self.links.get(&peer).is_some_and(|l| l.offerer)
    }

    /// New paths for all connections that this side offered.
    pub fn restart(&self, peer: ParticipantId) {
        if let Some(link) = self.links.get(&peer)
            && link.offerer
        {
            link.transport.restart();
        }
    }

    pub fn peers(&self) -> Vec<ParticipantId> {
        self.links.keys().copied().collect()
    }

    /// New paths for all connections, whoever offered them.
    pub fn restart_all(&self) {
        for link in self.links.values() {
            link.transport.restart();
        }
    }

    /// Those that wait for an offer ask for it now.
    pub fn ask_for_offers(&self) {
        for link in self.links.values().filter(|l| !l.offerer) {
            link.transport.restart();
        }
    }

    /// All connections, to be closed when what is queued has left.
    pub fn take_all(&mut self) -> Vec<Arc<dyn Transport>> {
        self.routes.view(None);
        self.routes.share(None);
        self.links.drain().map(|(_, l)| l.transport).collect()
    }
}
