//! The agent's window as a slim bar.

mod samples;
mod shown;

use std::sync::Arc;

use deskside_session::{
    Role,
    app::{AppOnly, AppView, Ending, Problem, Screen, TransferView, transfers::Returned},
    command::{Act, Command},
    view::{LinkView, Refusal},
};
use deskside_ui::Language;
use eframe::egui::{
    Event, Key, Modifiers, ViewportCommand, ViewportId, WindowLevel, accesskit::Role as Access,
};
use egui_kittest::kittest::Queryable as _;
use samples::{Done, Picture, Still, changed, desk, sample};
use shown::{Shown, open};

const SLIM: &str = "Make the window a small bar";
const BACK: &str = "Back to the whole window";

fn tabbed(view: AppView) -> AppView {
    AppView { tabs: desk::tabs(), ..view }
}

/// A session in its window, with a native picture.
fn session(view: AppView) -> (Shown, Arc<Picture>) {
    let picture = Picture::new(true);
    let still = Still::with_picture(tabbed(view), Arc::clone(&picture));
    (open(still, Language::English, Some(7)), picture)
}

fn slim(view: AppView) -> (Shown, Arc<Picture>) {
    let (mut s, picture) = session(view);
    s.click(SLIM);
    s.must(BACK);
    let _ = (s.told(), picture.done());
    (s, picture)
}

/// What the pointer is on has a hint in place of the state.
fn away(s: &mut Shown) {
    s.harness.event(Event::PointerGone);
    s.harness.run_ok();
}

fn toggle(s: &mut Shown) {
    s.harness.key_press_modifiers(Modifiers { command: true, shift: true, ..Modifiers::CTRL }, Key::M);
    s.harness.run_ok();
}

#[test]
fn the_bar_is_small_and_above_everything_and_the_window_comes_back() {
    let (mut s, _) = session(sample("agent-controls"));
    let commands = |s: &mut Shown, label: &str| {
        s.harness.get_by_role_and_label(Access::Button, label).click();
        let mut all = Vec::new();
        for _ in 0..4 {
            s.harness.step();
            let root = &s.harness.output().viewport_output[&ViewportId::ROOT];
            all.extend(root.commands.iter().cloned());
        }
        s.harness.run_ok();
        all
    };
    let there = commands(&mut s, SLIM);
    assert!(there.contains(&ViewportCommand::WindowLevel(WindowLevel::AlwaysOnTop)), "{there:?}");
    assert!(there.contains(&ViewportCommand::Decorations(false)), "{there:?}");
    s.must("Ana Ferreira");
    s.must("Release control");
    s.must_not("End this session?");
    let back = commands(&mut s, BACK);
    assert!(back.contains(&ViewportCommand::WindowLevel(WindowLevel::Normal)), "{back:?}");
    assert!(back.contains(&ViewportCommand::Decorations(true)), "{back:?}");
    s.must("In this session");
}

#[test]
fn the_picture_is_away_meanwhile_and_comes_back_as_it_was() {
    let (mut s, picture) = session(sample("agent-controls"));
    s.click("Keys");
    s.click("1:1");
    let _ = picture.done();
    toggle(&mut s);
    assert_eq!(picture.done(), [Done::Hide, Done::Grab(false), Done::Accept(false)]);
    s.harness.run_steps(3);
    assert_eq!(picture.done(), []);
    toggle(&mut s);
    let done = picture.done();
    assert!(done.contains(&Done::Accept(true)), "{done:?}");
    assert!(
        done.iter()
            .any(|d| matches!(d, Done::Put { scale: deskside_ui::Scale::Zoom { percent: 100, .. }, .. })),
        "{done:?}"
    );
}

#[test]
fn what_can_be_asked_and_stopped_is_in_the_bar() {
    let (mut s, _) = slim(sample("agent-ready"));
    s.must(BACK);
    away(&mut s);
    s.must("Nothing is shared.");
    s.click("Ask to see the desktop");
    s.click("Ask to control");
    s.set(tabbed(changed("agent-ready", |v| v.asked = Some(Act::View))));
    away(&mut s);
    s.must("Waiting for Ana Ferreira’s answer: see the desktop…");
    s.click("Cancel the question");
    s.set(tabbed(sample("agent-paused")));
    away(&mut s);
    s.must("Viewing · Connected directly");
    s.set(tabbed(changed("agent-controls", |v| v.notice = None)));
    s.must("You control · Connected directly");
    s.click("Release control");
    s.click("Stop sharing");
    let told = [
        Command::Ask { act: Act::View },
        Command::Ask { act: Act::Control },
        Command::CancelAsk,
        Command::ReleaseControl,
        Command::StopSharing,
    ];
    assert_eq!(s.told(), told.map(Into::into));
    s.set(tabbed(sample("agent-lost")));
    away(&mut s);
    s.must("Connection lost, reconnecting…");
}

#[test]
fn messages_and_questions_lead_to_the_whole_window() {
    let (mut s, _) = slim(sample("agent-controls"));
    s.click("Chat, 2 new messages");
    s.must("In this session");
    toggle(&mut s);
    s.click("End session");
    s.must("End this session?");
    s.must("In this session");
    s.click("Stay");
    assert_eq!(s.told(), []);
    let assistant = changed("assistant-watches", |v| v.role = Role::Assistant);
    s.set(tabbed(assistant));
    toggle(&mut s);
    s.must_not("End session");
    s.must_not("Stop sharing");
    s.click("Leave");
    s.must("Leave this session?");
}

#[test]
fn problems_another_session_and_the_end_bring_the_window_back() {
    let problem = AppView { problem: Some(Problem::TransferGone), ..tabbed(sample("agent-views")) };
    let another = changed("agent-views", |v| {
        v.number = deskside_session::SessionNumber::new(500_000_001).expect("nine digits");
    });
    let refused = changed("agent-views", |v| {
        v.others[0].link = LinkView::Refused { reason: Refusal::Signature };
    });
    let mut returned = tabbed(sample("agent-views"));
    if let Screen::Session { transfer, .. } = &mut returned.screen {
        *transfer = Some(TransferView::Returned { why: Returned::Time });
    }
    let ended = samples::ended(Role::Primary, Ending::EndedByMe);
    for view in [problem, tabbed(another), tabbed(refused), returned, ended] {
        let (mut s, _) = slim(sample("agent-views"));
        s.set(tabbed(changed("agent-views", |v| v.grants.clear())));
        s.must(BACK);
        s.set(view);
        s.must_not(BACK);
        s.set(tabbed(sample("agent-views")));
        s.must_not(BACK);
    }
}

#[test]
fn full_screen_and_the_bar_exclude_each_other() {
    let (mut s, _) = session(sample("agent-views"));
    s.key(Key::F11);
    toggle(&mut s);
    s.must_not(BACK);
    s.must("In this session");
    toggle(&mut s);
    s.key(Key::F11);
    s.must(BACK);
}

#[test]
fn other_sessions_are_a_key_away_from_the_bar_and_from_full_screen() {
    let next = deskside_session::SessionNumber::new(500_000_001).ok();
    let ctrl = Modifiers { command: true, ..Modifiers::CTRL };
    for full in [false, true] {
        let (mut s, _) = session(sample("agent-views"));
        if full {
            s.key(Key::F11);
        } else {
            toggle(&mut s);
        }
        let _ = s.told();
        s.harness.key_press_modifiers(ctrl, Key::Tab);
        s.harness.run_ok();
        assert_eq!(s.told(), [AppOnly::ShowSession { number: next }.into()]);
    }
}
