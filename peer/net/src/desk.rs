//! Client of an agent's desk: who waits and which colleagues are there. Keeps its socket up until it is dropped.

use deskside_protocol::{
    VERSION,
    api::Code,
    desk::{Desk, DeskHello, FromDesk},
};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    runtime::Handle,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    site::Site,
    socket::{self, ANSWER, Backoff, End, Loss, PING, WebSocket, ping, refused},
};

/// What the desk reports.
#[derive(Clone, Debug, PartialEq)]
pub enum DeskEvent {
    /// Everything as it is now.
    Desk(Desk),
    /// The server is away; it is tried again. Said once for each time.
    Down(Loss),
    /// The sign-in is over, or the server does not know desks; nothing follows.
    Refused(Code),
}

/// An agent's desk; it ends when dropped.
pub struct DeskSocket(JoinHandle<()>);

impl DeskSocket {
    /// `token`: of a sign-in. `sink` is called from a task of `runtime` and must not block.
    pub fn start(
        runtime: &Handle,
        site: Site,
        token: String,
        sink: impl Fn(DeskEvent) + Send + Sync + 'static,
    ) -> Self {
        Self(runtime.spawn(run(site, token, sink)))
    }
}

impl Drop for DeskSocket {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn run(site: Site, token: String, sink: impl Fn(DeskEvent) + Send + Sync) {
    let mut backoff = Backoff::default();
    let mut up = true;
    loop {
        let mut told = false;
        match once(&site, &token, &sink, &mut told).await {
            End::Done | End::Renewed => return,
            End::Refused(code) => return sink(DeskEvent::Refused(code)),
            End::Lost(loss) => {
                if std::mem::take(&mut up) || told {
                    sink(DeskEvent::Down(loss));
                }
            }
        }
        backoff.wait(told, std::future::pending::<()>()).await;
    }
}

async fn once(site: &Site, token: &str, sink: &impl Fn(DeskEvent), told: &mut bool) -> End {
    let mut socket = match timeout(ANSWER, socket::connect(site, "/api/v1/desk")).await {
        Ok(Ok(socket)) => socket,
        Ok(Err(loss)) => return End::Lost(loss),
        Err(_) => return End::Lost(Loss::Away),
    };
    let hello = DeskHello { version: VERSION, token: token.to_owned() };
    let hello = serde_json::to_string(&hello).unwrap_or_default();
    match timeout(ANSWER, socket.send(Message::text(hello))).await {
        Ok(Ok(())) => attend(&mut socket, sink, told).await,
        _ => End::Lost(Loss::Away),
    }
}

async fn attend(socket: &mut WebSocket, sink: &impl Fn(DeskEvent), told: &mut bool) -> End {
    let mut heard = Instant::now();
    loop {
        let received = tokio::select! {
            received = socket.next() => received,
            () = sleep(PING) => {
                if heard.elapsed() > PING + PING / 2 || !ping(socket).await {
                    return End::Lost(Loss::Away);
                }
                continue;
            }
        };
        heard = Instant::now();
        let text = match socket::text(received) {
            Ok(Some(text)) => text,
            Ok(None) => continue,
            Err(end) => return end,
        };
        match serde_json::from_str(&text) {
            Ok(FromDesk::Desk(desk)) => {
                *told = true;
                sink(DeskEvent::Desk(desk));
            }
            Ok(FromDesk::Refused { error }) => return refused(error),
            Ok(FromDesk::Unknown) => {}
            Err(error) => tracing::debug!(%error, "what the desk says is malformed"),
        }
    }
}
