//! Notices when this computer's network changes, so that nobody has to wait until silence says so.

use std::{collections::BTreeSet, io, net::IpAddr, time::Duration};

use tokio::{runtime::Handle, task::JoinHandle, time::timeout};

/// One change comes as several notices, some of them before the addresses can be used.
const SETTLE: Duration = Duration::from_millis(30);

/// What a system tells of its network.
#[async_trait::async_trait]
pub trait Network: Send + 'static {
    /// Waits until something may have changed; an error when the system will say nothing more.
    async fn notice(&mut self) -> io::Result<()>;
    /// The addresses that can be used now, by interface, but those of this computer alone.
    fn usable(&self) -> BTreeSet<(String, IpAddr)>;
}

/// How the usable addresses changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// There are none now.
    Gone,
    /// There are others beside those that were there.
    More,
    /// Some that were there are gone, or these are the first ones.
    Other,
}

fn change(before: &BTreeSet<(String, IpAddr)>, now: &BTreeSet<(String, IpAddr)>) -> Option<Change> {
    match now {
        _ if now == before => None,
        _ if now.is_empty() => Some(Change::Gone),
        _ if !before.is_empty() && now.is_superset(before) => Some(Change::More),
        _ => Some(Change::Other),
    }
}

/// Ends the watch when dropped.
pub struct NetworkWatch(JoinHandle<()>);

impl Drop for NetworkWatch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Calls `changed` from a task after each change of the usable addresses. It must not block.
pub fn watch_network(
    runtime: &Handle,
    mut network: impl Network + Sync,
    changed: impl Fn(Change) + Send + 'static,
) -> NetworkWatch {
    NetworkWatch(runtime.spawn(async move {
        let mut before = network.usable();
        while network.notice().await.is_ok() {
            // Until it is quiet for a moment.
            while matches!(timeout(SETTLE, network.notice()).await, Ok(Ok(()))) {}
            let now = network.usable();
            if let Some(change) = change(&before, &now) {
                tracing::info!(?change, usable = now.len(), "the network changed");
                changed(change);
                before = now;
            }
        }
    }))
}

/// The network of this computer. Only Linux is listened to; elsewhere silence has to say it.
pub struct SystemNetwork {
    #[cfg(target_os = "linux")]
    socket: netlink_sys::TokioSocket,
}

#[cfg(target_os = "linux")]
mod linux {
    use netlink_sys::{AsyncSocket, AsyncSocketExt, SocketAddr, TokioSocket, protocols::NETLINK_ROUTE};

    use super::{SystemNetwork, io};

    /// Multicast groups of rtnetlink(7): links, and addresses of both families.
    const GROUPS: u32 = 0x1 | 0x10 | 0x100;

    impl SystemNetwork {
        /// Inside a runtime with its I/O driver.
        pub fn new() -> io::Result<Self> {
            let mut socket = TokioSocket::new(NETLINK_ROUTE)?;
            socket.socket_mut().bind(&SocketAddr::new(0, GROUPS))?;
            Ok(Self { socket })
        }

        pub(super) async fn heard(&self) -> io::Result<()> {
            // What it says is read from the system itself afterwards.
            let mut buffer = Vec::with_capacity(8 * 1024);
            match self.socket.recv(&mut buffer).await {
                // Notices were lost (ENOBUFS): one is as good as all of them.
                Err(e) if e.raw_os_error() != Some(105) => Err(e),
                _ => Ok(()),
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl SystemNetwork {
    pub fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    async fn heard(&self) -> io::Result<()> {
        std::future::pending().await
    }
}

#[async_trait::async_trait]
impl Network for SystemNetwork {
    async fn notice(&mut self) -> io::Result<()> {
        self.heard().await
    }

    fn usable(&self) -> BTreeSet<(String, IpAddr)> {
        let all = if_addrs::get_if_addrs().unwrap_or_default();
        let usable = all.into_iter().filter(|i| i.is_oper_up() && !i.is_loopback() && !i.is_link_local());
        usable.map(|i| (i.name.clone(), i.ip())).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::sync::mpsc;

    use super::*;

    /// A network that changes as it is told; the test's end of it ends it.
    struct Told {
        notices: mpsc::Receiver<Vec<&'static str>>,
        now: Mutex<Vec<&'static str>>,
    }

    #[async_trait::async_trait]
    impl Network for Told {
        async fn notice(&mut self) -> io::Result<()> {
            let now = self.notices.recv().await.ok_or(io::ErrorKind::UnexpectedEof)?;
            *self.now.lock().unwrap() = now;
            Ok(())
        }
        fn usable(&self) -> BTreeSet<(String, IpAddr)> {
            let parsed = |a: &&str| ("eth0".to_owned(), a.parse().unwrap());
            self.now.lock().unwrap().iter().map(parsed).collect()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_change_of_the_addresses_is_told_and_once() {
        let (say, notices) = mpsc::channel(8);
        let network = Told { notices, now: Mutex::new(vec!["10.0.0.1"]) };
        let (told, mut changes) = mpsc::channel(8);
        let _watch = watch_network(&Handle::current(), network, move |change| {
            told.try_send(change).unwrap();
        });
        // Nothing new, which is not told; then gone, and another one in its place within one breath; then none.
        say.send(vec!["10.0.0.1"]).await.unwrap();
        tokio::time::advance(SETTLE * 2).await;
        say.send(vec![]).await.unwrap();
        say.send(vec!["10.0.0.2"]).await.unwrap();
        assert_eq!(changes.recv().await, Some(Change::Other));
        say.send(vec!["10.0.0.2", "10.0.0.3"]).await.unwrap();
        assert_eq!(changes.recv().await, Some(Change::More));
        say.send(vec![]).await.unwrap();
        assert_eq!(changes.recv().await, Some(Change::Gone));
        say.send(vec!["10.0.0.2"]).await.unwrap();
        assert_eq!(changes.recv().await, Some(Change::Other));
        drop(say);
        assert_eq!(changes.recv().await, None);
    }
}
