//! One running session: the core's outputs, carried out.

mod devices;
mod drawing;
mod end;
mod files;
mod line;
mod transfer;

pub(super) use drawing::picture_file;
use end::tab;
pub use files::{Scanned, downloads};

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use deskside_devices::{clipboard, watch};
use deskside_net::{Channel, Connector, LinkEvent, Signaling, SignalingEvent};
use deskside_protocol::{
    HandOver, SessionNumber,
    api::{self, IceServer},
    socket::{EndReason, FromServer, ToServer},
};
use deskside_session::{
    Identity, Keeping, Now, ParticipantId, Role, Session, Snapshot, Start,
    app::{Ending, Tab, TransferView},
    command::Command,
    hiding::Hidden,
    io::{Capture, DeviceEvent, Input, Output},
    view::{ChatLine, Refusal, View},
};

use super::{
    event::{SessionEvent, SessionEvents},
    links::Links,
    places::Entering,
};
use crate::{
    backend::Slot,
    hands::Hands,
    identity,
    kept::{Kept, Seat},
    logs::Logs,
    share::{Report, Share},
    viewing::Viewing,
};

pub struct Welcome {
    pub you: ParticipantId,
    pub number: SessionNumber,
    pub organisation: String,
    pub roster: Vec<api::Entry>,
    pub ice: Vec<IceServer>,
    pub hand_overs: Vec<HandOver>,
    pub keeps_chat: bool,
}

/// A log of acts that cannot be written is tried again after this.
const LOG_AGAIN: std::time::Duration = std::time::Duration::from_secs(10);

pub struct Running {
    number: SessionNumber,
    /// Whether the person sees it. The clipboard belongs to the session that is seen, so that no text goes from one
    /// customer to another.
    shown: bool,
    /// As it was when the view was made last; none when something happened since.
    tab: Option<Tab>,
    core: Session,
    started: Instant,
    signaling: Signaling,
    links: Links,
    events: SessionEvents,
    /// Where the windows find the picture; none without windows.
    windows: Option<Arc<Slot>>,
    share: Option<(Share, Capture)>,
    hidden: Hidden,
    hands: Option<Hands>,
    watch: Option<Box<dyn watch::Watch>>,
    frame: Option<Box<dyn deskside_devices::own::Frame>>,
    /// What is drawn on the shared desktop, which is there: left, top, width, height.
    overlay: Option<Box<dyn deskside_devices::overlay::Overlay>>,
    area: Option<(i32, i32, u16, u16)>,
    /// How many areas were shared so far.
    areas: Arc<std::sync::atomic::AtomicU32>,
    clipboard: Option<Box<dyn clipboard::Clipboard>>,
    viewing: Option<(ParticipantId, Viewing)>,
    files: files::Files,
    /// The network is another one: the connections are made anew when the server is there.
    remake: bool,
    over: Option<Ending>,
    refusal: Option<Refusal>,
    /// The last one of this session.
    transfer: Option<TransferView>,
    /// The file from which a program goes on after this one was killed.
    kept: Option<Kept>,
    logs: Logs,
    /// When to try again to write what is not in them yet.
    log_again: Option<tokio::time::Instant>,
}

