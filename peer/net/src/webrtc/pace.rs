//! The runtime under a peer connection: tokio's, with two changes.
//!
//! The driver of the crate sends what its last step produced only when something wakes it again, and
//! its timer is up to 200 ms away. [`Pace`] lets the loop run again at once where that is needed:
//! after a packet came in, after a candidate was added, and behind each message that a relay carries.
//! Sockets get larger buffers, because the kernel's default overflows and SCTP then stalls.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::sync::Notify;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime,
    TokioRuntime, Transmit,
};

/// What is asked of the system for each socket and direction, in bytes.
const SOCKET_BUFFER: usize = 4 << 20;
/// How long looking up the name of a STUN or TURN server may hold the driver up.
const LOOKUP: Duration = Duration::from_secs(2);
/// The crate polls for room in a full send buffer this often, should its wake-up be missed.
const ROOM_POLL: Duration = Duration::from_millis(5);

tokio::task_local! {
    /// Set within the driver's task: only its sleeps may be cut short.
    static DRIVER: ();
}

/// How many queues of the crate, one behind the other, a packet may have to pass: each costs a pass.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(super) enum Route {
    /// Relay, path, handshake: each step's end begins the next one.
    Connecting = 5,
    Relayed = 3,
    Direct = 1,
}

/// Lets the driver of one connection run again without waiting for its timer.
#[derive(Debug)]
pub(super) struct Pace {
    /// Passes of the loop still to be made at once.
    passes: AtomicU8,
    /// Passes owed after each thing that happened, see [`Route`].
    owed: AtomicU8,
    wake: Notify,
}

impl Pace {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            passes: AtomicU8::new(0),
            owed: AtomicU8::new(Route::Connecting as u8),
            wake: Notify::new(),
        })
    }

    pub(super) fn set_route(&self, route: Route) {
        self.owed.store(route as u8, Ordering::Relaxed);
    }

    /// Something was put into the connection that the driver was not told of.
    pub(super) fn kick(&self) {
        self.owe();
        self.wake.notify_one();
    }

    /// A message is about to be sent; the crate wakes the driver, once.
    pub(super) fn sending(&self) {
        if self.owed.load(Ordering::Relaxed) > 1 {
            self.owe();
        }
    }

    fn owe(&self) {
        self.passes.store(self.owed.load(Ordering::Relaxed), Ordering::Release);
    }

    fn pass(&self) -> bool {
        self.passes.fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| n.checked_sub(1)).is_ok()
    }

    async fn sleep(self: Arc<Self>, duration: Duration) {
        if self.pass() {
            return;
        }
        tokio::select! {
            biased;
            () = self.wake.notified() => { self.pass(); }
            () = tokio::time::sleep(duration) => self.sending(),
        }
    }
}

/// Runtime of one connection.
#[derive(Debug)]
pub(super) struct PacedRuntime(pub(super) Arc<Pace>);

impl Runtime for PacedRuntime {
    #[track_caller]
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        TokioRuntime.spawn(Box::pin(DRIVER.scope((), future)))
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        widen(&socket);
        #[cfg(feature = "wine")]
        let inner = super::plain::wrap(socket)?;
        #[cfg(not(feature = "wine"))]
        let inner = TokioRuntime.wrap_udp_socket(socket)?;
        Ok(Arc::new(PacedSocket { inner, pace: self.0.clone() }))
    }

    fn wrap_tcp_listener(&self, listener: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        TokioRuntime.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(
        &'a self,
        address: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = io::Result<Arc<dyn AsyncTcpStream>>> + Send + 'a>> {
        TokioRuntime.connect_tcp(address)
    }

    fn resolve_host<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        Box::pin(async move {
            match tokio::time::timeout(LOOKUP, TokioRuntime.resolve_host(host)).await {
                Ok(found) => found,
                Err(_) => Err(io::ErrorKind::TimedOut.into()),
            }
        })
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        if DRIVER.try_with(|()| ()).is_ok() {
            Box::pin(self.0.clone().sleep(duration))
        } else if duration == Duration::from_millis(50) {
            Box::pin(tokio::time::sleep(ROOM_POLL))
        } else {
            Box::pin(tokio::time::sleep(duration))
        }
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }

    fn yield_now(&self) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        TokioRuntime.yield_now()
    }

    fn name(&self) -> &'static str {
        "paced tokio"
    }
}

/// A socket that owes the driver passes for each packet that came.
#[derive(Debug)]
struct PacedSocket {
    inner: Arc<dyn AsyncUdpSocket>,
    pace: Arc<Pace>,
}

impl AsyncUdpSocket for PacedSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        self.inner.poll_send(cx, transmit)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [io::IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let polled = self.inner.poll_recv(cx, bufs, meta);
        if let Poll::Ready(Ok(_)) = polled {
            self.pace.owe();
        }
        polled
    }

    fn max_gso_segments(&self) -> usize {
        self.inner.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.inner.max_gro_segments()
    }
}

fn widen(socket: &std::net::UdpSocket) {
    let socket = socket2::SockRef::from(socket);
    for result in [socket.set_recv_buffer_size(SOCKET_BUFFER), socket.set_send_buffer_size(SOCKET_BUFFER)] {
        if let Err(error) = result {
            tracing::debug!(%error, "the system keeps its socket buffers");
        }
    }
}

/// SCTP's receive window in bytes: a quarter of the socket buffer that the system grants, so that what
/// the window invites fits into the socket also when the program is slow to read. At least 64 KiB.
pub(super) fn receive_window() -> u32 {
    static WINDOW: OnceLock<u32> = OnceLock::new();
    *WINDOW.get_or_init(|| {
        let granted = std::net::UdpSocket::bind("127.0.0.1:0").ok().and_then(|socket| {
            widen(&socket);
            socket2::SockRef::from(&socket).recv_buffer_size().ok()
        });
        let quarter = granted.unwrap_or(0) / 4;
        u32::try_from(quarter.clamp(64 << 10, 1 << 20)).unwrap_or(64 << 10)
    })
}
