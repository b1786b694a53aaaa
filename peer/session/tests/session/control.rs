//! Pointer and keyboard from the agent to the customer's devices.

use deskside_session::{
    command::{Act, Coder, Command, Screen, Shortcut},
    input::{Button, InputEvent, Key, NamedKey},
    io::{DeviceEvent, Output},
    quality::{Colours, Quality, Sharpness},
    view::{Monitor, Notice, Trouble},
};

use crate::sim::{AGENT, CUSTOMER, Weather, World};

fn mv(x: u16, y: u16) -> InputEvent {
    InputEvent::Move { x, y }
}
fn click(down: bool, x: u16, y: u16) -> InputEvent {
    InputEvent::Button { button: Button::Left, down, x, y }
}
fn key(c: char, down: bool) -> InputEvent {
    InputEvent::Key { key: Key::Char(c), down }
}

#[test]
fn events_arrive_in_order_and_inside_the_picture() {
    let mut w = World::with(Act::Control);
    w.take_log(CUSTOMER);
    for e in [mv(10, 20), click(true, 11, 20), click(false, 11, 20), key('é', true), key('é', false)] {
        w.send(e);
        w.run(10);
    }
    w.send(mv(5_000, 5_000));
    w.run(10);
    w.forge(AGENT, CUSTOMER, {
        br#"{"type":"input","n":100,"event":{"input":"move","x":60000,"y":3}}"#.to_vec()
    });
    assert_eq!(
        w.injected(CUSTOMER),
        [
            mv(10, 20),
            click(true, 11, 20),
            click(false, 11, 20),
            key('é', true),
            key('é', false),
            mv(799, 599),
            mv(799, 3)
        ]
    );
}

