//! A program that does nothing, and a place for its picture.

use std::sync::{Arc, Mutex, OnceLock};

use deskside_session::{
    app::{AppCommand, AppView},
    programs::Area,
};
use deskside_ui::{Backend, IconOf, OnWheel, PicturePlace, Pixels, Preferences, Scale, Wheel};

/// A program that shows one view and remembers what it was told.
pub struct Still {
    state: Mutex<State>,
    picture: Option<Arc<Picture>>,
    /// Also says on standard error what it is told.
    pub loud: bool,
}

struct State {
    serial: u64,
    view: Arc<AppView>,
    told: Vec<AppCommand>,
    windows: Vec<(u64, bool)>,
    preferences: Preferences,
    wake: Option<Box<dyn Fn() + Send + Sync>>,
}

impl Still {
    pub fn new(view: AppView) -> Self {
        let state = State {
            serial: 1,
            view: Arc::new(view),
            told: Vec::new(),
            windows: Vec::new(),
            preferences: Preferences::default(),
            wake: None,
        };
        Self { state: Mutex::new(state), picture: None, loud: false }
    }

    pub fn with_picture(view: AppView, picture: Arc<Picture>) -> Self {
        Self { picture: Some(picture), ..Self::new(view) }
    }

    /// Shows another view from now on.
    pub fn set(&self, view: AppView) {
        let mut state = self.state.lock().expect("not poisoned");
        state.serial += 1;
        state.view = Arc::new(view);
        if let Some(wake) = &state.wake {
            wake();
        }
    }

    /// What it was told since the last call.
    pub fn told(&self) -> Vec<AppCommand> {
        std::mem::take(&mut self.state.lock().expect("not poisoned").told)
    }
}

impl Backend for Still {
    fn view(&self, since: u64) -> Option<(u64, Arc<AppView>)> {
        let state = self.state.lock().expect("not poisoned");
        (state.serial != since).then(|| (state.serial, Arc::clone(&state.view)))
    }

    fn command(&self, command: AppCommand) {
        if self.loud {
            eprintln!("{command:?}");
        }
        self.state.lock().expect("not poisoned").told.push(command);
    }

    fn on_change(&self, wake: Box<dyn Fn() + Send + Sync>) {
        self.state.lock().expect("not poisoned").wake = Some(wake);
    }

    fn picture(&self) -> Option<Arc<dyn PicturePlace>> {
        self.picture.clone().map(|p| p as Arc<dyn PicturePlace>)
    }

    fn preferences(&self) -> Preferences {
        self.state.lock().expect("not poisoned").preferences.clone()
    }

    fn keep(&self, preferences: &Preferences) {
        self.state.lock().expect("not poisoned").preferences = preferences.clone();
    }

    fn icon(&self, of: IconOf<'_>) -> Option<Pixels> {
        super::choose::icon(match of {
            IconOf::Window(id) => id,
            IconOf::Program(id) => id.len() as u64,
        })
    }

    fn own_window(&self, window: u64, there: bool) {
        self.state.lock().expect("not poisoned").windows.push((window, there));
    }
}

/// What was done to the place of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Put { parent: u64, x: i32, y: i32, width: u16, height: u16, scale: Scale },
    Hide,
    Crop(Option<Area>),
    Grab(bool),
    Accept(bool),
    Keys(bool),
    Keyboard,
}

/// A place for the picture, with or without a native surface.
pub struct Picture {
    pub native: bool,
    pub done: Mutex<Vec<Done>>,
    wheel: Mutex<Option<OnWheel>>,
}

impl Picture {
    pub fn new(native: bool) -> Arc<Self> {
        Arc::new(Self { native, done: Mutex::new(Vec::new()), wheel: Mutex::default() })
    }

    pub fn done(&self) -> Vec<Done> {
        std::mem::take(&mut *self.done.lock().expect("not poisoned"))
    }

    /// The wheel is turned over the native surface.
    pub fn turn(&self, turn: Wheel) {
        self.wheel.lock().expect("not poisoned").as_ref().expect("it is heard")(turn);
    }

    fn note(&self, what: Done) {
        self.done.lock().expect("not poisoned").push(what);
    }
}

impl PicturePlace for Picture {
    fn put(&self, parent: u64, x: i32, y: i32, width: u16, height: u16, scale: Scale) -> bool {
        self.note(Done::Put { parent, x, y, width, height, scale });
        self.native
    }

    fn hide(&self) {
        self.note(Done::Hide);
    }

    fn crop(&self, part: Option<Area>) {
        self.note(Done::Crop(part));
    }

    fn another(&self) -> Option<Arc<dyn PicturePlace>> {
        Some(Self::new(self.native))
    }

    fn grab_keys(&self, on: bool) {
        self.note(Done::Grab(on));
    }

    fn accept_input(&self, on: bool) {
        self.note(Done::Accept(on));
    }

    fn accept_keys(&self, on: bool) {
        self.note(Done::Keys(on));
    }

    fn take_keyboard(&self) {
        self.note(Done::Keyboard);
    }

    fn on_wheel(&self, on_wheel: OnWheel) {
        *self.wheel.lock().expect("not poisoned") = Some(on_wheel);
    }

    fn copy(&self, since: u64) -> Option<(u64, u16, u16, Vec<u8>)> {
        static PIXELS: OnceLock<Vec<u8>> = OnceLock::new();
        (since == 0).then(|| (1, 1280, 800, PIXELS.get_or_init(|| desktop(1280, 800)).clone()))
    }
}

/// Pixels that look a little like a desktop: a ground, a panel, two windows with lines of text.
pub fn desktop(width: u16, height: u16) -> Vec<u8> {
    let mut rgba = Vec::with_capacity(usize::from(width) * usize::from(height) * 4);
    for y in 0..height {
        for x in 0..width {
            rgba.extend(desktop_pixel(x, y, height));
            rgba.push(255);
        }
    }
    rgba
}

fn desktop_pixel(x: u16, y: u16, height: u16) -> [u8; 3] {
    let inside = |left: u16, top: u16, w: u16, h: u16| x >= left && x < left + w && y >= top && y < top + h;
    if y >= height - 36 {
        return if (x / 44).is_multiple_of(2) && x < 400 && y % 36 > 8 && y % 36 < 30 {
            [90, 110, 130]
        } else {
            [32, 38, 48]
        };
    }
    for (left, top, w, h, title) in [(520, 220, 620, 420, [60, 120, 170]), (110, 80, 560, 380, [70, 80, 95])]
    {
        if inside(left, top, w, h) {
            if y < top + 30 {
                return title;
            }
            let (line, column) = ((y - top - 30) / 22, x - left);
            let long = 120 + (u32::from(line) * 197 % 380) as u16;
            let ink = (y - top - 30) % 22 > 8 && (y - top - 30) % 22 < 17 && column > 24 && column < long;
            return if ink && (column / 5) % 9 != 8 { [120, 128, 138] } else { [250, 250, 248] };
        }
    }
    let shade = (u32::from(y) * 60 / u32::from(height)) as u8;
    [40 + shade / 3, 84 + shade / 2, 110 + shade]
}
