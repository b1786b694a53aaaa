//! 300 kbit/s, 20 ms each way, and 2 % of the packets lost: what scrolls stays readable, and control goes on.

use std::{
    collections::VecDeque,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use deskside_session::{
    command::{Coder, Command},
    input::Button,
};
use deskside_tests::{
    Display, Net, Picture, Probe, Quality, Scene, Server, net,
    probe::Seen,
    until,
    wait::{self, DEADLINE},
};

const SLOW: Quality = Quality {
    delay: Duration::from_millis(20),
    rate: Some(300_000),
    queue: Duration::from_millis(250),
    lost: 20,
};
/// Where the terminal is surely seen: left, top, width, height.
const TEXT: [usize; 4] = [30, 50, 560, 400];
/// Structural similarity from which letters of this size can be read.
const READABLE: f64 = 0.9;

/// A connection that is stuck is so for longer.
const CLICK: Duration = Duration::from_secs(20);

/// Ten lines of coloured text a second.
fn scrolling(desk: &Display) {
    let script = r#"n=0; while :; do n=$((n+1))
        printf '\033[38;5;%dm%d all this must be read while it scrolls\033[0m by who helps\n' $((n % 200 + 20)) $n
        sleep 0.1; done"#;
    let place = ["-geometry", "96x40+20+20", "-title", "scrolls"];
    desk.run("xterm", &[&["-u8", "-fn", "6x13"], &place[..], &["-e", "sh", "-c", script]].concat());
    desk.window("scrolls");
}

fn over_a_slow_line() -> (Scene, Net) {
    over(SLOW)
}

fn over(quality: Quality) -> (Scene, Net) {
    let desk = Display::start(1280, 800, "us");
    let (net, line) = Net::over(Quality::GOOD);
    net.go();
    let server = Server::at(&format!("{}:0", net::AGENT), &[]);
    let customer = net.customer.clone();
    let mut scene = Scene::with(server, desk, |agent| agent, |start| start.on(&customer));
    line.set(quality);
    scene.take_control();
    (scene, net)
}

/// How alike the text is to what was on the screen at some moment (1: the same); and how old that is.
fn nearest(seen: &Picture, past: &VecDeque<(Instant, Picture)>) -> Option<(f64, Duration)> {
    let all = past.iter().map(|(at, p)| (seen.ssim(p), at.elapsed()));
    all.max_by(|a, b| a.0.total_cmp(&b.0))
}

#[test]
fn a_terminal_that_scrolls_stays_readable() {
    let (mut scene, _net) = over_a_slow_line();
    scrolling(&scene.desk);
    let mut past: VecDeque<(Instant, Picture)> = VecDeque::new();
    let (mut good, mut seen) = (0, Vec::new());
    let mut last = None;
    let end = Instant::now() + DEADLINE;
    while good < 10 {
        let [x, y, w, h] = TEXT;
        past.push_back((Instant::now(), scene.desk.picture().part(x, y, w, h)));
        past.retain(|(at, _)| at.elapsed() < Duration::from_secs(5));
        let text = scene.agent.try_picture().map(|p| p.part(x, y, w, h));
        // A picture that stands still is not readable for long.
        if let Some(text) = text.filter(|t| last.as_ref() != Some(t)) {
            let found = nearest(&text, &past).expect("something was on the screen");
            good = if found.0 > READABLE { good + 1 } else { 0 };
            seen.push(found);
            last = Some(text);
        }
        assert!(Instant::now() < end, "never ten in a row: {seen:?}\n{}", scene.agent.story());
    }
    for (alike, age) in &seen {
        eprintln!("{alike:.3} alike, {:.2} s old", age.as_secs_f64());
    }
}

#[test]
fn control_goes_on_while_it_scrolls() {
    let (mut scene, _net) = over_a_slow_line();
    scrolling(&scene.desk);
    let mut probe = Probe::open(&scene.desk, 900, 500, 64, 64);
    for n in 0..20u32 {
        let colour = [0xff, 0x00, if n % 2 == 0 { 0xfe } else { 0x40 }];
        let begin = Instant::now();
        probe.forget();
        scene.agent.click(Button::Left, 920, 520);
        let pressed =
            || probe.seen().iter().any(|s| matches!(s, Seen::Press { button: 1, .. })).then_some(());
        assert!(wait::within(CLICK, pressed).is_some(), "no click came\n{}", scene.customer.story());
        let there = begin.elapsed();
        probe.fill(0, 0, 64, 64, u32::from_be_bytes([0, colour[0], colour[1], colour[2]]));
        until("the reaction at the viewer", || {
            let near = |p: [u8; 3]| p.iter().zip(&colour).all(|(a, b)| a.abs_diff(*b) < 40);
            scene.agent.try_picture().is_some_and(|p| near(p.pixel(950, 550))).then_some(())
        });
        eprintln!("a click arrived after {there:.2?}, its effect was seen after {:.2?}", begin.elapsed());
    }
}

/// A film that loses each picture shows three or four in a minute.
const SHOWN: u32 = 12;

fn grain(i: u32, picture: u32) -> u8 {
    (i.wrapping_add(picture * 7919).wrapping_mul(2_654_435_761) >> 24) as u8
}

/// A pixel full of grain, by its number.
fn grainy(i: u32, picture: u32) -> [u8; 4] {
    [grain(i, picture), grain(i + 1, picture), (picture * 3) as u8, 0]
}

/// Small squares of any colour: no coder makes little of them.
fn squares(i: u32, picture: u32) -> [u8; 4] {
    let square = i % 600 / 4 + i / 600 / 4 * 150;
    [grain(square, picture), grain(square + 1, picture), grain(square * 3, picture), 0]
}

/// Pictures of 600×600 pixels, thirty a second, until it is told to stop.
fn film(probe: &Probe, pixel: fn(u32, u32) -> [u8; 4], stop: &AtomicBool) {
    let pictures: Vec<Vec<u8>> =
        (0..15).map(|n| (0..600 * 600).flat_map(|i| pixel(i, n)).collect()).collect();
    let begin = Instant::now();
    for (number, pixels) in (1u32..).zip(pictures.iter().cycle()) {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        probe.draw(0, 0, 600, 600, pixels);
        let next = begin + Duration::from_millis(33) * number;
        std::thread::park_timeout(next.saturating_duration_since(Instant::now()));
    }
}

#[test]
fn a_film_goes_on_where_packets_are_lost() {
    let (mut scene, _net) = over(Quality { lost: 10, delay: Duration::from_millis(20), ..Quality::GOOD });
    scene.agent.tell(Command::SetCoder { coder: Coder::H264 });
    scene.agent.wait_session("H.264", |s| s.sharing.as_ref().is_some_and(|s| s.coder == Coder::H264));
    let probe = Probe::open(&scene.desk, 300, 100, 600, 600);
    let stop = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| film(&probe, grainy, &stop));
        let mut last = None;
        let end = Instant::now() + DEADLINE;
        let mut shown = 0;
        while shown < SHOWN && Instant::now() < end {
            let now = scene.agent.try_picture().map(|p| p.part(350, 150, 500, 500));
            if now.is_some() && now != last {
                (shown, last) = (shown + 1, now);
            }
        }
        stop.store(true, Ordering::Relaxed);
        assert_eq!(shown, SHOWN, "the film stood still\n{}", scene.agent.story());
    });
}

