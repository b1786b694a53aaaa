//! An X display of one's own, with a window manager and real programs on it.

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;
use x11rb::{
    connection::Connection,
    protocol::{
        xproto::{AtomEnum, ConnectionExt, ImageFormat, MapState, Window},
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use crate::{Picture, process::Process, wait::until};

/// Ends with everything on it when dropped.
pub struct Display {
    // Programs go before the server that they are on.
    programs: RefCell<Vec<Process>>,
    connection: RustConnection,
    root: Window,
    /// `:7`
    pub name: String,
    pub width: u16,
    pub height: u16,
    folder: TempDir,
    _server: Process,
}

impl Display {
    /// A screen of this size with openbox and this keyboard layout (`us`, `fr`, …).
    #[track_caller]
    pub fn start(width: u16, height: u16, layout: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the display");
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24")]).args([
            "-nolisten",
            "tcp",
            "-noreset",
            "-dpi",
            "96",
        ]);
        Self::by(&mut xvfb, folder, width, height, layout)
    }

    /// On this X server, which writes its number.
    #[track_caller]
    pub(crate) fn by(server: &mut Command, folder: TempDir, width: u16, height: u16, layout: &str) -> Self {
        let server = Process::start("x", server.stdin(Stdio::null()), folder.path());
        let name =
            server.line("the display's number", |l| l.trim().parse::<u32>().ok().map(|n| format!(":{n}")));
        let (connection, root) = until("a connection to the display", || {
            let (c, screen) = RustConnection::connect(Some(&name)).ok()?;
            let root = c.setup().roots[screen].root;
            Some((c, root))
        });
        let display = Self {
            programs: RefCell::default(),
            connection,
            root,
            name,
            width,
            height,
            folder,
            _server: server,
        };
        display.layout(layout);
        display.run("openbox", &["--sm-disable"]);
        until("a window manager", || display.has_window_manager().then_some(()));
        display
    }

    /// Changes the keyboard layout.
    #[track_caller]
    pub fn layout(&self, layout: &str) {
        let mut words = layout.split(':');
        let mut command = self.command("setxkbmap");
        command.args(["-layout", words.next().unwrap_or("us")]);
        if let Some(variant) = words.next() {
            command.args(["-variant", variant]);
        }
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("setxkbmap starts");
        assert!(status.success(), "no keyboard layout {layout}");
    }

    /// A program on this display, not started yet, with a home of its own.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut c = Command::new(program);
        c.env("DISPLAY", &self.name)
            .env("HOME", self.folder.path())
            .env("LANG", "C.UTF-8")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("XDG_RUNTIME_DIR")
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        c
    }

    /// Starts a program that lives as long as the display.
    #[track_caller]
    pub fn run(&self, program: &str, args: &[&str]) {
        let process = Process::start(program, self.command(program).args(args), self.folder.path());
        self.programs.borrow_mut().push(process);
    }

    /// A terminal that runs a shell command, at this place; waits until it has its frame and the focus.
    #[track_caller]
    pub fn terminal(&self, title: &str, geometry: &str, shell: &str) -> Window {
        let font = "-misc-fixed-medium-r-normal--14-*-*-*-*-*-iso10646-1";
        self.run(
            "xterm",
            &["-u8", "-fn", font, "-title", title, "-geometry", geometry, "-e", "sh", "-c", shell],
        );
        let window = self.window(title);
        until("the terminal is the active window", || (self.active()? == window).then_some(()));
        window
    }

    /// The window that the window manager gave the focus, once it has its frame.
    pub fn active(&self) -> Option<Window> {
        let active = self.root_property("_NET_ACTIVE_WINDOW").filter(|w| *w != 0)?;
        let tree = self.connection.query_tree(active).ok()?.reply().ok()?;
        let focus = self.connection.get_input_focus().ok()?.reply().ok()?.focus;
        (tree.parent != self.root && (focus == active || tree.children.contains(&focus))).then_some(active)
    }

    /// Where programs of this display may leave files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits until a file there has a text for which `fits` holds.
    #[track_caller]
    pub fn file_with(&self, name: &str, fits: impl Fn(&str) -> bool) -> String {
        let read = || std::fs::read_to_string(self.file(name)).unwrap_or_default();
        let found = crate::wait::within(crate::wait::DEADLINE, || Some(read()).filter(|t| fits(t)));
        found.unwrap_or_else(|| panic!("{name} never became right; it says {:?}", read()))
    }

    /// Runs xdotool and gives what it prints.
    #[track_caller]
    pub fn xdotool(&self, args: &[&str]) -> String {
        let out = self.command("xdotool").args(args).output().expect("xdotool starts");
        assert!(out.status.success(), "xdotool {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    }

    /// Waits for a shown window whose title contains this.
    #[track_caller]
    pub fn window(&self, title: &str) -> Window {
        until(&format!("a window with the title {title:?}"), || self.find_window(title))
    }

    /// The top-most shown window whose title contains this.
    pub fn find_window(&self, title: &str) -> Option<Window> {
        let mut waiting = vec![self.root];
        while let Some(w) = waiting.pop() {
            if w != self.root && self.title(w).is_some_and(|t| t.contains(title)) && self.shown(w) {
                return Some(w);
            }
            let tree = self.connection.query_tree(w).ok().and_then(|c| c.reply().ok());
            waiting.extend(tree.map(|t| t.children).unwrap_or_default());
        }
        None
    }

    /// Top left corner on the screen and size of a window.
    #[track_caller]
    pub fn place(&self, window: Window) -> (i16, i16, u16, u16) {
        let size = self.connection.get_geometry(window).expect("sent").reply().expect("a window");
        let at = self.connection.translate_coordinates(window, self.root, 0, 0).expect("sent");
        let at = at.reply().expect("a window");
        (at.dst_x, at.dst_y, size.width, size.height)
    }

    /// What is on the screen now, without the pointer.
    #[track_caller]
    pub fn picture(&self) -> Picture {
        until("a picture", || {
            let size = self.connection.get_geometry(self.root).ok()?.reply().ok()?;
            let (width, height) = (size.width, size.height);
            // None when the screen shrank in between.
            let image = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, width, height, !0);
            let image = image.ok()?.reply().ok()?;
            let rgb = image.data.chunks_exact(4).flat_map(|p| [p[2], p[1], p[0]]).collect();
            Some(Picture { width: width.into(), height: height.into(), rgb })
        })
    }

    /// Moves the person's own mouse.
    pub fn move_mouse(&self, x: i16, y: i16) {
        self.fake(x11rb::protocol::xproto::MOTION_NOTIFY_EVENT, 0, x, y);
    }

    /// Presses and releases one of the person's own mouse buttons where the pointer is.
    pub fn click(&self, button: u8) {
        self.fake(x11rb::protocol::xproto::BUTTON_PRESS_EVENT, button, 0, 0);
        self.fake(x11rb::protocol::xproto::BUTTON_RELEASE_EVENT, button, 0, 0);
    }

    /// Whether any key or mouse button is held down at this display.
    #[track_caller]
    pub fn something_held(&self) -> bool {
        let keys = self.connection.query_keymap().expect("sent").reply().expect("the keys' state");
        let pointer = self.connection.query_pointer(self.root).expect("sent").reply().expect("the pointer");
        keys.keys.iter().any(|k| *k != 0) || u16::from(pointer.mask) & 0x1f00 != 0
    }

    /// What was typed may have arrived before its last key goes up.
    #[track_caller]
    pub fn wait_let_go(&self) {
        crate::until("that nothing is held", || (!self.something_held()).then_some(()));
    }

    /// Where the pointer is.
    #[track_caller]
    pub fn pointer(&self) -> (i16, i16) {
        let p = self.connection.query_pointer(self.root).expect("sent").reply().expect("the pointer");
        (p.root_x, p.root_y)
    }

    /// Puts a text on the clipboard by a program that owns it from then on.
    #[track_caller]
    pub fn copy(&self, text: &str) {
        std::fs::write(self.file("to-copy"), text).expect("a file to copy from");
        let mut xclip = self.command("xclip");
        xclip.args(["-selection", "clipboard", "-in", "to-copy"]).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(xclip.status().expect("xclip starts").success());
    }

    /// The clipboard's text; empty when there is none.
    #[track_caller]
    pub fn clipboard(&self) -> String {
        let mut xclip = self.command("timeout");
        let out =
            xclip.args(["2", "xclip", "-selection", "clipboard", "-out"]).output().expect("xclip starts");
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    /// Puts a PNG file on the clipboard by a program that owns it from then on.
    #[track_caller]
    pub fn copy_picture(&self, png: &[u8]) {
        std::fs::write(self.file("to-copy.png"), png).expect("a file to copy from");
        let mut xclip = self.command("xclip");
        xclip.args(["-selection", "clipboard", "-target", "image/png", "-in", "to-copy.png"]);
        assert!(xclip.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("xclip starts").success());
    }

    /// The clipboard's picture as a PNG file; empty when there is none.
    #[track_caller]
    pub fn clipboard_picture(&self) -> Vec<u8> {
        let mut xclip = self.command("timeout");
        xclip.args(["2", "xclip", "-selection", "clipboard", "-target", "image/png", "-out"]);
        xclip.output().expect("xclip starts").stdout
    }

    fn fake(&self, kind: u8, detail: u8, x: i16, y: i16) {
        let sent = self.connection.xtest_fake_input(kind, detail, x11rb::CURRENT_TIME, self.root, x, y, 0);
        sent.expect("sent").check().expect("XTest");
    }

    fn title(&self, window: Window) -> Option<String> {
        let property = |name: u32| {
            let p = self.connection.get_property(false, window, name, AtomEnum::ANY, 0, 256).ok()?;
            let p = p.reply().ok().filter(|p| !p.value.is_empty())?;
            Some(String::from_utf8_lossy(&p.value).into_owned())
        };
        property(self.atom("_NET_WM_NAME")?).or_else(|| property(AtomEnum::WM_NAME.into()))
    }

    fn shown(&self, window: Window) -> bool {
        let state = self.connection.get_window_attributes(window).ok().and_then(|c| c.reply().ok());
        state.is_some_and(|s| s.map_state == MapState::VIEWABLE)
    }

    fn has_window_manager(&self) -> bool {
        self.root_property("_NET_SUPPORTING_WM_CHECK").is_some()
    }

    /// The first window that a property of the root names.
    fn root_property(&self, name: &str) -> Option<Window> {
        let name = self.atom(name)?;
        let p = self.connection.get_property(false, self.root, name, AtomEnum::WINDOW, 0, 1).ok()?;
        p.reply().ok()?.value32()?.next()
    }

    fn atom(&self, name: &str) -> Option<u32> {
        Some(self.connection.intern_atom(false, name.as_bytes()).ok()?.reply().ok()?.atom)
    }

    /// Waits until the X server has done everything so far.
    pub fn sync(&self) {
        self.connection.sync().expect("the display answers");
    }
}
