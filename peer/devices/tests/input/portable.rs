//! The portable back ends (rdev, enigo, arboard). They know only the display of the environment, so each
//! runs in a process of its own: this program again, with the one test that is named.

use std::{
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use deskside_devices::{
    clipboard::{Clipboard as _, Copied, portable},
    inject::{self, InjectError, Injector},
    watch::{self, OwnAct},
};
use deskside_session::clipboard::Clip;
use deskside_session::input::{Button, InputEvent, Key, NamedKey};

use crate::{
    desk::{Desk, SIZE, eventually},
    recorder::{Recorder, buttons},
};

const CHILD: &str = "DESKSIDE_TEST_CHILD";
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs a test of this program on a display, in a process of its own.
fn run(desk: &Desk, test: &str) {
    let me = std::env::current_exe().unwrap();
    let mut child = desk.command(me.to_str().unwrap(), &["--exact", test, "--nocapture"]);
    child.env(CHILD, test).env("DESKSIDE_INPUT", "rdev").stdout(Stdio::piped()).stderr(Stdio::piped());
    let done = child.output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
}

/// Whether this is the process for `test`; the display to use.
fn display(test: &str) -> Option<String> {
    (std::env::var(CHILD).ok()? == test).then(|| std::env::var("DISPLAY").unwrap())
}

fn send(agent: &mut dyn Injector, event: InputEvent) -> Result<(), InjectError> {
    agent.inject(&event, (0, 0), SIZE)
}

fn tap(agent: &mut dyn Injector, key: Key) {
    for down in [true, false] {
        send(agent, InputEvent::Key { key, down }).unwrap_or_else(|e| panic!("{key:?}: {e}"));
    }
}

#[test]
fn rdev_types_into_a_terminal() {
    for layout in ["us", "fr"] {
        let mut desk = Desk::start();
        desk.layout(layout);
        desk.typewriter();
        run(&desk, "portable::child_types");
        let q = if layout == "us" { "q" } else { "a" };
        assert_eq!(desk.typed(3), [q.to_owned(), "hé".into(), "éàç ß € ñ ж 中 😀".into()]);
        desk.nothing_held();
    }
}

#[test]
fn child_types() {
    if display("portable::child_types").is_none() {
        return;
    }
    let mut agent = inject::open().unwrap();
    let agent = &mut *agent;
    tap(agent, Key::Position(0x14));
    for usage in [0, 3, 0x65, 0xe8, u16::MAX] {
        let down = InputEvent::Key { key: Key::Position(usage), down: true };
        assert_eq!(send(agent, down), Err(InjectError::NoSuchKey), "{usage:#x}");
    }
    tap(agent, Key::Named(NamedKey::Enter));
    tap(agent, Key::Char('h'));
    tap(agent, Key::Char('é'));
    tap(agent, Key::Named(NamedKey::Enter));
    send(agent, InputEvent::Text { text: "éàç ß € ñ ж 中 😀\n".into() }).unwrap();
    // Held until the end.
    for key in [Key::Named(NamedKey::ControlLeft), Key::Named(NamedKey::ShiftLeft)] {
        send(agent, InputEvent::Key { key, down: true }).unwrap();
    }
    // The keys that were lent for it end with the process.
    eventually("it is typed", || {
        std::fs::read("typed").unwrap().iter().filter(|b| **b == b'\n').count() == 3
    });
}

#[test]
fn rdev_points_and_spares_own_windows() {
    let desk = Desk::start();
    run(&desk, "portable::child_points");
}

#[test]
fn child_points() {
    let Some(display) = display("portable::child_points") else { return };
    let mut other = Recorder::open_on(&display, (0, 0), (400, 400), false);
    other.show();
    let mut mine = Recorder::open_on(&display, (500, 0), (400, 400), false);
    mine.is_of_this_process();
    mine.show();
    let mut agent = inject::open().unwrap();
    let agent = &mut *agent;
    for button in [Button::Left, Button::Middle, Button::Right, Button::Back, Button::Forward] {
        for down in [true, false, false] {
            send(agent, InputEvent::Button { button, down, x: 50, y: 60 }).unwrap();
        }
    }
    send(agent, InputEvent::Wheel { dx: 120, dy: -240 }).unwrap();
    let presses: Vec<_> = buttons(&other.take()).into_iter().filter(|b| b.1).map(|b| b.0).collect();
    assert_eq!(presses, [1, 2, 3, 8, 9, 5, 5, 7]);

    let press = InputEvent::Button { button: Button::Left, down: true, x: 600, y: 60 };
    assert_eq!(send(agent, press), Err(InjectError::OwnWindow));
    assert_eq!(send(agent, InputEvent::Wheel { dx: 0, dy: 120 }), Err(InjectError::OwnWindow));
    mine.focus(mine.window);
    let key = InputEvent::Key { key: Key::Char('a'), down: true };
    assert_eq!(send(agent, key), Err(InjectError::OwnWindow));
    assert_eq!(send(agent, InputEvent::Text { text: "a".into() }), Err(InjectError::OwnWindow));
    assert_eq!(buttons(&mine.take()), []);
}

#[test]
fn rdevs_events_are_told_from_the_persons() {
    for test in ["portable::child_watches_by_xinput", "portable::child_watches_by_rdev"] {
        let desk = Desk::start();
        run(&desk, test);
    }
}

#[test]
fn child_watches_by_xinput() {
    if display("portable::child_watches_by_xinput").is_some() {
        watches(|told| watch::start(told).unwrap());
    }
}

#[test]
fn child_watches_by_rdev() {
    if display("portable::child_watches_by_rdev").is_some() {
        watches(|told| Box::new(watch::rdev::start(told).unwrap()));
    }
}

type Start = fn(Box<dyn Fn(OwnAct) + Send>) -> Box<dyn watch::Watch>;

fn watches(start: Start) {
    let mut agent = inject::open().unwrap();
    let agent = &mut *agent;
    let xdotool = |args: &[&str]| {
        assert!(std::process::Command::new("xdotool").args(args).status().unwrap().success());
    };
    let told = Arc::<AtomicUsize>::default();
    let count = told.clone();
    let watch = start(Box::new(move |act| {
        count.fetch_add(if act == OwnAct::Input { 1 } else { 100 }, Ordering::SeqCst);
    }));
    // The listener of rdev does not say when it listens.
    eventually("a click of the person is told", || {
        xdotool(&["click", "9"]);
        told.load(Ordering::SeqCst) > 0
    });
    xdotool(&["sleep", "0.1"]);
    let before = told.load(Ordering::SeqCst);
    for i in 0..20 {
        send(agent, InputEvent::Move { x: i * 40, y: 700 - i * 30 }).unwrap();
    }
    for down in [true, false] {
        send(agent, InputEvent::Button { button: Button::Left, down, x: 5, y: 5 }).unwrap();
    }
    send(agent, InputEvent::Wheel { dx: 120, dy: 120 }).unwrap();
    for _ in 0..3 {
        tap(agent, Key::Named(NamedKey::Escape));
    }
    send(agent, InputEvent::Text { text: "é中a".into() }).unwrap();
    xdotool(&["sleep", "0.3"]);
    assert_eq!(told.load(Ordering::SeqCst), before);
    xdotool(&["key", "--delay", "20", "Escape", "Escape", "Escape"]);
    eventually("the panic key is told", || told.load(Ordering::SeqCst) >= before + 101);
    drop(watch);
}

#[test]
fn arboards_clipboard_is_looked_at() {
    let desk = Desk::start();
    run(&desk, "portable::child_copies");
}

#[test]
fn child_copies() {
    if display("portable::child_copies").is_none() {
        return;
    }
    let (told, texts) = mpsc::sync_channel(8);
    let (told_files, files) = mpsc::sync_channel(8);
    let tell = move |c| match c {
        Copied::Clip(clip) => told.send(clip).unwrap(),
        Copied::Files(paths) => told_files.send(paths).unwrap(),
        Copied::Paste => {}
    };
    let clipboard = portable::open(Box::new(tell)).unwrap();
    let mut other = arboard::Clipboard::new().unwrap();
    clipboard.watch(true);
    clipboard.set("ours é中".into());
    eventually("it is set", || other.get_text().is_ok_and(|t| t == "ours é中"));
    other.set_text("theirs 😀").unwrap();
    assert_eq!(texts.recv_timeout(PATIENCE), Ok("theirs 😀".into()));
    other.set_text("x".repeat((1 << 20) + 1)).unwrap();
    other.set_text("last").unwrap();
    assert_eq!(texts.recv_timeout(PATIENCE), Ok("last".into()));
    clipboard.watch_files(true);
    // The look that finds the second of them is one that knows that files are wanted.
    for text in ["once", "twice"] {
        other.set_text(text).unwrap();
        assert_eq!(texts.recv_timeout(PATIENCE), Ok(text.into()));
    }
    let copied = [std::env::current_exe().unwrap().canonicalize().unwrap()];
    other.set().file_list(&copied).unwrap();
    assert_eq!(files.recv_timeout(PATIENCE).as_deref(), Ok(&copied[..]));
    clipboard.watch_files(false);
    let image = arboard::ImageData { width: 2, height: 1, bytes: vec![1, 2, 3, 255, 5, 6, 7, 255].into() };
    other.set_image(image.clone()).unwrap();
    let Ok(clip @ Clip::Picture(_)) = texts.recv_timeout(PATIENCE) else { panic!("no picture") };
    clipboard.set("between".into());
    eventually("it is set", || other.get_text().is_ok_and(|t| t == "between"));
    clipboard.set(clip);
    eventually("the picture is set", || other.get_image().is_ok_and(|i| i.bytes == image.bytes));
}
