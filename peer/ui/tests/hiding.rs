//! Hiding windows: the customer's list, and what both sides read of it.

mod samples;
mod shown;

use deskside_session::{
    app::{AppCommand, AppOnly, AppView},
    command::Command,
    hiding::{Hidden, Hiding, HidingView, Program},
};
use deskside_ui::Language;
use eframe::egui::accesskit::Role as Access;
use egui_kittest::kittest::Queryable as _;
use samples::{Picture, Still, changed, sample};
use shown::{open, show};

fn listed(hidden: Hidden) -> AppView {
    samples::hiding::listed(sample("customer-views"), hidden)
}

#[test]
fn the_customer_hides_a_window_a_program_and_shows_a_usual_one() {
    let mut s = show(listed(Hidden::default()));
    s.harness.set_size(eframe::egui::vec2(1400.0, 2400.0));
    s.harness.run_ok();
    s.must_not("What nobody sees");
    s.click("More for my screen");
    s.choose(Access::MenuItem, "Hide windows…");
    assert_eq!(s.told(), [AppOnly::ListWindows.into()]);
    s.must("What nobody sees");
    s.click("Look again");
    assert_eq!(s.told(), [AppOnly::ListWindows.into()]);
    s.choose(Access::CheckBox, "My diary");
    let with_diary = Hidden { windows: vec![7], ..Hidden::default() };
    assert_eq!(s.told(), [AppOnly::Hide(with_diary.clone()).into()]);
    s.set(listed(with_diary));
    s.choose(Access::CheckBox, "My diary");
    assert_eq!(s.told(), [AppOnly::Hide(Hidden::default()).into()]);
    s.set(listed(Hidden::default()));
    s.click("All of Thunderbird");
    let mut more = Hidden::default();
    more.programs.push("thunderbird".into());
    assert_eq!(s.told(), [AppOnly::Hide(more.clone()).into()]);
    s.set(listed(more));
    s.must("Hidden with Thunderbird");
    s.must("Hidden with KeePassXC");
    s.must_not("All of KeePassXC");
    s.set(listed(Hidden::default()));
    s.harness.get_by_role_and_label(Access::CheckBox, "Bitwarden").scroll_to_me();
    s.harness.run_ok();
    s.choose(Access::CheckBox, "Bitwarden");
    let mut fewer = Hidden::default();
    fewer.programs.retain(|p| p != "bitwarden");
    assert_eq!(s.told(), [AppOnly::Hide(fewer).into()]);
    s.click("Done");
    s.must_not("What nobody sees");
}

#[test]
fn it_says_when_there_is_nothing_to_list() {
    for (windows, words) in [
        (Some(Vec::new()), "No other window is open."),
        (None, "The windows cannot be listed on this computer."),
    ] {
        let mut s = show(sample("customer"));
        s.click("Hide windows…");
        let hiding = HidingView { open: windows, ..HidingView::default() };
        s.set(AppView { hiding, ..sample("customer") });
        s.must(words);
    }
}

#[test]
fn both_sides_read_that_something_is_hidden_and_only_the_customer_that_it_is_impossible() {
    let with = |name, hiding| changed(name, |v| v.sharing.iter_mut().for_each(|s| s.hiding = hiding));
    let says = |s: &shown::Shown, words: &str| s.harness.query_all_by_label_contains(words).next().is_some();
    let s = show(with("customer-views", Hiding::Something));
    assert!(says(&s, "Hidden windows are covered  ·  "));
    let s = show(with("customer-views", Hiding::Impossible));
    assert!(says(&s, "Windows cannot be hidden on this computer"));
    assert!(says(&s, "Close what nobody is to see"));
    let still = Still::with_picture(with("agent-views", Hiding::Something), Picture::new(false));
    let s = open(still, Language::English, None);
    assert!(says(&s, "Some windows are hidden from you"));
    let s = open(Still::new(with("customer-views", Hiding::Something)), Language::French, None);
    assert!(says(&s, "Les fenêtres masquées sont couvertes"));
}

#[test]
fn programs_are_chosen_in_the_question_before_it_can_be_allowed() {
    let hidden = Hidden::default();
    let mut s = show(samples::hiding::listed(sample("prompt-view"), hidden));
    s.harness.set_size(eframe::egui::vec2(1400.0, 1600.0));
    s.harness.run_ok();
    s.choose(Access::MenuItemRadio, "Only the applications that I choose");
    assert_eq!(s.told(), [AppOnly::ListWindows.into()]);
    s.wait(deskside_ui::ARM_SECONDS + 0.2);
    s.click("Allow");
    assert_eq!(s.told(), [], "nothing is chosen yet");
    s.must_not("vault");
    s.choose(Access::CheckBox, "My diary");
    s.choose(Access::CheckBox, "Inbox");
    s.choose(Access::CheckBox, "My diary");
    s.choose(Access::CheckBox, "My diary");
    s.click("Allow");
    let told = s.told();
    assert_eq!(told.first(), Some(&Command::Only { windows: vec![8, 7] }.into()));
    assert!(matches!(&told[1..], [AppCommand::Session(Command::Answer { allow: true, all: false, .. })]));
}

#[test]
fn how_the_program_stands_is_read_and_the_whole_screen_is_one_click_away() {
    let with = |state| {
        let program = samples::apps::program(1, "Letter", state);
        changed("customer-views", |v| v.sharing.iter_mut().for_each(|s| s.programs = vec![program.clone()]))
    };
    let mut s = show(with(Program::Minimised));
    s.harness.set_size(eframe::egui::vec2(560.0, 1400.0));
    s.harness.run_ok();
    s.must("One application only: it is minimised");
    s.click("Share the whole screen");
    assert_eq!(s.told(), [Command::Only { windows: vec![] }.into()]);
    s.set(with(Program::Closed));
    s.must("What was shared is closed: nothing is shared");
    s.set(sample("customer-views"));
    s.click("More for my screen");
    s.must("Hide windows…");
    s.must_not("Share the whole screen");
}

#[test]
fn one_more_is_shared_and_one_less() {
    let shared = |state| {
        samples::hiding::listed(
            changed("customer-views", |v| {
                let two = vec![
                    samples::apps::program(1, "Letter", Program::Shown),
                    samples::apps::program(2, "Shell", state),
                ];
                v.sharing.iter_mut().for_each(|s| s.programs = two.clone());
            }),
            Hidden::default(),
        )
    };
    let mut s = show(shared(Program::Minimised));
    s.harness.set_size(eframe::egui::vec2(560.0, 1400.0));
    s.harness.run_ok();
    s.must("Letter");
    s.must("Minimised");
    s.click("Add an application");
    assert_eq!(s.told(), [AppOnly::ListWindows.into()]);
    s.choose(Access::CheckBox, "Inbox");
    s.choose(Access::CheckBox, "My diary");
    s.click("Share too");
    assert_eq!(s.told(), [8, 7].map(|window| Command::AddProgram { window }.into()));
    s.must_not("Inbox");
    s.click("Add an application");
    s.click("Cancel");
    s.told();
    s.click("Stop sharing Letter");
    assert_eq!(s.told(), [Command::RemoveProgram { id: 1 }.into()]);
    // The last one that is open has no such button; one that is closed goes from the list.
    s.set(shared(Program::Closed));
    s.must("Closed");
    s.must_not("Stop sharing Letter");
    s.click("Stop sharing Shell");
    assert_eq!(s.told(), [Command::RemoveProgram { id: 2 }.into()]);
}
