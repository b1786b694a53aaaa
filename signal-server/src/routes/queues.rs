//! The API of queues.

use std::sync::Arc;

use deskside_protocol::{
    QueueName, SessionNumber,
    api::{Code, Joined, SessionOpened},
    queues::{Enter, Entered, Queue, QueueSettings, Take},
    transfers::TakeTransfer,
};
use warp::{Filter, Rejection, filters::BoxedFilter, reply::Response};

use super::{
    Client,
    api::{bearer, caller, limited, opened},
    body, own_origin,
    reply::{Failed, answer},
    with,
};
use crate::{
    app::{App, lock},
    clock,
    directory::{NotTaken, QueueRecord, Serving, clean_name},
    secrets,
};

/// Accounts that serve one queue, at most.
const MOST_AGENTS: usize = 200;
/// Queues at most.
const MOST_QUEUES: usize = 1000;

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let all = warp::path!("api" / "v1" / "queues");
    let one = warp::path!("api" / "v1" / "queues" / String);
    let list = all
        .and(warp::get())
        .and(own_origin(app))
        .and(bearer())
        .and(with(app))
        .then(|token: String, app: Arc<App>| async move { answer(list(&app, &token).await) });
    let add =
        all.and(warp::post()).and(own_origin(app)).and(bearer()).and(body::json()).and(with(app)).then(
            |token: String, queue: Queue, app: Arc<App>| async move {
                answer(set(&app, &token, queue, true).await)
            },
        );
    let change =
        one.and(warp::put()).and(own_origin(app)).and(bearer()).and(body::json()).and(with(app)).then(
            |name: String, token: String, settings: QueueSettings, app: Arc<App>| async move {
                answer(change(&app, &token, &name, settings).await)
            },
        );
    let remove = one.and(warp::delete()).and(own_origin(app)).and(bearer()).and(with(app)).then(
        |name: String, token: String, app: Arc<App>| async move { answer(remove(&app, &token, &name).await) },
    );
    let first = list.or(add).unify().or(change).unify().or(remove).unify().boxed();
    first.or(people(app)).unify().boxed()
}

/// Entering and taking.
fn people(app: &Arc<App>) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    let enter = warp::path!("api" / "v1" / "queues" / String / "enter")
        .and(warp::post())
        .and(own_origin(app))
        .and(body::json())
        .and(warp::ext::get::<Client>())
        .and(with(app))
        .then(|name: String, request: Enter, client: Client, app: Arc<App>| async move {
            answer(enter(&app, &client, &name, request).await)
        });
    let take = warp::path!("api" / "v1" / "queues" / String / "take")
        .and(warp::post())
        .and(own_origin(app))
        .and(bearer())
        .and(body::json())
        .and(with(app))
        .then(|name: String, token: String, request: Take, app: Arc<App>| async move {
            answer(take(&app, &token, &name, request).await.map_err(Failed::from))
        });
    let transfer = warp::path!("api" / "v1" / "transfers" / String / "take")
        .and(warp::post())
        .and(own_origin(app))
        .and(bearer())
        .and(body::json())
        .and(with(app))
        .then(|id: String, token: String, request: TakeTransfer, app: Arc<App>| async move {
            answer(take_transfer(&app, &token, &id, request).await.map_err(Failed::from))
        });
    enter.or(take).unify().or(transfer).unify().boxed()
}

fn named(name: &str) -> Result<QueueName, Code> {
    name.parse().map_err(|_| Code::NoSuchQueue)
}

async fn admin(app: &App, token: &str) -> Result<(), Code> {
    if caller(app, token).await?.admin { Ok(()) } else { Err(Code::NotAllowed) }
}

fn shown(record: QueueRecord) -> Queue {
    let agents = record.agents.into_iter().map(|a| a.name).collect();
    Queue { name: record.name, title: record.title, agents }
}

async fn list(app: &App, token: &str) -> Result<Vec<Queue>, Failed> {
    admin(app, token).await?;
    Ok(app.look(|directory, _| directory.queues()).into_iter().map(shown).collect())
}

