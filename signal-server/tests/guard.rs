//! What strangers must not get: guesses, differences between answers, other sites' requests.

mod kit;

use deskside_protocol::{
    SessionNumber,
    api::{Code, Failure},
};
use kit::{Peer, admin, config, get, join, open, post, request, start, try_join};
use serde_json::json;

#[tokio::test]
async fn unknown_full_and_closed_numbers_answer_alike() {
    let mut config = config();
    config.sessions.participants = 2;
    let (server, at) = start(config).await;
    let token = admin(&server).await;
    let full = open(at, &token).await;
    join(at, full.number).await;
    let closed = open(at, &token).await;
    let (mut agent, _) = Peer::enter(at, &closed.ticket, 1).await;
    agent.say(deskside_protocol::socket::ToServer::End).await;
    agent.until(|m| matches!(m, deskside_protocol::socket::FromServer::Ended { .. })).await;
    let unknown = (100_000_000..).map(|n| SessionNumber::new(n).unwrap());
    let unknown = unknown.into_iter().find(|n| *n != full.number && *n != closed.number).unwrap();
    let mut answers = Vec::new();
    for number in [full.number, closed.number, unknown] {
        let mut answer = try_join(at, number).await;
        answer.headers.retain(|(name, _)| name != "date");
        answers.push(answer);
    }
    assert_eq!(answers[0].json::<Failure>(), Failure { error: Code::NoSuchSession, retry_after: None });
    assert_eq!(answers[0].status, 404);
    assert!(answers.iter().all(|a| *a == answers[0]), "{answers:?}");
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn guesses_run_dry_and_right_numbers_cost_nothing() {
    let (server, at) = start(config()).await;
    let token = admin(&server).await;
    let session = open(at, &token).await;
    for _ in 0..6 {
        join(at, session.number).await;
    }
    let mut statuses = Vec::new();
    for n in 0..30 {
        let number = SessionNumber::new(200_000_000 + n).unwrap();
        statuses.push(try_join(at, number).await.status);
    }
    assert_eq!(statuses.iter().filter(|s| **s == 404).count(), 10);
    // Then not even the right one is let in.
    let late = try_join(at, session.number).await;
    assert_eq!((late.status, late.json::<Failure>().error), (429, Code::TooManyTries));
    let wait = late.json::<Failure>().retry_after.unwrap();
    assert_eq!(late.header("retry-after"), Some(wait.to_string().as_str()));
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn sign_in_tells_nothing_and_is_limited() {
    let (server, at) = start(config()).await;
    admin(&server).await;
    let try_in = |name: &str, password: &str| {
        let body = json!({"name": name, "password": password});
        async move { post(at, "/api/v1/sign-in", "", &body).await }
    };
    let strip = |mut a: kit::Answer| {
        a.headers.retain(|(n, _)| n != "date");
        a
    };
    let wrong = strip(try_in(kit::NAME, "not the password").await);
    let unknown = strip(try_in("Nobody At All", kit::PASSWORD).await);
    assert_eq!((wrong.status, wrong.json::<Failure>().error), (401, Code::NotSignedIn));
    assert_eq!(wrong, unknown);
    assert_eq!(try_in("alice  MARTIN", kit::PASSWORD).await.status, 200, "names are compared kindly");
    let mut limited = 0;
    for _ in 0..12 {
        limited += usize::from(try_in(kit::NAME, "wrong").await.status == 429);
    }
    assert!(limited >= 2, "{limited}");
    assert_eq!(try_in(kit::NAME, kit::PASSWORD).await.status, 429, "not even the right one");
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_set_up_happens_once() {
    let (server, at) = start(config()).await;
    let token = server.setup_token().unwrap().to_owned();
    let set_up = |token: &str, name: &str, password: &str| {
        let body = json!({"token": token, "name": name, "password": password});
        async move { post(at, "/api/v1/setup", "", &body).await }
    };
    assert_eq!(set_up("wrong", "Alice", kit::PASSWORD).await.status, 403);
    assert_eq!(set_up("", "Alice", kit::PASSWORD).await.status, 403);
    assert_eq!(set_up(&token, "Alice", "short").await.status, 422);
    assert_eq!(set_up(&token, " \u{200b} ", kit::PASSWORD).await.status, 422);
    assert_eq!(get(at, "/setup", &[]).await.status, 200);
    // Two at once: one wins.
    let (a, b) =
        tokio::join!(set_up(&token, "Alice", kit::PASSWORD), set_up(&token, "Mallory", kit::PASSWORD));
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403]);
    assert_eq!(set_up(&token, "Mallory", kit::PASSWORD).await.status, 403);
    assert_eq!(get(at, "/setup", &[("Accept", "text/html")]).await.status, 404);
    for path in
        ["/setup/", "/Setup", "/setup/x", "//setup", "/./setup", "/x/../setup", "/%73etup", "/setup%2f"]
    {
        let answer = get(at, path, &[("Accept", "text/html")]).await;
        assert!(answer.status == 404 || answer.status == 400, "{path}: {}", answer.status);
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn only_admins_make_accounts() {
    let (server, at) = start(config()).await;
    let token = admin(&server).await;
    let bob = json!({"name": "Bob", "password": "bobs long password"});
    assert_eq!(post(at, "/api/v1/accounts", "", &bob).await.status, 401);
    assert_eq!(post(at, "/api/v1/accounts", &token, &bob).await.status, 200);
    assert_eq!(post(at, "/api/v1/accounts", &token, &bob).await.status, 422, "taken");
    let as_bob: deskside_protocol::api::SignedIn = post(at, "/api/v1/sign-in", "", &bob).await.json();
    let eve = json!({"name": "Eve", "password": "eves long password"});
    assert_eq!(post(at, "/api/v1/accounts", &as_bob.token, &eve).await.status, 403);
    assert_eq!(post(at, "/api/v1/sessions", &as_bob.token, &()).await.status, 200);
    assert_eq!(post(at, "/api/v1/sign-out", &as_bob.token, &()).await.status, 200);
    assert_eq!(post(at, "/api/v1/sessions", &as_bob.token, &()).await.status, 401);
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn pages_of_other_sites_get_nothing() {
    let mut config = config();
    config.public_url = "https://help.example.org".into();
    let (server, at) = start(config).await;
    let body = json!({"number": "123456789"}).to_string();
    let doors = ["/api/v1/join", "/api/v1/sign-in", "/api/v1/setup", "/api/v1/sessions", "/api/v1/accounts"];
    for origin in ["null", "https://evil.example", "http://help.example.org", "https://help.example.org.evil"]
    {
        for door in doors {
            let headers = [("Origin", origin), ("Content-Type", "application/json")];
            let answer = request(at, "POST", door, &headers, body.as_bytes()).await;
            assert_eq!((answer.status, answer.json::<Failure>().error), (403, Code::NotAllowed), "{door}");
        }
        assert!(Peer::connect_from(at, Some(origin)).await.is_err());
        let form = [("Origin", origin), ("Content-Type", "application/x-www-form-urlencoded")];
        assert_eq!(request(at, "POST", "/setup", &form, b"token=x").await.status, 403);
    }
    assert!(Peer::connect_from(at, Some("https://help.example.org")).await.is_ok());
    assert!(Peer::connect_from(at, None).await.is_ok());
    // What forms can send without asking is not taken as JSON.
    for media in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
        let answer = request(at, "POST", "/api/v1/join", &[("Content-Type", media)], body.as_bytes()).await;
        assert_eq!(answer.status, 400, "{media}");
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn every_answer_is_dressed() {
    let mut config = config();
    config.public_url = "https://help.example.org".into();
    let (server, at) = start(config).await;
    for path in
        ["/", "/join/123456789", "/setup", "/api/v1/info", "/nothing", "/healthz", "/assets/portal.css"]
    {
        let answer = get(at, path, &[("Accept", "text/html")]).await;
        let header = |name: &str| answer.header(name).unwrap_or_else(|| panic!("{path}: no {name}"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("x-frame-options"), "DENY");
        assert!(header("strict-transport-security").starts_with("max-age="));
        assert!(["no-referrer", "same-origin"].contains(&header("referrer-policy")));
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'));
    }
    server.shutdown().await.unwrap();
}

/// Without a sign-in only what is listed answers with anything but "no".
#[tokio::test]
async fn only_the_listed_paths_answer() {
    let (server, at) = start(config()).await;
    admin(&server).await;
    let words = [
        "",
        "api",
        "v1",
        "v2",
        "setup",
        "admin",
        "accounts",
        "sessions",
        "socket",
        "info",
        "join",
        "assist",
        "queues",
        "enter",
        "take",
        "desk",
        "transfers",
        "phrases",
        "mine",
        "notes",
        "..",
        ".",
        "assets",
        "metrics",
        "healthz",
        "123456789",
        "%2e%2e",
        "portal.css",
        "etc",
        "passwd",
        "db",
        "%00",
    ];
    let mut paths = Vec::new();
    for a in words {
        for b in words {
            paths.push(format!("/{a}/{b}"));
            paths.push(format!("/api/v1/{a}/{b}"));
            paths.push(format!("/assets/{a}/{b}"));
        }
        paths.push(format!("/{a}"));
        paths.push(format!("/api/v1/{a}"));
    }
    let allowed =
        ["/", "//", "/join", "/join/123456789", "/healthz", "/metrics", "/api/v1/info", "/assets/portal.css"];
    // One connection for many: this is about the answers.
    let mut stream = tokio::net::TcpStream::connect(at).await.unwrap();
    for path in paths {
        let status = ask(&mut stream, at, &path).await;
        let fine = allowed.iter().any(|a| *a == path || format!("{a}/") == path);
        assert!(status >= 400 || fine, "{path}: {status}");
    }
    server.shutdown().await.unwrap();
}

async fn ask(stream: &mut tokio::net::TcpStream, at: std::net::SocketAddr, path: &str) -> u16 {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let request = format!("GET {path} HTTP/1.1\r\nHost: {at}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 8192];
        let size = stream.read(&mut part).await.unwrap();
        assert!(size > 0, "{path}: closed");
        bytes.extend_from_slice(&part[..size]);
        let answer = kit::Answer::parse(&bytes);
        let length = answer.header("content-length").and_then(|l| l.parse::<usize>().ok());
        if bytes.windows(4).any(|w| w == b"\r\n\r\n") && length.is_some_and(|l| answer.body.len() >= l) {
            return answer.status;
        }
    }
}
