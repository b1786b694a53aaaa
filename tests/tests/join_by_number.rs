//! S1: the customer types the nine digits that the agent read out.

use deskside_protocol::Role;
use deskside_session::view::{LinkView, Route, Verified, View};
use deskside_tests::{Display, Peer, Scene, Server, peer::Start, scene::secure, server::AGENT};

fn code(session: &View) -> String {
    match &session.others[0].link {
        LinkView::Secure { verified: Verified::Code { code }, .. } => code.clone(),
        other => panic!("no code to compare: {other:?}"),
    }
}

#[test]
fn both_see_each_other_and_the_same_code() {
    let scene = Scene::joined();
    let agent = scene.agent.wait_session("a proven connection", secure);
    let customer = scene.customer.wait_session("a proven connection", secure);
    assert_eq!((agent.role, customer.role), (Role::Primary, Role::Customer));
    assert_eq!((agent.others[0].role, customer.others[0].role), (Role::Customer, Role::Primary));
    assert_eq!(agent.number, customer.number);
    assert_eq!(customer.others[0].name, AGENT);
    assert!(agent.server_up && customer.server_up);
    assert_eq!(code(&agent), code(&customer));
    assert!(code(&agent).len() == 6 && code(&agent).bytes().all(|b| b.is_ascii_digit()));
    assert!(agent.grants.is_empty() && customer.grants.is_empty() && customer.sharing.is_none());
    scene.agent.wait_session("a direct path", |s| {
        matches!(s.others[0].link, LinkView::Secure { route: Route::Direct, .. })
    });
}

#[test]
fn the_number_may_be_typed_as_it_is_read() {
    let server = Server::start();
    let agent = Peer::agent(&server, None);
    let digits = agent.wait_session("a number", |_| true).number.get().to_string();
    let typed = format!(" {}-{}.{} ", &digits[..3], &digits[3..6], &digits[6..]);
    let customer =
        Start::new("customer", server.url(), None).join(&typed).arg("--name").arg("Zoë 🐙").start();
    customer.wait_session("the agent", secure);
    let session = agent.wait_session("the customer", secure);
    assert_eq!(session.others[0].name, "Zoë 🐙");
}

#[test]
fn sessions_at_the_same_server_do_not_meet() {
    let server = Server::start();
    let desk = Display::start(640, 480, "us");
    let first = Peer::agent(&server, None);
    let second = Peer::agent(&server, None);
    let number = |a: &Peer| a.wait_session("a number", |_| true).number;
    assert_ne!(number(&first), number(&second));
    let customer = Peer::customer(&server, Some(&desk), &number(&second).to_string());
    customer.wait_session("the agent", secure);
    second.wait_session("the customer", secure);
    let alone = first.session().expect("its session");
    assert!(alone.others.is_empty());
}

#[test]
fn the_number_is_used_by_headless_commands_too() {
    let server = Server::start();
    let agent = Peer::agent(&server, None);
    let number = agent.wait_session("a number", |_| true).number.to_string();
    let mut customer = Start::new("customer", server.url(), None).start();
    customer.tell(deskside_session::app::AppOnly::Join { target: number, name: Some("Bo".into()) });
    customer.wait_session("the agent", secure);
    assert_eq!(agent.wait_session("the customer", secure).others[0].name, "Bo");
}
