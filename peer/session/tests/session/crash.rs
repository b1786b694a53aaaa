//! A killed program goes on where it was, with what it had kept.

use deskside_session::{
    Identity, Keeping, LinkSecret, ParticipantId, Role, SessionNumber, Snapshot, SnapshotError,
    command::{Act, Command},
    io::DeviceEvent,
    view::{Notice, Verified},
};
use proptest::prelude::*;

use crate::sim::{AGENT, CUSTOMER, Guest, THIRD, World, agent, by_link, customer, identity, secret};

fn number() -> SessionNumber {
    SessionNumber::new(123_456_789).unwrap()
}

fn crash(w: &mut World, id: ParticipantId) {
    w.crash(id);
    w.until("all secure", World::all_secure);
    w.run(100);
}

fn texts(w: &World, at: ParticipantId) -> Vec<String> {
    w.view(at).chat.iter().map(|l| l.text.clone()).collect()
}

fn say(w: &mut World, from: ParticipantId, to: Option<ParticipantId>, text: &str) {
    w.command(from, Command::Chat { to, text: text.into() });
}

#[test]
fn the_agent_goes_on_to_control_without_a_question() {
    let mut w = World::with(Act::Control);
    w.allow(Act::Files);
    let code = w.verified(AGENT, CUSTOMER);
    crash(&mut w, AGENT);
    assert_eq!(w.prompt(), None);
    assert_eq!(w.acts(AGENT), [Act::View, Act::Control, Act::Files]);
    assert_eq!(w.node(AGENT).viewer, Some(CUSTOMER));
    assert_eq!(w.verified(AGENT, CUSTOMER), code, "people compared this code");
    // The new program counts pointer positions from 1.
    w.take_log(CUSTOMER);
    w.send(deskside_session::input::InputEvent::Move { x: 3, y: 4 });
    w.run(100);
    assert_eq!(w.injected(CUSTOMER).len(), 1);
}

#[test]
fn the_customers_picture_goes_on_and_what_acts_by_itself_is_asked_anew() {
    let mut w = World::with(Act::Control);
    for act in [Act::Clipboard, Act::Files, Act::Scripts, Act::Restart, Act::OtherUser] {
        w.allow(act);
    }
    w.command(CUSTOMER, Command::Pause { paused: true });
    w.run(50);
    crash(&mut w, CUSTOMER);
    let stays = [Act::View, Act::Clipboard, Act::Files];
    assert_eq!((w.acts(CUSTOMER), w.acts(AGENT)), (stays.to_vec(), stays.to_vec()));
    assert!(w.notices(AGENT).contains(&Notice::Revoked { act: Act::Control }));
    assert!(w.node(CUSTOMER).capture.as_ref().is_some_and(|c| c.paused), "what was paused stays so");
    w.ask(Act::Control);
    assert_eq!(w.view(CUSTOMER).prompt.map(|p| p.act), Some(Act::Control));
}

#[test]
fn a_question_and_its_answer_outlive_both() {
    let mut w = World::call();
    w.ask(Act::View);
    crash(&mut w, CUSTOMER);
    assert_eq!(w.view(CUSTOMER).prompt.map(|p| p.act), Some(Act::View), "asked again");
    crash(&mut w, AGENT);
    assert_eq!(w.view(AGENT).asked, Some(Act::View));
    let request = w.prompt().unwrap();
    w.cut(AGENT, CUSTOMER);
    w.command(CUSTOMER, Command::Answer { request, allow: true, all: true });
    crash(&mut w, CUSTOMER);
    assert_eq!((w.acts(AGENT), w.prompt(), w.view(AGENT).asked), (vec![Act::View], None, None));
    assert!(w.view(CUSTOMER).allow_all);
}

#[test]
fn chat_goes_on_once_and_in_order() {
    let mut w = World::call();
    say(&mut w, AGENT, None, "one");
    w.run(100);
    say(&mut w, CUSTOMER, None, "two");
    w.run(100);
    w.server(false);
    w.cut(AGENT, CUSTOMER);
    say(&mut w, AGENT, None, "three");
    say(&mut w, AGENT, Some(CUSTOMER), "four");
    w.server(true);
    crash(&mut w, AGENT);
    crash(&mut w, CUSTOMER);
    say(&mut w, CUSTOMER, None, "five");
    w.run(100);
    for id in [AGENT, CUSTOMER] {
        assert_eq!(texts(&w, id), ["one", "two", "three", "four", "five"]);
        assert!(w.view(id).chat.iter().all(|l| l.delivered));
    }
    let v = w.view(CUSTOMER);
    assert_eq!((v.unread, v.conversations.len()), (3, 2));
}

