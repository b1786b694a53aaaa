use deskside_session::{Role, command::Command, view::Notice, wire::MAX_CHAT};
use proptest::prelude::*;

use crate::sim::{AGENT, CUSTOMER, Guest, THIRD, World, agent, cases, customer};

fn say(w: &mut World, from: deskside_session::ParticipantId, text: &str) {
    w.command(from, Command::Chat { to: None, text: text.into() });
}

fn texts(w: &World, at: deskside_session::ParticipantId) -> Vec<String> {
    w.view(at).chat.iter().map(|l| l.text.clone()).collect()
}

#[test]
fn a_line_arrives_with_name_time_and_receipt() {
    let mut w = World::call();
    w.run(5_000);
    let at = 1_700_000_000_000 + w.now.since_start().as_millis() as u64 - 1_000;
    say(&mut w, AGENT, "bonjour");
    assert!(!w.view(AGENT).chat[0].delivered);
    w.run(50);
    let line = w.view(CUSTOMER).chat[0].clone();
    assert_eq!((line.from, line.name.as_str(), line.to, line.at), (AGENT, "Ada", None, at));
    assert_eq!(line.text, "bonjour");
    assert!(w.view(AGENT).chat[0].delivered);
    assert_eq!((w.view(CUSTOMER).unread, w.view(AGENT).unread), (1, 0));
    w.command(CUSTOMER, Command::ChatRead);
    assert_eq!(w.view(CUSTOMER).unread, 0);
}

#[test]
fn too_long_empty_or_to_nobody() {
    let mut w = World::call();
    say(&mut w, AGENT, "");
    w.command(AGENT, Command::Chat { to: Some(deskside_session::ParticipantId(9)), text: "x".into() });
    assert!(w.view(AGENT).chat.is_empty());
    say(&mut w, AGENT, &"x".repeat(MAX_CHAT + 1));
    assert_eq!(w.notice(AGENT), Some(Notice::ChatTooLong));
    // The worst that escaping can do still fits a message.
    say(&mut w, AGENT, &"\u{1}".repeat(MAX_CHAT));
    w.run(50);
    assert_eq!(w.view(CUSTOMER).chat.len(), 1);
}

#[test]
fn written_while_away_arrives_after_it() {
    let mut w = World::call();
    w.server(false);
    w.cut(AGENT, CUSTOMER);
    for i in 0..100 {
        say(&mut w, CUSTOMER, &i.to_string());
    }
    w.server(true);
    w.until("all", |w| w.view(CUSTOMER).chat.iter().all(|l| l.delivered));
    assert_eq!(texts(&w, AGENT), (0..100).map(|i| i.to_string()).collect::<Vec<_>>());
}

#[test]
fn the_log_is_bounded() {
    let mut w = World::call();
    for i in 0..1_200 {
        say(&mut w, AGENT, &i.to_string());
        w.run(20);
    }
    for id in [AGENT, CUSTOMER] {
        assert_eq!(w.view(id).chat.len(), 1_000);
        assert_eq!(texts(&w, id).last().map(String::as_str), Some("1199"));
    }
}

#[test]
fn each_conversation_has_its_marks() {
    let third = Guest { id: THIRD, role: Role::Assistant, name: "Theo", secret: None };
    let mut w = World::of(vec![agent(), customer(), third]);
    w.until("all secure", World::all_secure);
    for (from, to, text) in [
        (AGENT, None, "all"),
        (AGENT, Some(CUSTOMER), "you"),
        (THIRD, None, "all too"),
        (THIRD, Some(CUSTOMER), "secret"),
        (CUSTOMER, Some(AGENT), "mine"),
        (THIRD, Some(CUSTOMER), "more"),
    ] {
        w.command(from, Command::Chat { to, text: text.into() });
        w.run(50);
    }
    let marks = |w: &World| -> Vec<_> {
        let all = w.view(CUSTOMER).conversations;
        all.into_iter().map(|c| (c.with, c.name, c.unread)).collect()
    };
    let with = |id, name: &str, unread| (Some(id), name.to_owned(), unread);
    let all = |unread| (None, String::new(), unread);
    assert_eq!(marks(&w), [with(THIRD, "Theo", 2), with(AGENT, "Ada", 1), all(2)]);
    assert_eq!(w.view(CUSTOMER).unread, 5);
    let newest = w.view(CUSTOMER).chat.last().map(|l| l.at);
    assert_eq!(w.view(CUSTOMER).conversations.first().map(|c| c.at), newest);
    w.command(CUSTOMER, Command::ConversationRead { with: Some(THIRD) });
    w.command(CUSTOMER, Command::ConversationRead { with: None });
    assert_eq!(marks(&w), [with(THIRD, "Theo", 0), with(AGENT, "Ada", 1), all(0)]);
    // Who left is still named.
    w.command(THIRD, Command::Leave);
    w.run(50);
    w.command(CUSTOMER, Command::ChatRead);
    assert_eq!((w.view(CUSTOMER).unread, marks(&w)[0].clone()), (0, with(THIRD, "Theo", 0)));
}

