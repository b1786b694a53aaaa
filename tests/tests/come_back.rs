//! A program that is killed goes on with its session when it is started again: no number, no new question.

use deskside_protocol::Role;
use deskside_session::{
    app::{Problem, Screen},
    command::{Act, Command},
    view::{LinkView, View},
};
use deskside_tests::{Scene, scene::secure, until};

fn lost(session: &View) -> bool {
    session.others.iter().any(|o| o.link == LinkView::Lost)
}

fn kept(peer: &deskside_tests::Peer) -> usize {
    let files = std::fs::read_dir(peer.home().join("sessions")).map(|d| d.count());
    files.unwrap_or(0)
}

/// The agent sees what was not on the customer's screen before.
#[track_caller]
fn goes_on(scene: &mut Scene) {
    scene.desk.terminal("after", "60x10+50+50", "cat");
    scene.wait_same_picture();
}

#[test]
fn a_killed_customer_goes_on_and_is_not_asked_again() {
    let mut scene = Scene::viewing();
    let before = scene.customer.session().expect("a session");
    scene.customer.kill();
    scene.agent.wait_session("the loss", lost);
    let Scene { mut agent, customer, server, desk } = scene;
    let mut customer = customer.again(&server, Some(&desk)).start();
    let back = customer.wait_session("the agent", secure);
    assert_eq!((back.number, back.me), (before.number, before.me));
    assert!(back.prompt.is_none());
    agent.wait_session("the picture's grant", |s| secure(s) && s.grants.iter().any(|g| g.act == Act::View));
    let mut scene = Scene { agent, customer, server, desk };
    goes_on(&mut scene);
    assert!(scene.customer.session().is_some_and(|s| s.prompt.is_none()), "nothing was asked");
    customer = scene.customer;
    customer.tell(Command::Leave);
    customer.wait_exit();
    assert_eq!(kept(&customer), 0, "what is over is not kept");
    agent = scene.agent;
    agent.wait_session("the customer left", |s| s.others.is_empty());
}

#[test]
fn control_is_asked_for_anew_after_the_customers_program_was_killed() {
    let mut scene = Scene::controlling();
    scene.customer.kill();
    scene.agent.wait_session("the loss", lost);
    let Scene { agent, customer, server, desk } = scene;
    let customer = customer.again(&server, Some(&desk)).start();
    customer.wait_session("the agent", secure);
    // Whoever's program crashed may have crashed because of what was done.
    let has = |s: &View, act| s.grants.iter().any(|g| g.act == act);
    agent.wait_session("the grants", |s| secure(s) && has(s, Act::View) && !has(s, Act::Control));
    let mut scene = Scene { agent, customer, server, desk };
    scene.take_control();
}

#[test]
fn a_killed_agent_goes_on_with_the_chat_and_the_picture() {
    let mut scene = Scene::viewing();
    scene.agent.tell(Command::Chat { to: None, text: "Hello Luc".into() });
    scene.customer.wait_session("the line", |s| s.chat.iter().any(|l| l.text == "Hello Luc"));
    scene.agent.wait_session("that it came", |s| s.chat.iter().any(|l| l.delivered));
    scene.agent.kill();
    scene.customer.wait_session("the loss", lost);
    scene.customer.tell(Command::Chat { to: None, text: "Are you there?".into() });
    let Scene { agent, customer, server, desk } = scene;
    let agent = agent.again(&server, None).sign_in(deskside_tests::server::AGENT).start();
    let back = agent.wait_session("the customer", secure);
    assert_eq!(back.role, Role::Primary);
    let all = agent.wait_session("both lines", |s| s.chat.len() == 2);
    assert_eq!(all.chat.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(), ["Hello Luc", "Are you there?"]);
    let mut scene = Scene { agent, customer, server, desk };
    goes_on(&mut scene);
    assert!(scene.customer.session().is_some_and(|s| s.prompt.is_none()), "nothing was asked");
}

#[test]
fn a_session_that_ended_meanwhile_is_said_and_forgotten() {
    let mut scene = Scene::joined();
    scene.customer.kill();
    scene.agent.wait_session("the loss", lost);
    scene.agent.tell(Command::End);
    scene.agent.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    let Scene { customer, server, desk, .. } = scene;
    let mut customer = customer.again(&server, Some(&desk)).start();
    customer.wait("that it is over", |v| v.problem == Some(Problem::NoSuchSession));
    until("it is forgotten", || (kept(&customer) == 0).then_some(()));
    assert!(customer.ended().is_none(), "another one can be joined");
}

#[test]
fn everybody_and_the_server_are_killed_and_all_goes_on() {
    let mut scene = Scene::viewing();
    let number = scene.agent.session().expect("a session").number;
    scene.server.kill();
    scene.customer.kill();
    scene.agent.kill();
    let Scene { agent, customer, mut server, desk } = scene;
    server.start_again();
    let agent = agent.again(&server, None).sign_in(deskside_tests::server::AGENT).start();
    let customer = customer.again(&server, Some(&desk)).start();
    let mut scene = Scene { agent, customer, server, desk };
    scene.wait_secure();
    assert_eq!(scene.agent.session().map(|s| s.number), Some(number));
    goes_on(&mut scene);
}
