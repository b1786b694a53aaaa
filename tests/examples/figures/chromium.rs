//! Chromium's own screen sharing on the stage: one page shares the whole screen by H.264, the other shows it pixel by pixel.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use deskside_tests::net::{AGENT, Net};

use crate::{
    cost::Meter,
    stage::{Display, Process},
};

const PAGES: [(&str, &str); 2] =
    [("/share", include_str!("chromium/share.html")), ("/view", include_str!("chromium/view.html"))];
/// Most that a page gives: a session description.
const MOST: usize = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(60);

/// By path.
type Said = Mutex<HashMap<String, Vec<u8>>>;

pub struct Chromium {
    sharer: Process,
    viewer: Process,
    _folder: tempfile::TempDir,
}

impl Chromium {
    pub fn start(net: &Net, source: &Display, show: &Display) -> Result<Self> {
        // Without one, a page that has not asked for the camera names no address at all.
        for namespace in [&net.agent, &net.customer] {
            let args = ["-n", namespace, "route", "replace", "default", "dev", "eth0"];
            ensure!(Command::new("ip").args(args).status()?.success(), "no default route");
        }
        let address = pages(net)?;
        let folder = tempfile::tempdir()?;
        let browser = |namespace: &str, display: &Display, page: &str| {
            let mut c = Process::within(namespace, "chromium");
            c.env("DISPLAY", &display.name).env("HOME", folder.path());
            c.args(["--no-sandbox", "--no-first-run", "--disable-gpu", "--disable-background-networking"]);
            c.args(["--disable-features=WebRtcHideLocalIpsWithMdns", "--password-store=basic"]);
            c.args(["--autoplay-policy=no-user-gesture-required", "--force-device-scale-factor=1"]);
            c.arg("--auto-select-desktop-capture-source=Entire screen");
            c.arg(format!("--user-data-dir={}", folder.path().join(page).display()));
            c.arg(format!("--unsafely-treat-insecure-origin-as-secure=http://{address}"));
            c.arg(format!("--app=http://{address}/{page}"));
            c
        };
        let mut viewer = browser(&net.agent, show, "view");
        let viewer = Process::start("chromium", viewer.args(["--kiosk"]))?;
        let mut sharer = browser(&net.customer, source, "share");
        // Beside what is measured.
        sharer.args(["--window-position=1500,900", "--window-size=300,120"]);
        let sharer = Process::start("chromium", &mut sharer)?;
        let until = Instant::now() + PATIENCE;
        // A page may share only after a click.
        while !xdotool(source, &["search", "--onlyvisible", "--name", "^share$"]) {
            ensure!(Instant::now() < until, "Chromium shows no page");
            std::thread::park_timeout(Duration::from_millis(200));
        }
        let click = ["search", "--onlyvisible", "--name", "^share$", "windowraise", "mousemove", "--window"];
        while !screen_is_shared(source) {
            ensure!(Instant::now() < until, "Chromium shares nothing");
            xdotool(source, &[&click[..], &["%1", "60", "60", "click", "1"]].concat());
            std::thread::park_timeout(Duration::from_secs(1));
        }
        // The pointer is not over what is measured.
        xdotool(source, &["mousemove", "1900", "1060"]);
        Ok(Self { sharer, viewer, _folder: folder })
    }

    pub fn meter(&self, net: &Net) -> Meter {
        Meter {
            sharer: self.sharer.id(),
            viewer: self.viewer.id(),
            namespace: net.customer.clone(),
            interface: "eth0".into(),
        }
    }
}

fn xdotool(display: &Display, args: &[&str]) -> bool {
    let done = Command::new("xdotool").env("DISPLAY", &display.name).args(args).output();
    done.is_ok_and(|d| d.status.success())
}

/// The page says so in its title.
fn screen_is_shared(display: &Display) -> bool {
    xdotool(display, &["search", "--onlyvisible", "--name", "^shared$"])
}

/// Serves the pages and what they say to each other, on the agent's computer. Gives its address.
fn pages(net: &Net) -> Result<String> {
    let listener = std::thread::scope(|s| {
        let bound = s.spawn(|| {
            net.go();
            TcpListener::bind((AGENT, 0))
        });
        bound.join().ok().context("no namespace")?.context("cannot listen")
    })?;
    let address = listener.local_addr()?.to_string();
    let said = Arc::new(Said::default());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let said = Arc::clone(&said);
            // A browser opens connections that it may never use.
            std::thread::spawn(move || answer(stream, &said));
        }
    });
    Ok(address)
}

/// One request: a page, what somebody says (`POST`), or what was said.
fn answer(stream: TcpStream, said: &Said) -> Result<()> {
    let mut input = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    input.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (method, path) =
        (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    loop {
        line.clear();
        input.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        }
    }
    ensure!(length <= MOST, "too long");
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    let mut said = said.lock().map_err(|_| anyhow!("a page was not answered"))?;
    let (mut status, mut given) = ("200 OK", Vec::new());
    if method == "POST" {
        said.insert(path, body);
    } else if let Some((_, page)) = PAGES.iter().find(|(at, _)| *at == path) {
        given = page.as_bytes().to_vec();
    } else if let Some(body) = said.get(&path) {
        given = body.clone();
    } else {
        status = "404 Not Found";
    }
    drop(said);
    let mut out = input.into_inner();
    write!(
        out,
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n",
        given.len()
    )?;
    write!(out, "Connection: close\r\n\r\n")?;
    Ok(out.write_all(&given)?)
}
