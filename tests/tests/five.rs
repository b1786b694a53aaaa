//! Five real programs in one session: an agent, two assistants, two customers.

use std::time::Duration;

use deskside_protocol::Role;
use deskside_session::{
    ParticipantId,
    app::{AppOnly, Screen},
    command::{Act, Command},
    view::{LinkView, Notice, View},
};
use deskside_tests::{Display, Peer, Scene, peer::Start};

/// The agent is Ada, who sees the screen of the first customer.
struct Five {
    scene: Scene,
    bob: Peer,
    cleo: Peer,
    second: Peer,
    /// The second customer's computer.
    desk: Display,
}

fn all_secure(s: &View) -> bool {
    s.others.len() == 4 && s.others.iter().all(|o| matches!(o.link, LinkView::Secure { .. }))
}

/// Everybody's role, one's own included.
fn roster(s: &View) -> Vec<(ParticipantId, Role, String)> {
    let own = s.others.iter().map(|o| (o.id, o.role, o.name.clone()));
    let mut all: Vec<_> = own.collect();
    all.sort_by_key(|(id, ..)| *id);
    all
}

impl Five {
    fn meet() -> Self {
        let mut scene = Scene::joined();
        let number = scene.agent.session().expect("a session").number.to_string();
        // By the link: who proves its secret may watch without more ado.
        let link = scene.agent.session().and_then(|s| s.link).expect("a link");
        let assist = |name: &str| {
            scene.server.add_agent(name);
            let mut peer = Start::new(name, scene.server.url(), None).sign_in(name).start();
            peer.wait("the agent's home", |v| matches!(v.screen, Screen::AgentHome { busy: false, .. }));
            peer.tell(AppOnly::Assist { target: link.clone() });
            peer.wait_session("a session", |s| s.role == Role::Assistant);
            peer
        };
        let (bob, cleo) = (assist("Bob"), assist("Cleo"));
        scene.allow(Act::View);
        let desk = Display::start(800, 600, "us");
        let second = Start::new("second", scene.server.url(), Some(&desk))
            .join(&number)
            .arg("--name")
            .arg("Zoe")
            .start();
        let five = Self { scene, bob, cleo, second, desk };
        for peer in five.all() {
            peer.wait_session("all five", all_secure);
        }
        five
    }

    fn all(&self) -> [&Peer; 5] {
        [&self.scene.agent, &self.bob, &self.cleo, &self.scene.customer, &self.second]
    }

    fn ids(&self) -> [ParticipantId; 5] {
        self.all().map(|p| p.session().expect("a session").me)
    }

    /// Everybody says the same of everybody.
    fn wait_agreed(&self, primary: ParticipantId) {
        let ids = self.ids();
        for (peer, me) in self.all().into_iter().zip(ids) {
            peer.wait_session("who is what", |s| {
                let others = roster(s);
                let agents = others.iter().map(|(id, role, _)| (*id, *role)).chain([(me, s.role)]);
                let right = |(id, role): (ParticipantId, Role)| {
                    let customer = id == ids[3] || id == ids[4];
                    role == if customer {
                        Role::Customer
                    } else if id == primary {
                        Role::Primary
                    } else {
                        Role::Assistant
                    }
                };
                others.len() == 4 && agents.into_iter().all(right)
            });
        }
        for (peer, me) in self.all().into_iter().zip(ids) {
            let theirs = roster(&peer.session().expect("a session"));
            let names = self.all().map(|p| roster(&p.session().expect("a session")));
            for entry in theirs.iter().filter(|(id, ..)| *id != me) {
                let differ = names
                    .iter()
                    .flatten()
                    .any(|(id, role, name)| *id == entry.0 && (*role, name) != (entry.1, &entry.2));
                assert!(!differ, "{entry:?} is another one for somebody");
            }
        }
    }
}

/// The number of the first line of output with this text.
fn first(peer: &Peer, text: &str) -> Option<usize> {
    peer.lines().iter().position(|l| l.contains(text))
}

