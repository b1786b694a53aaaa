//! For those who run the server: `/healthz`, `/readyz`, `/metrics`.

use std::sync::Arc;

use warp::{
    Filter,
    filters::BoxedFilter,
    http::{HeaderValue, StatusCode, header},
    reply::{Reply, Response},
};

use super::{Client, with};
use crate::{app::App, config::Audience, metrics::Gauges};

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let health = warp::path!("healthz").and(warp::get()).map(|| "ok\n".into_response());
    let ready = warp::path!("readyz").and(warp::get()).and(with(app)).map(|app: Arc<App>| {
        let status = if app.ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let text = if app.ready() { "ready\n" } else { "not ready\n" };
        warp::reply::with_status(text, status).into_response()
    });
    let metrics =
        warp::path!("metrics").and(warp::get()).and(warp::ext::get::<Client>()).and(with(app)).and_then(
            |client: Client, app: Arc<App>| async move {
                let allowed = match app.config.metrics.audience {
                    Audience::Local => client.local,
                    Audience::Everyone => true,
                    Audience::Nobody => false,
                };
                if allowed { Ok(render(&app)) } else { Err(warp::reject::not_found()) }
            },
        );
    health.or(ready).unify().or(metrics).unify().boxed()
}

fn render(app: &App) -> Response {
    let gauges = app.look(|directory, hub| Gauges {
        sessions: directory.sessions(),
        waiting: directory.waiting(),
        online: directory.online(),
        sockets: hub.len(),
        connections: app.places.count(),
    });
    let mut response = app.metrics.render(&gauges).into_response();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
