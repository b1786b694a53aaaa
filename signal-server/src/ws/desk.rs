//! An agent's desk: what it shows is made anew after each change, so that nothing queues up for who is slow.

use std::{sync::Arc, time::Duration};

use deskside_protocol::{
    api::Code,
    desk::{DeskHello, FromDesk},
    socket::MAX_MESSAGE,
};
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, interval_at, timeout};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message, Utf8Bytes};

use super::{
    budget::Budget,
    talk::{self, Close, SENDING, say},
    upgrade::Socket,
};
use crate::{accounts::Caller, app::App, clock};

/// Changes within this time are told together.
pub const PACE: Duration = Duration::from_millis(100);
/// Agents, sessions, and customers of a queue that are listed, from the most on until all fits in a message.
const LISTED: [usize; 5] = [200, 50, 20, 5, 0];

/// Serves a desk until it is over.
pub async fn run(app: Arc<App>, mut socket: Box<Socket>) {
    let close = match sit_down(&app, &mut socket).await {
        Err(code) => Close::Refuse(code),
        Ok((token, caller)) => {
            app.note(|directory, _| directory.desk_opened(caller.agent()));
            let close = serve(&app, &mut socket, &token, &caller).await;
            app.note(|directory, _| directory.desk_closed(&caller.account));
            close
        }
    };
    talk::part(&app, &mut socket, close, |error| text(&FromDesk::Refused { error })).await;
}

async fn sit_down(app: &App, socket: &mut Socket) -> Result<(String, Caller), Code> {
    let DeskHello { token, .. } = talk::first(app, socket).await?;
    let caller = app.accounts.caller(clock::now(), &token).await?;
    app.metrics.sockets_opened.add();
    Ok((token, caller))
}

async fn serve(app: &App, socket: &mut Socket, token: &str, caller: &Caller) -> Close {
    let mut news = app.news.subscribe();
    news.mark_changed();
    let mut budget = Budget::new(std::time::Instant::now());
    let (mut heard, mut free) = (Instant::now(), Instant::now());
    let ping_every = Duration::from_secs(app.config.sockets.ping_every);
    let silent_for = Duration::from_secs(app.config.sockets.silent_for);
    let mut ping = interval_at(heard + ping_every, ping_every);
    loop {
        let changed = async {
            tokio::time::sleep_until(free).await;
            news.changed().await
        };
        tokio::select! {
            _ = changed => {
                let shown = show(app, &caller.account);
                if say(socket, shown).await.is_err() {
                    return Close::Gone;
                }
                free = Instant::now() + PACE;
            }
            message = socket.next() => {
                heard = Instant::now();
                match message {
                    Some(Ok(Message::Close(_))) => return Close::Said,
                    Some(Ok(Message::Binary(_))) => return Close::Refuse(Code::BadRequest),
                    Some(Ok(other)) if budget.take(std::time::Instant::now(), other.len()) => {}
                    Some(Ok(_)) => return Close::Refuse(Code::TooManyTries),
                    Some(Err(Error::Capacity(_))) => return Close::Refuse(Code::TooLarge),
                    Some(Err(_)) | None => return Close::Gone,
                }
            }
            _ = ping.tick() => {
                // Who signed out, or whose sign-in ended, sees nothing more.
                if let Err(code) = app.accounts.caller(clock::now(), token).await {
                    return Close::Refuse(code);
                }
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

fn show(app: &App, account: &str) -> Utf8Bytes {
    let shown = |most| {
        let desk = app.look(|directory, _| directory.desk(clock::now(), account, most));
        text(&FromDesk::Desk(desk))
    };
    let fits = LISTED.into_iter().map(shown).find(|text| text.len() <= MAX_MESSAGE);
    fits.unwrap_or_else(|| text(&FromDesk::Desk(Default::default())))
}

fn text(message: &FromDesk) -> Utf8Bytes {
    // Messages hold nothing that JSON has no form for.
    serde_json::to_string(message).unwrap_or_default().into()
}
