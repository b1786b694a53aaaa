//! Where one program alone is shared, keys that another program has on the whole desktop are not the agent's.

use deskside_devices::inject::{InjectError, Injector as _};
use deskside_session::{
    hiding::{Chosen, Scope},
    input::{Button, InputEvent, Key, NamedKey},
};
use x11rb::protocol::xinput::{ConnectionExt as _, Device, GrabMode22, GrabOwner, GrabType, XIEventMask};
use x11rb::protocol::xproto::GrabMode;

use crate::{
    desk::{Agent, Desk, eventually},
    recorder::{Recorder, Seen, buttons},
};

const ALT: Key = Key::Named(NamedKey::AltLeft);
const TAB: Key = Key::Named(NamedKey::Tab);
const SUPER: Key = Key::Named(NamedKey::SuperLeft);
/// As every layout on such a display has it.
const SUPER_CODE: u32 = 133;
const NEVER: Result<(), InjectError> = Err(InjectError::OwnWindow);

fn press(agent: &mut Agent, key: Key) -> Result<(), InjectError> {
    agent.send(InputEvent::Key { key, down: true })
}

fn pressed(seen: &[Seen]) -> usize {
    seen.iter().filter(|s| matches!(s, Seen::Key { down: true, .. })).count()
}

/// The window manager gives the focus to the other window.
fn switch(agent: &mut Agent) -> Result<(), InjectError> {
    agent.down(ALT);
    let tab = press(agent, TAB);
    agent.up(TAB);
    agent.up(ALT);
    tab
}

fn shown(desk: &Desk, x: i16) -> Recorder {
    let recorder = Recorder::open(desk, (x, 200), (200, 200), true);
    recorder.show();
    recorder.focus(recorder.window);
    recorder
}

#[test]
fn the_window_managers_keys_do_nothing() {
    let desk = Desk::start();
    let (other, mut mine) = (shown(&desk, 600), shown(&desk, 100));
    eventually("it has the focus", || desk.focus() == mine.window);
    let mut agent = desk.agent();
    agent.0.limit(&Scope::Programs(vec![Chosen { id: 1, window: mine.window.into() }]));
    mine.take();
    assert_eq!(switch(&mut agent), NEVER);
    assert_eq!(pressed(&mine.seen(&mut agent)), 1, "Alt alone came");
    // All else is the program's, with modifiers too.
    for key in [ALT, Key::Char('q')] {
        agent.down(key);
    }
    assert_eq!(pressed(&mine.seen(&mut agent)), 2);
    // Ctrl and Alt with a function key would leave the display.
    for key in [Key::Named(NamedKey::ControlLeft), ALT] {
        agent.down(key);
    }
    assert_eq!(press(&mut agent, Key::Position(0x3a)), NEVER);
    assert_eq!(pressed(&mine.seen(&mut agent)), 2);
    assert_eq!(desk.focus(), mine.window);

    // With the whole desktop shared it is the agent's key.
    agent.0.limit(&Scope::Desktop);
    eventually("the window manager switches", || {
        assert_eq!(switch(&mut agent), Ok(()));
        desk.focus() == other.window
    });
}

#[test]
fn a_modifier_that_another_program_has_takes_along_what_is_pressed_with_it() {
    let desk = Desk::start();
    let mut mine = shown(&desk, 100);
    eventually("it has the focus", || desk.focus() == mine.window);
    let mut agent = desk.agent();
    agent.0.limit(&Scope::Programs(vec![Chosen { id: 1, window: mine.window.into() }]));
    take(&desk, GrabType::KEYCODE, SUPER_CODE, 0);

    assert_eq!(press(&mut agent, SUPER), NEVER);
    assert_eq!(press(&mut agent, Key::Char('l')), NEVER);
    agent.up(Key::Char('l'));
    agent.up(SUPER);
    assert_eq!(pressed(&mine.seen(&mut agent)), 0);
    agent.tap(Key::Char('l'));
    assert_eq!(pressed(&mine.seen(&mut agent)), 1);
    // With Shift it is nobody's; lifted for a character, and without Shift, it is not pressed again.
    agent.down(Key::Named(NamedKey::ShiftLeft));
    agent.down(SUPER);
    agent.up(Key::Named(NamedKey::ShiftLeft));
    mine.take();
    agent.text("a");
    assert_eq!(press(&mut agent, Key::Char('b')), NEVER);
    assert_eq!(pressed(&mine.seen(&mut agent)), 1, "the text alone came");
    // Once nobody has it any more it is the program's.
    let (all, mods) = (Device::ALL_MASTER, [0]);
    let free =
        desk.conn.xinput_xi_passive_ungrab_device(desk.root, SUPER_CODE, all, GrabType::KEYCODE, &mods);
    free.unwrap().check().unwrap();
    agent.tap(SUPER);
    assert_eq!(pressed(&mine.seen(&mut agent)), 1);
}

#[test]
fn neither_text_nor_buttons_get_round_it() {
    let desk = Desk::start();
    let mut mine = shown(&desk, 100);
    eventually("it has the focus", || desk.focus() == mine.window);
    let mut agent = desk.agent();
    agent.0.limit(&Scope::Programs(vec![Chosen { id: 1, window: mine.window.into() }]));
    // The key of the letter A, and the middle button with Alt.
    take(&desk, GrabType::KEYCODE, 38, 0);
    take(&desk, GrabType::BUTTON, 2, 8);
    let text = |text: &str| InputEvent::Text { text: text.into() };
    assert_eq!(agent.send(text("xay")), Err(InjectError::NoSuchKey));
    assert_eq!(pressed(&mine.seen(&mut agent)), 2);

    let (x, y) = mine.place().map(|(x, y)| (x as u16 + 50, y as u16 + 50)).unwrap();
    let click = |down| InputEvent::Button { button: Button::Middle, down, x, y };
    agent.down(ALT);
    assert_eq!(agent.send(click(true)), NEVER);
    agent.up(ALT);
    assert_eq!(agent.send(click(false)), Ok(()));
    assert_eq!(agent.send(click(true)), Ok(()));
    // The window manager looks at a click first, and hands it on.
    let mut seen = Vec::new();
    eventually("the click comes", || {
        seen.extend(mine.take());
        buttons(&seen) == [(2, true)]
    });
}

/// Another program takes this on the whole desktop.
fn take(desk: &Desk, kind: GrabType, detail: u32, mods: u32) {
    desk.conn.xinput_xi_query_version(2, 2).unwrap().reply().unwrap();
    let events = if kind == GrabType::BUTTON { XIEventMask::BUTTON_PRESS } else { XIEventMask::KEY_PRESS };
    let grab = desk.conn.xinput_xi_passive_grab_device(
        x11rb::CURRENT_TIME,
        desk.root,
        x11rb::NONE,
        detail,
        Device::ALL_MASTER,
        kind,
        GrabMode22::ASYNC,
        GrabMode::ASYNC,
        GrabOwner::NO_OWNER,
        &[events.into()],
        &[mods],
    );
    assert!(grab.unwrap().reply().unwrap().modifiers.is_empty(), "it is free");
}
