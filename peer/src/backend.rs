//! What the windows need of the program around them.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use deskside_devices::{own, surface};
use deskside_media::Rect;
use deskside_session::{
    app::{AppCommand, AppView},
    programs::Area,
};
use deskside_ui::{Backend, IconOf, OnWheel, PicturePlace, Pixels, Preferences, Scale, Wheel};

use crate::{
    app::event::{Event, Events},
    icons::Icons,
    preferences,
    publish::Publisher,
};

/// The place of the remote desktop, handed from the session to the windows.
#[derive(Default)]
pub struct Slot(Mutex<(u64, Option<Arc<dyn surface::Place>>)>);

impl Slot {
    pub fn set(&self, place: Option<Arc<dyn surface::Place>>) {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = (slot.0 + 1, place);
    }

    /// The place, with a number that no other one has.
    fn get(&self) -> Option<(u64, Arc<dyn surface::Place>)> {
        let slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.1.clone().map(|place| (slot.0, place))
    }
}

pub struct Windows {
    pub publisher: Arc<Publisher>,
    pub events: Events,
    pub slot: Arc<Slot>,
    pub icons: Arc<Icons>,
    /// Where settings are kept.
    pub home: PathBuf,
}

impl Backend for Windows {
    fn view(&self, since: u64) -> Option<(u64, Arc<AppView>)> {
        self.publisher.since(since)
    }

    fn command(&self, command: AppCommand) {
        if self.events.try_send(Event::Command(command)).is_err() {
            tracing::warn!("a command of the window was lost: the program is busy or ends");
        }
    }

    fn on_change(&self, wake: Box<dyn Fn() + Send + Sync>) {
        self.publisher.on_change(wake);
    }

    fn picture(&self) -> Option<Arc<dyn PicturePlace>> {
        self.slot.get().map(|(number, place)| Arc::new(Laid { number, place }) as Arc<dyn PicturePlace>)
    }

    fn preferences(&self) -> Preferences {
        preferences::load(&self.home)
    }

    fn keep(&self, preferences: &Preferences) {
        if let Err(e) = preferences::store(&self.home, preferences) {
            tracing::warn!(error = %e, "what was chosen for the windows cannot be kept");
        }
    }

    fn icon(&self, of: IconOf<'_>) -> Option<Pixels> {
        self.icons.get(of)
    }

    fn should_quit(&self) -> bool {
        self.publisher.closed().is_some()
    }

    fn window_of(&self, app_id: &str) -> Option<u64> {
        own::finder()?.find(app_id).first().copied()
    }

    fn own_window(&self, window: u64, there: bool) {
        if there {
            own::register(window);
        } else {
            own::unregister(window);
        }
    }
}

/// A surface's place as the windows see it.
struct Laid {
    number: u64,
    place: Arc<dyn surface::Place>,
}

impl PicturePlace for Laid {
    fn identity(&self) -> u64 {
        self.number
    }
    fn put(&self, parent: u64, x: i32, y: i32, width: u16, height: u16, scale: Scale) -> bool {
        let scale = match scale {
            Scale::Fit => surface::Scale::Fit,
            Scale::Zoom { percent, x, y } => surface::Scale::Zoom { percent, x, y },
        };
        self.place.put(parent, x, y, width, height, scale)
    }
    fn hide(&self) {
        self.place.hide();
    }
    fn crop(&self, part: Option<Area>) {
        self.place.crop(part.map(|p| Rect { x: p.x, y: p.y, w: p.width, h: p.height }));
    }
    fn another(&self) -> Option<Arc<dyn PicturePlace>> {
        let place = self.place.another()?;
        Some(Arc::new(Self { number: self.number, place }))
    }
    fn grab_keys(&self, on: bool) {
        self.place.grab_keys(on);
    }
    fn accept_input(&self, on: bool) {
        self.place.accept_input(on);
    }
    fn accept_keys(&self, on: bool) {
        self.place.accept_keys(on);
    }
    fn take_keyboard(&self) {
        self.place.take_keyboard();
    }
    fn on_wheel(&self, on_wheel: OnWheel) {
        self.place.on_wheel(Box::new(move |surface::Wheel { x, y, dx, dy, zoom }| {
            on_wheel(Wheel { x, y, dx, dy, zoom });
        }));
    }
    fn copy(&self, since: u64) -> Option<(u64, u16, u16, Vec<u8>)> {
        self.place.copy(since)
    }
}
