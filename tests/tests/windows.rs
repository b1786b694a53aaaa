//! The real windows, used by mouse and keyboard as a person does.

use std::time::Duration;

use deskside_session::{
    app::{AppOnly, Screen},
    command::{Act, Command},
};
use deskside_tests::{
    Display, Peer, Server,
    peer::Start,
    scene::secure,
    until,
    wait::{self, never},
};

/// The X keycode of the right Ctrl key.
const RIGHT_CTRL: &str = "105";

/// An agent with windows at the first display, a customer without them at the second.
struct Desks {
    agent: Peer,
    customer: Peer,
    office: Display,
    desk: Display,
    _server: Server,
}

fn desks(office: &str, desk: &str) -> Desks {
    let server = Server::start();
    let (office, desk) = (Display::start(1280, 900, office), Display::start(800, 600, desk));
    let agent = Start::new("agent", server.url(), Some(&office)).agent().windows().start();
    let number = agent.wait_session("a number", |_| true).number.to_string();
    let mut customer = Peer::customer(&server, Some(&desk), &number);
    agent.wait_session("the customer", secure);
    customer.wait_session("the agent", secure);
    let mut agent = agent;
    agent.tell(Command::Ask { act: Act::Control });
    customer.answer(Act::Control, true);
    agent.wait_session("control", |s| s.grants.iter().any(|g| g.act == Act::Control));
    agent.wait_picture("a picture", |p| p.width == 800);
    Desks { agent, customer, office, desk, _server: server }
}

/// A point of a window, in hundredths of its size.
fn at(display: &Display, title: &str, x: i16, y: i16) -> (i16, i16) {
    let (left, top, width, height) = display.place(display.window(title));
    (left + (width as i32 * i32::from(x) / 100) as i16, top + (height as i32 * i32::from(y) / 100) as i16)
}

/// Puts the agent's mouse on the picture and clicks until the customer's pointer has moved: right after
/// an answer input is held back.
fn click_on_the_picture(desks: &Desks) {
    let (x, y) = at(&desks.office, "Deskside", 36, 55);
    let before = desks.desk.pointer();
    let mut step = 0;
    let followed = wait::within(wait::DEADLINE, || {
        step = (step + 3) % 30;
        desks.office.move_mouse(x + step, y);
        desks.office.click(1);
        let moved = || (desks.desk.pointer() != before).then_some(());
        wait::within(Duration::from_millis(300), moved)
    });
    assert!(followed.is_some(), "the customer's pointer never followed\n{}", desks.agent.story());
}

/// What is typed at the agent's keyboard, and what arrives in the customer's terminal.
fn type_through(desks: &Desks, keys: &[&str], text: &str) {
    desks.desk.terminal("typing", "100x36+0+0", "cat > typed");
    click_on_the_picture(desks);
    desks.desk.terminal("on top", "100x36+0+0", "cat > typed");
    for key in keys {
        match key.strip_prefix("type ") {
            Some(text) => desks.office.xdotool(&["type", "--delay", "30", text]),
            None => desks.office.xdotool(&["key", "--delay", "30", key]),
        };
    }
    let read = || std::fs::read_to_string(desks.desk.file("typed")).unwrap_or_default();
    if wait::within(wait::DEADLINE, || (read() == text).then_some(())).is_none() {
        panic!("arrived: {:?}\n{}\n{}", read(), desks.agent.story(), desks.customer.story());
    }
    until("nothing is held", || (!desks.desk.something_held()).then_some(()));
}

#[test]
fn an_agent_with_a_us_keyboard_types_on_a_french_computer() {
    let desks = desks("us", "fr");
    type_through(
        &desks,
        &["type Hello, World! azqw 123 @#{}[]|~", "Return"],
        "Hello, World! azqw 123 @#{}[]|~\n",
    );
}

