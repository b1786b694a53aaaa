//! S2: customers wait in a queue without a number; an agent takes them one by one.

use deskside_protocol::queues::{Queue, Take};
use deskside_session::{
    app::{AppOnly, Problem, Screen, Waiting},
    command::{Act, Command},
};
use deskside_tests::{
    Display, Peer, Server,
    peer::{Line, Start},
    scene::secure,
    server::{AGENT, PASSWORD},
};

/// A server with a queue that its agent serves.
fn server() -> Server {
    server_with(&[])
}

fn server_with(settings: &[(&str, &str)]) -> Server {
    let server = Server::with(settings);
    let queue =
        Queue { name: "help".parse().unwrap(), title: "Help desk".into(), agents: vec![AGENT.into()] };
    let answer = server.post("/api/v1/queues", &queue, Some(&server.sign_in().token));
    assert!((200..300).contains(&answer.status), "{answer:?}");
    server
}

fn waits(server: &Server, display: Option<&Display>, name: &str) -> Peer {
    let start = Start::new(name, server.url(), display).arg("join").arg("--queue").arg("help");
    start.arg("--name").arg(name).start()
}

fn at_home(server: &Server) -> Peer {
    let agent = Start::new("agent", server.url(), None)
        .env("DESKSIDE_PASSWORD", PASSWORD)
        .arg("agent")
        .arg("--name")
        .arg(AGENT)
        .start();
    agent.wait("the agent's home", |v| matches!(v.screen, Screen::AgentHome { busy: false, .. }));
    agent
}

#[track_caller]
fn wait_place(peer: &Peer, place: u32) -> Waiting {
    let found = peer.wait("the place", |v| matches!(&v.screen, Screen::Waiting(w) if w.place == place));
    match found.screen {
        Screen::Waiting(waiting) => waiting,
        other => panic!("{other:?}"),
    }
}

fn take(agent: &mut Peer) {
    agent.tell(AppOnly::TakeNext { queue: "help".into(), entry: None });
}

#[test]
fn customers_are_taken_in_turn_and_are_in_the_session_by_themselves() {
    let server = server();
    let desk = Display::start(800, 600, "us");
    let first = waits(&server, Some(&desk), "Zoé");
    let place = wait_place(&first, 1);
    assert_eq!((place.title.as_str(), place.queue.as_str()), ("Help desk", "help"));
    let mut second = waits(&server, None, "Luc");
    assert_eq!(wait_place(&second, 2).waiting, 2);
    let mut agent = at_home(&server);
    take(&mut agent);
    let session = agent.wait_session("the customer", secure);
    assert_eq!(session.others[0].name, "Zoé");
    let mut first = first;
    first.wait_session("the agent", secure);
    wait_place(&second, 1);
    // It is a session like any other.
    agent.tell(Command::Ask { act: Act::View });
    first.answer(Act::View, true);
    agent.wait_picture("the customer's screen", |p| p.different(&desk.picture()) == 0);
    agent.tell(Command::End);
    agent.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    agent.tell(AppOnly::Home);
    second.tell(AppOnly::CancelJoin);
    second.wait("the first screen", |v| matches!(v.screen, Screen::Join { busy: false }));
    deskside_tests::until("nobody waits any more", || {
        take(&mut agent);
        let view = agent.wait("an answer", |v| !matches!(v.screen, Screen::AgentHome { busy: true, .. }));
        (view.problem == Some(Problem::NobodyWaits)).then_some(())
    });
}

#[test]
fn the_place_is_kept_while_the_server_is_killed_and_started_again() {
    let mut server = server();
    let first = waits(&server, None, "Zoé");
    wait_place(&first, 1);
    let second = waits(&server, None, "Luc");
    wait_place(&second, 2);
    server.kill();
    server.start_again();
    let mut agent = at_home(&server);
    take(&mut agent);
    assert_eq!(agent.wait_session("the first one", secure).others[0].name, "Zoé");
    first.wait_session("the agent", secure);
    wait_place(&second, 1);
}

