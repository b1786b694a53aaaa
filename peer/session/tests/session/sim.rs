//! A network, a server's roster and a clock that exist only in memory; seeded, so that a run repeats.

mod looks;
mod wires;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use deskside_protocol::{api::Entry, socket::EndReason};
use deskside_session::{
    HandOver, Identity, Keeping, LinkSecret, Now, ParticipantId, PublicKey, Role, Session, SessionNumber,
    Snapshot, Start,
    acts::Log,
    app::Ending,
    command::Act,
    io::{Capture, Input, Output},
    view::{Refusal, Route},
};
use proptest::prelude::ProptestConfig;

pub const AGENT: ParticipantId = ParticipantId(1);
pub const CUSTOMER: ParticipantId = ParticipantId(2);
pub const THIRD: ParticipantId = ParticipantId(3);
/// One way, on `control`.
const LATENCY: Duration = Duration::from_millis(5);

/// So many cases of a property, or as many as `PROPTEST_CASES` says.
pub fn cases(n: u32) -> ProptestConfig {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = n;
    }
    config
}

pub fn secret() -> LinkSecret {
    LinkSecret::new([9; 16])
}

/// A small generator (SplitMix64); good enough to pick losses.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

pub type Files = BTreeMap<PublicKey, Vec<u8>>;

pub struct Node {
    pub session: Session,
    /// Outputs that reach devices, the server or the person, in order.
    pub log: Vec<Output>,
    /// What was told to the person, and who was sent the picture, in order.
    pub shown: Vec<Output>,
    /// What it would find after a crash.
    pub kept: Option<Vec<u8>>,
    /// Its files of logs of acts, by who writes them.
    pub files: Files,
    pub over: Option<Ending>,
    /// The devices now.
    pub capture: Option<Capture>,
    pub viewer: Option<ParticipantId>,
    pub watching: bool,
    pub refused: Vec<(ParticipantId, Refusal)>,
}

#[derive(Clone, Debug)]
enum Event {
    Open { a: ParticipantId, b: ParticipantId },
    Control { from: ParticipantId, to: ParticipantId, generation: u64, bytes: Vec<u8> },
    Pointer { from: ParticipantId, to: ParticipantId, generation: u64, bytes: Vec<u8> },
    Close { a: ParticipantId, b: ParticipantId, generation: u64 },
    Roster,
    Word(HandOver),
    Ended { except: ParticipantId },
}

struct Link {
    generation: u64,
    open: bool,
    /// False: nothing gets through; what is reliable waits.
    path: bool,
    held: Vec<(ParticipantId, ParticipantId, Vec<u8>)>,
    wanted: BTreeSet<ParticipantId>,
}

impl Link {
    fn new() -> Self {
        Self { generation: 0, open: false, path: true, held: Vec::new(), wanted: BTreeSet::new() }
    }
}

/// What the pointer's channel does to messages, in percent.
#[derive(Clone, Copy, Default)]
pub struct Weather {
    pub loss: u64,
    pub twice: u64,
    pub jitter_ms: u64,
}

pub struct World {
    pub now: Now,
    pub nodes: BTreeMap<ParticipantId, Node>,
    links: BTreeMap<(ParticipantId, ParticipantId), Link>,
    events: BTreeMap<(Now, u64), Event>,
    serial: u64,
    pub roster: Vec<Entry>,
    /// Hand-overs that the server knows.
    pub words: Vec<HandOver>,
    pub server_up: bool,
    pub weather: Weather,
    pub random: Random,
    /// Fingerprints that differ between the two ends: somebody is in the middle.
    pub in_the_middle: bool,
    pub keeping: Keeping,
    /// What the server says to who starts.
    pub keeps_chat: bool,
    /// How each came in, to come back.
    guests: BTreeMap<ParticipantId, Guest>,
    /// Programs started so far.
    starts: u8,
    /// What was written by programs that are down.
    files: BTreeMap<ParticipantId, Files>,
    /// This program dies after so many more outputs.
    pub fuse: Option<(ParticipantId, u32)>,
    /// Who died of it, and what each had kept.
    pub fallen: Vec<(ParticipantId, Option<Vec<u8>>)>,
}

/// How somebody comes in.
#[derive(Clone)]
pub struct Guest {
    pub id: ParticipantId,
    pub role: Role,
    pub name: &'static str,
    pub secret: Option<LinkSecret>,
}

pub fn agent() -> Guest {
    Guest { id: AGENT, role: Role::Primary, name: "Ada", secret: Some(secret()) }
}

pub fn customer() -> Guest {
    Guest { id: CUSTOMER, role: Role::Customer, name: "Carl", secret: None }
}

