//! What an agent writes about a session, in the window.

mod samples;
mod shown;

use deskside_session::app::{AppCommand, AppOnly, AppView, NotesState, NotesView, Screen};
use eframe::egui::{Event, accesskit::Role as Access};
use egui_kittest::kittest::Queryable as _;
use samples::desk::{self, with_notes};
use shown::show;

fn in_session() -> AppView {
    samples::in_session(samples::agent(samples::code()))
}

#[test]
fn notes_are_told_while_they_are_typed_and_once_more_at_the_end() {
    let notes = |text: &str| AppCommand::from(AppOnly::Notes { text: text.into() });
    let mut s = show(with_notes(in_session(), NotesState::Loading));
    s.choose(Access::Tab, "Notes");
    s.must("Asking the server…");
    s.set(with_notes(in_session(), NotesState::Saving));
    s.must("Saving…");
    s.set(with_notes(desk::over(), NotesState::Saved));
    s.must("Notes of this session");
    s.must("Saved");
    s.harness.get_by_role(Access::MultilineTextInput).focus();
    s.harness.run_ok();
    s.harness.event(Event::Text(" New one sent.".into()));
    s.harness.run_ok();
    assert_eq!(s.told(), [notes("Driver 4.2 is old. New one sent.")]);
}

/// What a colleague wrote meanwhile comes from the server, and is not lost by the next letter.
#[test]
fn lines_of_a_colleague_are_taken_over() {
    let mut s = show(with_notes(in_session(), NotesState::Saved));
    s.choose(Access::Tab, "Notes");
    let mut view = with_notes(in_session(), NotesState::Saved);
    if let Screen::Session { notes, .. } = &mut view.screen {
        *notes = Some(NotesView { text: "Driver 4.2 is old.\nFrom Bo.".into(), state: NotesState::Saved });
    }
    s.set(view);
    s.harness.get_by_role(Access::MultilineTextInput).focus();
    s.harness.run_ok();
    s.harness.event(Event::Text(" And mine.".into()));
    s.harness.run_ok();
    let all = AppOnly::Notes { text: "Driver 4.2 is old.\nFrom Bo. And mine.".into() };
    assert_eq!(s.told(), [AppCommand::from(all)]);
}
