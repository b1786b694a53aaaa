//! S9: a session is transferred to a queue or to agents; the customer stays connected, the first to take it leads,
//! who transferred leaves; taken by nobody, it comes back.

use deskside_protocol::{
    Role,
    api::Joined,
    transfers::{Refused, Returned, TakeTransfer, TransferOffer, TransferTo},
};
use deskside_session::{
    SessionNumber,
    app::{AppOnly, AppView, Ending, Problem, Screen, TransferView},
    command::{Act, Command},
    view::View,
};
use deskside_tests::{Display, Peer, Scene, Server, peer::Start, scene::secure, server::AGENT};

const BOB: &str = "Bob";
const CYD: &str = "Cyd";

fn scene(settings: &[(&str, &str)]) -> Scene {
    let server = Server::with(settings);
    server.add_agent(BOB);
    Scene::on(server, Display::start(800, 600, "us"))
}

fn at_home(server: &Server, account: &str) -> Peer {
    let agent = Start::new(account, server.url(), None).sign_in(account).start();
    agent.wait("the agent's home", |v| matches!(v.screen, Screen::AgentHome { busy: false, .. }));
    agent
}

fn transfer(agent: &mut Peer, agents: &[&str]) {
    let to = TransferTo::Agents(agents.iter().map(|a| (*a).to_owned()).collect());
    agent.tell(AppOnly::Transfer { to, message: "Knows printers".into() });
}

fn stands(view: &AppView) -> Option<TransferView> {
    match &view.screen {
        Screen::Session { transfer, .. } => *transfer,
        _ => None,
    }
}

#[track_caller]
fn wait_transfer(agent: &Peer, stand: TransferView) {
    agent.wait("how the transfer stands", |v| stands(v) == Some(stand));
}

#[track_caller]
fn wait_offer(agent: &Peer) -> TransferOffer {
    let offers = |v: &AppView| v.desk.clone().map(|d| d.desk.transfers).unwrap_or_default();
    let view = agent.wait("the offer", |v| !offers(v).is_empty());
    offers(&view).remove(0)
}

fn take(agent: &mut Peer, offer: &TransferOffer) {
    agent.tell(AppOnly::TakeTransfer { id: offer.id.clone() });
}

/// Only these two are left, and the agent leads.
#[track_caller]
fn wait_passed(agent: &Peer, customer: &Peer) {
    let alone = |s: &View| s.others.len() == 1 && secure(s);
    agent.wait_session("the customer alone", |s| s.role == Role::Primary && alone(s));
    customer.wait_session("the new agent alone", |s| alone(s) && s.others[0].role == Role::Primary);
}

#[track_caller]
fn wait_left(agent: &Peer) {
    agent.wait("that it has left", |v| matches!(v.screen, Screen::Ended { ending: Ending::Left, .. }));
}

/// The customer's connection was there all the time, from this line on.
#[track_caller]
fn assert_never_alone(customer: &Peer, from: usize) {
    for line in &customer.lines()[from..] {
        assert!(!line.contains("\"others\":[]"), "nobody was there: {line}");
    }
}

#[test]
fn the_first_agent_to_take_it_leads_and_the_customer_stays() {
    let mut scene = scene(&[]);
    scene.server.add_agent(CYD);
    let (mut bob, mut cyd) = (at_home(&scene.server, BOB), at_home(&scene.server, CYD));
    scene.allow(Act::View);
    scene.wait_same_picture();
    scene.customer.tell(Command::Chat { to: None, text: "My printer is blue".into() });
    scene.agent.wait_session("the line", |s| s.chat.len() == 1);
    let from = scene.customer.printed();
    transfer(&mut scene.agent, &[BOB, CYD]);
    wait_transfer(&scene.agent, TransferView::Offered);
    let offer = wait_offer(&bob);
    assert_eq!((offer.from.as_str(), offer.message.as_str()), (AGENT, "Knows printers"));
    assert_eq!(wait_offer(&cyd), TransferOffer { since: wait_offer(&cyd).since, ..offer.clone() });
    take(&mut bob, &offer);
    wait_passed(&bob, &scene.customer);
    wait_left(&scene.agent);
    take(&mut cyd, &offer);
    cyd.wait("that Bob was faster", |v| v.problem == Some(Problem::TransferGone));
    // What was allowed to Ada is not allowed to Bob; the chat stays the customer's.
    scene.customer.wait_session("nothing is shared", |s| s.sharing.is_none() && s.grants.is_empty());
    assert_eq!(scene.customer.session().map(|s| s.chat.len()), Some(1));
    bob.tell(Command::Ask { act: Act::View });
    scene.customer.answer(Act::View, true);
    bob.wait_picture("the customer's screen", |p| p.different(&scene.desk.picture()) == 0);
    bob.tell(Command::Chat { to: None, text: "Let me see".into() });
    scene.customer.wait_session("both lines", |s| s.chat.len() == 2);
    assert_never_alone(&scene.customer, from);
}

