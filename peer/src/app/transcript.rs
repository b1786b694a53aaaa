//! What is said to all in the agent's sessions, sent to the server a second later if the site saves it.

use std::time::Duration;

use deskside_net::ApiError;
use deskside_protocol::{
    SessionNumber,
    api::Code,
    records::{Said, Transcript},
};
use deskside_session::view::ChatLine;
use tokio::time::Instant;

use super::{App, event::Event, places::State};

/// Lines that were said within this time go together.
const PACE: Duration = Duration::from_secs(1);
/// A server that is away, or busy, is asked again after this.
const AGAIN: Duration = Duration::from_secs(2);
/// Most text that goes at once, in bytes: escaped, it must fit a request.
const MOST_AT_ONCE: usize = 128 * 1024;
/// What a program that quits waits for at most.
const LAST: Duration = Duration::from_secs(2);

/// The chat of one session.
pub(super) struct Chat {
    place: u64,
    number: SessionNumber,
    server: String,
    account: String,
    /// The last line that was taken.
    taken: u64,
    /// What the server does not have.
    waiting: Vec<Said>,
    /// How many of them are on the way.
    sent: usize,
    /// Nothing is sent before.
    at: Instant,
}

impl Chat {
    fn next(&self) -> Transcript {
        let mut bytes = 0;
        let fits = |l: &&Said| {
            bytes += l.text.len();
            bytes <= MOST_AT_ONCE
        };
        // One line is always short enough.
        Transcript { lines: self.waiting.iter().take_while(fits).cloned().collect() }
    }
}

fn said(line: &ChatLine) -> Said {
    Said { at: line.at, from: line.from, name: line.name.clone(), text: line.text.clone() }
}

impl App {
    /// Takes what was said since.
    pub(super) fn collect_chat(&mut self) {
        let Some(account) = &self.account else { return };
        let (server, name) = (&account.server, &account.name);
        for place in &self.places {
            let State::Running(running) = &place.state else { continue };
            let known = self.chats.iter().position(|c| c.place == place.id);
            let taken = known.map_or(0, |i| self.chats[i].taken);
            let new: Vec<_> = running.said(taken).map(|(n, line)| (n, said(line))).collect();
            let Some((last, _)) = new.last() else { continue };
            let last = *last;
            let i = known.unwrap_or_else(|| {
                self.chats.push(Chat {
                    place: place.id,
                    number: running.number(),
                    server: server.clone(),
                    account: name.clone(),
                    taken,
                    waiting: Vec::new(),
                    sent: 0,
                    at: Instant::now(),
                });
                self.chats.len() - 1
            });
            let chat = &mut self.chats[i];
            if chat.waiting.is_empty() {
                chat.at = chat.at.max(Instant::now() + PACE);
            }
            chat.taken = last;
            chat.waiting.extend(new.into_iter().map(|(_, line)| line));
        }
    }

    fn own_chats(&self) -> impl Iterator<Item = &Chat> {
        let own =
            |c: &&Chat| self.account.as_ref().is_some_and(|a| a.server == c.server && a.name == c.account);
        self.chats.iter().filter(own).filter(|c| !c.waiting.is_empty() && c.sent == 0)
    }

    /// When to send next.
    pub(super) fn chat_due(&self) -> Option<Instant> {
        self.own_chats().map(|c| c.at).min()
    }

    pub(super) fn save_chats(&mut self, now: Instant) {
        let due: Vec<_> = self.own_chats().filter(|c| c.at <= now).map(|c| c.place).collect();
        for place in due {
            self.save_chat(place);
        }
    }

    fn save_chat(&mut self, place: u64) {
        let Some(account) = &self.account else { return };
        let (api, token, events) = (account.api.clone(), account.token.clone(), self.events.clone());
        let Some(chat) = self.chats.iter_mut().find(|c| c.place == place) else { return };
        let (number, next) = (chat.number, chat.next());
        chat.sent = next.lines.len();
        tokio::spawn(async move {
            let answer = api.save_chat(&token, number, &next).await;
            let _ = events.send(Event::Chat(place, answer)).await;
        });
    }

    pub(super) fn chat_saved(&mut self, place: u64, answer: Result<(), ApiError>) {
        let Some(chat) = self.chats.iter_mut().find(|c| c.place == place) else { return };
        let sent = std::mem::take(&mut chat.sent).min(chat.waiting.len());
        let failed = answer.err();
        let later = |e: &ApiError| {
            matches!(e, ApiError::Down | ApiError::Refused { code: Code::Unavailable, .. }) || e.signed_out()
        };
        match &failed {
            Some(e) if later(e) => chat.at = Instant::now() + AGAIN,
            // It will not have them.
            Some(e) => {
                tracing::warn!(error = %e, "the chat is not saved");
                chat.waiting.clear();
            }
            None => {
                chat.waiting.drain(..sent);
                chat.at = Instant::now() + PACE;
            }
        }
        if failed.is_some_and(|e| e.signed_out()) && self.account.is_some() {
            self.signed_out();
        }
    }

    /// Forgets chats of sessions that are gone and that the server has.
    pub(super) fn put_chats_away(&mut self) {
        let places = &self.places;
        self.chats.retain(|c| !c.waiting.is_empty() || places.iter().any(|p| p.id == c.place));
    }

    /// The program ends: what is not at the server yet gets a last chance.
    pub(super) fn flush_chats(&mut self) {
        self.collect_chat();
        let Some(account) = &self.account else { return };
        for mut chat in std::mem::take(&mut self.chats) {
            if chat.server != account.server || chat.account != account.name {
                continue;
            }
            let (api, token) = (account.api.clone(), account.token.clone());
            let last = async move {
                while !chat.waiting.is_empty() {
                    let next = chat.next();
                    if let Err(e) = api.save_chat(&token, chat.number, &next).await {
                        return tracing::warn!(error = %e, "the end of the chat is not saved");
                    }
                    chat.waiting.drain(..next.lines.len());
                }
            };
            self.leaving.push(tokio::spawn(async move {
                let _ = tokio::time::timeout(LAST, last).await;
            }));
        }
    }
}
