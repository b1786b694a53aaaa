//! X4: programs and the server are killed at random moments, and nothing is lost: the same session, each line of chat
//! once and in order, the grant as it was, no question again.
//!
//! `DESKSIDE_SEED` repeats a run, `DESKSIDE_KILLS` makes it longer.

use std::time::{Duration, Instant};

use deskside_protocol::SessionNumber;
use deskside_session::{
    ParticipantId,
    app::{AppOnly, Screen},
    command::{Act, Command},
    view::{LinkView, View},
};
use deskside_tests::{Dice, Display, Peer, Probe, Scene, Server, peer::Start, server::AGENT, wait};

const BOB: &str = "Bob";
/// A program that comes back shows the last hundred lines: so many of one sender are sure to be among them.
const COMPARED: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Agent,
    Assistant,
    Customer,
    Server,
}

struct Run {
    server: Server,
    /// Agent, assistant and customer.
    peers: [Option<Peer>; 3],
    ids: [ParticipantId; 3],
    number: SessionNumber,
    desk: Display,
    dice: Dice,
    /// Lines that each one was told to say, numbered over all.
    said: usize,
    /// What the one with this place must have said: it lived since it was told so.
    sure: [Vec<String>; 3],
    /// Views of the customer's program with a question: the first one was answered before.
    asked: usize,
}

