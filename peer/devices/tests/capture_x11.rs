//! Capture by damage and shared memory on real X servers.
#![cfg(all(unix, not(target_os = "macos")))]

mod screen;

use std::time::Duration;

use deskside_devices::capture::{self, CaptureError, Capturer, Happened};
use deskside_media::{Picture, Rect};
use deskside_session::command::Screen;
use screen::{Display, PATIENCE, grab_until, settle, until, wait_until};
use x11rb::protocol::{
    render::{self, ConnectionExt as _},
    xproto::{ChangeWindowAttributesAux, ConnectionExt as _, CreateGCAux, ImageFormat},
};
use x11rb::{connection::Connection as _, wrapper::ConnectionExt as _};

const STILL: Duration = Duration::from_millis(300);

fn open(display: &Display) -> Box<dyn Capturer> {
    capture::open_x11(Some(&display.name), Screen::All).expect("capture opens")
}

fn area(rects: &[Rect]) -> u32 {
    rects.iter().map(|r| u32::from(r.w) * u32::from(r.h)).sum()
}

#[test]
fn first_is_whole_then_only_what_changed_and_a_still_desktop_is_silent() {
    let display = Display::start(640, 480);
    let mut capturer = open(&display);
    assert_eq!(capturer.area(), (0, 0, 640, 480));
    assert!(capturer.wait(PATIENCE).unwrap().damage);
    let mut changed = Vec::new();
    let picture = capturer.grab(&mut changed).unwrap();
    assert_eq!((picture.width, picture.height), (640, 480));
    assert_eq!(changed, [Rect { x: 0, y: 0, w: 640, h: 480 }]);
    settle(&mut *capturer);
    assert_eq!(capturer.wait(STILL).unwrap(), Happened::default());

    let brush = display.brush();
    let window = brush.window(0, 0, 640, 480, 0x20_3040);
    brush.map(window);
    grab_until(&mut *capturer, |_, at| at(639, 479) == 0x20_3040);
    settle(&mut *capturer);
    brush.fill(window, 100, 60, 50, 40, 0xff_8001);
    grab_until(&mut *capturer, |changed, at| {
        assert!(area(changed) <= 50 * 40, "too much: {changed:?}");
        at(100, 60) == 0xff_8001 && at(149, 99) == 0xff_8001 && at(150, 99) == 0x20_3040
    });
    assert_eq!(capturer.wait(STILL).unwrap(), Happened::default());

    capturer.refresh();
    assert!(capturer.wait(PATIENCE).unwrap().damage);
    capturer.grab(&mut changed).unwrap();
    assert_eq!(area(&changed), 640 * 480);
}

#[test]
fn every_pixel_is_as_drawn() {
    every_pixel(&Display::start(800, 600));
}

#[test]
fn every_pixel_is_as_drawn_without_shared_memory() {
    every_pixel(&Display::start_with(800, 600, &["-extension", "MIT-SHM"]));
}

fn every_pixel(display: &Display) {
    let mut capturer = open(display);
    let brush = display.brush();
    let window = brush.window(0, 0, 800, 600, 0);
    brush.map(window);
    let mut seed = 7_u32;
    let mut random = |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    };
    // What a viewer would hold: only the changed rectangles are copied.
    let mut shadow = vec![0_u32; 800 * 600];
    let mut changed = Vec::new();
    for _ in 0..20 {
        for _ in 0..40 {
            let (x, y) = (random(780) as i16, random(580) as i16);
            let (w, h) = (1 + random(60) as u16, 1 + random(60) as u16);
            brush.fill(window, x, y, w, h, random(0x100_0000));
        }
        wait_until(&mut *capturer, |h| h.damage);
        let picture = capturer.grab(&mut changed).unwrap();
        assert!(changed.len() <= 32);
        copy(&picture, &changed, &mut shadow, 800);
        assert!(shadow == brush.pixels(0, 0, 800, 600), "pixels differ");
    }
}

