//! The harness itself: a display with real programs, before anything is proven with it.

use deskside_tests::{Display, Probe, probe::Seen, turn::Turn};

#[test]
fn a_terminal_takes_what_is_typed() {
    let display = Display::start(800, 600, "us");
    let window = display.terminal("harness", "60x10+20+20", "cat > typed");
    let (x, y, width, height) = display.place(window);
    assert!(x >= 20 && y >= 20 && width > 200 && height > 80, "{x} {y} {width} {height}");
    display.xdotool(&["type", "hello there\n"]);
    display.file_with("typed", |t| t == "hello there\n");
    assert!(display.picture().colours(4) > 1);
    assert!(!display.something_held());
}

#[test]
fn a_probe_sees_clicks_where_they_were() {
    let display = Display::start(640, 480, "fr");
    let mut probe = Probe::open(&display, 100, 50, 200, 200);
    probe.fill(10, 10, 20, 20, 0x00ff_0000);
    assert_eq!(display.picture().pixel(115, 65), [255, 0, 0]);
    display.move_mouse(130, 75);
    display.click(3);
    probe.wait(Seen::Press { button: 3, x: 30, y: 25 });
    probe.wait(Seen::Release { button: 3, x: 30, y: 25 });
    // Under a French layout the key of a US q gives an a.
    display.xdotool(&["key", "a"]);
    probe.wait(Seen::KeyDown { key: 24, state: 0 });
}

#[test]
fn the_clipboard_is_shared_by_programs() {
    let display = Display::start(320, 240, "us");
    assert_eq!(display.clipboard(), "");
    display.copy("naïve €");
    assert_eq!(display.clipboard(), "naïve €");
}

#[test]
fn the_relay_answers() {
    assert!(Turn::start().url().starts_with("turn:127.0.0.1:"));
}
