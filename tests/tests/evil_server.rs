//! A server that lies (X1): it sits in the middle, swaps keys, plays old words again, invents participants, and loses
//! and doubles what it carries. Nobody who is lied to shows anything to anybody, and whoever is connected goes on.

use std::{sync::Mutex, time::Duration};

use deskside_net::Channel;
use deskside_protocol::{
    ParticipantId, Role,
    api::Entry,
    socket::{FromServer, Signal},
};
use deskside_session::{
    Identity,
    app::{AppOnly, Ending, Problem, Screen},
    command::{Act, Command, RequestId},
    view::{LinkView, Notice, Refusal, View},
    wire::{Lead, Message, Outcome},
};
use deskside_tests::{
    Dice, Display, Evil, Peer, Puppet, Scene, Server,
    evil::{roster_in, roster_of},
    peer::Start,
    puppet::Part,
    until,
};

/// A session in which the agent sees the customer's screen, through a server that is still honest.
fn viewing() -> (Evil, Scene) {
    let server = Server::start();
    let evil = Evil::before(&server);
    let url = evil.url();
    let through = |start: Start| start.env("DESKSIDE_SERVER", url);
    let mut scene = Scene::with(server, Display::start(1024, 768, "us"), through, through);
    scene.allow(Act::View);
    scene.wait_same_picture();
    (evil, scene)
}

