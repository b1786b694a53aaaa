//! Rules of transfers: who may offer, who may take, and how each ends.

use deskside_protocol::transfers::{LONGEST_MESSAGE, Refused, Returned, TransferState};

use super::*;

const BOB: Agent<'static> = Agent { account: "bob", name: "Bob" };
const CEM: Agent<'static> = Agent { account: "cem", name: "Cem" };

fn to_bob() -> Target {
    Target::Agents(vec![Serving { account: "bob".into(), name: "Bob".into() }])
}

fn to_help() -> Target {
    Target::Queue("help".parse().unwrap())
}

/// Alice on link 1 with a customer on link 2, and a queue that Bob serves.
fn with_queue() -> Directory {
    let mut d = running();
    let agents = vec![Serving { account: "bob".into(), name: "Bob".into() }];
    let record = QueueRecord { name: "help".parse().unwrap(), title: "Help".into(), agents };
    d.set_queue(record, true).unwrap();
    d
}

fn states(outputs: &Outputs) -> Vec<(u64, TransferState)> {
    let state = |o: &Output| match o {
        Output::Send(link, FromServer::TransferState(state)) => Some((link.0, state.clone())),
        _ => None,
    };
    outputs.iter().filter_map(state).collect()
}

fn offer(d: &mut Directory, to: Target) {
    let (offered, out) = d.transfer(1000, LinkId(1), to, "He needs\nsomebody  for printers.", "t1");
    assert_eq!((offered, out.len()), (Some(number(NUMBER)), 1), "nothing is told before it is saved");
    let offered = TransferState::Offered { id: "t1".into() };
    assert_eq!(states(&d.tell_transfer(number(NUMBER))), [(1, offered)]);
}

fn returned(why: Returned) -> (u64, TransferState) {
    (1, TransferState::Returned { id: "t1".into(), why })
}

#[test]
fn it_is_shown_to_those_who_may_take_it() {
    for (to, queue) in [(to_bob(), None), (to_help(), Some("help".parse().unwrap()))] {
        let mut d = with_queue();
        offer(&mut d, to);
        let [shown] = d.desk(4000, "bob", 9).transfers.try_into().unwrap();
        assert_eq!((shown.id.as_str(), shown.number, shown.from.as_str()), ("t1", number(NUMBER), "Alice"));
        assert_eq!((shown.customers.as_slice(), shown.since), (&["Bob".to_owned()][..], 3000));
        assert_eq!((shown.message.as_str(), shown.queue), ("He needs somebody for printers.", queue));
        assert!(d.desk(4000, "alice", 9).transfers.is_empty());
        assert!(d.desk(4000, "cem", 9).transfers.is_empty());
    }
}

#[test]
fn the_first_takes_it_once() {
    let mut d = with_queue();
    offer(&mut d, to_help());
    assert_eq!(d.take_transfer(0, "t1", CEM, ticket(50)), Err(NotTaken::NotServed));
    let alice = Agent { account: "alice", name: "Alice" };
    assert_eq!(d.take_transfer(0, "t1", alice, ticket(50)), Err(NotTaken::NotServed), "not from oneself");
    assert_eq!(d.take_transfer(0, "other", BOB, ticket(50)), Err(NotTaken::Gone));
    let before = Box::new(d.sessions[&number(NUMBER)].record());
    let (taken, out) = d.take_transfer(0, "t1", BOB, ticket(51)).unwrap();
    assert_eq!(taken, number(NUMBER));
    let [Output::TakeTransfer { before: expected, after, claim }] = out.as_slice() else { panic!("{out:?}") };
    assert_eq!((expected, after.participants.len()), (&before, 3));
    let again = d.take_transfer(0, "t1", BOB, ticket(51)).unwrap();
    assert_eq!(again, (taken, vec![Output::Confirm(claim.clone())]));
    assert_eq!(
        d.take_transfer(0, "t1", BOB, ticket(52)),
        Err(NotTaken::Gone),
        "another act of the same agent"
    );
    let state = TransferState::Taken { id: "t1".into(), participant: ParticipantId(3) };
    assert_eq!(states(&d.tell_transfer(taken)), [(1, state.clone())]);
    assert!(d.desk(0, "bob", 9).transfers.is_empty());
    // Who transfers was away for a moment: it is told again, also after a restart.
    let (_, out) = connect(&mut d, 1, 7, 1).unwrap();
    assert_eq!(states(&out), [(7, state.clone())]);
    let record = d.sessions[&number(NUMBER)].record();
    let mut d = Directory::restore(RULES, 0, with_sessions(vec![record]));
    assert_eq!(states(&connect(&mut d, 1, 7, 1).unwrap().1), [(7, state)]);
    let (seated, _) = connect(&mut d, 1, 8, 51).unwrap();
    assert_eq!((seated.you.0, seated.roster[2].role), (3, Role::Assistant));
}

