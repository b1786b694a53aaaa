//! Wrong numbers, wrong passwords, no server, no display, nonsense: each with a clear answer.

use deskside_protocol::api::{Code, Join};
use deskside_session::{
    app::{AppOnly, Problem, Screen},
    command::{Act, Command},
    view::Trouble,
};
use deskside_tests::{
    Peer, Scene, Server, http,
    peer::{Line, Start},
    scene::secure,
    until,
};
use serde_json::json;

/// What a customer without windows says and how it ends, who joins like this.
fn join(server: &str, target: &str) -> (Option<Problem>, Option<i32>) {
    let mut customer = Start::new("customer", server, None).join(target).start();
    let view = customer.wait("a problem", |v| v.problem.is_some());
    (view.problem, customer.wait_exit().code())
}

#[test]
fn numbers_that_are_none() {
    let server = Server::start();
    for target in [
        "12345678",
        "1234567890",
        "12345678a",
        "",
        "javascript:alert(1)",
        "http://",
        "０１２３４５６７８",
        "012345678",
    ] {
        assert_eq!(join(server.url(), target), (Some(Problem::MalformedNumber), Some(3)), "{target:?}");
    }
}

#[test]
fn unknown_and_expired_numbers_are_not_told_apart() {
    let server = Server::with(&[("sessions.number_lives", "1")]);
    let number = server.open_session().number;
    until("the number has expired", || {
        let answer = server.post("/api/v1/join", &Join { number, name: String::new() }, None);
        // A try that still succeeds keeps the number open for the one who is expected.
        (answer.json()["error"] == json!(Code::NoSuchSession)).then_some(())
    });
    let expired = join(server.url(), &number.to_string());
    let unknown = join(server.url(), "999999999");
    assert_eq!(expired, (Some(Problem::NoSuchSession), Some(3)));
    assert_eq!(expired, unknown);
}

#[test]
fn guessing_is_slowed_down() {
    let server = Server::start();
    let mut last = None;
    for n in 0..60 {
        let number = format!("{}", 100_000_001 + n).parse().expect("nine digits");
        let answer = server.post("/api/v1/join", &Join { number, name: String::new() }, None);
        if answer.status == 429 {
            last = Some(answer);
            break;
        }
        assert_eq!(answer.json()["error"], json!(Code::NoSuchSession), "{answer:?}");
    }
    let answer = last.expect("after some tries there is a pause");
    assert!(answer.json()["retry_after"].as_u64().is_some_and(|s| s > 0), "{answer:?}");
    let (problem, code) = join(server.url(), "123456789");
    assert!(matches!(problem, Some(Problem::TooManyTries { wait_s }) if wait_s > 0), "{problem:?}");
    assert_eq!(code, Some(3));
}

#[test]
fn a_wrong_password() {
    let server = Server::start();
    for name in ["Ada Lovelace", "nobody"] {
        let mut agent = Start::new("agent", server.url(), None)
            .env("DESKSIDE_PASSWORD", "not the password")
            .arg("agent")
            .arg("--name")
            .arg(name)
            .start();
        agent.wait("what is wrong", |v| v.problem == Some(Problem::WrongPassword));
        assert_eq!(agent.wait_exit().code(), Some(6));
    }
}

#[test]
fn no_server_there() {
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    let (problem, code) = join(&format!("http://{free}"), "123456789");
    assert!(matches!(problem, Some(Problem::ServerDown { .. })), "{problem:?}");
    assert_eq!(code, Some(4));
}

#[test]
fn something_else_where_the_server_should_be() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            use std::io::{Read, Write};
            let mut socket = socket;
            let mut request = [0; 4096];
            let read = socket.read(&mut request);
            let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 11\r\n\r\n<p>Hello</p";
            // Who asked may be gone already.
            let _ = read.and_then(|_| socket.write_all(page.as_bytes()));
        }
    });
    let (problem, code) = join(&url, "123456789");
    assert!(matches!(problem, Some(Problem::ServerNotTrusted { .. })), "{problem:?}");
    assert_eq!(code, Some(5));
}

#[test]
fn nonsense_on_the_input_is_answered_and_passed_over() {
    let server = Server::start();
    let mut agent = Peer::agent(&server, None);
    let lines: &[&[u8]] = &[
        b"nonsense",
        b"{\"do\":\"dance\"}",
        b"[]",
        b"{\"do\":\"ask\"}",
        b"{\"do\":\"input\",\"event\":{\"input\":\"move\",\"x\":-1,\"y\":99999}}",
        b"\xff\xfe\x00\x01",
        b"{\"do\":\"ask\",\"act\":\"everything\"}",
        &[b'['; 100_000],
    ];
    for line in lines {
        let from = agent.printed();
        agent.tell_raw(line);
        let detail = agent.wait_line("an error", from, |l| match l {
            Line::Error { detail } => Some(detail),
            _ => None,
        });
        assert!(!detail.is_empty() && detail.len() < 500, "{detail}");
    }
    let from = agent.printed();
    agent.tell_raw(&vec![b'x'; 1_000_000]);
    agent.wait_line("an error", from, |l| matches!(l, Line::Error { .. }).then_some(()));
    // What cannot be done now is said, too.
    agent.tell(AppOnly::StartSession);
    agent.tell(AppOnly::Show);
    agent.wait("still in its session", |v| matches!(v.screen, Screen::Session { .. }));
    let number = agent.session().expect("a session").number.to_string();
    Peer::customer(&server, None, &number).wait_session("the agent", secure);
}

#[test]
fn a_computer_without_a_display() {
    let server = Server::start();
    let mut agent = Peer::agent(&server, None);
    let number = agent.wait_session("a number", |_| true).number.to_string();
    let mut customer = Peer::customer(&server, None, &number);
    agent.wait_session("the customer", secure);
    agent.tell(Command::Ask { act: Act::View });
    customer.answer(Act::View, true);
    agent.wait_session("why there is no picture", |s| {
        s.sharing.as_ref().is_some_and(|s| s.trouble == Some(Trouble::NoDisplay))
    });
    customer.wait_session("the same", |s| {
        s.sharing.as_ref().is_some_and(|s| s.trouble == Some(Trouble::NoDisplay))
    });
    // The rest of the session works.
    agent.tell(Command::Chat { to: None, text: "can you hear me?".into() });
    customer.wait_session("the chat", |s| s.chat.len() == 1);
}

#[test]
fn nonsense_at_the_servers_door() {
    let scene = Scene::joined();
    let url = scene.server.url();
    let long = "x".repeat(3_000_000);
    let requests = [
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
        "\u{0}\u{1}\u{2}nonsense\r\n\r\n".to_owned(),
        "POST /api/v1/join HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{{{{{".to_owned(),
        "POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]".to_owned(),
        format!("POST /api/v1/join HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3000000\r\n\r\n{long}"),
        "GET /api/v1/socket HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned(),
        "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned(),
    ];
    for request in &requests {
        // Any answer but a success with content of a file will do; closing without one, too.
        if let Ok(answer) = http::send(url, request) {
            assert!(!answer.body.contains("root:"), "{answer:?}");
        }
    }
    assert_eq!(scene.server.get("/healthz").status, 200);
    scene.wait_secure();
}
