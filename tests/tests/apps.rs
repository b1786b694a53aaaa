//! D4, D6, D10: the customer shares several applications; each is seen and used, alone or in a window of its own.

use deskside_session::{
    command::{Act, Command},
    hiding::Program,
    input::{Button, InputEvent},
    programs::SharedProgram,
    view::View,
};
use deskside_tests::{
    Display, Peer, Picture, Scene, Server, dice::Dice, peer::Start, scene::secure, until, wait,
};

/// Nothing else has these colours.
const SECRET: [u8; 3] = [0xff, 0x00, 0xfe];
const GREEN: [u8; 3] = [0x0a, 0x5f, 0x1e];
const BLUE: [u8; 3] = [0x14, 0x28, 0x8c];

fn has(picture: &Picture, colour: [u8; 3]) -> bool {
    picture.rgb.chunks_exact(3).any(|p| p == colour)
}

/// A terminal with a ground of this colour.
fn terminal(desk: &Display, title: &str, colour: [u8; 3], place: &str, shell: &str) -> u64 {
    let ground = format!("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]);
    let look = ["-u8", "-bg", &ground, "-title", title, "-geometry", place];
    desk.run("xterm", &[&look[..], &["-e", "sh", "-c", shell]].concat());
    let window = desk.window(title);
    until("its ground on the screen", || has(&desk.picture(), colour).then_some(()));
    until("its frame", || (desk.active()? == window).then_some(()));
    u64::from(window)
}

fn programs(s: &View) -> Vec<SharedProgram> {
    s.sharing.as_ref().map(|s| s.programs.clone()).unwrap_or_default()
}

fn states(s: &View) -> Vec<Program> {
    programs(s).iter().map(|p| p.state).collect()
}

/// Types into the application whose middle this is.
fn type_into(agent: &mut Peer, desk: &Display, window: u64, text: &str) {
    let (left, top, width, height) = desk.place(window as u32);
    let (x, y) = (left as u16 + width / 2, top as u16 + height / 2);
    until("the pointer is there", || {
        agent.input(InputEvent::Move { x: x + 1, y });
        agent.input(InputEvent::Move { x, y });
        (desk.pointer() == (x as i16, y as i16)).then_some(())
    });
    agent.click(Button::Left, x, y);
    until("it has the keyboard", || (u64::from(desk.active()?) == window).then_some(()));
    agent.type_keys(text);
}

#[test]
fn two_are_seen_and_used_while_a_secret_moves_between_them() {
    let mut scene = Scene::joined();
    let desk = &scene.desk;
    let green = terminal(desk, "green", GREEN, "50x10+20+40", "cat > green");
    let blue = terminal(desk, "blue", BLUE, "50x10+700+450", "cat > blue");
    let later = terminal(desk, "later", [0x5a, 0x32, 0x0a], "40x8+20+500", "cat");
    let secret = terminal(desk, "secret", SECRET, "60x14+300+200", "cat").to_string();
    scene.agent.tell(Command::Ask { act: Act::Control });
    scene.customer.wait_session("a question", |s| s.prompt.is_some());
    scene.customer.tell(Command::Only { windows: vec![green, blue] });
    scene.customer.answer(Act::Control, true);
    let first = scene.agent.wait_picture("both", |p| p.width == 1280 && has(p, GREEN) && has(p, BLUE));
    assert!(!has(&first, SECRET));
    let told = scene
        .agent
        .wait_session("both by name", |s| programs(s).iter().map(|p| p.title.as_str()).eq(["green", "blue"]));
    assert!(programs(&told).iter().all(|p| p.place.is_some() && p.window.is_none()));
    let secrets = ["secret", "later"].map(|title| format!("\"{title}\""));
    let lines = scene.agent.lines().join("\n");
    assert!(secrets.iter().all(|title| !lines.contains(title)), "no other title goes out");

    let mut dice = Dice(7);
    for round in 0..12 {
        let (x, y) = (dice.roll(900).to_string(), dice.roll(600).to_string());
        let raised = ["secret", "green", "blue"][dice.roll(3) as usize];
        scene.desk.xdotool(&["windowmove", &secret, &x, &y]);
        let raised = scene.desk.window(raised).to_string();
        scene.desk.xdotool(&["windowactivate", &raised]);
        let seen = scene.agent.try_picture().expect("a picture");
        assert!(!has(&seen, SECRET), "in round {round}");
    }
    // Out of the way of the pointer, and below.
    scene.desk.xdotool(&["windowmove", &secret, "420", "250"]);
    type_into(&mut scene.agent, &scene.desk, green, "one\n");
    scene.wait_file("green", "one\n");
    type_into(&mut scene.agent, &scene.desk, blue, "two\n");
    scene.wait_file("blue", "two\n");
    scene.wait_file("green", "one\n");

    // One more, one minimised, one closed, one less.
    scene.customer.tell(Command::AddProgram { window: later });
    scene.agent.wait_picture("one more", |p| has(p, [0x5a, 0x32, 0x0a]) && !has(p, SECRET));
    scene.desk.xdotool(&["windowminimize", &green.to_string()]);
    let shown = Program::Shown;
    scene.agent.wait_session("minimised", |s| states(s) == [Program::Minimised, shown, shown]);
    scene.desk.xdotool(&["windowclose", &blue.to_string()]);
    scene.agent.wait_session("closed", |s| states(s) == [Program::Minimised, Program::Closed, shown]);
    let ids = programs(&scene.customer.session().expect("a session"));
    scene.customer.tell(Command::RemoveProgram { id: ids[2].id });
    scene.agent.wait_session("one less", |s| states(s) == [Program::Minimised, Program::Closed]);
    scene.agent.wait_picture("nothing of them", |p| {
        assert!(!has(p, SECRET));
        !has(p, GREEN) && !has(p, BLUE) && !has(p, [0x5a, 0x32, 0x0a])
    });
}

#[test]
fn each_has_a_window_of_its_own_at_the_agent() {
    let server = Server::start();
    let (office, desk) = (Display::start(1280, 900, "us"), Display::start(1000, 700, "us"));
    let green = terminal(&desk, "green", GREEN, "60x16+20+40", "cat > green");
    let blue = terminal(&desk, "blue", BLUE, "60x16+500+400", "cat > blue");
    let agent = Start::new("agent", server.url(), Some(&office)).agent().windows().start();
    let number = agent.wait_session("a number", |_| true).number.to_string();
    let mut customer = Peer::customer(&server, Some(&desk), &number);
    agent.wait_session("the customer", secure);
    customer.wait_session("the agent", secure);
    let mut agent = agent;
    agent.tell(Command::Ask { act: Act::Control });
    customer.wait_session("a question", |s| s.prompt.is_some());
    customer.tell(Command::Only { windows: vec![green, blue] });
    customer.answer(Act::Control, true);
    let placed = |s: &View| programs(s).len() == 2 && programs(s).iter().all(|p| p.place.is_some());
    agent.wait_session("where both are", placed);

    // The button at the right end of the strip, left of the panel.
    let opened = wait::within(wait::DEADLINE, || {
        let (left, top, width, _) = office.place(office.window("Deskside"));
        office.move_mouse(left + width as i16 - 336 - 40, top + 100);
        office.click(1);
        wait::within(std::time::Duration::from_secs(2), || office.find_window("blue - "))
    });
    assert!(opened.is_some(), "no window for each\n{}", agent.story());
    let window = office.window("green - ");
    office.xdotool(&["windowactivate", "--sync", &window.to_string()]);
    let place = programs(&agent.session().expect("a session"))[0].place.expect("it is shown");
    let (x, y, width, height) = (place.x.into(), place.y.into(), place.width.into(), place.height.into());
    let same = wait::within(wait::DEADLINE, || {
        let (left, top, w, h) = office.place(window);
        let here = office.picture().part(left as usize, top as usize, w.into(), h.into());
        let there = desk.picture().part(x, y, width, height);
        assert!(!has(&here, BLUE), "nothing of the other one");
        ((w, h) == (place.width, place.height) && here.different(&there) == 0).then_some(())
    });
    assert!(same.is_some(), "the window never had the application's pixels\n{}", agent.story());

    // A click there lands in the application, and so do keys.
    let (left, top, w, h) = office.place(window);
    let typed = wait::within(wait::DEADLINE, || {
        office.move_mouse(left + (w / 2) as i16, top + (h / 2) as i16);
        office.click(1);
        (desk.active().map(u64::from) == Some(green)).then_some(())
    });
    assert!(typed.is_some(), "no click came through\n{}", agent.story());
    until("the pointer is in the middle of it", || {
        let (px, py) = desk.pointer();
        let near = |p: i16, from: usize, size: usize| (p as usize).abs_diff(from + size / 2) < 4;
        (near(px, x, width) && near(py, y, height)).then_some(())
    });
    office.xdotool(&["type", "--delay", "30", "hello"]);
    office.xdotool(&["key", "Return"]);
    desk.file_with("green", |text| text == "hello\n");

    // Minimised, it says so instead; closed by the person, it is in the strip again.
    desk.xdotool(&["windowminimize", &green.to_string()]);
    agent.wait_session("minimised", |s| programs(s)[0].state == Program::Minimised);
    until("nothing of it is there", || {
        let (left, top, w, h) = office.place(window);
        let here = office.picture().part(left as usize, top as usize, w.into(), h.into());
        (!has(&here, GREEN)).then_some(())
    });
    office.xdotool(&["windowclose", &window.to_string()]);
    until("its window is gone", || office.find_window("green - ").is_none().then_some(()));
    assert!(agent.session().is_some_and(|s| s.sharing.is_some()), "the rest goes on");
}
