//! S3, S6: one agent has several sessions at once, all of them alive, one of them seen.

use std::time::Duration;

use deskside_session::{
    SessionNumber,
    app::{AppOnly, Problem, Screen, Tab, TabState},
    command::{Act, Command},
};
use deskside_tests::{Display, Peer, Server, peer::Start, scene::secure, server::AGENT, until, wait};

fn tabs(peer: &Peer) -> Vec<Tab> {
    peer.view().map(|v| v.tabs).unwrap_or_default()
}

#[track_caller]
fn wait_tab(peer: &Peer, what: &str, number: SessionNumber, fits: impl Fn(&Tab) -> bool) {
    peer.wait(what, |v| v.tabs.iter().any(|t| t.number == number && fits(t)));
}

/// Another session of this agent, and its number.
#[track_caller]
fn open(agent: &mut Peer) -> SessionNumber {
    let before: Vec<_> = tabs(agent).iter().map(|t| t.number).collect();
    agent.tell(AppOnly::StartSession);
    agent.wait_session("another session", |s| !before.contains(&s.number)).number
}

fn join(server: &Server, display: Option<&Display>, number: SessionNumber, name: &str) -> Peer {
    Start::new(name, server.url(), display).join(&number.to_string()).arg("--name").arg(name).start()
}

fn show(agent: &mut Peer, number: SessionNumber) {
    agent.tell(AppOnly::ShowSession { number: Some(number) });
    agent.wait_session("that session", |s| s.number == number);
}

#[test]
fn two_sessions_go_on_side_by_side() {
    let server = Server::start();
    let (desk, other_desk) = (Display::start(800, 600, "us"), Display::start(640, 480, "us"));
    let mut agent = Start::new("agent", server.url(), None).agent().start();
    let first = agent.wait_session("a session", |_| true).number;
    let mut zoe = join(&server, Some(&desk), first, "Zoé");
    agent.wait_session("Zoé", secure);
    agent.tell(Command::Ask { act: Act::View });
    zoe.answer(Act::View, true);
    agent.wait_picture("Zoé's screen", |p| p.different(&desk.picture()) == 0);

    let second = open(&mut agent);
    let mut luc = join(&server, Some(&other_desk), second, "Luc");
    agent.wait_session("Luc", |s| s.number == second && secure(s));
    agent.tell(Command::Ask { act: Act::View });
    luc.answer(Act::View, true);
    agent.wait_picture("Luc's screen", |p| p.different(&other_desk.picture()) == 0);

    // What is not seen goes on: lines come, and the picture stays the newest.
    zoe.tell(Command::Chat { to: None, text: "Are you there?".into() });
    wait_tab(&agent, "Zoé's line", first, |t| t.unread == 1 && t.customers == ["Zoé"]);
    desk.terminal("meanwhile", "60x10+50+50", "cat");
    show(&mut agent, first);
    agent.wait_picture("what happened meanwhile", |p| p.different(&desk.picture()) == 0);
    assert_eq!(agent.session().map(|s| s.chat.len()), Some(1));
    agent.tell(Command::ChatRead);
    wait_tab(&agent, "that it was read", first, |t| t.unread == 0);

    // One ends, the other one stays.
    agent.tell(Command::End);
    zoe.wait_exit();
    wait_tab(&agent, "the end", first, |t| t.state == TabState::Ended);
    agent.tell(AppOnly::Home);
    agent.wait("the desk", |v| matches!(v.screen, Screen::AgentHome { .. }) && v.tabs.len() == 1);
    show(&mut agent, second);
    other_desk.terminal("after", "40x8+20+20", "cat");
    agent.wait_picture("Luc's screen again", |p| p.different(&other_desk.picture()) == 0);
}

#[test]
fn a_killed_agent_goes_on_with_all_its_sessions() {
    let server = Server::start();
    let mut agent = Start::new("agent", server.url(), None).agent().start();
    let first = agent.wait_session("a session", |_| true).number;
    let zoe = join(&server, None, first, "Zoé");
    agent.wait_session("Zoé", secure);
    let second = open(&mut agent);
    let luc = join(&server, None, second, "Luc");
    agent.wait_session("Luc", |s| s.number == second && secure(s));
    agent.kill();
    let mut agent = agent.again(&server, None).sign_in(AGENT).start();
    for (number, name) in [(first, "Zoé"), (second, "Luc")] {
        wait_tab(&agent, name, number, |t| t.state == TabState::Running && t.customers == [name]);
    }
    for (number, customer) in [(first, &zoe), (second, &luc)] {
        show(&mut agent, number);
        agent.wait_session("the customer", secure);
        customer.wait_session("the agent", secure);
    }
}

#[test]
fn a_session_that_is_lost_is_seen_in_its_tab_and_what_is_copied_stays_in_its_session() {
    let server = Server::start();
    let displays = [(); 3].map(|()| Display::start(640, 480, "us"));
    let [desk, other_desk, own] = &displays;
    let mut agent = Start::new("agent", server.url(), Some(own)).agent().start();
    let first = agent.wait_session("a session", |_| true).number;
    let mut zoe = join(&server, Some(desk), first, "Zoé");
    agent.wait_session("Zoé", secure);
    let second = open(&mut agent);
    let mut luc = join(&server, Some(other_desk), second, "Luc");
    agent.wait_session("Luc", |s| s.number == second && secure(s));
    for (number, customer) in [(first, &mut zoe), (second, &mut luc)] {
        show(&mut agent, number);
        agent.tell(Command::Ask { act: Act::View });
        customer.answer(Act::View, true);
        agent.wait_session("the picture", |s| s.sharing.is_some());
        agent.tell(Command::Ask { act: Act::Clipboard });
        customer.answer(Act::Clipboard, true);
        agent.wait_session("the clipboard", |s| s.grants.iter().any(|g| g.act == Act::Clipboard));
    }
    // Luc's session is seen: what Zoé copies reaches neither the agent's clipboard nor Luc's.
    desk.copy("a secret of Zoé");
    other_desk.copy("from Luc");
    until("what Luc copied", || (own.clipboard() == "from Luc").then_some(()));
    own.copy("for Luc");
    until("what the agent copied", || (other_desk.clipboard() == "for Luc").then_some(()));
    wait::never("a clipboard that went astray", Duration::from_secs(1), || {
        let all = (desk.clipboard(), other_desk.clipboard(), own.clipboard());
        (all != ("a secret of Zoé".into(), "for Luc".into(), "for Luc".into())).then_some(all)
    });
    zoe.kill();
    wait_tab(&agent, "the loss", first, |t| t.state == TabState::Lost);
    agent.wait_session("Luc, unharmed", |s| s.number == second && secure(s));
}

#[test]
fn the_site_may_allow_one_session_only() {
    let server = Server::with(&[("sessions.per_account", "1")]);
    let mut agent = Peer::agent(&server, None);
    let number = agent.session().expect("a session").number;
    agent.tell(AppOnly::StartSession);
    agent.wait("that it is one too many", |v| v.problem == Some(Problem::TooManySessions));
    agent.tell(AppOnly::ShowSession { number: Some(number) });
    agent.wait_session("the one", |s| s.number == number);
    agent.tell(Command::End);
    agent.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    open(&mut agent);
}
