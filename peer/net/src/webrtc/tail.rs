//! Finds out soon that the last packets of a burst were lost.
//!
//! SCTP sends a packet again at once only when three later ones arrived without it (RFC 9260, section 7.2.4), and
//! else after a second or more. Nothing follows the last message by itself, so some empty ones do until all is
//! acknowledged (like the tail loss probes of TCP: RFC 8985, section 7). The other side hands none of them up.

use std::{sync::Arc, time::Duration};

use bytes::BytesMut;
use tokio::time::sleep;
use webrtc::data_channel::DataChannel;

use super::{Shared, line::Line};
use crate::Channel;

/// Nothing was sent for so long.
const QUIET: Duration = Duration::from_millis(12);
/// Between two probes, so that each goes in a packet of its own and is acknowledged by itself.
const APART: Duration = Duration::from_millis(8);
/// As many as it takes, and one more that may be lost itself.
const PROBES: usize = 4;

type Reliable = Vec<Arc<dyn DataChannel>>;

pub(super) async fn probe(shared: Arc<Shared>, reliable: Reliable, pointer: Arc<dyn DataChannel>) {
    loop {
        shared.sent.notified().await;
        while tokio::time::timeout(QUIET, shared.sent.notified()).await.is_ok() {}
        for _ in 0..PROBES {
            if !is_waiting(&reliable).await {
                break;
            }
            shared.pace.sending();
            if pointer.send(BytesMut::new()).await.is_err() {
                return;
            }
            sleep(APART).await;
        }
    }
}

/// The channels that matter, and the one on which nothing is sent again.
pub(super) fn channels(line: &Line) -> Option<(Reliable, Arc<dyn DataChannel>)> {
    let (pointer, reliable): (Vec<_>, Vec<_>) =
        line.channels.iter().cloned().partition(|(which, _)| *which == Channel::Pointer);
    let pointer = pointer.into_iter().next()?.1;
    Some((reliable.into_iter().map(|(_, channel)| channel).collect(), pointer))
}

/// Whether anything is not acknowledged yet.
async fn is_waiting(channels: &[Arc<dyn DataChannel>]) -> bool {
    for channel in channels {
        if channel.outstanding_bytes().await.is_ok_and(|bytes| bytes > 0) {
            return true;
        }
    }
    false
}
