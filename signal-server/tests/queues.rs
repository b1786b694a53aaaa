//! Queues and desks over real sockets: waiting, places, taking, coming back.

mod kit;

use std::net::SocketAddr;

use deskside_protocol::{
    ParticipantId, Role,
    api::{Code, Failure, SessionOpened},
    desk::{AgentState, Desk, DeskHello, FromDesk},
    queues::{Entered, Queue},
    socket::{FromServer, ToServer},
};
use kit::{Answer, Peer, admin, agent, config, hello, post, request, start};
use serde_json::json;

const CLAIM: &str = "AAAAAAAAAAAAAAAAAAAAAA";
const CLAIM_2: &str = "AQAAAAAAAAAAAAAAAAAAAA";

async fn queue(at: SocketAddr, admin: &str, name: &str, agents: &[&str]) {
    let made =
        post(at, "/api/v1/queues", admin, &json!({"name": name, "title": "Help", "agents": agents})).await;
    assert_eq!(made.status, 200, "{made:?}");
}

async fn enter(at: SocketAddr, queue: &str) -> String {
    let path = format!("/api/v1/queues/{queue}/enter");
    post(at, &path, "", &json!({"name": "Zoé"})).await.json::<Entered>().ticket
}

async fn take(at: SocketAddr, token: &str, queue: &str, claim: &str) -> Answer {
    post(at, &format!("/api/v1/queues/{queue}/take"), token, &json!({"claim": claim})).await
}

async fn with_method(
    at: SocketAddr,
    method: &str,
    path: &str,
    token: &str,
    body: &serde_json::Value,
) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    request(at, method, path, &headers, body.to_string().as_bytes()).await
}

/// Says hello and gives place and length of the queue.
async fn wait(at: SocketAddr, ticket: &str, n: u8) -> (Peer, (u32, u32)) {
    let mut peer = Peer::connect(at).await;
    peer.text(&hello(ticket, n)).await;
    match peer.next().await {
        FromServer::Waiting { place, waiting, .. } => (peer, (place, waiting)),
        other => panic!("{other:?}"),
    }
}

async fn desk(at: SocketAddr, token: &str) -> Peer {
    let mut peer = Peer::connect_to(at, "desk").await;
    peer.text(&DeskHello { version: 1, token: token.into() }).await;
    peer
}

