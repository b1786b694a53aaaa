//! The UDP socket of the built-in STUN responder.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use tokio::net::UdpSocket;

use super::stun;
use crate::directory::canonical;

/// Answers for one address within [`WINDOW`]: a forged source gets no flood from here.
const PER_ADDRESS: u32 = 50;
const WINDOW: Duration = Duration::from_secs(10);
/// Addresses counted within a window; the rest get no answer.
const ADDRESSES: usize = 100_000;

/// Answers until it is dropped.
pub async fn run(socket: UdpSocket, answered: impl Fn() + Send) {
    let mut buffer = [0; 1024];
    let mut counts: HashMap<IpAddr, u32> = HashMap::new();
    let mut window = Instant::now();
    loop {
        let (size, from) = match socket.recv_from(&mut buffer).await {
            Ok(received) => received,
            Err(error) => {
                // Errors of earlier sends are told here; they concern one peer.
                tracing::debug!(%error, "STUN socket");
                tokio::task::yield_now().await;
                continue;
            }
        };
        if window.elapsed() > WINDOW {
            counts.clear();
            window = Instant::now();
        }
        let Some(answer) = stun::answer(buffer.get(..size).unwrap_or_default(), from) else { continue };
        if allowed(&mut counts, from) && socket.send_to(&answer, from).await.is_ok() {
            answered();
        }
    }
}

fn allowed(counts: &mut HashMap<IpAddr, u32>, from: SocketAddr) -> bool {
    let ip = canonical(from.ip());
    if counts.len() >= ADDRESSES && !counts.contains_key(&ip) {
        return false;
    }
    let count = counts.entry(ip).or_default();
    *count += 1;
    *count <= PER_ADDRESS
}
