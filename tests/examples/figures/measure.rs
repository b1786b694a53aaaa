//! The measurements, the same for every program: only the two displays are looked at.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use x11rb::{connection::Connection, protocol::xproto::Rectangle};

use crate::{
    cost::{Cost, Meter},
    screen::Screen,
    work::{self, Kind, MARK, Reactor, Work},
};

/// Median and 95th percentile, milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub median: f64,
    pub p95: f64,
}

pub fn spread(mut ms: Vec<f64>) -> Option<Spread> {
    ms.sort_by(f64::total_cmp);
    let at = |p: f64| ms.get(((ms.len().checked_sub(1)?) as f64 * p).round() as usize).copied();
    Some(Spread { median: at(0.5)?, p95: at(0.95)? })
}

#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// Pictures a second seen by the viewer.
    pub fps: f64,
    pub latency: Option<Spread>,
    pub cost: Cost,
}

/// Everything measured of one program.
#[derive(Debug, Default)]
pub struct Figures {
    pub name: String,
    pub first_ms: Option<f64>,
    pub change: Option<Spread>,
    pub key: Option<Spread>,
    pub still: Option<Cost>,
    pub scroll: Option<Flow>,
    pub drag: Option<Flow>,
    pub video: Option<Flow>,
    /// The same on a line of 8 Mbit/s.
    pub narrow: Option<Flow>,
    pub memory_mb: (f64, f64),
    pub notes: Vec<String>,
}

/// Where the shared picture is on the viewer's display.
#[derive(Clone, Copy, Debug)]
pub struct Offset(i16, i16);

const PATIENCE: Duration = Duration::from_secs(10);
/// Lossy coding may change a colour by so much.
const SLACK: i32 = 40;

/// Pixels of the viewer's display for one of the source.
pub fn scale(source: &Screen, viewer: &mut Screen) -> Result<f64> {
    // What was just resized is still being drawn.
    let settle = Instant::now() + Duration::from_millis(700);
    while viewer.wait(settle)? {}
    let far = 1600;
    let left = locate_at(source, viewer, 100, 0xff_20_e0)?;
    let right = locate_at(source, viewer, 100 + far, 0x20_e0_ff)?;
    Ok(f64::from(right.0 - left.0) / f64::from(far))
}

/// Waits until a marker is seen at the viewer, and tells where.
pub fn locate(source: &Screen, viewer: &mut Screen) -> Result<Offset> {
    let found = locate_at(source, viewer, MARK.0, 0xff_20_e0)?;
    Ok(Offset(found.0 - MARK.0, found.1 - MARK.1))
}

fn locate_at(source: &Screen, viewer: &mut Screen, x: i16, colour: u32) -> Result<(i16, i16)> {
    let mark = source.window(x, MARK.1, 64, 64, colour)?;
    let until = Instant::now() + PATIENCE;
    let found = loop {
        if let Some(at) = viewer.find(colour, SLACK)? {
            break at;
        }
        viewer.wait((Instant::now() + Duration::from_millis(200)).min(until))?;
        anyhow::ensure!(Instant::now() < until, "the viewer shows no picture");
    };
    x11rb::protocol::xproto::ConnectionExt::destroy_window(&source.x, mark)?;
    x11rb::wrapper::ConnectionExt::sync(&source.x)?;
    Ok(found)
}

/// A change on the customer's screen → the same pixels at the viewer.
pub fn change(source: &Screen, viewer: &Screen, at: Offset, rounds: u32) -> Result<Option<Spread>> {
    let window = source.window(MARK.0, MARK.1, 32, 32, work::colour_of(0))?;
    let gc = source.gc(window)?;
    let (x, y) = (at.0 + MARK.0 + 8, at.1 + MARK.1 + 8);
    viewer.wait_pixel(x, y, |c| work::number_of(c) == 0, PATIENCE)?;
    let mut ms = Vec::new();
    for n in 1..=rounds {
        let number = n % work::NUMBERS;
        let all = Rectangle { x: 0, y: 0, width: 32, height: 32 };
        let begin = Instant::now();
        source.fill(gc, window, all, work::colour_of(number))?;
        source.x.flush()?;
        let seen = viewer.wait_pixel(x, y, |c| work::number_of(c) == number, PATIENCE)?;
        ms.push((seen - begin).as_secs_f64() * 1e3);
        // Not in step with anybody's timer.
        std::thread::park_timeout(Duration::from_millis(23 + u64::from(n * 7 % 19)));
    }
    x11rb::protocol::xproto::ConnectionExt::destroy_window(&source.x, window)?;
    x11rb::wrapper::ConnectionExt::sync(&source.x)?;
    Ok(spread(ms))
}

