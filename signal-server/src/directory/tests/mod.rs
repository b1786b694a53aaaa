//! The rules as tables and properties; time and random numbers are given.

mod history;
mod queues;
mod transfers;

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use deskside_protocol::socket::Signal;
use proptest::prelude::*;

use deskside_protocol::{VERSION, api::Code, socket::Hello};

use super::*;

const RULES: Rules = Rules {
    number_lives: 600_000,
    away_lives: 1_800_000,
    ticket_waits: 120_000,
    participants: 3,
    customers: 3,
    sessions: 50,
    per_account: 5,
    keep_place: 120_000,
    transfer_waits: 120_000,
    longest_queue: 10,
};

const NUMBER: u32 = 123_456_789;

fn number(n: u32) -> SessionNumber {
    SessionNumber::new(n).unwrap()
}

fn agent<'a>(account: &'a str, name: &'a str) -> Agent<'a> {
    Agent { account, name }
}

fn ticket(n: u8) -> TicketHash {
    [n; 32]
}

fn hello(key: u8) -> Hello {
    let key = URL_SAFE_NO_PAD.encode([key; 32]);
    Hello { version: VERSION, ticket: String::new(), key, name: String::new() }
}

/// A session with ticket 1 for the agent, opened at time 0.
fn opened() -> Directory {
    let mut directory = Directory::new(RULES);
    directory.open(0, agent("alice", "Alice"), ticket(1), || number(NUMBER)).unwrap();
    directory
}

fn connect(d: &mut Directory, now: Millis, link: u64, n: u8) -> Result<(Seated, Outputs), Code> {
    d.connect(now, LinkId(link), &hello(n), &ticket(n)).map(|(place, out)| (seated(place), out))
}

fn seated(place: Place) -> Seated {
    match place {
        Place::In(seated) => seated,
        Place::Waits(line) => panic!("{line:?}"),
    }
}

fn with_sessions(sessions: Vec<SessionRecord>) -> Stored {
    Stored { sessions, ..Stored::default() }
}

/// Agent on link 1, customer on link 2.
fn running() -> Directory {
    let mut d = opened();
    connect(&mut d, 0, 1, 1).unwrap();
    d.join(0, number(NUMBER), "Bob", ticket(2)).unwrap();
    connect(&mut d, 0, 2, 2).unwrap();
    d
}

fn rosters(outputs: &Outputs) -> Vec<(u64, Vec<(u32, bool)>)> {
    let roster = |o: &Output| match o {
        Output::Send(link, FromServer::Roster { roster }) => {
            Some((link.0, roster.iter().map(|e| (e.id.0, e.online)).collect()))
        }
        _ => None,
    };
    outputs.iter().filter_map(roster).collect()
}

fn ended(outputs: &Outputs) -> Vec<(u64, EndReason)> {
    let end = |o: &Output| match o {
        Output::Close(link, FromServer::Ended { reason }) => Some((link.0, *reason)),
        _ => None,
    };
    outputs.iter().filter_map(end).collect()
}

#[test]
fn everyone_sees_every_change() {
    let mut d = opened();
    let (seated, out) = connect(&mut d, 0, 1, 1).unwrap();
    assert_eq!((seated.you.0, seated.roster.len(), rosters(&out).len()), (1, 1, 0));
    // Who has only a ticket is not in the roster: there is no key to show yet.
    let (_, out) = d.join(1, number(NUMBER), " Bob\u{202e} ", ticket(2)).unwrap();
    assert!(rosters(&out).is_empty());
    let (seated, out) = connect(&mut d, 2, 2, 2).unwrap();
    assert_eq!(seated.roster[1].name, "Bob");
    assert_eq!(rosters(&out), [(1, vec![(1, true), (2, true)])]);
    let out = d.disconnect(3, LinkId(2));
    assert_eq!(rosters(&out), [(1, vec![(1, true), (2, false)])]);
    let (seated, out) = connect(&mut d, 4, 3, 2).unwrap();
    assert_eq!((seated.you.0, seated.roster[1].role), (2, Role::Customer), "the same place again");
    assert_eq!(rosters(&out), [(1, vec![(1, true), (2, true)])]);
    let out = d.leave(0, LinkId(3));
    assert_eq!(rosters(&out), [(1, vec![(1, true)])]);
    assert_eq!(connect(&mut d, 5, 4, 2).unwrap_err(), Code::NoSuchSession, "the ticket is over");
    assert!(d.disconnect(6, LinkId(3)).is_empty());
}

