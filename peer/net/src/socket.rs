//! What the sockets to the server have in common: connecting, reading, trying again.

use std::time::Duration;

use deskside_protocol::{api::Code, socket::MAX_MESSAGE};
use futures_util::SinkExt;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Message, Utf8Bytes,
        client::ClientRequestBuilder,
        error::{CapacityError, Error, ProtocolError},
        protocol::WebSocketConfig,
    },
};

use crate::site::{NoStream, Site, Stream};

/// First and longest wait before the next try to connect.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));
/// Time for the handshake and the first answer, and for a message to be written.
pub(crate) const ANSWER: Duration = Duration::from_secs(10);
/// A quiet socket is asked for a sign of life this often, and is dead after twice the time.
pub(crate) const PING: Duration = Duration::from_secs(15);

/// How the server went away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// It cannot be reached, or the socket broke.
    Away,
    /// Its certificate is not trusted.
    NotTrusted,
    /// What answers there is no Deskside server.
    Garbage,
}

pub(crate) type WebSocket = WebSocketStream<Box<dyn Stream>>;

/// How one socket ended.
pub(crate) enum End {
    Lost(Loss),
    /// Another one takes its place.
    Renewed,
    /// Ends for good.
    Refused(Code),
    Done,
}

pub(crate) async fn connect(site: &Site, path: &str) -> Result<WebSocket, Loss> {
    let stream = site.connect().await.map_err(|error| match error {
        NoStream::Down(_) => Loss::Away,
        NoStream::NotTrusted(_) => Loss::NotTrusted,
    })?;
    let address = format!("ws://{}{}", site.authority(), site.path(path));
    let request = ClientRequestBuilder::new(address.parse().map_err(|_| Loss::Garbage)?);
    let limits = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
        .read_buffer_size(8 * 1024);
    match client_async_with_config(request, stream, Some(limits)).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) if response.status().is_server_error() => Err(Loss::Away),
        Err(error) if broken_off(&error) => Err(Loss::Away),
        Err(Error::Http(_) | Error::Protocol(_) | Error::HttpFormat(_)) => Err(Loss::Garbage),
        Err(_) => Err(Loss::Away),
    }
}

pub(crate) async fn ping(socket: &mut WebSocket) -> bool {
    matches!(timeout(ANSWER, socket.send(Message::Ping(Default::default()))).await, Ok(Ok(())))
}

/// What ends for good, and what is worth another try.
pub(crate) fn refused(code: Code) -> End {
    match code {
        Code::Unavailable | Code::TooManyTries => End::Lost(Loss::Away),
        code => End::Refused(code),
    }
}

/// The text that came; `None`: something else that does not matter.
pub(crate) fn text(received: Option<Result<Message, Error>>) -> Result<Option<Utf8Bytes>, End> {
    match received {
        Some(Ok(Message::Text(text))) => Ok(Some(text)),
        Some(Ok(Message::Close(_))) | None => Err(End::Lost(Loss::Away)),
        Some(Ok(_)) => Ok(None),
        Some(Err(error)) if broken_off(&error) => Err(End::Lost(Loss::Away)),
        Some(Err(
            Error::Capacity(CapacityError::MessageTooLong { .. }) | Error::Protocol(_) | Error::Utf8(_),
        )) => Err(End::Lost(Loss::Garbage)),
        Some(Err(_)) => Err(End::Lost(Loss::Away)),
    }
}

/// The connection ended without a word, which the crate counts among protocol errors.
fn broken_off(error: &Error) -> bool {
    use ProtocolError::{HandshakeIncomplete, ResetWithoutClosingHandshake};
    matches!(error, Error::Protocol(HandshakeIncomplete | ResetWithoutClosingHandshake))
}

/// Longer and longer pauses between tries.
pub(crate) struct Backoff(Duration);

impl Default for Backoff {
    fn default() -> Self {
        Self(BACKOFF.0)
    }
}

impl Backoff {
    /// Waits after a try, or until `sooner`. `welcomed`: the server took it, so that the waits start over.
    pub(crate) async fn wait(&mut self, welcomed: bool, sooner: impl Future) {
        let wait = if welcomed { BACKOFF.0 } else { self.0 };
        sleep(BACKOFF.0).await;
        let _ = timeout(jitter(wait), sooner).await;
        self.0 = (wait * 2).min(BACKOFF.1);
    }
}

/// Between half of the time and all of it, so that peers do not come back all at once.
fn jitter(wait: Duration) -> Duration {
    let mut byte = [0; 1];
    let _ = getrandom::fill(&mut byte);
    wait / 2 + wait * u32::from(byte[0]) / 512
}