/// A key at the viewer → the reaction of a program on the customer's screen, seen at the viewer.
pub fn key(source: &str, viewer: &Screen, at: Offset, rounds: u32) -> Result<Option<Spread>> {
    let reactor = Reactor::start(source)?;
    let (x, y) = (at.0 + MARK.0 + 100, at.1 + MARK.1 + 100);
    viewer.wait_pixel(x, y, |c| work::number_of(c) == 0, PATIENCE)?;
    // The pointer over the picture, and the keyboard to it.
    viewer.click(x, y)?;
    std::thread::park_timeout(Duration::from_millis(500));
    let mut ms = Vec::new();
    let mut n = 0;
    while n < rounds {
        n += 1;
        let before = work::number_of(viewer.pixel(x, y)?);
        let begin = Instant::now();
        // Keycode 38 is the letter A's place.
        viewer.tap(38)?;
        let seen = viewer
            .wait_pixel(x, y, |c| work::number_of(c) != before, PATIENCE)
            .context("the key had no effect")?;
        ms.push((seen - begin).as_secs_f64() * 1e3);
        std::thread::park_timeout(Duration::from_millis(31 + u64::from(n * 5 % 17)));
    }
    drop(reactor);
    Ok(spread(ms))
}

/// Pictures a second, their delay, and what they cost, for some seconds of work.
pub fn flow(
    source: &str,
    viewer: &Screen,
    at: Offset,
    kind: Kind,
    meter: &Meter,
    seconds: u64,
) -> Result<Flow> {
    let work = Work::start(source, kind)?;
    let (x, y) = (at.0 + MARK.0 + 12, at.1 + MARK.1 + 12);
    // The first second is not counted.
    let mut until = Instant::now() + Duration::from_secs(1);
    while viewer.wait(until)? {}
    until = Instant::now() + Duration::from_secs(seconds);
    let begin = Instant::now();
    let before = meter.read()?;
    let mut last = work::number_of(viewer.pixel(x, y)?);
    let (mut shown, mut ms) = (0u32, Vec::new());
    while viewer.wait(until)? {
        let number = work::number_of(viewer.pixel(x, y)?);
        if number == last {
            continue;
        }
        let now = Instant::now();
        last = number;
        shown += 1;
        // The newest picture with this number is the one that is seen.
        if let Ok(drawn) = work.drawn.lock() {
            let newest = drawn.iter().filter(|(n, t)| *n % work::NUMBERS == number && **t <= now);
            if let Some((_, t)) = newest.max_by_key(|(n, _)| **n) {
                ms.push((now - *t).as_secs_f64() * 1e3);
            }
        }
        if let Ok(mut drawn) = work.drawn.lock() {
            drawn.retain(|_, t| now - *t < Duration::from_secs(1));
        }
    }
    let elapsed = begin.elapsed();
    let cost = meter.read()?.since(&before, elapsed);
    work.stop()?;
    Ok(Flow { fps: f64::from(shown) / elapsed.as_secs_f64(), latency: spread(ms), cost })
}

/// What it costs when nothing happens.
pub fn still(viewer: &Screen, meter: &Meter, seconds: u64) -> Result<Cost> {
    let settle = Instant::now() + Duration::from_secs(3);
    while viewer.wait(settle)? {}
    let begin = Instant::now();
    let before = meter.read()?;
    let until = begin + Duration::from_secs(seconds);
    while viewer.wait(until)? {}
    Ok(meter.read()?.since(&before, begin.elapsed()))
}
