//! [`Session`]: the three verbs, and what belongs to no single part.

mod acts;
mod commands;
mod consent;
mod files;
mod keep;
mod links;
mod marks;
mod messages;
mod people;
mod roles;
mod settle;
mod show;
mod showing;

use deskside_protocol::{api::Entry, socket::EndReason};

use acts::Acts;
use people::People;

use crate::{
    ParticipantId, Role, SessionNumber,
    app::Ending,
    chat::Log,
    command::Command,
    consent::Consent,
    grants::Grants,
    identity::{Identity, LinkSecret},
    io::{Input, Output},
    marks::{Board, Hand},
    outbox::Outbox,
    roles::Lead,
    roster::{Due, Peers, clean_name},
    sharing::{Pointer, Share},
    snapshot::{Keeping, Snapshot, State},
    time::Now,
    view::Notice,
};

/// What a session begins with: the server's welcome, and what only this peer knows.
pub struct Start {
    pub me: ParticipantId,
    pub role: Role,
    pub name: String,
    pub number: SessionNumber,
    pub organisation: String,
    /// The site saves what is said to all: the primary agent's program tells everybody, and gives it out by
    /// [`Session::said`].
    pub keeps_chat: bool,
    /// May or may not contain `me`.
    pub roster: Vec<Entry>,
    pub identity: Identity,
    pub secret: Option<LinkSecret>,
    /// The whole join link, for agents to show.
    pub link: Option<String>,
    /// 32 random bytes, fresh for each session; handshake nonces come from it.
    pub nonce_seed: [u8; 32],
    /// What [`Output::Keep`] gave last, if this program goes on after one that was killed.
    pub snapshot: Option<Snapshot>,
    pub keeping: Keeping,
    /// What [`Output::Act`] wrote before, read by [`crate::acts::Log::read`].
    pub logs: Vec<crate::acts::Log>,
    /// Wall clock at the `now` of [`Session::new`], milliseconds since 1970.
    pub unix_ms: u64,
    /// Ids of shared programs come after this one: the devices take those of all sessions of this process apart by them.
    pub programs_after: u32,
}

/// One participant's side of one session.
///
/// Call [`handle`](Self::handle) with each thing that happened and when [`poll_timeout`](Self::poll_timeout)
/// is reached (with [`Input::Timeout`]; any other input runs what is due as well), then
/// [`poll_output`](Self::poll_output) until it is empty, then show the [`view`](Self::view).
pub struct Session {
    me: ParticipantId,
    role: Role,
    /// What the server says that I am.
    announced: Role,
    name: String,
    number: SessionNumber,
    organisation: String,
    keeps_chat: bool,
    /// The last line that was said while nothing was saved.
    saved_after: u64,
    identity: Identity,
    secret: Option<LinkSecret>,
    link: Option<String>,
    nonces: Nonces,
    now: Now,
    start: Now,
    unix_ms: u64,
    server_up: bool,
    over: bool,
    peers: Peers,
    lead: Lead,
    /// Who is to lead as soon as it can, and then I leave.
    passing: Option<ParticipantId>,
    people: People,
    grants: Grants,
    consent: Consent,
    share: Share,
    /// Agent: requests so far.
    requests: u32,
    pointer: Pointer,
    /// Sharer: what people drew.
    board: Board,
    hand: Hand,
    /// Files of somebody else on my clipboard.
    pasteable: Option<files::Pasteable>,
    /// Agent: whose picture is shown.
    viewer: Option<ParticipantId>,
    chat: Log,
    notices: Notices,
    keeping: Keeping,
    /// What is kept, or will be by an [`Output::Keep`] that waits.
    kept: Option<State>,
    /// That output was not given out yet.
    unkept: bool,
    acts: Acts,
    /// Customer: when to leave because the primary agent was refused.
    distrust: Option<Now>,
    out: Outbox,
}

/// What happens by itself, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Timer {
    Link(ParticipantId, Due),
    Prompt,
    PointerRest,
    /// Somebody who points does not move any more.
    Pointing,
    Distrust,
}

