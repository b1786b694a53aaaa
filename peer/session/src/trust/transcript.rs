//! What both sides sign, and what follows from it: signature, keyed hash, six-digit code.
//! Every hash has its own blake3 context, so that none can stand for another.

use crate::{
    Role, SessionNumber,
    identity::{Identity, LinkSecret, PublicKey, decode, encode},
    trust::{Party, Pin},
    view::{Refusal, Verified},
    wire::VERSION,
};

const TRANSCRIPT: &str = "deskside 2026 peer handshake 1: transcript";
const COMMITMENT: &str = "deskside 2026 peer handshake 1: commitment";
const SIGNED: [&str; 2] = [
    "deskside 2026 peer handshake 1: signed by the offerer",
    "deskside 2026 peer handshake 1: signed by the answerer",
];
const MAC_KEY: [&str; 2] = [
    "deskside 2026 peer handshake 1: link secret, offerer",
    "deskside 2026 peer handshake 1: link secret, answerer",
];
const PIN: &str = "deskside 2026 peer handshake 1: seen";
const CODE: &str = "deskside 2026 peer handshake 1: code";

/// Pairs are in the order offerer, answerer.
pub(super) struct Transcript {
    pub session: SessionNumber,
    pub parties: [Party; 2],
    /// Words of hand-over that each knows.
    pub words: [u32; 2],
    pub fingerprints: [[u8; 32]; 2],
    pub nonces: [[u8; 32]; 2],
    pub secrets: [bool; 2],
    pub seen: [Option<Pin>; 2],
}

impl Transcript {
    /// All fields have a fixed length, so that no two transcripts give the same bytes.
    fn hash(&self) -> [u8; 32] {
        let mut h = blake3::Hasher::new_derive_key(TRANSCRIPT);
        h.update(&VERSION.to_be_bytes());
        h.update(&self.session.get().to_be_bytes());
        for (p, words) in self.parties.iter().zip(self.words) {
            h.update(&p.id.0.to_be_bytes());
            h.update(&[role_byte(p.role)]);
            h.update(&words.to_be_bytes());
            h.update(p.key.bytes());
        }
        for part in self.fingerprints.iter().chain(&self.nonces) {
            h.update(part);
        }
        h.update(&self.secrets.map(u8::from));
        for seen in &self.seen {
            h.update(&[u8::from(seen.is_some())]);
            h.update(&seen.unwrap_or_default());
        }
        *h.finalize().as_bytes()
    }
}

fn role_byte(role: Role) -> u8 {
    match role {
        Role::Primary => 1,
        Role::Assistant => 2,
        Role::Customer => 3,
    }
}

/// Binds the offerer to its nonce without showing it.
pub(super) fn commitment(nonce: &[u8; 32], key: &PublicKey) -> blake3::Hash {
    let mut h = blake3::Hasher::new_derive_key(COMMITMENT);
    h.update(nonce);
    h.update(key.bytes());
    h.finalize()
}

/// Both sides' proofs for one transcript.
#[derive(Clone)]
pub(super) struct Proofs {
    transcript: [u8; 32],
    offerer: bool,
    /// Keyed hashes of offerer and answerer, when both know a secret.
    macs: Option<[blake3::Hash; 2]>,
}

impl Proofs {
    /// `secret`: only when the other side says that it knows it too.
    pub(super) fn new(t: &Transcript, offerer: bool, secret: Option<&LinkSecret>) -> Self {
        let transcript = t.hash();
        let macs = secret.map(|s| {
            MAC_KEY.map(|context| blake3::keyed_hash(&blake3::derive_key(context, s.bytes()), &transcript))
        });
        Self { transcript, offerer, macs }
    }

    /// Signature and keyed hash to send.
    pub(super) fn mine(&self, identity: &Identity) -> (String, Option<String>) {
        let side = usize::from(!self.offerer);
        let signature = identity.sign(&blake3::derive_key(SIGNED[side], &self.transcript));
        (encode(&signature), self.macs.map(|m| encode(m[side].as_bytes())))
    }

    /// Checks the other side's.
    pub(super) fn check(
        &self,
        key: &PublicKey,
        signature: &str,
        mac: Option<&str>,
    ) -> Result<Verified, Refusal> {
        let side = usize::from(self.offerer);
        let signature = decode(signature).ok_or(Refusal::Garbage)?;
        if !key.verifies(&blake3::derive_key(SIGNED[side], &self.transcript), &signature) {
            return Err(Refusal::Signature);
        }
        match (&self.macs, mac) {
            (None, None) => Ok(Verified::Code { code: self.code() }),
            // A keyed hash that cannot be checked is out of order.
            (None, Some(_)) => Err(Refusal::Garbage),
            (Some(_), None) => Err(Refusal::Secret),
            (Some(macs), Some(mac)) => {
                let mac: [u8; 32] = decode(mac).ok_or(Refusal::Secret)?;
                // blake3::Hash compares in constant time.
                if macs[side] == mac { Ok(Verified::Link) } else { Err(Refusal::Secret) }
            }
        }
    }

    pub(super) fn pin(&self) -> Pin {
        blake3::derive_key(PIN, &self.transcript)
    }

    /// Six digits. The bias of the remainder is below 10^-13.
    pub(super) fn code(&self) -> String {
        let hash = blake3::derive_key(CODE, &self.transcript);
        let mut first = [0; 8];
        first.copy_from_slice(&hash[..8]);
        format!("{:06}", u64::from_be_bytes(first) % 1_000_000)
    }
}
