//! The program itself as a process.

use std::{net::SocketAddr, path::Path, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use super::PATIENCE;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_deskside-server");

/// A running server.
pub struct Program {
    child: Child,
    pub at: SocketAddr,
    /// For the set-up, while there is no admin.
    pub token: Option<String>,
    out: Lines<BufReader<ChildStdout>>,
    /// Reads the log all the time: a full pipe would hold the program up.
    log: tokio::task::JoinHandle<String>,
}

/// A server on a free port with its data in this folder.
pub fn command(folder: &Path) -> Command {
    command_at(folder, ([127, 0, 0, 1], 0).into())
}

pub fn command_at(folder: &Path, at: SocketAddr) -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_clear().kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.args(["--listen", &at.to_string(), "--data-dir"]).arg(folder.join("data"));
    command
}

async fn line(out: &mut Lines<BufReader<ChildStdout>>) -> String {
    tokio::time::timeout(PATIENCE, out.next_line()).await.unwrap().unwrap().expect("the program ended")
}

/// Starts it and reads what it prints; `fresh` when there is no admin yet.
pub async fn run(mut command: Command, fresh: bool) -> Program {
    let mut child = command.spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut errors = child.stderr.take().unwrap();
    let log = tokio::spawn(async move {
        let mut log = String::new();
        errors.read_to_string(&mut log).await.unwrap();
        log
    });
    let first = line(&mut out).await;
    let url = first.strip_prefix("listening on ").unwrap_or_else(|| panic!("{first}"));
    let at = url.split_once("://").unwrap().1.parse().unwrap();
    let mut token = None;
    if fresh {
        let second = line(&mut out).await;
        token = Some(second.strip_prefix("set-up token: ").unwrap().to_owned());
        assert_eq!(line(&mut out).await, format!("set-up page: {url}/setup"));
    }
    Program { child, at, token, out, log }
}

impl Program {
    pub fn signal(&self, signal: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Exit code, the rest of standard output, the log.
    pub async fn ended(mut self) -> (Option<i32>, String, String) {
        let mut rest = String::new();
        let end = async {
            while let Ok(Some(line)) = self.out.next_line().await {
                rest.push_str(&line);
            }
            (self.log.await.unwrap(), self.child.wait().await.unwrap())
        };
        let (log, status) = tokio::time::timeout(PATIENCE, end).await.expect("it did not end");
        (status.code(), rest, log)
    }
}
