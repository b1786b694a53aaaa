//! Participants who were let in and keep to no rule: nonsense, floods, acts without a grant, words that they may not
//! sign. The honest ones stay up, change nothing, and need no more memory for it than they may.

use std::time::Duration;

use deskside_net::Channel;
use deskside_protocol::{HandOver, ParticipantId, Role};
use deskside_session::{
    command::{Act, Coder, Command, RequestId, Screen},
    input::{Button, InputEvent, Key, NamedKey},
    marks::{Changes, Draw},
    quality::Colours,
    view::{Grant, LinkView, Trouble, View},
    wire::{Lead, MAX_CHAT, MAX_MESSAGE, Message, Moved, Outcome, Shared, Watcher, Why, Wish},
};
use deskside_tests::{Peer, Puppet, Scene, puppet::Part, until, wait};

/// What the honest two may need more than before, resident, MiB.
const ROOM: u64 = 96;

/// The agent sees the customer's screen, and somebody else is in the session.
struct Trio {
    scene: Scene,
    evil: Puppet,
    agent: ParticipantId,
    customer: ParticipantId,
    evil_id: ParticipantId,
    before: [(Honest, u64); 2],
}

/// What must not change: role, who is primary, grants, prompt, who sees the picture, whether something is shown.
type Honest = (Role, Vec<ParticipantId>, Vec<Grant>, bool, Option<(Vec<ParticipantId>, bool)>);

fn honest(s: &View) -> Honest {
    let primary = s.others.iter().filter(|o| o.role == Role::Primary).map(|o| o.id).collect();
    let sharing = s.sharing.as_ref().map(|s| (s.viewers.clone(), s.paused));
    (s.role, primary, s.grants.clone(), s.prompt.is_some(), sharing)
}

/// Resident memory in MiB.
fn memory(peer: &Peer) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", peer.id())).expect("it runs");
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).expect("a size");
    line.split_whitespace().next().and_then(|n| n.parse::<u64>().ok()).expect("kB") / 1024
}

impl Trio {
    fn with(role: Role) -> Self {
        let scene = Scene::viewing();
        let (agent, customer) = (scene.agent.session().unwrap(), scene.customer.session().unwrap());
        let part = Part { name: "Mallory", role, secret: None };
        let evil = match role {
            Role::Customer => Puppet::join(scene.server.url(), agent.number, part),
            _ => {
                let token = scene.server.sign_in().token;
                Puppet::assist(scene.server.url(), &token, agent.number, part)
            }
        };
        let evil_id = evil.wait_secure(agent.me);
        evil.wait_secure(customer.me);
        let there =
            |s: &View| s.others.iter().any(|o| o.id == evil_id && matches!(o.link, LinkView::Secure { .. }));
        let before = [&scene.agent, &scene.customer]
            .map(|p| (honest(&p.wait_session("the third one", there)), memory(p)));
        Self { scene, evil, agent: agent.me, customer: customer.me, evil_id, before }
    }

    fn both(&self) -> [ParticipantId; 2] {
        [self.agent, self.customer]
    }

    fn tell(&self, message: &Message) {
        for to in self.both() {
            self.evil.tell(to, message).expect("still connected");
        }
    }

    /// Both took in all that was said so far: a line of chat behind it arrived. `seq`: of that line.
    fn wait_heard(&self, seq: u64) {
        let text = format!("behind it {seq}");
        self.tell(&Message::Chat { seq, private: false, at: 0, text: text.clone() });
        for peer in [&self.scene.agent, &self.scene.customer] {
            peer.wait_session("what was said last", |s| s.chat.iter().any(|l| l.text == text));
        }
    }

    /// Nothing changed, and all still works.
    fn wait_unharmed(&mut self) {
        for (peer, (before, _)) in [&self.scene.agent, &self.scene.customer].into_iter().zip(&self.before) {
            peer.never("a change", Duration::from_millis(500), |s| honest(s) != *before);
        }
        assert!(!self.scene.desk.something_held());
        self.scene.agent.tell(Command::Chat { to: None, text: "still here".into() });
        self.scene.customer.wait_session("the line", |s| s.chat.iter().any(|l| l.text == "still here"));
        self.scene.desk.terminal("after", "60x10+50+50", "cat");
        self.scene.wait_same_picture();
        assert_eq!(self.evil.pictures(), 0, "it saw nothing");
        for (peer, (_, before)) in [&self.scene.agent, &self.scene.customer].into_iter().zip(&self.before) {
            let grown = |limit| memory(peer).checked_sub(*before).filter(|more| *more > limit);
            let small = wait::within(Duration::from_secs(10), || grown(ROOM).is_none().then_some(()));
            assert!(small.is_some(), "{} needs {} MiB, {before} before", peer.name, memory(peer));
            eprintln!("{}: {before} MiB before, {} after", peer.name, memory(peer));
        }
    }
}

