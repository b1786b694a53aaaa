//! Handing over: who is primary, in everybody's eyes, whatever the server says.

use deskside_protocol::api::Entry;
use deskside_session::{
    HandOver, Identity, ParticipantId, Role, SessionNumber,
    app::Ending,
    command::{Act, Command},
    io::{Input, Output},
    view::{Notice, Refusal, Verified},
    wire::Message,
};

use crate::sim::{AGENT, CUSTOMER, Guest, THIRD, World, agent, by_link, customer, identity};

const FOURTH: ParticipantId = ParticipantId(4);

fn guest(id: ParticipantId, role: Role, name: &'static str) -> Guest {
    Guest { id, role, name, secret: None }
}

/// Agent, customer and an assistant.
fn three() -> World {
    let mut w = World::of(vec![agent(), customer(), guest(THIRD, Role::Assistant, "Theo")]);
    w.until("all secure", World::all_secure);
    w.picture();
    w
}

fn hand_over(w: &mut World, from: ParticipantId, to: ParticipantId) {
    w.command(from, Command::HandOver { to });
}

fn agreed(w: &World, primary: ParticipantId) -> bool {
    w.there().iter().all(|id| w.primary(*id) == [primary])
}

/// A word as whoever has the keys could make it.
fn word(serial: u32, from: ParticipantId, to: ParticipantId, signer: &Identity) -> HandOver {
    let mut word = HandOver {
        serial,
        from,
        from_key: identity(from).public_text(),
        to,
        to_key: identity(to).public_text(),
        signature: String::new(),
    };
    let number = SessionNumber::new(123_456_789).unwrap();
    word.signature = signer.sign_text(&word.signed_bytes(number));
    word
}

#[test]
fn the_role_passes_and_comes_back() {
    let mut w = three();
    hand_over(&mut w, AGENT, THIRD);
    w.run(50);
    assert!(agreed(&w, THIRD));
    assert_eq!(w.view(AGENT).role, Role::Assistant);
    for id in [AGENT, CUSTOMER, THIRD] {
        assert_eq!(w.notice(id), Some(Notice::HandedOver { from: "Ada".into(), to: "Theo".into() }));
    }
    hand_over(&mut w, AGENT, THIRD);
    w.command(AGENT, Command::End);
    w.run(50);
    assert!(agreed(&w, THIRD), "who has no control cannot pass it, nor end");
    hand_over(&mut w, THIRD, AGENT);
    w.run(50);
    assert!(agreed(&w, AGENT));
    assert_eq!(w.words.len(), 2, "the server knows both");
    w.command(THIRD, Command::Leave);
    w.run(50);
    assert!(w.node(AGENT).over.is_none() && w.view(AGENT).others.len() == 1);
}

#[test]
fn it_ends_sharing_grants_and_questions_and_the_new_one_asks_anew() {
    let mut w = three();
    w.allow(Act::Control);
    w.allow(Act::Clipboard);
    w.command(AGENT, Command::Chat { to: None, text: "stays".into() });
    w.ask(Act::Files);
    w.take_log(CUSTOMER);
    hand_over(&mut w, AGENT, THIRD);
    w.run(50);
    let log = w.take_log(CUSTOMER);
    assert_eq!(log, [Output::StopCapture, Output::WatchClipboard(false)]);
    for id in [AGENT, CUSTOMER, THIRD] {
        let v = w.view(id);
        assert!(v.grants.is_empty() && v.sharing.is_none() && v.asked.is_none(), "{v:?}");
        assert_eq!((v.prompt.is_none(), v.chat.len()), (true, 1));
    }
    assert_eq!((w.node(AGENT).viewer, w.node(AGENT).watching), (None, false));
    // The old one has nothing to say any more, whatever its program sends.
    for bad in [
        &br#"{"type":"ask","request":77,"act":"view"}"#[..],
        br#"{"type":"input","n":900,"event":{"input":"text","text":"x"}}"#,
        br#"{"type":"bye","ended":true}"#,
    ] {
        w.forge(AGENT, CUSTOMER, bad.to_vec());
    }
    assert!(w.prompt().is_none() && w.injected(CUSTOMER).is_empty() && w.node(CUSTOMER).over.is_none());
    w.command(THIRD, Command::Ask { act: Act::Control });
    w.run(50);
    assert_eq!(w.view(CUSTOMER).prompt.map(|p| (p.from, p.act)), Some((THIRD, Act::Control)));
    w.answer(true, false);
    assert_eq!(w.acts(THIRD), [Act::View, Act::Control]);
    assert_eq!(w.node(THIRD).viewer, Some(CUSTOMER));
}

