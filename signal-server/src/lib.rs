//! The signaling and directory server of Deskside: thin routes over a pure directory over a store.

mod accounts;
mod app;
pub mod cli;
mod clock;
pub mod config;
pub mod directory;
mod hub;
mod ice;
mod listen;
mod metrics;
mod passwords;
mod portal;
mod routes;
mod secrets;
mod server;
pub mod store;
mod tls;
mod ws;

pub use config::Config;
pub use server::{Server, ServerError};
