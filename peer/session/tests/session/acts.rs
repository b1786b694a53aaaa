//! The log of acts: what is in it, who signs it, and that whatever is done to it is noticed.

use deskside_session::{
    Identity, ParticipantId, Role,
    acts::{Cause, Fault, How, Log, MAX_ENTRIES, Proof, Tail, What},
    app::Ending,
    command::{Act, Command},
    wire::{Message, Seen},
};
use proptest::prelude::*;

use crate::sim::{AGENT, CUSTOMER, Guest, THIRD, World, agent, by_link, customer, identity};

/// The file of the customer's log that somebody holds.
fn file(w: &World, id: ParticipantId) -> Vec<u8> {
    w.node(id).files.get(&identity(CUSTOMER).public()).cloned().unwrap_or_default()
}

fn log(w: &World, id: ParticipantId) -> Log {
    Log::read(&file(w, id)).expect("a sound log")
}

fn whats(log: &Log) -> Vec<What> {
    log.records().iter().map(|r| r.entry.what.clone()).collect()
}

fn has(w: &World, what: &What) -> bool {
    whats(&log(w, CUSTOMER)).contains(what)
}

/// Seen, controlled, taken back, refused, and ended by the agent.
fn whole() -> World {
    let mut w = World::with(Act::Control);
    w.command(CUSTOMER, Command::TakeBack);
    w.run(4_000);
    w.ask(Act::Files);
    w.answer(false, false);
    w.command(AGENT, Command::End);
    w.run(100);
    w
}

#[test]
fn a_call_from_beginning_to_end() {
    let w = whole();
    let sharing = |viewers| What::Sharing { viewers, paused: false };
    let story = [
        What::Began {
            session: log(&w, CUSTOMER).session(),
            organisation: "Help & Co".into(),
            name: "Carl".into(),
        },
        What::Joined { name: "Ada".into(), role: Role::Primary, verified: Proof::Code },
        What::Primary { words: 0 },
        What::Helped { customer: Some(CUSTOMER) },
        What::Asked { act: Act::Control },
        What::Allowed { act: Act::Control, how: How::Answered },
        sharing(vec![AGENT]),
        What::Control { on: true },
        What::Control { on: false },
        What::Ended { act: Act::Control, cause: Cause::TakenBack },
        What::Asked { act: Act::Files },
        What::Refused { act: Act::Files },
        What::Over { ending: Ending::EndedByAgent },
    ];
    let (own, copy) = (log(&w, CUSTOMER), log(&w, AGENT));
    assert_eq!(whats(&own), story);
    // The agent had gone when the customer wrote the end; its copy is closed by itself.
    assert_eq!(copy.against(&own), Tail::EndedBefore { missing: 1 });
    assert_eq!(own.against(&copy), Tail::Whole { more: 1 });
    assert!(own.is_closed() && copy.is_closed());
    let signed = |l: &Log| {
        l.records().iter().filter(|r| r.answer.as_ref().is_some_and(|a| a.signature.is_some())).count()
    };
    assert_eq!((signed(&own), signed(&copy)), (12, 12));
}

#[test]
fn the_ways_in_and_the_leave_for_everything() {
    let mut w = World::of(vec![agent(), by_link()]);
    w.until("secure", |w| w.secure(AGENT, CUSTOMER));
    w.run(50);
    w.ask(Act::View);
    w.answer(true, true);
    w.ask(Act::Clipboard);
    w.command(CUSTOMER, Command::Pause { paused: true });
    w.command(CUSTOMER, Command::Revoke { act: None });
    w.ask(Act::View);
    w.run(31_000);
    w.command(CUSTOMER, Command::Leave);
    w.run(100);
    for what in [
        What::Joined { name: "Ada".into(), role: Role::Primary, verified: Proof::Link },
        What::AllAllowed { how: How::Answered },
        What::Allowed { act: Act::Clipboard, how: How::General },
        What::Sharing { viewers: vec![AGENT], paused: true },
        What::Sharing { viewers: vec![], paused: false },
        What::Ended { act: Act::View, cause: Cause::Revoked },
        What::AllEnded,
        What::NoAnswer { act: Act::View },
        What::Over { ending: Ending::Left },
    ] {
        assert!(has(&w, &what), "{what:?} in {:?}", whats(&log(&w, CUSTOMER)));
    }
    assert_eq!(log(&w, AGENT).against(&log(&w, CUSTOMER)), Tail::Whole { more: 0 }, "the end came over, too");
}

