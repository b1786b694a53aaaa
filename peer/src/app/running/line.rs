//! The connections of a running session: what they tell, what goes over them, and what a change of the network means.

use bytes::Bytes;
use deskside_net::{Change, Channel, LinkEvent, SendError};
use deskside_protocol::socket::ToServer;
use deskside_session::{
    ParticipantId,
    io::{Binding, Input},
    view::Route,
};

use super::Running;
use crate::share::Tell;

impl Running {
    /// What goes over the network that was is given up at once, and not when silence says so.
    pub fn network(&mut self, change: Change) {
        match change {
            Change::Gone => self.signaling.doubt(),
            Change::More => {
                self.signaling.renew();
                self.links.restart_all();
            }
            Change::Other => {
                self.remake = true;
                self.signaling.renew();
            }
        }
    }

    /// A path that is found again still waits for what was lost on the old one, longer the longer it was away
    /// (RFC 9260, section 6.3.3): new connections wait for nothing. Only with the server there, which they need.
    pub(super) fn remake_links(&mut self) {
        for peer in self.links.peers() {
            self.link(peer, LinkEvent::Closed);
        }
        self.input(Input::NetworkChanged);
        self.links.ask_for_offers();
    }

    pub(super) fn link(&mut self, peer: ParticipantId, event: LinkEvent) {
        match event {
            LinkEvent::Signal(body) => self.signaling.send(ToServer::Signal { to: peer, body }),
            LinkEvent::Open { local, remote } => {
                let binding = Binding { local, remote, offerer: self.links.offerer(peer) };
                self.input(Input::LinkOpen { peer, binding });
            }
            LinkEvent::Pointer(bytes) => self.input(Input::Pointer { peer, bytes: bytes.to_vec() }),
            LinkEvent::State { up, relayed } => {
                let route = match relayed {
                    None => Route::Unknown,
                    Some(true) => Route::Relayed,
                    Some(false) => Route::Direct,
                };
                if !up {
                    self.links.restart(peer);
                    // What took this path may have taken the server's too.
                    self.signaling.doubt();
                }
                self.input(Input::LinkState { peer, up, route });
            }
            LinkEvent::Closed => {
                self.links.disconnect(peer);
                if let Some((from, viewing)) = &self.viewing
                    && *from == peer
                {
                    viewing.link(None);
                }
                self.input(Input::LinkClosed { peer });
            }
            // Taken before, and by the sharing thread.
            LinkEvent::Control(_) | LinkEvent::KeyFrameWanted | LinkEvent::Bitrate(_) => {}
        }
    }

    pub(super) fn send(&mut self, peer: ParticipantId, channel: Channel, bytes: Vec<u8>) {
        let Some(transport) = self.links.transport(peer) else { return };
        match transport.send(channel, Bytes::from(bytes)) {
            Err(SendError::Full) if channel == Channel::Control => {
                // Nothing on this channel may be lost: a new connection brings what is missing.
                tracing::warn!(peer = peer.0, "the line takes nothing any more; it is made anew");
                self.link(peer, LinkEvent::Closed);
            }
            Err(e) => tracing::debug!(peer = peer.0, ?channel, error = %e, "a message was not sent"),
            Ok(()) => {}
        }
    }

    /// A new connection to someone who watches or is watched.
    pub(super) fn relink(&mut self, peer: ParticipantId) {
        if let Some((from, viewing)) = &self.viewing
            && *from == peer
        {
            viewing.link(self.links.transport(peer));
        }
        if let Some((share, capture)) = &self.share
            && capture.viewers.contains(&peer)
        {
            share.teller().tell(Tell::Viewers(self.viewers(capture)));
        }
    }
}
