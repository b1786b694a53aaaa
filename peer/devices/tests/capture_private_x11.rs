//! The program's own prompts are not in the captured picture.
#![cfg(all(unix, not(target_os = "macos")))]

mod screen;

use std::sync::{Mutex, MutexGuard};

use deskside_devices::{
    capture::{self, Capturer},
    own,
};
use deskside_media::Rect;
use deskside_session::command::Screen;
use screen::{Display, grab_until, settle, until};
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt as _};

/// The private windows are those of the whole program, and ids are the same on each display.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(|e| e.into_inner())
}

fn open(display: &Display) -> Box<dyn Capturer> {
    capture::open_x11(Some(&display.name), Screen::All).expect("capture opens")
}

fn area(rects: &[Rect]) -> u32 {
    rects.iter().map(|r| u32::from(r.w) * u32::from(r.h)).sum()
}

#[test]
fn private_windows_are_black_until_they_go() {
    let _alone = alone();
    const GREEN: u32 = 0x00_c000;
    const RED: u32 = 0xd0_0000;
    let display = Display::start(640, 480);
    let mut capturer = open(&display);
    let brush = display.brush();
    let ground = brush.window(0, 0, 640, 480, GREEN);
    brush.map(ground);
    grab_until(&mut *capturer, |_, at| at(5, 5) == GREEN);

    let prompt = brush.window(100, 100, 200, 100, RED);
    own::register_private(prompt.into());
    brush.map(prompt);
    grab_until(&mut *capturer, |_, at| {
        assert_ne!(at(150, 150), RED);
        at(150, 150) == 0 && at(99, 100) == GREEN && at(300, 199) == GREEN
    });
    brush.conn.configure_window(prompt, &ConfigureWindowAux::new().x(400)).unwrap().check().unwrap();
    grab_until(&mut *capturer, |_, at| {
        assert!(at(150, 150) != RED && at(450, 150) != RED);
        at(150, 150) == GREEN && at(450, 150) == 0
    });
    // Registered no longer, it is like any other window, without anything drawn.
    settle(&mut *capturer);
    own::unregister_private(prompt.into());
    grab_until(&mut *capturer, |changed, at| area(changed) <= 200 * 100 && at(450, 150) == RED);
    own::register_private(prompt.into());
    grab_until(&mut *capturer, |_, at| at(450, 150) == 0);
    brush.conn.destroy_window(prompt).unwrap().check().unwrap();
    grab_until(&mut *capturer, |_, at| at(450, 150) == GREEN);
    own::unregister_private(prompt.into());
}

#[test]
fn what_the_window_manager_put_around_a_private_window_is_black_too() {
    let _alone = alone();
    let mut display = Display::start(640, 480);
    display.spawn("openbox", &[]);
    let mut capturer = open(&display);
    let brush = display.brush();
    let prompt = brush.managed_window(200, 100, 0xd0_0000);
    own::register_private(prompt.into());
    brush.map(prompt);
    let frame = || brush.conn.get_geometry(brush.outermost(prompt)).unwrap().reply().unwrap();
    // openbox gives it a title; the frame gets its size after it is there.
    until("it is decorated", || brush.outermost(prompt) != prompt && frame().height > 100);
    let frame = frame();
    let (x, y) = (frame.x as u16, frame.y as u16);
    until("it is drawn", || brush.pixel(frame.x + 20, frame.y + 60) == 0xd0_0000);
    capturer.refresh();
    grab_until(&mut *capturer, |_, at| {
        (0..frame.height).all(|dy| (0..frame.width).all(|dx| at(x + dx, y + dy) == 0))
    });
    own::unregister_private(prompt.into());
}
