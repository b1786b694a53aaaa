//! A display of its own with programs on it.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use deskside_devices::inject::{InjectError, Injector, x11::XTest};
use deskside_session::input::{InputEvent, Key, NamedKey};
use x11rb::{
    connection::Connection as _,
    protocol::xproto::{AtomEnum, ConnectionExt as _, Window},
    rust_connection::RustConnection,
};

const PATIENCE: Duration = Duration::from_secs(30);
pub const SIZE: (u16, u16) = (1280, 800);

pub struct Desk {
    pub name: String,
    pub conn: RustConnection,
    pub root: Window,
    pub dir: PathBuf,
    children: Mutex<Vec<Child>>,
}

impl Desk {
    /// Starts a display with a window manager.
    pub fn start() -> Self {
        let (server, name) = Self::server();
        let (conn, screen) = RustConnection::connect(Some(&name)).expect("the display is up");
        let root = conn.setup().roots[screen].root;
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("deskside-input-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let desk = Self { name, conn, root, dir, children: Mutex::new(vec![server]) };
        desk.spawn("openbox", &["--sm-disable"]);
        let check = desk.atom("_NET_SUPPORTING_WM_CHECK");
        eventually("the window manager runs", || {
            let r = desk.conn.get_property(false, desk.root, check, 0u32, 0, 1).unwrap().reply().unwrap();
            r.type_ != 0
        });
        desk
    }

    /// Starts a display with a number that this process did not use lately: events of another display
    /// with the same name would be taken for its own.
    fn server() -> (Child, String) {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        for _ in 0..100 {
            let name = format!(":{}", 60 + NEXT.fetch_add(1, Ordering::Relaxed) % 20);
            let mut server = Command::new("Xvfb")
                .args([&name, "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("Xvfb is installed");
            let mut line = String::new();
            BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
            if !line.is_empty() {
                return (server, name);
            }
            server.wait().unwrap();
        }
        panic!("no display is free");
    }

    pub fn atom(&self, name: &str) -> u32 {
        self.conn.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    pub fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut c = Command::new(program);
        c.args(args).env("DISPLAY", &self.name).env("LC_ALL", "C.UTF-8").current_dir(&self.dir);
        c.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        c
    }

    pub fn spawn(&self, program: &str, args: &[&str]) {
        let child = self.command(program, args).spawn();
        self.keep(child.unwrap_or_else(|e| panic!("{program}: {e}")));
    }

    /// Ends a program with the display.
    pub fn keep(&self, child: Child) {
        self.children.lock().unwrap().push(child);
    }

    /// How long something may take on a busy machine.
    pub fn patience(&self) -> Duration {
        PATIENCE
    }

    pub fn run(&self, program: &str, args: &[&str]) {
        let status = self.command(program, args).status().unwrap();
        assert!(status.success(), "{program} {args:?}");
    }

    pub fn layout(&self, name: &str) {
        self.run("setxkbmap", &[name]);
    }

    pub fn focus(&self) -> Window {
        self.conn.get_input_focus().unwrap().reply().unwrap().focus
    }

    pub fn map(&self, window: Window) {
        self.conn.map_window(window).unwrap();
        self.conn.get_input_focus().unwrap().reply().unwrap();
    }

    /// The class of a window that belongs to a program; empty for others.
    pub fn class_of(&self, window: Window) -> String {
        let r = self.conn.get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 64);
        let value = r.unwrap().reply().map(|r| r.value).unwrap_or_default();
        String::from_utf8_lossy(&value).into_owned()
    }

    /// A terminal with the focus, running a shell script; the script is ready when it makes "ready".
    pub fn terminal(&mut self, script: &str) {
        self.spawn("xterm", &["-u8", "-fa", "DejaVu Sans Mono", "-e", "sh", "-c", script]);
        let ready = self.dir.join("ready");
        eventually("the terminal runs", || ready.exists());
        eventually("the terminal has the focus", || self.class_of(self.focus()).contains("XTerm"));
    }

    /// A terminal whose lines go to the file "typed".
    pub fn typewriter(&mut self) {
        self.terminal("stty -echo; : > typed; touch ready; exec cat >> typed");
    }

    /// Waits for so many lines from the typewriter.
    pub fn typed(&self, lines: usize) -> Vec<String> {
        let path = self.dir.join("typed");
        let read = || std::fs::read(&path).unwrap_or_default();
        eventually("the lines were typed", || read().iter().filter(|b| **b == b'\n').count() >= lines);
        String::from_utf8_lossy(&read()).lines().map(str::to_owned).collect()
    }

    pub fn agent(&self) -> Agent {
        Agent(XTest::open(Some(&self.name)).expect("the display takes input"))
    }

    /// Keycodes without any keysym.
    pub fn unused_keys(&self) -> Vec<u8> {
        let map = self.conn.get_keyboard_mapping(8, 248).unwrap().reply().unwrap();
        let per = usize::from(map.keysyms_per_keycode);
        let keys = map.keysyms.chunks(per).zip(8..=255);
        keys.filter(|(syms, _)| syms.iter().all(|s| *s == 0)).map(|(_, code)| code).collect()
    }

    /// Waits until no key is down: the display hears of them on another connection than the one that asks.
    pub fn nothing_held(&self) {
        eventually("nothing is held", || self.keys_down().is_empty());
    }

    /// Keycodes that are down now.
    pub fn keys_down(&self) -> Vec<u8> {
        let keys = self.conn.query_keymap().unwrap().reply().unwrap().keys;
        (0..=255u8).filter(|k| keys[usize::from(*k / 8)] & (1 << (k % 8)) != 0).collect()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        for child in self.children.get_mut().unwrap().iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// An injector that speaks the language of an agent.
pub struct Agent(pub XTest);

impl Agent {
    pub fn send(&mut self, event: InputEvent) -> Result<(), InjectError> {
        self.0.inject(&event, (0, 0), SIZE)
    }
    pub fn down(&mut self, key: Key) {
        self.send(InputEvent::Key { key, down: true }).unwrap_or_else(|e| panic!("{key:?}: {e}"));
    }
    pub fn up(&mut self, key: Key) {
        self.send(InputEvent::Key { key, down: false }).unwrap_or_else(|e| panic!("{key:?}: {e}"));
    }
    pub fn tap(&mut self, key: Key) {
        self.down(key);
        self.up(key);
    }
    pub fn chars(&mut self, text: &str) {
        text.chars().for_each(|c| self.tap(Key::Char(c)));
    }
    pub fn enter(&mut self) {
        self.tap(Key::Named(NamedKey::Enter));
    }
    pub fn text(&mut self, text: &str) {
        self.send(InputEvent::Text { text: text.into() }).unwrap();
    }
}

/// Waits for a condition; fails after a long time.
#[expect(clippy::disallowed_methods, reason = "a pause between two looks; the deadline is separate")]
pub fn eventually(what: &str, mut is: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is() {
        assert!(Instant::now() < end, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
