//! What the person whose desktop is shared keeps out of the picture. In-process only: no message names it.

use serde::{Deserialize, Serialize};

/// Programs that are hidden from the start: those that show passwords or ask for them.
pub const USUAL: [&str; 22] = [
    "1password",
    "bitwarden",
    "buttercup",
    "dashlane",
    "enpass",
    "gcr-prompter",
    "keepass",
    "keepass2",
    "keepassx",
    "keepassxc",
    "keeweb",
    "ksshaskpass",
    "kwalletmanager",
    "kwalletmanager5",
    "lastpass",
    "nordpass",
    "pass",
    "pinentry",
    "proton pass",
    "qtpass",
    "seahorse",
    "secrets",
];
/// What the windows call themselves that this program itself keeps out of all pictures, one by one.
pub const PRIVATE: &str = "deskside-private";
/// Most programs and most windows that are hidden.
pub const MOST: usize = 256;
/// Longest name of a program, in bytes.
pub const LONGEST: usize = 128;

/// What is hidden: all windows of some programs, and some windows with what belongs to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hidden {
    /// Names in lower case; see [`is_named`].
    pub programs: Vec<String>,
    /// By the system's numbers, see [`OpenWindow::id`].
    pub windows: Vec<u64>,
}

impl Default for Hidden {
    /// [`USUAL`].
    fn default() -> Self {
        Self { programs: USUAL.map(str::to_owned).to_vec(), windows: Vec::new() }
    }
}

impl Hidden {
    /// Lower case, sorted, without empty and double ones, and no more than [`MOST`] of each.
    pub fn tidy(mut self) -> Self {
        for name in &mut self.programs {
            *name = name.trim().to_lowercase();
        }
        self.programs.retain(|n| !n.is_empty() && n.len() <= LONGEST);
        self.programs.sort_unstable();
        self.programs.dedup();
        self.programs.truncate(MOST);
        self.windows.sort_unstable();
        self.windows.dedup();
        self.windows.truncate(MOST);
        self
    }

    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    pub fn is_empty(&self) -> bool {
        self.programs.is_empty() && self.windows.is_empty()
    }

    /// Whether a program that calls itself so is hidden.
    pub fn names(&self, program: &str) -> bool {
        self.programs.iter().any(|hidden| is_named(program, hidden))
    }
}

/// Whether a program's name for itself (`org.keepassxc.KeePassXC`, `pinentry-gtk-2`) is this name in lower
/// case: the whole of it, a part between dots, or all before the first hyphen.
pub fn is_named(program: &str, name: &str) -> bool {
    let program = program.to_lowercase();
    let parts = program.split('.');
    program == name
        || parts.into_iter().any(|p| p == name || p.split_once('-').is_some_and(|(p, _)| p == name))
}

/// A window that is open on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenWindow {
    /// The system's number for it.
    pub id: u64,
    pub title: String,
    /// What its program calls itself.
    pub program: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub minimised: bool,
}

/// Whether something is hidden in the shared picture now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hiding {
    #[default]
    Nothing,
    Something,
    /// Something ought to be, and cannot be on this system: it may be seen.
    Impossible,
}

impl Hiding {
    pub fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }
}

/// What of the desktop is shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    #[default]
    Desktop,
    /// The windows of these programs, and what serves them; never empty.
    Programs(Vec<Chosen>),
    /// Of programs that are gone: nothing, whatever opens.
    Nothing,
}

impl Scope {
    /// Without what is closed: who has its window's number later is somebody else.
    pub fn without(&mut self, closed: &[u32]) {
        if let Self::Programs(all) = self {
            all.retain(|c| !closed.contains(&c.id));
            if all.is_empty() {
                *self = Self::Nothing;
            }
        }
    }
}

/// A program that is chosen to be shared: that which made this window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chosen {
    /// No other choice in a session has it, of the same window neither.
    pub id: u32,
    pub window: u64,
}

/// How a program stands that is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    Shown,
    /// It has windows, and none of them is on the screen.
    Minimised,
    /// It has no window any more.
    Closed,
}

/// For the windows: what is hidden, and what could be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HidingView {
    #[serde(flatten)]
    pub hidden: Hidden,
    /// The open windows when they were asked for last; absent before, and where they cannot be listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Vec<OpenWindow>>,
}

impl HidingView {
    /// Nothing that needs to be told.
    pub fn is_plain(&self) -> bool {
        self.open.is_none() && self.hidden.is_usual()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_programs() {
        for program in
            ["KeePassXC", "org.keepassxc.KeePassXC", "keepassxc", "Bitwarden", "org.gnome.World.Secrets"]
        {
            assert!(Hidden::default().names(program), "{program}");
        }
        for program in ["pinentry-gtk-2", "pinentry-qt", "org.gnome.seahorse.Application", "KeePass.exe"] {
            assert!(Hidden::default().names(program), "{program}");
        }
        for program in ["firefox", "", "compass", "org.gnome.Nautilus", "passwd-tool", "xterm"] {
            assert!(!Hidden::default().names(program), "{program}");
        }
    }

    #[test]
    fn the_usual_ones_are_tidy() {
        assert_eq!(Hidden::default().tidy(), Hidden::default());
        let long = "x".repeat(LONGEST + 1);
        let programs = vec![" Firefox ".into(), "firefox".into(), String::new(), long];
        let tidy = Hidden { programs, windows: vec![7, 3, 7] }.tidy();
        assert_eq!(tidy, Hidden { programs: vec!["firefox".into()], windows: vec![3, 7] });
    }
}