#[test]
fn pointer_moves_and_shapes_wake() {
    let display = Display::start(640, 480);
    let mut capturer = open(&display);
    let brush = display.brush();
    settle(&mut *capturer);
    brush.point(321, 123);
    wait_until(&mut *capturer, |h| h.pointer);
    let pointer = capturer.pointer().unwrap();
    assert_eq!((pointer.x, pointer.y, pointer.shape), (321, 123, None));

    // Half transparent red of 8 by 8, its hot spot at 3, 2.
    let conn = &brush.conn;
    let formats = conn.render_query_pict_formats().unwrap().reply().unwrap().formats;
    let argb = formats.iter().find(|f| f.depth == 32 && f.direct.alpha_mask == 0xff).unwrap().id;
    let (pixmap, gc) = (conn.generate_id().unwrap(), conn.generate_id().unwrap());
    conn.create_pixmap(32, pixmap, brush.root, 8, 8).unwrap();
    conn.create_gc(gc, pixmap, &CreateGCAux::new()).unwrap();
    let pixels = [0, 0, 0x80, 0x80].repeat(64);
    conn.put_image(ImageFormat::Z_PIXMAP, pixmap, gc, 8, 8, 0, 0, 0, 32, &pixels).unwrap();
    let (picture, cursor) = (conn.generate_id().unwrap(), conn.generate_id().unwrap());
    conn.render_create_picture(picture, pixmap, argb, &render::CreatePictureAux::new()).unwrap();
    conn.render_create_cursor(cursor, picture, 3, 2).unwrap();
    let aux = ChangeWindowAttributesAux::new().cursor(cursor);
    conn.change_window_attributes(brush.root, &aux).unwrap();
    conn.sync().unwrap();
    wait_until(&mut *capturer, |h| h.pointer);
    let shape = capturer.pointer().unwrap().shape.expect("a new shape");
    assert_eq!((shape.width, shape.height, shape.hot_x, shape.hot_y), (8, 8, 3, 2));
    assert_eq!(shape.bgra, pixels);
    assert_eq!(capturer.pointer().unwrap().shape, None);
}

#[test]
fn another_thread_wakes() {
    let display = Display::start(320, 240);
    let mut capturer = open(&display);
    settle(&mut *capturer);
    let waker = capturer.waker();
    let thread = std::thread::spawn(move || waker());
    wait_until(&mut *capturer, |h| h.woken);
    thread.join().unwrap();
    assert_eq!(capturer.wait(STILL).unwrap(), Happened::default());
}

#[test]
fn a_new_resolution_is_told_and_grabbed_whole() {
    let display = Display::start(800, 600);
    let mut capturer = open(&display);
    settle(&mut *capturer);
    let mode = ["--newmode", "small", "20", "640", "648", "700", "800", "400", "401", "404", "420"];
    display.run("xrandr", &mode).unwrap();
    display.run("xrandr", &["--addmode", "screen", "small"]).unwrap();
    display.run("xrandr", &["--output", "screen", "--mode", "small"]).unwrap();
    // Grabbed before the news was looked at: no error, and the new size.
    let mut changed = Vec::new();
    let picture = capturer.grab(&mut changed).unwrap();
    assert_eq!((picture.width, picture.height), (640, 400));
    assert_eq!(area(&changed), 640 * 400);
    wait_until(&mut *capturer, |h| h.geometry);
    assert_eq!(capturer.area(), (0, 0, 640, 400));

    display.run("xrandr", &["--output", "screen", "--mode", "800x600"]).unwrap();
    wait_until(&mut *capturer, |h| h.geometry);
    assert_eq!(capturer.area(), (0, 0, 800, 600));
    let picture = capturer.grab(&mut changed).unwrap();
    assert_eq!((picture.width, picture.height), (800, 600));
}

#[test]
fn no_display_and_no_monitor_are_told_apart() {
    assert_eq!(capture::open_x11(Some(":59000"), Screen::All).err(), Some(CaptureError::NoDisplay));
    let display = Display::start(320, 240);
    let one = capture::open_x11(Some(&display.name), Screen::Monitor(0)).unwrap();
    assert_eq!(one.area(), (0, 0, 320, 240));
    let none = capture::open_x11(Some(&display.name), Screen::Monitor(7));
    assert_eq!(none.err(), Some(CaptureError::NoSuchMonitor(7)));
}

#[test]
fn a_server_that_ends_is_an_error_and_no_abort() {
    let display = Display::start(320, 240);
    let mut capturer = open(&display);
    settle(&mut *capturer);
    drop(display);
    assert!(matches!(capturer.wait(PATIENCE), Err(CaptureError::Failed(_))));
    assert!(matches!(capturer.grab(&mut Vec::new()), Err(CaptureError::Failed(_))));
}

#[test]
fn a_scrolling_terminal_is_followed_to_the_pixel() {
    let mut display = Display::start(800, 600);
    let mut capturer = open(&display);
    let mut shadow = vec![0_u32; 800 * 600];
    let mut changed = Vec::new();
    let script = "for i in $(seq 400); do echo line $i $i $i; done; exec sleep 1000";
    display.spawn("xterm", &["-geometry", "100x30+20+30", "-e", "sh", "-c", script]);
    let brush = display.brush();
    let follow = |capturer: &mut dyn Capturer, shadow: &mut Vec<u32>, changed: &mut Vec<Rect>| {
        while capturer.wait(STILL).unwrap().damage {
            let picture = capturer.grab(changed).unwrap();
            copy(&picture, changed, shadow, 800);
        }
    };
    // Until the terminal is there and has written it all.
    until("the same picture", || {
        follow(&mut *capturer, &mut shadow, &mut changed);
        let there = brush.pixels(0, 0, 800, 600);
        there.contains(&0xff_ffff) && there == shadow
    });
}

