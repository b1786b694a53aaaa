//! The Windows program under Wine, on an X display: `cargo xtask windows` runs what needs it.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{Display, peer::Start};

/// The executable that `cargo xtask windows` built.
#[track_caller]
pub fn exe() -> PathBuf {
    let named = std::env::var_os("DESKSIDE_EXE");
    named.map(PathBuf::from).expect("DESKSIDE_EXE, as `cargo xtask windows` sets it")
}

/// The folder of its only person.
#[track_caller]
pub fn user() -> PathBuf {
    let users = PathBuf::from(std::env::var_os("WINEPREFIX").expect("a prefix")).join("drive_c/users");
    let all = std::fs::read_dir(users).expect("the people of Wine").flatten().map(|e| e.path());
    all.filter(|p| !p.ends_with("Public")).last().expect("a person")
}

/// Wine in the prefix of the environment; all that runs in it ends when this is dropped.
pub struct Wine;

impl Wine {
    /// What an earlier test left behind is ended first: one Wine stays on one display.
    #[track_caller]
    pub fn start() -> Self {
        assert!(std::env::var_os("WINEPREFIX").is_some(), "a prefix, as `cargo xtask windows` makes it");
        end();
        Self
    }

    /// Wine on this display, not started yet: what follows are a program of Windows and its arguments.
    pub fn command(&self, display: &Display) -> Command {
        display.command("wine")
    }

    /// Starts a program of Windows that lives as long as the display.
    #[track_caller]
    pub fn run(&self, display: &Display, words: &[&str]) {
        display.run("wine", words);
    }

    /// The same peer as its Windows program.
    pub fn peer(&self, start: Start) -> Start {
        start.through("wine", &exe())
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        end();
    }
}

/// Ends what runs in the prefix, and waits until it has.
fn end() {
    for argument in ["-k", "-w"] {
        let mut c = Command::new("timeout");
        c.args(["30", "wineserver", argument]).stdin(Stdio::null()).stderr(Stdio::null());
        // It fails where nothing runs.
        let _ = c.status();
    }
}
