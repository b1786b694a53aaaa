//! A real X server for a test, and a program that draws on it.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use deskside_devices::capture::{Capturer, Happened};
use deskside_media::Rect;
use x11rb::{
    connection::Connection as _,
    protocol::{
        xproto::{
            ChangeGCAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, EventMask, Gcontext, ImageFormat,
            Rectangle, Window, WindowClass,
        },
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

/// How long a test waits for anything before it fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Display {
    pub name: String,
    server: Child,
    programs: Vec<Child>,
}

impl Display {
    pub fn start(width: u16, height: u16) -> Self {
        Self::start_with(width, height, &[])
    }

    /// `more` are further arguments of the X server.
    pub fn start_with(width: u16, height: u16, more: &[&str]) -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"])
            .arg(format!("{width}x{height}x24"))
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed");
        let mut number = String::new();
        let out = server.stdout.take().expect("piped");
        BufReader::new(out).read_line(&mut number).expect("Xvfb says its number");
        Self { name: format!(":{}", number.trim()), server, programs: Vec::new() }
    }

    /// An Xorg with two monitors side by side by its dummy driver; the reason if it does not start.
    pub fn start_two_monitors() -> Result<Self, String> {
        let dir = std::env::temp_dir().join(format!("deskside-dummy-{}", std::process::id()));
        std::fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
        let (config, log) = (dir.join("dummy.conf"), dir.join("log"));
        std::fs::write(&config, DUMMY).map_err(|e| e.to_string())?;
        let mut server = Command::new("Xorg")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-novtswitch", "-sharevts", "-config"])
            .arg(&config)
            .arg("-logfile")
            .arg(&log)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| e.to_string())?;
        let mut number = String::new();
        let out = server.stdout.take().ok_or("no output")?;
        BufReader::new(out).read_line(&mut number).map_err(|e| e.to_string())?;
        let display = Self { name: format!(":{}", number.trim()), server, programs: Vec::new() };
        if number.trim().is_empty() {
            return Err(std::fs::read_to_string(&log).unwrap_or_else(|e| e.to_string()));
        }
        display.run("xrandr", &["--addmode", "DUMMY1", "800x600"])?;
        display.run("xrandr", &["--output", "DUMMY0", "--mode", "1024x768", "--primary"])?;
        display.run("xrandr", &["--output", "DUMMY1", "--mode", "800x600", "--right-of", "DUMMY0"])?;
        Ok(display)
    }

    /// Runs a program of this display to its end.
    pub fn run(&self, program: &str, args: &[&str]) -> Result<String, String> {
        let out = Command::new(program)
            .args(args)
            .env("DISPLAY", &self.name)
            .output()
            .map_err(|e| format!("{program}: {e}"))?;
        if !out.status.success() {
            return Err(format!("{program} {args:?}: {}", String::from_utf8_lossy(&out.stderr)));
        }
        Ok(String::from_utf8_lossy(&out.stdout).into_owned())
    }

    /// Starts a program that ends with the display.
    pub fn spawn(&mut self, program: &str, args: &[&str]) -> u32 {
        let child = Command::new(program)
            .args(args)
            .env("DISPLAY", &self.name)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("{program}: {e}"));
        let id = child.id();
        self.programs.push(child);
        id
    }

    pub fn brush(&self) -> Brush {
        Brush::new(&self.name)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        for child in self.programs.iter_mut().chain([&mut self.server]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

const DUMMY: &str = r#"
Section "ServerFlags"
    Option "AutoAddDevices" "false"
    Option "AutoEnableDevices" "false"
EndSection
Section "Device"
    Identifier "dummy"
    Driver "dummy"
    VideoRam 64000
EndSection
Section "Monitor"
    Identifier "monitor"
    HorizSync 5.0-1000.0
    VertRefresh 5.0-200.0
EndSection
Section "Screen"
    Identifier "screen"
    Device "dummy"
    Monitor "monitor"
    DefaultDepth 24
    SubSection "Display"
        Depth 24
        Modes "1024x768" "800x600"
        Virtual 2048 1024
    EndSubSection
EndSection
"#;

/// A second program on the display: it draws, moves the pointer, and reads pixels back.
pub struct Brush {
    pub conn: RustConnection,
    pub root: Window,
    gc: Gcontext,
}

impl Brush {
    pub fn new(display: &str) -> Self {
        let (conn, number) = x11rb::connect(Some(display)).expect("the display is there");
        let root = conn.setup().roots[number].root;
        let gc = conn.generate_id().unwrap();
        conn.create_gc(gc, root, &CreateGCAux::new()).unwrap();
        Self { conn, root, gc }
    }

    pub fn window(&self, x: i16, y: i16, w: u16, h: u16, rgb: u32) -> Window {
        let id = self.conn.generate_id().unwrap();
        let aux = CreateWindowAux::new()
            .background_pixel(rgb)
            .override_redirect(1)
            .event_mask(EventMask::KEY_PRESS | EventMask::BUTTON_PRESS);
        let class = WindowClass::INPUT_OUTPUT;
        self.conn.create_window(0, id, self.root, x, y, w, h, 0, class, 0, &aux).unwrap().check().unwrap();
        id
    }

    /// A window that the window manager decorates.
    pub fn managed_window(&self, w: u16, h: u16, rgb: u32) -> Window {
        let id = self.conn.generate_id().unwrap();
        let aux = CreateWindowAux::new().background_pixel(rgb);
        let class = WindowClass::INPUT_OUTPUT;
        self.conn.create_window(0, id, self.root, 0, 0, w, h, 0, class, 0, &aux).unwrap().check().unwrap();
        id
    }

    /// The window right below the root that holds this one: what the window manager put around it.
    pub fn outermost(&self, mut window: Window) -> Window {
        loop {
            let parent = self.conn.query_tree(window).unwrap().reply().unwrap().parent;
            if parent == self.root {
                return window;
            }
            window = parent;
        }
    }

    pub fn map(&self, window: Window) {
        self.conn.map_window(window).unwrap().check().unwrap();
    }

    pub fn fill(&self, window: Window, x: i16, y: i16, width: u16, height: u16, rgb: u32) {
        self.conn.change_gc(self.gc, &ChangeGCAux::new().foreground(rgb)).unwrap();
        let rect = Rectangle { x, y, width, height };
        self.conn.poly_fill_rectangle(window, self.gc, &[rect]).unwrap().check().unwrap();
    }

    /// Moves the pointer as a mouse would.
    pub fn point(&self, x: i16, y: i16) {
        self.conn.xtest_fake_input(6, 0, 0, self.root, x, y, 0).unwrap().check().unwrap();
    }

    pub fn button(&self, button: u8, down: bool) {
        self.conn.xtest_fake_input(if down { 4 } else { 5 }, button, 0, self.root, 0, 0, 0).unwrap();
        self.conn.sync().unwrap();
    }

    pub fn key(&self, keycode: u8, down: bool) {
        self.conn.xtest_fake_input(if down { 2 } else { 3 }, keycode, 0, self.root, 0, 0, 0).unwrap();
        self.conn.sync().unwrap();
    }

    /// 0xRRGGBB of each pixel of a part of the screen, row by row.
    pub fn pixels(&self, x: i16, y: i16, w: u16, h: u16) -> Vec<u32> {
        let got = self.conn.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, w, h, !0).unwrap();
        let data = got.reply().unwrap().data;
        data.chunks_exact(4).map(|p| u32::from_le_bytes([p[0], p[1], p[2], 0])).collect()
    }

    pub fn pixel(&self, x: i16, y: i16) -> u32 {
        self.pixels(x, y, 1, 1)[0]
    }
}

/// Grabs after each damage until `seen` is content; panics when patience is over.
pub fn grab_until(
    capturer: &mut dyn Capturer,
    mut seen: impl FnMut(&[Rect], &dyn Fn(u16, u16) -> u32) -> bool,
) {
    let end = Instant::now() + PATIENCE;
    let mut changed = Vec::new();
    while Instant::now() < end {
        if !capturer.wait(Duration::from_millis(100)).expect("wait").damage {
            continue;
        }
        let picture = capturer.grab(&mut changed).expect("grab");
        let at = |x: u16, y: u16| {
            let i = usize::from(y) * picture.stride + usize::from(x) * 4;
            u32::from_le_bytes([picture.data[i], picture.data[i + 1], picture.data[i + 2], 0])
        };
        if seen(&changed, &at) {
            return;
        }
    }
    panic!("not seen in {PATIENCE:?}");
}

/// Waits until `wanted` of what happened.
pub fn wait_until(capturer: &mut dyn Capturer, wanted: impl Fn(&Happened) -> bool) {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if wanted(&capturer.wait(Duration::from_millis(100)).expect("wait")) {
            return;
        }
    }
    panic!("did not happen in {PATIENCE:?}");
}

/// Takes what is left of the start: damage of the first picture, events of the new display.
pub fn settle(capturer: &mut dyn Capturer) {
    let mut changed = Vec::new();
    while capturer.wait(Duration::from_millis(200)).expect("wait") != Happened::default() {
        capturer.grab(&mut changed).expect("grab");
        capturer.pointer().expect("pointer");
    }
}

/// Asks until it is so; panics when patience is over.
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if so() {
            return;
        }
        std::thread::yield_now();
    }
    panic!("{what}: not in {PATIENCE:?}");
}