/// Copies the changed rectangles, as a viewer does.
fn copy(picture: &Picture<'_>, changed: &[Rect], shadow: &mut [u32], width: usize) {
    for r in changed {
        for y in usize::from(r.y)..usize::from(r.y + r.h) {
            for x in usize::from(r.x)..usize::from(r.x + r.w) {
                let p = &picture.data[y * picture.stride + x * 4..];
                shadow[y * width + x] = u32::from_le_bytes([p[0], p[1], p[2], 0]);
            }
        }
    }
}

#[test]
fn one_of_two_monitors() {
    let display = match Display::start_two_monitors() {
        Ok(display) => display,
        Err(why) => return eprintln!("skipped, Xorg does not start here: {why}"),
    };
    let mut all = open(&display);
    let monitors = all.monitors().unwrap();
    let places: Vec<_> = monitors.iter().map(|m| (m.x, m.y, m.width, m.height, m.primary)).collect();
    assert_eq!(places, [(0, 0, 1024, 768, true), (1024, 0, 800, 600, false)]);
    let mut second = capture::open_x11(Some(&display.name), Screen::Monitor(1)).unwrap();
    assert_eq!(second.area(), (1024, 0, 800, 600));
    settle(&mut *second);

    let brush = display.brush();
    let other = brush.window(10, 10, 50, 50, 0xff);
    brush.map(other);
    grab_until(&mut *all, |_, at| at(20, 20) == 0xff);
    // A window that opens is a reason to look whether it is hidden; nothing changed on this monitor.
    second.wait(STILL).unwrap();
    let mut changed = Vec::new();
    second.grab(&mut changed).unwrap();
    assert_eq!(changed, [], "damage of the other monitor");
    let own = brush.window(1034, 20, 50, 50, 0xff00);
    brush.map(own);
    grab_until(&mut *second, |changed, at| {
        assert!(area(changed) <= 50 * 50);
        at(10, 20) == 0xff00 && at(59, 69) == 0xff00
    });

    display.run("xrandr", &["--output", "DUMMY1", "--off"]).unwrap();
    wait_until(&mut *second, |h| h.geometry);
    assert_eq!(second.grab(&mut Vec::new()).err(), Some(CaptureError::NoSuchMonitor(1)));
}

#[test]
fn one_monitor_is_kept_to_by_its_name() {
    let display = match Display::start_two_monitors() {
        Ok(display) => display,
        Err(why) => return eprintln!("skipped, Xorg does not start here: {why}"),
    };
    let second = &mut *capture::open_x11(Some(&display.name), Screen::Monitor(1)).unwrap();
    assert_eq!(second.monitor(), Some("DUMMY1"));
    settle(second);
    // The first one goes: the second has its index now.
    display.run("xrandr", &["--output", "DUMMY0", "--off"]).unwrap();
    until("its new index", || {
        second.wait(STILL).unwrap();
        second.monitors().unwrap().len() == 1
    });
    second.grab(&mut Vec::new()).unwrap();
    assert_eq!((second.area().2, second.area().3), (800, 600));
    // The first comes back and the second goes: what is captured is not taken for it.
    display.run("xrandr", &["--output", "DUMMY0", "--mode", "1024x768"]).unwrap();
    display.run("xrandr", &["--output", "DUMMY1", "--off"]).unwrap();
    until("that it is gone", || {
        second.wait(STILL).unwrap();
        second.grab(&mut Vec::new()).err() == Some(CaptureError::NoSuchMonitor(1))
    });
    display.run("xrandr", &["--output", "DUMMY1", "--mode", "800x600", "--right-of", "DUMMY0"]).unwrap();
    until("that it is back", || {
        second.wait(STILL).unwrap();
        second.grab(&mut Vec::new()).is_ok() && second.area() == (1024, 0, 800, 600)
    });
    // Nothing changes: nothing is grabbed anew.
    settle(second);
    display.run("xrandr", &["--output", "DUMMY1", "--mode", "800x600", "--right-of", "DUMMY0"]).unwrap();
    second.wait(STILL).unwrap();
    let mut changed = Vec::new();
    second.grab(&mut changed).unwrap();
    assert!(area(&changed) < 800 * 600, "{changed:?}");
}