#[test]
fn what_cannot_be_offered_is_refused() {
    let mut d = with_queue();
    let mut refused = |link, to, message: &str| {
        let (offered, out) = d.transfer(0, LinkId(link), to, message, "t");
        assert_eq!(offered, None);
        match states(&out).as_slice() {
            [(to, TransferState::Refused { why })] if *to == link => *why,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(2, to_bob(), ""), Refused::NotPrimary);
    assert_eq!(refused(1, Target::Queue("nothing".parse().unwrap()), ""), Refused::NoSuchQueue);
    assert_eq!(refused(1, Target::Agents(Vec::new()), ""), Refused::NoSuchAgent);
    assert_eq!(refused(1, to_bob(), &"é".repeat(LONGEST_MESSAGE + 1)), Refused::Message);
    assert!(d.transfer(0, LinkId(1), to_bob(), &"é".repeat(LONGEST_MESSAGE), "t1").0.is_some());
    let (offered, out) = d.transfer(0, LinkId(1), to_help(), "", "t2");
    assert_eq!((offered, states(&out)), (None, vec![(1, TransferState::Refused { why: Refused::UnderWay })]));
    assert_eq!(d.transfer(0, LinkId(99), to_help(), "", "t2"), (None, Outputs::new()), "no socket of ours");
}

#[test]
fn an_offer_comes_back() {
    // Nobody takes it.
    let mut d = with_queue();
    offer(&mut d, to_bob());
    assert!(states(&d.tick(120_999)).is_empty());
    let out = d.tick(121_000);
    assert_eq!(states(&out), [returned(Returned::Time)]);
    assert!(matches!(out.last(), Some(Output::Save(record)) if record.transfer.is_none()));
    assert_eq!(d.take_transfer(0, "t1", BOB, ticket(51)), Err(NotTaken::Gone));
    // It is withdrawn, by its sender alone.
    offer(&mut d, to_bob());
    assert!(d.withdraw(LinkId(2)).is_empty());
    assert_eq!(states(&d.withdraw(LinkId(1))), [returned(Returned::Withdrawn)]);
    assert!(d.withdraw(LinkId(1)).is_empty());
    // Its queue is removed.
    offer(&mut d, to_help());
    d.remove_queue(&"help".parse().unwrap()).unwrap();
    assert_eq!(states(&d.tick(1001)), [returned(Returned::Gone)]);
    // Who took it never comes, or leaves.
    offer(&mut d, to_bob());
    d.take_transfer(2000, "t1", BOB, ticket(51)).unwrap();
    assert!(d.withdraw(LinkId(1)).is_empty(), "too late");
    assert_eq!(states(&d.tick(122_000)), [returned(Returned::Gone)]);
    offer(&mut d, to_bob());
    d.take_transfer(2000, "t1", BOB, ticket(52)).unwrap();
    connect(&mut d, 2000, 9, 52).unwrap();
    assert_eq!(states(&d.leave(0, LinkId(9))), [returned(Returned::Gone)]);
    // A restarted server gives those who may take it the whole time.
    offer(&mut d, to_bob());
    let record = d.sessions[&number(NUMBER)].record();
    let mut d = Directory::restore(RULES, 500_000, with_sessions(vec![record]));
    connect(&mut d, 500_000, 1, 1).unwrap();
    assert!(states(&d.tick(619_999)).is_empty());
    assert_eq!(states(&d.tick(620_000)), [returned(Returned::Time)]);
}

#[test]
fn limits_hold_for_taking_a_transfer() {
    let mut d = with_queue();
    d.rules.per_account = 1;
    d.open(0, BOB, ticket(60), || number(222_222_222)).unwrap();
    offer(&mut d, to_bob());
    assert_eq!(d.take_transfer(0, "t1", BOB, ticket(51)), Err(NotTaken::TooMany));
    d.rules.per_account = 2;
    d.join(0, number(NUMBER), "", ticket(70)).unwrap();
    assert_eq!(d.take_transfer(0, "t1", BOB, ticket(51)), Err(NotTaken::TooMany), "the session is full");
}
