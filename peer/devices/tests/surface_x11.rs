//! The viewer's picture in a window of a real X server: its pixels, and what a person does on it.
#![cfg(all(unix, not(target_os = "macos")))]

mod screen;

use std::sync::mpsc::{Receiver, sync_channel};

use deskside_devices::{
    capture::PointerShape,
    surface::{self, Scale, Surface},
};
use deskside_media::Rect;
use deskside_session::input::{Button, InputEvent, Key, NamedKey};
use screen::{Brush, Display, PATIENCE, until};
use x11rb::protocol::xproto::{ConnectionExt as _, Window};

const GROUND: u32 = 0x11_2233;

/// A window at 100, 50 of 640 by 400, and a surface for it.
struct Stage {
    display: Display,
    brush: Brush,
    parent: Window,
    surface: Box<dyn Surface>,
    heard: Receiver<InputEvent>,
}

impl Stage {
    fn new() -> Self {
        Self::on(Display::start(1024, 600))
    }

    fn on(display: Display) -> Self {
        let brush = display.brush();
        brush.point(5, 5);
        let parent = brush.window(100, 50, 640, 400, GROUND);
        brush.map(parent);
        let (tell, heard) = sync_channel(1024);
        let on_input = Box::new(move |event| {
            let _ = tell.send(event);
        });
        let surface = surface::open_x11(&display.name, on_input).expect("a surface");
        Self { display, brush, parent, surface, heard }
    }

    fn put(&self, x: i32, y: i32, w: u16, h: u16, scale: Scale) {
        assert!(self.surface.place().put(self.parent.into(), x, y, w, h, scale));
    }

    /// A picture in which each pixel tells its place, except for that it is never black.
    fn paint(&mut self, w: u16, h: u16) {
        self.surface.resize(w, h);
        let (bytes, stride) = self.surface.buffer();
        for y in 0..usize::from(h) {
            for x in 0..usize::from(w) {
                let at = y * stride + x * 4;
                bytes[at..at + 4].copy_from_slice(&colour(x, y).to_le_bytes());
            }
        }
        self.surface.present(&[Rect { x: 0, y: 0, w, h }]);
    }

    fn next(&self) -> InputEvent {
        self.heard.recv_timeout(PATIENCE).expect("an event")
    }

    /// A surface of 400 by 300 at 20, 30 of the window that hears everything and has the keyboard.
    fn with_keyboard() -> Self {
        let mut stage = Self::new();
        stage.paint(400, 300);
        stage.surface.place().accept_input(true);
        stage.put(20, 30, 400, 300, Scale::Zoom { percent: 100, x: 0, y: 0 });
        until("the picture", || stage.brush.pixel(121, 81) == colour(1, 1));
        stage.brush.point(130, 100);
        assert_eq!(stage.next(), InputEvent::Move { x: 10, y: 20 });
        stage.click();
        // 0 and 1 are no window: the focus goes to the picture a moment after the click was told.
        let own = |focus: Window| focus > 1 && focus != stage.parent && focus != stage.brush.root;
        until("the picture has the keyboard", || own(stage.focus()));
        stage
    }

    fn click(&self) {
        self.brush.button(1, true);
        self.brush.button(1, false);
        for down in [true, false] {
            assert_eq!(self.next(), InputEvent::Button { button: Button::Left, down, x: 10, y: 20 });
        }
    }

    fn press(&self, keycode: u8) {
        self.brush.key(keycode, true);
        self.brush.key(keycode, false);
    }

    fn key(&self, key: Key, down: bool) {
        assert_eq!(self.next(), InputEvent::Key { key, down });
    }

    fn stroke(&self, key: Key) {
        self.key(key, true);
        self.key(key, false);
    }

    fn focus(&self) -> Window {
        self.brush.conn.get_input_focus().unwrap().reply().unwrap().focus
    }
}

fn colour(x: usize, y: usize) -> u32 {
    (x as u32 * 7 % 256) << 16 | (y as u32 * 5 % 256) << 8 | 0x40 | ((x as u32 ^ y as u32) % 64)
}

/// The picture's pixels from `x`, `y` on.
fn expected(x: usize, y: usize, w: usize, h: usize) -> Vec<u32> {
    (y..y + h).flat_map(|y| (x..x + w).map(move |x| colour(x, y))).collect()
}

