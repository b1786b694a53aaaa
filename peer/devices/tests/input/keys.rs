//! Characters, keys and text, typed into a real terminal under several layouts.

use deskside_devices::inject::{InjectError, Injector as _};
use deskside_session::input::{InputEvent, Key, NamedKey};

use crate::{
    desk::{Desk, eventually},
    recorder::{Recorder, Seen},
};

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
    desk.nothing_held();
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

#[test]
fn the_second_layout_of_two_is_used_while_it_is_on() {
    let mut desk = Desk::start();
    desk.run("setxkbmap", &["-layout", "us,ru", "-option", "grp:sclk_toggle"]);
    desk.typewriter();
    let mut agent = desk.agent();
    agent.chars("one раз");
    agent.enter();
    agent.tap(Key::Named(NamedKey::ScrollLock));
    agent.chars("two два");
    agent.enter();
    assert_eq!(desk.typed(2), ["one раз", "two два"]);
}

#[test]
fn the_layout_may_change_in_the_middle() {
    let mut desk = Desk::start();
    desk.layout("us");
    desk.typewriter();
    let mut agent = desk.agent();
    agent.chars("qwaz é");
    agent.enter();
    // A program that lags behind a change of the layout is wrong whoever types.
    assert_eq!(desk.typed(1), ["qwaz é"]);
    agent.down(Key::Char('e'));
    desk.layout("fr");
    agent.up(Key::Char('e'));
    agent.enter();
    agent.chars("qwaz é 中");
    agent.enter();
    assert_eq!(desk.typed(3)[1..], ["e", "qwaz é 中"]);
    desk.layout("de");
    agent.text("xyz 中 é\n");
    assert_eq!(desk.typed(4)[3], "xyz 中 é");
    desk.nothing_held();
}

#[test]
fn held_shift_and_locks_do_not_spoil_characters() {
    let mut desk = Desk::start();
    desk.layout("de");
    desk.typewriter();
    let mut agent = desk.agent();
    let shift = Key::Named(NamedKey::ShiftLeft);
    // Of an agent with a keyboard of the US: Shift is held for what needs none here, and the reverse.
    for line in ["ABC?!<>:\"{}|_+~", "abc/1;'[]\\-=`", "éÉñÑжЖ"] {
        agent.down(shift);
        agent.chars(line);
        agent.up(shift);
        agent.enter();
    }
    agent.down(Key::Named(NamedKey::AltGr));
    agent.chars("a@b€");
    agent.up(Key::Named(NamedKey::AltGr));
    agent.enter();
    for lock in [NamedKey::CapsLock, NamedKey::NumLock] {
        agent.tap(Key::Named(lock));
        agent.chars("aA1!öÖéÉñÑжЖ中");
        agent.text("aA1!öÖéÉñÑжЖ中");
        for k in [NamedKey::Kp7, NamedKey::KpAdd, NamedKey::KpDecimal] {
            agent.tap(Key::Named(k));
        }
        agent.enter();
    }
    let both = "aA1!öÖéÉñÑжЖ中aA1!öÖéÉñÑжЖ中7+,";
    let lines = ["ABC?!<>:\"{}|_+~", "abc/1;'[]\\-=`", "éÉñÑжЖ", "a@b€", both, both];
    assert_eq!(desk.typed(lines.len()), lines);
    let mut leds = desk.command("xset", &["q"]);
    let leds = String::from_utf8(leds.stdout(std::process::Stdio::piped()).output().unwrap().stdout).unwrap();
    assert!(leds.contains("Caps Lock:   on") && leds.contains("Num Lock:    on"), "{leds}");
}

#[test]
fn the_keypads_decimal_key_is_the_one_of_the_layout() {
    let desk = Desk::start();
    desk.layout("de");
    let mut window = Recorder::open(&desk, (0, 0), (100, 100), false);
    window.show();
    window.focus(window.window);
    let mut agent = desk.agent();
    agent.tap(Key::Named(NamedKey::KpDecimal));
    let seen = window.seen(&mut agent);
    // Key 129 is the one of some rare keyboards. NumLock is on for this press only.
    let numlock = 1 << 4;
    assert!(seen.contains(&Seen::Key { code: 91, down: true, state: numlock }), "{seen:?}");
    agent.tap(Key::Named(NamedKey::Left));
    assert!(window.seen(&mut agent).contains(&Seen::Key { code: 113, down: true, state: 0 }));
}

