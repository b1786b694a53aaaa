//! The other participants, and the connection to each.

use std::{collections::BTreeMap, time::Duration};

use deskside_protocol::api::Entry;

use crate::{
    ParticipantId, Role,
    chat::Mailbox,
    clipboard::{Assembler, Sender},
    command::{Act, RequestId},
    direction::Direction,
    identity::PublicKey,
    io::Binding,
    sharing::Viewing,
    time::Now,
    transfers::Transfers,
    trust::{Claim, Handshake, Pin},
    view::{LinkView, Refusal, Route, Verified},
    wire::{Lead, Outcome, Shared, Why},
};

/// The proof must be done this long after the connection opened.
pub const PROVE_WITHIN: Duration = Duration::from_secs(10);
/// A connection must open within this time; then the next try.
pub const CONNECT_WITHIN: Duration = Duration::from_secs(30);
/// A refused connection is closed this long after the refusal was told.
pub const DROP_AFTER: Duration = Duration::from_millis(500);
/// Wait before the first new try; doubled with each, up to [`RETRY_MAX`].
pub const RETRY_FIRST: Duration = Duration::from_millis(100);
pub const RETRY_MAX: Duration = Duration::from_secs(8);
/// Handshakes with one unproven participant that may end without a result: each one shows
/// somebody in the middle a code, and so is a guess.
pub const MAX_UNFINISHED: u32 = 8;
/// Messages that may come before this side knows that the connection is open.
const MAX_EARLY: usize = 4;
/// Answers that are kept for requests that come again.
const MAX_ANSWERED: usize = 16;
/// Longest name that is shown, in characters.
const MAX_NAME: usize = 64;

/// The connection to one participant.
pub(crate) enum Phase {
    /// Nothing under way: the participant or the server is not there.
    Idle,
    Connecting {
        deadline: Now,
        early: Vec<Vec<u8>>,
    },
    /// The connection ended; the next try at `until`.
    Waiting {
        until: Now,
    },
    Proving {
        handshake: Box<Handshake>,
        deadline: Now,
    },
    /// Proven. `path`: packets get through now.
    Up {
        path: bool,
    },
    /// `drop`: when to disconnect; until then the word of the refusal is on its way.
    Refused {
        reason: Refusal,
        drop: Option<Now>,
    },
}

/// What was proven once stays for the session.
pub(crate) struct Pinned {
    pub key: PublicKey,
    /// The code that people compare; of the handshake that `pin` names.
    pub verified: Verified,
    pub pin: Pin,
}

/// One other participant.
pub(crate) struct Peer {
    pub id: ParticipantId,
    /// In my eyes, see `session::roles`.
    pub role: Role,
    /// What the server says; whether it is a customer stays once a connection was made.
    pub announced: Role,
    /// What it said of itself in the last handshake.
    pub claim: Option<Claim>,
    /// Words of hand-over that it knows.
    pub words: u32,
    /// What it said on this connection about who is helped and who watches.
    pub lead: Option<Lead>,
    /// The key that an applied word names.
    pub vouched: Option<PublicKey>,
    pub name: String,
    /// As the server announced it; `None` when that was no key.
    pub key: Option<PublicKey>,
    pub online: bool,
    /// The last roster did not name it.
    pub unlisted: bool,
    pub pinned: Option<Pinned>,
    pub phase: Phase,
    pub route: Route,
    /// Tries to connect since it was last proven.
    pub tries: u32,
    /// Handshakes that ended without a result before the first proof.
    pub unfinished: u32,
    pub mailbox: Mailbox,
    pub clipboard_in: Assembler,
    pub clipboard_out: Sender,
    pub files: Transfers,
    /// Customer: what its last requests came to.
    answered: Vec<(RequestId, Outcome)>,
    /// Customer: why it lost grants last.
    pub why: Option<Why>,
    /// What it was told on this connection.
    pub told: Told,
    /// Customer: the highest pointer position seen from it.
    pub pointer: u64,
    /// Customer: where that was.
    pub pointer_at: (u16, u16),
    /// Agent: what it lets me do.
    pub viewing: Viewing,
}