#[test]
fn the_next_is_asked_for_until_the_server_is_back() {
    let mut server = server();
    let customer = waits(&server, None, "Zoé");
    wait_place(&customer, 1);
    let mut agent = at_home(&server);
    server.kill();
    take(&mut agent);
    agent.wait("the question", |v| matches!(v.screen, Screen::AgentHome { busy: true, .. }));
    // Something else now would forget the customer who may have been given already.
    let from = agent.printed();
    agent.tell(AppOnly::StartSession);
    agent.wait_line("that it must wait", from, |l| matches!(l, Line::Error { .. }).then_some(()));
    server.start_again();
    agent.wait_session("the customer", secure);
    customer.wait_session("the agent", secure);
}

#[test]
fn who_enters_twice_has_one_place() {
    let server = server();
    let mut customer = Start::new("customer", server.url(), None).start();
    for _ in 0..2 {
        customer.tell(AppOnly::EnterQueue { queue: "help".into(), server: None, name: Some("Zoé".into()) });
        customer.wait(
            "the first place of one",
            |v| matches!(&v.screen, Screen::Waiting(w) if (w.place, w.waiting) == (1, 1)),
        );
    }
    let mut agent = at_home(&server);
    take(&mut agent);
    customer.wait_session("the agent", secure);
}

#[test]
fn whom_an_agent_took_and_never_met_is_back_in_line() {
    let server = server_with(&[("sessions.ticket_waits", "2")]);
    let customer = waits(&server, None, "Zoé");
    wait_place(&customer, 1);
    let claim = Take { claim: "A".repeat(22), entry: None };
    let answer = server.post("/api/v1/queues/help/take", &claim, Some(&server.sign_in().token));
    assert!((200..300).contains(&answer.status), "{answer:?}");
    customer.wait("the session", |v| matches!(v.screen, Screen::Session { .. }));
    wait_place(&customer, 1);
    let mut agent = at_home(&server);
    take(&mut agent);
    customer.wait_session("the agent", secure);
}

#[test]
fn queues_that_are_none_are_said() {
    let server = server();
    let mut peer =
        Start::new("customer", server.url(), None).arg("join").arg("--queue").arg("nowhere").start();
    peer.wait("that there is none", |v| v.problem == Some(Problem::NoSuchQueue));
    assert_eq!(peer.wait_exit().code(), Some(3));
    let mut agent = at_home(&server);
    agent.tell(AppOnly::TakeNext { queue: "No Name!".into(), entry: None });
    agent.wait("that it is no name", |v| v.problem == Some(Problem::MalformedQueue));
}

#[test]
fn a_link_to_a_queue_is_enough_and_its_page_leads_there() {
    let server = server();
    // Started with another server: the link says where the queue is.
    let link = format!("{}/queue/help", server.url());
    let customer = Start::new("customer", "http://127.0.0.1:9", None).join(&link).start();
    wait_place(&customer, 1);
    let mut other = Start::new("other", "http://127.0.0.1:9", None).start();
    other.tell(AppOnly::EnterQueue { queue: "help".into(), server: Some(server.url().into()), name: None });
    wait_place(&other, 2);
    let mut agent = at_home(&server);
    take(&mut agent);
    customer.wait_session("the agent", secure);
    let page = server.get("/queue/help");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Wait for an agent") && page.body.contains("join.js"), "{}", page.body);
    assert!(server.get("/queue/help?lang=fr").body.contains("Attendre un conseiller"));
    assert_eq!(server.get("/queue/No%20Name").status, 404);
}

#[test]
fn a_full_queue_is_said() {
    let server = server_with(&[("queues.longest", "1")]);
    let first = waits(&server, None, "Zoé");
    wait_place(&first, 1);
    let mut second = waits(&server, None, "Luc");
    second.wait("that it is full", |v| v.problem == Some(Problem::QueueFull));
    assert_eq!(second.wait_exit().code(), Some(3));
}
