//! The agent's own desktop, shown to the customer.

use deskside_session::{
    ParticipantId, Role,
    command::{Act, Coder, Command, Screen},
    hiding::{Chosen, Scope},
    input::InputEvent,
    io::{DeviceEvent, Output},
    quality::{Colours, Quality, Sharpness},
    view::Notice,
};

use crate::sim::{AGENT, CUSTOMER, Guest, THIRD, World, agent, customer};

/// Agent and customer, who lets the agent show its desktop; its picture is 80×60.
fn shown() -> World {
    let mut w = World::of(vec![agent(), customer()]);
    w.until("all secure", World::all_secure);
    w.run(50);
    show(&mut w);
    w
}

fn show(w: &mut World) {
    w.allow(Act::Show);
    w.device(AGENT, DeviceEvent::PictureSize { width: 80, height: 60 });
    w.run(50);
}

fn seen_by(w: &World, sharer: ParticipantId) -> Vec<ParticipantId> {
    w.node(sharer).capture.as_ref().map(|c| c.viewers.clone()).unwrap_or_default()
}

fn text() -> Command {
    Command::Input { event: InputEvent::Text { text: "x".into() } }
}

/// Whether what the customer types acts on the agent's computer.
fn controls(w: &mut World) -> bool {
    w.take_log(AGENT);
    w.command(CUSTOMER, text());
    w.run(50);
    w.take_log(AGENT).contains(&Output::Inject(InputEvent::Text { text: "x".into() }))
}

fn given() -> World {
    let mut w = shown();
    w.command(AGENT, Command::GiveControl { to: CUSTOMER });
    w.run(50);
    w
}

#[test]
fn the_customer_sees_the_agents_desktop_once_it_said_so() {
    let mut w = World::of(vec![agent(), customer()]);
    w.until("all secure", World::all_secure);
    w.run(50);
    w.ask(Act::Show);
    assert_eq!((seen_by(&w, AGENT), w.node(CUSTOMER).viewer), (vec![], None), "only asked");
    w.answer(false, false);
    assert_eq!(seen_by(&w, AGENT), []);
    w.run(4_000);
    show(&mut w);
    assert_eq!((seen_by(&w, AGENT), w.node(CUSTOMER).viewer), (vec![CUSTOMER], Some(AGENT)));
    for id in [AGENT, CUSTOMER] {
        let s = w.view(id).sharing.unwrap();
        assert_eq!((s.sharer, s.viewers, s.controller), (AGENT, vec![CUSTOMER], None));
        assert_eq!((s.width, s.height), (80, 60));
    }
    assert_eq!((w.acts(CUSTOMER), w.acts(AGENT)), (vec![Act::Show], vec![Act::Show]));
    assert_eq!(seen_by(&w, CUSTOMER), [], "nothing of the customer's is seen");
    assert!(!controls(&mut w), "seeing is all");
}

#[test]
fn control_is_given_and_taken_back_by_the_agents_own_hand() {
    let mut w = given();
    assert_eq!(w.notice(CUSTOMER), Some(Notice::MayControl { name: "Ada".into() }));
    assert_eq!(w.view(CUSTOMER).sharing.unwrap().controller, Some(CUSTOMER));
    assert!(controls(&mut w));
    w.device(AGENT, DeviceEvent::OwnInput);
    w.run(50);
    assert_eq!(w.notice(AGENT), Some(Notice::OwnControl));
    assert_eq!(w.notice(CUSTOMER), Some(Notice::MayNotControl { name: "Ada".into() }));
    assert!(!controls(&mut w) && seen_by(&w, AGENT) == [CUSTOMER], "the picture goes on");
    w.command(AGENT, Command::GiveControl { to: CUSTOMER });
    w.run(50);
    assert!(controls(&mut w));
    w.command(CUSTOMER, Command::ReleaseControl);
    assert_eq!(w.view(CUSTOMER).sharing.unwrap().controller, None, "at once");
    w.run(50);
    assert!(!controls(&mut w));
    assert_eq!(
        w.notice(CUSTOMER),
        Some(Notice::MayControl { name: "Ada".into() }),
        "no news of its own doing"
    );
    assert_eq!(w.view(AGENT).sharing.unwrap().controller, None);
}

