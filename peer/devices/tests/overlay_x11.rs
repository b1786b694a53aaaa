//! Marks on a real X server, with and without a window manager.
#![cfg(all(unix, not(target_os = "macos")))]

mod screen;

use deskside_devices::overlay::{self, Overlay, Own};
use deskside_session::{
    ParticipantId,
    input::{Button, InputEvent},
    marks::{Mark, Pen, Point, Tool},
};
use screen::{Brush, Display, until};
use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        xproto::{AtomEnum, ConfigureWindowAux, ConnectionExt as _, PropMode, StackMode, Window},
    },
    wrapper::ConnectionExt as _,
};

const GROUND: u32 = 0x11_2233;
const RED: u32 = 0xe0_1b24;
const PROMPT: u32 = 0xee_eeee;
const CLASS: &str = "deskside-prompt";
const OWN: Own = Own { above: &[CLASS], usable: &[] };

fn mark(id: u32, tool: Tool, points: &[Point]) -> Mark {
    let (author, name, pen) = (ParticipantId(1), "Ada".into(), Pen { tool, ..Pen::default() });
    Mark { id, author, name, pen, points: points.to_vec(), text: String::new() }
}

fn opened(display: &Display) -> Box<dyn Overlay> {
    overlay::open_x11(&display.name, OWN, Box::new(|_| ())).expect("an overlay")
}

/// A window that the overlay must not cover, as the toolkit makes it.
fn name_own(brush: &Brush, window: Window, class: &str) {
    let pid = brush.conn.intern_atom(false, b"_NET_WM_PID").unwrap().reply().unwrap().atom;
    let class = [class.as_bytes(), b"\0", class.as_bytes(), b"\0"].concat();
    let (replace, string) = (PropMode::REPLACE, AtomEnum::STRING);
    brush.conn.change_property8(replace, window, AtomEnum::WM_CLASS, string, &class).unwrap();
    let kind = AtomEnum::CARDINAL;
    brush.conn.change_property32(replace, window, pid, kind, &[std::process::id()]).unwrap();
    brush.conn.sync().unwrap();
}

#[test]
fn marks_are_on_the_screen_and_clicked_through() {
    let display = Display::start(640, 480);
    let brush = display.brush();
    let below = brush.window(0, 0, 640, 480, GROUND);
    brush.map(below);
    let overlay = opened(&display);
    overlay.place(100, 50, 400, 300);
    overlay.show(vec![mark(1, Tool::Line, &[(20, 30), (120, 30)])]);
    until("the line", || brush.pixel(120, 80) == RED && brush.pixel(220, 80) == RED);
    assert_eq!([brush.pixel(170, 90), brush.pixel(20, 30), brush.pixel(300, 80)], [GROUND; 3]);

    brush.point(150, 80);
    brush.button(1, true);
    brush.button(1, false);
    until("the click", || match brush.conn.poll_for_event().unwrap() {
        Some(Event::ButtonPress(e)) => {
            assert_eq!((e.event, e.event_x, e.event_y), (below, 150, 80));
            true
        }
        _ => false,
    });

    // It grows, changes, and is above whatever comes.
    let highlighted = mark(2, Tool::Highlighter, &[(20, 101), (200, 101)]);
    overlay.show(vec![mark(1, Tool::Rectangle, &[(20, 30), (120, 60)]), highlighted.clone()]);
    until("the rectangle", || brush.pixel(220, 110) == RED && brush.pixel(200, 150) == RED);
    assert_eq!([brush.pixel(200, 151), brush.pixel(170, 90)], [GROUND; 2], "seen through every second row");
    let other = brush.window(150, 60, 200, 200, 0xff);
    brush.map(other);
    until("above the other window", || brush.pixel(220, 110) == RED && brush.pixel(200, 151) == 0xff);
    brush.conn.configure_window(below, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE)).unwrap();
    brush.conn.sync().unwrap();
    until("above again", || brush.pixel(220, 110) == RED && brush.pixel(200, 151) == GROUND);

    overlay.show(vec![highlighted]);
    until("one is gone", || brush.pixel(220, 110) == GROUND && brush.pixel(200, 150) == RED);
    overlay.place(0, 0, 640, 480);
    until("moved", || brush.pixel(100, 100) == RED && brush.pixel(250, 150) == GROUND);
    overlay.show(Vec::new());
    until("all gone", || brush.pixel(100, 100) == GROUND);
    overlay.show(vec![mark(9, Tool::Pen, &[(300, 300)])]);
    until("there again", || brush.pixel(300, 300) == RED);
    drop(overlay);
    until("closed", || brush.pixel(300, 300) == GROUND);
}

