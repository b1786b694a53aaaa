//! The sans-I/O core of a session: participants, trust, grants, sharing, chat.
//!
//! It is told what happened and what time it is ([`Session::handle`]), and is asked what to do
//! ([`Session::poll_output`]) and when to be called again ([`Session::poll_timeout`]). It has no
//! sockets, no clock, no screen and no threads; pictures and sound do not pass through it.

pub mod app;
pub mod command;
pub mod input;
pub mod io;
pub mod view;
pub mod wire;

pub use deskside_protocol::{ParticipantId, Role, SessionNumber};
