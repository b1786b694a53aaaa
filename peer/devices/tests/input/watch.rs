//! The watch: the person's acts are told, the agent's are not.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use deskside_devices::watch::{OwnAct, Watch, x11::start};
use deskside_session::input::{Button, InputEvent, Key, NamedKey};

use crate::desk::{Desk, eventually};

#[derive(Clone, Default)]
struct Told(Arc<[AtomicUsize; 2]>);

impl Told {
    fn watch(&self, desk: &Desk) -> Box<dyn Watch> {
        let told = self.clone();
        let count = move |act| {
            told.0[usize::from(act == OwnAct::PanicKey)].fetch_add(1, Ordering::SeqCst);
        };
        Box::new(start(Some(&desk.name), Box::new(count)).unwrap())
    }
    fn inputs(&self) -> usize {
        self.0[0].load(Ordering::SeqCst)
    }
    fn panics(&self) -> usize {
        self.0[1].load(Ordering::SeqCst)
    }
    /// Waits for one more than `before`, made by the person so that all earlier events are through.
    fn settled(&self, desk: &Desk) -> usize {
        let before = self.inputs();
        person(desk, &["click", "9"]);
        eventually("the click is told", || self.inputs() > before);
        self.inputs()
    }
}

/// What the person does, after a rest so long that it is told again.
fn person(desk: &Desk, does: &[&str]) {
    desk.run("xdotool", &[&["sleep", "0.1"], does].concat());
}

#[test]
fn the_agents_acts_are_not_told() {
    let desk = Desk::start();
    let told = Told::default();
    let _watch = told.watch(&desk);
    let mut agent = desk.agent();
    let mut second = desk.agent();
    for i in 0..200 {
        agent.send(InputEvent::Move { x: i * 5, y: i * 3 }).unwrap();
        second.send(InputEvent::Move { x: 900 - i, y: i }).unwrap();
        // The same place twice.
        second.send(InputEvent::Move { x: 900 - i, y: i }).unwrap();
    }
    for down in [true, false] {
        agent.send(InputEvent::Button { button: Button::Left, down, x: 5, y: 5 }).unwrap();
    }
    agent.send(InputEvent::Wheel { dx: 240, dy: -600 }).unwrap();
    agent.chars("Escape: é 中");
    for _ in 0..6 {
        agent.tap(Key::Named(NamedKey::Escape));
    }
    agent.text("Text € 日");
    assert_eq!(told.settled(&desk), 1, "only the click that follows is told");
    assert_eq!(told.panics(), 0);
}

#[test]
fn the_persons_acts_are_told() {
    let desk = Desk::start();
    let told = Told::default();
    let watch = told.watch(&desk);
    let mut agent = desk.agent();
    agent.send(InputEvent::Move { x: 300, y: 300 }).unwrap();
    assert_eq!(told.settled(&desk), 1);

    // (xdotool's "mousemove" warps the pointer, which is no device's motion.)
    let before = told.settled(&desk);
    person(&desk, &["mousemove_relative", "38", "5"]);
    eventually("a move is told", || told.inputs() > before);

    let before = told.settled(&desk);
    person(&desk, &["key", "a"]);
    eventually("a key is told", || told.inputs() > before);

    // While the agent acts, too.
    let before = told.settled(&desk);
    for i in 0..100 {
        agent.send(InputEvent::Move { x: i, y: i }).unwrap();
    }
    person(&desk, &["mousemove_relative", "70", "40"]);
    for i in 0..100 {
        agent.send(InputEvent::Move { x: i, y: i }).unwrap();
    }
    eventually("a move amid the agent's is told", || told.inputs() > before);

    drop(watch);
    let before = told.inputs();
    person(&desk, &["mousemove_relative", "10", "40", "click", "1", "key", "b"]);
    assert_eq!(told.inputs(), before, "a dropped watch tells nothing");
}

#[test]
fn three_escapes_of_the_person_are_the_panic_key() {
    let desk = Desk::start();
    let told = Told::default();
    let _watch = told.watch(&desk);
    let mut agent = desk.agent();
    // The agent's do not count among the person's.
    person(&desk, &["key", "Escape", "Escape"]);
    agent.tap(Key::Named(NamedKey::Escape));
    person(&desk, &["key", "x"]);
    told.settled(&desk);
    assert_eq!(told.panics(), 0);
    person(&desk, &["key", "--delay", "20", "Escape", "Escape", "Escape"]);
    eventually("the panic key is told", || told.panics() == 1);
}
