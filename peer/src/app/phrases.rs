//! Stored phrases: the site's and the agent's own.

use std::time::Duration;

use deskside_net::{Api, ApiError};
use deskside_protocol::{
    api::Code,
    records::{LONGEST_PHRASE, MOST_PHRASES, Phrases as List},
};
use deskside_session::app::{PhrasesView, Problem};

use super::{App, account::insist, event::Event};

/// A server that is away is asked for so long.
const INSIST: Duration = Duration::from_secs(600);

#[derive(Debug)]
pub enum PhrasesAnswer {
    Loaded(Result<PhrasesView, ApiError>),
    Saved(Result<(), ApiError>),
}

#[derive(Default)]
pub(super) struct Phrases {
    /// None until they were loaded.
    pub view: Option<PhrasesView>,
    saving: bool,
    /// Changed again while they are saved.
    again: bool,
}

impl App {
    pub(super) fn load_phrases(&self) {
        self.ask_phrases(|api, token| async move {
            let load = || async {
                let (site, mine) = (api.phrases(&token).await?, api.own_phrases(&token).await?);
                Ok(PhrasesView { site: site.phrases, mine: mine.phrases })
            };
            PhrasesAnswer::Loaded(insist(INSIST, load).await)
        });
    }

    /// The agent's own phrases are these now.
    pub(super) fn save_phrases(&mut self, mine: Vec<String>) {
        let clean = |c: char| !c.is_control() || c == '\n' || c == '\t';
        let fits = |p: &String| (1..=LONGEST_PHRASE).contains(&p.chars().count()) && p.chars().all(clean);
        if mine.len() > MOST_PHRASES || !mine.iter().all(fits) {
            return self.bad_command("at most 200 phrases, each of 1 to 1,000 characters");
        }
        let Some(phrases) = self.account.as_mut().map(|a| &mut a.phrases) else {
            return self.bad_command("sign in first");
        };
        let Some(view) = &mut phrases.view else {
            return self.bad_command("the phrases are not loaded yet");
        };
        view.mine = mine;
        phrases.again = true;
        self.save_phrases_now();
    }

    fn save_phrases_now(&mut self) {
        let Some(phrases) = self.account.as_mut().map(|a| &mut a.phrases) else { return };
        let Some(view) = phrases.view.as_ref().filter(|_| phrases.again && !phrases.saving) else { return };
        let list = List { phrases: view.mine.clone() };
        (phrases.again, phrases.saving) = (false, true);
        self.ask_phrases(|api, token| async move {
            PhrasesAnswer::Saved(insist(INSIST, || api.save_own_phrases(&token, &list)).await)
        });
    }

    fn ask_phrases<F>(&self, ask: impl FnOnce(Api, String) -> F)
    where
        F: Future<Output = PhrasesAnswer> + Send + 'static,
    {
        let Some(account) = &self.account else { return };
        let (id, events) = (account.id, self.events.clone());
        let answer = ask(account.api.clone(), account.token.clone());
        tokio::spawn(async move {
            let _ = events.send(Event::Phrases(id, answer.await)).await;
        });
    }

    pub(super) fn phrases(&mut self, id: u64, answer: PhrasesAnswer) {
        let Some(account) = self.account.as_mut().filter(|a| a.id == id) else { return };
        let failed = match answer {
            PhrasesAnswer::Loaded(Ok(view)) => {
                account.phrases.view = Some(view);
                None
            }
            // The site wants none.
            PhrasesAnswer::Loaded(Err(ApiError::Refused { code: Code::NotAllowed, .. })) => None,
            PhrasesAnswer::Loaded(Err(e)) => Some(e),
            PhrasesAnswer::Saved(saved) => {
                account.phrases.saving = false;
                saved.err()
            }
        };
        match failed {
            Some(e) if e.signed_out() => self.signed_out(),
            Some(e) => {
                tracing::warn!(error = %e, "phrases");
                self.problem = Some(Problem::Other { detail: e.to_string() });
            }
            None => self.save_phrases_now(),
        }
    }
}
