//! What people on Windows get: an installer for themselves alone, and an archive with the single file in it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};

use super::wine::Wine;
use crate::run::{root, run};

/// Makes both of them beside each other in this folder; gives the installer. `quick`: larger ones, in a tenth of the time.
pub(super) fn make(exe: &Path, icon: &Path, folder: &Path, quick: bool) -> Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let stripped = folder.join("deskside.exe");
    let mut strip = Command::new("x86_64-w64-mingw32-strip");
    run(strip.arg("-o").arg(&stripped).arg(exe))?;
    let setup = folder.join("deskside-setup.exe");
    let define = |name: &str, value: &Path| format!("-D{name}={}", value.display());
    let mut makensis = Command::new("makensis");
    makensis.args(["-V2", "-WX"]).args([
        define("EXE", &stripped),
        define("ICON", icon),
        define("OUT", &setup),
    ]);
    makensis.arg(concat!("-DVERSION=", env!("CARGO_PKG_VERSION")));
    if quick {
        makensis.arg("-DQUICK");
    }
    makensis.arg(root().join("packaging/windows/setup.nsi"));
    run(&mut makensis)?;
    let archive = folder.join("deskside-windows.zip");
    if archive.exists() {
        fs::remove_file(&archive)?;
    }
    run(Command::new("zip")
        .args(["-q", if quick { "-1" } else { "-9" }, "-j"])
        .arg(&archive)
        .arg(&stripped)
        .arg(root().join("LICENSE-MIT")))?;
    for file in [&setup, &archive] {
        println!("windows: {} ({} kB)", file.display(), fs::metadata(file)?.len() / 1000);
    }
    Ok(setup)
}

/// Installs it in Wine, looks, and removes it again.
pub(super) fn try_out(wine: &Wine, setup: &Path) -> Result<()> {
    let in_wine = |program: &Path, args: &[&str]| {
        let mut command = Command::new("timeout");
        wine.apply(command.args(["120", "wine"]).arg(program).args(args).env_remove("DISPLAY"));
        command
    };
    run(&mut in_wine(setup, &["/S"]))?;
    let user = only_user(&wine.drive().join("users"))?;
    let folder = wine.drive().join("users").join(&user).join("AppData/Local/Programs/Deskside");
    let installed = folder.join("deskside.exe");
    let out = in_wine(&installed, &["--version"]).output()?;
    let version = String::from_utf8_lossy(&out.stdout);
    ensure!(version.contains(env!("CARGO_PKG_VERSION")), "the installed program says: {version}");
    let link = ["query", r"HKCU\Software\Classes\deskside\shell\open\command"];
    let opens = in_wine(Path::new("reg"), &link).output()?;
    let opens = String::from_utf8_lossy(&opens.stdout).into_owned();
    ensure!(opens.contains(r"Programs\Deskside\deskside.exe"), "links are opened by: {opens}");
    let entry = ["query", r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Deskside"];
    ensure!(
        in_wine(Path::new("reg"), &entry).output()?.status.success(),
        "it is not in the list of programs"
    );

    // In place, so that it is waited for.
    let place = format!(r"_?=C:\users\{user}\AppData\Local\Programs\Deskside");
    run(&mut in_wine(&folder.join("uninstall.exe"), &["/S", &place]))?;
    if installed.exists() {
        bail!("{} was not removed", installed.display());
    }
    for gone in [&link, &entry] {
        ensure!(!in_wine(Path::new("reg"), gone).output()?.status.success(), "{} was left", gone[1]);
    }
    println!("windows: installed, looked at and removed again");
    Ok(())
}

/// The person of this Wine: the only folder beside everybody's.
fn only_user(users: &Path) -> Result<String> {
    let all = fs::read_dir(users).with_context(|| users.display().to_string())?;
    let mut names = all.filter_map(|e| e.ok()?.file_name().into_string().ok()).filter(|n| n != "Public");
    names.next().with_context(|| format!("nobody is in {}", users.display()))
}
