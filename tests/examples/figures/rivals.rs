//! Well-known programs for the same job, on the same stage.

use std::{process::Command, time::Duration};

use anyhow::Result;
use deskside_tests::net::{CUSTOMER, Net};

use crate::{
    cost::Meter,
    stage::{Display, Process},
};

/// Sharer and viewer of a rival, ended when dropped.
pub struct Rival {
    pub name: &'static str,
    viewer: Process,
    sharer: Process,
}

impl Rival {
    pub fn meter(&self, net: &Net) -> Meter {
        Meter {
            sharer: self.sharer.id(),
            viewer: self.viewer.id(),
            namespace: net.customer.clone(),
            interface: "eth0".into(),
        }
    }
}

pub fn installed(program: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output()
        .is_ok_and(|o| o.status.success())
}

/// TigerVNC's scraper of a running display.
pub fn x0tigervnc(net: &Net, source: &Display, show: &Display) -> Result<Rival> {
    let mut sharer = Process::within(&net.customer, "X0tigervnc");
    sharer.args(["-display", &source.name, "-rfbport", "5970", "-SecurityTypes", "None"]);
    sharer.args(["-localhost=0", "-MaxProcessorUsage=100"]);
    start("X0tigervnc", "5970", sharer, net, show)
}

pub fn x11vnc(net: &Net, source: &Display, show: &Display) -> Result<Rival> {
    let mut sharer = Process::within(&net.customer, "x11vnc");
    sharer.args(["-display", &source.name, "-rfbport", "5971", "-nopw", "-forever", "-noipv6", "-quiet"]);
    start("x11vnc", "5971", sharer, net, show)
}

fn start(name: &'static str, port: &str, mut sharer: Command, net: &Net, show: &Display) -> Result<Rival> {
    let sharer = Process::start(name, &mut sharer)?;
    // The viewer gives up at once when nobody listens yet.
    let until = std::time::Instant::now() + Duration::from_secs(10);
    loop {
        let probe = Process::within(&net.agent, "bash")
            .args(["-c", &format!("exec 3<>/dev/tcp/{CUSTOMER}/{port}")])
            .stderr(std::process::Stdio::null())
            .status()?;
        if probe.success() {
            break;
        }
        anyhow::ensure!(std::time::Instant::now() < until, "{name} does not listen");
        std::thread::park_timeout(Duration::from_millis(50));
    }
    let mut viewer = Process::within(&net.agent, "xtigervncviewer");
    viewer.env("DISPLAY", &show.name).args([
        "-SecurityTypes",
        "None",
        "-FullScreen",
        "-FullscreenSystemKeys=0",
    ]);
    viewer.args(["-AlertOnFatalError=0", "-ReconnectOnError=0", &format!("{CUSTOMER}::{port}")]);
    let viewer = Process::start("xtigervncviewer", &mut viewer)?;
    Ok(Rival { name, viewer, sharer })
}
