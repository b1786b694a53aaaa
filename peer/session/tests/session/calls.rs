//! Joining, leaving, ending, losing and finding each other again.

use deskside_protocol::socket::EndReason;
use deskside_session::{
    Role,
    app::Ending,
    command::{Act, Command},
    io::{Input, Output},
    view::{LinkView, Notice, Route},
};

use crate::sim::{AGENT, CUSTOMER, World, agent, customer};

#[test]
fn both_see_each_other_and_nothing_is_shared() {
    let mut w = World::of(vec![agent()]);
    assert!(w.view(AGENT).others.is_empty());
    w.join(customer());
    w.run(0);
    w.until("the roster", |w| !w.view(AGENT).others.is_empty());
    assert_eq!(w.link(AGENT, CUSTOMER), LinkView::Connecting);
    w.until("secure", |w| w.secure(AGENT, CUSTOMER));
    let v = w.view(CUSTOMER);
    assert_eq!((v.others[0].name.as_str(), v.others[0].role), ("Ada", Role::Primary));
    assert_eq!((v.sharing, v.prompt, v.link), (None, None, None));
    assert!(v.grants.is_empty() && v.server_up);
    assert_eq!(w.notice(AGENT), Some(Notice::Joined { name: "Carl".into() }));
    assert!(w.view(AGENT).link.is_some());
    w.run(60_000);
    assert!(w.take_log(CUSTOMER).is_empty() && w.take_log(AGENT).is_empty());
}

#[test]
fn a_customer_leaves() {
    let mut w = World::with(Act::Control);
    w.take_log(CUSTOMER);
    w.command(CUSTOMER, Command::Leave);
    assert_eq!(
        w.take_log(CUSTOMER),
        [Output::ReleaseInput, Output::StopCapture, Output::TellServerLeave, Output::Over(Ending::Left)]
    );
    w.run(100);
    let v = w.view(AGENT);
    assert!(v.others.is_empty() && v.grants.is_empty() && v.sharing.is_none());
    assert_eq!(w.notice(AGENT), Some(Notice::Left { name: "Carl".into() }));
    assert_eq!((w.node(AGENT).viewer, w.node(AGENT).over), (None, None));
    // A roster that is behind does not bring the customer back.
    w.roster.push(deskside_protocol::api::Entry {
        id: CUSTOMER,
        role: Role::Customer,
        name: "Carl".into(),
        key: crate::sim::identity(CUSTOMER).public_text(),
        online: true,
    });
    w.online(AGENT, true);
    w.run(1_000);
    assert!(w.view(AGENT).others.is_empty());
}

#[test]
fn the_agent_ends_the_session() {
    let mut w = World::with(Act::Control);
    w.take_log(CUSTOMER);
    w.command(AGENT, Command::End);
    assert_eq!(w.node(AGENT).over, Some(Ending::EndedByMe));
    assert!(w.node(AGENT).log.contains(&Output::TellServerEnd));
    w.run(100);
    let log = w.take_log(CUSTOMER);
    assert_eq!(log, [Output::ReleaseInput, Output::StopCapture, Output::Over(Ending::EndedByAgent)]);
    assert_eq!(w.nodes[&CUSTOMER].session.poll_timeout(), None);
    w.command(CUSTOMER, Command::Leave);
    assert!(w.take_log(CUSTOMER).is_empty(), "nothing follows");
}

#[test]
fn a_customer_cannot_end_it_and_the_server_can() {
    let mut w = World::with(Act::View);
    w.command(CUSTOMER, Command::End);
    assert_eq!(w.node(CUSTOMER).over, None);
    w.input(CUSTOMER, Input::Ended(EndReason::Expired));
    assert_eq!(w.node(CUSTOMER).over, Some(Ending::Expired));
    assert_eq!(w.node(CUSTOMER).capture, None);
    w.input(AGENT, Input::Ended(EndReason::Agent));
    assert_eq!(w.node(AGENT).over, Some(Ending::EndedByMe));
}

