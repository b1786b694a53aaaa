//! Windows that the person hides are in no picture: opened, moved, raised, minimised at random.
#![cfg(all(unix, not(target_os = "macos")))]

mod screen;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use deskside_devices::capture::{self, Capturer};
use deskside_media::Picture;
use deskside_session::{
    command::Screen,
    hiding::{Hidden, Hiding},
};
use screen::{Brush, Display, PATIENCE, grab_until, settle, until};
use x11rb::{
    connection::Connection as _,
    protocol::xproto::{
        AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _,
        CreateWindowAux, EventMask, PropMode, StackMode, Window, WindowClass,
    },
    wrapper::ConnectionExt as _,
};

/// Nothing else has these colours.
const SECRET: u32 = 0xff_00fe;
const GREEN: u32 = 0x00_c000;
const GREY: u32 = 0x50_5050;

fn open(display: &Display) -> Box<dyn Capturer> {
    let mut capturer = capture::open_x11(Some(&display.name), Screen::All).expect("capture opens");
    capturer.hide(&Hidden::default());
    capturer
}

fn class(brush: &Brush, window: Window, name: &str) {
    let value = format!("{}\0{name}\0", name.to_lowercase());
    let (class, text) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
    brush.conn.change_property8(PropMode::REPLACE, window, class, text, value.as_bytes()).unwrap();
}

fn move_to(brush: &Brush, window: Window, x: i32, y: i32) {
    brush.conn.configure_window(window, &ConfigureWindowAux::new().x(x).y(y)).unwrap();
}

fn stack(brush: &Brush, window: Window, mode: StackMode) {
    brush.conn.configure_window(window, &ConfigureWindowAux::new().stack_mode(mode)).unwrap();
}

fn has_secret(picture: &Picture<'_>) -> bool {
    let secret = &SECRET.to_le_bytes()[..3];
    picture.data.chunks_exact(4).any(|p| &p[..3] == secret)
}

/// Numbers that are the same in each run.
struct Dice(u32);

impl Dice {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % n
    }
}

/// Grabs as fast as it can while `act` goes on in another thread; no picture has the secret.
fn watch(capturer: &mut dyn Capturer, act: impl FnOnce() + Send) -> u32 {
    let over = AtomicBool::new(false);
    let (mut changed, mut count, mut covered) = (Vec::new(), 0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Said however it ends, so that a failure is not a hang.
            struct Over<'a>(&'a AtomicBool);
            impl Drop for Over<'_> {
                fn drop(&mut self) {
                    self.0.store(true, Ordering::Release);
                }
            }
            let _over = Over(&over);
            act();
        });
        while !over.load(Ordering::Acquire) {
            if count % 16 == 0 {
                capturer.refresh();
            }
            let secret = has_secret(&capturer.grab(&mut changed).expect("grab"));
            assert!(!secret, "the secret is in picture {count}");
            covered += u32::from(capturer.hiding() == Hiding::Something);
            count += 1;
        }
    });
    assert!(covered > 0, "it was never there");
    count
}

#[test]
fn no_pixel_of_a_hidden_program_without_a_window_manager() {
    let display = Display::start(640, 480);
    let mut capturer = open(&display);
    let (others, program) = (display.brush(), display.brush());
    let ground = others.window(0, 0, 640, 480, GREEN);
    others.map(ground);
    grab_until(&mut *capturer, |_, at| at(5, 5) == GREEN);
    assert_eq!(capturer.hiding(), Hiding::Nothing);
    let covers: Vec<_> = (0..3).map(|i| others.window(i * 150, 60, 220, 300, GREY)).collect();
    covers.iter().for_each(|w| others.map(*w));
    let count = watch(&mut *capturer, || {
        let mut dice = Dice(1);
        let end = Instant::now() + Duration::from_secs(4);
        let mut windows: Vec<Window> = Vec::new();
        // The first one alone says which program it is; its menus say nothing.
        let new = |dice: &mut Dice, first: bool| {
            let (x, y) = (dice.below(600) as i16, dice.below(440) as i16);
            let (w, h) = (20 + dice.below(300) as u16, 20 + dice.below(200) as u16);
            let window = program.window(x, y, w, h, SECRET);
            if first {
                class(&program, window, "KeePassXC");
            }
            program.map(window);
            window
        };
        windows.push(new(&mut dice, true));
        while Instant::now() < end {
            let (x, y) = (dice.below(600) as i32 - 50, dice.below(440) as i32 - 50);
            let one = windows[dice.below(windows.len() as u32) as usize];
            let cover = covers[dice.below(3) as usize];
            let mode = if dice.below(2) == 0 { StackMode::ABOVE } else { StackMode::BELOW };
            match dice.below(9) {
                0 if windows.len() < 6 => windows.push(new(&mut dice, false)),
                1 if windows.len() > 1 => {
                    program.conn.destroy_window(windows.pop().unwrap()).unwrap();
                }
                2 => drop(program.conn.unmap_window(one).unwrap()),
                3 | 4 => drop(program.conn.map_window(one).unwrap()),
                5 => stack(&program, one, mode),
                6 => stack(&others, cover, mode),
                7 => move_to(&others, cover, x, y),
                _ => move_to(&program, one, x, y),
            }
            program.conn.sync().unwrap();
            others.conn.sync().unwrap();
            // Sometimes long enough for a picture of what stands.
            if dice.below(4) == 0 {
                (0..dice.below(200)).for_each(|_| std::thread::yield_now());
            }
        }
        windows.iter().for_each(|w| drop(program.conn.destroy_window(*w).unwrap()));
        stack(&others, ground, StackMode::ABOVE);
        program.conn.sync().unwrap();
        others.conn.sync().unwrap();
    });
    eprintln!("{count} pictures");
    // What they left is shown again after a while, though nothing is drawn there.
    grab_until(&mut *capturer, |_, at| (0..640).all(|x| (0..480).all(|y| at(x, y) == GREEN)));
    assert_eq!(capturer.hiding(), Hiding::Nothing);
}

