//! Capture through xcap, on a real X server. xcap takes its display from the environment, so that each
//! of these tests runs in a process of its own.
#![cfg(all(feature = "xcap", target_os = "linux"))]

mod screen;

use std::{process::Command, time::Duration};

use deskside_devices::{
    capture::{self, CaptureError},
    own,
};
use deskside_session::command::Screen;
use screen::{Brush, Display, grab_until, settle, until, wait_until};
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt as _, StackMode};

/// Runs one of the ignored tests below with these variables, and none of a desktop besides.
fn run(test: &str, environment: &[(&str, &str)]) {
    let mut command = Command::new(std::env::current_exe().expect("the path of this test"));
    command.args(["--ignored", "--exact", "--nocapture", test]);
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "DESKSIDE_CAPTURE"] {
        command.env_remove(name);
    }
    let output = command.envs(environment.iter().copied()).output().expect("it starts");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success() && said.contains("1 passed"), "{test}: {said}");
}

#[test]
fn without_a_display() {
    run("inside::no_display", &[]);
}

#[test]
fn what_is_there_and_what_is_forced() {
    let mut display = Display::start(640, 480);
    display.spawn("openbox", &[]);
    let name = display.name.clone();
    run("inside::shows_what_is_there", &[("DISPLAY", &name), ("DESKSIDE_CAPTURE", "xcap")]);
    run("inside::x11_opens", &[("DISPLAY", &name), ("DESKSIDE_CAPTURE", "x11")]);
    run("inside::x11_opens", &[("DISPLAY", &name)]);
    run("inside::fails", &[("DISPLAY", &name), ("DESKSIDE_CAPTURE", "nonsense")]);
}

mod inside {
    use super::*;

    #[test]
    #[ignore = "needs the environment that `run` gives"]
    fn no_display() {
        assert_eq!(capture::open_named("xcap", Screen::All).err(), Some(CaptureError::NoDisplay));
        assert_eq!(capture::open(Screen::All).err(), Some(CaptureError::NoDisplay));
    }

    #[test]
    #[ignore = "needs the environment that `run` gives"]
    fn x11_opens() {
        let mut capturer = capture::open(Screen::All).expect("X11 opens");
        settle(&mut *capturer);
    }

    #[test]
    #[ignore = "needs the environment that `run` gives"]
    fn fails() {
        assert!(matches!(capture::open(Screen::All), Err(CaptureError::Failed(_))));
    }

    #[test]
    #[ignore = "needs the environment that `run` gives"]
    fn shows_what_is_there() {
        let none = capture::open(Screen::Monitor(3));
        assert_eq!(none.err(), Some(CaptureError::NoSuchMonitor(3)));
        let mut capturer = capture::open(Screen::All).expect("xcap opens");
        assert_eq!(capturer.area(), (0, 0, 640, 480));
        let monitors = capturer.monitors().unwrap();
        assert_eq!((monitors.len(), monitors[0].width, monitors[0].height), (1, 640, 480));

        let brush = Brush::new(&std::env::var("DISPLAY").unwrap());
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
    }
}
