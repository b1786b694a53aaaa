//! X6: windows that the customer hides never reach the agent.

use deskside_session::{
    app::AppOnly,
    command::{Act, Command},
    hiding::{Hidden, Hiding},
};
use deskside_tests::{Dice, Display, Picture, Scene, Server, until};

/// Nothing else has this colour.
const SECRET: [u8; 3] = [0xff, 0x00, 0xfe];

/// A terminal that is all of the secret colour, by a program of this name.
fn secret(desk: &Display, title: &str, program: &str) -> String {
    let colours = ["-bg", "#ff00fe", "-fg", "#ff00fe", "-cr", "#ff00fe"];
    let place = ["-class", program, "-title", title, "-geometry", "40x12+200+150", "-e", "cat"];
    desk.run("xterm", &[&colours[..], &place[..]].concat());
    let window = desk.window(title);
    until("the secret is on the screen", || shows(&desk.picture()).then_some(()));
    window.to_string()
}

fn shows(picture: &Picture) -> bool {
    picture.rgb.chunks_exact(3).any(|p| p == SECRET)
}

fn hiding(s: &deskside_session::view::View) -> Hiding {
    s.sharing.as_ref().map(|s| s.hiding).unwrap_or_default()
}

#[test]
fn a_password_manager_is_never_in_the_agents_picture() {
    let mut scene = Scene::on(Server::start(), Display::start(640, 480, "us"));
    scene.desk.terminal("work", "60x20+30+40", "seq 1 30; cat");
    scene.allow(Act::View);
    scene.wait_same_picture();
    let window = secret(&scene.desk, "vault", "KeePassXC");
    scene.agent.wait_session("that something is hidden", |s| hiding(s) == Hiding::Something);
    scene.customer.wait_session("that something is hidden", |s| hiding(s) == Hiding::Something);
    let mut dice = Dice(6);
    for pictures in 0..20 {
        let (x, y) = (dice.roll(500).to_string(), dice.roll(400).to_string());
        let desk = &scene.desk;
        match dice.roll(5) {
            0 => desk.xdotool(&["windowminimize", &window]),
            1 => desk.xdotool(&["windowmap", &window, "windowactivate", &window]),
            2 => desk.xdotool(&["windowactivate", &desk.window("work").to_string()]),
            3 => desk.xdotool(&["windowunmap", &window, "windowmap", &window]),
            _ => desk.xdotool(&["windowmove", &window, &x, &y]),
        };
        let picture = scene.agent.wait_picture("a picture", |_| true);
        assert!(!shows(&picture), "the secret is in picture {pictures}");
    }
    // When it is away, all is seen again.
    scene.desk.xdotool(&["windowunmap", &window]);
    scene.agent.wait_session("nothing is hidden", |s| hiding(s) == Hiding::Nothing);
    scene.wait_same_picture();
}

#[test]
fn a_window_is_hidden_and_shown_at_the_customers_word() {
    let mut scene = Scene::joined();
    secret(&scene.desk, "diary", "Diary");
    scene.customer.tell(AppOnly::ListWindows);
    let of_diary = |v: &deskside_session::app::AppView| {
        v.hiding.open.iter().flatten().find(|w| w.title == "diary").cloned()
    };
    let view = scene.customer.wait("the list of windows", |v| of_diary(v).is_some());
    let window = of_diary(&view).expect("it is listed");
    assert_eq!((window.program.as_str(), window.minimised), ("Diary", false));
    // Before the sharing begins: not one picture has it.
    scene.customer.tell(AppOnly::Hide(Hidden { windows: vec![window.id], ..Hidden::default() }));
    scene.customer.wait("that it is hidden", |v| v.hiding.hidden.windows == [window.id]);
    scene.allow(Act::View);
    let first = scene.agent.wait_picture("a picture", |p| p.width == 1280);
    assert!(!shows(&first), "it is hidden before the first picture");
    scene.agent.wait_session("that something is hidden", |s| hiding(s) == Hiding::Something);
    // Another choice counts at once.
    scene.customer.tell(AppOnly::Hide(Hidden::default()));
    scene.agent.wait_picture("what is hidden no longer", shows);
    scene.wait_same_picture();
    let programs = vec!["diary".into()];
    scene.customer.tell(AppOnly::Hide(Hidden { programs, windows: Vec::new() }));
    scene.agent.wait_picture("hidden by its program", |p| !shows(p));
    let kept = std::fs::read_to_string(scene.customer.home().join("hidden.json")).expect("it is kept");
    assert!(kept.starts_with(r#"{"hidden":["diary"],"shown":["1password""#), "{kept}");
    scene.customer.tell(Command::StopSharing);
    scene.agent.wait_session("the end of sharing", |s| s.sharing.is_none());
}

#[test]
fn the_customer_is_told_where_nothing_can_be_hidden() {
    let server = Server::start();
    let desk = Display::start(800, 600, "us");
    let mut scene = Scene::with(server, desk, |agent| agent, |c| c.env("DESKSIDE_CAPTURE", "xcap"));
    scene.allow(Act::View);
    scene.customer.wait_session("that it is impossible", |s| hiding(s) == Hiding::Impossible);
    // What this computer cannot do is none of the agent's business.
    let seen = scene.agent.wait_session("a sharing", |s| s.sharing.as_ref().is_some_and(|s| s.width > 0));
    assert_eq!(hiding(&seen), Hiding::Nothing);
    scene.customer.tell(AppOnly::Hide(Hidden { programs: Vec::new(), windows: Vec::new() }));
    scene.customer.wait_session("that nothing is to be hidden", |s| hiding(s) == Hiding::Nothing);
}
