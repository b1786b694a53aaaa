//! The HTTP API, version 1; `PROTOCOL.md` describes it.

use std::sync::Arc;

use deskside_protocol::{
    SessionNumber, VERSION,
    api::{Assist, Code, Info, Join, Joined, NewAccount, SessionOpened, Setup, SignIn, SignedIn},
};
use warp::{Filter, filters::BoxedFilter, reply::Response};

use super::{
    Client, body, own_origin,
    reply::{Failed, answer},
    with,
};
use crate::{
    accounts::Caller,
    app::{App, lock},
    clock,
    directory::{Directory, Millis, Outputs, TicketHash, same_name},
    secrets,
};

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let v1 = warp::path("api").and(warp::path("v1"));
    let end = warp::path::end;
    let client = warp::ext::get::<Client>;
    let info = v1.and(warp::path("info")).and(end()).and(warp::get()).and(with(app)).map(|app: Arc<App>| {
        let organisation = app.config.organisation.clone();
        answer(Ok(Info { organisation, version: env!("CARGO_PKG_VERSION").into(), protocol: VERSION }))
    });
    let post =
        |path: &'static str| v1.and(warp::path(path)).and(end()).and(warp::post()).and(own_origin(app));
    let setup = post("setup").and(body::json()).and(client()).and(with(app)).then(
        |request: Setup, client: Client, app: Arc<App>| async move {
            answer(set_up(&app, &client, request).await)
        },
    );
    let sign_in = post("sign-in").and(body::json()).and(client()).and(with(app)).then(
        |request: SignIn, client: Client, app: Arc<App>| async move {
            answer(enter(&app, &client, request).await)
        },
    );
    let sign_out =
        post("sign-out").and(bearer()).and(with(app)).then(|token: String, app: Arc<App>| async move {
            answer(app.accounts.sign_out(&token).await.map_err(Failed::from))
        });
    let accounts = post("accounts").and(bearer()).and(body::json()).and(with(app)).then(
        |token: String, request: NewAccount, app: Arc<App>| async move {
            answer(add_account(&app, &token, request).await)
        },
    );
    let sessions =
        post("sessions").and(bearer()).and(with(app)).then(|token: String, app: Arc<App>| async move {
            answer(open(&app, &token).await.map_err(Failed::from))
        });
    let join =
        post("join").and(body::json()).and(client()).and(with(app)).then(
            |request: Join, client: Client, app: Arc<App>| async move {
                answer(join(&app, &client, request).await)
            },
        );
    let assist = post("assist").and(bearer()).and(body::json()).and(client()).and(with(app)).then(
        |token: String, request: Assist, client: Client, app: Arc<App>| async move {
            answer(assist(&app, &client, &token, request).await)
        },
    );
    let first = info.or(setup).unify().or(sign_in).unify().or(sign_out).unify().boxed();
    first.or(accounts).unify().or(sessions).unify().or(join).unify().or(assist).unify().boxed()
}

/// The token of `Authorization: Bearer …`; an empty one when there is none.
pub(super) fn bearer() -> impl Filter<Extract = (String,), Error = std::convert::Infallible> + Clone {
    warp::header::headers_cloned().map(|headers: warp::http::HeaderMap| {
        let value = headers.get("authorization").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let token = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        token.map(|(_, token)| token.trim().to_owned()).unwrap_or_default()
    })
}

/// Counts a try at the doors that take passwords and tokens.
fn try_sign_in(app: &App, client: &Client) -> Result<(), Failed> {
    let taken = lock(&app.limits.sign_in).take(clock::now(), client.ip);
    taken.map_err(|seconds| limited(app, seconds))
}

pub(super) fn limited(app: &App, seconds: u64) -> Failed {
    app.metrics.limited.add();
    Failed::later(seconds)
}

pub(super) async fn set_up(
    app: &App,
    client: &Client,
    request: Setup,
) -> Result<deskside_protocol::api::AccountMade, Failed> {
    try_sign_in(app, client)?;
    let made = app.accounts.set_up(clock::now(), request).await?;
    lock(&app.limits.sign_in).give_back(clock::now(), client.ip);
    tracing::info!("the first admin account was made; the set-up is closed");
    Ok(made)
}

