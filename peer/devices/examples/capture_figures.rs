//! Figures of capture and surface, for the documentation: `cargo run --release --example capture_figures`.
//! It starts two X servers of its own with 1920×1080 pixels, one to draw on and one to show it.
#![cfg_attr(not(all(unix, not(target_os = "macos"))), allow(unused))]
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

#[cfg(all(unix, not(target_os = "macos")))]
#[path = "../tests/screen/mod.rs"]
mod screen;

#[cfg(all(unix, not(target_os = "macos")))]
fn main() {
    figures::print();
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn main() {
    println!("these figures are of X11");
}

#[cfg(all(unix, not(target_os = "macos")))]
mod figures {
    use std::time::{Duration, Instant};

    use deskside_devices::{
        capture::{self, Capturer, Happened},
        surface::{self, Scale, Surface},
    };
    use deskside_media::Rect;
    use deskside_session::{command::Screen, hiding::Hidden};
    use x11rb::{
        connection::Connection as _,
        protocol::xproto::{AtomEnum, ConfigureWindowAux, ConnectionExt as _, PropMode},
        wrapper::ConnectionExt as _,
    };

    use crate::screen::{Brush, Display, settle, until};

    const ROUNDS: usize = 300;

    pub fn print() {
        let (from, to) = (Display::start(1920, 1080), Display::start(1920, 1080));
        let mut capturer = capture::open_x11(Some(&from.name), Screen::All).expect("capture opens");
        let brush = from.brush();
        let window = brush.window(0, 0, 1920, 1080, 0x40_4040);
        brush.map(window);
        settle(&mut *capturer);
        let mut changed = Vec::new();

        report("grab, whole picture", || {
            capturer.refresh();
            time(|| drop(capturer.grab(&mut changed).map(|_| ())))
        });
        hidden(&from, &brush, window, &mut *capturer);
        let mut n = 0_u32;
        report("draw 64x64 -> grabbed", || {
            n += 1;
            let start = Instant::now();
            brush.fill(window, 640, 360, 64, 64, n);
            grab(&mut *capturer, &mut changed);
            start.elapsed()
        });
        report("pointer, no new shape", || time(|| drop(capturer.pointer())));

        let before = cpu();
        let still = Duration::from_secs(10);
        let quiet = capturer.wait(still).expect("wait") == Happened::default();
        println!("still desktop: {:.3} % of a core, no wake-up: {quiet}", 100. * (cpu() - before) / 10.);

        let mut surface = surface::open_x11(&to.name, Box::new(|_| ())).expect("a surface");
        let there = to.brush();
        let parent = there.window(0, 0, 1920, 1080, 0);
        there.map(parent);
        surface.resize(1920, 1080);
        for (name, w, h) in [("1:1", 1920, 1080), ("fit to 1280x720", 1280, 720)] {
            capturer.refresh();
            show(&mut *capturer, &mut *surface, &mut changed);
            surface.place().put(parent.into(), 0, 0, w, h, Scale::Fit);
            until("it is shown", || there.pixel(300, 300) != 0);
            let whole = [Rect { x: 0, y: 0, w: 1920, h: 1080 }];
            report(&format!("present whole, {name}"), || time(|| surface.present(&whole)));
            let small = [Rect { x: 300, y: 300, w: 64, h: 64 }];
            report(&format!("present 64x64, {name}"), || time(|| surface.present(&small)));
            end_to_end(name, &brush, window, &mut *capturer, &mut *surface, &there);
        }
    }

    /// What hiding costs: with nothing to hide, with a hidden window that stands, and with one that moves.
    fn hidden(display: &Display, brush: &Brush, window: u32, capturer: &mut dyn Capturer) {
        let mut changed = Vec::new();
        let program = display.brush();
        let secret = program.window(100, 600, 600, 400, 0xff_00fe);
        let (class, kind) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
        program
            .conn
            .change_property8(PropMode::REPLACE, secret, class, kind, b"x\0KeePassXC\0")
            .expect("sent");
        let nothing = Hidden { programs: Vec::new(), windows: Vec::new() };
        for (name, list, there, moves) in [
            ("nothing to hide", &nothing, false, false),
            ("the usual list, none open", &Hidden::default(), false, false),
            ("a hidden window", &Hidden::default(), true, false),
            ("a hidden window that moves", &Hidden::default(), true, true),
        ] {
            capturer.hide(list);
            if there {
                program.map(secret);
            }
            settle(capturer);
            let mut n = 0_u32;
            report(&format!("draw 64x64 -> grabbed, {name}"), || {
                n += 1;
                if moves {
                    let aux = ConfigureWindowAux::new().x(100 + (n % 300) as i32);
                    program.conn.configure_window(secret, &aux).expect("sent");
                    program.conn.flush().expect("sent");
                }
                let start = Instant::now();
                brush.fill(window, 640, 360, 64, 64, n);
                grab(capturer, &mut changed);
                start.elapsed()
            });
        }
        program.conn.destroy_window(secret).expect("sent").check().expect("it is closed");
        settle(capturer);
    }

    /// From the drawing on one display until the same pixels are on the other; the change is copied
    /// without coding, so that this is what capture and surface cost together.
    fn end_to_end(
        name: &str,
        brush: &Brush,
        window: u32,
        capturer: &mut dyn Capturer,
        surface: &mut dyn Surface,
        there: &Brush,
    ) {
        settle(capturer);
        let mut changed = Vec::new();
        let mut n = 0x80_0000_u32;
        report(&format!("change -> shown on the other display, {name}"), || {
            n += 0x101;
            let start = Instant::now();
            brush.fill(window, 300, 300, 64, 64, n);
            while !capturer.wait(Duration::from_secs(1)).expect("wait").damage {}
            show(capturer, surface, &mut changed);
            let shown = start.elapsed();
            let scaled = if name == "1:1" { (310, 310) } else { (215, 215) };
            assert_eq!(there.pixel(scaled.0, scaled.1), n, "the pixels are there");
            shown
        });
    }

    fn show(capturer: &mut dyn Capturer, surface: &mut dyn Surface, changed: &mut Vec<Rect>) {
        let picture = capturer.grab(changed).expect("grab");
        let (to, stride) = surface.buffer();
        for r in changed.iter() {
            for y in usize::from(r.y)..usize::from(r.y + r.h) {
                let row = usize::from(r.x) * 4..usize::from(r.x + r.w) * 4;
                to[y * stride..][row.clone()].copy_from_slice(&picture.data[y * picture.stride..][row]);
            }
        }
        surface.present(changed);
    }

    fn grab(capturer: &mut dyn Capturer, changed: &mut Vec<Rect>) {
        while !capturer.wait(Duration::from_secs(1)).expect("wait").damage {}
        capturer.grab(changed).expect("grab");
    }

    fn time(f: impl FnOnce()) -> Duration {
        let start = Instant::now();
        f();
        start.elapsed()
    }

    fn report(name: &str, mut once: impl FnMut() -> Duration) {
        let mut all: Vec<f64> = (0..ROUNDS).map(|_| once().as_secs_f64() * 1e3).collect();
        all.sort_by(f64::total_cmp);
        println!("{name}: median {:.2} ms, p95 {:.2} ms", all[ROUNDS / 2], all[ROUNDS * 95 / 100]);
    }

    /// Seconds of CPU that this process took.
    fn cpu() -> f64 {
        let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: `t` is a valid place for the answer.
        unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut t) };
        t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
    }
}
