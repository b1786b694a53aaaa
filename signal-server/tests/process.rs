//! The program itself: what it prints and logs, how it starts, stops and comes back.

mod kit;

use std::{path::Path, process::Stdio};

use deskside_protocol::{api::SignedIn, socket::FromServer};
use kit::{
    NAME, PASSWORD, PATIENCE, Peer, get, hello, join, open, post,
    program::{PROGRAM, command, run},
    sign_in,
};
use tokio::process::Command;

async fn cli(arguments: &[&str], env: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let mut command = Command::new(PROGRAM);
    command.env_clear().envs(env.iter().copied()).args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await.unwrap().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn hex(text: &str) -> String {
    text.bytes().map(|b| format!("{b:02x}")).collect()
}

/// No password, token, ticket or set-up token in the finest log, as text or in hexadecimal; the database
/// holds none of them either.
#[tokio::test]
async fn logs_and_data_hold_no_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path());
    command.args([
        "--log-format",
        "json",
        "--set",
        "log.filter=trace",
        "--set",
        "turn.urls=turn:relay.example",
    ]);
    command.args(["--set", "turn.secret=turn-canary-secret"]);
    let program = run(command, true).await;
    let at = program.at;
    let token = program.token.clone().unwrap();
    let url = format!("http://{at}");
    let setup = ["setup", "--server", &url, "--token", &token, "--name", NAME];
    let (code, out, _) = cli(&setup, &[("DESKSIDE_PASSWORD", PASSWORD)]).await;
    assert_eq!((code, out.trim()), (Some(0), "admin account made: Alice Martin"));
    let (code, _, error) = cli(&setup, &[("DESKSIDE_PASSWORD", PASSWORD)]).await;
    assert!(code == Some(1) && error.contains("exists already"), "{error}");
    let add = ["add-agent", "--server", &url, "--as", NAME, "--name", "Bob"];
    let secrets = [("DESKSIDE_PASSWORD", PASSWORD), ("DESKSIDE_AGENT_PASSWORD", "bobs-canary-password")];
    let (code, out, _) = cli(&add, &secrets).await;
    assert_eq!((code, out.trim()), (Some(0), "agent account made: Bob"));
    let bob = serde_json::json!({"name": "Bob", "password": "bobs-canary-password"});
    let bearer = post(at, "/api/v1/sign-in", "", &bob).await.json::<SignedIn>().token;
    let wrong = serde_json::json!({"name": "Bob", "password": "wrong-canary-password"});
    assert_eq!(post(at, "/api/v1/sign-in", "", &wrong).await.status, 401);

    let session = open(at, &bearer).await;
    let (mut agent, welcome) = Peer::enter(at, &session.ticket, 1).await;
    let FromServer::Welcome { ice, .. } = welcome else { panic!() };
    let joined = join(at, session.number).await;
    let (mut customer, _) = Peer::enter(at, &joined.ticket, 2).await;
    agent.raw(r#"{"type":"signal","to":2,"body":{"sdp":"signal-canary-text"}}"#.into()).await;
    customer.until_text("signal-canary-text").await;
    customer.raw(r#"garbage-canary-text"#.into()).await;
    let mut unknown = Peer::connect(at).await;
    unknown.text(&hello("ticket-canary-text", 3)).await;
    unknown.next().await;

    program.signal("-TERM");
    let (code, rest, log) = program.ended().await;
    assert_eq!((code, rest.as_str()), (Some(0), ""));
    for line in log.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        assert!(value["timestamp"].is_string() && value["level"].is_string());
    }
    assert!(log.contains("started") && log.contains("stopped"));
    let canaries = [
        PASSWORD,
        "bobs-canary-password",
        "wrong-canary-password",
        "turn-canary-secret",
        "signal-canary-text",
        "garbage-canary-text",
        "ticket-canary-text",
        &token,
        &bearer,
        &session.ticket,
        &joined.ticket,
        &ice[0].credential,
    ];
    let mut stored = Vec::new();
    for entry in walk(&folder.path().join("data")) {
        stored.extend(std::fs::read(entry).unwrap());
    }
    assert!(stored.windows(NAME.len()).any(|w| w == NAME.as_bytes()), "the data are readable at all");
    for canary in canaries {
        assert!(!log.contains(canary) && !log.contains(&hex(canary)), "{canary} is in the log");
        assert!(!stored.windows(canary.len()).any(|w| w == canary.as_bytes()), "{canary} is in the data");
    }
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn queues_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let program = run(command(folder.path()), true).await;
    let setup = serde_json::json!({"token": program.token, "name": NAME, "password": PASSWORD});
    assert_eq!(post(program.at, "/api/v1/setup", "", &setup).await.status, 200);
    let url = format!("http://{}", program.at);
    let queue = async |command: &str, more: &[&str]| {
        let to = ["queue", command, "--server", &url, "--as", NAME];
        cli(&[&to, more].concat(), &[("DESKSIDE_PASSWORD", PASSWORD)]).await
    };
    let help = ["--name", "help", "--title", "Help desk", "--agent", NAME];
    let (code, out, error) = queue("add", &help).await;
    assert_eq!((code, out.trim()), (Some(0), "queue made: help"), "{error}");
    let (code, _, error) = queue("add", &help).await;
    assert!(code == Some(1) && error.contains("of this name already"), "{error}");
    let (code, _, error) = queue("add", &["--name", "x", "--title", "X", "--agent", "Nobody"]).await;
    assert!(code == Some(1) && error.contains("no account"), "{error}");
    assert_eq!(queue("add", &["--name", "Bad Name", "--title", "X"]).await.0, Some(2));
    let (code, out, _) = queue("list", &[]).await;
    assert_eq!((code, out.as_str()), (Some(0), "help\tHelp desk\tAlice Martin\n"));
    let (code, out, _) = queue("remove", &["--name", "help"]).await;
    assert_eq!((code, out.trim()), (Some(0), "queue removed: help"));
    let (code, _, error) = queue("remove", &["--name", "help"]).await;
    assert!(code == Some(1) && error.contains("no such queue"), "{error}");
    assert_eq!(queue("list", &[]).await.1, "");
    program.signal("-TERM");
    assert_eq!(program.ended().await.0, Some(0));
}

