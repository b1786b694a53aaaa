//! Notes of the agent's sessions: on the disk at once, at the server a second later, editable after the end.

use std::time::Duration;

use deskside_net::{Api, ApiError};
use deskside_protocol::{
    SessionNumber,
    api::Code,
    records::{LONGEST_NOTES, Notes, NotesSaved},
};
use deskside_session::{
    Role,
    app::{NotesState, NotesView},
};
use tokio::time::Instant;

use super::{App, event::Event};
use crate::drafts::{Draft, DraftFile};

/// The server is not asked more often about the same notes.
const PACE: Duration = Duration::from_secs(1);
/// A server that is away, or busy, is asked again after this.
const AGAIN: Duration = Duration::from_secs(2);
/// One that will not have them may think better of it.
const REFUSED: Duration = Duration::from_secs(600);
/// What a program that quits waits for at most.
const LAST: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub enum NotesAnswer {
    Loaded(Result<Notes, ApiError>),
    Saved(Result<NotesSaved, ApiError>),
}

/// The notes of one session.
pub(super) struct Pad {
    draft: Draft,
    /// There while the server does not have all of it.
    file: Option<DraftFile>,
    /// Whether `draft.base` is what the server has, as far as is known.
    loaded: bool,
    too_long: bool,
    asking: bool,
    /// Nothing is asked before.
    at: Instant,
}

impl Pad {
    fn new(draft: Draft, file: Option<DraftFile>) -> Self {
        // What was written before a crash is sent; if somebody else was faster, the server says so.
        let loaded = file.is_some();
        Self { draft, file, loaded, too_long: false, asking: false, at: Instant::now() }
    }

    fn view(&self) -> NotesView {
        let state = match (self.too_long, self.draft.is_saved(), self.loaded) {
            (true, ..) => NotesState::TooLong,
            (_, false, _) => NotesState::Saving,
            (_, true, false) => NotesState::Loading,
            (_, true, true) => NotesState::Saved,
        };
        NotesView { text: self.draft.text.clone(), state }
    }

    fn wants(&self) -> bool {
        !(self.asking || self.loaded && self.draft.is_saved())
    }

    /// Puts it on the disk, or takes it away from there when the server has it.
    fn keep(&mut self, home: &std::path::Path) {
        if self.draft.is_saved() {
            if let Some(file) = self.file.take() {
                file.forget();
            }
            return;
        }
        let kept = match &self.file {
            Some(file) => file.write(&self.draft),
            None => DraftFile::begin(home, &self.draft).and_then(|file| {
                file.write(&self.draft)?;
                self.file = Some(file);
                Ok(())
            }),
        };
        if let Err(e) = kept {
            tracing::warn!(error = %e, "notes cannot be kept on this computer");
        }
    }
}

impl App {
    /// Notes that a killed program left behind.
    pub(super) fn find_notes(&mut self, server: &str, account: &str) {
        let found = DraftFile::find(&self.options.home, |d| d.server == server && d.account == account);
        self.pads.extend(found.into_iter().map(|(file, draft)| Pad::new(draft, Some(file))));
    }

    /// This agent is in a session now.
    pub(super) fn open_pad(&mut self, number: SessionNumber) {
        let Some(account) = &self.account else { return };
        if self.pads.iter().all(|p| p.draft.number != number) {
            self.pads.push(Pad::new(Draft::new(&account.server, &account.name, number), None));
        }
    }

    /// Pads that the signed-in account may ask the server about.
    fn own_pads(&self) -> impl Iterator<Item = &Pad> {
        let own = |p: &&Pad| {
            self.account.as_ref().is_some_and(|a| a.server == p.draft.server && a.name == p.draft.account)
        };
        self.pads.iter().filter(own)
    }

    fn pad_number(&self) -> Option<SessionNumber> {
        self.shown().filter(|p| p.role() != Role::Customer)?.number()
    }

    pub(super) fn shown_notes(&self) -> Option<NotesView> {
        let number = self.pad_number()?;
        self.pads.iter().find(|p| p.draft.number == number).map(Pad::view)
    }

