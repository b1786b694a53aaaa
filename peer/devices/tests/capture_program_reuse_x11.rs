//! Who connects after a shared program closed is given its numbers: nothing of that one is shown or controlled.
#![cfg(all(unix, not(target_os = "macos")))]

mod screen;

use std::time::{Duration, Instant};

use deskside_devices::{
    capture::{self, Capturer},
    inject::{InjectError, Injector as _, x11::XTest},
};
use deskside_session::{
    command::Screen,
    hiding::{Chosen, Program, Scope},
    input::{Button, InputEvent},
};
use screen::{Brush, Display, PATIENCE, grab_until, until};
use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        xproto::{ConnectionExt as _, Window},
    },
    wrapper::ConnectionExt as _,
};

const SECRET: u32 = 0xff_00fe;
const GREEN: u32 = 0x00_c000;
const BLUE: u32 = 0x20_40c0;

fn only(id: u32, window: Window) -> Scope {
    Scope::Programs(vec![Chosen { id, window: u64::from(window) }])
}

fn open(display: &Display, scope: &Scope) -> Box<dyn Capturer> {
    let mut capturer = capture::open_x11(Some(&display.name), Screen::All).expect("capture opens");
    capturer.limit(scope);
    capturer
}

fn states(capturer: &dyn Capturer) -> Vec<Program> {
    capturer.programs().into_iter().map(|p| p.state).collect()
}

fn is_secret_seen(capturer: &mut dyn Capturer) -> bool {
    let mut changed = Vec::new();
    capturer.refresh();
    let picture = capturer.grab(&mut changed).expect("a picture");
    picture.data.chunks_exact(4).any(|p| p[..3] == SECRET.to_le_bytes()[..3])
}

/// A program with one window.
fn program(display: &Display, rgb: u32) -> (Brush, Window) {
    let brush = display.brush();
    let window = brush.window(0, 0, 200, 200, rgb);
    brush.map(window);
    (brush, window)
}

/// Ends the program; another one, that shows the secret, has the very number of its window now.
fn replace((brush, window): (Brush, Window), display: &Display) -> Brush {
    let base = brush.conn.setup().resource_id_base;
    drop(brush);
    let end = Instant::now() + PATIENCE;
    // Those that come before the server noticed the end keep other numbers from being free.
    let mut others = Vec::new();
    let next = loop {
        assert!(Instant::now() < end, "nobody is given the numbers again");
        let next = display.brush();
        if next.conn.setup().resource_id_base == base {
            break next;
        }
        others.push(next);
    };
    let again = next.window(0, 0, 200, 200, SECRET);
    assert_eq!(again, window, "another program has the number");
    next.map(again);
    next
}

#[test]
fn who_has_its_numbers_is_not_seen_though_nobody_looked_in_between() {
    let display = Display::start(320, 240);
    let first = program(&display, GREEN);
    let window = first.1;
    let mut capturer = open(&display, &only(1, window));
    grab_until(&mut *capturer, |_, at| at(10, 10) == GREEN);
    let _next = replace(first, &display);
    assert!(!is_secret_seen(&mut *capturer));
    assert_eq!(states(&*capturer), [Program::Closed]);
    // Another scope in between does not bring it back; a new choice is one.
    capturer.limit(&Scope::Nothing);
    capturer.limit(&only(1, window));
    assert!(!is_secret_seen(&mut *capturer));
    assert_eq!(states(&*capturer), [Program::Closed]);
    capturer.limit(&only(2, window));
    until("the new choice is seen", || is_secret_seen(&mut *capturer));
    assert_eq!(states(&*capturer), [Program::Shown]);
    // Nor does its mark stand for the one that was there before.
    let mut anew = open(&display, &only(1, window));
    assert!(!is_secret_seen(&mut *anew));
    assert_eq!(states(&*anew), [Program::Closed]);
}

#[test]
fn who_has_its_numbers_is_not_seen_by_a_capturer_that_is_made_anew() {
    let display = Display::start(320, 240);
    let first = program(&display, GREEN);
    let scope = only(1, first.1);
    let mut capturer = open(&display, &scope);
    grab_until(&mut *capturer, |_, at| at(10, 10) == GREEN);
    drop(capturer);
    // As long as it runs it stays what it is.
    let mut capturer = open(&display, &scope);
    grab_until(&mut *capturer, |_, at| at(10, 10) == GREEN);
    drop(capturer);
    let _next = replace(first, &display);
    let mut capturer = open(&display, &scope);
    assert!(!is_secret_seen(&mut *capturer));
    assert_eq!(states(&*capturer), [Program::Closed]);
}

#[test]
fn who_has_its_numbers_is_not_seen_if_it_closed_before_the_first_look() {
    let display = Display::start(320, 240);
    let first = program(&display, GREEN);
    let mut capturer = open(&display, &only(1, first.1));
    let _next = replace(first, &display);
    assert!(!is_secret_seen(&mut *capturer));
    assert_eq!(states(&*capturer), [Program::Closed]);
}

