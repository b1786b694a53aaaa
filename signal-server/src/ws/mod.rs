//! The WebSockets: a cheap upgrade, and one task per socket.

mod budget;
mod desk;
mod socket;
mod talk;
mod upgrade;

pub use desk::{PACE, run as run_desk};
pub use socket::run;
pub use upgrade::{Socket, Upgrade, upgrade};
