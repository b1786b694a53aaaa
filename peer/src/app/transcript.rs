//! What is said to all in the agent's sessions, sent to the server a second later if the site saves it.

use std::time::Duration;

use deskside_net::ApiError;
use deskside_protocol::{
    Role, SessionNumber,
    api::Code,
    records::{LONGEST_SAID, MOST_SAID, Said, Transcript},
};
use deskside_session::view::ChatLine;
use tokio::time::Instant;

use super::{App, event::Event, places::State};

/// Lines that were said within this time go together.
const PACE: Duration = Duration::from_secs(1);
/// A server that is away, or busy, is asked again after this.
const AGAIN: Duration = Duration::from_secs(2);
/// One that will not have them may think better of it.
const REFUSED: Duration = Duration::from_secs(600);
/// Most that goes at once, in bytes of text and names, and in lines: escaped, it must fit a request.
const MOST_AT_ONCE: usize = 128 * 1024;
const LINES_AT_ONCE: usize = 500;
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
    /// Room for so many lines, and so many bytes of text, is left at the server.
    lines: usize,
    bytes: usize,
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
            bytes += l.text.len() + l.name.len();
            bytes <= MOST_AT_ONCE
        };
        // One line is always short enough.
        Transcript { lines: self.waiting.iter().take(LINES_AT_ONCE).take_while(fits).cloned().collect() }
    }

    /// The server keeps no more than it has room for, and neither does this.
    fn take(&mut self, lines: Vec<(u64, Said)>) {
        if self.waiting.is_empty() && !lines.is_empty() {
            self.at = self.at.max(Instant::now() + PACE);
        }
        for (n, line) in lines {
            self.taken = n;
            if self.lines > 0 && line.text.len() <= self.bytes {
                (self.lines, self.bytes) = (self.lines - 1, self.bytes - line.text.len());
                self.waiting.push(line);
            }
        }
    }
}

fn said(line: &ChatLine) -> Said {
    Said { at: line.at, from: line.from, name: line.name.clone(), text: line.text.clone() }
}

impl App {
    /// Takes what was said since, for the account that was signed in when the session began.
    pub(super) fn collect_chat(&mut self) {
        for place in &self.places {
            let State::Running(running) = &place.state else { continue };
            if running.role() == Role::Customer {
                continue;
            }
            let known = self.chats.iter().position(|c| c.place == place.id);
            let Some(i) = known.or_else(|| {
                let account = self.account.as_ref()?;
                self.chats.push(Chat {
                    place: place.id,
                    number: running.number(),
                    server: account.server.clone(),
                    account: account.name.clone(),
                    taken: 0,
                    lines: MOST_SAID,
                    bytes: LONGEST_SAID,
                    waiting: Vec::new(),
                    sent: 0,
                    at: Instant::now(),
                });
                Some(self.chats.len() - 1)
            }) else {
                continue;
            };
            let chat = &mut self.chats[i];
            chat.take(running.said(chat.taken).map(|(n, line)| (n, said(line))).collect());
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
        match &failed {
            None => {
                chat.waiting.drain(..sent);
                chat.at = Instant::now() + PACE;
            }
            Some(ApiError::Refused { code: Code::NotAllowed | Code::NoSuchSession, .. }) => {
                tracing::warn!("the server does not save this chat");
                chat.waiting.clear();
                if let Some(running) = self.running_at(place) {
                    running.chat_not_kept();
                }
            }
            Some(e) => {
                tracing::warn!(error = %e, "the chat is not saved yet");
                let soon = matches!(e, ApiError::Down | ApiError::Refused { code: Code::Unavailable, .. });
                chat.at = Instant::now() + if soon || e.signed_out() { AGAIN } else { REFUSED };
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
