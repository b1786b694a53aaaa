//! Golden bytes, round trips and garbage for transfers.

use std::fmt::Debug;

use deskside_protocol::{
    ParticipantId, SessionNumber,
    socket::{Envelope, FromServer, ToServer},
    transfers::{Refused, Returned, TakeTransfer, TransferOffer, TransferState, TransferTo},
};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, text: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), text);
    assert_eq!(&serde_json::from_str::<T>(text).unwrap(), value);
}

#[test]
fn messages_of_the_agent() {
    golden(
        &ToServer::Transfer { to: TransferTo::Queue("help".parse().unwrap()), message: "m".into() },
        r#"{"type":"transfer","to":{"queue":"help"},"message":"m"}"#,
    );
    golden(
        &ToServer::Transfer { to: TransferTo::Agents(vec!["Bob".into()]), message: String::new() },
        r#"{"type":"transfer","to":{"agents":["Bob"]},"message":""}"#,
    );
    golden(&ToServer::TransferWithdraw, r#"{"type":"transfer_withdraw"}"#);
    golden(&TakeTransfer { claim: "c".into() }, r#"{"claim":"c"}"#);
    // The server looks at the type first.
    let text = r#"{"type":"transfer","to":{"queue":"help"},"message":"m"}"#;
    let envelope: Envelope<'_> = serde_json::from_str(text).unwrap();
    assert_eq!((envelope.kind.as_ref(), envelope.to()), ("transfer", None));
    let unknown = serde_json::from_str::<ToServer>(r#"{"type":"transfer","to":{"moon":1},"message":""}"#);
    assert!(unknown.is_err());
}

#[test]
fn states() {
    let id = || "t".to_owned();
    for (state, text) in [
        (TransferState::Offered { id: id() }, r#""state":"offered","id":"t""#),
        (
            TransferState::Taken { id: id(), participant: ParticipantId(3) },
            r#""state":"taken","id":"t","participant":3"#,
        ),
        (
            TransferState::Returned { id: id(), why: Returned::Time },
            r#""state":"returned","id":"t","why":"time""#,
        ),
        (
            TransferState::Returned { id: id(), why: Returned::Withdrawn },
            r#""state":"returned","id":"t","why":"withdrawn""#,
        ),
        (
            TransferState::Returned { id: id(), why: Returned::Gone },
            r#""state":"returned","id":"t","why":"gone""#,
        ),
        (TransferState::Refused { why: Refused::NotPrimary }, r#""state":"refused","why":"not_primary""#),
        (TransferState::Refused { why: Refused::UnderWay }, r#""state":"refused","why":"under_way""#),
        (TransferState::Refused { why: Refused::NoSuchQueue }, r#""state":"refused","why":"no_such_queue""#),
        (TransferState::Refused { why: Refused::NoSuchAgent }, r#""state":"refused","why":"no_such_agent""#),
        (TransferState::Refused { why: Refused::Message }, r#""state":"refused","why":"message""#),
    ] {
        golden(&FromServer::TransferState(state), &format!(r#"{{"type":"transfer_state",{text}}}"#));
    }
    let later = serde_json::from_str::<FromServer>(r#"{"type":"transfer_state","state":"dances","id":"t"}"#);
    assert_eq!(later.unwrap(), FromServer::TransferState(TransferState::Unknown));
    assert_eq!(serde_json::from_str::<Returned>("\"dance\"").unwrap(), Returned::Other);
    assert_eq!(serde_json::from_str::<Refused>("\"dance\"").unwrap(), Refused::Other);
}

#[test]
fn offers() {
    let offer = TransferOffer {
        id: "t".into(),
        number: SessionNumber::new(123_456_789).unwrap(),
        from: "Ana".into(),
        customers: vec!["Zoé".into()],
        message: "m".into(),
        since: 1500,
        queue: None,
    };
    let start =
        r#"{"id":"t","number":"123456789","from":"Ana","customers":["Zoé"],"message":"m","since":1500"#;
    golden(&offer, &format!("{start}}}"));
    let queued = TransferOffer { queue: Some("help".parse().unwrap()), ..offer };
    golden(&queued, &format!(r#"{start},"queue":"help"}}"#));
}

fn decode_all(bytes: &[u8]) {
    _ = serde_json::from_slice::<ToServer>(bytes);
    _ = serde_json::from_slice::<FromServer>(bytes);
    _ = serde_json::from_slice::<TransferOffer>(bytes);
    _ = serde_json::from_slice::<TakeTransfer>(bytes);
}

proptest! {
    #[test]
    fn transfers_come_back_as_they_went(
        agents in any::<Vec<String>>(), message in any::<String>(), id in any::<String>(), participant in any::<u32>(),
        at in any::<usize>(), byte in any::<u8>(),
    ) {
        let to = ToServer::Transfer { to: TransferTo::Agents(agents), message };
        let text = serde_json::to_string(&to).unwrap();
        prop_assert_eq!(serde_json::from_str::<ToServer>(&text).unwrap(), to);
        let state = TransferState::Taken { id, participant: ParticipantId(participant) };
        let from = FromServer::TransferState(state);
        let other = serde_json::to_string(&from).unwrap();
        prop_assert_eq!(serde_json::from_str::<FromServer>(&other).unwrap(), from);
        for text in [text, other] {
            let mut bytes = text.into_bytes();
            let at = at % bytes.len();
            decode_all(&bytes[..at]);
            bytes[at] = byte;
            decode_all(&bytes);
        }
    }

    #[test]
    fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        decode_all(&bytes);
    }
}
