//! Capture through xcap, on a real X server. One test, as xcap takes its display from the environment.
#![cfg(all(feature = "xcap", target_os = "linux"))]

mod screen;

use std::time::Duration;

use deskside_devices::{
    capture::{self, CaptureError},
    own,
};
use deskside_session::command::Screen;
use screen::{Display, grab_until, settle, until, wait_until};
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt as _, StackMode};

#[test]
fn xcap_shows_what_is_there() {
    // SAFETY: this program has no other test, and its other threads do not run yet.
    unsafe {
        std::env::remove_var("WAYLAND_DISPLAY");
        std::env::remove_var("XDG_SESSION_TYPE");
        std::env::remove_var("DISPLAY");
    }
    assert_eq!(capture::open_named("xcap", Screen::All).err(), Some(CaptureError::NoDisplay));
    assert_eq!(capture::open(Screen::All).err(), Some(CaptureError::NoDisplay));

    let mut display = Display::start(640, 480);
    // SAFETY: as above.
    unsafe {
        std::env::set_var("DISPLAY", &display.name);
        std::env::set_var("DESKSIDE_CAPTURE", "xcap");
    }
    let none = capture::open(Screen::Monitor(3));
    assert_eq!(none.err(), Some(CaptureError::NoSuchMonitor(3)));
    let mut capturer = capture::open(Screen::All).expect("xcap opens");
    assert_eq!(capturer.area(), (0, 0, 640, 480));
    let monitors = capturer.monitors().unwrap();
    assert_eq!((monitors.len(), monitors[0].width, monitors[0].height), (1, 640, 480));

    let brush = display.brush();
    let window = brush.window(0, 0, 640, 480, 0x20_3040);
    brush.map(window);
    grab_until(&mut *capturer, |_, at| at(639, 479) == 0x20_3040);
    brush.fill(window, 100, 60, 50, 40, 0xff_8001);
    grab_until(&mut *capturer, |changed, at| {
        let rows = changed.iter().all(|r| r.h <= 40);
        rows && at(100, 60) == 0xff_8001 && at(149, 99) == 0xff_8001 && at(150, 99) == 0x20_3040
    });
    let mut changed = Vec::new();
    capturer.grab(&mut changed).unwrap();
    assert_eq!(changed, [], "nothing changed since");
    capturer.refresh();
    capturer.grab(&mut changed).unwrap();
    assert_eq!(changed.len(), 1);

    let waker = capturer.waker();
    std::thread::spawn(move || waker()).join().unwrap();
    wait_until(&mut *capturer, |h| h.woken);
    // Told once; then silent until the next grab, however long that takes.
    capturer.grab(&mut changed).unwrap();
    wait_until(&mut *capturer, |h| h.damage);
    assert!(!capturer.wait(Duration::from_millis(100)).unwrap().damage);

    // A prompt that xcap cannot find blackens all; one that it finds only its own place.
    let unlisted = brush.window(100, 100, 200, 100, 0xd0_0000);
    own::register_private(unlisted.into());
    brush.map(unlisted);
    capturer.grab(&mut changed).unwrap();
    grab_until(&mut *capturer, |_, at| at(150, 150) == 0 && at(99, 100) == 0);
    own::unregister_private(unlisted.into());
    brush.conn.destroy_window(unlisted).unwrap().check().unwrap();
    display.spawn("openbox", &[]);
    let prompt = brush.managed_window(200, 100, 0xd0_0000);
    own::register_private(prompt.into());
    brush.map(prompt);
    until("it is decorated", || brush.outermost(prompt) != prompt);
    let below = ConfigureWindowAux::new().stack_mode(StackMode::BELOW);
    brush.conn.configure_window(window, &below).unwrap().check().unwrap();
    until("it is drawn", || brush.pixels(0, 0, 640, 480).contains(&0xd0_0000));
    let place = brush.conn.translate_coordinates(prompt, brush.root, 0, 0).unwrap().reply().unwrap();
    let (x, y) = (place.dst_x as u16, place.dst_y as u16);
    grab_until(&mut *capturer, |_, at| {
        assert_ne!(at(x + 50, y + 50), 0xd0_0000);
        at(x + 50, y + 50) == 0 && at(630, 470) == 0x20_3040
    });
    own::unregister_private(prompt.into());
    grab_until(&mut *capturer, |_, at| at(x + 50, y + 50) == 0xd0_0000);

    // SAFETY: as above; the back ends ended with their capturers.
    drop(capturer);
    unsafe { std::env::set_var("DESKSIDE_CAPTURE", "x11") };
    let mut capturer = capture::open(Screen::All).expect("X11 opens");
    settle(&mut *capturer);
    unsafe { std::env::set_var("DESKSIDE_CAPTURE", "nonsense") };
    assert!(matches!(capture::open(Screen::All), Err(CaptureError::Failed(_))));
}
