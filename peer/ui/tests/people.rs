//! Several people in a session: who leads, who is helped, who watches.

mod samples;
mod shown;

use deskside_session::{ParticipantId, app::AppView, command::Command, quality::Colours};
use eframe::egui::accesskit::Role as Access;
use egui_kittest::kittest::Queryable as _;
use samples::{LEA, OLIVIER, Picture, Still, changed, sample};
use shown::{Shown, open, show};

const JONAS: ParticipantId = ParticipantId(4);

#[test]
fn a_primary_agent_who_leaves_is_told_who_leads_then() {
    let mut s = show_large(sample("agent-crowd"));
    s.click("Leave");
    s.must("Leave this session?");
    s.must("Lea Martin leads from now on, and the others stay connected. You can come back with the number.");
    let leave = s.harness.query_all_by_label("Leave").last().expect("the dialog's button");
    leave.click();
    s.harness.run_ok();
    assert_eq!(s.told(), [Command::Leave.into()]);
}

/// With room for everybody's card, and for the bar.
fn show_large(view: AppView) -> Shown {
    let mut s = show(view);
    s.harness.set_size(eframe::egui::vec2(1400.0, 1600.0));
    s.harness.run_ok();
    s
}

/// Opens the menu of a card and takes one of its choices.
fn choose(s: &mut Shown, menu: &str, choice: &str) {
    s.click(menu);
    s.choose(Access::MenuItem, choice);
}

#[test]
fn control_is_handed_over_after_a_question_that_says_what_ends() {
    let mut s = show_large(sample("agent-crowd"));
    choose(&mut s, "More about Lea Martin", "Hand over to Lea Martin");
    s.must("Hand over to Lea Martin?");
    let ends = "Sharing, file transfers, video and recording end; a call goes on.";
    assert!(s.harness.query_all_by_label_contains(ends).next().is_some());
    s.click("Cancel");
    assert_eq!(s.told(), []);
    choose(&mut s, "More about Lea Martin", "Hand over to Lea Martin");
    s.click("Hand over");
    assert_eq!(s.told(), [Command::HandOver { to: LEA }.into()]);
}

#[test]
fn assistants_are_let_in_and_sent_away() {
    let mut s = show_large(sample("agent-crowd"));
    s.must("Sees the picture too");
    choose(&mut s, "More about Lea Martin", "Stop Lea Martin from watching");
    choose(&mut s, "More about Jonas Weber", "Let Jonas Weber watch");
    let told = [
        Command::Admit { id: LEA, admitted: false }.into(),
        Command::Admit { id: JONAS, admitted: true }.into(),
    ];
    assert_eq!(s.told(), told);
}

#[test]
fn another_customer_is_helped_at_once_or_after_a_question_while_something_is_shared() {
    let mut s = show_large(sample("agent-crowd"));
    s.must("Is helped now");
    s.must_not("More about Ana Ferreira");
    choose(&mut s, "More about Olivier Dubois", "Help Olivier Dubois now");
    assert_eq!(s.told(), [Command::SelectCustomer { id: OLIVIER }.into()]);
    s.set(sample("agent-crowd-views"));
    let _ = s.told();
    choose(&mut s, "More about Olivier Dubois", "Help Olivier Dubois now");
    s.must("Help Olivier Dubois now?");
    assert_eq!(s.told(), []);
    s.click("Help Olivier Dubois");
    assert_eq!(s.told(), [Command::SelectCustomer { id: OLIVIER }.into()]);
}

#[test]
fn who_alone_is_there_has_nothing_to_choose() {
    let s = show(sample("agent-ready"));
    s.must_not("Is helped now");
    s.must_not("More about Ana Ferreira");
}

