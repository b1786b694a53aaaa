//! Characters, keys and text, typed into a real terminal under several layouts.

use deskside_devices::inject::{InjectError, Injector as _};
use deskside_session::input::{InputEvent, Key, NamedKey};

use crate::desk::Desk;

/// Letters of both cases, signs that sit elsewhere on each keyboard, AltGr characters, what dead keys
/// make, and other scripts.
const LINES: [&str; 5] = [
    "The quick brown FOX; jumps (over) \"the\" lazy dog: 0123456789!",
    "~`'^@#$%&*-_=+[]{}|\\/<>?,. <a@b.c>",
    "éèàçùâêîôûëïüöäßñõÀÉÖÜÇ",
    "€ £ § ² µ ° ¿ « »",
    "жук Щит 中文 日本 😀🎉 Ελλάδα",
];

fn types_everything(layout: &str) {
    let mut desk = Desk::start();
    desk.layout(layout);
    desk.typewriter();
    let mut agent = desk.agent();
    let mut lines = 0;
    let mut check = |desk: &Desk, line: &str| {
        lines += 1;
        assert_eq!(desk.typed(lines).last().unwrap(), line, "layout {layout}");
    };
    for line in LINES {
        agent.chars(line);
        agent.enter();
        check(&desk, line);
    }
    for line in LINES {
        agent.text(&format!("{line}\n"));
        check(&desk, line);
    }
    assert_eq!(desk.keys_down(), Vec::<u8>::new());
}

#[test]
fn us_layout() {
    types_everything("us");
}

#[test]
fn french_layout() {
    types_everything("fr");
}

#[test]
fn german_layout() {
    types_everything("de");
}

#[test]
fn russian_layout() {
    types_everything("ru");
}
