//! What every screen needs while it is drawn.

use deskside_session::{app::AppCommand, choosing::ChoosingView, command::Command};

use crate::{Backend, texts::Texts, theme::Theme};

/// Words, tokens and the way back to the program.
#[derive(Clone, Copy)]
pub struct Cx<'a> {
    pub t: &'a Texts,
    pub k: &'a Theme,
    pub backend: &'a dyn Backend,
    /// Where the picture was saved last.
    pub saved: Option<&'a str>,
    /// What can be shared besides what runs already.
    pub choosing: &'a ChoosingView,
    /// Seconds since the windows opened.
    pub now: f64,
    /// The computer's clock: milliseconds since 1970.
    pub wall: u64,
}

impl Cx<'_> {
    pub fn send(&self, command: impl Into<AppCommand>) {
        self.backend.command(command.into());
    }

    /// A command of the session.
    pub fn session(&self, command: Command) {
        self.send(command);
    }
}
