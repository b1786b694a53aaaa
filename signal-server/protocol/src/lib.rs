//! Wire types of the server's WebSocket and HTTP API; `PROTOCOL.md` beside this crate describes them.
//!
//! The server introduces participants to each other and carries signaling. Nothing here can carry
//! media, chat or input: those travel between the peers alone.

pub mod api;
pub mod desk;
mod handover;
pub mod queues;
pub mod records;
pub mod socket;
pub mod transfers;

pub use handover::{HandOver, MOST_HAND_OVERS};
pub use queues::QueueName;
use serde::{Deserialize, Serialize};

/// Version of the WebSocket protocol; sent in [`socket::Hello`].
pub const VERSION: u32 = 1;

/// A session's public address: nine digits, shown as `123 456 789`. Never a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionNumber(u32);

/// Why a text is not a session number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a session number has nine digits")]
pub struct BadNumber;

impl SessionNumber {
    /// `n` from 100,000,000 to 999,999,999.
    pub fn new(n: u32) -> Result<Self, BadNumber> {
        if (100_000_000..=999_999_999).contains(&n) { Ok(Self(n)) } else { Err(BadNumber) }
    }
    pub fn get(self) -> u32 {
        self.0
    }
}

impl std::fmt::Display for SessionNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let n = self.0;
        write!(f, "{:03} {:03} {:03}", n / 1_000_000, n / 1000 % 1000, n % 1000)
    }
}

impl std::str::FromStr for SessionNumber {
    type Err = BadNumber;
    /// Takes digits with any spaces, dots or dashes between them.
    fn from_str(s: &str) -> Result<Self, BadNumber> {
        let mut n: u32 = 0;
        let mut digits = 0;
        for c in s.trim().chars() {
            match c {
                '0'..='9' if digits < 9 => {
                    n = n * 10 + c.to_digit(10).unwrap_or(0);
                    digits += 1;
                }
                ' ' | '-' | '.' | '\u{a0}' | '\u{202f}' => {}
                _ => return Err(BadNumber),
            }
        }
        if digits == 9 { Self::new(n) } else { Err(BadNumber) }
    }
}

impl Serialize for SessionNumber {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&format_args!("{}", self.0))
    }
}

impl<'de> Deserialize<'de> for SessionNumber {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let s = String::deserialize(d)?;
        s.parse().map_err(serde::de::Error::custom)
    }
}

/// A participant within one session; given by the server, never used again in that session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ParticipantId(pub u32);

/// What a participant is in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The agent who controls the session.
    Primary,
    /// Another agent.
    Assistant,
    /// The person helped.
    Customer,
}

/// An Ed25519 public key, 32 bytes, as unpadded base64url text (43 characters).
pub type KeyText = String;