#[test]
fn a_call_goes_on() {
    let mut w = three();
    for act in [Act::Voice, Act::Camera, Act::Recording, Act::Files, Act::View] {
        w.allow(act);
    }
    hand_over(&mut w, AGENT, THIRD);
    w.run(50);
    assert_eq!((w.acts(AGENT), w.acts(CUSTOMER)), (vec![Act::Voice], vec![Act::Voice]));
    // Who handed over can give that back.
    w.forge(AGENT, CUSTOMER, br#"{"type":"give_back","acts":["voice"]}"#.to_vec());
    assert!(w.acts(CUSTOMER).is_empty());
}

#[test]
fn what_was_allowed_for_the_session_goes_on_and_is_told() {
    let mut w = three();
    w.command(CUSTOMER, Command::AllowAll);
    w.ask(Act::View);
    hand_over(&mut w, AGENT, THIRD);
    w.run(50);
    assert!(w.view(CUSTOMER).allow_all && w.view(CUSTOMER).grants.is_empty());
    let told = Notice::AllowAllGoesOn { name: "Theo".into() };
    assert_eq!(w.node(CUSTOMER).shown.last(), Some(&Output::Tell(told.clone())), "before anything follows");
    assert_eq!(w.notice(CUSTOMER), Some(told));
    w.command(THIRD, Command::Ask { act: Act::View });
    w.run(50);
    assert_eq!((w.prompt(), w.acts(THIRD)), (None, vec![Act::View]));
    w.command(CUSTOMER, Command::Revoke { act: None });
    hand_over(&mut w, THIRD, AGENT);
    w.run(4_000);
    w.ask(Act::View);
    assert!(w.prompt().is_some() && !w.view(CUSTOMER).allow_all);
}

#[test]
fn who_was_away_hears_of_it_from_anybody() {
    let mut w = three();
    w.server(false);
    w.cut(AGENT, CUSTOMER);
    hand_over(&mut w, AGENT, THIRD);
    w.run(50);
    assert!(agreed(&w, THIRD), "the customer has it from the new one");
    assert!(w.words.is_empty());
    w.server(true);
    w.until("the server knows", |w| w.words.len() == 1);
    w.until("all secure", World::all_secure);
    // Nobody tells the customer at first: it keeps to what it knows, and asks are not permitted.
    w.server(false);
    w.cut(AGENT, CUSTOMER);
    w.cut(THIRD, CUSTOMER);
    hand_over(&mut w, THIRD, AGENT);
    w.run(1_000);
    assert_eq!(w.primary(CUSTOMER), [THIRD]);
    w.server(true);
    w.until("all agree", |w| agreed(w, AGENT));
    w.until("all secure", World::all_secure);
}

#[test]
fn who_comes_later_takes_the_primary_agent_from_the_roster_and_the_proof() {
    for leaves in [false, true] {
        let mut w = three();
        hand_over(&mut w, AGENT, THIRD);
        w.run(50);
        if leaves {
            w.command(AGENT, Command::Leave);
            w.run(50);
        }
        w.join(guest(FOURTH, Role::Customer, "Carla"));
        w.until("all secure", World::all_secure);
        w.run(50);
        assert!(agreed(&w, THIRD), "{leaves}");
        // And the next word counts for it like for everybody.
        if !leaves {
            hand_over(&mut w, THIRD, AGENT);
            w.run(50);
            assert!(agreed(&w, AGENT));
        }
    }
}

#[test]
fn who_comes_while_the_server_is_behind_hears_of_it_from_the_peers() {
    let mut w = three();
    w.server(false);
    hand_over(&mut w, AGENT, THIRD);
    w.run(50);
    let behind = w.roster.clone();
    w.server(true);
    w.run(50);
    w.roster = behind;
    w.join(guest(FOURTH, Role::Customer, "Carla"));
    w.until("all secure", World::all_secure);
    w.run(50);
    assert!(agreed(&w, THIRD));
}

#[test]
fn a_link_goes_on_to_prove_who_is_who_after_it() {
    let mut w = World::of(vec![agent(), by_link(), guest(THIRD, Role::Assistant, "Theo")]);
    w.until("all secure", World::all_secure);
    hand_over(&mut w, AGENT, THIRD);
    w.run(50);
    assert_eq!((w.view(THIRD).link, w.view(CUSTOMER).link), (w.view(AGENT).link, None));
    w.cut(CUSTOMER, THIRD);
    w.until("all secure", World::all_secure);
    // A customer who comes by the link meets an agent who knows its secret.
    w.join(Guest { id: FOURTH, role: Role::Customer, name: "Carla", secret: Some(crate::sim::secret()) });
    w.until("all secure", World::all_secure);
    assert_eq!(w.verified(FOURTH, THIRD), Some(Verified::Link));
    assert!(w.node(FOURTH).over.is_none() && agreed(&w, THIRD));
}

#[test]
fn only_to_an_assistant_who_is_there() {
    let mut w = three();
    for to in [CUSTOMER, AGENT, FOURTH] {
        hand_over(&mut w, AGENT, to);
    }
    w.server(false);
    w.cut(AGENT, THIRD);
    hand_over(&mut w, AGENT, THIRD);
    w.server(true);
    w.until("all secure", World::all_secure);
    assert!(agreed(&w, AGENT) && w.words.is_empty());
}

#[test]
fn words_of_the_wrong_hand_are_refused_whoever_brings_them() {
    let mut w = three();
    w.join(guest(FOURTH, Role::Assistant, "Fay"));
    w.until("all secure", World::all_secure);
    let mut forged = word(1, AGENT, THIRD, &identity(AGENT));
    forged.to = FOURTH;
    let mut other_key = word(1, AGENT, THIRD, &identity(THIRD));
    other_key.from_key = identity(THIRD).public_text();
    let bad = [
        word(1, AGENT, THIRD, &identity(THIRD)),
        word(1, THIRD, FOURTH, &identity(THIRD)),
        word(1, AGENT, CUSTOMER, &identity(AGENT)),
        word(2, AGENT, THIRD, &identity(AGENT)),
        word(1, AGENT, ParticipantId(9), &identity(AGENT)),
        forged,
        other_key,
    ];
    for word in bad {
        for id in w.ids() {
            w.input(id, Input::HandOver { word: word.clone() });
            for from in w.ids().into_iter().filter(|from| *from != id) {
                w.forge(from, id, Message::HandOver { word: word.clone() }.encode());
            }
        }
        w.run(50);
        assert!(agreed(&w, AGENT), "{word:?}");
    }
}

#[test]
fn an_old_word_played_again_changes_nothing() {
    let mut w = three();
    hand_over(&mut w, AGENT, THIRD);
    w.run(50);
    hand_over(&mut w, THIRD, AGENT);
    w.run(50);
    let words = w.words.clone();
    w.join(guest(FOURTH, Role::Customer, "Carla"));
    for round in 0..2 {
        for word in &words {
            for id in w.ids() {
                w.input(id, Input::HandOver { word: word.clone() });
                if id != AGENT && round == 1 {
                    w.forge(AGENT, id, Message::HandOver { word: word.clone() }.encode());
                }
            }
        }
        w.until("all secure", World::all_secure);
        w.run(50);
        assert!(agreed(&w, AGENT), "{round}");
    }
}

#[test]
fn a_roster_with_other_roles_changes_nothing_for_who_is_proven() {
    let mut w = three();
    w.allow(Act::View);
    for e in &mut w.roster {
        e.role = match e.id {
            THIRD => Role::Primary,
            AGENT => Role::Assistant,
            _ => Role::Assistant,
        };
    }
    w.online(AGENT, true);
    w.run(100);
    assert!(agreed(&w, AGENT));
    assert_eq!(w.view(THIRD).role, Role::Assistant);
    assert_eq!(w.view(CUSTOMER).role, Role::Customer);
    assert_eq!(w.acts(AGENT), [Act::View]);
    w.cut(AGENT, CUSTOMER);
    w.until("all secure", World::all_secure);
    w.run(50);
    assert!(agreed(&w, AGENT));
}

#[test]
fn a_participant_whom_the_server_invents_is_nobody_special() {
    let mut w = three();
    w.allow(Act::View);
    // With an own key, named primary, and claiming it.
    w.join(guest(FOURTH, Role::Primary, "Mallory"));
    w.until("all secure", World::all_secure);
    w.run(50);
    for id in [AGENT, CUSTOMER, THIRD] {
        assert_eq!(w.primary(id), [AGENT]);
    }
    w.take_log(CUSTOMER);
    w.forge(FOURTH, CUSTOMER, br#"{"type":"ask","request":1,"act":"control"}"#.to_vec());
    w.forge(FOURTH, CUSTOMER, br#"{"type":"bye","ended":true}"#.to_vec());
    let word = word(1, FOURTH, THIRD, &identity(FOURTH));
    w.forge(FOURTH, CUSTOMER, Message::HandOver { word }.encode());
    w.run(100);
    assert!(w.prompt().is_none() && w.node(CUSTOMER).over.is_none());
    assert_eq!(w.primary(CUSTOMER), [AGENT]);
    assert_eq!(w.node(CUSTOMER).capture.as_ref().map(|c| c.viewers.clone()), Some(vec![AGENT]));
}

#[test]
fn rosters_in_the_wrong_order_drop_nobody_who_is_connected() {
    let mut w = three();
    w.allow(Act::Control);
    let whole = w.roster.clone();
    let orders: [&[ParticipantId]; 3] = [&[AGENT], &[], &[AGENT, CUSTOMER]];
    for named in orders {
        for id in [AGENT, CUSTOMER, THIRD] {
            let roster = whole.iter().filter(|e| named.contains(&e.id)).cloned().collect();
            w.input(id, Input::Roster(roster));
        }
        w.run(100);
        assert!(w.all_secure() && agreed(&w, AGENT));
        assert_eq!(w.acts(AGENT), [Act::View, Act::Control]);
        assert_eq!(w.node(CUSTOMER).capture.as_ref().map(|c| c.viewers.clone()), Some(vec![AGENT]));
    }
    // The right one again: all is as it was, also after a cut.
    w.online(AGENT, true);
    w.run(50);
    w.cut(AGENT, CUSTOMER);
    w.until("all secure", World::all_secure);
    w.run(50);
    assert_eq!(w.acts(AGENT), [Act::View, Act::Control]);
    // Who is neither named nor connected is gone.
    let without: Vec<_> = whole.iter().filter(|e| e.id != THIRD).cloned().collect();
    w.input(AGENT, Input::Roster(without));
    w.cut(AGENT, THIRD);
    assert_eq!(w.notice(AGENT), Some(Notice::Left { name: "Theo".into() }));
}

#[test]
fn after_a_primary_agent_who_left_with_the_role_another_one_can_come() {
    let mut w = three();
    w.command(CUSTOMER, Command::AllowAll);
    w.ask(Act::View);
    // No program of ours does that.
    for id in [CUSTOMER, THIRD] {
        w.forge(AGENT, id, Message::Bye { ended: false }.encode());
    }
    w.kill(AGENT);
    w.roster.retain(|e| e.id != AGENT);
    w.online(THIRD, true);
    w.run(50);
    assert!(w.primary(CUSTOMER).is_empty() && w.primary(THIRD).is_empty());
    w.join(guest(FOURTH, Role::Primary, "Ada"));
    w.until("all secure", World::all_secure);
    w.run(50);
    assert!(agreed(&w, FOURTH));
    w.command(FOURTH, Command::Ask { act: Act::View });
    w.run(50);
    assert!(w.prompt().is_some(), "what was allowed to the one who left passes to nobody");
    hand_over(&mut w, FOURTH, THIRD);
    w.run(50);
    assert!(agreed(&w, THIRD));
}

#[test]
fn a_primary_agent_who_leaves_leaves_the_role_to_an_assistant() {
    let mut w = three();
    w.command(AGENT, Command::Leave);
    w.run(50);
    assert!(agreed(&w, THIRD) && w.node(AGENT).over == Some(Ending::Left));
    // Nobody is left to lead.
    w.command(THIRD, Command::Leave);
    w.run(50);
    assert_eq!(
        (w.node(THIRD).over, w.node(CUSTOMER).over),
        (Some(Ending::EndedByMe), Some(Ending::EndedByAgent))
    );
}

#[test]
fn a_session_is_passed_on_when_the_other_is_there() {
    let mut w = World::call();
    w.command(AGENT, Command::PassOn { to: Some(THIRD) });
    w.run(1_000);
    assert_eq!(w.primary(CUSTOMER), [AGENT], "nobody is there yet");
    w.join(guest(THIRD, Role::Assistant, "Theo"));
    w.until("the role has passed", |w| agreed(w, THIRD) && w.node(AGENT).over == Some(Ending::Left));
    assert!(w.secure(CUSTOMER, THIRD));
}

#[test]
fn who_passes_a_session_on_stays_until_the_server_knows() {
    let mut w = three();
    w.server(false);
    w.command(AGENT, Command::PassOn { to: Some(THIRD) });
    w.run(1_000);
    assert_eq!((w.primary(CUSTOMER), w.node(AGENT).over), (vec![THIRD], None));
    w.server(true);
    w.until("it has left", |w| w.node(AGENT).over == Some(Ending::Left));
    assert!(agreed(&w, THIRD));
}

#[test]
fn who_crashed_after_its_word_leaves_when_told_again() {
    let mut w = three();
    hand_over(&mut w, AGENT, THIRD);
    w.command(AGENT, Command::PassOn { to: Some(THIRD) });
    w.until("it has left", |w| agreed(w, THIRD) && w.node(AGENT).over == Some(Ending::Left));
}

#[test]
fn passing_on_can_be_called_off() {
    let mut w = World::call();
    w.command(AGENT, Command::PassOn { to: Some(THIRD) });
    w.command(AGENT, Command::PassOn { to: None });
    w.join(guest(THIRD, Role::Assistant, "Theo"));
    w.until("all secure", World::all_secure);
    w.run(1_000);
    assert!(agreed(&w, AGENT));
}

#[test]
fn that_the_primary_agent_is_gone_is_not_the_servers_to_say() {
    let mut w = three();
    w.server(false);
    w.cut(AGENT, CUSTOMER);
    w.server_up = true;
    let roster: Vec<_> = w.roster.iter().filter(|e| e.id != AGENT).cloned().collect();
    w.input(CUSTOMER, Input::Roster(roster.clone()));
    w.roster = roster;
    w.join(guest(FOURTH, Role::Primary, "Mallory"));
    w.input(CUSTOMER, Input::ServerBack);
    w.until("proven", |w| w.secure(CUSTOMER, FOURTH));
    w.run(50);
    assert!(w.primary(CUSTOMER).is_empty());
    w.forge(FOURTH, CUSTOMER, br#"{"type":"lead","helped":2,"watchers":[]}"#.to_vec());
    w.forge(FOURTH, CUSTOMER, br#"{"type":"ask","request":1,"act":"view"}"#.to_vec());
    assert!(w.prompt().is_none());
}

#[test]
fn a_word_waits_until_its_receiver_is_there_with_that_key() {
    let mut w = World::call();
    let true_key = identity(THIRD).public_text();
    let third =
        |key: String| Entry { id: THIRD, role: Role::Assistant, name: "Theo".into(), key, online: false };
    let roster = |w: &World, key| w.roster.iter().cloned().chain([third(key)]).collect::<Vec<_>>();
    let word = word(1, AGENT, THIRD, &identity(AGENT));
    w.forge(AGENT, CUSTOMER, Message::HandOver { word }.encode());
    assert_eq!(w.primary(CUSTOMER), [AGENT], "nobody of that name");
    let swapped = Identity::from_seed([66; 32]).public_text();
    w.input(CUSTOMER, Input::Roster(roster(&w, swapped.clone())));
    assert_eq!(w.primary(CUSTOMER), [AGENT], "somebody else's key");
    w.input(CUSTOMER, Input::Roster(roster(&w, true_key)));
    assert_eq!(w.primary(CUSTOMER), [THIRD]);
    // From then on that key is the one, though it was never proven to this customer.
    w.input(CUSTOMER, Input::Roster(roster(&w, swapped.clone())));
    assert!(w.node(CUSTOMER).refused.contains(&(THIRD, Refusal::Key)));
}

#[test]
fn a_key_that_was_swapped_stays_refused_after_a_crash() {
    let mut w = three();
    w.roster.iter_mut().find(|e| e.id == THIRD).unwrap().key = Identity::from_seed([66; 32]).public_text();
    w.online(THIRD, true);
    w.run(50);
    assert_eq!(w.node(CUSTOMER).refused, [(THIRD, Refusal::Key)]);
    w.crash(CUSTOMER);
    w.run(1_000);
    assert_eq!(w.node(CUSTOMER).refused, [(THIRD, Refusal::Key)]);
    assert!(!w.secure(CUSTOMER, THIRD) && w.secure(AGENT, CUSTOMER));
}
