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
    let FromServer::Welcome { version, you, number, organisation, roster, ice, hand_overs, keeps_chat } =
        welcome
    else {
        panic!()
    };
    assert_eq!((version, you, number), (VERSION, ParticipantId(1), session.number));
    assert_eq!((organisation.as_str(), ice.len(), hand_overs.len()), ("Deskside", 0, 0));
    assert!(!keeps_chat);
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

#[tokio::test]
async fn who_comes_back_has_the_same_place() {
    let (server, at) = start(config()).await;
    let token = admin(&server).await;
    let session = open(at, &token).await;
    let (mut agent, _) = Peer::enter(at, &session.ticket, 1).await;
    let joined = join(at, session.number).await;
    let (customer, _) = Peer::enter(at, &joined.ticket, 2).await;
    agent.roster(&[(1, true), (2, true)]).await;
    drop(customer);
    agent.roster(&[(1, true), (2, false)]).await;
    let (mut older, welcome) = Peer::enter(at, &joined.ticket, 2).await;
    let FromServer::Welcome { you, .. } = welcome else { panic!() };
    assert_eq!(you, ParticipantId(2));
    agent.roster(&[(1, true), (2, true)]).await;

    // A newer socket with the same ticket takes over.
    let (mut newer, _) = Peer::enter(at, &joined.ticket, 2).await;
    assert_eq!(older.next().await, FromServer::Refused { error: Code::Replaced });
    assert!(older.is_over().await);
    agent.say(ToServer::Signal { to: ParticipantId(2), body: Signal::Renew }).await;
    newer.until(|m| matches!(m, FromServer::Signal { .. })).await;

    newer.say(ToServer::Leave).await;
    assert!(newer.is_over().await);
    agent.roster(&[(1, true)]).await;
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn refused_hellos() {
    let (server, at) = start(config()).await;
    let token = admin(&server).await;
    let session = open(at, &token).await;
    let (_agent, _) = Peer::enter(at, &session.ticket, 1).await;
    let with = |change: fn(&mut serde_json::Value)| {
        let mut value = serde_json::to_value(hello(&session.ticket, 1)).unwrap();
        change(&mut value);
        value.to_string()
    };
    for (text, error) in [
        (with(|v| v["version"] = 2.into()), Code::Version),
        // Another version may have another form.
        (r#"{"version":7,"hi":true}"#.to_owned(), Code::Version),
        (with(|v| v["key"] = key(9).into()), Code::BadRequest),
        (with(|v| v["key"] = "short".into()), Code::BadRequest),
        (with(|v| v["ticket"] = "A".repeat(43).into()), Code::NoSuchSession),
        (with(|v| v["ticket"] = "".into()), Code::NoSuchSession),
        (r#"{"type":"leave"}"#.to_owned(), Code::BadRequest),
        ("garbage".to_owned(), Code::BadRequest),
    ] {
        let mut peer = Peer::connect(at).await;
        peer.raw(text.clone()).await;
        assert_eq!(peer.next().await, FromServer::Refused { error }, "{text}");
        assert!(peer.is_over().await);
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_session_runs_out() {
    let mut config = config();
    config.sessions.number_lives = 1;
    let (server, at) = start(config).await;
    let token = admin(&server).await;
    let session = open(at, &token).await;
    let (mut agent, _) = Peer::enter(at, &session.ticket, 1).await;
    assert_eq!(agent.next().await, FromServer::Ended { reason: EndReason::Expired });
    assert_eq!(kit::try_join(at, session.number).await.status, 404);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_restart_in_the_middle_keeps_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let (server, at) = start(kit::config_on_disk(folder.path())).await;
    let token = admin(&server).await;
    let session = open(at, &token).await;
    let (mut agent, _) = Peer::enter(at, &session.ticket, 1).await;
    let joined = join(at, session.number).await;
    let (mut customer, _) = Peer::enter(at, &joined.ticket, 2).await;
    agent.roster(&[(1, true), (2, true)]).await;
    server.shutdown().await.unwrap();
    for peer in [&mut agent, &mut customer] {
        // Who is closed later may still see the other one go.
        peer.until(|m| *m == FromServer::Refused { error: Code::Unavailable }).await;
    }

    let (server, at) = start(kit::config_on_disk(folder.path())).await;
    assert_eq!(server.setup_token(), None, "there is an admin");
    let (mut customer, welcome) = Peer::enter(at, &joined.ticket, 2).await;
    let FromServer::Welcome { you, number, roster, .. } = welcome else { panic!() };
    assert_eq!((you, number, roster.len()), (ParticipantId(2), session.number, 2));
    let (mut agent, _) = Peer::enter(at, &session.ticket, 1).await;
    customer.roster(&[(1, true), (2, true)]).await;
    customer.say(ToServer::Signal { to: ParticipantId(1), body: Signal::Renew }).await;
    assert_eq!(agent.next().await, FromServer::Signal { from: ParticipantId(2), body: Signal::Renew });
    // The sign-in lasts too, and the number still fits.
    assert_eq!(open(at, &token).await.number_lives, 600);
    join(at, session.number).await;
    let mut thief = Peer::connect(at).await;
    thief.text(&hello(&session.ticket, 66)).await;
    assert_eq!(thief.next().await, FromServer::Refused { error: Code::BadRequest });
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn stun_and_turn_servers_are_handed_out() {
    let mut config = config();
    config.stun.listen = "127.0.0.1:0".into();
    config.turn.urls = vec!["turn:relay.example.org".into()];
    config.turn.secret = signal_server::config::Secret::new("north");
    let (server, at) = start(config).await;
    let token = admin(&server).await;
    let session = open(at, &token).await;
    let (_agent, welcome) = Peer::enter(at, &session.ticket, 1).await;
    let FromServer::Welcome { ice, .. } = welcome else { panic!() };
    let stun = server.stun_addr().unwrap();
    assert_eq!(ice[0].urls, [format!("stun:{stun}")]);
    let (expiry, id) = ice[1].username.split_once(':').unwrap();
    assert!(expiry.parse::<u64>().unwrap() > 1_700_000_000 && id.len() == 12);
    assert_eq!(ice[1].credential.len(), 28);

    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    // Garbage first: it has no answer, and does no harm.
    for garbage in [&b""[..], b"hello", &[0xff; 900]] {
        socket.send_to(garbage, stun).await.unwrap();
    }
    let request = b"\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl";
    socket.send_to(request, stun).await.unwrap();
    let mut answer = [0; 100];
    let (size, _) =
        tokio::time::timeout(kit::PATIENCE, socket.recv_from(&mut answer)).await.unwrap().unwrap();
    assert_eq!((size, &answer[..2], &answer[8..20]), (32, &b"\x01\x01"[..], &b"abcdefghijkl"[..]));
    let port = u16::from_be_bytes([answer[26], answer[27]]) ^ 0x2112;
    assert_eq!(port, socket.local_addr().unwrap().port());
    server.shutdown().await.unwrap();
}
