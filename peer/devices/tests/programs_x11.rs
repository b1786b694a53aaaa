//! Icons of windows, the window in front, and the first window of a program, at a real X server.
#![cfg(all(unix, not(target_os = "macos")))]

mod screen;

use std::{path::PathBuf, sync::mpsc, time::Duration};

use deskside_devices::{programs::Computer, windows};
use deskside_session::hiding::OpenWindow;
use screen::{Brush, Display, PATIENCE};
use x11rb::{
    connection::Connection as _,
    protocol::xproto::{AtomEnum, ConnectionExt as _, InputFocus, PropMode, Window},
    wrapper::ConnectionExt as _,
};

/// A display, and a folder with what is installed.
struct Desk {
    display: Display,
    folder: PathBuf,
    computer: Computer,
}

impl Desk {
    fn start(name: &str) -> Self {
        let display = Display::start(640, 480);
        let folder = std::env::temp_dir().join(format!("deskside-{name}-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("applications")).unwrap();
        let computer = Computer::at(&display.name, vec![folder.clone()]);
        Self { display, folder, computer }
    }

    fn entry(&self, id: &str, lines: &str) {
        let text = format!("[Desktop Entry]\nType=Application\n{lines}\n");
        std::fs::write(self.folder.join("applications").join(id), text).unwrap();
    }

    fn windows(&self) -> Vec<OpenWindow> {
        windows::list_x11(Some(&self.display.name)).expect("listed")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn named(brush: &Brush, title: &str, class: &str) -> Window {
    let window = brush.window(10, 10, 200, 100, 0x20_4060);
    let text = |what: AtomEnum, value: &[u8]| {
        brush.conn.change_property8(PropMode::REPLACE, window, what, AtomEnum::STRING, value).unwrap();
    };
    text(AtomEnum::WM_NAME, title.as_bytes());
    text(AtomEnum::WM_CLASS, format!("{class}\0{class}\0").as_bytes());
    // As a window manager marks what it looks after.
    let state = brush.conn.intern_atom(false, b"WM_STATE").unwrap().reply().unwrap().atom;
    brush.conn.change_property32(PropMode::REPLACE, window, state, state, &[1, 0]).unwrap();
    brush.map(window);
    brush.conn.sync().unwrap();
    window
}

fn icon(brush: &Brush, window: Window, values: &[u32]) {
    let atom = brush.conn.intern_atom(false, b"_NET_WM_ICON").unwrap().reply().unwrap().atom;
    brush.conn.change_property32(PropMode::REPLACE, window, atom, AtomEnum::CARDINAL, values).unwrap();
    brush.conn.sync().unwrap();
}

#[test]
fn icons_of_windows_and_else_of_their_programs() {
    let desk = Desk::start("icons");
    let brush = &desk.display.brush();
    let with = named(brush, "with", "Painter");
    let without = named(brush, "without", "Nobody");
    icon(brush, with, &[vec![48, 48], vec![0xff11_2233; 48 * 48]].concat());
    let open = desk.windows();
    let icons = desk.computer.icons(&open);
    let found = icons.get(&u64::from(with)).expect("its icon");
    assert_eq!(found.0, [0x11, 0x22, 0x33, 0xff].repeat(windows::ICON * windows::ICON));
    assert_eq!(icons.get(&u64::from(without)), None);
    // Larger than what is read, and than what there is.
    for garbage in [&[2000, 2000][..], &[u32::MAX, 2, 3], &[]] {
        icon(brush, with, garbage);
        assert_eq!(desk.computer.icons(&open).get(&u64::from(with)), None, "{garbage:?}");
    }
    // The picture that the entry of its program names.
    let path = desk.folder.join("nobody.png");
    let mut encoder = png::Encoder::new(std::fs::File::create(&path).unwrap(), 1, 1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&[1, 2, 3]).unwrap();
    let lines = format!("Name=N\nExec=n\nStartupWMClass=nobody\nIcon={}", path.display());
    desk.entry("n.desktop", &lines);
    let found = desk.computer.icons(&open).remove(&u64::from(without)).expect("its program's icon");
    assert_eq!(found.0, [1, 2, 3, 255].repeat(windows::ICON * windows::ICON));
}

#[test]
fn the_window_in_front_and_what_becomes_of_it() {
    let desk = Desk::start("front");
    let brush = &desk.display.brush();
    let in_front = || windows::front_x11(Some(&desk.display.name));
    assert!(in_front().is_none(), "nothing is open");
    let below = named(brush, "below", "Browser");
    let above = named(brush, "above", "Notes");
    let front = || in_front().map(|(w, _)| w.id);
    assert_eq!(front(), Some(above.into()), "the top one");
    brush.conn.set_input_focus(InputFocus::PARENT, below, x11rb::CURRENT_TIME).unwrap();
    brush.conn.sync().unwrap();
    assert_eq!(front(), Some(below.into()), "the one that has the keyboard");
    let active = brush.conn.intern_atom(false, b"_NET_ACTIVE_WINDOW").unwrap().reply().unwrap().atom;
    let root = brush.conn.setup().roots[0].root;
    let say = |w: Window| {
        brush.conn.change_property32(PropMode::REPLACE, root, active, AtomEnum::WINDOW, &[w]).unwrap();
        brush.conn.sync().unwrap();
    };
    say(above);
    assert_eq!(front(), Some(above.into()), "the one that the window manager tells");
    say(0);
    assert_eq!(front(), None, "it tells that it is none");
    let own = named(brush, "own", "deskside");
    say(own);
    assert_eq!(front(), None, "a window of this program");

    say(below);
    let (open, watched) = in_front().expect("a window");
    assert_eq!((open.title.as_str(), open.program.as_str()), ("below", "Browser"));
    let (tell, told) = mpsc::sync_channel(8);
    std::thread::spawn(move || watched.watch(&|w| tell.send(w.map(|w| w.title)).unwrap_or_default()));
    brush
        .conn
        .change_property8(PropMode::REPLACE, below, AtomEnum::WM_NAME, AtomEnum::STRING, b"other")
        .unwrap();
    brush.conn.sync().unwrap();
    assert_eq!(told.recv_timeout(PATIENCE).expect("told"), Some("other".into()));
    brush.conn.destroy_window(below).unwrap();
    brush.conn.sync().unwrap();
    assert_eq!(told.recv_timeout(PATIENCE).expect("told"), None);
}

#[test]
fn programs_are_started_and_their_first_window_is_found() {
    let desk = Desk::start("started");
    desk.entry(
        "quoted.desktop",
        "Name=Quoted\nName[fr]=Cité\nExec=xterm -title \"a \\\\\"b\\\\\" c\" -e cat %U",
    );
    desk.entry("late.desktop", "Name=Late\nExec=sleep 60");
    desk.entry("bad.desktop", "Name=Bad\nExec=false");
    desk.entry("missing.desktop", "Name=Missing\nExec=/no/such/program");
    desk.entry("shut.desktop", "Name=Shut\nExec=\"xterm");
    let listed = |language| -> Vec<String> {
        desk.computer.list(language).expect("a list").into_iter().map(|p| p.installed.name).collect()
    };
    assert_eq!(listed("en"), ["Bad", "Late", "Quoted"]);
    assert_eq!(listed("fr"), ["Bad", "Cité", "Late"]);

    let window = desk.computer.start("quoted.desktop", PATIENCE).expect("a window");
    let open = desk.windows();
    let found = open.iter().find(|w| w.id == window).expect("in the list");
    assert_eq!(found.title, "a \"b\" c");

    let refused = |id: &str, patience| desk.computer.start(id, patience).expect_err("no window").to_string();
    assert_eq!(refused("late.desktop", Duration::from_millis(300)), "it showed no window");
    assert!(refused("bad.desktop", PATIENCE).contains("ended at once"));
    for id in ["missing.desktop", "shut.desktop", "nothing.desktop", "../quoted.desktop", ""] {
        assert_eq!(refused(id, PATIENCE), "no such program is installed", "{id}");
    }
}
