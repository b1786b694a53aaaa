//! Moves, buttons and wheels, as a window sees them.

use deskside_devices::inject::Injector as _;
use deskside_session::input::{Button, InputEvent, Key, NamedKey};

use crate::{
    desk::{Desk, SIZE},
    recorder::{Recorder, Seen, buttons},
};

fn button(button: Button, down: bool, x: u16, y: u16) -> InputEvent {
    InputEvent::Button { button, down, x, y }
}

fn whole(desk: &Desk) -> Recorder {
    let r = Recorder::open(desk, (0, 0), SIZE, false);
    r.show();
    r
}

#[test]
fn every_button_is_itself_and_acts_where_it_says() {
    let desk = Desk::start();
    let mut window = whole(&desk);
    let mut agent = desk.agent();
    let all = [Button::Left, Button::Middle, Button::Right, Button::Back, Button::Forward];
    for (i, b) in (0..).zip(all) {
        agent.send(button(b, true, 100 + i, 50)).unwrap();
        agent.send(button(b, false, 100 + i, 60)).unwrap();
    }
    let seen = window.seen(&mut agent);
    let expected = [1, 2, 3, 8, 9].into_iter().flat_map(|n| [(n, true), (n, false)]);
    assert_eq!(buttons(&seen), expected.collect::<Vec<_>>());
    for (i, n) in (0..).zip([1, 2, 3, 8, 9]) {
        assert!(seen.contains(&Seen::Button { number: n, down: true, at: (100 + i, 50) }), "{n}");
        assert!(seen.contains(&Seen::Button { number: n, down: false, at: (100 + i, 60) }), "{n}");
    }
}

#[test]
fn the_left_button_is_the_first_one_of_a_left_handed_person_too() {
    let desk = Desk::start();
    let mut window = whole(&desk);
    let mut agent = desk.agent();
    desk.run("xmodmap", &["-e", "pointer = 3 2 1"]);
    for b in [Button::Left, Button::Right] {
        agent.send(button(b, true, 100, 50)).unwrap();
        agent.send(button(b, false, 100, 50)).unwrap();
    }
    let seen = window.seen(&mut agent);
    assert_eq!(buttons(&seen), [(1, true), (1, false), (3, true), (3, false)]);
}

#[test]
fn a_drag_moves_with_the_button_down() {
    let desk = Desk::start();
    let mut window = whole(&desk);
    let mut agent = desk.agent();
    agent.send(button(Button::Left, true, 10, 10)).unwrap();
    for i in 1..=20 {
        agent.send(InputEvent::Move { x: 10 + i * 10, y: 10 + i * 5 }).unwrap();
    }
    agent.send(button(Button::Left, false, 210, 110)).unwrap();
    let seen = window.seen(&mut agent);
    let down = seen.iter().position(|s| matches!(s, Seen::Button { down: true, .. })).unwrap();
    let up = seen.iter().position(|s| matches!(s, Seen::Button { down: false, .. })).unwrap();
    let moves = &seen[down + 1..up];
    assert!(moves.len() >= 20);
    assert!(moves.iter().all(|s| matches!(s, Seen::Motion { state, .. } if state & 0x100 != 0)), "{moves:?}");
}

#[test]
fn places_are_of_the_shared_picture_and_stay_in_it() {
    let desk = Desk::start();
    let mut window = whole(&desk);
    let mut agent = desk.agent();
    let (origin, size) = ((300, 200), (400, 300));
    for (x, y) in [(0, 0), (10, 20), (u16::MAX, u16::MAX)] {
        agent.0.inject(&InputEvent::Move { x, y }, origin, size).unwrap();
    }
    let seen = window.seen(&mut agent);
    let places: Vec<_> = seen
        .iter()
        .filter_map(|s| match s {
            Seen::Motion { at, .. } => Some(*at),
            _ => None,
        })
        .collect();
    assert_eq!(places, [(300, 200), (310, 220), (699, 499)]);
}

#[test]
fn wheels_turn_by_whole_notches() {
    let desk = Desk::start();
    let mut window = whole(&desk);
    let mut agent = desk.agent();
    agent.send(InputEvent::Move { x: 600, y: 400 }).unwrap();
    for (dx, dy) in [(0, 60), (0, 60), (0, -240), (120, 0), (-119, 0), (-1, 0), (0, 30)] {
        agent.send(InputEvent::Wheel { dx, dy }).unwrap();
    }
    let seen = window.seen(&mut agent);
    let downs: Vec<_> = buttons(&seen).into_iter().filter(|b| b.1).map(|b| b.0).collect();
    assert_eq!(downs, [4, 5, 5, 7, 6]);
    assert_eq!(buttons(&seen).len(), 10);
}

#[test]
fn what_is_not_down_does_not_go_up_and_all_is_released() {
    let desk = Desk::start();
    let mut window = whole(&desk);
    let mut agent = desk.agent();
    agent.send(button(Button::Left, false, 5, 5)).unwrap();
    agent.up(Key::Char('x'));
    agent.up(Key::Named(NamedKey::Enter));
    assert_eq!(window.seen(&mut agent), []);
    agent.send(button(Button::Left, true, 5, 5)).unwrap();
    agent.send(button(Button::Left, true, 6, 6)).unwrap();
    agent.send(button(Button::Right, true, 7, 7)).unwrap();
    let seen = window.seen(&mut agent);
    assert_eq!(buttons(&seen), [(1, true), (3, true), (1, false), (3, false)]);
}

#[test]
fn shift_stays_with_keys_that_select() {
    let desk = Desk::start();
    let mut window = whole(&desk);
    window.focus(window.window);
    let mut agent = desk.agent();
    agent.down(Key::Named(NamedKey::ShiftLeft));
    agent.tap(Key::Named(NamedKey::Left));
    agent.send(button(Button::Left, true, 5, 5)).unwrap();
    agent.send(button(Button::Left, false, 5, 5)).unwrap();
    agent.down(Key::Named(NamedKey::ControlLeft));
    agent.tap(Key::Named(NamedKey::Home));
    agent.tap(Key::Char('T'));
    agent.up(Key::Named(NamedKey::ControlLeft));
    agent.up(Key::Named(NamedKey::ShiftLeft));
    let seen = window.seen(&mut agent);
    let states: Vec<_> = seen
        .iter()
        .filter_map(|s| match s {
            Seen::Key { code, down: true, state } if ![50, 37].contains(code) => Some((*code, *state)),
            _ => None,
        })
        .collect();
    // Left with Shift; Home and T with Shift and Control.
    assert_eq!(states, [(113, 1), (110, 5), (28, 5)]);
}
