//! What happens on the customer's screen while it is measured.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::Result;
use x11rb::{connection::Connection, protocol::xproto::*, wrapper::ConnectionExt as _};

use crate::screen::{Screen, readable};

/// Where the marker is whose colour carries the number of the picture.
pub const MARK: (i16, i16) = (16, 16);
const MARK_SIZE: u16 = 32;
const FRAME: Duration = Duration::from_nanos(16_666_667);

/// The kinds of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A terminal whose text scrolls a line at each picture.
    Scroll,
    /// A window full of text that is moved.
    Drag,
    /// 640×360 pixels of moving picture, 30 a second.
    Video,
}

/// When each picture was drawn, by its number.
pub type Drawn = Arc<Mutex<HashMap<u32, Instant>>>;

pub struct Work {
    stop: Arc<AtomicBool>,
    pub drawn: Drawn,
    thread: Option<JoinHandle<Result<()>>>,
}

impl Work {
    pub fn start(display: &str, kind: Kind) -> Result<Self> {
        let screen = Screen::open(display)?;
        let (stop, drawn) = (Arc::new(AtomicBool::new(false)), Drawn::default());
        let (s, d) = (Arc::clone(&stop), Arc::clone(&drawn));
        let thread = std::thread::spawn(move || draw(&screen, kind, &s, &d));
        Ok(Self { stop, drawn, thread: Some(thread) })
    }

    pub fn stop(mut self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(r)) => r,
            Some(Err(_)) => anyhow::bail!("the drawing thread broke"),
            None => Ok(()),
        }
    }
}

/// 15 numbers in 4 bits, each bit far from the other in a channel, so that lossy coding keeps it.
pub fn colour_of(n: u32) -> u32 {
    let bit = |i: u32| if n >> i & 1 == 1 { 0xe0 } else { 0x20 };
    bit(2) << 16 | bit(1) << 8 | bit(0)
}

pub fn number_of(colour: u32) -> u32 {
    let bit = |shift: u32| u32::from(colour >> shift & 0xff > 0x80);
    bit(16) << 2 | bit(8) << 1 | bit(0)
}

/// Pictures differ from their neighbours within this many numbers.
pub const NUMBERS: u32 = 8;

fn draw(screen: &Screen, kind: Kind, stop: &AtomicBool, drawn: &Drawn) -> Result<()> {
    let mark = screen.window(MARK.0, MARK.1, MARK_SIZE, MARK_SIZE, colour_of(0))?;
    let mark_gc = screen.gc(mark)?;
    let (w, h) = if kind == Kind::Drag { (640, 480) } else { (1280, 800) };
    let window = screen.window(120, 80, w, h, 0x10_18_20)?;
    let gc = screen.gc(window)?;
    let font = screen.x.generate_id()?;
    screen.x.open_font(font, b"fixed")?;
    screen.x.change_gc(gc, &ChangeGCAux::new().font(font).foreground(0xd0_d8_e0).background(0x10_18_20))?;
    let line_height: i16 = 16;
    for i in 0..(h as i16 / line_height) {
        text(screen, window, gc, i * line_height + 13, i as u32)?;
    }
    screen.x.sync()?;
    let period = if kind == Kind::Video { FRAME * 2 } else { FRAME };
    let mut noise = Noise(0x1234_5678);
    let begin = Instant::now();
    let mut n = 0u32;
    while !stop.load(Ordering::Relaxed) {
        n += 1;
        match kind {
            Kind::Scroll => {
                let rest = h as i16 - line_height;
                screen.x.copy_area(window, window, gc, 0, line_height, 0, 0, w, rest as u16)?;
                let bar = Rectangle { x: 0, y: rest, width: w, height: line_height as u16 };
                screen.fill(gc, window, bar, 0x10_18_20)?;
                screen.x.change_gc(gc, &ChangeGCAux::new().foreground(0xd0_d8_e0))?;
                text(screen, window, gc, rest + 13, n)?;
            }
            Kind::Drag => {
                let t = f64::from(n) / 20.0;
                let (x, y) = (500.0 + 380.0 * t.cos(), 300.0 + 220.0 * t.sin());
                screen.x.configure_window(window, &ConfigureWindowAux::new().x(x as i32).y(y as i32))?;
            }
            Kind::Video => video(screen, window, gc, n, &mut noise)?,
        }
        let all = Rectangle { x: 0, y: 0, width: MARK_SIZE, height: MARK_SIZE };
        screen.fill(mark_gc, mark, all, colour_of(n % NUMBERS))?;
        if let Ok(mut d) = drawn.lock() {
            d.insert(n, Instant::now());
        }
        screen.x.flush()?;
        let next = begin + period * n;
        // A metronome, not a wait for something.
        spin_sleep(next);
    }
    for id in [mark, window] {
        screen.x.destroy_window(id)?;
    }
    screen.x.sync()?;
    Ok(())
}