#[test]
fn a_goodbye_of_a_customer_does_not_end_the_session_for_the_agent() {
    let mut w = World::call();
    w.forge(CUSTOMER, AGENT, br#"{"type":"bye","ended":true}"#.to_vec());
    assert_eq!(w.node(AGENT).over, None);
    assert!(w.view(AGENT).others.is_empty());
}

#[test]
fn the_session_goes_on_without_the_server() {
    let mut w = World::with(Act::Control);
    w.server(false);
    w.run(60_000);
    assert!(!w.view(AGENT).server_up);
    assert_eq!(w.notice(CUSTOMER), Some(Notice::ServerLost));
    assert!(w.secure(AGENT, CUSTOMER));
    assert!(w.node(CUSTOMER).capture.is_some());
    // Cut without a server: it waits, and comes back with the server.
    w.cut(AGENT, CUSTOMER);
    w.run(60_000);
    assert_eq!(w.link(AGENT, CUSTOMER), LinkView::Lost);
    w.server(true);
    w.until("again", |w| w.secure(AGENT, CUSTOMER) && w.node(CUSTOMER).capture.is_some());
    assert!(w.notices(AGENT).contains(&Notice::ServerBack));
    assert_eq!(w.acts(AGENT), [Act::View, Act::Control]);
}

#[test]
fn a_cut_is_told_and_all_resumes_after_it() {
    let mut w = World::with(Act::Control);
    let code = w.verified(AGENT, CUSTOMER);
    w.take_log(CUSTOMER);
    w.cut(AGENT, CUSTOMER);
    assert_eq!(w.link(CUSTOMER, AGENT), LinkView::Lost);
    assert_eq!(w.notice(CUSTOMER), Some(Notice::Lost { name: "Ada".into() }));
    assert_eq!(w.take_log(CUSTOMER), [Output::ReleaseInput, Output::StopCapture]);
    assert!(w.view(CUSTOMER).sharing.is_some_and(|s| s.viewers.is_empty() && s.controller.is_none()));
    assert_eq!(w.node(AGENT).viewer, Some(CUSTOMER), "the last picture stays");
    w.until("again", |w| w.secure(AGENT, CUSTOMER));
    assert!(w.notices(AGENT).contains(&Notice::Back { name: "Carl".into() }));
    w.run(100);
    assert_eq!(w.node(CUSTOMER).capture.as_ref().map(|c| c.viewers.clone()), Some(vec![AGENT]));
    assert_eq!(w.acts(AGENT), [Act::View, Act::Control]);
    assert_eq!(w.view(AGENT).sharing.and_then(|s| s.controller), Some(AGENT));
    assert_eq!(w.verified(AGENT, CUSTOMER), code, "people compared this code");
}

#[test]
fn a_lost_path_holds_everything_and_lets_go_of_keys() {
    let mut w = World::with(Act::Control);
    w.take_log(CUSTOMER);
    w.path(AGENT, CUSTOMER, false);
    assert_eq!(w.take_log(CUSTOMER), [Output::ReleaseInput, Output::StopCapture]);
    assert_eq!(w.link(AGENT, CUSTOMER), LinkView::Lost);
    w.path(AGENT, CUSTOMER, true);
    assert!(matches!(w.link(AGENT, CUSTOMER), LinkView::Secure { route: Route::Direct, .. }));
    w.run(2_500);
    assert!(w.node(CUSTOMER).capture.is_some());
    assert_eq!(w.notice(AGENT), Some(Notice::Back { name: "Carl".into() }));
}

#[test]
fn who_was_killed_stays_listed_as_lost() {
    let mut w = World::with(Act::Control);
    w.kill(AGENT);
    w.run(10_000);
    assert_eq!(w.link(CUSTOMER, AGENT), LinkView::Lost);
    assert_eq!(w.node(CUSTOMER).capture, None);
    assert_eq!(w.node(CUSTOMER).over, None);
    assert_eq!(w.nodes[&CUSTOMER].session.poll_timeout(), None, "nobody there to connect to");
}

#[test]
fn tries_again_ever_more_slowly() {
    let mut w = World::call();
    w.cut(AGENT, CUSTOMER);
    let mut waits = Vec::new();
    for _ in 0..9 {
        let next = w.nodes[&AGENT].session.poll_timeout().unwrap();
        waits.push(next.since(w.now).as_millis());
        w.now = next;
        w.nodes.get_mut(&AGENT).unwrap().session.handle(next, Input::Timeout);
        w.nodes.get_mut(&AGENT).unwrap().session.handle(next, Input::LinkClosed { peer: CUSTOMER });
        while w.nodes.get_mut(&AGENT).unwrap().session.poll_output().is_some() {}
    }
    assert_eq!(waits, [100, 100, 200, 400, 800, 1600, 3200, 6400, 8000]);
}

#[test]
fn a_connection_that_never_opens_is_tried_anew() {
    let mut w = World::of(vec![agent(), customer()]);
    w.server_up = false; // The simulated network opens nothing without its server.
    w.input(AGENT, Input::Roster(w.roster.clone()));
    w.run(29_000);
    assert_eq!(w.link(AGENT, CUSTOMER), LinkView::Connecting);
    w.server_up = true;
    w.online(AGENT, true);
    w.until("secure", |w| w.secure(AGENT, CUSTOMER));
}
