//! Gives the program for Windows its icon, its version and its manifest.

use std::io;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=windows/deskside.manifest");
    println!("cargo::rerun-if-changed=../assets/icon/deskside.ico");
    // The system that is built for; `cfg!` would ask for the one that builds.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("windows") {
        return Ok(());
    }
    let mut resource = winresource::WindowsResource::new();
    resource
        .set_icon("../assets/icon/deskside.ico")
        .set_manifest_file("windows/deskside.manifest")
        .set("ProductName", "Deskside")
        .set("FileDescription", "Deskside: remote support that people can trust")
        .set("OriginalFilename", "deskside.exe")
        .set("LegalCopyright", "MIT or Apache-2.0");
    resource.compile()
}
