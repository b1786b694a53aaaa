//! What a change and a key take on lines that delay and lose packets. The same line for all, by which every packet goes.

use std::time::Duration;

use anyhow::Result;
use deskside_tests::{Net, Quality};

use crate::{
    ROUNDS, measure,
    measure::{Flow, Spread},
    ours,
    rivals::{self, Rival},
    screen::Screen,
    stage::{Display, HEIGHT, WIDTH},
    work::{Kind, Work},
};

const SECONDS: u64 = 8;

const LINES: [(&str, Quality); 3] = [
    ("20 ms each way, 1 % lost", line(20, None, 10)),
    ("20 ms each way, 2 Mbit/s", line(20, Some(2_000_000), 0)),
    ("20 ms each way, 300 kbit/s, 2 % lost", line(20, Some(300_000), 20)),
];

const fn line(delay: u64, rate: Option<u32>, lost: u64) -> Quality {
    Quality { delay: Duration::from_millis(delay), rate, queue: Duration::from_millis(250), lost }
}

struct Seen {
    change: Option<Spread>,
    key: Option<Spread>,
    /// While text scrolls in another window.
    busy_key: Option<Spread>,
    scroll: Option<Flow>,
}

/// `only`: a part of the lines' names, and of the programs'.
pub fn print(only: &[String]) {
    let wants = |name: &str, of: &[&str]| {
        let mine: Vec<_> = only.iter().filter(|o| of.iter().any(|n| n.contains(o.as_str()))).collect();
        mine.is_empty() || mine.iter().any(|o| name.contains(o.as_str()))
    };
    let programs = ["Deskside", "X0tigervnc"];
    for (name, quality) in LINES {
        if !wants(name, &LINES.map(|(n, _)| n)) {
            continue;
        }
        println!(
            "\n| {name} | change, ms | key, ms | key while text scrolls, ms | scrolling: pictures/s, kB/s |\n|---|---|---|---|---|"
        );
        for program in programs.into_iter().filter(|p| wants(p, &programs)) {
            match measured(program, quality) {
                Ok(seen) => row(program, &seen),
                Err(e) => eprintln!("{program}: {e:#}"),
            }
        }
    }
}

fn row(program: &str, seen: &Seen) {
    let two = |s: Option<Spread>| s.map_or("–".into(), |s| format!("{:.0} ({:.0})", s.median, s.p95));
    let scroll = seen.scroll.map_or("–".into(), |f| format!("{:.1}, {:.0}", f.fps, f.cost.kb_s));
    println!("| {program} | {} | {} | {} | {scroll} |", two(seen.change), two(seen.key), two(seen.busy_key));
}

fn measured(program: &str, quality: Quality) -> Result<Seen> {
    let (net, _line) = Net::over(quality);
    let source = Display::start(WIDTH, HEIGHT)?;
    let rival = program != "Deskside";
    // Room for the window around the picture.
    let (width, height) = if rival { (WIDTH, HEIGHT) } else { (2560, 1440) };
    let show = Display::start(width, height)?;
    let (at_source, mut viewer) = (Screen::open(&source.name)?, Screen::open(&show.name)?);
    viewer.watch()?;
    let (meter, _programs): (_, Box<dyn std::any::Any>) = if rival {
        let rival: Rival = rivals::x0tigervnc(&net, &source, &show)?;
        (rival.meter(&net), Box::new(rival))
    } else {
        let mut deskside = ours::Deskside::start(&net, &source, &show)?;
        let first = deskside.share("auto", &at_source, &mut viewer)?;
        eprintln!("{program}: first picture after {first:.0} ms");
        deskside.one_to_one(&show, &at_source, &mut viewer)?;
        (deskside.meter(&net), Box::new(deskside))
    };
    let offset = measure::locate(&at_source, &mut viewer)?;
    let change = noted("change", measure::change(&at_source, &viewer, offset, ROUNDS));
    let key = noted("key", measure::key(&source.name, &viewer, offset, ROUNDS));
    let work = Work::start(&source.name, Kind::Scroll)?;
    let busy_key = noted("busy key", measure::key(&source.name, &viewer, offset, ROUNDS / 2));
    work.stop()?;
    let scroll = measure::flow(&source.name, &viewer, offset, Kind::Scroll, &meter, SECONDS);
    Ok(Seen { change, key, busy_key, scroll: noted("scroll", scroll.map(Some)) })
}

fn noted<T>(what: &str, result: Result<Option<T>>) -> Option<T> {
    result.unwrap_or_else(|e| {
        eprintln!("{what}: {e:#}");
        None
    })
}
