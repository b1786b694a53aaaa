//! D2: mouse, wheels and keyboard of the agent act on the customer's computer.

use deskside_session::{
    command::{Act, Command, Shortcut},
    input::{Button, InputEvent, Key, NamedKey},
};
use deskside_tests::{Display, Probe, Scene, Server, probe::Seen, until, wait};

#[test]
fn typed_text_arrives_in_a_terminal() {
    let mut scene = Scene::controlling();
    scene.desk.terminal("typing", "80x10+50+50", "cat > typed");
    let text = "Hello, World! 0123456789 {[(<|>)]} ~`@#$%^&*-_=+;:'\",.?/\\\n";
    scene.agent.type_keys(text);
    scene.wait_file("typed", text);
    scene.desk.wait_let_go();
}

/// What a person types under one layout is what arrives, whatever layout is there.
fn any_layout(layout: &str) {
    let mut scene = Scene::on(Server::start(), Display::start(1024, 700, layout));
    scene.take_control();
    scene.desk.terminal("typing", "80x10+50+50", "cat > typed");
    let text = "azerty QWERTY 1234567890 éàçù ß € ñ œ Ÿ @#[]{}\\|~ ж Ω 中 😀\n";
    scene.agent.type_keys(text);
    scene.wait_file("typed", text);
    scene.desk.wait_let_go();
}

#[test]
fn any_text_under_a_us_layout() {
    any_layout("us");
}

#[test]
fn any_text_under_a_french_layout() {
    any_layout("fr");
}

#[test]
fn any_text_under_a_russian_layout() {
    any_layout("ru");
}

#[test]
fn composed_text_arrives_whole() {
    let mut scene = Scene::on(Server::start(), Display::start(1024, 700, "de"));
    scene.take_control();
    scene.desk.terminal("typing", "80x10+50+50", "cat > typed");
    scene.agent.input(InputEvent::Text { text: "êtes-vous là ? 你好".into() });
    scene.agent.key(Key::Named(NamedKey::Enter));
    scene.wait_file("typed", "êtes-vous là ? 你好\n");
}

#[test]
fn editing_keys_and_modifiers() {
    let mut scene = Scene::controlling();
    scene.desk.terminal("typing", "80x10+50+50", "cat > typed");
    scene.agent.type_keys("wrongg");
    scene.agent.key(Key::Named(NamedKey::Backspace));
    scene.agent.type_keys(" word");
    // Control and W take back one word in a terminal.
    let control = |down| InputEvent::Key { key: Key::Named(NamedKey::ControlLeft), down };
    scene.agent.input(control(true));
    scene.agent.key(Key::Char('w'));
    scene.agent.input(control(false));
    scene.agent.type_keys("right\n");
    scene.wait_file("typed", "wrong right\n");
}

#[test]
fn clicks_drags_and_both_wheels() {
    let mut scene = Scene::controlling();
    let mut probe = Probe::open(&scene.desk, 400, 300, 300, 200);
    let buttons =
        [(Button::Left, 1), (Button::Middle, 2), (Button::Right, 3), (Button::Back, 8), (Button::Forward, 9)];
    for (button, number) in buttons {
        scene.agent.click(button, 410, 320);
        probe.wait(Seen::Press { button: number, x: 10, y: 20 });
        probe.wait(Seen::Release { button: number, x: 10, y: 20 });
    }

    probe.forget();
    let drag = |down, x, y| InputEvent::Button { button: Button::Left, down, x, y };
    scene.agent.input(drag(true, 420, 330));
    for x in (420..=520).step_by(10) {
        scene.agent.input(InputEvent::Move { x, y: 380 });
    }
    scene.agent.input(drag(false, 520, 380));
    probe.wait(Seen::Release { button: 1, x: 120, y: 80 });
    let seen = probe.seen();
    assert_eq!(
        seen.iter().find(|s| matches!(s, Seen::Press { .. })),
        Some(&Seen::Press { button: 1, x: 20, y: 30 })
    );
    assert!(seen.iter().any(|s| matches!(s, Seen::Move { .. })), "moved in between: {seen:?}");

    probe.forget();
    for (dx, dy, button) in [(0, 120, 4), (0, -120, 5), (-120, 0, 6), (120, 0, 7)] {
        scene.agent.input(InputEvent::Wheel { dx, dy });
        probe.wait_for("a notch", |s| {
            s.iter().any(|s| matches!(s, Seen::Press { button: b, .. } if *b == button))
        });
    }
    // Thirds of a notch add up.
    probe.forget();
    for _ in 0..3 {
        scene.agent.input(InputEvent::Wheel { dx: 0, dy: 40 });
    }
    probe.wait_for("one notch", |s| s.iter().any(|s| matches!(s, Seen::Press { button: 4, .. })));
}

