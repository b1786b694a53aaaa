//! The viewer's picture larger and smaller than it is, on a real X server.
#![cfg(all(unix, not(target_os = "macos")))]

mod screen;

use std::sync::mpsc::{Receiver, sync_channel};

use deskside_devices::surface::{self, Scale, Surface, Wheel};
use deskside_media::Rect;
use deskside_session::input::InputEvent;
use screen::{Brush, Display, PATIENCE, until};
use x11rb::protocol::xproto::{ConnectionExt as _, Window};

/// For what comes at once if at all.
const SOON: std::time::Duration = std::time::Duration::from_millis(100);

const WHITE: u32 = 0xff_ffff;
/// The keycode of the left Control key.
const CONTROL: u8 = 37;

/// A window at 100, 50 that the surface fills: 300 by 200.
struct Stage {
    _display: Display,
    brush: Brush,
    parent: Window,
    surface: Box<dyn Surface>,
    heard: Receiver<InputEvent>,
}

fn stage(arguments: &[&str]) -> Stage {
    let display = Display::start_with(800, 500, arguments);
    let brush = display.brush();
    brush.point(5, 5);
    let parent = brush.window(100, 50, 300, 200, 0x11_2233);
    brush.map(parent);
    let (tell, heard) = sync_channel(1024);
    let on_input = Box::new(move |event| {
        let _ = tell.send(event);
    });
    let surface = surface::open_x11(&display.name, on_input).expect("a surface");
    Stage { _display: display, brush, parent, surface, heard }
}

impl Stage {
    fn put(&self, percent: u16, x: u32, y: u32) {
        let scale = Scale::Zoom { percent, x, y };
        assert!(self.surface.place().put(self.parent.into(), 0, 0, 300, 200, scale));
    }

    /// A picture in which each pixel tells its place.
    fn paint(&mut self, w: u16, h: u16, colour: fn(u32, u32) -> u32) {
        self.surface.resize(w, h);
        let (bytes, stride) = self.surface.buffer();
        for (y, row) in (0..).zip(bytes.chunks_exact_mut(stride)) {
            for (x, px) in (0..).zip(row.chunks_exact_mut(4)) {
                px.copy_from_slice(&colour(x, y).to_le_bytes());
            }
        }
        self.surface.present(&[Rect { x: 0, y: 0, w, h }]);
    }
}

fn colour(x: u32, y: u32) -> u32 {
    (x * 7 % 256) << 16 | (y * 5 % 256) << 8 | 0x40 | ((x ^ y) % 64)
}

fn sharp(mut stage: Stage) {
    stage.paint(9000, 200, colour);
    // Far to the right, where a place in the window's pixels has more than 16 bits.
    for (percent, times, x) in [(200, 2, 400), (300, 3, 21_000), (400, 4, 35_600)] {
        stage.put(percent, x, 60);
        let expected: Vec<u32> =
            (60..260).flat_map(|y| (x..x + 300).map(move |x| colour(x / times, y / times))).collect();
        until("whole squares", || stage.brush.pixels(100, 50, 300, 200) == expected);
    }
    // Only what changed is put, as exactly.
    let (bytes, stride) = stage.surface.buffer();
    bytes[20 * stride + 8910 * 4..][..4].fill(0xff);
    stage.surface.present(&[Rect { x: 8910, y: 20, w: 1, h: 1 }]);
    // At 8910 * 4 - 35600, 20 * 4 - 60 of the window.
    let at = (140, 70);
    assert_eq!(stage.brush.pixels(at.0, at.1, 4, 4), [WHITE; 16]);
    assert_eq!(stage.brush.pixel(at.0 - 1, at.1), colour(8909, 20));
    stage.surface.place().accept_input(true);
    // A move before input is taken is told to nobody.
    until("its place in the picture", || {
        stage.brush.point(at.0 + 1, at.1 + 2);
        stage.brush.point(at.0 + 5, at.1 + 2);
        std::iter::from_fn(|| stage.heard.recv_timeout(SOON).ok())
            .any(|e| e == InputEvent::Move { x: 8911, y: 20 })
    });
}

#[test]
fn whole_multiples_are_sharp_wherever_it_is_scrolled_to() {
    sharp(stage(&[]));
}

#[test]
fn whole_multiples_are_sharp_without_shared_memory() {
    sharp(stage(&["-extension", "MIT-SHM"]));
}

#[test]
fn much_smaller_no_pixel_is_lost() {
    let mut stage = stage(&[]);
    // One line of four is white: it is there, as a quarter of white, wherever the lines begin.
    stage.paint(800, 400, |x, _| if x % 4 == 1 { WHITE } else { 0 });
    stage.put(25, 0, 0);
    until("even grey", || {
        let grey = stage.brush.pixels(160, 110, 150, 60);
        grey.iter().all(|p| (0x3c..=0x44).contains(&(p & 0xff)))
    });
    // A change is put with all that it reaches.
    let (bytes, stride) = stage.surface.buffer();
    bytes[200 * stride..204 * stride].fill(0xff);
    stage.surface.present(&[Rect { x: 0, y: 200, w: 800, h: 4 }]);
    assert_eq!(stage.brush.pixels(160, 50 + 50 + 50, 10, 1), [WHITE; 10]);
}

#[test]
fn the_wheel_is_the_windows_unless_it_is_input() {
    let stage = stage(&[]);
    let (tell, turns) = sync_channel(16);
    stage.surface.place().on_wheel(Box::new(move |turn| {
        let _ = tell.send(turn);
    }));
    let mut surface = stage.surface;
    surface.resize(300, 200);
    let place = surface.place();
    assert!(place.put(stage.parent.into(), 0, 0, 300, 200, Scale::Zoom { percent: 100, x: 0, y: 0 }));
    until("the picture", || stage.brush.pixel(200, 100) == 0);
    stage.brush.point(110, 70);
    let notch = |button| {
        stage.brush.button(button, true);
        stage.brush.button(button, false);
    };
    let turn = || turns.recv_timeout(PATIENCE).expect("a turn");
    notch(4);
    assert_eq!(turn(), Wheel { x: 10, y: 20, dx: 0, dy: 120, zoom: false });
    place.accept_input(true);
    stage.brush.point(120, 70);
    let next = || stage.heard.recv_timeout(PATIENCE).expect("an event");
    assert_eq!(next(), InputEvent::Move { x: 20, y: 20 });
    notch(5);
    assert_eq!(next(), InputEvent::Wheel { dx: 0, dy: -120 });
    // With Control, before the keys are the picture's: it is about the picture.
    let control = CONTROL;
    stage.brush.key(control, true);
    notch(5);
    assert_eq!(turn(), Wheel { x: 20, y: 20, dx: 0, dy: -120, zoom: true });
    stage.brush.key(control, false);
    stage.brush.button(1, true);
    stage.brush.button(1, false);
    until("a click", || matches!(next(), InputEvent::Button { down: false, .. }));
    let focus = || stage.brush.conn.get_input_focus().unwrap().reply().unwrap().focus;
    until("the picture has the keyboard", || focus() > 1 && focus() != stage.parent);
    stage.brush.key(control, true);
    notch(5);
    until("input", || next() == InputEvent::Wheel { dx: 0, dy: -120 });
    stage.brush.key(control, false);
}
