//! A session from the agent's sign-in to its end, over real sockets.

mod kit;

use deskside_protocol::{
    ParticipantId, Role, VERSION,
    api::{Code, Info},
    socket::{EndReason, FromServer, Signal, ToServer},
};
use kit::{Peer, admin, config, get, hello, join, key, open, start};

#[tokio::test]
async fn an_agent_and_a_customer_meet_and_part() {
    let (server, at) = start(config()).await;
    let info: Info = get(at, "/api/v1/info", &[]).await.json();
    assert_eq!((info.organisation.as_str(), info.protocol), ("Deskside", VERSION));

    let token = admin(&server).await;
    let session = open(at, &token).await;
    assert_eq!(session.join_url, format!("http://{at}/join/{}", session.number.get()));
    assert_eq!(session.number_lives, 600);
    let (mut agent, welcome) = Peer::enter(at, &session.ticket, 1).await;
    let FromServer::Welcome { version, you, number, organisation, roster, ice } = welcome else { panic!() };
    assert_eq!((version, you, number), (VERSION, ParticipantId(1), session.number));
    assert_eq!((organisation.as_str(), ice.len()), ("Deskside", 0));
    assert_eq!((roster.len(), roster[0].role, roster[0].name.as_str()), (1, Role::Primary, kit::NAME));

    let joined = join(at, session.number).await;
    let (mut customer, welcome) = Peer::enter(at, &joined.ticket, 2).await;
    let FromServer::Welcome { you, roster, .. } = welcome else { panic!() };
    assert_eq!((you, roster.len()), (ParticipantId(2), 2));
    assert_eq!((roster[1].role, roster[1].name.as_str(), &roster[1].key), (Role::Customer, "Bob", &key(2)));
    assert_eq!(agent.next().await, FromServer::Roster { roster });

    let offer = Signal::Offer { sdp: "v=0".into() };
    agent.say(ToServer::Signal { to: ParticipantId(2), body: offer.clone() }).await;
    assert_eq!(customer.next().await, FromServer::Signal { from: ParticipantId(1), body: offer });
    // What only newer peers know is carried as it is.
    customer.raw(r#"{"type":"signal","to":1,"body":{"kind":"later","x":[1, 2]}}"#.into()).await;
    let carried = agent.next_text().await;
    assert_eq!(carried.as_deref(), Some(r#"{"type":"signal","from":2,"body":{"kind":"later","x":[1, 2]}}"#));

    agent.say(ToServer::End).await;
    for mut peer in [agent, customer] {
        assert_eq!(peer.next().await, FromServer::Ended { reason: EndReason::Agent });
        assert!(peer.is_over().await);
    }
    let mut late = Peer::connect(at).await;
    late.text(&hello(&joined.ticket, 2)).await;
    assert_eq!(late.next().await, FromServer::Refused { error: Code::NoSuchSession });
    server.shutdown().await.unwrap();
}