#[test]
fn no_pixel_of_a_hidden_program_with_a_window_manager() {
    let mut display = Display::start(640, 480);
    display.spawn("openbox", &[]);
    let mut capturer = open(&display);
    let (others, program) = (display.brush(), display.brush());
    let atom = |name: &[u8]| program.conn.intern_atom(false, name).unwrap().reply().unwrap().atom;
    let running = atom(b"_NET_SUPPORTING_WM_CHECK");
    let says =
        |w, what| program.conn.get_property(false, w, what, AtomEnum::ANY, 0, 1).unwrap().reply().unwrap();
    until("a window manager", || says(program.root, running).type_ != 0);
    let cover = others.managed_window(300, 200, GREY);
    class(&others, cover, "Editor");
    others.map(cover);
    let secret = program.managed_window(240, 160, SECRET);
    class(&program, secret, "KeePassXC");
    let dialog = program.managed_window(150, 90, SECRET);
    let serves = AtomEnum::WM_TRANSIENT_FOR;
    program.conn.change_property32(PropMode::REPLACE, dialog, serves, AtomEnum::WINDOW, &[secret]).unwrap();
    let menu = program.window(200, 200, 90, 120, SECRET);
    let (change, iconic) = (atom(b"WM_CHANGE_STATE"), 3);
    let count = watch(&mut *capturer, || {
        let mut dice = Dice(2);
        let end = Instant::now() + Duration::from_secs(5);
        while Instant::now() < end {
            let (x, y) = (dice.below(500) as i32, dice.below(400) as i32);
            let one = [secret, dialog][dice.below(2) as usize];
            match dice.below(10) {
                0 => {
                    let what = ClientMessageEvent::new(32, one, change, [iconic, 0, 0, 0, 0]);
                    let to = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
                    program.conn.send_event(false, program.root, to, what).unwrap();
                }
                1..=3 => drop(program.conn.map_window(one).unwrap()),
                4 => drop(program.conn.unmap_window(one).unwrap()),
                5 => stack(&program, one, StackMode::ABOVE),
                6 => stack(&others, cover, StackMode::ABOVE),
                7 => move_to(&others, cover, x, y),
                8 if dice.below(2) == 0 => drop(program.conn.map_window(menu).unwrap()),
                8 => drop(program.conn.unmap_window(menu).unwrap()),
                _ => move_to(&program, one, x, y),
            }
            program.conn.sync().unwrap();
            others.conn.sync().unwrap();
            (0..dice.below(100)).for_each(|_| std::thread::yield_now());
        }
    });
    eprintln!("{count} pictures");
}

