//! Several programs alone are in the picture: each is told of, and nothing of the others is seen.
#![cfg(all(unix, not(target_os = "macos")))]

mod screen;

use deskside_devices::{
    capture::{self, Capturer},
    inject::{InjectError, Injector as _, x11::XTest},
};
use deskside_session::{
    command::Screen,
    hiding::{Chosen, Program, Scope},
    input::InputEvent,
    programs::{Area, SeenProgram},
};
use screen::{Brush, Display, grab_until};
use x11rb::{
    protocol::xproto::{AtomEnum, ConfigureWindowAux, ConnectionExt as _, PropMode, StackMode, Window},
    wrapper::ConnectionExt as _,
};

const SECRET: u32 = 0xff_00fe;
const GREEN: u32 = 0x00_c000;
const BLUE: u32 = 0x20_40c0;

fn chosen(windows: &[(u32, Window)]) -> Scope {
    let one = |(id, w): &(u32, Window)| Chosen { id: *id, window: u64::from(*w) };
    Scope::Programs(windows.iter().map(one).collect())
}

fn entitle(brush: &Brush, window: Window, title: &str) {
    let (mode, name) = (PropMode::REPLACE, AtomEnum::WM_NAME);
    brush.conn.change_property8(mode, window, name, AtomEnum::STRING, title.as_bytes()).unwrap();
    brush.conn.sync().unwrap();
}

fn find(capturer: &dyn Capturer, id: u32) -> SeenProgram {
    capturer.programs().into_iter().find(|p| p.id == id).expect("it is chosen")
}

fn area(x: u16, y: u16, width: u16, height: u16) -> Option<Area> {
    Some(Area { x, y, width, height })
}

/// Whether the picture that is grabbed now has the secret; it is whole only after the first.
fn is_secret_seen(capturer: &mut dyn Capturer) -> bool {
    let mut changed = Vec::new();
    capturer.refresh();
    let picture = capturer.grab(&mut changed).expect("a picture");
    picture.data.chunks_exact(4).any(|p| p[..3] == SECRET.to_le_bytes()[..3])
}

#[test]
fn each_is_told_of_while_a_secret_window_moves_between_them() {
    let display = Display::start(640, 480);
    let (others, one, two) = (display.brush(), display.brush(), display.brush());
    let ground = others.window(0, 0, 640, 480, SECRET);
    others.map(ground);
    let (green, blue) = (one.window(20, 20, 200, 150, GREEN), two.window(300, 200, 150, 100, BLUE));
    entitle(&one, green, "Letter");
    entitle(&two, blue, "Shell\twith a tab");
    one.map(green);
    two.map(blue);
    let mut capturer = capture::open_x11(Some(&display.name), Screen::All).expect("capture opens");
    capturer.limit(&chosen(&[(1, green), (2, blue)]));
    grab_until(&mut *capturer, |_, at| at(30, 30) == GREEN && at(310, 210) == BLUE);
    let (letter, shell) = (find(&*capturer, 1), find(&*capturer, 2));
    assert_eq!((letter.title.as_str(), letter.state), ("Letter", Program::Shown));
    assert_eq!((letter.place, shell.place), (area(20, 20, 200, 150), area(300, 200, 150, 100)));
    assert_eq!(shell.title, "Shell with a tab");

    let secret = others.window(0, 0, 160, 120, SECRET);
    others.map(secret);
    let mut n = 0x2545_f491_u32;
    for round in 0..150 {
        n ^= n << 13;
        n ^= n >> 17;
        n ^= n << 5;
        let at = ConfigureWindowAux::new().x((n % 600) as i32).y((n / 600 % 440) as i32);
        let mode = if n & 1 == 0 { StackMode::ABOVE } else { StackMode::BELOW };
        let (brush, window) = match round % 4 {
            0 => (&one, green),
            1 => (&two, blue),
            _ => (&others, secret),
        };
        brush.conn.configure_window(window, &at.stack_mode(mode)).unwrap();
        brush.conn.sync().unwrap();
        assert!(!is_secret_seen(&mut *capturer), "in round {round}");
    }

    // A menu of one makes its place larger; a new title is told.
    let put = |x: i32, y: i32| ConfigureWindowAux::new().x(x).y(y).stack_mode(StackMode::ABOVE);
    one.conn.configure_window(green, &put(20, 20)).unwrap();
    let menu = one.window(100, 150, 60, 100, GREEN);
    one.map(menu);
    entitle(&one, green, "Second letter");
    grab_until(&mut *capturer, |_, at| at(110, 240) == GREEN);
    let letter = find(&*capturer, 1);
    assert_eq!((letter.title.as_str(), letter.place), ("Second letter", area(20, 20, 200, 230)));

    // One is minimised, one is closed, and one more is added.
    two.conn.unmap_window(blue).unwrap();
    two.conn.sync().unwrap();
    is_secret_seen(&mut *capturer);
    let shell = find(&*capturer, 2);
    assert_eq!(
        (shell.state, shell.place, shell.title.as_str()),
        (Program::Minimised, None, "Shell with a tab")
    );
    let three = display.brush();
    let later = three.window(400, 20, 100, 100, BLUE);
    three.map(later);
    drop(two);
    capturer.limit(&chosen(&[(1, green), (2, blue), (3, later)]));
    grab_until(&mut *capturer, |_, at| at(410, 30) == BLUE);
    let states: Vec<_> = capturer.programs().iter().map(|p| p.state).collect();
    assert_eq!(states, [Program::Shown, Program::Closed, Program::Shown]);
    // Somebody else has its numbers now: it is as closed as before.
    let again = display.brush();
    let same = again.window(200, 300, 100, 100, SECRET);
    again.map(same);
    assert!(!is_secret_seen(&mut *capturer));
    assert_eq!(find(&*capturer, 2).state, Program::Closed);
}

