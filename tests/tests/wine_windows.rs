//! D4, D6, D10, X6 on Windows: what is hidden or not shared never reaches the agent, and input reaches nothing else. Under Wine;
//! `cargo xtask windows` runs it.

use deskside_session::{
    app::{AppOnly, AppView},
    command::{Act, Command},
    hiding::{Hidden, Hiding, OpenWindow, Program},
    input::{Button, InputEvent},
    view::View,
};
use deskside_tests::{
    Dice, Display, Peer, Picture, Scene, Server, Wine, until, wait,
    wine::{self, Window},
};

/// Nothing else has these colours.
const SECRET: [u8; 3] = [0xff, 0x00, 0xfe];
const GREEN: [u8; 3] = [0x0a, 0x5f, 0x1e];
const BLUE: [u8; 3] = [0x14, 0x28, 0x8c];

fn has(picture: &Picture, colour: [u8; 3]) -> bool {
    picture.rgb.chunks_exact(3).any(|p| p == colour)
}

/// Opens a window and waits until it is on the screen.
fn open(scene: &Scene, program: &str, title: &str, colour: [u8; 3], place: &str) -> Window {
    let text = format!("{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]);
    let window = Window::open(&scene.desk, program, title, &text, &place.split(' ').collect::<Vec<_>>());
    until("it is drawn", || has(&scene.desk.picture(), colour).then_some(()));
    window
}

fn hiding(s: &View) -> Hiding {
    s.sharing.as_ref().map(|s| s.hiding).unwrap_or_default()
}

fn states(s: &View) -> Vec<Program> {
    s.sharing.iter().flat_map(|s| &s.programs).map(|p| p.state).collect()
}

/// The windows of the customer's computer, once one of this title is among them.
fn listed(customer: &mut Peer, title: &str) -> OpenWindow {
    let of = |v: &AppView| v.hiding.open.iter().flatten().find(|w| w.title == title).cloned();
    let found = wait::within(wait::DEADLINE, || {
        customer.tell(AppOnly::ListWindows);
        customer.view().as_ref().and_then(of)
    });
    found.unwrap_or_else(|| panic!("{title} is not listed\n{}", customer.story()))
}

#[test]
#[ignore = "cargo xtask windows runs it"]
fn windows_are_listed_with_what_they_are() {
    let (_wine, mut scene) = wine::joined();
    let mut green = open(&scene, "Greenery", "Green window", GREEN, "100 100 300 200");
    let blue = open(&scene, "Blueish", "Blue window", BLUE, "300 200 300 200");
    let found = listed(&mut scene.customer, "Green window");
    assert_eq!((found.program.as_str(), found.minimised), ("Greenery", false));
    green.tell("minimise");
    until("it is listed as minimised", || {
        listed(&mut scene.customer, "Green window").minimised.then_some(())
    });
    listed(&mut scene.customer, "Blue window");
    drop(blue);
    until("it is listed no more", || {
        scene.customer.tell(AppOnly::ListWindows);
        let open = scene.customer.view()?.hiding.open?;
        open.iter().all(|w| w.title != "Blue window").then_some(())
    });
}

#[test]
#[ignore = "cargo xtask windows runs it"]
fn a_password_manager_is_never_in_the_agents_picture() {
    let (_wine, mut scene) = wine::joined();
    let _green = open(&scene, "Greenery", "Green window", GREEN, "0 0 1280 400");
    scene.allow(Act::View);
    scene.agent.wait_picture("the other window", |p| has(p, GREEN));
    let mut secret = open(&scene, "KeePassXC", "Vault", SECRET, "200 300 320 240");
    scene.agent.wait_session("that something is hidden", |s| hiding(s) == Hiding::Something);
    let mut dice = Dice(9);
    for step in 0..40 {
        let (x, y) = (dice.roll(900), dice.roll(500));
        match dice.roll(6) {
            0 => secret.tell("hide"),
            1 => secret.tell("show"),
            2 => secret.tell("unpopup"),
            3 => secret.tell(&format!("popup {x} {y} 120 90")),
            _ => secret.tell(&format!("move {x} {y} 320 240")),
        }
        let picture = scene.agent.wait_picture("a picture", |_| true);
        assert!(!has(&picture, SECRET), "the secret is in picture {step}");
    }
    for race in ["race 1500", "blink 150"] {
        let begun = secret.begin(race);
        while !secret.is_done(begun) {
            let picture = scene.agent.wait_picture("a picture", |_| true);
            assert!(!has(&picture, SECRET), "the secret is seen while it is on the move: {race}");
        }
    }
    secret.tell("unpopup");
    secret.tell("move 100 100 200 200");
    let rest = |p: &Picture| {
        assert!(!has(p, SECRET), "the secret is seen");
        has(p, GREEN)
    };
    scene.agent.wait_picture("the rest goes on", rest);
    for step in ["minimise", "restore"] {
        secret.tell(step);
        for _ in 0..5 {
            scene.agent.wait_picture("the rest goes on", rest);
        }
    }
    secret.tell("close");
    scene.agent.wait_session("nothing is hidden", |s| hiding(s) == Hiding::Nothing);
    scene.wait_same_picture();
}

#[test]
#[ignore = "cargo xtask windows runs it"]
fn a_window_is_hidden_and_shown_at_the_customers_word() {
    let (_wine, mut scene) = wine::joined();
    let _diary = open(&scene, "Diary", "My diary", SECRET, "200 150 300 200");
    let window = listed(&mut scene.customer, "My diary");
    scene.customer.tell(AppOnly::Hide(Hidden { windows: vec![window.id], ..Hidden::default() }));
    scene.customer.wait("that it is hidden", |v| v.hiding.hidden.windows == [window.id]);
    scene.allow(Act::View);
    let first = scene.agent.wait_picture("a picture", |p| p.width == 1280);
    assert!(!has(&first, SECRET), "it is hidden before the first picture");
    scene.agent.wait_session("that something is hidden", |s| hiding(s) == Hiding::Something);
    scene.customer.tell(AppOnly::Hide(Hidden::default()));
    scene.agent.wait_picture("what is hidden no longer", |p| has(p, SECRET));
    scene.wait_same_picture();
    let programs = vec!["diary".into()];
    scene.customer.tell(AppOnly::Hide(Hidden { programs, windows: Vec::new() }));
    scene.agent.wait_picture("hidden by its program", |p| !has(p, SECRET));
}

#[test]
#[ignore = "cargo xtask windows runs it"]
fn programs_alone_are_seen_while_a_secret_moves_between_them() {
    let (_wine, mut scene) = wine::joined();
    let mut green = open(&scene, "Greenery", "Green window", GREEN, "60 80 500 400");
    let mut blue = open(&scene, "Blueish", "Blue window", BLUE, "640 300 500 400");
    let mut secret = open(&scene, "Other", "Secret window", SECRET, "300 200 500 300");
    let windows = ["Green window", "Blue window"].map(|t| listed(&mut scene.customer, t).id).to_vec();
    scene.agent.tell(Command::Ask { act: Act::View });
    scene.customer.wait_session("a question", |s| s.prompt.is_some());
    scene.customer.tell(Command::Only { windows });
    scene.customer.answer(Act::View, true);
    let both = |p: &Picture| {
        assert!(!has(p, SECRET), "what is not shared is seen");
        has(p, GREEN) && has(p, BLUE)
    };
    scene.agent.wait_picture("both programs", both);
    let mut dice = Dice(10);
    for step in 0..40 {
        let (x, y) = (dice.roll(900), dice.roll(500));
        let to = format!("{x} {y} {} {}", 100 + dice.roll(400), 80 + dice.roll(300));
        match dice.roll(9) {
            0 => green.tell(&format!("move {to}")),
            1 => blue.tell(&format!("move {to}")),
            2 => secret.tell("hide"),
            3 => secret.tell("show"),
            4 => green.tell("popup 1000 40 150 100"),
            5 => secret.tell(&format!("popup {to}")),
            6 => secret.tell("unpopup"),
            7 => green.tell("unpopup"),
            _ => secret.tell(&format!("move {to}")),
        }
        let picture = scene.agent.wait_picture("a picture", |_| true);
        assert!(!has(&picture, SECRET), "the secret is in picture {step}");
    }
    for race in ["race 1500", "blink 150"] {
        for which in 0..2 {
            let mover = if which == 0 { &mut secret } else { &mut green };
            let begun = mover.begin(race);
            while !(if which == 0 { &secret } else { &green }).is_done(begun) {
                let picture = scene.agent.wait_picture("a picture", |_| true);
                assert!(!has(&picture, SECRET), "the secret is seen: {race} of {which}");
            }
        }
    }
    green.tell("move 60 80 300 300");
    blue.tell("move 640 300 300 300");
    // Its menus and dialogs are its own.
    green.tell("popup 1000 40 150 100");
    scene.agent.wait_picture("the popup", |p| {
        assert!(!has(p, SECRET), "what is not shared is seen");
        p.pixel(1075, 90) == GREEN && has(p, BLUE)
    });
    green.tell("unpopup");
    green.tell("minimise");
    scene.agent.wait_session("minimised", |s| states(s) == [Program::Minimised, Program::Shown]);
    green.tell("restore");
    scene.agent.wait_session("shown again", |s| states(s) == [Program::Shown, Program::Shown]);
    blue.tell("close");
    scene.agent.wait_session("closed", |s| states(s) == [Program::Shown, Program::Closed]);
    let picture = scene.agent.wait_picture("what is left", |p| has(p, GREEN) && !has(p, BLUE));
    assert!(!has(&picture, SECRET));
    // The customer widens it.
    scene.customer.tell(Command::Only { windows: vec![] });
    secret.tell("move 300 200 300 200");
    scene.agent.wait_picture("the whole desktop", |p| has(p, SECRET));
    scene.wait_same_picture();
}

#[test]
#[ignore = "cargo xtask windows runs it"]
fn input_reaches_the_shared_program_alone() {
    let (_wine, mut scene) = wine::joined();
    let mut green = open(&scene, "Greenery", "Green window", GREEN, "60 80 500 400 managed");
    let mut other = open(&scene, "Other", "Secret window", SECRET, "640 300 300 300");
    let window = listed(&mut scene.customer, "Green window").id;
    scene.agent.tell(Command::Ask { act: Act::Control });
    scene.customer.wait_session("a question", |s| s.prompt.is_some());
    scene.customer.tell(Command::Only { windows: vec![window] });
    scene.customer.answer(Act::Control, true);
    scene.agent.wait_picture("the program", |p| has(p, GREEN) && !has(p, SECRET));
    green.tell("front");
    // Input is held back for a moment after the answer.
    until("a click in it", || {
        scene.agent.click(Button::Left, 300, 300);
        wait::within(std::time::Duration::from_millis(300), || (green.clicks() > 0).then_some(()))
    });
    scene.agent.type_keys("only here");
    until("it is typed", || green.typed().ends_with("only here").then_some(()));
    scene.agent.click(Button::Left, 700, 400);
    scene.agent.input(InputEvent::Move { x: 720, y: 420 });
    scene.agent.click(Button::Left, 1200, 60);
    scene.agent.type_keys("after");
    until("it is typed", || green.typed().ends_with("after").then_some(()));
    assert_eq!((other.clicks(), other.typed()), (0, String::new()), "nothing reached what is not shared");

    // What lies over it takes no click for it, and what is in front no key.
    other.tell("move 200 200 300 300");
    other.tell("front");
    let before = (green.clicks(), green.typed());
    scene.agent.click(Button::Left, 300, 300);
    scene.agent.type_keys("nowhere");
    scene.agent.tell(Command::Chat { to: None, text: "behind it".into() });
    scene.customer.wait_session("the chat", |s| s.chat.len() == 1);
    assert_eq!((other.clicks(), other.typed()), (0, String::new()), "nothing reached what is not shared");
    assert_eq!((green.clicks(), green.typed()), before);
    other.tell("hide");
    green.tell("front");
    until("a click in it again", || {
        scene.agent.click(Button::Left, 300, 300);
        wait::within(std::time::Duration::from_millis(300), || (green.clicks() > before.0).then_some(()))
    });
    scene.agent.type_keys("back");
    until("it is typed", || green.typed().ends_with("back").then_some(()));
    assert!(!green.typed().contains("nowhere"));
}

#[test]
#[ignore = "cargo xtask windows runs it"]
fn the_question_is_not_in_the_agents_picture() {
    let wine = Wine::start();
    let mut scene =
        Scene::with(Server::start(), wine::screen(), |agent| agent, |customer| wine.peer(customer.windows()));
    scene.allow(Act::View);
    scene.wait_same_picture();
    scene.agent.tell(Command::Ask { act: Act::Control });
    scene.customer.wait_session("a question", |s| s.prompt.is_some());
    let prompt = scene.desk.window("Deskside asks you");
    until("it is drawn", || {
        let (x, y, w, h) = scene.desk.place(prompt);
        let there = scene.desk.picture();
        let inside = there.part(x.max(0) as usize, y.max(0) as usize, w.into(), h.into());
        (inside.colours(20) >= 20).then_some(())
    });
    // Its right half is pale, and what was there before is black; the window manager moves it before Wine knows.
    let pale = |desk: &Display, seen: &Picture| {
        let (x, y, w, h) = desk.place(prompt);
        let (w, h) = (usize::from(w) / 2, usize::from(h));
        let half = seen.part(x.max(0) as usize + w, y.max(0) as usize, w, h);
        half.rgb.iter().any(|c| *c > 0x80)
    };
    scene.agent.wait_session("that something is hidden", |s| hiding(s) == Hiding::Something);
    for picture in 0..10 {
        let seen = scene.agent.wait_picture("a picture", |_| true);
        assert!(!pale(&scene.desk, &seen), "the question is in picture {picture}");
    }
    assert!(pale(&scene.desk, &scene.desk.picture()), "it is on the screen all the time");
    scene.customer.answer(Act::Control, false);
    scene.agent.wait_session("nothing is hidden", |s| hiding(s) == Hiding::Nothing);
}