#[test]
fn clicks_and_moves_of_the_customer_stay_on_the_picture() {
    let mut w = given();
    w.take_log(AGENT);
    w.command(CUSTOMER, Command::Input { event: InputEvent::Move { x: 500, y: 7 } });
    w.run(200);
    assert!(w.take_log(AGENT).contains(&Output::Inject(InputEvent::Move { x: 79, y: 7 })));
}

#[test]
fn one_desktop_is_seen_at_a_time() {
    let mut w = given();
    w.picture();
    w.allow(Act::Control);
    assert_eq!((seen_by(&w, AGENT), seen_by(&w, CUSTOMER)), (vec![], vec![AGENT]));
    assert_eq!((w.node(AGENT).viewer, w.node(CUSTOMER).viewer), (Some(CUSTOMER), None));
    assert_eq!(w.acts(AGENT), [Act::View, Act::Control]);
    assert_eq!(w.notice(AGENT), Some(Notice::Allowed { act: Act::Control }), "nothing was taken away");
    show(&mut w);
    assert_eq!((seen_by(&w, AGENT), seen_by(&w, CUSTOMER)), (vec![CUSTOMER], vec![]));
    assert_eq!((w.node(AGENT).viewer, w.node(CUSTOMER).viewer), (None, Some(AGENT)));
    assert!(!controls(&mut w), "control was given for the time before");
}

#[test]
fn each_side_stops_it_at_once() {
    for (who, stop) in [
        (AGENT, Ok(Command::StopSharing)),
        (CUSTOMER, Ok(Command::StopSharing)),
        (CUSTOMER, Ok(Command::Revoke { act: Some(Act::Show) })),
        (AGENT, Err(DeviceEvent::PanicKey)),
    ] {
        let mut w = given();
        match stop.clone() {
            Ok(command) => w.command(who, command),
            Err(event) => w.device(who, event),
        }
        assert!(who != AGENT || seen_by(&w, AGENT).is_empty(), "here it ends at once");
        w.run(50);
        assert_eq!((seen_by(&w, AGENT), w.node(CUSTOMER).viewer), (vec![], None), "{stop:?}");
        assert!(w.acts(AGENT).is_empty() && w.acts(CUSTOMER).is_empty(), "{stop:?}");
        assert!(w.view(AGENT).sharing.is_none() && w.view(CUSTOMER).sharing.is_none());
        assert!(!controls(&mut w));
    }
}

#[test]
fn a_pause_holds_the_picture_and_the_hands() {
    let mut w = given();
    w.command(AGENT, Command::Pause { paused: true });
    w.run(50);
    assert_eq!(w.notice(CUSTOMER), Some(Notice::Paused));
    assert!(w.node(AGENT).capture.as_ref().is_some_and(|c| c.paused) && !controls(&mut w));
    w.command(AGENT, Command::Pause { paused: false });
    w.run(50);
    assert!(controls(&mut w));
}

