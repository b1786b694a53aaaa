//! A socket of tokio alone, one datagram a call, for Wine: it refuses a question that crate quinn-udp asks of each socket.
//! Only in the build that is tried under Wine (feature `wine`).

use std::{
    io::{self, IoSliceMut},
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::{io::ReadBuf, net::UdpSocket};
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

#[derive(Debug)]
struct Plain(UdpSocket);

pub(super) fn wrap(socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
    socket.set_nonblocking(true)?;
    Ok(Arc::new(Plain(UdpSocket::from_std(socket)?)))
}

impl AsyncUdpSocket for Plain {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        self.0.poll_send_to(cx, transmit.contents, transmit.destination)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let (Some(to), Some(meta)) = (bufs.first_mut(), meta.first_mut()) else { return Poll::Ready(Ok(0)) };
        let mut to = ReadBuf::new(to);
        let from = ready!(self.0.poll_recv_from(cx, &mut to))?;
        let len = to.filled().len();
        *meta = RecvMeta::default();
        (meta.addr, meta.len, meta.stride) = (from, len, len.max(1));
        Poll::Ready(Ok(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn datagrams_go_and_come() {
        let bind = || std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let (a, b) = (wrap(bind()).expect("wrapped"), wrap(bind()).expect("wrapped"));
        let to = b.local_addr().expect("an address");
        assert_eq!(a.send_to(b"hello", to).await.expect("sent"), 5);
        let mut bytes = [0; 16];
        let (len, from) = b.recv_from(&mut bytes).await.expect("received");
        assert_eq!((&bytes[..len], from), (&b"hello"[..], a.local_addr().expect("an address")));
    }
}
