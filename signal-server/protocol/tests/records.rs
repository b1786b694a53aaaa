//! Golden bytes, round trips and garbage for records, notes and phrases.

use std::fmt::Debug;

use deskside_protocol::{
    ParticipantId, Role, SessionNumber,
    api::Code,
    records::{Notes, NotesSaved, Passed, Phrases, Said, SessionRecord, Transcript, Transferred, Visit},
    transfers::TransferTo,
};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, text: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), text);
    assert_eq!(&serde_json::from_str::<T>(text).unwrap(), value);
}

fn record() -> SessionRecord {
    let to = TransferTo::Queue("help".parse().unwrap());
    SessionRecord {
        number: SessionNumber::new(123_456_789).unwrap(),
        opened: 1,
        ended: Some(9),
        visits: vec![Visit {
            id: ParticipantId(1),
            role: Role::Primary,
            name: "Ana".into(),
            came: 2,
            left: Some(8),
        }],
        hand_overs: vec![Passed { at: 5, serial: 1, from: ParticipantId(1), to: ParticipantId(3) }],
        transfers: vec![Transferred {
            at: 4,
            from: ParticipantId(1),
            to,
            message: "m".into(),
            taken: Some(ParticipantId(3)),
        }],
    }
}

#[test]
fn records() {
    golden(
        &record(),
        concat!(
            r#"{"number":"123456789","opened":1,"ended":9,"#,
            r#""visits":[{"id":1,"role":"primary","name":"Ana","came":2,"left":8}],"#,
            r#""hand_overs":[{"at":5,"serial":1,"from":1,"to":3}],"#,
            r#""transfers":[{"at":4,"from":1,"to":{"queue":"help"},"message":"m","taken":3}]}"#
        ),
    );
    let mut running = record();
    running.ended = None;
    running.visits[0].left = None;
    running.transfers[0].taken = None;
    golden(
        &running,
        concat!(
            r#"{"number":"123456789","opened":1,"#,
            r#""visits":[{"id":1,"role":"primary","name":"Ana","came":2}],"#,
            r#""hand_overs":[{"at":5,"serial":1,"from":1,"to":3}],"#,
            r#""transfers":[{"at":4,"from":1,"to":{"queue":"help"},"message":"m"}]}"#
        ),
    );
}

fn said(text: String) -> Said {
    Said { at: 7, from: ParticipantId(2), name: "Zoe".into(), text }
}

#[test]
fn notes_chats_and_phrases() {
    golden(&Notes { version: 3, text: "é".into() }, r#"{"version":3,"text":"é"}"#);
    golden(&NotesSaved { version: 3 }, r#"{"version":3}"#);
    golden(&Phrases { phrases: vec!["Hello!".into()] }, r#"{"phrases":["Hello!"]}"#);
    golden(
        &Transcript { lines: vec![said("é".into())] },
        r#"{"lines":[{"at":7,"from":2,"name":"Zoe","text":"é"}]}"#,
    );
    golden(&Code::Outdated, r#""outdated""#);
}

fn decode_all(bytes: &[u8]) {
    _ = serde_json::from_slice::<SessionRecord>(bytes);
    _ = serde_json::from_slice::<Notes>(bytes);
    _ = serde_json::from_slice::<NotesSaved>(bytes);
    _ = serde_json::from_slice::<Phrases>(bytes);
    _ = serde_json::from_slice::<Transcript>(bytes);
}

proptest! {
    #[test]
    fn they_come_back_as_they_went(
        names in any::<Vec<(String, u64, Option<u64>)>>(), text in any::<String>(), phrases in any::<Vec<String>>(),
        at in any::<usize>(), byte in any::<u8>(),
    ) {
        let visit = |(name, came, left)| Visit { id: ParticipantId(2), role: Role::Customer, name, came, left };
        let record = SessionRecord { visits: names.into_iter().map(visit).collect(), ..record() };
        let chat = Transcript { lines: phrases.iter().cloned().map(said).collect() };
        let (notes, phrases) = (Notes { version: 7, text }, Phrases { phrases });
        let texts = [serde_json::to_string(&record).unwrap(), serde_json::to_string(&notes).unwrap(), serde_json::to_string(&phrases).unwrap(), serde_json::to_string(&chat).unwrap()];
        prop_assert_eq!(serde_json::from_str::<SessionRecord>(&texts[0]).unwrap(), record);
        prop_assert_eq!(serde_json::from_str::<Notes>(&texts[1]).unwrap(), notes);
        prop_assert_eq!(serde_json::from_str::<Phrases>(&texts[2]).unwrap(), phrases);
        prop_assert_eq!(serde_json::from_str::<Transcript>(&texts[3]).unwrap(), chat);
        for text in texts {
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
