//! The customer's answer: what allows, what refuses, and what must never allow.

mod samples;

use std::sync::Arc;

use deskside_session::{
    Role,
    app::{AppCommand, AppView},
    command::{Act, Command, RequestId},
    view::{LinkView, Verified},
};
use deskside_ui::{ARM_SECONDS, App, Language, Options};
use eframe::egui::{self, Key, PointerButton, Pos2, vec2};
use egui_kittest::{Harness, kittest::Queryable as _};
use samples::Still;

struct Asked {
    harness: Harness<'static, App>,
    program: Arc<Still>,
}

fn ask(view: AppView, language: Language) -> Asked {
    let program = Arc::new(Still::new(view));
    let backend = Arc::clone(&program);
    let options = Options { language, dark: Some(false) };
    let mut harness =
        Harness::builder().with_size(vec2(900.0, 900.0)).with_step_dt(0.02).with_max_steps(4).build_eframe(
            move |cc| App::new(&cc.egui_ctx, backend, &options).expect("words and tokens are there"),
        );
    harness.run_ok();
    Asked { harness, program }
}

fn question(act: Act) -> AppView {
    let mut view = samples::session(Role::Customer, Some(("Sam Okafor", samples::secure(samples::code()))));
    view.prompt = Some(samples::prompt(act, "Sam Okafor"));
    samples::in_session(view)
}

impl Asked {
    fn pass(&mut self, seconds: f64) {
        let time = self.harness.ctx.input(|i| i.time) + seconds;
        self.harness.input_mut().time = Some(time);
        self.harness.step();
        self.harness.input_mut().time = None;
        self.harness.step();
    }

    fn arm(&mut self) {
        self.pass(ARM_SECONDS + 0.1);
    }

    fn at(&self, label: &str) -> Pos2 {
        self.harness.get_by_role_and_label(egui::accesskit::Role::Button, label).rect().center()
    }

    fn pointer(&mut self, pos: Pos2, pressed: bool) {
        self.harness.event(egui::Event::PointerMoved(pos));
        let button = PointerButton::Primary;
        self.harness.event(egui::Event::PointerButton {
            pos,
            button,
            pressed,
            modifiers: Default::default(),
        });
        self.harness.step();
    }

    fn click(&mut self, label: &str) {
        let at = self.at(label);
        self.pointer(at, true);
        self.pointer(at, false);
        self.harness.step();
    }

    fn told(&self) -> Vec<AppCommand> {
        self.program.told()
    }
}

fn answer(allow: bool, all: bool) -> Vec<AppCommand> {
    vec![Command::Answer { request: RequestId(7), allow, all }.into()]
}

#[test]
fn the_question_is_asked_in_plain_words_in_both_languages() {
    for (act, english, french) in [
        (Act::View, "asks to see your screen", "demande à voir votre écran"),
        (
            Act::Control,
            "asks to use your mouse and keyboard",
            "demande à utiliser votre souris et votre clavier",
        ),
        (Act::Clipboard, "asks to share what is copied", "demande à partager ce qui est copié"),
    ] {
        for (language, words) in [(Language::English, english), (Language::French, french)] {
            let s = ask(question(act), language);
            for label in ["Sam Okafor", words, "Code 418 203"] {
                assert!(s.harness.query_all_by_label(label).next().is_some(), "{label:?}: {:?}", s.harness);
            }
        }
    }
}

#[test]
fn both_answers_are_equally_large() {
    for language in Language::ALL {
        let s = ask(question(Act::Control), language);
        let (allow, refuse) = match language {
            Language::English => ("Allow", "Refuse"),
            Language::French => ("Autoriser", "Refuser"),
        };
        let size =
            |label| s.harness.get_by_role_and_label(egui::accesskit::Role::Button, label).rect().size();
        assert_eq!(size(allow), size(refuse));
    }
}

