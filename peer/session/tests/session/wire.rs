//! Each message: its bytes, there and back, its limits, and garbage.

use deskside_session::{
    HandOver, ParticipantId, Role, SessionNumber,
    acts::MAX_ENTRY,
    command::{Act, Coder, RequestId, Screen},
    direction::Direction,
    input::{Button, InputEvent, Key, NamedKey},
    marks::{
        Changes, Colour, Draw, MAX_MARKS, MAX_NAME, MAX_PART, MAX_POINTS, MAX_TEXT, Mark, Pen, Stroke, Tool,
        Width,
    },
    programs::{Area, LONGEST_TITLE, MOST_SHARED},
    quality::{Colours, Quality, Sharpness},
    view::{Monitor, Refusal, Trouble},
    wire::{
        Handshake, Lead, MAX_ACTS, MAX_CHAT, MAX_INPUT_TEXT, MAX_MESSAGE, MAX_MONITOR_NAME, MAX_MONITORS,
        MAX_VIEWERS, Message, Moved, Outcome, Seen, Shared, VERSION, Watcher, Why, WireError, Wish,
        handshake::{Hello, Proof, Refused, Reveal, Welcome},
    },
};
use proptest::prelude::*;

use crate::programs::{editor, editors};

fn shared() -> Shared {
    Shared {
        viewers: vec![ParticipantId(1)],
        controller: Some(ParticipantId(1)),
        paused: false,
        monitors: vec![Monitor {
            name: "DP-1".into(),
            x: -800,
            y: 0,
            width: 800,
            height: 600,
            primary: true,
        }],
        screen: Screen::Monitor(0),
        width: 800,
        height: 600,
        coder: Coder::Tiles,
        quality: Quality { sharpness: Sharpness::Faster, colours: Colours::Bits8 },
        hidden: true,
        programs: vec![editor()],
        trouble: Some(Trouble::CaptureFailed),
        no_drawing: false,
        gone: Some("DP-2".into()),
        area: 3,
    }
}

fn input(event: InputEvent) -> Message {
    Message::Input { n: 7, at: None, event, area: 0 }
}

fn stroke(points: Vec<(u16, u16)>) -> Stroke {
    let pen = Pen { tool: Tool::Pen, colour: Colour::Red, width: Width::Thick };
    Stroke { n: 7, pen, points, text: String::new() }
}

fn text_mark() -> Mark {
    let pen = Pen { tool: Tool::Text, colour: Colour::Blue, width: Width::Thin };
    let (author, name) = (ParticipantId(1), "Ada".into());
    Mark { id: 8, author, name, pen, points: vec![(5, 6)], text: "ici".into() }
}

fn word() -> HandOver {
    HandOver {
        serial: 1,
        from: ParticipantId(1),
        from_key: "k".repeat(43),
        to: ParticipantId(3),
        to_key: "t".repeat(43),
        signature: "s".repeat(86),
    }
}

#[test]
fn every_act_has_its_name() {
    let names = [
        "view",
        "control",
        "clipboard",
        "copied_files",
        "send_files",
        "show",
        "files",
        "scripts",
        "information",
        "other_user",
        "restart",
        "printing",
        "recording",
        "voice",
        "camera",
    ];
    let all: Vec<_> = Act::ALL.iter().map(|a| serde_json::to_value(a).unwrap()).collect();
    assert_eq!(all, names);
}

