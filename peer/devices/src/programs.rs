//! The programs that are installed on this computer, and starting one of them.

#[cfg(all(unix, not(target_os = "macos")))]
mod entry;
#[cfg(all(unix, not(target_os = "macos")))]
mod exec;
#[cfg(all(unix, not(target_os = "macos")))]
mod folders;
#[cfg(all(unix, not(target_os = "macos")))]
mod start;

use std::{collections::HashMap, time::Duration};

use deskside_session::{choosing::Installed, hiding::OpenWindow};

use crate::windows::Icon;

/// Longest time until a program that was started shows a window.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Why no window of a program can be shared.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("no such program is installed")]
    Unknown,
    #[error("programs cannot be started on this system")]
    Impossible,
    #[error("it cannot be started: {0}")]
    Failed(std::io::Error),
    #[error("the display does not tell of its windows: {0}")]
    Display(String),
    #[error("it showed no window")]
    NoWindow,
}

/// An installed program, and its icon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    pub installed: Installed,
    pub icon: Option<Icon>,
}

/// Where programs, their icons and their windows are looked for.
#[derive(Clone, Debug, Default)]
pub struct Computer {
    #[cfg(all(unix, not(target_os = "macos")))]
    display: Option<String>,
    #[cfg(all(unix, not(target_os = "macos")))]
    places: folders::Places,
}

impl Computer {
    /// As the environment says.
    pub fn here() -> Self {
        Self {
            #[cfg(all(unix, not(target_os = "macos")))]
            display: None,
            #[cfg(all(unix, not(target_os = "macos")))]
            places: folders::Places::from_env(),
        }
    }

    /// With another X11 display (`:1`), and other folders in which `applications`, `icons` and so on lie.
    #[cfg(all(unix, not(target_os = "macos")))]
    pub fn at(display: &str, data: Vec<std::path::PathBuf>) -> Self {
        let places = folders::Places { data, ..folders::Places::from_env() };
        Self { display: Some(display.into()), places }
    }

    /// By their names in this language (`fr`). None where they cannot be listed.
    pub fn list(&self, language: &str) -> Option<Vec<Program>> {
        #[cfg(all(unix, not(target_os = "macos")))]
        return Some(unix::list(&self.places, language));
        #[cfg(not(all(unix, not(target_os = "macos"))))]
        {
            let _ = language;
            None
        }
    }

    /// Starts it by its id, apart from this program, and waits until it shows a window: the window's number.
    pub fn start(&self, id: &str, patience: Duration) -> Result<u64, StartError> {
        #[cfg(all(unix, not(target_os = "macos")))]
        return start::start(&self.places, self.display.as_deref(), id, patience);
        #[cfg(not(all(unix, not(target_os = "macos"))))]
        {
            let _ = (id, patience);
            Err(StartError::Impossible)
        }
    }

    /// The icons of windows, by their numbers: what a window shows itself, else its program's.
    pub fn icons(&self, windows: &[OpenWindow]) -> HashMap<u64, Icon> {
        #[cfg(all(unix, not(target_os = "macos")))]
        return unix::icons(&self.places, self.display.as_deref(), windows);
        #[cfg(windows)]
        return crate::windows::win32::icons::read(windows);
        #[cfg(target_os = "macos")]
        {
            let _ = windows;
            HashMap::new()
        }
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
mod unix {
    use std::collections::BTreeMap;

    use super::{
        HashMap, Icon, Installed, OpenWindow, Program, entry::Entry, folders::Places, start::TERMINALS,
    };
    use crate::windows::x11;

    pub fn list(places: &Places, language: &str) -> Vec<Program> {
        let terminal = TERMINALS.iter().any(|(t, _)| places.has(t));
        let offered = |e: &Entry| places.offer(e) && (terminal || !e.terminal);
        let entries = places.entries(language).into_iter().filter(|(_, e)| offered(e));
        let mut all: Vec<_> = entries
            .map(|(id, e)| Program {
                icon: e.icon.as_deref().and_then(|i| places.icon(i)),
                installed: Installed { id, name: e.name, about: e.about, words: e.words },
            })
            .collect();
        all.sort_by_cached_key(|p| (p.installed.name.to_lowercase(), p.installed.id.clone()));
        all
    }

    pub fn icons(places: &Places, display: Option<&str>, windows: &[OpenWindow]) -> HashMap<u64, Icon> {
        let mut found = x11::icons::read(display, windows)
            .inspect_err(|why| tracing::info!(%why, "icons of windows cannot be read"))
            .unwrap_or_default();
        let missing: Vec<_> = windows.iter().filter(|w| !found.contains_key(&w.id)).collect();
        let entries = if missing.is_empty() { BTreeMap::new() } else { places.entries("en") };
        for w in missing {
            found.extend(of_program(places, &entries, &w.program).map(|icon| (w.id, icon)));
        }
        found
    }

    /// By what a program's windows say that they are of.
    fn of_program(places: &Places, entries: &BTreeMap<String, Entry>, class: &str) -> Option<Icon> {
        let name = class.to_lowercase();
        let its = |(id, e): &(&String, &Entry)| e.names(id).contains(&name);
        let icon = entries.iter().find(its).and_then(|(_, e)| e.icon.clone());
        icon.and_then(|i| places.icon(&i)).or_else(|| places.icon(&name))
    }
}
