//! The HTTP API, version 1: JSON bodies, errors as [`Failure`].

use serde::{Deserialize, Serialize};

use crate::{ParticipantId, Role, SessionNumber};

/// `POST /api/v1/setup`: makes the first admin account with the one-time token that the first start prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    pub token: String,
    pub name: String,
    pub password: String,
}

/// `POST /api/v1/sign-in`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    pub name: String,
    pub password: String,
}

/// Answer to [`SignIn`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Bearer token for the calls that need an account.
    pub token: String,
    /// Seconds until it ends.
    pub expires_in: u64,
    /// The account's name as it is shown to others.
    pub name: String,
}

/// `POST /api/v1/accounts` (bearer token of an admin): makes an agent's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAccount {
    pub name: String,
    pub password: String,
}

/// Answer to [`Setup`] and [`NewAccount`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountMade {
    /// The account's name as it is shown to others.
    pub name: String,
}

/// Answer to `POST /api/v1/sessions` (bearer token): a session was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionOpened {
    pub number: SessionNumber,
    /// For the first message on the socket.
    pub ticket: String,
    /// Address of the join page; the agent's peer appends `#` and the session's secret.
    pub join_url: String,
    /// Seconds for which the number can be joined while nobody has.
    pub number_lives: u64,
}

/// `POST /api/v1/join`: a customer enters a session by its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    pub number: SessionNumber,
    /// Name to show; empty when not given.
    #[serde(default)]
    pub name: String,
}

/// `POST /api/v1/assist` (bearer token): an agent enters a running session as an assistant. Answer: [`Joined`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assist {
    pub number: SessionNumber,
}

/// Answer to [`Join`] and [`Assist`]. Unknown, closed and full numbers all answer [`Code::NoSuchSession`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    pub number: SessionNumber,
    pub ticket: String,
}

/// `GET /api/v1/info`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// The organisation's name.
    pub organisation: String,
    pub version: String,
    pub protocol: u32,
}

/// A STUN or TURN server, in WebRTC's terms (RFC 8825 onwards; coturn's REST credentials).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    pub urls: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub username: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub credential: String,
}

/// Body of every answer that is not 2xx.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub error: Code,
    /// Seconds to wait, with [`Code::TooManyTries`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

/// Why a call failed; worded by whoever shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    BadRequest,
    /// Wrong name or password, or a token that ended.
    NotSignedIn,
    /// Unknown, closed or full: not told apart on purpose.
    NoSuchSession,
    NoSuchQueue,
    /// The queue is empty.
    NobodyWaits,
    /// As many wait as the queue holds.
    QueueFull,
    /// Somebody else was first, or the one who is meant has left; or the name is in use.
    Taken,
    /// A newer version is saved already.
    Outdated,
    /// A name is not one of an account.
    NoSuchAccount,
    TooManyTries,
    /// The set-up token is wrong or was used.
    SetupClosed,
    /// The password is shorter than ten characters, or the name is empty, too long, or taken.
    WeakAccount,
    /// The protocol versions do not fit.
    Version,
    TooLarge,
    /// A newer socket with the same ticket took over: do not come back with it.
    Replaced,
    /// The account may not do this.
    NotAllowed,
    /// The server is stopping or its store failed; try again.
    Unavailable,
    #[serde(other)]
    Other,
}

/// One participant as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub id: ParticipantId,
    pub role: Role,
    pub name: String,
    /// Identity key, see [`crate::KeyText`].
    pub key: String,
    /// Whether its socket is up.
    pub online: bool,
}
