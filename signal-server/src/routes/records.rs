//! The API of what stays: records of sessions, notes, phrases.

use std::{collections::BTreeSet, sync::Arc};

use deskside_protocol::{
    SessionNumber,
    api::Code,
    records::{
        LONGEST_NOTES, LONGEST_PHRASE, LONGEST_SAID, MOST_PHRASES, MOST_RECORDS, MOST_SAID, Notes,
        NotesSaved, Phrases, Said, SessionRecord, Transcript,
    },
};
use warp::{Filter, Rejection, filters::BoxedFilter, reply::Response};

use super::{
    api::{bearer, caller},
    body, own_origin,
    reply::{Failed, answer},
    with,
};
use crate::{
    app::App,
    directory::{Millis, PastRecord},
    store::{Long, Table, decode, past_key, past_of},
};

/// For a body with notes, however its text is escaped.
const NOTES_BODY: usize = 8 * LONGEST_NOTES;
const PHRASES_BODY: usize = 1 << 20;
const CHAT_BODY: usize = 1 << 20;
/// In characters.
const LONGEST_NAME: usize = 64;
/// Others may save the same chat at the same time: this often it is tried again.
const TRIES: usize = 8;
/// Whose phrases: everyone's. Keys of accounts are never empty.
const SITE: &str = "";

pub(super) fn routes(app: &Arc<App>) -> BoxedFilter<(Response,)> {
    let signed = || own_origin(app).and(bearer());
    let list = warp::path!("api" / "v1" / "sessions").and(warp::get()).and(signed()).and(with(app)).then(
        |token: String, app: Arc<App>| async move { answer(list(&app, &token).await.map_err(Failed::from)) },
    );
    let notes = warp::path!("api" / "v1" / "sessions" / String / "notes");
    let read = notes.and(warp::get()).and(signed()).and(with(app)).then(
        |number: String, token: String, app: Arc<App>| async move {
            answer(read_notes(&app, &token, &number).await.map_err(Failed::from))
        },
    );
    let write = notes.and(warp::put()).and(signed()).and(body::json_up_to(NOTES_BODY)).and(with(app)).then(
        |number: String, token: String, notes: Notes, app: Arc<App>| async move {
            answer(write_notes(&app, &token, &number, notes).await.map_err(Failed::from))
        },
    );
    list.or(read).unify().or(write).unify().or(chat(app)).unify().or(phrases(app)).unify().boxed()
}

fn chat(app: &Arc<App>) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    let chat = warp::path!("api" / "v1" / "sessions" / String / "chat");
    let read = chat.and(warp::get()).and(own_origin(app)).and(bearer()).and(with(app)).then(
        |number: String, token: String, app: Arc<App>| async move {
            answer(read_chat(&app, &token, &number).await.map_err(Failed::from))
        },
    );
    let write = chat
        .and(warp::put())
        .and(own_origin(app))
        .and(bearer())
        .and(body::json_up_to(CHAT_BODY))
        .and(with(app))
        .then(|number: String, token: String, said: Transcript, app: Arc<App>| async move {
            answer(write_chat(&app, &token, &number, said).await.map_err(Failed::from))
        });
    read.or(write).unify()
}

fn phrases(app: &Arc<App>) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    // Whose list: the site's or the caller's.
    let site = warp::path!("api" / "v1" / "phrases").map(|| false);
    let mine = warp::path!("api" / "v1" / "phrases" / "mine").map(|| true);
    let list = site.or(mine).unify();
    let read = list.and(warp::get()).and(own_origin(app)).and(bearer()).and(with(app)).then(
        |mine: bool, token: String, app: Arc<App>| async move {
            answer(read_phrases(&app, &token, mine).await.map_err(Failed::from))
        },
    );
    let write = list
        .and(warp::put())
        .and(own_origin(app))
        .and(bearer())
        .and(body::json_up_to(PHRASES_BODY))
        .and(with(app))
        .then(|mine: bool, token: String, phrases: Phrases, app: Arc<App>| async move {
            answer(write_phrases(&app, &token, mine, phrases).await.map_err(Failed::from))
        });
    read.or(write).unify()
}

async fn list(app: &App, token: &str) -> Result<Vec<SessionRecord>, Code> {
    let caller = caller(app, token).await?;
    // First what runs: what ended before is then on its way to the others, and what ends meanwhile is in both.
    let mut shown = app.look(|directory, _| directory.running(&caller.account));
    shown.truncate(MOST_RECORDS);
    app.store.settled().await?;
    for (key, _) in app.store.first(Table::PastOf, past_of(&caller.account), MOST_RECORDS).await? {
        let Some(record) = read_past(app, &key).await?.map(PastRecord::shown) else { continue };
        let known = shown.iter().any(|s| (s.number, s.opened) == (record.number, record.opened));
        if shown.len() < MOST_RECORDS && !known {
            shown.push(record);
        }
    }
    shown.sort_by_key(|s| std::cmp::Reverse(s.opened));
    Ok(shown)
}

/// The record that a row of [`Table::PastOf`] names.
async fn read_past(app: &App, row: &[u8]) -> Result<Option<PastRecord>, Code> {
    let Some((opened, number)) = past_key(row) else { return Ok(None) };
    let row = app.store.get(Table::Past, [&opened[..], &number].concat()).await?;
    let record = row.map(|row| decode(Table::Past, &row)).transpose();
    Ok(record.map_err(|e| app.store.fail(&e))?)
}

