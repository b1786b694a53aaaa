//! Monitors that come and go while they are shared, and input that was meant for what was seen before.

use deskside_session::{
    command::{Act, Command, Screen},
    input::{Button, InputEvent, Key},
    io::{DeviceEvent, Output},
    view::{Monitor, Notice},
};

use crate::sim::{AGENT, CUSTOMER, World};

fn monitors(names: &[&str]) -> DeviceEvent {
    let monitor = |(i, name): (usize, &&str)| Monitor {
        name: (*name).into(),
        x: 800 * i as i32,
        y: 0,
        width: 800,
        height: 600,
        primary: *name == "main",
    };
    DeviceEvent::Monitors(names.iter().enumerate().map(monitor).collect())
}

fn plug(w: &mut World, names: &[&str]) {
    w.device(CUSTOMER, monitors(names));
    w.run(50);
}

/// What is captured, and what both are told of a monitor that is away.
fn shown(w: &World) -> (Screen, Option<String>, Option<String>) {
    let c = w.node(CUSTOMER).capture.clone().unwrap();
    let gone = |id| w.view(id).sharing.and_then(|s| s.gone);
    assert_eq!(gone(AGENT), gone(CUSTOMER));
    assert_eq!(w.view(AGENT).sharing.map(|s| s.screen), Some(c.screen));
    (c.screen, c.monitor, gone(AGENT))
}

fn text(t: &str) -> Option<String> {
    Some(t.into())
}

#[test]
fn a_monitor_is_followed_by_its_name() {
    let mut w = World::with(Act::View);
    plug(&mut w, &["left", "main", "right"]);
    w.command(AGENT, Command::SetScreen { screen: Screen::Monitor(2) });
    w.run(50);
    assert_eq!(shown(&w), (Screen::Monitor(2), text("right"), None));
    plug(&mut w, &["main", "right"]);
    assert_eq!(shown(&w), (Screen::Monitor(1), text("right"), None));
    assert!(!matches!(w.notice(AGENT), Some(Notice::MonitorGone { .. })), "it never went");
}

#[test]
fn the_primary_one_stands_in_until_it_is_back_and_both_are_told() {
    let mut w = World::with(Act::View);
    plug(&mut w, &["left", "main", "right"]);
    w.command(CUSTOMER, Command::SetScreen { screen: Screen::Monitor(2) });
    w.run(50);
    plug(&mut w, &["left", "main"]);
    assert_eq!(shown(&w), (Screen::Monitor(1), text("main"), text("right")));
    let gone = Notice::MonitorGone { monitor: "right".into(), instead: "main".into() };
    assert_eq!((w.notice(AGENT), w.notice(CUSTOMER)), (Some(gone.clone()), Some(gone)));
    // The one that stands in goes too.
    plug(&mut w, &["left"]);
    assert_eq!(shown(&w), (Screen::Monitor(0), text("left"), text("right")));
    plug(&mut w, &["right", "main"]);
    assert_eq!(shown(&w), (Screen::Monitor(0), text("right"), None));
    let back = Notice::MonitorBack { monitor: "right".into() };
    assert_eq!((w.notice(AGENT), w.notice(CUSTOMER)), (Some(back.clone()), Some(back)));
}

#[test]
fn another_choice_ends_the_waiting() {
    let mut w = World::with(Act::View);
    plug(&mut w, &["main", "right"]);
    w.command(AGENT, Command::SetScreen { screen: Screen::Monitor(1) });
    w.run(50);
    plug(&mut w, &["main"]);
    w.command(AGENT, Command::SetScreen { screen: Screen::All });
    w.run(50);
    assert_eq!(shown(&w), (Screen::All, None, None));
    plug(&mut w, &["main", "right"]);
    assert_eq!(shown(&w), (Screen::All, None, None));
    assert!(!matches!(w.notice(AGENT), Some(Notice::MonitorBack { .. })));
}

fn click(down: bool, x: u16, y: u16) -> InputEvent {
    InputEvent::Button { button: Button::Left, down, x, y }
}

fn area(w: &mut World, area: u32) {
    w.device(CUSTOMER, DeviceEvent::Area(area));
}

fn sees(w: &mut World, area: u32) {
    w.device(AGENT, DeviceEvent::Shows(area));
}

#[test]
fn no_click_lands_by_a_picture_that_was_there_before() {
    let mut w = World::with(Act::Control);
    area(&mut w, 1);
    w.run(50);
    // Nothing is seen yet.
    w.send(click(true, 1, 1));
    w.run(50);
    sees(&mut w, 1);
    w.take_log(CUSTOMER);
    w.send(InputEvent::Move { x: 5, y: 6 });
    w.send(click(true, 5, 6));
    w.run(100);
    assert_eq!(w.injected(CUSTOMER), [InputEvent::Move { x: 5, y: 6 }, click(true, 5, 6)]);
    // The desktop changes: what was pressed is let go, and what is under way finds another picture.
    area(&mut w, 2);
    assert!(w.take_log(CUSTOMER).contains(&Output::ReleaseInput));
    w.send(click(false, 7, 7));
    w.send(InputEvent::Move { x: 8, y: 8 });
    w.send(InputEvent::Wheel { dx: 0, dy: 120 });
    w.run(100);
    // The agent knows of the change, but still sees the former picture.
    w.send(click(true, 9, 9));
    w.send(InputEvent::Move { x: 9, y: 9 });
    w.run(200);
    let key = InputEvent::Key { key: Key::Char('a'), down: true };
    w.send(key.clone());
    w.run(100);
    assert_eq!(w.injected(CUSTOMER), [key], "a key goes where the keyboard is, and moves nothing");
    sees(&mut w, 2);
    w.send(click(true, 10, 10));
    w.run(100);
    assert_eq!(w.injected(CUSTOMER).last(), Some(&click(true, 10, 10)));
    // A picture that came before the word of it.
    sees(&mut w, 3);
    w.send(click(false, 11, 11));
    area(&mut w, 3);
    w.run(100);
    assert!(!w.injected(CUSTOMER).contains(&click(false, 11, 11)));
}

#[test]
fn who_does_not_say_what_it_sees_may_click_anywhere() {
    let mut w = World::with(Act::Control);
    area(&mut w, 4);
    w.run(50);
    w.take_log(CUSTOMER);
    let event = r#"{"input":"move","x":3,"y":4}"#;
    w.forge(AGENT, CUSTOMER, format!(r#"{{"type":"input","n":50,"event":{event}}}"#).into_bytes());
    w.forge(AGENT, CUSTOMER, format!(r#"{{"type":"input","n":51,"event":{event},"area":3}}"#).into_bytes());
    assert_eq!(w.injected(CUSTOMER), [InputEvent::Move { x: 3, y: 4 }]);
}
