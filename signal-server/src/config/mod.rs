//! Settings: defaults, then the file, then the environment, then flags. `examples/config/server.toml`
//! describes each.

mod load;
#[cfg(test)]
mod tests;

use std::{net::SocketAddr, path::PathBuf};

use deskside_protocol::api::IceServer;
use serde::{Deserialize, Serialize};

pub use load::{Layers, LoadError};

/// All settings. Lives are in seconds; an empty text means "not set".
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// TCP address of HTTP and WebSocket; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Address at which browsers and peers reach the server, without a path.
    pub public_url: String,
    /// Shown to agents and customers.
    pub organisation: String,
    /// Folder of the database.
    pub data_dir: PathBuf,
    pub sessions: Sessions,
    pub queues: Queues,
    pub chat: Chat,
    pub sockets: Sockets,
    pub accounts: Accounts,
    pub tls: Tls,
    pub stun: Stun,
    pub ice: Ice,
    pub turn: Turn,
    pub log: Log,
    pub limits: Limits,
    pub proxy: Proxy,
    pub store: StoreSettings,
    pub metrics: Metrics,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    pub number_lives: u64,
    pub away_lives: u64,
    pub ticket_waits: u64,
    pub participants: usize,
    pub customers: usize,
    pub at_once: usize,
    pub per_account: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Queues {
    pub keep_place: u64,
    pub transfer_wait: u64,
    pub longest: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chat {
    /// What is said to all is saved with the session's record.
    pub kept: bool,
    /// Agents may use stored phrases.
    pub phrases: bool,
}

/// Seconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sockets {
    /// For the first message.
    pub hello_within: u64,
    /// A ping goes out this often.
    pub ping_every: u64,
    /// Who stays silent for this long is gone.
    pub silent_for: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Accounts {
    pub sign_in_lives: u64,
    /// Passwords hashed at the same time; 64 MiB each.
    pub hash_workers: usize,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// PEM file with the chain, own certificate first.
    pub certificate: PathBuf,
    /// PEM file.
    pub key: PathBuf,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stun {
    /// UDP address of the built-in responder.
    pub listen: String,
    /// `host:port` that peers are told.
    pub advertise: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ice {
    /// Handed to every participant as they are.
    pub servers: Vec<IceServer>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Turn {
    pub urls: Vec<String>,
    /// Shared with the TURN servers (coturn: `static-auth-secret`).
    pub secret: Secret,
    /// File that holds it.
    pub secret_file: PathBuf,
    pub credential_lives: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    /// Directives of `tracing`, such as `info` or `signal_server=debug`.
    pub filter: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    pub join_address: u32,
    pub join_network: u32,
    pub join_overall: u32,
    pub sign_in_address: u32,
    pub sign_in_network: u32,
    pub sign_in_overall: u32,
    pub sign_in_account: u32,
    pub connections: usize,
    pub connections_per_address: usize,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Proxy {
    /// Addresses of reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted: Vec<std::net::IpAddr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    Sled,
    Memory,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreSettings {
    pub engine: Engine,
    pub cache_mib: u64,
}

/// Who may read `/metrics`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Requests from the same machine that came through no proxy.
    Local,
    Everyone,
    Nobody,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    pub audience: Audience,
}

/// A text that no log and no debug output shows.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "(none)" } else { "(hidden)" })
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8470)),
            public_url: String::new(),
            organisation: "Deskside".into(),
            data_dir: "deskside-data".into(),
            sessions: Sessions::default(),
            queues: Queues::default(),
            chat: Chat::default(),
            sockets: Sockets::default(),
            accounts: Accounts::default(),
            tls: Tls::default(),
            stun: Stun::default(),
            ice: Ice::default(),
            turn: Turn::default(),
            log: Log::default(),
            limits: Limits::default(),
            proxy: Proxy::default(),
            store: StoreSettings::default(),
            metrics: Metrics::default(),
        }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            number_lives: 600,
            away_lives: 1800,
            ticket_waits: 120,
            participants: 8,
            customers: 8,
            at_once: 100_000,
            per_account: 100,
        }
    }
}

impl Default for Queues {
    fn default() -> Self {
        Self { keep_place: 120, transfer_wait: 120, longest: 500 }
    }
}

impl Default for Chat {
    fn default() -> Self {
        Self { kept: false, phrases: true }
    }
}

impl Default for Sockets {
    fn default() -> Self {
        Self { hello_within: 10, ping_every: 20, silent_for: 50 }
    }
}

impl Default for Accounts {
    fn default() -> Self {
        Self { sign_in_lives: 12 * 3600, hash_workers: 2 }
    }
}

impl Default for Turn {
    fn default() -> Self {
        Self {
            urls: Vec::new(),
            secret: Secret::default(),
            secret_file: PathBuf::new(),
            credential_lives: 12 * 3600,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".into() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            join_address: 10,
            join_network: 30,
            join_overall: 300,
            sign_in_address: 10,
            sign_in_network: 30,
            sign_in_overall: 300,
            sign_in_account: 20,
            connections: 20_000,
            connections_per_address: 500,
        }
    }
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { engine: Engine::Sled, cache_mib: 64 }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self { audience: Audience::Local }
    }
}
