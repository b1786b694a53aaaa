//! The tabs of the agent's console, and their order.

mod samples;
mod shown;

use deskside_session::{
    command::{Act, Command},
    view::Grant,
};
use deskside_ui::{Backend as _, Language, Preferences};
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, accesskit::Role as Access, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use samples::{ME, Still, changed, desk::with_notes, sample};
use shown::{Shown, open, show};

const BOTH: Modifiers = Modifiers { ctrl: true, shift: true, command: true, ..Modifiers::NONE };

fn with_tabs(name: &str) -> deskside_session::app::AppView {
    with_notes(sample(name), deskside_session::app::NotesState::Saved)
}

/// The console's tabs from left to right.
fn tabs(s: &Shown) -> Vec<String> {
    let mut all: Vec<_> = s
        .harness
        .query_all_by_role(Access::Tab)
        .filter(|n| n.rect().left() > 600.0)
        .map(|n| (n.rect().left() as i32, n.accesskit_node().label().unwrap_or_default()))
        .collect();
    all.sort();
    all.into_iter().map(|(_, name)| name).collect()
}

fn kept(s: &Shown) -> Vec<String> {
    s.program.preferences().tabs
}

#[test]
fn a_tab_is_dragged_to_another_place_and_stays_there() {
    let mut s = show(with_tabs("agent-ready"));
    assert_eq!(tabs(&s), ["Chat", "Notes", "Session", "Customer"]);
    let middle = |s: &Shown, name: &str| s.harness.get_by_role_and_label(Access::Tab, name).rect().center();
    let (from, to) = (middle(&s, "Customer"), middle(&s, "Chat"));
    let button = |pos: Pos2, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    s.harness.event(Event::PointerMoved(from));
    s.harness.event(button(from, true));
    s.harness.step();
    for part in 1..=8u8 {
        s.harness.event(Event::PointerMoved(from + (to - from) * (f32::from(part) / 8.0)));
        s.harness.step();
    }
    assert_eq!(kept(&s), [""; 0], "it is kept when it is let go");
    s.harness.event(button(to, false));
    s.harness.run_ok();
    assert_eq!(tabs(&s), ["Customer", "Chat", "Notes", "Session"]);
    assert_eq!(kept(&s), ["customer", "chat", "notes", "session"]);
}

#[test]
fn a_tab_is_moved_by_keys_and_by_its_menu() {
    let mut s = show(with_tabs("agent-ready"));
    s.harness.key_press_modifiers(BOTH, Key::PageDown);
    s.harness.run_ok();
    assert_eq!(tabs(&s), ["Notes", "Chat", "Session", "Customer"], "the open one");
    s.harness.get_by_role_and_label(Access::Tab, "Customer").focus();
    s.harness.run_ok();
    s.harness.key_press_modifiers(BOTH, Key::PageUp);
    s.harness.run_ok();
    assert_eq!(tabs(&s), ["Notes", "Chat", "Customer", "Session"], "the one with the keyboard");
    s.harness.key_press_modifiers(BOTH, Key::PageDown);
    s.harness.run_ok();
    s.harness.key_press_modifiers(BOTH, Key::PageDown);
    s.harness.run_ok();
    assert_eq!(tabs(&s), ["Notes", "Chat", "Session", "Customer"], "the last stays the last");
    s.harness.get_by_role_and_label(Access::Tab, "Notes").click_secondary();
    s.harness.run_ok();
    s.must_not("Move left");
    s.choose(Access::MenuItem, "Move right");
    assert_eq!(tabs(&s), ["Chat", "Notes", "Session", "Customer"]);
    assert_eq!(kept(&s), ["chat", "notes", "session", "customer"]);
}

#[test]
fn the_order_that_was_kept_is_the_one_that_is_shown() {
    let program = Still::new(with_tabs("agent-ready"));
    program.keep(&Preferences { tabs: vec!["session".into(), "a tool of tomorrow".into()] });
    let mut s = open(program, Language::English, None);
    assert_eq!(tabs(&s), ["Session", "Chat", "Notes", "Customer"]);
    s.set(sample("agent-ready"));
    assert_eq!(tabs(&s), ["Session", "Chat", "Customer"], "without notes there is no tab for them");
}

#[test]
fn the_session_is_told_as_it_is() {
    let mut s = show(changed("agent-controls", |v| {
        v.grants.push(Grant { to: ME, act: Act::Scripts });
        v.server_up = false;
    }));
    s.harness.set_size(vec2(1200.0, 1600.0));
    s.choose(Access::Tab, "Session");
    for words in [
        "418 203 957",
        "help.example.org/j/418203957#s=4kJ2mZxQ7vT1bN8cW3yR",
        "Northwind IT",
        "You · Agent",
        "Ana Ferreira · Customer",
        "See the desktop",
        "Running scripts",
        "Desktop of Ana Ferreira",
        "All monitors",
        "Sharp (tiles)",
        "Does not answer",
    ] {
        s.must(words);
    }
    s.set(sample("agent-invite"));
    s.must("Nothing is shared.");
}

#[test]
fn the_customer_is_told_as_it_is_and_asked_from_there() {
    let mut s = show(sample("agent-code"));
    s.choose(Access::Tab, "Customer");
    s.must("Code 418 203, to be compared");
    s.must("Nothing.");
    s.must_not("Ask for the clipboard");
    s.set(sample("agent-views"));
    s.must("See the desktop");
    s.click("Ask for the clipboard");
    assert_eq!(s.told(), [Command::Ask { act: Act::Clipboard }.into()]);
    s.set(changed("agent-views", |v| v.asked = Some(Act::Clipboard)));
    s.must("Waiting for Ana Ferreira’s answer: clipboard…");
    s.must_not("Ask for the clipboard");
    s.set(sample("agent-invite"));
    s.must("No customer is here yet.");
}

#[test]
fn each_session_remembers_its_tab() {
    let session = |number: u32| {
        let mut view = changed("agent-tabs", |v| {
            v.number = deskside_session::SessionNumber::new(number).expect("nine digits");
        });
        view.tabs = samples::desk::tabs();
        view
    };
    let mut s = show(session(418_203_957));
    s.choose(Access::Tab, "Session");
    s.must("Invitation");
    s.set(session(500_000_001));
    s.must_not("Invitation");
    s.set(session(418_203_957));
    s.must("Invitation");
}
