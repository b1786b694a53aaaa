//! `GET /api/v1/socket` and `GET /api/v1/desk`.

use std::{future::Future, sync::Arc};

use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{
    Client, own_origin,
    reply::{Failed, failure},
    with,
};
use crate::{
    app::App,
    ws::{self, Socket, Upgrade},
};

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let participant = warp::path!("api" / "v1" / "socket")
        .and(asked(app))
        .map(|upgrade, client, app| accept(upgrade, client, &app, ws::run));
    let desk = warp::path!("api" / "v1" / "desk")
        .and(asked(app))
        .map(|upgrade, client, app| accept(upgrade, client, &app, ws::run_desk));
    participant.or(desk).unify().boxed()
}

fn asked(app: &Arc<App>) -> BoxedFilter<(Upgrade, Client, Arc<App>)> {
    own_origin(app).and(ws::upgrade()).and(warp::ext::get::<Client>()).and(with(app)).boxed()
}

fn accept<Served>(
    upgrade: Upgrade,
    client: Client,
    app: &Arc<App>,
    serve: impl FnOnce(Arc<App>, Box<Socket>) -> Served + Send + 'static,
) -> Response
where
    Served: Future<Output = ()> + Send + 'static,
{
    // What comes through a proxy is counted by the address behind it.
    let own = client.proxied.then(|| app.places.take(client.ip, &[]));
    if matches!(own, Some(None)) {
        app.metrics.connections_refused.add();
        return failure(Failed::later(60));
    }
    let place = (client.place, own);
    let shared = Arc::clone(app);
    let (response, task) = upgrade.accept(|socket| serve(shared, socket));
    app.tasks.spawn(async move {
        task.await;
        drop(place);
    });
    response
}
