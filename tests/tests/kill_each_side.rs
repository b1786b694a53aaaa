//! One side dies, or its network does, and the other says so and stops what it did.

use deskside_session::view::{LinkView, View};
use deskside_tests::{Peer, Scene, scene::secure, until};

fn nobody_there(session: &View) -> bool {
    session.others.iter().all(|o| !matches!(o.link, LinkView::Secure { .. }))
}

#[test]
fn a_killed_customer() {
    let mut scene = Scene::controlling();
    let number = scene.agent.session().expect("a session").number.to_string();
    scene.customer.kill();
    scene.agent.wait_session("the loss", nobody_there);
    let again = Peer::customer(&scene.server, Some(&scene.desk), &number);
    again.wait_session("the agent", secure);
    let s = scene.agent.wait_session("the customer", secure);
    let again_id = again.session().expect("a session").me;
    assert!(s.grants.iter().all(|g| g.to != again_id), "who comes anew is asked anew");
    assert!(again.session().is_some_and(|s| s.grants.is_empty()));
}

#[test]
fn a_killed_agent() {
    let mut scene = Scene::controlling();
    scene.agent.kill();
    let s = scene.customer.wait_session("the loss", nobody_there);
    assert!(s.sharing.is_none_or(|s| s.viewers.is_empty() && s.controller.is_none()));
    scene.desk.wait_let_go();
    assert!(scene.customer.ended().is_none(), "the customer's program goes on");
}

#[test]
fn a_frozen_customer_comes_back() {
    let mut scene = Scene::viewing();
    scene.customer.signal(libc::SIGSTOP);
    scene.agent.wait_session("the loss", nobody_there);
    scene.customer.signal(libc::SIGCONT);
    scene.agent.wait_session("the customer is back", secure);
    until("the picture goes on", || scene.agent.try_picture());
    scene.wait_same_picture();
}
