//! C1 and C2: nothing before a yes; silence is no; a yes can be taken back.

use std::time::Instant;

use deskside_session::{
    command::{Act, Command},
    view::{Notice, View},
};
use deskside_tests::{Scene, server::AGENT};

fn notice(session: &View) -> Option<&Notice> {
    session.notice.as_ref().map(|(_, n)| n)
}

fn holds(session: &View, act: Act) -> bool {
    session.grants.iter().any(|g| g.act == act)
}

#[test]
fn a_refusal_is_said_and_nothing_is_shown() {
    let mut scene = Scene::joined();
    scene.agent.tell(Command::Ask { act: Act::View });
    let asked = scene.customer.wait_session("a prompt", |s| s.prompt.is_some()).prompt.expect("a prompt");
    assert_eq!((asked.act, asked.name.as_str()), (Act::View, AGENT));
    assert!(asked.remaining_ms > 20_000 && asked.remaining_ms <= 30_000, "{asked:?}");
    scene.agent.wait_session("what was asked", |s| s.asked == Some(Act::View));
    scene.customer.answer(Act::View, false);
    let s =
        scene.agent.wait_session("the refusal", |s| notice(s) == Some(&Notice::Refused { act: Act::View }));
    assert!(s.grants.is_empty() && s.asked.is_none());
    assert!(scene.agent.try_picture().is_none());
    scene.customer.wait_session("no prompt", |s| s.prompt.is_none() && s.sharing.is_none());
}

#[test]
fn silence_for_thirty_seconds_is_no() {
    let mut scene = Scene::joined();
    scene.agent.tell(Command::Ask { act: Act::Control });
    let begin = Instant::now();
    scene.customer.wait_session("a prompt", |s| s.prompt.is_some());
    // The other 30 s are for everything else.
    scene.customer.wait_session("no prompt", |s| s.prompt.is_none());
    assert!(begin.elapsed().as_secs() >= 29, "it waited long enough for a person");
    let s =
        scene.agent.wait_session("the news", |s| notice(s) == Some(&Notice::NoAnswer { act: Act::Control }));
    assert!(s.grants.is_empty());
    assert!(scene.agent.try_picture().is_none());
}

#[test]
fn a_late_answer_does_not_fit_another_question() {
    let mut scene = Scene::joined();
    scene.agent.tell(Command::Ask { act: Act::View });
    let first = scene.customer.wait_session("a prompt", |s| s.prompt.is_some()).prompt.expect("a prompt");
    scene.agent.tell(Command::CancelAsk);
    scene.customer.wait_session("no prompt", |s| s.prompt.is_none());
    scene.agent.tell(Command::Ask { act: Act::Control });
    let second = scene.customer.wait_session("a prompt", |s| s.prompt.is_some()).prompt.expect("a prompt");
    assert_ne!(first.request, second.request);
    scene.customer.tell(Command::Answer { request: first.request, allow: true, all: true });
    scene.customer.tell(Command::Chat { to: None, text: "behind it".into() });
    let s = scene.customer.wait_session("the chat", |s| !s.chat.is_empty());
    assert!(s.prompt.is_some() && s.grants.is_empty() && !s.allow_all);
}

#[test]
fn a_grant_can_be_revoked() {
    let mut scene = Scene::controlling();
    scene.customer.tell(Command::Revoke { act: Some(Act::Control) });
    let s = scene.agent.wait_session("no control", |s| !holds(s, Act::Control));
    assert!(holds(&s, Act::View), "the picture goes on");
    scene.wait_same_picture();
    scene.customer.tell(Command::Revoke { act: None });
    scene.agent.wait_session("no picture", |s| s.grants.is_empty() && s.sharing.is_none());
    assert!(scene.agent.try_picture().is_none());
    scene.customer.wait_session("no sharing", |s| s.grants.is_empty() && s.sharing.is_none());
}

#[test]
fn allow_everything_asks_no_more_until_it_is_revoked() {
    let mut scene = Scene::joined();
    scene.agent.tell(Command::Ask { act: Act::View });
    let prompt = scene.customer.wait_session("a prompt", |s| s.prompt.is_some()).prompt.expect("a prompt");
    scene.customer.tell(Command::Answer { request: prompt.request, allow: true, all: true });
    scene.customer.wait_session("everything allowed", |s| s.allow_all && holds(s, Act::View));
    let before = scene.customer.printed();
    for act in [Act::Clipboard, Act::Control] {
        scene.agent.tell(Command::Ask { act });
        scene.agent.wait_session("the grant", |s| holds(s, act));
    }
    assert!(!scene.customer.lines()[before..].iter().any(|l| l.contains("\"prompt\"")), "no question came");
    scene.customer.tell(Command::Revoke { act: None });
    scene.customer.wait_session("nothing allowed", |s| !s.allow_all && s.grants.is_empty());
    scene.agent.tell(Command::Ask { act: Act::View });
    scene.customer.wait_session("a prompt again", |s| s.prompt.is_some());
}

#[test]
fn the_agent_gives_back_by_itself() {
    let mut scene = Scene::controlling();
    scene.agent.tell(Command::ReleaseControl);
    let s = scene.customer.wait_session("control given back", |s| !holds(s, Act::Control));
    assert!(holds(&s, Act::View));
    scene.agent.tell(Command::StopSharing);
    scene.customer.wait_session("nothing shared", |s| s.grants.is_empty() && s.sharing.is_none());
}
