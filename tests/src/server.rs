//! The real server, on a free port, with data of its own.

use std::process::{Command, ExitStatus, Stdio};

use deskside_protocol::api::{NewAccount, SessionOpened, Setup, SignIn, SignedIn};
use serde_json::Value;
use tempfile::TempDir;

use crate::{http, process::Process, programs};

/// The account that [`Server::start`] makes.
pub const AGENT: &str = "Ada Lovelace";
pub const PASSWORD: &str = "correct horse battery staple";

pub struct Server {
    url: String,
    folder: TempDir,
    settings: Vec<(String, String)>,
    process: Process,
    /// Printed by the first start.
    pub setup_token: String,
}

impl Server {
    /// A server with one account, [`AGENT`].
    #[track_caller]
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// The same, with settings as in its file, for example `("sessions.number_lives", "2")`.
    #[track_caller]
    pub fn with(settings: &[(&str, &str)]) -> Self {
        Self::fresh(settings).set_up()
    }

    /// The same at this address, `10.0.0.1:0` for a free port.
    #[track_caller]
    pub fn at(address: &str, settings: &[(&str, &str)]) -> Self {
        Self::listening(address, settings).set_up()
    }

    #[track_caller]
    fn set_up(self) -> Self {
        let server = self;
        let answer = server.post(
            "/api/v1/setup",
            &Setup { token: server.setup_token.clone(), name: AGENT.into(), password: PASSWORD.into() },
            None,
        );
        assert!((200..300).contains(&answer.status), "set-up: {answer:?}");
        server
    }

    /// A server without any account yet.
    #[track_caller]
    pub fn fresh(settings: &[(&str, &str)]) -> Self {
        Self::listening("127.0.0.1:0", settings)
    }

    #[track_caller]
    fn listening(address: &str, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the server");
        let settings: Vec<_> = settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let process = spawn(&folder, address, &settings);
        let mut server = Self { url: String::new(), folder, settings, process, setup_token: String::new() };
        server.setup_token = server.process.line("its set-up token", |l| {
            let (_, token) = l.split_once("set-up token: ")?;
            Some(token.split_whitespace().next()?.to_owned())
        });
        server.wait_listening();
        server
    }

    /// Makes the account of another agent, with [`PASSWORD`].
    #[track_caller]
    pub fn add_agent(&self, name: &str) {
        let body = NewAccount { name: name.into(), password: PASSWORD.into() };
        let answer = self.post("/api/v1/accounts", &body, Some(&self.sign_in().token));
        assert!((200..300).contains(&answer.status), "a new account: {answer:?}");
    }

    fn wait_listening(&mut self) {
        self.url = self.process.line("where it listens", |l| {
            let (_, url) = l.split_once("listening on ")?;
            Some(url.split_whitespace().next()?.trim_end_matches('/').to_owned())
        });
    }

    /// `http://127.0.0.1:port`
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn port(&self) -> u16 {
        self.url.rsplit(':').next().and_then(|p| p.parse().ok()).expect("a port in the server's address")
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Ends it as a crash would.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Asks it to stop, and waits until it has.
    #[track_caller]
    pub fn stop(&mut self) -> ExitStatus {
        self.process.signal(libc::SIGTERM);
        self.process.wait()
    }

    /// Starts it again with the same data at the same address.
    #[track_caller]
    pub fn start_again(&mut self) {
        let address = http::address(&self.url).to_owned();
        self.process = spawn(&self.folder, &address, &self.settings);
        self.wait_listening();
    }

    /// What it wrote to its log, over all starts.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Where its data is.
    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> http::Answer {
        http::get(&self.url, path).unwrap_or_else(|e| panic!("GET {path}: {e}\n{}", self.process.story()))
    }

    #[track_caller]
    pub fn post(&self, path: &str, body: &impl serde::Serialize, token: Option<&str>) -> http::Answer {
        http::post(&self.url, path, body, token)
            .unwrap_or_else(|e| panic!("POST {path}: {e}\n{}", self.process.story()))
    }

    /// Any call of an account, with a JSON body when there is one; the JSON of the answer.
    #[track_caller]
    pub fn call<T: serde::de::DeserializeOwned>(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<&impl serde::Serialize>,
    ) -> T {
        let answer = http::call(&self.url, method, path, body, Some(token));
        let answer = answer.unwrap_or_else(|e| panic!("{method} {path}: {e}\n{}", self.process.story()));
        assert!((200..300).contains(&answer.status), "{method} {path}: {answer:?}");
        serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{method} {path}: {e}: {answer:?}"))
    }

    /// Makes a queue by the command line, served by these accounts.
    #[track_caller]
    pub fn add_queue(&self, name: &str, title: &str, agents: &[&str]) {
        let mut command = Command::new(programs::deskside_server());
        command
            .args(["queue", "add", "--server", &self.url, "--as", AGENT, "--name", name, "--title", title]);
        for agent in agents {
            command.args(["--agent", agent]);
        }
        let made = command.env("DESKSIDE_PASSWORD", PASSWORD).stdin(Stdio::null()).output();
        let made = made.unwrap_or_else(|e| panic!("the server's command line: {e}"));
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    /// Signs [`AGENT`] in.
    #[track_caller]
    pub fn sign_in(&self) -> SignedIn {
        self.sign_in_as(AGENT)
    }

    #[track_caller]
    pub fn sign_in_as(&self, name: &str) -> SignedIn {
        let answer =
            self.post("/api/v1/sign-in", &SignIn { name: name.into(), password: PASSWORD.into() }, None);
        serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("sign-in: {e}: {answer:?}"))
    }

    /// Opens a session without a peer.
    #[track_caller]
    pub fn open_session(&self) -> SessionOpened {
        let token = self.sign_in().token;
        let answer = self.post("/api/v1/sessions", &Value::Object(Default::default()), Some(&token));
        serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("open a session: {e}: {answer:?}"))
    }
}

fn spawn(folder: &TempDir, listen: &str, settings: &[(String, String)]) -> Process {
    let mut command = Command::new(programs::deskside_server());
    command
        .args(["--listen", listen, "--data-dir"])
        .arg(folder.path().join("data"))
        .current_dir(folder.path())
        .stdin(Stdio::null());
    for (name, value) in settings {
        command.args(["--set", &format!("{name}={value}")]);
    }
    Process::start("server", &mut command, folder.path())
}
