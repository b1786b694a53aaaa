//! One participant's socket, from hello to the end.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use deskside_protocol::{
    api::Code,
    socket::{Envelope, FromServer, Hello, MAX_MESSAGE, ToServer, relayed_signal},
    transfers::{MOST_AGENTS, TransferTo},
};
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message, error::CapacityError};

use super::{
    budget::Budget,
    talk::{self, Close, SENDING, say},
    upgrade::Socket,
};
use crate::{
    app::App,
    directory::{LinkId, Place, Serving, Target},
    hub::{self, Inbox, Outgoing},
    secrets,
};

/// Serves a socket until it is over.
pub async fn run(app: Arc<App>, mut socket: Box<Socket>) {
    let close = match seat(&app, &mut socket).await {
        Err(code) => Close::Refuse(code),
        Ok((link, inbox, place)) => {
            let close = serve(&app, &mut socket, link, inbox, place).await;
            let ((), _) = app.act(|directory, hub, now| {
                hub.remove(link);
                ((), directory.disconnect(now, link))
            });
            close
        }
    };
    talk::part(&app, &mut socket, close, |error| hub::text(&FromServer::Refused { error })).await;
}

/// Reads the hello and gives the participant its place.
async fn seat(app: &App, socket: &mut Socket) -> Result<(LinkId, Inbox, Place), Code> {
    let hello: Hello = talk::first(app, socket).await?;
    let ticket = secrets::hash(&hello.ticket);
    let (place, saved) = app.act(|directory, hub, now| {
        let (link, inbox) = hub.add();
        match directory.connect(now, link, &hello, &ticket) {
            Ok((place, outputs)) => (Ok((link, inbox, place)), outputs),
            Err(code) => {
                hub.remove(link);
                (Err(code), Vec::new())
            }
        }
    });
    let (link, inbox, place) = place?;
    // The key is pinned before anybody acts on it.
    if saved.wait().await.is_err() {
        let ((), _) = app.act(|directory, hub, now| {
            hub.remove(link);
            ((), directory.disconnect(now, link))
        });
        return Err(Code::Unavailable);
    }
    app.metrics.sockets_opened.add();
    Ok((link, inbox, place))
}

async fn serve(app: &App, socket: &mut Socket, link: LinkId, mut inbox: Inbox, place: Place) -> Close {
    let first = match place {
        Place::In(seated) => app.welcome(seated),
        Place::Waits(line) => Ok(app.waiting(line)),
    };
    let text = match first {
        Ok(first) => hub::text(&first),
        Err(code) => return Close::Refuse(code),
    };
    if say(socket, text).await.is_err() {
        return Close::Gone;
    }
    let mut budget = Budget::new(std::time::Instant::now());
    let mut heard = Instant::now();
    let ping_every = Duration::from_secs(app.config.sockets.ping_every);
    let silent_for = Duration::from_secs(app.config.sockets.silent_for);
    let mut ping = tokio::time::interval_at(heard + ping_every, ping_every);
    loop {
        tokio::select! {
            message = socket.next() => {
                heard = Instant::now();
                if let Err(close) = take(app, link, message, &mut budget).await {
                    return close;
                }
            }
            outgoing = inbox.next() => match outgoing {
                Some(Outgoing::Text(text)) => {
                    if say(socket, text).await.is_err() {
                        return Close::Gone;
                    }
                }
                Some(Outgoing::Last(text)) => {
                    return if say(socket, text).await.is_ok() { Close::Said } else { Close::Gone };
                }
                // Its queue ran over.
                None => return Close::Gone,
            },
            _ = ping.tick() => {
                if heard.elapsed() > silent_for
                    || !matches!(timeout(SENDING, socket.send(Message::Ping(Bytes::new()))).await, Ok(Ok(())))
                {
                    return Close::Gone;
                }
            }
            () = app.stop.cancelled() => return Close::Refuse(Code::Unavailable),
        }
    }
}