impl Running {
    pub(super) fn begin(
        entering: Box<Entering>,
        welcome: Welcome,
        connector: Arc<dyn Connector>,
        events: SessionEvents,
        relay_only: bool,
        windows: Option<Arc<Slot>>,
        home: &Path,
    ) -> std::io::Result<Self> {
        let started = Instant::now();
        let role = welcome.roster.iter().find(|e| e.id == welcome.you).map_or(entering.role, |e| e.role);
        let identity = Identity::from_seed(entering.seed);
        let (kept, snapshot) = match entering.resumed {
            Some((kept, state)) => {
                let read = Snapshot::decode(&state, welcome.number, welcome.you, identity.public());
                let read = read.inspect_err(|e| tracing::warn!(error = %e, "what was kept is of no use"));
                (Some(kept), read.ok())
            }
            None => {
                let Entering { server, ticket, seed, name, .. } = &*entering;
                let seat = Seat::new(server, ticket, seed, role, name, welcome.number, welcome.you);
                let kept = Kept::begin(home, seat);
                let kept = kept.inspect_err(|e| tracing::warn!(error = %e, "the session is not kept"));
                (kept.ok(), None)
            }
        };
        let (logs, found) = Logs::open(home, welcome.number, welcome.you);
        let core = Session::new(
            Now::new(Duration::ZERO),
            Start {
                me: welcome.you,
                role,
                name: entering.name,
                number: welcome.number,
                organisation: welcome.organisation,
                keeps_chat: welcome.keeps_chat,
                roster: welcome.roster,
                identity,
                secret: entering.secret,
                link: entering.link,
                nonce_seed: identity::fresh()?,
                snapshot,
                keeping: if kept.is_some() { Keeping::StateAndSecret } else { Keeping::Nothing },
                logs: found,
                unix_ms: std::time::SystemTime::now()
                    .duration_since(std::time::UNIX_EPOCH)
                    .map_or(0, |d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX)),
                programs_after: events.programs_after(),
            },
        );
        let mut links = Links::new(connector, events.clone(), relay_only);
        links.ice = welcome.ice;
        let mut running = Self {
            number: welcome.number,
            shown: false,
            tab: None,
            core,
            started,
            signaling: entering.signaling,
            links,
            events,
            windows,
            share: None,
            hidden: Hidden::default(),
            hands: None,
            watch: None,
            frame: None,
            overlay: None,
            area: None,
            areas: Arc::default(),
            clipboard: None,
            viewing: None,
            files: files::Files::default(),
            remake: false,
            over: None,
            refusal: None,
            transfer: None,
            kept,
            logs,
            log_again: None,
        };
        running.drain();
        running.words(welcome.hand_overs);
        Ok(running)
    }

    fn now(&self) -> Now {
        Now::new(self.started.elapsed())
    }

    pub fn role(&self) -> Role {
        self.core.role()
    }

    pub fn number(&self) -> SessionNumber {
        self.number
    }

    /// See [`Session::said`].
    pub fn said(&self, after: u64) -> impl Iterator<Item = (u64, &ChatLine)> {
        self.core.said(after)
    }

    /// The file of the log of acts, if anything was written.
    pub fn log(&self) -> Option<String> {
        self.logs.last().map(|p| p.to_string_lossy().into_owned())
    }

    pub fn over(&self) -> Option<Ending> {
        self.over
    }

    pub fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    pub fn view(&mut self) -> View {
        let view = self.core.view(self.now());
        self.tab = Some(tab(&view));
        view
    }

    /// What it looks like from outside.
    pub fn tab(&mut self) -> Tab {
        match &self.tab {
            Some(tab) => tab.clone(),
            None => tab(&self.view()),
        }
    }

    pub fn next_timeout(&self) -> Option<tokio::time::Instant> {
        let core =
            self.core.poll_timeout().map(|t| tokio::time::Instant::from_std(self.started + t.since_start()));
        core.into_iter().chain(self.log_again).min()
    }

    pub fn timeout(&mut self) {
        if self.log_again.is_some_and(|at| at <= tokio::time::Instant::now()) {
            let written = self.logs.write_waiting();
            self.log_written(written);
        }
        self.input(Input::Timeout);
    }

    /// The person is told once that the log of acts cannot be written, and once that it is whole again.
    fn log_written(&mut self, written: std::io::Result<()>) {
        let before = self.log_again.is_none();
        self.log_again = (!self.logs.is_whole()).then(|| tokio::time::Instant::now() + LOG_AGAIN);
        if let Err(e) = written {
            tracing::error!(error = %e, "the log of acts cannot be written");
        }
        if before != self.log_again.is_none() {
            self.tab = None;
            self.core.handle(self.now(), Input::Device(DeviceEvent::LogKept(self.log_again.is_none())));
        }
    }

    /// The server does not save chats any more.
    pub fn chat_not_kept(&mut self) {
        self.input(Input::ChatNotKept);
    }

    pub fn command(&mut self, command: Command) {
        self.input(Input::Command(command));
    }

    fn input(&mut self, input: Input) {
        self.tab = None;
        self.core.handle(self.now(), input);
        self.drain();
    }

    pub fn signaling(&mut self, event: SignalingEvent) {
        match event {
            SignalingEvent::Up { roster, ice, hand_overs, .. } => {
                self.links.ice = ice;
                self.input(Input::ServerBack);
                self.transfer_unknown();
                self.words(hand_overs);
                self.input(Input::Roster(roster));
                if std::mem::take(&mut self.remake) {
                    self.remake_links();
                }
            }
            SignalingEvent::Message(FromServer::HandOver { word }) => self.input(Input::HandOver { word }),
            SignalingEvent::Message(FromServer::Roster { roster }) => self.input(Input::Roster(roster)),
            SignalingEvent::Message(FromServer::Signal { from, body }) => self.links.signal(from, body),
            SignalingEvent::Message(FromServer::TransferState(state)) => self.transfer_state(state),
            SignalingEvent::Message(FromServer::Ended { reason }) => self.input(Input::Ended(reason)),
            SignalingEvent::Message(
                FromServer::Welcome { .. }
                | FromServer::Waiting { .. }
                | FromServer::Refused { .. }
                | FromServer::Unknown,
            ) => {}
            // The session is not known there any more: nobody can come back into it.
            SignalingEvent::Refused(_) => self.input(Input::Ended(EndReason::Expired)),
            SignalingEvent::Down(_) => self.input(Input::ServerLost),
        }
    }

    /// Words of hand-over that the server keeps; only those that fit count.
    fn words(&mut self, words: Vec<HandOver>) {
        for word in words {
            self.input(Input::HandOver { word });
        }
    }

    pub fn event(&mut self, event: SessionEvent) {
        for peer in self.links.take_cut() {
            self.link(peer, LinkEvent::Closed);
        }
        match event {
            // Many may come at once: what they lead to is carried out, and kept on the disk, once for the burst.
            SessionEvent::Link(generation, peer, LinkEvent::Control(bytes)) => {
                if self.links.current(peer, generation) {
                    self.tab = None;
                    self.core.handle(self.now(), Input::Control { peer, bytes: bytes.to_vec() });
                }
            }
            SessionEvent::Link(generation, peer, event) => {
                self.drain();
                if self.links.current(peer, generation) {
                    self.link(peer, event);
                }
            }
            SessionEvent::Share(report) => self.report(report),
            SessionEvent::Own(watch::OwnAct::Input) => self.input(Input::Device(DeviceEvent::OwnInput)),
            SessionEvent::Own(watch::OwnAct::PanicKey) => self.input(Input::Device(DeviceEvent::PanicKey)),
            SessionEvent::Clipboard(copied) => self.on_copied(copied),
            SessionEvent::Scanned(scanned) => self.on_scanned(scanned),
            SessionEvent::Files(id, news) => self.on_mover(id, news),
            SessionEvent::Trouble(t) => self.input(Input::Device(DeviceEvent::Trouble(t))),
            SessionEvent::Shows(area) => self.input(Input::Device(DeviceEvent::Shows(area))),
            SessionEvent::Surface(event) => self.command(Command::Input { event }),
            SessionEvent::Stop => self.command(Command::StopSharing),
        }
    }

    fn report(&mut self, report: Report) {
        match report {
            Report::Monitors(m) => self.input(Input::Device(DeviceEvent::Monitors(m))),
            Report::Area { area, x, y, width, height } => {
                if let Some(hands) = &self.hands {
                    hands.area((x, y), (width, height));
                }
                if let Some(frame) = &self.frame {
                    frame.place(x, y, deskside_media::Rect { x: 0, y: 0, w: width, h: height });
                }
                self.area = Some((x, y, width, height));
                self.place_overlay();
                self.input(Input::Device(DeviceEvent::Area(area)));
                self.input(Input::Device(DeviceEvent::PictureSize { width, height }));
            }
            Report::Coder(c) => self.input(Input::Device(DeviceEvent::Coder(c))),
            Report::Programs(p) => self.input(Input::Device(DeviceEvent::Programs(p))),
            Report::Hiding(h) => self.input(Input::Device(DeviceEvent::Hiding(h))),
            Report::Trouble(t) => self.input(Input::Device(DeviceEvent::Trouble(t))),
        }
    }

    fn keep(&mut self, state: &[u8]) {
        if let Some(kept) = &self.kept
            && let Err(e) = kept.write(state)
        {
            tracing::warn!(error = %e, "the session cannot be kept");
        }
    }

    /// Carries out what the core wants until it wants nothing more; also after a burst of events.
    pub fn drain(&mut self) {
        while let Some(output) = self.core.poll_output() {
            self.output(output);
        }
    }

    fn output(&mut self, output: Output) {
        match output {
            Output::Connect { peer, offer } => {
                self.links.connect(peer, offer);
                self.relink(peer);
            }
            Output::Disconnect { peer } => self.links.disconnect(peer),
            Output::SendControl { peer, bytes } => self.send(peer, Channel::Control, bytes),
            Output::SendPointer { peer, bytes } => self.send(peer, Channel::Pointer, bytes),
            Output::Capture(capture) => self.capture(capture),
            Output::StopCapture => {
                self.links.routes.share(None);
                self.share = None;
                self.watch = None;
                self.frame = None;
                (self.overlay, self.area) = (None, None);
                self.hands = None;
            }
            Output::Marks(marks) => self.show_marks(marks),
            Output::DrawHere(on) => self.draw_here(on),
            Output::Inject(event) => {
                if let Some(hands) = &self.hands {
                    hands.inject(event);
                }
            }
            Output::ReleaseInput => {
                if let Some(hands) = &self.hands {
                    hands.release();
                }
            }
            Output::SetClipboard(clip) => {
                if self.shown
                    && let Some(c) = self.clipboard()
                {
                    c.set(clip);
                }
            }
            Output::WatchClipboard(on) => {
                if (on || self.clipboard.is_some())
                    && let Some(c) = self.clipboard()
                {
                    c.watch(on);
                }
            }
            Output::WatchFiles(on) => {
                if (on || self.clipboard.is_some())
                    && let Some(c) = self.clipboard()
                {
                    c.watch_files(on);
                }
            }
            Output::NoPaste { forget } => self.no_paste(forget),
            Output::SendFiles { id, key, .. } => self.send_files(id, key),
            Output::ReceiveFiles { id, list, into } => self.receive_files(id, list, into),
            Output::FilesSignal { id, signal } => self.files_signal(id, signal),
            Output::StopFiles { id } => self.stop_files(id),
            Output::OpenViewer { from } => self.open_viewer(from),
            Output::CloseViewer => {
                self.links.routes.view(None);
                self.viewing = None;
                self.show_place();
            }
            Output::Refused { peer, reason } => {
                tracing::warn!(peer = peer.0, ?reason, "a connection was refused");
                self.refusal = Some(reason);
            }
            // It is in the view, which is published before the loop waits again.
            Output::Tell(_) => {}
            Output::Keep(state) => self.keep(&state),
            Output::Act { writer, lines } => {
                let written = self.logs.append(writer, &lines);
                self.log_written(written);
            }
            Output::TellServerHandOver { word } => self.signaling.send(ToServer::HandOver { word }),
            Output::TellServerLeave => self.signaling.send(ToServer::Leave),
            Output::TellServerEnd => self.signaling.send(ToServer::End),
            Output::Over(ending) => {
                self.over = Some(ending);
                if let Some(kept) = self.kept.take() {
                    kept.forget();
                }
            }
        }
    }
}
