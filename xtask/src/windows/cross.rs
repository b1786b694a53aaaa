//! What building for Windows needs: Rust's standard library for it, and a linker.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    run::{cargo, root, run, target_dir, works},
    setup,
};

pub(super) const TARGET: &str = "x86_64-pc-windows-gnu";

/// Debian's, in the variant whose threads are those that Rust's target expects.
const PACKAGES: &[&str] = &["g++-mingw-w64-x86-64-posix", "binutils-mingw-w64-x86-64", "nasm"];
const GCC: &str = "x86_64-w64-mingw32-gcc-posix";
const GXX: &str = "x86_64-w64-mingw32-g++-posix";

/// A way to build for Windows.
pub(super) struct Cross {
    /// Another PATH, where a toolchain of its own has the standard library.
    path: Option<OsString>,
    /// Where `libstdc++.a` is alone, so that no shared one is taken.
    libs: PathBuf,
}

impl Cross {
    /// Gets what is missing; with `set_up` also packages.
    pub(super) fn ready(set_up: bool) -> Result<Self> {
        if set_up {
            setup::packages(PACKAGES)?;
        }
        if !works(GXX, &["--version"]) {
            bail!("there is no {GXX}; install it (Debian: apt-get install {})", PACKAGES.join(" "));
        }
        let path = standard_library()?;
        let libs = target_dir()?.join("windows/static-libs");
        std::fs::create_dir_all(&libs)?;
        let out = Command::new(GXX).arg("-print-file-name=libstdc++.a").output()?;
        let from = PathBuf::from(String::from_utf8_lossy(&out.stdout).trim());
        let to = libs.join("libstdc++.a");
        if !to.exists() {
            std::fs::copy(&from, &to).with_context(|| format!("no static library at {}", from.display()))?;
        }
        Ok(Self { path, libs })
    }

    /// cargo, that builds for Windows: its first argument is the command.
    pub(super) fn cargo(&self) -> Command {
        let mut c = match &self.path {
            Some(path) => {
                let mut c = Command::new("cargo");
                c.env("PATH", path).env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO").current_dir(root());
                c
            }
            None => cargo(),
        };
        c.env("CARGO_BUILD_TARGET", TARGET)
            .env("CC_x86_64_pc_windows_gnu", GCC)
            .env("CXX_x86_64_pc_windows_gnu", GXX)
            .env("AR_x86_64_pc_windows_gnu", "x86_64-w64-mingw32-ar")
            .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER", GCC)
            .env(
                "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUSTFLAGS",
                format!("-Lnative={}", self.libs.to_string_lossy()),
            );
        c
    }
}

/// The PATH with a toolchain that has the standard library; none when this one has it.
fn standard_library() -> Result<Option<OsString>> {
    if is_there("rustc", None) {
        return Ok(None);
    }
    // Without rustup, or where it reaches nothing, the next way is tried.
    if works("rustup", &["--version"])
        && run(Command::new("rustup").args(["target", "add", TARGET])).is_ok()
        && is_there("rustc", None)
    {
        return Ok(None);
    }
    let Some(script) = script() else {
        bail!(
            "Rust's standard library for {TARGET} is missing, and `rustup target add {TARGET}` does not \
             get it here. Run that where rustup reaches its server, or set DESKSIDE_WIN_CROSS to a script that \
             provides it: `SCRIPT setup` makes a toolchain, `SCRIPT env` prints an `export PATH=…` with it"
        );
    };
    run(Command::new("bash").arg(&script).arg("setup"))?;
    let said = "eval \"$(bash \"$0\" env)\" && printf %s \"$PATH\"";
    let out = Command::new("bash").args(["-c", said]).arg(&script).output()?;
    let path = OsString::from(String::from_utf8_lossy(&out.stdout).into_owned());
    if !is_there("rustc", Some(&path)) {
        bail!("{} gave no standard library for {TARGET}", script.display());
    }
    Ok(Some(path))
}

fn is_there(rustc: &str, path: Option<&OsString>) -> bool {
    // Found by bash: a changed PATH counts for it, and not for how this program looks rustc up.
    let mut ask = Command::new("bash");
    ask.args(["-c", "exec \"$0\" --print target-libdir --target \"$1\"", rustc, TARGET]).current_dir(root());
    if let Some(path) = path {
        ask.env("PATH", path).env_remove("RUSTUP_TOOLCHAIN");
    }
    let Ok(out) = ask.output() else { return false };
    let folder = PathBuf::from(String::from_utf8_lossy(&out.stdout).trim());
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|e| e.file_name().to_string_lossy().starts_with("libstd-"))
}

/// The script that provides the standard library where rustup cannot: as the environment says, else
/// in a folder `shared` beside the checkout or beside a folder around it.
fn script() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("DESKSIDE_WIN_CROSS") {
        return Some(named.into());
    }
    let beside = |folder: &Path| folder.join("shared/windows/win-cross.sh");
    root().ancestors().skip(1).map(beside).find(|s| s.is_file())
}
