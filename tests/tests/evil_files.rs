//! A customer who lies about files: names that lead elsewhere, more than was announced, nonsense on the transfer's
//! connection, and fetching what nobody offered. The agent's computer keeps nothing of it.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use bytes::Bytes;
use deskside_net::{Channel, Connector as _, LinkConfig, LinkEvent, LinkSink, Transport, WebrtcConnector};
use deskside_protocol::{ParticipantId, Role};
use deskside_session::{
    command::{Act, Command},
    direction::Direction,
    files::{Draft, Frame, List, Stopped},
    view::Notice,
    wire::{Message, Outcome},
};
use deskside_tests::{Display, Peer, Puppet, Server, peer::Start, puppet::Part, until, wait};
use tokio::runtime::Runtime;

struct Scene {
    agent: Peer,
    evil: Arc<Puppet>,
    to: ParticipantId,
    office: Display,
    runtime: Runtime,
    _server: Server,
}

/// The agent asked to copy files, and the liar allowed it.
fn scene() -> Scene {
    let server = Server::start();
    let office = Display::start(640, 480, "us");
    let mut agent = Start::new("agent", server.url(), Some(&office)).agent().start();
    let session = agent.wait_session("a number", |_| true);
    let evil = Puppet::join(
        server.url(),
        session.number,
        Part { name: "Mallory", role: Role::Customer, secret: None },
    );
    evil.wait_secure(session.me);
    agent.wait_session("the customer", |s| s.helped.is_some());
    agent.tell(Command::Ask { act: Act::CopiedFiles });
    let asked =
        |(_, m): &(_, Message)| if let Message::Ask { request, .. } = m { Some(*request) } else { None };
    let request = until("the question", || evil.heard().iter().find_map(asked));
    let scene = Scene {
        agent,
        evil: Arc::new(evil),
        to: session.me,
        office,
        runtime: Runtime::new().unwrap(),
        _server: server,
    };
    scene.tell(&Message::Answered { request, outcome: Outcome::Allowed });
    scene.grants(Direction::Both);
    scene.agent.wait_session("the grant", |s| s.grants.iter().any(|g| g.act == Act::CopiedFiles));
    scene
}

impl Scene {
    fn tell(&self, message: &Message) {
        self.evil.tell(self.to, message).unwrap();
    }

    fn grants(&self, clipboard: Direction) {
        self.tell(&Message::Grants { acts: vec![Act::CopiedFiles], why: None, clipboard });
    }

    fn announce(&self, transfer: u32, list: &str) {
        self.tell(&Message::ClipboardFiles { transfer, part: 0, last: true, list: list.into() });
    }

    fn offers_files(&self) -> bool {
        let mut xclip = self.office.command("timeout");
        xclip.args(["5", "xclip", "-selection", "clipboard", "-target", "TARGETS", "-out"]);
        String::from_utf8_lossy(&xclip.output().unwrap().stdout).contains("text/uri-list")
    }

    /// A program that pastes, and what it gets.
    fn paste(&self) -> JoinHandle<String> {
        let mut xclip = self.office.command("timeout");
        xclip.args(["30", "xclip", "-selection", "clipboard", "-target", "text/uri-list", "-out"]);
        std::thread::spawn(move || String::from_utf8(xclip.output().unwrap().stdout).unwrap())
    }

    /// The liar's end of transfer number `fetch`, once it is connected.
    fn connect(&self, fetch: u32) -> Link {
        let wants = |(_, m): &(_, Message)| matches!(m, Message::FetchFiles { fetch: n, .. } if *n == fetch);
        until("the fetch", || self.evil.heard().iter().any(wants).then_some(()));
        let sink = Arc::new(Sink {
            evil: self.evil.clone(),
            to: self.to,
            fetch,
            open: false.into(),
            closed: false.into(),
        });
        let config =
            LinkConfig { ice: Vec::new(), offerer: true, relay_only: false, start_bitrate: 2_000_000 };
        let connector = WebrtcConnector::new(self.runtime.handle().clone());
        let transport = connector.connect(config, sink.clone());
        let mut heard = 0;
        until("the transfer's connection", || {
            let all = self.evil.heard();
            for (_, m) in &all[heard..] {
                if let Message::FilesSignal { fetch: n, signal, .. } = m
                    && *n == fetch
                {
                    transport.signal(signal.clone());
                }
            }
            heard = all.len();
            sink.open.load(Ordering::Relaxed).then_some(())
        });
        Link { transport, sink }
    }

    fn heard_stop(&self, fetch: u32) -> Option<Stopped> {
        let stop = |(_, m): &(_, Message)| match m {
            Message::StopFiles { fetch: n, stopped, .. } if *n == fetch => Some(*stopped),
            _ => None,
        };
        self.evil.heard().iter().find_map(stop)
    }