#[test]
fn it_is_told_that_it_closed_though_nothing_is_grabbed() {
    let display = Display::start(320, 240);
    let (brush, window) = program(&display, GREEN);
    let mut capturer = open(&display, &only(1, window));
    grab_until(&mut *capturer, |_, at| at(10, 10) == GREEN);
    drop(brush);
    until("it is closed", || {
        capturer.wait(Duration::from_millis(100)).expect("wait");
        states(&*capturer) == [Program::Closed]
    });
}

#[test]
fn input_does_not_reach_who_has_its_numbers() {
    let display = Display::start(320, 240);
    let first = program(&display, GREEN);
    let window = first.1;
    let mut hands = XTest::open(Some(&display.name)).expect("input");
    hands.limit(&only(1, window));
    let mut give = |event| hands.inject(&event, (0, 0), (320, 240));
    let click = |down| InputEvent::Button { button: Button::Left, down, x: 50, y: 50 };
    assert_eq!([give(click(true)), give(click(false))], [Ok(()), Ok(())]);
    let next = replace(first, &display);
    assert_eq!(give(click(true)), Err(InjectError::OwnWindow));
    assert_eq!(give(InputEvent::Move { x: 60, y: 60 }), Err(InjectError::OwnWindow));
    let pressed = || {
        next.conn.sync().unwrap();
        let mut events = std::iter::from_fn(|| next.conn.poll_for_event().unwrap());
        events.any(|e| matches!(e, Event::ButtonPress(_)))
    };
    assert!(!pressed());
    // Neither by new hands, nor after a capturer looked.
    let mut hands = XTest::open(Some(&display.name)).expect("input");
    hands.limit(&only(1, window));
    assert_eq!(hands.inject(&click(true), (0, 0), (320, 240)), Err(InjectError::OwnWindow));
    is_secret_seen(&mut *open(&display, &only(1, window)));
    assert_eq!(hands.inject(&click(true), (0, 0), (320, 240)), Err(InjectError::OwnWindow));
    assert!(!pressed());
    hands.limit(&only(2, window));
    assert_eq!(hands.inject(&click(true), (0, 0), (320, 240)), Ok(()));
    assert!(pressed());
}

#[test]
fn a_program_goes_on_by_its_second_window() {
    let display = Display::start(320, 240);
    let (brush, window) = program(&display, GREEN);
    let scope = only(1, window);
    let mut capturer = open(&display, &scope);
    let mut hands = XTest::open(Some(&display.name)).expect("input");
    hands.limit(&scope);
    grab_until(&mut *capturer, |_, at| at(10, 10) == GREEN);
    let second = brush.window(200, 0, 100, 200, BLUE);
    brush.map(second);
    // Nobody has looked at the second one yet: it is the program's by the first.
    assert_eq!(hands.inject(&InputEvent::Move { x: 250, y: 50 }, (0, 0), (320, 240)), Ok(()));
    brush.conn.destroy_window(window).unwrap();
    brush.conn.sync().unwrap();
    grab_until(&mut *capturer, |_, at| at(210, 10) == BLUE);
    assert_eq!(states(&*capturer), [Program::Shown]);
    assert_eq!(hands.inject(&InputEvent::Move { x: 260, y: 50 }, (0, 0), (320, 240)), Ok(()));
    let mut anew = open(&display, &scope);
    grab_until(&mut *anew, |_, at| at(210, 10) == BLUE);
    assert_eq!(states(&*anew), [Program::Shown]);
}

#[test]
fn a_program_goes_on_by_a_second_window_that_a_window_manager_took() {
    let display = Display::start(320, 240);
    let ((brush, window), manager) = (program(&display, GREEN), display.brush());
    let mut capturer = open(&display, &only(1, window));
    grab_until(&mut *capturer, |_, at| at(10, 10) == GREEN);
    let (second, frame) = (brush.window(0, 0, 80, 180, BLUE), manager.window(200, 0, 100, 200, GREEN));
    manager.conn.reparent_window(second, frame, 10, 10).unwrap().check().unwrap();
    brush.map(second);
    manager.map(frame);
    brush.conn.destroy_window(window).unwrap();
    brush.conn.sync().unwrap();
    grab_until(&mut *capturer, |_, at| at(220, 20) == BLUE);
    assert_eq!(states(&*capturer), [Program::Shown]);
    // Its end in there is heard by then.
    brush.conn.destroy_window(second).unwrap();
    brush.conn.sync().unwrap();
    until("it is closed", || {
        capturer.wait(Duration::from_millis(100)).expect("wait");
        states(&*capturer) == [Program::Closed]
    });
}
