//! Huge, slow and senseless input at every door; afterwards the server still works.

mod kit;

use std::net::SocketAddr;

use deskside_protocol::{
    api::{Code, Failure},
    socket::{FromServer, MAX_MESSAGE},
};
use futures_util::{SinkExt, StreamExt};
use kit::{Answer, PATIENCE, Peer, admin, config, get, hello, join, open, raw, request, start};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::Message;

const POSTS: [&str; 8] = [
    "/api/v1/join",
    "/api/v1/sign-in",
    "/api/v1/setup",
    "/api/v1/assist",
    "/api/v1/queues",
    "/api/v1/queues/help/take",
    "/api/v1/transfers/x/take",
    "/setup",
];

async fn still_works(at: SocketAddr) {
    assert_eq!(get(at, "/healthz", &[]).await.body, "ok\n");
}

fn media(door: &str) -> &'static str {
    if door == "/setup" { "application/x-www-form-urlencoded" } else { "application/json" }
}

#[tokio::test]
async fn garbage_instead_of_http() {
    let (server, at) = start(config()).await;
    let mut seed = 1u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed.to_le_bytes()[3]
    };
    let random: Vec<u8> = (0..5000).map(|_| noise()).collect();
    for garbage in [
        &b"\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/join HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /api/v1/join HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        &random,
        &[b"GET / HTTP/1.1\r\nX: ", &[b'a'; 60_000][..], b"\r\n\r\n"].concat(),
        &[b"GET /", &[b'a'; 60_000][..], b" HTTP/1.1\r\n\r\n"].concat(),
        &[b"GET / HTTP/1.1\r\n", "X: y\r\n".repeat(2000).as_bytes(), b"\r\n"].concat(),
    ] {
        let mut stream = TcpStream::connect(at).await.unwrap();
        _ = stream.write_all(garbage).await;
        _ = stream.shutdown().await;
        let mut answer = Vec::new();
        _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
        let status = Answer::parse(&answer).status;
        assert!(status == 0 || status >= 400, "{status}");
    }
    still_works(at).await;
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn bodies_that_are_too_large() {
    let (server, at) = start(config()).await;
    for door in POSTS {
        let large = vec![b'x'; 20_000];
        let answer = request(at, "POST", door, &[("Content-Type", media(door))], &large).await;
        assert_eq!((answer.status, answer.json::<Failure>().error), (413, Code::TooLarge), "{door}");
        // Without a length, in pieces.
        let head = format!(
            "POST {door} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {}\r\nTransfer-Encoding: chunked\r\n\r\n",
            media(door)
        );
        let piece = [b"1000\r\n", &vec![b'x'; 4096][..], b"\r\n"].concat();
        let answer = raw(at, &[head.as_bytes(), &piece.repeat(6)].concat()).await;
        assert_eq!(answer.status, 413, "{door}");
    }
    still_works(at).await;
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn bodies_that_make_no_sense() {
    let (server, at) = start(config()).await;
    let deep = "[".repeat(10_000);
    for door in &POSTS[..7] {
        for body in [
            "",
            "{",
            "null",
            "[]",
            "{\"number\":1}",
            "{\"number\":\"12\"}",
            "\u{fffd}",
            &deep,
            "{\"name\":{}}",
        ] {
            let answer = request(at, "POST", door, &[("Content-Type", media(door))], body.as_bytes()).await;
            assert_eq!(
                (answer.status, answer.json::<Failure>().error),
                (400, Code::BadRequest),
                "{door} {body}"
            );
        }
        let answer = request(at, "POST", door, &[("Content-Type", media(door))], &[0xff, 0xfe, 0x00]).await;
        assert_eq!(answer.status, 400);
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "DANCE"] {
        assert_eq!(request(at, method, "/api/v1/join", &[], b"").await.status, 404, "{method}");
    }
    still_works(at).await;
    server.shutdown().await.unwrap();
}

/// Sends a beginning, waits for the server to close.
async fn given_up(at: SocketAddr, beginning: &[u8]) -> u16 {
    raw(at, beginning).await.status
}

#[tokio::test]
async fn slow_clients_are_given_up() {
    let (server, at) = start(config()).await;
    let body =
        b"POST /api/v1/join HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\
        Content-Length: 50\r\n\r\n{";
    let (nothing, head, slow_body) =
        tokio::join!(given_up(at, b""), given_up(at, b"GET / HTTP/1.1\r\nHos"), given_up(at, body));
    assert!(nothing == 0 || nothing == 408, "{nothing}");
    assert!(head == 0 || head == 408, "{head}");
    assert_eq!(slow_body, 400);
    still_works(at).await;
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_socket_without_a_hello_is_closed() {
    let mut config = config();
    config.sockets.hello_within = 1;
    let (server, at) = start(config).await;
    let mut silent = Peer::connect(at).await;
    assert_eq!(silent.next().await, FromServer::Refused { error: Code::BadRequest });
    assert!(silent.is_over().await);
    server.shutdown().await.unwrap();
}

async fn reason(peer: &mut Peer) -> Code {
    match peer.until(|m| matches!(m, FromServer::Refused { .. })).await {
        FromServer::Refused { error } => error,
        _ => unreachable!(),
    }
}

#[tokio::test]
async fn senseless_messages_on_the_socket() {
    let (server, at) = start(config()).await;
    let token = admin(&server).await;
    let session = open(at, &token).await;
    let too_large = format!(r#"{{"type":"signal","to":1,"body":"{}"}}"#, "x".repeat(MAX_MESSAGE));
    for (message, error) in [
        (Message::text("garbage"), Code::BadRequest),
        (Message::text("{}"), Code::BadRequest),
        (Message::text(r#"{"type":"signal","to":1}"#), Code::BadRequest),
        (Message::text(r#"{"type":"signal","to":"all","body":{}}"#), Code::BadRequest),
        (Message::text("[".repeat(50_000)), Code::BadRequest),
        (Message::binary(vec![1, 2, 3]), Code::BadRequest),
        (Message::text(too_large.clone()), Code::TooLarge),
    ] {
        let (mut peer, _) = Peer::enter(at, &session.ticket, 1).await;
        peer.0.send(message).await.unwrap();
        assert_eq!(reason(&mut peer).await, error);
        assert!(peer.is_over().await);
    }
    // Before the hello too.
    let mut peer = Peer::connect(at).await;
    _ = peer.0.send(Message::text(too_large)).await;
    assert_eq!(reason(&mut peer).await, Code::TooLarge);
    // What only newer peers know is passed over.
    let (mut peer, _) = Peer::enter(at, &session.ticket, 1).await;
    peer.raw(r#"{"type":"dance"}"#.into()).await;
    peer.raw(r#"{"type":"signal","to":99,"body":{}}"#.into()).await;
    peer.say(deskside_protocol::socket::ToServer::End).await;
    peer.until(|m| matches!(m, FromServer::Ended { .. })).await;
    still_works(at).await;
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_flood_is_cut_off_and_others_stay() {
    let (server, at) = start(config()).await;
    let token = admin(&server).await;
    let session = open(at, &token).await;
    let (mut agent, _) = Peer::enter(at, &session.ticket, 1).await;
    let joined = join(at, session.number).await;
    let (mut customer, _) = Peer::enter(at, &joined.ticket, 2).await;
    for _ in 0..2000 {
        if customer.0.send(Message::text(r#"{"type":"dance"}"#)).await.is_err() {
            break;
        }
    }
    // The refusal may be lost behind what was still on its way; the end is not.
    while let Some(Ok(_)) = tokio::time::timeout(PATIENCE, customer.0.next()).await.unwrap() {}
    agent.roster(&[(1, true), (2, false)]).await;
    let (_customer, _) = Peer::enter(at, &joined.ticket, 2).await;
    server.shutdown().await.unwrap();
}

/// Frames that break RFC 6455.
#[tokio::test]
async fn broken_frames() {
    let (server, at) = start(config()).await;
    for frame in [
        // Not masked; reserved bits; a reserved opcode; a continuation of nothing; an endless length.
        &b"\x81\x02hi"[..],
        b"\xf1\x82\x00\x00\x00\x00hi",
        b"\x83\x82\x00\x00\x00\x00hi",
        b"\x80\x82\x00\x00\x00\x00hi",
        b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00",
        // A ping of 126 bytes; text that is not UTF-8.
        b"\x89\xfe\x00\x7e\x00\x00\x00\x00",
        b"\x81\x82\x00\x00\x00\x00\xff\xfe",
    ] {
        let mut stream = TcpStream::connect(at).await.unwrap();
        let head = format!(
            "GET /api/v1/socket HTTP/1.1\r\nHost: {at}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(&[head.as_bytes(), frame].concat()).await.unwrap();
        let mut bytes = Vec::new();
        _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("closed");
        let text = String::from_utf8_lossy(&bytes);
        // The sample of RFC 6455, section 1.3.
        assert!(text.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{text}");
        assert!(text.contains("bad_request") || text.contains("too_large"), "{text}");
    }
    still_works(at).await;
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn upgrades_that_are_none() {
    let (server, at) = start(config()).await;
    let whole = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    for missing in 0..whole.len() {
        let mut headers = whole.to_vec();
        headers.remove(missing);
        let lines: String = headers.iter().map(|(n, v)| format!("{n}: {v}\r\n")).collect();
        let close = if missing == 0 { "Connection: close\r\n" } else { "" };
        let request = format!("GET /api/v1/socket HTTP/1.1\r\nHost: x\r\n{close}{lines}\r\n");
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        assert_eq!(Answer::parse(&bytes).status, 404, "{headers:?}");
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn connections_are_limited() {
    let mut config = config();
    config.limits.connections_per_address = 3;
    let (server, at) = start(config).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(Peer::connect(at).await);
    }
    let mut fourth = TcpStream::connect(at).await.unwrap();
    _ = fourth.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut bytes = Vec::new();
    _ = tokio::time::timeout(PATIENCE, fourth.read_to_end(&mut bytes)).await.unwrap();
    assert!(bytes.is_empty());
    drop(held);
    // The places come back as soon as the server notices.
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let mut stream = TcpStream::connect(at).await.unwrap();
        _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        let mut bytes = Vec::new();
        _ = stream.read_to_end(&mut bytes).await;
        if Answer::parse(&bytes).status == 200 {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline);
        tokio::task::yield_now().await;
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_reader_who_stands_still_does_not_hold_up_the_others() {
    let (server, at) = start(config()).await;
    let token = admin(&server).await;
    let session = open(at, &token).await;
    let (mut agent, _) = Peer::enter(at, &session.ticket, 1).await;
    let joined = join(at, session.number).await;
    let mut lazy = Peer::connect(at).await;
    lazy.text(&hello(&joined.ticket, 2)).await;
    agent.roster(&[(1, true), (2, true)]).await;
    // Never reads; the agent sends until the server gives the lazy one up.
    let body = "x".repeat(50_000);
    let text = format!(r#"{{"type":"signal","to":2,"body":"{body}"}}"#);
    for _ in 0..30 {
        agent.raw(text.clone()).await;
    }
    agent.raw(r#"{"type":"signal","to":1,"body":{}}"#.into()).await;
    still_works(at).await;
    drop(lazy);
    agent.roster(&[(1, true), (2, false)]).await;
    server.shutdown().await.unwrap();
}

/// Its network is gone without a word: others learn it.
#[tokio::test]
async fn a_dead_socket_is_noticed() {
    let mut config = config();
    config.sockets.ping_every = 1;
    config.sockets.silent_for = 3;
    let (server, at) = start(config).await;
    let token = admin(&server).await;
    let session = open(at, &token).await;
    let (mut agent, _) = Peer::enter(at, &session.ticket, 1).await;
    let joined = join(at, session.number).await;
    // Never polled again, so that it answers no ping.
    let (_dead, _) = Peer::enter(at, &joined.ticket, 2).await;
    agent.roster(&[(1, true), (2, false)]).await;
    server.shutdown().await.unwrap();
}

/// Behind a trusted proxy sockets are counted by the address that the proxy names.
#[tokio::test]
async fn sockets_behind_a_proxy_are_limited_each() {
    let mut config = config();
    config.limits.connections_per_address = 2;
    config.proxy.trusted = vec![[127, 0, 0, 1].into()];
    let (server, at) = start(config).await;
    let from = |address: &'static str| Peer::connect_with(at, "x-forwarded-for", address);
    let _held = [from("192.0.2.1").await.unwrap(), from("192.0.2.1").await.unwrap()];
    assert!(from("192.0.2.1").await.is_err());
    assert!(from("192.0.2.2").await.is_ok());
    assert!(from("2001:db8::1").await.is_ok());
    server.shutdown().await.unwrap();
}
