//! Where the two programs are.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

/// The peer.
pub fn deskside() -> PathBuf {
    folder().join("deskside")
}

/// The server.
pub fn deskside_server() -> PathBuf {
    folder().join("deskside-server")
}

/// `DESKSIDE_PROGRAMS` when the caller built them; else the folder of this test's own profile, after
/// one `cargo build` (cargo itself lets several that do so wait for each other).
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| match std::env::var_os("DESKSIDE_PROGRAMS") {
        Some(folder) => folder.into(),
        None => build(),
    })
}

fn build() -> PathBuf {
    let own = std::env::current_exe().expect("the path of this test");
    // target/<profile>/deps/<test>, or target/<profile>/examples/<example>
    let profile = own.parent().and_then(Path::parent).expect("a test lies in a profile's folder");
    let target = profile.parent().expect("a profile's folder lies in the target folder");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--package", "peer", "--package", "signal-server", "--bins"]);
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    let status = cargo
        .arg("--target-dir")
        .arg(target)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .stdin(Stdio::null())
        .status()
        .expect("cargo starts");
    assert!(status.success(), "building the programs failed");
    profile.to_path_buf()
}
