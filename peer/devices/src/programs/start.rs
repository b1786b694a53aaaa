//! Starting a program, and which window is its first.

use std::{
    collections::HashSet,
    fs, io,
    os::unix::process::CommandExt as _,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{StartError, entry::Entry, folders::Places};
use crate::{
    windows::x11::first::{Newcomer, Newcomers},
    x11::{Alarm, Sleeper, X11Error},
};

/// Terminals, and what comes before the program that runs in one.
pub const TERMINALS: [(&str, &[&str]); 8] = [
    ("xdg-terminal-exec", &[]),
    ("x-terminal-emulator", &["-e"]),
    ("gnome-terminal", &["--"]),
    ("konsole", &["-e"]),
    ("xfce4-terminal", &["-x"]),
    ("mate-terminal", &["-x"]),
    ("alacritty", &["-e"]),
    ("xterm", &["-e"]),
];
/// How far up the parents of a process are looked at.
const GENERATIONS: usize = 16;

/// Starts it and waits for its first window.
pub fn start(
    places: &Places,
    display: Option<&str>,
    id: &str,
    patience: Duration,
) -> Result<u64, StartError> {
    let entry = places.entries("en").remove(id).filter(|e| places.offer(e)).ok_or(StartError::Unknown)?;
    let broken = |e: X11Error| StartError::Display(e.to_string());
    let until = Instant::now() + patience;
    // Before the start, so that no window is missed.
    let mut newcomers = Newcomers::open(display).map_err(broken)?;
    let sleeper = Sleeper::new().map_err(StartError::Failed)?;
    let mark = format!("deskside-{}_TIME0", std::process::id());
    let mut command = command(places, &entry, &mark).map_err(StartError::Failed)?;
    command.envs(display.map(|d| ("DISPLAY", d)));
    let child = command.spawn().map_err(StartError::Failed)?;
    tracing::info!(program = id, "a program was started");
    let known = Known { child: child.id(), mark, names: entry.names(id).into_iter().collect() };
    let failed = reap(child, sleeper.alarm()).map_err(StartError::Failed)?;
    loop {
        if let Some(found) = newcomers.take().map_err(broken)?.into_iter().find(|n| known.is_its(n)) {
            return Ok(found.window);
        }
        if sleeper.rung() && failed.load(Ordering::Relaxed) {
            return Err(StartError::Failed(io::Error::other("it ended at once")));
        }
        if !sleeper.sleep(newcomers.fd(), Some(until)).map_err(StartError::Failed)? {
            return Err(StartError::NoWindow);
        }
    }
}

/// Apart from this program: it goes on when this one ends, and shares nothing with it.
fn command(places: &Places, entry: &Entry, mark: &str) -> io::Result<Command> {
    let missing = || io::Error::from(io::ErrorKind::NotFound);
    let mut words = entry.exec.clone();
    if entry.terminal {
        let (terminal, before) = TERMINALS.iter().find(|(t, _)| places.has(t)).ok_or_else(missing)?;
        words.splice(0..0, std::iter::once(*terminal).chain(before.iter().copied()).map(Into::into));
    }
    let (program, args) = words.split_first().ok_or_else(missing)?;
    let mut command = Command::new(places.program(program).ok_or_else(missing)?);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.process_group(0).env("DESKTOP_STARTUP_ID", mark);
    // The agent's password, among others.
    for (name, _) in std::env::vars_os().filter(|(n, _)| n.to_string_lossy().starts_with("DESKSIDE_")) {
        command.env_remove(name);
    }
    let home = std::env::home_dir();
    let wanted = entry.folder.as_ref().map(Into::into).or(home);
    if let Some(folder) = wanted.filter(|f| f.is_dir()) {
        command.current_dir(folder);
    }
    Ok(command)
}

/// Waits for its end, so that nothing of it stays; and tells when that was an unhappy one.
fn reap(mut child: Child, alarm: Arc<Alarm>) -> io::Result<Arc<AtomicBool>> {
    let failed = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&failed);
    std::thread::Builder::new().name("started".into()).spawn(move || {
        // One that only woke up another ends well, and that one shows the window.
        let bad = child.wait().is_ok_and(|status| !status.success());
        told.store(bad, Ordering::Relaxed);
        alarm.ring();
    })?;
    Ok(failed)
}

/// What tells windows of the program from others.
struct Known {
    child: u32,
    mark: String,
    names: HashSet<String>,
}

impl Known {
    fn is_its(&self, n: &Newcomer) -> bool {
        let named = || n.classes.iter().any(|c| self.names.contains(&c.to_lowercase()));
        n.mark.as_ref().is_some_and(|m| *m == self.mark) || n.pid.is_some_and(|p| self.started(p)) || named()
    }

    /// Whether the process is what was started, or came of it.
    fn started(&self, pid: u32) -> bool {
        let mut line = std::iter::successors(Some(pid), |p| relation(*p).map(|(parent, _)| parent));
        relation(pid).is_some_and(|(_, group)| group == self.child)
            || line.by_ref().take(GENERATIONS).any(|p| p == self.child)
    }
}

/// Parent and group of a process.
fn relation(pid: u32) -> Option<(u32, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before may hold anything.
    let mut rest = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(1);
    Some((rest.next()?.parse().ok()?, rest.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn entry(lines: &str) -> Entry {
        let text = format!("[Desktop Entry]\nType=Application\nName=A\n{lines}\n");
        Entry::parse(&text, Path::new("/x/a.desktop"), "en").unwrap()
    }

    #[test]
    fn a_process_and_those_that_come_of_it() {
        let me = std::process::id();
        let known = Known { child: me, mark: String::new(), names: HashSet::new() };
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        assert!(known.started(child.id()));
        assert!(!known.started(1) && !known.started(u32::MAX));
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn what_is_missing_is_not_started() {
        let places = Places::from_env();
        let one = command(&places, &entry("Exec=sh -c true\nPath=/tmp"), "mark").unwrap();
        assert_eq!(one.get_current_dir(), Some(Path::new("/tmp")));
        assert_eq!(one.get_args().collect::<Vec<_>>(), ["-c", "true"]);
        let none = Places::default();
        let missing = command(&none, &entry("Exec=sh"), "mark").unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        assert_eq!(
            command(&none, &entry("Exec=/bin/sh\nTerminal=true"), "").unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }
}
