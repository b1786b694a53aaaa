//! C4: chat both ways.

use deskside_session::{command::Command, view::Notice, wire::MAX_CHAT};
use deskside_tests::{Scene, server::AGENT};

#[test]
fn lines_go_both_ways_in_order_and_are_acknowledged() {
    let mut scene = Scene::joined();
    scene.agent.tell(Command::Chat { to: None, text: "Bonjour ! 😀\nzwei Zeilen".into() });
    let s = scene.customer.wait_session("the first line", |s| s.chat.len() == 1);
    assert_eq!((s.chat[0].text.as_str(), s.chat[0].name.as_str()), ("Bonjour ! 😀\nzwei Zeilen", AGENT));
    assert_eq!(s.unread, 1);
    scene.customer.tell(Command::ChatRead);
    scene.customer.wait_session("read", |s| s.unread == 0);
    let agent = scene.agent.wait_session("delivered", |s| s.chat.iter().all(|l| l.delivered));

    for n in 0..50 {
        scene.customer.tell(Command::Chat { to: Some(agent.me), text: format!("line {n}") });
    }
    let s = scene.agent.wait_session("all lines", |s| s.chat.len() == 51);
    for (n, line) in s.chat[1..].iter().enumerate() {
        assert_eq!(line.text, format!("line {n}"));
        assert_eq!(line.to, Some(agent.me));
        assert!(line.at > 1_600_000_000_000);
    }
}

#[test]
fn what_is_too_long_is_refused_with_a_word() {
    let mut scene = Scene::joined();
    scene.agent.tell(Command::Chat { to: None, text: "x".repeat(MAX_CHAT + 1) });
    scene
        .agent
        .wait_session("the news", |s| s.notice.as_ref().is_some_and(|(_, n)| *n == Notice::ChatTooLong));
    let longest = "y".repeat(MAX_CHAT);
    scene.agent.tell(Command::Chat { to: None, text: longest.clone() });
    let s = scene.customer.wait_session("the longest line", |s| !s.chat.is_empty());
    assert_eq!(s.chat.len(), 1);
    assert_eq!(s.chat[0].text, longest);
}
