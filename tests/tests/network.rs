//! X4: the cable is pulled and put back, and the customer's computer gets another address: the session goes on.

use std::time::{Duration, Instant};

use deskside_session::view::{LinkView, View};
use deskside_tests::{Display, Net, Scene, Server, net, scene::secure, wait};

fn lost(session: &View) -> bool {
    session.others.iter().any(|o| o.link == LinkView::Lost)
}

/// A session in which the agent sees the customer's screen, over a network of its own.
fn viewing(settings: &[(&str, &str)]) -> (Net, Scene) {
    let desk = Display::start(1024, 768, "us");
    let net = Net::enter();
    let server = Server::at(&format!("{}:0", net::AGENT), settings);
    let customer = net.customer.clone();
    let mut scene = Scene::with(server, desk, |agent| agent, |start| start.on(&customer));
    scene.allow(deskside_session::command::Act::View);
    scene.wait_same_picture();
    (net, scene)
}

/// The picture goes on, by itself and without a question.
fn goes_on(scene: &mut Scene, since: Instant) {
    scene.wait_secure();
    // The test's output says how long it took; nothing hangs on it.
    eprintln!("back after {:.1} s", since.elapsed().as_secs_f64());
    // What is on the screen now was not there before.
    scene.desk.terminal("after", "60x10+50+50", "cat");
    scene.wait_same_picture();
    assert!(scene.customer.session().is_some_and(|s| s.prompt.is_none()), "nothing was asked");
}

#[test]
fn a_cable_that_is_pulled_for_a_moment() {
    let (net, mut scene) = viewing(&[]);
    net.cable(false);
    wait::never("an end", Duration::from_secs(1), || scene.customer.ended());
    net.cable(true);
    goes_on(&mut scene, Instant::now());
}

#[test]
fn a_cable_that_is_pulled_until_both_have_noticed() {
    let (net, mut scene) = viewing(&[]);
    net.cable(false);
    scene.agent.wait_session("the loss", lost);
    scene.customer.wait_session("the loss", lost);
    wait::never("an end", Duration::from_secs(5), || scene.customer.ended());
    net.cable(true);
    let since = Instant::now();
    scene.agent.wait_session("the customer", secure);
    goes_on(&mut scene, since);
}

#[test]
fn a_cable_that_is_pulled_for_a_minute() {
    let (net, mut scene) = viewing(&[]);
    net.cable(false);
    scene.agent.wait_session("the loss", lost);
    wait::never("an end", Duration::from_secs(60), || scene.customer.ended());
    net.cable(true);
    let since = Instant::now();
    scene.agent.wait_session("the customer", secure);
    goes_on(&mut scene, since);
    assert!(scene.agent.session().is_some_and(|s| s.others.len() == 1), "the same customer");
}

#[test]
fn another_address() {
    let (net, mut scene) = viewing(&[]);
    net.move_customer(net::CUSTOMER, "10.77.41.3");
    // It may be back before anybody notices that it was gone.
    let since = Instant::now();
    goes_on(&mut scene, since);
    scene.agent.wait_session("the customer", secure);
}

/// As a laptop does: the program stands still, the network is gone, and comes back some time after the program.
#[test]
fn the_customers_computer_sleeps() {
    let (net, mut scene) = viewing(&[("sockets.ping_every", "1"), ("sockets.silent_for", "3")]);
    let before = scene.customer.session().expect("a session");
    scene.customer.signal(libc::SIGSTOP);
    net.cable(false);
    scene.agent.wait_session("the loss", lost);
    // The server gives the connection up, too.
    wait::never("an end", Duration::from_secs(10), || scene.agent.ended());
    scene.customer.signal(libc::SIGCONT);
    scene.customer.wait_session("the loss", |s| lost(s) || !s.server_up);
    net.cable(true);
    let since = Instant::now();
    scene.agent.wait_session("the customer", secure);
    goes_on(&mut scene, since);
    let after = scene.customer.wait_session("the server", |s| s.server_up);
    assert_eq!((after.number, after.me, after.grants), (before.number, before.me, before.grants));
}