#[test]
fn a_newer_socket_replaces_the_older() {
    let mut d = running();
    let (_, out) = connect(&mut d, 1, 3, 2).unwrap();
    let replaced = FromServer::Refused { error: Code::Replaced };
    assert_eq!(out[0], Output::Close(LinkId(2), replaced));
    assert_eq!(rosters(&out), [(1, vec![(1, true), (2, true)])]);
    // The older one's end changes nothing any more, and it has no say.
    assert!(d.disconnect(2, LinkId(2)).is_empty());
    assert_eq!(d.route(LinkId(2), ParticipantId(1)), None);
    assert_eq!(d.route(LinkId(1), ParticipantId(2)), Some((LinkId(3), ParticipantId(1))));
}

#[test]
fn refusals() {
    let mut d = running();
    let mut other = hello(2);
    other.version = VERSION + 1;
    assert_eq!(d.connect(0, LinkId(9), &other, &ticket(2)).unwrap_err(), Code::Version);
    assert_eq!(
        d.connect(0, LinkId(9), &hello(7), &ticket(2)).unwrap_err(),
        Code::BadRequest,
        "another key with this ticket"
    );
    assert_eq!(connect(&mut d, 0, 9, 77).unwrap_err(), Code::NoSuchSession);
    for key in ["", "AAAA", "not base64!", &"A".repeat(44)] {
        let bad = Hello { key: key.into(), ..hello(1) };
        assert_eq!(d.connect(0, LinkId(9), &bad, &ticket(1)).unwrap_err(), Code::BadRequest);
    }
    // Nothing of this disturbed those who are in.
    assert_eq!(d.route(LinkId(1), ParticipantId(2)), Some((LinkId(2), ParticipantId(1))));
}

#[test]
fn names_of_agents_are_those_of_their_accounts() {
    let mut d = opened();
    let named = Hello { name: "The Bank".into(), ..hello(1) };
    let (place, _) = d.connect(0, LinkId(1), &named, &ticket(1)).unwrap();
    assert_eq!(seated(place).roster[0].name, "Alice");
    d.join(0, number(NUMBER), "Bob", ticket(2)).unwrap();
    let named = Hello { name: "Bobby".into(), ..hello(2) };
    let (place, _) = d.connect(0, LinkId(2), &named, &ticket(2)).unwrap();
    assert_eq!(seated(place).roster[1].name, "Bobby");
}

#[test]
fn signals_stay_within_the_session() {
    let mut d = running();
    d.open(0, agent("carol", "Carol"), ticket(11), || number(222_222_222)).unwrap();
    connect(&mut d, 0, 11, 11).unwrap();
    let to =
        |d: &Directory, link, to| d.route(LinkId(link), ParticipantId(to)).map(|(l, from)| (l.0, from.0));
    assert_eq!(to(&d, 1, 2), Some((2, 1)));
    assert_eq!(to(&d, 2, 1), Some((1, 2)));
    assert_eq!(to(&d, 11, 2), None, "another session's participant");
    assert_eq!(to(&d, 1, 1), None, "oneself");
    assert_eq!(to(&d, 1, 9), None);
    assert_eq!(to(&d, 99, 1), None, "no socket of ours");
    d.disconnect(0, LinkId(2));
    assert_eq!(to(&d, 1, 2), None, "away");
}

#[test]
fn unknown_full_and_closed_answer_alike() {
    let mut d = running();
    assert!(d.join(0, number(NUMBER), "", ticket(3)).is_some());
    assert!(d.join(0, number(NUMBER), "", ticket(4)).is_none(), "full");
    assert!(d.join(0, number(987_654_321), "", ticket(4)).is_none(), "unknown");
    d.end(0, LinkId(1));
    assert!(d.join(0, number(NUMBER), "", ticket(4)).is_none(), "closed");
    let mut d = opened();
    assert!(d.join(599_999, number(NUMBER), "", ticket(4)).is_some());
    let mut d = opened();
    assert!(d.join(600_000, number(NUMBER), "", ticket(4)).is_none(), "expired, also before the tick");
}

#[test]
fn only_the_primary_agent_ends() {
    let mut d = running();
    assert!(d.end(0, LinkId(2)).is_empty());
    let out = d.end(0, LinkId(1));
    assert_eq!(ended(&out), [(1, EndReason::Agent), (2, EndReason::Agent)]);
    assert_eq!(out.last(), Some(&Output::Forget(number(NUMBER), 0)));
    assert_eq!((d.sessions(), d.online()), (0, 0));
}

#[test]
fn a_number_nobody_joined_runs_out() {
    let mut d = opened();
    connect(&mut d, 0, 1, 1).unwrap();
    assert!(d.tick(599_999).is_empty());
    let out = d.tick(600_000);
    assert_eq!(ended(&out), [(1, EndReason::Expired)]);
    assert_eq!(d.sessions(), 0);
}

