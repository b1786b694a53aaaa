//! D3: the agent shows its own desktop to the customer, and may give control of it.

use std::time::Duration;

use deskside_session::{
    command::{Act, Command},
    input::InputEvent,
    view::View,
};
use deskside_tests::{
    Display, Peer, Picture, Server,
    peer::Start,
    scene::{secure, wait_same_picture},
    wait,
};

/// An agent at one display, a customer at another; the agent's desktop is shown.
struct Shown {
    agent: Peer,
    customer: Peer,
    office: Display,
    desk: Display,
    _server: Server,
}

impl Shown {
    fn start() -> Self {
        let server = Server::start();
        let (office, desk) = (Display::start(1024, 700, "us"), Display::start(800, 600, "us"));
        let agent = Peer::agent(&server, Some(&office));
        let number = agent.wait_session("a number", |_| true).number.to_string();
        let customer = Peer::customer(&server, Some(&desk), &number);
        agent.wait_session("the customer", secure);
        customer.wait_session("the agent", secure);
        let mut shown = Self { agent, customer, office, desk, _server: server };
        shown.show();
        shown
    }

    fn show(&mut self) {
        self.agent.tell(Command::Ask { act: Act::Show });
        self.customer.answer(Act::Show, true);
        self.agent.wait_session("the grant", |s| s.grants.iter().any(|g| g.act == Act::Show));
    }

    /// Until the customer's picture is, pixel by pixel, what is on the agent's screen.
    fn wait_same(&mut self) -> Picture {
        wait_same_picture(&mut self.customer, &self.agent, &self.office)
    }

    /// Until all that the customer sent so far arrived: a line of chat comes after it.
    fn wait_arrived(&mut self, line: &str) {
        self.customer.tell(Command::Chat { to: None, text: line.into() });
        self.agent.wait_session("the line", |s| s.chat.iter().any(|l| l.text == line));
    }

    /// Until this is what was typed into the agent's terminal.
    fn wait_typed(&self, text: &str) {
        let read = || std::fs::read_to_string(self.office.file("typed")).unwrap_or_default();
        let typed = wait::within(wait::DEADLINE, || (read() == text).then_some(()));
        assert!(typed.is_some(), "{:?} was typed\n{}\n{}", read(), self.agent.story(), self.customer.story());
    }

    fn give_control(&mut self) {
        let to = self.customer.session().expect("a session").me;
        self.agent.tell(Command::GiveControl { to });
        self.customer.wait_session("control", controls);
        // Until the agent's pointer follows the customer's.
        let followed = wait::within(wait::DEADLINE, || {
            let x = if self.office.pointer().0 == 300 { 310 } else { 300 };
            self.customer.input(InputEvent::Move { x, y: 200 });
            let moved = || (self.office.pointer() == (x as i16, 200)).then_some(());
            wait::within(Duration::from_millis(200), moved)
        });
        assert!(followed.is_some(), "the pointer never followed\n{}", self.agent.story());
    }
}

fn controls(s: &View) -> bool {
    s.sharing.as_ref().is_some_and(|sharing| sharing.controller == Some(s.me))
}

#[test]
fn the_customer_sees_the_agents_screen_as_it_is_until_it_is_stopped() {
    let mut shown = Shown::start();
    shown.wait_same();
    shown.office.terminal("news", "40x10+100+100", "echo news; cat");
    let news = shown.wait_same();
    // Nothing goes the other way.
    assert!(shown.agent.try_picture().is_none());
    shown.agent.tell(Command::Pause { paused: true });
    shown.customer.wait_session("a pause", |s| s.sharing.as_ref().is_some_and(|s| s.paused));
    shown.office.terminal("secret", "40x10+300+300", "echo secret; cat");
    assert_eq!(shown.customer.try_picture().map(|p| p.different(&news)), Some(0), "held");
    shown.agent.tell(Command::StopSharing);
    shown.customer.wait_session("the end", |s| s.sharing.is_none() && s.grants.is_empty());
    assert!(shown.customer.try_picture().is_none());
}

