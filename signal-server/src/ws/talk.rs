//! What all sockets have in common: the first message, saying something, parting.

use std::time::Duration;

use deskside_protocol::{VERSION, api::Code};
use futures_util::{SinkExt, StreamExt};
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use super::upgrade::Socket;
use crate::app::App;

/// For one message to leave.
pub(super) const SENDING: Duration = Duration::from_secs(10);

/// Why a socket is closed from here.
pub(super) enum Close {
    /// Say why.
    Refuse(Code),
    /// The last message was said.
    Said,
    /// There is nobody to tell.
    Gone,
}

/// Reads the first message. One of another version may look different: its version is read first.
pub(super) async fn first<T: DeserializeOwned>(app: &App, socket: &mut Socket) -> Result<T, Code> {
    #[derive(serde::Deserialize)]
    struct Version {
        version: u32,
    }
    let hello_within = Duration::from_secs(app.config.sockets.hello_within);
    let text = tokio::select! {
        text = timeout(hello_within, first_text(socket)) => text.map_err(|_| Code::BadRequest)??,
        () = app.stop.cancelled() => return Err(Code::Unavailable),
    };
    let Version { version } = serde_json::from_str(&text).map_err(|_| Code::BadRequest)?;
    if version != VERSION {
        return Err(Code::Version);
    }
    serde_json::from_str(&text).map_err(|_| Code::BadRequest)
}

async fn first_text(socket: &mut Socket) -> Result<Utf8Bytes, Code> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return Ok(text),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Err(Error::Capacity(_))) => return Err(Code::TooLarge),
            _ => return Err(Code::BadRequest),
        }
    }
}

pub(super) async fn say(socket: &mut Socket, text: Utf8Bytes) -> Result<(), Close> {
    match timeout(SENDING, socket.send(Message::Text(text))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Close::Gone),
    }
}

/// Says the last word, if there is one, and closes.
pub(super) async fn part(
    app: &App,
    socket: &mut Socket,
    close: Close,
    refused: impl FnOnce(Code) -> Utf8Bytes,
) {
    if let Close::Refuse(error) = close {
        app.metrics.sockets_refused.add();
        tracing::debug!(?error, "socket refused");
        _ = say(socket, refused(error)).await;
    }
    if !matches!(close, Close::Gone) {
        _ = timeout(SENDING, socket.send(Message::Close(None))).await;
        // The other side answers the close; what else it sends is not read.
        _ = timeout(Duration::from_secs(2), async { while let Some(Ok(_)) = socket.next().await {} }).await;
    }
}
