//! A relay (coturn) with time-limited credentials, as the server hands them out.

use std::{
    net::UdpSocket,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{process::Process, wait::until};

/// Shared with the server.
pub const SECRET: &str = "relay secret of the tests";

pub struct Turn {
    port: u16,
    _process: Process,
    _folder: TempDir,
}

impl Turn {
    /// Listens on loopback alone, and relays to it.
    #[track_caller]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the relay");
        let port = UdpSocket::bind("127.0.0.1:0").and_then(|s| s.local_addr()).expect("a free port").port();
        let mut turnserver = Command::new("turnserver");
        turnserver
            .args(["-n", "--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1"])
            .args(["--listening-port", &port.to_string(), "--no-tls", "--no-dtls", "--no-cli"])
            .args(["--use-auth-secret", "--static-auth-secret", SECRET, "--realm", "deskside.test"])
            .args([
                "--allow-loopback-peers",
                "--fingerprint",
                "--verbose",
                "--log-file",
                "stdout",
                "--simple-log",
            ])
            .arg("--pidfile")
            .arg(folder.path().join("pid"))
            .arg("--userdb")
            .arg(folder.path().join("db"))
            .current_dir(folder.path())
            .stdin(Stdio::null());
        let process = Process::start("turnserver", &mut turnserver, folder.path());
        let turn = Self { port, _process: process, _folder: folder };
        until("the relay answers", || turn.answers().then_some(()));
        turn
    }

    /// `turn:127.0.0.1:port`
    pub fn url(&self) -> String {
        format!("turn:127.0.0.1:{}", self.port)
    }

    /// A STUN binding request (RFC 8489, section 14) is answered.
    fn answers(&self) -> bool {
        let ask = || {
            let socket = UdpSocket::bind("127.0.0.1:0")?;
            socket.set_read_timeout(Some(std::time::Duration::from_millis(200)))?;
            let mut request = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
            request.extend(*b"deskside-12b");
            socket.send_to(&request, ("127.0.0.1", self.port))?;
            socket.recv(&mut [0; 512])
        };
        ask().is_ok()
    }

    /// What it logged, one line for each allocation among them.
    pub fn log(&self) -> String {
        self._process.lines().all().join("\n")
    }
}