/// The customer enters; both refuse each other for this reason, and the customer's program says so and ends.
fn both_refuse(evil: &Evil, agent: &Peer, target: &str, reason: Refusal) {
    let mut customer = Start::new("customer", evil.url(), None).join(target).start();
    let view = customer.wait("that it is not trusted", |v| v.problem.is_some());
    assert_eq!(view.problem, Some(Problem::NotTrusted { reason }));
    assert!(matches!(view.screen, Screen::Ended { ending: Ending::NotTrusted, .. }), "{view:?}");
    assert_eq!(customer.wait_exit().code(), Some(5));
    let turned =
        |s: &View| matches!(&s.notice, Some((_, Notice::TurnedAway { reason: r, .. })) if *r == reason);
    until("the agent is told", || agent.lines().iter().any(|l| l.contains("turned_away")).then_some(()));
    let seen = agent.session().expect("a session");
    assert!(turned(&seen) || seen.others.is_empty(), "{seen:?}");
    assert!(!agent.lines().iter().any(|l| l.contains(r#""state":"secure""#)), "never proven");
}

fn other_key() -> String {
    Identity::from_seed([7; 32]).public_text()
}

/// Each participant whom `fits` names sees this key for all others.
fn swap_keys(evil: &Evil, fits: impl Fn(ParticipantId) -> bool + Send + 'static) {
    evil.trick(move |to, mut message| {
        if let Some(roster) = roster_in(&mut message).filter(|_| fits(to)) {
            roster.iter_mut().filter(|e| e.id != to).for_each(|e| e.key = other_key());
        }
        vec![message]
    });
}

#[test]
fn keys_swapped_towards_the_customer_the_agent_or_both() {
    let server = Server::start();
    for towards in [[false, true], [true, false], [true, true]] {
        let evil = Evil::before(&server);
        let agent = Start::new("agent", evil.url(), None).agent().start();
        let s = agent.wait_session("a session", |_| true);
        swap_keys(&evil, move |to| if to == s.me { towards[0] } else { towards[1] });
        both_refuse(&evil, &agent, &s.number.to_string(), Refusal::Key);
    }
}

#[test]
fn keys_swapped_in_the_middle_of_a_session() {
    let (evil, mut scene) = viewing();
    let me = scene.customer.session().expect("a session").me;
    let mut roster = evil.roster(me);
    roster.iter_mut().filter(|e| e.id != me).for_each(|e| e.key = other_key());
    evil.say(me, FromServer::Roster { roster });
    let view = scene.customer.wait("that it is not trusted", |v| v.problem.is_some());
    assert_eq!(view.problem, Some(Problem::NotTrusted { reason: Refusal::Key }));
    scene.agent.wait_session("nothing is shared", |s| s.sharing.is_none() && s.grants.is_empty());
    assert!(scene.agent.try_picture().is_none());
}

#[test]
fn somebody_in_the_middle_of_the_connection_itself() {
    let server = Server::start();
    for by_link in [false, true] {
        let evil = Evil::before(&server);
        let agent = Start::new("agent", evil.url(), None).agent().start();
        let s = agent.wait_session("a session", |s| s.link.is_some());
        let middle = evil.middle(s.me, ParticipantId(s.me.0 + 1));
        evil.trick(move |_, message| match message {
            FromServer::Signal { from, body } => {
                middle.signal(from, body);
                Vec::new()
            }
            message => vec![message],
        });
        let link = s.link.unwrap_or_default().replace(server.url(), evil.url());
        let target = if by_link { link } else { s.number.to_string() };
        both_refuse(&evil, &agent, &target, Refusal::Signature);
    }
}

#[test]
fn other_fingerprints_in_the_descriptions() {
    let server = Server::start();
    let evil = Evil::before(&server);
    evil.trick(|_, mut message| {
        if let FromServer::Signal { body: Signal::Offer { sdp } | Signal::Answer { sdp }, .. } = &mut message
        {
            *sdp = other_fingerprint(sdp);
        }
        vec![message]
    });
    let agent = Start::new("agent", evil.url(), None).agent().start();
    let s = agent.wait_session("a session", |_| true);
    let customer = Start::new("customer", evil.url(), None).join(&s.number.to_string()).start();
    customer.wait_session("the agent", |s| s.others.iter().any(|o| o.link == LinkView::Connecting));
    customer.never("a proven connection", Duration::from_secs(8), deskside_tests::scene::secure);
    // Once the server stops lying both come through by themselves.
    evil.trick(|_, message| vec![message]);
    customer.wait_session("the agent", deskside_tests::scene::secure);
    agent.wait_session("the customer", deskside_tests::scene::secure);
}

fn other_fingerprint(sdp: &str) -> String {
    const BEFORE: &str = "a=fingerprint:sha-256 ";
    let lines = sdp.lines().map(|l| match l.strip_prefix(BEFORE) {
        Some(print) => {
            let first = if print.starts_with('0') { "1" } else { "0" };
            format!("{BEFORE}{first}{}\r\n", &print[1..])
        }
        None => format!("{l}\r\n"),
    });
    lines.collect()
}

/// What must stay as it is, whatever the server says: everybody's role, and what was allowed to whom.
fn state(s: &View) -> (Role, Vec<(ParticipantId, Role)>, Vec<deskside_session::view::Grant>, bool) {
    let mut others: Vec<_> = s.others.iter().map(|o| (o.id, o.role)).collect();
    others.sort_by_key(|(id, _)| *id);
    (s.role, others, s.grants.clone(), s.prompt.is_some())
}

/// Nothing of that changes, and a line of chat and the picture still come through.
fn go_on_unharmed(scene: &mut Scene, text: &str, lie: impl FnOnce()) {
    // Whoever is connected in earnest; those who were invented come and go.
    let all = scene.agent.session().expect("a session");
    let proven = all.others.iter().filter(|o| matches!(o.link, LinkView::Secure { .. }));
    let known: Vec<_> = proven.map(|o| o.id).chain([all.me]).collect();
    let of_known = |s: &View| {
        let mut state = state(s);
        state.1.retain(|(id, _)| known.contains(id));
        state
    };
    let before = [&scene.agent, &scene.customer].map(|p| of_known(&p.session().expect("a session")));
    let viewers = |s: &View| s.sharing.as_ref().map(|s| s.viewers.clone());
    let before_viewers = viewers(&scene.customer.session().expect("a session"));
    lie();
    let same = |s: &View, n: usize| of_known(s) == before[n];
    scene.customer.never("a change", Duration::from_secs(2), |s| !same(s, 1) || viewers(s) != before_viewers);
    scene.agent.never("a change", Duration::from_millis(100), |s| !same(s, 0));
    scene.agent.tell(Command::Chat { to: None, text: text.into() });
    scene.customer.wait_session("the line", |s| s.chat.iter().any(|l| l.text == text));
    scene.desk.terminal(text, "60x10+50+50", "cat");
    scene.wait_same_picture();
}

#[test]
fn old_and_forged_words_and_another_primary_agent_in_the_roster() {
    let (evil, mut scene) = viewing();
    scene.server.add_agent("Bob");
    let mut bob = Start::new("bob", evil.url(), None).sign_in("Bob").start();
    bob.wait("the agent's home", |v| matches!(v.screen, Screen::AgentHome { busy: false, .. }));
    let number = scene.agent.session().expect("a session").number;
    bob.tell(AppOnly::Assist { target: number.to_string() });
    let bob_id = bob.wait_session("everybody", all_secure(2)).me;
    scene.agent.wait_session("everybody", all_secure(2));
    let customer_id = scene.customer.wait_session("everybody", all_secure(2)).me;
    let ada_id = scene.agent.session().expect("a session").me;
    // To Bob and back: two words that were right once.
    let primary = |id| move |s: &View| s.role == Role::Primary && s.me == id;
    scene.agent.tell(Command::HandOver { to: bob_id });
    bob.wait_session("the role", primary(bob_id));
    // Or its view of before would be taken for that of after the way back.
    scene.agent.wait_session("that it passed the role on", |s| s.role == Role::Assistant);
    bob.tell(Command::HandOver { to: ada_id });
    scene.agent.wait_session("the role", primary(ada_id));
    scene.allow(Act::View);
    scene.wait_same_picture();
    let words: Vec<_> = until("the server said both words", || {
        let words = evil.said(customer_id).into_iter().filter_map(|m| match m {
            FromServer::HandOver { word } => Some(word),
            _ => None,
        });
        Some(words.collect::<Vec<_>>()).filter(|w| w.len() == 2)
    });
    let all = [ada_id, bob_id, customer_id];
    go_on_unharmed(&mut scene, "after-old-words", || {
        for to in all {
            for word in [words[0].clone(), words[1].clone(), words[0].clone()] {
                evil.say(to, FromServer::HandOver { word });
            }
            // As if it were new; but nobody signed that.
            let mut forged = words[0].clone();
            forged.serial = 3;
            evil.say(to, FromServer::HandOver { word: forged });
        }
    });
    go_on_unharmed(&mut scene, "after-false-roles", || {
        for to in all {
            let mut roster = evil.roster(to);
            for e in &mut roster {
                e.role = match e.id {
                    id if id == bob_id => Role::Primary,
                    id if id == ada_id => Role::Assistant,
                    _ => e.role,
                };
            }
            evil.say(to, FromServer::Roster { roster });
        }
    });
    assert_eq!(bob.session().map(|s| s.role), Some(Role::Assistant));
    // Who comes in now and hears that lie has no primary agent, rather than the wrong one.
    evil.trick(move |_, mut message| {
        for e in roster_in(&mut message).into_iter().flatten() {
            e.role = match e.id {
                id if id == bob_id => Role::Primary,
                id if id == ada_id => Role::Assistant,
                _ => e.role,
            };
        }
        vec![message]
    });
    let late = Start::new("late", evil.url(), None).join(&number.to_string()).start();
    late.wait_session("everybody", all_secure(3));
    let bobs = |s: &View| s.others.iter().any(|o| o.id == bob_id && o.role == Role::Primary);
    late.never("the wrong primary agent", Duration::from_secs(2), bobs);
}

fn all_secure(count: usize) -> impl Fn(&View) -> bool {
    move |s| s.others.len() == count && s.others.iter().all(|o| matches!(o.link, LinkView::Secure { .. }))
}

#[test]
fn participants_who_are_in_the_roster_alone() {
    let (evil, mut scene) = viewing();
    let ids = [&scene.agent, &scene.customer].map(|p| p.session().expect("a session").me);
    for role in [Role::Primary, Role::Assistant, Role::Customer] {
        go_on_unharmed(&mut scene, &format!("{role:?}"), || {
            for to in ids {
                let mut roster = evil.roster(to);
                let id = ParticipantId(90);
                roster.push(Entry { id, role, name: "Mallory".into(), key: other_key(), online: true });
                evil.say(to, FromServer::Roster { roster });
            }
        });
    }
}

/// The server gives somebody of its own a key, a place and a role, and that one connects in earnest.
fn invented(role: Role) {
    let (evil, mut scene) = viewing();
    let (agent, customer) = (scene.agent.session().unwrap(), scene.customer.session().unwrap());
    let honest = [agent.me, customer.me];
    // Before the rosters that name it, so that it is never seen as what the real server thinks.
    evil.trick(move |_, mut message| {
        for e in roster_in(&mut message).into_iter().flatten() {
            match e.id {
                id if !honest.contains(&id) => e.role = role,
                id if id == agent.me && role == Role::Primary => e.role = Role::Assistant,
                _ => {}
            }
        }
        vec![message]
    });
    let mut ghost = None;
    go_on_unharmed(&mut scene, "with-a-ghost", || {
        let part = Part { name: "Mallory", role, secret: None };
        let joined = Puppet::join(evil.url(), agent.number, part);
        joined.wait_secure(agent.me);
        joined.wait_secure(customer.me);
        let say = |to, message: &Message| joined.tell(to, message).expect("a connection");
        for act in [Act::View, Act::Control] {
            say(customer.me, &Message::Ask { request: RequestId(1), act });
        }
        say(customer.me, &Message::Lead(Lead { helped: None, watchers: Vec::new(), keeps_chat: false }));
        say(customer.me, &Message::Bye { ended: true });
        say(agent.me, &Message::Lead(Lead { helped: None, watchers: Vec::new(), keeps_chat: false }));
        say(
            agent.me,
            &Message::Grants {
                acts: vec![Act::View, Act::Control],
                why: None,
                clipboard: Default::default(),
            },
        );
        joined.say(customer.me, Channel::Picture, "a picture").unwrap_or_default();
        ghost = Some(joined);
    });
    let ghost = ghost.expect("the ghost");
    let heard = ghost.heard();
    let shown = |m: &Message| {
        matches!(m, Message::Sharing { sharing: Some(_) } | Message::Clipboard { .. })
            || matches!(m, Message::Grants { acts, .. } if !acts.is_empty())
            || matches!(m, Message::Answered { outcome: Outcome::Allowed, .. })
    };
    assert!(!heard.iter().any(|(_, m)| shown(m)), "{heard:?}");
    assert_eq!(ghost.pictures(), 0, "it saw nothing");
    assert_eq!(scene.agent.session().map(|s| s.helped), Some(Some(customer.me)));
}

#[test]
fn an_invented_primary_agent() {
    invented(Role::Primary);
}

#[test]
fn an_invented_assistant() {
    invented(Role::Assistant);
}

#[test]
fn an_invented_customer() {
    invented(Role::Customer);
}

#[test]
fn signals_that_are_dropped_doubled_and_out_of_order() {
    let server = Server::start();
    for seed in 1..=3 {
        let evil = Evil::before(&server);
        let mut dice = Dice(seed);
        let held = Mutex::new(Vec::new());
        evil.trick(move |to, message| {
            if roster_of(&message).is_some() || !matches!(message, FromServer::Signal { .. }) {
                return vec![message];
            }
            let mut held = held.lock().expect("a lock");
            let waiting = held.iter().position(|(who, _)| *who == to);
            let late = waiting.map(|n: usize| held.remove(n).1);
            match dice.roll(5) {
                0 => late.into_iter().collect(),
                1 => [message.clone(), message].into_iter().chain(late).collect(),
                2 => {
                    held.push((to, message));
                    late.into_iter().collect()
                }
                _ => [message].into_iter().chain(late).collect(),
            }
        });
        let url = evil.url();
        let through = |start: Start| start.env("DESKSIDE_SERVER", url);
        let agent = through(Start::new("agent", url, None)).agent().start();
        let number = agent.wait_session("a session", |_| true).number.to_string();
        let mut customer = through(Start::new("customer", url, None)).join(&number).start();
        let secure = customer.wait_session("the agent", deskside_tests::scene::secure);
        agent.wait_session("the customer", deskside_tests::scene::secure);
        assert_eq!(secure.others.len(), 1);
        customer.tell(Command::Chat { to: None, text: "here".into() });
        let s = agent.wait_session("the line", |s| !s.chat.is_empty());
        assert_eq!(s.chat.len(), 1);
    }
}
