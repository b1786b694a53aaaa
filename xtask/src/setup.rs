//! Packages that building, running and testing need. Fine to run twice.

use std::{collections::HashSet, process::Command};

use anyhow::{Result, bail};

use crate::run::{run, works};

/// Headers, compilers and tools.
const BUILD: &[&str] = &[
    "pkg-config",
    "clang",
    "libclang-dev",
    "cmake",
    "nasm",
    "libpipewire-0.3-dev",
    "libwayland-dev",
    "libegl1-mesa-dev",
    "libgbm-dev",
    "libdrm-dev",
    "libxcb1-dev",
    "libxcb-randr0-dev",
    "libxcb-shm0-dev",
    "libxcb-xfixes0-dev",
    "libxrandr-dev",
    "libx11-dev",
    "libxtst-dev",
    "libxi-dev",
    "libxkbcommon-dev",
    "libdbus-1-dev",
    "libasound2-dev",
];

/// What the window loads when it starts.
const RUN: &[&str] = &["libegl1", "libgl1", "libgl1-mesa-dri", "libxkbcommon-x11-0", "libxcursor1", "libxi6"];

/// Displays to test on, programs to help on, and a relay.
const TEST: &[&str] = &[
    "xvfb",
    "openbox",
    "xterm",
    "xdotool",
    "wmctrl",
    "x11-utils",
    "x11-xserver-utils",
    "x11-xkb-utils",
    "xclip",
    "xfonts-base",
    "fonts-dejavu-core",
    "imagemagick",
    "coturn",
    "jq",
    "iproute2",
    "openssl",
    "xserver-xorg-core",
    "xserver-xorg-video-dummy",
];

/// What the figures are compared with, and the networks they are taken on.
const BENCH: &[&str] =
    &["nftables", "tigervnc-scraping-server", "tigervnc-viewer", "x11vnc", "chromium", "ffmpeg", "procps"];

/// Installs what is missing of the packages for building, running and testing, and with `bench` of
/// those for measuring. On other systems than Debian and its relatives it says what is needed.
pub(crate) fn setup(bench: bool) -> Result<()> {
    let mut wanted: Vec<&str> = [BUILD, RUN, TEST].concat();
    if bench {
        wanted.extend(BENCH);
    }
    if !works("dpkg-query", &["--version"]) || !works("apt-get", &["--version"]) {
        println!("setup: this is no Debian; what is needed is called there:\n  {}", wanted.join(" "));
        return check_nasm();
    }
    packages(&wanted)?;
    check_nasm()
}

/// Installs those that are missing, on Debian and its relatives; elsewhere it says nothing, and what needs them will.
pub(crate) fn packages(wanted: &[&str]) -> Result<()> {
    if !works("dpkg-query", &["--version"]) {
        return Ok(());
    }
    let there = installed(wanted);
    let missing: Vec<&str> = wanted.iter().copied().filter(|p| !there.contains(*p)).collect();
    if missing.is_empty() {
        println!("setup: all {} packages are there", wanted.len());
        return Ok(());
    }
    println!("setup: installing {} of {} packages: {}", missing.len(), wanted.len(), missing.join(" "));
    install(&missing)
}

fn install(missing: &[&str]) -> Result<()> {
    let root = works("sh", &["-c", "test \"$(id -u)\" = 0"]);
    let apt = |args: &[&str]| {
        let mut c = if root { Command::new("apt-get") } else { Command::new("sudo") };
        if !root {
            c.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        }
        c.env("DEBIAN_FRONTEND", "noninteractive");
        c.args(["-q", "-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3"]).args(args);
        c
    };
    if !root && !works("sudo", &["--version"]) {
        bail!("run this as root, then again:\n  apt-get install {}", missing.join(" "));
    }
    run(&mut apt(&["update"]))?;
    let mut args = vec!["install", "-y", "--no-install-recommends"];
    args.extend(missing);
    run(&mut apt(&args))
}

/// Which of these packages are installed.
fn installed(wanted: &[&str]) -> HashSet<String> {
    let out = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\\n"])
        .args(wanted)
        .output();
    // It fails when one is unknown, and prints the others all the same.
    let text = out.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    text.lines()
        .filter_map(|l| l.strip_suffix(" installed"))
        .map(|name| name.split(':').next().unwrap_or(name).to_owned())
        .collect()
}

/// Without nasm the video coder is built silently without its fast paths.
fn check_nasm() -> Result<()> {
    if works("nasm", &["-v"]) {
        return Ok(());
    }
    bail!("nasm is missing: the H.264 coder would be several times slower; install it and run this again")
}