fn number_of(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

fn questions(customer: &Peer) -> usize {
    customer.lines().iter().filter(|l| l.contains(r#""prompt":{"#)).count()
}

fn all_secure(s: &View) -> bool {
    s.server_up && s.others.len() == 2 && s.others.iter().all(|o| matches!(o.link, LinkView::Secure { .. }))
}

impl Run {
    fn begin(seed: u64) -> Self {
        let mut scene = Scene::joined();
        let agent = scene.agent.session().expect("a session");
        scene.server.add_agent(BOB);
        let mut bob = Start::new("bob", scene.server.url(), None).sign_in(BOB).start();
        bob.wait("the agent's home", |v| matches!(v.screen, Screen::AgentHome { busy: false, .. }));
        // By the link, so that the assistant watches.
        bob.tell(AppOnly::Assist { target: agent.link.expect("a link") });
        let peers = [&scene.agent, &bob, &scene.customer];
        let ids = peers.map(|p| p.wait_session("all three", all_secure).me);
        scene.allow(Act::View);
        scene.customer.wait_session("no question", |s| s.prompt.is_none());
        let asked = questions(&scene.customer);
        let Scene { agent: ada, customer, server, desk } = scene;
        Self {
            server,
            peers: [Some(ada), Some(bob), Some(customer)],
            ids,
            number: agent.number,
            desk,
            // Never zero, which would stay zero.
            dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            said: 0,
            sure: Default::default(),
            asked,
        }
    }

    fn peer(&self, place: usize) -> &Peer {
        self.peers[place].as_ref().expect("it runs")
    }

    /// Everybody says something to all, so many times.
    fn chatter(&mut self, times: u64) {
        for place in (0..times).flat_map(|_| 0..3) {
            self.say(place);
        }
    }

    /// Says something to all, if this one is in the session now.
    fn say(&mut self, place: usize) {
        let peer = self.peers[place].as_mut().expect("it runs");
        if peer.session().is_some() && peer.ended().is_none() {
            self.said += 1;
            let text = format!("{place}:{}", self.said);
            peer.tell(Command::Chat { to: None, text: text.clone() });
            self.sure[place].push(text);
        }
    }

    /// Lets a random while of up to a third of a second pass.
    fn a_moment(&mut self) {
        let while_ = Duration::from_millis(self.dice.roll(330));
        wait::never("an end of the test's own", while_, || None::<()>);
    }

    fn kill(&mut self) -> Victim {
        let victims = [Victim::Agent, Victim::Assistant, Victim::Customer, Victim::Server];
        let victim = victims[self.dice.roll(4) as usize];
        let place = match victim {
            Victim::Agent => 0,
            Victim::Assistant => 1,
            Victim::Customer => 2,
            Victim::Server => {
                self.server.kill();
                self.chatter(1);
                self.a_moment();
                self.server.start_again();
                return victim;
            }
        };
        self.peers[place].as_mut().expect("it runs").kill();
        // What it was told and did not read, or not keep, it never said.
        self.sure[place].clear();
        // The others go on talking while it is away.
        self.say((place + 1) % 3);
        self.say((place + 2) % 3);
        self.a_moment();
        self.again(place);
        victim
    }

    /// Starts a program that has ended again, as the same person.
    fn again(&mut self, place: usize) {
        let peer = self.peers[place].take().expect("it ran");
        let start = peer.again(&self.server, (place == 2).then_some(&self.desk));
        let start = match place {
            0 => start.sign_in(AGENT),
            1 => start.sign_in(BOB),
            _ => start,
        };
        self.peers[place] = Some(start.start());
        if place == 2 {
            self.asked = 0;
        }
    }

    /// An agent's program that signs in just when the server is gone says so and ends; its person tries again.
    fn sign_in_again(&mut self) {
        for place in [0, 1] {
            let status = self.peers[place].as_mut().expect("it runs").ended();
            if status.is_some_and(|s| s.code() == Some(4)) {
                self.again(place);
            }
        }
    }

    /// The lines of one sender as somebody shows them.
    fn lines(&self, sender: usize, reader: usize) -> Vec<String> {
        let chat = self.peer(reader).session().map(|s| s.chat).unwrap_or_default();
        chat.into_iter().filter(|l| l.from == self.ids[sender]).map(|l| l.text).collect()
    }

    fn all_is_back(&self) -> Result<(), String> {
        for (place, id) in self.ids.iter().enumerate() {
            let Some(s) = self.peer(place).session() else { return Err(format!("{place} is in no session")) };
            if !all_secure(&s) || (s.number, s.me) != (self.number, *id) {
                return Err(format!("{place} is not with all others: {s:#?}"));
            }
            if place != 1 && !s.grants.iter().any(|g| g.act == Act::View) {
                return Err(format!("{place} lost the grant: {s:#?}"));
            }
        }
        for sender in 0..3 {
            let own = self.lines(sender, sender);
            if let Some(lost) = self.sure[sender].iter().rev().take(COMPARED).find(|t| !own.contains(t)) {
                return Err(format!("{sender} did not take {lost}: {own:?}"));
            }
            let tail = |lines: &[String]| lines[lines.len().saturating_sub(COMPARED)..].to_vec();
            for reader in 0..3 {
                let read = self.lines(sender, reader);
                if tail(&read) != tail(&own) {
                    return Err(format!("{reader} has of {sender} {read:?}, who said {own:?}"));
                }
            }
        }
        Ok(())
    }

    fn wait_back(&mut self, victim: Victim, since: Instant, probe: &Probe, colour: u32) {
        let mut last = String::new();
        let back = wait::within(wait::DEADLINE, || {
            self.sign_in_again();
            self.all_is_back().map_err(|e| last = e).ok()
        });
        if back.is_none() {
            let stories: Vec<_> = (0..3).map(|n| self.peer(n).story()).collect();
            panic!("after the end of {victim:?}: {last}\n{}", stories.join("\n"));
        }
        eprintln!("{victim:?}: all is back after {} ms", since.elapsed().as_millis());
        for place in 0..3 {
            // No line comes twice, and none before one that was said earlier.
            let (own, mut sorted) = (self.lines(place, place), self.lines(place, place));
            sorted.sort_by_key(|l| l.rsplit(':').next().and_then(|n| n.parse::<usize>().ok()));
            sorted.dedup();
            assert_eq!(own, sorted);
        }
        probe.fill(0, 0, 200, 100, colour);
        let there = self.desk.picture();
        for place in [0, 1] {
            let peer = self.peers[place].as_mut().expect("it runs");
            peer.wait_picture("what is on the screen now", |p| p.different(&there) == 0);
        }
        assert_eq!(questions(self.peer(2)), self.asked, "the customer was asked again");
    }
}

#[test]
fn nothing_is_lost_whoever_is_killed_and_when() {
    let (seed, kills) = (number_of("DESKSIDE_SEED", 1), number_of("DESKSIDE_KILLS", 12));
    eprintln!("DESKSIDE_SEED={seed} DESKSIDE_KILLS={kills}");
    let mut run = Run::begin(seed);
    let probe = Probe::open(&run.desk, 50, 60, 200, 100);
    let mut done = 0;
    while done < kills {
        let lines = 1 + run.dice.roll(2);
        run.chatter(lines);
        run.a_moment();
        let mut victim = run.kill();
        done += 1;
        // Now and then the next one before all is back.
        while done < kills && run.dice.roll(4) == 0 {
            run.a_moment();
            victim = run.kill();
            done += 1;
        }
        run.wait_back(victim, Instant::now(), &probe, 0x0010_2030 + done as u32 * 0x0101);
    }
}