#[test]
fn keys_overlap_as_on_a_real_keyboard() {
    let mut desk = Desk::start();
    desk.layout("fr");
    desk.typewriter();
    let mut agent = desk.agent();
    // Each next key goes down before the last is up; ups may name another case, or another character.
    let mut last = None;
    for c in "a1A2é@B".chars() {
        agent.down(Key::Char(c));
        if let Some(last) = last.replace(c) {
            agent.up(Key::Char(last));
        }
    }
    agent.up(Key::Char('b'));
    agent.down(Key::Char('!'));
    agent.up(Key::Char('1'));
    desk.nothing_held();
    agent.enter();
    assert_eq!(desk.typed(1), ["a1A2é@B!"]);
}

#[test]
fn only_the_agent_repeats_a_held_key() {
    let mut desk = Desk::start();
    desk.run("xset", &["r", "rate", "50", "100"]);
    desk.typewriter();
    let mut agent = desk.agent();
    agent.down(Key::Named(NamedKey::ShiftLeft));
    agent.down(Key::Char('a'));
    agent.down(Key::Char('B'));
    // The up is late: the server would have repeated it by now.
    desk.run("xdotool", &["sleep", "0.5"]);
    agent.up(Key::Char('B'));
    agent.up(Key::Char('a'));
    agent.up(Key::Named(NamedKey::ShiftLeft));
    for _ in 0..3 {
        agent.down(Key::Char('é'));
    }
    agent.up(Key::Char('é'));
    agent.enter();
    assert_eq!(desk.typed(1), ["aBééé"]);
    // The person's keys repeat as before.
    desk.run("xdotool", &["keydown", "a", "sleep", "1", "keyup", "a", "key", "Return"]);
    assert!(desk.typed(2)[1].len() > 3);
}

#[test]
fn control_c_interrupts_under_every_layout() {
    for layout in ["fr", "ru"] {
        let mut desk = Desk::start();
        desk.layout(layout);
        desk.terminal("trap 'echo stopped > typed; exit' INT; touch ready; while :; do sleep 0.1; done");
        let mut agent = desk.agent();
        agent.down(Key::Named(NamedKey::ControlLeft));
        agent.tap(Key::Char('c'));
        agent.up(Key::Named(NamedKey::ControlLeft));
        assert_eq!(desk.typed(1), ["stopped"], "{layout}");
    }
}

#[test]
fn positions_are_keys_of_the_customers_keyboard() {
    let mut desk = Desk::start();
    desk.layout("fr");
    desk.typewriter();
    let mut agent = desk.agent();
    // Q W A on the agent's keyboard of the US.
    for usage in [0x14, 0x1a, 0x04] {
        agent.tap(Key::Position(usage));
    }
    for usage in [0, 1, 3, 0xe8, 0x1000, u16::MAX] {
        let event = InputEvent::Key { key: Key::Position(usage), down: true };
        assert_eq!(agent.send(event), Err(InjectError::NoSuchKey), "{usage:#x}");
    }
    agent.enter();
    assert_eq!(desk.typed(1), ["azq"]);
}

#[test]
fn control_characters_are_no_keys_and_texts_have_an_end() {
    let mut desk = Desk::start();
    desk.typewriter();
    let mut agent = desk.agent();
    for c in ['\0', '\u{1}', '\u{3}', '\u{1f}', '\u{9b}'] {
        let event = InputEvent::Key { key: Key::Char(c), down: true };
        assert_eq!(agent.send(event), Err(InjectError::NoSuchKey));
    }
    assert_eq!(agent.send(InputEvent::Text { text: "a\u{3}b\n".into() }), Err(InjectError::NoSuchKey));
    let long = "é".repeat(1_001);
    assert!(matches!(agent.send(InputEvent::Text { text: long }), Err(InjectError::Failed(_))));
    agent.text("");
    agent.text(&format!("{}\n", "x".repeat(999)));
    assert_eq!(desk.typed(2), ["ab".to_owned(), "x".repeat(999)]);
}

#[test]
fn all_that_is_held_is_released() {
    let desk = Desk::start();
    desk.layout("fr");
    let unused = desk.unused_keys();
    let mut agent = desk.agent();
    let hold = |agent: &mut crate::desk::Agent| {
        agent.down(Key::Named(NamedKey::ControlLeft));
        agent.down(Key::Named(NamedKey::ShiftRight));
        agent.down(Key::Char('1'));
        agent.down(Key::Char('中'));
        agent.down(Key::Char('é'));
        agent.down(Key::Position(0x3a));
    };
    hold(&mut agent);
    assert!(desk.keys_down().len() >= 5, "{:?}", desk.keys_down());
    agent.0.release_all();
    desk.nothing_held();
    hold(&mut agent);
    drop(agent);
    desk.nothing_held();
    eventually("lent keys are given back", || desk.unused_keys() == unused);
}
