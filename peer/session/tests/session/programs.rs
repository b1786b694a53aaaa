//! Programs that alone are shared: who chooses them, and what goes to whom.

use deskside_session::{
    command::{Act, Command},
    hiding::{Chosen, Program, Scope},
    io::{DeviceEvent, Output},
    programs::{Area, SeenProgram, SharedProgram},
};

use crate::sim::{AGENT, CUSTOMER, World};

pub fn editor() -> SharedProgram {
    let place = Some(Area { x: 1, y: 2, width: 3, height: 4 });
    let (title, name) = ("Letter".into(), "Editor".into());
    SharedProgram { id: 2, title, name, state: Program::Shown, place, window: None }
}

pub fn editors(count: usize) -> Vec<SharedProgram> {
    (0..count as u32).map(|id| SharedProgram { id, ..editor() }).collect()
}

fn seen(id: u32, title: &str, state: Program) -> SeenProgram {
    let place = (state == Program::Shown).then_some(Area { x: 1, y: 2, width: 30, height: 40 });
    SeenProgram { id, title: title.into(), name: "Editor".into(), state, place }
}

/// What the customer's devices are to capture.
fn scope(w: &World) -> Scope {
    let log = w.node(CUSTOMER).log.iter().rev();
    let captures = log.filter_map(|o| if let Output::Capture(c) = o { Some(c.scope.clone()) } else { None });
    captures.into_iter().next().expect("something is captured")
}

fn programs(w: &World, who: deskside_session::ParticipantId) -> Vec<SharedProgram> {
    w.view(who).sharing.map(|s| s.programs).unwrap_or_default()
}

fn chosen(all: &[(u32, u64)]) -> Scope {
    Scope::Programs(all.iter().map(|(id, window)| Chosen { id: *id, window: *window }).collect())
}

#[test]
fn several_are_shared_one_is_added_and_one_is_closed() {
    let mut w = World::with(Act::View);
    w.command(CUSTOMER, Command::Only { windows: vec![70, 80] });
    w.run(100);
    assert_eq!(scope(&w), chosen(&[(1, 70), (2, 80)]));
    w.device(
        CUSTOMER,
        DeviceEvent::Programs(vec![seen(1, "Letter", Program::Shown), seen(2, "Shell", Program::Minimised)]),
    );
    w.run(100);
    let at_agent = programs(&w, AGENT);
    let told = |p: &SharedProgram| (p.id, p.title.clone(), p.state, p.place.is_some(), p.window);
    assert_eq!(
        at_agent.iter().map(told).collect::<Vec<_>>(),
        [
            (1, "Letter".into(), Program::Shown, true, None),
            (2, "Shell".into(), Program::Minimised, false, None)
        ]
    );
    assert_eq!(programs(&w, CUSTOMER)[1].window, Some(80));

    // The agent has no word in it.
    w.command(AGENT, Command::Only { windows: vec![] });
    w.command(AGENT, Command::AddProgram { window: 99 });
    w.command(AGENT, Command::RemoveProgram { id: 1 });
    w.run(100);
    assert_eq!((programs(&w, AGENT), scope(&w)), (at_agent, chosen(&[(1, 70), (2, 80)])));

    w.command(CUSTOMER, Command::AddProgram { window: 90 });
    w.device(CUSTOMER, DeviceEvent::Programs(vec![seen(1, "", Program::Closed)]));
    w.run(100);
    assert_eq!(scope(&w), chosen(&[(2, 80), (3, 90)]));
    let closed = &programs(&w, AGENT)[0];
    assert_eq!((closed.title.as_str(), closed.state, closed.place), ("Letter", Program::Closed, None));
    for id in [1, 2, 3] {
        w.command(CUSTOMER, Command::RemoveProgram { id });
    }
    w.run(100);
    assert_eq!(scope(&w), Scope::Nothing, "the last one gone, nothing is seen");
    w.command(CUSTOMER, Command::Only { windows: vec![] });
    w.run(100);
    assert_eq!((scope(&w), programs(&w, AGENT).len()), (Scope::Desktop, 0));
}

#[test]
fn the_next_sharing_begins_with_the_whole_desktop() {
    let mut w = World::with(Act::View);
    w.command(CUSTOMER, Command::Only { windows: vec![70] });
    w.run(100);
    w.command(CUSTOMER, Command::StopSharing);
    w.run(100);
    w.allow(Act::View);
    w.run(100);
    assert_eq!((scope(&w), programs(&w, AGENT).len()), (Scope::Desktop, 0));
}

#[test]
fn one_window_is_said_as_before_there_were_lists() {
    let read = |json: &str| serde_json::from_str::<Command>(json).expect("a command");
    for (json, windows) in [
        (r#"{"do":"only","windows":[7,8]}"#, vec![7, 8]),
        (r#"{"do":"only","window":7}"#, vec![7]),
        (r#"{"do":"only","window":null}"#, vec![]),
        (r#"{"do":"only"}"#, vec![]),
    ] {
        assert_eq!(read(json), Command::Only { windows });
    }
    assert!(serde_json::from_str::<Command>(r#"{"do":"only","windows":"all"}"#).is_err());
}

#[test]
fn who_may_act_without_asking_is_asked_again_before_more_than_the_applications_is_seen() {
    let mut w = World::with(Act::View);
    w.command(CUSTOMER, Command::AllowAll);
    w.command(CUSTOMER, Command::Only { windows: vec![70] });
    w.run(100);
    w.command(AGENT, Command::StopSharing);
    w.run(100);
    w.command(AGENT, Command::Ask { act: Act::View });
    w.run(100);
    assert!(w.view(CUSTOMER).prompt.is_some() && w.view(CUSTOMER).sharing.is_none());
    assert!(!w.view(CUSTOMER).allow_all);
}

#[test]
fn what_is_held_is_let_go_when_less_is_shared() {
    let mut w = World::with(Act::Control);
    w.command(CUSTOMER, Command::Only { windows: vec![70, 80] });
    w.run(100);
    let released = |w: &World| w.node(CUSTOMER).log.iter().filter(|o| **o == Output::ReleaseInput).count();
    let before = released(&w);
    w.command(CUSTOMER, Command::RemoveProgram { id: 1 });
    w.run(100);
    assert_eq!((scope(&w), released(&w)), (chosen(&[(2, 80)]), before + 1));
}
