//! A process that ends with its owner, and what it printed.

use std::{
    io::{BufRead, BufReader},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::wait;

/// A running program. Its standard error goes to a file, its output is kept line by line.
pub struct Process {
    name: String,
    child: Child,
    ended: Option<ExitStatus>,
    lines: Arc<Lines>,
    log: PathBuf,
}

/// Lines of output so far.
#[derive(Default)]
pub struct Lines {
    state: Mutex<LinesState>,
    more: Condvar,
}

#[derive(Default)]
struct LinesState {
    lines: Vec<String>,
    closed: bool,
}

impl Lines {
    fn lock(&self) -> MutexGuard<'_, LinesState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All lines so far.
    pub fn all(&self) -> Vec<String> {
        self.lock().lines.clone()
    }

    /// The first line from `from` on in which `look` finds something, with the number of the next
    /// line; waits for more output until the deadline or the output's end.
    pub fn find<T>(
        &self,
        from: usize,
        deadline: Instant,
        mut look: impl FnMut(&str) -> Option<T>,
    ) -> Option<(T, usize)> {
        let mut at = from;
        let mut state = self.lock();
        loop {
            while at < state.lines.len() {
                let found = look(&state.lines[at]);
                at += 1;
                if let Some(found) = found {
                    return Some((found, at));
                }
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.closed || left.is_zero() {
                return None;
            }
            state = self.more.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Process {
    /// Starts it with its log in `folder`. Standard input is what the caller set.
    #[track_caller]
    pub fn start(name: &str, command: &mut Command, folder: &Path) -> Self {
        let log = folder.join(format!("{name}.log"));
        let log_file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap_or_else(|e| panic!("{}: {e}", log.display()));
        command.stdout(Stdio::piped()).stderr(log_file);
        // SAFETY: prctl is async-signal-safe; a test that is killed takes its programs along.
        unsafe {
            command.pre_exec(|| {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                Ok(())
            });
        }
        let mut child = command.spawn().unwrap_or_else(|e| panic!("could not start {name}: {e}"));
        let lines = Arc::new(Lines::default());
        if let Some(out) = child.stdout.take() {
            let lines = Arc::clone(&lines);
            std::thread::spawn(move || {
                let mut out = BufReader::new(out);
                let mut line = Vec::new();
                while matches!(out.read_until(b'\n', &mut line), Ok(n) if n > 0) {
                    let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                    lines.lock().lines.push(text);
                    lines.more.notify_all();
                    line.clear();
                }
                lines.lock().closed = true;
                lines.more.notify_all();
            });
        }
        Self { name: name.to_owned(), child, ended: None, lines, log }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn lines(&self) -> &Arc<Lines> {
        &self.lines
    }

    pub fn stdin(&mut self) -> Option<std::process::ChildStdin> {
        self.child.stdin.take()
    }

    /// What it wrote to standard error so far.
    pub fn log(&self) -> String {
        std::fs::read(&self.log).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default()
    }

    /// Waits for a line of output in which `look` finds something.
    #[track_caller]
    pub fn line<T>(&self, what: &str, look: impl FnMut(&str) -> Option<T>) -> T {
        match self.lines.find(0, Instant::now() + wait::DEADLINE, look) {
            Some((found, _)) => found,
            None => panic!("{} did not print {what}\n{}", self.name, self.story()),
        }
    }

    /// What it printed last and its log, for a failed test.
    pub fn story(&self) -> String {
        let lines = self.lines.all();
        let last = &lines[lines.len().saturating_sub(12)..];
        let log = self.log();
        let log: Vec<&str> = log.lines().collect();
        let log = &log[log.len().saturating_sub(40)..];
        format!(
            "--- {} printed\n{}\n--- {} logged\n{}\n",
            self.name,
            last.join("\n"),
            self.name,
            log.join("\n")
        )
    }

    /// Whether it ended, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().ok().flatten();
        }
        self.ended
    }

    /// Waits until it has ended.
    #[track_caller]
    pub fn wait(&mut self) -> ExitStatus {
        match wait::within(wait::DEADLINE, || self.ended()) {
            Some(status) => status,
            None => panic!("{} does not end\n{}", self.name, self.story()),
        }
    }

    pub fn signal(&mut self, signal: i32) {
        if self.ended().is_none() {
            // SAFETY: plain kill(2) on a child that was not waited for, so the id is still its own.
            unsafe { libc::kill(self.child.id() as libc::pid_t, signal) };
        }
    }

    /// Ends it at once, as a crash would.
    pub fn kill(&mut self) -> ExitStatus {
        self.signal(libc::SIGKILL);
        self.child.wait().inspect(|s| self.ended = Some(*s)).unwrap_or_else(|_| ExitStatus::from_raw(9))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.ended().is_some() {
            return;
        }
        self.signal(libc::SIGTERM);
        if wait::within(Duration::from_secs(3), || self.ended()).is_none() {
            self.kill();
        }
    }
}
