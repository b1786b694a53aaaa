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
    address: String,
    port: u16,
    _process: Process,
    _folder: TempDir,
}

impl Turn {
    /// Listens on loopback alone, and relays to it.
    #[track_caller]
    pub fn start() -> Self {
        Self::at("127.0.0.1")
    }

    /// The same at this address of this computer.
    #[track_caller]
    pub fn at(address: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the relay");
        let port = UdpSocket::bind((address, 0)).and_then(|s| s.local_addr()).expect("a free port").port();
        let mut turnserver = Command::new("turnserver");
        turnserver
            .args(["-n", "--listening-ip", address, "--relay-ip", address])
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
        let turn = Self { address: address.to_owned(), port, _process: process, _folder: folder };
        until("the relay answers", || turn.answers().then_some(()));
        turn
    }

    /// `turn:127.0.0.1:port`, or at the other address.
    pub fn url(&self) -> String {
        format!("turn:{}:{}", self.address, self.port)
    }

    /// A STUN binding request (RFC 8489, section 14) is answered.
    fn answers(&self) -> bool {
        let ask = || {
            let socket = UdpSocket::bind((self.address.as_str(), 0))?;
            socket.set_read_timeout(Some(std::time::Duration::from_millis(200)))?;
            let mut request = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
            request.extend(*b"deskside-12b");
            socket.send_to(&request, (self.address.as_str(), self.port))?;
            socket.recv(&mut [0; 512])
        };
        ask().is_ok()
    }

    /// What it logged, one line for each allocation among them.
    pub fn log(&self) -> String {
        self._process.lines().all().join("\n")
    }
}