#[test]
fn a_click_that_a_move_overtook_happens_in_its_place_and_the_pointer_goes_on() {
    let mut w = World::with(Act::Control);
    w.take_log(CUSTOMER);
    for (n, event) in [
        (7, r#"{"input":"move","x":30,"y":40}"#),
        (6, r#"{"input":"button","button":"left","down":true,"x":10,"y":20}"#),
    ] {
        w.forge(AGENT, CUSTOMER, format!(r#"{{"type":"input","n":{n},"event":{event}}}"#).into_bytes());
    }
    assert_eq!(w.injected(CUSTOMER), [mv(30, 40), click(true, 10, 20), mv(30, 40)]);
}

#[test]
fn without_control_nothing_is_sent_or_done() {
    let mut w = World::with(Act::View);
    w.take_log(CUSTOMER);
    w.send(mv(1, 1));
    w.send(key('a', true));
    w.command(AGENT, Command::SendShortcut { shortcut: Shortcut::CtrlAltDelete });
    w.run(200);
    w.forge(AGENT, CUSTOMER, br#"{"type":"input","n":1,"event":{"input":"text","text":"x"}}"#.to_vec());
    assert!(w.take_log(CUSTOMER).is_empty());
}

#[test]
fn an_older_move_never_overtakes_a_newer_one() {
    let mut w = World::with(Act::Control);
    w.weather = Weather { loss: 30, twice: 30, jitter_ms: 40 };
    w.take_log(CUSTOMER);
    for i in 0..500u16 {
        w.send(mv(i, i));
        w.run(2);
        if i % 50 == 49 {
            w.send(click(true, i, i));
            w.send(click(false, i, i));
        }
    }
    w.run(500);
    let got = w.injected(CUSTOMER);
    let xs: Vec<u16> = got
        .iter()
        .map(|e| match e {
            InputEvent::Move { x, .. } | InputEvent::Button { x, .. } => *x,
            _ => unreachable!(),
        })
        .collect();
    assert!(xs.is_sorted(), "{xs:?}");
    assert!(xs.len() > 100);
    assert_eq!(got.iter().filter(|e| matches!(e, InputEvent::Button { .. })).count(), 20);
}

#[test]
fn the_last_move_arrives_even_if_it_was_lost() {
    let mut w = World::with(Act::Control);
    w.weather = Weather { loss: 100, twice: 0, jitter_ms: 0 };
    w.take_log(CUSTOMER);
    w.send(mv(5, 6));
    w.run(40);
    assert!(w.injected(CUSTOMER).is_empty());
    w.run(100);
    assert_eq!(w.injected(CUSTOMER), [mv(5, 6)]);
    w.send(mv(7, 8));
    w.send(InputEvent::Wheel { dx: 0, dy: 120 });
    w.run(100);
    assert_eq!(w.injected(CUSTOMER), [mv(7, 8), InputEvent::Wheel { dx: 0, dy: 120 }]);
}

#[test]
fn input_is_held_back_while_a_prompt_is_open_and_a_little_longer() {
    let mut w = World::with(Act::Control);
    w.take_log(CUSTOMER);
    w.send(click(true, 1, 1));
    w.ask(Act::Clipboard);
    let log = w.take_log(CUSTOMER);
    assert_eq!(log, [Output::Inject(click(true, 1, 1)), Output::ReleaseInput]);
    for i in 0..50 {
        w.send(mv(i, i));
        w.send(click(i % 2 == 0, i, i));
        w.run(5);
    }
    assert!(w.injected(CUSTOMER).is_empty());
    let request = w.prompt().unwrap();
    w.command(CUSTOMER, Command::Answer { request, allow: false, all: false });
    w.run(480);
    w.send(key('a', true));
    w.run(10);
    assert!(w.injected(CUSTOMER).is_empty(), "still held");
    w.run(20);
    w.send(key('a', true));
    w.run(10);
    assert_eq!(w.injected(CUSTOMER).last(), Some(&key('a', true)));
}

#[test]
fn shortcuts_are_keys_pressed_and_released() {
    let mut w = World::with(Act::Control);
    w.take_log(CUSTOMER);
    w.command(AGENT, Command::SendShortcut { shortcut: Shortcut::CtrlAltF(12) });
    w.command(AGENT, Command::SendShortcut { shortcut: Shortcut::CtrlAltF(13) });
    w.command(AGENT, Command::SendShortcut { shortcut: Shortcut::CtrlAltF(0) });
    w.run(50);
    let names = [NamedKey::ControlLeft, NamedKey::AltLeft, NamedKey::F12];
    let down = names.iter().map(|n| InputEvent::Key { key: Key::Named(*n), down: true });
    let up = names.iter().rev().map(|n| InputEvent::Key { key: Key::Named(*n), down: false });
    assert_eq!(w.injected(CUSTOMER), down.chain(up).collect::<Vec<_>>());
}

#[test]
fn out_of_bounds_keys_and_texts_reach_no_device() {
    let mut w = World::with(Act::Control);
    w.take_log(CUSTOMER);
    let long = "x".repeat(1001);
    for event in [
        r#"{"input":"key","key":{"position":3},"down":true}"#.to_owned(),
        r#"{"input":"key","key":{"position":65535},"down":true}"#.to_owned(),
        r#"{"input":"key","key":{"char":"\u0007"},"down":true}"#.to_owned(),
        r#"{"input":"key","key":{"named":"f99"},"down":true}"#.to_owned(),
        r#"{"input":"text","text":"a\u001b[2J"}"#.to_owned(),
        r#"{"input":"text","text":""}"#.to_owned(),
        format!(r#"{{"input":"text","text":"{long}"}}"#),
        r#"{"input":"move","x":70000,"y":1}"#.to_owned(),
    ] {
        w.forge(AGENT, CUSTOMER, format!(r#"{{"type":"input","n":1,"event":{event}}}"#).into_bytes());
    }
    w.send(InputEvent::Text { text: "\u{8}".into() });
    w.run(50);
    assert!(w.injected(CUSTOMER).is_empty());
    w.send(InputEvent::Text { text: "naïve 中\n".into() });
    w.run(50);
    assert_eq!(w.injected(CUSTOMER).len(), 1);
}

#[test]
fn coder_screen_and_devices_reach_the_viewer() {
    let mut w = World::with(Act::View);
    let monitor =
        |name: &str| Monitor { name: name.into(), x: 0, y: 0, width: 800, height: 600, primary: true };
    w.device(CUSTOMER, DeviceEvent::Monitors(vec![monitor("left"), monitor(&"é".repeat(100))]));
    w.command(AGENT, Command::SetCoder { coder: Coder::H264 });
    w.command(AGENT, Command::SetScreen { screen: Screen::Monitor(1) });
    w.run(50);
    let c = w.node(CUSTOMER).capture.clone().unwrap();
    assert_eq!((c.coder, c.screen), (Coder::H264, Screen::Monitor(1)));
    w.device(CUSTOMER, DeviceEvent::Coder(Coder::Tiles));
    w.device(CUSTOMER, DeviceEvent::PictureSize { width: 640, height: 480 });
    w.run(50);
    let s = w.view(AGENT).sharing.unwrap();
    assert_eq!((s.coder, s.screen, s.width, s.height), (Coder::Tiles, Screen::Monitor(1), 640, 480));
    assert_eq!(s.monitors[1].name.len(), 128);
    w.command(AGENT, Command::SetScreen { screen: Screen::Monitor(2) });
    w.run(50);
    assert_eq!(w.node(CUSTOMER).capture.as_ref().map(|c| c.screen), Some(Screen::All));
    w.device(CUSTOMER, DeviceEvent::Trouble(Trouble::CaptureFailed));
    w.run(50);
    assert_eq!(w.view(AGENT).sharing.and_then(|s| s.trouble), Some(Trouble::CaptureFailed));
    assert_eq!(w.notice(AGENT), Some(Notice::Trouble { trouble: Trouble::CaptureFailed }));
}

#[test]
fn either_side_chooses_the_pictures_quality() {
    let mut w = World::with(Act::View);
    let both = |w: &World| {
        let of = |id| w.view(id).sharing.map(|s| s.quality);
        assert_eq!(of(AGENT), of(CUSTOMER));
        assert_eq!(w.node(CUSTOMER).capture.as_ref().map(|c| c.quality), of(AGENT));
        of(AGENT).unwrap()
    };
    assert_eq!(both(&w), Quality::default());
    w.command(AGENT, Command::SetQuality { sharpness: None, colours: Some(Colours::Bits8) });
    w.run(50);
    assert_eq!(both(&w), Quality { sharpness: Sharpness::Auto, colours: Colours::Bits8 });
    w.command(CUSTOMER, Command::SetQuality { sharpness: Some(Sharpness::Faster), colours: None });
    w.run(50);
    assert_eq!(both(&w), Quality { sharpness: Sharpness::Faster, colours: Colours::Bits8 });
    // The next sharing starts plain.
    w.command(CUSTOMER, Command::StopSharing);
    w.run(50);
    w.ask(Act::View);
    w.answer(true, false);
    assert_eq!(both(&w), Quality::default());
}

#[test]
fn a_prompt_by_itself_never_moves_the_pointer_counter() {
    // What was dropped while the prompt was open must not be taken for done.
    let mut w = World::with(Act::Control);
    w.ask(Act::Clipboard);
    w.send(mv(50, 60));
    w.run(200);
    w.answer(true, false);
    w.run(500);
    w.take_log(CUSTOMER);
    w.send(InputEvent::Wheel { dx: 0, dy: -120 });
    w.run(50);
    assert_eq!(w.injected(CUSTOMER), [mv(50, 60), InputEvent::Wheel { dx: 0, dy: -120 }]);
}
