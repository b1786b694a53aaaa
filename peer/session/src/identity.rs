//! Who somebody is: an Ed25519 key (RFC 8032), and the secret that a join link carries.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

/// This peer's own key pair. Its `Debug` shows the public half only.
pub struct Identity(SigningKey);

impl Identity {
    /// `seed`: 32 random bytes, the private key of RFC 8032.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }
    /// The form in which the server and the other peers get it: [`deskside_protocol::KeyText`].
    pub fn public_text(&self) -> deskside_protocol::KeyText {
        self.public().to_text()
    }
    /// The signature over any bytes, 86 characters of unpadded base64url.
    pub fn sign_text(&self, message: &[u8]) -> String {
        encode(&self.sign(message))
    }
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.public_text())
    }
}

/// A person's public key. Its serialised form is [`deskside_protocol::KeyText`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PublicKey([u8; 32]);

/// A text that is not 43 characters of unpadded base64url.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("not a key")]
pub struct BadKey;

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_text()
    }
}

impl TryFrom<String> for PublicKey {
    type Error = BadKey;
    fn try_from(text: String) -> Result<Self, BadKey> {
        Self::from_text(&text).ok_or(BadKey)
    }
}

impl PublicKey {
    /// `None` unless it is 43 characters of unpadded base64url. Whether the bytes are a usable key
    /// shows when a signature is checked.
    pub fn from_text(text: &str) -> Option<Self> {
        decode(text).map(Self)
    }
    pub fn to_text(self) -> deskside_protocol::KeyText {
        BASE64.encode(self.0)
    }
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
    /// Strict: small-order keys and malleable signatures do not pass.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        VerifyingKey::from_bytes(&self.0)
            .is_ok_and(|k| k.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.to_text())
    }
}

/// 128 random bits in the fragment of a join link; the server never gets it.
#[derive(Clone)]
pub struct LinkSecret([u8; 16]);

impl LinkSecret {
    pub fn new(random: [u8; 16]) -> Self {
        Self(random)
    }
    /// `None` unless it is 22 characters of unpadded base64url.
    pub fn from_text(text: &str) -> Option<Self> {
        decode(text).map(Self)
    }
    /// For the link's fragment.
    pub fn to_text(&self) -> String {
        BASE64.encode(self.0)
    }
    pub(crate) fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl PartialEq for LinkSecret {
    fn eq(&self, other: &Self) -> bool {
        // By hash, so that the time taken tells nothing.
        blake3::hash(&self.0) == blake3::hash(&other.0)
    }
}
impl Eq for LinkSecret {}

impl fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSecret(..)")
    }
}

/// Unpadded base64url of exactly `N` bytes; anything else, also non-canonical text, is `None`.
pub(crate) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != (N * 4).div_ceil(3) {
        return None;
    }
    BASE64.decode(text).ok()?.try_into().ok()
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}