#[test]
fn those_whom_the_agent_lets_watch_see_it_too_and_do_nothing() {
    for role in [Role::Customer, Role::Assistant] {
        let third = Guest { id: THIRD, role, name: "Carla", secret: None };
        let mut w = World::of(vec![agent(), customer(), third]);
        w.until("all secure", World::all_secure);
        w.run(50);
        show(&mut w);
        assert_eq!((seen_by(&w, AGENT), w.node(THIRD).viewer), (vec![CUSTOMER], None));
        w.command(AGENT, Command::Admit { id: THIRD, admitted: true });
        w.run(50);
        assert_eq!((seen_by(&w, AGENT), w.node(THIRD).viewer), (vec![CUSTOMER, THIRD], Some(AGENT)));
        assert_eq!(w.notice(AGENT), Some(Notice::Watches { name: "Carla".into() }));
        assert_eq!(w.view(THIRD).sharing.unwrap().sharer, AGENT);
        w.take_log(AGENT);
        for bad in [
            &br#"{"type":"input","n":900,"event":{"input":"text","text":"x"}}"#[..],
            br#"{"type":"wish","coder":"h264"}"#,
            br#"{"type":"give_back","acts":["show","control"]}"#,
        ] {
            w.forge(THIRD, AGENT, bad.to_vec());
        }
        assert!(w.take_log(AGENT).is_empty());
        // One of the customers who see it may be given control; an assistant may not.
        w.command(AGENT, Command::GiveControl { to: THIRD });
        w.run(50);
        let customer = role == Role::Customer;
        assert_eq!(w.view(AGENT).sharing.unwrap().controller, customer.then_some(THIRD));
        assert!(!controls(&mut w));
        w.command(THIRD, text());
        w.run(50);
        assert_eq!(w.take_log(AGENT).iter().any(|o| matches!(o, Output::Inject(_))), customer);
        w.command(AGENT, Command::Admit { id: THIRD, admitted: false });
        w.run(50);
        assert_eq!((seen_by(&w, AGENT), w.node(THIRD).viewer), (vec![CUSTOMER], None));
        assert_eq!(w.view(AGENT).sharing.unwrap().controller, None);
    }
}

#[test]
fn it_ends_when_another_one_leads_or_is_helped() {
    let third = |role| Guest { id: THIRD, role, name: "Carla", secret: None };
    for (role, command) in [
        (Role::Assistant, Command::HandOver { to: THIRD }),
        (Role::Customer, Command::SelectCustomer { id: THIRD }),
    ] {
        let mut w = World::of(vec![agent(), customer(), third(role)]);
        w.until("all secure", World::all_secure);
        w.run(50);
        show(&mut w);
        w.command(AGENT, command);
        w.run(50);
        assert_eq!((seen_by(&w, AGENT), w.node(CUSTOMER).viewer), (vec![], None));
        assert!(w.acts(CUSTOMER).is_empty() && w.view(CUSTOMER).sharing.is_none());
    }
}

#[test]
fn it_goes_on_after_a_cut_and_not_after_the_agents_program_was_killed() {
    let mut w = given();
    w.cut(AGENT, CUSTOMER);
    assert_eq!(seen_by(&w, AGENT), []);
    w.until("all secure", World::all_secure);
    w.run(50);
    assert_eq!((seen_by(&w, AGENT), w.node(CUSTOMER).viewer), (vec![CUSTOMER], Some(AGENT)));
    assert!(controls(&mut w));
    w.crash(AGENT);
    w.until("all secure", World::all_secure);
    w.run(50);
    assert_eq!((seen_by(&w, AGENT), w.node(CUSTOMER).viewer), (vec![], None));
    assert!(w.acts(CUSTOMER).is_empty(), "given back");
}

