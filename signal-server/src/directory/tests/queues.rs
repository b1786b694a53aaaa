//! Rules of queues: order, places, exactly one taker.

use deskside_protocol::desk::AgentState;

use super::*;

const ANA: Agent<'static> = Agent { account: "ana", name: "Ana" };
const BOB: Agent<'static> = Agent { account: "bob", name: "Bob" };

fn name(text: &str) -> QueueName {
    text.parse().unwrap()
}

fn record(queue: &str, agents: &[Agent<'_>]) -> QueueRecord {
    let serving = |a: &Agent<'_>| Serving { account: a.account.into(), name: a.name.into() };
    QueueRecord {
        name: name(queue),
        title: format!("The {queue}"),
        agents: agents.iter().map(serving).collect(),
    }
}

/// A queue "help", served by Ana and Bob.
fn with_queue() -> Directory {
    let mut d = Directory::new(RULES);
    d.set_queue(record("help", &[ANA, BOB]), true).unwrap();
    d
}

fn enter(d: &mut Directory, now: Millis, n: u8) -> Outputs {
    d.enter(now, &name("help"), &format!("Customer {n}"), ticket(n)).unwrap().unwrap()
}

fn wait(d: &mut Directory, link: u64, n: u8) -> Result<Line, Code> {
    match d.connect(0, LinkId(link), &hello(n), &ticket(n))?.0 {
        Place::Waits(line) => Ok(line),
        Place::In(seated) => panic!("{seated:?}"),
    }
}

fn places(outputs: &Outputs) -> Vec<(u64, u32, u32)> {
    let place = |o: &Output| match o {
        Output::Waits(link, line) => Some((link.0, line.place, line.waiting)),
        _ => None,
    };
    outputs.iter().filter_map(place).collect()
}

fn take(
    d: &mut Directory,
    agent: Agent<'_>,
    claim: u8,
    entry: Option<&str>,
) -> Result<(u32, Outputs), NotTaken> {
    let draw = || number(100_000_000 + u32::from(claim));
    d.take(5, &name("help"), agent, ticket(claim), entry, draw).map(|(n, out)| (n.get(), out))
}

/// Ticket of the customer who was taken.
fn taken(outputs: &Outputs) -> u8 {
    match outputs.as_slice() {
        [Output::Take { waiter, .. }] => waiter.ticket[0],
        other => panic!("{other:?}"),
    }
}

#[test]
fn everyone_waiting_knows_the_place() {
    let mut d = with_queue();
    for n in 1..=3 {
        enter(&mut d, 0, n);
    }
    let line = wait(&mut d, 2, 2).unwrap();
    assert_eq!((line.title.as_str(), line.place, line.waiting), ("The help", 2, 3));
    assert_eq!(wait(&mut d, 3, 3).unwrap().place, 3);
    assert!(places(&d.tell_places()).is_empty(), "they know");
    enter(&mut d, 0, 4);
    assert_eq!(places(&d.tell_places()), [(2, 2, 4), (3, 3, 4)]);
    assert!(d.tell_places().is_empty());
    let out = d.leave(0, LinkId(2));
    assert_eq!(out, [Output::ForgetWaiter(ticket(2))]);
    assert_eq!(places(&d.tell_places()), [(3, 2, 3)]);
    assert_eq!(wait(&mut d, 9, 2).unwrap_err(), Code::NoSuchSession, "the ticket is over");
    assert_eq!(d.waiting(), 3);
}

#[test]
fn a_lost_socket_keeps_the_place_for_a_while() {
    let mut d = with_queue();
    enter(&mut d, 0, 1);
    enter(&mut d, 0, 2);
    enter(&mut d, 0, 3);
    wait(&mut d, 1, 1).unwrap();
    wait(&mut d, 2, 2).unwrap();
    d.disconnect(1000, LinkId(1));
    assert!(d.tick(119_999).is_empty());
    assert_eq!(d.tick(120_000), [Output::ForgetWaiter(ticket(3))], "never came");
    assert_eq!(wait(&mut d, 4, 1).unwrap().place, 1);
    let other = d.connect(0, LinkId(5), &hello(7), &ticket(1));
    assert_eq!(other.unwrap_err(), Code::BadRequest, "another key");
    d.disconnect(200_000, LinkId(4));
    assert_eq!(d.tick(320_000), [Output::ForgetWaiter(ticket(1))]);
    assert_eq!(places(&d.tell_places()), [(2, 1, 1)]);
    // A newer socket replaces the older.
    d.connect(0, LinkId(6), &hello(2), &ticket(2)).unwrap();
    assert!(d.disconnect(0, LinkId(2)).is_empty());
    assert!(d.desk(0, "ana", 9).queues[0].waiting[0].online);
}

#[test]
fn a_queue_has_an_end() {
    let mut d = with_queue();
    for n in 0..10 {
        enter(&mut d, 0, n);
    }
    assert_eq!(d.enter(0, &name("help"), "", ticket(20)), Some(Err(TooMany)));
    assert_eq!(d.enter(0, &name("other"), "", ticket(20)), None);
    wait(&mut d, 1, 1).unwrap();
    let out = d.remove_queue(&name("help")).unwrap();
    assert!(out.contains(&Output::Close(LinkId(1), FromServer::Refused { error: Code::NoSuchQueue })));
    assert_eq!((out.len(), d.waiting(), d.online(), d.tickets.len()), (12, 0, 0, 0));
    assert_eq!(d.remove_queue(&name("help")), None);
}

#[test]
fn queues_are_made_changed_and_listed() {
    let mut d = with_queue();
    enter(&mut d, 0, 1);
    assert_eq!(d.set_queue(record("help", &[]), true), None, "there is one");
    let changed = record("help", &[BOB]);
    assert_eq!(d.set_queue(changed.clone(), false), Some(vec![Output::SaveQueue(changed.clone())]));
    assert_eq!((d.queues(), d.waiting()), (vec![changed], 1));
    assert_eq!(take(&mut d, ANA, 101, None), Err(NotTaken::NotServed));
    assert!(take(&mut d, BOB, 101, None).is_ok());
}

#[test]
fn the_next_who_is_there_is_taken_with_its_socket() {
    let mut d = with_queue();
    for n in 1..=3 {
        enter(&mut d, 0, n);
    }
    wait(&mut d, 2, 2).unwrap();
    wait(&mut d, 3, 3).unwrap();
    let (number, out) = take(&mut d, ANA, 101, None).unwrap();
    assert_eq!(taken(&out), 2, "1 has no socket yet");
    // Nothing is said before it is saved.
    let out = d.tell_taken(super::number(number));
    let Output::Welcome(LinkId(2), seated) = &out[1] else { panic!("{out:?}") };
    assert_eq!((seated.you.0, seated.roster.len()), (2, 1), "the agent has not said hello");
    assert!(d.tell_taken(super::number(number)).is_empty(), "told once");
    assert_eq!(places(&d.tell_places()), [(3, 2, 2)]);
    let (seated, out) = connect(&mut d, 6, 9, 101).unwrap();
    assert_eq!(
        (seated.you.0, seated.roster[0].role, seated.roster[1].role),
        (1, Role::Primary, Role::Customer)
    );
    assert_eq!(rosters(&out), [(2, vec![(1, true), (2, true)])]);
    assert_eq!(d.route(LinkId(9), ParticipantId(2)), Some((LinkId(2), ParticipantId(1))));

    // The chosen one, and one who is away: the welcome waits for them.
    let entry = |d: &Directory, at: usize| d.desk(5, "ana", 9).queues[0].waiting[at].entry.clone();
    let third = entry(&d, 1);
    let (_, out) = take(&mut d, BOB, 102, Some(&third)).unwrap();
    assert_eq!(taken(&out), 3);
    assert_eq!(take(&mut d, BOB, 103, Some(&third)), Err(NotTaken::Gone));
    let (number, out) = take(&mut d, BOB, 104, None).unwrap();
    assert_eq!(taken(&out), 1);
    assert!(d.tell_taken(super::number(number)).is_empty());
    let (seated, _) = connect(&mut d, 6, 12, 1).unwrap();
    assert_eq!((seated.number.get(), seated.you.0), (number, 2));
    assert_eq!(take(&mut d, BOB, 105, None), Err(NotTaken::NobodyWaits));
}

#[test]
fn the_same_claim_has_the_same_answer() {
    let mut d = with_queue();
    enter(&mut d, 0, 1);
    enter(&mut d, 0, 2);
    let (first, out) = take(&mut d, ANA, 101, None).unwrap();
    let [Output::Take { claim, .. }] = out.as_slice() else { panic!() };
    let (again, out) = take(&mut d, ANA, 101, None).unwrap();
    assert_eq!((again, out), (first, vec![Output::Confirm(claim.clone())]));
    assert_eq!(d.waiting(), 1);
    // Also when the session is over, until a day has passed.
    connect(&mut d, 6, 9, 101).unwrap();
    d.end(0, LinkId(9));
    assert_eq!(take(&mut d, ANA, 101, None).unwrap().0, first);
    let out = d.tick(5 + 24 * 3_600_000);
    assert!(out.contains(&Output::ForgetClaim(ticket(101))));
}

#[test]
fn a_customer_whose_agent_never_comes_is_back_in_the_old_place() {
    let mut d = with_queue();
    for n in 1..=3 {
        enter(&mut d, 0, n);
        wait(&mut d, n.into(), n).unwrap();
    }
    let (deserted, _) = take(&mut d, ANA, 101, None).unwrap();
    d.tell_taken(super::number(deserted));
    let (kept, _) = take(&mut d, BOB, 102, None).unwrap();
    d.tell_taken(super::number(kept));
    connect(&mut d, 6, 9, 102).unwrap();
    d.disconnect(7, LinkId(9));
    assert!(d.tick(120_004).is_empty());
    let out = d.tick(120_005);
    let [closed, Output::SaveWaiter(record), claim, session] = out.as_slice() else { panic!("{out:?}") };
    assert_eq!(
        *closed,
        Output::Close(LinkId(1), FromServer::Refused { error: Code::Unavailable }),
        "come back"
    );
    assert_eq!((record.ticket, record.key.as_ref(), record.order), (ticket(1), Some(&hello(1).key), 1));
    assert_eq!(
        (claim, session),
        (&Output::ForgetClaim(ticket(101)), &Output::Forget(super::number(deserted), 0))
    );
    assert_eq!((d.sessions(), d.waiting()), (1, 2), "whose agent was there stays");
    assert_eq!(connect(&mut d, 120_006, 20, 101).unwrap_err(), Code::NoSuchSession, "the late agent");
    assert_eq!(wait(&mut d, 21, 1).unwrap().place, 1);
    let (_, out) = take(&mut d, BOB, 103, None).unwrap();
    assert_eq!(taken(&out), 1);
}

#[test]
fn limits_hold_for_taking_too() {
    let mut rules = RULES;
    rules.per_account = 1;
    let mut d = Directory::new(rules);
    d.set_queue(record("help", &[ANA]), true).unwrap();
    enter(&mut d, 0, 1);
    enter(&mut d, 0, 2);
    assert!(take(&mut d, ANA, 101, None).is_ok());
    assert_eq!(take(&mut d, ANA, 102, None), Err(NotTaken::TooMany));
    assert_eq!(take(&mut d, BOB, 103, None), Err(NotTaken::NotServed));
    let draw = || number(NUMBER);
    let nowhere = d.take(0, &name("other"), ANA, ticket(104), None, draw);
    assert_eq!(nowhere.unwrap_err(), NotTaken::NoSuchQueue);
}

#[test]
fn the_desk_shows_who_is_there_and_what_waits() {
    let mut d = with_queue();
    d.set_queue(record("sales", &[BOB]), true).unwrap();
    assert!(d.take_changed() && !d.take_changed());
    enter(&mut d, 1000, 1);
    assert!(d.take_changed());
    d.desk_opened(ANA);
    d.desk_opened(ANA);
    let desk = d.desk(4000, "ana", 9);
    let states: Vec<_> = desk.agents.iter().map(|a| (a.name.as_str(), a.state)).collect();
    assert_eq!(states, [("Ana", AgentState::Free), ("Bob", AgentState::Away)]);
    assert_eq!((desk.queues.len(), desk.queues[0].title.as_str(), desk.queues[0].count), (1, "The help", 1));
    let waiting = &desk.queues[0].waiting[0];
    assert_eq!((waiting.name.as_str(), waiting.since, waiting.online), ("Customer 1", 3000, false));
    assert_eq!(d.desk(4000, "bob", 9).queues.len(), 2);
    assert_eq!(d.desk(4000, "bob", 0).queues[0].count, 1, "the count is true even if nothing fits");

    take(&mut d, ANA, 101, None).unwrap();
    assert_eq!(d.desk(0, "ana", 9).agents[0].state, AgentState::Free, "not in it yet");
    connect(&mut d, 6, 9, 101).unwrap();
    let desk = d.desk(0, "ana", 9);
    assert_eq!((desk.agents[0].state, desk.queues[0].count), (AgentState::Busy, 0));
    let session = &desk.sessions[0];
    assert_eq!((session.customers.as_slice(), session.role), (&["Customer 1".to_owned()][..], Role::Primary));
    d.end(0, LinkId(9));
    d.desk_closed("ana");
    assert_eq!(d.desk(0, "ana", 9).agents[0].state, AgentState::Free, "one desk is left");
    d.desk_closed("ana");
    assert_eq!(d.desk(0, "ana", 9).agents[0].state, AgentState::Away);
}

/// What the outputs leave in the store, with the store's conditions.
#[derive(Default)]
struct Kept(HashMap<(crate::store::Table, Vec<u8>), Vec<u8>>);

impl Kept {
    fn keep(&mut self, outputs: Outputs) {
        use crate::store::Step;
        let mut batch = crate::store::Batch::new();
        for output in outputs {
            crate::store::keep(output, &mut batch);
        }
        for step in &batch {
            if let Step::Expect(table, key, value) = step {
                assert_eq!(self.0.get(&(*table, key.clone())), value.as_ref(), "{table:?}");
            }
        }
        for step in batch {
            match step {
                Step::Expect(..) => {}
                Step::Put(table, key, value) => _ = self.0.insert((table, key), value),
                Step::Delete(table, key) => _ = self.0.remove(&(table, key)),
            }
        }
    }

    fn all<T: serde::de::DeserializeOwned>(&self, table: crate::store::Table) -> Vec<T> {
        let rows = self.0.iter().filter(|((t, _), _)| *t == table);
        rows.map(|(_, row)| serde_json::from_slice(row).unwrap()).collect()
    }

    fn restored(&self, now: Millis) -> Directory {
        use crate::store::Table;
        let stored = Stored {
            sessions: self.all(Table::Sessions),
            words: Vec::new(),
            queues: self.all(Table::Queues),
            waiters: self.all(Table::Waiting),
            claims: self.all(Table::Claims),
        };
        Directory::restore(RULES, now, stored)
    }
}

#[derive(Clone, Debug)]
enum Act {
    Enter,
    Come(u8),
    Go(u8),
    Leave(u8),
    Take(u8, bool),
    Restart,
    Tick(u32),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => Just(Act::Enter),
        3 => (0..12u8).prop_map(Act::Come),
        1 => (0..12u8).prop_map(Act::Go),
        1 => (0..12u8).prop_map(Act::Leave),
        4 => (0..12u8, any::<bool>()).prop_map(|(c, again)| Act::Take(c, again)),
        1 => Just(Act::Restart),
        1 => (0..60_000u32).prop_map(Act::Tick),
    ];
    proptest::collection::vec(act, 0..80)
}

