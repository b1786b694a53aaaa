//! What a session of five costs, and each viewer more: one customer whose screen is seen by the primary agent and
//! up to three assistants. `figures viewers` prints the table of `docs/performance.md`.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use deskside_session::{
    app::AppOnly,
    command::{Act, Coder, Command},
    view::{LinkView, View},
};
use deskside_tests::{Display, Peer, Scene, Server, account, peer::Start};

use crate::work::{Kind, Work};

const SECONDS: u64 = 8;
const ASSISTANTS: [&str; 3] = ["Bob", "Cleo", "Dan"];

pub fn print() -> Result<()> {
    println!(
        "| coder, work, viewers | customer, cores | viewers, cores each | customer, MB | viewers, MB each |"
    );
    println!("|---|---|---|---|---|");
    for coder in [Coder::Tiles, Coder::H264] {
        let mut scene = Scene::on(Server::start(), Display::start(1920, 1080, "us"));
        scene.allow(Act::View);
        scene.agent.tell(Command::SetCoder { coder });
        let mut assistants = Vec::new();
        for viewers in 1..=1 + ASSISTANTS.len() {
            if let Some(name) = viewers.checked_sub(2).and_then(|i| ASSISTANTS.get(i)) {
                let number = scene.agent.session().context("a session")?.number.to_string();
                assistants.push(watcher(&mut scene, name, &number));
            }
            for kind in [None, Some(Kind::Scroll), Some(Kind::Video)] {
                measure(&scene, &assistants, coder, kind)?;
            }
        }
    }
    Ok(())
}

/// An assistant who sees what the primary agent sees.
fn watcher(scene: &mut Scene, name: &str, number: &str) -> Peer {
    scene.server.add_agent(name);
    let mut peer = Start::new(name, scene.server.url(), None).sign_in(name).start();
    peer.wait("the desk", |v| {
        matches!(v.screen, deskside_session::app::Screen::AgentHome { busy: false, .. })
    });
    peer.tell(AppOnly::Assist { target: number.to_owned() });
    let proven = |s: &View| s.others.iter().all(|o| matches!(o.link, LinkView::Secure { .. }));
    let id = peer.wait_session("all others", |s| s.others.len() >= 2 && proven(s)).me;
    scene.agent.wait_session("the assistant", |s| s.others.iter().any(|o| o.id == id) && proven(s));
    scene.agent.tell(Command::Admit { id, admitted: true });
    peer.wait_picture("the customer's screen", |p| p.width == 1920);
    peer
}

fn measure(scene: &Scene, assistants: &[Peer], coder: Coder, kind: Option<Kind>) -> Result<()> {
    let work = kind.map(|k| Work::start(&scene.desk.name, k)).transpose()?;
    let viewers: Vec<u32> =
        std::iter::once(scene.agent.id()).chain(assistants.iter().map(Peer::id)).collect();
    // The work, and what it set going, has settled.
    pause(Duration::from_secs(2));
    let used = || -> Result<(f64, f64)> {
        let own = account::cpu(scene.customer.id()).context("the customer is gone")?;
        let theirs: Option<f64> = viewers.iter().map(|v| account::cpu(*v)).sum();
        Ok((own, theirs.context("a viewer is gone")?))
    };
    let (before, begin) = (used()?, Instant::now());
    pause(Duration::from_secs(SECONDS));
    let (after, time) = (used()?, begin.elapsed().as_secs_f64());
    if let Some(work) = work {
        work.stop()?;
    }
    let n = viewers.len() as f64;
    let memory: Option<f64> = viewers.iter().map(|v| account::resident(*v)).sum();
    println!(
        "| {coder:?}, {}, {n} | {:.3} | {:.3} | {:.0} | {:.0} |",
        match kind {
            None => "still",
            Some(Kind::Scroll) => "scrolling",
            Some(Kind::Drag) => "dragging",
            Some(Kind::Video) => "film",
        },
        (after.0 - before.0) / time,
        (after.1 - before.1) / time / n,
        account::resident(scene.customer.id()).context("the customer is gone")?,
        memory.context("a viewer is gone")? / n,
    );
    Ok(())
}

/// A span to measure over, not a wait for something.
fn pause(time: Duration) {
    let until = Instant::now() + time;
    while let Some(left) = until.checked_duration_since(Instant::now()) {
        std::thread::park_timeout(left);
    }
}
