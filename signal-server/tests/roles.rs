//! Assistants, and control that is handed over, over real sockets.

mod kit;

use deskside_protocol::{
    HandOver, Role,
    api::{Code, Failure},
    socket::{EndReason, FromServer, ToServer},
};
use kit::{Peer, admin, agent, assist, config, join, key, open, start, try_assist, word};

fn roles(welcome: &FromServer) -> Vec<(u32, Role)> {
    let (FromServer::Welcome { roster, .. } | FromServer::Roster { roster }) = welcome else {
        panic!("{welcome:?}")
    };
    roster.iter().map(|e| (e.id.0, e.role)).collect()
}

fn words(welcome: FromServer) -> Vec<HandOver> {
    let FromServer::Welcome { hand_overs, .. } = welcome else { panic!("{welcome:?}") };
    hand_overs
}

#[tokio::test]
async fn an_assistant_enters_by_number_and_cannot_end() {
    let mut config = config();
    config.sessions.participants = 3;
    let (server, at) = start(config).await;
    let token = admin(&server).await;
    let bob = agent(at, &token, "Bob Roy").await;
    let session = open(at, &token).await;
    let (mut ana, _) = Peer::enter(at, &session.ticket, 1).await;
    let joined = assist(at, &bob, session.number).await;
    assert_eq!(joined.number, session.number);
    let (mut bob_peer, welcome) = Peer::enter(at, &joined.ticket, 2).await;
    assert_eq!(roles(&welcome), [(1, Role::Primary), (2, Role::Assistant)]);
    let told = ana.until(|m| matches!(m, FromServer::Roster { roster } if roster.len() == 2)).await;
    let FromServer::Roster { roster } = told else { panic!() };
    assert_eq!(roster[1].name, "Bob Roy");
    // An assistant leaves, but does not end.
    bob_peer.say(ToServer::End).await;
    bob_peer.say(ToServer::Leave).await;
    assert!(bob_peer.is_over().await);
    ana.roster(&[(1, true)]).await;

    // Unknown, over, full: one answer. Without a sign-in: another.
    join(at, session.number).await;
    assist(at, &bob, session.number).await;
    let elsewhere = "100000000".parse().unwrap();
    let full = try_assist(at, &bob, session.number).await;
    let unknown = try_assist(at, &bob, elsewhere).await;
    assert_eq!((full.status, full.json::<Failure>().error), (404, Code::NoSuchSession));
    assert_eq!((full.status, &full.body), (unknown.status, &unknown.body));
    assert_eq!(try_assist(at, "nobody", session.number).await.status, 401);
    ana.say(ToServer::End).await;
    ana.until(|m| matches!(m, FromServer::Ended { .. })).await;
    assert_eq!(try_assist(at, &bob, session.number).await.body, unknown.body);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn guessing_as_an_assistant_has_the_same_budget() {
    let (server, at) = start(config()).await;
    let token = admin(&server).await;
    let number = "100000000".parse().unwrap();
    let mut last = 0;
    for _ in 0..11 {
        last = try_assist(at, &token, number).await.status;
    }
    assert_eq!((last, kit::try_join(at, number).await.status), (429, 429));
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn at_most_so_many_customers() {
    let mut config = config();
    config.sessions.customers = 1;
    let (server, at) = start(config).await;
    let token = admin(&server).await;
    let session = open(at, &token).await;
    join(at, session.number).await;
    assert_eq!(kit::try_join(at, session.number).await.status, 404);
    assist(at, &token, session.number).await;
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn one_session_at_a_time_follows_control() {
    let mut config = config();
    config.sessions.per_account = 1;
    let (server, at) = start(config).await;
    let token = admin(&server).await;
    let bob = agent(at, &token, "Bob").await;
    let session = open(at, &token).await;
    assert_eq!(kit::post(at, "/api/v1/sessions", &token, &()).await.status, 429);
    let (mut ana, _) = Peer::enter(at, &session.ticket, 1).await;
    let joined = assist(at, &bob, session.number).await;
    let (mut bob_peer, _) = Peer::enter(at, &joined.ticket, 2).await;
    ana.say(ToServer::HandOver { word: word(session.number, 1, 1, 2) }).await;
    bob_peer.until(|m| matches!(m, FromServer::HandOver { .. })).await;
    // Who handed over may open another one; who took over may not.
    open(at, &token).await;
    assert_eq!(kit::post(at, "/api/v1/sessions", &bob, &()).await.status, 429);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn control_is_handed_over_and_outlasts_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (server, at) = start(kit::config_on_disk(folder.path())).await;
    let token = admin(&server).await;
    let bob = agent(at, &token, "Bob").await;
    let session = open(at, &token).await;
    let number = session.number;
    let (mut ana, _) = Peer::enter(at, &session.ticket, 1).await;
    let assistant = assist(at, &bob, number).await;
    let (mut bob_peer, _) = Peer::enter(at, &assistant.ticket, 2).await;
    let customer = join(at, number).await;
    let (mut zoe, _) = Peer::enter(at, &customer.ticket, 3).await;
    ana.roster(&[(1, true), (2, true), (3, true)]).await;
    bob_peer.roster(&[(1, true), (2, true), (3, true)]).await;

    // What does not hold is passed over, whoever says it: replayed serials, other keys, not even a word.
    let first = word(number, 1, 1, 2);
    for wrong in [word(number, 2, 1, 2), word(number, 1, 2, 3), HandOver { to_key: key(9), ..first.clone() }]
    {
        zoe.say(ToServer::HandOver { word: wrong }).await;
    }
    zoe.raw(r#"{"type":"hand_over","word":7}"#.into()).await;
    zoe.raw(r#"{"type":"hand_over"}"#.into()).await;
    ana.say(ToServer::HandOver { word: first.clone() }).await;
    for peer in [&mut bob_peer, &mut zoe] {
        let roster = peer.next().await;
        assert_eq!(roles(&roster), [(1, Role::Assistant), (2, Role::Primary), (3, Role::Customer)]);
        assert_eq!(peer.next().await, FromServer::HandOver { word: first.clone() });
    }
    let roster = ana.next().await;
    assert_eq!(roles(&roster)[0], (1, Role::Assistant));
    ana.say(ToServer::End).await;
    server.shutdown().await.unwrap();

    let (server, at) = start(kit::config_on_disk(folder.path())).await;
    let (mut ana, welcome) = Peer::enter(at, &session.ticket, 1).await;
    assert_eq!(roles(&welcome)[1], (2, Role::Primary), "the session did not end");
    assert_eq!(words(welcome), std::slice::from_ref(&first));
    let (mut bob_peer, welcome) = Peer::enter(at, &assistant.ticket, 2).await;
    assert_eq!(words(welcome), std::slice::from_ref(&first));
    ana.say(ToServer::HandOver { word: first }).await;
    ana.say(ToServer::HandOver { word: word(number, 2, 1, 2) }).await;
    // Anybody may bring the word.
    let back = word(number, 2, 2, 1);
    ana.say(ToServer::HandOver { word: back.clone() }).await;
    let told = bob_peer.until(|m| matches!(m, FromServer::HandOver { .. })).await;
    assert_eq!(told, FromServer::HandOver { word: back });
    bob_peer.say(ToServer::End).await;
    ana.say(ToServer::End).await;
    let ended = bob_peer.until(|m| matches!(m, FromServer::Ended { .. })).await;
    assert_eq!(ended, FromServer::Ended { reason: EndReason::Agent });
    server.shutdown().await.unwrap();
}