proptest! {
    /// Whatever happens, restarts included: nobody is taken twice, the line keeps its order, what is stored is
    /// what is there, and the store's conditions hold.
    #[test]
    fn whatever_happens_nobody_is_given_twice(acts in acts()) {
        let mut kept = Kept::default();
        let mut d = Directory::new(RULES);
        kept.keep(d.set_queue(record("help", &[ANA, BOB]), true).unwrap());
        let (mut now, mut entered, mut links) = (0, 0u8, 0u64);
        let mut given: HashMap<u8, (u32, u8)> = HashMap::new();
        let mut live: HashMap<u8, LinkId> = HashMap::new();
        for act in acts {
            match act {
                Act::Enter if entered < 12 => {
                    if let Some(Ok(out)) = d.enter(now, &name("help"), "c", ticket(entered)) {
                        kept.keep(out);
                        entered += 1;
                    }
                }
                Act::Enter => {}
                Act::Come(n) => {
                    links += 1;
                    if let Ok((place, out)) = d.connect(now, LinkId(links), &hello(n), &ticket(n)) {
                        kept.keep(out);
                        live.insert(n, LinkId(links));
                        if let Place::In(seated) = place {
                            prop_assert!(given.values().any(|(number, who)| (*number, *who) == (seated.number.get(), n)));
                        }
                    }
                }
                Act::Go(n) => if let Some(link) = live.remove(&n) {
                    kept.keep(d.disconnect(now, link));
                },
                Act::Leave(n) => if let Some(link) = live.remove(&n) {
                    kept.keep(d.leave(0, link));
                },
                Act::Take(claim, chosen) => {
                    let claim = 100 + claim;
                    let first = d.desk(now, "ana", 1).queues[0].waiting.first().map(|w| w.entry.clone());
                    let entry = first.filter(|_| chosen);
                    let draw = || number(100_000_000 + u32::from(claim));
                    match d.take(now, &name("help"), ANA, ticket(claim), entry.as_deref(), draw) {
                        Ok((number, out)) => {
                            if let [Output::Take { waiter, .. }] = out.as_slice() {
                                let who = waiter.ticket[0];
                                prop_assert!(!given.values().any(|(_, other)| *other == who), "given twice");
                                prop_assert_eq!(given.insert(claim, (number.get(), who)), None);
                            }
                            prop_assert_eq!(given[&claim].0, number.get());
                            kept.keep(out);
                            kept.keep(d.tell_taken(number));
                        }
                        Err(why) => prop_assert!(!given.contains_key(&claim), "{:?}", why),
                    }
                }
                Act::Restart => {
                    d = kept.restored(now);
                    live.clear();
                }
                Act::Tick(ms) => {
                    now += u64::from(ms);
                    let out = d.tick(now);
                    for output in &out {
                        if let Output::ForgetClaim(claim) = output {
                            given.remove(&claim[0]);
                        }
                    }
                    kept.keep(out);
                }
            }
            _ = d.tell_places();
            let mut there: Vec<_> = d.waiters.values().map(Waiter::record).collect();
            let mut stored: Vec<WaiterRecord> = kept.all(crate::store::Table::Waiting);
            there.sort_by_key(|w| w.order);
            stored.sort_by_key(|w| w.order);
            prop_assert_eq!(&there, &stored);
            let line: Vec<_> = d.queues[&name("help")].line.values().copied().collect();
            prop_assert_eq!(line, there.iter().map(|w| w.ticket).collect::<Vec<_>>());
            prop_assert!(there.is_sorted_by_key(|w| w.ticket[0]), "first come, first in line");
        }
    }
}
