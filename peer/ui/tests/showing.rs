//! The agent shows its own desktop: what the two windows offer for that.

mod samples;
mod shown;

use std::sync::Arc;

use deskside_session::{
    app::AppCommand,
    command::{Act, Command},
    quality::Colours,
};
use deskside_ui::Language;
use eframe::egui::{Key, Modifiers, accesskit::Role as Access};
use samples::{OTHER, Picture, Still, changed, sample};
use shown::{Shown, open, show};

#[track_caller]
fn told(s: &Shown, command: Command) {
    let told = s.told();
    assert!(told.contains(&AppCommand::Session(command)), "{told:?}");
}

fn press(s: &mut Shown, key: Key) {
    s.harness.key_press_modifiers(Modifiers { command: true, shift: true, ..Modifiers::CTRL }, key);
    s.harness.run_ok();
}

#[test]
fn an_agent_asks_to_show_its_screen_by_button_and_by_key() {
    let mut s = show(sample("agent-ready"));
    let whole = [Command::Only { windows: Vec::new() }.into(), Command::Ask { act: Act::Show }.into()];
    s.click("Show my screen");
    s.click("Ask to show");
    assert_eq!(s.told(), whole);
    for name in ["agent-ready", "agent-views", "agent-controls"] {
        let mut s = show(sample(name));
        press(&mut s, Key::E);
        assert_eq!(s.told(), whole);
    }
}

#[test]
fn while_it_is_shown_the_agent_gives_control_pauses_and_stops() {
    let mut s = show(sample("agent-shows"));
    s.must("Ana Ferreira sees your screen");
    s.must_not("Take back control");
    s.click("Let Ana Ferreira control");
    told(&s, Command::GiveControl { to: OTHER });
    // The bar above all windows has a Stop of its own.
    s.click("Stop showing");
    told(&s, Command::StopSharing);
    s.click("Picture of your screen");
    s.choose(Access::MenuItemRadio, "256 colours");
    told(&s, Command::SetQuality { sharpness: None, colours: Some(Colours::Bits8) });
    s.click("More for my screen");
    s.choose(Access::MenuItem, "Hide windows…");
    s.must("What nobody sees");
    s.click("Done");
    s.click("Pause my screen");
    told(&s, Command::Pause { paused: true });
    s.set(changed("agent-shows", |v| {
        if let Some(s) = &mut v.sharing {
            s.paused = true;
        }
    }));
    s.must("Paused: nobody sees your screen");
    let mut s = show(sample("agent-shows-control"));
    s.must("Ana Ferreira controls your computer");
    s.must_not("Let Ana Ferreira control");
    press(&mut s, Key::J);
    told(&s, Command::TakeBack);
}

#[test]
fn from_showing_the_agent_turns_to_the_customers_screen() {
    let mut s = show(sample("agent-shows"));
    s.click("Ask to see the desktop");
    told(&s, Command::Ask { act: Act::View });
    let s = show(sample("agent-shows-control"));
    s.must("Waiting for Ana Ferreira’s answer: see the desktop…");
    s.must("Monitors");
}

#[test]
fn the_bar_of_an_agent_has_no_way_out_of_the_session() {
    let s = show(sample("agent-shows"));
    s.must("Pause");
    s.must_not("Leave");
}

/// The customer's window with a native picture.
fn customer(name: &str) -> (Shown, Arc<Picture>) {
    let picture = Picture::new(true);
    let still = Still::with_picture(sample(name), Arc::clone(&picture));
    (open(still, Language::English, Some(7)), picture)
}

#[test]
fn the_customer_sees_it_in_its_window_and_stops_only_that() {
    let (mut s, picture) = customer("customer-shown");
    s.must("You see this screen");
    assert!(!picture.done().iter().any(|d| format!("{d:?}").contains("Accept(true)")), "only seen");
    s.must_not("Release control");
    s.click("Stop sharing");
    told(&s, Command::Revoke { act: Some(Act::Show) });
}

#[test]
fn a_customer_who_was_given_control_uses_the_picture_and_gives_it_back() {
    let (mut s, picture) = customer("customer-shown-control");
    s.must("You can control this screen");
    let done = picture.done();
    assert!(done.iter().any(|d| format!("{d:?}").contains("Accept(true)")), "{done:?}");
    s.click("Release control");
    told(&s, Command::ReleaseControl);
}