/// Whatever lies over the whole screen, the prompt's pixels are its own.
fn a_prompt_is_never_covered(display: &mut Display, managed: bool) {
    let brush = display.brush();
    if managed {
        display.spawn("openbox", &["--sm-disable"]);
        let check = brush.conn.intern_atom(false, b"_NET_SUPPORTING_WM_CHECK").unwrap().reply().unwrap().atom;
        let manager = || brush.conn.get_property(false, brush.root, check, AtomEnum::WINDOW, 0, 1).unwrap();
        until("a window manager", || manager().reply().unwrap().value_len > 0);
    }
    let overlay = opened(display);
    overlay.place(0, 0, 640, 480);
    let thick = Pen { tool: Tool::Pen, width: deskside_session::marks::Width::Thick, ..Pen::default() };
    let rows = (0..480).step_by(10).flat_map(|y| [(0, y), (639, y), (639, y + 5), (0, y + 5)]);
    overlay.show(vec![Mark { pen: thick, ..mark(1, Tool::Pen, &rows.collect::<Vec<_>>()) }]);
    until("everything is painted over", || brush.pixels(10, 10, 620, 460).iter().all(|p| *p == RED));
    let prompt =
        if managed { brush.managed_window(200, 100, PROMPT) } else { brush.window(50, 60, 200, 100, PROMPT) };
    name_own(&brush, prompt, CLASS);
    brush.map(prompt);
    until("a frame", || managed == (brush.outermost(prompt) != prompt));
    let free = || {
        let at = brush.conn.translate_coordinates(prompt, brush.root, 0, 0).unwrap().reply().unwrap();
        let shown = brush.pixels(at.dst_x, at.dst_y, 200, 100);
        let outside = brush.pixel(at.dst_x + 230, at.dst_y + 50);
        shown.iter().all(|p| *p == PROMPT) && outside == RED
    };
    until("the whole prompt is seen, and the marks beside it", free);
    brush.conn.configure_window(prompt, &ConfigureWindowAux::new().x(300).y(250)).unwrap();
    brush.conn.sync().unwrap();
    until("also where it moved, and nowhere else", || free() && brush.pixel(100, 100) == RED);
    // Raised again by another window, it still leaves the prompt free.
    let other = brush.window(0, 0, 100, 100, 0xff);
    brush.map(other);
    until("above the other window", || brush.pixel(50, 50) == RED);
    assert!(free());
    brush.conn.unmap_window(prompt).unwrap();
    brush.conn.sync().unwrap();
    until("whole again", || brush.pixels(10, 10, 620, 460).iter().all(|p| *p == RED));
}

#[test]
fn a_prompt_is_never_covered_without_a_window_manager() {
    a_prompt_is_never_covered(&mut Display::start(640, 480), false);
}

#[test]
fn a_prompt_is_never_covered_with_a_window_manager() {
    a_prompt_is_never_covered(&mut Display::start(640, 480), true);
}

#[test]
fn the_own_mouse_draws_but_for_the_own_windows() {
    const MAIN: &str = "deskside";
    let display = Display::start(640, 480);
    let brush = display.brush();
    let below = brush.window(0, 0, 640, 480, GROUND);
    brush.map(below);
    let (told, heard) = std::sync::mpsc::sync_channel(100);
    let own = Own { above: &[CLASS], usable: &[MAIN] };
    let tell = Box::new(move |event| told.send(event).expect("somebody listens"));
    let overlay = overlay::open_x11(&display.name, own, tell).expect("an overlay");
    overlay.place(100, 50, 400, 300);
    let main = brush.window(150, 100, 50, 50, 0xff);
    name_own(&brush, main, MAIN);
    brush.map(main);
    // Who was clicked: one of the windows here, or none of them.
    let click = |x, y| {
        brush.point(x, y);
        brush.button(1, true);
        brush.button(1, false);
        while let Some(event) = brush.conn.poll_for_event().unwrap() {
            if let Event::ButtonPress(e) = event {
                return Some(e.event);
            }
        }
        None
    };
    assert_eq!(click(300, 200), Some(below));
    overlay.take_mouse(true);
    until("the mouse is taken", || click(300, 200).is_none());
    let mut drawn = heard.try_iter().filter(|e| matches!(e, InputEvent::Button { .. }));
    let button = |down| InputEvent::Button { button: Button::Left, down, x: 200, y: 150 };
    until("the button", || drawn.next() == Some(button(true)));
    until("the other windows are used", || click(50, 30) == Some(below) && click(170, 120) == Some(main));
    // A window that comes does not come between.
    let other = brush.window(300, 150, 200, 200, 0xff);
    brush.map(other);
    until("still taken", || click(320, 200).is_none());
    let prompt = brush.window(250, 150, 60, 60, PROMPT);
    name_own(&brush, prompt, CLASS);
    brush.map(prompt);
    until("a prompt is answered", || click(260, 160) == Some(prompt));
    overlay.take_mouse(false);
    until("given back", || click(320, 250) == Some(other));
}

#[test]
fn no_display_is_no_overlay() {
    assert!(overlay::open_x11(":59000", OWN, Box::new(|_| ())).is_none());
}
