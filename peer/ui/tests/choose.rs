//! What else can be shared: an installed program that is started for it, and what the customer came from.

mod samples;
mod shown;

use deskside_session::{
    app::{AppCommand, AppOnly},
    choosing::StartState,
    command::{Act, Command},
    hiding::{Hidden, OpenWindow},
};
use eframe::egui::{accesskit::Role as Access, vec2};
use samples::{choose, hiding, sample};
use shown::{Shown, show};

fn tall(view: deskside_session::app::AppView) -> Shown {
    let mut s = show(view);
    s.harness.set_size(vec2(1400.0, 1800.0));
    s.harness.run_ok();
    s
}

fn only(window: u64) -> AppCommand {
    Command::Only { windows: vec![window] }.into()
}

#[test]
fn what_the_customer_came_from_is_one_click_in_the_question_and_later() {
    let mut s = tall(choose::offered(sample("prompt-view")));
    s.choose(Access::MenuItemRadio, "Only the application from which you came");
    s.wait(deskside_ui::ARM_SECONDS + 0.2);
    s.click("Allow");
    assert_eq!(s.told().first(), Some(&only(11)));
    let mut s = tall(choose::offered(sample("customer-views")));
    let only_words =
        s.labels().into_iter().find(|l| l.starts_with("Share only Printer")).expect("the button");
    s.click(&only_words);
    assert_eq!(s.told(), [only(11)]);
    s.set(sample("customer-views"));
    s.must_not(&only_words);
}

#[test]
fn a_window_that_is_gone_widens_nothing() {
    let mut s = tall(choose::offered(sample("prompt-view")));
    s.choose(Access::MenuItemRadio, "Only the application from which you came");
    s.set(sample("prompt-view"));
    s.wait(deskside_ui::ARM_SECONDS + 0.2);
    s.told();
    s.click("Allow");
    assert_eq!(s.told(), [], "something has to be chosen anew");
}

#[test]
fn an_installed_program_is_found_by_typing_started_and_chosen() {
    let plain = || hiding::listed(sample("prompt-view"), Hidden::default());
    let mut s = tall(choose::offered(plain()));
    s.choose(Access::MenuItemRadio, "Only the applications that I choose");
    s.click("Start another application…");
    assert_eq!(s.told(), [AppOnly::ListWindows.into(), AppOnly::ListPrograms.into()]);
    s.must("Files");
    s.must_not("Inbox");
    s.click("Back to the open applications");
    s.must("Inbox");
    s.click("Start another application…");
    assert_eq!(s.told(), [AppOnly::ListPrograms.into()]);
    s.type_into("Search installed applications", "calc");
    s.must_not("Files");
    s.choose(Access::MenuItem, "Calculator");
    assert_eq!(s.told(), [AppOnly::StartProgram { id: "calc.desktop".into() }.into()]);
    s.set(choose::started(plain(), StartState::Waiting));
    s.must("Calculator is starting…");
    s.choose(Access::MenuItem, "Calculator");
    assert_eq!(s.told(), [], "one at a time");
    s.set(choose::started(plain(), StartState::NoWindow));
    s.must("Calculator showed no window. Nothing of it is shared.");
    let window = OpenWindow { id: 8, title: "Inbox".into(), program: "Thunderbird".into(), minimised: false };
    s.set(choose::started(plain(), StartState::Shown { window }));
    s.must_not("Files");
    s.wait(deskside_ui::ARM_SECONDS + 0.2);
    s.click("Allow");
    assert_eq!(s.told().first(), Some(&only(8)));
}

#[test]
fn the_whole_screen_instead_of_what_was_started_is_said() {
    let plain = || hiding::listed(sample("prompt-view"), Hidden::default());
    let mut s = tall(choose::started(plain(), StartState::Waiting));
    s.wait(deskside_ui::ARM_SECONDS + 0.2);
    s.click("Allow");
    assert_eq!(s.told().first(), Some(&Command::Only { windows: Vec::new() }.into()));
}

#[test]
fn an_agent_says_what_it_shows_before_it_asks() {
    let mut s = tall(sample("agent-offers"));
    s.click("Show my screen");
    assert_eq!(s.told(), []);
    s.must("What do you want to show?");
    s.choose(Access::MenuItemRadio, "Only the applications that I choose");
    s.choose(Access::CheckBox, "Inbox");
    s.told();
    s.click("Ask to show");
    assert_eq!(s.told(), [only(8), Command::Ask { act: Act::Show }.into()]);
    s.click("Show my screen");
    s.click("Ask to show");
    let whole = Command::Only { windows: Vec::new() };
    assert_eq!(s.told(), [whole.into(), Command::Ask { act: Act::Show }.into()]);
}
