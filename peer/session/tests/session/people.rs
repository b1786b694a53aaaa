//! Several customers, and assistants who watch.

use deskside_session::{
    ParticipantId, Role,
    command::{Act, Command},
    io::{Capture, Output},
    view::{Notice, Verified},
};

use crate::sim::{AGENT, CUSTOMER, Guest, THIRD, World, agent, customer, secret};

const FOURTH: ParticipantId = ParticipantId(4);

fn guest(id: ParticipantId, role: Role, name: &'static str) -> Guest {
    Guest { id, role, name, secret: None }
}

/// Agent and two customers; the first one lets itself be controlled.
fn two_customers() -> World {
    let mut w = World::of(vec![agent(), customer(), guest(THIRD, Role::Customer, "Carla")]);
    w.until("all secure", World::all_secure);
    w.run(50);
    w.picture();
    w.allow(Act::Control);
    w
}

/// Agent, customer and an assistant who came by number.
fn assisted() -> World {
    let mut w = World::of(vec![agent(), customer(), guest(THIRD, Role::Assistant, "Theo")]);
    w.until("all secure", World::all_secure);
    w.run(50);
    w.picture();
    w
}

fn viewers(w: &World) -> Vec<ParticipantId> {
    w.node(CUSTOMER).capture.as_ref().map(|c| c.viewers.clone()).unwrap_or_default()
}

fn helped(w: &World) -> Vec<Option<ParticipantId>> {
    w.there().into_iter().map(|id| w.view(id).helped).collect()
}

