//! The peer for Windows, built and tried on this machine: `cargo xtask windows`.

mod cross;
mod installer;
mod wine;

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{
    run::{cargo, root, run, target_dir, works},
    setup,
};
use cross::{Cross, TARGET};

/// What the peer is made of.
const PACKAGES: &[&str] = &[
    "deskside-protocol",
    "deskside-session",
    "deskside-media",
    "deskside-net",
    "deskside-devices",
    "deskside-ui",
    "peer",
];

const ICON: &str = "assets/icon/deskside.ico";
/// What makes the installer and the archive.
const PACKING: &[&str] = &["nsis", "zip"];

/// Libraries that every Windows has; a name of a kind that cannot be listed ends with `*`.
const OF_WINDOWS: &[&str] = &[
    "advapi32.dll",
    "api-ms-win-*",
    "avrt.dll",
    "bcrypt.dll",
    "bcryptprimitives.dll",
    "combase.dll",
    "crypt32.dll",
    "d3d11.dll",
    "dwmapi.dll",
    "dwrite.dll",
    "dxgi.dll",
    "gdi32.dll",
    "imm32.dll",
    "iphlpapi.dll",
    "kernel32.dll",
    "ktmw32.dll",
    "msvcrt.dll",
    "ntdll.dll",
    "ole32.dll",
    "oleaut32.dll",
    "opengl32.dll",
    "powrprof.dll",
    "propsys.dll",
    "psapi.dll",
    "rpcrt4.dll",
    "secur32.dll",
    "shcore.dll",
    "shell32.dll",
    "shlwapi.dll",
    "uiautomationcore.dll",
    "user32.dll",
    "userenv.dll",
    "uxtheme.dll",
    "version.dll",
    "winmm.dll",
    "ws2_32.dll",
];

/// Names the program that runs tests for Windows.
const RUNNER: &str = "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER";
/// What the tests try at random they try less often than on Linux, where the same code has it all.
const FEWER: [(&str, &str); 2] = [("DESKSIDE_RUNS", "400"), ("PROPTEST_CASES", "32")];

/// Lints and builds the peer for Windows and runs its crates' tests under Wine, looks at what it needs, runs it there
/// against the server and an agent of this system, makes the installer of it, and installs and removes it there.
pub(crate) fn windows(set_up: bool) -> Result<()> {
    if set_up {
        setup::setup(false)?;
        setup::packages(PACKING)?;
    }
    let cross = Cross::ready(set_up)?;
    let wine = wine::ready(set_up)?;

    // All of these choose the same packages and ask for tests, so that they share what is built of other crates.
    let on_peer = |words: &[&str]| {
        let mut c = cross.cargo();
        c.args(words).args(PACKAGES.iter().flat_map(|p| ["--package", p]));
        c
    };
    let for_wine = ["--features", "wine"];
    let mut lint = on_peer(&["clippy", "--quiet", "--all-targets"]);
    run(lint.args(for_wine).args(["--", "-D", "warnings"]))?;

    run(on_peer(&["build", "--bins", "--tests"]).args(for_wine))?;
    let folder = target_dir()?.join(TARGET).join("debug");
    let tried = target_dir()?.join(TARGET).join("wine");
    std::fs::create_dir_all(&tried)?;
    let exe = tried.join("deskside.exe");
    std::fs::copy(folder.join("deskside.exe"), &exe).context("copying the executable for Wine")?;
    // One process for each file of tests: nextest's one for each test takes a third of a second more every time.
    let mut own = on_peer(&["test", "--quiet", "--no-fail-fast", "--lib", "--bins", "--tests"]);
    wine.apply(own.args(for_wine).envs(FEWER).env(RUNNER, "timeout 600 wine"));
    // They need no display.
    run(own.env_remove("DISPLAY"))?;

    // In its place comes the one for Windows: only what speaks UDP differs. One test is named to share what is built.
    run(&mut on_peer(&["build", "--bins", "--test", "wire_messages"]))?;
    needs_only_windows(&folder.join("deskside.exe"))?;

    let window = wine::window(&tried)?;
    run(cargo().args(["build", "--workspace", "--bins"]))?;
    let mut tests = cargo();
    wine.apply(&mut tests);
    tests.env("DESKSIDE_PROGRAMS", target_dir()?.join("debug")).env("DESKSIDE_EXE", &exe);
    tests.env("DESKSIDE_WINDOW", &window);
    if works("cargo", &["nextest", "--version"]) {
        tests.args(["nextest", "run", "--workspace", "--test", "wine*", "--run-ignored", "only"]);
    } else {
        tests.args(["test", "--workspace", "--test", "wine*", "--"]);
        tests.args(["--ignored", "--test-threads", "1"]);
    }
    run(&mut tests)?;
    let setup = installer::make(&exe, &root().join(ICON), &target_dir()?.join("packages/try-windows"), true)?;
    installer::try_out(&wine, &setup)
}

/// Builds the peer for Windows with optimisation, and makes what people there get, in `target/packages`.
pub(crate) fn package() -> Result<()> {
    setup::packages(PACKING)?;
    let cross = Cross::ready(true)?;
    run(cross.cargo().args(["build", "--release", "--package", "peer"]))?;
    let exe = target_dir()?.join(TARGET).join("release/deskside.exe");
    needs_only_windows(&exe)?;
    installer::make(&exe, &root().join(ICON), &target_dir()?.join("packages"), false).map(|_| ())
}

/// A single file has to run on a Windows where nothing was installed.
fn needs_only_windows(exe: &Path) -> Result<()> {
    let out = std::process::Command::new("x86_64-w64-mingw32-objdump")
        .arg("-p")
        .arg(exe)
        .output()
        .context("could not start x86_64-w64-mingw32-objdump")?;
    if !out.status.success() {
        bail!("{}: {}", exe.display(), String::from_utf8_lossy(&out.stderr).trim());
    }
    let needed = needed(&String::from_utf8_lossy(&out.stdout));
    let foreign: Vec<_> = needed.iter().filter(|dll| !is_of_windows(dll)).cloned().collect();
    if needed.is_empty() || !foreign.is_empty() {
        bail!("{} needs what not every Windows has: {foreign:?} of {needed:?}", exe.display());
    }
    println!("windows: {} needs {} libraries, all of them Windows' own", exe.display(), needed.len());
    Ok(())
}

/// The libraries that objdump names, in small letters.
fn needed(objdump: &str) -> Vec<String> {
    let name = |l: &str| Some(l.trim().strip_prefix("DLL Name:")?.trim().to_lowercase());
    let mut all: Vec<_> = objdump.lines().filter_map(name).collect();
    all.sort();
    all.dedup();
    all
}

fn is_of_windows(dll: &str) -> bool {
    OF_WINDOWS.iter().any(|known| match known.strip_suffix('*') {
        Some(start) => dll.starts_with(start),
        None => dll == *known,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_read_and_told_apart() {
        let text =
            "\tDLL Name: KERNEL32.dll\n\tvma: x\n DLL Name: libwinpthread-1.dll\n DLL Name: kernel32.dll";
        assert_eq!(needed(text), ["kernel32.dll", "libwinpthread-1.dll"]);
        assert!(is_of_windows("kernel32.dll") && is_of_windows("api-ms-win-core-synch-l1-2-0.dll"));
        assert!(!is_of_windows("libstdc++-6.dll") && !is_of_windows("libwinpthread-1.dll"));
    }
}