#[derive(Default)]
pub(crate) struct Told {
    pub grants: Option<(Vec<Act>, Option<Why>, Direction)>,
    /// Customer: pieces of what was copied that came although it was told that they may not.
    pub against: u32,
    /// The inner one: that there is none was told too, as it may know of one from before.
    pub sharing: Option<Option<Shared>>,
    /// Sharer: how much of the marks.
    pub marks: crate::marks::Told,
    /// Of the primary agent, to all.
    pub lead: Option<Lead>,
    /// Customer, to an agent who said how much of the log of acts it has.
    pub acts: Option<Cursor>,
}

/// How far the log of acts went: serial numbers of entries.
pub(crate) struct Cursor {
    pub acknowledged: u32,
    pub sent: u32,
}

impl Peer {
    fn new(e: Entry) -> Self {
        Self {
            id: e.id,
            role: e.role,
            announced: e.role,
            claim: None,
            words: 0,
            lead: None,
            vouched: None,
            name: clean_name(&e.name),
            key: PublicKey::from_text(&e.key),
            online: e.online,
            unlisted: false,
            pinned: None,
            phase: Phase::Idle,
            route: Route::Unknown,
            tries: 0,
            unfinished: 0,
            mailbox: Mailbox::default(),
            clipboard_in: Assembler::default(),
            clipboard_out: Sender::default(),
            files: Transfers::default(),
            answered: Vec::new(),
            why: None,
            told: Told::default(),
            pointer: 0,
            pointer_at: (0, 0),
            viewing: Viewing::default(),
        }
    }

    /// Known from before this program was started; the roster says more.
    pub(crate) fn remembered(id: ParticipantId, role: Role, name: String) -> Self {
        Self::new(Entry { id, role, name, key: String::new(), online: false })
    }

    /// The proven key while messages are taken from it and sent to it.
    pub(crate) fn person(&self) -> Option<PublicKey> {
        self.pinned.as_ref().map(|p| p.key)
    }
    pub(crate) fn is_up(&self) -> bool {
        matches!(self.phase, Phase::Up { .. })
    }
    /// Proven, and packets get through.
    pub(crate) fn is_reached(&self) -> bool {
        matches!(self.phase, Phase::Up { path: true })
    }
    pub(crate) fn is_refused(&self) -> bool {
        matches!(self.phase, Phase::Refused { .. })
    }
    /// Whether a connection may be tried when the server is there.
    pub(crate) fn wants_connection(&self) -> bool {
        self.online && matches!(self.phase, Phase::Idle | Phase::Waiting { .. })
    }

    pub(crate) fn connecting(&mut self, now: Now) {
        self.tries = self.tries.saturating_add(1);
        self.phase = Phase::Connecting { deadline: now + CONNECT_WITHIN, early: Vec::new() };
    }

    /// The connection ended: waits, longer each time.
    pub(crate) fn disconnected(&mut self, now: Now) {
        if matches!(self.phase, Phase::Proving { .. }) && self.pinned.is_none() {
            self.unfinished += 1;
        }
        let factor = 1 << self.tries.saturating_sub(1).min(10);
        self.phase = Phase::Waiting { until: now + (RETRY_FIRST * factor).min(RETRY_MAX) };
    }

    /// The next try need not wait any longer, nor the one after it so long.
    pub(crate) fn try_now(&mut self, now: Now) {
        if let Phase::Waiting { until } = &mut self.phase {
            *until = now;
            self.tries = 0;
        }
    }

    pub(crate) fn keep_early(&mut self, bytes: Vec<u8>) {
        if let Phase::Connecting { early, .. } = &mut self.phase
            && early.len() < MAX_EARLY
            && bytes.len() <= crate::wire::MAX_MESSAGE
        {
            early.push(bytes);
        }
    }

    pub(crate) fn answered(&self, request: RequestId) -> Option<Outcome> {
        self.answered.iter().find(|(r, _)| *r == request).map(|(_, o)| *o)
    }

    pub(crate) fn answers(&self) -> &[(RequestId, Outcome)] {
        &self.answered
    }

    pub(crate) fn note_answer(&mut self, request: RequestId, outcome: Outcome) {
        if self.answered.len() == MAX_ANSWERED {
            self.answered.remove(0);
        }
        self.answered.push((request, outcome));
    }

