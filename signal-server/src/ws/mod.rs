//! The WebSocket: a cheap upgrade, and one task per socket.

mod budget;
mod socket;
mod upgrade;

pub use socket::run;
pub use upgrade::{Upgrade, upgrade};
