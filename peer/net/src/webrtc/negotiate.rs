//! The task that owns a peer connection: descriptions, candidates, restarts and the end.
//!
//! Perfect negotiation (W3C WebRTC, section 10.7), made smaller: channels and track exist from the start,
//! so that offers are only made to begin and to restart, and only the impolite side (the offerer) makes
//! them; the other one asks for an offer by [`Signal::Renew`]. Offers of other programs are followed.

use std::{sync::Arc, time::Duration};

use deskside_protocol::socket::Signal;
use tokio::{
    sync::mpsc::{Receiver, Sender},
    task::JoinSet,
    time::Instant,
};
use webrtc::{
    error::Result,
    media_stream::track_remote::TrackRemote,
    peer_connection::{
        PeerConnection, PeerConnectionEventHandler, RTCIceCandidateInit, RTCIceConnectionState,
        RTCPeerConnectionIceEvent, RTCPeerConnectionState, RTCSessionDescription,
    },
};

use super::{
    Phase, Shared,
    channels::{self, Opening},
    line::{self, Line},
    pace::Route,
    path::{relayed, settle},
    sdp, tail, video,
};
use crate::{LinkConfig, LinkEvent};

/// Candidates of the other side taken for one description; each costs packets to its address.
const CANDIDATES: usize = 64;
/// An answerer that is not connected asks for an offer after this time, then after twice that, and so on.
const NUDGE: Duration = Duration::from_secs(1);
const NUDGE_MOST: Duration = Duration::from_secs(16);
/// Time from a path to open channels; a handshake that fails does not say so.
const OPENING: Duration = Duration::from_secs(10);
/// A path that is lost is looked for anew this often.
const RETRY: Duration = Duration::from_secs(4);

/// What the task is asked to do, in this order.
pub(super) enum Step {
    Signal(Signal),
    Restart,
}

/// What happened meanwhile.
pub(super) enum Event {
    Close,
    /// From a line's handler; `0` is the line's generation.
    Candidate(u32, RTCIceCandidateInit),
    Ice(u32, RTCIceConnectionState),
    Track(u32, Arc<dyn TrackRemote>),
    Ended(u32),
}

pub(super) struct Negotiator {
    config: LinkConfig,
    shared: Arc<Shared>,
    events: Sender<Event>,
    generation: u32,
    line: Option<Line>,
    /// Ends with the line.
    tasks: JoinSet<()>,
    /// Candidates that came before their description, and how many came for it in all.
    early: Vec<RTCIceCandidateInit>,
    candidates: usize,
    /// Fingerprint of the remote description in force.
    remote: Option<String>,
    /// Local candidates of the description in force, for when the offer must be sent again.
    gathered: Vec<Signal>,
    path: bool,
    /// What was said of the path last.
    told_relayed: Option<bool>,
    /// When to nudge, retry or give up, and how long until the time after.
    alarm: Option<(Instant, Duration)>,
}

impl Negotiator {
    pub(super) fn new(config: LinkConfig, shared: Arc<Shared>, events: Sender<Event>) -> Self {
        Self {
            config,
            shared,
            events,
            generation: 0,
            line: None,
            tasks: JoinSet::new(),
            early: Vec::new(),
            candidates: 0,
            remote: None,
            gathered: Vec::new(),
            path: false,
            told_relayed: None,
            alarm: None,
        }
    }

    pub(super) async fn run(mut self, mut inbox: Receiver<Event>, mut steps: Receiver<Step>) {
        if let Err(error) = Box::pin(self.begin()).await {
            tracing::warn!(%error, "no peer connection could be made");
            self.fail();
        }
        while !self.shared.is(Phase::Closed) {
            let done = tokio::select! {
                biased;
                Some(event) = inbox.recv() => Box::pin(self.handle(event)).await,
                Some(step) = steps.recv() => Box::pin(self.follow(step)).await,
                () = until(self.alarm) => self.ring().await,
            };
            if let Err(error) = done {
                // What the other side sent may be anything; a bad description changes nothing.
                tracing::debug!(%error, "a signal or restart was not followed");
            }
        }
        self.end_line().await;
    }