#[test]
fn allow_is_dead_before_it_is_armed() {
    let mut s = ask(question(Act::View), Language::English);
    s.click("Allow");
    assert_eq!(s.told(), []);
    s.arm();
    assert_eq!(s.told(), []);
    s.click("Allow");
    assert_eq!(s.told(), answer(true, false));
}

#[test]
fn a_press_from_before_arming_does_not_allow_when_it_is_released_after() {
    let mut s = ask(question(Act::View), Language::English);
    let at = s.at("Allow");
    s.pointer(at, true);
    s.arm();
    s.pointer(at, false);
    s.harness.step();
    assert_eq!(s.told(), []);
}

#[test]
fn a_press_elsewhere_dragged_onto_allow_does_not_allow() {
    let mut s = ask(question(Act::View), Language::English);
    s.arm();
    let at = s.at("Allow");
    s.pointer(at - vec2(0.0, 200.0), true);
    s.harness.event(egui::Event::PointerMoved(at));
    s.harness.step();
    s.pointer(at, false);
    s.harness.step();
    assert_eq!(s.told(), []);
}

#[test]
fn no_key_allows() {
    let mut s = ask(question(Act::Control), Language::English);
    s.arm();
    for _ in 0..12 {
        for key in [Key::Tab, Key::Enter, Key::Space, Key::A, Key::Y] {
            s.harness.key_press(key);
            s.harness.step();
            s.harness.step();
        }
    }
    let allowed =
        s.told().iter().any(|c| matches!(c, AppCommand::Session(Command::Answer { allow: true, .. })));
    assert!(!allowed);
}

#[test]
fn no_random_clicks_or_keys_allow_while_it_is_not_armed() {
    let mut s = ask(question(Act::Control), Language::English);
    let mut seed = 0x2545_f491_4f6c_dd1du64;
    let mut next = |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let rect = s.harness.get_by_role_and_label(egui::accesskit::Role::Button, "Allow").rect();
    // Less than the arming time passes in all; each step is 0.02 s at most.
    for i in 0..120u64 {
        let at = rect.min + vec2(next(rect.width() as u64) as f32, next(rect.height() as u64) as f32);
        s.harness.event(egui::Event::PointerMoved(at));
        let event = match next(3) {
            0 => egui::Event::Text("y".into()),
            n => egui::Event::PointerButton {
                pos: at,
                button: PointerButton::Primary,
                pressed: n == 1,
                modifiers: Default::default(),
            },
        };
        s.harness.event(event);
        s.harness.input_mut().time = Some(0.2 + i as f64 * 0.003);
        s.harness.step();
    }
    assert_eq!(s.told(), []);
}

#[test]
fn escape_and_refuse_refuse_at_once() {
    let mut s = ask(question(Act::View), Language::English);
    s.harness.key_press(Key::Escape);
    s.harness.step();
    assert_eq!(s.told(), answer(false, false));
    let mut s = ask(question(Act::View), Language::English);
    s.click("Refuse");
    assert_eq!(s.told(), answer(false, false));
}

#[test]
fn everything_is_allowed_only_when_it_was_ticked_and_allowed() {
    let tick = "Allow everything in this session without asking again";
    let mut s = ask(question(Act::View), Language::English);
    s.harness.get_by_label(tick).click();
    s.harness.run_ok();
    s.arm();
    s.click("Allow");
    assert_eq!(s.told(), answer(true, true));
    let mut s = ask(question(Act::View), Language::English);
    s.harness.get_by_label(tick).click();
    s.harness.run_ok();
    s.click("Refuse");
    assert_eq!(s.told(), answer(false, false));
}

#[test]
fn an_answer_is_given_once() {
    let mut s = ask(question(Act::View), Language::English);
    s.arm();
    s.click("Allow");
    assert_eq!(s.told(), answer(true, false));
    assert!(s.harness.query_all_by_label("Refuse").next().is_none());
    s.harness.key_press(Key::Escape);
    s.harness.run_ok();
    assert_eq!(s.told(), []);
}

