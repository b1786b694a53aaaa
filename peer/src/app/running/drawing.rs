//! What people draw: on this desktop while it is shared.

use std::path::PathBuf;

use deskside_devices::{overlay, own};
use deskside_session::{SessionNumber, marks::Mark};

use super::Running;
use crate::app::event::SessionEvent;

/// Never covered: the question, and the bar and the tab with the ways to end.
const OWN: overlay::Own = overlay::Own {
    above: &[deskside_ui::PROMPT_APP_ID, deskside_ui::BAR_APP_ID, own::TAB_CLASS],
    usable: &[deskside_ui::MAIN_APP_ID],
};

impl Running {
    pub(super) fn show_marks(&mut self, marks: Vec<Mark>) {
        if !marks.is_empty() {
            self.open_overlay();
        }
        if let Some(overlay) = &self.overlay {
            overlay.show(marks);
        }
    }

    /// The own mouse draws on the own desktop.
    pub(super) fn draw_here(&mut self, on: bool) {
        if on {
            self.open_overlay();
        }
        if let Some(overlay) = &self.overlay {
            overlay.take_mouse(on);
        }
    }

    fn open_overlay(&mut self) {
        if self.overlay.is_none() {
            let events = self.events.clone();
            self.overlay = overlay::open(
                OWN,
                Box::new(move |event| {
                    let _ = events.send(SessionEvent::Surface(event));
                }),
            );
            self.place_overlay();
        }
    }

    /// Over the shared part of the desktop.
    pub(super) fn place_overlay(&self) {
        if let (Some(overlay), Some((x, y, width, height))) = (&self.overlay, self.area) {
            overlay.place(x, y, width, height);
        }
    }
}

/// Where a person looks for a picture: the folder of pictures, else the home folder; never one that is there.
pub fn picture_file(session: SessionNumber) -> String {
    let home = std::env::home_dir().unwrap_or_else(std::env::temp_dir);
    let pictures = Some(home.join("Pictures")).filter(|p| p.is_dir()).unwrap_or(home);
    let file = |n: u32| pictures.join(format!("Deskside {} {n}.png", session.get()));
    let free = (1..10_000).map(file).find(|f: &PathBuf| !f.exists());
    free.unwrap_or_else(|| file(0)).to_string_lossy().into_owned()
}