    async fn begin(&mut self) -> Result<()> {
        Box::pin(self.new_line()).await?;
        if self.config.offerer {
            self.offer().await?;
        } else {
            self.alarm = Some((Instant::now() + NUDGE, NUDGE * 2));
        }
        Ok(())
    }

    async fn new_line(&mut self) -> Result<()> {
        self.end_line().await;
        self.generation += 1;
        self.remote = None;
        self.path = false;
        self.candidates = 0;
        self.shared.pace.set_route(Route::Connecting);
        let handler = Arc::new(Handler { generation: self.generation, events: self.events.clone() });
        let line = Box::pin(line::build(
            &self.config,
            &self.shared.sink,
            &self.shared.pace,
            &self.shared.video.rate,
            handler,
        ))
        .await?;
        let opening = Opening::new(&line);
        for (which, channel) in &line.channels {
            let (shared, events, generation) = (self.shared.clone(), self.events.clone(), self.generation);
            let (which, channel, opening) = (*which, channel.clone(), opening.clone());
            self.tasks.spawn(channels::write(shared.clone(), which, channel.clone()));
            self.tasks.spawn(async move {
                channels::read(shared, which, channel, opening).await;
                let _ = events.send(Event::Ended(generation)).await;
            });
        }
        let (track, sender) = (line.track.clone(), line.sender.clone());
        if let Some((reliable, pointer)) = tail::channels(&line) {
            self.tasks.spawn(tail::probe(self.shared.clone(), reliable, pointer));
        }
        self.tasks.spawn(video::send(self.shared.clone(), track.clone(), sender, line.ssrc));
        self.tasks.spawn(video::feedback(self.shared.clone(), track));
        self.line = Some(line);
        Ok(())
    }

    async fn end_line(&mut self) {
        if let Some(line) = self.line.take()
            && let Err(error) = line.pc.close().await
        {
            tracing::debug!(%error, "closing a peer connection");
        }
        self.tasks.shutdown().await;
    }

    /// The connection is of no use any more.
    fn fail(&self) {
        if self.shared.close() {
            self.shared.sink.event(LinkEvent::Closed);
        }
    }