#[test]
fn a_customer_on_the_way_keeps_the_number_for_a_moment() {
    let mut d = opened();
    d.join(590_000, number(NUMBER), "", ticket(2)).unwrap();
    assert!(d.tick(600_000).is_empty());
    connect(&mut d, 601_000, 2, 2).unwrap();
    assert!(ended(&d.tick(5_000_000)).is_empty(), "joined: the number's life does not matter any more");

    let mut d = opened();
    connect(&mut d, 0, 1, 1).unwrap();
    d.join(590_000, number(NUMBER), "", ticket(2)).unwrap();
    let out = d.tick(710_000);
    assert_eq!(ended(&out), [(1, EndReason::Expired)], "never came");
}

#[test]
fn places_that_nobody_takes_are_free_again() {
    let mut d = running();
    d.join(0, number(NUMBER), "", ticket(3)).unwrap();
    assert!(d.join(1, number(NUMBER), "", ticket(4)).is_none());
    d.tick(120_000);
    assert!(d.join(120_001, number(NUMBER), "", ticket(4)).is_some());
    assert_eq!(connect(&mut d, 120_001, 9, 3).unwrap_err(), Code::NoSuchSession);
}

#[test]
fn a_session_outlasts_the_absence_of_some_and_not_of_all() {
    let mut d = running();
    d.disconnect(1000, LinkId(2));
    let out = d.tick(1_801_000);
    assert_eq!(rosters(&out), [(1, vec![(1, true)])], "the customer's place is given up");
    assert_eq!(d.sessions(), 1);

    let mut d = running();
    d.disconnect(1000, LinkId(2));
    d.disconnect(2000, LinkId(1));
    d.tick(1_801_999);
    assert_eq!(d.sessions(), 1);
    assert!(matches!(d.tick(1_802_000).last(), Some(Output::Forget(..))));
}

#[test]
fn when_the_last_one_leaves_the_session_is_over() {
    let mut d = running();
    d.leave(0, LinkId(1));
    assert_eq!(d.sessions(), 1, "the customer is still there");
    assert!(matches!(d.leave(0, LinkId(2)).last(), Some(Output::Forget(..))));
}

#[test]
fn there_are_not_too_many_sessions() {
    let mut d = Directory::new(RULES);
    let mut next = 100_000_000;
    let mut draw = || {
        next += 1;
        number(next)
    };
    for n in 0..5 {
        assert!(d.open(0, agent("alice", ""), ticket(n), &mut draw).is_ok());
    }
    assert_eq!(d.open(0, agent("alice", ""), ticket(9), &mut draw), Err(TooMany));
    for n in 0..45u8 {
        assert!(d.open(0, agent(&n.to_string(), ""), ticket(100 + n), &mut draw).is_ok());
    }
    assert_eq!(d.open(0, agent("zoe", ""), ticket(99), &mut draw), Err(TooMany));
    // A number in use is not given twice.
    let mut d = opened();
    let mut drawn = [NUMBER, NUMBER, 444_444_444].into_iter();
    let (given, _) = d.open(0, agent("alice", ""), ticket(5), || number(drawn.next().unwrap())).unwrap();
    assert_eq!(given.get(), 444_444_444);
    assert_eq!(d.open(0, agent("alice", ""), ticket(6), || number(NUMBER)), Err(TooMany));
}

#[test]
fn a_restarted_server_goes_on() {
    let mut saved = HashMap::new();
    let mut d = Directory::new(RULES);
    let mut keep = |out: &Outputs| {
        for o in out {
            match o {
                Output::Save(record) => _ = saved.insert(record.number, record.clone()),
                Output::Forget(number, _) => _ = saved.remove(number),
                _ => {}
            }
        }
    };
    keep(&d.open(0, agent("alice", "Alice"), ticket(1), || number(NUMBER)).unwrap().1);
    keep(&connect(&mut d, 0, 1, 1).unwrap().1);
    keep(&d.join(0, number(NUMBER), "Bob", ticket(2)).unwrap().1);
    keep(&connect(&mut d, 0, 2, 2).unwrap().1);

    let json = serde_json::to_string(&saved.values().collect::<Vec<_>>()).unwrap();
    let records: Vec<SessionRecord> = serde_json::from_str(&json).unwrap();
    let mut d = Directory::restore(RULES, 3_600_000, with_sessions(records.clone()));
    assert!(d.tick(3_600_001).is_empty(), "the time without a server does not count");
    let other_key = d.connect(3_600_002, LinkId(1), &hello(7), &ticket(2));
    assert_eq!(other_key.unwrap_err(), Code::BadRequest, "keys stay pinned");
    let (seated, _) = connect(&mut d, 3_600_002, 1, 2).unwrap();
    let roster: Vec<_> = seated.roster.iter().map(|e| (e.id.0, e.role, e.name.as_str(), e.online)).collect();
    assert_eq!(roster, [(1, Role::Primary, "Alice", false), (2, Role::Customer, "Bob", true)]);
    // Ids are not used again.
    assert_eq!(d.join(3_600_003, number(NUMBER), "", ticket(3)).unwrap().0, ParticipantId(3));
    // Nobody comes back: over.
    let mut d = Directory::restore(RULES, 3_600_000, with_sessions(records));
    d.tick(3_600_000 + RULES.away_lives);
    assert_eq!(d.sessions(), 0);
}

