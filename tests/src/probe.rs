//! A small X program: a window that writes down which pointer and key events reached it.

use x11rb::{
    connection::Connection,
    protocol::{
        Event,
        xproto::{
            ConnectionExt, CreateGCAux, CreateWindowAux, EventMask, ImageFormat, InputFocus, Rectangle,
            Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
};

use crate::{Display, wait};

/// What reached the window; positions count from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Move {
        x: i16,
        y: i16,
    },
    /// X's numbers: 1 to 3 left, middle, right; 4 to 7 wheel up, down, left, right; 8, 9 back, forward.
    Press {
        button: u8,
        x: i16,
        y: i16,
    },
    Release {
        button: u8,
        x: i16,
        y: i16,
    },
    /// The key's number and the modifiers' mask.
    KeyDown {
        key: u8,
        state: u16,
    },
    KeyUp {
        key: u8,
    },
}

/// The window; it closes when dropped.
pub struct Probe {
    connection: RustConnection,
    window: Window,
    seen: Vec<Seen>,
}

impl Probe {
    /// Opens it above all others, without a frame, with the keyboard's focus.
    #[track_caller]
    pub fn open(display: &Display, x: i16, y: i16, width: u16, height: u16) -> Self {
        let (c, screen) = RustConnection::connect(Some(&display.name)).expect("the display answers");
        let screen = &c.setup().roots[screen];
        let window = c.generate_id().expect("an id");
        let masks = EventMask::POINTER_MOTION
            | EventMask::BUTTON_PRESS
            | EventMask::BUTTON_RELEASE
            | EventMask::KEY_PRESS
            | EventMask::KEY_RELEASE
            | EventMask::STRUCTURE_NOTIFY;
        let aux = CreateWindowAux::new().override_redirect(1).background_pixel(0x0030_6090).event_mask(masks);
        c.create_window(0, window, screen.root, x, y, width, height, 0, WindowClass::INPUT_OUTPUT, 0, &aux)
            .expect("sent");
        c.map_window(window).expect("sent");
        c.flush().expect("sent");
        let probe = Self { connection: c, window, seen: Vec::new() };
        wait::until("the probe is shown", || probe.next().filter(|e| matches!(e, Event::MapNotify(_))));
        let focus = probe.connection.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME);
        focus.expect("sent").check().expect("the focus");
        probe
    }

    /// Fills a part of it with a colour (0xRRGGBB) and returns when it is on the screen.
    #[track_caller]
    pub fn fill(&self, x: i16, y: i16, width: u16, height: u16, colour: u32) {
        let c = &self.connection;
        let gc = c.generate_id().expect("an id");
        c.create_gc(gc, self.window, &CreateGCAux::new().foreground(colour)).expect("sent");
        c.poly_fill_rectangle(self.window, gc, &[Rectangle { x, y, width, height }]).expect("sent");
        c.free_gc(gc).expect("sent");
        c.get_input_focus().expect("sent").reply().expect("the display answers");
    }

    /// Draws pixels (blue, green, red and one byte of nothing each) and returns when they are on the screen.
    #[track_caller]
    pub fn draw(&self, x: i16, y: i16, width: u16, height: u16, bgrx: &[u8]) {
        let c = &self.connection;
        let gc = c.generate_id().expect("an id");
        c.create_gc(gc, self.window, &CreateGCAux::new()).expect("sent");
        let rows = (200_000 / (usize::from(width) * 4)).max(1);
        for (i, part) in bgrx.chunks(rows * usize::from(width) * 4).enumerate() {
            let high = (part.len() / (usize::from(width) * 4)) as u16;
            let y = y + (i * rows) as i16;
            let root = c.setup().roots[0].root_depth;
            c.put_image(ImageFormat::Z_PIXMAP, self.window, gc, width, high, x, y, 0, root, part)
                .expect("sent");
        }
        assert!(usize::from(height) * usize::from(width) * 4 == bgrx.len(), "as many pixels as were said");
        c.free_gc(gc).expect("sent");
        c.get_input_focus().expect("sent").reply().expect("the display answers");
    }

    /// Everything so far.
    #[track_caller]
    pub fn seen(&mut self) -> &[Seen] {
        while let Some(event) = self.next() {
            self.seen.extend(match event {
                Event::MotionNotify(e) => Some(Seen::Move { x: e.event_x, y: e.event_y }),
                Event::ButtonPress(e) => Some(Seen::Press { button: e.detail, x: e.event_x, y: e.event_y }),
                Event::ButtonRelease(e) => {
                    Some(Seen::Release { button: e.detail, x: e.event_x, y: e.event_y })
                }
                Event::KeyPress(e) => Some(Seen::KeyDown { key: e.detail, state: e.state.into() }),
                Event::KeyRelease(e) => Some(Seen::KeyUp { key: e.detail }),
                _ => None,
            });
        }
        &self.seen
    }

    /// Forgets what it saw.
    pub fn forget(&mut self) {
        self.seen();
        self.seen.clear();
    }

    /// Waits until it has seen this.
    #[track_caller]
    pub fn wait(&mut self, what: Seen) {
        let found = wait::within(wait::DEADLINE, || self.seen().contains(&what).then_some(()));
        assert!(found.is_some(), "the window never saw {what:?}, but {:?}", self.seen);
    }

    /// Waits until what it saw fits.
    #[track_caller]
    pub fn wait_for(&mut self, what: &str, fits: impl Fn(&[Seen]) -> bool) {
        let found = wait::within(wait::DEADLINE, || fits(self.seen()).then_some(()));
        assert!(found.is_some(), "the window never saw {what}, but {:?}", self.seen);
    }

    fn next(&self) -> Option<Event> {
        self.connection.poll_for_event().expect("the display is there")
    }
}
