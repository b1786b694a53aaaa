//! Nothing that the agent does reaches a window of this program.

use deskside_devices::{
    inject::{InjectError, Injector as _},
    own,
};
use deskside_session::input::{Button, InputEvent, Key, NamedKey};

use crate::{
    desk::{Agent, Desk},
    recorder::{Recorder, Seen, buttons},
};

const SIZE: (u16, u16) = (300, 200);

fn at((x, y): (i16, i16), plus: (i16, i16)) -> (u16, u16) {
    ((x + plus.0) as u16, (y + plus.1) as u16)
}

fn click(agent: &mut Agent, (x, y): (u16, u16)) -> Result<(), InjectError> {
    let down = agent.send(InputEvent::Button { button: Button::Left, down: true, x, y });
    agent.send(InputEvent::Button { button: Button::Left, down: false, x, y })?;
    down
}

/// Everything that must not arrive.
fn refused(agent: &mut Agent, place: (u16, u16)) {
    assert_eq!(click(agent, place), Err(InjectError::OwnWindow));
    assert_eq!(agent.send(InputEvent::Wheel { dx: 120, dy: -120 }), Err(InjectError::OwnWindow));
}

fn keys_refused(agent: &mut Agent) {
    for key in [Key::Char('y'), Key::Char('中'), Key::Named(NamedKey::Enter), Key::Position(4)] {
        assert_eq!(agent.send(InputEvent::Key { key, down: true }), Err(InjectError::OwnWindow));
        agent.up(key);
    }
    assert_eq!(agent.send(InputEvent::Text { text: "yes\n".into() }), Err(InjectError::OwnWindow));
}

fn acts(seen: &[Seen]) -> usize {
    seen.iter().filter(|s| !matches!(s, Seen::Motion { .. })).count()
}

#[test]
fn a_framed_window_gets_nothing_nor_does_its_frame() {
    let desk = Desk::start();
    let mut mine = Recorder::open(&desk, (200, 200), SIZE, true);
    mine.is_of_this_process();
    mine.show();
    mine.focus(mine.window);
    let mut agent = desk.agent();
    let place = mine.place().unwrap();
    refused(&mut agent, at(place, (50, 50)));
    // The title bar, where its close button is.
    refused(&mut agent, at(place, (250, -8)));
    keys_refused(&mut agent);
    assert_eq!(acts(&mine.seen(&mut agent)), 0);
    assert!(mine.place().is_some(), "it was not closed");
}

#[test]
fn parts_of_an_own_window_get_nothing() {
    let desk = Desk::start();
    let mut mine = Recorder::open(&desk, (200, 200), SIZE, true);
    mine.is_of_this_process();
    mine.show();
    let part = Recorder::open(&desk, (900, 600), (10, 10), false);
    let child = part.create(mine.window, (20, 20), (100, 100), true);
    desk.map(child);
    mine.focus(child);
    let mut agent = desk.agent();
    refused(&mut agent, at(mine.place().unwrap(), (50, 50)));
    keys_refused(&mut agent);
    assert_eq!(acts(&mine.seen(&mut agent)), 0);
}

#[test]
fn registered_windows_get_nothing_until_they_are_not() {
    let desk = Desk::start();
    let mut bare = Recorder::open(&desk, (100, 100), SIZE, false);
    bare.show();
    bare.focus(bare.window);
    let mut agent = desk.agent();
    own::register(bare.window.into());
    refused(&mut agent, (150, 150));
    keys_refused(&mut agent);
    own::unregister(bare.window.into());
    assert_eq!(click(&mut agent, (150, 150)), Ok(()));
    agent.tap(Key::Char('a'));
    assert_eq!(acts(&bare.seen(&mut agent)), 4);
}

#[test]
fn windows_of_others_get_everything() {
    let desk = Desk::start();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let owners = [(std::process::id(), &b"another.example"[..]), (1, host.trim().as_bytes())];
    for (pid, machine) in owners {
        let mut other = Recorder::open(&desk, (100, 100), SIZE, false);
        other.belongs_to(other.window, pid, machine);
        other.show();
        other.focus(other.window);
        let mut agent = desk.agent();
        assert_eq!(click(&mut agent, (150, 150)), Ok(()));
        agent.send(InputEvent::Wheel { dx: 0, dy: 120 }).unwrap();
        agent.tap(Key::Char('a'));
        assert_eq!(acts(&other.seen(&mut agent)), 6);
    }
}

#[test]
fn a_drag_begun_elsewhere_passes_over_own_windows() {
    let desk = Desk::start();
    let mut other = Recorder::open(&desk, (0, 0), (200, 200), false);
    other.show();
    let mut mine = Recorder::open(&desk, (300, 0), (200, 200), false);
    mine.is_of_this_process();
    mine.show();
    let mut agent = desk.agent();
    agent.send(InputEvent::Button { button: Button::Left, down: true, x: 50, y: 50 }).unwrap();
    for x in (60..400).step_by(10) {
        agent.send(InputEvent::Move { x, y: 50 }).unwrap();
    }
    let second = InputEvent::Button { button: Button::Right, down: true, x: 400, y: 50 };
    assert_eq!(agent.send(second), Err(InjectError::OwnWindow));
    agent.send(InputEvent::Button { button: Button::Left, down: false, x: 400, y: 50 }).unwrap();
    assert_eq!(buttons(&other.seen(&mut agent)), [(1, true), (1, false)]);
    assert_eq!(acts(&mine.seen(&mut agent)), 0);
}

#[test]
fn a_window_that_opens_under_the_pointer_gets_nothing() {
    let desk = Desk::start();
    let mut other = Recorder::open(&desk, (0, 0), (1280, 800), false);
    other.show();
    let mut agent = desk.agent();
    let mut reached = 0;
    for round in 0..20 {
        let prompt = Recorder::open(&desk, (200, 200), SIZE, false);
        prompt.is_of_this_process();
        let shown = std::thread::spawn(move || {
            prompt.show();
            prompt
        });
        // It comes at some moment among these.
        for _ in 0..50 {
            match click(&mut agent, (300, 300)) {
                Ok(()) => reached += 1,
                Err(e) => assert_eq!(e, InjectError::OwnWindow),
            }
        }
        let mut prompt = shown.join().unwrap();
        assert_eq!(click(&mut agent, (300, 300)), Err(InjectError::OwnWindow), "round {round}");
        assert_eq!(acts(&prompt.seen(&mut agent)), 0, "round {round}");
    }
    agent.0.release_all();
    assert_eq!(buttons(&other.seen(&mut agent)).len(), reached * 2);
}
