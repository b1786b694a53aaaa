//! The screen of a customer in a queue.

mod samples;
mod shown;

use deskside_session::app::{AppOnly, AppView, Screen};
use deskside_ui::Language;
use egui_kittest::kittest::Queryable as _;
use samples::Still;
use shown::{Shown, open, show};

fn at(place: u32) -> AppView {
    samples::app(Screen::Waiting(samples::place(place)), None)
}

#[track_caller]
fn says(shown: &Shown, words: &str) {
    let found = shown.harness.query_all_by_label_contains(words).next().is_some();
    assert!(found, "{words:?} is not there: {:?}", shown.labels());
}

#[test]
fn the_place_in_line_is_said_and_can_be_left() {
    let mut s = show(at(3));
    s.must("3");
    says(&s, "2 people are before you");
    says(&s, "Acme Support");
    s.click("Leave the line");
    assert_eq!(s.told(), [AppOnly::CancelJoin.into()]);
    s.set(at(1));
    says(&s, "You are next");
}

#[test]
fn in_french_too() {
    let s = open(Still::new(at(2)), Language::French, None);
    says(&s, "Une personne est avant vous");
}
