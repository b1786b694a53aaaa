//! The Windows program under Wine, with a server and an agent of this system; `cargo xtask windows` runs it.
//! What Wine cannot show is listed in docs/windows.md.

use std::time::Duration;

use deskside_session::{
    app::{AppOnly, Ending, Screen},
    command::{Act, Command},
    input::{Button, InputEvent, Key, NamedKey},
    view::{Notice, View},
};
use deskside_tests::{Display, Peer, Probe, Scene, Server, Wine, peer::Start, scene, until, wait, wine};

/// An editor of Windows on the customer's screen, in front, and empty; what the agent types goes there.
fn editor(scene: &mut Scene, wine: &Wine) {
    wine.run(&scene.desk, &["notepad"]);
    let window = scene.desk.window("Notepad").to_string();
    // Beside the program's own window, where there is one.
    scene.desk.xdotool(&["windowmove", "--sync", &window, "500", "150"]);
    // Input is held back for a moment after the answer: the first clicks and keys may be lost.
    let typed = wait::within(wait::DEADLINE, || {
        scene.agent.click(Button::Left, 700, 500);
        scene.agent.key(Key::Char('x'));
        copied(scene).starts_with('x').then_some(())
    });
    assert!(typed.is_some(), "nothing was typed\n{}", scene.customer.story());
    scene.agent.key(Key::Named(NamedKey::Delete));
}

/// What the editor holds, by way of its shortcuts and the clipboard; all of it is selected then.
fn copied(scene: &mut Scene) -> String {
    for key in ['a', 'c'] {
        scene.agent.input(InputEvent::Key { key: Key::Named(NamedKey::ControlLeft), down: true });
        scene.agent.key(Key::Char(key));
        scene.agent.input(InputEvent::Key { key: Key::Named(NamedKey::ControlLeft), down: false });
    }
    scene.desk.clipboard().replace("\r\n", "\n")
}

#[test]
#[ignore = "cargo xtask windows runs it"]
fn it_says_its_version() {
    let wine = Wine::start();
    let desk = Display::start(640, 480, "us");
    let out = wine.command(&desk).arg(wine::exe()).arg("--version").output().expect("wine starts");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let said = String::from_utf8_lossy(&out.stdout);
    assert_eq!(said.trim(), concat!("deskside ", env!("CARGO_PKG_VERSION")));
}

#[test]
#[ignore = "cargo xtask windows runs it"]
fn the_agent_sees_chats_and_is_left() {
    let (_wine, mut scene) = wine::joined();
    let probe = Probe::open(&scene.desk, 100, 100, 300, 200);
    probe.fill(0, 0, 300, 200, 0x00ff_8000);
    scene.allow(Act::View);
    let picture = scene.wait_same_picture();
    assert_eq!((picture.width, picture.height), (1280, 800));
    assert_eq!(picture.pixel(200, 200), [255, 128, 0]);
    probe.fill(50, 50, 100, 100, 0x0000_80ff);
    scene.wait_same_picture();

    scene.agent.tell(Command::Chat { to: None, text: "Does it work? Ça marche ? 😀".into() });
    scene.customer.wait_session("the question", |s| s.chat.len() == 1);
    scene.customer.tell(Command::Chat { to: None, text: "It does. Oui 😀".into() });
    let s = scene.agent.wait_session("the answer", |s| s.chat.len() == 2);
    assert_eq!(s.chat[0].text, "Does it work? Ça marche ? 😀");
    assert_eq!(s.chat[1].text, "It does. Oui 😀");

    scene.customer.tell(Command::Leave);
    assert_eq!(ending(&scene.customer), Ending::Left);
    assert!(scene.customer.wait_exit().success());
    scene.agent.wait_session("nobody else", |s| s.others.is_empty() && s.grants.is_empty());
}

