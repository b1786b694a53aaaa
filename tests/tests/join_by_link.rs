//! S1 and X1: a link carries a secret that both sides prove to know.

use deskside_session::{
    app::{Ending, Problem, Screen},
    view::{LinkView, Notice, Refusal, Verified},
};
use deskside_tests::{Peer, Server, scene::secure};

fn link(agent: &Peer) -> String {
    agent.wait_session("a link", |s| s.link.is_some()).link.expect("a link")
}

/// The link with another secret of the same length.
fn forged(link: &str) -> String {
    let (address, secret) = link.split_once('#').expect("a fragment");
    let first = if secret.starts_with('A') { "B" } else { "A" };
    format!("{address}#{first}{}", &secret[1..])
}

#[test]
fn who_has_the_link_needs_no_further_check() {
    let server = Server::start();
    let agent = Peer::agent(&server, None);
    let customer = Peer::customer(&server, None, &link(&agent));
    for peer in [&agent, &customer] {
        let session = peer.wait_session("a proven connection", secure);
        let LinkView::Secure { verified, .. } = &session.others[0].link else { unreachable!("it is secure") };
        assert_eq!(*verified, Verified::Link, "{}", peer.name);
    }
    assert!(customer.session().is_some_and(|s| s.link.is_none()), "the link is for agents");
}

#[test]
fn a_link_with_another_secret_is_refused() {
    let server = Server::start();
    let agent = Peer::agent(&server, None);
    let mut customer = Peer::customer(&server, None, &forged(&link(&agent)));
    let ended = customer.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    assert!(matches!(ended.screen, Screen::Ended { ending: Ending::NotTrusted, .. }));
    assert_eq!(ended.problem, Some(Problem::NotTrusted { reason: Refusal::Secret }));
    assert_eq!(customer.wait_exit().code(), Some(5));
    assert!(!agent.lines().iter().any(|l| l.contains("\"secure\"")), "the agent never called it secure");
    // Who was turned away leaves the list, but not without a word.
    let told = agent.wait_session("the list without the customer", |s| s.others.is_empty());
    assert!(matches!(told.notice, Some((_, Notice::TurnedAway { reason: Refusal::Secret, .. }))), "{told:?}");
}

#[test]
fn a_damaged_link_is_not_taken_for_one_without_a_secret() {
    let server = Server::start();
    let agent = Peer::agent(&server, None);
    let link = link(&agent);
    let mut customer = Peer::customer(&server, None, &link[..link.len() - 3]);
    customer.wait("what is wrong", |v| v.problem == Some(Problem::MalformedNumber));
    assert_eq!(customer.wait_exit().code(), Some(3));
}

#[test]
fn the_server_never_sees_the_secret() {
    let server = Server::with(&[("log.filter", "trace")]);
    let agent = Peer::agent(&server, None);
    let link = link(&agent);
    let customer = Peer::customer(&server, None, &link);
    customer.wait_session("a proven connection", secure);
    let (_, secret) = link.split_once('#').expect("a fragment");
    assert!(secret.len() >= 22, "a secret that cannot be guessed: {secret}");
    assert!(!server.log().contains(secret));
}
