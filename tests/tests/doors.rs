//! The server's socket: versions, nonsense, too large messages, foreign tickets; and a peer that meets a
//! server of another version.

use std::net::{TcpListener, TcpStream};

use deskside_protocol::{
    ParticipantId, VERSION,
    api::{Code, Joined, SessionOpened},
    socket::{FromServer, Hello, MAX_MESSAGE, Signal, ToServer},
};
use deskside_session::app::Problem;
use deskside_tests::{Server, http, peer::Start};
use tungstenite::{Message, WebSocket};

type Socket = WebSocket<TcpStream>;

fn open(server: &Server) -> Socket {
    let stream = TcpStream::connect(http::address(server.url())).expect("the server is there");
    stream.set_read_timeout(Some(deskside_tests::wait::DEADLINE)).expect("a time-out");
    let url = format!("ws://{}/api/v1/socket", http::address(server.url()));
    tungstenite::client(url, stream).expect("a socket").0
}

fn hello(session: &SessionOpened) -> Hello {
    Hello { version: VERSION, ticket: session.ticket.clone(), key: "A".repeat(43), name: "raw".into() }
}

fn say(socket: &mut Socket, message: &impl serde::Serialize) {
    let text = serde_json::to_string(message).expect("JSON");
    socket.send(Message::text(text)).expect("sent");
}

/// The next message; none when the server closed.
fn next(socket: &mut Socket) -> Option<FromServer> {
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).expect("a message")),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

fn refusal(socket: &mut Socket) -> Option<Code> {
    match next(socket)? {
        FromServer::Refused { error } => Some(error),
        other => panic!("not a refusal: {other:?}"),
    }
}

#[test]
fn a_hello_of_another_version_is_told_so() {
    let server = Server::start();
    let session = server.open_session();
    let mut socket = open(&server);
    say(&mut socket, &Hello { version: VERSION + 1, ..hello(&session) });
    assert_eq!(refusal(&mut socket), Some(Code::Version));
    assert_eq!(next(&mut socket), None, "and the socket is closed");
}

#[test]
fn a_ticket_that_is_none_and_a_key_that_changed() {
    let server = Server::start();
    let session = server.open_session();
    let mut socket = open(&server);
    say(&mut socket, &Hello { ticket: "made up".into(), ..hello(&session) });
    assert!(refusal(&mut socket).is_some());

    let mut first = open(&server);
    say(&mut first, &hello(&session));
    assert!(matches!(next(&mut first), Some(FromServer::Welcome { .. })));
    let mut thief = open(&server);
    say(&mut thief, &Hello { key: format!("B{}", "A".repeat(42)), ..hello(&session) });
    assert!(refusal(&mut thief).is_some());
}

#[test]
fn nonsense_closes_one_socket_and_no_other() {
    let server = Server::start();
    let (session, other) = (server.open_session(), server.open_session());
    let mut good = open(&server);
    say(&mut good, &hello(&other));
    assert!(matches!(next(&mut good), Some(FromServer::Welcome { .. })));

    let large = "x".repeat(MAX_MESSAGE * 2);
    for bad in [
        Message::text("nonsense"),
        Message::text("{}"),
        Message::text(""),
        Message::binary(vec![0; 100]),
        Message::text("[".repeat(60_000)),
        Message::text(large.clone()),
    ] {
        let mut before = open(&server);
        // The server may close before all of it was taken.
        let _ = before.send(bad.clone());
        while next(&mut before).is_some() {}

        let mut after = open(&server);
        say(&mut after, &hello(&session));
        assert!(matches!(next(&mut after), Some(FromServer::Welcome { .. })));
        let _ = after.send(bad);
        // Unknown messages are skipped, others close: either way the next one is right.
        let _ = after.close(None);
        while next(&mut after).is_some() {}
    }

    // To somebody who is not there, and of an unknown kind: passed over.
    let nobody = ToServer::Signal { to: ParticipantId(999), body: Signal::Renew };
    say(&mut good, &nobody);
    say(&mut good, &serde_json::json!({"type": "from the future", "x": 1}));
    good.send(Message::Ping(b"still there?".to_vec().into())).expect("sent");
    assert!(matches!(good.read(), Ok(Message::Pong(_))));
}

#[test]
fn a_peer_meets_a_server_of_another_version() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || newer_server(stream));
        }
    });
    let mut customer = Start::new("customer", &url, None).join("123456789").start();
    let view = customer.wait("what is wrong", |v| v.problem.is_some());
    assert!(matches!(view.problem, Some(Problem::ServerVersion { .. })), "{view:?}");
    assert_eq!(customer.wait_exit().code(), Some(4));
}

/// Lets anyone join, and refuses every hello because of its version.
fn newer_server(mut stream: TcpStream) {
    use std::io::{Read, Write};
    let mut seen = [0; 4096];
    let Ok(n) = stream.peek(&mut seen) else { return };
    if seen[..n].windows(6).any(|w| w == b"socket") {
        let Ok(mut socket) = tungstenite::accept(stream) else { return };
        if socket.read().is_ok() {
            say(&mut socket, &FromServer::Refused { error: Code::Version });
            let _ = socket.close(None);
            while socket.read().is_ok() {}
        }
        return;
    }
    let joined = Joined { number: "123456789".parse().expect("nine digits"), ticket: "ticket".into() };
    let body = serde_json::to_string(&joined).expect("JSON");
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    // Who asked may be gone already.
    let _ = stream.read(&mut seen).and_then(|_| stream.write_all(format!("{head}{body}").as_bytes()));
}