#[test]
fn an_agent_with_a_french_keyboard_types_on_a_us_computer() {
    let desks = desks("fr", "us");
    // Letters that have keys of their own, AltGr, and a dead key.
    let keys =
        ["type éàçù azqw 123 @#{}[]| €", "space", "dead_circumflex", "e", "dead_diaeresis", "i", "Return"];
    type_through(&desks, &keys, "éàçù azqw 123 @#{}[]| € êï\n");
}

#[test]
fn an_agent_with_a_russian_keyboard_types_on_a_german_computer() {
    let desks = desks("ru", "de");
    type_through(&desks, &["type съешь ещё этих булок", "Return"], "съешь ещё этих булок\n");
}

#[test]
fn an_agent_types_there_and_here_without_a_mouse() {
    let desks = desks("us", "us");
    let typed = desks.desk.terminal("typing", "100x36+0+0", "cat > typed");
    desks.desk.xdotool(&["windowfocus", "--sync", &typed.to_string()]);
    let window = desks.office.window("Deskside").to_string();
    // Over the picture, where it is in the way most.
    let (x, y) = at(&desks.office, "Deskside", 36, 55);
    desks.office.move_mouse(x, y);
    desks.office.xdotool(&["windowactivate", "--sync", &window, "key", "ctrl+shift+g"]);
    let read = || std::fs::read_to_string(desks.desk.file("typed")).unwrap_or_default();
    // Right after an answer input is held back.
    let came = wait::within(wait::DEADLINE, || {
        desks.office.xdotool(&["key", "--delay", "30", "x", "Return"]);
        wait::within(Duration::from_millis(500), || read().contains('x').then_some(()))
    });
    assert!(came.is_some(), "{}", desks.agent.story());
    desks.office.xdotool(&["type", "--delay", "30", "there"]);
    desks.office.xdotool(&["key", "Return"]);
    until("what was typed", || read().ends_with("there\n").then_some(()));
    // Back, and into the chat.
    // By its code: for its name another Ctrl key would be pressed with it.
    desks.office.xdotool(&["key", "--delay", "60", RIGHT_CTRL, RIGHT_CTRL]);
    let said = wait::within(wait::DEADLINE, || {
        desks.office.xdotool(&["key", "--delay", "60", "ctrl+shift+d"]);
        desks.office.xdotool(&["type", "--delay", "30", "here"]);
        desks.office.xdotool(&["key", "Return"]);
        let arrived = || desks.customer.session().filter(|s| s.chat.iter().any(|l| l.text == "here"));
        wait::within(Duration::from_secs(2), arrived)
    });
    assert!(said.is_some(), "{}", desks.agent.story());
    let strange = |c: char| !"xther\n".contains(c);
    assert!(read().ends_with("there\n") && !read().contains(strange), "what was for here: {:?}", read());
    desks.desk.wait_let_go();
}

#[test]
fn the_agents_window_becomes_a_bar_and_comes_back_with_the_picture() {
    let desks = desks("us", "us");
    let window = desks.office.window("Deskside");
    let whole = desks.office.place(window);
    let (x, y) = at(&desks.office, "Deskside", 90, 20);
    desks.office.move_mouse(x, y);
    let turn = || {
        desks.office.xdotool(&["windowactivate", "--sync", &window.to_string()]);
        desks.office.xdotool(&["key", "ctrl+shift+m"]);
    };
    turn();
    until("a bar", || {
        let (_, _, width, height) = desks.office.place(window);
        ((width, height) == (640, 56)).then_some(())
    });
    desks.office.terminal("over it", "100x50+0+0", "cat");
    turn();
    until("the window as it was", || (desks.office.place(window) == whole).then_some(()));
    click_on_the_picture(&desks);
}

