//! Clipboard texts and pictures both ways with a real program.

use std::{
    io::Write as _,
    process::{Child, Stdio},
    sync::mpsc,
};

use deskside_devices::clipboard::{
    Clipboard as _, Copied,
    x11::{Selection, open},
};
use deskside_session::{clipboard::Clip, wire::MAX_CLIPBOARD as MAX_TEXT};

use crate::desk::{Desk, eventually};

fn clipboard(desk: &Desk) -> (Selection, mpsc::Receiver<Clip>) {
    let (told, texts) = mpsc::sync_channel(64);
    let tell = move |c| {
        if let Copied::Clip(clip) = c {
            told.send(clip).unwrap()
        }
    };
    let clipboard = open(Some(&desk.name), Box::new(tell)).unwrap();
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
        assert_eq!(texts.recv_timeout(desk.patience()), Ok(text.into()));
    }
    // Latin-1 from a program that knows nothing else.
    copy(&desk, b"caf\xe9", &["-target", "STRING"]);
    assert_eq!(texts.recv_timeout(desk.patience()), Ok("café".into()));
    clipboard.watch(false);
    copy(&desk, b"unseen", &[]);
    eventually("it is there", || paste(&desk, &[]) == b"unseen");
    clipboard.watch(true);
    copy(&desk, b"last", &[]);
    assert_eq!(texts.recv_timeout(desk.patience()), Ok("last".into()));
}

#[test]
fn what_is_too_large_is_ignored_both_ways() {
    let desk = Desk::start();
    let (clipboard, texts) = clipboard(&desk);
    clipboard.watch(true);
    // (xclip cannot serve two at once, so nobody else may paste it.)
    let mut served = copying(&desk, "x".repeat(MAX_TEXT + 1).as_bytes(), &["-loops", "1"]);
    eventually("it was taken", || served.try_wait().unwrap().is_some());
    clipboard.set(Clip::Text("y".repeat(MAX_TEXT + 1)));
    let most = "z".repeat(MAX_TEXT);
    copy(&desk, most.as_bytes(), &[]);
    assert_eq!(texts.recv_timeout(desk.patience()), Ok(Clip::Text(most)));
    assert!(texts.try_recv().is_err());
}

#[test]
fn set_texts_can_be_pasted_and_are_not_told() {
    let desk = Desk::start();
    let (clipboard, texts) = clipboard(&desk);
    clipboard.watch(true);
    for text in ["one", "zwei é中😀", &large(900_000), &"w".repeat(MAX_TEXT)] {
        clipboard.set(text.into());
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
    assert_eq!(texts.recv_timeout(desk.patience()), Ok("new".into()));
    assert!(texts.try_recv().is_err());
    drop(clipboard);
    assert_eq!(paste(&desk, &[]), b"new");
}

const PNG: &[&str] = &["-target", "image/png"];

/// A picture with so many rows of noise, and something of a camera beside it.
fn picture(rows: u32) -> (Vec<u8>, Vec<u8>) {
    let mut noise = 1u32;
    let pixels: Vec<u8> = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 24) as u8
    })
    .take(600 * rows as usize * 4)
    .collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 600, rows);
    encoder.set_color(png::ColorType::Rgba);
    encoder.add_text_chunk("Location".into(), "at home".into()).unwrap();
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    (file, pixels)
}

fn pixels(file: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    pixels
}

#[test]
fn pictures_of_other_programs_are_told_without_what_they_say_beside() {
    let desk = Desk::start();
    let (clipboard, clips) = clipboard(&desk);
    clipboard.watch(true);
    // The second in parts.
    for rows in [2, 900] {
        let (file, all) = picture(rows);
        copy(&desk, &file, PNG);
        let Ok(Clip::Picture(told)) = clips.recv_timeout(desk.patience()) else { panic!("no picture") };
        assert_eq!(pixels(&told), all);
        assert!(!told.windows(8).any(|w| w == b"Location"));
    }
    // What only says that it is a picture is none; a text after it is told as ever.
    let mut served = copying(&desk, b"no picture", &["-target", "image/png", "-loops", "1"]);
    eventually("it was taken", || served.try_wait().unwrap().is_some());
    copy(&desk, b"text", &[]);
    assert_eq!(clips.recv_timeout(desk.patience()), Ok("text".into()));
}

#[test]
fn set_pictures_can_be_pasted_and_broken_ones_never_get_there() {
    let desk = Desk::start();
    let (clipboard, clips) = clipboard(&desk);
    clipboard.watch(true);
    for rows in [2, 900] {
        let (file, all) = picture(rows);
        clipboard.set(Clip::Picture(file));
        eventually("it can be pasted", || {
            let got = paste(&desk, PNG);
            !got.is_empty() && pixels(&got) == all
        });
    }
    assert_eq!(paste(&desk, &[]), b"", "it is no text");
    clipboard.set("text".into());
    eventually("the text is there", || paste(&desk, &[]) == b"text");
    clipboard.set(Clip::Picture(b"\x89PNG and then nothing of a picture".to_vec()));
    clipboard.set(Clip::Picture(vec![0; 9 << 20]));
    copy(&desk, b"new", &[]);
    assert_eq!(clips.recv_timeout(desk.patience()), Ok("new".into()));
    assert!(clips.try_recv().is_err());
}
