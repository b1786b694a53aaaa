//! The sans-I/O core of a session: participants, trust, grants, sharing, chat.
//!
//! It is told what happened and what time it is ([`Session::handle`]), and is asked what to do
//! ([`Session::poll_output`]) and when to be called again ([`Session::poll_timeout`]). It has no
//! sockets, no clock, no screen and no threads; pictures and sound do not pass through it.

pub mod acts;
pub mod app;
mod chat;
pub mod choosing;
pub mod clipboard;
pub mod command;
mod consent;
pub mod direction;
pub mod files;
mod grants;
pub mod hiding;
mod identity;
pub mod input;
pub mod io;
mod join;
pub mod marks;
mod outbox;
pub mod programs;
pub mod quality;
mod roles;
mod roster;
mod session;
mod sharing;
mod snapshot;
mod time;
mod transfers;
mod trust;
pub mod view;
pub mod wire;

pub use deskside_protocol::{HandOver, ParticipantId, Role, SessionNumber};
pub use identity::{Identity, LinkSecret, PublicKey};
pub use join::{BadTarget, JoinTarget, QueueTarget};
pub use session::{Session, Start};
pub use snapshot::{Keeping, MAX_SNAPSHOT, Snapshot, SnapshotError};
pub use time::Now;
