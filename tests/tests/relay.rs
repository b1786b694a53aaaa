//! X5: through a relay, when there is no direct path.

use deskside_session::{
    command::{Act, Command},
    view::{LinkView, Route, View},
};
use deskside_tests::{
    Display, Scene, Server, scene,
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