/// Key of the notes of the newest session of this number in which the account is or was an agent.
async fn notes_key(app: &App, token: &str, number: &str) -> Result<Vec<u8>, Code> {
    let caller = caller(app, token).await?;
    let number: SessionNumber = number.parse().map_err(|_| Code::NoSuchSession)?;
    let key = |opened: Millis| [&opened.to_be_bytes()[..], &number.get().to_be_bytes()].concat();
    // First what runs: what ended before is then on its way to the others.
    if let Some(opened) = app.look(|directory, _| directory.opened(number, &caller.account)) {
        return Ok(key(opened));
    }
    app.store.settled().await?;
    let rows = app.store.first(Table::PastOf, past_of(&caller.account), usize::MAX).await?;
    let found =
        rows.iter().filter_map(|(row, _)| past_key(row)).find(|(_, n)| *n == number.get().to_be_bytes());
    found.map(|(opened, number)| [&opened[..], &number].concat()).ok_or(Code::NoSuchSession)
}

async fn read_notes(app: &App, token: &str, number: &str) -> Result<Notes, Code> {
    let key = notes_key(app, token, number).await?;
    let Long { version, text } = app.store.read_long(Table::Notes, &key).await?;
    Ok(Notes { version, text })
}

async fn write_notes(app: &App, token: &str, number: &str, notes: Notes) -> Result<NotesSaved, Code> {
    let key = notes_key(app, token, number).await?;
    if notes.text.len() > LONGEST_NOTES {
        return Err(Code::TooLarge);
    }
    let version = app.store.write_long(Table::Notes, &key, Some(notes.version), &notes.text).await?;
    Ok(NotesSaved { version })
}

async fn saved_chat(app: &App, key: &[u8]) -> Result<(u32, Transcript), Code> {
    let Long { version, text } = app.store.read_long(Table::Chat, key).await?;
    if text.is_empty() {
        return Ok((version, Transcript::default()));
    }
    Ok((version, decode(Table::Chat, text.as_bytes()).map_err(|e| app.store.fail(&e))?))
}

async fn read_chat(app: &App, token: &str, number: &str) -> Result<Transcript, Code> {
    let key = notes_key(app, token, number).await?;
    Ok(saved_chat(app, &key).await?.1)
}

async fn write_chat(app: &App, token: &str, number: &str, said: Transcript) -> Result<(), Code> {
    let key = notes_key(app, token, number).await?;
    if !app.config.chat.kept {
        return Err(Code::NotAllowed);
    }
    for _ in 0..TRIES {
        let (version, saved) = saved_chat(app, &key).await?;
        let all = merged(saved.clone(), said.clone());
        if all == saved {
            return Ok(());
        }
        // The structure holds nothing that JSON has no form for.
        let text = serde_json::to_string(&all).unwrap_or_default();
        match app.store.write_long(Table::Chat, &key, Some(version.saturating_add(1)), &text).await {
            Err(Code::Outdated) => {}
            answer => return answer.map(|_| ()),
        }
    }
    Err(Code::Unavailable)
}

/// What several agents' programs sent, each line once, as far as there is room.
fn merged(mut saved: Transcript, said: Transcript) -> Transcript {
    let key = |l: &Said| (l.at, l.from, l.text.clone());
    let mut known: BTreeSet<_> = saved.lines.iter().map(key).collect();
    let mut bytes: usize = saved.lines.iter().map(|l| l.text.len()).sum();
    for mut line in said.lines {
        let fits = known.len() < MOST_SAID && bytes + line.text.len() <= LONGEST_SAID;
        if fits && !line.text.is_empty() && known.insert(key(&line)) {
            bytes += line.text.len();
            line.name = line.name.chars().take(LONGEST_NAME).collect();
            saved.lines.push(line);
        }
    }
    saved.lines.sort();
    saved
}

async fn read_phrases(app: &App, token: &str, mine: bool) -> Result<Phrases, Code> {
    let caller = caller(app, token).await?;
    allow_phrases(app)?;
    let whose = if mine { caller.account.as_str() } else { SITE };
    let Long { text, .. } = app.store.read_long(Table::Phrases, whose.as_bytes()).await?;
    if text.is_empty() {
        return Ok(Phrases::default());
    }
    Ok(decode(Table::Phrases, text.as_bytes()).map_err(|e| app.store.fail(&e))?)
}

fn allow_phrases(app: &App) -> Result<(), Code> {
    if app.config.chat.phrases { Ok(()) } else { Err(Code::NotAllowed) }
}

async fn write_phrases(app: &App, token: &str, mine: bool, phrases: Phrases) -> Result<(), Code> {
    let caller = caller(app, token).await?;
    allow_phrases(app)?;
    if !mine && !caller.admin {
        return Err(Code::NotAllowed);
    }
    let clean = |c: char| !c.is_control() || c == '\n' || c == '\t';
    let fits = |p: &String| (1..=LONGEST_PHRASE).contains(&p.chars().count()) && p.chars().all(clean);
    if phrases.phrases.len() > MOST_PHRASES || !phrases.phrases.iter().all(fits) {
        return Err(Code::BadRequest);
    }
    let whose = if mine { caller.account.as_str() } else { SITE };
    // The structure holds nothing that JSON has no form for.
    let text = serde_json::to_string(&phrases).unwrap_or_default();
    app.store.write_long(Table::Phrases, whose.as_bytes(), None, &text).await?;
    Ok(())
}
