//! `GET /api/v1/socket`.

use std::sync::Arc;

use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{
    Client, own_origin,
    reply::{Failed, failure},
    with,
};
use crate::{
    app::App,
    ws::{self, Upgrade},
};

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    warp::path!("api" / "v1" / "socket")
        .and(own_origin(app))
        .and(ws::upgrade())
        .and(warp::ext::get::<Client>())
        .and(with(app))
        .map(|upgrade: Upgrade, client: Client, app: Arc<App>| {
            // What comes through a proxy is counted by the address behind it.
            let own = client.proxied.then(|| app.places.take(client.ip, &[]));
            if matches!(own, Some(None)) {
                app.metrics.connections_refused.add();
                return failure(Failed::later(60));
            }
            let place = (client.place, own);
            let shared = Arc::clone(&app);
            let (response, task) = upgrade.accept(|socket| ws::run(shared, socket));
            app.tasks.spawn(async move {
                task.await;
                drop(place);
            });
            response
        })
        .boxed()
}