async fn desk_until(peer: &mut Peer, wanted: impl Fn(&Desk) -> bool) -> Desk {
    loop {
        let text = peer.next_text().await.expect("the desk was closed");
        match serde_json::from_str(&text).unwrap() {
            FromDesk::Desk(desk) if wanted(&desk) => return desk,
            FromDesk::Desk(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

fn error(answer: &Answer) -> (u16, Code) {
    (answer.status, answer.json::<Failure>().error)
}

#[tokio::test]
async fn admins_make_queues() {
    let (server, at) = start(config()).await;
    let token = admin(&server).await;
    let bob = agent(at, &token, "Bob").await;
    queue(at, &token, "help", &["bob", "BOB"]).await;
    let again = json!({"name": "help", "title": "x", "agents": []});
    assert_eq!(error(&post(at, "/api/v1/queues", &token, &again).await), (409, Code::Taken));
    let nobody = json!({"name": "x", "title": "x", "agents": ["Nobody"]});
    assert_eq!(error(&post(at, "/api/v1/queues", &token, &nobody).await), (422, Code::NoSuchAccount));
    for bad in
        [json!({"name": "X", "title": "x", "agents": []}), json!({"name": "x", "title": " ", "agents": []})]
    {
        assert_eq!(error(&post(at, "/api/v1/queues", &token, &bad).await), (400, Code::BadRequest));
    }
    let changed = json!({"title": "Help  desk\u{202e}", "agents": [kit::NAME]});
    let answer = with_method(at, "PUT", "/api/v1/queues/help", &token, &changed).await;
    let changed: Queue = answer.json();
    assert_eq!(
        (changed.title.as_str(), changed.agents.as_slice()),
        ("Help desk", &[kit::NAME.to_owned()][..])
    );
    let bearer = format!("Bearer {token}");
    let list = kit::get(at, "/api/v1/queues", &[("Authorization", bearer.as_str())]).await;
    assert_eq!(list.json::<Vec<Queue>>(), [changed]);
    // Agents and strangers may not.
    for (who, status) in [(bob.as_str(), 403), ("", 401)] {
        assert_eq!(post(at, "/api/v1/queues", who, &again).await.status, status);
        assert_eq!(with_method(at, "DELETE", "/api/v1/queues/help", who, &json!(null)).await.status, status);
        assert_eq!(with_method(at, "PUT", "/api/v1/queues/help", who, &again).await.status, status);
    }
    let ticket = enter(at, "help").await;
    let (mut peer, _) = wait(at, &ticket, 1).await;
    assert_eq!(with_method(at, "DELETE", "/api/v1/queues/help", &token, &json!(null)).await.status, 200);
    assert_eq!(peer.next().await, FromServer::Refused { error: Code::NoSuchQueue });
    let gone = with_method(at, "DELETE", "/api/v1/queues/help", &token, &json!(null)).await;
    assert_eq!(error(&gone), (404, Code::NoSuchQueue));
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_customer_waits_and_an_agent_takes_the_next() {
    let (server, at) = start(config()).await;
    let token = admin(&server).await;
    let bob = agent(at, &token, "Bob").await;
    queue(at, &token, "help", &["Bob"]).await;
    let mut board = desk(at, &bob).await;
    let empty = desk_until(&mut board, |_| true).await;
    assert_eq!((empty.queues[0].count, empty.agents[0].state), (0, AgentState::Free));
    assert_eq!(error(&take(at, &bob, "help", CLAIM).await), (404, Code::NobodyWaits));

    let (first, second) = (enter(at, "help").await, enter(at, "help").await);
    let (mut zoe, place) = wait(at, &first, 1).await;
    assert_eq!(place, (1, 2));
    let (mut max, place) = wait(at, &second, 2).await;
    assert_eq!(place, (2, 2));
    let full = desk_until(&mut board, |d| d.queues[0].waiting.iter().filter(|w| w.online).count() == 2).await;
    assert_eq!(full.queues[0].waiting[0].name, "Zoé");

    // Who does not serve it may not take, a claim that is none is no request.
    assert_eq!(error(&take(at, &token, "help", CLAIM).await), (403, Code::NotAllowed));
    assert_eq!(error(&take(at, &bob, "help", "short").await), (400, Code::BadRequest));
    assert_eq!(error(&take(at, &bob, "other", CLAIM).await), (404, Code::NoSuchQueue));
    let opened: SessionOpened = take(at, &bob, "help", CLAIM).await.json();
    let again: SessionOpened = take(at, &bob, "help", CLAIM).await.json();
    assert_eq!(opened, again);
    let FromServer::Welcome { you, number, roster, .. } = zoe.next().await else { panic!() };
    assert_eq!((you, number, roster.len()), (ParticipantId(2), opened.number, 1));
    let (mut bob_peer, welcome) = Peer::enter(at, &opened.ticket, 9).await;
    let FromServer::Welcome { you, roster, .. } = welcome else { panic!() };
    assert_eq!((you, roster[0].role, roster[1].role), (ParticipantId(1), Role::Primary, Role::Customer));
    zoe.roster(&[(1, true), (2, true)]).await;
    let moved = max.next().await;
    assert!(matches!(moved, FromServer::Waiting { place: 1, waiting: 1, .. }), "{moved:?}");
    let busy = desk_until(&mut board, |d| d.agents[0].state == AgentState::Busy).await;
    assert_eq!((busy.sessions[0].number, busy.queues[0].count), (opened.number, 1));

    // A chosen one who has left.
    let entry = busy.queues[0].waiting[0].entry.clone();
    max.say(ToServer::Leave).await;
    assert!(max.is_over().await);
    desk_until(&mut board, |d| d.queues[0].count == 0).await;
    let late = post(at, "/api/v1/queues/help/take", &bob, &json!({"claim": CLAIM_2, "entry": entry})).await;
    assert_eq!(error(&late), (409, Code::Taken));
    bob_peer.say(ToServer::End).await;
    zoe.until(|m| matches!(m, FromServer::Ended { .. })).await;
    desk_until(&mut board, |d| d.agents[0].state == AgentState::Free).await;
    let figures = kit::get(at, "/metrics", &[]).await.body;
    for line in ["queue_entered_total 2", "queue_taken_total 1", "queue_abandoned_total 1", "queue_waiting 0"]
    {
        assert!(figures.contains(&format!("\ndeskside_{line}\n")), "{figures}");
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn places_and_claims_outlast_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (server, at) = start(kit::config_on_disk(folder.path())).await;
    let token = admin(&server).await;
    queue(at, &token, "help", &[kit::NAME]).await;
    let (first, second) = (enter(at, "help").await, enter(at, "help").await);
    let (_zoe, _) = wait(at, &first, 1).await;
    let (_max, _) = wait(at, &second, 2).await;
    let opened: SessionOpened = take(at, &token, "help", CLAIM).await.json();
    server.shutdown().await.unwrap();

    let (server, at) = start(kit::config_on_disk(folder.path())).await;
    let (mut max, place) = wait(at, &second, 2).await;
    assert_eq!(place, (1, 1));
    let mut thief = Peer::connect(at).await;
    thief.text(&hello(&second, 66)).await;
    assert_eq!(thief.next().await, FromServer::Refused { error: Code::BadRequest });
    let again: SessionOpened = take(at, &token, "help", CLAIM).await.json();
    assert_eq!((again.number, &again.ticket), (opened.number, &opened.ticket));
    // Away when it was taken: the welcome is there when it comes back.
    let (_zoe, welcome) = Peer::enter(at, &first, 1).await;
    let FromServer::Welcome { number, .. } = welcome else { panic!() };
    assert_eq!(number, opened.number);
    let next: SessionOpened = take(at, &token, "help", CLAIM_2).await.json();
    let FromServer::Welcome { number, .. } = max.next().await else { panic!() };
    assert_eq!(number, next.number);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn one_at_a_time_holds_for_the_queue() {
    let mut config = config();
    config.sessions.per_account = 1;
    config.queues.longest = 2;
    let (server, at) = start(config).await;
    let token = admin(&server).await;
    queue(at, &token, "help", &[kit::NAME]).await;
    enter(at, "help").await;
    enter(at, "help").await;
    let full = post(at, "/api/v1/queues/help/enter", "", &json!({})).await;
    assert_eq!(error(&full), (429, Code::QueueFull));
    assert_eq!(take(at, &token, "help", CLAIM).await.status, 200);
    assert_eq!(error(&take(at, &token, "help", CLAIM_2).await), (429, Code::TooManyTries));
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn guessing_queues_has_a_budget() {
    let (server, at) = start(config()).await;
    for _ in 0..10 {
        let answer = post(at, "/api/v1/queues/nothing/enter", "", &json!({})).await;
        assert_eq!(error(&answer), (404, Code::NoSuchQueue));
    }
    assert_eq!(post(at, "/api/v1/queues/nothing/enter", "", &json!({})).await.status, 429);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_desk_is_for_those_who_are_signed_in() {
    let mut config = config();
    config.sockets.ping_every = 1;
    let (server, at) = start(config).await;
    let token = admin(&server).await;
    for (text, code) in [
        (r#"{"version":1,"token":"nobody"}"#, Code::NotSignedIn),
        (r#"{"version":2}"#, Code::Version),
        (r#"{"version":1}"#, Code::BadRequest),
        ("garbage", Code::BadRequest),
    ] {
        let mut peer = Peer::connect_to(at, "desk").await;
        peer.raw(text.into()).await;
        let answer: FromDesk = serde_json::from_str(&peer.next_text().await.unwrap()).unwrap();
        assert_eq!(answer, FromDesk::Refused { error: code }, "{text}");
        assert!(peer.is_over().await);
    }
    let mut board = desk(at, &token).await;
    desk_until(&mut board, |_| true).await;
    board.raw("what only newer desks say".into()).await;
    assert_eq!(post(at, "/api/v1/sign-out", &token, &()).await.status, 200);
    board.until_text(r#"{"type":"refused","error":"not_signed_in"}"#).await;
    server.shutdown().await.unwrap();
}
