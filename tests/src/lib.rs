//! The harness of the tests with real parts: a server process, peers without windows, X displays with
//! a window manager and real programs. Everything that it starts ends when it is dropped.
//!
//! A test panics with the last view and the logs when what it waits for does not come.

pub mod account;
pub mod dice;
pub mod display;
pub mod drag;
pub mod evil;
pub mod http;
pub mod line;
pub mod monitors;
pub mod net;
pub mod peer;
pub mod picture;
pub mod probe;
pub mod process;
pub mod programs;
pub mod puppet;
pub mod scene;
pub mod server;
pub mod turn;
pub mod wait;
pub mod wine;

pub use dice::Dice;
pub use display::Display;
pub use evil::Evil;
pub use line::{Line, Quality};
pub use net::{Apart, Net};
pub use peer::Peer;
pub use picture::Picture;
pub use probe::Probe;
pub use puppet::Puppet;
pub use scene::Scene;
pub use server::Server;
pub use wait::until;
pub use wine::Wine;
