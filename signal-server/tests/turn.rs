//! The credentials that participants get, at a real coturn.

mod kit;

use std::{process::Stdio, time::Duration};

use deskside_protocol::{api::IceServer, socket::FromServer};
use kit::{PATIENCE, Peer, admin, config, open, start};
use tokio::process::{Child, Command};

const SECRET: &str = "north wind";

fn coturn(folder: &std::path::Path, port: u16) -> Child {
    let mut command = Command::new("turnserver");
    command.args(["-n", "--no-cli", "--no-tls", "--no-dtls", "--use-auth-secret", "--allow-loopback-peers"]);
    command.args(["--realm=test", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"]);
    command.arg(format!("--static-auth-secret={SECRET}")).arg(format!("--listening-port={port}"));
    command.arg(format!("--log-file={}", folder.join("log").display()));
    command.arg(format!("--pidfile={}", folder.join("pid").display()));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command.spawn().expect("coturn is installed")
}

/// Sends a little through the relay and back to itself.
async fn relayed(port: u16, user: &str, password: &str) -> bool {
    let mut client = Command::new("turnutils_uclient");
    client.args([
        "-u",
        user,
        "-w",
        password,
        "-p",
        &port.to_string(),
        "-y",
        "-n",
        "1",
        "-m",
        "1",
        "127.0.0.1",
    ]);
    client.stdin(Stdio::null()).kill_on_drop(true);
    match tokio::time::timeout(Duration::from_secs(20), client.output()).await {
        Ok(output) => {
            let output = output.expect("coturn is installed");
            output.status.success()
                && String::from_utf8_lossy(&output.stdout).contains("Total lost packets 0 ")
        }
        Err(_) => false,
    }
}

#[tokio::test]
async fn coturn_takes_the_credentials() {
    let folder = tempfile::tempdir().unwrap();
    let port = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut turn = coturn(folder.path(), port);
    let mut config = config();
    config.turn.urls = vec![format!("turn:127.0.0.1:{port}")];
    config.turn.secret = signal_server::config::Secret::new(SECRET);
    let (server, at) = start(config).await;
    let token = admin(&server).await;
    let session = open(at, &token).await;
    let (_agent, welcome) = Peer::enter(at, &session.ticket, 1).await;
    let FromServer::Welcome { ice, .. } = welcome else { panic!() };
    let IceServer { username, credential, .. } = &ice[0];
    // The first tries may come before coturn listens.
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !relayed(port, username, credential).await {
        assert!(tokio::time::Instant::now() < deadline, "{}", log(folder.path()));
    }
    assert!(!relayed(port, username, "another password").await);
    let earlier = username.replacen('1', "0", 1);
    assert!(!relayed(port, &earlier, credential).await, "the time is signed");
    turn.kill().await.unwrap();
    server.shutdown().await.unwrap();
}

fn log(folder: &std::path::Path) -> String {
    std::fs::read_to_string(folder.join("log")).unwrap_or_default()
}