#[test]
fn a_customer_types_on_the_agents_computer_until_the_agent_moves_its_mouse() {
    let mut shown = Shown::start();
    shown.wait_same();
    shown.office.terminal("typing", "80x10+50+50", "cat > typed");
    // Only seen so far.
    shown.customer.type_keys("too soon\n");
    shown.wait_arrived("soon");
    shown.give_control();
    shown.customer.type_keys("hello\n");
    shown.wait_typed("hello\n");
    shown.office.wait_let_go();
    shown.office.move_mouse(400, 300);
    for peer in [&shown.agent, &shown.customer] {
        peer.wait_session("that it was taken back", |s| {
            s.sharing.as_ref().is_some_and(|s| s.controller.is_none())
        });
    }
    shown.customer.type_keys("too late\n");
    shown.wait_arrived("late");
    // It was given once more: what was typed in between was lost, and not kept.
    shown.give_control();
    shown.customer.type_keys("again\n");
    shown.wait_typed("hello\nagain\n");
    shown.customer.tell(Command::ReleaseControl);
    shown.agent.wait_session("that it was given back", |s| {
        s.sharing.as_ref().is_some_and(|s| s.controller.is_none())
    });
}

#[test]
fn seeing_the_customers_screen_takes_the_place_of_showing_the_own_one_and_the_other_way_round() {
    let mut shown = Shown::start();
    shown.wait_same();
    shown.agent.tell(Command::Ask { act: Act::View });
    shown.customer.answer(Act::View, true);
    let there = shown.desk.picture();
    shown.agent.wait_picture("the customer's screen", |p| p.different(&there) == 0);
    assert!(shown.customer.try_picture().is_none());
    shown.show();
    shown.wait_same();
    assert!(shown.agent.try_picture().is_none());
}

#[test]
fn a_customers_escape_stops_nothing_of_its_own_and_the_agents_stops_it_all() {
    let mut shown = Shown::start();
    shown.wait_same();
    shown.office.xdotool(&["key", "--delay", "50", "Escape", "Escape", "Escape"]);
    for peer in [&shown.agent, &shown.customer] {
        peer.wait_session("the end", |s| s.sharing.is_none() && s.grants.is_empty());
    }
}

#[test]
fn in_the_windows_the_agent_shows_by_a_key_and_the_customer_clicks_into_the_picture() {
    let server = Server::start();
    let (office, desk) = (Display::start(1280, 900, "us"), Display::start(1280, 900, "us"));
    let mut agent = Start::new("agent", server.url(), Some(&office)).agent().windows().start();
    let number = agent.wait_session("a number", |_| true).number.to_string();
    let mut customer = Start::new("customer", server.url(), Some(&desk)).windows().join(&number).start();
    agent.wait_session("the customer", secure);
    customer.wait_session("the agent", secure);
    let window = office.window("Deskside").to_string();
    office.xdotool(&["windowactivate", "--sync", &window, "key", "ctrl+shift+e"]);
    customer.answer(Act::Show, true);
    let sharer = agent.session().expect("a session").me;
    customer.wait_session("that it is shown", |s| s.sharing.as_ref().is_some_and(|s| s.sharer == sharer));
    office.window("Deskside: sharing");
    office.terminal("typing", "100x36+0+60", "cat > typed");
    let to = customer.session().expect("a session").me;
    agent.tell(Command::GiveControl { to });
    customer.wait_session("control", controls);
    let seen = desk.window("Deskside").to_string();
    desk.xdotool(&["windowactivate", "--sync", &seen, "windowsize", "--sync", &seen, "1200", "800"]);
    let before = office.pointer();
    let (left, top, ..) = desk.place(desk.window("Deskside"));
    let mut step = 0;
    let followed = wait::within(wait::DEADLINE, || {
        step = (step + 3) % 30;
        desk.move_mouse(left + 200 + step, top + 300);
        desk.click(1);
        wait::within(Duration::from_millis(300), || (office.pointer() != before).then_some(()))
    });
    assert!(followed.is_some(), "the agent's pointer never followed\n{}", customer.story());
    desk.xdotool(&["type", "--delay", "30", "hello"]);
    desk.xdotool(&["key", "Return"]);
    office.file_with("typed", |t| t.ends_with("hello\n"));
    office.wait_let_go();
    // The agent's own hand, and the bar's Stop by its key.
    office.move_mouse(700, 800);
    customer.wait_session("that it was taken back", |s| !controls(s));
    office.xdotool(&["windowactivate", "--sync", &window, "key", "ctrl+shift+h"]);
    customer.wait_session("the end", |s| s.sharing.is_none());
}
