//! Who may talk to whom: the handshake within whole sessions.

use deskside_protocol::api::Entry;
use deskside_session::{
    Identity, LinkSecret, Now, Role,
    app::Ending,
    command::{Act, Command},
    io::{Binding, Input, Output},
    view::{LinkView, Notice, Refusal, Verified},
    wire::MAX_MESSAGE,
};

use crate::sim::{AGENT, CUSTOMER, Guest, World, agent, by_link, customer, identity};

fn refused(w: &World, from: deskside_session::ParticipantId, to: deskside_session::ParticipantId) -> Refusal {
    match w.link(from, to) {
        LinkView::Refused { reason } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn by_number_both_see_one_code_and_by_link_none() {
    let w = World::call();
    let Some(Verified::Code { code }) = w.verified(AGENT, CUSTOMER) else { panic!() };
    assert_eq!(w.verified(CUSTOMER, AGENT), Some(Verified::Code { code }));
    let mut w = World::of(vec![agent(), by_link()]);
    w.until("secure", |w| w.secure(AGENT, CUSTOMER));
    assert_eq!(w.verified(AGENT, CUSTOMER), Some(Verified::Link));
    assert_eq!(w.verified(CUSTOMER, AGENT), Some(Verified::Link));
    // Again after a cut, and never weaker.
    w.cut(AGENT, CUSTOMER);
    w.until("secure", |w| w.secure(AGENT, CUSTOMER));
    assert_eq!(w.verified(AGENT, CUSTOMER), Some(Verified::Link));
}

#[test]
fn a_wrong_secret_is_refused_on_both_sides() {
    let mut w = World::of(vec![agent(), Guest { secret: Some(LinkSecret::new([8; 16])), ..customer() }]);
    w.until("over", |w| w.node(CUSTOMER).over.is_some());
    w.run(100);
    assert_eq!(w.node(CUSTOMER).over, Some(Ending::NotTrusted));
    assert_eq!(refused(&w, CUSTOMER, AGENT), Refusal::Secret);
    assert_eq!(w.node(AGENT).refused, [(CUSTOMER, Refusal::Secret)]);
    assert_eq!(w.node(AGENT).over, None, "the agent waits for the right one");
}

#[test]
fn who_is_refused_is_told_before_the_customer_leaves() {
    let stranger = Guest { secret: Some(LinkSecret::new([8; 16])), ..customer() };
    let mut w = World::of(vec![agent(), stranger.clone()]);
    w.until("over", |w| w.node(CUSTOMER).over.is_some());
    let told = |n: &Notice| matches!(n, Notice::TurnedAway { reason: Refusal::Secret, .. });
    assert!(w.notices(AGENT).iter().any(told), "{:?}", w.notices(AGENT));

    // Whatever the server says of that agent meanwhile.
    let mut w = World::of(vec![agent(), stranger]);
    let is_refused = |w: &World| matches!(w.link(CUSTOMER, AGENT), LinkView::Refused { .. });
    w.until("refused", is_refused);
    assert_eq!(w.node(CUSTOMER).over, None);
    let alone = w.roster.iter().filter(|e| e.id == CUSTOMER).cloned().collect();
    w.input(CUSTOMER, Input::Roster(alone));
    w.until("over", |w| w.node(CUSTOMER).over == Some(Ending::NotTrusted));
}

#[test]
fn an_agent_without_the_secret_is_refused_by_who_has_it() {
    let mut w = World::of(vec![Guest { secret: None, ..agent() }, by_link()]);
    w.until("over", |w| w.node(CUSTOMER).over.is_some());
    assert_eq!(refused(&w, CUSTOMER, AGENT), Refusal::Secret);
}

#[test]
fn somebody_in_the_middle_is_refused() {
    for guest in [customer(), by_link()] {
        let mut w = World::of(vec![agent()]);
        w.in_the_middle = true;
        w.join(guest);
        w.until("over", |w| w.node(CUSTOMER).over.is_some());
        assert_eq!(refused(&w, CUSTOMER, AGENT), Refusal::Signature);
        w.run(50);
        assert_eq!(w.node(AGENT).refused, [(CUSTOMER, Refusal::Signature)]);
    }
}

#[test]
fn a_server_that_swaps_keys_is_noticed() {
    fn entry(w: &mut World) -> &mut Entry {
        w.roster.iter_mut().find(|e| e.id == AGENT).unwrap()
    }
    // After the proof: another key is refused.
    let mut w = World::with(Act::Control);
    entry(&mut w).key = Identity::from_seed([66; 32]).public_text();
    w.online(AGENT, true);
    w.until("over", |w| w.node(CUSTOMER).over == Some(Ending::NotTrusted));
    assert_eq!(refused(&w, CUSTOMER, AGENT), Refusal::Key);
    assert_eq!(w.node(CUSTOMER).capture, None);
    // Before it: the handshake names another.
    for bad in [Identity::from_seed([66; 32]).public_text(), "no key".into(), String::new()] {
        let mut w = World::of(vec![agent()]);
        entry(&mut w).key = bad;
        w.join(customer());
        w.until("over", |w| w.node(CUSTOMER).over == Some(Ending::NotTrusted));
        assert_eq!(refused(&w, CUSTOMER, AGENT), Refusal::Key);
    }
}

#[test]
fn a_role_is_not_the_servers_to_change() {
    let mut w = World::with(Act::View);
    for e in &mut w.roster {
        e.role = Role::Primary;
    }
    w.online(AGENT, true);
    w.run(100);
    assert_eq!(w.view(AGENT).others[0].role, Role::Customer);
    assert_eq!(w.view(CUSTOMER).role, Role::Customer);
}

#[test]
fn nothing_counts_before_the_proof() {
    let mut w = World::of(vec![agent(), customer()]);
    w.run(10);
    w.forge(AGENT, CUSTOMER, br#"{"type":"ask","request":1,"act":"control"}"#.to_vec());
    assert_eq!(w.prompt(), None);
    // And with an open connection it is the end of it.
    let mut w = World::of(vec![agent(), customer()]);
    w.run(5);
    let binding = Binding { local: [1; 32], remote: [2; 32], offerer: false };
    w.input(CUSTOMER, Input::LinkOpen { peer: AGENT, binding });
    w.forge(AGENT, CUSTOMER, br#"{"type":"chat","seq":1,"at":0,"text":"hi"}"#.to_vec());
    assert_eq!(refused(&w, CUSTOMER, AGENT), Refusal::Garbage);
    assert!(w.view(CUSTOMER).chat.is_empty());
}

#[test]
fn a_message_that_comes_before_the_news_of_the_open_connection_waits() {
    let mut w = World::of(vec![agent(), customer()]);
    w.run(5);
    let open = |offerer: bool| Binding {
        local: [1 + u8::from(!offerer); 32],
        remote: [1 + u8::from(offerer); 32],
        offerer,
    };
    w.nodes
        .get_mut(&AGENT)
        .unwrap()
        .session
        .handle(w.now, Input::LinkOpen { peer: CUSTOMER, binding: open(true) });
    let hello = loop {
        match w.nodes.get_mut(&AGENT).unwrap().session.poll_output() {
            Some(Output::SendControl { bytes, .. }) => break bytes,
            Some(_) => {}
            None => panic!("no hello"),
        }
    };
    w.forge(AGENT, CUSTOMER, hello);
    let node = w.nodes.get_mut(&CUSTOMER).unwrap();
    node.session.handle(w.now, Input::LinkOpen { peer: AGENT, binding: open(false) });
    let sent = std::iter::from_fn(|| node.session.poll_output())
        .filter(|o| matches!(o, Output::SendControl { .. }))
        .count();
    assert_eq!(sent, 1, "the welcome");
}

#[test]
fn a_silent_connection_is_given_up_and_guesses_are_counted() {
    let mut w = World::of(vec![agent(), customer()]);
    w.server_up = false;
    w.run(5);
    let mut opened = 0;
    while w.node(CUSTOMER).over.is_none() {
        let binding = Binding { local: [1; 32], remote: [2; 32], offerer: false };
        w.input(CUSTOMER, Input::LinkOpen { peer: AGENT, binding });
        opened += 1;
        let deadline = w.nodes[&CUSTOMER].session.poll_timeout().unwrap();
        assert!(deadline.since(Now::default()) > w.now.since_start());
        w.run(10_000);
    }
    assert_eq!(opened, 8);
    assert_eq!(refused(&w, CUSTOMER, AGENT), Refusal::Garbage);
}

#[test]
fn the_wrong_offerer_is_refused() {
    let mut w = World::of(vec![agent(), customer()]);
    w.run(5);
    let binding = Binding { local: [1; 32], remote: [2; 32], offerer: true };
    w.input(CUSTOMER, Input::LinkOpen { peer: AGENT, binding });
    assert_eq!(refused(&w, CUSTOMER, AGENT), Refusal::Garbage);
}

#[test]
fn garbage_after_the_proof_is_skipped_and_oversize_refused() {
    let mut w = World::with(Act::Control);
    for bad in [&b""[..], b"{", b"\xff", b"{\"type\":\"from the future\",\"x\":[1]}", b"{\"type\":\"hello\"}"]
    {
        w.forge(AGENT, CUSTOMER, bad.to_vec());
        w.input(CUSTOMER, Input::Pointer { peer: AGENT, bytes: bad.to_vec() });
    }
    assert!(w.secure(AGENT, CUSTOMER));
    w.forge(AGENT, CUSTOMER, vec![b' '; MAX_MESSAGE + 1]);
    assert_eq!(refused(&w, CUSTOMER, AGENT), Refusal::Garbage);
    assert_eq!(w.node(CUSTOMER).capture, None);
    w.run(100);
    assert_eq!(w.node(AGENT).refused, [(CUSTOMER, Refusal::Garbage)], "the other side is told");
    assert!(w.view(AGENT).grants.is_empty());
}

#[test]
fn a_stranger_is_disconnected() {
    let mut w = World::call();
    let binding = Binding { local: [1; 32], remote: [2; 32], offerer: true };
    let stranger = deskside_session::ParticipantId(99);
    let node = w.nodes.get_mut(&AGENT).unwrap();
    node.session.handle(w.now, Input::LinkOpen { peer: stranger, binding });
    assert_eq!(node.session.poll_output(), Some(Output::Disconnect { peer: stranger }));
    node.session.handle(w.now, Input::Control { peer: stranger, bytes: b"{}".to_vec() });
    assert_eq!(node.session.poll_output(), None);
}

#[test]
fn secrets_are_not_in_debug_output() {
    let secret = LinkSecret::new([7; 16]);
    assert_eq!(format!("{secret:?}"), "LinkSecret(..)");
    assert_eq!(LinkSecret::from_text(&secret.to_text()), Some(secret));
    let id = identity(AGENT);
    assert_eq!(format!("{id:?}"), format!("Identity({})", id.public_text()));
    assert_eq!(id.public_text().len(), 43);
}

#[test]
fn the_customer_may_leave_while_refused_links_stay_shut() {
    let mut w = World::of(vec![agent(), Guest { secret: Some(LinkSecret::new([8; 16])), ..customer() }]);
    w.run(60_000);
    assert_eq!(w.node(AGENT).refused.len(), 1, "not tried again");
    w.command(AGENT, Command::End);
    assert_eq!(w.node(AGENT).over, Some(Ending::EndedByMe));
}

#[test]
fn wherever_the_connection_breaks_both_show_the_same_code() {
    for first in (20..45).step_by(5) {
        for second in [20, 25, 30, 35, 40, 200] {
            let mut w = World::of(vec![agent(), customer()]);
            w.run(first);
            w.cut(AGENT, CUSTOMER);
            w.run(100 + second);
            w.cut(AGENT, CUSTOMER);
            w.until("secure", |w| w.secure(AGENT, CUSTOMER));
            let shown = w.verified(AGENT, CUSTOMER);
            assert_eq!(shown, w.verified(CUSTOMER, AGENT), "{first} {second}");
            // What both showed goes on to count.
            w.run(50);
            w.cut(AGENT, CUSTOMER);
            w.until("secure", |w| w.secure(AGENT, CUSTOMER));
            assert_eq!((w.verified(AGENT, CUSTOMER), w.verified(CUSTOMER, AGENT)), (shown.clone(), shown));
        }
    }
}
