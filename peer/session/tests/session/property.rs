//! No grant, no device output: whatever both sides do, whatever comes over the wire, whatever breaks.

use std::collections::BTreeSet;

use deskside_session::{
    Now, ParticipantId, Role,
    clipboard::Clip,
    command::{Act, Coder, Command, RequestId, Screen},
    input::{Button, InputEvent, Key},
    io::{DeviceEvent, Input, Into, Output},
    quality::Colours,
    view::Trouble,
    wire::{Message, Moved},
};
use proptest::prelude::*;

use crate::files::list;
use crate::sim::{AGENT, CUSTOMER, Guest, THIRD, Weather, World, agent, cases, customer};

#[derive(Clone, Debug)]
enum Step {
    Agent(Command),
    Customer(Command),
    /// Answers whatever is asked.
    Answer {
        allow: bool,
        all: bool,
    },
    Device(ParticipantId, DeviceEvent),
    /// To the customer, from agent or assistant.
    Forge(bool, Vec<u8>),
    ForgePointer(Vec<u8>),
    ToAgent(Vec<u8>),
    Cut,
    Path(bool),
    Server(bool),
    Run(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::View),
        2 => Just(Act::Control),
        2 => Just(Act::Clipboard),
        2 => Just(Act::CopiedFiles),
        2 => proptest::sample::select(&Act::ALL[..]),
    ]
}

fn event() -> impl Strategy<Value = InputEvent> {
    let xy = (any::<u16>(), any::<u16>());
    prop_oneof![
        xy.prop_map(|(x, y)| InputEvent::Move { x, y }),
        (any::<bool>(), 0u16..900, 0u16..700).prop_map(|(down, x, y)| InputEvent::Button {
            button: Button::Left,
            down,
            x,
            y
        }),
        (any::<char>(), any::<bool>()).prop_map(|(c, down)| InputEvent::Key { key: Key::Char(c), down }),
        (any::<u16>(), any::<bool>()).prop_map(|(p, down)| InputEvent::Key { key: Key::Position(p), down }),
        "\\PC{0,5}".prop_map(|text| InputEvent::Text { text }),
        Just(InputEvent::Wheel { dx: 0, dy: 120 }),
    ]
}

fn agent_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => act().prop_map(|act| Command::Ask { act }),
        1 => Just(Command::CancelAsk),
        1 => Just(Command::StopSharing),
        1 => Just(Command::ReleaseControl),
        1 => Just(Command::GiveControl { to: CUSTOMER }),
        1 => Just(Command::TakeBack),
        1 => Just(Command::SetCoder { coder: Coder::Tiles }),
        1 => Just(Command::SetQuality { sharpness: None, colours: Some(Colours::Bits8) }),
        1 => (0u32..3).prop_map(|i| Command::SetScreen { screen: Screen::Monitor(i) }),
        6 => event().prop_map(|event| Command::Input { event }),
        1 => Just(Command::Chat { to: None, text: "a".into() }),
    ]
}

/// Without answers that allow, and without leave to go without asking.
fn customer_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        proptest::option::of(act()).prop_map(|act| Command::Revoke { act }),
        any::<bool>().prop_map(|paused| Command::Pause { paused }),
        Just(Command::TakeBack),
        Just(Command::SetQuality { sharpness: None, colours: Some(Colours::Bits16) }),
        Just(Command::StopSharing),
        Just(Command::ReleaseControl),
        Just(Command::Chat { to: None, text: "c".into() }),
        // What a customer cannot do anyway.
        act().prop_map(|act| Command::Ask { act }),
        // On the desktop that the agent shows, if it gave control of that.
        event().prop_map(|event| Command::Input { event }),
    ]
}

