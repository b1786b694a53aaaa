//! The figures of `docs/performance.md`: Deskside next to well-known programs, doing the same work on
//! the same machine in the same run. Needs root (network namespaces), Xvfb, openbox, xdotool, and the rivals.
//!
//! `cargo xtask bench` builds everything and runs this; `figures [PROGRAM…]` runs some of
//! `auto`, `tiles`, `h264`, `X0tigervnc`, `x11vnc`, `chromium`; `figures film [PROGRAM…]` only a film on a narrow line; `figures viewers` tells what a session of five costs; `figures lines` what
//! delay, loss and a narrow line do.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

mod chromium;
mod cost;
mod lines;
mod measure;
mod ours;
mod report;
mod rivals;
mod screen;
mod stage;
mod viewers;
mod work;

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use cost::Meter;
use deskside_tests::Net;
use measure::{Figures, Flow, Offset};
use screen::Screen;
use stage::{Display, HEIGHT, WIDTH};
use work::Kind;

const ROUNDS: u32 = 150;
const SECONDS: u64 = 6;
/// A line that carries no film exactly.
const NARROW_KBITS: u32 = 8000;
/// That is all that is measured.
static FILM: AtomicBool = AtomicBool::new(false);

fn main() -> Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if wanted == ["viewers"] {
        return viewers::print();
    }
    if wanted.first().is_some_and(|w| w == "lines") {
        lines::print(&wanted[1..]);
        return Ok(());
    }
    let (film, wanted) = match wanted.split_first() {
        Some((first, rest)) if first == "film" => (true, rest.to_vec()),
        _ => (false, wanted),
    };
    FILM.store(film, Ordering::Relaxed);
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    let net = Net::aside();
    let mut all = Vec::new();
    for coder in ["auto", "tiles", "h264"] {
        if wants(coder) {
            keep(&mut all, coder, ours(&net, coder));
        }
    }
    if wants("X0tigervnc") && rivals::installed("X0tigervnc") {
        keep(&mut all, "X0tigervnc", rival(&net, rivals::x0tigervnc));
    }
    if wants("x11vnc") && rivals::installed("x11vnc") {
        keep(&mut all, "x11vnc", rival(&net, rivals::x11vnc));
    }
    if wants("chromium") && rivals::installed("chromium") {
        keep(&mut all, "chromium", browser(&net));
    }
    report::print(&all);
    Ok(())
}

fn keep(all: &mut Vec<Figures>, name: &str, figures: Result<Figures>) {
    match figures {
        Ok(f) => all.push(f),
        Err(e) => eprintln!("{name}: {e:#}"),
    }
}

fn ours(net: &Net, coder: &str) -> Result<Figures> {
    // Room for the window around the picture.
    let (source, show) = (Display::start(WIDTH, HEIGHT)?, Display::start(2560, 1440)?);
    let (at_source, mut at_viewer) = (Screen::open(&source.name)?, Screen::open(&show.name)?);
    at_viewer.watch()?;
    let mut deskside = ours::Deskside::start(net, &source, &show)?;
    let first = deskside.share(coder, &at_source, &mut at_viewer)?;
    deskside.one_to_one(&show, &at_source, &mut at_viewer)?;
    let meter = deskside.meter(net);
    let mut figures = measured(net, &source, &at_source, &mut at_viewer, &meter)?;
    figures.name = format!("Deskside, {coder}");
    figures.first_ms = Some(first);
    figures.notes.push(format!("joining to a proven connection: {:.0} ms", deskside.join_ms));
    Ok(figures)
}

fn rival(net: &Net, start: fn(&Net, &Display, &Display) -> Result<rivals::Rival>) -> Result<Figures> {
    let (source, show) = (Display::start(WIDTH, HEIGHT)?, Display::start(WIDTH, HEIGHT)?);
    let (at_source, mut at_viewer) = (Screen::open(&source.name)?, Screen::open(&show.name)?);
    at_viewer.watch()?;
    let rival = start(net, &source, &show)?;
    let meter = rival.meter(net);
    let mut figures = measured(net, &source, &at_source, &mut at_viewer, &meter)?;
    figures.name = rival.name.to_owned();
    Ok(figures)
}

fn browser(net: &Net) -> Result<Figures> {
    let (source, show) = (Display::start(WIDTH, HEIGHT)?, Display::start(WIDTH, HEIGHT)?);
    let (at_source, mut at_viewer) = (Screen::open(&source.name)?, Screen::open(&show.name)?);
    at_viewer.watch()?;
    let chromium = chromium::Chromium::start(net, &source, &show)?;
    let meter = chromium.meter(net);
    let mut figures = measured(net, &source, &at_source, &mut at_viewer, &meter)?;
    figures.name = "Chromium, H.264".into();
    Ok(figures)
}

fn measured(
    net: &Net,
    source: &Display,
    at_source: &Screen,
    viewer: &mut Screen,
    meter: &Meter,
) -> Result<Figures> {
    let offset = measure::locate(at_source, viewer)?;
    if FILM.load(Ordering::Relaxed) {
        let narrow = Some(narrow(net, source, viewer, offset, meter)?);
        return Ok(Figures { narrow, ..Figures::default() });
    }
    let mut figures = Figures { still: Some(measure::still(viewer, meter, 10)?), ..Figures::default() };
    figures.change = measure::change(at_source, viewer, offset, ROUNDS)?;
    match measure::key(&source.name, viewer, offset, ROUNDS) {
        Ok(k) => figures.key = k,
        Err(e) => figures.notes.push(format!("key: {e:#}")),
    }
    figures.scroll = Some(measure::flow(&source.name, viewer, offset, Kind::Scroll, meter, SECONDS)?);
    figures.drag = Some(measure::flow(&source.name, viewer, offset, Kind::Drag, meter, SECONDS)?);
    figures.video = Some(measure::flow(&source.name, viewer, offset, Kind::Video, meter, SECONDS)?);
    figures.narrow = Some(narrow(net, source, viewer, offset, meter)?);
    figures.memory_mb = meter.memory()?;
    Ok(figures)
}

/// A film on a line that does not carry it exactly.
fn narrow(net: &Net, source: &Display, viewer: &Screen, at: Offset, meter: &Meter) -> Result<Flow> {
    net.narrow(NARROW_KBITS);
    // All find out first what the line carries.
    measure::flow(&source.name, viewer, at, Kind::Video, meter, 2)?;
    let flow = measure::flow(&source.name, viewer, at, Kind::Video, meter, SECONDS);
    net.widen();
    flow
}