/// Everything that the protocol knows, said by somebody who may not say it or at a time when it makes no sense.
fn out_of_place(trio: &Trio) -> Vec<Message> {
    let request = RequestId(1);
    let acts = vec![Act::View, Act::Control, Act::Clipboard];
    let outcomes =
        [Outcome::Allowed, Outcome::Refused, Outcome::NoAnswer, Outcome::TooMany, Outcome::NotPermitted];
    let shared = Shared {
        viewers: vec![trio.evil_id],
        controller: Some(trio.evil_id),
        paused: true,
        monitors: Vec::new(),
        screen: Screen::All,
        width: u16::MAX,
        height: u16::MAX,
        coder: Coder::H264,
        quality: Default::default(),
        hidden: false,
        programs: Vec::new(),
        trouble: None,
        no_drawing: false,
        gone: None,
        area: u32::MAX,
    };
    let key = |down| InputEvent::Key { key: Key::Named(NamedKey::ControlLeft), down };
    let events = [
        InputEvent::Move { x: 17, y: 19 },
        InputEvent::Button { button: Button::Left, down: true, x: 17, y: 19 },
        InputEvent::Wheel { dx: i16::MAX, dy: i16::MIN },
        key(true),
        InputEvent::Text { text: "rm -rf /\n".into() },
    ];
    let watcher = Watcher { id: trio.evil_id, key: trio.evil.identity().public_text() };
    let mut all = vec![
        Message::CancelAsk { request },
        Message::GiveBack { acts: acts.clone() },
        Message::Wish(Wish {
            coder: Some(Coder::H264),
            screen: Some(Screen::Monitor(u32::MAX)),
            colours: Some(Colours::Bits8),
            ..Wish::default()
        }),
        Message::Lead(Lead { helped: None, watchers: vec![watcher.clone()], keeps_chat: false }),
        Message::Lead(Lead { helped: Some(trio.evil_id), watchers: vec![watcher], keeps_chat: false }),
        Message::Invitation { secret: "A".repeat(22), link: Some("http://evil/join/123456789#A".into()) },
        Message::Grants { acts, why: None, clipboard: Default::default() },
        Message::Grants { acts: Vec::new(), why: Some(Why::TakenBack), clipboard: Default::default() },
        Message::Sharing { sharing: Some(shared) },
        Message::Sharing { sharing: None },
        Message::Clipboard { transfer: 1, part: 0, last: true, text: "stolen".into() },
        Message::Clipboard { transfer: 2, part: 9, last: false, text: "x".repeat(30_000) },
        Message::ClipboardAck { transfer: 0 },
        Message::ChatAck { seq: u64::MAX },
        Message::Chat { seq: u64::MAX, private: true, at: u64::MAX, text: "from the future".into() },
        Message::Trouble { trouble: Trouble::InputFailed },
        Message::Draw { draw: Draw::Clear },
        Message::Marks(Changes { gone: vec![1], mark: None, keep: 7 }),
        Message::Unknown,
    ];
    all.extend(outcomes.map(|outcome| Message::Answered { request, outcome }));
    all.extend(Act::ALL.map(|act| Message::Ask { request, act }));
    all.extend(events.map(|event| Message::Input { n: u64::MAX, at: Some((17, 19)), event, area: 0 }));
    all
}

/// Words that make it primary: signed by the wrong one, about somebody else's key, far ahead.
fn words(trio: &Trio) -> Vec<HandOver> {
    let session = trio.scene.agent.session().expect("a session").number;
    let mine = trio.evil.identity().public_text();
    let word = |serial, from: ParticipantId, from_key: &str| HandOver {
        serial,
        from,
        from_key: from_key.into(),
        to: trio.evil_id,
        to_key: mine.clone(),
        signature: String::new(),
    };
    let other = deskside_session::Identity::from_seed([9; 32]).public_text();
    let mut words = Vec::new();
    for serial in (0..140).chain([u32::MAX]) {
        // In the agent's name, with a key that is not the agent's; and in its own, as if it were primary.
        words.push(trio.evil.sign(session, word(serial, trio.agent, &mine)));
        words.push(trio.evil.sign(session, word(serial, trio.agent, &other)));
        let mut passed_on = word(serial, trio.evil_id, &mine);
        (passed_on.to, passed_on.to_key) = (trio.customer, other.clone());
        words.push(trio.evil.sign(session, passed_on));
    }
    words
}

