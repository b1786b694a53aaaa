//! Golden bytes, round trips and garbage for every message.

use std::fmt::Debug;

use deskside_protocol::{
    HandOver, MOST_HAND_OVERS, ParticipantId, Role, SessionNumber, VERSION,
    api::{
        AccountMade, Assist, Code, Entry, Failure, IceServer, Info, Join, Joined, NewAccount, SessionOpened,
        Setup, SignIn, SignedIn,
    },
    socket::{EndReason, Envelope, FromServer, Hello, MAX_MESSAGE, Signal, ToServer, relayed_signal},
};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, text: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), text);
    assert_eq!(&serde_json::from_str::<T>(text).unwrap(), value);
}

fn number() -> SessionNumber {
    SessionNumber::new(123_456_789).unwrap()
}

fn entry() -> Entry {
    Entry {
        id: ParticipantId(2),
        role: Role::Customer,
        name: "Zoé".into(),
        key: "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI".into(),
        online: true,
    }
}

const WORD: &str = concat!(
    r#"{"serial":1,"from":1,"from_key":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE","#,
    r#""to":2,"to_key":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI","signature":"c2ln"}"#
);

fn word() -> HandOver {
    HandOver {
        serial: 1,
        from: ParticipantId(1),
        from_key: "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE".into(),
        to: ParticipantId(2),
        to_key: entry().key,
        signature: "c2ln".into(),
    }
}

#[test]
fn what_a_hand_over_signs() {
    let expected = [
        &b"deskside 2026 hand over 1\n"[..],
        &[0x07, 0x5b, 0xcd, 0x15, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 43],
        b"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
        &[0, 0, 0, 43],
        b"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI",
    ]
    .concat();
    assert_eq!(word().signed_bytes(number()), expected);
}

/// A welcome with the most words and the largest roster is a message that peers take.
#[test]
fn the_largest_welcome_fits() {
    let long = "\u{1f600}".repeat(64);
    let entry = Entry { id: ParticipantId(u32::MAX), name: long.clone(), ..entry() };
    let signature = "A".repeat(86);
    let id = ParticipantId(u32::MAX);
    let word = HandOver { serial: u32::MAX, from: id, to: id, signature, ..word() };
    let welcome = FromServer::Welcome {
        version: u32::MAX,
        you: id,
        number: number(),
        organisation: long,
        roster: vec![entry; 64],
        ice: vec![],
        hand_overs: vec![word; MOST_HAND_OVERS],
        keeps_chat: true,
    };
    let size = serde_json::to_string(&welcome).unwrap().len();
    assert!(size <= MAX_MESSAGE - 4096, "{size}");
}

#[test]
fn the_version_is_part_of_the_wire() {
    assert_eq!(VERSION, 1);
}

