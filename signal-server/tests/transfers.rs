//! A session is passed on while the customer stays connected, over real sockets.

mod kit;

use std::net::SocketAddr;

use deskside_protocol::{
    ParticipantId, Role,
    api::{Code, Failure, Joined},
    desk::{Desk, DeskHello, FromDesk},
    socket::{EndReason, FromServer, ToServer},
    transfers::{Refused, Returned, TransferState, TransferTo},
};
use kit::{Answer, Peer, admin, agent, config, join, open, post, start, word};
use serde_json::json;

const CLAIM: &str = "AAAAAAAAAAAAAAAAAAAAAA";
const CLAIM_2: &str = "AQAAAAAAAAAAAAAAAAAAAA";

async fn take(at: SocketAddr, token: &str, id: &str, claim: &str) -> Answer {
    post(at, &format!("/api/v1/transfers/{id}/take"), token, &json!({"claim": claim})).await
}

async fn state(peer: &mut Peer) -> TransferState {
    match peer.until(|m| matches!(m, FromServer::TransferState(_))).await {
        FromServer::TransferState(state) => state,
        _ => unreachable!(),
    }
}

async fn offered(peer: &mut Peer) -> String {
    match state(peer).await {
        TransferState::Offered { id } => id,
        other => panic!("{other:?}"),
    }
}

fn to_agent(name: &str, message: &str) -> ToServer {
    ToServer::Transfer { to: TransferTo::Agents(vec![name.into()]), message: message.into() }
}

