//! One program alone is in the picture: what covers it, is beside it, or comes later is not.
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
    input::{Button, InputEvent, Key},
};
use screen::{Brush, Display, grab_until};
use x11rb::{
    protocol::xproto::{ConfigureWindowAux, ConnectionExt as _, InputFocus, StackMode, Window},
    wrapper::ConnectionExt as _,
};

const SECRET: u32 = 0xff_00fe;
const GREEN: u32 = 0x00_c000;
const BLUE: u32 = 0x20_40c0;

/// These programs, by these windows.
fn only(windows: &[Window]) -> Scope {
    let chosen = |(id, w): (u32, &Window)| Chosen { id, window: u64::from(*w) };
    Scope::Programs((1..).zip(windows).map(chosen).collect())
}

fn states(capturer: &dyn Capturer) -> Vec<Program> {
    capturer.programs().into_iter().map(|p| p.state).collect()
}

fn open(display: &Display, window: Window) -> Box<dyn Capturer> {
    let mut capturer = capture::open_x11(Some(&display.name), Screen::All).expect("capture opens");
    capturer.limit(&only(&[window]));
    capturer
}

fn configure(brush: &Brush, window: Window, aux: &ConfigureWindowAux) {
    brush.conn.configure_window(window, aux).unwrap();
    brush.conn.sync().unwrap();
}

#[test]
fn only_what_is_seen_of_the_program_is_in_the_picture() {
    let display = Display::start(640, 480);
    let (others, program) = (display.brush(), display.brush());
    let ground = others.window(0, 0, 640, 480, SECRET);
    others.map(ground);
    let window = program.window(100, 100, 200, 150, GREEN);
    program.map(window);
    let mut capturer = open(&display, window);
    let secret = |at: &dyn Fn(u16, u16) -> u32| (0..640).any(|x| (0..480).any(|y| at(x, y) == SECRET));
    grab_until(&mut *capturer, |_, at| {
        assert!(!secret(at));
        at(100, 100) == GREEN && at(299, 249) == GREEN
    });
    assert_eq!(states(&*capturer), [Program::Shown]);
    // A menu of it is seen; a window of another over it is not, wherever they go.
    let menu = program.window(150, 200, 80, 120, BLUE);
    program.map(menu);
    let over = others.window(0, 0, 120, 90, SECRET);
    others.map(over);
    grab_until(&mut *capturer, |_, at| {
        assert!(!secret(at));
        at(160, 310) == BLUE
    });
    let mut changed = Vec::new();
    let end = Instant::now() + Duration::from_secs(3);
    let mut n = 0_i32;
    while Instant::now() < end {
        n += 37;
        let aux = ConfigureWindowAux::new().x(n % 500).y(n * 7 % 400);
        let mode = if n % 2 == 0 { StackMode::ABOVE } else { StackMode::BELOW };
        match n % 4 {
            0 => configure(&others, over, &aux.stack_mode(StackMode::ABOVE)),
            1 => configure(&program, window, &aux.stack_mode(StackMode::ABOVE)),
            2 => configure(&others, ground, &ConfigureWindowAux::new().stack_mode(mode)),
            _ => configure(&program, menu, &aux),
        }
        let picture = capturer.grab(&mut changed).unwrap();
        let bytes = &SECRET.to_le_bytes()[..3];
        assert!(!picture.data.chunks_exact(4).any(|p| &p[..3] == bytes), "at {n}");
    }
    program.conn.unmap_window(window).unwrap();
    program.conn.unmap_window(menu).unwrap();
    program.conn.sync().unwrap();
    grab_until(&mut *capturer, |_, at| at(5, 5) != GREEN && !secret(at));
    assert_eq!(states(&*capturer), [Program::Minimised]);
    // After its end another program may have its numbers: it is not seen.
    program.conn.destroy_window(window).unwrap();
    program.conn.destroy_window(menu).unwrap();
    program.conn.sync().unwrap();
    grab_until(&mut *capturer, |_, at| !secret(at));
    assert_eq!(states(&*capturer), [Program::Closed]);
    let later = program.window(0, 0, 640, 480, SECRET);
    program.map(later);
    capturer.refresh();
    let picture = capturer.grab(&mut changed).unwrap();
    assert!(!picture.data.chunks_exact(4).any(|p| p[..3] == SECRET.to_le_bytes()[..3]));
}

#[test]
fn input_goes_to_the_program_alone() {
    let display = Display::start(640, 480);
    let (others, program) = (display.brush(), display.brush());
    let other = others.window(300, 0, 300, 300, SECRET);
    others.map(other);
    let window = program.window(0, 0, 200, 200, GREEN);
    program.map(window);
    let mut hands = XTest::open(Some(&display.name)).expect("input");
    hands.limit(&only(&[window]));
    let mut give = |event| hands.inject(&event, (0, 0), (640, 480));
    let click = |x, y| InputEvent::Button { button: Button::Left, down: true, x, y };
    let up = |x, y| InputEvent::Button { button: Button::Left, down: false, x, y };
    let at = || {
        let p = others.conn.query_pointer(others.root).unwrap().reply().unwrap();
        (p.root_x, p.root_y)
    };
    assert_eq!(give(InputEvent::Move { x: 50, y: 50 }), Ok(()));
    assert_eq!(at(), (50, 50));
    assert_eq!(give(click(60, 60)), Ok(()));
    assert_eq!(give(up(60, 60)), Ok(()));
    for outside in [(400, 100), (250, 100), (630, 470)] {
        assert_eq!(give(InputEvent::Move { x: outside.0, y: outside.1 }), Err(InjectError::OwnWindow));
        assert_eq!(give(click(outside.0, outside.1)), Err(InjectError::OwnWindow));
    }
    assert_eq!(at(), (60, 60), "not even the pointer goes there");
    let key = |down| InputEvent::Key { key: Key::Char('a'), down };
    let focus = |w: Window| {
        others.conn.set_input_focus(InputFocus::PARENT, w, x11rb::CURRENT_TIME).unwrap().check().unwrap();
    };
    focus(other);
    assert_eq!(give(key(true)), Err(InjectError::OwnWindow));
    assert_eq!(give(InputEvent::Text { text: "secret".into() }), Err(InjectError::OwnWindow));
    focus(window);
    assert_eq!(give(key(true)), Ok(()));
    assert_eq!(give(key(false)), Ok(()));
    hands.limit(&Scope::Nothing);
    assert_eq!(hands.inject(&click(60, 60), (0, 0), (640, 480)), Err(InjectError::OwnWindow));
}