#[test]
fn bodies_of_the_api() {
    golden(
        &Setup { token: "t".into(), name: "Alice".into(), password: "p".into() },
        r#"{"token":"t","name":"Alice","password":"p"}"#,
    );
    golden(&SignIn { name: "Alice".into(), password: "p".into() }, r#"{"name":"Alice","password":"p"}"#);
    golden(
        &SignedIn { token: "t".into(), expires_in: 43_200, name: "Alice".into() },
        r#"{"token":"t","expires_in":43200,"name":"Alice"}"#,
    );
    golden(&NewAccount { name: "Bob".into(), password: "p".into() }, r#"{"name":"Bob","password":"p"}"#);
    golden(&AccountMade { name: "Bob".into() }, r#"{"name":"Bob"}"#);
    golden(
        &SessionOpened {
            number: number(),
            ticket: "t".into(),
            join_url: "https://h/join/123456789".into(),
            number_lives: 600,
        },
        r#"{"number":"123456789","ticket":"t","join_url":"https://h/join/123456789","number_lives":600}"#,
    );
    golden(&Join { number: number(), name: "Zoé".into() }, r#"{"number":"123456789","name":"Zoé"}"#);
    let nameless: Join = serde_json::from_str(r#"{"number":"123 456-789","later":1}"#).unwrap();
    assert_eq!(nameless, Join { number: number(), name: String::new() });
    golden(&Assist { number: number() }, r#"{"number":"123456789"}"#);
    golden(&Joined { number: number(), ticket: "t".into() }, r#"{"number":"123456789","ticket":"t"}"#);
    golden(
        &Info { organisation: "O".into(), version: "0.1.0".into(), protocol: 1 },
        r#"{"organisation":"O","version":"0.1.0","protocol":1}"#,
    );
}

#[test]
fn failures() {
    golden(&Failure { error: Code::NoSuchSession, retry_after: None }, r#"{"error":"no_such_session"}"#);
    golden(
        &Failure { error: Code::TooManyTries, retry_after: Some(6) },
        r#"{"error":"too_many_tries","retry_after":6}"#,
    );
    for (code, text) in [
        (Code::BadRequest, "bad_request"),
        (Code::NotSignedIn, "not_signed_in"),
        (Code::NoSuchSession, "no_such_session"),
        (Code::QueueFull, "queue_full"),
        (Code::TooManyTries, "too_many_tries"),
        (Code::SetupClosed, "setup_closed"),
        (Code::WeakAccount, "weak_account"),
        (Code::Version, "version"),
        (Code::TooLarge, "too_large"),
        (Code::Replaced, "replaced"),
        (Code::NotAllowed, "not_allowed"),
        (Code::Unavailable, "unavailable"),
        (Code::Other, "other"),
    ] {
        golden(&code, &format!("{text:?}"));
    }
    assert_eq!(serde_json::from_str::<Code>("\"of_a_later_server\"").unwrap(), Code::Other);
}

#[test]
fn messages_of_participants() {
    golden(
        &Hello { version: 1, ticket: "t".into(), key: "k".into(), name: "Zoé".into() },
        r#"{"version":1,"ticket":"t","key":"k","name":"Zoé"}"#,
    );
    golden(
        &ToServer::Signal { to: ParticipantId(2), body: Signal::Offer { sdp: "v=0\r\n".into() } },
        r#"{"type":"signal","to":2,"body":{"kind":"offer","sdp":"v=0\r\n"}}"#,
    );
    golden(&ToServer::Leave, r#"{"type":"leave"}"#);
    golden(&ToServer::End, r#"{"type":"end"}"#);
    golden(&ToServer::HandOver { word: word() }, &format!(r#"{{"type":"hand_over","word":{WORD}}}"#));
    assert_eq!(serde_json::from_str::<ToServer>(r#"{"type":"dance","x":1}"#).unwrap(), ToServer::Unknown);
}

#[test]
fn signals() {
    golden(&Signal::Offer { sdp: "v=0".into() }, r#"{"kind":"offer","sdp":"v=0"}"#);
    golden(&Signal::Answer { sdp: "v=0".into() }, r#"{"kind":"answer","sdp":"v=0"}"#);
    golden(
        &Signal::Candidate { candidate: "c".into(), mid: Some("0".into()), mline: Some(0) },
        r#"{"kind":"candidate","candidate":"c","mid":"0","mline":0}"#,
    );
    let short: Signal = serde_json::from_str(r#"{"kind":"candidate","candidate":""}"#).unwrap();
    assert_eq!(short, Signal::Candidate { candidate: String::new(), mid: None, mline: None });
    golden(&Signal::Renew, r#"{"kind":"renew"}"#);
    assert_eq!(serde_json::from_str::<Signal>(r#"{"kind":"dance"}"#).unwrap(), Signal::Unknown);
}

#[test]
fn messages_of_the_server() {
    let server =
        IceServer { urls: vec!["stun:h:3478".into()], username: String::new(), credential: String::new() };
    golden(
        &FromServer::Welcome {
            version: 1,
            you: ParticipantId(2),
            number: number(),
            organisation: "O".into(),
            roster: vec![entry()],
            ice: vec![server],
            hand_overs: vec![],
            keeps_chat: false,
        },
        concat!(
            r#"{"type":"welcome","version":1,"you":2,"number":"123456789","organisation":"O","roster":[{"id":2,"#,
            r#""role":"customer","name":"Zoé","key":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI","online":true}],"#,
            r#""ice":[{"urls":["stun:h:3478"]}]}"#
        ),
    );
    golden(
        &IceServer { urls: vec!["turn:h".into()], username: "u".into(), credential: "c".into() },
        r#"{"urls":["turn:h"],"username":"u","credential":"c"}"#,
    );
    golden(&FromServer::Refused { error: Code::Version }, r#"{"type":"refused","error":"version"}"#);
    golden(&FromServer::Roster { roster: vec![] }, r#"{"type":"roster","roster":[]}"#);
    golden(
        &FromServer::Signal { from: ParticipantId(1), body: Signal::Renew },
        r#"{"type":"signal","from":1,"body":{"kind":"renew"}}"#,
    );
    golden(&FromServer::HandOver { word: word() }, &format!(r#"{{"type":"hand_over","word":{WORD}}}"#));
    golden(
        &FromServer::Welcome {
            version: 1,
            you: ParticipantId(2),
            number: number(),
            organisation: "O".into(),
            roster: vec![],
            ice: vec![],
            hand_overs: vec![word()],
            keeps_chat: true,
        },
        &format!(
            r#"{{"type":"welcome","version":1,"you":2,"number":"123456789","organisation":"O","roster":[],"ice":[],"hand_overs":[{WORD}],"keeps_chat":true}}"#
        ),
    );
    golden(&FromServer::Ended { reason: EndReason::Agent }, r#"{"type":"ended","reason":"agent"}"#);
    golden(&FromServer::Ended { reason: EndReason::Expired }, r#"{"type":"ended","reason":"expired"}"#);
    assert_eq!(serde_json::from_str::<FromServer>(r#"{"type":"dance"}"#).unwrap(), FromServer::Unknown);
    assert_eq!(serde_json::from_str::<EndReason>("\"dance\"").unwrap(), EndReason::Other);
    for (role, text) in
        [(Role::Primary, "primary"), (Role::Assistant, "assistant"), (Role::Customer, "customer")]
    {
        golden(&role, &format!("{text:?}"));
    }
}

#[test]
fn numbers_as_people_write_them() {
    for text in ["123456789", "123 456 789", " 123-456-789 ", "123.456.789", "123\u{a0}456\u{202f}789"] {
        assert_eq!(text.parse(), Ok(number()), "{text}");
    }
    for text in ["", "12345678", "1234567890", "012345678", "12345678a", "１２３456789", "-", "123456789#"]
    {
        assert!(text.parse::<SessionNumber>().is_err(), "{text}");
    }
    assert_eq!(number().to_string(), "123 456 789");
    assert!(serde_json::from_str::<SessionNumber>("123456789").is_err(), "numbers travel as text");
}

#[test]
fn a_relayed_body_is_not_read() {
    let text = r#"{"type":"signal","to":7,"body": {"kind" : "later", "n":1e3} ,"x":[]}"#;
    let envelope: Envelope<'_> = serde_json::from_str(text).unwrap();
    assert_eq!((envelope.kind.as_ref(), envelope.to()), ("signal", Some(ParticipantId(7))));
    let relayed = relayed_signal(ParticipantId(4), envelope.body.unwrap());
    assert_eq!(relayed, r#"{"type":"signal","from":4,"body":{"kind" : "later", "n":1e3}}"#);
}

fn code() -> impl Strategy<Value = Code> {
    prop_oneof![
        Just(Code::BadRequest),
        Just(Code::NoSuchSession),
        Just(Code::TooManyTries),
        Just(Code::Version),
        Just(Code::Replaced),
        Just(Code::Unavailable),
    ]
}

fn signal() -> impl Strategy<Value = Signal> {
    prop_oneof![
        any::<String>().prop_map(|sdp| Signal::Offer { sdp }),
        any::<String>().prop_map(|sdp| Signal::Answer { sdp }),
        (any::<String>(), any::<Option<String>>(), any::<Option<u16>>())
            .prop_map(|(candidate, mid, mline)| Signal::Candidate { candidate, mid, mline }),
        Just(Signal::Renew),
    ]
}

fn roster() -> impl Strategy<Value = Vec<Entry>> {
    let role = prop_oneof![Just(Role::Primary), Just(Role::Assistant), Just(Role::Customer)];
    let entry = (any::<u32>(), role, any::<String>(), any::<String>(), any::<bool>())
        .prop_map(|(id, role, name, key, online)| Entry { id: ParticipantId(id), role, name, key, online });
    proptest::collection::vec(entry, 0..9)
}

fn from_server() -> impl Strategy<Value = FromServer> {
    let ice = (proptest::collection::vec(any::<String>(), 0..3), any::<String>(), any::<String>())
        .prop_map(|(urls, username, credential)| IceServer { urls, username, credential });
    let welcome = (
        any::<(u32, u32, String)>(),
        100_000_000u32..1_000_000_000,
        roster(),
        proptest::collection::vec(ice, 0..3),
        proptest::collection::vec(hand_over(), 0..3),
    )
        .prop_map(|((version, you, organisation), number, roster, ice, hand_overs)| {
            FromServer::Welcome {
                version,
                you: ParticipantId(you),
                number: SessionNumber::new(number).unwrap(),
                organisation,
                roster,
                ice,
                hand_overs,
                keeps_chat: true,
            }
        });
    prop_oneof![
        hand_over().prop_map(|word| FromServer::HandOver { word }),
        welcome,
        code().prop_map(|error| FromServer::Refused { error }),
        roster().prop_map(|roster| FromServer::Roster { roster }),
        (any::<u32>(), signal())
            .prop_map(|(from, body)| FromServer::Signal { from: ParticipantId(from), body }),
        prop_oneof![Just(EndReason::Agent), Just(EndReason::Expired)]
            .prop_map(|reason| FromServer::Ended { reason }),
    ]
}

fn hand_over() -> impl Strategy<Value = HandOver> {
    any::<(u32, u32, String, u32, String, String)>().prop_map(
        |(serial, from, from_key, to, to_key, signature)| HandOver {
            serial,
            from: ParticipantId(from),
            from_key,
            to: ParticipantId(to),
            to_key,
            signature,
        },
    )
}

fn to_server() -> impl Strategy<Value = ToServer> {
    prop_oneof![
        hand_over().prop_map(|word| ToServer::HandOver { word }),
        (any::<u32>(), signal()).prop_map(|(to, body)| ToServer::Signal { to: ParticipantId(to), body }),
        Just(ToServer::Leave),
        Just(ToServer::End),
    ]
}

fn back<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

/// Text that looks a little like our messages.
fn almost() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("[".to_owned()),
        Just("\"".to_owned()),
        Just(":".to_owned()),
        Just(",".to_owned()),
        Just("\"type\":\"signal\"".to_owned()),
        Just("\"type\":\"roster\"".to_owned()),
        Just("\"type\":\"welcome\"".to_owned()),
        Just("\"type\":\"hand_over\"".to_owned()),
        Just("\"kind\":\"candidate\"".to_owned()),
        Just("\"body\":".to_owned()),
        Just("\"to\":-1".to_owned()),
        Just("1e999".to_owned()),
        Just("\"\\ud800\"".to_owned()),
        "[a-z0-9\"{}:,]{0,8}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn decode_all(bytes: &[u8]) {
    _ = serde_json::from_slice::<Setup>(bytes);
    _ = serde_json::from_slice::<SignIn>(bytes);
    _ = serde_json::from_slice::<NewAccount>(bytes);
    _ = serde_json::from_slice::<Join>(bytes);
    _ = serde_json::from_slice::<Joined>(bytes);
    _ = serde_json::from_slice::<Assist>(bytes);
    _ = serde_json::from_slice::<HandOver>(bytes);
    _ = serde_json::from_slice::<SessionOpened>(bytes);
    _ = serde_json::from_slice::<SignedIn>(bytes);
    _ = serde_json::from_slice::<Info>(bytes);
    _ = serde_json::from_slice::<Failure>(bytes);
    _ = serde_json::from_slice::<Hello>(bytes);
    _ = serde_json::from_slice::<ToServer>(bytes);
    _ = serde_json::from_slice::<FromServer>(bytes);
    _ = serde_json::from_slice::<Envelope<'_>>(bytes);
}

proptest! {
    #[test]
    fn messages_come_back_as_they_went(out in from_server(), to in to_server()) {
        prop_assert_eq!(back(&out), out);
        prop_assert_eq!(back(&to), to.clone());
        if let ToServer::Signal { to: id, body } = to {
            // What the server makes of it unread is what the type says.
            let text = serde_json::to_string(&ToServer::Signal { to: id, body: body.clone() }).unwrap();
            let envelope: Envelope<'_> = serde_json::from_str(&text).unwrap();
            let relayed: FromServer = serde_json::from_str(&relayed_signal(id, envelope.body.unwrap())).unwrap();
            prop_assert_eq!(relayed, FromServer::Signal { from: id, body });
        }
    }

    #[test]
    fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400), text in almost()) {
        decode_all(&bytes);
        decode_all(text.as_bytes());
    }

    #[test]
    fn damaged_messages_never_panic(out in from_server(), to in to_server(), at in any::<usize>(), byte in any::<u8>()) {
        for text in [serde_json::to_string(&out).unwrap(), serde_json::to_string(&to).unwrap()] {
            let mut bytes = text.into_bytes();
            let at = at % bytes.len();
            decode_all(&bytes[..at]);
            bytes[at] = byte;
            decode_all(&bytes);
        }
    }

    #[test]
    fn any_text_is_a_number_or_not(text in any::<String>()) {
        if let Ok(number) = text.parse::<SessionNumber>() {
            prop_assert_eq!(number.to_string().parse(), Ok(number));
        }
    }
}

#[test]
fn deep_messages_never_overflow() {
    for open in ["[", "{\"type\":\"signal\",\"body\":", "{\"a\":"] {
        decode_all(open.repeat(60_000 / open.len()).as_bytes());
    }
}
