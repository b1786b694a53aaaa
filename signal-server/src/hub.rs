//! The live sockets, as bounded queues to their tasks.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use deskside_protocol::socket::FromServer;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::directory::LinkId;

/// Messages that may wait for one socket: candidates of several peers come in a burst.
const QUEUE: usize = 128;
/// Bytes that may wait for one socket.
const QUEUED_BYTES: usize = 512 * 1024;

/// To a socket's task.
pub enum Outgoing {
    Text(Utf8Bytes),
    /// Say it and close.
    Last(Utf8Bytes),
}

/// Where a socket's task reads from.
pub struct Inbox {
    queue: mpsc::Receiver<Outgoing>,
    bytes: Arc<AtomicUsize>,
}

impl Inbox {
    /// The next message; `None` when the socket was given up.
    pub async fn next(&mut self) -> Option<Outgoing> {
        let next = self.queue.recv().await?;
        let (Outgoing::Text(text) | Outgoing::Last(text)) = &next;
        self.bytes.fetch_sub(text.len(), Ordering::Relaxed);
        Some(next)
    }
}

struct Link {
    queue: mpsc::Sender<Outgoing>,
    bytes: Arc<AtomicUsize>,
}

/// See the module. A socket that does not take its messages is given up: its participant comes back and
/// gets the whole roster again.
#[derive(Default)]
pub struct Hub {
    links: HashMap<LinkId, Link>,
    last: u64,
}

impl Hub {
    pub fn add(&mut self) -> (LinkId, Inbox) {
        self.last += 1;
        let link = LinkId(self.last);
        let (sender, queue) = mpsc::channel(QUEUE);
        let bytes = Arc::new(AtomicUsize::new(0));
        self.links.insert(link, Link { queue: sender, bytes: Arc::clone(&bytes) });
        (link, Inbox { queue, bytes })
    }

    pub fn remove(&mut self, link: LinkId) {
        self.links.remove(&link);
    }

    pub fn len(&self) -> usize {
        self.links.len()
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    pub fn send(&mut self, link: LinkId, message: &FromServer) {
        self.push(link, Outgoing::Text(text(message)));
    }

    pub fn send_text(&mut self, link: LinkId, text: Utf8Bytes) {
        self.push(link, Outgoing::Text(text));
    }

    pub fn close(&mut self, link: LinkId, message: &FromServer) {
        self.push(link, Outgoing::Last(text(message)));
        self.links.remove(&link);
    }

    fn push(&mut self, link: LinkId, message: Outgoing) {
        let Some(there) = self.links.get(&link) else { return };
        let (Outgoing::Text(text) | Outgoing::Last(text)) = &message;
        let size = text.len();
        let queued = there.bytes.fetch_add(size, Ordering::Relaxed) + size;
        if queued > QUEUED_BYTES || there.queue.try_send(message).is_err() {
            self.links.remove(&link);
        }
    }
}

/// The text of a message.
pub fn text(message: &FromServer) -> Utf8Bytes {
    // Messages hold nothing that JSON has no form for.
    serde_json::to_string(message).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_does_not_read_is_given_up() {
        let mut hub = Hub::default();
        let (slow, mut inbox) = hub.add();
        for _ in 0..=QUEUE {
            hub.send(slow, &FromServer::Roster { roster: Vec::new() });
        }
        assert!(hub.is_empty());
        for _ in 0..QUEUE {
            assert!(inbox.next().await.is_some());
        }
        assert!(inbox.next().await.is_none());
    }

    #[tokio::test]
    async fn bytes_are_bounded_too() {
        let mut hub = Hub::default();
        let (slow, mut inbox) = hub.add();
        let large = || Utf8Bytes::from("x".repeat(60_000));
        for _ in 0..8 {
            hub.send_text(slow, large());
        }
        assert_eq!(hub.len(), 1);
        assert!(inbox.next().await.is_some());
        hub.send_text(slow, large());
        assert_eq!(hub.len(), 1);
        hub.send_text(slow, large());
        assert_eq!(hub.len(), 0);
    }
}