#[test]
fn two_windows_of_one_program_have_places_of_their_own() {
    let display = Display::start(640, 480);
    let program = display.brush();
    let (first, second) = (program.window(0, 0, 100, 100, GREEN), program.window(300, 0, 100, 100, BLUE));
    program.map(first);
    program.map(second);
    let mut capturer = capture::open_x11(Some(&display.name), Screen::All).expect("capture opens");
    capturer.limit(&chosen(&[(1, first), (2, second)]));
    grab_until(&mut *capturer, |_, at| at(10, 10) == GREEN && at(310, 10) == BLUE);
    assert_eq!(find(&*capturer, 1).place, area(0, 0, 100, 100));
    assert_eq!(find(&*capturer, 2).place, area(300, 0, 100, 100));
    program.conn.destroy_window(first).unwrap();
    program.conn.sync().unwrap();
    grab_until(&mut *capturer, |_, at| at(10, 10) != GREEN && at(310, 10) == BLUE);
    assert_eq!((find(&*capturer, 1).state, find(&*capturer, 2).state), (Program::Closed, Program::Shown));
}

#[test]
fn input_goes_to_each_of_them_and_nowhere_else() {
    let display = Display::start(640, 480);
    let (others, one, two) = (display.brush(), display.brush(), display.brush());
    let other = others.window(220, 0, 60, 200, SECRET);
    others.map(other);
    let (green, blue) = (one.window(0, 0, 200, 200, GREEN), two.window(300, 0, 200, 200, BLUE));
    one.map(green);
    two.map(blue);
    let mut hands = XTest::open(Some(&display.name)).expect("input");
    hands.limit(&chosen(&[(1, green), (2, blue)]));
    let mut go = |x, y| hands.inject(&InputEvent::Move { x, y }, (0, 0), (640, 480));
    assert_eq!([go(50, 50), go(350, 50)], [Ok(()), Ok(())]);
    for (x, y) in [(250, 50), (210, 50), (600, 400)] {
        assert_eq!(go(x, y), Err(InjectError::OwnWindow));
    }
    let p = others.conn.query_pointer(others.root).unwrap().reply().unwrap();
    assert_eq!((p.root_x, p.root_y), (350, 50));
}