fn shape(rgb: u32, size: u16, hot: u16) -> PointerShape {
    let bgra = (rgb | 0xff00_0000).to_le_bytes().repeat(usize::from(size) * usize::from(size));
    PointerShape { width: size, height: size, hot_x: hot, hot_y: hot, bgra }
}

#[test]
fn pixel_by_pixel_scrolled_and_restored() {
    pixel_by_pixel(Stage::new());
}

#[test]
fn pixel_by_pixel_without_shared_memory() {
    pixel_by_pixel(Stage::on(Display::start_with(1024, 600, &["-extension", "MIT-SHM"])));
}

fn pixel_by_pixel(mut stage: Stage) {
    stage.paint(800, 500);
    stage.put(20, 30, 300, 200, Scale::Zoom { percent: 100, x: 0, y: 0 });
    until("the first picture", || stage.brush.pixels(120, 80, 300, 200) == expected(0, 0, 300, 200));
    assert_eq!(stage.brush.pixel(119, 80), GROUND);
    stage.put(20, 30, 300, 200, Scale::Zoom { percent: 100, x: 150, y: 90 });
    until("scrolled", || stage.brush.pixels(120, 80, 300, 200) == expected(150, 90, 300, 200));
    // No further than the picture's end.
    stage.put(20, 30, 300, 200, Scale::Zoom { percent: 100, x: 9999, y: 9999 });
    until("the end", || stage.brush.pixels(120, 80, 300, 200) == expected(500, 300, 300, 200));

    // What changed is there when `present` is back.
    let (bytes, stride) = stage.surface.buffer();
    for y in 310..320 {
        bytes[y * stride + 510 * 4..y * stride + 530 * 4].fill(0xab);
    }
    stage.surface.present(&[Rect { x: 510, y: 310, w: 20, h: 10 }]);
    assert_eq!(stage.brush.pixels(130, 90, 20, 10), [0xab_abab; 200]);
    assert_eq!(stage.brush.pixel(129, 90), colour(509, 310));

    // A window that covered it goes away.
    let cover = stage.brush.window(150, 100, 100, 100, 0xffff00);
    stage.brush.map(cover);
    until("covered", || stage.brush.pixel(160, 120) == 0xffff00);
    stage.brush.conn.destroy_window(cover).unwrap().check().unwrap();
    until("restored", || stage.brush.pixels(160, 120, 50, 50) == expected(540, 340, 50, 50));

    // Larger than the picture: black around it.
    stage.paint(100, 60);
    until("margins", || {
        stage.brush.pixels(220, 150, 100, 60) == expected(0, 0, 100, 60) && stage.brush.pixel(219, 150) == 0
    });
    stage.surface.place().hide();
    until("hidden", || stage.brush.pixel(270, 180) == GROUND);
}

#[test]
fn fit_scales_only_what_changed_and_keeps_the_shape() {
    let mut stage = Stage::new();
    stage.surface.resize(800, 400);
    let halves = |stage: &mut Stage, left: [u8; 4], right: [u8; 4]| {
        let (bytes, stride) = stage.surface.buffer();
        for row in bytes.chunks_exact_mut(stride) {
            for (x, px) in row.chunks_exact_mut(4).enumerate() {
                px.copy_from_slice(if x < 400 { &left } else { &right });
            }
        }
    };
    halves(&mut stage, [255, 0, 0, 0], [0, 255, 0, 0]);
    stage.surface.present(&[Rect { x: 0, y: 0, w: 800, h: 400 }]);
    stage.put(0, 0, 400, 300, Scale::Fit);
    let b = &stage.brush;
    until("scaled", || {
        b.pixel(100, 100) == 0xff
            && b.pixel(298, 299) == 0xff
            && b.pixel(301, 100) == 0xff00
            && b.pixel(499, 299) == 0xff00
    });
    assert_eq!((b.pixel(200, 99), b.pixel(200, 300)), (0, 0));
    // Only the left half is told, so that the right one stays.
    halves(&mut stage, [0, 0, 255, 0], [0, 0, 255, 0]);
    stage.surface.present(&[Rect { x: 0, y: 0, w: 400, h: 400 }]);
    let b = &stage.brush;
    assert_eq!((b.pixel(100, 100), b.pixel(290, 299), b.pixel(310, 200)), (0xff_0000, 0xff_0000, 0xff00));
    // Enlarged, and then at its own size.
    stage.paint(40, 30);
    stage.put(0, 0, 400, 300, Scale::Fit);
    until("enlarged", || stage.brush.pixel(100, 50) != 0 && stage.brush.pixel(499, 349) != 0);
    stage.paint(400, 300);
    assert_eq!(stage.brush.pixels(100, 50, 400, 300), expected(0, 0, 400, 300));
}

