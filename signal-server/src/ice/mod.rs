//! What participants need to find each other: STUN and TURN servers.

pub mod responder;
pub mod stun;
mod turn;

use deskside_protocol::api::IceServer;

use crate::{config::Config, secrets};

/// The servers that this configuration hands out.
pub struct IceServers {
    fixed: Vec<IceServer>,
    turn: Option<turn::Turn>,
}

impl IceServers {
    /// `stun` is the `host:port` of the built-in responder.
    pub fn new(config: &Config, stun: Option<String>) -> Self {
        let own = stun.map(|at| IceServer {
            urls: vec![format!("stun:{at}")],
            username: String::new(),
            credential: String::new(),
        });
        let fixed = own.into_iter().chain(config.ice.servers.iter().cloned()).collect();
        Self { fixed, turn: turn::Turn::new(&config.turn) }
    }

    /// For one participant; credentials are new each time. `now` in Unix seconds.
    pub fn hand_out(&self, now: u64) -> Result<Vec<IceServer>, secrets::NoRandomness> {
        let mut servers = self.fixed.clone();
        if let Some(turn) = &self.turn {
            servers.push(turn.credentials(now, &secrets::random()?));
        }
        Ok(servers)
    }
}