#[test]
fn who_is_primary_helped_and_excluded_is_remembered_by_all() {
    let third = Guest { id: THIRD, role: Role::Assistant, name: "Theo", secret: None };
    let second = Guest { id: ParticipantId(4), role: Role::Customer, name: "Carla", secret: None };
    let mut w = World::of(vec![agent(), customer(), third, second]);
    w.until("all secure", World::all_secure);
    w.run(50);
    w.command(AGENT, Command::SelectCustomer { id: ParticipantId(4) });
    w.command(AGENT, Command::HandOver { to: THIRD });
    w.command(ParticipantId(4), Command::Exclude { id: AGENT, excluded: true });
    w.run(50);
    for id in w.ids() {
        crash(&mut w, id);
        for at in w.ids() {
            assert_eq!((w.primary(at), w.view(at).helped), (vec![THIRD], Some(ParticipantId(4))), "{id:?}");
        }
    }
    w.command(ParticipantId(4), Command::Exclude { id: AGENT, excluded: false });
    assert_eq!(w.view(ParticipantId(4)).watchers, [AGENT], "was primary");
    w.command(THIRD, Command::HandOver { to: AGENT });
    w.run(50);
    assert!(w.ids().iter().all(|id| w.primary(*id) == [AGENT]));
}

#[test]
fn without_a_memory_the_words_still_say_who_is_primary() {
    let third = Guest { id: THIRD, role: Role::Assistant, name: "Theo", secret: None };
    for lost in [AGENT, CUSTOMER, THIRD] {
        let mut w = World::of(vec![agent(), customer(), third.clone()]);
        w.until("all secure", World::all_secure);
        w.run(50);
        w.command(AGENT, Command::HandOver { to: THIRD });
        w.run(50);
        w.kill(lost);
        w.restart(lost, None);
        w.until("all secure", World::all_secure);
        w.run(100);
        assert!(w.ids().iter().all(|id| w.primary(*id) == [THIRD]), "{lost:?}");
        w.command(THIRD, Command::HandOver { to: AGENT });
        w.run(50);
        assert!(w.ids().iter().all(|id| w.primary(*id) == [AGENT]), "{lost:?}");
    }
}

#[test]
fn the_links_secret_is_kept_only_when_asked_for_and_the_seed_never() {
    for (keeping, has) in [(Keeping::State, false), (Keeping::StateAndSecret, true)] {
        let mut w = World::of(vec![]);
        w.keeping = keeping;
        w.join(agent());
        w.join(by_link());
        w.until("all secure", World::all_secure);
        w.run(50);
        let kept = String::from_utf8(w.node(AGENT).kept.clone().unwrap()).unwrap();
        assert_eq!(kept.contains(&secret().to_text()), has);
        let seed = LinkSecret::new([AGENT.0 as u8; 16]).to_text();
        assert!(!kept.contains(&seed[..20]));
        assert_eq!(w.verified(AGENT, CUSTOMER), Some(Verified::Link));
        crash(&mut w, CUSTOMER);
        assert_eq!(w.verified(AGENT, CUSTOMER), Some(Verified::Link));
    }
    let mut w = World::of(vec![]);
    w.keeping = Keeping::Nothing;
    w.join(agent());
    w.join(customer());
    w.until("all secure", World::all_secure);
    assert!(w.node(AGENT).kept.is_none());
    assert!(w.nodes[&AGENT].session.snapshot() != w.nodes[&CUSTOMER].session.snapshot());
}

#[test]
fn it_is_kept_before_anything_is_said_that_depends_on_it() {
    let mut w = World::call();
    say(&mut w, AGENT, None, "hello");
    w.run(50);
    // What the customer acknowledged it has kept: a crash right after loses nothing.
    assert!(w.view(AGENT).chat[0].delivered);
    w.server(false);
    w.crash(CUSTOMER);
    assert_eq!(texts(&w, CUSTOMER), ["hello"]);
    w.device(CUSTOMER, DeviceEvent::OwnInput);
    assert_eq!(w.view(CUSTOMER).others[0].name, "Ada", "known before the server is there");
}

