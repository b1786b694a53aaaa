//! An agent's desk and the bar with the agent's sessions.

mod samples;
mod shown;

use deskside_session::{
    SessionNumber,
    app::{AppCommand, AppOnly, AppView, DeskView},
};
use deskside_ui::Language;
use eframe::egui::{self, Key, Modifiers};
use samples::Still;
use shown::{Shown, open, show};

fn at_desk() -> AppView {
    samples::desk::at_desk(Some(samples::desk::desk()), Vec::new())
}

fn told(s: &Shown, what: AppOnly) {
    assert_eq!(s.told(), vec![AppCommand::App(what)]);
}

#[test]
fn who_waits_and_who_is_there_is_seen_and_taken() {
    let mut s = show(at_desk());
    for label in ["Printers and scanners", "12 customers wait", "Ana Ferreira", "9 min", "connection lost"] {
        s.must(label);
    }
    for label in ["Mail", "Nobody waits", "Bo Lind", "Chiara Conti", "in a session", "and 9 more"] {
        s.must(label);
    }
    s.click("Take the next one of Printers and scanners");
    told(&s, AppOnly::TakeNext { queue: "printers".into(), entry: None });
    s.click("Take Ana Ferreira");
    told(&s, AppOnly::TakeNext { queue: "printers".into(), entry: Some("a".into()) });
    s.click("Take the next one of Mail");
    assert!(s.told().is_empty(), "nobody waits there");
}

#[test]
fn an_offered_session_is_taken_over() {
    let mut s = show(at_desk());
    s.must("Tim Novak");
    s.click("Take over");
    told(&s, AppOnly::TakeTransfer { id: "t1".into() });
}

#[test]
fn a_colleague_is_helped_by_number() {
    let mut s = show(at_desk());
    s.type_into("Number of a colleague’s session", "123 456 789");
    s.click("Enter as an assistant");
    told(&s, AppOnly::Assist { target: "123 456 789".into() });
}

#[test]
fn an_empty_desk_says_what_to_do_and_a_lost_server_is_said() {
    for language in Language::ALL {
        let empty = DeskView { desk: Default::default(), ..samples::desk::desk() };
        let mut s = open(Still::new(samples::desk::at_desk(Some(empty), Vec::new())), language, None);
        for key in ["desk-no-queues", "desk-no-queues-do", "desk-no-colleagues"] {
            s.must(&s.texts.t(key));
        }
        s.set(samples::desk::at_desk(Some(DeskView { up: false, ..samples::desk::desk() }), Vec::new()));
        s.must(&s.texts.t("desk-down"));
        s.click(&s.texts.ta("desk-take-next-of", &[("queue", "Printers and scanners".into())]));
        assert!(s.told().is_empty(), "{language:?}");
        s.set(samples::desk::at_desk(None, Vec::new()));
        s.must(&s.texts.t("desk-loading"));
    }
}

#[test]
fn the_tabs_lead_to_each_session_and_to_the_desk() {
    let mut s = show(samples::desk::at_desk(Some(samples::desk::desk()), samples::desk::tabs()));
    s.must_not("Sign out");
    s.choose(egui::accesskit::Role::Tab, "Tim Novak, Zoé, 3 new messages");
    told(&s, AppOnly::ShowSession { number: Some(SessionNumber::new(500_000_001).unwrap()) });
    s.choose(egui::accesskit::Role::Tab, "500 000 002");
    told(&s, AppOnly::ShowSession { number: Some(SessionNumber::new(500_000_002).unwrap()) });
    s.set(AppView { tabs: samples::desk::tabs(), ..samples::in_session(samples::agent(samples::code())) });
    s.choose(egui::accesskit::Role::Tab, "Desk");
    told(&s, AppOnly::ShowSession { number: None });
}

#[test]
fn the_keyboard_goes_round_the_tabs() {
    let mut s = show(samples::desk::at_desk(Some(samples::desk::desk()), samples::desk::tabs()));
    let first = Some(samples::number());
    let last = Some(SessionNumber::new(500_000_003).unwrap());
    for (modifiers, key, number) in [
        (Modifiers::CTRL, Key::Tab, first),
        (Modifiers::CTRL | Modifiers::SHIFT, Key::Tab, last),
        (Modifiers::CTRL, Key::Num2, first),
        (Modifiers::CTRL, Key::Num1, None),
    ] {
        s.harness.key_press_modifiers(modifiers, key);
        s.harness.run_ok();
        told(&s, AppOnly::ShowSession { number });
    }
    s.harness.key_press_modifiers(Modifiers::CTRL, Key::Num9);
    s.harness.run_ok();
    assert!(s.told().is_empty(), "there is no ninth place");
}

#[test]
fn closing_the_window_asks_while_a_session_runs_though_another_place_is_seen() {
    let close = |s: &mut Shown| {
        let window = s.harness.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default();
        window.events.push(egui::ViewportEvent::Close);
        s.harness.run_ok();
        s.harness.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default().events.clear();
    };
    let mut s = show(samples::desk::at_desk(Some(samples::desk::desk()), samples::desk::tabs()));
    close(&mut s);
    assert!(s.told().is_empty());
    s.must("Close Deskside?");
    s.must("You leave your sessions. Those that no other agent can lead end for everyone.");
    s.click("Close");
    told(&s, AppOnly::Quit);
    let mut s = show(at_desk());
    close(&mut s);
    told(&s, AppOnly::Quit);
}

#[test]
fn what_was_typed_stays_with_its_session() {
    let session = |number: u32| {
        let view = deskside_session::view::View {
            number: SessionNumber::new(number).unwrap(),
            ..samples::agent(samples::code())
        };
        AppView { tabs: samples::desk::tabs(), ..samples::in_session(view) }
    };
    let mut s = show(session(418_203_957));
    s.type_into("Write a message…", "for Ana");
    s.set(session(500_000_001));
    s.type_into("Write a message…", "for Tim");
    s.set(session(418_203_957));
    s.click("Send");
    let sent = s.told();
    assert!(format!("{sent:?}").contains("for Ana") && !format!("{sent:?}").contains("Tim"), "{sent:?}");
}