pub fn by_link() -> Guest {
    Guest { secret: Some(secret()), ..customer() }
}

pub fn identity(id: ParticipantId) -> Identity {
    Identity::from_seed([id.0 as u8; 32])
}

fn pair(a: ParticipantId, b: ParticipantId) -> (ParticipantId, ParticipantId) {
    (a.min(b), a.max(b))
}

impl World {
    /// Agent and customer, joined by number, connected and proven.
    pub fn call() -> Self {
        let mut w = Self::of(vec![agent(), customer()]);
        w.until("secure", |w| w.secure(AGENT, CUSTOMER));
        w.until("the customer knows that it is helped", |w| w.view(CUSTOMER).helped.is_some());
        w
    }

    /// A call with this act granted.
    pub fn with(act: Act) -> Self {
        let mut w = Self::call();
        w.picture();
        w.allow(act);
        w
    }

    pub fn of(guests: Vec<Guest>) -> Self {
        let mut w = Self {
            now: Now::from_millis(1_000),
            nodes: BTreeMap::new(),
            links: BTreeMap::new(),
            events: BTreeMap::new(),
            serial: 0,
            roster: Vec::new(),
            words: Vec::new(),
            server_up: true,
            weather: Weather::default(),
            random: Random(1),
            in_the_middle: false,
            keeping: Keeping::State,
            keeps_chat: false,
            guests: BTreeMap::new(),
            starts: 0,
            files: BTreeMap::new(),
            fuse: None,
            fallen: Vec::new(),
        };
        for g in guests {
            w.join(g);
        }
        w
    }

    pub fn join(&mut self, g: Guest) {
        self.roster.push(Entry {
            id: g.id,
            role: g.role,
            name: g.name.into(),
            key: identity(g.id).public_text(),
            online: true,
        });
        self.guests.insert(g.id, g.clone());
        self.start(g, None);
    }

    /// A killed program comes back with what it had kept.
    pub fn restart(&mut self, id: ParticipantId, kept: Option<Vec<u8>>) {
        let mut g = self.guests[&id].clone();
        for other in self.ids() {
            self.cut(id, other);
        }
        let Some(entry) = self.roster.iter_mut().find(|e| e.id == id) else { return };
        entry.online = true;
        g.role = entry.role;
        self.start(g, kept);
    }

    fn start(&mut self, g: Guest, kept: Option<Vec<u8>>) {
        let identity = identity(g.id);
        let number = SessionNumber::new(123_456_789).unwrap();
        let read = |bytes: Vec<u8>| Snapshot::decode(&bytes, number, g.id, identity.public()).unwrap();
        let files = self.files.remove(&g.id).unwrap_or_default();
        self.starts = self.starts.wrapping_add(1);
        let start = Start {
            keeps_chat: self.keeps_chat,
            me: g.id,
            role: g.role,
            name: g.name.into(),
            number,
            organisation: "Help & Co".into(),
            roster: self.roster.clone(),
            snapshot: kept.clone().map(read),
            keeping: self.keeping,
            logs: files.values().map(|f| Log::read(f).expect("a sound log")).collect(),
            identity,
            secret: g.secret,
            link: (g.role == Role::Primary)
                .then(|| format!("https://x/join/123456789#{}", secret().to_text())),
            nonce_seed: [g.id.0 as u8 ^ self.starts.rotate_left(4); 32],
            unix_ms: 1_700_000_000_000,
            programs_after: 0,
        };
        let node = Node {
            session: Session::new(self.now, start),
            log: Vec::new(),
            shown: Vec::new(),
            kept,
            files,
            over: None,
            capture: None,
            viewer: None,
            watching: false,
            refused: Vec::new(),
        };
        self.nodes.insert(g.id, node);
        self.drain(g.id);
        self.at(LATENCY, Event::Roster);
        // The server tells whoever comes all words; the others hear them again.
        for word in self.words.clone() {
            self.at(LATENCY, Event::Word(word));
        }
    }

    // ---- what a test does ----

    /// The connection breaks; what is under way is lost.
    pub fn cut(&mut self, a: ParticipantId, b: ParticipantId) {
        let Some(l) = self.links.get_mut(&pair(a, b)) else { return };
        l.generation += 1;
        (l.open, l.path) = (false, true);
        l.wanted.clear();
        l.held.clear();
        for (me, peer) in [(a, b), (b, a)] {
            self.input(me, Input::LinkClosed { peer });
        }
    }

