//! The accept loop: limits, TLS, time-outs; every request goes through [`crate::routes`].

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tower_service::Service;
use warp::{
    filters::BoxedFilter,
    http::StatusCode,
    reply::{Reply, Response},
};

use crate::{
    app::App,
    routes::{self, Client, Place},
};

const HANDSHAKE: Duration = Duration::from_secs(10);
/// For the head of a request, also between two requests of one connection.
const HEAD: Duration = Duration::from_secs(15);
/// For one request, its body included.
const REQUEST: Duration = Duration::from_secs(30);
/// A connection that is no socket is not kept longer, so that a reader who stands still holds nothing.
const CONNECTION: Duration = Duration::from_secs(120);
/// For what is under way when the server stops.
const FINISH: Duration = Duration::from_secs(5);

type Routes = BoxedFilter<(Response,)>;

/// Takes connections until the server stops.
pub async fn run(app: Arc<App>, listener: TcpListener, tls: Option<TlsAcceptor>) {
    let routes = routes::all(&app);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    rest_after(&error).await;
                    continue;
                }
            },
            () = app.stop.cancelled() => return,
        };
        let Some(place) = app.places.take(peer.ip(), &app.config.proxy.trusted) else {
            app.metrics.connections_refused.add();
            continue;
        };
        _ = stream.set_nodelay(true);
        let (shared, routes, tls) = (Arc::clone(&app), routes.clone(), tls.clone());
        app.tasks.spawn(connection(shared, routes, tls, stream, peer, Arc::new(place)));
    }
}

/// Without free file handles the next call fails at once: not spinning leaves time for some to be closed.
async fn rest_after(error: &io::Error) {
    let of_one_peer = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    );
    if !of_one_peer {
        tracing::warn!(%error, "no connection can be taken");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn connection(
    app: Arc<App>,
    routes: Routes,
    tls: Option<TlsAcceptor>,
    stream: TcpStream,
    peer: SocketAddr,
    place: Arc<Place>,
) {
    match tls {
        None => serve(app, routes, stream, peer, place).await,
        Some(tls) => match timeout(HANDSHAKE, tls.accept(stream)).await {
            Ok(Ok(stream)) => serve(app, routes, Box::new(stream), peer, place).await,
            Ok(Err(error)) => tracing::debug!(%error, "TLS handshake"),
            Err(_) => tracing::debug!("TLS handshake took too long"),
        },
    }
}

async fn serve<S>(app: Arc<App>, routes: Routes, stream: S, peer: SocketAddr, place: Arc<Place>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let shared = Arc::clone(&app);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let trusted = &shared.config.proxy.trusted;
        let client = Client::new(peer, request.headers(), trusted, Arc::clone(&place));
        request.extensions_mut().insert(client);
        shared.metrics.requests.add();
        let answer = warp::service(routes.clone()).call(request);
        let secure = shared.public_url.starts_with("https://");
        async move {
            let mut response = match timeout(REQUEST, answer).await {
                Ok(Ok(response)) => response,
                Ok(Err(never)) => match never {},
                Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
            };
            routes::dress(&mut response, secure);
            Ok::<_, std::convert::Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = Box::pin(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = tokio::time::sleep(CONNECTION) => None,
        () = app.stop.cancelled() => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            timeout(FINISH, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "connection");
    }
}