#[test]
fn another_question_is_armed_anew() {
    let mut s = ask(question(Act::View), Language::English);
    s.arm();
    let mut view = question(Act::Control);
    if let deskside_session::app::Screen::Session { session, .. } = &mut view.screen
        && let Some(prompt) = &mut session.prompt
    {
        prompt.request = RequestId(8);
    }
    s.program.set(view);
    s.harness.step();
    s.click("Allow");
    assert_eq!(s.told(), []);
}

#[test]
fn the_seconds_count_down_and_a_lapsed_question_cannot_be_allowed() {
    let mut s = ask(question(Act::View), Language::English);
    let says = |s: &Asked, n: u32| {
        let words = format!("Without an answer, this is refused in {n} seconds.");
        s.harness.query_all_by_label(&words).next().is_some()
    };
    assert!(says(&s, 30));
    s.pass(10.0);
    assert!(says(&s, 20) || says(&s, 19), "{:?}", s.harness);
    s.pass(25.0);
    s.click("Allow");
    assert_eq!(s.told(), []);
}

#[test]
fn whoever_is_not_proven_is_warned_about() {
    let mut view = samples::session(Role::Customer, Some(("Sam", LinkView::Lost)));
    view.prompt = Some(samples::prompt(Act::View, "Sam"));
    let s = ask(samples::in_session(view), Language::English);
    s.harness.get_by_label("It is not proven who this is. Refuse if you are unsure.");
    let mut view = samples::session(Role::Customer, Some(("Sam", samples::secure(Verified::Link))));
    view.prompt = Some(samples::prompt(Act::View, "Sam"));
    let s = ask(samples::in_session(view), Language::English);
    s.harness.get_by_label("Verified: this is the person who sent you the link.");
}

#[test]
fn a_name_cannot_pretend_to_be_part_of_the_question() {
    let mut view = samples::session(Role::Customer, Some(("x", samples::secure(samples::code()))));
    view.prompt = Some(samples::prompt(Act::Control, "Sam\n\u{202e}kcilc tsuj ,uoy sksa"));
    let s = ask(samples::in_session(view), Language::English);
    s.harness.get_by_label("Sam kcilc tsuj ,uoy sksa");
}

#[test]
fn who_else_would_see_it_is_named_and_other_customers_see_it_only_by_choice() {
    let show = Command::Exclude { id: samples::OLIVIER, excluded: false };
    let others = "Let the other customers see it too: Olivier Dubois";
    for (ticks, allow) in [(0, true), (1, true), (2, true), (1, false)] {
        let mut s = ask(samples::sample("prompt-others"), Language::English);
        assert!(s.harness.query_by_label("Also seen by Lea Martin").is_some());
        s.arm();
        for _ in 0..ticks {
            s.harness.get_by_label(others).click();
            s.harness.run_ok();
        }
        s.click(if allow { "Allow" } else { "Refuse" });
        let mut told = answer(allow, false);
        told.extend((allow && ticks == 1).then(|| show.clone().into()));
        assert_eq!(s.told(), told);
    }
    // There is nothing to choose for what shows nothing.
    let mut view = samples::sample("prompt-others");
    if let deskside_session::app::Screen::Session { session, .. } = &mut view.screen {
        session.prompt.iter_mut().for_each(|p| p.act = Act::Files);
    }
    assert!(ask(view, Language::English).harness.query_by_label(others).is_none());
}

#[test]
fn the_direction_of_the_clipboard_is_chosen_in_its_question() {
    let mut asked = ask(question(Act::Clipboard), Language::English);
    asked.arm();
    asked.harness.get_by_label("Only what I copy, to the agent").click();
    asked.harness.step();
    assert_eq!(asked.told(), []);
    asked.click("Allow");
    let direction = deskside_session::direction::Direction::ToAgent;
    let first = Command::ClipboardDirection { direction }.into();
    assert_eq!(asked.told(), [vec![first], answer(true, false)].concat());
    // What else is asked says nothing of it.
    let asked = ask(question(Act::View), Language::English);
    assert!(asked.harness.query_by_label("Only what I copy, to the agent").is_none());
}
