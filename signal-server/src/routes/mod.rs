//! The doors of the HTTP server: exact routes, thin handlers.

mod api;
mod body;
mod client;
mod guard;
mod ops;
mod portal;
mod queues;
mod records;
mod reply;
mod socket;

use std::sync::Arc;

use warp::{Filter, Rejection, filters::BoxedFilter, reply::Response};

use crate::app::App;

pub use client::{Client, Place, Places};
pub use guard::dress;

/// All routes; whatever is not here does not exist.
pub fn all(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let routes = api::routes(app)
        .or(queues::routes(app).or(records::routes(app)).unify())
        .unify()
        .or(socket::routes(app))
        .unify()
        .or(ops::routes(app))
        .unify();
    routes.or(portal::routes(app)).unify().or_else(reply::rejected).boxed()
}

/// Hands the shared parts to a handler.
fn with(
    app: &Arc<App>,
) -> impl Filter<Extract = (Arc<App>,), Error = std::convert::Infallible> + Clone + use<> {
    let app = Arc::clone(app);
    warp::any().map(move || Arc::clone(&app))
}

/// The routes that refuse requests of other sites' pages: a browser always says where such a request is from.
fn own_origin(app: &Arc<App>) -> impl Filter<Extract = (), Error = Rejection> + Clone + use<> {
    let app = Arc::clone(app);
    warp::header::headers_cloned()
        .and_then(move |headers: warp::http::HeaderMap| {
            let own = guard::is_own_origin(&headers, &app.public_url);
            async move { if own { Ok(()) } else { Err(warp::reject::custom(guard::ForeignOrigin)) } }
        })
        .untuple_one()
}
