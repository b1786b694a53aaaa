//! A real server in this process, and small clients of its doors.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod program;

use std::{net::SocketAddr, path::Path, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use deskside_protocol::{
    HandOver, ParticipantId, SessionNumber, VERSION,
    api::{Joined, SessionOpened, SignedIn},
    socket::{FromServer, Hello, ToServer},
};
use ed25519_dalek::{Signer, SigningKey};
use futures_util::{SinkExt, StreamExt};
use serde::{Serialize, de::DeserializeOwned};
use signal_server::{Config, Server, config};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{self, Message, client::IntoClientRequest},
};

/// Long enough for a busy machine; only a failing test waits for it.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub const NAME: &str = "Alice Martin";
pub const PASSWORD: &str = "a long enough password";

pub fn config() -> Config {
    let mut config = Config { listen: SocketAddr::from(([127, 0, 0, 1], 0)), ..Config::default() };
    config.store.engine = config::Engine::Memory;
    config
}

pub fn config_on_disk(folder: &Path) -> Config {
    let mut config = config();
    config.store.engine = config::Engine::Sled;
    config.data_dir = folder.to_owned();
    config
}

pub async fn start(config: Config) -> (Server, SocketAddr) {
    let server = Server::bind(config).await.unwrap();
    let at = server.local_addr();
    (server, at)
}

/// What came back over plain HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Lower-case names, in order.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|l| l.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
        let headers = lines.filter_map(|l| l.split_once(": ").map(|(n, v)| (n.to_lowercase(), v.to_owned())));
        Self { status, headers: headers.collect(), body: body.to_owned() }
    }
}

/// Sends bytes and reads until the server closes.
pub async fn raw(at: SocketAddr, request: &[u8]) -> Answer {
    let exchange = async {
        let mut stream = TcpStream::connect(at).await.unwrap();
        // A server that has answered already may have closed.
        _ = stream.write_all(request).await;
        let mut bytes = Vec::new();
        _ = stream.read_to_end(&mut bytes).await;
        Answer::parse(&bytes)
    };
    tokio::time::timeout(PATIENCE, exchange).await.expect("the server did not close")
}

pub async fn get(at: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    request(at, "GET", path, headers, b"").await
}

pub async fn request(
    at: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    raw(at, &[head.as_bytes(), b"\r\n", body].concat()).await
}

pub async fn post(at: SocketAddr, path: &str, token: &str, body: &impl Serialize) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    request(at, "POST", path, &headers, &serde_json::to_vec(body).unwrap()).await
}

/// The same for a server that may be down or go down meanwhile: `None` if there is no whole answer.
pub async fn try_post(at: SocketAddr, path: &str, token: &str, body: &impl Serialize) -> Option<Answer> {
    let body = serde_json::to_string(body).unwrap();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\nContent-Type: application/json\r\n\
        Authorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let exchange = async {
        let mut stream = TcpStream::connect(at).await.ok()?;
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.ok()?;
        let answer = Answer::parse(&bytes);
        let length = answer.header("content-length")?.parse::<usize>().ok()?;
        (answer.body.len() == length).then_some(answer)
    };
    tokio::time::timeout(PATIENCE, exchange).await.ok()?
}

/// Makes the first admin and signs in.
pub async fn admin(server: &Server) -> String {
    let token = server.setup_token().expect("there is no admin yet").to_owned();
    let at = server.local_addr();
    let setup = serde_json::json!({"token": token, "name": NAME, "password": PASSWORD});
    assert_eq!(post(at, "/api/v1/setup", "", &setup).await.status, 200);
    sign_in(at).await
}

pub async fn sign_in(at: SocketAddr) -> String {
    sign_in_as(at, NAME).await
}

pub async fn sign_in_as(at: SocketAddr, name: &str) -> String {
    let body = serde_json::json!({"name": name, "password": PASSWORD});
    post(at, "/api/v1/sign-in", "", &body).await.json::<SignedIn>().token
}

/// Makes an agent's account and signs in.
pub async fn agent(at: SocketAddr, admin: &str, name: &str) -> String {
    let body = serde_json::json!({"name": name, "password": PASSWORD});
    assert_eq!(post(at, "/api/v1/accounts", admin, &body).await.status, 200);
    sign_in_as(at, name).await
}

pub async fn open(at: SocketAddr, token: &str) -> SessionOpened {
    post(at, "/api/v1/sessions", token, &()).await.json()
}

pub async fn try_join(at: SocketAddr, number: SessionNumber) -> Answer {
    post(at, "/api/v1/join", "", &serde_json::json!({"number": number, "name": "Bob"})).await
}

pub async fn join(at: SocketAddr, number: SessionNumber) -> Joined {
    try_join(at, number).await.json()
}

pub async fn try_assist(at: SocketAddr, token: &str, number: SessionNumber) -> Answer {
    post(at, "/api/v1/assist", token, &serde_json::json!({"number": number})).await
}

