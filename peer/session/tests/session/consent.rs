//! Asking, answering, revoking, taking back.

use deskside_session::{
    command::{Act, Command, RequestId},
    io::{Capture, DeviceEvent, Output},
    view::Notice,
};

use crate::sim::{AGENT, CUSTOMER, World};

#[test]
fn view_is_asked_allowed_and_captured() {
    let mut w = World::call();
    w.ask(Act::View);
    assert_eq!(w.view(AGENT).asked, Some(Act::View));
    let p = w.view(CUSTOMER).prompt.unwrap();
    assert_eq!((p.from, p.name.as_str(), p.act), (AGENT, "Ada", Act::View));
    assert!((29_000..30_000).contains(&p.remaining_ms));
    assert!(w.take_log(CUSTOMER).is_empty());
    w.answer(true, false);
    let capture = Capture {
        screen: Default::default(),
        scope: Default::default(),
        viewers: vec![AGENT],
        coder: Default::default(),
        quality: Default::default(),
        paused: false,
        monitor: None,
    };
    assert_eq!(w.take_log(CUSTOMER), [Output::Capture(capture)]);
    assert_eq!(w.take_log(AGENT), [Output::OpenViewer { from: CUSTOMER }]);
    assert_eq!(w.notice(AGENT), Some(Notice::Allowed { act: Act::View }));
    assert_eq!((w.view(AGENT).asked, w.acts(AGENT)), (None, vec![Act::View]));
    let s = w.view(AGENT).sharing.unwrap();
    assert_eq!((s.sharer, s.viewers, s.controller), (CUSTOMER, vec![AGENT], None));
}

#[test]
fn refusing_is_final_for_a_while() {
    let mut w = World::call();
    w.ask(Act::Control);
    w.answer(false, false);
    assert_eq!(w.notice(AGENT), Some(Notice::Refused { act: Act::Control }));
    assert_eq!(w.view(AGENT).asked, None);
    w.ask(Act::Control);
    assert_eq!(w.prompt(), None, "too soon: nobody is bothered");
    assert_eq!(w.view(AGENT).asked, None);
    w.run(3_000);
    w.ask(Act::Control);
    assert!(w.prompt().is_some());
    assert!(w.take_log(CUSTOMER).is_empty());
}

#[test]
fn silence_is_no() {
    let mut w = World::call();
    w.ask(Act::View);
    w.run(29_000);
    assert!(w.prompt().is_some());
    w.run(1_000);
    assert_eq!(w.prompt(), None);
    w.run(50);
    assert_eq!(w.notice(AGENT), Some(Notice::NoAnswer { act: Act::View }));
    assert_eq!(w.notice(CUSTOMER), Some(Notice::NoAnswer { act: Act::View }));
    assert!(w.acts(AGENT).is_empty() && w.take_log(CUSTOMER).is_empty());
}

#[test]
fn one_prompt_at_a_time_and_late_answers_fit_no_other() {
    let mut w = World::call();
    w.ask(Act::View);
    w.ask(Act::Clipboard);
    w.ask(Act::View);
    let first = w.prompt().unwrap();
    assert_eq!(w.view(CUSTOMER).prompt.map(|p| p.act), Some(Act::View));
    w.answer(false, false);
    let second = w.view(CUSTOMER).prompt.unwrap();
    assert_eq!(second.act, Act::Clipboard);
    w.command(CUSTOMER, Command::Answer { request: first, allow: true, all: true });
    w.command(CUSTOMER, Command::Answer { request: RequestId(99), allow: true, all: true });
    assert!(w.acts(CUSTOMER).is_empty() && !w.view(CUSTOMER).allow_all);
    w.answer(true, false);
    assert_eq!(w.acts(CUSTOMER), [Act::Clipboard]);
    assert_eq!(w.prompt(), None);
}