#[test]
fn a_crash_between_any_two_outputs_loses_no_line_and_no_answer() {
    for (who, outputs) in [AGENT, CUSTOMER].into_iter().flat_map(|who| (0..12).map(move |n| (who, n))) {
        let mut w = World::call();
        w.ask(Act::View);
        w.fuse = Some((who, outputs));
        // Either side writes, and the customer answers, while the fuse burns at one of them.
        let (writer, reader) = if who == AGENT { (CUSTOMER, AGENT) } else { (AGENT, CUSTOMER) };
        say(&mut w, writer, None, "one");
        w.run(30);
        let there = w.there().contains(&CUSTOMER);
        if let Some(request) = there.then(|| w.prompt()).flatten() {
            w.command(CUSTOMER, Command::Answer { request, allow: true, all: false });
        }
        say(&mut w, writer, None, "two");
        w.run(30);
        w.raise_fallen();
        assert_eq!(texts(&w, reader), ["one", "two"], "{who:?} {outputs}");
        assert!(w.view(writer).chat.iter().all(|l| l.delivered));
        assert_eq!(w.acts(AGENT), w.acts(CUSTOMER), "{who:?} {outputs}");
    }
}

#[test]
fn only_a_sound_snapshot_of_this_session_is_read() {
    let mut w = World::with(Act::Control);
    say(&mut w, CUSTOMER, None, "hi");
    w.run(50);
    let kept = w.node(CUSTOMER).kept.clone().unwrap();
    let key = identity(CUSTOMER).public();
    let read = |bytes: &[u8]| Snapshot::decode(bytes, number(), CUSTOMER, key).map(|_| ());
    assert_eq!(read(&kept), Ok(()));
    let other = Identity::from_seed([66; 32]).public();
    assert_eq!(Snapshot::decode(&kept, number(), CUSTOMER, other), Err(SnapshotError::Other));
    assert_eq!(Snapshot::decode(&kept, number(), AGENT, key), Err(SnapshotError::Other));
    let session = SessionNumber::new(987_654_321).unwrap();
    assert_eq!(Snapshot::decode(&kept, session, CUSTOMER, key), Err(SnapshotError::Other));
    let text = String::from_utf8(kept.clone()).unwrap();
    let newer = text.replacen(r#""version":1"#, r#""version":2"#, 1);
    assert_eq!(read(newer.as_bytes()), Err(SnapshotError::Version(2)));
    assert_eq!(read(br#"{"version":9}"#), Err(SnapshotError::Version(9)));
    assert_eq!(read(&vec![b' '; deskside_session::MAX_SNAPSHOT + 1]), Err(SnapshotError::TooLarge));
    for bad in [&b""[..], b"{}", b"null", b"\xff", &kept[..kept.len() - 1], br#"{"version":1}"#] {
        assert_eq!(read(bad), Err(SnapshotError::Malformed));
    }
    let longer = text.replace(r#""text":"hi""#, &format!(r#""text":"{}""#, "x".repeat(8_193)));
    assert_ne!(longer, text);
    assert_eq!(read(longer.as_bytes()), Err(SnapshotError::Malformed));
}

proptest! {
    #![proptest_config(crate::sim::cases(64))]

    #[test]
    fn garbage_is_no_snapshot(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let key = identity(CUSTOMER).public();
        prop_assert!(Snapshot::decode(&bytes, number(), CUSTOMER, key).is_err());
    }

    /// A damaged file is refused or read, and whoever goes on with it does not fall over.
    #[test]
    fn a_damaged_snapshot_never_panics(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut w = World::with(Act::View);
        say(&mut w, AGENT, None, "hello");
        w.run(20);
        let mut kept = w.node(AGENT).kept.clone().unwrap();
        for (at, byte) in changes {
            let i = at.index(kept.len());
            kept[i] = byte;
        }
        let key = identity(AGENT).public();
        if Snapshot::decode(&kept, number(), AGENT, key).is_ok() {
            w.kill(AGENT);
            w.restart(AGENT, Some(kept));
            w.run(1_000);
        }
    }
}
