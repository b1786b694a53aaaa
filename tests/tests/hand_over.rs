//! S7, S8: a colleague assists, takes control over, and gives it back; a word that nobody signed changes nothing.

use deskside_protocol::Role;
use deskside_session::{
    ParticipantId,
    app::{AppOnly, Problem, Screen},
    command::{Act, Command},
    view::View,
};
use deskside_tests::{Peer, Scene, peer::Start, scene::secure};

const BOB: &str = "Bob";

/// A colleague of the agent, signed in.
fn colleague(scene: &Scene) -> Peer {
    scene.server.add_agent(BOB);
    let bob = Start::new("bob", scene.server.url(), None).sign_in(BOB).start();
    bob.wait("the agent's home", |v| matches!(v.screen, Screen::AgentHome { busy: false, .. }));
    bob
}

/// The colleague is in the session, and everybody is connected to everybody.
fn assisted(scene: &Scene) -> Peer {
    let mut bob = colleague(scene);
    let number = scene.agent.session().expect("a session").number.to_string();
    bob.tell(AppOnly::Assist { target: number });
    let all = |s: &View| s.others.len() == 2 && s.others.iter().all(|o| secure_with(s, o.id));
    for peer in [&scene.agent, &scene.customer, &bob] {
        peer.wait_session("three in the session", all);
    }
    assert_eq!(bob.session().map(|s| s.role), Some(Role::Assistant));
    bob
}

fn secure_with(s: &View, id: ParticipantId) -> bool {
    s.others.iter().any(|o| o.id == id && matches!(o.link, deskside_session::view::LinkView::Secure { .. }))
}

fn role_of(s: &View, id: ParticipantId) -> Option<Role> {
    if s.me == id { Some(s.role) } else { s.others.iter().find(|o| o.id == id).map(|o| o.role) }
}

/// Waits until all three agree on who is primary.
fn wait_primary(peers: [&Peer; 3], primary: ParticipantId, assistant: ParticipantId) {
    for peer in peers {
        peer.wait_session("the new roles", |s| {
            role_of(s, primary) == Some(Role::Primary) && role_of(s, assistant) == Some(Role::Assistant)
        });
    }
}

#[test]
fn control_goes_to_a_colleague_and_back() {
    let mut scene = Scene::viewing();
    let mut bob = assisted(&scene);
    let (ada_id, bob_id) = (scene.agent.session().unwrap().me, bob.session().unwrap().me);
    scene.agent.tell(Command::HandOver { to: bob_id });
    wait_primary([&scene.agent, &scene.customer, &bob], bob_id, ada_id);
    // What was allowed to one is not allowed to the other.
    scene.customer.wait_session("nothing is shared", |s| s.grants.is_empty() && s.sharing.is_none());
    bob.tell(Command::Ask { act: Act::View });
    scene.customer.answer(Act::View, true);
    let there = bob.wait_picture("the customer's screen", |p| p.different(&scene.desk.picture()) == 0);
    assert_eq!(there.width, 1280);
    // The one who passed it on cannot end, nor ask.
    scene.agent.tell(Command::End);
    scene.agent.tell(Command::Ask { act: Act::Control });
    // Answered in turn: both were heard before control comes back.
    let _ = scene.agent.try_picture();
    bob.tell(Command::HandOver { to: ada_id });
    wait_primary([&scene.agent, &scene.customer, &bob], ada_id, bob_id);
    assert!(scene.customer.session().is_some_and(|s| s.prompt.is_none()));
    scene.agent.tell(Command::End);
    for peer in [&scene.customer, &bob] {
        peer.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    }
}

#[test]
fn roles_survive_a_restart_of_the_server_and_of_the_new_primary_agent() {
    let scene = Scene::joined();
    let bob = assisted(&scene);
    let (ada_id, bob_id) = (scene.agent.session().unwrap().me, bob.session().unwrap().me);
    let Scene { mut agent, customer, mut server, desk } = scene;
    server.kill();
    agent.wait_session("the loss of the server", |s| !s.server_up);
    // The word goes from peer to peer while the server is away.
    agent.tell(Command::HandOver { to: bob_id });
    wait_primary([&agent, &customer, &bob], bob_id, ada_id);
    server.start_again();
    for peer in [&agent, &customer, &bob] {
        peer.wait_session("the server", |s| s.server_up);
    }
    let mut bob = bob;
    bob.kill();
    let bob = bob.again(&server, None).sign_in(BOB).start();
    bob.wait_session("all others", |s| s.others.iter().all(|o| secure_with(s, o.id)) && s.others.len() == 2);
    wait_primary([&agent, &customer, &bob], bob_id, ada_id);
    let mut bob = bob;
    bob.tell(Command::End);
    customer.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    drop(desk);
}

#[test]
fn an_assistant_leaves_and_the_session_goes_on() {
    let mut scene = Scene::viewing();
    let mut bob = assisted(&scene);
    bob.tell(Command::End);
    bob.tell(Command::Leave);
    bob.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    scene.agent.wait_session("two are left", |s| s.others.len() == 1 && secure(s));
    scene.desk.terminal("after", "60x10+50+50", "cat");
    scene.wait_same_picture();
}

#[test]
fn an_assistant_who_left_comes_in_again_by_the_same_number() {
    let scene = Scene::joined();
    let mut bob = assisted(&scene);
    bob.tell(Command::Leave);
    bob.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    let number = scene.agent.session().expect("a session").number.to_string();
    bob.tell(AppOnly::Assist { target: number });
    bob.wait_session("both others", |s| s.others.len() == 2 && s.others.iter().all(|o| secure_with(s, o.id)));
    assert_eq!(bob.view().map(|v| v.tabs.len()), Some(1), "the end is not seen beside it");
}

#[test]
fn wrong_numbers_of_colleagues_are_said() {
    let scene = Scene::joined();
    let mut bob = colleague(&scene);
    bob.tell(AppOnly::Assist { target: "12345".into() });
    bob.wait("that it is no number", |v| v.problem == Some(Problem::MalformedNumber));
    bob.tell(AppOnly::Assist { target: "100 000 001".into() });
    bob.wait("that there is none", |v| v.problem == Some(Problem::NoSuchSession));
    assert!(matches!(bob.view().unwrap().screen, Screen::AgentHome { busy: false, .. }));
}
