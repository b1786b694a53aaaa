//! Measures a link between two processes: `cargo run --release --example link_figures`.
//!
//! `--setup-only` ends when the channels are open.
//! With `--turn turn:host:port --user … --password …` over that relay only. The first process starts the
//! second one; signaling goes through its standard input and output, one JSON message a line.

use std::{
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use deskside_net::{
    Channel, Connector, LinkConfig, LinkEvent, LinkSink, SendError, Transport, WebrtcConnector,
};
use deskside_protocol::{api::IceServer, socket::Signal};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    sync::mpsc::{Receiver, Sender, channel},
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

struct Sink(Sender<Heard>);

enum Heard {
    Event(LinkEvent),
    Picture(Bytes),
}

impl LinkSink for Sink {
    fn event(&self, event: LinkEvent) {
        let _ = self.0.try_send(Heard::Event(event));
    }
    fn picture(&self, message: Bytes) {
        let _ = self.0.try_send(Heard::Picture(message));
    }
    fn video(&self, _: Bytes) {}
}

fn main() -> Result<(), Failure> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if option("--answer").is_some() { runtime.block_on(answer()) } else { runtime.block_on(measure()) }
}

fn option(name: &str) -> Option<String> {
    let mut all = std::env::args().skip_while(|arg| arg != name);
    all.next().map(|_| all.next().unwrap_or_default())
}

fn connect(offerer: bool) -> (Arc<dyn Transport>, Receiver<Heard>) {
    let ice: Vec<IceServer> = option("--turn")
        .into_iter()
        .map(|url| IceServer {
            urls: vec![url],
            username: option("--user").unwrap_or_default(),
            credential: option("--password").unwrap_or_default(),
        })
        .collect();
    let relay_only = !ice.is_empty();
    let config = LinkConfig { ice, offerer, relay_only, start_bitrate: 2_000_000 };
    let (heard, inbox) = channel(1 << 16);
    let connector = WebrtcConnector::new(tokio::runtime::Handle::current());
    (connector.connect(config, Arc::new(Sink(heard))), inbox)
}

/// The second process: echoes control messages, counts pictures.
async fn answer() -> Result<(), Failure> {
    let (link, mut heard) = connect(false);
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut out = tokio::io::stdout();
    let mut bytes = 0u64;
    loop {
        tokio::select! {
            line = lines.next_line() => match line? {
                Some(line) => link.signal(serde_json::from_str(&line)?),
                None => return Ok(()),
            },
            heard = heard.recv() => match heard {
                Some(Heard::Event(LinkEvent::Signal(signal))) => {
                    out.write_all(format!("{}\n", serde_json::to_string(&signal)?).as_bytes()).await?;
                    out.flush().await?;
                }
                Some(Heard::Event(LinkEvent::Control(message))) if message == "idle" => {
                    let used = idle().await?;
                    link.send(Channel::Control, used.to_string().into())?;
                }
                Some(Heard::Event(LinkEvent::Control(message))) => link.send(Channel::Control, message)?,
                Some(Heard::Picture(message)) => {
                    bytes += message.len() as u64;
                    if message.len() == 8 {
                        link.send(Channel::Control, bytes.to_be_bytes().to_vec().into())?;
                        bytes = 0;
                    }
                }
                Some(Heard::Event(LinkEvent::Closed)) | None => return Ok(()),
                Some(_) => {}
            },
        }
    }
}

