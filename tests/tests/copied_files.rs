//! D2, files: what is copied in one computer's file manager is pasted on the other, when it is granted and not before.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use deskside_session::{
    command::{Act, Command},
    direction::Direction,
    files::Stopped,
    view::{Notice, View},
};
use deskside_tests::{Display, Peer, Server, peer::Start, scene::secure, until, wait};

struct Two {
    agent: Peer,
    customer: Peer,
    desk: Display,
    office: Display,
    _server: Server,
}

fn two(acts: &[Act]) -> Two {
    let server = Server::start();
    let (desk, office) = (Display::start(640, 480, "us"), Display::start(640, 480, "us"));
    let agent = Start::new("agent", server.url(), Some(&office)).agent().start();
    let number = agent.wait_session("a number", |_| true).number.to_string();
    let customer = Peer::customer(&server, Some(&desk), &number);
    agent.wait_session("the customer", secure);
    customer.wait_session("the agent", secure);
    let mut two = Two { agent, customer, desk, office, _server: server };
    for act in acts {
        two.agent.tell(Command::Ask { act: *act });
        two.customer.answer(*act, true);
        two.agent.wait_session("the grant", |s| s.grants.iter().any(|g| g.act == *act));
    }
    two
}

/// Copies files as a file manager does.
fn copy(display: &Display, paths: &[PathBuf]) {
    let uris: String =
        paths.iter().map(|p| format!("file://{}\r\n", p.display()).replace(' ', "%20")).collect();
    fs::write(display.file("to-copy.uris"), uris).unwrap();
    let mut xclip = display.command("xclip");
    xclip.args(["-selection", "clipboard", "-target", "text/uri-list", "-in", "to-copy.uris"]);
    assert!(xclip.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
}

/// What a program gets that pastes files within so many seconds.
fn paste(display: &Display, target: &str, seconds: &str) -> String {
    let mut xclip = display.command("timeout");
    let out = xclip
        .args([seconds, "xclip", "-selection", "clipboard", "-target", target, "-out"])
        .output()
        .unwrap();
    String::from_utf8(out.stdout).unwrap()
}

fn targets(display: &Display) -> String {
    paste(display, "TARGETS", "5")
}

/// Waits until files are offered there, and pastes them.
fn paste_files(display: &Display) -> Vec<PathBuf> {
    until("files are offered", || targets(display).contains("x-special/gnome-copied-files").then_some(()));
    paths(&paste(display, "text/uri-list", "30"))
}

fn paths(uris: &str) -> Vec<PathBuf> {
    let path = |l: &str| {
        PathBuf::from(l.strip_prefix("file://").unwrap().replace("%20", " ").replace("%C3%A9", "é"))
    };
    uris.lines().map(path).collect()
}

/// All files below, with their contents.
fn tree(at: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut waiting = vec![at.to_owned()];
    while let Some(next) = waiting.pop() {
        let meta = fs::symlink_metadata(&next).unwrap();
        let name = next.strip_prefix(at).unwrap().to_string_lossy().into_owned();
        if meta.is_dir() {
            assert_eq!(meta.permissions().mode() & 0o077, 0, "{next:?}");
            found.push((name, Vec::new()));
            waiting.extend(fs::read_dir(&next).unwrap().map(|e| e.unwrap().path()));
        } else {
            assert_eq!(meta.permissions().mode() & 0o777, 0o600, "{next:?}");
            found.push((name, fs::read(&next).unwrap()));
        }
    }
    found.sort();
    found
}

/// Where a peer keeps what was pasted.
fn received(peer: &Peer) -> PathBuf {
    peer.home().parent().unwrap().join(".cache/deskside/received")
}

/// A folder as people have them, with things in it that must not go.
fn folder(at: &Path) -> PathBuf {
    let home = at.join("holiday photos");
    fs::create_dir_all(home.join("in the north/empty")).unwrap();
    let noise: Vec<u8> = (0..3_000_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    fs::write(home.join("big.raw"), noise).unwrap();
    fs::write(home.join("in the north/réné.txt"), "naïve €").unwrap();
    fs::write(home.join("nothing"), "").unwrap();
    fs::write(home.join("run.sh"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(home.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    symlink("/etc/passwd", home.join("link")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(home.join("pipe")).status().unwrap().success());
    home
}

fn notice(fits: impl Fn(&Notice) -> bool) -> impl Fn(&View) -> bool {
    move |s| s.notice.as_ref().is_some_and(|(_, n)| fits(n))
}

#[test]
fn files_and_folders_are_pasted_on_the_other_side_and_gone_after_the_session() {
    let mut two = two(&[Act::CopiedFiles]);
    let (there, here) = (folder(two.desk.folder()), two.office.file("réponse.txt"));
    fs::write(&here, "from the agent").unwrap();

    copy(&two.desk, std::slice::from_ref(&there));
    until("files are offered", || targets(&two.office).contains("text/uri-list").then_some(()));
    assert!(!received(&two.agent).exists(), "nothing goes before somebody pastes");
    let pasted = paste_files(&two.office);
    assert_eq!(pasted.len(), 1);
    assert!(
        pasted[0].starts_with(received(&two.agent)) && pasted[0].ends_with("holiday photos"),
        "{pasted:?}"
    );
    let got = tree(&pasted[0]);
    let names: Vec<_> = got.iter().map(|(n, _)| n.as_str()).collect();
    let all =
        ["", "big.raw", "in the north", "in the north/empty", "in the north/réné.txt", "nothing", "run.sh"];
    assert_eq!(names, all);
    for (name, contents) in got.iter().filter(|(n, _)| there.join(n).is_file()) {
        assert!(fs::read(there.join(name)).unwrap() == *contents, "{name}");
    }
    two.agent.wait_session(
        "the news",
        notice(|n| matches!(n, Notice::FilesMoved { sent: false, files: 4, skipped: 2, .. })),
    );
    two.customer.wait_session("the news", notice(|n| matches!(n, Notice::FilesMoved { sent: true, .. })));
    assert_eq!(paste(&two.office, "x-special/gnome-copied-files", "5").lines().next(), Some("copy"));

    copy(&two.office, &[here]);
    until("other files are offered", || targets(&two.desk).contains("text/uri-list").then_some(()));
    // Who gives up finds them at the next try.
    let came = notice(|n| matches!(n, Notice::FilesMoved { sent: false, .. }));
    until("they are there", || {
        paste(&two.desk, "text/uri-list", "0.02");
        two.customer.session().filter(|v| came(v))
    });
    let back = paths(&paste(&two.desk, "text/uri-list", "2"));
    assert_eq!(fs::read(&back[0]).unwrap(), b"from the agent");
    assert!(back[0].starts_with(received(&two.customer)) && back[0].ends_with("réponse.txt"), "{back:?}");

    two.agent.tell(Command::End);
    for peer in [&two.agent, &two.customer] {
        until("the files are gone", || (fs::read_dir(received(peer)).unwrap().count() == 0).then_some(()));
    }
}

#[test]
fn without_their_own_grant_no_files_are_offered() {
    let two = two(&[Act::Clipboard]);
    let file = two.desk.file("secret.txt");
    fs::write(&file, "secret").unwrap();
    two.office.copy("mine");
    copy(&two.desk, &[file]);
    let office = &two.office;
    wait::never("files that are offered", Duration::from_secs(2), || {
        (office.clipboard() != "mine").then_some(())
    });
    // And a text goes on as before.
    two.desk.copy("a text");
    until("it arrived", || (two.office.clipboard() == "a text").then_some(()));
}

#[test]
fn the_direction_closes_the_way_also_for_what_is_offered_already() {
    let mut two = two(&[Act::CopiedFiles]);
    let file = two.desk.file("report.txt");
    fs::write(&file, "report").unwrap();
    copy(&two.desk, std::slice::from_ref(&file));
    until("files are offered", || targets(&two.office).contains("text/uri-list").then_some(()));
    two.customer.tell(Command::ClipboardDirection { direction: Direction::ToCustomer });
    two.agent.wait_session("the direction", |s| s.clipboard == Direction::ToCustomer);
    until("they are offered no more", || (!targets(&two.office).contains("text/uri-list")).then_some(()));
    assert_eq!(paste(&two.office, "text/uri-list", "5"), "");
    copy(&two.desk, &[file]);
    let office = &two.office;
    wait::never("files against the direction", Duration::from_secs(1), || {
        targets(office).contains("text/uri-list").then_some(())
    });
    assert!(!received(&two.agent).exists());
}

#[test]
fn a_file_that_changed_is_told_in_words_and_can_be_copied_again() {
    let two = two(&[Act::CopiedFiles]);
    let file = two.desk.file("log.txt");
    fs::write(&file, "one line\n").unwrap();
    copy(&two.desk, std::slice::from_ref(&file));
    until("files are offered", || targets(&two.office).contains("text/uri-list").then_some(()));
    fs::write(&file, "one line\nanother\n").unwrap();
    assert_eq!(paste(&two.office, "text/uri-list", "20"), "", "the program that pastes gets nothing");
    let changed = |n: &Notice| {
        let Notice::FilesStopped { stopped: Stopped::Changed { .. }, entry, .. } = n else { return false };
        entry.as_deref() == Some("log.txt")
    };
    two.agent.wait_session("the reason", notice(changed));
    two.customer.wait_session("the reason", notice(changed));
    copy(&two.desk, &[file]);
    let both = until("the new ones", || {
        let found = paths(&paste(&two.office, "text/uri-list", "20"));
        found.first().map(|p| fs::read_to_string(p).unwrap())
    });
    assert_eq!(both, "one line\nanother\n");
}
