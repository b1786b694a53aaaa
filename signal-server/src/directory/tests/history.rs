//! What a record tells of a session that is over.

use super::*;

fn past(outputs: &Outputs) -> Option<&PastRecord> {
    outputs.iter().find_map(|o| match o {
        Output::Past(record) => Some(record),
        _ => None,
    })
}

fn visits(record: &PastRecord) -> Vec<(u32, u64, Option<u64>)> {
    record.history.visits.iter().map(|v| (v.id.0, v.came, v.left)).collect()
}

#[test]
fn it_tells_who_came_and_left_when() {
    let mut d = opened();
    connect(&mut d, 10, 1, 1).unwrap();
    d.join(20, number(NUMBER), "Bob", ticket(2)).unwrap();
    connect(&mut d, 30, 2, 2).unwrap();
    // A short loss is not told.
    d.disconnect(40, LinkId(2));
    connect(&mut d, 50, 3, 2).unwrap();
    let bob = agent("bob", "Bob Roy");
    d.assist(60, number(NUMBER), bob, ticket(4)).unwrap();
    assert!(d.running("bob").is_empty(), "has a ticket and never came");
    connect(&mut d, 70, 4, 4).unwrap();
    let [running] = d.running("bob").try_into().unwrap();
    assert_eq!((running.opened, running.ended, running.visits.len()), (0, None, 3));
    assert_eq!((d.opened(number(NUMBER), "bob"), d.opened(number(NUMBER), "cem")), (Some(0), None));
    assert!(past(&d.leave(80, LinkId(3))).is_none());
    let out = d.end(90, LinkId(1));
    let record = past(&out).unwrap();
    assert_eq!(visits(record), [(1, 10, Some(90)), (2, 30, Some(80)), (3, 70, Some(90))]);
    assert_eq!(
        (record.opened, record.ended, record.history.accounts.as_slice()),
        (0, 90, &["alice".to_owned(), "bob".into()][..])
    );
    assert!(d.running("alice").is_empty());
}

#[test]
fn the_last_who_leaves_is_in_it_and_nobody_makes_none() {
    let mut d = running();
    d.leave(5, LinkId(1));
    let out = d.leave(7, LinkId(2));
    assert_eq!(visits(past(&out).unwrap()), [(1, 0, Some(5)), (2, 0, Some(7))]);
    let mut d = opened();
    let out = d.tick(600_000);
    assert!(
        past(&out).is_none() && out.contains(&Output::Forget(number(NUMBER), 0)),
        "nobody was ever there"
    );
}

#[test]
fn it_tells_of_transfers_and_outlasts_a_restart() {
    let mut d = running();
    let to = Target::Agents(vec![Serving { account: "bob".into(), name: "Bob Roy".into() }]);
    d.transfer(10, LinkId(1), to, "Printers.", "t").0.unwrap();
    d.take_transfer(20, "t", agent("bob", "Bob Roy"), ticket(9)).unwrap();
    let json = serde_json::to_string(&d.sessions[&number(NUMBER)].record()).unwrap();
    let mut d = Directory::restore(RULES, 30, with_sessions(vec![serde_json::from_str(&json).unwrap()]));
    connect(&mut d, 40, 1, 1).unwrap();
    let out = d.end(50, LinkId(1));
    let record = past(&out).unwrap();
    assert_eq!(visits(record), [(1, 0, Some(50)), (2, 0, Some(50))]);
    let [transfer] = record.history.transfers.as_slice() else { panic!() };
    assert_eq!(
        (transfer.at, transfer.message.as_str(), transfer.taken),
        (10, "Printers.", Some(ParticipantId(3)))
    );
}

/// Records of before had no history, transfer, or account of a participant.
#[test]
fn older_records_are_read() {
    let old = r#"{"number":"123456789","account":"alice","opened":5,"joined":true,"next_id":3,"participants":[
        {"id":1,"role":"primary","name":"Alice","key":null,"ticket":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}]}"#;
    let record: SessionRecord = serde_json::from_str(old).unwrap();
    let mut d = Directory::restore(RULES, 10, with_sessions(vec![record]));
    connect(&mut d, 20, 1, 1).unwrap();
    let out = d.end(30, LinkId(1));
    assert_eq!(past(&out).unwrap().history.accounts, ["alice"]);
}
