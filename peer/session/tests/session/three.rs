//! More than two participants.

use deskside_session::{
    ParticipantId, Role,
    command::{Act, Command},
    io::Output,
    view::Notice,
};

use crate::sim::{AGENT, CUSTOMER, Guest, THIRD, World, agent, customer};

fn three(role: Role) -> World {
    let third = Guest { id: THIRD, role, name: "Theo", secret: None };
    let mut w = World::of(vec![agent(), customer(), third]);
    let pairs = [(AGENT, CUSTOMER), (AGENT, THIRD), (CUSTOMER, THIRD)];
    w.until("all secure", |w| pairs.iter().all(|(a, b)| w.secure(*a, *b)));
    w.picture();
    w
}

fn texts(w: &World, at: ParticipantId) -> Vec<String> {
    w.view(at).chat.iter().map(|l| l.text.clone()).collect()
}

#[test]
fn everyone_sees_everyone() {
    for role in [Role::Assistant, Role::Customer] {
        let w = three(role);
        for id in [AGENT, CUSTOMER, THIRD] {
            let mut others: Vec<_> = w.view(id).others.iter().map(|o| o.id).collect();
            others.push(id);
            others.sort();
            assert_eq!(others, [AGENT, CUSTOMER, THIRD]);
        }
        assert_eq!(w.view(AGENT).others.iter().find(|o| o.id == THIRD).unwrap().role, role);
    }
}

#[test]
fn chat_to_all_or_to_one() {
    let mut w = three(Role::Assistant);
    w.command(CUSTOMER, Command::Chat { to: None, text: "all".into() });
    w.command(CUSTOMER, Command::Chat { to: Some(THIRD), text: "you".into() });
    w.run(100);
    assert_eq!(texts(&w, AGENT), ["all"]);
    assert_eq!(texts(&w, THIRD), ["all", "you"]);
    let chat = w.view(THIRD).chat;
    assert_eq!((chat[0].to, chat[1].to), (None, Some(THIRD)));
    assert!(w.view(CUSTOMER).chat.iter().all(|l| l.delivered));
}

#[test]
fn only_the_primary_agent_asks_sees_and_acts() {
    let mut w = three(Role::Assistant);
    w.allow(Act::Control);
    w.take_log(CUSTOMER);
    w.command(THIRD, Command::Ask { act: Act::View });
    for bad in [
        &br#"{"type":"ask","request":1,"act":"view"}"#[..],
        br#"{"type":"input","n":1,"event":{"input":"text","text":"x"}}"#,
        br#"{"type":"wish","coder":"h264"}"#,
        br#"{"type":"give_back","acts":["view"]}"#,
        br#"{"type":"clipboard","transfer":1,"part":0,"last":true,"text":"x"}"#,
    ] {
        w.forge(THIRD, CUSTOMER, bad.to_vec());
    }
    w.run(1_000);
    assert_eq!(w.prompt(), None);
    assert!(w.take_log(CUSTOMER).is_empty());
    assert_eq!(w.node(CUSTOMER).capture.as_ref().map(|c| c.viewers.clone()), Some(vec![AGENT]));
    let v = w.view(THIRD);
    assert!(v.grants.is_empty() && v.sharing.is_none());
}

#[test]
fn a_second_customer_neither_consents_nor_shares() {
    let mut w = three(Role::Customer);
    w.ask(Act::View);
    assert!(w.prompt().is_some());
    assert!(w.view(THIRD).prompt.is_none());
    // Grants and pictures that nobody asked for are sent back.
    for bad in [
        &br#"{"type":"grants","acts":["view","control","clipboard"]}"#[..],
        br#"{"type":"sharing","sharing":{"viewers":[1],"paused":false,"monitors":[],"screen":"all","width":9,"height":9,"coder":"auto"}}"#,
        br#"{"type":"clipboard","transfer":1,"part":0,"last":true,"text":"x"}"#,
    ] {
        w.forge(THIRD, AGENT, bad.to_vec());
    }
    w.run(100);
    assert_eq!((w.node(AGENT).viewer, w.node(AGENT).watching), (None, false));
    assert!(!w.node(AGENT).log.iter().any(|o| matches!(o, Output::SetClipboard(_))));
    w.answer(true, false);
    assert_eq!(w.node(AGENT).viewer, Some(CUSTOMER));
}

#[test]
fn one_leaves_and_the_others_go_on() {
    let mut w = three(Role::Assistant);
    w.allow(Act::Control);
    w.command(THIRD, Command::Leave);
    w.run(100);
    for id in [AGENT, CUSTOMER] {
        assert_eq!(w.view(id).others.len(), 1);
        assert_eq!(w.notice(id), Some(Notice::Left { name: "Theo".into() }));
    }
    assert_eq!(w.acts(AGENT), [Act::View, Act::Control]);
}

#[test]
fn the_agent_ends_it_for_all() {
    let mut w = three(Role::Assistant);
    w.command(THIRD, Command::End);
    assert_eq!(w.node(THIRD).over, None);
    w.command(AGENT, Command::End);
    w.run(100);
    for id in [CUSTOMER, THIRD] {
        assert_eq!(w.node(id).over, Some(deskside_session::app::Ending::EndedByAgent));
    }
}

#[test]
fn the_customer_leaves_and_the_next_one_is_helped() {
    let mut w = three(Role::Customer);
    w.allow(Act::Control);
    w.command(CUSTOMER, Command::Leave);
    w.run(100);
    assert!(w.view(AGENT).grants.is_empty());
    w.ask(Act::View);
    assert!(w.view(THIRD).prompt.is_some());
}
