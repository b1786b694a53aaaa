//! How long a session takes to come back: from the moment in which it could until the viewer shows what was changed
//! on the screen meanwhile.
//!
//! `return_figures KIND RUNS`; KIND: `cut:SECONDS`, `address`, `server`, `customer` or `agent`. The first two need
//! root. `DESKSIDE_PROGRAMS` names the folder of the programs to be measured.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use deskside_session::command::Act;
use deskside_tests::{Display, Net, Probe, Scene, Server, net, scene::secure, server::AGENT, wait};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let kind = arguments.next().context("what is to be measured?")?;
    let runs: usize = arguments.next().context("how often?")?.parse()?;
    let mut took = match kind.split_once(':') {
        Some(("cut", seconds)) => network(runs, Some(Duration::from_secs(seconds.parse()?))),
        None if kind == "address" => network(runs, None),
        None if ["server", "customer", "agent"].contains(&kind.as_str()) => killed(runs, &kind),
        _ => bail!("nothing is called {kind}"),
    };
    took.sort_unstable();
    let at = |part: f64| took[((took.len() - 1) as f64 * part).ceil() as usize];
    let (median, high) = (at(0.5).as_millis(), at(0.99).as_millis());
    eprintln!("| {kind} | {runs} runs | median {median} ms | 99th percentile {high} ms |");
    Ok(())
}

/// A picture that was not there before, at each run.
fn change(probe: &Probe, run: usize) {
    probe.fill(0, 0, 200, 100, 0x0020_4060 + u32::try_from(run).unwrap_or(0) * 0x0001_0305);
}

/// Waits until the viewer shows what is on the screen.
fn returned(scene: &mut Scene, since: Instant) -> Duration {
    let there = scene.desk.picture();
    scene.agent.wait_picture("what is there now", |p| p.different(&there) == 0);
    since.elapsed()
}

/// Cuts of this length, or another address each time.
fn network(runs: usize, cut: Option<Duration>) -> Vec<Duration> {
    let desk = Display::start(1024, 768, "us");
    let probe = Probe::open(&desk, 50, 60, 200, 100);
    let net = Net::enter();
    let server = Server::at(&format!("{}:0", net::AGENT), &[]);
    let customer = net.customer.clone();
    let mut scene = Scene::with(server, desk, |agent| agent, |start| start.on(&customer));
    scene.allow(Act::View);
    scene.wait_same_picture();
    let mut address = net::CUSTOMER.to_owned();
    let mut measure = |run| {
        if let Some(time) = cut {
            net.cable(false);
            wait::never("an end", time, || scene.customer.ended());
            change(&probe, run);
            net.cable(true);
        } else {
            let next = format!("10.77.41.{}", 10 + run % 200);
            change(&probe, run);
            net.move_customer(&address, &next);
            address = next;
        }
        let took = returned(&mut scene, Instant::now());
        scene.wait_secure();
        // Both must be with the server again, or the next run begins in the middle of this one.
        for peer in [&scene.agent, &scene.customer] {
            peer.wait_session("the server", |s| s.server_up && secure(s));
        }
        eprintln!("{run}: {} ms", took.as_millis());
        took
    };
    (0..runs).map(&mut measure).collect()
}

/// A program is killed and started again; of the server it counts until both are with it.
fn killed(runs: usize, who: &str) -> Vec<Duration> {
    let mut scene = Scene::viewing();
    let probe = Probe::open(&scene.desk, 50, 60, 200, 100);
    let mut took = Vec::new();
    for run in 0..runs {
        let Scene { mut agent, mut customer, mut server, desk } = scene;
        let since = match who {
            "server" => {
                server.kill();
                for peer in [&agent, &customer] {
                    peer.wait_session("the loss", |s| !s.server_up);
                }
                server.start_again();
                Instant::now()
            }
            "customer" => {
                customer.kill();
                let since = Instant::now();
                customer = customer.again(&server, Some(&desk)).start();
                since
            }
            _ => {
                agent.kill();
                let since = Instant::now();
                agent = agent.again(&server, None).sign_in(AGENT).start();
                since
            }
        };
        change(&probe, run);
        scene = Scene { agent, customer, server, desk };
        for peer in [&scene.agent, &scene.customer] {
            peer.wait_session("all others", |s| s.server_up && secure(s));
        }
        took.push(returned(&mut scene, since));
        eprintln!("{run}: {} ms", took[run].as_millis());
    }
    took
}