#[derive(Clone, Debug)]
enum Act {
    Open(u8),
    Join(u8, u8),
    Connect(u8, u8),
    Disconnect(u8),
    Leave(u8),
    End(u8),
    Tick(u32),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        (0..4u8).prop_map(Act::Open),
        (0..4u8, 0..20u8).prop_map(|(n, t)| Act::Join(n, t)),
        (0..20u8, 0..30u8).prop_map(|(t, l)| Act::Connect(t, l)),
        (0..30u8).prop_map(Act::Disconnect),
        (0..30u8).prop_map(Act::Leave),
        (0..30u8).prop_map(Act::End),
        (0..2_000_000u32).prop_map(Act::Tick),
    ];
    proptest::collection::vec(act, 0..80)
}

proptest! {
    /// Whatever happens: messages go to live sockets of the same session only, a session is never too full,
    /// what is stored is what is there, and tickets of what is over are gone.
    #[test]
    fn whatever_happens_the_books_are_right(acts in acts()) {
        let mut d = Directory::new(RULES);
        let mut now = 0;
        let mut stored: HashMap<SessionNumber, SessionRecord> = HashMap::new();
        let (mut used, mut links) = (std::collections::HashSet::new(), 0u64);
        let mut live: HashMap<u8, LinkId> = HashMap::new();
        for act in acts {
            let before: Vec<LinkId> = d.links.keys().copied().collect();
            let out = match act {
                Act::Open(n) if used.insert(100 + n) => d
                    .open(now, agent("a", "A"), ticket(100 + n), || number(100_000_000 + u32::from(n)))
                    .map(|(_, out)| out)
                    .unwrap_or_default(),
                Act::Join(n, t) if used.insert(t) => d
                    .join(now, number(100_000_000 + u32::from(n)), "c", ticket(t))
                    .map(|(_, out)| out)
                    .unwrap_or_default(),
                Act::Connect(t, l) => {
                    let t = if t < 4 { 100 + t } else { t };
                    links += 1;
                    let connected = d.connect(now, LinkId(links), &hello(t), &ticket(t));
                    if connected.is_ok() {
                        live.insert(l, LinkId(links));
                    }
                    connected.map(|(_, out)| out).unwrap_or_default()
                }
                Act::Disconnect(l) => live.remove(&l).map(|l| d.disconnect(now, l)).unwrap_or_default(),
                Act::Leave(l) => live.get(&l).map(|l| d.leave(0, *l)).unwrap_or_default(),
                Act::End(l) => live.get(&l).map(|l| d.end(0, *l)).unwrap_or_default(),
                Act::Tick(ms) => {
                    now += u64::from(ms);
                    d.tick(now)
                }
                Act::Open(_) | Act::Join(..) => Outputs::new(),
            };
            for o in out {
                match o {
                    Output::Save(record) => _ = stored.insert(record.number, record),
                    Output::Forget(number, _) => prop_assert!(stored.remove(&number).is_some()),
                    // Whom the next step closes may have been told something first.
                    Output::Send(link, _) => {
                        prop_assert!(d.links.contains_key(&link) || before.contains(&link));
                    }
                    Output::Close(link, _) => prop_assert!(!d.links.contains_key(&link)),
                    Output::Past(record) => prop_assert!(!record.history.visits.is_empty()),
                    other => prop_assert!(false, "{:?}", other),
                }
            }
            let now_there: HashMap<_, _> = d.sessions.iter().map(|(n, s)| (*n, s.record())).collect();
            prop_assert_eq!(&now_there, &stored);
            let seats: usize = d.sessions.values().map(|s| s.participants.len()).sum();
            prop_assert_eq!(seats, d.tickets.len());
            prop_assert!(d.sessions.values().all(|s| s.participants.len() <= RULES.participants));
            let online = d.sessions.values().flat_map(|s| s.participants.values());
            let online = online.filter(|p| matches!(p.presence, Presence::Online(_))).count();
            prop_assert_eq!(online, d.links.len());
        }
    }
}

#[test]
fn messages_have_the_types_of_the_protocol() {
    // A signal is carried as text: its twin type must read the same.
    let text = deskside_protocol::socket::relayed_signal(
        ParticipantId(3),
        serde_json::from_str(r#"{"kind":"renew"}"#).unwrap(),
    );
    let read: FromServer = serde_json::from_str(&text).unwrap();
    assert_eq!(read, FromServer::Signal { from: ParticipantId(3), body: Signal::Renew });
}