#[test]
fn the_remote_pointer_is_drawn_where_the_own_one_is_not() {
    let mut stage = Stage::new();
    stage.paint(400, 300);
    stage.put(20, 30, 400, 300, Scale::Zoom { percent: 100, x: 0, y: 0 });
    until("the picture", || stage.brush.pixel(121, 81) == colour(1, 1));
    stage.surface.pointer_shape(&shape(0xee_0011, 10, 2));
    stage.surface.pointer_at(50, 60);
    let b = &stage.brush;
    until("the pointer", || b.pixels(168, 138, 10, 10) == [0xee_0011; 100]);
    assert_eq!(b.pixel(167, 138), colour(47, 58));
    // What changes beneath it does not draw over it.
    stage.surface.present(&[Rect { x: 40, y: 50, w: 30, h: 30 }]);
    assert_eq!(stage.brush.pixel(172, 142), 0xee_0011);
    stage.surface.pointer_at(200, 100);
    until("the new place", || stage.brush.pixels(318, 178, 10, 10) == [0xee_0011; 100]);
    assert_eq!(stage.brush.pixels(160, 130, 30, 30), expected(40, 50, 30, 30));

    // The person moves the remote pointer: the own one has its shape, and none is drawn.
    stage.surface.place().accept_input(true);
    stage.brush.point(140, 100);
    assert_eq!(stage.next(), InputEvent::Move { x: 20, y: 20 });
    stage.surface.pointer_at(20, 20);
    until("erased", || stage.brush.pixels(318, 178, 10, 10) == expected(198, 98, 10, 10));
    // Somebody else moves it.
    stage.surface.pointer_at(200, 100);
    until("drawn again", || stage.brush.pixels(318, 178, 10, 10) == [0xee_0011; 100]);
}

#[test]
fn pointer_buttons_and_wheels_reach_the_right_pixels() {
    let mut stage = Stage::new();
    stage.paint(800, 600);
    let place = stage.surface.place();
    stage.put(0, 0, 400, 400, Scale::Fit);
    until("the picture", || stage.brush.pixel(300, 300) != GROUND);
    // Nothing is heard before it is wanted.
    stage.brush.point(200, 200);
    place.hide();
    place.accept_input(true);
    until("hidden", || stage.brush.pixel(300, 300) == GROUND);
    stage.brush.point(5, 5);
    stage.put(0, 0, 400, 400, Scale::Fit);
    until("the picture again", || stage.brush.pixel(300, 300) != GROUND);
    // The picture is 400 by 300 in the middle of the window, half its size.
    stage.brush.point(300, 250);
    assert_eq!(stage.next(), InputEvent::Move { x: 400, y: 300 });
    for (number, button) in [(1, Button::Left), (3, Button::Right), (8, Button::Back)] {
        stage.brush.button(number, true);
        assert_eq!(stage.next(), InputEvent::Button { button, down: true, x: 400, y: 300 });
        stage.brush.button(number, false);
        assert_eq!(stage.next(), InputEvent::Button { button, down: false, x: 400, y: 300 });
    }
    for (number, dx, dy) in [(4, 0, 120), (5, 0, -120), (6, -120, 0), (7, 120, 0)] {
        stage.brush.button(number, true);
        stage.brush.button(number, false);
        assert_eq!(stage.next(), InputEvent::Wheel { dx, dy });
    }
    // A drag beyond the picture goes on at its edge.
    stage.brush.button(1, true);
    stage.brush.point(900, 590);
    stage.brush.button(1, false);
    assert_eq!(stage.next(), InputEvent::Button { button: Button::Left, down: true, x: 400, y: 300 });
    assert_eq!(stage.next(), InputEvent::Move { x: 799, y: 599 });
    assert_eq!(stage.next(), InputEvent::Button { button: Button::Left, down: false, x: 799, y: 599 });
    // What is held when input ends is let go.
    stage.brush.point(300, 250);
    assert_eq!(stage.next(), InputEvent::Move { x: 400, y: 300 });
    stage.brush.button(1, true);
    assert_eq!(stage.next(), InputEvent::Button { button: Button::Left, down: true, x: 400, y: 300 });
    place.accept_input(false);
    assert_eq!(stage.next(), InputEvent::Button { button: Button::Left, down: false, x: 400, y: 300 });
    stage.brush.button(1, false);
}

