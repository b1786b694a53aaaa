//! Whole sessions at random: two to eight participants who join, leave, talk, ask, hand over, lose each other
//! and crash. Whatever happens, the rules hold at each step, and in the end everybody agrees.
//!
//! `DESKSIDE_RUNS` says how many runs there are in all; `DESKSIDE_SEED` runs that one alone.

mod rules;

use std::collections::{BTreeMap, BTreeSet};

use deskside_session::{
    Keeping, ParticipantId, Role,
    command::{Act, Command},
    input::InputEvent,
    io::DeviceEvent,
    view::{LinkView, Other, Refusal},
};
use rules::Rules;

use crate::sim::{Guest, Random, Weather, World, agent, customer, secret};

/// Runs in all, shared by the tests below.
const RUNS: u64 = 10_400;
const PARTS: u64 = 8;

struct Life {
    w: World,
    random: Random,
    rules: Rules,
    /// Programs that are down, and what they had kept.
    down: BTreeMap<ParticipantId, Option<Vec<u8>>>,
    /// Who is to leave as soon as another one leads: whoever passes the role to them just then leaves nobody in charge.
    leaving: BTreeSet<ParticipantId>,
    most: usize,
    next: u32,
    said: u32,
    traced: bool,
}

impl Life {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let mut w = World::of(vec![]);
        // An agent who got the link's secret with the role has it nowhere else.
        w.keeping = Keeping::StateAndSecret;
        w.join(agent());
        w.join(customer());
        w.random = Random(seed ^ 0xdead_beef);
        w.weather = Weather { loss: 20, twice: 20, jitter_ms: 30 };
        // Small sessions show most of what can go wrong; large ones cost the square.
        let most = [2, 3, 3, 3, 4, 4, 5, 8][random.below(8) as usize];
        let rules = Rules::default();
        Self {
            w,
            random,
            rules,
            down: BTreeMap::new(),
            leaving: BTreeSet::new(),
            most,
            next: 3,
            said: 0,
            traced: false,
        }
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let i = self.random.below(from.len().max(1) as u64) as usize;
        from.get(i).copied()
    }

    fn of_role(&self, role: Role) -> Vec<ParticipantId> {
        self.w.there().into_iter().filter(|id| self.w.view(*id).role == role).collect()
    }

    fn pair(&mut self) -> Option<(ParticipantId, ParticipantId)> {
        let there = self.w.there();
        let (a, b) = (self.pick(&there)?, self.pick(&there)?);
        (a != b).then_some((a, b))
    }

    /// One random thing.
    fn act(&mut self) -> Option<()> {
        let there = self.w.there();
        let roll = self.random.below(100);
        if self.traced {
            self.trace(roll);
        }
        match roll {
            0..20 => self.chat()?,
            20..32 => {
                let (primary, act) = (self.pick(&self.of_role(Role::Primary))?, self.pick(&Act::ALL)?);
                let act = [act, act, Act::Control, Act::Show][self.random.below(4) as usize];
                self.w.command(primary, Command::Ask { act });
            }
            32..44 => self.answer()?,
            44..50 => self.take_back()?,
            50..56 => {
                let (from, to) = (self.pick(&self.of_role(Role::Primary))?, self.pick(&there)?);
                if self.leaving.contains(&to) {
                    return None;
                }
                let pass = there.len() > 3 && self.random.below(4) == 0;
                if pass {
                    self.leaving.insert(from);
                }
                let command = if pass { Command::PassOn { to: Some(to) } } else { Command::HandOver { to } };
                self.w.command(from, command);
            }
            56..60 => {
                let (primary, id) = (self.pick(&self.of_role(Role::Primary))?, self.pick(&there)?);
                self.w.command(primary, Command::SelectCustomer { id });
            }
            60..64 => {
                let (who, id) = (self.pick(&there)?, self.pick(&there)?);
                if self.random.below(3) == 0 {
                    // The agent's own desktop; one that was not shown is not controlled either.
                    self.rules.lent(who, id);
                    self.w.command(who, Command::GiveControl { to: id });
                    return Some(());
                }
                let yes = self.random.below(3) > 0;
                // As with what is taken back.
                self.w.fuse = None;
                self.rules.shown(who, id, yes);
                self.w.command(who, Command::Admit { id, admitted: yes });
                self.w.command(who, Command::Exclude { id, excluded: !yes });
            }
            64..70 => {
                let who = self.pick(&there)?;
                self.w.device(who, DeviceEvent::PictureSize { width: 80, height: 60 });
                let agent = self.pick(&there)?;
                self.w.command(agent, Command::Input { event: InputEvent::Move { x: 1, y: 2 } });
            }
            70..76 => {
                let (a, b) = self.pair()?;
                self.w.cut(a, b);
            }
            76..80 => {
                let ((a, b), up) = (self.pair()?, self.random.below(2) == 0);
                self.w.path(a, b, up);
            }
            80..83 => {
                let up = !self.w.server_up;
                self.w.server(up);
            }
            83..87 => self.crash()?,
            87..90 => self.restart()?,
            90..92 => {
                let leaver = self.pick(&there)?;
                // Who leaves just when the role comes to it leaves nobody in charge: not what is looked at here.
                let leads = there.iter().any(|id| self.w.primary(*id).contains(&leaver));
                if !leads && there.len() > 2 {
                    // Who dies with the good-bye half said has left.
                    self.w.fuse = None;
                    self.w.command(leaver, Command::Leave);
                }
            }
            _ => self.join()?,
        }
        Some(())
    }

    /// For who looks for the reason of a failure.
    fn trace(&self, roll: u64) {
        let down: Vec<_> = self.down.keys().collect();
        eprintln!("{:?} roll {roll}, server {}, down {down:?}", self.w.now, self.w.server_up);
        for id in self.w.there() {
            let v = self.w.view(id);
            let links: Vec<_> = v.others.iter().map(|o| (o.id.0, &o.link)).collect();
            eprintln!("  {} {:?} {:?} helped {:?} {links:?}", id.0, v.role, self.w.primary(id), v.helped);
        }
    }

    fn chat(&mut self) -> Option<()> {
        let from = self.pick(&self.w.there())?;
        let others: Vec<_> = self.w.view(from).others.iter().map(|o| o.id).collect();
        let to = self.pick(&others).filter(|_| self.random.below(3) == 0);
        // A program that dies while its person writes has taken the line or not: nobody can tell.
        self.w.fuse = None;
        self.said += 1;
        let text = format!("{} {}", from.0, self.said);
        self.w.command(from, Command::Chat { to, text: text.clone() });
        self.rules.said(from, to.map_or(others, |to| vec![to]), text);
        Some(())
    }

    fn answer(&mut self) -> Option<()> {
        let asked = |id: &ParticipantId| self.w.view(*id).prompt.map(|p| (*id, p));
        let (id, prompt) = self.w.there().iter().find_map(asked)?;
        let (allow, all) = (self.random.below(4) > 0, self.random.below(6) == 0);
        if allow {
            self.rules.allowed(id, prompt.from, prompt.act, all);
        }
        self.w.command(id, Command::Answer { request: prompt.request, allow, all });
        Some(())
    }

    fn take_back(&mut self) -> Option<()> {
        let id = self.pick(&self.of_role(Role::Customer))?;
        let act = self.pick(&Act::ALL).filter(|_| self.random.below(2) == 0);
        // Nor here: what was taken back in the instant of a crash may be there after it.
        self.w.fuse = None;
        match self.random.below(7) {
            5 => {
                let agent = self.pick(&self.of_role(Role::Primary))?;
                self.w.command(agent, Command::StopSharing);
            }
            6 => {
                let agent = self.pick(&self.of_role(Role::Primary))?;
                self.w.command(agent, Command::TakeBack);
            }
            0 => {
                self.rules.revoked(id, act);
                self.w.command(id, Command::Revoke { act });
            }
            1 => self.w.device(id, DeviceEvent::OwnInput),
            2 => self.w.command(id, Command::Pause { paused: self.said.is_multiple_of(2) }),
            3 => {
                self.rules.revoked(id, None);
                self.w.command(id, Command::StopSharing);
            }
            _ => {
                let agent = self.pick(&self.w.there())?;
                self.w.command(agent, Command::ReleaseControl);
            }
        }
        Some(())
    }

    /// At once, or in the middle of what it does next.
    fn crash(&mut self) -> Option<()> {
        let id = self.pick(&self.w.there())?;
        if self.random.below(2) == 0 {
            self.w.fuse = Some((id, self.random.below(6) as u32));
        } else {
            let kept = self.w.node(id).kept.clone();
            self.w.kill(id);
            self.down.insert(id, kept);
        }
        Some(())
    }

    fn restart(&mut self) -> Option<()> {
        let ids: Vec<_> = self.down.keys().copied().collect();
        let id = self.pick(&ids).filter(|_| self.w.server_up)?;
        let kept = self.down.remove(&id)?;
        self.rules.restarted(id);
        self.w.restart(id, kept);
        Some(())
    }

    fn join(&mut self) -> Option<()> {
        if !self.w.server_up || self.w.there().len() + self.down.len() >= self.most {
            return None;
        }
        let id = ParticipantId(self.next);
        self.next += 1;
        let role = self.pick(&[Role::Assistant, Role::Assistant, Role::Customer])?;
        let secret = (self.random.below(3) == 0).then(secret);
        self.w.join(Guest { id, role, name: "Guest", secret });
        Some(())
    }

    fn step(&mut self) {
        self.act();
        let ms = [0, 3, 20, 60, 200, 4_000][self.random.below(6) as usize];
        self.w.run(ms);
        self.down.extend(std::mem::take(&mut self.w.fallen));
        self.rules.hold(&mut self.w);
    }

    /// Everything works again: everybody comes back, and agrees.
    fn settle(&mut self) {
        self.w.fuse = None;
        self.w.server(true);
        let there = self.w.there();
        for (a, b) in there.iter().flat_map(|a| there.iter().map(move |b| (*a, *b))) {
            self.w.path(a, b, true);
        }
        while self.restart().is_some() {}
        self.w.run(10_000);
        if self.traced {
            self.trace(0);
        }
        // Who came by link while its secret was still on its way to a new primary agent trusts nobody, and goes.
        for id in self.w.there() {
            let secret = |o: &Other| o.link == LinkView::Refused { reason: Refusal::Secret };
            if self.w.came_by_link(id) && self.w.view(id).others.iter().any(secret) {
                self.w.command(id, Command::Leave);
            }
        }
        self.w.until("all secure", World::all_secure);
        self.w.run(1_000);
        self.rules.hold(&mut self.w);
        self.rules.agree(&self.w);
    }
}

fn live(seed: u64, traced: bool) {
    let mut life = Life { traced, ..Life::new(seed) };
    for _ in 0..10 + seed % 25 {
        life.step();
    }
    life.settle();
}

/// The runs of one part; names the seed that fails.
fn part(n: u64) {
    let number = |name| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    if let Some(seed) = number("DESKSIDE_SEED") {
        if n == 0 {
            live(seed, true);
        }
        return;
    }
    let runs = number("DESKSIDE_RUNS").unwrap_or(RUNS);
    for seed in (n..runs).step_by(PARTS as usize) {
        if let Err(reason) = std::panic::catch_unwind(|| live(seed, false)) {
            let words = reason.downcast_ref::<String>().cloned();
            let words = words.or_else(|| reason.downcast_ref::<&str>().map(|s| (*s).to_owned()));
            panic!("DESKSIDE_SEED={seed}: {}", words.unwrap_or_default());
        }
    }
}

macro_rules! parts {
    ($($name:ident $n:literal),*) => { $(#[test] fn $name() { part($n); })* };
}
parts!(part_0 0, part_1 1, part_2 2, part_3 3, part_4 4, part_5 5, part_6 6, part_7 7);
