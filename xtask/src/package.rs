//! Packages for other people's machines.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    run::{cargo, root, run, target_dir, works},
    setup,
};

/// The version of cargo-deb that makes them.
const CARGO_DEB: &str = "3.8.0";
/// The package in the workspace, and what its Debian package is called.
const PACKAGES: [(&str, &str); 2] = [("peer", "deskside"), ("signal-server", "deskside-server")];

/// Makes the Debian packages in `target/packages`. `dev`: of the development builds, to try the packages themselves.
/// `check`: then installs and removes them, on a copy of this system that is thrown away.
pub(crate) fn package(dev: bool, check: bool) -> Result<()> {
    setup::setup(false)?;
    let target = target_dir()?;
    let (profile, folder) = if dev { ("dev", "debug") } else { ("release", "release") };
    run(cargo().args(["build", "--workspace", "--bins", "--profile", profile]))?;
    let deb = cargo_deb(&target.join("tools"))?;
    let packages = target.join("packages");
    fs::create_dir_all(&packages).with_context(|| packages.display().to_string())?;
    let mut made = Vec::new();
    for (package, name) in PACKAGES {
        let file = packages.join(format!("{name}.deb"));
        let mut c = Command::new(&deb);
        c.current_dir(root()).args(["deb", "--no-build", "--package", package, "--profile", profile]);
        // A development build without its tables is a third of the size.
        c.args(["--strip", "--output"]).arg(&file);
        run(&mut c)?;
        made.push(file);
    }
    println!("package: made of target/{folder}:");
    for file in &made {
        println!("  {} ({} kB)", file.display(), fs::metadata(file)?.len() / 1000);
    }
    if check { try_out(&target, &made) } else { Ok(()) }
}

/// cargo-deb as it is here, or built into the project's own folder of tools.
fn cargo_deb(tools: &Path) -> Result<PathBuf> {
    let ours = tools.join("bin/cargo-deb");
    let is_right = |program: &Path| {
        let out = Command::new(program).arg("--version").output();
        out.is_ok_and(|o| String::from_utf8_lossy(&o.stdout).contains(CARGO_DEB))
    };
    if is_right(Path::new("cargo-deb")) {
        return Ok("cargo-deb".into());
    }
    if !is_right(&ours) {
        let mut c = cargo();
        c.args(["install", "--quiet", "--debug", "--locked", "--no-default-features", "--root"]).arg(tools);
        run(c.arg(format!("cargo-deb@{CARGO_DEB}")))?;
    }
    Ok(ours)
}

/// Installs, looks, removes: on top of this system's files, in memory, in namespaces of its own.
fn try_out(target: &Path, packages: &[PathBuf]) -> Result<()> {
    ensure!(
        works("sh", &["-c", "test \"$(id -u)\" = 0"]),
        "only root can try packages: run this as root, or leave --check out"
    );
    let work = target.join("packages/try");
    fs::create_dir_all(&work)?;
    let script = root().join("packaging/linux/check.sh");
    let mut c = Command::new("unshare");
    c.args(["--mount", "--pid", "--fork", "sh"]).arg(script).arg(&work).args(packages);
    run(&mut c)?;
    if fs::read_dir(&work)?.next().is_some() {
        bail!("{} was not left empty", work.display());
    }
    Ok(())
}
