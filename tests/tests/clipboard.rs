//! D2: clipboard texts and pictures, both ways, when it is granted and not before.

use std::time::Duration;

use deskside_session::{
    command::{Act, Command},
    direction::Direction,
};
use deskside_tests::{Display, Peer, Picture, Server, peer::Start, scene::secure, until, wait};

struct Two {
    agent: Peer,
    customer: Peer,
    desk: Display,
    office: Display,
    _server: Server,
}

fn two() -> Two {
    let server = Server::start();
    let (desk, office) = (Display::start(640, 480, "us"), Display::start(640, 480, "fr"));
    let agent = Start::new("agent", server.url(), Some(&office)).agent().start();
    let number = agent.wait_session("a number", |_| true).number.to_string();
    let customer = Peer::customer(&server, Some(&desk), &number);
    agent.wait_session("the customer", secure);
    customer.wait_session("the agent", secure);
    Two { agent, customer, desk, office, _server: server }
}

#[test]
fn text_travels_both_ways_when_it_is_granted() {
    let mut two = two();
    two.agent.tell(Command::Ask { act: Act::Clipboard });
    two.customer.answer(Act::Clipboard, true);
    two.agent.wait_session("the grant", |s| s.grants.iter().any(|g| g.act == Act::Clipboard));
    two.desk.copy("from the customer: naïve €\nsecond line");
    until("it arrived", || {
        (two.office.clipboard() == "from the customer: naïve €\nsecond line").then_some(())
    });
    two.office.copy("du côté de l'agent");
    until("it arrived", || (two.desk.clipboard() == "du côté de l'agent").then_some(()));
    // Larger than one message.
    let long = "0123456789abcdef".repeat(12_000);
    two.desk.copy(&long);
    until("all of it arrived", || (two.office.clipboard() == long).then_some(()));
}

#[test]
fn a_picture_travels_both_ways_when_it_is_granted() {
    let mut two = two();
    let folder = tempfile::tempdir().unwrap();
    let (there, here) = (two.desk.picture(), two.office.picture());
    let file = |picture: &Picture, name: &str| {
        picture.write(&folder.path().join(name));
        std::fs::read(folder.path().join(name)).unwrap()
    };
    let (first, second) = (file(&there, "first.png"), file(&here, "second.png"));
    let shows = |display: &Display, picture: &Picture| {
        let pasted = display.clipboard_picture();
        if pasted.is_empty() {
            return None;
        }
        std::fs::write(folder.path().join("pasted.png"), pasted).unwrap();
        let pasted = Picture::read(&folder.path().join("pasted.png"));
        (pasted.different(picture) == 0).then_some(())
    };
    two.desk.copy_picture(&first);
    two.agent.tell(Command::Ask { act: Act::Clipboard });
    two.customer.answer(Act::Clipboard, true);
    two.agent.wait_session("the grant", |s| s.grants.iter().any(|g| g.act == Act::Clipboard));
    assert!(two.office.clipboard_picture().is_empty(), "copied before");
    two.desk.copy_picture(&first);
    until("it arrived", || shows(&two.office, &there));
    two.office.copy_picture(&second);
    until("it arrived", || shows(&two.desk, &here));
}

#[test]
fn without_a_grant_nothing_travels() {
    let mut two = two();
    two.agent.tell(Command::Ask { act: Act::View });
    two.customer.answer(Act::View, true);
    two.agent.wait_session("the grant", |s| !s.grants.is_empty());
    two.desk.copy("a secret of the customer");
    two.office.copy("a secret of the agent");
    let (desk, office) = (&two.desk, &two.office);
    wait::never("a clipboard that travelled", Duration::from_secs(2), || {
        (office.clipboard() != "a secret of the agent" || desk.clipboard() != "a secret of the customer")
            .then_some(())
    });
}

#[test]
fn what_is_copied_goes_only_the_way_that_the_customer_chose() {
    let mut two = two();
    two.agent.tell(Command::Ask { act: Act::Clipboard });
    two.customer.answer(Act::Clipboard, true);
    two.agent.wait_session("the grant", |s| s.grants.iter().any(|g| g.act == Act::Clipboard));
    let direct = |two: &mut Two, direction| {
        two.customer.tell(Command::ClipboardDirection { direction });
        two.agent.wait_session("the direction", |s| s.clipboard == direction);
    };
    direct(&mut two, Direction::ToAgent);
    two.office.copy("a secret of the agent");
    two.desk.copy("for the agent");
    until("it arrived", || (two.office.clipboard() == "for the agent").then_some(()));
    two.office.copy("another secret");
    let desk = &two.desk;
    let other = || Some(desk.clipboard()).filter(|c| c != "for the agent");
    wait::never("a clipboard against the direction", Duration::from_secs(1), other);

    direct(&mut two, Direction::ToCustomer);
    two.desk.copy("a secret of the customer");
    two.office.copy("for the customer");
    until("it arrived", || (two.desk.clipboard() == "for the customer").then_some(()));
    two.desk.copy("another secret of the customer");
    let office = &two.office;
    let other = || Some(office.clipboard()).filter(|c| c != "for the customer");
    wait::never("a clipboard against the direction", Duration::from_secs(1), other);

    direct(&mut two, Direction::Both);
    two.desk.copy("both ways again");
    until("it arrived", || (two.office.clipboard() == "both ways again").then_some(()));
}