/// Acts on one message of the participant.
async fn take(
    app: &App,
    link: LinkId,
    message: Option<Result<Message, Error>>,
    budget: &mut Budget,
) -> Result<(), Close> {
    let message = match message {
        Some(Ok(message)) => message,
        Some(Err(Error::Capacity(CapacityError::MessageTooLong { .. }))) => {
            return Err(Close::Refuse(Code::TooLarge));
        }
        Some(Err(Error::Protocol(_) | Error::Utf8(_))) => return Err(Close::Refuse(Code::BadRequest)),
        Some(Err(_)) | None => return Err(Close::Gone),
    };
    if !budget.take(std::time::Instant::now(), message.len()) {
        return Err(Close::Refuse(Code::TooManyTries));
    }
    match message {
        Message::Text(text) => act(app, link, &text).await,
        Message::Binary(_) => Err(Close::Refuse(Code::BadRequest)),
        Message::Close(_) => Err(Close::Said),
        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(()),
    }
}

async fn act(app: &App, link: LinkId, text: &str) -> Result<(), Close> {
    app.metrics.messages.add();
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|_| Close::Refuse(Code::BadRequest))?;
    match envelope.kind.as_ref() {
        "signal" => {
            let (Some(to), Some(body)) = (envelope.to(), envelope.body) else {
                return Err(Close::Refuse(Code::BadRequest));
            };
            let (fits, _) = app.act(|directory, hub, _| {
                let Some((there, from)) = directory.route(link, to) else { return (true, Vec::new()) };
                let text = relayed_signal(from, body);
                let fits = text.len() <= MAX_MESSAGE;
                if fits {
                    hub.send_text(there, text.into());
                    app.metrics.signals.add();
                }
                (fits, Vec::new())
            });
            if fits { Ok(()) } else { Err(Close::Refuse(Code::TooLarge)) }
        }
        "leave" => {
            app.note(|directory, now| directory.leave(now, link));
            Err(Close::Said)
        }
        "end" => {
            // The one who ends it is told as all the others, through its queue.
            app.note(|directory, now| directory.end(now, link));
            Ok(())
        }
        "hand_over" => hand_over(app, link, text).await,
        "transfer" => transfer(app, link, text).await,
        "transfer_withdraw" => {
            app.note(|directory, _| directory.withdraw(link));
            Ok(())
        }
        // Newer peers may know more.
        _ => Ok(()),
    }
}

/// What does not hold changes nothing, and neither does what cannot be read.
async fn hand_over(app: &App, link: LinkId, text: &str) -> Result<(), Close> {
    let Ok(ToServer::HandOver { word }) = serde_json::from_str(text) else { return Ok(()) };
    let (number, saved) = app.act(|directory, _, now| directory.hand_over(now, link, &word));
    let Some(number) = number else { return Ok(()) };
    // It is kept before anybody acts on it.
    saved.wait().await.map_err(|_| Close::Refuse(Code::Unavailable))?;
    app.metrics.hand_overs.add();
    app.note(|directory, _| directory.tell_hand_over(number, link, &word));
    Ok(())
}

async fn transfer(app: &App, link: LinkId, text: &str) -> Result<(), Close> {
    let Ok(ToServer::Transfer { to, message }) = serde_json::from_str(text) else {
        return Err(Close::Refuse(Code::BadRequest));
    };
    let to = target(app, to).await.map_err(Close::Refuse)?;
    let id: [u8; 12] = secrets::random().map_err(|_| Close::Refuse(Code::Unavailable))?;
    let id = URL_SAFE_NO_PAD.encode(id);
    let (number, saved) = app.act(|directory, _, now| directory.transfer(now, link, to, &message, &id));
    let Some(number) = number else { return Ok(()) };
    saved.wait().await.map_err(|_| Close::Refuse(Code::Unavailable))?;
    app.note(|directory, _| directory.tell_transfer(number));
    Ok(())
}

/// Finds the accounts of the agents; if one has none, the list is empty.
async fn target(app: &App, to: TransferTo) -> Result<Target, Code> {
    let names = match to {
        TransferTo::Queue(name) => return Ok(Target::Queue(name)),
        TransferTo::Agents(names) if names.len() <= MOST_AGENTS => names,
        TransferTo::Agents(_) => Vec::new(),
    };
    let mut agents = Vec::new();
    for name in names {
        match app.accounts.known(&name).await? {
            Some((account, name)) => agents.push(Serving { account, name }),
            None => return Ok(Target::Agents(Vec::new())),
        }
    }
    Ok(Target::Agents(agents))
}
