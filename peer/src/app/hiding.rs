//! What the person keeps out of the own picture: told to all sessions, and kept for later runs.

use deskside_session::hiding::Hidden;

use super::{App, choosing, event::Event, places::State};
use crate::hidden;

impl App {
    pub(super) fn hide(&mut self, hidden: Hidden) {
        let hidden = hidden.tidy();
        for place in &mut self.places {
            if let State::Running(running) = &mut place.state {
                running.hide(&hidden);
            }
        }
        if let Err(e) = hidden::store(&self.options.home, &hidden) {
            tracing::warn!(error = %e, "which programs are hidden cannot be kept");
        }
        self.hiding.hidden = hidden;
    }

    /// The answer comes as an event: a display may be slow.
    pub(super) fn list_windows(&self) {
        let (events, icons) = (self.events.clone(), self.options.icons.clone());
        tokio::task::spawn_blocking(move || {
            let open = choosing::open_windows(icons.as_deref());
            // Nobody waits for it when the program ends.
            let _ = events.blocking_send(Event::Windows(open));
        });
    }
}
