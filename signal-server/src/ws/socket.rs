//! One participant's socket, from hello to the end.

use std::{sync::Arc, time::Duration};

use deskside_protocol::{
    VERSION,
    api::Code,
    socket::{Envelope, FromServer, Hello, MAX_MESSAGE, ToServer, relayed_signal},
};
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message, Utf8Bytes, error::CapacityError};

use super::{budget::Budget, upgrade::Socket};
use crate::{
    app::App,
    clock,
    directory::{LinkId, Seated},
    hub::{self, Inbox, Outgoing},
    secrets,
};

/// For one message to leave.
const SENDING: Duration = Duration::from_secs(10);

/// Why a socket is closed from here.
enum Close {
    /// Say why.
    Refuse(Code),
    /// The last message was said.
    Said,
    /// There is nobody to tell.
    Gone,
}

/// Serves a socket until it is over.
pub async fn run(app: Arc<App>, mut socket: Box<Socket>) {
    let close = match seat(&app, &mut socket).await {
        Err(code) => Close::Refuse(code),
        Ok((link, inbox, seated)) => {
            let close = serve(&app, &mut socket, link, inbox, seated).await;
            let ((), _) = app.act(|directory, hub, now| {
                hub.remove(link);
                ((), directory.disconnect(now, link))
            });
            close
        }
    };
    if let Close::Refuse(error) = &close {
        app.metrics.sockets_refused.add();
        tracing::debug!(?error, "socket refused");
        _ = say(&mut socket, hub::text(&FromServer::Refused { error: *error })).await;
    }
    if !matches!(close, Close::Gone) {
        _ = timeout(SENDING, socket.send(Message::Close(None))).await;
        // The other side answers the close; what else it sends is not read.
        _ = timeout(Duration::from_secs(2), async { while let Some(Ok(_)) = socket.next().await {} }).await;
    }
}

/// Reads the hello and gives the participant its place.
async fn seat(app: &App, socket: &mut Socket) -> Result<(LinkId, Inbox, Seated), Code> {
    let hello_within = Duration::from_secs(app.config.sockets.hello_within);
    let first = tokio::select! {
        first = timeout(hello_within, first_text(socket)) => first.map_err(|_| Code::BadRequest)??,
        () = app.stop.cancelled() => return Err(Code::Unavailable),
    };
    let hello = read_hello(&first)?;
    let ticket = secrets::hash(&hello.ticket);
    let (seated, saved) = app.act(|directory, hub, now| {
        let (link, inbox) = hub.add();
        match directory.connect(now, link, &hello, &ticket) {
            Ok((seated, outputs)) => (Ok((link, inbox, seated)), outputs),
            Err(code) => {
                hub.remove(link);
                (Err(code), Vec::new())
            }
        }
    });
    let (link, inbox, seated) = seated?;
    // The key is pinned before anybody acts on it.
    if saved.wait().await.is_err() {
        let ((), _) = app.act(|directory, hub, now| {
            hub.remove(link);
            ((), directory.disconnect(now, link))
        });
        return Err(Code::Unavailable);
    }
    app.metrics.sockets_opened.add();
    Ok((link, inbox, seated))
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

/// A hello of another version may look different: its version is read first.
fn read_hello(text: &str) -> Result<Hello, Code> {
    #[derive(serde::Deserialize)]
    struct Version {
        version: u32,
    }
    let Version { version } = serde_json::from_str(text).map_err(|_| Code::BadRequest)?;
    if version != VERSION {
        return Err(Code::Version);
    }
    serde_json::from_str(text).map_err(|_| Code::BadRequest)
}

async fn serve(app: &App, socket: &mut Socket, link: LinkId, mut inbox: Inbox, seated: Seated) -> Close {
    let Ok(ice) = app.ice.hand_out(clock::now() / 1000) else { return Close::Refuse(Code::Unavailable) };
    let welcome = FromServer::Welcome {
        version: VERSION,
        you: seated.you,
        number: seated.number,
        organisation: app.config.organisation.clone(),
        roster: seated.roster,
        ice,
        hand_overs: seated.hand_overs,
    };
    let text = hub::text(&welcome);
    drop(welcome);
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
            let (Some(to), Some(body)) = (envelope.to, envelope.body) else {
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
            app.note(|directory, _| directory.leave(link));
            Err(Close::Said)
        }
        "end" => {
            // The one who ends it is told as all the others, through its queue.
            app.note(|directory, _| directory.end(link));
            Ok(())
        }
        "hand_over" => hand_over(app, link, text).await,
        // Newer peers may know more.
        _ => Ok(()),
    }
}

/// What does not hold changes nothing, and neither does what cannot be read.
async fn hand_over(app: &App, link: LinkId, text: &str) -> Result<(), Close> {
    let Ok(ToServer::HandOver { word }) = serde_json::from_str(text) else { return Ok(()) };
    let (number, saved) = app.act(|directory, _, _| directory.hand_over(link, &word));
    let Some(number) = number else { return Ok(()) };
    // It is kept before anybody acts on it.
    saved.wait().await.map_err(|_| Close::Refuse(Code::Unavailable))?;
    app.metrics.hand_overs.add();
    app.note(|directory, _| directory.tell_hand_over(number, link, &word));
    Ok(())
}

async fn say(socket: &mut Socket, text: Utf8Bytes) -> Result<(), Close> {
    match timeout(SENDING, socket.send(Message::Text(text))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Close::Gone),
    }
}