    pub(crate) fn link_view(&self) -> LinkView {
        match (&self.phase, &self.pinned) {
            (Phase::Refused { reason, .. }, _) => LinkView::Refused { reason: *reason },
            (Phase::Up { path: true }, Some(p)) => {
                LinkView::Secure { verified: p.verified.clone(), route: self.route }
            }
            (_, Some(_)) => LinkView::Lost,
            (_, None) => LinkView::Connecting,
        }
    }

    /// When something must happen by itself, and what.
    pub(crate) fn timer(&self) -> Option<(Now, Due)> {
        match &self.phase {
            Phase::Connecting { deadline, .. } => Some((*deadline, Due::Connect)),
            Phase::Proving { deadline, .. } => Some((*deadline, Due::Prove)),
            Phase::Waiting { until } => Some((*until, Due::Retry)),
            Phase::Refused { drop: Some(at), .. } => Some((*at, Due::Drop)),
            Phase::Idle | Phase::Up { .. } | Phase::Refused { drop: None, .. } => None,
        }
    }
}

/// What a connection's timer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Connect,
    Prove,
    Retry,
    Drop,
}

/// Whether the offerer of a connection is right: the lower id offers.
pub(crate) fn offers(me: ParticipantId, peer: ParticipantId) -> bool {
    me < peer
}

pub(crate) fn binding_fits(me: ParticipantId, peer: ParticipantId, b: &Binding) -> bool {
    b.offerer == offers(me, peer)
}

/// What a new roster means for one participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    None,
    /// Another key than the proven one.
    OtherKey,
}

#[derive(Default)]
pub(crate) struct Peers {
    all: BTreeMap<ParticipantId, Peer>,
    /// Left for good; a roster that is behind does not bring them back.
    gone: std::collections::BTreeSet<ParticipantId>,
}

impl Peers {
    pub(crate) fn get(&self, id: ParticipantId) -> Option<&Peer> {
        self.all.get(&id)
    }
    pub(crate) fn get_mut(&mut self, id: ParticipantId) -> Option<&mut Peer> {
        self.all.get_mut(&id)
    }
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Peer> {
        self.all.values()
    }
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Peer> {
        self.all.values_mut()
    }
    pub(crate) fn ids(&self) -> Vec<ParticipantId> {
        self.all.keys().copied().collect()
    }

    pub(crate) fn remember(&mut self, p: Peer) {
        self.all.insert(p.id, p);
    }

    /// Those that an up-to-date roster no longer names.
    pub(crate) fn missing(&self, roster: &[Entry]) -> Vec<ParticipantId> {
        self.all.keys().copied().filter(|id| !roster.iter().any(|e| e.id == *id)).collect()
    }

    /// Who is a customer never changes here once a connection is made, and a key only until it is proven or
    /// vouched for: the server is not believed.
    pub(crate) fn update(&mut self, entry: Entry) -> Change {
        if self.gone.contains(&entry.id) {
            return Change::None;
        }
        let Some(p) = self.all.get_mut(&entry.id) else {
            self.all.insert(entry.id, Peer::new(entry));
            return Change::None;
        };
        let key = PublicKey::from_text(&entry.key);
        p.online = entry.online;
        p.unlisted = false;
        p.name = clean_name(&entry.name);
        let fresh = p.pinned.is_none()
            && matches!(p.phase, Phase::Idle | Phase::Connecting { .. } | Phase::Waiting { .. });
        let customer = |r| r == Role::Customer;
        if fresh || customer(p.announced) == customer(entry.role) {
            p.announced = entry.role;
        }
        if fresh && p.vouched.is_none() {
            p.role = entry.role;
        }
        match p.person().or(p.vouched) {
            Some(known) if key != Some(known) => Change::OtherKey,
            Some(_) => Change::None,
            None => {
                p.key = key;
                Change::None
            }
        }
    }

    pub(crate) fn remove(&mut self, id: ParticipantId) -> Option<Peer> {
        let peer = self.all.remove(&id)?;
        self.gone.insert(id);
        Some(peer)
    }
}

/// Without what could garble a window or a log: control characters and direction marks.
pub(crate) fn clean_name(name: &str) -> String {
    let bad = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    name.chars().filter(|c| !bad(*c)).take(MAX_NAME).collect::<String>().trim().to_owned()
}