#[test]
fn all_agree_and_assistants_watch_after_the_customer_was_told() {
    let mut five = Five::meet();
    let [ada, bob, cleo, first_id, second_id] = five.ids();
    five.wait_agreed(ada);
    let there = five.scene.wait_same_picture();
    for watcher in [&mut five.bob, &mut five.cleo] {
        watcher.wait_picture("the customer's screen", |p| p.different(&there) == 0);
    }
    let s = five.scene.customer.wait_session("who sees it", |s| {
        s.sharing.as_ref().is_some_and(|s| [ada, bob, cleo].iter().all(|id| s.viewers.contains(id)))
    });
    assert_eq!(s.helped, Some(first_id));
    assert!(!s.sharing.is_some_and(|s| s.viewers.contains(&second_id)));
    assert!(five.second.session().is_some_and(|s| s.sharing.is_none() && s.prompt.is_none()));
    // Who comes later is announced before it sees anything: the names were in the question already here.
    let asked = first(&five.scene.customer, r#""along":["#).expect("the question named them");
    let seen = first(&five.scene.customer, r#""sharing":{"#).expect("a sharing");
    assert!(asked < seen);
}

#[test]
fn an_assistant_who_comes_while_the_screen_is_shown_is_announced_first() {
    let scene = Scene::viewing();
    let link = scene.agent.session().and_then(|s| s.link).expect("a link");
    scene.server.add_agent("Bob");
    let mut bob = Start::new("Bob", scene.server.url(), None).sign_in("Bob").start();
    bob.wait("the agent's home", |v| matches!(v.screen, Screen::AgentHome { busy: false, .. }));
    bob.tell(AppOnly::Assist { target: link });
    let bob_id = bob.wait_session("a session", |_| true).me;
    bob.wait_picture("the customer's screen", |p| p.different(&scene.desk.picture()) == 0);
    let lines = scene.customer.lines();
    let sees = format!(r#""viewers":[1,{}]"#, bob_id.0);
    let told = lines.iter().position(|l| l.contains(r#""notice":"watches""#)).expect("it was told");
    let seen = lines.iter().position(|l| l.contains(&sees)).expect("it sees");
    assert!(told <= seen, "told at line {told}, shown at line {seen}");
}

#[test]
fn selecting_the_other_customer_ends_all_sharing() {
    let mut five = Five::meet();
    let [ada, bob, _, first_id, second_id] = five.ids();
    five.scene.wait_same_picture();
    five.scene.allow(Act::Control);
    five.scene.wait_hands();
    five.scene.agent.tell(Command::SelectCustomer { id: second_id });
    let none = |s: &View| s.sharing.is_none() && s.grants.is_empty();
    for peer in five.all() {
        peer.wait_session("nothing is shared", |s| none(s) && s.helped == Some(second_id));
    }
    for peer in [&mut five.scene.agent, &mut five.bob, &mut five.cleo] {
        assert!(peer.try_picture().is_none(), "{} still shows a picture", peer.name);
    }
    let helped = |s: &View| s.notice.as_ref().map(|(_, n)| n.clone());
    five.bob.wait_session("the news", |s| helped(s) == Some(Notice::NowHelped { name: "Zoe".into() }));
    // The other one is asked for itself.
    five.scene.agent.tell(Command::Ask { act: Act::View });
    five.second.answer(Act::View, true);
    let there = five.desk.picture();
    for peer in [&mut five.scene.agent, &mut five.bob, &mut five.cleo] {
        peer.wait_picture("the second customer's screen", |p| p.different(&there) == 0);
    }
    five.scene
        .customer
        .never("a question or a sharing", Duration::from_millis(300), |s| s.prompt.is_some() || !none(s));
    // And back: nothing that was allowed before is allowed again.
    five.scene.agent.tell(Command::SelectCustomer { id: first_id });
    for peer in five.all() {
        peer.wait_session("nothing is shared", |s| none(s) && s.helped == Some(first_id));
    }
    let s = five.scene.customer.session().expect("a session");
    assert!(s.prompt.is_none() && s.others.iter().any(|o| o.id == ada && o.role == Role::Primary));
    assert!(s.others.iter().any(|o| o.id == bob && o.role == Role::Assistant));
}

#[test]
fn the_other_customer_sees_what_is_shared_once_the_helped_one_lets_it() {
    let mut five = Five::meet();
    let [ada, bob, cleo, first_id, second_id] = five.ids();
    let there = five.scene.wait_same_picture();
    five.scene.agent.tell(Command::Admit { id: second_id, admitted: true });
    five.scene.customer.wait_session("whom it may let see", |s| s.excluded == [second_id]);
    assert!(five.second.session().is_some_and(|s| s.sharing.is_none()));
    let from = five.scene.customer.lines().len();
    five.scene.customer.tell(Command::Exclude { id: second_id, excluded: false });
    five.second.wait_picture("the first customer's screen", |p| p.different(&there) == 0);
    let s = five.second.wait_session("whose screen", |s| s.sharing.is_some());
    let sharing = s.sharing.expect("a sharing");
    assert_eq!((sharing.sharer, sharing.viewers), (first_id, vec![ada, bob, cleo, second_id]));
    let lines = five.scene.customer.lines();
    let at = |what: &str| lines.iter().skip(from).position(|l| l.contains(what));
    let (told, seen) = (at(r#""notice":"watches","name":"Zoe""#), at(&format!(",{}]", second_id.0)));
    assert!(told.is_some() && told <= seen, "told at {told:?}, seen at {seen:?}");
    // Neither the end of its program nor that of the sharing leaves more than was said.
    five.scene.customer.tell(Command::Exclude { id: second_id, excluded: true });
    five.second.wait_session("nothing to see", |s| s.sharing.is_none());
    assert!(five.second.try_picture().is_none(), "it still shows a picture");
    five.scene.agent.wait_session("its own viewers", |s| {
        s.sharing.as_ref().is_some_and(|s| s.viewers == [ada, bob, cleo])
    });
    five.scene.customer.tell(Command::Exclude { id: second_id, excluded: false });
    five.second.wait_picture("the first customer's screen", |p| p.different(&there) == 0);
    five.scene.customer.tell(Command::StopSharing);
    five.second.wait_session("nothing to see", |s| s.sharing.is_none());
    five.scene.allow(Act::View);
    five.scene.wait_same_picture();
    assert!(five.scene.customer.session().is_some_and(|s| s.excluded == [second_id]));
    assert!(five.second.session().is_some_and(|s| s.sharing.is_none()));
}

#[test]
fn the_role_goes_to_an_assistant_and_back() {
    let mut five = Five::meet();
    let [ada, _, cleo, first_id, _] = five.ids();
    five.scene.agent.tell(Command::HandOver { to: cleo });
    five.wait_agreed(cleo);
    five.scene.customer.wait_session("nothing is shared", |s| s.grants.is_empty() && s.sharing.is_none());
    five.cleo.tell(Command::Ask { act: Act::View });
    five.scene.customer.answer(Act::View, true);
    let there = five.scene.desk.picture();
    five.cleo.wait_picture("the customer's screen", |p| p.different(&there) == 0);
    five.cleo.tell(Command::HandOver { to: ada });
    five.wait_agreed(ada);
    let s = five.scene.customer.wait_session("nothing is shared", |s| s.grants.is_empty());
    assert_eq!((s.helped, s.prompt.is_some()), (Some(first_id), false));
    five.scene.allow(Act::View);
    five.scene.wait_same_picture();
    five.scene.agent.tell(Command::End);
    for peer in [&five.bob, &five.cleo, &five.scene.customer, &five.second] {
        peer.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    }
}
