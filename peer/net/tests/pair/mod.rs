//! Two links in one process, with their signaling carried between them.
#![allow(dead_code, reason = "each test program uses a part")]

pub mod turn;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use deskside_net::{Connector, LinkConfig, LinkEvent, LinkSink, Transport, WebrtcConnector};
use deskside_protocol::{api::IceServer, socket::Signal};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// How long a test waits for anything before it fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What a sink was told, signals apart.
#[derive(Debug)]
pub enum Told {
    Event(LinkEvent),
    Picture(Bytes),
    Video(Bytes),
}

struct Sink {
    told: Sender<Told>,
    signals: Sender<Signal>,
}

impl LinkSink for Sink {
    fn event(&self, event: LinkEvent) {
        match event {
            LinkEvent::Signal(signal) => drop(self.signals.try_send(signal)),
            event => drop(self.told.try_send(Told::Event(event))),
        }
    }
    fn picture(&self, message: Bytes) {
        let _ = self.told.try_send(Told::Picture(message));
    }
    fn video(&self, access_unit: Bytes) {
        let _ = self.told.try_send(Told::Video(access_unit));
    }
}

/// One end, and what it was told that nobody asked for yet.
pub struct End {
    pub link: Arc<dyn Transport>,
    told: Receiver<Told>,
    /// Everything this end has signaled.
    pub signaled: Arc<Mutex<Vec<Signal>>>,
}

impl End {
    /// The next thing told, which must come in time.
    pub async fn next(&mut self) -> Told {
        let told = tokio::time::timeout(PATIENCE, self.told.recv()).await;
        told.expect("told in time").expect("a sink that lives")
    }

    /// The next thing told within `time`, or a picture of nothing.
    pub async fn next_or(&mut self, time: Duration) -> Told {
        match tokio::time::timeout(time, self.told.recv()).await {
            Ok(told) => told.expect("a sink that lives"),
            Err(_) => Told::Picture(Bytes::new()),
        }
    }

    /// Waits for the first thing of which `wanted` makes something; drops what comes before.
    pub async fn until<T>(&mut self, mut wanted: impl FnMut(Told) -> Option<T>) -> T {
        let search = async {
            loop {
                let told = self.told.recv().await.expect("a sink that lives");
                if let Some(found) = wanted(told) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, search).await.expect("told in time")
    }

    pub async fn opened(&mut self) -> ([u8; 32], [u8; 32]) {
        self.until(|told| match told {
            Told::Event(LinkEvent::Open { local, remote }) => Some((local, remote)),
            _ => None,
        })
        .await
    }

    pub async fn control(&mut self) -> Bytes {
        self.until(|told| match told {
            Told::Event(LinkEvent::Control(message)) => Some(message),
            _ => None,
        })
        .await
    }

    pub async fn closed(&mut self) {
        self.until(|told| matches!(told, Told::Event(LinkEvent::Closed)).then_some(())).await;
    }
}

pub fn config(offerer: bool) -> LinkConfig {
    LinkConfig { ice: Vec::new(), offerer, relay_only: false, start_bitrate: 2_000_000 }
}

pub fn relayed(offerer: bool, server: &IceServer) -> LinkConfig {
    LinkConfig { ice: vec![server.clone()], relay_only: true, ..config(offerer) }
}

/// One end whose signals go to the receiver.
pub fn end(config: LinkConfig) -> (End, Receiver<Signal>) {
    let ((told, inbox), (signals, outbox)) = (channel(1 << 16), channel(1 << 16));
    let connector = WebrtcConnector::new(tokio::runtime::Handle::current());
    let link = connector.connect(config, Arc::new(Sink { told, signals }));
    (End { link, told: inbox, signaled: Arc::default() }, outbox)
}

/// Carries what one end signals to the other; `change` may alter, drop or add.
pub fn carry(
    mut from: Receiver<Signal>,
    record: Arc<Mutex<Vec<Signal>>>,
    to: &Arc<dyn Transport>,
    mut change: impl FnMut(Signal) -> Vec<Signal> + Send + 'static,
) {
    let to = Arc::downgrade(to);
    tokio::spawn(async move {
        while let Some(signal) = from.recv().await {
            record.lock().expect("a lock").push(signal.clone());
            for signal in change(signal) {
                if let Some(to) = to.upgrade() {
                    to.signal(signal);
                }
            }
        }
    });
}

/// Two ends that signal to each other. The first is the offerer.
pub fn pair(first: LinkConfig, second: LinkConfig) -> (End, End) {
    let (first, from_first) = end(first);
    let (second, from_second) = end(second);
    carry(from_first, first.signaled.clone(), &second.link, |signal| vec![signal]);
    carry(from_second, second.signaled.clone(), &first.link, |signal| vec![signal]);
    (first, second)
}

/// Two ends on loopback, open.
pub async fn open() -> (End, End) {
    let (mut first, mut second) = pair(config(true), config(false));
    let (a, b) = (first.opened().await, second.opened().await);
    assert_eq!((a.0, a.1), (b.1, b.0), "both sides see the same two certificates");
    (first, second)
}