#[test]
#[ignore = "cargo xtask windows runs it"]
fn the_agent_types_and_clicks() {
    let (wine, mut scene) = wine::joined();
    scene.allow(Act::Control);
    editor(&mut scene, &wine);
    scene.agent.type_keys("hello, World\nwrongg");
    scene.agent.key(Key::Named(NamedKey::Backspace));
    scene.agent.input(InputEvent::Text { text: " êtes-vous là ? 你好 😀".into() });
    let text = "hello, World\nwrong êtes-vous là ? 你好 😀";
    let there = wait::within(wait::DEADLINE, || (copied(&mut scene) == text).then_some(()));
    assert!(there.is_some(), "{:?}\n{}", copied(&mut scene), scene.customer.story());

    // While the own input is watched, Wine moves its pointer and not the display's: a click tells where it is.
    let before = scene.wait_same_picture();
    let (x, y, ..) = scene.desk.place(scene.desk.window("Notepad"));
    scene.agent.click(Button::Left, x as u16 + 10, y as u16 + 8);
    until("a menu opens", || (scene.desk.picture().different(&before) > 1_000).then_some(()));
    scene.wait_same_picture();
    scene.agent.key(Key::Named(NamedKey::Escape));
}

#[test]
#[ignore = "cargo xtask windows runs it"]
fn files_that_the_agent_sends_arrive() {
    let (_wine, mut scene) = wine::joined();
    let sent = tempfile::tempdir().expect("a folder");
    let name = format!("deskside {}", std::process::id());
    let (file, folder) = (sent.path().join(format!("{name}.txt")), sent.path().join(&name));
    std::fs::write(&file, "Ça arrive\n").expect("a file");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("inner.bin"), [7; 100_000]).expect("a file");
    let downloads = wine::user().join("Downloads");
    for round in ["", " (2)"] {
        let paths = [&file, &folder].map(|p| p.to_string_lossy().into_owned());
        scene.agent.tell(AppOnly::SendFiles { paths: paths.into() });
        scene.customer.answer(Act::SendFiles, true);
        let there = [downloads.join(format!("{name}{round}.txt")), downloads.join(format!("{name}{round}"))];
        until("they are there", || there.iter().all(|p| p.exists()).then_some(()));
        scene.agent.wait_session("the end of it", |s| {
            matches!(&s.notice, Some((_, Notice::FilesMoved { sent: true, .. })))
        });
        assert_eq!(std::fs::read(&there[0]).expect("the file"), "Ça arrive\n".as_bytes());
        assert_eq!(std::fs::read(there[1].join("inner.bin")).expect("the file"), [7; 100_000]);
    }
    let ours = |e: &std::fs::DirEntry| e.file_name().to_string_lossy().starts_with(".deskside-");
    let left = std::fs::read_dir(&downloads).expect("the folder").flatten().filter(ours).count();
    assert_eq!(left, 0, "what was received in part");
    for round in ["", " (2)"] {
        std::fs::remove_file(downloads.join(format!("{name}{round}.txt"))).expect("the file");
        std::fs::remove_dir_all(downloads.join(format!("{name}{round}"))).expect("the folder");
    }
}

fn ending(peer: &Peer) -> Ending {
    let view = peer.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    let Screen::Ended { ending, .. } = view.screen else { unreachable!("it ended") };
    ending
}

#[test]
#[ignore = "cargo xtask windows runs it"]
fn the_own_mouse_takes_control_back_and_the_agents_input_does_not() {
    let (wine, mut scene) = wine::joined();
    scene.allow(Act::Control);
    editor(&mut scene, &wine);
    let held = |s: &View| s.grants.iter().any(|g| g.act == Act::Control);
    for step in 0..20 {
        scene.agent.click(Button::Left, 600 + step * 20, 500);
    }
    scene.agent.type_keys(&"abc".repeat(20));
    until("it is typed", || copied(&mut scene).contains("abcabcabc").then_some(()));
    assert!(scene.customer.session().is_some_and(|s| held(&s)));
    let (x, y, ..) = scene.desk.place(scene.desk.window("Notepad"));
    let mut step = 0;
    until("control is taken back", || {
        step = (step + 25) % 300;
        scene.desk.move_mouse(x + 50 + step, y + 100);
        let taken = || scene.customer.session().is_some_and(|s| !held(&s)).then_some(());
        wait::within(Duration::from_millis(200), taken)
    });
    scene.customer.wait_session("why", |s| s.notice.as_ref().is_some_and(|(_, n)| *n == Notice::TakenBack));
}

