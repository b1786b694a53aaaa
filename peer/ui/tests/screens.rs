//! Every screen, without a display: found by label and role, as a screen reader finds it.

mod samples;
mod shown;

use deskside_session::{
    Role,
    app::{AppCommand, AppOnly, AppView, Ending, Problem, Screen},
    command::{Act, Command, Shortcut},
    quality::{Colours, Sharpness},
    view::{Conversation, Grant, LinkView, Notice, Refusal, Trouble, Verified},
};
use deskside_ui::Language;
use eframe::egui::{self, Key, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use samples::{ME, OTHER, Picture, Still, sample};
use shown::{Shown, open, show};

fn app_command(command: AppOnly) -> Vec<AppCommand> {
    vec![command.into()]
}

fn session_command(command: Command) -> Vec<AppCommand> {
    vec![command.into()]
}

fn join() -> AppView {
    samples::app(Screen::Join { busy: false }, None)
}

/// With room for the bar, which is a window of its own on a real screen.
fn show_wide(view: AppView) -> Shown {
    let mut s = show(view);
    s.harness.set_size(vec2(1400.0, 900.0));
    s.harness.run_ok();
    s
}

#[test]
fn every_screen_is_drawn_in_both_languages() {
    for language in Language::ALL {
        let mut shown = open(Still::with_picture(join(), Picture::new(false)), language, None);
        for (name, view) in samples::all() {
            shown.set(view);
            let labels = shown.labels();
            assert!(labels.iter().any(|l| !l.is_empty()), "{name} says nothing");
            for label in labels {
                let key = label.contains('-') && label.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                assert!(!key, "{name} shows the key {label:?} instead of words");
            }
        }
    }
}

#[test]
fn a_number_is_grouped_while_it_is_typed_and_joins_on_enter() {
    let mut s = show(join());
    s.type_into("Session number", "418203957");
    let field = s.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Session number");
    assert_eq!(field.value().as_deref(), Some("418 203 957"));
    assert_eq!(s.told(), []);
    s.key(Key::Enter);
    assert_eq!(s.told(), app_command(AppOnly::Join { target: "418 203 957".into(), name: None }));
}

#[test]
fn the_field_has_the_keyboard_at_once() {
    let mut s = show(join());
    for digit in "41820395".chars() {
        s.harness.event(egui::Event::Text(digit.to_string()));
    }
    s.harness.run_ok();
    s.harness.event(egui::Event::Text("7".into()));
    s.harness.run_ok();
    s.click("Join");
    assert_eq!(s.told(), app_command(AppOnly::Join { target: "418 203 957".into(), name: None }));
}

#[test]
fn a_link_can_be_pasted() {
    let mut s = show(join());
    let link = "https://help.example.org/j/418203957#s=4kJ2mZxQ7vT1bN8cW3yR";
    s.harness.event(egui::Event::Paste(format!("{link}\n")));
    s.harness.run_ok();
    s.must("Link with its secret");
    s.click("Join");
    assert_eq!(s.told(), app_command(AppOnly::Join { target: link.into(), name: None }));
}

#[test]
fn an_empty_or_short_number_is_told_at_once_and_not_sent() {
    let mut s = show(join());
    s.click("Join");
    s.must("The number is missing.");
    s.type_into("Session number", "418");
    s.must_not("The number is missing.");
    s.click("Join");
    s.must("This is not a session number.");
    assert_eq!(s.told(), []);
}

#[test]
fn joining_can_be_cancelled() {
    let mut s = show(samples::app(Screen::Join { busy: true }, None));
    s.must("Joining…");
    s.must_not("I am an agent");
    s.click("Cancel");
    assert_eq!(s.told(), app_command(AppOnly::CancelJoin));
}

#[test]
fn the_agent_has_a_way_in_and_back() {
    let mut s = show(join());
    s.click("I am an agent");
    assert_eq!(s.told(), app_command(AppOnly::ShowAgent { agent: true }));
    s.set(samples::app(Screen::SignIn { busy: false }, None));
    s.click("Back to joining");
    assert_eq!(s.told(), app_command(AppOnly::ShowAgent { agent: false }));
}

#[test]
fn every_problem_says_what_happened_and_what_to_do_in_both_languages() {
    let problems = [
        Problem::MalformedNumber,
        Problem::NoSuchSession,
        Problem::TooManyTries { wait_s: 1 },
        Problem::TooManyTries { wait_s: 600 },
        Problem::WrongPassword,
        Problem::ServerDown { server: "a.example".into() },
        Problem::ServerNotTrusted { server: "a.example".into() },
        Problem::ServerVersion { theirs: 9 },
        Problem::NotTrusted { reason: Refusal::Secret },
        Problem::NotTrusted { reason: Refusal::Signature },
        Problem::NotTrusted { reason: Refusal::Key },
        Problem::NotTrusted { reason: Refusal::Version { theirs: 9 } },
        Problem::NotTrusted { reason: Refusal::Garbage },
        Problem::NoDisplay,
        Problem::BadCommand { detail: "not now".into() },
        Problem::Other { detail: "disk full".into() },
    ];
    for language in Language::ALL {
        let mut seen = std::collections::BTreeSet::new();
        let mut s = open(Still::new(join()), language, None);
        for problem in &problems {
            for screen in [Screen::Join { busy: false }, Screen::SignIn { busy: false }] {
                s.set(samples::app(screen, Some(problem.clone())));
                let t = deskside_ui::problem_words(&s.texts, problem);
                s.must(&t.0);
                s.must(&t.1);
                seen.insert(t);
            }
        }
        assert_eq!(seen.len(), problems.len(), "two problems read the same in {language:?}");
    }
}

#[test]
fn signing_in_sends_name_and_password_and_another_server_only_when_changed() {
    let mut s = show(samples::app(Screen::SignIn { busy: false }, None));
    s.type_into("User name", " sam ");
    s.type_into("Password", "cor rect");
    s.key(Key::Enter);
    let sign_in = |server| AppOnly::SignIn { server, name: "sam".into(), password: "cor rect".into() };
    assert_eq!(s.told(), app_command(sign_in(None)));
    s.type_into("Server", ".test");
    s.click("Sign in");
    let told = s.told();
    assert!(
        matches!(&told[..], [AppCommand::App(AppOnly::SignIn { server: Some(server), .. })] if server.contains(".test")),
        "{told:?}"
    );
}

#[test]
fn the_password_is_hidden_until_it_is_revealed() {
    let mut s = show(samples::app(Screen::SignIn { busy: false }, None));
    s.type_into("Password", "secret");
    assert!(!format!("{:?}", s.harness).contains("secret"));
    s.click("Show the password");
    s.must("Hide the password");
}

#[test]
fn home_starts_a_session_and_signs_out() {
    let mut s = show(samples::app(Screen::AgentHome { name: "Sam".into(), busy: false }, None));
    s.must("Hello, Sam");
    s.click("Start a session");
    s.click("Sign out");
    assert_eq!(s.told(), [AppOnly::StartSession.into(), AppOnly::SignOut.into()]);
}

#[test]
fn the_invitation_shows_number_and_link_to_copy() {
    let mut s = show(sample("agent-invite"));
    s.must("Session 418 203 957");
    s.must("Waiting for your customer…");
    s.click("Copy link");
    let copied = |s: &Shown| {
        s.harness.output().platform_output.commands.iter().find_map(|c| match c {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    };
    // The step of the click itself carries the command, so it is done by single steps.
    s.harness.get_by_label("Copy number").click();
    let mut found = None;
    for _ in 0..4 {
        s.harness.run_steps(1);
        found = found.or_else(|| copied(&s));
    }
    s.must("Copied");
    assert!(found.is_none_or(|text| text == "418 203 957"));
}

#[test]
fn the_agent_asks_waits_and_cancels() {
    let mut s = show(sample("agent-ready"));
    s.must("Ana Ferreira is connected");
    s.click("Ask to see the desktop");
    s.click("Ask to control");
    assert_eq!(s.told(), [Command::Ask { act: Act::View }.into(), Command::Ask { act: Act::Control }.into()]);
    s.set(sample("agent-asked"));
    s.must("Waiting for Ana Ferreira’s answer: see the desktop…");
    s.must("Ana Ferreira joined.");
    s.click("Cancel the question");
    assert_eq!(s.told(), session_command(Command::CancelAsk));
}

#[test]
fn the_code_is_shown_to_both_sides_in_two_groups() {
    for name in ["agent-code", "customer", "prompt-view"] {
        show(sample(name)).must("Code 418 203");
    }
    for name in ["agent-ready", "customer-link"] {
        let s = show(sample(name));
        s.must("Verified by link");
        s.must_not("Code 418 203");
    }
}

#[test]
fn ending_and_leaving_are_asked_first() {
    let mut s = show(sample("agent-ready"));
    s.click("End session");
    s.must("End this session?");
    assert_eq!(s.told(), []);
    s.click("Stay");
    s.must_not("End this session?");
    s.click("End session");
    s.key(Key::Escape);
    s.must_not("End this session?");
    // Nobody else could lead.
    s.must_not("Leave");
}

#[test]
fn an_assistant_cannot_end() {
    let s = show(samples::in_session(samples::session(Role::Assistant, None)));
    s.must("Leave");
    s.must_not("End session");
}

#[test]
fn messages_are_sent_and_reported_as_read() {
    let mut s = show(sample("agent-ready"));
    s.must("It says “offline”, but the lamp is on.");
    s.must("Not delivered yet");
    s.type_into("Write a message…", "One moment, please.");
    s.key(Key::Enter);
    assert_eq!(s.told(), session_command(Command::Chat { to: None, text: "One moment, please.".into() }));
    let mut view = samples::session(Role::Customer, Some(("Sam", samples::secure(Verified::Link))));
    view.conversations = vec![Conversation { with: None, name: String::new(), unread: 1, at: 0 }];
    s.set(samples::in_session(view));
    assert!(s.told().contains(&Command::ConversationRead { with: None }.into()));
}

#[test]
fn a_message_that_is_too_long_is_not_sent() {
    let mut s = show(sample("agent-ready"));
    s.type_into("Write a message…", &"é".repeat(5000));
    s.must("This message is too long.");
    s.key(Key::Enter);
    assert_eq!(s.told(), []);
}

#[test]
fn the_tools_of_the_viewer_send_their_commands() {
    use egui::accesskit::Role as Access;
    let mut s =
        open(Still::with_picture(sample("agent-controls"), Picture::new(false)), Language::English, None);
    let _ = s.told();
    s.click("Release control");
    assert_eq!(s.told(), session_command(Command::ReleaseControl));
    s.click("Picture");
    s.choose(Access::MenuItemRadio, "Faster");
    let sharpness = Some(Sharpness::Faster);
    assert_eq!(s.told(), session_command(Command::SetQuality { sharpness, colours: None }));
    s.click("Picture");
    s.choose(Access::MenuItemRadio, "256 colours");
    let colours = Some(Colours::Bits8);
    assert_eq!(s.told(), session_command(Command::SetQuality { sharpness: None, colours }));
    s.click("Monitors");
    s.choose(Access::MenuItemRadio, "HDMI-1 (1920 × 1080)");
    let screen = deskside_session::command::Screen::Monitor(1);
    assert_eq!(s.told(), session_command(Command::SetScreen { screen }));
    s.click("Send keys");
    s.choose(Access::MenuItem, "Ctrl + Alt + Del");
    assert_eq!(s.told(), session_command(Command::SendShortcut { shortcut: Shortcut::CtrlAltDelete }));
    s.click("Send keys");
    s.click("Ctrl + Alt + F3");
    assert_eq!(s.told(), session_command(Command::SendShortcut { shortcut: Shortcut::CtrlAltF(3) }));
    s.click("Stop sharing");
    assert_eq!(s.told(), session_command(Command::StopSharing));
}

#[test]
fn what_hides_the_picture_is_said_in_its_place() {
    for (name, words) in [
        ("agent-paused", "Ana Ferreira paused the picture"),
        ("agent-first", "Waiting for the first picture…"),
        ("agent-lost", "Connection lost"),
        ("agent-trouble", "The customer’s system does not permit sharing its screen."),
    ] {
        let s = open(Still::with_picture(sample(name), Picture::new(true)), Language::English, Some(77));
        s.must(words);
    }
}

#[test]
fn every_trouble_is_worded() {
    for trouble in [
        Trouble::NoDisplay,
        Trouble::CaptureDenied,
        Trouble::CaptureFailed,
        Trouble::InputDenied,
        Trouble::SystemPrompt,
        Trouble::InputFailed,
    ] {
        let mut view = samples::session(Role::Primary, Some(("Ana", samples::secure(Verified::Link))));
        view.notice = Some((9, Notice::Trouble { trouble }));
        let s = show(samples::in_session(view));
        let words = deskside_ui::notice_words(&s.texts, Role::Primary, &Notice::Trouble { trouble });
        s.must(&words);
    }
}

#[test]
fn news_goes_away_by_itself_and_by_hand() {
    let mut view = samples::session(Role::Primary, Some(("Ana", samples::secure(Verified::Link))));
    view.notice = Some((1, Notice::Joined { name: "Ana".into() }));
    let mut s = show(samples::in_session(view.clone()));
    s.must("Ana joined.");
    s.wait(6.0);
    s.harness.run_ok();
    s.must_not("Ana joined.");
    view.notice = Some((2, Notice::Refused { act: Act::Control }));
    s.set(samples::in_session(view));
    s.must("Refused: mouse and keyboard.");
    s.click("Dismiss");
    s.must_not("Refused: mouse and keyboard.");
}

#[test]
fn the_customer_sees_what_is_allowed_and_takes_it_back() {
    let mut s = show_wide(sample("customer-controls"));
    s.must("Use your mouse and keyboard");
    s.must("Everything is allowed without asking, until you take it back.");
    // Below the card of the screen and those of the agents.
    s.harness.get_by_label("Take back: Use your mouse and keyboard").scroll_to_me();
    s.harness.run_ok();
    s.click("Take back: Use your mouse and keyboard");
    assert_eq!(s.told(), session_command(Command::Revoke { act: Some(Act::Control) }));
    s.click("Take everything back");
    assert_eq!(s.told(), session_command(Command::Revoke { act: None }));
}

#[test]
fn the_bar_says_who_sees_or_controls_and_stops_it() {
    let mut s = show_wide(sample("customer-views"));
    s.must("Sam Okafor sees your screen");
    s.must("Esc three times stops everything");
    s.click("Pause");
    s.click("Stop");
    s.click("Leave");
    assert_eq!(
        s.told(),
        [
            AppCommand::from(Command::Pause { paused: true }),
            Command::StopSharing.into(),
            Command::Leave.into()
        ]
    );
    s.set(sample("customer-controls"));
    s.must("Sam Okafor controls your computer");
    s.click("Take back control");
    assert_eq!(s.told(), session_command(Command::TakeBack));
    s.set(sample("customer-paused"));
    s.must("Paused: nobody sees your screen");
    s.click("Resume");
    assert_eq!(s.told(), session_command(Command::Pause { paused: false }));
}

#[test]
fn the_bar_is_gone_without_sharing() {
    let s = show(sample("customer"));
    s.must_not("Esc three times stops everything");
}

#[test]
fn the_end_is_told_to_both_roles_and_leads_home() {
    for language in Language::ALL {
        let mut titles = std::collections::BTreeSet::new();
        let mut s = open(Still::new(join()), language, None);
        for ending in
            [Ending::Left, Ending::EndedByMe, Ending::EndedByAgent, Ending::Expired, Ending::NotTrusted]
        {
            for role in [Role::Customer, Role::Primary, Role::Assistant] {
                s.set(samples::ended(role, ending));
                let (title, lead) = deskside_ui::ending_words(&s.texts, role, ending);
                s.must(&title);
                s.must(&lead);
                titles.insert(title);
                let home = if role == Role::Customer { "ended-home-customer" } else { "ended-home-agent" };
                let home = s.texts.t(home);
                s.click(&home);
                assert_eq!(s.told(), app_command(AppOnly::Home));
            }
        }
        assert_eq!(titles.len(), 5);
    }
}

#[test]
fn closing_the_program_from_the_end_quits() {
    let mut s = show(sample("ended-left"));
    s.click("Close Deskside");
    assert_eq!(s.told(), app_command(AppOnly::Quit));
}

#[test]
fn long_names_stay_on_their_line() {
    for (name, wide) in [("customer-long", false), ("home-long", false), ("prompt-clipboard", true)] {
        let s = if wide { show_wide(sample(name)) } else { show(sample(name)) };
        let screen = s.harness.ctx.content_rect();
        // The bar is a window of its own, as wide as it needs.
        let bar = ["Take back control", "Pause", "Stop", "Leave"];
        for node in s.harness.root().children_recursive() {
            if node.accesskit_node().label().is_some_and(|l| bar.contains(&l.as_str())) {
                continue;
            }
            if node.accesskit_node().role() == egui::accesskit::Role::Button {
                let rect = node.rect();
                assert!(
                    screen.expand(1.0).contains_rect(rect),
                    "{name}: {:?} at {rect:?} is outside {screen:?}",
                    node.accesskit_node().label()
                );
            }
        }
    }
}

#[test]
fn nothing_repaints_without_need() {
    for name in
        ["join", "sign-in", "home", "agent-ready", "agent-views", "customer", "customer-views", "ended-left"]
    {
        let mut s = open(Still::with_picture(sample(name), Picture::new(false)), Language::English, None);
        s.wait(20.0);
        s.harness.run_ok();
        let delay = s.harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
        assert!(delay >= std::time::Duration::from_secs(1), "{name} draws again after {delay:?}");
    }
}

#[test]
fn the_customer_is_told_of_a_refused_or_lost_connection() {
    let view = |link| samples::in_session(samples::session(Role::Customer, Some(("Sam", link))));
    let mut s = show(view(LinkView::Refused { reason: Refusal::Key }));
    s.must("Somebody else answered than the person announced.");
    s.set(view(LinkView::Lost));
    s.must("Connection lost, reconnecting…");
    s.set(view(LinkView::Connecting));
    s.must("Connecting…");
}

#[test]
fn grants_of_several_people_are_listed_once() {
    let mut view = samples::session(Role::Customer, Some(("Sam", samples::secure(Verified::Link))));
    view.grants = vec![Grant { to: OTHER, act: Act::View }, Grant { to: ME, act: Act::View }];
    let s = show(samples::in_session(view));
    assert_eq!(s.harness.query_all_by_label("See your screen").count(), 1);
}
