//! The upgrade of RFC 6455, done here because `warp::ws` cannot set the size of the read buffer: with its
//! 128 KiB an idle socket costs 134 kB, with ours less than ten.

use std::future::Future;

use headers::{HeaderMapExt, SecWebsocketAccept, SecWebsocketKey};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::protocol::{Role, WebSocketConfig},
};
use warp::{
    Filter, Rejection,
    http::{HeaderMap, StatusCode},
    reply::{Reply, Response},
};

use deskside_protocol::socket::MAX_MESSAGE;

/// An upgraded connection.
pub type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// Grows with the largest message that came; the smallest one that makes sense.
const READ_BUFFER: usize = 1024;

/// A request that may become a socket.
#[derive(Clone)]
pub struct Upgrade {
    key: SecWebsocketKey,
    upgrade: OnUpgrade,
}

/// Takes requests with the headers that RFC 6455, section 4.2.1, asks for.
pub fn upgrade() -> impl Filter<Extract = (Upgrade,), Error = Rejection> + Clone {
    warp::get().and(warp::header::headers_cloned()).and(warp::ext::optional::<OnUpgrade>()).and_then(
        |headers: HeaderMap, upgrade: Option<OnUpgrade>| async move {
            let is = |name: &str, wanted: &str| {
                let value = headers.get(name).and_then(|v| v.to_str().ok());
                value.is_some_and(|v| v.trim().eq_ignore_ascii_case(wanted))
            };
            let connection = headers.typed_get::<headers::Connection>();
            let fits = connection.is_some_and(|c| c.contains("upgrade"))
                && is("upgrade", "websocket")
                && is("sec-websocket-version", "13");
            match (fits, headers.typed_get::<SecWebsocketKey>(), upgrade) {
                (true, Some(key), Some(upgrade)) => Ok(Upgrade { key, upgrade }),
                _ => Err(warp::reject::not_found()),
            }
        },
    )
}

impl Upgrade {
    /// Answers 101 and gives the task that serves the socket.
    pub fn accept<F, Served>(self, serve: F) -> (Response, impl Future<Output = ()> + Send + use<F, Served>)
    where
        F: FnOnce(Box<Socket>) -> Served + Send,
        Served: Future<Output = ()> + Send,
    {
        let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
        let headers = response.headers_mut();
        headers.typed_insert(headers::Connection::upgrade());
        headers.typed_insert(headers::Upgrade::websocket());
        headers.typed_insert(SecWebsocketAccept::from(self.key));
        let upgrade = self.upgrade;
        let task = async move {
            if let Ok(upgraded) = upgrade.await {
                let io = TokioIo::new(upgraded);
                let socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(settings())).await;
                serve(Box::new(socket)).await;
            }
        };
        (response, task)
    }
}

fn settings() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(4 * MAX_MESSAGE)
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
}
