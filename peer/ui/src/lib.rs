//! The windows: a function of [`deskside_session::app::AppView`] that gives back commands.

//!
//! It sees no network and no devices: all that it shows comes from [`Backend::view`], and all that
//! a person does goes to [`Backend::command`].

mod acts;
mod app;
mod cx;
mod icon;
mod input;
mod keys;
pub mod log;
mod number;
mod screens;
mod texts;
mod theme;
mod widgets;
mod words;

use std::sync::Arc;

use deskside_session::{
    app::{AppCommand, AppView},
    programs::Area,
};

pub use app::App;
pub use screens::{bar::APP_ID as BAR_APP_ID, prompt::APP_ID as PROMPT_APP_ID, prompt::ARM as ARM_SECONDS};
pub use texts::{Language, Texts, TextsError};
pub use theme::{Theme, ThemeError, Themes};
pub use words::{ending as ending_words, notice as notice_words, problem as problem_words};

/// Distinguishes the main window (WM_CLASS on X11, app id on Wayland).
pub const MAIN_APP_ID: &str = "deskside";

/// What the windows need from the program around them.
pub trait Backend: Send + Sync {
    /// The newest view, if it changed since serial `since`.
    fn view(&self, since: u64) -> Option<(u64, Arc<AppView>)>;
    fn command(&self, command: AppCommand);
    /// Called once: `wake` makes the window draw again, from any thread.
    fn on_change(&self, wake: Box<dyn Fn() + Send + Sync>);
    /// Where the remote desktop is drawn, while there is one.
    fn picture(&self) -> Option<Arc<dyn PicturePlace>>;
    /// A native window of this program appeared or went, so that remote input never reaches it.
    fn own_window(&self, window: u64, there: bool);
    /// The native window of this program with this app id, once there is one.
    fn window_of(&self, _app_id: &str) -> Option<u64> {
        None
    }
    /// What a person chose for the windows in earlier runs.
    fn preferences(&self) -> Preferences {
        Preferences::default()
    }
    /// Keeps that for the next run, in place of what was kept.
    fn keep(&self, _preferences: &Preferences) {}
    /// The picture that stands for a program, if it has one.
    fn icon(&self, _of: IconOf<'_>) -> Option<Pixels> {
        None
    }
    /// The program ends for another reason than the window: it closes at the next wake.
    fn should_quit(&self) -> bool {
        false
    }
}

/// Width and height of a program's icon, in pixels.
pub const ICON: usize = 32;
/// [`ICON`] × [`ICON`] pixels of RGBA, the colours not multiplied by the opacity.
pub type Pixels = Arc<Vec<u8>>;

/// What an icon stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IconOf<'a> {
    /// A window that is open, by its number.
    Window(u64),
    /// An installed program, by its id.
    Program(&'a str),
}

/// What a person chose for the windows.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// The tabs of the agent's console from left to right, by name: `chat`, `notes`, `session`, `customer`.
    pub tabs: Vec<String>,
}

/// How the picture fits its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    #[default]
    Fit,
    /// This large, 100 being pixel by pixel; scrolled by so many pixels of the window.
    Zoom { percent: u16, x: u32, y: u32 },
}

/// A turn of the wheel over the picture that is for the window, not for the other computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wheel {
    /// Where, in pixels of the window, counted from the picture's place in it.
    pub x: i32,
    pub y: i32,
    /// 120 a notch; away from the person and to the right is positive.
    pub dx: i16,
    pub dy: i16,
    /// Control was held.
    pub zoom: bool,
}

pub type OnWheel = Box<dyn Fn(Wheel) + Send + Sync>;

/// The remote desktop's native surface, laid into a part of the window (physical pixels).
pub trait PicturePlace: Send + Sync {
    /// False where there is no native surface: then the window draws [`PicturePlace::copy`] itself.
    fn put(&self, parent: u64, x: i32, y: i32, width: u16, height: u16, scale: Scale) -> bool;
    fn hide(&self);
    /// Shows only this part of the picture from now on; all of it again without one. A copy is whole all the same.
    fn crop(&self, _part: Option<Area>) {}
    /// One more place of the same picture, which goes away when it is dropped; none where there cannot be one.
    fn another(&self) -> Option<Arc<dyn PicturePlace>> {
        None
    }
    /// Differs from one surface to the next, so that a new one is laid even where the old one lay.
    fn identity(&self) -> u64 {
        0
    }
    fn grab_keys(&self, on: bool);
    fn accept_input(&self, on: bool);
    /// Whether a click into the picture gives it the keyboard; it does until this was said.
    fn accept_keys(&self, on: bool);
    /// Keys go to the picture from now on, as after a click into it.
    fn take_keyboard(&self);
    /// Who is told of the wheel over the picture where it is no input for the other computer.
    fn on_wheel(&self, on_wheel: OnWheel);
    /// (serial, width, height, RGBA) if it changed since `since`.
    fn copy(&self, since: u64) -> Option<(u64, u16, u16, Vec<u8>)>;
}

/// How the windows look and speak.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    pub language: Language,
    /// Dark or light; as the system when absent.
    pub dark: Option<bool>,
}

impl Options {
    /// Language from `DESKSIDE_LANG`, `LC_ALL`, `LC_MESSAGES` or `LANG`; colours as the system.
    pub fn from_env() -> Self {
        Self { language: Language::from_env(), dark: None }
    }
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Texts(#[from] TextsError),
    #[error(transparent)]
    Theme(#[from] ThemeError),
    #[error("no window can be opened: {0}")]
    Window(String),
}

/// Opens the windows and blocks until they are closed. Call it on the main thread.
pub fn run(backend: Arc<dyn Backend>, options: Options) -> Result<(), Error> {
    // Read before the window is there, so that their errors keep their type.
    Texts::new(options.language)?;
    let theme = Themes::load()?;
    let viewport = eframe::egui::ViewportBuilder::default()
        .with_title("Deskside")
        .with_app_id(MAIN_APP_ID)
        .with_inner_size(app::ENTRY)
        .with_icon(icon::window_icon(&theme));
    let native = eframe::NativeOptions { viewport, renderer: eframe::Renderer::Glow, ..Default::default() };
    eframe::run_native(
        "deskside",
        native,
        Box::new(move |cc| Ok(Box::new(App::new(&cc.egui_ctx, backend, &options)?))),
    )
    .map_err(|e| Error::Window(e.to_string()))
}

/// The words of the tab on the frame, in the person's language.
pub fn stop_words() -> String {
    // Words that cannot be read end the program before anything is shared.
    Texts::new(Language::from_env()).map(|t| t.t("stop-sharing")).unwrap_or_default()
}

/// The titles, in all languages, of the windows that are for the person here alone.
pub fn private_titles() -> Vec<String> {
    let keys = ["prompt-window", "hide-window"];
    let texts = Language::ALL.into_iter().filter_map(|l| Texts::new(l).ok());
    texts.flat_map(|t| keys.map(|key| t.t(key))).collect()
}

/// The colour of the bar and of the frame while the desktop is seen, or controlled: 0xRRGGBB.
pub fn sharing_colour(controlled: bool) -> u32 {
    static SEEN_CONTROLLED: std::sync::OnceLock<[u32; 2]> = std::sync::OnceLock::new();
    let rgb = |c: eframe::egui::Color32| u32::from_be_bytes([0, c.r(), c.g(), c.b()]);
    let both = SEEN_CONTROLLED.get_or_init(|| {
        // Tokens that cannot be read end the program before anything is shared.
        Themes::load().map_or([0; 2], |t| [rgb(t.light().c.warn), rgb(t.light().c.danger)])
    });
    both[usize::from(controlled)]
}