    async fn handle(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Close => {}
            Event::Candidate(generation, init) if generation == self.generation => {
                let signal = Signal::Candidate {
                    candidate: init.candidate,
                    mid: init.sdp_mid,
                    mline: init.sdp_mline_index,
                };
                self.gathered.push(signal.clone());
                self.shared.report(LinkEvent::Signal(signal));
            }
            Event::Ice(generation, state) if generation == self.generation => self.path(state).await,
            Event::Track(generation, track) if generation == self.generation => {
                self.tasks.spawn(video::receive(self.shared.clone(), track));
            }
            Event::Ended(generation) if generation == self.generation => self.fail(),
            Event::Candidate(..) | Event::Ice(..) | Event::Track(..) | Event::Ended(_) => {}
        }
        Ok(())
    }

    async fn follow(&mut self, step: Step) -> Result<()> {
        let signal = match step {
            Step::Signal(signal) => signal,
            Step::Restart => return self.restart().await,
        };
        match signal {
            Signal::Offer { sdp } => self.offered(sdp).await,
            Signal::Answer { sdp } => self.answered(sdp).await,
            Signal::Candidate { candidate, mid, mline } => self.remote_candidate(candidate, mid, mline).await,
            Signal::Renew if self.config.offerer => self.renew().await,
            Signal::Renew | Signal::Unknown => Ok(()),
        }
    }

    fn pc(&self) -> Option<Arc<dyn PeerConnection>> {
        self.line.as_ref().map(|line| line.pc.clone())
    }

    async fn offer(&mut self) -> Result<()> {
        let Some(pc) = self.pc() else { return Ok(()) };
        let offer = pc.create_offer(None).await?;
        let sdp = offer.sdp.clone();
        self.gathered.clear();
        // Its candidates follow through this task's own inbox, so they come after it.
        pc.set_local_description(offer).await?;
        self.shared.report(LinkEvent::Signal(Signal::Offer { sdp }));
        Ok(())
    }

    async fn offered(&mut self, sdp: String) -> Result<()> {
        self.note_relays(sdp::relays(&sdp).collect::<Vec<_>>()).await;
        let fingerprint = sdp::fingerprint(&sdp);
        if fingerprint.is_none() {
            return Ok(());
        }
        if self.remote.is_some() && self.remote != fingerprint {
            // The other side made a new connection. Ours can follow as long as nobody relied on it.
            if self.shared.is(Phase::Open) {
                self.fail();
                return Ok(());
            }
            let early = std::mem::take(&mut self.early);
            Box::pin(self.new_line()).await?;
            self.early = early;
        }
        let Some(pc) = self.pc() else { return Ok(()) };
        if self.config.offerer && pc.pending_local_description().await.is_some() {
            // Both offered: ours stands.
            return Ok(());
        }
        self.candidates = self.early.len();
        let answered = self.answer(&pc, sdp, fingerprint).await;
        if answered.is_err() && !self.shared.is(Phase::Open) {
            // It may be applied in part; an honest offer that follows shall find none of it.
            self.early.clear();
            Box::pin(self.new_line()).await?;
        }
        answered
    }

    async fn answer(
        &mut self,
        pc: &Arc<dyn PeerConnection>,
        offer: String,
        fingerprint: Option<String>,
    ) -> Result<()> {
        pc.set_remote_description(RTCSessionDescription::offer(sdp::with_ours(&offer))?).await?;
        self.remote = fingerprint;
        let answer = pc.create_answer(None).await?;
        let sdp = answer.sdp.clone();
        self.gathered.clear();
        pc.set_local_description(answer).await?;
        self.shared.report(LinkEvent::Signal(Signal::Answer { sdp }));
        self.shared.pace.kick();
        self.take_early(pc).await
    }

    async fn answered(&mut self, sdp: String) -> Result<()> {
        self.note_relays(sdp::relays(&sdp).collect::<Vec<_>>()).await;
        let Some(pc) = self.pc() else { return Ok(()) };
        if pc.pending_local_description().await.is_none() {
            return Ok(());
        }
        let fingerprint = sdp::fingerprint(&sdp);
        if self.remote.is_some() && self.remote != fingerprint {
            // It lost its side of the connection, and so this one has no other end.
            self.fail();
            return Ok(());
        }
        self.candidates = self.early.len();
        pc.set_remote_description(RTCSessionDescription::answer(sdp::with_ours(&sdp))?).await?;
        self.remote = fingerprint;
        self.shared.pace.kick();
        self.take_early(&pc).await
    }

    async fn take_early(&mut self, pc: &Arc<dyn PeerConnection>) -> Result<()> {
        for init in std::mem::take(&mut self.early) {
            if let Err(error) = pc.add_ice_candidate(init).await {
                tracing::debug!(%error, "a candidate that makes no sense");
            }
            self.shared.pace.kick();
        }
        Ok(())
    }

    async fn remote_candidate(
        &mut self,
        candidate: String,
        mid: Option<String>,
        mline: Option<u16>,
    ) -> Result<()> {
        // An empty one only says that no more will come, and is none of ours; a name ending in .local cannot be looked up here.
        if !sdp::is_ours(&candidate) || candidate.contains(".local ") || self.candidates >= CANDIDATES {
            return Ok(());
        }
        self.candidates += 1;
        self.note_relays(sdp::relay(&candidate)).await;
        let init =
            RTCIceCandidateInit { candidate, sdp_mid: mid, sdp_mline_index: mline, ..Default::default() };
        match self.pc() {
            // Until an answer came, candidates belong to a description that is still to come.
            Some(pc) if self.remote.is_some() && pc.pending_local_description().await.is_none() => {
                pc.add_ice_candidate(init).await?;
                self.shared.pace.kick();
            }
            _ => self.early.push(init),
        }
        Ok(())
    }

    /// New credentials and candidates on both sides (RFC 8445, section 2.4).
    async fn restart(&mut self) -> Result<()> {
        if !self.config.offerer {
            self.shared.report(LinkEvent::Signal(Signal::Renew));
            return Ok(());
        }
        self.renew().await
    }

    async fn renew(&mut self) -> Result<()> {
        let Some(pc) = self.pc() else { return Ok(()) };
        self.shared.pace.set_route(Route::Connecting);
        match pc.pending_local_description().await {
            // The offer or its answer was lost on the way.
            Some(pending) => {
                self.shared.report(LinkEvent::Signal(Signal::Offer { sdp: pending.sdp }));
                for candidate in self.gathered.clone() {
                    self.shared.report(LinkEvent::Signal(candidate));
                }
                Ok(())
            }
            None => {
                pc.restart_ice().await?;
                self.offer().await
            }
        }
    }

    async fn path(&mut self, state: RTCIceConnectionState) {
        match state {
            RTCIceConnectionState::Connected | RTCIceConnectionState::Completed => {
                self.path = true;
                self.alarm = (!self.shared.is(Phase::Open)).then(|| (Instant::now() + OPENING, OPENING));
                self.tell_path().await;
            }
            RTCIceConnectionState::Disconnected => {
                self.path = false;
                self.shared.report(LinkEvent::State { up: false, relayed: None });
                self.alarm = Some((Instant::now(), RETRY));
            }
            RTCIceConnectionState::Failed => self.fail(),
            _ => {}
        }
    }

    async fn tell_path(&mut self) {
        let relayed = match self.pc() {
            Some(pc) => relayed(&self.shared, &pc).await,
            None => None,
        };
        if self.shared.is(Phase::Open) {
            settle(&self.shared, relayed);
        }
        self.told_relayed = relayed;
        self.shared.report(LinkEvent::State { up: true, relayed });
    }

    /// The other side has these relays; the path may be over one of them.
    async fn note_relays(&mut self, relays: impl IntoIterator<Item = (String, u16)>) {
        if self.shared.relays.note(relays) && self.path && self.told_relayed == Some(false) {
            self.tell_path().await;
        }
    }

    async fn ring(&mut self) -> Result<()> {
        let Some((_, next)) = self.alarm.take() else { return Ok(()) };
        if self.path {
            if !self.shared.is(Phase::Open) {
                tracing::debug!("a path, but no connection over it");
                self.fail();
            }
        } else if self.shared.is(Phase::Open) {
            self.alarm = Some((Instant::now() + RETRY, RETRY));
            return self.restart().await;
        } else if !self.config.offerer {
            self.alarm = Some((Instant::now() + next, (next * 2).min(NUDGE_MOST)));
            self.shared.report(LinkEvent::Signal(Signal::Renew));
        }
        Ok(())
    }
}

async fn until(alarm: Option<(Instant, Duration)>) {
    match alarm {
        Some((at, _)) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Carries a line's events to the task; runs on the driver, so it must not wait.
struct Handler {
    generation: u32,
    events: Sender<Event>,
}

impl Handler {
    fn tell(&self, event: Event) {
        if self.events.try_send(event).is_err() {
            tracing::debug!("an event of a connection that is not followed any more");
        }
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        if let Ok(init) = event.candidate.to_json() {
            self.tell(Event::Candidate(self.generation, init));
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        self.tell(Event::Track(self.generation, track));
    }

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        self.tell(Event::Ice(self.generation, state));
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        if matches!(state, RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed) {
            self.tell(Event::Ended(self.generation));
        }
    }
}
