//! What can be shared besides what runs already: in-process only, no message names it.

use serde::{Deserialize, Serialize};

use crate::hiding::OpenWindow;

/// A program that is installed on this computer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// The system's name for it.
    pub id: String,
    /// In the language of the windows, as all that follows.
    pub name: String,
    /// What kind of program it is; empty if nothing says so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// What it can be found by besides.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

impl Installed {
    /// Whether all of these words are in what it says of itself.
    pub fn fits(&self, words: &str) -> bool {
        let own = format!("{} {} {} {}", self.name, self.about, self.words, self.id).to_lowercase();
        words.to_lowercase().split_whitespace().all(|w| own.contains(w))
    }
}

/// How the program stands that was started last to be shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    pub id: String,
    #[serde(flatten)]
    pub state: StartState,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum StartState {
    /// Its first window is waited for.
    Waiting,
    /// This is its first window, and it alone is shared from now on.
    Shown { window: OpenWindow },
    /// None came in time; nothing of it is shared.
    NoWindow,
    /// It could not be started.
    Failed { detail: String },
}

/// For the windows: what else can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChoosingView {
    /// The installed programs when they were asked for last; absent before, and where they cannot be listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installed: Option<Vec<Installed>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Started>,
    /// The window that was in front when a link started this program, as long as it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came_from: Option<OpenWindow>,
}

impl ChoosingView {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn found_by_any_of_its_words() {
        let editor = Installed {
            id: "org.example.Edit.desktop".into(),
            name: "Éditeur".into(),
            about: "Textes".into(),
            words: "write note".into(),
        };
        for words in ["", " ", "édit", "ÉDIT", "note text", "example"] {
            assert!(editor.fits(words), "{words}");
        }
        assert!(!editor.fits("edit music"));
    }
}