#[test]
fn what_waits_for_somebody_away_is_bounded_and_nothing_is_lost_in_silence() {
    let mut w = World::call();
    w.server(false);
    w.cut(AGENT, CUSTOMER);
    let mut taken = 0;
    while w.notice(AGENT) != Some(Notice::ChatFull) {
        say(&mut w, AGENT, &"x".repeat(MAX_CHAT));
        taken += 1;
        assert!(taken < 100);
    }
    assert_eq!(w.view(AGENT).chat.len(), taken - 1, "what was not taken is not shown");
    w.server(true);
    w.until("all", |w| w.view(CUSTOMER).chat.len() == taken - 1);
}

proptest! {
    #![proptest_config(cases(64))]
    /// Whatever is cut when: each line once, in order for each sender.
    #[test]
    fn exactly_once_and_in_order(steps in proptest::collection::vec((0u8..6, 0u64..60), 1..80)) {
        let mut w = World::call();
        let mut sent = [0, 0];
        for (what, ms) in steps {
            match what {
                0..=1 => {
                    say(&mut w, AGENT, &format!("a{}", sent[0]));
                    sent[0] += 1;
                }
                2..=3 => {
                    say(&mut w, CUSTOMER, &format!("c{}", sent[1]));
                    sent[1] += 1;
                }
                4 => w.cut(AGENT, CUSTOMER),
                _ => {
                    w.path(AGENT, CUSTOMER, false);
                    w.run(ms);
                    w.path(AGENT, CUSTOMER, true);
                }
            }
            w.run(ms);
        }
        w.until("delivered", |w| {
            [AGENT, CUSTOMER].iter().all(|id| w.view(*id).chat.iter().all(|l| l.delivered))
        });
        for (from, letter, count) in [(AGENT, 'a', sent[0]), (CUSTOMER, 'c', sent[1])] {
            let expected: Vec<_> = (0..count).map(|i| format!("{letter}{i}")).collect();
            for at in [AGENT, CUSTOMER] {
                let got: Vec<_> =
                    w.view(at).chat.iter().filter(|l| l.from == from).map(|l| l.text.clone()).collect();
                prop_assert_eq!(&got, &expected);
            }
        }
    }
}

#[test]
fn what_is_said_to_all_is_given_out_for_the_record_and_everybody_is_told() {
    let theo = Guest { id: THIRD, role: Role::Assistant, name: "Theo", secret: None };
    for keeps in [false, true] {
        let mut w = World::of(vec![]);
        w.keeps_chat = keeps;
        for guest in [agent(), customer(), theo.clone()] {
            w.join(guest);
        }
        w.until("all secure", World::all_secure);
        w.run(50);
        for id in [AGENT, CUSTOMER, THIRD] {
            assert_eq!(w.view(id).chat_kept, keeps, "{id:?}");
        }
        say(&mut w, AGENT, "one");
        w.command(AGENT, Command::Chat { to: Some(CUSTOMER), text: "between us".into() });
        w.run(50);
        say(&mut w, CUSTOMER, "two");
        w.run(50);
        let said = |w: &World, id, after| -> Vec<String> {
            w.node(id).session.said(after).map(|(_, l)| l.text.clone()).collect()
        };
        let whole = if keeps { vec!["one", "two"] } else { vec![] };
        assert_eq!(said(&w, AGENT, 0), whole);
        let first = w.node(AGENT).session.said(0).next().map_or(0, |(n, _)| n);
        assert_eq!(said(&w, AGENT, first), whole[whole.len().min(1)..]);
        // Only by who leads.
        assert!(said(&w, THIRD, 0).is_empty() && said(&w, CUSTOMER, 0).is_empty());
        w.command(AGENT, Command::HandOver { to: THIRD });
        w.run(50);
        assert_eq!((said(&w, AGENT, 0), said(&w, THIRD, 0).len()), (vec![], whole.len()));
        assert_eq!(w.view(CUSTOMER).chat_kept, keeps);
        // Also while the agent is away.
        w.cut(THIRD, CUSTOMER);
        assert_eq!(w.view(CUSTOMER).chat_kept, keeps);
    }
}

#[test]
fn what_was_said_before_anybody_was_told_is_not_given_out_later() {
    let mut w = World::call();
    say(&mut w, AGENT, "before");
    w.run(50);
    // The site saves chats from now on, as the agent's program hears when it starts again.
    let kept = w.node(AGENT).kept.clone();
    w.kill(AGENT);
    w.keeps_chat = true;
    w.restart(AGENT, kept);
    w.until("secure", |w| w.secure(AGENT, CUSTOMER));
    w.run(50);
    assert!(w.view(CUSTOMER).chat_kept && w.view(AGENT).chat.len() == 1);
    say(&mut w, CUSTOMER, "after");
    w.run(50);
    let said = |w: &World| -> Vec<_> { w.node(AGENT).session.said(0).map(|(_, l)| l.text.clone()).collect() };
    assert_eq!(said(&w), ["after"]);
    // Another restart changes nothing.
    let kept = w.node(AGENT).kept.clone();
    w.kill(AGENT);
    w.restart(AGENT, kept);
    w.until("secure", |w| w.secure(AGENT, CUSTOMER));
    assert_eq!(said(&w), ["after"]);
    // The server changes its mind.
    w.input(AGENT, deskside_session::io::Input::ChatNotKept);
    w.run(50);
    assert!(!w.view(CUSTOMER).chat_kept && said(&w).is_empty());
}