#[test]
fn a_drag_moves_a_window() {
    let mut scene = Scene::controlling();
    let window = scene.desk.terminal("moved", "40x10+200+200", "cat");
    let (x, y, ..) = scene.desk.place(window);
    let (grip_x, grip_y) = (x as u16 + 60, y as u16 - 8);
    scene.agent.input(InputEvent::Move { x: grip_x, y: grip_y });
    scene.agent.input(InputEvent::Button { button: Button::Left, down: true, x: grip_x, y: grip_y });
    for step in 1..=10 {
        let (x, y) = (grip_x + step * 12, grip_y + step * 9);
        scene.agent.input(InputEvent::Move { x, y });
        // A hand is slower than the line: each step is there before the next one.
        until("the pointer follows", || (scene.desk.pointer() == (x as i16, y as i16)).then_some(()));
    }
    let (end_x, end_y) = (grip_x + 120, grip_y + 90);
    scene.agent.input(InputEvent::Button { button: Button::Left, down: false, x: end_x, y: end_y });
    let moved = || {
        let (now_x, now_y, ..) = scene.desk.place(window);
        (now_x - x, now_y - y)
    };
    let done = wait::within(wait::DEADLINE, || (moved() == (120, 90)).then_some(()));
    assert!(done.is_some(), "moved by {:?}\n{}", moved(), scene.customer.story());
    scene.wait_same_picture();
}

#[test]
fn held_keys_are_released_when_control_ends() {
    let mut scene = Scene::controlling();
    let mut probe = Probe::open(&scene.desk, 400, 300, 300, 200);
    scene.agent.input(InputEvent::Key { key: Key::Named(NamedKey::ShiftLeft), down: true });
    scene.agent.input(InputEvent::Button { button: Button::Left, down: true, x: 450, y: 350 });
    probe.wait(Seen::Press { button: 1, x: 50, y: 50 });
    assert!(scene.desk.something_held());
    scene.customer.tell(Command::TakeBack);
    until("everything is released", || (!scene.desk.something_held()).then_some(()));
}

#[test]
fn held_keys_are_released_when_the_agent_dies() {
    let mut scene = Scene::controlling();
    let mut probe = Probe::open(&scene.desk, 400, 300, 300, 200);
    scene.agent.input(InputEvent::Key { key: Key::Named(NamedKey::ControlLeft), down: true });
    scene.agent.input(InputEvent::Button { button: Button::Left, down: true, x: 450, y: 350 });
    probe.wait(Seen::Press { button: 1, x: 50, y: 50 });
    scene.agent.kill();
    until("everything is released", || (!scene.desk.something_held()).then_some(()));
}

#[test]
fn shortcuts_go_to_the_customers_system() {
    let mut scene = Scene::controlling();
    let window = scene.desk.terminal("to close", "40x10+200+200", "cat");
    scene.agent.click(Button::Left, 260, 260);
    scene.agent.tell(Command::SendShortcut { shortcut: Shortcut::AltF4 });
    until("the window is closed", || scene.desk.find_window("to close").is_none().then_some(()));
    assert!(window != 0 && !scene.desk.something_held());
}

#[test]
fn without_control_nothing_acts() {
    let mut scene = Scene::viewing();
    let mut probe = Probe::open(&scene.desk, 400, 300, 300, 200);
    let at = scene.desk.pointer();
    scene.agent.click(Button::Left, 450, 350);
    scene.agent.type_keys("nothing");
    // What was sent before is through when a message behind it is answered.
    scene.agent.tell(Command::Chat { to: None, text: "behind it".into() });
    scene.customer.wait_session("the chat", |s| !s.chat.is_empty());
    assert_eq!(probe.seen(), []);
    assert_eq!(scene.desk.pointer(), at);
}

#[test]
fn input_is_held_back_while_a_question_is_open() {
    let mut scene = Scene::controlling();
    let mut probe = Probe::open(&scene.desk, 400, 300, 300, 200);
    scene.agent.tell(Command::Ask { act: Act::Clipboard });
    scene.customer.wait_session("a prompt", |s| s.prompt.is_some());
    probe.forget();
    for _ in 0..20 {
        scene.agent.click(Button::Left, 450, 350);
        scene.agent.key(Key::Named(NamedKey::Enter));
    }
    scene.agent.tell(Command::Chat { to: None, text: "behind it".into() });
    scene.customer.wait_session("the chat", |s| !s.chat.is_empty());
    assert_eq!(probe.seen(), []);
    assert!(scene.customer.session().is_some_and(|s| s.prompt.is_some()), "nothing answered it");
    scene.customer.answer(Act::Clipboard, false);
    scene.wait_hands();
}
