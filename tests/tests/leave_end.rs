//! S10: the primary agent ends a session; a customer leaves at any time.

use deskside_protocol::api::{Code, Join};
use deskside_session::{
    app::{AppOnly, Ending, Screen},
    command::Command,
};
use deskside_tests::{Peer, Scene, until};

fn ending(peer: &Peer) -> Ending {
    let view = peer.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    let Screen::Ended { ending, .. } = view.screen else { unreachable!("it ended") };
    ending
}

#[test]
fn the_agent_ends_it_for_all() {
    let mut scene = Scene::controlling();
    let number = scene.agent.session().expect("a session").number;
    scene.agent.tell(Command::End);
    assert_eq!(ending(&scene.agent), Ending::EndedByMe);
    assert_eq!(ending(&scene.customer), Ending::EndedByAgent);
    assert!(scene.customer.wait_exit().success());
    // The number is closed, and says no more than an unknown one.
    until("the number is closed", || {
        let answer = scene.server.post("/api/v1/join", &Join { number, name: String::new() }, None);
        (answer.json()["error"] == serde_json::json!(Code::NoSuchSession)).then_some(())
    });
    // The agent goes on with another.
    scene.agent.tell(AppOnly::Home);
    scene.agent.wait("home", |v| matches!(v.screen, Screen::AgentHome { .. }));
    scene.agent.tell(AppOnly::StartSession);
    let next = scene.agent.wait_session("another session", |s| s.number != number);
    assert!(next.others.is_empty() && next.grants.is_empty());
}

#[test]
fn the_customer_leaves_and_the_session_goes_on() {
    let mut scene = Scene::viewing();
    scene.customer.tell(Command::Leave);
    assert_eq!(ending(&scene.customer), Ending::Left);
    assert!(scene.customer.wait_exit().success());
    let s = scene.agent.wait_session("nobody else", |s| s.others.is_empty());
    assert!(s.grants.is_empty() && s.sharing.is_none());
    assert!(scene.agent.try_picture().is_none());
    // The same number lets the customer in again.
    let again = Peer::customer(&scene.server, Some(&scene.desk), &s.number.to_string());
    again.wait_session("the agent", deskside_tests::scene::secure);
    let s = scene.agent.wait_session("the customer", deskside_tests::scene::secure);
    assert!(s.grants.is_empty(), "nothing of before is still allowed");
}

#[test]
fn the_customer_cannot_end_it_for_all() {
    let mut scene = Scene::joined();
    scene.customer.tell(Command::End);
    scene.customer.tell(Command::Chat { to: None, text: "still here".into() });
    scene.agent.wait_session("the chat", |s| !s.chat.is_empty());
}

#[test]
fn the_end_of_input_leaves() {
    let mut scene = Scene::viewing();
    scene.customer.close_input();
    assert!(scene.customer.wait_exit().success());
    scene.agent.wait_session("nobody else", |s| s.others.is_empty());
}
