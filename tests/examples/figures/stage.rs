//! The stage: displays, and processes in network namespaces on them.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, sync_channel},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde_json::Value;

pub const WIDTH: u16 = 1920;
pub const HEIGHT: u16 = 1080;

/// A process that ends with its owner; its output can be read line by line.
pub struct Process {
    child: Child,
    pub input: Option<ChildStdin>,
    lines: Receiver<String>,
    name: String,
}

impl Process {
    pub fn start(name: &str, command: &mut Command) -> Result<Self> {
        let quiet = std::env::var_os("FIGURES_LOG").is_none();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(if quiet { Stdio::null() } else { Stdio::inherit() })
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let (tx, lines) = sync_channel(1 << 16);
        let out = child.stdout.take().context("output")?;
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if tx.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { input: child.stdin.take(), child, lines, name: name.into() })
    }

    /// In a namespace; the process id is the program's own.
    pub fn within(namespace: &str, program: &str) -> Command {
        let mut c = Command::new("ip");
        c.args(["netns", "exec", namespace, program]);
        c
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn line<T>(
        &self,
        what: &str,
        within: Duration,
        mut look: impl FnMut(&str) -> Option<T>,
    ) -> Result<T> {
        let until = Instant::now() + within;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line = self
                .lines
                .recv_timeout(left)
                .with_context(|| format!("{} did not say: {what}", self.name))?;
            if let Some(found) = look(&line) {
                return Ok(found);
            }
        }
    }

    /// A JSON command.
    pub fn tell(&mut self, command: &Value) -> Result<()> {
        let input = self.input.as_mut().context("no input")?;
        writeln!(input, "{command}")?;
        Ok(input.flush()?)
    }

    /// Waits for a view whose session fits.
    pub fn session<T>(&self, what: &str, look: impl Fn(&Value) -> Option<T>) -> Result<T> {
        self.line(what, Duration::from_secs(20), |line| {
            let value: Value = serde_json::from_str(line).ok()?;
            look(value.pointer("/view/screen/session")?)
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A virtual display with a window manager.
pub struct Display {
    pub name: String,
    _manager: Process,
    _server: Process,
}

impl Display {
    pub fn start(width: u16, height: u16) -> Result<Self> {
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24")]);
        xvfb.args(["-nolisten", "tcp", "-noreset", "-dpi", "96"]);
        let server = Process::start("Xvfb", &mut xvfb)?;
        let number = server.line("its display", Duration::from_secs(10), |l| l.trim().parse::<u32>().ok())?;
        let name = format!(":{number}");
        let manager =
            Process::start("openbox", Command::new("openbox").arg("--sm-disable").env("DISPLAY", &name))?;
        Ok(Self { name, _manager: manager, _server: server })
    }
}
