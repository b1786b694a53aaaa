//! A Wine to try the peer on, with a prefix of its own in the target folder.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{
    run::{root, run, target_dir, works},
    setup,
};

const PACKAGES: &[&str] = &["wine", "wine64", "xauth"];

/// A prefix that programs can be started in.
pub(super) struct Wine {
    prefix: PathBuf,
}

impl Wine {
    /// What its programs see as `C:`.
    pub(super) fn drive(&self) -> PathBuf {
        self.prefix.join("drive_c")
    }

    /// Sets what Wine reads.
    pub(super) fn apply(&self, command: &mut Command) {
        command
            .env("WINEPREFIX", &self.prefix)
            .env("WINEDEBUG", "-all")
            // Neither .NET nor a browser engine is offered to be downloaded.
            .env("WINEDLLOVERRIDES", "mscoree=;mshtml=");
    }
}

/// Makes the prefix if it is not there; with `set_up` installs Wine.
pub(super) fn ready(set_up: bool) -> Result<Wine> {
    if set_up {
        setup::packages(PACKAGES)?;
    }
    if !works("wine", &["--version"]) {
        bail!("there is no wine; install it (Debian: apt-get install {})", PACKAGES.join(" "));
    }
    let wine = Wine { prefix: target_dir()?.join("windows/prefix") };
    if !wine.prefix.join("system.reg").exists() {
        std::fs::create_dir_all(&wine.prefix)?;
        // Without a display it makes the prefix all the same.
        for (program, argument) in [("wineboot", "-i"), ("wineserver", "-w")] {
            let mut command = Command::new("timeout");
            wine.apply(command.args(["300", program, argument]).env_remove("DISPLAY"));
            run(command.stdout(Stdio::null()).stderr(Stdio::null()))?;
        }
    }
    keep_inside(&wine.prefix.join("drive_c/users"))?;
    let system = wine.prefix.join("drive_c/windows/system32");
    if !system.join("bcryptprimitives.dll").exists() {
        stand_in(&system)?;
    }
    Ok(wine)
}

/// Wine leads the folders of its people to those of this system's person: what is tried here stays in the prefix.
fn keep_inside(users: &Path) -> Result<()> {
    for user in std::fs::read_dir(users)?.flatten().filter(|u| u.path().is_dir()) {
        for folder in std::fs::read_dir(user.path())?.flatten() {
            if folder.file_type()?.is_symlink() {
                std::fs::remove_file(folder.path())?;
                std::fs::create_dir(folder.path())?;
            }
        }
    }
    Ok(())
}

/// Wine before 9 has no bcryptprimitives.dll, of which Rust's standard library needs one function.
fn stand_in(system: &Path) -> Result<()> {
    let source = root().join("xtask/src/windows/bcryptprimitives.c");
    let made = system.join("bcryptprimitives.dll");
    run(Command::new("x86_64-w64-mingw32-gcc-posix")
        .args(["-O2", "-s", "-shared", "-o"])
        .arg(&made)
        .arg(source)
        .arg("-ladvapi32"))
    .context("a stand-in for bcryptprimitives.dll")
}

/// A program with a window for the tests, beside the peer's executable.
pub(super) fn window(folder: &Path) -> Result<PathBuf> {
    let made = folder.join("window.exe");
    run(Command::new("x86_64-w64-mingw32-gcc-posix")
        .args(["-O1", "-s", "-static", "-o"])
        .arg(&made)
        .arg(root().join("xtask/src/windows/window.c"))
        .arg("-lgdi32"))
    .context("a window for the tests")?;
    Ok(made)
}
