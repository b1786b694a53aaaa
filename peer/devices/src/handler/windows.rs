//! In the part of the registry that belongs to the person.

use std::path::Path;

use windows_registry::CURRENT_USER;

use super::HandlerError;

const KEY: &str = r"Software\Classes\deskside";
const COMMAND: &str = r"Software\Classes\deskside\shell\open\command";
const ICON: &str = r"Software\Classes\deskside\DefaultIcon";

pub(super) fn is(exe: &Path) -> bool {
    let there = CURRENT_USER.open(COMMAND).and_then(|k| k.get_string(""));
    there.is_ok_and(|c| c == command(exe))
}

pub(super) fn add(exe: &Path) -> Result<(), HandlerError> {
    let name = exe.display();
    let set = |key: &str, value: &str, text: &str| CURRENT_USER.create(key)?.set_string(value, text);
    set(KEY, "", "URL:Deskside")
        .and_then(|()| set(KEY, "URL Protocol", ""))
        .and_then(|()| set(ICON, "", &format!("\"{name}\",0")))
        .and_then(|()| set(COMMAND, "", &command(exe)))
        .map_err(failed)
}

pub(super) fn remove() -> Result<(), HandlerError> {
    if CURRENT_USER.open(KEY).is_err() {
        return Ok(());
    }
    CURRENT_USER.remove_tree(KEY).map_err(failed)
}

/// `--` so that no link is taken for an option.
fn command(exe: &Path) -> String {
    format!("\"{}\" join -- \"%1\"", exe.display())
}

fn failed(e: impl std::fmt::Display) -> HandlerError {
    HandlerError::Failed(e.to_string())
}