#[test]
fn each_entry_is_signed_by_who_was_primary_then() {
    let third = Guest { id: THIRD, role: Role::Assistant, name: "Theo", secret: None };
    let mut w = World::of(vec![agent(), customer(), third]);
    w.until("all secure", World::all_secure);
    w.run(50);
    w.allow(Act::View);
    w.command(AGENT, Command::HandOver { to: THIRD });
    w.run(50);
    w.command(THIRD, Command::Ask { act: Act::View });
    w.run(50);
    w.command(CUSTOMER, Command::Exclude { id: AGENT, excluded: true });
    w.run(50);
    let own = log(&w, CUSTOMER);
    let all = whats(&own);
    let handed = all.iter().position(|w| *w == What::Primary { words: 1 }).unwrap();
    assert!(all[..handed].contains(&What::Ended { act: Act::View, cause: Cause::HandedOver }));
    assert!(all.contains(&What::Admitted) && all.contains(&What::Excluded));
    for (i, r) in own.records().iter().enumerate() {
        let signer = if i < handed { AGENT } else { THIRD };
        let by = r.answer.as_ref().filter(|a| a.signature.is_some()).map(|a| a.key);
        assert_eq!(by, Some(identity(signer).public()), "{:?}", r.entry.what);
    }
    assert_eq!(log(&w, THIRD).against(&own), Tail::Whole { more: 0 });
    assert_eq!(log(&w, AGENT).against(&own), Tail::Whole { more: 0 });
}

/// The agent sees the customer's screen, and would let another customer see it too.
fn two_customers() -> World {
    let carla = Guest { id: THIRD, role: Role::Customer, name: "Carla", secret: None };
    let mut w = World::of(vec![agent(), customer(), carla]);
    w.until("all secure", World::all_secure);
    w.run(50);
    w.command(AGENT, Command::Admit { id: THIRD, admitted: true });
    w.allow(Act::View);
    w
}

#[test]
fn leave_for_another_customer_to_see_is_in_the_log() {
    let mut w = two_customers();
    w.command(CUSTOMER, Command::Exclude { id: THIRD, excluded: false });
    w.run(50);
    // Stopped by the agent: the leave ends with what it was for.
    w.command(AGENT, Command::StopSharing);
    w.run(50);
    let all = whats(&log(&w, CUSTOMER));
    let at = |what: What| all.iter().position(|w| *w == what).unwrap_or_else(|| panic!("{what:?}: {all:?}"));
    let sees = What::Sharing { viewers: vec![AGENT, THIRD], paused: false };
    assert!(at(What::Admitted) < at(What::Shown) && at(What::Shown) < at(sees), "{all:?}");
    assert!(at(What::Shown) < at(What::Hidden));
    assert_eq!(log(&w, AGENT).against(&log(&w, CUSTOMER)), Tail::Whole { more: 0 });
}

#[test]
fn it_goes_on_after_a_crash_of_either_side() {
    let mut w = World::with(Act::Control);
    w.cut(AGENT, CUSTOMER);
    w.server(false);
    w.command(CUSTOMER, Command::Pause { paused: true });
    w.server(true);
    w.crash(AGENT);
    w.crash(CUSTOMER);
    w.until("secure", |w| w.secure(AGENT, CUSTOMER));
    w.run(100);
    let own = log(&w, CUSTOMER);
    let resumed = whats(&own).iter().position(|w| *w == What::Resumed).unwrap();
    let after = &whats(&own)[resumed..];
    assert!(after.contains(&What::Ended { act: Act::Control, cause: Cause::Restarted }), "{after:?}");
    assert_eq!(log(&w, AGENT).against(&own), Tail::Whole { more: 0 });
    assert!(own.records().iter().all(|r| r.answer.as_ref().is_some_and(|a| a.signature.is_some())));
    assert!(!own.is_closed());
}

#[test]
fn a_crash_between_any_two_outputs_loses_no_entry() {
    for (who, outputs) in [AGENT, CUSTOMER].into_iter().flat_map(|who| (0..16).map(move |n| (who, n))) {
        let mut w = World::call();
        w.ask(Act::View);
        w.fuse = Some((who, outputs));
        let request = w.prompt().unwrap();
        w.command(CUSTOMER, Command::Answer { request, allow: true, all: false });
        w.run(30);
        if w.there().contains(&CUSTOMER) {
            w.command(CUSTOMER, Command::Revoke { act: None });
        }
        w.run(30);
        w.raise_fallen();
        let own = log(&w, CUSTOMER);
        assert_eq!(log(&w, AGENT).against(&own), Tail::Whole { more: 0 }, "{who:?} {outputs}");
        let unsigned =
            own.records().iter().filter(|r| r.answer.as_ref().is_none_or(|a| a.signature.is_none()));
        assert_eq!(unsigned.count(), 0, "{who:?} {outputs}");
        let held: Vec<_> = own.standing().grants.iter().map(|(_, act)| *act).collect();
        assert_eq!(held, w.acts(CUSTOMER), "{who:?} {outputs}");
    }
}

