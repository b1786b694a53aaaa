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
    let frame = own::frame_x11(&display.name, None).expect("a frame");
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
    assert!(own::frame_x11(":59000", None).is_none());
}

#[test]
fn the_tab_unfolds_under_the_pointer_stops_by_a_click_and_goes_along_with_a_window() {
    let display = Display::start(1000, 600);
    let brush = display.brush();
    brush.point(5, 300);
    let below = brush.window(0, 0, 1000, 600, GROUND);
    brush.map(below);
    let (tell, stopped) = std::sync::mpsc::sync_channel(8);
    let on_stop = Box::new(move || {
        let _ = tell.send(());
    });
    let frame = own::frame_x11(&display.name, Some(own::Stop { words: "Stop sharing".into(), on_stop }));
    let frame = frame.expect("a frame");
    frame.colour(RED);
    frame.place(0, 0, Rect { x: 0, y: 0, w: 1000, h: 600 });
    until("the folded tab", || brush.pixel(790, 6) == RED && brush.pixel(790, 8) == GROUND);
    assert_eq!(brush.pixel(980, 6), GROUND, "the corner is free for the buttons of windows");
    assert_eq!(own::registered().len(), 2, "remote input knows both as ours");

    brush.point(790, 3);
    until("unfolded, with words", || {
        let row = brush.pixels(720, 15, 140, 1);
        row.contains(&RED) && row.contains(&0xff_ffff)
    });
    // A click before anybody can have read it does nothing; later it stops.
    until("stopped", || {
        brush.button(1, true);
        brush.button(1, false);
        stopped.try_recv().is_ok()
    });
    brush.point(5, 300);
    until("folded", || brush.pixel(790, 15) == GROUND);

    let program = brush.window(300, 200, 400, 200, 0xff);
    brush.map(program);
    frame.follow(Some(program.into()));
    // Outside of the window, above it.
    until("at the window", || brush.pixel(490, 195) == RED && brush.pixel(490, 201) == 0xff);
    until("not at the desktop", || brush.pixel(790, 6) == GROUND);
    brush.conn.configure_window(program, &ConfigureWindowAux::new().x(350).y(300)).unwrap().check().unwrap();
    until("moved along", || brush.pixel(540, 295) == RED && brush.pixel(490, 195) == GROUND);
    brush.conn.unmap_window(program).unwrap().check().unwrap();
    until("back at the desktop", || brush.pixel(790, 6) == RED);
    frame.follow(None);
    drop(frame);
    until("gone", || brush.pixel(790, 3) == GROUND);
    assert!(own::registered().is_empty());
}
