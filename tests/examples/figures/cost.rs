//! CPU time, memory and bytes on the line, from the system's own accounts.

use std::time::Duration;

use anyhow::{Context, Result};
use deskside_tests::account;

/// Which processes, and which interface in which namespace.
#[derive(Clone, Debug)]
pub struct Meter {
    pub sharer: u32,
    pub viewer: u32,
    pub namespace: String,
    pub interface: String,
}

#[derive(Clone, Copy, Debug)]
pub struct Reading {
    sharer: f64,
    viewer: f64,
    bytes: f64,
}

/// Cores used, and kilobytes a second that left the sharer's computer.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub sharer_cores: f64,
    pub viewer_cores: f64,
    pub kb_s: f64,
}

impl Meter {
    pub fn read(&self) -> Result<Reading> {
        let out = std::process::Command::new("ip")
            .args(["netns", "exec", &self.namespace, "cat"])
            .arg(format!("/sys/class/net/{}/statistics/tx_bytes", self.interface))
            .output()?;
        let bytes = String::from_utf8(out.stdout)?.trim().parse().context("bytes of the interface")?;
        Ok(Reading { sharer: cpu(self.sharer)?, viewer: cpu(self.viewer)?, bytes })
    }

    /// Resident megabytes of sharer and viewer.
    pub fn memory(&self) -> Result<(f64, f64)> {
        Ok((rss(self.sharer)?, rss(self.viewer)?))
    }
}

impl Reading {
    pub fn since(&self, before: &Self, time: Duration) -> Cost {
        let s = time.as_secs_f64();
        Cost {
            sharer_cores: (self.sharer - before.sharer) / s,
            viewer_cores: (self.viewer - before.viewer) / s,
            kb_s: (self.bytes - before.bytes) / s / 1000.0,
        }
    }
}

/// Of a program with all its processes.
fn cpu(pid: u32) -> Result<f64> {
    sum(pid, account::cpu)
}

fn rss(pid: u32) -> Result<f64> {
    sum(pid, account::resident)
}

fn sum(pid: u32, of: fn(u32) -> Option<f64>) -> Result<f64> {
    let own = of(pid).context("a program that is measured is gone")?;
    Ok(own + account::family(pid).into_iter().skip(1).filter_map(of).sum::<f64>())
}
