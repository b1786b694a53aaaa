//! Parts of one picture, each alone in a window of its own.
#![cfg(all(unix, not(target_os = "macos")))]

mod screen;

use std::sync::mpsc::sync_channel;

use deskside_devices::surface::{self, Scale, Surface};
use deskside_media::Rect;
use deskside_session::input::{Button, InputEvent};
use screen::{Brush, Display, PATIENCE, until};

const ONE: Scale = Scale::Zoom { percent: 100, x: 0, y: 0 };

/// Each pixel tells its place, and is never black.
fn colour(x: usize, y: usize) -> u32 {
    (x as u32 * 7 % 256) << 16 | (y as u32 * 5 % 256) << 8 | 0x40 | ((x as u32 ^ y as u32) % 64)
}

fn paint(surface: &mut dyn Surface, w: u16, h: u16, part: Rect, plus: usize) {
    let (bytes, stride) = surface.buffer();
    for y in usize::from(part.y)..usize::from(part.y + part.h) {
        for x in usize::from(part.x)..usize::from(part.x + part.w) {
            bytes[y * stride + x * 4..][..4].copy_from_slice(&colour(x + plus, y).to_le_bytes());
        }
    }
    assert!(bytes.len() >= usize::from(w) * usize::from(h) * 4);
    surface.present(&[part]);
}

fn has(brush: &Brush, at: (i16, i16), from: (usize, usize), size: (u16, u16), plus: usize) -> bool {
    let (w, h) = (usize::from(size.0), usize::from(size.1));
    let rows = (from.1..from.1 + h).flat_map(|y| (from.0..from.0 + w).map(move |x| (x, y)));
    let expected: Vec<_> = rows.map(|(x, y)| colour(x + plus, y)).collect();
    brush.pixels(at.0, at.1, size.0, size.1) == expected
}

#[test]
fn a_part_has_a_window_with_its_pixels_and_nothing_else() {
    let display = Display::start(1000, 600);
    let brush = display.brush();
    brush.point(5, 590);
    let windows = [brush.window(0, 0, 400, 300, 0x11_2233), brush.window(500, 0, 300, 200, 0x11_2233)];
    windows.iter().for_each(|w| brush.map(*w));
    let (tell, heard) = sync_channel(1024);
    let on_input = Box::new(move |event| {
        let _ = tell.send(event);
    });
    let mut surface = surface::open_x11(&display.name, on_input).expect("a surface");
    let whole = Rect { x: 0, y: 0, w: 400, h: 300 };
    surface.resize(400, 300);
    paint(&mut *surface, 400, 300, whole, 0);
    let place = surface.place();
    assert!(place.put(windows[0].into(), 0, 0, 400, 300, ONE));
    until("the whole picture", || has(&brush, (0, 0), (0, 0), (400, 300), 0));

    // Its own window, larger than the part: that stands in the middle of black.
    let part = Rect { x: 100, y: 80, w: 200, h: 120 };
    let own = place.another().expect("one more window");
    own.crop(Some(part));
    own.accept_input(true);
    assert!(own.put(windows[1].into(), 0, 0, 300, 200, ONE));
    until("the part", || has(&brush, (550, 40), (100, 80), (200, 120), 0));
    let black = |x, y, w, h| brush.pixels(x, y, w, h).iter().all(|p| *p == 0);
    assert!(black(500, 0, 300, 40) && black(500, 160, 300, 40) && black(500, 40, 50, 120));
    assert!(black(750, 40, 50, 120));
    // A change is seen in both, and one beside it only in the whole.
    let half = Rect { x: 0, y: 0, w: 150, h: 300 };
    paint(&mut *surface, 400, 300, half, 9);
    assert!(has(&brush, (0, 0), (0, 0), (150, 300), 9));
    assert!(
        has(&brush, (550, 40), (100, 80), (50, 120), 9) && has(&brush, (600, 40), (150, 80), (150, 120), 0)
    );
    assert!(black(500, 40, 50, 120));

    // A click there is one in the picture.
    brush.point(560, 60);
    brush.button(1, true);
    brush.button(1, false);
    let left = |down| InputEvent::Button { button: Button::Left, down, x: 110, y: 100 };
    let next = || heard.recv_timeout(PATIENCE).expect("an event");
    let first = std::iter::repeat_with(next).find(|e| !matches!(e, InputEvent::Move { .. }));
    assert_eq!((first, next()), (Some(left(true)), left(false)));

    // It follows when the part moves, scales, and lives over a change of the picture's size.
    own.crop(Some(Rect { x: 0, y: 0, ..part }));
    until("the other part", || has(&brush, (550, 40), (0, 0), (150, 120), 9));
    own.crop(Some(Rect { x: 200, y: 100, w: 150, h: 100 }));
    own.put(windows[1].into(), 0, 0, 300, 200, Scale::Fit);
    let near = |a: u32, b: u32| (0..3).all(|i| (a >> (8 * i) & 255).abs_diff(b >> (8 * i) & 255) < 16);
    surface.resize(400, 400);
    let flat = |surface: &mut dyn Surface, part: Rect, rgb: u32| {
        let (bytes, stride) = surface.buffer();
        for y in usize::from(part.y)..usize::from(part.y + part.h) {
            bytes[y * stride + usize::from(part.x) * 4..][..usize::from(part.w) * 4]
                .copy_from_slice(&rgb.to_le_bytes().repeat(part.w.into()));
        }
        surface.present(&[part]);
    };
    flat(&mut *surface, Rect { x: 0, y: 0, w: 400, h: 400 }, 0xff_00fe);
    flat(&mut *surface, Rect { x: 200, y: 100, w: 150, h: 100 }, 0x20_c040);
    until("the part, scaled", || brush.pixels(502, 2, 296, 196).iter().all(|p| near(*p, 0x20_c040)));
    drop(own);
    until("the window is gone", || brush.pixel(600, 100) == 0x11_2233);
    drop(surface);
    assert!(place.another().is_none(), "without a picture there is no further window");
}
