//! The usual beginning: a server, a customer's computer, an agent, and both in one session.

use std::time::Instant;

use deskside_session::{
    command::{Act, Command},
    input::InputEvent,
    view::{LinkView, View},
};

use crate::{Display, Peer, Picture, Server, peer::Start, wait};

/// Drop order: the peers leave before their server and displays go.
pub struct Scene {
    pub agent: Peer,
    pub customer: Peer,
    pub server: Server,
    /// The customer's computer.
    pub desk: Display,
}

impl Scene {
    /// A customer at a screen of 1280×800 has joined by the number.
    #[track_caller]
    pub fn joined() -> Self {
        Self::on(Server::start(), Display::start(1280, 800, "us"))
    }

    /// The same with this server and this customer's computer.
    #[track_caller]
    pub fn on(server: Server, desk: Display) -> Self {
        Self::with(server, desk, |agent| agent, |customer| customer)
    }

    /// The same, with other ways to start the two peers.
    #[track_caller]
    pub fn with(
        server: Server,
        desk: Display,
        agent: impl FnOnce(Start) -> Start,
        customer: impl FnOnce(Start) -> Start,
    ) -> Self {
        let agent = agent(Start::new("agent", server.url(), None).agent()).start();
        let number = agent.wait_session("a session", |_| true).number.to_string();
        let customer = customer(Start::new("customer", server.url(), Some(&desk)).join(&number)).start();
        let scene = Self { agent, customer, server, desk };
        scene.wait_secure();
        scene
    }

    /// Waits until each shows a proven connection to the other.
    #[track_caller]
    pub fn wait_secure(&self) {
        let both = || [&self.agent, &self.customer].iter().all(|p| p.session().is_some_and(|s| secure(&s)));
        if wait::within(wait::DEADLINE, || both().then_some(())).is_none() {
            panic!("no proven connection\n{}\n{}", self.agent.story(), self.customer.story());
        }
    }

    /// The agent asks, the customer allows.
    #[track_caller]
    pub fn allow(&mut self, act: Act) {
        self.agent.tell(Command::Ask { act });
        self.customer.answer(act, true);
        self.agent.wait_session("the grant", |s| s.grants.iter().any(|g| g.act == act));
    }

    /// View is allowed and the viewer shows what is on the screen.
    #[track_caller]
    pub fn viewing() -> Self {
        let mut scene = Self::joined();
        scene.allow(Act::View);
        scene.wait_same_picture();
        scene
    }

    /// Control is allowed, and the agent's pointer moves the customer's.
    #[track_caller]
    pub fn controlling() -> Self {
        let mut scene = Self::joined();
        scene.take_control();
        scene
    }

    /// Control is asked for and allowed, and works. Input is held back for a moment after each
    /// answer, so the first moves may be lost.
    #[track_caller]
    pub fn take_control(&mut self) {
        self.allow(Act::Control);
        self.wait_same_picture();
        self.wait_hands();
    }

    /// Waits until the customer's pointer follows the agent's.
    #[track_caller]
    pub fn wait_hands(&mut self) {
        let followed = wait::within(wait::DEADLINE, || {
            // Always somewhere else than where it is already.
            let x = if self.desk.pointer().0 == 300 { 310 } else { 300 };
            self.agent.input(InputEvent::Move { x, y: 200 });
            let moved = || (self.desk.pointer() == (x as i16, 200)).then_some(());
            wait::within(std::time::Duration::from_millis(200), moved)
        });
        assert!(followed.is_some(), "the pointer never followed\n{}", self.customer.story());
    }

    /// Waits until a file on the customer's computer says this.
    #[track_caller]
    pub fn wait_file(&self, name: &str, text: &str) {
        let read = || std::fs::read_to_string(self.desk.file(name)).unwrap_or_default();
        if wait::within(wait::DEADLINE, || (read() == text).then_some(())).is_none() {
            panic!("{name} says {:?}\n{}\n{}", read(), self.agent.story(), self.customer.story());
        }
    }

    /// Waits until the viewer's picture is, pixel by pixel, what is on the customer's screen.
    #[track_caller]
    pub fn wait_same_picture(&mut self) -> Picture {
        wait_same_picture(&mut self.agent, &self.customer, &self.desk)
    }
}

/// Waits until the viewer's picture is, pixel by pixel, what is on the sharer's screen.
#[track_caller]
pub fn wait_same_picture(viewer: &mut Peer, sharer: &Peer, screen: &Display) -> Picture {
    let end = Instant::now() + wait::DEADLINE;
    loop {
        let there = screen.picture();
        let here = viewer.try_picture();
        let differ = here.as_ref().map(|p| p.different(&there));
        match here {
            Some(picture) if differ == Some(0) && screen.picture() == there => return picture,
            _ => {}
        }
        assert!(
            Instant::now() < end,
            "the viewer never showed what is on the screen: {differ:?} pixels differ\n{}\n{}",
            viewer.story(),
            sharer.story()
        );
    }
}

/// Somebody else is there, and the connection is proven.
pub fn secure(session: &View) -> bool {
    session.others.iter().any(|o| matches!(o.link, LinkView::Secure { .. }))
}
