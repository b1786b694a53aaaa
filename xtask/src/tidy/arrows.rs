//! Which member may use which: the arrows between the layers point one way.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::run::cargo;

/// Each member and those of ours that it may use. Tests (dev-dependencies) may use any.
const ALLOWED: &[(&str, &[&str])] = &[
    ("deskside-protocol", &[]),
    ("deskside-media", &[]),
    ("deskside-session", &["deskside-protocol"]),
    ("deskside-net", &["deskside-protocol"]),
    ("deskside-devices", &["deskside-media", "deskside-session"]),
    ("deskside-ui", &["deskside-session"]),
    ("signal-server", &["deskside-protocol"]),
    (
        "peer",
        &[
            "deskside-protocol",
            "deskside-session",
            "deskside-media",
            "deskside-net",
            "deskside-devices",
            "deskside-ui",
        ],
    ),
    (
        "deskside-tests",
        &["deskside-protocol", "deskside-session", "deskside-media", "deskside-net", "deskside-devices"],
    ),
    ("xtask", &[]),
];

/// What a layer must not reach at all, ours or not: the core has no sockets and no screen.
const BANNED: &[(&str, &[&str])] = &[
    ("deskside-session", &["tokio", "webrtc", "rtc", "x11rb", "xcap", "eframe", "chrono", "time", "rand"]),
    ("deskside-protocol", &["tokio", "webrtc", "warp"]),
    ("deskside-media", &["tokio", "webrtc", "x11rb", "xcap", "eframe"]),
    ("deskside-ui", &["tokio", "webrtc", "x11rb", "xcap"]),
    ("deskside-net", &["x11rb", "xcap", "eframe"]),
    ("deskside-devices", &["webrtc", "eframe"]),
];

pub(super) fn check() -> Result<Vec<String>> {
    let out = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .context("could not start cargo")?;
    let meta: Value = serde_json::from_slice(&out.stdout).context("cargo metadata gave no JSON")?;
    let mut problems = Vec::new();
    for package in meta["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let used = package["dependencies"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|d| d["kind"].is_null())
            .filter_map(|d| Some((d["name"].as_str()?, d["path"].is_string())));
        problems.extend(of_package(name, used));
    }
    Ok(problems)
}

/// What is wrong with a member that uses these; with each whether it is one of ours.
fn of_package<'a>(name: &str, used: impl Iterator<Item = (&'a str, bool)>) -> Vec<String> {
    let Some((_, allowed)) = ALLOWED.iter().find(|(n, _)| *n == name) else {
        return vec![format!("{name}: a new member: say in xtask/src/tidy/arrows.rs what it may use")];
    };
    let banned = BANNED.iter().find(|(n, _)| *n == name).map_or(&[][..], |(_, b)| b);
    used.filter(|(other, ours)| if *ours { !allowed.contains(other) } else { banned.contains(other) })
        .map(|(other, _)| format!("{name}: must not use {other}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_that_points_up_is_found() {
        let wrong = of_package("deskside-media", [("deskside-net", true), ("serde", false)].into_iter());
        assert_eq!(wrong, ["deskside-media: must not use deskside-net"]);
    }

    #[test]
    fn the_core_stays_without_sockets() {
        assert_eq!(of_package("deskside-session", [("tokio", false)].into_iter()).len(), 1);
        assert!(of_package("deskside-session", [("deskside-protocol", true)].into_iter()).is_empty());
    }

    #[test]
    fn a_new_member_must_be_placed() {
        assert_eq!(of_package("deskside-helper", std::iter::empty()).len(), 1);
    }
}