#[test]
fn a_customer_cannot_make_an_agent_show_anything() {
    let mut w = World::of(vec![agent(), customer()]);
    w.until("all secure", World::all_secure);
    w.run(50);
    w.forge(CUSTOMER, AGENT, br#"{"type":"grants","acts":["show"]}"#.to_vec());
    w.run(50);
    assert_eq!((seen_by(&w, AGENT), w.acts(AGENT)), (vec![], vec![]));
    // And once something is shown, neither which part of it nor who controls it.
    show(&mut w);
    w.forge(CUSTOMER, AGENT, br#"{"type":"wish","coder":"h264","screen":{"monitor":1}}"#.to_vec());
    w.run(50);
    let capture = w.node(AGENT).capture.clone().unwrap();
    assert_eq!((capture.coder, capture.screen), (Coder::H264, Screen::All));
    let says = br#"{"type":"sharing","sharing":{"viewers":[1],"controller":2,"paused":false,"monitors":[],"screen":"all","width":9,"height":9,"coder":"tiles"}}"#;
    w.forge(CUSTOMER, AGENT, says.to_vec());
    w.run(50);
    assert!(w.node(AGENT).viewer.is_none() && !controls(&mut w));
}

#[test]
fn an_agent_cannot_make_a_customer_open_its_picture() {
    let mut w = World::of(vec![agent(), customer()]);
    w.until("all secure", World::all_secure);
    w.run(50);
    let says = br#"{"type":"sharing","sharing":{"viewers":[2],"controller":2,"paused":false,"monitors":[],"screen":"all","width":9,"height":9,"coder":"tiles"}}"#;
    w.forge(AGENT, CUSTOMER, says.to_vec());
    w.run(50);
    assert_eq!((w.node(CUSTOMER).viewer, w.view(CUSTOMER).sharing), (None, None));
}

#[test]
fn the_customer_chooses_the_quality_of_the_agents_desktop_too() {
    let mut w = shown();
    w.command(CUSTOMER, Command::SetQuality { sharpness: None, colours: Some(Colours::Bits16) });
    w.run(50);
    w.command(AGENT, Command::SetQuality { sharpness: Some(Sharpness::Sharper), colours: None });
    w.run(50);
    let chosen = Quality { sharpness: Sharpness::Sharper, colours: Colours::Bits16 };
    assert_eq!(w.node(AGENT).capture.as_ref().map(|c| c.quality), Some(chosen));
    for id in [AGENT, CUSTOMER] {
        assert_eq!(w.view(id).sharing.map(|s| s.quality), Some(chosen));
    }
}

/// What the agent's devices were told to capture, from the first to the last.
fn scopes(w: &mut World) -> Vec<Scope> {
    let log = w.take_log(AGENT);
    log.into_iter().filter_map(|o| if let Output::Capture(c) = o { Some(c.scope) } else { None }).collect()
}

#[test]
fn what_the_agent_chose_before_it_asked_is_all_that_is_ever_captured() {
    let mut w = World::of(vec![agent(), customer()]);
    w.until("all secure", World::all_secure);
    w.run(50);
    w.command(AGENT, Command::Only { windows: vec![70] });
    w.run(5_000);
    show(&mut w);
    let one = Scope::Programs(vec![Chosen { id: 1, window: 70 }]);
    assert!(w.view(CUSTOMER).sharing.is_some_and(|s| s.programs.len() == 1));
    w.command(AGENT, Command::GiveControl { to: CUSTOMER });
    w.run(50);
    let all = scopes(&mut w);
    assert!(!all.is_empty() && all.iter().all(|s| *s == one), "{all:?}");
    // It ends with the showing.
    w.command(AGENT, Command::StopSharing);
    w.run(50);
    show(&mut w);
    assert_eq!(scopes(&mut w).last(), Some(&Scope::Desktop));
}

#[test]
fn what_the_agent_chose_ends_with_a_refusal_and_with_its_lead() {
    let mut w = World::of(vec![agent(), customer()]);
    w.until("all secure", World::all_secure);
    w.run(50);
    w.command(AGENT, Command::Only { windows: vec![70] });
    w.ask(Act::Show);
    w.answer(false, false);
    w.run(4_000);
    show(&mut w);
    assert_eq!(scopes(&mut w), [Scope::Desktop]);
    // The customer chooses nothing for a question that is not there.
    let mut w = World::of(vec![agent(), customer()]);
    w.until("all secure", World::all_secure);
    w.run(50);
    w.command(CUSTOMER, Command::Only { windows: vec![70] });
    w.run(50);
    w.allow(Act::View);
    assert!(w.view(AGENT).sharing.is_some_and(|s| s.programs.is_empty()));
}
