//! The clients of the server against a small one made here.

use std::{sync::Arc, time::Duration};

use deskside_net::{Api, ApiError, Loss, Signaling, SignalingConfig, SignalingEvent, Site};
use deskside_protocol::{
    ParticipantId, SessionNumber, VERSION,
    api::{Code, Join},
    socket::{FromServer, Hello, MAX_MESSAGE, Signal, ToServer},
};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Handle,
    sync::mpsc::{Receiver, channel},
};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

const PATIENCE: Duration = Duration::from_secs(20);

/// A listener and its site.
async fn listen() -> (TcpListener, Site) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    (listener, Site::new(&format!("http://{address}"), None).expect("an address"))
}

/// A server that answers one request with these bytes; gives back what it was asked.
async fn answers(answer: impl Into<Vec<u8>>) -> (Site, tokio::task::JoinHandle<String>) {
    let (listener, site) = listen().await;
    let answer = answer.into();
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a client");
        let mut asked = Vec::new();
        let mut piece = [0; 4096];
        while !complete(&asked) {
            match stream.read(&mut piece).await.expect("a request") {
                0 => break,
                n => asked.extend_from_slice(&piece[..n]),
            }
        }
        let _ = stream.write_all(&answer).await;
        String::from_utf8(asked).expect("text")
    });
    (site, asked)
}

fn complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase().strip_prefix("content-length:").and_then(|n| n.trim().parse::<usize>().ok())
    });
    body.len() >= length.unwrap_or(0)
}