    /// The path is lost or found; the connection stays.
    pub fn path(&mut self, a: ParticipantId, b: ParticipantId, up: bool) {
        let Some(l) = self.links.get_mut(&pair(a, b)).filter(|l| l.open) else { return };
        l.path = up;
        for (from, to, bytes) in std::mem::take(&mut l.held) {
            self.carry(from, to, bytes, false);
        }
        for (me, peer) in [(a, b), (b, a)] {
            self.input(me, Input::LinkState { peer, up, route: Route::Direct });
        }
    }

    pub fn server(&mut self, up: bool) {
        self.server_up = up;
        for id in self.ids() {
            self.input(id, if up { Input::ServerBack } else { Input::ServerLost });
        }
        if up {
            self.at(LATENCY, Event::Roster);
        }
    }

    pub fn online(&mut self, id: ParticipantId, online: bool) {
        for e in self.roster.iter_mut().filter(|e| e.id == id) {
            e.online = online;
        }
        self.at(LATENCY, Event::Roster);
    }

    /// The process is gone without a word.
    pub fn kill(&mut self, id: ParticipantId) {
        self.fall(id);
        self.online(id, false);
        for other in self.ids() {
            self.cut(id, other);
        }
    }

    /// Its files stay.
    fn fall(&mut self, id: ParticipantId) {
        if let Some(node) = self.nodes.remove(&id) {
            self.files.insert(id, node.files);
        }
    }

    /// The process is killed and comes back with what it had kept.
    pub fn crash(&mut self, id: ParticipantId) {
        let kept = self.nodes.get(&id).and_then(|n| n.kept.clone());
        self.kill(id);
        self.restart(id, kept);
    }

    /// Who was killed by the fuse comes back with what it had kept, and everybody is connected.
    pub fn raise_fallen(&mut self) {
        for (id, kept) in std::mem::take(&mut self.fallen) {
            self.restart(id, kept);
        }
        self.fuse = None;
        self.until("all secure", World::all_secure);
        self.run(200);
    }

    /// Bytes from one to the other as if the other program had sent them.
    pub fn forge(&mut self, from: ParticipantId, to: ParticipantId, bytes: Vec<u8>) {
        self.input(to, Input::Control { peer: from, bytes });
    }

    pub fn ids(&self) -> Vec<ParticipantId> {
        self.nodes.keys().copied().collect()
    }

    // ---- the clock ----

    pub fn run(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while self.step(end) {}
        self.now = end;
    }

    /// At most two simulated minutes.
    #[track_caller]
    pub fn until(&mut self, what: &str, done: impl Fn(&World) -> bool) {
        let end = self.now + Duration::from_secs(120);
        while !done(self) {
            assert!(self.step(end), "never came: {what}");
        }
    }

    /// Jumps to the next event or timer before `end`.
    fn step(&mut self, end: Now) -> bool {
        let event = self.events.keys().next().map(|(at, _)| *at);
        let timer = self.nodes.values().filter_map(|n| n.session.poll_timeout()).min();
        let Some(next) = event.into_iter().chain(timer).min().filter(|t| *t <= end) else { return false };
        self.now = self.now.max(next);
        if event == Some(next)
            && let Some((_, e)) = self.events.pop_first()
        {
            self.happen(e);
        }
        for id in self.ids() {
            if self.is_due(id) {
                self.input(id, Input::Timeout);
                let late = self.is_due(id);
                assert!(!late, "a timer that is due stays due");
            }
        }
        true
    }

    fn is_due(&self, id: ParticipantId) -> bool {
        self.nodes.get(&id).and_then(|n| n.session.poll_timeout()).is_some_and(|t| t <= self.now)
    }

    fn at(&mut self, after: Duration, event: Event) {
        self.serial += 1;
        self.events.insert((self.now + after, self.serial), event);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Open { a, b } => self.open(a, b),
            Event::Control { from, to, generation, bytes } => {
                if self.carries(from, to, generation) {
                    self.input(to, Input::Control { peer: from, bytes });
                }
            }
            Event::Pointer { from, to, generation, bytes } => {
                if self.carries(from, to, generation) {
                    self.input(to, Input::Pointer { peer: from, bytes });
                }
            }
            Event::Close { a, b, generation } => {
                if self.carries(a, b, generation) {
                    self.cut(a, b);
                }
            }
            Event::Roster => {
                for id in self.ids() {
                    if self.server_up {
                        self.input(id, Input::Roster(self.roster.clone()));
                    }
                }
            }
            Event::Word(word) => {
                for id in self.ids() {
                    if self.server_up {
                        self.input(id, Input::HandOver { word: word.clone() });
                    }
                }
            }
            Event::Ended { except } => {
                for id in self.ids().into_iter().filter(|id| *id != except) {
                    self.input(id, Input::Ended(EndReason::Agent));
                }
            }
        }
    }
}
