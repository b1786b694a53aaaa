//! Which part of the desktop is captured, and what was reported of it.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use deskside_devices::capture::Capturer;
use deskside_session::{command::Screen, view::Monitor};

use super::Report;

/// What is to be captured.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub screen: Screen,
    /// Of the one monitor; the index alone may mean another one by now.
    pub name: Option<String>,
}

impl Part {
    /// Whether this back end captures it already.
    pub fn is_captured(&self, by: &dyn Capturer) -> bool {
        match self.screen {
            Screen::All => by.monitor().is_none(),
            Screen::Monitor(_) => self.name.is_some() && self.name.as_deref() == by.monitor(),
        }
    }
}

/// The one monitor, and left, top, width, height.
type Place = (Option<String>, (i32, i32, u16, u16));

/// What was reported of the monitors.
pub(super) struct Known {
    areas: Arc<AtomicU32>,
    monitors: Vec<Monitor>,
    place: Option<Place>,
}

impl Known {
    pub fn new(areas: Arc<AtomicU32>) -> Self {
        Self { areas, monitors: Vec::new(), place: None }
    }

    pub fn monitors(&mut self, now: Vec<Monitor>, report: &dyn Fn(Report)) {
        if self.monitors != now {
            self.monitors.clone_from(&now);
            report(Report::Monitors(now));
        }
    }

    /// Makes the place new.
    pub fn forget_place(&mut self) {
        self.place = None;
    }

    /// The number of the area; whether it is new.
    pub fn place(&mut self, capturer: &dyn Capturer, report: &dyn Fn(Report)) -> (u32, bool) {
        let place = Some((capturer.monitor().map(str::to_owned), capturer.area()));
        if self.place == place {
            return (self.areas.load(Ordering::Relaxed), false);
        }
        self.place = place;
        let area = self.areas.fetch_add(1, Ordering::Relaxed).wrapping_add(1).max(1);
        let (x, y, width, height) = capturer.area();
        tracing::info!(area, x, y, width, height, "another part of the desktop is shared");
        report(Report::Area { area, x, y, width, height });
        (area, true)
    }
}
