//! The real peer without windows (or with them), driven by JSON lines.

use std::{
    io::Write,
    process::{ChildStdin, Command, ExitStatus, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use deskside_session::{
    app::{AppCommand, AppOnly, AppView, Screen},
    command::{Act, Command as SessionCommand},
    input::{Button, InputEvent, Key, NamedKey},
    view::View,
};
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    Display, Picture, Server,
    process::{Lines, Process},
    programs,
    server::{AGENT, PASSWORD},
    wait,
};

/// One line of output.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Line {
    Ready { version: String, protocol: u32 },
    View { view: Box<AppView> },
    Screenshot { path: String, width: u16, height: u16 },
    Receipt { path: String },
    Error { detail: String },
    Exit { code: u8 },
}

/// How a peer is started.
pub struct Start {
    name: String,
    command: Command,
    folder: TempDir,
    args: Vec<String>,
    windows: bool,
}

impl Start {
    /// `display`: where it shares or shows; none for a computer without one.
    pub fn new(name: &str, server: &str, display: Option<&Display>) -> Self {
        Self::within(tempfile::tempdir().expect("a folder for the peer"), name, server, display)
    }

    fn within(folder: TempDir, name: &str, server: &str, display: Option<&Display>) -> Self {
        let program = programs::deskside();
        let mut command = match display {
            Some(d) => d.command(program),
            None => Command::new(program),
        };
        if display.is_none() {
            command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        }
        command
            .env("DESKSIDE_HOME", folder.path().join("home"))
            .env("DESKSIDE_SERVER", server)
            .env("HOME", folder.path())
            .env_remove("XDG_CACHE_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .env("RUST_LOG", "info,deskside=debug")
            .current_dir(folder.path())
            .stdin(Stdio::piped());
        Self { name: name.into(), command, folder, args: Vec::new(), windows: false }
    }

    /// With its windows, and JSON lines beside them.
    pub fn windows(mut self) -> Self {
        self.windows = true;
        self
    }

    /// On another computer, see [`crate::Net`].
    pub fn on(self, namespace: &str) -> Self {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", namespace]).arg(self.command.get_program());
        self.by(command)
    }

    /// Another executable of the peer, by the program that runs it.
    pub fn through(self, runner: &str, exe: &std::path::Path) -> Self {
        let mut command = Command::new(runner);
        command.arg(exe);
        self.by(command)
    }

    /// By this command, with the same environment.
    fn by(mut self, mut command: Command) -> Self {
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.current_dir(self.folder.path()).stdin(Stdio::piped());
        self.command = command;
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Signs [`AGENT`] in and opens a session at once.
    pub fn agent(self) -> Self {
        self.sign_in(AGENT).arg("--start")
    }

    /// Signs an agent in, all of whom have [`PASSWORD`].
    pub fn sign_in(self, account: &str) -> Self {
        self.env("DESKSIDE_PASSWORD", PASSWORD).arg("agent").arg("--name").arg(account)
    }

    /// Joins at once.
    pub fn join(self, target: &str) -> Self {
        self.arg("join").arg(target)
    }

    #[track_caller]
    pub fn start(mut self) -> Peer {
        self.command.arg(if self.windows { "--json" } else { "--headless" }).args(&self.args);
        let mut process = Process::start(&self.name, &mut self.command, self.folder.path());
        let input = process.stdin().expect("its input is a pipe");
        let lines = Arc::clone(process.lines());
        Peer { name: self.name, input: Some(input), lines, process, folder: self.folder }
    }
}

/// A running peer.
pub struct Peer {
    pub name: String,
    // Closed first: the end of input lets it leave in order.
    input: Option<ChildStdin>,
    lines: Arc<Lines>,
    process: Process,
    folder: TempDir,
}

impl Peer {
    /// An agent in a session of its own.
    #[track_caller]
    pub fn agent(server: &Server, display: Option<&Display>) -> Self {
        let agent = Start::new("agent", server.url(), display).agent().start();
        agent.wait_session("a session", |_| true);
        agent
    }

    /// A customer who joins by a number or a link.
    #[track_caller]
    pub fn customer(server: &Server, display: Option<&Display>, target: &str) -> Self {
        Start::new("customer", server.url(), display).join(target).start()
    }

    /// What starts the program again as the same person: with the folder of this one, which must have ended.
    pub fn again(self, server: &Server, display: Option<&Display>) -> Start {
        Start::within(self.folder, &self.name, server.url(), display)
    }

    #[track_caller]
    pub fn tell(&mut self, command: impl Into<AppCommand>) {
        let line = serde_json::to_string(&command.into()).expect("a command is JSON");
        self.tell_raw(line.as_bytes());
    }

    /// Any bytes and the end of the line.
    #[track_caller]
    pub fn tell_raw(&mut self, line: &[u8]) {
        let sent = self.input.as_mut().map(|i| i.write_all(&[line, b"\n"].concat()).and_then(|()| i.flush()));
        assert!(
            matches!(sent, Some(Ok(()))),
            "{} does not read any more\n{}",
            self.name,
            self.process.story()
        );
    }

    /// Closes its input.
    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// The newest view, if there is one yet.
    pub fn view(&self) -> Option<AppView> {
        self.lines.all().iter().rev().find_map(|l| view(l))
    }

    /// The session in the newest view.
    pub fn session(&self) -> Option<View> {
        session(self.view()?)
    }

    /// Waits for a view that fits: the newest one, or a later one (none in between is missed).
    #[track_caller]
    pub fn wait(&self, what: &str, fits: impl Fn(&AppView) -> bool) -> AppView {
        let all = self.lines.all();
        let newest = all.iter().rposition(|l| view(l).is_some()).unwrap_or(all.len());
        let deadline = Instant::now() + wait::DEADLINE;
        match self.lines.find(newest, deadline, |l| view(l).filter(|v| fits(v))) {
            Some((found, _)) => found,
            None => panic!("{} never showed {what}\n{}", self.name, self.process.story()),
        }
    }

    /// The same for the session's part of the view.
    #[track_caller]
    pub fn wait_session(&self, what: &str, fits: impl Fn(&View) -> bool) -> View {
        let found =
            self.wait(what, |v| matches!(&v.screen, Screen::Session { session, .. } if fits(session)));
        session(found).unwrap_or_else(|| panic!("{}: {what}", self.name))
    }

    /// Fails when a view fits within the time: for what must not be.
    #[track_caller]
    pub fn never(&self, what: &str, time: Duration, fits: impl Fn(&View) -> bool) {
        let from = self.lines.all().len();
        let look = |l: &str| view(l).and_then(session).filter(|s| fits(s));
        if let Some((found, _)) = self.lines.find(from, Instant::now() + time, look) {
            panic!("{}: this must not be: {what}\n{found:#?}", self.name);
        }
        assert!(!self.session().is_some_and(|s| fits(&s)), "{}: this must not be: {what}", self.name);
    }

    /// Waits for a line that is not a view, printed after this many lines.
    #[track_caller]
    pub fn wait_line<T>(&self, what: &str, from: usize, fits: impl Fn(Line) -> Option<T>) -> T {
        let parse = |l: &str| serde_json::from_str::<Line>(l).ok().and_then(&fits);
        match self.lines.find(from, Instant::now() + wait::DEADLINE, parse) {
            Some((found, _)) => found,
            None => panic!("{} never printed {what}\n{}", self.name, self.process.story()),
        }
    }

    /// How many lines it printed so far.
    pub fn printed(&self) -> usize {
        self.lines.all().len()
    }

    /// Every line so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.all()
    }

    /// The picture of its viewer now, if it has one.
    #[track_caller]
    pub fn try_picture(&mut self) -> Option<Picture> {
        let path = self.folder.path().join("viewer.png");
        let from = self.printed();
        self.tell(AppOnly::Screenshot { path: Some(path.to_string_lossy().into_owned()) });
        self.wait_line("a screenshot", from, |l| match l {
            Line::Screenshot { .. } => Some(true),
            Line::Error { .. } => Some(false),
            _ => None,
        })
        .then(|| Picture::read(&path))
    }

    /// Waits until its viewer shows a picture that fits.
    #[track_caller]
    pub fn wait_picture(&mut self, what: &str, fits: impl Fn(&Picture) -> bool) -> Picture {
        match wait::within(wait::DEADLINE, || self.try_picture().filter(&fits)) {
            Some(picture) => picture,
            None => {
                let last = self.try_picture();
                panic!("{} never showed {what}, but {last:?}\n{}", self.name, self.process.story())
            }
        }
    }

    /// Presses and releases keys one by one.
    #[track_caller]
    pub fn type_keys(&mut self, text: &str) {
        for c in text.chars() {
            self.key(if c == '\n' { Key::Named(NamedKey::Enter) } else { Key::Char(c) });
        }
    }

    #[track_caller]
    pub fn key(&mut self, key: Key) {
        for down in [true, false] {
            self.input(InputEvent::Key { key, down });
        }
    }

    /// Moves there, presses and releases.
    #[track_caller]
    pub fn click(&mut self, button: Button, x: u16, y: u16) {
        self.input(InputEvent::Move { x, y });
        for down in [true, false] {
            self.input(InputEvent::Button { button, down, x, y });
        }
    }

    #[track_caller]
    pub fn input(&mut self, event: InputEvent) {
        self.tell(SessionCommand::Input { event });
    }

    /// Answers the prompt that is shown, or the next one.
    #[track_caller]
    pub fn answer(&mut self, act: Act, allow: bool) {
        let s = self.wait_session("a prompt", |s| s.prompt.as_ref().is_some_and(|p| p.act == act));
        let request = s.prompt.map(|p| p.request).unwrap_or_else(|| unreachable!("waited for it"));
        self.tell(SessionCommand::Answer { request, allow, all: false });
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// What it wrote to its log.
    pub fn log(&self) -> String {
        self.process.log()
    }

    pub fn story(&self) -> String {
        self.process.story()
    }

    /// Where its identity and settings are.
    pub fn home(&self) -> std::path::PathBuf {
        self.folder.path().join("home")
    }

    /// Ends it as a crash would.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Sends a signal, for example SIGSTOP.
    pub fn signal(&mut self, signal: i32) {
        self.process.signal(signal);
    }

    #[track_caller]
    pub fn wait_exit(&mut self) -> ExitStatus {
        self.process.wait()
    }

    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.process.ended()
    }
}

fn view(line: &str) -> Option<AppView> {
    // Parsing is dear enough to look first.
    if !line.contains("\"view\"") {
        return None;
    }
    let mut line: Value = serde_json::from_str(line).ok()?;
    serde_json::from_value(line.get_mut("view")?.take()).ok()
}

fn session(view: AppView) -> Option<View> {
    match view.screen {
        Screen::Session { session, .. } => Some(*session),
        _ => None,
    }
}