#[expect(clippy::print_stdout, reason = "its figures are what this program is for")]
async fn measure() -> Result<(), Failure> {
    let mut child = tokio::process::Command::new(std::env::current_exe()?)
        .args(std::env::args().skip(1))
        .arg("--answer")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut to = child.stdin.take().ok_or("no pipe")?;
    let mut from = BufReader::new(child.stdout.take().ok_or("no pipe")?).lines();

    let began = Instant::now();
    let (link, mut heard) = connect(true);
    let mut answered = None;
    let mut up = None;
    loop {
        tokio::select! {
            line = from.next_line() => {
                let signal: Signal = serde_json::from_str(&line?.ok_or("the other process ended")?)?;
                if matches!(signal, Signal::Answer { .. }) {
                    answered = Some(Instant::now());
                }
                link.signal(signal);
            }
            event = heard.recv() => match event {
                Some(Heard::Event(LinkEvent::Signal(signal))) => {
                    to.write_all(format!("{}\n", serde_json::to_string(&signal)?).as_bytes()).await?;
                }
                Some(Heard::Event(LinkEvent::State { up: true, .. })) => up = up.or(Some(Instant::now())),
                Some(Heard::Event(LinkEvent::Open { .. })) => break,
                Some(Heard::Event(LinkEvent::Closed)) | None => return Err("no connection".into()),
                Some(_) => {}
            },
        }
    }
    let answered = answered.ok_or("no answer")?;
    let since = |at: Option<Instant>| at.map_or(0.0, |at| ms(at.saturating_duration_since(answered)));
    println!("open after the start {:8.1} ms", ms(began.elapsed()));
    println!("path after the answer {:7.1} ms", since(up));
    println!("open after the answer {:7.1} ms", ms(answered.elapsed()));
    // Late candidates still have to be carried.
    let link2 = link.clone();
    tokio::spawn(async move {
        while let Ok(Some(line)) = from.next_line().await {
            if let Ok(signal) = serde_json::from_str(&line) {
                link2.signal(signal);
            }
        }
    });

    if option("--setup-only").is_some() {
        return Ok(());
    }
    round_trips(&link, &mut heard, 300).await?;
    let mut times = round_trips(&link, &mut heard, 5000).await?;
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e6;
    println!(
        "64 bytes there and back: median {:.0} µs, 99 % {:.0} µs, worst {:.0} µs",
        at(50),
        at(99),
        at(100)
    );

    let bulk = Instant::now();
    let total = 512u64 << 20;
    let (message, mut sent) = (Bytes::from(vec![1; 60 * 1024]), 0);
    let limit = Duration::from_secs(8);
    while sent < total && bulk.elapsed() < limit {
        match link.send(Channel::Picture, message.clone()) {
            Ok(()) => sent += message.len() as u64,
            Err(SendError::Full) => tokio::time::sleep(Duration::from_millis(1)).await,
            Err(error) => return Err(error.into()),
        }
    }
    while link.send(Channel::Picture, Bytes::from_static(&[0; 8])).is_err() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    control(&mut heard).await?;
    println!("one way: {:.1} MB/s", sent as f64 / 1e6 / bulk.elapsed().as_secs_f64());

    link.send(Channel::Control, Bytes::from_static(b"idle"))?;
    let own = idle().await?;
    let other = String::from_utf8_lossy(&control(&mut heard).await?).into_owned();
    println!("idle for ten seconds: {own} and {other} ms of processor time");
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

async fn control(heard: &mut Receiver<Heard>) -> Result<Bytes, Failure> {
    loop {
        match heard.recv().await {
            Some(Heard::Event(LinkEvent::Control(message))) => return Ok(message),
            Some(Heard::Event(LinkEvent::Closed)) | None => return Err("the link closed".into()),
            Some(_) => {}
        }
    }
}

async fn round_trips(
    link: &Arc<dyn Transport>,
    heard: &mut Receiver<Heard>,
    count: usize,
) -> Result<Vec<Duration>, Failure> {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let began = Instant::now();
        link.send(Channel::Control, Bytes::from_static(&[0; 64]))?;
        control(heard).await?;
        times.push(began.elapsed());
    }
    Ok(times)
}

/// Milliseconds of processor time that this process uses in ten seconds (user and system, by `/proc`).
async fn idle() -> Result<u64, Failure> {
    let used = || -> Result<u64, Failure> {
        let stat = std::fs::read_to_string("/proc/self/stat")?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
        let ticks = fields.get(11).ok_or("no field")?.parse::<u64>()?
            + fields.get(12).ok_or("no field")?.parse::<u64>()?;
        Ok(ticks * 10)
    };
    let before = used()?;
    tokio::time::sleep(Duration::from_secs(10)).await;
    Ok(used()? - before)
}