fn says_what_it_may_not(role: Role) {
    let mut trio = Trio::with(role);
    let pointer = trio.scene.desk.pointer();
    let clipboard = Message::Clipboard { transfer: 3, part: 0, last: true, text: "stolen".into() };
    for message in out_of_place(&trio).iter().chain([&clipboard]) {
        trio.tell(message);
    }
    for to in trio.both() {
        for n in [1, 2, u64::MAX] {
            let moved = Moved::Move { n, x: 17, y: 19, area: 0 };
            trio.evil.say(to, Channel::Pointer, moved.encode()).expect("connected");
        }
        trio.evil.say(to, Channel::Picture, vec![0xff; 50_000]).expect("connected");
    }
    for word in words(&trio) {
        trio.tell(&Message::HandOver { word });
    }
    trio.wait_heard(1);
    assert_eq!(trio.scene.desk.pointer(), pointer);
    let answers = trio.evil.heard();
    let allowed = |m: &Message| {
        matches!(m, Message::Answered { outcome: Outcome::Allowed, .. })
            || matches!(m, Message::Grants { acts, .. } if !acts.is_empty())
    };
    assert!(!answers.iter().any(|(_, m)| allowed(m)), "{answers:?}");
    trio.wait_unharmed();
}

#[test]
fn a_customer_says_what_it_may_not() {
    says_what_it_may_not(Role::Customer);
}

#[test]
fn an_assistant_says_what_it_may_not() {
    says_what_it_may_not(Role::Assistant);
}

#[test]
fn nonsense_of_every_size_is_passed_over() {
    let mut trio = Trio::with(Role::Assistant);
    let mut noise = 0x9e37_79b9_7f4a_7c15_u64;
    let mut byte = || {
        // xorshift64
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        (noise >> 24) as u8
    };
    let whole = Message::Chat { seq: 1, private: false, at: 0, text: "é\u{202e}\u{0}".into() }.encode();
    let mut all: Vec<Vec<u8>> = vec![
        vec![b'['; MAX_MESSAGE],
        br#"{"type":"#.repeat(7000),
        br#"{"type":"hello","version":1}"#.to_vec(),
        br#"{"type":"proof","signature":"x"}"#.to_vec(),
        br#"{"type":"input","n":-1,"event":{"input":"move","x":99999,"y":1e999}}"#.to_vec(),
        br#"{"type":"ask","request":4294967296,"act":"everything"}"#.to_vec(),
        vec![0; MAX_MESSAGE],
        "\u{feff}{}".into(),
    ];
    all.extend((1..whole.len()).map(|n| whole[..n].to_vec()));
    all.extend((0..400).map(|n| (0..n * 3 + 1).map(|_| byte()).collect()));
    for bytes in &all {
        for to in trio.both() {
            trio.evil.say(to, Channel::Control, bytes.clone()).expect("still connected");
            trio.evil.say(to, Channel::Pointer, bytes.clone()).unwrap_or_default();
            if bytes.len() <= 60 * 1024 {
                trio.evil.say(to, Channel::Picture, bytes.clone()).expect("still connected");
            }
        }
    }
    trio.wait_heard(1);
    // What is larger than any message may be ends the connection.
    for to in trio.both() {
        trio.evil.say(to, Channel::Control, vec![b' '; MAX_MESSAGE + 1]).expect("still connected");
    }
    let evil_id = trio.evil_id;
    for peer in [&trio.scene.agent, &trio.scene.customer] {
        peer.wait_session("that it is refused", |s| {
            s.others.iter().any(|o| o.id == evil_id && matches!(o.link, LinkView::Refused { .. }))
        });
    }
    trio.wait_unharmed();
}

#[test]
fn a_flood_of_chat_and_of_questions() {
    let mut trio = Trio::with(Role::Assistant);
    let long = "x".repeat(MAX_CHAT);
    let mut seq = 0;
    let mut flood = |count, text: &str| {
        for n in 0..count {
            let message = Message::Chat { seq: seq + 1, private: n % 2 == 0, at: 0, text: text.into() };
            // Who floods may be cut off; then it comes again as anybody does.
            if trio.both().into_iter().any(|to| trio.evil.tell(to, &message).is_err()) {
                return false;
            }
            seq += 1;
        }
        true
    };
    let taken = [flood(2000, &long), flood(20_000, "x")];
    for n in 0..5000 {
        let ask = Message::Ask { request: RequestId(n), act: Act::Control };
        if trio.evil.tell(trio.customer, &ask).is_err() {
            break;
        }
    }
    eprintln!("taken whole: {taken:?}");
    until("the customer is through with it", || {
        let chat = trio.scene.customer.session()?.chat;
        (chat.iter().map(|l| l.text.len()).sum::<usize>() <= 1 << 20).then_some(())
    });
    trio.wait_unharmed();
}