#[test]
fn keys_are_what_the_layout_makes_of_them() {
    let stage = Stage::with_keyboard();
    let char = |c| Key::Char(c);
    stage.display.run("setxkbmap", &["us"]).unwrap();
    stage.press(38);
    stage.stroke(char('a'));
    // Shift+1, and the 1 let go of last: the same key goes up that went down.
    stage.brush.key(50, true);
    stage.brush.key(10, true);
    stage.brush.key(50, false);
    stage.brush.key(10, false);
    stage.key(Key::Named(NamedKey::ShiftLeft), true);
    stage.key(char('!'), true);
    stage.key(Key::Named(NamedKey::ShiftLeft), false);
    stage.key(char('!'), false);
    for (keycode, named) in
        [(36, NamedKey::Enter), (9, NamedKey::Escape), (113, NamedKey::Left), (76, NamedKey::F10)]
    {
        stage.press(keycode);
        stage.stroke(Key::Named(named));
    }

    stage.display.run("setxkbmap", &["fr"]).unwrap();
    for (keycode, c) in [(24, 'a'), (38, 'q'), (11, 'é'), (47, 'm')] {
        stage.press(keycode);
        stage.stroke(char(c));
    }
    // AltGr+E
    stage.brush.key(108, true);
    stage.press(26);
    stage.brush.key(108, false);
    stage.key(Key::Named(NamedKey::AltGr), true);
    stage.stroke(char('€'));
    stage.key(Key::Named(NamedKey::AltGr), false);
    // A dead circumflex, then e, is one text.
    stage.press(34);
    stage.press(26);
    assert_eq!(stage.next(), InputEvent::Text { text: "ê".into() });
    // And what is typed next is as ever.
    stage.press(26);
    stage.stroke(char('e'));

    // A shortcut is Latin on a Greek keyboard too.
    stage.display.run("setxkbmap", &["gr"]).unwrap();
    stage.press(54);
    stage.stroke(char('ψ'));
    stage.brush.key(37, true);
    stage.press(54);
    stage.brush.key(37, false);
    stage.key(Key::Named(NamedKey::ControlLeft), true);
    stage.stroke(char('c'));
    stage.key(Key::Named(NamedKey::ControlLeft), false);
}

#[test]
fn held_keys_repeat_and_are_let_go_with_the_focus() {
    let stage = Stage::with_keyboard();
    stage.display.run("setxkbmap", &["us"]).unwrap();
    stage.brush.key(38, true);
    stage.key(Key::Char('a'), true);
    // The server repeats it by itself.
    stage.key(Key::Char('a'), true);
    stage
        .brush
        .conn
        .set_input_focus(2_u8.into(), stage.parent, x11rb::CURRENT_TIME)
        .unwrap()
        .check()
        .unwrap();
    let up = InputEvent::Key { key: Key::Char('a'), down: false };
    until("let go", || stage.next() == up);
    stage.brush.key(38, false);
}

#[test]
fn a_click_beside_the_picture_gives_the_keyboard_back() {
    let stage = Stage::with_keyboard();
    assert_ne!(stage.focus(), stage.parent);
    stage.brush.point(600, 300);
    stage.brush.button(1, true);
    stage.brush.button(1, false);
    until("the parent has the keyboard", || stage.focus() == stage.parent);
}

#[test]
fn grabbed_keys_pass_the_window_manager_until_right_control() {
    let stage = Stage::with_keyboard();
    stage.display.run("setxkbmap", &["us"]).unwrap();
    // Another program takes Alt+Tab, as a window manager does.
    let manager = stage.display.brush();
    let modes = (1_u8.into(), 1_u8.into());
    manager
        .conn
        .grab_key(false, manager.root, 0x8000_u16.into(), 23, modes.0, modes.1)
        .unwrap()
        .check()
        .unwrap();
    stage.surface.place().grab_keys(true);
    let other = |brush: &Brush| {
        let status = brush.conn.grab_keyboard(false, brush.root, x11rb::CURRENT_TIME, 1.into(), 1.into());
        let status = status.unwrap().reply().unwrap().status;
        brush.conn.ungrab_keyboard(x11rb::CURRENT_TIME).unwrap().check().unwrap();
        status
    };
    until("the keyboard is taken", || {
        other(&manager) == x11rb::protocol::xproto::GrabStatus::ALREADY_GRABBED
    });
    stage.press(23);
    stage.stroke(Key::Named(NamedKey::Tab));
    stage.press(105);
    stage.stroke(Key::Named(NamedKey::ControlRight));
    until("it is given back", || other(&manager) == x11rb::protocol::xproto::GrabStatus::SUCCESS);
    // The next click takes it again.
    stage.click();
    until("it is taken again", || other(&manager) == x11rb::protocol::xproto::GrabStatus::ALREADY_GRABBED);
}