#[test]
fn golden_messages() {
    let request = RequestId(3);
    let key = |key| input(InputEvent::Key { key, down: true });
    let all = [
        (Message::Ask { request, act: Act::Control }, r#"{"type":"ask","request":3,"act":"control"}"#),
        (Message::CancelAsk { request }, r#"{"type":"cancel_ask","request":3}"#),
        (
            Message::Answered { request, outcome: Outcome::NoAnswer },
            r#"{"type":"answered","request":3,"outcome":"no_answer"}"#,
        ),
        (
            Message::Grants {
                acts: vec![Act::View, Act::Clipboard],
                why: Some(Why::TakenBack),
                clipboard: Direction::ToAgent,
            },
            r#"{"type":"grants","acts":["view","clipboard"],"why":"taken_back","clipboard":"to_agent"}"#,
        ),
        (
            Message::Grants { acts: vec![], why: None, clipboard: Direction::Both },
            r#"{"type":"grants","acts":[]}"#,
        ),
        (Message::Sharing { sharing: None }, r#"{"type":"sharing"}"#),
        (
            Message::Sharing { sharing: Some(shared()) },
            concat!(
                r#"{"type":"sharing","sharing":{"viewers":[1],"controller":1,"paused":false,"monitors":"#,
                r#"[{"name":"DP-1","x":-800,"y":0,"width":800,"height":600,"primary":true}],"#,
                r#""screen":{"monitor":0},"width":800,"height":600,"coder":"tiles","quality":{"sharpness":"faster","colours":"256"},"hidden":true,"#,
                r#""programs":[{"id":2,"title":"Letter","name":"Editor","state":"shown","place":{"x":1,"y":2,"width":3,"height":4}}],"trouble":"capture_failed","gone":"DP-2","area":3}}"#
            ),
        ),
        (
            Message::Draw { draw: Draw::Stroke(stroke(vec![(1, 2), (3, 4)])) },
            concat!(
                r#"{"type":"draw","draw":{"stroke":{"n":7,"tool":"pen","colour":"red","width":"thick","#,
                r#""points":[[1,2],[3,4]]}}}"#
            ),
        ),
        (Message::Draw { draw: Draw::Undo }, r#"{"type":"draw","draw":"undo"}"#),
        (Message::Draw { draw: Draw::Erase { id: 9 } }, r#"{"type":"draw","draw":{"erase":{"id":9}}}"#),
        (Message::Draw { draw: Draw::Clear }, r#"{"type":"draw","draw":"clear"}"#),
        (Message::Marks(Changes { gone: vec![3], mark: None, keep: 0 }), r#"{"type":"marks","gone":[3]}"#),
        (
            Message::Marks(Changes { gone: vec![], mark: Some(text_mark()), keep: 5 }),
            concat!(
                r#"{"type":"marks","mark":{"id":8,"author":1,"name":"Ada","tool":"text","colour":"blue","#,
                r#""width":"thin","points":[[5,6]],"text":"ici"},"keep":5}"#
            ),
        ),
        (
            Message::Trouble { trouble: Trouble::InputDenied },
            r#"{"type":"trouble","trouble":"input_denied"}"#,
        ),
        (Message::GiveBack { acts: vec![Act::Control] }, r#"{"type":"give_back","acts":["control"]}"#),
        (
            Message::Wish(Wish { coder: Some(Coder::H264), screen: Some(Screen::All), ..Wish::default() }),
            r#"{"type":"wish","coder":"h264","screen":"all"}"#,
        ),
        (
            Message::Wish(Wish {
                sharpness: Some(Sharpness::Sharper),
                colours: Some(Colours::Bits16),
                ..Wish::default()
            }),
            r#"{"type":"wish","sharpness":"sharper","colours":"16bit"}"#,
        ),
        (Message::Wish(Wish::default()), r#"{"type":"wish"}"#),
        (
            Message::Input { n: 7, at: Some((1, 2)), event: InputEvent::Wheel { dx: 0, dy: -120 }, area: 9 },
            r#"{"type":"input","n":7,"at":[1,2],"event":{"input":"wheel","dx":0,"dy":-120},"area":9}"#,
        ),
        (
            input(InputEvent::Button { button: Button::Back, down: false, x: 5, y: 6 }),
            r#"{"type":"input","n":7,"event":{"input":"button","button":"back","down":false,"x":5,"y":6}}"#,
        ),
        (
            input(InputEvent::Move { x: 5, y: 6 }),
            r#"{"type":"input","n":7,"event":{"input":"move","x":5,"y":6}}"#,
        ),
        (
            key(Key::Char('é')),
            r#"{"type":"input","n":7,"event":{"input":"key","key":{"char":"é"},"down":true}}"#,
        ),
        (
            key(Key::Named(NamedKey::PageUp)),
            r#"{"type":"input","n":7,"event":{"input":"key","key":{"named":"page_up"},"down":true}}"#,
        ),
        (
            key(Key::Position(4)),
            r#"{"type":"input","n":7,"event":{"input":"key","key":{"position":4},"down":true}}"#,
        ),
        (
            input(InputEvent::Text { text: "中\n".into() }),
            r#"{"type":"input","n":7,"event":{"input":"text","text":"中\n"}}"#,
        ),
        (
            Message::Chat { seq: 1, private: false, at: 1_700_000_000_000, text: "hi".into() },
            r#"{"type":"chat","seq":1,"at":1700000000000,"text":"hi"}"#,
        ),
        (
            Message::Chat { seq: 2, private: true, at: 0, text: "\"".into() },
            r#"{"type":"chat","seq":2,"private":true,"at":0,"text":"\""}"#,
        ),
        (Message::ChatAck { seq: 2 }, r#"{"type":"chat_ack","seq":2}"#),
        (
            Message::Clipboard { transfer: 1, part: 0, last: true, text: "x".into() },
            r#"{"type":"clipboard","transfer":1,"part":0,"last":true,"text":"x"}"#,
        ),
        (
            Message::ClipboardPicture { transfer: 1, part: 0, last: true, png: "iVBO".into() },
            r#"{"type":"clipboard_picture","transfer":1,"part":0,"last":true,"png":"iVBO"}"#,
        ),
        (Message::ClipboardAck { transfer: 1 }, r#"{"type":"clipboard_ack","transfer":1}"#),
        (
            Message::HandOver { word: word() },
            concat!(
                r#"{"type":"hand_over","word":{"serial":1,"from":1,"from_key":"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk","#,
                r#""to":3,"to_key":"ttttttttttttttttttttttttttttttttttttttttttt","signature":"#,
                r#""ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss"}}"#
            ),
        ),
        (
            Message::Lead(Lead {
                helped: Some(ParticipantId(2)),
                watchers: vec![Watcher { id: ParticipantId(3), key: "k".repeat(43) }],
                keeps_chat: false,
            }),
            r#"{"type":"lead","helped":2,"watchers":[{"id":3,"key":"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"}]}"#,
        ),
        (
            Message::Lead(Lead { helped: None, watchers: vec![], keeps_chat: true }),
            r#"{"type":"lead","watchers":[],"keeps_chat":true}"#,
        ),
        (
            Message::Invitation { secret: "S".into(), link: Some("L".into()) },
            r#"{"type":"invitation","secret":"S","link":"L"}"#,
        ),
        (Message::Invitation { secret: "S".into(), link: None }, r#"{"type":"invitation","secret":"S"}"#),
        (Message::Acts { have: 7 }, r#"{"type":"acts","have":7}"#),
        (
            Message::Act { text: r#"{"serial":1}"#.into(), signature: "s".repeat(86) },
            concat!(
                r#"{"type":"act","text":"{\"serial\":1}","signature":"#,
                r#""ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss"}"#
            ),
        ),
        (Message::ActAck { serial: 7, seen: None }, r#"{"type":"act_ack","serial":7}"#),
        (
            Message::ActAck { serial: 7, seen: Some(Seen { at: 5, signature: None }) },
            r#"{"type":"act_ack","serial":7,"seen":{"at":5}}"#,
        ),
        (
            Message::ActAck { serial: 7, seen: Some(Seen { at: 5, signature: Some("s".repeat(86)) }) },
            concat!(
                r#"{"type":"act_ack","serial":7,"seen":{"at":5,"signature":"#,
                r#""ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss"}}"#
            ),
        ),
        (Message::Bye { ended: false }, r#"{"type":"bye"}"#),
        (Message::Bye { ended: true }, r#"{"type":"bye","ended":true}"#),
        (Message::Refused(Refused::new(Refusal::Key)), r#"{"type":"refused","version":1,"reason":"key"}"#),
    ];
    for (message, json) in all {
        assert_eq!(String::from_utf8(message.encode()).unwrap(), json);
        assert_eq!(Message::decode(json.as_bytes()), Ok(message));
    }
    let moved = Moved::Move { n: 9, x: 1, y: 65535, area: 7 };
    assert_eq!(moved.encode(), br#"{"type":"move","n":9,"x":1,"y":65535,"area":7}"#);
    assert_eq!(Moved::decode(&moved.encode()), Ok(moved));
}

#[test]
fn golden_handshake() {
    let session = SessionNumber::new(123_456_789).unwrap();
    let (from, to) = (ParticipantId(1), ParticipantId(2));
    let all = [
        (
            Handshake::Hello(Hello {
                version: VERSION,
                session,
                from,
                to,
                role: Role::Primary,
                words: 0,
                key: "K".into(),
                secret: true,
                commit: "C".into(),
                seen: None,
            }),
            concat!(
                r#"{"type":"hello","version":1,"session":"123456789","from":1,"to":2,"role":"primary","#,
                r#""key":"K","secret":true,"commit":"C"}"#
            ),
        ),
        (
            Handshake::Welcome(Welcome {
                version: VERSION,
                session,
                from: to,
                to: from,
                role: Role::Customer,
                words: 2,
                key: "K".into(),
                secret: false,
                nonce: "N".into(),
                seen: Some("P".into()),
            }),
            concat!(
                r#"{"type":"welcome","version":1,"session":"123456789","from":2,"to":1,"role":"customer","words":2,"#,
                r#""key":"K","secret":false,"nonce":"N","seen":"P"}"#
            ),
        ),
        (
            Handshake::Reveal(Reveal { nonce: "N".into(), signature: "S".into(), mac: Some("M".into()) }),
            r#"{"type":"reveal","nonce":"N","signature":"S","mac":"M"}"#,
        ),
        (Handshake::Proof(Proof { signature: "S".into(), mac: None }), r#"{"type":"proof","signature":"S"}"#),
        (
            Handshake::Refused(Refused::new(Refusal::Version { theirs: 9 })),
            r#"{"type":"refused","version":1,"reason":"version"}"#,
        ),
    ];
    for (message, json) in all {
        assert_eq!(String::from_utf8(message.encode()).unwrap(), json);
        assert_eq!(Handshake::decode(json.as_bytes()), Ok(message));
    }
}

#[test]
fn unknown_messages_fields_and_versions() {
    assert_eq!(Message::decode(br#"{"type":"hologram","x":{"y":[1]}}"#), Ok(Message::Unknown));
    assert_eq!(Moved::decode(br#"{"type":"hover"}"#), Ok(Moved::Unknown));
    let more = br#"{"type":"bye","ended":true,"song":"la"}"#;
    assert_eq!(Message::decode(more), Ok(Message::Bye { ended: true }));
    for kind in ["hello", "welcome"] {
        let other = format!(r#"{{"type":"{kind}","version":2,"new":1}}"#);
        assert_eq!(Handshake::decode(other.as_bytes()), Err(WireError::Version(2)));
    }
    assert_eq!(Handshake::decode(br#"{"type":"proof","signature":"S","x":1}"#), Err(WireError::Malformed));
    assert_eq!(Handshake::decode(br#"{"type":"chat"}"#), Err(WireError::Malformed));
    let refused = br#"{"type":"refused","version":3,"reason":"a new one","x":1}"#;
    let Ok(Handshake::Refused(r)) = Handshake::decode(refused) else { panic!() };
    assert_eq!(r.refusal(), Refusal::Garbage);
}

#[test]
fn limits() {
    let decode = |m: Message| Message::decode(&m.encode()).map(|_| ());
    let chat = |n| Message::Chat { seq: 1, private: false, at: 0, text: "x".repeat(n) };
    assert_eq!(decode(chat(MAX_CHAT)), Ok(()));
    assert_eq!(decode(chat(MAX_CHAT + 1)), Err(WireError::Limit));
    assert_eq!(decode(chat(0)), Err(WireError::Limit));
    assert_eq!(decode(chat(MAX_MESSAGE)), Err(WireError::TooLarge));
    let text = |n| input(InputEvent::Text { text: "é".repeat(n) });
    assert_eq!(decode(text(MAX_INPUT_TEXT)), Ok(()));
    assert_eq!(decode(text(MAX_INPUT_TEXT + 1)), Err(WireError::Limit));
    let sharing = |change: fn(&mut Shared)| {
        let mut s = shared();
        change(&mut s);
        Message::Sharing { sharing: Some(s) }
    };
    assert_eq!(decode(sharing(|s| s.monitors = vec![s.monitors[0].clone(); MAX_MONITORS])), Ok(()));
    assert_eq!(decode(sharing(|s| s.programs = editors(MOST_SHARED))), Ok(()));
    let bad: [fn(&mut Shared); 10] = [
        |s| s.gone = Some("x".repeat(MAX_MONITOR_NAME + 1)),
        |s| s.programs = editors(MOST_SHARED + 1),
        |s| s.programs = vec![editor(); 2],
        |s| s.programs[0].place = Some(Area { x: 1, y: 1, width: 0, height: 1 }),
        |s| s.programs[0].title = "x".repeat(LONGEST_TITLE + 1),
        |s| s.programs[0].name = "two\nlines".into(),
        |s| s.programs[0].window = Some(7),
        |s| s.monitors = vec![s.monitors[0].clone(); MAX_MONITORS + 1],
        |s| s.monitors[0].name = "x".repeat(MAX_MONITOR_NAME + 1),
        |s| s.viewers = vec![ParticipantId(1); MAX_VIEWERS + 1],
    ];
    for change in bad {
        assert_eq!(decode(sharing(change)), Err(WireError::Limit));
    }
    let acts = |n| Message::Grants { acts: vec![Act::View; n], why: None, clipboard: Direction::Both };
    assert_eq!((decode(acts(MAX_ACTS)), decode(acts(MAX_ACTS + 1))), (Ok(()), Err(WireError::Limit)));
    let bad: [fn(&mut HandOver); 3] =
        [|w| w.from_key.push('k'), |w| w.to_key.clear(), |w| w.signature.push('s')];
    for change in bad {
        let mut word = word();
        change(&mut word);
        assert_eq!(decode(Message::HandOver { word }), Err(WireError::Limit));
    }
    let lead = |n, key: usize| {
        let watcher = Watcher { id: ParticipantId(3), key: "k".repeat(key) };
        Message::Lead(Lead { helped: None, watchers: vec![watcher; n], keeps_chat: true })
    };
    assert_eq!((decode(lead(MAX_VIEWERS, 43)), decode(lead(1, 42))), (Ok(()), Err(WireError::Limit)));
    assert_eq!(decode(lead(MAX_VIEWERS + 1, 43)), Err(WireError::Limit));
    let act = |n, s: usize| Message::Act { text: "x".repeat(n), signature: "s".repeat(s) };
    assert_eq!((decode(act(MAX_ENTRY, 86)), decode(act(1, 85))), (Ok(()), Err(WireError::Limit)));
    assert_eq!(decode(act(MAX_ENTRY + 1, 86)), Err(WireError::Limit));
    let seen =
        |s: usize| Message::ActAck { serial: 1, seen: Some(Seen { at: 1, signature: Some("s".repeat(s)) }) };
    assert_eq!((decode(seen(86)), decode(seen(87))), (Ok(()), Err(WireError::Limit)));
    let link = |n| Message::Invitation { secret: "S".into(), link: Some("x".repeat(n)) };
    assert_eq!((decode(link(512)), decode(link(513))), (Ok(()), Err(WireError::Limit)));
}

#[test]
fn limits_of_drawing() {
    let decode = |m: Message| Message::decode(&m.encode()).map(|_| ());
    let draw = |s: Stroke| decode(Message::Draw { draw: Draw::Stroke(s) });
    let text = |text: &str| {
        let pen = Pen { tool: Tool::Text, ..Pen::default() };
        Stroke { n: 1, pen, points: vec![(0, 0)], text: text.into() }
    };
    let with =
        |tool, n: usize| Stroke { pen: Pen { tool, ..Pen::default() }, ..stroke(vec![(u16::MAX, 9); n]) };
    let long = "é".repeat(MAX_TEXT);
    for good in
        [with(Tool::Pen, MAX_PART), with(Tool::Arrow, 2), with(Tool::Pointer, 1), text(&long), text("")]
    {
        assert_eq!(draw(good.clone()), Ok(()), "{good:?}");
    }
    let bad = [
        with(Tool::Pen, MAX_PART + 1),
        with(Tool::Pen, 0),
        with(Tool::Line, 1),
        with(Tool::Ellipse, 3),
        with(Tool::Pointer, 2),
        with(Tool::Eraser, 1),
        text(&format!("{long}x")),
        text("a\u{1b}[2J"),
        Stroke { text: "x".into(), ..with(Tool::Pen, 1) },
    ];
    for bad in bad {
        assert_eq!(draw(bad.clone()), Err(WireError::Limit), "{bad:?}");
    }
    let marks = |change: &dyn Fn(&mut Changes)| {
        let mut changes = Changes { gone: vec![], mark: Some(text_mark()), keep: 0 };
        change(&mut changes);
        decode(Message::Marks(changes))
    };
    let pen = |n: usize| Mark {
        text: String::new(),
        points: vec![(1, 1); n],
        pen: stroke(vec![]).pen,
        ..text_mark()
    };
    assert_eq!(marks(&|c| c.mark = Some(pen(MAX_POINTS))), Ok(()));
    assert_eq!(marks(&|c| c.mark = Some(pen(MAX_POINTS + 1))), Err(WireError::Limit));
    assert_eq!(marks(&|c| c.mark.as_mut().unwrap().name = "x".repeat(MAX_NAME + 1)), Err(WireError::Limit));
    assert_eq!(marks(&|c| c.gone = vec![1; MAX_MARKS + 1]), Err(WireError::Limit));
    assert_eq!(marks(&|c| c.keep = MAX_POINTS + 1), Err(WireError::Limit));
    for odd in [
        r#"{"type":"draw","draw":{"stroke":{"tool":"pen","colour":"pink","points":[[1,2]]}}}"#,
        r#"{"type":"draw","draw":{"stroke":{"tool":"pen","width":99,"points":[[1,2]]}}}"#,
        r#"{"type":"draw","draw":{"stroke":{"tool":"pen","points":[[1,70000]]}}}"#,
        r#"{"type":"draw","draw":{"stroke":{"tool":"pen","points":[[1,-2]]}}}"#,
        r#"{"type":"draw","draw":"everything"}"#,
    ] {
        assert_eq!(Message::decode(odd.as_bytes()), Err(WireError::Malformed), "{odd}");
    }
}

proptest! {
    #[test]
    fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (Message::decode(&bytes), Handshake::decode(&bytes), Moved::decode(&bytes));
    }

    #[test]
    fn almost_messages_never_panic(
        kind in "ask|act|acts|act_ack|draw|marks|hand_over|lead|invitation|grants|sharing|input|chat|clipboard|hello|reveal|wish|move",
        tail in "[\\[\\]{}\":,a-z0-9 _-]{0,80}",
    ) {
        let bytes = format!(r#"{{"type":"{kind}",{tail}}}"#).into_bytes();
        let _ = (Message::decode(&bytes), Handshake::decode(&bytes), Moved::decode(&bytes));
    }

    #[test]
    fn any_chat_there_and_back(seq: u64, private: bool, at: u64, text in "\\PC{1,100}") {
        let m = Message::Chat { seq, private, at, text };
        prop_assert_eq!(Message::decode(&m.encode()), Ok(m));
    }

    #[test]
    fn any_input_there_and_back(n: u64, at: Option<(u16, u16)>, x: u16, y: u16, c in "\\PC") {
        for event in [
            InputEvent::Move { x, y },
            InputEvent::Button { button: Button::Middle, down: true, x, y },
            InputEvent::Key { key: Key::Char(c.chars().next().unwrap_or('x')), down: false },
            InputEvent::Wheel { dx: x as i16, dy: y as i16 },
        ] {
            let m = Message::Input { n, at, event, area: 0 };
            prop_assert_eq!(Message::decode(&m.encode()), Ok(m));
        }
    }
}