/// What was answered is there after a kill, and the peers come back to it.
#[tokio::test]
async fn a_killed_server_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let program = run(command(folder.path()), true).await;
    let setup = serde_json::json!({"token": program.token, "name": NAME, "password": PASSWORD});
    assert_eq!(post(program.at, "/api/v1/setup", "", &setup).await.status, 200);
    let bearer = sign_in(program.at).await;
    let session = open(program.at, &bearer).await;
    let joined = join(program.at, session.number).await;
    let (_agent, _) = Peer::enter(program.at, &session.ticket, 1).await;
    let (_customer, _) = Peer::enter(program.at, &joined.ticket, 2).await;
    let last = open(program.at, &bearer).await;
    program.signal("-KILL");
    program.ended().await;

    let program = run(command(folder.path()), false).await;
    let (mut agent, welcome) = Peer::enter(program.at, &session.ticket, 1).await;
    let FromServer::Welcome { roster, number, .. } = welcome else { panic!() };
    assert_eq!((number, roster.len()), (session.number, 2));
    let (_customer, _) = Peer::enter(program.at, &joined.ticket, 2).await;
    agent.roster(&[(1, true), (2, true)]).await;
    join(program.at, last.number).await;
    open(program.at, &bearer).await;
    // A second one on the same data does not start.
    let (code, _, error) = {
        let mut second = command(folder.path());
        let output = tokio::time::timeout(PATIENCE, second.output()).await.unwrap().unwrap();
        (output.status.code(), output.stdout, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert!(code == Some(3) && error.contains("store"), "{error}");
    program.signal("-INT");
    assert_eq!(program.ended().await.0, Some(0));
}

#[tokio::test]
async fn health_and_figures() {
    let folder = tempfile::tempdir().unwrap();
    let program = run(command(folder.path()), true).await;
    let at = program.at;
    assert_eq!(get(at, "/healthz", &[]).await.body, "ok\n");
    assert_eq!(get(at, "/readyz", &[]).await.status, 200);
    let figures = get(at, "/metrics", &[]).await;
    assert_eq!(figures.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert!(figures.body.contains("\ndeskside_sessions 0\n"));
    for line in figures.body.lines() {
        let fine = line.starts_with("# HELP deskside_")
            || line.starts_with("# TYPE deskside_")
            || line
                .split_once(' ')
                .is_some_and(|(name, value)| name.starts_with("deskside_") && value.parse::<u64>().is_ok());
        assert!(fine, "{line}");
    }
    // Through a proxy they are not shown.
    assert_eq!(get(at, "/metrics", &[("X-Forwarded-For", "192.0.2.1")]).await.status, 404);
    program.signal("-TERM");
    assert_eq!(program.ended().await.0, Some(0));
}

#[tokio::test]
async fn wrong_settings_and_taken_addresses_end_it() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, code, part) in [
        (&["--set", "sessions.lives=1"][..], 2, "sessions.lives"),
        (&["--set", "log.filter=[["], 2, "log.filter"),
        (&["--config", "/nowhere/at/all.toml"], 2, "/nowhere/at/all.toml"),
        (&["--public-url", "ftp://x"], 2, "public_url"),
        (&["--set", "tls.certificate=/nowhere", "--set", "tls.key=/nowhere"], 3, "/nowhere"),
        (&["--set", "stun.listen=nowhere"], 3, "nowhere"),
        (&["--dance"], 2, "--dance"),
    ] {
        let mut command = command(folder.path());
        let output = tokio::time::timeout(PATIENCE, command.args(arguments).output()).await.unwrap().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{error}");
        assert!(error.contains(part), "{error}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let data = folder.path().join("other");
    let (code, _, error) = cli(&["--listen", &at, "--data-dir", data.to_str().unwrap()], &[]).await;
    assert!(code == Some(3) && error.contains(&at), "{error}");
    let (code, out, _) =
        cli(&["--check", "--set", "organisation=X"], &[("DESKSIDE_LISTEN", "127.0.0.1:1")]).await;
    assert_eq!((code, out.trim()), (Some(0), "the settings are right"));
    let (code, _, error) = cli(&["--check"], &[("DESKSIDE_LISTEN", "nowhere")]).await;
    assert!(code == Some(2) && error.contains("socket address"), "{error}");
}