pub async fn assist(at: SocketAddr, token: &str, number: SessionNumber) -> Joined {
    try_assist(at, token, number).await.json()
}

/// A participant's socket.
pub struct Peer(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

/// A key's text; `n` tells keys apart.
pub fn key(n: u8) -> String {
    URL_SAFE_NO_PAD.encode(signer(n).verifying_key().to_bytes())
}

/// What signs for [`key`].
pub fn signer(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

/// A word by which the one with key `from` makes the one with key `to` primary; ids are the same numbers.
pub fn word(number: SessionNumber, serial: u32, from: u8, to: u8) -> HandOver {
    let (from_key, to_key) = (key(from), key(to));
    let (from_id, to_id) = (ParticipantId(from.into()), ParticipantId(to.into()));
    let mut word = HandOver { serial, from: from_id, from_key, to: to_id, to_key, signature: String::new() };
    let signature = signer(from).sign(&word.signed_bytes(number));
    word.signature = URL_SAFE_NO_PAD.encode(signature.to_bytes());
    word
}

pub fn hello(ticket: &str, n: u8) -> Hello {
    Hello { version: VERSION, ticket: ticket.into(), key: key(n), name: String::new() }
}

impl Peer {
    pub async fn connect(at: SocketAddr) -> Self {
        Self::connect_from(at, None).await.unwrap()
    }

    /// A socket of another kind: `desk`.
    pub async fn connect_to(at: SocketAddr, kind: &str) -> Self {
        let request = format!("ws://{at}/api/v1/{kind}").into_client_request().unwrap();
        Self(tokio_tungstenite::connect_async(request).await.unwrap().0)
    }

    pub async fn connect_from(at: SocketAddr, origin: Option<&str>) -> Result<Self, tungstenite::Error> {
        match origin {
            Some(origin) => Self::connect_with(at, "origin", origin).await,
            None => Self::connect_with(at, "x-nothing", "").await,
        }
    }

    pub async fn connect_with(
        at: SocketAddr,
        name: &'static str,
        value: &str,
    ) -> Result<Self, tungstenite::Error> {
        let mut request = format!("ws://{at}/api/v1/socket").into_client_request().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        Ok(Self(tokio_tungstenite::connect_async(request).await?.0))
    }

    /// Connects and says hello; gives the welcome too.
    pub async fn enter(at: SocketAddr, ticket: &str, n: u8) -> (Self, FromServer) {
        let mut peer = Self::connect(at).await;
        peer.text(&hello(ticket, n)).await;
        let welcome = peer.next().await;
        assert!(matches!(welcome, FromServer::Welcome { .. }), "{welcome:?}");
        (peer, welcome)
    }

    /// `None` while there is no server.
    pub async fn try_connect(at: SocketAddr) -> Option<Self> {
        let request = format!("ws://{at}/api/v1/socket").into_client_request().unwrap();
        Some(Self(tokio_tungstenite::connect_async(request).await.ok()?.0))
    }

    /// Whether it could be sent.
    pub async fn try_text(&mut self, message: &impl Serialize) -> bool {
        self.0.send(Message::text(serde_json::to_string(message).unwrap())).await.is_ok()
    }

    pub async fn text(&mut self, message: &impl Serialize) {
        self.raw(serde_json::to_string(message).unwrap()).await;
    }

    pub async fn raw(&mut self, text: String) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    pub async fn say(&mut self, message: ToServer) {
        self.text(&message).await;
    }

    /// The next message, or `None` at the end.
    pub async fn next_text(&mut self) -> Option<String> {
        let read = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(text))) => return Some(text.to_string()),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    _ => return None,
                }
            }
        };
        tokio::time::timeout(PATIENCE, read).await.expect("no message came")
    }

    pub async fn next(&mut self) -> FromServer {
        let text = self.next_text().await.expect("the socket was closed");
        serde_json::from_str(&text).unwrap()
    }

    /// Reads on until this comes.
    pub async fn until(&mut self, wanted: impl Fn(&FromServer) -> bool) -> FromServer {
        loop {
            let message = self.next().await;
            if wanted(&message) {
                return message;
            }
        }
    }

    /// Reads on until a message holds this text.
    pub async fn until_text(&mut self, part: &str) {
        while !self.next_text().await.expect("the socket was closed").contains(part) {}
    }

    /// The roster once it is like this, as `(id, online)`.
    pub async fn roster(&mut self, wanted: &[(u32, bool)]) {
        self.until(|m| match m {
            FromServer::Roster { roster } => {
                roster.iter().map(|e| (e.id.0, e.online)).collect::<Vec<_>>() == wanted
            }
            _ => false,
        })
        .await;
    }

    /// Whether the server has closed, with nothing more to say.
    pub async fn is_over(&mut self) -> bool {
        self.next_text().await.is_none()
    }
}
