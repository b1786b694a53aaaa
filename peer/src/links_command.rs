//! `deskside links`: whether links to sessions open this program.

use anyhow::Context as _;
use deskside_devices::handler;

use crate::{cli::LinksCommand, exit};

pub fn run(command: LinksCommand) -> anyhow::Result<u8> {
    match command {
        LinksCommand::Add => handler::add(&std::env::current_exe().context("this program's own file")?)?,
        LinksCommand::Remove => handler::remove()?,
    }
    Ok(exit::OK)
}

/// Before the windows open: a program that is one file, and may have been moved, registers itself where the system takes that
/// from the person who runs it.
pub fn keep() {
    if cfg!(windows)
        && let Ok(exe) = std::env::current_exe()
        && !handler::is(&exe)
        && let Err(e) = handler::add(&exe)
    {
        tracing::warn!(error = %e, "links to sessions will not open this program");
    }
}