#[test]
#[ignore = "cargo xtask windows runs it"]
fn the_agent_cannot_use_the_programs_own_windows() {
    let wine = Wine::start();
    let customer = |c: Start| wine.peer(c.windows());
    let mut scene = Scene::with(Server::start(), wine::screen(), |agent| agent, customer);
    scene.allow(Act::Control);
    until("a frame", || {
        let screen = scene.desk.picture();
        let rim = screen.pixel(0, 600);
        let around = [(0, 799), (640, 799), (1279, 400)].iter().all(|(x, y)| screen.pixel(*x, *y) == rim);
        (around && rim != [0, 0, 0] && screen.pixel(4, 795) == [0, 0, 0]).then_some(())
    });
    scene.wait_same_picture();
    editor(&mut scene, &wine);
    // The window, its bar with the ways to end, and what else is there.
    let everywhere = |agent: &mut Peer| {
        for (x, y) in (10..1280).step_by(48).flat_map(|x| (10..800).step_by(48).map(move |y| (x, y))) {
            agent.click(Button::Left, x, y);
        }
        agent.type_keys("\n y");
        agent.tell(Command::Chat { to: None, text: "behind it".into() });
    };
    everywhere(&mut scene.agent);
    let s = scene.customer.wait_session("the chat", |s| s.chat.len() == 1);
    let sharing = s.sharing.expect("it goes on");
    assert!(sharing.controller.is_some() && !sharing.paused, "{:?}\n{}", s.notice, scene.customer.story());

    scene.agent.tell(Command::Ask { act: Act::Clipboard });
    scene.customer.wait_session("a prompt", |s| s.prompt.is_some());
    everywhere(&mut scene.agent);
    let s = scene.customer.wait_session("the chat", |s| s.chat.len() == 2);
    assert!(s.prompt.is_some() && s.grants.iter().all(|g| g.act != Act::Clipboard), "{s:?}");
    scene.customer.answer(Act::Clipboard, false);
    scene.agent.wait_session("the refusal", |s| s.asked.is_none());
}

#[test]
#[ignore = "cargo xtask windows runs it"]
fn the_window_joins_by_the_mouse_and_the_keyboard() {
    let wine = Wine::start();
    let server = Server::start();
    let desk = Display::start(1280, 800, "us");
    let agent = Peer::agent(&server, None);
    let number = agent.wait_session("a number", |_| true).number.get().to_string();
    let customer = wine.peer(Start::new("customer", server.url(), Some(&desk)).windows()).start();
    let window = desk.window("Deskside").to_string();
    // Pale ground, dark ink and the colour of the button are there: it has drawn itself.
    until("the window is drawn", || (desk.picture().colours(40) >= 40).then_some(()));
    desk.xdotool(&["windowactivate", "--sync", &window]);
    desk.xdotool(&["type", "--delay", "50", &number]);
    // The button below the field, in the middle of a window that is always of this width.
    desk.xdotool(&["mousemove", "--window", &window, "240", "317", "click", "1"]);
    customer.wait_session("the agent", scene::secure);
    agent.wait_session("the customer", scene::secure);
}

#[test]
#[ignore = "cargo xtask windows runs it"]
fn links_open_it_for_this_person() {
    let wine = Wine::start();
    let desk = Display::start(640, 480, "us");
    let run = |words: &[&str]| {
        let out = wine.command(&desk).args(words).output().expect("wine starts");
        (out.status.success(), String::from_utf8_lossy(&out.stdout).into_owned())
    };
    let exe = wine::exe().to_string_lossy().into_owned();
    let asked = ["reg", "query", r"HKCU\Software\Classes\deskside\shell\open\command", "/ve"];
    assert!(run(&[&exe, "links", "add"]).0);
    let (there, command) = run(&asked);
    assert!(there && command.contains(r#"deskside.exe" join -- "%1""#), "{command}");
    assert!(run(&[&exe, "links", "remove"]).0 && run(&[&exe, "links", "remove"]).0);
    assert!(!run(&asked).0);
}