#[test]
fn an_assistant_sees_who_leads_and_has_no_tools_that_it_may_not_use() {
    let mut s = show(sample("assistant"));
    s.must("Sam Okafor leads this session");
    s.must("You assist. You do not see the desktop until Sam Okafor lets you watch.");
    s.must_not("Ask to see the desktop");
    s.must_not("More about Lea Martin");
    let still = Still::with_picture(sample("assistant-watches"), Picture::new(false));
    s = open(still, deskside_ui::Language::English, None);
    s.must("Desktop of Ana Ferreira");
    s.must("Fit");
    for tool in ["Ask to control", "Stop sharing", "Send keys", "Picture", "Ask for the clipboard"] {
        s.must_not(tool);
    }
    assert!(s.harness.query_all_by_label_contains("Sam Okafor leads").next().is_some());
}

#[test]
fn the_customer_always_reads_the_names_of_those_who_see() {
    let mut s = show_large(sample("customer-crowd"));
    s.must("Sam Okafor sees your screen");
    assert!(s.harness.query_all_by_label_contains("Also seen by Lea Martin").next().is_some());
    s.must("Sees your screen too");
    s.must("Does not see what you share");
    s.click("Keep Lea Martin from watching");
    s.click("Let Jonas Weber watch again");
    let told = [
        Command::Exclude { id: LEA, excluded: true }.into(),
        Command::Exclude { id: JONAS, excluded: false }.into(),
    ];
    assert_eq!(s.told(), told);
    s.set(changed("customer-crowd", |v| v.watchers.clear()));
    s.must_not("Keep Lea Martin from watching");
}

#[test]
fn another_customer_is_shown_the_screen_by_who_shares_it() {
    let mut s = show_large(sample("customer-show"));
    s.must("Does not see what you share");
    s.click("Let Olivier Dubois see my screen");
    s.set(changed("customer-show", |v| {
        v.watchers = std::mem::take(&mut v.excluded);
        v.sharing.iter_mut().for_each(|s| s.viewers.push(OLIVIER));
    }));
    s.must("Sees your screen too");
    assert!(s.harness.query_all_by_label_contains("Also seen by Olivier Dubois").next().is_some());
    s.click("Hide my screen from Olivier Dubois");
    let told = [false, true].map(|excluded| Command::Exclude { id: OLIVIER, excluded }.into());
    assert_eq!(s.told(), told);
    // Without a sharing there is nothing to decide.
    s.set(changed("customer-show", |v| v.sharing = None));
    s.must_not("Let Olivier Dubois see my screen");
}

#[test]
fn who_is_not_helped_sees_the_screen_of_the_one_who_is_and_has_no_tools() {
    let still = Still::with_picture(sample("customer-watches"), Picture::new(false));
    let s = open(still, deskside_ui::Language::English, None);
    s.must("Desktop of Olivier Dubois");
    s.must("You see this screen");
    s.must("Fit");
    s.must("Leave the session");
    for tool in ["Ask to control", "Stop sharing", "Send keys", "Picture", "Ask for the clipboard", "Pause"] {
        s.must_not(tool);
    }
    s.must_not("Keep Olivier Dubois from watching");
}

#[test]
fn the_agent_lets_another_customer_in_and_reads_that_this_is_not_enough() {
    let mut s = show_large(sample("agent-crowd-views"));
    choose(&mut s, "More about Olivier Dubois", "Let Olivier Dubois watch");
    assert_eq!(s.told(), [Command::Admit { id: OLIVIER, admitted: true }.into()]);
    s.set(sample("agent-crowd-shows"));
    s.must("Sees the picture if Ana Ferreira agrees");
    choose(&mut s, "More about Olivier Dubois", "Stop Olivier Dubois from watching");
    assert_eq!(s.told(), [Command::Admit { id: OLIVIER, admitted: false }.into()]);
}

#[test]
fn who_shares_chooses_the_picture_too() {
    let mut s = show(sample("customer-few-colours"));
    let _ = s.told();
    s.click("Picture of your screen");
    s.choose(Access::MenuItemRadio, "All colours");
    let command = Command::SetQuality { sharpness: None, colours: Some(Colours::Full) };
    assert_eq!(s.told(), [command.into()]);
}
