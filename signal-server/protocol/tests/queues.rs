//! Golden bytes, round trips and garbage for queues and desks.

use std::fmt::Debug;

use deskside_protocol::{
    QueueName, Role, SessionNumber,
    api::Code,
    desk::{AgentState, Desk, DeskAgent, DeskHello, DeskQueue, DeskSession, DeskWaiting, FromDesk},
    queues::{Enter, Entered, Queue, QueueSettings, Take},
    socket::FromServer,
};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, text: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), text);
    assert_eq!(&serde_json::from_str::<T>(text).unwrap(), value);
}

fn name() -> QueueName {
    "help-2".parse().unwrap()
}

#[test]
fn names() {
    for good in ["a", "help", "0-9", "-", &"x".repeat(32)] {
        assert_eq!(good.parse::<QueueName>().unwrap().to_string(), good);
    }
    for bad in ["", "Help", "a b", "a/b", "é", "a_b", "..", &"x".repeat(33)] {
        assert!(bad.parse::<QueueName>().is_err(), "{bad}");
        assert!(serde_json::from_str::<QueueName>(&format!("{bad:?}")).is_err(), "{bad}");
    }
}

#[test]
fn bodies_of_the_api() {
    let agents = vec!["Ana".into(), "Bob".into()];
    golden(
        &Queue { name: name(), title: "Help".into(), agents: agents.clone() },
        r#"{"name":"help-2","title":"Help","agents":["Ana","Bob"]}"#,
    );
    golden(&QueueSettings { title: "Help".into(), agents }, r#"{"title":"Help","agents":["Ana","Bob"]}"#);
    golden(&Enter { name: "Zoé".into() }, r#"{"name":"Zoé"}"#);
    assert_eq!(serde_json::from_str::<Enter>("{}").unwrap(), Enter { name: String::new() });
    golden(&Entered { ticket: "t".into() }, r#"{"ticket":"t"}"#);
    golden(&Take { claim: "c".into(), entry: None }, r#"{"claim":"c"}"#);
    golden(&Take { claim: "c".into(), entry: Some("e".into()) }, r#"{"claim":"c","entry":"e"}"#);
    for (code, text) in [
        (Code::NoSuchQueue, "no_such_queue"),
        (Code::NobodyWaits, "nobody_waits"),
        (Code::Taken, "taken"),
        (Code::NoSuchAccount, "no_such_account"),
    ] {
        golden(&code, &format!("{text:?}"));
    }
}

#[test]
fn messages() {
    golden(
        &FromServer::Waiting {
            queue: name(),
            title: "Help".into(),
            organisation: "O".into(),
            place: 1,
            waiting: 3,
        },
        r#"{"type":"waiting","queue":"help-2","title":"Help","organisation":"O","place":1,"waiting":3}"#,
    );
    golden(&DeskHello { version: 1, token: "t".into() }, r#"{"version":1,"token":"t"}"#);
    golden(&FromDesk::Refused { error: Code::NotSignedIn }, r#"{"type":"refused","error":"not_signed_in"}"#);
    golden(
        &FromDesk::Desk(Desk::default()),
        r#"{"type":"desk","agents":[],"queues":[],"transfers":[],"sessions":[]}"#,
    );
    assert_eq!(serde_json::from_str::<FromDesk>(r#"{"type":"dance"}"#).unwrap(), FromDesk::Unknown);
    let desk = Desk {
        agents: vec![DeskAgent { name: "Ana".into(), state: AgentState::Free }],
        queues: vec![DeskQueue {
            name: name(),
            title: "Help".into(),
            count: 1,
            waiting: vec![DeskWaiting { entry: "e".into(), name: "Zoé".into(), since: 1500, online: true }],
        }],
        transfers: vec![],
        sessions: vec![DeskSession {
            number: SessionNumber::new(123_456_789).unwrap(),
            customers: vec!["Max".into()],
            role: Role::Primary,
        }],
    };
    golden(
        &FromDesk::Desk(desk),
        concat!(
            r#"{"type":"desk","agents":[{"name":"Ana","state":"free"}],"queues":[{"name":"help-2","title":"Help","#,
            r#""count":1,"waiting":[{"entry":"e","name":"Zoé","since":1500,"online":true}]}],"transfers":[],"#,
            r#""sessions":[{"number":"123456789","customers":["Max"],"role":"primary"}]}"#
        ),
    );
    for (state, text) in [(AgentState::Free, "free"), (AgentState::Busy, "busy"), (AgentState::Away, "away")]
    {
        golden(&state, &format!("{text:?}"));
    }
    assert_eq!(serde_json::from_str::<AgentState>("\"dance\"").unwrap(), AgentState::Unknown);
}

fn decode_all(bytes: &[u8]) {
    _ = serde_json::from_slice::<Queue>(bytes);
    _ = serde_json::from_slice::<QueueSettings>(bytes);
    _ = serde_json::from_slice::<Enter>(bytes);
    _ = serde_json::from_slice::<Entered>(bytes);
    _ = serde_json::from_slice::<Take>(bytes);
    _ = serde_json::from_slice::<DeskHello>(bytes);
    _ = serde_json::from_slice::<FromDesk>(bytes);
    _ = serde_json::from_slice::<FromServer>(bytes);
}

fn desk() -> impl Strategy<Value = FromDesk> {
    let waiting = any::<(String, String, u64, bool)>().prop_map(|(entry, name, since, online)| DeskWaiting {
        entry,
        name,
        since,
        online,
    });
    let queue = ("[a-z0-9-]{1,32}", any::<String>(), any::<u32>(), proptest::collection::vec(waiting, 0..4))
        .prop_map(|(name, title, count, waiting)| DeskQueue {
            name: name.parse().unwrap(),
            title,
            count,
            waiting,
        });
    let state = prop_oneof![Just(AgentState::Free), Just(AgentState::Busy), Just(AgentState::Away)];
    let agent = (any::<String>(), state).prop_map(|(name, state)| DeskAgent { name, state });
    let session = (100_000_000u32..1_000_000_000, any::<Vec<String>>()).prop_map(|(number, customers)| {
        DeskSession { number: SessionNumber::new(number).unwrap(), customers, role: Role::Assistant }
    });
    (
        proptest::collection::vec(agent, 0..4),
        proptest::collection::vec(queue, 0..4),
        proptest::collection::vec(session, 0..4),
    )
        .prop_map(|(agents, queues, sessions)| {
            FromDesk::Desk(Desk { agents, queues, transfers: vec![], sessions })
        })
}

proptest! {
    #[test]
    fn desks_come_back_as_they_went(desk in desk(), at in any::<usize>(), byte in any::<u8>()) {
        let text = serde_json::to_string(&desk).unwrap();
        prop_assert_eq!(serde_json::from_str::<FromDesk>(&text).unwrap(), desk);
        let mut bytes = text.into_bytes();
        let at = at % bytes.len();
        decode_all(&bytes[..at]);
        bytes[at] = byte;
        decode_all(&bytes);
    }

    #[test]
    fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        decode_all(&bytes);
    }
}