async fn set(app: &App, token: &str, queue: Queue, new: bool) -> Result<Queue, Failed> {
    admin(app, token).await?;
    let title = clean_name(&queue.title);
    if title.is_empty() || queue.agents.len() > MOST_AGENTS {
        return Err(Code::BadRequest.into());
    }
    let mut agents: Vec<Serving> = Vec::new();
    for name in &queue.agents {
        let (account, name) = app.accounts.known(name).await?.ok_or(Code::NoSuchAccount)?;
        if !agents.iter().any(|a| a.account == account) {
            agents.push(Serving { account, name });
        }
    }
    let record = QueueRecord { name: queue.name, title, agents };
    let (made, saved) = app.act(|directory, _, _| {
        let all = directory.queues();
        if all.len() >= MOST_QUEUES && !all.iter().any(|q| q.name == record.name) {
            return (Err(Code::TooManyTries), Vec::new());
        }
        match directory.set_queue(record.clone(), new) {
            Some(outputs) => (Ok(()), outputs),
            None => (Err(Code::Taken), Vec::new()),
        }
    });
    made?;
    saved.wait().await.map_err(Code::from)?;
    Ok(shown(record))
}

async fn change(app: &App, token: &str, name: &str, settings: QueueSettings) -> Result<Queue, Failed> {
    let QueueSettings { title, agents } = settings;
    let name = name.parse().map_err(|_| Code::BadRequest)?;
    set(app, token, Queue { name, title, agents }, false).await
}

async fn remove(app: &App, token: &str, name: &str) -> Result<(), Failed> {
    admin(app, token).await?;
    let name = named(name)?;
    let (removed, saved) = app.act(|directory, _, _| match directory.remove_queue(&name) {
        Some(outputs) => (true, outputs),
        None => (false, Vec::new()),
    });
    if !removed {
        return Err(Code::NoSuchQueue.into());
    }
    Ok(saved.wait().await.map(drop).map_err(Code::from)?)
}

/// Wrong names count against the budget for guesses.
async fn enter(app: &App, client: &Client, name: &str, request: Enter) -> Result<Entered, Failed> {
    let taken = lock(&app.limits.join).take(clock::now(), client.ip);
    taken.map_err(|seconds| limited(app, seconds))?;
    let name = named(name)?;
    let ticket = secrets::token().map_err(Code::from)?;
    let hash = secrets::hash(&ticket);
    let (entered, saved) =
        app.act(|directory, _, now| match directory.enter(now, &name, &request.name, hash) {
            Some(Ok(outputs)) => (Ok(()), outputs),
            Some(Err(_)) => (Err(Failed { code: Code::QueueFull, retry_after: Some(60) }), Vec::new()),
            None => (Err(Code::NoSuchQueue.into()), Vec::new()),
        });
    entered?;
    lock(&app.limits.join).give_back(clock::now(), client.ip);
    saved.wait().await.map_err(Code::from)?;
    app.metrics.queue_entered.add();
    Ok(Entered { ticket })
}

async fn take(app: &App, token: &str, name: &str, request: Take) -> Result<SessionOpened, Code> {
    let caller = caller(app, token).await?;
    let name = named(name)?;
    let ticket = secrets::ticket_of_claim(&caller.account, &request.claim).ok_or(Code::BadRequest)?;
    let hash = secrets::hash(&ticket);
    let mut numbers = App::numbers()?.into_iter().cycle();
    let (taken, saved) = app.act(|directory, _, now| {
        // `cycle` over a full list always has a next one.
        let draw = || numbers.next().unwrap_or_else(|| unreachable!("there are numbers"));
        match directory.take(now, &name, caller.agent(), hash, request.entry.as_deref(), draw) {
            Ok((number, outputs)) => (Ok(number), outputs),
            Err(why) => (Err(why), Vec::new()),
        }
    });
    let number: SessionNumber = taken?;
    // On the disk before anybody hears of it.
    app.store.done(saved).await?;
    app.note(|directory, _| directory.tell_taken(number));
    Ok(opened(app, number, ticket))
}

async fn take_transfer(app: &App, token: &str, id: &str, request: TakeTransfer) -> Result<Joined, Code> {
    let caller = caller(app, token).await?;
    let ticket = secrets::ticket_of_claim(&caller.account, &request.claim).ok_or(Code::BadRequest)?;
    let hash = secrets::hash(&ticket);
    let (taken, saved) =
        app.act(|directory, _, now| match directory.take_transfer(now, id, caller.agent(), hash) {
            Ok((number, outputs)) => (Ok(number), outputs),
            Err(why) => (Err(why), Vec::new()),
        });
    let number = taken?;
    app.store.done(saved).await?;
    app.note(|directory, _| directory.tell_transfer(number));
    Ok(Joined { number, ticket })
}

impl From<NotTaken> for Code {
    fn from(why: NotTaken) -> Self {
        match why {
            NotTaken::NoSuchQueue => Code::NoSuchQueue,
            NotTaken::NotServed => Code::NotAllowed,
            NotTaken::TooMany => Code::TooManyTries,
            NotTaken::NobodyWaits => Code::NobodyWaits,
            NotTaken::Gone => Code::Taken,
        }
    }
}
