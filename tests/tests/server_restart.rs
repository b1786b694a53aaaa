//! A running session goes on without its server, and both come back to it.

use deskside_session::{
    command::{Act, Command},
    view::LinkView,
};
use deskside_tests::{Peer, Probe, Scene, scene::secure};

fn both(scene: &Scene, up: bool) {
    scene.agent.wait_session("the server's state", |s| s.server_up == up);
    scene.customer.wait_session("the server's state", |s| s.server_up == up);
}

#[test]
fn a_killed_server_comes_back_and_nobody_notices_more() {
    let mut scene = Scene::controlling();
    let number = scene.agent.session().expect("a session").number;
    scene.server.kill();
    both(&scene, false);
    // Picture, control, chat and consent go on.
    let probe = Probe::open(&scene.desk, 50, 60, 200, 100);
    probe.fill(0, 0, 200, 100, 0x0012_3456);
    scene.wait_same_picture();
    scene.wait_hands();
    scene.agent.tell(Command::Chat { to: None, text: "without a server".into() });
    scene.customer.wait_session("the chat", |s| s.chat.len() == 1);
    scene.allow(Act::Clipboard);

    scene.server.start_again();
    both(&scene, true);
    probe.fill(0, 0, 200, 100, 0x0065_4321);
    scene.wait_same_picture();
    scene.wait_hands();
    let agent = scene.agent.session().expect("still a session");
    assert_eq!((agent.number, agent.others.len()), (number, 1));
    assert!(matches!(agent.others[0].link, LinkView::Secure { .. }));
    assert!(agent.grants.iter().any(|g| g.act == Act::Control), "nothing was asked again");
}

#[test]
fn a_session_without_its_customer_survives_too() {
    let mut server = deskside_tests::Server::start();
    let agent = Peer::agent(&server, None);
    let number = agent.wait_session("a number", |_| true).number.to_string();
    server.kill();
    agent.wait_session("the server is down", |s| !s.server_up);
    server.start_again();
    agent.wait_session("the server is back", |s| s.server_up);
    let customer = Peer::customer(&server, None, &number);
    customer.wait_session("the agent", secure);
}

#[test]
fn a_stop_in_order_is_the_same() {
    let mut scene = Scene::viewing();
    assert!(scene.server.stop().success());
    both(&scene, false);
    scene.wait_same_picture();
    scene.server.start_again();
    both(&scene, true);
    scene.wait_same_picture();
}
