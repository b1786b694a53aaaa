//! Memory of idle sockets: starts the server as a process of its own, opens sessions whose agents say hello
//! and stay silent, and reads the process's resident memory.
//!
//! `cargo build --release -p signal-server && cargo run --release -p signal-server --example idle_sockets -- 4000`

use std::{error::Error, io::Write, net::SocketAddr, process::Stdio};

use deskside_protocol::{
    VERSION,
    api::{SessionOpened, SignedIn},
    socket::Hello,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
};

type Fallible<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Fallible<()> {
    let count: usize = std::env::args().nth(1).map_or(Ok(4000), |n| n.parse())?;
    let folder = tempfile::tempdir()?;
    let (child, at, token) = serve(folder.path(), count).await?;
    let id = child.id().ok_or("the server ended")?;
    let account = serde_json::json!({"token": token, "name": "bench", "password": "a long enough password"});
    post(at, "/api/v1/setup", "", &account).await?;
    let signed_in: SignedIn = serde_json::from_str(&post(at, "/api/v1/sign-in", "", &account).await?)?;
    let mut tickets = Vec::with_capacity(count);
    for _ in 0..count {
        let session: SessionOpened =
            serde_json::from_str(&post(at, "/api/v1/sessions", &signed_in.token, &()).await?)?;
        tickets.push(session.ticket);
    }
    let before = resident(id)?;
    let mut sockets = Vec::with_capacity(count);
    for (n, ticket) in tickets.iter().enumerate() {
        sockets.push(enter(at, ticket, n).await?);
    }
    let after = resident(id)?;
    let each = (after - before) as f64 / count as f64;
    let mut out = std::io::stdout();
    writeln!(out, "{count} idle sockets: {before} kB before, {after} kB after, {each:.1} kB each")?;
    Ok(())
}

async fn serve(folder: &std::path::Path, count: usize) -> Fallible<(Child, SocketAddr, String)> {
    let program = std::env::current_exe()?;
    let program =
        program.parent().and_then(|p| p.parent()).ok_or("no target folder")?.join("deskside-server");
    let limit = (count + 100).to_string();
    let mut command = Command::new(program);
    command.args(["--listen", "127.0.0.1:0", "--set", "store.engine=memory", "--data-dir"]).arg(folder);
    for key in ["limits.connections", "limits.connections_per_address", "sessions.per_account"] {
        command.arg("--set").arg(format!("{key}={limit}"));
    }
    let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
    let mut next = async || lines.next_line().await.ok().flatten().unwrap_or_default();
    let at = next().await.split("://").nth(1).ok_or("no address")?.parse()?;
    let token = next().await.split(": ").nth(1).ok_or("no set-up token")?.to_owned();
    Ok((child, at, token))
}

async fn post(at: SocketAddr, path: &str, token: &str, body: &impl serde::Serialize) -> Fallible<String> {
    let body = serde_json::to_string(body)?;
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Authorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(at).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    if !answer.starts_with("HTTP/1.1 200") {
        return Err(answer.into());
    }
    Ok(answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

/// Upgrades, says hello, reads until the welcome has begun.
async fn enter(at: SocketAddr, ticket: &str, n: usize) -> Fallible<TcpStream> {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let mut key = [0; 32];
    key[..8].copy_from_slice(&(n as u64).to_be_bytes());
    let hello = Hello {
        version: VERSION,
        ticket: ticket.into(),
        key: URL_SAFE_NO_PAD.encode(key),
        name: String::new(),
    };
    let hello = serde_json::to_vec(&hello)?;
    let head = format!(
        "GET /api/v1/socket HTTP/1.1\r\nHost: {at}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    // A masked text frame of 126 to 65,535 bytes; a mask of zeros leaves the text as it is.
    let length = u16::try_from(hello.len())?.to_be_bytes();
    let frame = [&[0x81, 0xfe], &length[..], &[0; 4], &hello].concat();
    let mut stream = TcpStream::connect(at).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&frame).await?;
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains("\"welcome\"") {
        let mut part = [0; 4096];
        let size = stream.read(&mut part).await?;
        if size == 0 {
            return Err("the server closed".into());
        }
        seen.extend_from_slice(&part[..size]);
    }
    Ok(stream)
}

/// kB of resident memory.
fn resident(id: u32) -> Fallible<i64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