async fn enter(app: &App, client: &Client, request: SignIn) -> Result<SignedIn, Failed> {
    try_sign_in(app, client)?;
    let name = same_name(&request.name);
    lock(&app.limits.accounts).take(clock::now(), &name).map_err(|seconds| limited(app, seconds))?;
    match app.accounts.sign_in(clock::now(), request).await {
        Ok(signed_in) => {
            lock(&app.limits.sign_in).give_back(clock::now(), client.ip);
            lock(&app.limits.accounts).give_back(&name);
            app.metrics.sign_ins.add();
            Ok(signed_in)
        }
        Err(code) => {
            app.metrics.sign_ins_failed.add();
            Err(code.into())
        }
    }
}

pub(super) async fn caller(app: &App, token: &str) -> Result<Caller, Code> {
    app.accounts.caller(clock::now(), token).await
}

async fn add_account(
    app: &App,
    token: &str,
    request: NewAccount,
) -> Result<deskside_protocol::api::AccountMade, Failed> {
    if !caller(app, token).await?.admin {
        return Err(Code::NotAllowed.into());
    }
    Ok(app.accounts.add(clock::now(), request).await?)
}

async fn open(app: &App, token: &str) -> Result<SessionOpened, Code> {
    let caller = caller(app, token).await?;
    let ticket = secrets::token()?;
    let hash = secrets::hash(&ticket);
    let mut numbers = App::numbers()?.into_iter().cycle();
    let (number, saved) = app.act(|directory, _, now| {
        // `cycle` over a full list always has a next one.
        let draw = || numbers.next().unwrap_or_else(|| unreachable!("there are numbers"));
        match directory.open(now, caller.agent(), hash, draw) {
            Ok((number, outputs)) => (Ok(number), outputs),
            Err(too_many) => (Err(too_many), Vec::new()),
        }
    });
    let number = number.map_err(|_| Code::TooManyTries)?;
    saved.wait().await?;
    app.metrics.sessions_opened.add();
    Ok(opened(app, number, ticket))
}

pub(super) fn opened(app: &App, number: SessionNumber, ticket: String) -> SessionOpened {
    let join_url = format!("{}/join/{}", app.public_url, number.get());
    SessionOpened { number, ticket, join_url, number_lives: app.config.sessions.number_lives }
}

async fn join(app: &App, client: &Client, request: Join) -> Result<Joined, Failed> {
    let joined = enter_session(app, client, request.number, |directory, now, ticket| {
        directory.join(now, request.number, &request.name, ticket).map(|(_, outputs)| outputs)
    });
    let joined = joined.await?;
    app.metrics.joins.add();
    Ok(joined)
}

async fn assist(app: &App, client: &Client, token: &str, request: Assist) -> Result<Joined, Failed> {
    let caller = caller(app, token).await?;
    let joined = enter_session(app, client, request.number, |directory, now, ticket| {
        directory.assist(now, request.number, caller.agent(), ticket).map(|(_, outputs)| outputs)
    });
    let joined = joined.await?;
    app.metrics.assists.add();
    Ok(joined)
}

/// A place in a session by its number; wrong numbers count against the budget for guesses.
async fn enter_session(
    app: &App,
    client: &Client,
    number: SessionNumber,
    rule: impl FnOnce(&mut Directory, Millis, TicketHash) -> Option<Outputs>,
) -> Result<Joined, Failed> {
    let taken = lock(&app.limits.join).take(clock::now(), client.ip);
    taken.map_err(|seconds| limited(app, seconds))?;
    let ticket = secrets::token().map_err(Code::from)?;
    let hash = secrets::hash(&ticket);
    let (joined, saved) = app.act(|directory, _, now| match rule(directory, now, hash) {
        Some(outputs) => (true, outputs),
        None => (false, Vec::new()),
    });
    if !joined {
        app.metrics.joins_failed.add();
        return Err(Code::NoSuchSession.into());
    }
    lock(&app.limits.join).give_back(clock::now(), client.ip);
    saved.wait().await.map_err(Code::from)?;
    Ok(Joined { number, ticket })
}