fn http(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn calls_say_what_they_should() {
    let (site, asked) = answers(http("200 OK", r#"{"token":"t0","expires_in":60,"name":"Ann"}"#)).await;
    let signed = Api::new(site).sign_in("ann", "correct horse").await.expect("signed in");
    assert_eq!((signed.token.as_str(), signed.expires_in), ("t0", 60));
    let asked = asked.await.expect("asked");
    assert!(asked.starts_with("POST /api/v1/sign-in HTTP/1.1\r\n"), "{asked}");
    assert!(asked.ends_with(r#"{"name":"ann","password":"correct horse"}"#), "{asked}");

    let opened =
        r#"{"number":"123456789","ticket":"k","join_url":"https://h/j/123456789","number_lives":600}"#;
    let (site, asked) = answers(http("201 Created", opened)).await;
    let opened = Api::new(site).open_session("t0").await.expect("opened");
    assert_eq!(opened.number, "123 456 789".parse().expect("a number"));
    assert!(asked.await.expect("asked").to_ascii_lowercase().contains("authorization: bearer t0\r\n"));
}

#[tokio::test]
async fn refusals_and_failures_are_told_apart() {
    let join = Join { number: SessionNumber::new(123_456_789).expect("a number"), name: String::new() };
    let refused = |code, retry_after| ApiError::Refused { code, retry_after };
    for (answer, expected) in [
        (http("404 Not Found", r#"{"error":"no_such_session"}"#), refused(Code::NoSuchSession, None)),
        (
            http("429 Too Many Requests", r#"{"error":"too_many_tries","retry_after":7}"#),
            refused(Code::TooManyTries, Some(7)),
        ),
        (http("418 Teapot", r#"{"error":"of_the_future"}"#), refused(Code::Other, None)),
        (http("200 OK", "<html>"), ApiError::Garbage),
        (http("404 Not Found", "<html>"), ApiError::Garbage),
        (http("502 Bad Gateway", "<html>"), ApiError::Down),
        ("SSH-2.0-OpenSSH_9.2\r\n".into(), ApiError::Garbage),
        (http("200 OK", &format!("\"{}\"", "x".repeat(70_000))), ApiError::Garbage),
        (String::new(), ApiError::Down),
    ] {
        let (site, _asked) = answers(answer.clone()).await;
        assert_eq!(Api::new(site).join(&join).await, Err(expected), "{answer:.60}");
    }
    let (listener, site) = listen().await;
    drop(listener);
    assert_eq!(Api::new(site).join(&join).await, Err(ApiError::Down));
}

#[tokio::test]
async fn another_version_is_named() {
    let info = |n| format!(r#"{{"organisation":"Acme","version":"9.0.0","protocol":{n}}}"#);
    let (site, _asked) = answers(http("200 OK", &info(VERSION))).await;
    assert_eq!(Api::new(site).info().await.expect("ours").organisation, "Acme");
    let (site, _asked) = answers(http("200 OK", &info(VERSION + 1))).await;
    assert_eq!(Api::new(site).info().await, Err(ApiError::Version));
}

#[tokio::test]
async fn a_certificate_must_be_trusted() {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".into()]).expect("a certificate");
    let key = rustls_pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a server's configuration");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("https://{}", listener.local_addr().expect("its address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ = stream.read(&mut [0; 4096]).await;
                let info = format!(r#"{{"organisation":"Acme","version":"1","protocol":{VERSION}}}"#);
                let _ = stream.write_all(http("200 OK", &info).as_bytes()).await;
            }
        }
    });
    let unknown = Site::new(&address, None).expect("an address");
    assert_eq!(Api::new(unknown.clone()).info().await, Err(ApiError::NotTrusted));
    let (_signaling, mut events) = start(unknown);
    assert_eq!(next(&mut events).await, SignalingEvent::Down(Loss::NotTrusted));

    let file = std::env::temp_dir().join(format!("deskside-ca-{}.pem", std::process::id()));
    std::fs::write(&file, made.cert.pem()).expect("a file");
    let known = Site::new(&address, Some(&file));
    std::fs::remove_file(&file).expect("the file");
    Api::new(known.expect("an address")).info().await.expect("trusted now");
}

fn start(site: Site) -> (Signaling, Receiver<SignalingEvent>) {
    let (events, inbox) = channel(1 << 16);
    let config = SignalingConfig { site, ticket: "t".into(), key: "k".into(), name: "Bob".into() };
    let signaling = Signaling::start(&Handle::current(), config, move |event| drop(events.try_send(event)));
    (signaling, inbox)
}

async fn next(events: &mut Receiver<SignalingEvent>) -> SignalingEvent {
    tokio::time::timeout(PATIENCE, events.recv()).await.expect("told in time").expect("a client that lives")
}

/// Takes one socket and its hello.
async fn accept(listener: &TcpListener) -> WebSocketStream<TcpStream> {
    let (stream, _) = listener.accept().await.expect("a client");
    let mut socket = accept_async(stream).await.expect("a socket");
    let hello: Hello = serde_json::from_str(&text(&mut socket).await).expect("a hello");
    assert_eq!((hello.version, hello.ticket.as_str(), hello.key.as_str()), (VERSION, "t", "k"));
    socket
}

async fn text(socket: &mut WebSocketStream<TcpStream>) -> String {
    let message = tokio::time::timeout(PATIENCE, socket.next()).await.expect("in time");
    message.expect("a message").expect("a sound one").into_text().expect("text").to_string()
}

async fn say(socket: &mut WebSocketStream<TcpStream>, message: &FromServer) {
    let text = serde_json::to_string(message).expect("JSON");
    socket.send(Message::text(text)).await.expect("sent");
}

fn welcome(version: u32) -> FromServer {
    FromServer::Welcome {
        version,
        you: ParticipantId(2),
        number: SessionNumber::new(123_456_789).expect("a number"),
        organisation: "Acme".into(),
        roster: Vec::new(),
        ice: Vec::new(),
        hand_overs: Vec::new(),
        keeps_chat: false,
    }
}

fn signal(n: u32) -> ToServer {
    ToServer::Signal { to: ParticipantId(n), body: Signal::Renew }
}

#[tokio::test]
async fn the_socket_comes_back_and_loses_nothing_that_waited() {
    let (listener, site) = listen().await;
    let (signaling, mut events) = start(site);
    let mut socket = accept(&listener).await;
    say(&mut socket, &welcome(VERSION)).await;
    assert!(matches!(next(&mut events).await, SignalingEvent::Up { you: ParticipantId(2), .. }));
    signaling.send(signal(1));
    assert_eq!(serde_json::from_str::<ToServer>(&text(&mut socket).await).expect("JSON"), signal(1));
    let roster = FromServer::Roster { roster: Vec::new() };
    say(&mut socket, &roster).await;
    assert_eq!(next(&mut events).await, SignalingEvent::Message(roster));

    drop(socket);
    assert_eq!(next(&mut events).await, SignalingEvent::Down(Loss::Away));
    signaling.send(signal(2));
    signaling.send(ToServer::Leave);
    let mut socket = accept(&listener).await;
    say(&mut socket, &welcome(VERSION)).await;
    assert!(matches!(next(&mut events).await, SignalingEvent::Up { .. }));
    assert_eq!(serde_json::from_str::<ToServer>(&text(&mut socket).await).expect("JSON"), signal(2));
    assert_eq!(serde_json::from_str::<ToServer>(&text(&mut socket).await).expect("JSON"), ToServer::Leave);
    signaling.finish().await;
    assert!(matches!(socket.next().await, Some(Ok(Message::Close(_))) | None));
}

#[tokio::test]
async fn a_refusal_is_final_and_a_stopping_server_is_not() {
    let (listener, site) = listen().await;
    let (_signaling, mut events) = start(site);
    let mut socket = accept(&listener).await;
    say(&mut socket, &FromServer::Refused { error: Code::Unavailable }).await;
    assert_eq!(next(&mut events).await, SignalingEvent::Down(Loss::Away));
    let mut socket = accept(&listener).await;
    say(&mut socket, &FromServer::Refused { error: Code::NoSuchSession }).await;
    assert_eq!(next(&mut events).await, SignalingEvent::Refused(Code::NoSuchSession));
    assert_eq!(events.recv().await, None, "nothing follows");

    let (listener, site) = listen().await;
    let (_signaling, mut events) = start(site);
    let mut socket = accept(&listener).await;
    say(&mut socket, &welcome(VERSION + 1)).await;
    assert_eq!(next(&mut events).await, SignalingEvent::Refused(Code::Version));
}

#[tokio::test]
async fn garbage_of_the_server_is_survived() {
    let (listener, site) = listen().await;
    let (_signaling, mut events) = start(site);
    let mut socket = accept(&listener).await;
    for text in ["", "{", "[]", r#"{"type":"of_the_future"}"#, r#"{"type":"welcome"}"#, "\u{0}"] {
        socket.send(Message::text(text)).await.expect("sent");
    }
    socket.send(Message::binary(vec![0xff; 100])).await.expect("sent");
    say(&mut socket, &welcome(VERSION)).await;
    assert!(matches!(next(&mut events).await, SignalingEvent::Up { .. }), "garbage before it is skipped");
    socket.send(Message::text("garbage")).await.expect("sent");
    let ended = FromServer::Ended { reason: deskside_protocol::socket::EndReason::Agent };
    say(&mut socket, &ended).await;
    assert_eq!(next(&mut events).await, SignalingEvent::Message(ended));
    let _ = socket.send(Message::text("x".repeat(MAX_MESSAGE + 1))).await;
    assert_eq!(next(&mut events).await, SignalingEvent::Down(Loss::Garbage), "too large");
    // And it tries again.
    accept(&listener).await;
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_fell_silent_is_given_up() {
    let (listener, site) = listen().await;
    let (_signaling, mut events) = start(site);
    let mut socket = accept(&listener).await;
    say(&mut socket, &welcome(VERSION)).await;
    assert!(matches!(events.recv().await, Some(SignalingEvent::Up { .. })));
    // From here on nothing is read any more, and so no ping is answered.
    assert_eq!(events.recv().await, Some(SignalingEvent::Down(Loss::Away)));
    drop(socket);
}
