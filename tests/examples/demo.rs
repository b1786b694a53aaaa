//! A whole session to look at: `cargo xtask demo`. A customer on a virtual desktop, an agent on this
//! display (or on another virtual one), view and control; pictures of it in `target/demo`.
#![expect(clippy::print_stdout, reason = "it tells a person what to look at")]

use std::{
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use deskside_session::{
    app::{AppOnly, Screen},
    command::{Act, Command},
};
use deskside_tests::{
    Display, Peer, Picture, Server, peer::Start, programs, scene::secure, server::AGENT, until, wait::within,
};

fn main() {
    let keep = std::env::args().any(|a| a == "--keep");
    let pictures = pictures();
    let say = |what: &str| println!("  {what}");

    println!("Deskside, a session from end to end");
    let server = Server::start();
    say(&format!("server at {}, with an account for {AGENT}", server.url()));

    let desk = Display::start(1280, 800, "us");
    desk.terminal("the customer's terminal", "90x24+320+60", "PS1='customer$ ' sh");
    let office = Office::open();
    say(&format!(
        "the customer's computer is the virtual display {}; the agent's is {}",
        desk.name,
        office.name()
    ));

    let mut agent = office.start(Start::new("agent", server.url(), None)).agent().windows().start();
    let number = agent.wait_session("a session", |_| true).number;
    say(&format!("the agent opened a session: {number}"));
    let mut customer = Start::new("customer", server.url(), Some(&desk))
        .join(&number.to_string())
        .arg("--name")
        .arg("Luc")
        .windows()
        .start();
    agent.wait_session("the customer", secure);
    customer.wait_session("the agent", secure);
    say("the customer joined by that number; each side proved its key to the other");
    office.picture(&pictures, "1-agent-session.png");

    agent.tell(Command::Ask { act: Act::View });
    customer.wait_session("a question", |s| s.prompt.is_some());
    let asked = rested(&desk);
    customer.answer(Act::View, true);
    // Only now: writing takes a while, and nobody waits for ever for an answer.
    asked.write(&pictures.join("2-customer-is-asked.png"));
    agent.wait_session("the picture", |s| s.sharing.as_ref().is_some_and(|s| s.width > 0));
    say("asked, and allowed: the agent sees the desktop");
    until("the picture", || agent.try_picture());
    office.picture(&pictures, "3-agent-sees.png");

    agent.tell(Command::Ask { act: Act::Control });
    customer.answer(Act::Control, true);
    agent.wait_session("control", |s| s.grants.iter().any(|g| g.act == Act::Control));
    control(&mut agent, &desk);
    say("asked again, and allowed: the agent typed in the customer's terminal");
    shoot(&desk, &pictures, "4-customer-is-helped.png");
    office.picture(&pictures, "5-agent-controls.png");
    let seen = agent.wait_picture("the picture", |_| true);
    seen.write(&pictures.join("6-what-the-agent-sees.png"));
    say("6-what-the-agent-sees.png is the agent's picture, 4-customer-is-helped.png the customer's screen");
    println!("Look at {}", pictures.display());

    if keep || (office.is_real() && std::io::stdin().is_terminal()) {
        by_hand(&server, &desk);
    }
    agent.tell(Command::End);
    customer.wait("the end", |v| matches!(v.screen, Screen::Ended { .. }));
    customer.tell(AppOnly::Quit);
    assert!(customer.wait_exit().success(), "the customer's program ended in order");
}

/// Types a command until the terminal shows its effect: right after an answer input is held back.
fn control(agent: &mut Peer, desk: &Display) {
    until("the agent's hand", || {
        agent.click(deskside_session::input::Button::Left, 600, 300);
        within(Duration::from_millis(300), || (desk.pointer() == (600, 300)).then_some(()))
    });
    agent.type_keys("echo \"Hello from the agent: é ß ж\" | tee greeting\n");
    desk.file_with("greeting", |t| t.contains("Hello"));
    let shown = desk.picture();
    until("the text on the screen", || (desk.picture() == shown).then_some(()));
}

/// Where the agent sits.
enum Office {
    /// The display of the person who runs this.
    Here(String),
    Virtual(Box<Display>),
}

impl Office {
    fn open() -> Self {
        match std::env::var("DISPLAY") {
            Ok(name) if !name.is_empty() => Self::Here(name),
            _ => Self::Virtual(Box::new(Display::start(1280, 900, "us"))),
        }
    }

    fn is_real(&self) -> bool {
        matches!(self, Self::Here(_))
    }

    fn name(&self) -> &str {
        match self {
            Self::Here(name) => name,
            Self::Virtual(display) => &display.name,
        }
    }

    fn start(&self, start: Start) -> Start {
        start.env("DISPLAY", self.name())
    }

    /// Nothing of a real display is kept: a person looks at it.
    fn picture(&self, folder: &Path, name: &str) {
        if let Self::Virtual(display) = self {
            shoot(display, folder, name);
        }
    }
}

fn shoot(display: &Display, folder: &Path, name: &str) {
    rested(display).write(&folder.join(name));
}

/// What is shown once the windows rest, or after a while: a question counts down all the time.
fn rested(display: &Display) -> Picture {
    let mut last = display.picture();
    let mut still = Instant::now();
    within(Duration::from_secs(4), || {
        let now = display.picture();
        if now != last {
            last = now;
            still = Instant::now();
        }
        (still.elapsed() > Duration::from_millis(700) && last.colours(16) >= 16).then_some(())
    });
    last
}

fn pictures() -> PathBuf {
    let folder = programs::deskside();
    let target = folder.ancestors().nth(2).unwrap_or(Path::new("target"));
    let pictures = target.join("demo");
    std::fs::create_dir_all(&pictures).expect("a folder for the pictures");
    pictures
}

fn by_hand(server: &Server, desk: &Display) {
    println!("It goes on until you press Enter (or Ctrl-C). Meanwhile, by hand:");
    println!("  {} --server {} agent", programs::deskside().display(), server.url());
    println!("     sign in as {AGENT} with: {}", deskside_tests::server::PASSWORD);
    println!("  DISPLAY={} {} --server {}", desk.name, programs::deskside().display(), server.url());
    println!("  import -display {} -window root now.png      # the customer's screen", desk.name);
    if std::io::stdin().read(&mut [0]).unwrap_or(0) == 0 {
        // No terminal to press Enter on: until it is ended from outside.
        loop {
            std::thread::park();
        }
    }
}
