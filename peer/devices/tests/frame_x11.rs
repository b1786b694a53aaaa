//! The frame around what is shared, on a real X server.
#![cfg(all(unix, not(target_os = "macos")))]

mod screen;

use deskside_devices::own;
use deskside_media::Rect;
use screen::{Display, until};
use x11rb::protocol::{
    Event,
    xproto::{ConfigureWindowAux, ConnectionExt as _, StackMode},
};
use x11rb::{connection::Connection as _, wrapper::ConnectionExt as _};

const GROUND: u32 = 0x11_2233;
const RED: u32 = 0xdd_2200;

#[test]
fn a_frame_is_seen_on_top_and_clicked_through() {
    let display = Display::start(640, 480);
    let brush = display.brush();
    let below = brush.window(0, 0, 640, 480, GROUND);
    brush.map(below);
    let frame = own::frame_x11(&display.name).expect("a frame");
    frame.colour(RED);
    frame.place(100, 50, Rect { x: 10, y: 20, w: 200, h: 100 });
    until("the frame", || brush.pixel(110, 70) == RED && brush.pixel(309, 169) == RED);
    assert_eq!(brush.pixel(109, 70), GROUND);
    assert_eq!(brush.pixel(310, 169), GROUND);
    assert_eq!(brush.pixel(200, 120), GROUND, "nothing in the middle");

    // A click on the frame goes to what is below.
    brush.point(112, 100);
    brush.button(1, true);
    brush.button(1, false);
    until("the click", || match brush.conn.poll_for_event().unwrap() {
        Some(Event::ButtonPress(e)) => {
            assert_eq!((e.event, e.event_x, e.event_y), (below, 112, 100));
            true
        }
        _ => false,
    });

    // Another window comes above it, and then it is back; more than once.
    for _ in 0..3 {
        let other = brush.window(50, 50, 100, 100, 0xff);
        brush.map(other);
        until("back on top", || brush.pixel(111, 100) == RED && brush.pixel(105, 100) == 0xff);
        brush.conn.destroy_window(other).unwrap();
    }
    brush.conn.configure_window(below, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE)).unwrap();
    brush.conn.sync().unwrap();
    until("on top again", || brush.pixel(111, 100) == RED);

    frame.place(0, 0, Rect { x: 0, y: 0, w: 640, h: 480 });
    until("moved", || {
        brush.pixel(0, 0) == RED && brush.pixel(639, 479) == RED && brush.pixel(111, 100) == GROUND
    });
    frame.colour(0x00_9900);
    until("another colour", || brush.pixel(2, 240) == 0x00_9900);
    assert_eq!(own::registered().len(), 1, "remote input knows it as one of ours");
    frame.place(0, 0, Rect::default());
    until("hidden", || brush.pixel(2, 240) == GROUND);
    frame.place(0, 0, Rect { x: 0, y: 0, w: 640, h: 480 });
    until("shown", || brush.pixel(2, 240) == 0x00_9900);
    drop(frame);
    until("gone", || brush.pixel(2, 240) == GROUND);
    assert!(own::registered().is_empty());
}

#[test]
fn no_display_is_no_frame() {
    assert!(own::frame_x11(":59000").is_none());
}
