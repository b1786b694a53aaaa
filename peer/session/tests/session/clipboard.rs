use deskside_session::{
    ParticipantId,
    clipboard::Clip,
    command::{Act, Command},
    direction::Direction,
    io::{DeviceEvent, Output},
    view::Notice,
};

use crate::sim::{AGENT, CUSTOMER, World};

fn copy(w: &mut World, at: ParticipantId, text: &str) {
    w.device(at, DeviceEvent::Clipboard(text.into()));
    w.run(50);
}

fn set(w: &mut World, at: ParticipantId) -> Vec<String> {
    let log = w.take_log(at);
    let text = |o| if let Output::SetClipboard(Clip::Text(t)) = o { Some(t) } else { None };
    log.into_iter().filter_map(text).collect()
}

#[test]
fn both_ways_and_only_with_the_grant() {
    let mut w = World::with(Act::Control);
    for id in [AGENT, CUSTOMER] {
        copy(&mut w, id, "secret");
        assert!(!w.node(id).watching);
    }
    assert!(set(&mut w, AGENT).is_empty() && set(&mut w, CUSTOMER).is_empty());
    w.allow(Act::Clipboard);
    assert!(w.node(AGENT).watching && w.node(CUSTOMER).watching);
    copy(&mut w, AGENT, "à l’agent");
    copy(&mut w, CUSTOMER, "from the customer");
    assert_eq!(set(&mut w, CUSTOMER), ["à l’agent"]);
    assert_eq!(set(&mut w, AGENT), ["from the customer"]);
    w.command(CUSTOMER, Command::Pause { paused: true });
    w.run(50);
    copy(&mut w, CUSTOMER, "password");
    copy(&mut w, AGENT, "x");
    w.command(CUSTOMER, Command::Pause { paused: false });
    w.run(50);
    w.command(CUSTOMER, Command::Revoke { act: Some(Act::Clipboard) });
    w.run(50);
    assert!(!w.node(AGENT).watching && !w.node(CUSTOMER).watching);
    copy(&mut w, CUSTOMER, "password");
    assert!(set(&mut w, AGENT).is_empty() && set(&mut w, CUSTOMER).is_empty());
}

#[test]
fn long_texts_whole_too_long_ones_not() {
    let mut w = World::with(Act::Clipboard);
    let long = "\u{1}é".repeat(200_000);
    copy(&mut w, CUSTOMER, "replaced by the next");
    copy(&mut w, CUSTOMER, &long);
    assert_eq!(set(&mut w, AGENT), ["replaced by the next"]);
    w.run(1_000);
    assert_eq!(set(&mut w, AGENT), [long]);
    copy(&mut w, CUSTOMER, &"x".repeat(1024 * 1024 + 1));
    assert!(set(&mut w, AGENT).is_empty());
}

#[test]
fn a_revocation_in_the_middle_drops_the_rest() {
    let mut w = World::with(Act::Clipboard);
    w.device(AGENT, DeviceEvent::Clipboard(Clip::Text("x".repeat(200_000))));
    w.run(20);
    w.command(CUSTOMER, Command::Revoke { act: None });
    w.run(100);
    assert!(set(&mut w, CUSTOMER).is_empty());
}

#[test]
fn a_cut_in_the_middle_drops_it_and_the_next_text_arrives() {
    let mut w = World::with(Act::Clipboard);
    w.device(AGENT, DeviceEvent::Clipboard(Clip::Text("x".repeat(200_000))));
    w.run(20);
    w.cut(AGENT, CUSTOMER);
    w.until("secure", |w| w.secure(AGENT, CUSTOMER));
    w.run(1_000);
    assert!(set(&mut w, CUSTOMER).is_empty());
    copy(&mut w, AGENT, "whole");
    assert_eq!(set(&mut w, CUSTOMER), ["whole"]);
}

#[test]
fn pictures_go_both_ways_and_stop_with_the_grant() {
    let mut w = World::with(Act::Clipboard);
    let picture = |w: &mut World, at, size: usize| {
        let clip = Clip::Picture((0..size).map(|i| (i % 241) as u8).collect());
        w.device(at, DeviceEvent::Clipboard(clip.clone()));
        clip
    };
    for (from, to) in [(AGENT, CUSTOMER), (CUSTOMER, AGENT)] {
        let clip = picture(&mut w, from, 500_000);
        w.run(2_000);
        assert!(w.take_log(to).contains(&Output::SetClipboard(clip)));
    }
    picture(&mut w, AGENT, 500_000);
    w.run(20);
    w.command(CUSTOMER, Command::Revoke { act: None });
    w.run(2_000);
    assert!(!w.take_log(CUSTOMER).iter().any(|o| matches!(o, Output::SetClipboard(_))));
}

fn direct(w: &mut World, direction: Direction) {
    w.command(CUSTOMER, Command::ClipboardDirection { direction });
    w.run(50);
}

#[test]
fn the_customer_chooses_the_direction_and_both_know_it() {
    let mut w = World::with(Act::Clipboard);
    for (direction, to_agent, to_customer) in [
        (Direction::ToAgent, true, false),
        (Direction::ToCustomer, false, true),
        (Direction::Off, false, false),
        (Direction::Both, true, true),
    ] {
        direct(&mut w, direction);
        assert_eq!((w.view(AGENT).clipboard, w.view(CUSTOMER).clipboard), (direction, direction));
        assert_eq!(w.notice(AGENT), Some(Notice::ClipboardGoes { direction }));
        assert_eq!((w.node(CUSTOMER).watching, w.node(AGENT).watching), (to_agent, to_customer));
        copy(&mut w, CUSTOMER, "mine");
        copy(&mut w, AGENT, "theirs");
        assert_eq!(set(&mut w, AGENT).len(), usize::from(to_agent), "{direction:?}");
        assert_eq!(set(&mut w, CUSTOMER).len(), usize::from(to_customer), "{direction:?}");
    }
    // It is no grant: what is asked later goes as was chosen.
    direct(&mut w, Direction::ToAgent);
    w.command(CUSTOMER, Command::Revoke { act: Some(Act::Clipboard) });
    w.run(5_000);
    w.allow(Act::Clipboard);
    copy(&mut w, AGENT, "theirs");
    assert!(set(&mut w, CUSTOMER).is_empty());
    assert_eq!(w.view(AGENT).clipboard, Direction::ToAgent);
}

#[test]
fn an_agent_cannot_choose_the_direction() {
    let mut w = World::with(Act::Clipboard);
    direct(&mut w, Direction::ToAgent);
    w.command(AGENT, Command::ClipboardDirection { direction: Direction::Both });
    w.run(50);
    assert_eq!(
        (w.view(AGENT).clipboard, w.view(CUSTOMER).clipboard),
        (Direction::ToAgent, Direction::ToAgent)
    );
}

#[test]
fn the_customer_is_safe_from_an_agent_who_does_not_heed_it() {
    let mut w = World::with(Act::Clipboard);
    direct(&mut w, Direction::ToAgent);
    let piece = |n| format!(r#"{{"type":"clipboard","transfer":{n},"part":0,"last":true,"text":"x"}}"#);
    for n in 0..16 {
        w.forge(AGENT, CUSTOMER, piece(n).into_bytes());
    }
    w.run(50);
    assert!(set(&mut w, CUSTOMER).is_empty());
    assert!(w.secure(AGENT, CUSTOMER), "so much can have been under way");
    w.forge(AGENT, CUSTOMER, piece(16).into_bytes());
    w.run(50);
    assert!(!w.secure(AGENT, CUSTOMER));
    assert!(set(&mut w, CUSTOMER).is_empty());
}
