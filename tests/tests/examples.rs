//! What `examples/` shows works.

use std::process::{Command, Stdio};

use deskside_tests::{
    Display, Picture, Server, programs,
    server::{AGENT, PASSWORD},
};

#[test]
fn a_script_drives_both_sides() {
    let server = Server::start();
    let desk = Display::start(800, 600, "us");
    desk.terminal("the customer's terminal", "60x20+50+50", "cat");
    let picture = desk.file("picture.png");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/headless-pair.sh");
    let mut run: Command = desk.command(script);
    let out = run
        .args([server.url(), AGENT])
        .arg(&picture)
        .env("DESKSIDE", programs::deskside())
        .env("DESKSIDE_PASSWORD", PASSWORD)
        .stderr(Stdio::inherit())
        .output()
        .expect("the script starts");
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success() && said.ends_with("ended\n"), "{said}");
    assert_eq!(Picture::read(&picture).different(&desk.picture()), 0);
}

#[test]
fn the_servers_example_settings_are_right() {
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/config/server.toml");
    let out = Command::new(programs::deskside_server()).args(["--config", config, "--check"]).output();
    let out = out.expect("the server starts");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}
