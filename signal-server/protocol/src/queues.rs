//! Queues: where customers wait without a number until an agent takes them.

use serde::{Deserialize, Serialize};

/// A queue's name: 1 to 32 of `a`–`z`, `0`–`9` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct QueueName(String);

/// Why a text is not a queue's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a queue's name has 1 to 32 of a-z, 0-9 and -")]
pub struct BadQueueName;

impl std::str::FromStr for QueueName {
    type Err = BadQueueName;
    fn from_str(s: &str) -> Result<Self, BadQueueName> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=32).contains(&s.len()) && s.bytes().all(fits) {
            Ok(Self(s.to_owned()))
        } else {
            Err(BadQueueName)
        }
    }
}

impl std::fmt::Display for QueueName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl QueueName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for QueueName {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// `POST /api/v1/queues` (admin) makes one; `GET /api/v1/queues` (admin) lists all, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    pub name: QueueName,
    /// Shown to customers and agents; cleaned as names are.
    pub title: String,
    /// Names of the accounts that serve it, at most 200.
    pub agents: Vec<String>,
}

/// `PUT /api/v1/queues/{name}` (admin): what may change; also makes the queue. Answer: [`Queue`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueSettings {
    pub title: String,
    pub agents: Vec<String>,
}

/// `POST /api/v1/queues/{name}/enter`: a customer waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enter {
    /// Name to show; empty when not given.
    #[serde(default)]
    pub name: String,
}

/// Answer to [`Enter`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    /// For the first message on the socket.
    pub ticket: String,
}

/// `POST /api/v1/queues/{name}/take` (bearer token of an account that serves it).
/// Answer: [`crate::api::SessionOpened`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Take {
    /// 16 random bytes as 22 characters of unpadded base64url, new for each act and kept until its answer is
    /// there: the same claim again has the same answer. It is as secret as the ticket.
    pub claim: String,
    /// The one who is meant; without it the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
}