#[test]
fn a_queue_may_take_it_and_what_is_allowed_for_the_session_is_asked_no_more() {
    let mut scene = scene(&[]);
    scene.server.add_queue("second", "Second line", &[BOB]);
    let mut bob = at_home(&scene.server, BOB);
    scene.customer.tell(Command::AllowAll);
    scene.customer.wait_session("the leave", |s| s.allow_all);
    let from = scene.customer.printed();
    let to = TransferTo::Queue("second".parse().unwrap());
    scene.agent.tell(AppOnly::Transfer { to, message: String::new() });
    let offer = wait_offer(&bob);
    assert_eq!(offer.queue.as_ref().map(|q| q.as_str()), Some("second"));
    take(&mut bob, &offer);
    wait_passed(&bob, &scene.customer);
    wait_left(&scene.agent);
    bob.tell(Command::Ask { act: Act::View });
    bob.wait_picture("the customer's screen", |p| p.different(&scene.desk.picture()) == 0);
    assert_never_alone(&scene.customer, from);
}

#[test]
fn an_offer_is_taken_back_or_comes_back() {
    let mut scene = scene(&[("queues.transfer_wait", "2")]);
    let bob = at_home(&scene.server, BOB);
    transfer(&mut scene.agent, &[BOB]);
    wait_offer(&bob);
    scene.agent.tell(AppOnly::WithdrawTransfer);
    wait_transfer(&scene.agent, TransferView::Returned { why: Returned::Withdrawn });
    bob.wait("no offer", |v| v.desk.as_ref().is_some_and(|d| d.desk.transfers.is_empty()));
    transfer(&mut scene.agent, &[BOB]);
    wait_transfer(&scene.agent, TransferView::Offered);
    wait_transfer(&scene.agent, TransferView::Returned { why: Returned::Time });
    scene.agent.wait_session("still its own", |s| s.role == Role::Primary && secure(s));
}

#[test]
fn who_took_it_and_never_comes_leads_nothing() {
    let mut scene = scene(&[("sessions.ticket_waits", "2")]);
    let bob = at_home(&scene.server, BOB);
    transfer(&mut scene.agent, &[BOB]);
    let id = wait_offer(&bob).id;
    let claim = TakeTransfer { claim: "A".repeat(22) };
    let token = scene.server.sign_in_as(BOB).token;
    let _: Joined = scene.server.call(&token, "POST", &format!("/api/v1/transfers/{id}/take"), Some(&claim));
    wait_transfer(&scene.agent, TransferView::Taken);
    wait_transfer(&scene.agent, TransferView::Returned { why: Returned::Gone });
    scene.agent.wait_session("still its own", |s| s.role == Role::Primary && secure(s));
}

#[test]
fn what_cannot_be_transferred_is_said() {
    let mut scene = scene(&[]);
    transfer(&mut scene.agent, &["Nobody"]);
    wait_transfer(&scene.agent, TransferView::Refused { why: Refused::NoSuchAgent });
    let to = TransferTo::Agents(vec![BOB.into()]);
    scene.agent.tell(AppOnly::Transfer { to, message: "x".repeat(346) });
    wait_transfer(&scene.agent, TransferView::Refused { why: Refused::Message });
    transfer(&mut scene.agent, &[BOB]);
    wait_transfer(&scene.agent, TransferView::Offered);
    let from = scene.agent.printed();
    transfer(&mut scene.agent, &[BOB]);
    scene.agent.wait_line("that one is under way", from, |l| {
        matches!(l, deskside_tests::peer::Line::Error { .. }).then_some(())
    });
}

/// The agent's program again, in the same session.
fn again(agent: Peer, server: &Server, number: SessionNumber) -> Peer {
    let agent = agent.again(server, None).sign_in(AGENT).start();
    agent.wait_session("the same session", |s| s.number == number);
    agent
}

#[test]
fn a_program_killed_while_it_offers_goes_on() {
    let mut scene = scene(&[]);
    let number = scene.agent.session().expect("a session").number;
    let mut bob = at_home(&scene.server, BOB);
    transfer(&mut scene.agent, &[BOB]);
    let offer = wait_offer(&bob);
    scene.agent.kill();
    let Scene { agent, customer, server, .. } = scene;
    let agent = again(agent, &server, number);
    wait_transfer(&agent, TransferView::Offered);
    take(&mut bob, &offer);
    wait_passed(&bob, &customer);
    wait_left(&agent);
}

#[test]
fn a_program_killed_before_its_word_goes_on() {
    let mut scene = scene(&[]);
    let mut bob = at_home(&scene.server, BOB);
    transfer(&mut scene.agent, &[BOB]);
    let offer = wait_offer(&bob);
    // It never hears that Bob took it.
    scene.agent.signal(libc::SIGSTOP);
    take(&mut bob, &offer);
    bob.wait_session("the customer", |s| {
        s.role == Role::Assistant && s.others.iter().any(|o| o.role == Role::Customer)
    });
    scene.agent.kill();
    let Scene { agent, customer, server, .. } = scene;
    let agent = agent.again(&server, None).sign_in(AGENT).start();
    wait_passed(&bob, &customer);
    wait_left(&agent);
}

#[test]
fn a_server_that_is_killed_meanwhile_changes_nothing() {
    let mut scene = scene(&[]);
    let mut bob = at_home(&scene.server, BOB);
    transfer(&mut scene.agent, &[BOB]);
    let offer = wait_offer(&bob);
    // An offer is shown while it goes to the disk; a sign-in is answered when all before it is there.
    scene.server.sign_in();
    scene.server.kill();
    take(&mut bob, &offer);
    scene.server.start_again();
    wait_passed(&bob, &scene.customer);
    wait_left(&scene.agent);
}