#[test]
fn the_frame_is_covered_and_what_lies_over_it_is_not() {
    let mut display = Display::start(640, 480);
    display.spawn("openbox", &[]);
    let mut capturer = open(&display);
    let brush = display.brush();
    let ground = brush.window(0, 0, 640, 480, GREEN);
    brush.map(ground);
    let program = display.brush();
    let secret = program.managed_window(200, 100, SECRET);
    class(&program, secret, "Bitwarden");
    program.map(secret);
    let frame = || brush.conn.get_geometry(brush.outermost(secret)).unwrap().reply().unwrap();
    until("it is decorated", || brush.outermost(secret) != secret && frame().height > 100);
    stack(&brush, ground, StackMode::BELOW);
    let frame = frame();
    let (x, y) = (frame.x as u16, frame.y as u16);
    until("it is drawn", || brush.pixel(frame.x + 20, frame.y + 60) == SECRET);
    let over = brush.window(frame.x + 10, frame.y + 40, 50, 30, GREY);
    brush.map(over);
    let of_pattern = |rgb: u32| rgb == 0x2b_2f36 || rgb == 0x38_3d45;
    capturer.refresh();
    grab_until(&mut *capturer, |_, at| {
        let right = |dx: u16, dy: u16| {
            let inside = (10..60).contains(&dx) && (40..70).contains(&dy);
            let pixel = at(x + dx, y + dy);
            if inside { pixel == GREY } else { of_pattern(pixel) }
        };
        at(0, 479) == GREEN && (0..frame.height).all(|dy| (0..frame.width).all(|dx| right(dx, dy)))
    });
    assert_eq!(capturer.hiding(), Hiding::Something);

    // Chosen by hand or no longer chosen counts at once, without anything drawn.
    settle(&mut *capturer);
    capturer.hide(&Hidden { programs: Vec::new(), windows: vec![u64::from(over)] });
    grab_until(&mut *capturer, |_, at| of_pattern(at(x + 20, y + 50)) && at(x + 20, y + 90) == SECRET);
    capturer.hide(&Hidden::default());
    grab_until(&mut *capturer, |_, at| at(x + 20, y + 50) == GREY && of_pattern(at(x + 20, y + 90)));
}

#[test]
fn a_program_that_says_late_who_it_is_is_hidden_from_then_on() {
    let display = Display::start(320, 240);
    let mut capturer = open(&display);
    let program = display.brush();
    let secret = program.window(10, 10, 100, 100, SECRET);
    program.map(secret);
    grab_until(&mut *capturer, |_, at| at(20, 20) == SECRET);
    settle(&mut *capturer);
    class(&program, secret, "org.keepassxc.KeePassXC");
    program.conn.sync().unwrap();
    grab_until(&mut *capturer, |_, at| at(20, 20) != SECRET);
    // A window shows what is below it where it is shaped or lets through, and then covers nothing.
    let other = display.brush();
    let id = other.conn.generate_id().unwrap();
    let only_input = CreateWindowAux::new().override_redirect(1);
    let class = WindowClass::INPUT_ONLY;
    other.conn.create_window(0, id, other.root, 0, 0, 320, 240, 0, class, 0, &only_input).unwrap();
    other.map(id);
    let aux = ChangeWindowAttributesAux::new().background_pixel(SECRET);
    program.conn.change_window_attributes(secret, &aux).unwrap();
    program.conn.clear_area(false, secret, 0, 0, 0, 0).unwrap();
    program.conn.sync().unwrap();
    let (mut changed, end) = (Vec::new(), Instant::now() + PATIENCE);
    capturer.refresh();
    while capturer.wait(Duration::from_millis(200)).expect("wait").damage && Instant::now() < end {
        assert!(!has_secret(&capturer.grab(&mut changed).expect("grab")));
    }
}

#[test]
fn what_a_hidden_window_leaves_on_the_screen_is_covered_until_it_is_drawn_over() {
    let display = Display::start(320, 240);
    let mut capturer = open(&display);
    let (brush, program) = (display.brush(), display.brush());
    // Without a background the server leaves what was there when a window goes.
    let id = brush.conn.generate_id().unwrap();
    let aux = CreateWindowAux::new().override_redirect(1);
    brush
        .conn
        .create_window(0, id, brush.root, 0, 0, 320, 240, 0, WindowClass::INPUT_OUTPUT, 0, &aux)
        .unwrap();
    brush.map(id);
    brush.fill(id, 0, 0, 320, 240, GREEN);
    let secret = program.window(50, 50, 100, 100, SECRET);
    class(&program, secret, "KeePassXC");
    program.map(secret);
    grab_until(&mut *capturer, |_, at| at(0, 0) == GREEN && at(60, 60) != GREEN);
    program.conn.unmap_window(secret).unwrap();
    program.conn.sync().unwrap();
    assert_eq!(brush.pixel(60, 60), SECRET, "its pixels are still on the screen");
    let mut changed = Vec::new();
    for _ in 0..10 {
        capturer.refresh();
        assert!(!has_secret(&capturer.grab(&mut changed).unwrap()));
    }
    brush.fill(id, 50, 50, 100, 100, GREEN);
    grab_until(&mut *capturer, |_, at| {
        assert_ne!(at(60, 60), SECRET);
        at(60, 60) == GREEN
    });
    assert_eq!(capturer.hiding(), Hiding::Nothing);
}