async fn desk_with(at: SocketAddr, token: &str, wanted: impl Fn(&Desk) -> bool) -> Desk {
    let mut peer = Peer::connect_to(at, "desk").await;
    peer.text(&DeskHello { version: 1, token: token.into() }).await;
    loop {
        match serde_json::from_str(&peer.next_text().await.unwrap()).unwrap() {
            FromDesk::Desk(desk) if wanted(&desk) => return desk,
            FromDesk::Desk(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn the_first_to_take_it_becomes_primary_and_the_customer_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (server, at) = start(kit::config_on_disk(folder.path())).await;
    let token = admin(&server).await;
    let bob = agent(at, &token, "Bob").await;
    let cem = agent(at, &token, "Cem").await;
    let queue = json!({"name": "help", "title": "Help", "agents": ["Bob", "Cem"]});
    assert_eq!(post(at, "/api/v1/queues", &token, &queue).await.status, 200);
    let session = open(at, &token).await;
    let (mut ana, _) = Peer::enter(at, &session.ticket, 1).await;
    let customer = join(at, session.number).await;
    let (mut zoe, _) = Peer::enter(at, &customer.ticket, 2).await;

    let to = TransferTo::Queue("help".parse().unwrap());
    ana.say(ToServer::Transfer { to, message: "Printers.".into() }).await;
    let id = offered(&mut ana).await;
    let shown = desk_with(at, &bob, |d| !d.transfers.is_empty()).await;
    assert_eq!((&shown.transfers[0].id, shown.transfers[0].message.as_str()), (&id, "Printers."));
    // Two are quick: one of them is first.
    let (a, b) = tokio::join!(take(at, &bob, &id, CLAIM), take(at, &cem, &id, CLAIM_2));
    let won = [&a, &b].into_iter().find(|r| r.status == 200).expect("one takes it").json::<Joined>();
    let lost = [&a, &b].into_iter().find(|r| r.status != 200).expect("one is late");
    assert_eq!((lost.status, lost.json::<Failure>().error), (409, Code::Taken));
    assert_eq!(won.number, session.number);
    let taken = TransferState::Taken { id: id.clone(), participant: ParticipantId(3) };
    assert_eq!(state(&mut ana).await, taken);
    server.shutdown().await.unwrap();

    // The server goes away at the worst moment.
    let (server, at) = start(kit::config_on_disk(folder.path())).await;
    let again =
        if a.status == 200 { take(at, &bob, &id, CLAIM).await } else { take(at, &cem, &id, CLAIM_2).await };
    assert_eq!(again.json::<Joined>(), won);
    let (mut ana, _) = Peer::enter(at, &session.ticket, 1).await;
    assert_eq!(state(&mut ana).await, taken);
    let (mut zoe_again, _) = Peer::enter(at, &customer.ticket, 2).await;
    let (mut taker, _) = Peer::enter(at, &won.ticket, 3).await;
    ana.roster(&[(1, true), (2, true), (3, true)]).await;
    ana.say(ToServer::HandOver { word: word(session.number, 1, 1, 3) }).await;
    ana.say(ToServer::Leave).await;
    while ana.next_text().await.is_some() {}
    let told = taker.until(|m| matches!(m, FromServer::Roster { roster } if roster.len() == 2)).await;
    let FromServer::Roster { roster } = told else { panic!() };
    assert_eq!((roster[0].role, roster[1].role), (Role::Customer, Role::Primary));
    taker.say(ToServer::End).await;
    let ended = zoe_again.until(|m| matches!(m, FromServer::Ended { .. })).await;
    assert_eq!(ended, FromServer::Ended { reason: EndReason::Agent });
    zoe.until(|m| matches!(m, FromServer::Refused { error: Code::Unavailable })).await;
    server.shutdown().await.unwrap();
}

/// Its time begins anew then, and it is taken as ever.
#[tokio::test]
async fn an_offer_outlasts_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (server, at) = start(kit::config_on_disk(folder.path())).await;
    let token = admin(&server).await;
    let bob = agent(at, &token, "Bob").await;
    let session = open(at, &token).await;
    let (mut ana, _) = Peer::enter(at, &session.ticket, 1).await;
    ana.say(to_agent("Bob", "")).await;
    let id = offered(&mut ana).await;
    server.shutdown().await.unwrap();

    let (server, at) = start(kit::config_on_disk(folder.path())).await;
    let (mut ana, _) = Peer::enter(at, &session.ticket, 1).await;
    assert_eq!(offered(&mut ana).await, id);
    assert_eq!(take(at, &bob, &id, CLAIM).await.status, 200);
    assert_eq!(state(&mut ana).await, TransferState::Taken { id, participant: ParticipantId(2) });
    assert_eq!(kit::get(at, "/readyz", &[]).await.status, 200);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn it_is_refused_withdrawn_and_comes_back() {
    let mut config = config();
    config.queues.transfer_wait = 1;
    let (server, at) = start(config).await;
    let token = admin(&server).await;
    let bob = agent(at, &token, "Bob").await;
    let session = open(at, &token).await;
    let (mut ana, _) = Peer::enter(at, &session.ticket, 1).await;
    for (wrong, why) in [
        (to_agent("Nobody", ""), Refused::NoSuchAgent),
        (ToServer::Transfer { to: TransferTo::Agents(vec![]), message: String::new() }, Refused::NoSuchAgent),
        (to_agent("Bob", &"x".repeat(346)), Refused::Message),
        (
            ToServer::Transfer { to: TransferTo::Queue("none".parse().unwrap()), message: String::new() },
            Refused::NoSuchQueue,
        ),
    ] {
        ana.say(wrong).await;
        assert_eq!(state(&mut ana).await, TransferState::Refused { why });
    }
    ana.say(to_agent("bob", &"x".repeat(345))).await;
    let id = offered(&mut ana).await;
    assert_eq!(state(&mut ana).await, TransferState::Returned { id: id.clone(), why: Returned::Time });
    assert_eq!(take(at, &bob, &id, CLAIM).await.status, 409);
    ana.say(to_agent("Bob", "")).await;
    ana.say(ToServer::TransferWithdraw).await;
    let id = offered(&mut ana).await;
    assert_eq!(state(&mut ana).await, TransferState::Returned { id: id.clone(), why: Returned::Withdrawn });
    assert_eq!(take(at, &token, &id, "short").await.status, 400);
    // What cannot be read ends the socket, as other messages that cannot.
    ana.raw(r#"{"type":"transfer","to":{"moon":1}}"#.into()).await;
    let refused = ana.until(|m| matches!(m, FromServer::Refused { .. })).await;
    assert_eq!(refused, FromServer::Refused { error: Code::BadRequest });
    server.shutdown().await.unwrap();
}