#[test]
fn an_agent_does_not_sign_what_it_knows_to_be_false() {
    let mut w = World::with(Act::View);
    // The customer's program takes questions for asked that never were.
    let ask = Message::Ask { request: deskside_session::command::RequestId(77), act: Act::Scripts };
    w.forge(AGENT, CUSTOMER, ask.encode());
    w.answer(true, false);
    w.command(CUSTOMER, Command::Revoke { act: Some(Act::Scripts) });
    w.run(50);
    for log in [log(&w, CUSTOMER), log(&w, AGENT)] {
        for r in log.records() {
            let false_ones =
                [What::Asked { act: Act::Scripts }, What::Allowed { act: Act::Scripts, how: How::Answered }];
            let signed = r.answer.as_ref().expect("a word on each").signature.is_some();
            assert_eq!(signed, !false_ones.contains(&r.entry.what), "{:?}", r.entry.what);
        }
    }
}

#[test]
fn only_the_next_entry_of_its_own_customer_is_taken_and_only_true_signatures() {
    let mut w = World::with(Act::View);
    let before = file(&w, AGENT);
    let own = log(&w, CUSTOMER);
    let last = own.records().last().unwrap();
    let act = |text: &str, signature: &str| {
        Message::Act { text: text.into(), signature: signature.into() }.encode()
    };
    let forged = Identity::from_seed([9; 32]).sign_text(b"x");
    let next = last.text.replace(
        &format!(r#""serial":{}"#, last.entry.serial),
        &format!(r#""serial":{}"#, last.entry.serial + 1),
    );
    for bytes in [
        act(&last.text, &forged),
        act(&next, &last.signature),
        act(&next, &forged),
        act("{}", &forged),
        act("nonsense", &forged),
        act(&own.records()[0].text, &own.records()[0].signature),
    ] {
        w.forge(CUSTOMER, AGENT, bytes);
        w.run(20);
        assert_eq!(file(&w, AGENT), before);
    }
    let mine = file(&w, CUSTOMER);
    for (serial, signature) in [(1, Some(forged.clone())), (99, None), (u32::MAX, Some(forged)), (0, None)] {
        let ack = Message::ActAck { serial, seen: Some(Seen { at: 0, signature }) };
        w.forge(AGENT, CUSTOMER, ack.encode());
        w.forge(AGENT, CUSTOMER, Message::Acts { have: serial }.encode());
        w.run(20);
    }
    assert_eq!(file(&w, CUSTOMER), mine);
}

#[test]
fn a_flood_ends_in_a_full_log_and_endings_are_still_written() {
    let mut w = two_customers();
    for i in 0..MAX_ENTRIES {
        w.command(CUSTOMER, Command::Pause { paused: i % 2 == 0 });
    }
    w.run(50_000);
    assert!(log(&w, CUSTOMER).len() < MAX_ENTRIES - 900);
    assert!(has(&w, &What::Full));
    w.ask(Act::Files);
    assert_eq!(w.prompt(), None, "what cannot be written is not asked");
    w.command(CUSTOMER, Command::Exclude { id: THIRD, excluded: false });
    w.run(50);
    assert_eq!(w.node(THIRD).viewer, None, "nor allowed otherwise");
    w.command(CUSTOMER, Command::Revoke { act: None });
    w.command(CUSTOMER, Command::Leave);
    w.run(1_000);
    let own = log(&w, CUSTOMER);
    assert!(whats(&own).contains(&What::Ended { act: Act::View, cause: Cause::Revoked }));
    assert!(own.is_closed());
    assert!(matches!(log(&w, AGENT).against(&own), Tail::Whole { .. } | Tail::EndedBefore { .. }));
}

/// Each line with its line feed.
fn lines(file: &[u8]) -> Vec<Vec<u8>> {
    file.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect()
}

fn is_entry(line: &[u8]) -> bool {
    line.starts_with(br#"{"line":"entry""#)
}

#[test]
fn a_dropped_moved_or_doubled_entry_is_noticed() {
    let file = file(&whole(), CUSTOMER);
    let all = lines(&file);
    let entries: Vec<_> = (0..all.len()).filter(|i| is_entry(&all[*i])).collect();
    for i in &entries[..entries.len() - 1] {
        let mut dropped = all.clone();
        dropped.remove(*i);
        assert!(Log::read(&dropped.concat()).is_err(), "without line {i}");
        let mut doubled = all.clone();
        doubled.insert(*i, all[*i].clone());
        assert!(Log::read(&doubled.concat()).is_err(), "line {i} twice");
    }
    for pair in entries.windows(2) {
        let mut moved = all.clone();
        moved.swap(pair[0], pair[1]);
        let wrong = Log::read(&moved.concat()).expect_err("moved");
        assert_eq!(wrong.line, pair[0] + 1);
    }
}

#[test]
fn a_cut_tail_is_noticed_by_the_missing_end_and_by_the_other_copy() {
    let w = whole();
    let (own, copy) = (log(&w, CUSTOMER), log(&w, AGENT));
    let all = lines(&file(&w, CUSTOMER));
    let copied = lines(&file(&w, AGENT));
    for n in 1..all.len() {
        let cut = Log::read(&all[..n].concat()).expect("still a chain");
        let tail = cut.against(&copy);
        assert!(!cut.is_closed(), "{n} lines");
        assert_eq!(matches!(tail, Tail::Cut { .. }), cut.len() < copy.len(), "{n} lines: {tail:?}");
    }
    for n in 1..copied.len() - 1 {
        let cut = Log::read(&copied[..n].concat()).expect("still a chain");
        assert!(matches!(cut.against(&own), Tail::Cut { .. }) && !cut.is_closed(), "{n} lines");
    }
    let torn = &file(&w, AGENT)[..file(&w, AGENT).len() - 1];
    assert_eq!(Log::read(torn).map(|_| ()).map_err(|e| e.fault), Err(Fault::Torn));
    assert_eq!(Log::read(b"").map(|_| ()).map_err(|e| e.fault), Err(Fault::Beginning));
}

#[test]
fn another_signer_or_session_is_noticed() {
    let w = whole();
    let other = {
        let mut w = World::with(Act::View);
        w.command(CUSTOMER, Command::Leave);
        w
    };
    let (a, b) = (lines(&file(&w, CUSTOMER)), lines(&file(&other, CUSTOMER)));
    // The same beginning, another continuation.
    let (one, two) = (log(&w, CUSTOMER), log(&other, CUSTOMER));
    assert!(matches!(one.against(&two), Tail::Differs { .. }));
    let mixed = [&a[..8], &b[10..]].concat().concat();
    assert!(Log::read(&mixed).is_err());
    let text = String::from_utf8(file(&w, CUSTOMER)).unwrap();
    let elsewhere = text.replace("123456789", "987654321");
    assert_eq!(Log::read(elsewhere.as_bytes()).unwrap_err().fault, Fault::Signature);
    let by_another = text.replace(&identity(CUSTOMER).public_text(), &identity(THIRD).public_text());
    assert_eq!(Log::read(by_another.as_bytes()).unwrap_err().fault, Fault::Signature);
    let beginning = a[1..].concat();
    assert_eq!(Log::read(&beginning).map(|_| ()).unwrap_err().line, 1);
}

#[test]
fn kinds_from_later_are_skipped_and_covered() {
    let text = r#"{"serial":2,"at":1,"who":{"id":1,"key":"KEY"},"what":{"kind":"teleported","to":"Mars"},"previous":""}"#;
    let text = text.replace("KEY", &identity(AGENT).public_text());
    let entry: deskside_session::acts::Entry = serde_json::from_str(&text).unwrap();
    assert_eq!(entry.what, What::Unknown);
    let later = text.replace(r#""teleported","to":"Mars""#, r#""asked","act":"hypnotise""#);
    let entry: deskside_session::acts::Entry = serde_json::from_str(&later).unwrap();
    assert_eq!(entry.what, What::Unknown);
}

proptest! {
    #![proptest_config(crate::sim::cases(256))]

    #[test]
    fn a_changed_byte_is_noticed(at: prop::sample::Index, by in 1u8..) {
        static FILES: std::sync::LazyLock<[Vec<u8>; 2]> = std::sync::LazyLock::new(|| {
            let w = whole();
            [file(&w, CUSTOMER), file(&w, AGENT)]
        });
        for file in FILES.iter() {
            let mut file = file.clone();
            let i = at.index(file.len());
            file[i] ^= by;
            prop_assert!(Log::read(&file).is_err(), "byte {i}");
        }
    }

    #[test]
    fn garbage_is_no_log(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Log::read(&bytes).is_err());
    }
}
