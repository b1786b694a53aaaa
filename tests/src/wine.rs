//! The Windows program under Wine, on an X display: `cargo xtask windows` runs what needs it.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{ChildStdin, Command, Stdio},
    time::Instant,
};

use crate::{Display, Scene, Server, peer::Start, process::Process, wait};

/// The executable that `cargo xtask windows` built.
#[track_caller]
pub fn exe() -> PathBuf {
    let named = std::env::var_os("DESKSIDE_EXE");
    named.map(PathBuf::from).expect("DESKSIDE_EXE, as `cargo xtask windows` sets it")
}

/// The folder of its only person.
#[track_caller]
pub fn user() -> PathBuf {
    let users = PathBuf::from(std::env::var_os("WINEPREFIX").expect("a prefix")).join("drive_c/users");
    let all = std::fs::read_dir(users).expect("the people of Wine").flatten().map(|e| e.path());
    all.filter(|p| !p.ends_with("Public")).last().expect("a person")
}

/// A screen on which the person's mouse rests where no window is: Wine takes a window that moves below it for a move of the mouse.
#[track_caller]
pub fn screen() -> Display {
    let desk = Display::start(1280, 800, "us");
    desk.move_mouse(1260, 780);
    desk
}

/// A customer at a Windows of 1280×800 has joined by the number. Wine is the last to go.
#[track_caller]
pub fn joined() -> (Wine, Scene) {
    let wine = Wine::start();
    let scene = Scene::with(Server::start(), screen(), |agent| agent, |customer| wine.peer(customer));
    (wine, scene)
}

/// Wine in the prefix of the environment; all that runs in it ends when this is dropped.
pub struct Wine;

impl Wine {
    /// What an earlier test left behind is ended first: one Wine stays on one display.
    #[track_caller]
    pub fn start() -> Self {
        assert!(std::env::var_os("WINEPREFIX").is_some(), "a prefix, as `cargo xtask windows` makes it");
        end();
        Self
    }

    /// Wine on this display, not started yet: what follows are a program of Windows and its arguments.
    pub fn command(&self, display: &Display) -> Command {
        display.command("wine")
    }

    /// Starts a program of Windows that lives as long as the display.
    #[track_caller]
    pub fn run(&self, display: &Display, words: &[&str]) {
        display.run("wine", words);
    }

    /// The same peer as its Windows program.
    pub fn peer(&self, start: Start) -> Start {
        start.through("wine", &exe())
    }
}

/// A window of one colour, by a program of Windows that is called as a test wants.
pub struct Window {
    process: Process,
    input: ChildStdin,
}

impl Window {
    /// In this colour (`RRGGBB`), at this place (left, top, width, height) and perhaps `managed`; it is open when this returns.
    #[track_caller]
    pub fn open(display: &Display, program: &str, title: &str, colour: &str, rest: &[&str]) -> Self {
        let built =
            std::env::var_os("DESKSIDE_WINDOW").expect("DESKSIDE_WINDOW, as `cargo xtask windows` sets it");
        let exe = display.file(&format!("{program}.exe"));
        std::fs::copy(built, &exe).expect("a program of this name");
        let mut command = display.command("wine");
        command.arg(exe).args([title, colour]).args(rest).stdin(Stdio::piped());
        let mut process = Process::start(program, &mut command, display.folder());
        let input = process.stdin().expect("its input");
        process.line("its window", |l| l.starts_with("window ").then_some(()));
        Self { process, input }
    }

    /// Tells it to do something (see `xtask/src/windows/window.c`), and waits until it is done.
    #[track_caller]
    pub fn tell(&mut self, what: &str) {
        let from = self.begin(what);
        self.done(from);
    }

    /// Tells it to do something that goes on for a while; [`Self::done`] waits for its end.
    #[track_caller]
    pub fn begin(&mut self, what: &str) -> usize {
        let from = self.process.lines().all().len();
        writeln!(self.input, "{what}").expect("it listens");
        from
    }

    #[track_caller]
    pub fn done(&self, from: usize) {
        let done = |l: &str| l.starts_with("done").then_some(());
        let found = self.process.lines().find(from, Instant::now() + wait::DEADLINE, done);
        assert!(found.is_some(), "it never did it: {}", self.process.story());
    }

    /// Whether it is done since then.
    pub fn is_done(&self, from: usize) -> bool {
        self.process.lines().all().iter().skip(from).any(|l| l.starts_with("done"))
    }

    /// What was typed into it.
    pub fn typed(&self) -> String {
        let code = |l: &String| u32::from_str_radix(l.strip_prefix("typed ")?, 16).ok();
        self.process.lines().all().iter().filter_map(code).filter_map(char::from_u32).collect()
    }

    /// How often it was clicked.
    pub fn clicks(&self) -> usize {
        self.process.lines().all().iter().filter(|l| l.starts_with("clicked")).count()
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        end();
    }
}

/// Ends what runs in the prefix, and waits until it has.
fn end() {
    for argument in ["-k", "-w"] {
        let mut c = Command::new("timeout");
        c.args(["30", "wineserver", argument]).stdin(Stdio::null()).stderr(Stdio::null());
        // It fails where nothing runs.
        let _ = c.status();
    }
}
