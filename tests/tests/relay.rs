//! X5: through a relay, when there is no direct path.

use deskside_session::{
    command::{Act, Command},
    view::{LinkView, Route, View},
};
use deskside_tests::{
    Apart, Display, Scene, Server, net, scene,
    turn::{SECRET, Turn},
};

fn relayed(session: &View) -> bool {
    session.others.iter().any(|o| matches!(o.link, LinkView::Secure { route: Route::Relayed, .. }))
}

#[test]
fn a_whole_session_goes_through_the_relay() {
    let turn = Turn::start();
    let server = Server::with(&[("turn.urls", &turn.url()), ("turn.secret", SECRET)]);
    let mut scene = Scene::with(
        server,
        Display::start(800, 600, "us"),
        |agent| agent.arg("--relay-only"),
        |customer| customer.arg("--relay-only"),
    );
    scene.agent.wait_session("a relayed path", relayed);
    scene.customer.wait_session("a relayed path", relayed);
    assert!(turn.log().contains("ALLOCATE processed, success"), "{}", turn.log());
    scene.take_control();
    scene.desk.terminal("typing", "60x10+50+50", "cat > typed");
    scene.agent.type_keys("through the relay\n");
    scene.wait_file("typed", "through the relay\n");
    scene.wait_same_picture();
    scene.agent.tell(Command::Chat { to: None, text: "hello".into() });
    scene.customer.wait_session("the chat", |s| s.chat.len() == 1);
}

#[test]
fn a_relay_that_refuses_connects_nobody() {
    let turn = Turn::start();
    let server = Server::with(&[("turn.urls", &turn.url()), ("turn.secret", "another secret")]);
    let mut agent =
        deskside_tests::peer::Start::new("agent", server.url(), None).arg("--relay-only").agent().start();
    let number = agent.wait_session("a number", |_| true).number.to_string();
    let customer = deskside_tests::peer::Start::new("customer", server.url(), None)
        .arg("--relay-only")
        .join(&number)
        .start();
    customer.wait_session("the agent, not reached", |s| !s.others.is_empty());
    agent.never("a connection", std::time::Duration::from_secs(5), scene::secure);
    agent.tell(Command::Ask { act: Act::View });
    assert!(agent.ended().is_none());
}

#[test]
fn networks_without_a_way_to_each_other_meet_at_the_relay_by_themselves() {
    let desk = Display::start(800, 600, "us");
    let apart = Apart::enter();
    let turn = Turn::at(net::MIDDLE);
    let settings = [("turn.urls", turn.url()), ("turn.secret", SECRET.to_owned())];
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    let server = Server::at(&format!("{}:0", net::MIDDLE), &settings);
    let (agent, customer) = (apart.agent.clone(), apart.customer.clone());
    let mut scene = Scene::with(server, desk, |a| a.on(&agent), |c| c.on(&customer));
    scene.agent.wait_session("a relayed path", relayed);
    scene.customer.wait_session("a relayed path", relayed);
    scene.take_control();
    scene.desk.terminal("typing", "60x10+50+50", "cat > typed");
    scene.agent.type_keys("from another network\n");
    scene.wait_file("typed", "from another network\n");
    scene.wait_same_picture();
}
