//! Deskside's peer: agents and customers run this same program.
//!
//! The parts are crates of their own: `session` decides, `net` connects, `devices` sees and acts,
//! `media` codes pictures, `ui` shows. This crate is the driver between them.

pub mod app;
pub mod backend;
pub mod cli;
mod drafts;
mod encode;
pub mod exit;
mod files;
mod hands;
pub mod headless;
mod hidden;
pub mod icons;
pub mod identity;
mod kept;
pub mod links_command;
pub mod log_command;
mod logs;
mod preferences;
mod privacy;
pub mod publish;
mod share;
mod viewing;