#[test]
fn the_order_of_the_tabs_is_kept_with_the_settings() {
    let server = Server::start();
    let office = Display::start(1280, 900, "us");
    let agent = Start::new("agent", server.url(), Some(&office)).agent().windows().start();
    agent.wait_session("a number", |_| true);
    let window = office.window("Deskside").to_string();
    let kept = || std::fs::read_to_string(agent.home().join("windows.json")).ok();
    let moved = wait::within(wait::DEADLINE, || {
        office.xdotool(&["windowactivate", "--sync", &window, "key", "ctrl+shift+Next"]);
        wait::within(Duration::from_secs(1), kept)
    });
    assert!(moved.is_some_and(|k| k.starts_with(r#"{"tabs":["notes","#)), "{}", agent.story());
}

#[test]
fn the_customer_types_the_number_and_answers_with_the_mouse() {
    let server = Server::start();
    let desk = Display::start(1024, 768, "us");
    let mut agent = Peer::agent(&server, None);
    let number = agent.wait_session("a number", |_| true).number.get().to_string();
    let customer = Start::new("customer", server.url(), Some(&desk)).windows().start();
    let window = desk.window("Deskside").to_string();
    until("the window is active", || desk.active());
    desk.xdotool(&["windowfocus", "--sync", &window]);
    desk.xdotool(&["type", "--delay", "30", &number]);
    desk.xdotool(&["key", "Return"]);
    customer.wait_session("the agent", secure);

    agent.tell(Command::Ask { act: Act::View });
    customer.wait_session("a question", |s| s.prompt.is_some());
    // Keys do not allow, and Allow is armed after a moment.
    desk.window("asks you");
    desk.xdotool(&["key", "Return", "space"]);
    let answered = wait::within(Duration::from_secs(25), || {
        // Anew each time: the window takes the size of what it says.
        let (x, y) = at(&desk, "asks you", 73, 84);
        desk.move_mouse(x, y);
        desk.click(1);
        let granted = || customer.session().filter(|s| !s.grants.is_empty());
        wait::within(Duration::from_millis(300), granted)
    });
    assert!(answered.is_some(), "a click on Allow allows\n{}", customer.story());
    agent.wait_picture("the desktop", |p| p.width == 1024);

    // Closing the window in the middle of a session asks first; quitting leaves.
    let mut customer = customer;
    desk.xdotool(&["windowactivate", "--sync", &window, "key", "alt+F4"]);
    agent.never("the customer gone", Duration::from_secs(2), |s| s.others.is_empty());
    customer.tell(AppOnly::Quit);
    assert!(customer.wait_exit().success(), "{}", customer.story());
    agent.wait_session("nobody else", |s| s.others.is_empty());
}

#[test]
fn the_agent_cannot_answer_the_customers_question() {
    let server = Server::start();
    let desk = Display::start(1024, 768, "us");
    let mut agent = Peer::agent(&server, None);
    let number = agent.wait_session("a number", |_| true).number.to_string();
    let mut customer = Start::new("customer", server.url(), Some(&desk)).join(&number).windows().start();
    agent.wait_session("the customer", secure);
    agent.tell(Command::Ask { act: Act::Control });
    customer.answer(Act::Control, true);
    agent.wait_session("control", |s| s.grants.iter().any(|g| g.act == Act::Control));
    until("the question's window is gone", || desk.find_window("asks you").is_none().then_some(()));

    agent.tell(Command::Ask { act: Act::Clipboard });
    customer.wait_session("a question", |s| s.prompt.is_some());
    let (x, y) = at(&desk, "asks you", 73, 82);
    never("an answer by the agent's mouse", Duration::from_secs(5), || {
        for (dx, dy) in [(0, 0), (-40, 0), (40, 5), (0, 10), (0, -10)] {
            agent.click(deskside_session::input::Button::Left, (x + dx) as u16, (y + dy) as u16);
        }
        agent.type_keys("\n ");
        customer.session().filter(|s| s.grants.iter().any(|g| g.act == Act::Clipboard))
    });
    customer.wait_session("the question is still there", |s| s.prompt.is_some());
    customer.tell(Command::Leave);
    customer.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
}
