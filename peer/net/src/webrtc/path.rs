//! What is asked of a peer connection once its path is found: whether a relay carries it, and its certificates.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest, Sha256};
use webrtc::peer_connection::{PeerConnection, RTCIceCandidateType};

use super::{Shared, pace::Route, sdp};
use crate::LinkEvent;

/// Addresses of the other side's relays: who is heard from there before its candidate comes seems to be direct.
#[derive(Default)]
pub(super) struct Relays(Mutex<HashSet<(String, u16)>>);

impl Relays {
    /// So many are known at most.
    const MOST: usize = 64;

    /// Whether some of these are new.
    pub(super) fn note(&self, relays: impl IntoIterator<Item = (String, u16)>) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut new = false;
        for relay in relays {
            if known.len() >= Self::MOST {
                // Those of connections and restarts that were.
                known.clear();
            }
            new |= known.insert(relay);
        }
        new
    }

    fn has(&self, address: &str, port: u16) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.contains(&(address.to_owned(), port))
    }
}

/// Whether a relay carries the chosen path, on either side.
pub(super) async fn relayed(shared: &Shared, pc: &Arc<dyn PeerConnection>) -> Option<bool> {
    let pair = pc.sctp().await?.transport().ice_transport().get_selected_candidate_pair().await.ok()??;
    let relay = RTCIceCandidateType::Relay;
    let theirs = pair.remote();
    let known = || shared.relays.has(&theirs.address, theirs.port);
    Some(pair.local().typ == relay || theirs.typ == relay || known())
}

/// All channels are open: tells with which certificates. False when it is closed already.
pub(super) async fn announce(shared: &Shared, pc: &Arc<dyn PeerConnection>) -> bool {
    let (Some(local), Some(remote)) = (local_fingerprint(pc).await, remote_fingerprint(pc).await) else {
        tracing::warn!("a connection without certificates");
        return false;
    };
    settle(shared, relayed(shared, pc).await);
    if !shared.open() {
        return false;
    }
    shared.sink.event(LinkEvent::Open { local, remote });
    true
}

/// The path is found: the driver needs fewer passes now.
pub(super) fn settle(shared: &Shared, relayed: Option<bool>) {
    shared.pace.set_route(match relayed {
        Some(false) => Route::Direct,
        Some(true) => Route::Relayed,
        None => Route::Connecting,
    });
}

async fn local_fingerprint(pc: &Arc<dyn PeerConnection>) -> Option<[u8; 32]> {
    sdp::digest(&sdp::fingerprint(&pc.local_description().await?.sdp)?)
}

/// From the certificate that the DTLS handshake really saw.
async fn remote_fingerprint(pc: &Arc<dyn PeerConnection>) -> Option<[u8; 32]> {
    let certificates = pc.sctp().await?.transport().get_remote_certificates().await.ok()?;
    Some(Sha256::digest(certificates.first()?).into())
}
