//! Prints what the coders take: time and bytes at 1920×1080, for pictures as they are on desktops.
//! Times are processor time of the one thread, so that a busy machine shifts them less.
//! `cargo run --release -p deskside-media --example coder_figures`
#![allow(clippy::print_stdout)]

mod scenes;

use std::time::Duration;
#[cfg(windows)]
use std::{sync::LazyLock, time::Instant};

use deskside_media::{
    FrameBuf, Rect, h264,
    tiles::{Decoder, Encoder},
};
use scenes::{
    Canvas, Dragging, Film, Noise, Scene, Scrolling, Typing, desktop, luma_psnr, plain_desktop, psnr,
};

const WIDTH: u16 = 1920;
const HEIGHT: u16 = 1080;

fn main() {
    let only = std::env::args().nth(1);
    let wanted = |part: &str| only.as_deref().is_none_or(|o| o == part);
    if wanted("tiles") {
        tiles();
    }
    if wanted("h264") {
        video();
    }
}

fn work() -> Vec<(Box<dyn Scene>, usize)> {
    vec![
        (Box::new(Typing::default()), 300),
        (Box::new(Scrolling { whole: false }), 120),
        (Box::new(Scrolling { whole: true }), 120),
        (Box::new(Dragging::default()), 120),
        (Box::new(Film::default()), 60),
        (Box::new(Noise), 10),
    ]
}

/// Processor time of this thread.
#[cfg(unix)]
fn now() -> Duration {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call only writes to `t`.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut t) };
    Duration::new(t.tv_sec as u64, t.tv_nsec as u32)
}

/// Time on the clock, where a thread's own is not counted finely enough.
#[cfg(windows)]
fn now() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn add(&mut self, since: Duration) {
        self.0.push(now().saturating_sub(since));
    }

    /// Least, median and 95th percentile, milliseconds.
    fn figures(&mut self) -> String {
        self.0.sort_unstable();
        let at = |part: usize| self.0.get(self.0.len() * part / 100).map_or(0.0, |d| d.as_secs_f64() * 1e3);
        format!("{:7.3} {:7.3} {:7.3}", at(0), at(50), at(95))
    }
}

fn tiles() {
    println!(
        "lossless tiles, {WIDTH}×{HEIGHT}            encode ms               decode ms           bytes   bit/px  painted    moved"
    );
    println!("                                   least  median     p95   least  median     p95");
    let mut c = desktop(WIDTH, HEIGHT);
    whole(&c, "whole picture, smooth text");
    whole(&plain_desktop(WIDTH, HEIGHT), "whole picture, few colours");
    if std::env::args().nth(2).is_some_and(|o| o == "text") {
        return;
    }
    let mut photo = Canvas::new(WIDTH, HEIGHT, 0);
    photo.photo(photo.whole(), 1.0);
    whole(&photo, "whole picture, photo");
    let only = std::env::args().nth(2);
    for (mut scene, steps) in work() {
        if only.as_deref().is_some_and(|o| !scene.name().contains(o)) {
            continue;
        }
        let mut encoder = Encoder::new(WIDTH, HEIGHT);
        let mut decoder = Decoder::new();
        let mut frame = vec![0; c.data.len()];
        let mut run = Run::default();
        run.step(&c, &[], &mut encoder, &mut decoder, &mut frame);
        run = Run::default();
        for _ in 0..steps {
            let damage = scene.step(&mut c);
            run.step(&c, &damage, &mut encoder, &mut decoder, &mut frame);
        }
        assert_eq!(psnr(&c.data, &frame), f64::INFINITY, "the pictures differ");
        run.print(scene.name());
    }
}

fn whole(c: &Canvas, name: &str) {
    let mut encoder = Encoder::new(WIDTH, HEIGHT);
    let mut decoder = Decoder::new();
    let mut frame = vec![0; c.data.len()];
    let mut run = Run::default();
    for _ in 0..20 {
        encoder.reset();
        run.step(c, &[], &mut encoder, &mut decoder, &mut frame);
    }
    run.print(name);
}

#[derive(Default)]
struct Run {
    encode: Times,
    decode: Times,
    bytes: usize,
    painted: usize,
    moved: usize,
    changed: Vec<Rect>,
}

impl Run {
    fn step(&mut self, c: &Canvas, damage: &[Rect], e: &mut Encoder, d: &mut Decoder, frame: &mut [u8]) {
        let mut update = Vec::new();
        let start = now();
        let stats = e.encode(c.picture(), damage, &mut update);
        self.encode.add(start);
        let Some(stats) = stats else { return };
        self.bytes += stats.bytes;
        self.painted += stats.pixels_changed;
        self.moved += stats.pixels_moved;
        let mut frame = FrameBuf { data: frame, stride: c.stride(), width: c.width, height: c.height };
        let start = now();
        d.decode(&update, &mut frame, &mut self.changed).expect("own update");
        self.decode.add(start);
    }

    fn print(&mut self, name: &str) {
        let n = self.encode.0.len().max(1);
        println!(
            "{name:32} {} {} {:10} {:8.2} {:8} {:8}",
            self.encode.figures(),
            self.decode.figures(),
            self.bytes / n,
            self.bytes as f64 * 8.0 / self.painted.max(1) as f64,
            self.painted / n,
            self.moved / n
        );
    }
}

fn video() {
    println!(
        "\nH.264, {WIDTH}×{HEIGHT}, 30 pictures/s      encode ms               decode ms       kbit/s  key kB skipped  Y dB  all dB"
    );
    for mode in [h264::Mode::ScreenContent, h264::Mode::Camera] {
        for bitrate_bps in [1_000_000, 4_000_000] {
            println!("{mode:?}, {} kbit/s", bitrate_bps / 1000);
            for (mut scene, steps) in work() {
                let config = h264::Config {
                    bitrate_bps,
                    max_fps: 30.0,
                    mode,
                    parts: false,
                    ..h264::Config::default()
                };
                video_run(scene.as_mut(), steps.min(90), config);
            }
        }
    }
}

fn video_run(scene: &mut dyn Scene, steps: usize, config: h264::Config) {
    let mut c = desktop(WIDTH, HEIGHT);
    let mut encoder = h264::Encoder::new(WIDTH, HEIGHT, config).expect("an encoder");
    let mut decoder = h264::Decoder::new().expect("a decoder");
    let mut frame = vec![0; c.data.len()];
    let mut run = Run::default();
    let (mut key, mut skipped) = (0, 0);
    for i in 0..steps {
        let damage = if i == 0 { vec![c.whole()] } else { scene.step(&mut c) };
        let start = now();
        let coded = encoder.encode(c.picture(), &damage, i as u64 * 33_333, false).expect("coded");
        run.encode.add(start);
        let Some(coded) = coded else {
            skipped += 1;
            continue;
        };
        if i == 0 {
            key = coded.len();
        } else {
            run.bytes += coded.len();
        }
        let mut to = FrameBuf { data: &mut frame, stride: c.stride(), width: WIDTH, height: HEIGHT };
        let start = now();
        decoder.decode(&coded, &mut to, &mut run.changed).expect("decoded");
        run.decode.add(start);
    }
    println!(
        "{:32} {} {} {:8.0} {:7} {skipped:7} {:5.1} {:7.1}",
        scene.name(),
        run.encode.figures(),
        run.decode.figures(),
        run.bytes as f64 * 8.0 / (steps as f64 / 30.0) / 1000.0,
        key / 1000,
        luma_psnr(&c.data, &frame),
        psnr(&c.data, &frame)
    );
}
