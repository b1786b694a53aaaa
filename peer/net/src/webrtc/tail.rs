//! Finds out soon that the last packets of a burst were lost.
//!
//! SCTP sends a packet again at once only when three later ones arrived without it (RFC 9260, section 7.2.4), and
//! else after a second or more. Nothing follows the last message by itself, so some empty ones do until all is
//! acknowledged (like the tail loss probes of TCP: RFC 8985, section 7). The other side hands none of them up.

use std::{sync::Arc, time::Duration};

use bytes::BytesMut;
use tokio::time::timeout;
use webrtc::data_channel::DataChannel;

use super::{Shared, line::Line};
use crate::Channel;

/// Nothing was sent for so long.
const QUIET: Duration = Duration::from_millis(12);
/// Between the first probes, so that each goes in a packet of its own and is acknowledged by itself; as many as it takes, and
/// one more that may be lost itself.
const APART: Duration = Duration::from_millis(8);
const FIRST: usize = 4;
/// Later ones are for what leaves slowly, and go only while nothing more is acknowledged; so many, then SCTP's own timer is due.
const LATER: Duration = Duration::from_millis(40);
const MOST: usize = 28;

type Reliable = Vec<Arc<dyn DataChannel>>;

pub(super) async fn probe(shared: Arc<Shared>, reliable: Reliable, pointer: Arc<dyn DataChannel>) {
    loop {
        shared.sent.notified().await;
        let mut busy = true;
        while busy {
            while timeout(QUIET, shared.sent.notified()).await.is_ok() {}
            match after_quiet(&shared, &reliable, &pointer).await {
                Some(more) => busy = more,
                None => return,
            }
        }
    }
}

/// Whether something was sent meanwhile; none when the channel is closed.
async fn after_quiet(shared: &Shared, reliable: &Reliable, pointer: &Arc<dyn DataChannel>) -> Option<bool> {
    let mut before = 0;
    for n in 0..MOST {
        let waiting = waiting(reliable).await;
        if waiting == 0 {
            return Some(false);
        }
        if n < FIRST || waiting >= before {
            shared.pace.sending();
            pointer.send(BytesMut::new()).await.ok()?;
        }
        before = waiting;
        let pause = if n < FIRST { APART } else { LATER };
        if timeout(pause, shared.sent.notified()).await.is_ok() {
            return Some(true);
        }
    }
    Some(false)
}

/// The channels that matter, and the one on which nothing is sent again.
pub(super) fn channels(line: &Line) -> Option<(Reliable, Arc<dyn DataChannel>)> {
    let (pointer, reliable): (Vec<_>, Vec<_>) =
        line.channels.iter().cloned().partition(|(which, _)| *which == Channel::Pointer);
    let pointer = pointer.into_iter().next()?.1;
    Some((reliable.into_iter().map(|(_, channel)| channel).collect(), pointer))
}

/// Bytes that are not acknowledged yet.
async fn waiting(channels: &Reliable) -> usize {
    let mut all = 0;
    for channel in channels {
        all += channel.outstanding_bytes().await.unwrap_or(0);
    }
    all
}
