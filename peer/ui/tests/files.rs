//! Files on their way: shown to both, stopped by a click; the question names what would come.

mod samples;
mod shown;

use deskside_session::{app::AppOnly, command::Command};
use eframe::egui::accesskit::Role as Access;
use egui_kittest::kittest::Queryable as _;
use samples::files;
use shown::show;

#[test]
fn each_transfer_is_shown_and_can_be_stopped() {
    let view = files::agent();
    let first = files::of(&view)[0].id;
    let mut s = show(view);
    s.must("Holiday photos (214 files in all)");
    s.must("From Ana Ferreira: 21 MB of 48 MB");
    s.must("To Ana Ferreira: 3.4 MB of 48 MB");
    s.harness.query_all_by_role_and_label(Access::Button, "Stop").next().unwrap().click();
    s.harness.run_ok();
    assert_eq!(s.told(), vec![Command::StopFiles { id: first }.into()]);
}

#[test]
fn the_folder_can_be_opened_when_files_came() {
    let view = files::customer();
    let over = files::of(&view)[2].id;
    let mut s = show(view);
    s.must("In your Downloads folder, 48 MB");
    s.click("Open the folder");
    assert_eq!(s.told(), vec![AppOnly::OpenDownloads.into()]);
    s.click("Close");
    assert_eq!(s.told(), vec![Command::StopFiles { id: over }.into()]);
}

#[test]
fn the_question_names_the_files() {
    let s = show(files::asked());
    for words in ["driver-setup.zip", "Manuals", "and 3 more", "27 files, 48 MB"] {
        s.must(words);
    }
    s.must("asks to send you files");
    let s = show(files::asked_to_copy());
    s.must("asks to copy files");
    s.must("Only what I copy, to the agent");
}