#[test]
fn a_flood_of_requests_is_bounded() {
    let mut w = World::call();
    for i in 0..200 {
        for (k, act) in ["view", "control", "clipboard"].iter().enumerate() {
            let ask = format!(r#"{{"type":"ask","request":{},"act":"{act}"}}"#, 1000 + 3 * i + k);
            w.forge(AGENT, CUSTOMER, ask.into_bytes());
        }
    }
    let mut prompts = 0;
    while w.prompt().is_some() {
        w.answer(false, false);
        prompts += 1;
    }
    assert_eq!(prompts, 3);
}

#[test]
fn a_request_can_be_withdrawn() {
    let mut w = World::call();
    w.ask(Act::View);
    w.ask(Act::Clipboard);
    w.command(AGENT, Command::CancelAsk);
    w.run(50);
    assert_eq!((w.prompt(), w.view(AGENT).asked), (None, None));
    w.ask(Act::View);
    w.answer(true, false);
    assert_eq!(w.acts(AGENT), [Act::View]);
}

#[test]
fn a_request_withdrawn_too_late_gives_nothing() {
    let mut w = World::call();
    w.ask(Act::View);
    let request = w.prompt().unwrap();
    w.command(CUSTOMER, Command::Answer { request, allow: true, all: false });
    w.command(AGENT, Command::CancelAsk);
    w.run(100);
    assert!(w.acts(AGENT).is_empty() && w.acts(CUSTOMER).is_empty());
    assert_eq!((w.node(CUSTOMER).capture.clone(), w.node(AGENT).viewer), (None, None));
}

#[test]
fn allow_everything_until_it_is_revoked() {
    let mut w = World::call();
    w.ask(Act::View);
    w.ask(Act::Clipboard);
    w.answer(true, true);
    assert!(w.view(CUSTOMER).allow_all);
    assert_eq!(w.acts(AGENT), [Act::View, Act::Clipboard], "what waited is allowed too");
    w.ask(Act::Control);
    assert_eq!((w.prompt(), w.acts(AGENT).len()), (None, 3));
    w.command(CUSTOMER, Command::Revoke { act: Some(Act::View) });
    w.run(50);
    assert_eq!(w.acts(AGENT), [Act::Clipboard], "control goes with the view");
    assert!(!w.view(CUSTOMER).allow_all);
    w.ask(Act::View);
    assert!(w.prompt().is_some());
}

#[test]
fn allow_all_as_a_command() {
    let mut w = World::call();
    w.command(CUSTOMER, Command::AllowAll);
    assert!(w.view(CUSTOMER).allow_all && w.acts(CUSTOMER).is_empty());
    w.ask(Act::Control);
    assert_eq!(w.acts(AGENT), [Act::View, Act::Control]);
    w.command(CUSTOMER, Command::Revoke { act: None });
    w.run(50);
    assert!(w.acts(AGENT).is_empty());
    assert_eq!(w.notice(AGENT), Some(Notice::Revoked { act: Act::View }));
    assert_eq!(w.node(CUSTOMER).capture, None);
    assert_eq!(w.node(AGENT).viewer, None);
}

#[test]
fn the_own_mouse_takes_control_back_and_the_picture_stays() {
    let mut w = World::with(Act::Control);
    w.take_log(CUSTOMER);
    w.device(CUSTOMER, DeviceEvent::OwnInput);
    assert_eq!(w.take_log(CUSTOMER), [Output::ReleaseInput]);
    w.run(50);
    assert_eq!(w.acts(AGENT), [Act::View]);
    assert_eq!(w.notice(AGENT), Some(Notice::TakenBack));
    assert_eq!(w.notice(CUSTOMER), Some(Notice::TakenBack));
    assert!(w.node(CUSTOMER).capture.is_some());
    w.ask(Act::Control);
    assert!(w.prompt().is_some(), "a new question");
}

#[test]
fn the_click_on_the_prompt_takes_nothing_back() {
    let mut w = World::call();
    w.picture();
    w.ask(Act::Control);
    w.device(CUSTOMER, DeviceEvent::OwnInput);
    w.answer(true, false);
    w.run(1_000);
    w.device(CUSTOMER, DeviceEvent::OwnInput);
    assert_eq!(w.acts(CUSTOMER), [Act::View, Act::Control]);
    w.run(600);
    w.device(CUSTOMER, DeviceEvent::OwnInput);
    assert_eq!(w.acts(CUSTOMER), [Act::View]);
}

#[test]
fn who_is_just_using_the_mouse_is_asked_even_if_all_is_allowed() {
    let mut w = World::call();
    w.command(CUSTOMER, Command::AllowAll);
    w.ask(Act::Control);
    w.device(CUSTOMER, DeviceEvent::OwnInput);
    w.run(50);
    assert_eq!(w.acts(AGENT), [Act::View]);
    w.ask(Act::Control);
    assert!(w.prompt().is_some());
    w.command(AGENT, Command::CancelAsk);
    w.run(3_100);
    w.ask(Act::Control);
    assert_eq!((w.prompt(), w.acts(AGENT)), (None, vec![Act::View, Act::Control]));
}

#[test]
fn own_input_without_a_controller_means_nothing() {
    let mut w = World::with(Act::View);
    w.device(CUSTOMER, DeviceEvent::OwnInput);
    w.command(CUSTOMER, Command::TakeBack);
    assert_eq!(w.acts(CUSTOMER), [Act::View]);
    assert!(!w.notices(CUSTOMER).contains(&Notice::TakenBack));
}

#[test]
fn panic_ends_everything() {
    let mut w = World::with(Act::Control);
    w.command(CUSTOMER, Command::AllowAll);
    w.ask(Act::Clipboard);
    w.device(CUSTOMER, DeviceEvent::PanicKey);
    w.run(50);
    let v = w.view(CUSTOMER);
    assert!(v.grants.is_empty() && !v.allow_all && v.sharing.is_none() && v.prompt.is_none());
    assert_eq!((w.node(CUSTOMER).capture.clone(), w.node(CUSTOMER).watching), (None, false));
    assert!(w.node(CUSTOMER).log.contains(&Output::ReleaseInput));
    assert_eq!(w.notice(AGENT), Some(Notice::SharingStopped));
    assert!(w.acts(AGENT).is_empty() && w.view(AGENT).sharing.is_none());
    w.run(5_000);
    w.ask(Act::View);
    assert!(w.prompt().is_some());
    w.device(CUSTOMER, DeviceEvent::PanicKey);
    w.run(50);
    assert_eq!(w.prompt(), None, "open questions are refused");
    assert_eq!(w.notice(AGENT), Some(Notice::Refused { act: Act::View }));
}

#[test]
fn pause_and_resume() {
    let mut w = World::with(Act::Control);
    w.take_log(CUSTOMER);
    w.command(CUSTOMER, Command::Pause { paused: true });
    let log = w.take_log(CUSTOMER);
    assert!(log.contains(&Output::ReleaseInput));
    assert!(matches!(log.last(), Some(Output::Capture(c)) if c.paused));
    w.run(50);
    assert_eq!(w.notice(AGENT), Some(Notice::Paused));
    assert!(w.view(AGENT).sharing.is_some_and(|s| s.paused));
    w.device(CUSTOMER, DeviceEvent::OwnInput);
    w.command(CUSTOMER, Command::Pause { paused: false });
    w.run(50);
    assert_eq!(w.notice(AGENT), Some(Notice::Resumed));
    assert_eq!(w.acts(AGENT), [Act::View, Act::Control]);
    assert!(matches!(w.take_log(CUSTOMER).last(), Some(Output::Capture(c)) if !c.paused));
}

#[test]
fn either_side_stops_the_sharing() {
    for stopper in [AGENT, CUSTOMER] {
        let mut w = World::with(Act::Control);
        w.command(stopper, Command::StopSharing);
        w.run(50);
        for id in [AGENT, CUSTOMER] {
            let v = w.view(id);
            assert!(v.grants.is_empty() && v.sharing.is_none(), "{stopper:?} {v:?}");
        }
        assert_eq!((w.node(CUSTOMER).capture.clone(), w.node(AGENT).viewer), (None, None));
        let told = if stopper == AGENT { CUSTOMER } else { AGENT };
        assert_eq!(w.notice(told), Some(Notice::SharingStopped));
    }
}

#[test]
fn the_agent_gives_control_back_and_goes_on_watching() {
    let mut w = World::with(Act::Control);
    w.take_log(CUSTOMER);
    w.command(AGENT, Command::ReleaseControl);
    w.run(50);
    assert_eq!(w.take_log(CUSTOMER), [Output::ReleaseInput]);
    assert_eq!((w.acts(AGENT), w.acts(CUSTOMER)), (vec![Act::View], vec![Act::View]));
    assert_eq!(w.view(CUSTOMER).sharing.and_then(|s| s.controller), None);
}

#[test]
fn a_question_outlives_a_cut_and_so_does_its_answer() {
    let mut w = World::call();
    w.ask(Act::View);
    w.cut(AGENT, CUSTOMER);
    let request = w.prompt().expect("still open");
    w.command(CUSTOMER, Command::Answer { request, allow: true, all: false });
    assert_eq!(w.node(CUSTOMER).capture, None, "nobody to send it to");
    w.until("secure", |w| w.secure(AGENT, CUSTOMER));
    w.run(100);
    assert_eq!((w.acts(AGENT), w.view(AGENT).asked), (vec![Act::View], None));
    assert!(w.notices(AGENT).contains(&Notice::Allowed { act: Act::View }));
    assert_eq!(w.prompt(), None, "not asked twice");
    assert!(w.node(CUSTOMER).capture.is_some());
}

#[test]
fn what_was_revoked_while_away_is_gone_after_it() {
    let mut w = World::with(Act::Control);
    w.cut(AGENT, CUSTOMER);
    w.command(CUSTOMER, Command::Revoke { act: None });
    w.until("secure", |w| w.secure(AGENT, CUSTOMER));
    w.run(100);
    assert!(w.acts(AGENT).is_empty() && w.view(AGENT).sharing.is_none());
    assert_eq!(w.node(CUSTOMER).capture, None);
    assert!(w.notices(AGENT).contains(&Notice::Revoked { act: Act::View }));
}

#[test]
fn what_was_given_back_while_away_is_gone_after_it() {
    let mut w = World::with(Act::Control);
    w.cut(AGENT, CUSTOMER);
    w.command(AGENT, Command::ReleaseControl);
    w.until("secure", |w| w.secure(AGENT, CUSTOMER));
    w.run(100);
    assert_eq!((w.acts(AGENT), w.acts(CUSTOMER)), (vec![Act::View], vec![Act::View]));
}