#[test]
fn everyone_sees_who_is_helped_and_selecting_another_ends_what_was_under_way() {
    let mut w = two_customers();
    assert_eq!(helped(&w), [Some(CUSTOMER); 3]);
    w.allow(Act::Files);
    w.allow(Act::Voice);
    w.ask(Act::Restart);
    w.take_log(CUSTOMER);
    w.command(THIRD, Command::SelectCustomer { id: THIRD });
    w.command(AGENT, Command::SelectCustomer { id: FOURTH });
    w.run(50);
    assert_eq!(helped(&w), [Some(CUSTOMER); 3], "only the primary agent selects, and only who is there");
    w.command(AGENT, Command::SelectCustomer { id: THIRD });
    w.run(50);
    assert_eq!(helped(&w), [Some(THIRD); 3]);
    assert_eq!(w.take_log(CUSTOMER), [Output::StopCapture]);
    assert_eq!((w.acts(CUSTOMER), w.acts(AGENT)), (vec![Act::Voice], vec![Act::Voice]));
    assert_eq!((w.prompt(), w.node(AGENT).viewer, w.view(AGENT).asked), (None, None, None));
    for id in [AGENT, CUSTOMER, THIRD] {
        assert_eq!(w.notice(id), Some(Notice::NowHelped { name: "Carla".into() }));
    }
    // Who is not helped is not asked either, whatever comes.
    w.forge(AGENT, CUSTOMER, br#"{"type":"ask","request":77,"act":"view"}"#.to_vec());
    assert_eq!(w.prompt(), None);
    w.ask(Act::View);
    assert_eq!(w.view(THIRD).prompt.map(|p| p.act), Some(Act::View));
}

#[test]
fn who_was_away_while_another_was_selected_stops_when_it_is_back() {
    let mut w = two_customers();
    w.server(false);
    w.cut(AGENT, CUSTOMER);
    w.command(AGENT, Command::SelectCustomer { id: THIRD });
    w.run(1_000);
    assert_eq!((w.view(CUSTOMER).helped, w.node(CUSTOMER).capture.clone()), (Some(CUSTOMER), None));
    w.server(true);
    w.until("all agree", |w| helped(w) == [Some(THIRD); 3]);
    w.run(50);
    assert!(w.acts(CUSTOMER).is_empty() && w.acts(AGENT).is_empty());
    assert_eq!(w.node(CUSTOMER).capture, None);
}

#[test]
fn the_next_customer_is_helped_when_the_first_one_left() {
    let mut w = two_customers();
    w.command(CUSTOMER, Command::Leave);
    w.run(50);
    assert_eq!(helped(&w), [Some(THIRD); 2]);
    assert_eq!(w.notice(THIRD), Some(Notice::NowHelped { name: "Carla".into() }));
}

#[test]
fn a_selection_outlives_a_hand_over_and_a_new_customer() {
    let mut w = two_customers();
    w.join(guest(FOURTH, Role::Assistant, "Theo"));
    w.until("all secure", World::all_secure);
    w.command(AGENT, Command::SelectCustomer { id: THIRD });
    w.run(50);
    w.command(AGENT, Command::HandOver { to: FOURTH });
    w.run(50);
    w.join(guest(ParticipantId(5), Role::Customer, "Zoe"));
    w.until("all secure", World::all_secure);
    w.run(50);
    assert_eq!(helped(&w), [Some(THIRD); 5]);
    w.command(FOURTH, Command::SelectCustomer { id: CUSTOMER });
    w.run(50);
    assert_eq!(helped(&w), [Some(CUSTOMER); 5]);
}

#[test]
fn only_the_primary_agents_word_on_who_is_helped_counts() {
    let mut w = two_customers();
    w.forge(THIRD, CUSTOMER, br#"{"type":"lead","helped":3,"watchers":[]}"#.to_vec());
    w.forge(CUSTOMER, AGENT, br#"{"type":"lead","helped":3,"watchers":[]}"#.to_vec());
    w.run(50);
    assert_eq!(helped(&w), [Some(CUSTOMER); 3]);
    assert_eq!(viewers(&w), [AGENT]);
}

#[test]
fn an_assistant_watches_only_when_let_in_and_while_the_primary_agent_views() {
    let mut w = assisted();
    w.allow(Act::Control);
    assert_eq!((viewers(&w), w.node(THIRD).viewer), (vec![AGENT], None));
    w.command(AGENT, Command::Admit { id: THIRD, admitted: true });
    w.run(50);
    assert_eq!((viewers(&w), w.node(THIRD).viewer), (vec![AGENT, THIRD], Some(CUSTOMER)));
    for id in [AGENT, CUSTOMER, THIRD] {
        let v = w.view(id);
        assert_eq!(v.sharing.unwrap().viewers, [AGENT, THIRD]);
        assert_eq!(v.watchers, [THIRD]);
    }
    assert!(w.acts(THIRD).is_empty());
    // Seeing is all that an assistant gets.
    w.take_log(CUSTOMER);
    for bad in [
        &br#"{"type":"input","n":900,"event":{"input":"text","text":"x"}}"#[..],
        br#"{"type":"wish","coder":"h264"}"#,
        br#"{"type":"give_back","acts":["view"]}"#,
        br#"{"type":"ask","request":1,"act":"control"}"#,
    ] {
        w.forge(THIRD, CUSTOMER, bad.to_vec());
    }
    assert!(w.take_log(CUSTOMER).is_empty() && w.prompt().is_none());
    w.cut(AGENT, CUSTOMER);
    assert!(viewers(&w).is_empty(), "nobody is in charge");
    w.until("all secure", World::all_secure);
    w.run(50);
    assert_eq!(viewers(&w), [AGENT, THIRD]);
    w.command(AGENT, Command::Admit { id: THIRD, admitted: false });
    w.run(50);
    assert_eq!((viewers(&w), w.node(THIRD).viewer), (vec![AGENT], None));
    w.command(AGENT, Command::Admit { id: THIRD, admitted: true });
    w.command(AGENT, Command::StopSharing);
    w.run(50);
    assert_eq!((viewers(&w), w.node(THIRD).viewer), (vec![], None));
}

#[test]
fn who_proved_the_link_and_who_was_primary_watch_without_more() {
    let mut w = World::of(vec![agent(), customer()]);
    w.join(Guest { secret: Some(secret()), ..guest(THIRD, Role::Assistant, "Theo") });
    w.until("all secure", World::all_secure);
    assert_eq!(w.verified(AGENT, THIRD), Some(Verified::Link));
    w.picture();
    w.allow(Act::View);
    assert_eq!(viewers(&w), [AGENT, THIRD]);
    w.command(AGENT, Command::HandOver { to: THIRD });
    w.run(50);
    assert_eq!(viewers(&w), []);
    w.command(THIRD, Command::Ask { act: Act::View });
    w.run(50);
    w.answer(true, false);
    assert_eq!(viewers(&w), [THIRD, AGENT], "who handed over stays and watches");
    assert_eq!(w.node(AGENT).viewer, Some(CUSTOMER));
}

#[test]
fn the_customer_excludes_an_assistant() {
    let mut w = assisted();
    w.command(AGENT, Command::Admit { id: THIRD, admitted: true });
    w.run(50);
    for (act, along) in [(Act::Files, vec![]), (Act::View, vec!["Theo".to_owned()])] {
        w.ask(act);
        assert_eq!(w.view(CUSTOMER).prompt.map(|p| p.along), Some(along), "who else would see");
        w.answer(true, false);
    }
    assert_eq!(viewers(&w), [AGENT, THIRD]);
    w.command(CUSTOMER, Command::Exclude { id: THIRD, excluded: true });
    assert_eq!(viewers(&w), [AGENT]);
    w.run(50);
    assert_eq!((w.node(THIRD).viewer, w.view(CUSTOMER).watchers), (None, vec![]));
    // Neither a new connection nor the agent's word changes that.
    w.cut(CUSTOMER, THIRD);
    w.until("all secure", World::all_secure);
    w.command(AGENT, Command::Admit { id: THIRD, admitted: true });
    w.run(50);
    assert_eq!(viewers(&w), [AGENT]);
    w.command(CUSTOMER, Command::Exclude { id: THIRD, excluded: false });
    assert_eq!(viewers(&w), [AGENT, THIRD]);
}

#[test]
fn another_customer_sees_what_is_shared_once_both_say_so() {
    let mut w = two_customers();
    let show = |shown: bool| Command::Exclude { id: THIRD, excluded: !shown };
    w.command(CUSTOMER, show(true));
    w.run(50);
    assert_eq!(viewers(&w), [AGENT], "the primary agent has not let her in");
    w.command(CUSTOMER, show(false));
    w.command(AGENT, Command::Admit { id: THIRD, admitted: true });
    w.run(50);
    assert_eq!((viewers(&w), w.node(THIRD).viewer), (vec![AGENT], None), "the customer has not said so");
    assert_eq!((w.view(CUSTOMER).watchers, w.view(CUSTOMER).excluded), (vec![], vec![THIRD]));
    let before = w.node(CUSTOMER).shown.len();
    w.command(CUSTOMER, show(true));
    w.run(50);
    assert_eq!((viewers(&w), w.node(THIRD).viewer), (vec![AGENT, THIRD], Some(CUSTOMER)));
    assert_eq!((w.view(CUSTOMER).watchers, w.view(CUSTOMER).excluded), (vec![THIRD], vec![]));
    let told = Output::Tell(Notice::Watches { name: "Carla".into() });
    let place =
        |what: &dyn Fn(&Output) -> bool| w.node(CUSTOMER).shown[before..].iter().position(what).unwrap();
    assert!(place(&|o| *o == told) < place(&|o| matches!(o, Output::Capture(_))), "told before");
    for id in [AGENT, CUSTOMER, THIRD] {
        let s = w.view(id).sharing.unwrap();
        assert_eq!((s.sharer, s.viewers), (CUSTOMER, vec![AGENT, THIRD]));
    }
    // Seeing is all.
    w.take_log(CUSTOMER);
    for bad in [
        &br#"{"type":"input","n":900,"event":{"input":"text","text":"x"}}"#[..],
        br#"{"type":"wish","coder":"h264"}"#,
    ] {
        w.forge(THIRD, CUSTOMER, bad.to_vec());
    }
    assert!(w.take_log(CUSTOMER).is_empty());
    // A pause is told to who sees it.
    w.command(CUSTOMER, Command::Pause { paused: true });
    w.run(50);
    assert_eq!(w.notice(THIRD), Some(Notice::Paused));
    w.command(CUSTOMER, Command::Pause { paused: false });
    // A new connection changes nothing; the end of the sharing does.
    w.cut(CUSTOMER, THIRD);
    w.until("all secure", World::all_secure);
    w.run(50);
    assert_eq!(w.node(THIRD).viewer, Some(CUSTOMER));
    w.command(CUSTOMER, Command::StopSharing);
    w.run(50);
    assert_eq!((viewers(&w), w.node(THIRD).viewer), (vec![], None));
    w.allow(Act::View);
    assert_eq!(viewers(&w), [AGENT], "said of that sharing alone");
    w.command(CUSTOMER, show(true));
    assert_eq!(viewers(&w), [AGENT, THIRD]);
    w.command(CUSTOMER, show(false));
    assert_eq!(viewers(&w), [AGENT]);
}

#[test]
fn a_customer_opens_no_picture_that_the_primary_agent_does_not_let_it_see() {
    let mut w = two_customers();
    let says = br#"{"type":"sharing","sharing":{"viewers":[3],"controller":3,"paused":false,"monitors":[],"screen":"all","width":9,"height":9,"coder":"tiles"}}"#;
    w.forge(CUSTOMER, THIRD, says.to_vec());
    w.run(50);
    assert_eq!((w.node(THIRD).viewer, w.view(THIRD).sharing), (None, None));
    w.command(AGENT, Command::Admit { id: THIRD, admitted: true });
    w.run(50);
    assert_eq!(w.node(THIRD).viewer, Some(CUSTOMER));
}

#[test]
fn who_is_helped_next_shows_nothing_to_who_was_helped_before() {
    let mut w = two_customers();
    for id in [CUSTOMER, THIRD] {
        w.command(AGENT, Command::Admit { id, admitted: true });
    }
    w.run(50);
    w.command(CUSTOMER, Command::Exclude { id: THIRD, excluded: false });
    w.run(50);
    assert_eq!(w.node(THIRD).viewer, Some(CUSTOMER));
    w.command(AGENT, Command::SelectCustomer { id: THIRD });
    w.run(50);
    assert_eq!((viewers(&w), w.node(THIRD).viewer), (vec![], None));
    w.ask(Act::View);
    let prompt = w.view(THIRD).prompt.unwrap();
    w.command(THIRD, Command::Answer { request: prompt.request, allow: true, all: false });
    w.run(50);
    let captured = |w: &World| w.node(THIRD).capture.as_ref().map(|c| c.viewers.clone());
    assert_eq!((captured(&w), w.view(THIRD).excluded), (Some(vec![AGENT]), vec![CUSTOMER]));
    w.command(THIRD, Command::Exclude { id: CUSTOMER, excluded: false });
    w.run(50);
    assert_eq!((captured(&w), w.node(CUSTOMER).viewer), (Some(vec![AGENT, CUSTOMER]), Some(THIRD)));
}

#[test]
fn the_customer_is_told_before_anybody_new_can_see() {
    let mut w = World::with(Act::View);
    w.join(Guest { secret: Some(secret()), ..guest(THIRD, Role::Assistant, "Theo") });
    w.join(guest(FOURTH, Role::Customer, "Carla"));
    w.until("seen", |w| viewers(w) == [AGENT, THIRD]);
    w.until("all secure", World::all_secure);
    let shown = &w.node(CUSTOMER).shown;
    let place = |what: &Output| shown.iter().position(|o| o == what).expect("was shown");
    let sees = shown
        .iter()
        .position(|o| matches!(o, Output::Capture(Capture { viewers, .. }) if viewers.contains(&THIRD)))
        .unwrap();
    assert!(place(&Output::Tell(Notice::Joined { name: "Theo".into() })) < sees);
    assert!(place(&Output::Tell(Notice::Watches { name: "Theo".into() })) < sees);
    // Everybody hears of everybody.
    for id in [AGENT, CUSTOMER, THIRD] {
        assert!(w.node(id).shown.contains(&Output::Tell(Notice::Joined { name: "Carla".into() })));
    }
    w.command(FOURTH, Command::Leave);
    w.run(50);
    for id in [AGENT, CUSTOMER, THIRD] {
        assert_eq!(w.notice(id), Some(Notice::Left { name: "Carla".into() }));
    }
}
