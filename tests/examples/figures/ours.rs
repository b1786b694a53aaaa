//! Deskside on the stage: server, customer and agent as real programs.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use deskside_tests::net::{AGENT, Net};
use serde_json::{Value, json};

use crate::{
    cost::Meter,
    measure,
    screen::Screen,
    stage::{Display, HEIGHT, Process, WIDTH},
};

const PASSWORD: &str = "a password for figures";

pub struct Deskside {
    pub agent: Process,
    pub customer: Process,
    _server: Process,
    _folder: tempfile::TempDir,
    /// From the command to join to a proven connection, as the customer's program saw it.
    pub join_ms: f64,
}

/// Where the programs are: `DESKSIDE_PROGRAMS`, else beside this one.
fn programs() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("DESKSIDE_PROGRAMS") {
        return Ok(dir.into());
    }
    let own = std::env::current_exe()?;
    own.parent().and_then(Path::parent).map(Path::to_owned).context("no folder with programs")
}

impl Deskside {
    pub fn start(net: &Net, source: &Display, show: &Display) -> Result<Self> {
        let dir = programs()?;
        let program = |name: &str| dir.join(name).display().to_string();
        let folder = tempfile::tempdir()?;
        let mut server = Process::within(&net.agent, &program("deskside-server"));
        server.args(["--listen", &format!("{AGENT}:0"), "--data-dir"]).arg(folder.path().join("data"));
        let server = Process::start("deskside-server", &mut server)?;
        let (mut url, mut token) = (None, None);
        server.line("where it listens", Duration::from_secs(20), |l| {
            if let Some(at) = l.split("listening on ").nth(1) {
                url = at.split_whitespace().next().map(str::to_owned);
            }
            if let Some(t) = l.split("set-up token: ").nth(1) {
                token = t.split_whitespace().next().map(str::to_owned);
            }
            (url.is_some() && token.is_some()).then_some(())
        })?;
        let (url, token) = (url.context("address")?, token.context("token")?);
        let done = Process::within(&net.agent, &program("deskside-server"))
            .args(["setup", "--server", &url, "--token", &token, "--name", "ana"])
            .env("DESKSIDE_PASSWORD", PASSWORD)
            .stdout(std::process::Stdio::null())
            .status()?;
        anyhow::ensure!(done.success(), "no first account could be made");

        let mut agent = Process::within(&net.agent, &program("deskside"));
        agent.env("DISPLAY", &show.name).env("DESKSIDE_HOME", folder.path().join("agent"));
        agent.env("DESKSIDE_PASSWORD", PASSWORD).env("LIBGL_ALWAYS_SOFTWARE", "1");
        agent.args(["--json", "--server", &url, "agent", "--name", "ana", "--start"]);
        let agent = Process::start("agent", &mut agent)?;
        let number = agent.session("a session", |s| Some(s.get("number")?.as_str()?.to_owned()))?;

        let mut customer = Process::within(&net.customer, &program("deskside"));
        customer.env("DISPLAY", &source.name).env("DESKSIDE_HOME", folder.path().join("customer"));
        customer.args(["--headless", "--server", &url]);
        let mut customer = Process::start("customer", &mut customer)?;
        customer.line("ready", Duration::from_secs(10), |l| l.contains("\"ready\"").then_some(()))?;
        let begin = Instant::now();
        customer.tell(&json!({"do": "join", "target": number, "name": "Luc"}))?;
        customer.session("a proven connection", secure)?;
        let join_ms = begin.elapsed().as_secs_f64() * 1e3;
        agent.session("a proven connection", secure)?;
        Ok(Self { agent, customer, _server: server, _folder: folder, join_ms })
    }

    pub fn meter(&self, net: &Net) -> Meter {
        Meter {
            sharer: self.customer.id(),
            viewer: self.agent.id(),
            namespace: net.customer.clone(),
            interface: "eth0".into(),
        }
    }

    /// Asks for control with this coder, allows it, and times the first whole picture.
    pub fn share(&mut self, coder: &str, source: &Screen, viewer: &mut Screen) -> Result<f64> {
        self.agent.tell(&json!({"do": "ask", "act": "control"}))?;
        let request =
            self.customer.session("a question", |s| s.pointer("/prompt/request").and_then(Value::as_u64))?;
        // A colour that is only there once the picture is.
        let colour = 0xff_20_e0;
        let mark = source.window(900, 500, 64, 64, colour)?;
        let begin = Instant::now();
        self.customer.tell(&json!({"do": "answer", "request": request, "allow": true}))?;
        let until = begin + Duration::from_secs(15);
        while !viewer.shows(colour, 40)? {
            viewer.wait((Instant::now() + Duration::from_millis(100)).min(until))?;
            anyhow::ensure!(Instant::now() < until, "no picture came");
        }
        let first = begin.elapsed().as_secs_f64() * 1e3;
        x11rb::protocol::xproto::ConnectionExt::destroy_window(&source.x, mark)?;
        x11rb::wrapper::ConnectionExt::sync(&source.x)?;
        self.agent.tell(&json!({"do": "set_coder", "coder": coder}))?;
        if coder != "auto" {
            self.agent.session("the coder", |s| (s.pointer("/sharing/coder")? == coder).then_some(()))?;
        }
        Ok(first)
    }

    /// Makes the agent's window so large that the picture is shown pixel by pixel.
    pub fn one_to_one(&self, show: &Display, source: &Screen, viewer: &mut Screen) -> Result<()> {
        let width = u32::from(WIDTH) + 500;
        let mut height = u32::from(HEIGHT) + 150;
        for _ in 0..5 {
            let done = std::process::Command::new("xdotool")
                .env("DISPLAY", &show.name)
                .args([
                    "search",
                    "--onlyvisible",
                    "--name",
                    "^Deskside$",
                    "windowmove",
                    "0",
                    "0",
                    "windowsize",
                ])
                .args(["--sync", &width.to_string(), &height.to_string()])
                .output()?;
            anyhow::ensure!(done.status.success(), "the agent's window was not found");
            let scale = measure::scale(source, viewer)?;
            if scale == 1.0 {
                return Ok(());
            }
            // The picture fits the height that the toolbar leaves.
            let toolbar = f64::from(height) - f64::from(HEIGHT) * scale;
            height = u32::from(HEIGHT) + toolbar.round() as u32;
        }
        anyhow::bail!("the picture is not shown pixel by pixel")
    }
}

fn secure(session: &Value) -> Option<()> {
    let others = session.get("others")?.as_array()?;
    others.iter().any(|o| o.pointer("/link/state").is_some_and(|s| s == "secure")).then_some(())
}