    /// The notes of what is shown are this now.
    pub(super) fn note(&mut self, text: String) {
        let number = self.pad_number();
        let Some(pad) = self.pads.iter_mut().find(|p| Some(p.draft.number) == number) else {
            return self.bad_command("no session with notes is shown");
        };
        pad.too_long = text.len() > LONGEST_NOTES;
        if pad.too_long {
            return;
        }
        if pad.draft.is_saved() {
            pad.at = pad.at.max(Instant::now() + PACE);
        }
        pad.draft.text = text;
        pad.keep(&self.options.home);
    }

    /// When to ask the server next.
    pub(super) fn notes_due(&self) -> Option<Instant> {
        self.own_pads().filter(|p| p.wants()).map(|p| p.at).min()
    }

    pub(super) fn save_notes(&mut self, now: Instant) {
        let due: Vec<_> =
            self.own_pads().filter(|p| p.wants() && p.at <= now).map(|p| p.draft.number).collect();
        for number in due {
            self.ask_notes(number);
        }
    }

    fn ask_notes(&mut self, number: SessionNumber) {
        let Some(account) = &self.account else { return };
        let (api, token, events) = (account.api.clone(), account.token.clone(), self.events.clone());
        let Some(pad) = self.pads.iter_mut().find(|p| p.draft.number == number) else { return };
        pad.asking = true;
        let save = if pad.loaded { pad.draft.next() } else { None };
        if save.is_some() {
            pad.keep(&self.options.home);
        }
        tokio::spawn(async move {
            let answer = match save {
                Some(notes) => NotesAnswer::Saved(api.save_notes(&token, number, &notes).await),
                None => NotesAnswer::Loaded(api.notes(&token, number).await),
            };
            let _ = events.send(Event::Notes(number, answer)).await;
        });
    }

    pub(super) fn noted(&mut self, number: SessionNumber, answer: NotesAnswer) {
        let Some(pad) = self.pads.iter_mut().find(|p| p.draft.number == number) else { return };
        pad.asking = false;
        let mut pause = PACE;
        let failed = match answer {
            NotesAnswer::Loaded(Ok(notes)) => {
                pad.draft.loaded(notes);
                pad.loaded = true;
                None
            }
            NotesAnswer::Saved(Ok(NotesSaved { version })) => {
                pad.draft.saved(version);
                None
            }
            NotesAnswer::Saved(Err(ApiError::Refused { code: Code::Outdated, .. })) => {
                pad.loaded = false;
                pause = Duration::ZERO;
                None
            }
            NotesAnswer::Loaded(Err(e)) | NotesAnswer::Saved(Err(e)) => Some(e),
        };
        if let Some(e) = &failed {
            let for_now = matches!(e, ApiError::Down | ApiError::Refused { code: Code::Unavailable, .. });
            pause = if for_now || e.signed_out() { AGAIN } else { REFUSED };
            tracing::warn!(error = %e, "notes");
        }
        pad.at = Instant::now() + pause;
        pad.keep(&self.options.home);
        if failed.is_some_and(|e| e.signed_out()) && self.account.is_some() {
            self.signed_out();
        }
    }

    /// Forgets what the server has and nobody looks at.
    pub(super) fn put_notes_away(&mut self) {
        let places = &self.places;
        self.pads.retain(|pad| {
            !pad.draft.is_saved() || places.iter().any(|p| p.number() == Some(pad.draft.number))
        });
    }

    /// The program ends: what is not at the server yet gets a last chance, and otherwise stays on the disk.
    pub(super) fn flush_notes(&mut self) {
        let Some(account) = &self.account else { return };
        let numbers: Vec<_> = self.own_pads().map(|p| p.draft.number).collect();
        for pad in std::mem::take(&mut self.pads) {
            if numbers.contains(&pad.draft.number) && pad.loaded && !pad.draft.is_saved() {
                let last = last_save(account.api.clone(), account.token.clone(), pad);
                self.leaving.push(tokio::spawn(async move {
                    let _ = tokio::time::timeout(LAST, last).await;
                }));
            }
        }
    }
}

async fn last_save(api: Api, token: String, mut pad: Pad) {
    while let Some(notes) = pad.draft.next() {
        match api.save_notes(&token, pad.draft.number, &notes).await {
            Ok(NotesSaved { version }) => pad.draft.saved(version),
            Err(e) => return tracing::warn!(error = %e, "notes stay on this computer until the next sign-in"),
        }
    }
    if let Some(file) = pad.file {
        file.forget();
    }
}
