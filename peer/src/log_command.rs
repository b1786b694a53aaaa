//! `deskside log`: what the logs of acts say, and whether they are right.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use deskside_session::acts::{Log, Tail};
use deskside_ui::{Language, Texts, log as words};

use crate::{cli::LogCommand, exit, logs};

/// Carries out the command; its exit code.
pub fn run(command: LogCommand, home: &Path) -> anyhow::Result<u8> {
    let mut out = io::stdout().lock();
    match command {
        LogCommand::List => list(&mut out, &texts(None)?, home),
        LogCommand::Verify { file, against } => verify(&mut out, &texts(None)?, &file, against.as_deref()),
        LogCommand::Receipt { file, language, output } => {
            receipt(&mut out, &texts(language.as_deref())?, &file, output.as_deref())
        }
    }
}

fn texts(language: Option<&str>) -> anyhow::Result<Texts> {
    let chosen = language.and_then(Language::from_locale).unwrap_or_else(Language::from_env);
    Ok(Texts::new(chosen)?)
}

fn list(out: &mut impl Write, t: &Texts, home: &Path) -> anyhow::Result<u8> {
    let files = logs::files(&logs::folder(home));
    if files.is_empty() {
        writeln!(out, "{}", words::none(t))?;
    }
    let mut code = exit::OK;
    for file in files {
        match load(t, &file) {
            Ok(log) => writeln!(out, "{}\n    {}", words::list_line(t, &log), file.display())?,
            Err(why) => {
                code = exit::OTHER;
                writeln!(out, "{why}\n    {}", file.display())?;
            }
        }
    }
    Ok(code)
}

/// A sound log, or why there is none, in words.
fn load(t: &Texts, file: &Path) -> Result<Log, String> {
    let unreadable = |e: io::Error| words::unreadable(t, &file.to_string_lossy(), &e.to_string());
    let bytes = logs::read(file).map_err(unreadable)?;
    Log::read(&bytes).map_err(|wrong| words::wrong(t, wrong))
}

fn verify(out: &mut impl Write, t: &Texts, file: &Path, against: Option<&Path>) -> anyhow::Result<u8> {
    let log = match load(t, file) {
        Ok(log) => log,
        Err(why) => return fail(out, &why),
    };
    for line in words::summary(t, &log) {
        writeln!(out, "{line}")?;
    }
    let Some(other) = against else { return Ok(exit::OK) };
    let other = match load(t, other) {
        Ok(other) => other,
        Err(why) => return fail(out, &format!("{}: {why}", other.display())),
    };
    let tail = log.against(&other);
    writeln!(out, "{}", words::tail(t, tail))?;
    Ok(match tail {
        Tail::Other | Tail::Differs { .. } | Tail::Cut { .. } => exit::OTHER,
        Tail::EndedBefore { .. } | Tail::Whole { .. } => exit::OK,
    })
}

fn fail(out: &mut impl Write, why: &str) -> anyhow::Result<u8> {
    writeln!(out, "{why}")?;
    Ok(exit::OTHER)
}

fn receipt(out: &mut impl Write, t: &Texts, file: &Path, output: Option<&Path>) -> anyhow::Result<u8> {
    let log = match load(t, file) {
        Ok(log) => log,
        Err(why) => return fail(out, &why),
    };
    let page = words::receipt(t, &log);
    let Some(output) = output else {
        out.write_all(page.as_bytes())?;
        return Ok(exit::OK);
    };
    let name = output.to_string_lossy();
    match std::fs::write(output, page) {
        Ok(()) => {
            writeln!(out, "{}", words::saved(t, &name))?;
            Ok(exit::OK)
        }
        Err(e) => fail(out, &words::unwritable(t, &name, &e.to_string())),
    }
}

/// Writes the receipt of a log in the person's language; the path of the page.
pub fn save_receipt(file: &Path, to: Option<String>) -> Result<PathBuf, String> {
    let t = texts(None).map_err(|e| e.to_string())?;
    let page = words::receipt(&t, &load(&t, file)?);
    let path = match to {
        Some(path) => PathBuf::from(path),
        None => documents().join(file.with_extension("html").file_name().unwrap_or_default()),
    };
    let unwritable = |e: io::Error| words::unwritable(&t, &path.to_string_lossy(), &e.to_string());
    std::fs::write(&path, page).map_err(unwritable)?;
    Ok(path)
}

/// Where a person looks for a page: the folder of documents, else the home folder.
fn documents() -> PathBuf {
    let home = std::env::home_dir().unwrap_or_else(std::env::temp_dir);
    let documents = home.join("Documents");
    if documents.is_dir() { documents } else { home }
}
