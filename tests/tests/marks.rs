//! D11: people draw on what is shared, on the real desktop and for all who see it.

use std::time::Duration;

use deskside_session::{
    app::AppOnly,
    command::{Act, Command},
    input::{Button, InputEvent},
    marks::{Colour, Draw, Pen, Tool, Width},
};
use deskside_tests::{
    Display, Peer, Picture, Scene, Server,
    peer::{Line, Start},
    scene::secure,
    until, wait,
};

const RED: [u8; 3] = [0xe0, 0x1b, 0x24];
const BLUE: [u8; 3] = [0x1c, 0x71, 0xd8];

fn pen(tool: Tool, colour: Colour) -> Command {
    Command::TakePen { pen: Some(Pen { tool, colour, width: Width::Medium }) }
}

fn drag(peer: &mut Peer, from: (u16, u16), to: (u16, u16)) {
    let button = |down, (x, y)| InputEvent::Button { button: Button::Left, down, x, y };
    peer.input(button(true, from));
    let step =
        |a: u16, b: u16, i: u16| (i32::from(a) + (i32::from(b) - i32::from(a)) * i32::from(i) / 8) as u16;
    for i in 1..=8 {
        peer.input(InputEvent::Move { x: step(from.0, to.0, i), y: step(from.1, to.1, i) });
    }
    peer.input(button(false, to));
}

/// Waits for a pixel on the customer's real screen.
fn wait_desk(scene: &Scene, what: &str, fits: impl Fn(&Picture) -> bool) {
    until(what, || fits(&scene.desk.picture()).then_some(()));
}

#[test]
fn marks_are_on_the_desktop_and_in_the_viewers_picture_and_go_again() {
    let mut scene = Scene::viewing();
    let before = scene.desk.picture();
    scene.agent.tell(pen(Tool::Pen, Colour::Red));
    scene.agent.wait_session("the pen", |s| s.pen.is_some());
    drag(&mut scene.agent, (100, 100), (300, 200));
    scene.customer.tell(pen(Tool::Rectangle, Colour::Blue));
    drag(&mut scene.customer, (400, 300), (600, 500));
    wait_desk(&scene, "both marks", |p| p.pixel(200, 150) == RED && p.pixel(400, 400) == BLUE);
    scene.agent.wait_session("two marks", |s| s.marks.len() == 2);
    // The screenshot is what is on the screen, with the marks.
    let picture = scene.wait_same_picture();
    assert_eq!([picture.pixel(200, 150), picture.pixel(600, 400)], [RED, BLUE]);

    scene.agent.tell(Command::Draw { draw: Draw::Undo });
    wait_desk(&scene, "one mark", |p| p.pixel(200, 150) != RED && p.pixel(400, 400) == BLUE);
    scene.customer.tell(Command::Draw { draw: Draw::Clear });
    wait_desk(&scene, "the desktop as it was", |p| *p == before);
    assert_eq!(scene.wait_same_picture(), before);

    drag(&mut scene.agent, (100, 100), (300, 200));
    wait_desk(&scene, "a mark", |p| p.pixel(200, 150) == RED);
    scene.customer.tell(Command::ForbidDrawing { forbidden: true });
    wait_desk(&scene, "no marks", |p| *p == before);
    scene.agent.wait_session("that it may not draw", |s| {
        s.pen.is_none() && s.sharing.as_ref().is_some_and(|s| s.no_drawing)
    });
    scene.agent.tell(pen(Tool::Pen, Colour::Red));
    drag(&mut scene.agent, (100, 100), (300, 200));
    scene.agent.tell(Command::Chat { to: None, text: "behind it".into() });
    scene.customer.wait_session("the chat", |s| !s.chat.is_empty() && s.marks.is_empty());
    assert_eq!(scene.desk.picture(), before);

    scene.customer.tell(Command::ForbidDrawing { forbidden: false });
    scene.agent.wait_session("that it may", |s| s.sharing.as_ref().is_some_and(|s| !s.no_drawing));
    scene.agent.tell(pen(Tool::Pointer, Colour::Red));
    scene.agent.wait_session("the pen", |s| s.pen.is_some());
    scene.agent.input(InputEvent::Move { x: 640, y: 400 });
    wait_desk(&scene, "a pointer", |p| p.pixel(640, 400) == RED);
    wait_desk(&scene, "that it goes by itself", |p| *p == before);
    scene.agent.tell(pen(Tool::Pen, Colour::Red));
    drag(&mut scene.agent, (100, 100), (300, 200));
    wait_desk(&scene, "a mark", |p| p.pixel(200, 150) == RED);
    scene.customer.tell(Command::StopSharing);
    wait_desk(&scene, "the desktop as it was", |p| *p == before);
}

#[test]
fn marks_do_not_hinder_control_and_vanish_while_a_question_is_open() {
    let mut scene = Scene::controlling();
    let mut probe = deskside_tests::Probe::open(&scene.desk, 400, 300, 300, 200);
    scene.agent.tell(pen(Tool::Line, Colour::Red));
    scene.agent.wait_session("the pen", |s| s.pen.is_some());
    drag(&mut scene.agent, (420, 350), (650, 350));
    wait_desk(&scene, "a mark", |p| p.pixel(500, 350) == RED);
    scene.agent.tell(Command::TakePen { pen: None });
    scene.agent.click(Button::Left, 500, 350);
    probe.wait(deskside_tests::probe::Seen::Release { button: 1, x: 100, y: 50 });
    scene.agent.tell(Command::Ask { act: Act::Clipboard });
    scene.customer.wait_session("a prompt", |s| s.prompt.is_some());
    wait_desk(&scene, "no mark", |p| p.pixel(500, 350) != RED);
    scene.customer.answer(Act::Clipboard, false);
    wait_desk(&scene, "the mark again", |p| p.pixel(500, 350) == RED);
}