impl Session {
    pub fn new(now: Now, start: Start) -> Self {
        let mut s = Self {
            me: start.me,
            role: start.role,
            announced: start.role,
            name: clean_name(&start.name),
            number: start.number,
            organisation: start.organisation,
            keeps_chat: start.keeps_chat,
            saved_after: 0,
            identity: start.identity,
            secret: start.secret,
            link: start.link,
            nonces: Nonces { seed: start.nonce_seed, count: 0 },
            now,
            start: now,
            unix_ms: start.unix_ms,
            server_up: true,
            over: false,
            peers: Peers::default(),
            lead: Lead::default(),
            passing: None,
            people: People::default(),
            grants: Grants::new(start.number),
            consent: Consent::default(),
            share: Share::new(start.programs_after),
            requests: 0,
            pointer: Pointer::default(),
            board: Board::default(),
            hand: Hand::default(),
            pasteable: None,
            viewer: None,
            chat: Log::default(),
            notices: Notices::default(),
            keeping: start.keeping,
            kept: None,
            unkept: false,
            acts: Acts::default(),
            distrust: None,
            out: Outbox::default(),
        };
        if s.role == Role::Primary && s.keeps_chat {
            s.people.keeps_chat = true;
        }
        if s.role == Role::Primary {
            s.lead.found(s.myself(), 0);
        }
        if let Some(snapshot) = start.snapshot {
            s.restore(snapshot);
        }
        s.restore_logs(start.logs);
        s.on_roster(start.roster);
        s.settle();
        s.keep(0);
        s.flush_acts(0);
        s
    }

    /// Something happened at `now`. A `now` before the last one counts as the last one. After
    /// [`Output::Over`] nothing has any effect.
    pub fn handle(&mut self, now: Now, input: Input) {
        self.now = self.now.max(now);
        let before = self.out.len();
        let memorable = !matches!(
            input,
            Input::Pointer { .. } | Input::Command(Command::Input { .. } | Command::Draw { .. })
        );
        self.step(input);
        if memorable {
            self.keep(before);
        }
        self.flush_acts(before);
    }

    fn step(&mut self, input: Input) {
        self.run_timers();
        if self.over {
            return;
        }
        match input {
            Input::Timeout => {}
            Input::Roster(roster) => self.on_roster(roster),
            Input::ServerLost => self.on_server(false),
            Input::ServerBack => self.on_server(true),
            Input::NetworkChanged => self.on_network_changed(),
            Input::ChatNotKept => self.keeps_chat = false,
            Input::HandOver { word } => self.on_word(None, word),
            Input::Ended(reason) => self.on_ended(reason),
            Input::LinkOpen { peer, binding } => self.on_link_open(peer, binding),
            Input::LinkState { peer, up, route } => self.on_link_state(peer, up, route),
            Input::LinkClosed { peer } => self.on_link_closed(peer),
            Input::Control { peer, bytes } => self.on_control(peer, bytes),
            Input::Pointer { peer, bytes } => self.on_pointer(peer, &bytes),
            Input::Command(command) => self.on_command(command),
            Input::Device(event) => self.on_device(event),
        }
        self.settle();
    }

    /// What this participant is now.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Primary agent of a site that saves chats: what was said to all after line `after` (0: all that is there), each
    /// with its own number, which grows.
    pub fn said(&self, after: u64) -> impl Iterator<Item = (u64, &crate::view::ChatLine)> {
        let saved = self.role == Role::Primary && self.keeps_chat;
        let after = if saved { after.max(self.saved_after) } else { self.chat.last() };
        self.chat.since(after).filter(|(_, line)| line.to.is_none())
    }

    /// What to do next; `None` when all is done for now.
    pub fn poll_output(&mut self) -> Option<Output> {
        loop {
            match self.out.pop()? {
                // Written down now, with all that came since; one that follows then has nothing to add.
                Output::Keep(_) if std::mem::take(&mut self.unkept) => {
                    return Some(Output::Keep(self.memory()));
                }
                Output::Keep(_) => {}
                output => return Some(output),
            }
        }
    }