fn spin_sleep(until: Instant) {
    let left = until.saturating_duration_since(Instant::now());
    if !left.is_zero() {
        std::thread::park_timeout(left);
    }
}

fn text(screen: &Screen, on: Window, gc: Gcontext, y: i16, n: u32) -> Result<()> {
    let mut noise = Noise(n.wrapping_mul(2_654_435_761) | 1);
    let words =
        ["agent", "customer", "queue", "grant", "viewer", "sharer", "0x3f", "error:", "ok", "/usr/lib"];
    let mut line = format!("{n:6} ");
    while line.len() < 200 - (noise.next() % 90) as usize {
        line.push_str(words[noise.next() as usize % words.len()]);
        line.push(' ');
    }
    screen.x.image_text8(on, gc, 4, y, &line.as_bytes()[..line.len().min(250)])?;
    Ok(())
}

/// Moving gradients with some noise: what a video is to a coder, roughly.
fn video(screen: &Screen, on: Window, gc: Gcontext, n: u32, noise: &mut Noise) -> Result<()> {
    const W: usize = 640;
    const H: usize = 360;
    let mut data = vec![0u8; W * H * 4];
    for (i, px) in data.chunks_exact_mut(4).enumerate() {
        let (x, y) = ((i % W) as u32, (i / W) as u32);
        let grain = noise.next() & 7;
        px[0] = ((x + n * 3) / 3 + grain) as u8;
        px[1] = ((y + n * 2) / 2 + grain) as u8;
        px[2] = ((x + y + n * 5) / 4 + grain) as u8;
    }
    for band in 0..4 {
        let rows = H / 4;
        let part = &data[band * rows * W * 4..(band + 1) * rows * W * 4];
        let y = 40 + i16::try_from(band * rows)?;
        screen.x.put_image(ImageFormat::Z_PIXMAP, on, gc, W as u16, rows as u16, 40, y, 0, 24, part)?;
    }
    Ok(())
}

struct Noise(u32);

impl Noise {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }
}

/// A window on the customer's screen that turns its colour when a key is pressed in it.
pub struct Reactor {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Result<()>>>,
}

impl Reactor {
    pub fn start(display: &str) -> Result<Self> {
        let screen = Screen::open(display)?;
        let window = screen.window(MARK.0, MARK.1, 200, 200, colour_of(0))?;
        let gc = screen.gc(window)?;
        screen.x.set_input_focus(InputFocus::POINTER_ROOT, window, x11rb::CURRENT_TIME)?;
        screen.x.sync()?;
        let stop = Arc::new(AtomicBool::new(false));
        let s = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut n = 0;
            while !s.load(Ordering::Relaxed) {
                while let Some(event) = screen.x.poll_for_event()? {
                    if let x11rb::protocol::Event::KeyPress(_) = event {
                        n += 1;
                        let all = Rectangle { x: 0, y: 0, width: 200, height: 200 };
                        screen.fill(gc, window, all, colour_of(n % NUMBERS))?;
                        screen.x.flush()?;
                    }
                }
                readable(&screen.x, Duration::from_millis(100));
            }
            screen.x.destroy_window(window)?;
            screen.x.sync()?;
            Ok(())
        });
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Reactor {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(Ok(Err(e))) = self.thread.take().map(JoinHandle::join) {
            eprintln!("the reacting window broke: {e:#}");
        }
    }
}