    /// Nothing of what came stays on the agent's computer.
    fn nothing_is_kept(&self) {
        let received = self.agent.home().parent().unwrap().join(".cache/deskside/received");
        let files = || -> Vec<PathBuf> {
            let sessions = fs::read_dir(&received).into_iter().flatten().flatten().map(|e| e.path());
            sessions
                .filter(|p| p.is_dir())
                .flat_map(|p| fs::read_dir(p).into_iter().flatten().flatten())
                .map(|e| e.path())
                .collect()
        };
        until("nothing is left", || files().is_empty().then_some(()));
    }
}

struct Link {
    transport: Arc<dyn Transport>,
    sink: Arc<Sink>,
}

impl Link {
    fn send(&self, frame: Vec<u8>) {
        // It may be closed by then.
        let _ = self.transport.send(Channel::Picture, frame.into());
    }
}

struct Sink {
    evil: Arc<Puppet>,
    to: ParticipantId,
    fetch: u32,
    open: AtomicBool,
    closed: AtomicBool,
}

impl LinkSink for Sink {
    fn event(&self, event: LinkEvent) {
        match event {
            LinkEvent::Signal(signal) => {
                let m = Message::FilesSignal { fetch: self.fetch, sends: true, signal };
                let _ = self.evil.tell(self.to, &m);
            }
            LinkEvent::Open { .. } => self.open.store(true, Ordering::Relaxed),
            LinkEvent::Closed => self.closed.store(true, Ordering::Relaxed),
            _ => {}
        }
    }
    fn picture(&self, _: Bytes) {}
    fn video(&self, _: Bytes) {}
}

fn list() -> List {
    let mut draft = Draft::default();
    draft.add(None, "a.txt", Some(10)).unwrap();
    draft.list()
}

#[test]
fn paths_that_lead_elsewhere_are_never_offered() {
    let s = scene();
    for (n, path) in (1..).zip(["../evil", "/etc/evil", "a/../../evil", "..", "a\\\\b", "x/y", "nul"]) {
        s.announce(n, &format!(r#"{{"entries":[{{"path":"{path}","size":1}}]}}"#));
    }
    s.announce(20, "garbage");
    wait::never("a path that leads elsewhere", std::time::Duration::from_secs(1), || {
        s.offers_files().then_some(())
    });
    s.announce(21, &list().encode());
    until("what is right is offered", || s.offers_files().then_some(()));
}

#[test]
fn more_than_was_announced_and_nonsense_end_the_transfer() {
    let s = scene();
    s.announce(1, &list().encode());
    until("files are offered", || s.offers_files().then_some(()));
    let data = |entry, n| Frame::Data { entry, bytes: &vec![b'x'; n] }.encode();
    let lies: [Vec<Vec<u8>>; 4] = [
        vec![data(0, 10), data(0, 1)],
        vec![data(0, 10), Frame::End { entry: 0, hash: [7; 32] }.encode()],
        vec![data(1, 10)],
        (0..20_000).map(|_| b"nonsense".to_vec()).collect(),
    ];
    for (fetch, frames) in (1..).zip(lies) {
        let pasted = s.paste();
        let link = s.connect(fetch);
        frames.into_iter().for_each(|f| link.send(f));
        assert_eq!(until("the end of it", || s.heard_stop(fetch)), Stopped::Wrong);
        assert_eq!(pasted.join().unwrap(), "", "who pastes gets nothing");
        s.nothing_is_kept();
    }
    s.agent.wait_session("the reason", |v| {
        matches!(&v.notice, Some((_, Notice::FilesStopped { stopped: Stopped::Wrong, .. })))
    });
}

#[test]
fn what_comes_after_the_direction_was_closed_is_not_taken() {
    let s = scene();
    s.announce(1, &list().encode());
    until("files are offered", || s.offers_files().then_some(()));
    let pasted = s.paste();
    let link = s.connect(1);
    link.send(Frame::Data { entry: 0, bytes: b"xxxxx" }.encode());
    s.grants(Direction::ToCustomer);
    assert_eq!(until("the end of it", || s.heard_stop(1)), Stopped::NotAllowed);
    until("the connection is closed", || link.sink.closed.load(Ordering::Relaxed).then_some(()));
    assert_eq!(pasted.join().unwrap(), "");
    s.nothing_is_kept();
}

#[test]
fn what_nobody_offered_is_not_sent() {
    let s = scene();
    fs::write(s.office.file("secret"), "secret").unwrap();
    for (fetch, offer, asked) in [(1, 1, false), (2, 0, false), (3, u32::MAX, false)] {
        s.tell(&Message::FetchFiles { fetch, offer, asked });
        assert_eq!(until("the answer", || s.heard_stop(fetch)), Stopped::NotOffered);
    }
    s.tell(&Message::FetchFiles { fetch: 4, offer: 1, asked: true });
    assert_eq!(until("the answer", || s.heard_stop(4)), Stopped::NotAllowed);
    s.grants(Direction::ToAgent);
    s.tell(&Message::FetchFiles { fetch: 5, offer: 1, asked: false });
    assert_eq!(until("the answer", || s.heard_stop(5)), Stopped::NotAllowed);
}