/// Changes beside a film, and how many of them must be seen before the film's next picture.
const CHANGES: u32 = 12;
const FIRST: usize = 6;

#[test]
fn what_changes_beside_a_film_does_not_wait_for_it() {
    let (mut scene, _net) = over_a_slow_line();
    let probe = Probe::open(&scene.desk, 300, 100, 600, 600);
    let beside = Probe::open(&scene.desk, 1024, 600, 128, 128);
    let stop = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| film(&probe, squares, &stop));
        scene.agent.wait_session("H.264", |s| s.sharing.as_ref().is_some_and(|s| s.coder == Coder::H264));
        let mut pictures = Vec::new();
        let end = Instant::now() + DEADLINE;
        for n in 0..CHANGES {
            let mut film = None;
            let mut next = || {
                let all = scene.agent.try_picture()?;
                let now = all.part(350, 150, 500, 500);
                let new = film.replace(now.clone()).is_some_and(|before| before != now);
                Some((all.pixel(1060, 640), new))
            };
            // In the middle of a picture, which takes much of a second.
            while !next().is_some_and(|(_, new)| new) && Instant::now() < end {}
            let colour = [0x10, if n % 2 == 0 { 0xe0 } else { 0x20 }, 0x70];
            beside.fill(0, 0, 128, 128, u32::from_be_bytes([0, colour[0], colour[1], colour[2]]));
            let mut shown = 0;
            while Instant::now() < end {
                let Some((pixel, new)) = next() else { continue };
                shown += u32::from(new);
                if pixel == colour {
                    break;
                }
            }
            pictures.push(shown);
        }
        stop.store(true, Ordering::Relaxed);
        eprintln!("pictures of the film before each change was seen: {pictures:?}");
        let first = pictures.iter().filter(|p| **p == 0).count();
        assert!(first >= FIRST, "{pictures:?}\n{}", scene.customer.story());
    });
}
