//! Everything by the keyboard: each key, the list of all of them, and Tab through the whole console.

mod samples;
mod shown;

use std::collections::BTreeSet;

use deskside_session::{
    app::{AppCommand, AppOnly, AppView, NotesState},
    command::{Act, Command},
    input::InputEvent,
};
use deskside_ui::Language;
use eframe::egui::{Event, Key, Modifiers, accesskit::Role as Access, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use samples::{Picture, Still, desk, sample};
use shown::{Shown, open};

const CTRL: Modifiers = Modifiers { command: true, ..Modifiers::CTRL };
const BOTH: Modifiers = Modifiers { shift: true, ..CTRL };

/// A console with everything that it can have.
fn full(name: &str) -> AppView {
    let view = desk::with_notes(sample(name), NotesState::Saved);
    AppView { tabs: desk::tabs(), desk: Some(desk::desk()), ..view }
}

fn console(view: AppView) -> Shown {
    open(Still::with_picture(view, Picture::new(true)), Language::English, Some(7))
}

fn press(s: &mut Shown, modifiers: Modifiers, key: Key) {
    s.harness.key_press_modifiers(modifiers, key);
    s.harness.run_ok();
}

/// What a key told the program; reading messages is no answer to it.
fn told(s: &mut Shown, key: Key) -> Vec<AppCommand> {
    let _ = s.told();
    press(s, BOTH, key);
    let read = |c: &AppCommand| matches!(c, AppCommand::Session(Command::ConversationRead { .. }));
    s.told().into_iter().filter(|c| !read(c)).collect()
}

#[test]
fn what_is_asked_released_and_stopped_by_keys() {
    let ask = |act| vec![Command::Ask { act }.into()];
    let mut s = console(full("agent-ready"));
    assert_eq!(told(&mut s, Key::S), ask(Act::View));
    assert_eq!(told(&mut s, Key::K), ask(Act::Control));
    for key in [Key::Y, Key::W, Key::R, Key::H] {
        assert_eq!(told(&mut s, key), [], "{key:?} without sharing");
    }
    s.set(full("agent-asked"));
    assert_eq!(told(&mut s, Key::S), []);
    assert_eq!(told(&mut s, Key::W), [Command::CancelAsk.into()]);
    s.set(full("agent-controls"));
    assert_eq!(told(&mut s, Key::Y), ask(Act::Clipboard));
    assert_eq!(told(&mut s, Key::R), [Command::ReleaseControl.into()]);
    assert_eq!(told(&mut s, Key::H), [Command::StopSharing.into()]);
    assert_eq!(told(&mut s, Key::N), [AppOnly::StartSession.into()]);
}

#[test]
fn an_assistant_has_no_keys_for_what_it_may_not_do() {
    let mut s = console(sample("assistant-watches"));
    for key in [Key::S, Key::K, Key::Y, Key::R, Key::H, Key::T, Key::Q] {
        assert_eq!(told(&mut s, key), [], "{key:?}");
    }
    s.must_not("End this session?");
    press(&mut s, BOTH, Key::L);
    s.must("Leave this session?");
}

#[test]
fn tabs_panel_transfer_and_end_by_keys_even_while_writing() {
    let mut s = console(full("agent-views"));
    s.type_into("Write a message…", "Hel");
    press(&mut s, BOTH, Key::I);
    s.must("Invitation");
    press(&mut s, BOTH, Key::P);
    s.must("Identity");
    press(&mut s, BOTH, Key::O);
    s.harness.event(Event::Text(" Written.".into()));
    s.harness.run_ok();
    let notes = AppOnly::Notes { text: "Driver 4.2 is old. Written.".into() };
    assert!(s.told().contains(&notes.into()), "the notes have the keyboard");
    press(&mut s, BOTH, Key::D);
    s.harness.event(Event::Text("lo".into()));
    s.harness.run_ok();
    let field = s.harness.get_by_role_and_label(Access::TextInput, "Write a message…");
    assert_eq!(field.value().as_deref(), Some("Hello"), "the keys themselves write nothing");
    press(&mut s, BOTH, Key::B);
    s.must_not("In this session");
    press(&mut s, BOTH, Key::D);
    s.must("In this session");
    press(&mut s, BOTH, Key::T);
    s.must("Transfer this session");
    press(&mut s, BOTH, Key::Q);
    s.must_not("End this session?");
    s.key(Key::Escape);
    press(&mut s, BOTH, Key::Q);
    s.must("End this session?");
    assert_eq!(told(&mut s, Key::H), [], "a question waits");
    s.key(Key::Escape);
    s.must_not("End this session?");
    press(&mut s, BOTH, Key::L);
    s.must_not("Leave this session?");
    press(&mut s, BOTH, Key::M);
    assert_eq!(told(&mut s, Key::H), [Command::StopSharing.into()]);
    press(&mut s, BOTH, Key::D);
    s.must("In this session");
}

#[test]
fn sessions_are_changed_by_keys() {
    let mut s = console(full("agent-views"));
    let to = |number: Option<u32>| {
        let number = number.and_then(|n: u32| deskside_session::SessionNumber::new(n).ok());
        AppCommand::from(AppOnly::ShowSession { number })
    };
    for (modifiers, key, number) in [
        (CTRL, Key::Tab, Some(500_000_001)),
        (BOTH, Key::Tab, None),
        (CTRL, Key::Num1, None),
        (CTRL, Key::Num4, Some(500_000_002)),
    ] {
        let _ = s.told();
        press(&mut s, modifiers, key);
        assert_eq!(s.told(), [to(number)], "{key:?}");
    }
    // On a French keyboard the keys of 4 and 6 write other signs.
    for (key, physical, number) in [(Key::Quote, Key::Num4, Some(500_000_002)), (Key::Minus, Key::Num6, None)]
    {
        let physical_key = Some(physical);
        let event =
            eframe::egui::Event::Key { key, physical_key, pressed: true, repeat: false, modifiers: CTRL };
        let _ = s.told();
        s.harness.event(event);
        s.harness.run_ok();
        assert_eq!(s.told(), number.map(|n| to(Some(n))).into_iter().collect::<Vec<_>>(), "{key:?}");
    }
    assert!((s.harness.ctx.zoom_factor() - 1.0).abs() < f32::EPSILON, "nothing got smaller");
}

#[test]
fn all_keys_are_listed_and_the_list_hides_the_picture() {
    let picture = Picture::new(true);
    let still = Still::with_picture(full("agent-controls"), picture.clone());
    let mut s = open(still, Language::English, Some(7));
    s.harness.set_size(vec2(1200.0, 1400.0));
    s.harness.run_ok();
    let _ = picture.done();
    s.key(Key::F1);
    for words in [
        "Everywhere",
        "Ctrl + Shift + K",
        "Ask to control",
        "Ctrl + 1 … 9",
        "F11",
        "Ctrl + Shift + Page down",
    ] {
        s.must(words);
    }
    assert!(picture.done().contains(&samples::Done::Hide));
    assert_eq!(told(&mut s, Key::R), [], "the list lies over the console");
    s.key(Key::F1);
    s.must_not("Everywhere");
    s.click("All keys");
    s.must("Everywhere");
    s.key(Key::Escape);
    s.must_not("Everywhere");
    s.set(desk::at_desk(Some(desk::desk()), Vec::new()));
    s.click("All keys");
    s.key(Key::Escape);
    s.must_not("Everywhere");
    s.harness.set_size(vec2(1200.0, 600.0));
    s.key(Key::F1);
    let top = |s: &Shown| s.harness.get_by_label("Ctrl + Shift + K").rect().top();
    let before = top(&s);
    s.key(Key::PageDown);
    assert!(top(&s) < before - 100.0, "what does not fit is scrolled to");
    s.click("Close");
    s.must_not("Everywhere");
}

#[test]
fn while_the_picture_has_the_keyboard_all_is_for_the_other_computer_but_the_way_out() {
    let still = Still::with_picture(full("agent-controls"), Picture::new(false));
    let mut s = open(still, Language::English, None);
    s.harness.get_by_label("Desktop of Ana Ferreira").focus();
    s.harness.run_ok();
    let _ = s.told();
    for (modifiers, key) in
        [(Modifiers::NONE, Key::F1), (BOTH, Key::H), (BOTH, Key::Q), (BOTH, Key::M), (CTRL, Key::Tab)]
    {
        press(&mut s, modifiers, key);
        let told = s.told();
        let input = |c: &AppCommand| {
            matches!(c, AppCommand::Session(Command::Input { event: InputEvent::Key { .. } }))
        };
        assert!(!told.is_empty() && told.iter().all(input), "{key:?}: {told:?}");
    }
    s.must_not("Everywhere");
    s.key(Key::F11);
    s.key(Key::F11);
    assert_eq!(told(&mut s, Key::H), [Command::StopSharing.into()], "and nothing is pressed over there");
}

/// Names of everything that the keyboard can be on, as far as it is seen.
fn reachable(s: &Shown) -> BTreeSet<String> {
    let roles = [Access::Button, Access::Tab, Access::TextInput, Access::MultilineTextInput];
    let all = s
        .harness
        .root()
        .children_recursive()
        .filter(|n| roles.contains(&n.accesskit_node().role()) && !n.accesskit_node().is_disabled());
    all.filter_map(|n| n.accesskit_node().label()).collect()
}

#[test]
fn tab_goes_through_the_whole_console_and_reaches_every_button() {
    for (name, tab) in [
        ("agent-crowd-views", "Chat"),
        ("agent-controls", "Customer"),
        ("agent-controls", "Session"),
        ("agent-ready", "Notes"),
        ("agent-invite", "Chat"),
    ] {
        let mut s = console(full(name));
        s.choose(Access::Tab, tab);
        walk(&mut s, 8);
    }
    let mut s = console(full("agent-controls"));
    press(&mut s, BOTH, Key::M);
    walk(&mut s, 5);
}

/// Tab comes to everything, of which there are at least so many things, and to nothing without a name.
fn walk(s: &mut Shown, least: usize) {
    let wanted = reachable(s);
    assert!(wanted.len() >= least, "{wanted:?}");
    let mut seen = BTreeSet::new();
    for _ in 0..60 {
        s.key(Key::Tab);
        let focused = s.harness.root().children_recursive().find(|n| n.accesskit_node().is_focused());
        seen.extend(focused.map(|n| n.accesskit_node().label().unwrap_or_default()));
    }
    let missed: Vec<_> = wanted.difference(&seen).collect();
    assert!(missed.is_empty(), "Tab never comes to {missed:?}");
    assert!(!seen.contains(""), "Tab comes to something without a name: {seen:?}");
}

#[test]
fn what_is_only_read_is_scrolled_by_keys() {
    let mut s = console(full("agent-controls"));
    s.harness.set_size(vec2(900.0, 560.0));
    press(&mut s, BOTH, Key::I);
    let top = |s: &Shown| s.harness.get_by_label("Invitation").rect().top();
    let before = top(&s);
    s.key(Key::PageDown);
    assert!(top(&s) < before - 100.0);
    s.key(Key::PageUp);
    assert_eq!(top(&s), before);
}

#[test]
fn a_persons_menu_is_opened_and_used_by_keys() {
    let mut s = console(full("agent-crowd"));
    s.harness.set_size(vec2(1200.0, 1600.0));
    s.harness.run_ok();
    s.harness.get_by_label("More about Lea Martin").focus();
    s.harness.run_ok();
    s.key(Key::Enter);
    s.must("Hand over to Lea Martin");
    for _ in 0..60 {
        let focused = s.harness.root().children_recursive().find(|n| n.accesskit_node().is_focused());
        if focused.and_then(|n| n.accesskit_node().label()).is_some_and(|l| l == "Hand over to Lea Martin") {
            break;
        }
        s.key(Key::Tab);
    }
    s.key(Key::Enter);
    s.must("Hand over to Lea Martin?");
}
