//! D4, D10: the customer shares one program alone; the agent sees and reaches nothing else.

use deskside_session::{
    app::AppOnly,
    command::{Act, Command},
    hiding::Program,
    input::{Button, InputEvent},
    marks::{Colour, Pen, Tool, Width},
};
use deskside_tests::{Display, Picture, Probe, Scene, Server, until};

/// Nothing else has this colour.
const SECRET: [u8; 3] = [0xff, 0x00, 0xfe];

fn shows(picture: &Picture) -> bool {
    picture.rgb.chunks_exact(3).any(|p| p == SECRET)
}

fn program(s: &deskside_session::view::View) -> Option<Program> {
    s.sharing.as_ref().and_then(|s| s.programs.first()).map(|p| p.state)
}

#[test]
fn one_program_alone_is_seen_and_used() {
    let mut scene = Scene::joined();
    let mut probe = Probe::open(&scene.desk, 0, 0, 280, 800);
    probe.fill(0, 0, 280, 800, 0x00ff_00fe);
    let typed = scene.desk.terminal("typing", "60x20+300+200", "cat > typed");
    until("the secret and the terminal", || {
        let p = scene.desk.picture();
        (shows(&p) && p.pixel(500, 350) != SECRET).then_some(())
    });
    scene.customer.tell(AppOnly::ListWindows);
    let listed = |v: &deskside_session::app::AppView| {
        v.hiding.open.iter().flatten().find(|w| w.title == "typing").map(|w| w.id)
    };
    let view = scene.customer.wait("the list of windows", |v| listed(v).is_some());
    let window = listed(&view).expect("listed");
    assert_eq!(window, u64::from(typed));

    scene.agent.tell(Command::Ask { act: Act::Control });
    scene.customer.wait_session("a question", |s| s.prompt.is_some());
    scene.customer.tell(Command::Only { windows: vec![window] });
    scene.customer.answer(Act::Control, true);
    let seen = scene.agent.wait_picture("the terminal", |p| p.width == 1280 && p.colours(3) > 2);
    assert!(!shows(&seen), "only the program is seen");
    scene.agent.wait_session("that it is one program", |s| program(s) == Some(Program::Shown));

    // Right after an answer input is held back: until the pointer follows.
    until("the pointer in the terminal", || {
        scene.agent.input(InputEvent::Move { x: 500, y: 350 });
        scene.agent.input(InputEvent::Move { x: 510, y: 350 });
        (scene.desk.pointer() == (510, 350)).then_some(())
    });
    scene.agent.click(Button::Left, 500, 350);
    scene.agent.type_keys("only here\n");
    scene.wait_file("typed", "only here\n");
    probe.forget();
    scene.agent.input(InputEvent::Move { x: 20, y: 20 });
    scene.agent.click(Button::Left, 20, 20);
    scene.agent.click(Button::Left, 1200, 700);
    scene.agent.type_keys("after\n");
    scene.wait_file("typed", "only here\nafter\n");
    assert_eq!(probe.seen(), [], "nothing reached what is not shared");
    assert!(!shows(&scene.agent.wait_picture("a picture", |_| true)));

    // The agent has no word in it, not by its own command either.
    scene.agent.tell(Command::Only { windows: vec![] });
    scene.desk.xdotool(&["windowminimize", &window.to_string()]);
    scene.agent.wait_session("minimised", |s| program(s) == Some(Program::Minimised));
    scene.desk.xdotool(&["windowactivate", &window.to_string()]);
    scene.agent.wait_session("shown again", |s| program(s) == Some(Program::Shown));
    scene.desk.xdotool(&["windowclose", &window.to_string()]);
    scene.agent.wait_session("closed", |s| program(s) == Some(Program::Closed));
    assert!(!shows(&scene.agent.wait_picture("a picture", |_| true)));

    // The customer widens it.
    scene.customer.tell(Command::Only { windows: vec![] });
    scene.agent.wait_picture("the whole desktop", shows);
    scene.agent.wait_session("the desktop", |s| s.sharing.is_some() && program(s).is_none());
}

#[test]
fn the_frame_of_the_windows_and_drawings_cover_nothing_of_the_program() {
    let desk = Display::start(1280, 800, "us");
    let mut scene = Scene::with(Server::start(), desk, |agent| agent, |customer| customer.windows());
    let window = u64::from(scene.desk.terminal("typing", "60x20+300+200", "cat"));
    scene.agent.tell(Command::Ask { act: Act::View });
    scene.customer.wait_session("a question", |s| s.prompt.is_some());
    scene.customer.tell(Command::Only { windows: vec![window] });
    scene.customer.answer(Act::View, true);
    scene.desk.window("Deskside: sharing");
    let ground = scene.desk.picture().pixel(500, 350);
    let seen = |p: &Picture| p.width == 1280 && p.pixel(500, 350) == ground && p.pixel(320, 230) == ground;
    scene.agent.wait_picture("the terminal", seen);
    scene.agent.tell(Command::TakePen {
        pen: Some(Pen { tool: Tool::Line, colour: Colour::Red, width: Width::Medium }),
    });
    scene.agent.wait_session("the pen", |s| s.pen.is_some());
    let button = |down, x| InputEvent::Button { button: Button::Left, down, x, y: 300 };
    scene.agent.input(button(true, 400));
    scene.agent.input(InputEvent::Move { x: 600, y: 300 });
    scene.agent.input(button(false, 600));
    let red = [0xe0, 0x1b, 0x24];
    until("the line on the desktop", || (scene.desk.picture().pixel(500, 300) == red).then_some(()));
    scene.agent.wait_picture("the line and the terminal", |p| seen(p) && p.pixel(500, 300) == red);
}
