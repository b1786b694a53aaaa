//! What people draw: on this desktop while it is shared.

use deskside_devices::overlay;
use deskside_session::marks::Mark;

use super::Running;

/// Never covered: the question, and the bar with the ways to end.
const ABOVE: &[&str] = &[deskside_ui::PROMPT_APP_ID, deskside_ui::BAR_APP_ID];

impl Running {
    pub(super) fn show_marks(&mut self, marks: Vec<Mark>) {
        if self.overlay.is_none() && !marks.is_empty() {
            self.overlay = overlay::open(ABOVE);
            self.place_overlay();
        }
        if let Some(overlay) = &self.overlay {
            overlay.show(marks);
        }
    }

    /// Over the shared part of the desktop.
    pub(super) fn place_overlay(&self) {
        if let (Some(overlay), Some((x, y, width, height))) = (&self.overlay, self.area) {
            overlay.place(x, y, width, height);
        }
    }
}