    /// When to call [`Self::handle`] with [`Input::Timeout`] at the latest.
    pub fn poll_timeout(&self) -> Option<Now> {
        if self.over { None } else { self.timers().map(|(at, _)| at).min() }
    }

    fn timers(&self) -> impl Iterator<Item = (Now, Timer)> {
        let server_up = self.server_up;
        let links = self.peers.iter().filter_map(move |p| {
            let (at, due) = p.timer()?;
            // Without server or participant there is nothing to try: their coming back is what counts.
            let idle = due == Due::Retry && !(server_up && p.online);
            (!idle).then_some((at, Timer::Link(p.id, due)))
        });
        let prompt = self.consent.open.as_ref().map(|o| (o.deadline, Timer::Prompt));
        let rest = self.pointer.timer().map(|at| (at, Timer::PointerRest));
        let distrust = self.distrust.map(|at| (at, Timer::Distrust));
        let pointing = self.board.timer().map(|at| (at, Timer::Pointing));
        links.chain(prompt).chain(rest).chain(distrust).chain(pointing)
    }

    fn run_timers(&mut self) {
        while !self.over
            && let Some((_, timer)) =
                self.timers().filter(|(at, _)| *at <= self.now).min_by_key(|(at, _)| *at)
        {
            match timer {
                Timer::Link(peer, due) => self.on_link_due(peer, due),
                Timer::Prompt => self.on_no_answer(),
                Timer::PointerRest => self.on_pointer_rest(),
                Timer::Pointing => self.board.expire(self.now),
                Timer::Distrust => self.on_distrust(),
            }
            self.settle();
        }
    }

    /// The wall clock now, milliseconds since 1970.
    fn unix_now(&self) -> u64 {
        let passed = u64::try_from(self.now.since(self.start).as_millis()).unwrap_or(u64::MAX);
        self.unix_ms.saturating_add(passed)
    }

    fn on_server(&mut self, up: bool) {
        if self.server_up != up {
            self.server_up = up;
            self.notices.add(if up { Notice::ServerBack } else { Notice::ServerLost });
        }
        self.tell_server_again();
        self.connect_all();
    }

    fn on_ended(&mut self, reason: EndReason) {
        let ending = match (reason, self.role) {
            (EndReason::Agent, Role::Primary) => Ending::EndedByMe,
            (EndReason::Agent, _) => Ending::EndedByAgent,
            (EndReason::Expired | EndReason::Other, _) => Ending::Expired,
        };
        self.finish(ending, None);
    }

    /// Stops all devices, says good-bye where that makes sense, and is over.
    fn finish(&mut self, ending: Ending, tell_server: Option<Output>) {
        self.grants.clear();
        self.stop_devices();
        self.close_logs(ending);
        if tell_server.is_some() {
            let bye = crate::wire::Message::Bye { ended: ending == Ending::EndedByMe };
            for p in self.peers.iter().filter(|p| p.is_up()) {
                self.out.say(p.id, &bye);
            }
        }
        if let Some(tell) = tell_server {
            self.out.push(tell);
        }
        self.out.push(Output::Over(ending));
        self.over = true;
    }

    fn primary_reached(&self) -> bool {
        self.peers.iter().any(|p| p.role == Role::Primary && p.is_up())
    }
}

/// Fresh nonces from the seed that was given.
struct Nonces {
    seed: [u8; 32],
    count: u64,
}

impl Nonces {
    fn next(&mut self) -> [u8; 32] {
        self.count += 1;
        *blake3::keyed_hash(&self.seed, &self.count.to_be_bytes()).as_bytes()
    }
}

/// The last news, numbered.
#[derive(Default)]
struct Notices {
    last: std::collections::VecDeque<(u64, Notice)>,
    serial: u64,
}

impl Notices {
    fn add(&mut self, notice: Notice) {
        const KEPT: usize = 32;
        self.serial += 1;
        self.last.push_back((self.serial, notice));
        if self.last.len() > KEPT {
            self.last.pop_front();
        }
    }
}