#[test]
fn the_keyboard_comes_and_goes_without_the_pointer() {
    let mut stage = Stage::new();
    stage.display.run("setxkbmap", &["us"]).unwrap();
    stage.paint(400, 300);
    let place = stage.surface.place();
    place.accept_input(true);
    stage.put(20, 30, 400, 300, Scale::Zoom { percent: 100, x: 0, y: 0 });
    until("the picture", || stage.brush.pixel(121, 81) == colour(1, 1));
    let has_it = |stage: &Stage| {
        stage.focus() > 1 && stage.focus() != stage.parent && stage.focus() != stage.brush.root
    };
    assert!(!has_it(&stage));
    for _ in 0..2 {
        place.grab_keys(true);
        place.take_keyboard();
        until("the picture has the keyboard", || has_it(&stage));
        stage.press(38);
        stage.stroke(Key::Char('a'));
        // Once for the combinations, once more for all.
        for _ in 0..2 {
            stage.press(105);
            stage.stroke(Key::Named(NamedKey::ControlRight));
        }
        until("the window around has the keyboard", || stage.focus() == stage.parent);
    }
    // Also while the pointer is over the picture keys are the window's around now.
    stage.brush.point(130, 100);
    assert_eq!(stage.next(), InputEvent::Move { x: 10, y: 20 });
    stage.press(38);
    stage.click();
    until("a click brings it back", || has_it(&stage));
    stage.press(39);
    stage.stroke(Key::Char('s'));
    // Nobody takes it where no input is accepted.
    let beside = stage.parent;
    stage.brush.point(600, 300);
    stage.brush.button(1, true);
    stage.brush.button(1, false);
    until("the parent has the keyboard", || stage.focus() == beside);
    place.accept_input(false);
    place.take_keyboard();
    stage.put(21, 30, 400, 300, Scale::Zoom { percent: 100, x: 0, y: 0 });
    until("what was asked is done", || stage.brush.pixel(122, 81) == colour(1, 1));
    assert_eq!(stage.focus(), beside);
}

#[test]
fn copies_are_what_was_presented_with_a_window_or_without() {
    let mut stage = Stage::new();
    stage.paint(64, 48);
    let place = stage.surface.place();
    let (serial, w, h, rgba) = place.copy(0).expect("a copy");
    assert_eq!((w, h), (64, 48));
    let seen: Vec<u32> = rgba.chunks_exact(4).map(|p| u32::from_be_bytes([0, p[0], p[1], p[2]])).collect();
    assert!(seen == expected(0, 0, 64, 48));
    assert!(rgba.chunks_exact(4).all(|p| p[3] == 255));
    assert!(place.copy(serial).is_none());
    stage.surface.present(&[]);
    assert!(place.copy(serial).is_some());
}

#[test]
fn a_parent_that_is_gone_or_strange_is_no_end() {
    let mut stage = Stage::new();
    stage.paint(64, 48);
    stage.put(0, 0, 64, 48, Scale::Fit);
    until("shown", || stage.brush.pixel(110, 60) == colour(10, 10));
    stage.brush.conn.destroy_window(stage.parent).unwrap().check().unwrap();
    stage.surface.present(&[Rect { x: 0, y: 0, w: 64, h: 48 }]);
    let place = stage.surface.place();
    until("it is refused", || !place.put(0x7ff_ffff, 0, 0, 64, 48, Scale::Fit));
    stage.parent = stage.brush.window(300, 100, 200, 200, GROUND);
    stage.brush.map(stage.parent);
    stage.put(0, 0, 64, 48, Scale::Fit);
    until("shown in another window", || stage.brush.pixel(310, 110) == colour(10, 10));
    drop(stage.surface);
    until("gone with the surface", || stage.brush.pixel(310, 110) == GROUND);
    assert!(!place.put(stage.parent.into(), 0, 0, 64, 48, Scale::Fit));
}
