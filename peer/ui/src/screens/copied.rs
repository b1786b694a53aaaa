//! Copying, and saying for a moment that it was done.

use eframe::egui::Ui;

use crate::cx::Cx;

/// Seconds for which a copy button says that it copied.
const SAID: f64 = 2.0;

/// What can be copied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Copy {
    Number,
    Link,
}

/// What was copied last, and when.
#[derive(Default)]
pub struct Copied(Option<(Copy, f64)>);

impl Copied {
    /// Whether this was copied just now.
    pub fn now(&self, cx: &Cx<'_>, what: Copy) -> bool {
        self.0.is_some_and(|(c, at)| c == what && cx.now - at < SAID)
    }

    pub fn copy(&mut self, ui: &Ui, cx: &Cx<'_>, what: Copy, value: &str) {
        ui.ctx().copy_text(value.to_owned());
        self.0 = Some((what, cx.now));
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(SAID + 0.05));
    }
}