fn device() -> impl Strategy<Value = (ParticipantId, DeviceEvent)> {
    let event = prop_oneof![
        3 => Just(DeviceEvent::OwnInput),
        1 => Just(DeviceEvent::PanicKey),
        2 => (0u16..1000, 0u16..1000).prop_map(|(width, height)| DeviceEvent::PictureSize { width, height }),
        3 => Just(DeviceEvent::Clipboard("text".into())),
        2 => (1u32..3).prop_map(|key| DeviceEvent::CopiedFiles { key, list: list("x") }),
        1 => Just(DeviceEvent::DroppedFiles { key: 7, list: list("y") }),
        2 => Just(DeviceEvent::Paste),
        1 => Just(DeviceEvent::Trouble(Trouble::InputFailed)),
        1 => Just(DeviceEvent::Coder(Coder::H264)),
    ];
    (prop_oneof![Just(AGENT), Just(CUSTOMER), Just(THIRD)], event)
}

fn message() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => (any::<u64>(), event()).prop_map(|(n, event)| Message::Input { n, at: Some((1, 2)), event, area: 0 }.encode()),
        2 => (any::<u32>(), act()).prop_map(|(r, act)| Message::Ask { request: RequestId(r), act }.encode()),
        2 => act().prop_map(|a| Message::Grants { acts: vec![a], why: None, clipboard: Default::default() }.encode()),
        1 => act().prop_map(|a| Message::GiveBack { acts: vec![a] }.encode()),
        2 => (0u32..2, any::<bool>()).prop_map(|(part, last)| {
            Message::Clipboard { transfer: 1, part, last, text: "x".into() }.encode()
        }),
        1 => (0u32..2, any::<bool>()).prop_map(|(part, last)| {
            Message::ClipboardPicture { transfer: 1, part, last, png: "iVBO".into() }.encode()
        }),
        1 => (1u32..4, 0u32..4, any::<bool>()).prop_map(|(fetch, offer, asked)| Message::FetchFiles { fetch, offer, asked }.encode()),
        1 => Just(Message::ClipboardFiles { transfer: 1, part: 0, last: true, list: list("z").encode() }.encode()),
        1 => (0u32..4).prop_map(|r| Message::OfferFiles { request: RequestId(r), part: 0, last: true, list: list("z").encode() }.encode()),
        1 => Just(br#"{"type":"accept","request":1,"act":"control"}"#.to_vec()),
        1 => Just(br#"{"do":"answer","request":1,"allow":true,"all":true}"#.to_vec()),
        1 => Just(br#"{"type":"wish","coder":"h264","screen":{"monitor":4}}"#.to_vec()),
        2 => proptest::collection::vec(any::<u8>(), 0..40),
    ]
}

fn step(consent: bool) -> impl Strategy<Value = Step> {
    let answers = u32::from(consent) * 5;
    prop_oneof![
        6 => agent_command().prop_map(Step::Agent),
        3 => customer_command().prop_map(Step::Customer),
        1 + answers => (any::<bool>(), any::<bool>())
            .prop_map(move |(allow, all)| Step::Answer { allow: allow && consent, all }),
        3 => device().prop_map(|(id, event)| Step::Device(id, event)),
        3 => (any::<bool>(), message()).prop_map(|(third, bytes)| Step::Forge(third, bytes)),
        1 => (any::<u64>(), any::<u16>()).prop_map(|(n, x)| Step::ForgePointer(Moved::Move { n, x, y: x, area: 0 }.encode())),
        1 => message().prop_map(Step::ToAgent),
        1 => Just(Step::Cut),
        1 => any::<bool>().prop_map(Step::Path),
        1 => any::<bool>().prop_map(Step::Server),
        6 => prop_oneof![0u64..20, 100u64..3_000, Just(31_000u64)].prop_map(Step::Run),
    ]
}

/// What was really allowed by the person at the customer's computer, kept apart from the core.
#[derive(Default)]
struct Ledger {
    allowed: BTreeSet<Act>,
    allow_all: bool,
    prompt_closed: Option<Now>,
}

impl Ledger {
    fn revoke(&mut self, act: Option<Act>) {
        self.allow_all = false;
        match act {
            Some(act) => {
                self.allowed.remove(&act);
                if act == Act::View {
                    self.allowed.remove(&Act::Control);
                }
            }
            None => self.allowed.clear(),
        }
    }

    fn allow(&mut self, act: Act) {
        self.allowed.insert(act);
        if act == Act::Control {
            self.allowed.insert(Act::View);
        }
    }

    /// With leave to go without asking, each act may be granted at any time.
    fn may(&self, act: Act) -> bool {
        self.allow_all || self.allowed.contains(&act)
    }

    /// Before the core hears of it.
    fn before(&mut self, w: &World, step: &Step) {
        // What was given without a question stays when the leave to do so ends.
        for g in w.view(CUSTOMER).grants.iter().filter(|_| self.allow_all) {
            self.allowed.insert(g.act);
        }
        match step {
            Step::Answer { allow: true, all } => {
                if let Some(p) = w.view(CUSTOMER).prompt {
                    self.allow(p.act);
                    self.allow_all |= *all;
                }
            }
            Step::Customer(Command::Revoke { act }) => self.revoke(*act),
            Step::Customer(Command::TakeBack) if !self.allow_all => {
                self.allowed.remove(&Act::Control);
            }
            Step::Device(CUSTOMER, DeviceEvent::PanicKey) => self.revoke(None),
            Step::Customer(Command::StopSharing) => self.revoke(None),
            _ => {}
        }
    }
}

fn carry_out(w: &mut World, step: Step) {
    match step {
        Step::Agent(c) => w.command(AGENT, c),
        Step::Customer(c) => w.command(CUSTOMER, c),
        Step::Answer { allow, all } => {
            if let Some(request) = w.prompt() {
                w.command(CUSTOMER, Command::Answer { request, allow, all });
            }
        }
        Step::Device(id, event) => w.device(id, event),
        Step::Forge(third, bytes) => w.forge(if third { THIRD } else { AGENT }, CUSTOMER, bytes),
        Step::ForgePointer(bytes) => w.input(CUSTOMER, Input::Pointer { peer: AGENT, bytes }),
        Step::ToAgent(bytes) => w.forge(CUSTOMER, AGENT, bytes),
        Step::Cut => w.cut(AGENT, CUSTOMER),
        Step::Path(up) => w.path(AGENT, CUSTOMER, up),
        Step::Server(up) => w.server(up),
        Step::Run(ms) => w.run(ms),
    }
}

fn world() -> World {
    let third = Guest { id: THIRD, role: Role::Assistant, name: "Theo", secret: None };
    let mut w = World::of(vec![agent(), customer(), third]);
    w.weather = Weather { loss: 20, twice: 20, jitter_ms: 30 };
    w.until("secure", |w| w.secure(AGENT, CUSTOMER));
    w.picture();
    w
}

fn device_output(o: &Output) -> Option<Act> {
    match o {
        Output::Capture(_) => Some(Act::View),
        Output::Inject(_) => Some(Act::Control),
        Output::SetClipboard(Clip::Files(_)) => Some(Act::CopiedFiles),
        Output::SetClipboard(_) => Some(Act::Clipboard),
        Output::ReceiveFiles { into: Into::Downloads, .. } => Some(Act::SendFiles),
        Output::ReceiveFiles { .. } | Output::SendFiles { .. } => Some(Act::CopiedFiles),
        _ => None,
    }
}

proptest! {
    #![proptest_config(cases(64))]

    /// Nobody allows anything: no device output, ever, at the customer's or the assistant's computer.
    #[test]
    fn nothing_happens_without_consent(steps in proptest::collection::vec(step(false), 1..50)) {
        let mut w = world();
        let lied = steps.iter().any(|s| matches!(s, Step::ToAgent(_)));
        for s in steps {
            carry_out(&mut w, s);
            w.run(3);
            // An agent who asked for the clipboard takes a customer's word for it.
            let told = [CUSTOMER, THIRD, AGENT].into_iter().filter(|id| *id != AGENT || !lied);
            for id in told {
                let log = w.take_log(id);
                prop_assert!(!log.iter().any(|o| device_output(o).is_some()), "{id:?} {log:?}");
            }
        }
        prop_assert!(w.view(CUSTOMER).grants.is_empty());
    }

    /// Device outputs only while the ledger has the act; no input while a prompt is open or 500 ms
    /// after; keys are let go whenever control ends.
    #[test]
    fn device_outputs_follow_the_ledger(steps in proptest::collection::vec(step(true), 1..60)) {
        let mut w = world();
        let mut ledger = Ledger::default();
        let (mut pressed, mut given) = (false, false);
        // Who makes the agent believe what the customer's side never said cannot expect both to agree.
        let lied = steps.iter().any(|s| matches!(s, Step::ToAgent(_)));
        let forged = steps.iter().any(|s| matches!(s, Step::Forge(false, _)));
        for s in steps {
            ledger.before(&w, &s);
            given |= matches!(s, Step::Agent(Command::GiveControl { .. }));
            carry_out(&mut w, s);
            // In small bites, so that each output can be held against the state of its moment.
            for _ in 0..3 {
                let open = w.view(CUSTOMER).prompt.is_some();
                for o in w.take_log(CUSTOMER) {
                    if let Some(act) = device_output(&o) {
                        prop_assert!(ledger.may(act), "{o:?}");
                    }
                    match o {
                        Output::Inject(_) => pressed = true,
                        Output::ReleaseInput => pressed = false,
                        _ => {}
                    }
                }
                for o in w.take_log(AGENT).iter().filter(|_| !lied) {
                    let may = match o {
                        Output::Capture(_) => ledger.may(Act::Show),
                        Output::Inject(_) => given && ledger.may(Act::Show),
                        _ => true,
                    };
                    prop_assert!(may, "at the agent: {o:?}");
                }
                let mut v = w.view(CUSTOMER);
                v.sharing.take_if(|s| s.sharer != CUSTOMER);
                let acting = v.sharing.as_ref().is_some_and(|s| s.controller.is_some() && !s.paused);
                prop_assert!(!pressed || (acting && v.prompt.is_none()), "held after the end: {v:?}");
                for g in &v.grants {
                    prop_assert!(ledger.may(g.act), "{g:?}");
                }
                let captured = w.node(CUSTOMER).capture.as_ref().map(|c| c.viewers.clone());
                prop_assert_eq!(captured.unwrap_or_default(), v.sharing.map(|s| s.viewers).unwrap_or_default());
                if open {
                    ledger.prompt_closed = Some(w.now);
                }
                w.run(1);
            }
            // A prompt held back everything that was injected since.
            if w.view(CUSTOMER).prompt.is_some() {
                prop_assert!(!w.injected(CUSTOMER).iter().any(|_| true));
            }
            let log = w.take_log(THIRD);
            prop_assert!(!log.iter().any(|o| device_output(o).is_some()));
        }
        // Whatever happened, both sides agree in the end.
        w.server(true);
        w.path(AGENT, CUSTOMER, true);
        // Who was sent nonsense while the line was lost refuses the other as soon as it is back.
        let has = |w: &World, id, other| {
            w.view(id).others.iter().any(|o| o.id == other && !matches!(o.link, deskside_session::view::LinkView::Refused { .. }))
        };
        if !lied && has(&w, AGENT, CUSTOMER) {
            w.until("secure", |w| w.secure(AGENT, CUSTOMER) || forged && !has(w, CUSTOMER, AGENT));
        }
        if !lied && w.secure(AGENT, CUSTOMER) {
            w.run(1_000);
            let acts = |id| -> Vec<Act> { w.view(id).grants.iter().map(|g| g.act).collect() };
            let (a, c) = (acts(AGENT), acts(CUSTOMER));
            prop_assert!(a.iter().all(|x| c.contains(x)), "{a:?} {c:?}");
            prop_assert_eq!(w.node(AGENT).viewer.is_some(), w.node(CUSTOMER).capture.is_some());
            prop_assert_eq!(w.node(CUSTOMER).viewer.is_some(), w.node(AGENT).capture.is_some());
        }
    }
}
