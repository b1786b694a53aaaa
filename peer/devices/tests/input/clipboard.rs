//! Clipboard text both ways with a real program.

use std::{
    io::Write as _,
    process::{Child, Stdio},
    sync::mpsc,
};

use deskside_devices::clipboard::{
    Clipboard as _, MAX_TEXT,
    x11::{Selection, open},
};

use crate::desk::{Desk, eventually};

fn clipboard(desk: &Desk) -> (Selection, mpsc::Receiver<String>) {
    let (told, texts) = mpsc::sync_channel(64);
    let clipboard = open(Some(&desk.name), Box::new(move |t| told.send(t).unwrap())).unwrap();
    (clipboard, texts)
}

/// What a person copies in another program, which offers it until the next.
fn copy(desk: &Desk, text: &[u8], args: &[&str]) {
    desk.keep(copying(desk, text, args));
}

fn copying(desk: &Desk, text: &[u8], args: &[&str]) -> Child {
    let args = [&["-selection", "clipboard", "-in", "-quiet"], args].concat();
    let mut xclip = desk.command("xclip", &args).stdin(Stdio::piped()).spawn().unwrap();
    xclip.stdin.take().unwrap().write_all(text).unwrap();
    xclip
}

fn paste(desk: &Desk, args: &[&str]) -> Vec<u8> {
    let args = [&["-selection", "clipboard", "-out"], args].concat();
    desk.command("xclip", &args).stdout(Stdio::piped()).output().unwrap().stdout
}

/// 900 kB of text that is the same nowhere.
fn large(bytes: usize) -> String {
    (0u32..)
        .flat_map(|i| format!("{i} é中\n").chars().collect::<Vec<_>>())
        .scan(0, |n, c| {
            *n += c.len_utf8();
            (*n <= bytes).then_some(c)
        })
        .collect()
}

#[test]
fn texts_of_other_programs_are_told_while_watched() {
    let desk = Desk::start();
    let (clipboard, texts) = clipboard(&desk);
    copy(&desk, b"before", &[]);
    eventually("it is there", || paste(&desk, &[]) == b"before");
    clipboard.watch(true);
    let large = large(900_000);
    for text in ["first é中😀", "second\nline", &large, "third"] {
        copy(&desk, text.as_bytes(), &[]);
        assert_eq!(texts.recv_timeout(desk.patience()).as_deref(), Ok(text));
    }
    // Latin-1 from a program that knows nothing else.
    copy(&desk, b"caf\xe9", &["-target", "STRING"]);
    assert_eq!(texts.recv_timeout(desk.patience()).as_deref(), Ok("café"));
    clipboard.watch(false);
    copy(&desk, b"unseen", &[]);
    eventually("it is there", || paste(&desk, &[]) == b"unseen");
    clipboard.watch(true);
    copy(&desk, b"last", &[]);
    assert_eq!(texts.recv_timeout(desk.patience()).as_deref(), Ok("last"));
}

#[test]
fn what_is_too_large_is_ignored_both_ways() {
    let desk = Desk::start();
    let (clipboard, texts) = clipboard(&desk);
    clipboard.watch(true);
    // (xclip cannot serve two at once, so nobody else may paste it.)
    let mut served = copying(&desk, "x".repeat(MAX_TEXT + 1).as_bytes(), &["-loops", "1"]);
    eventually("it was taken", || served.try_wait().unwrap().is_some());
    clipboard.set("y".repeat(MAX_TEXT + 1));
    copy(&desk, "z".repeat(MAX_TEXT).as_bytes(), &[]);
    assert_eq!(texts.recv_timeout(desk.patience()).map(|t| t.len()), Ok(MAX_TEXT));
    assert!(texts.try_recv().is_err());
}

#[test]
fn set_texts_can_be_pasted_and_are_not_told() {
    let desk = Desk::start();
    let (clipboard, texts) = clipboard(&desk);
    clipboard.watch(true);
    for text in ["one", "zwei é中😀", &large(900_000), &"w".repeat(MAX_TEXT)] {
        clipboard.set(text.to_owned());
        eventually("it can be pasted", || paste(&desk, &[]) == text.as_bytes());
    }
    clipboard.set("é中".into());
    eventually("as Latin-1, too", || paste(&desk, &["-target", "STRING"]) == b"\xe9?");
    let targets = String::from_utf8(paste(&desk, &["-target", "TARGETS"])).unwrap();
    assert!(targets.contains("UTF8_STRING") && targets.contains("text/plain;charset=utf-8"), "{targets}");
    // A program that takes the same text over, as clipboard managers do, says nothing new.
    let mut served = copying(&desk, "é中".as_bytes(), &["-loops", "1"]);
    eventually("it was taken", || served.try_wait().unwrap().is_some());
    copy(&desk, b"new", &[]);
    assert_eq!(texts.recv_timeout(desk.patience()).as_deref(), Ok("new"));
    assert!(texts.try_recv().is_err());
    drop(clipboard);
    assert_eq!(paste(&desk, &[]), b"new");
}