#[test]
fn the_sharer_draws_by_its_own_mouse_on_its_own_desktop() {
    let mut scene = Scene::viewing();
    let mut probe = deskside_tests::Probe::open(&scene.desk, 400, 300, 300, 200);
    scene.customer.tell(pen(Tool::Line, Colour::Blue));
    let drawn = wait::within(wait::DEADLINE, || {
        scene.desk.move_mouse(420, 350);
        scene.desk.xdotool(&["mousedown", "1", "mousemove", "650", "350", "mouseup", "1"]);
        let mark = || scene.agent.session().filter(|s| s.marks.iter().any(|m| m.points[1] == (650, 350)));
        wait::within(Duration::from_millis(500), mark)
    });
    assert!(drawn.is_some(), "{}", scene.customer.story());
    wait_desk(&scene, "the mark", |p| p.pixel(500, 350) == BLUE);
    scene.customer.tell(Command::TakePen { pen: None });
    probe.forget();
    let clicked = wait::within(wait::DEADLINE, || {
        scene.desk.move_mouse(500, 350);
        scene.desk.click(1);
        wait::within(Duration::from_millis(500), || probe.seen().iter().any(is_press).then_some(()))
    });
    assert!(clicked.is_some(), "the mouse is back\n{}", scene.customer.story());
}

fn is_press(seen: &deskside_tests::probe::Seen) -> bool {
    matches!(seen, deskside_tests::probe::Seen::Press { .. })
}

/// A point of a window's inside, in hundredths of its size.
fn at(display: &Display, title: &str, x: i16, y: i16) -> (i16, i16) {
    let (left, top, width, height) = display.place(display.window(title));
    (left + (width as i32 * i32::from(x) / 100) as i16, top + (height as i32 * i32::from(y) / 100) as i16)
}

#[test]
fn an_agent_draws_by_the_mouse_on_the_picture_in_its_window() {
    let server = Server::start();
    let (office, desk) = (Display::start(1280, 900, "us"), Display::start(800, 600, "us"));
    let mut agent = Start::new("agent", server.url(), Some(&office)).agent().windows().start();
    let number = agent.wait_session("a number", |_| true).number.to_string();
    let mut customer = Peer::customer(&server, Some(&desk), &number);
    agent.wait_session("the customer", secure);
    customer.wait_session("the agent", secure);
    agent.tell(Command::Ask { act: Act::View });
    customer.answer(Act::View, true);
    agent.wait_picture("a picture", |p| p.width == 800);
    let before = desk.picture();

    // One key, and the mouse draws, though nobody may control.
    let window = office.window("Deskside").to_string();
    let taken = wait::within(wait::DEADLINE, || {
        office.xdotool(&["windowactivate", "--sync", &window, "key", "ctrl+shift+f"]);
        let pen = || agent.session().filter(|s| s.pen.is_some());
        // Long enough that a slow answer is not taken for a lost key: a second one would undo the first.
        wait::within(Duration::from_secs(15), pen)
    });
    assert!(taken.is_some(), "{}", agent.story());
    let pointer = desk.pointer();
    let (from, to) = (at(&office, "Deskside", 20, 50), at(&office, "Deskside", 50, 60));
    let drawn = wait::within(wait::DEADLINE, || {
        office.move_mouse(from.0, from.1);
        office.xdotool(&["mousedown", "1"]);
        for i in 1..=10 {
            office.move_mouse(from.0 + (to.0 - from.0) * i / 10, from.1 + (to.1 - from.1) * i / 10);
        }
        office.xdotool(&["mouseup", "1"]);
        let mark = || customer.session().and_then(|s| s.marks.last().cloned());
        wait::within(Duration::from_secs(1), mark)
    });
    let mark = drawn.unwrap_or_else(|| panic!("nothing was drawn\n{}", agent.story()));
    assert_eq!(mark.pen, Pen::default());
    let (x, y) = mark.points[0];
    until("the mark on the customer's screen", || {
        (desk.picture().pixel(x.into(), y.into()) == RED).then_some(())
    });
    // And so it comes back to the agent's own screen, below its mouse; the picture is scaled there.
    until("the mark in the window", || {
        let near = office.picture().part(from.0 as usize - 8, from.1 as usize - 8, 17, 17);
        near.rgb.chunks_exact(3).any(|p| p[0] > 180 && p[1] < 90 && p[2] < 100).then_some(())
    });
    assert_eq!(desk.pointer(), pointer, "nothing of it was control");
    agent.wait_picture("the mark", |p| p.pixel(x.into(), y.into()) == RED);

    // The keyboard stayed in the window: the same key ends it, and nothing is drawn then.
    let put_away = wait::within(wait::DEADLINE, || {
        office.xdotool(&["key", "ctrl+shift+f"]);
        wait::within(Duration::from_secs(15), || agent.session().filter(|s| s.pen.is_none()))
    });
    assert!(put_away.is_some(), "{}", agent.story());
    // A picture without a name goes to the home folder.
    let printed = agent.printed();
    agent.tell(AppOnly::Screenshot { path: None });
    let path = agent.wait_line("a screenshot", printed, |l| match l {
        Line::Screenshot { path, .. } => Some(path),
        _ => None,
    });
    assert_eq!(Picture::read(path.as_ref()).pixel(x.into(), y.into()), RED);
    agent.tell(Command::Draw { draw: Draw::Clear });
    until("the desktop as it was", || (desk.picture() == before).then_some(()));
}
