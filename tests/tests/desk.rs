//! M9, C4: an agent's desk shows who waits and which colleagues are there; stored phrases; and a sign-in that ends.

use deskside_protocol::{
    desk::{AgentState, Desk},
    records::Phrases,
};
use deskside_session::app::{AppOnly, PhrasesView, Problem, Screen};
use deskside_tests::{Peer, Server, peer::Start, scene::secure, server::AGENT, until};

const BOB: &str = "Bob";

fn at_home(server: &Server, account: &str) -> Peer {
    let agent = Start::new(account, server.url(), None).sign_in(account).start();
    agent.wait("the agent's home", |v| matches!(v.screen, Screen::AgentHome { busy: false, .. }));
    agent
}

fn waits(server: &Server, name: &str) -> Peer {
    let peer = Start::new(name, server.url(), None).arg("join").arg("--queue").arg("help");
    let peer = peer.arg("--name").arg(name).start();
    peer.wait("the place", |v| matches!(v.screen, Screen::Waiting(_)));
    peer
}

#[track_caller]
fn wait_desk(peer: &Peer, what: &str, fits: impl Fn(&Desk) -> bool) -> Desk {
    let view = peer.wait(what, |v| v.desk.as_ref().is_some_and(|d| d.up && fits(&d.desk)));
    view.desk.map(|d| d.desk).unwrap_or_default()
}

fn names(desk: &Desk) -> Vec<&str> {
    desk.queues.iter().flat_map(|q| &q.waiting).map(|w| w.name.as_str()).collect()
}

fn state(desk: &Desk, name: &str) -> Option<AgentState> {
    desk.agents.iter().find(|a| a.name == name).map(|a| a.state)
}

#[test]
fn the_desk_shows_who_waits_and_colleagues_and_one_of_them_is_taken() {
    let server = Server::start();
    server.add_agent(BOB);
    server.add_queue("help", "Help desk", &[AGENT, BOB]);
    let (mut ada, bob) = (at_home(&server, AGENT), at_home(&server, BOB));
    let _zoe = waits(&server, "Zoé");
    let luc = waits(&server, "Luc");
    let desk = wait_desk(&ada, "two who wait and Bob", |d| {
        names(d) == ["Zoé", "Luc"] && state(d, BOB) == Some(AgentState::Free)
    });
    let queue = &desk.queues[0];
    assert_eq!((queue.title.as_str(), queue.count), ("Help desk", 2));
    // Not the next one, but this one.
    ada.tell(AppOnly::TakeNext { queue: "help".into(), entry: Some(queue.waiting[1].entry.clone()) });
    assert_eq!(ada.wait_session("Luc", secure).others[0].name, "Luc");
    luc.wait_session("the agent", secure);
    wait_desk(&bob, "Ada's work", |d| names(d) == ["Zoé"] && state(d, AGENT) == Some(AgentState::Busy));
    let desk = wait_desk(&ada, "the own session", |d| !d.sessions.is_empty());
    assert_eq!(desk.sessions[0].customers, ["Luc"]);
    drop(bob);
    wait_desk(&ada, "that Bob has gone", |d| state(d, BOB) == Some(AgentState::Away));
}

#[test]
fn the_desk_comes_back_with_the_server() {
    let mut server = Server::start();
    server.add_queue("help", "Help desk", &[AGENT]);
    let ada = at_home(&server, AGENT);
    wait_desk(&ada, "an empty queue", |d| d.queues.len() == 1 && names(d).is_empty());
    server.kill();
    ada.wait("that it is what was known last", |v| {
        v.desk.as_ref().is_some_and(|d| !d.up && d.desk.queues.len() == 1)
    });
    server.start_again();
    let _zoe = waits(&server, "Zoé");
    wait_desk(&ada, "who waits now", |d| names(d) == ["Zoé"]);
}

#[test]
fn a_sign_in_that_ended_is_said_and_the_session_goes_on() {
    let server = Server::with(&[("accounts.sign_in_lives", "3")]);
    let mut ada = Peer::agent(&server, None);
    let number = ada.session().expect("a session").number;
    let customer = Peer::customer(&server, None, &number.to_string());
    ada.wait("that the sign-in is over", |v| v.problem == Some(Problem::SignedOut) && v.desk.is_none());
    ada.wait_session("the customer", secure);
    ada.tell(AppOnly::ShowSession { number: None });
    ada.wait("the sign-in", |v| matches!(v.screen, Screen::SignIn { busy: false }) && v.tabs.len() == 1);
    ada.tell(AppOnly::SignIn {
        server: None,
        name: AGENT.into(),
        password: deskside_tests::server::PASSWORD.into(),
    });
    ada.wait("the desk", |v| matches!(v.screen, Screen::AgentHome { .. }) && v.desk.is_some());
    ada.tell(AppOnly::ShowSession { number: Some(number) });
    ada.wait_session("the same session", |s| s.number == number && secure(s));
    customer.wait_session("the same agent", secure);
}

#[test]
fn whoever_asks_for_something_after_the_sign_in_hears_that_it_is_over() {
    let server = Server::with(&[("accounts.sign_in_lives", "2")]);
    server.add_queue("help", "Help desk", &[AGENT]);
    let mut ada = at_home(&server, AGENT);
    until("the end of the sign-in", || {
        ada.tell(AppOnly::TakeNext { queue: "help".into(), entry: None });
        let view = ada.wait("an answer", |v| v.problem.is_some());
        let over = view.problem == Some(Problem::SignedOut);
        if over {
            assert!(matches!(view.screen, Screen::SignIn { busy: false }), "{:?}", view.screen);
        } else {
            assert_eq!(view.problem, Some(Problem::NobodyWaits));
        }
        over.then_some(())
    });
}

#[test]
fn phrases_of_the_site_and_of_the_agent() {
    let server = Server::start();
    let site = Phrases { phrases: vec!["Good morning!".into()] };
    server.call::<serde_json::Value>(&server.sign_in().token, "PUT", "/api/v1/phrases", Some(&site));
    server.add_agent(BOB);
    let mut bob = at_home(&server, BOB);
    let expected = |mine: &[&str]| {
        let mine = mine.iter().map(|p| (*p).to_owned()).collect();
        Some(PhrasesView { site: site.phrases.clone(), mine })
    };
    bob.wait("the site's phrases", |v| v.phrases == expected(&[]));
    for mine in [&["One moment."][..], &["One moment.", "Thank you for your patience."]] {
        bob.tell(AppOnly::Phrases { mine: mine.iter().map(|p| (*p).to_owned()).collect() });
    }
    let both = ["One moment.", "Thank you for your patience."];
    bob.wait("the own ones", |v| v.phrases == expected(&both));
    until("the server has them", || {
        let token = server.sign_in_as(BOB).token;
        let saved: Phrases = server.call(&token, "GET", "/api/v1/phrases/mine", None::<&()>);
        (saved.phrases == both).then_some(())
    });
    bob.kill();
    let bob = bob.again(&server, None).sign_in(BOB).start();
    bob.wait("the own ones again", |v| v.phrases == expected(&both));
    let ada = at_home(&server, AGENT);
    ada.wait("nothing of Bob's", |v| v.phrases == expected(&[]));
}
