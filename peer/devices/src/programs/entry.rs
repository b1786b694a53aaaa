//! One desktop entry: what a file in a folder of applications says of a program.

use std::path::Path;

use super::exec::{self, Fields};

/// Longest name or list of words, in bytes.
const LONGEST: usize = 256;

/// What it says, in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// What kind of program it is, if it says so.
    pub about: String,
    /// What it can be found by besides.
    pub words: String,
    /// Program and arguments.
    pub exec: Vec<String>,
    /// A path or a name of the icon theme.
    pub icon: Option<String>,
    /// The class of its windows, if it says so.
    pub class: Option<String>,
    /// Where it is started.
    pub folder: Option<String>,
    pub terminal: bool,
    /// It is shown to nobody, but tells what a window belongs to.
    pub hidden: bool,
    try_exec: Option<String>,
    only: Option<Vec<String>>,
    not: Vec<String>,
}

impl Entry {
    /// None when it is no application, or says nothing that can be started.
    pub fn parse(text: &str, file: &Path, language: &str) -> Option<Self> {
        let keys = keys(text)?;
        let get = |key: &str| keys.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
        let local = |key: &str| clean(&unescape(localised(&keys, key, language)?));
        let flag = |key: &str| get(key) == Some("true");
        if get("Type") != Some("Application") || flag("Hidden") {
            return None;
        }
        let name = local("Name").filter(|n| !n.is_empty())?;
        let icon = get("Icon").map(unescape).filter(|i| !i.is_empty());
        let (path, line) = (file.to_string_lossy(), unescape(get("Exec")?));
        let fields = Fields { icon: icon.as_deref(), name: &name, file: &path };
        let exec = exec::parse(&line, &fields)?;
        let about = local("GenericName").or_else(|| local("Comment")).unwrap_or_default();
        let words = [local("Keywords"), local("Comment")].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let class = get("StartupWMClass").map(unescape).filter(|c| !c.is_empty());
        let folder = get("Path").map(unescape).filter(|p| !p.is_empty());
        let list = |key: &str| {
            get(key).map(|v| v.split(';').filter(|p| !p.is_empty()).map(unescape).collect::<Vec<_>>())
        };
        Some(Self {
            exec,
            about,
            words,
            class,
            folder,
            icon,
            name,
            terminal: flag("Terminal"),
            hidden: flag("NoDisplay"),
            try_exec: get("TryExec").map(unescape).filter(|t| !t.is_empty()),
            only: list("OnlyShowIn"),
            not: list("NotShowIn").unwrap_or_default(),
        })
    }

    /// Whether it is to be offered on a desktop with these names, where `exists` tells of programs.
    pub fn is_offered(&self, desktops: &[String], exists: impl Fn(&str) -> bool) -> bool {
        // The first name that either list knows decides.
        let first = desktops.iter().find_map(|d| match &self.only {
            Some(only) if only.contains(d) => Some(true),
            _ => self.not.contains(d).then_some(false),
        });
        !self.hidden
            && first.unwrap_or(self.only.is_none())
            && self.try_exec.as_deref().is_none_or(&exists)
            && self.exec.first().is_some_and(|p| exists(p))
    }

    /// What its windows may call themselves, in lower case.
    pub fn names(&self, id: &str) -> Vec<String> {
        let id = id.strip_suffix(".desktop").unwrap_or(id);
        let last = id.rsplit('.').next().unwrap_or(id);
        let file = self.exec.first().and_then(|p| Path::new(p).file_name()?.to_str());
        // Of what runs in another program the name says nothing.
        let program =
            file.filter(|p| !self.terminal && !["env", "sh", "bash", "flatpak", "snap"].contains(p));
        let all = [Some(id), Some(last), self.class.as_deref(), program];
        let mut all: Vec<_> = all.into_iter().flatten().map(str::to_lowercase).collect();
        all.dedup();
        all
    }
}

/// The keys of the group of the desktop entry; none without it.
fn keys(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.find(|l| l.starts_with('['))?.eq("[Desktop Entry]").then_some(())?;
    let own = lines.take_while(|l| !l.starts_with('['));
    Some(own.filter_map(|l| l.split_once('=')).map(|(k, v)| (k.trim(), v.trim())).collect())
}

/// In the language, else in a country's form of it, else as it is without one.
fn localised<'a>(keys: &[(&str, &'a str)], key: &str, language: &str) -> Option<&'a str> {
    let tag = |k: &str| Some(k.strip_prefix(key)?.strip_prefix('[')?.strip_suffix(']')?.to_owned());
    let exact = keys.iter().find(|(k, _)| tag(k).is_some_and(|t| t == language));
    let near = || {
        keys.iter().find(|(k, _)| tag(k).is_some_and(|t| t.split(['_', '@', '.']).next() == Some(language)))
    };
    let plain = || keys.iter().find(|(k, _)| *k == key);
    exact.or_else(near).or_else(plain).map(|(_, v)| *v)
}

/// The escapes that are the same in all values.
fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('s')) => out.push(' '),
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('t')) => out.push('\t'),
            ('\\', Some('r')) => out.push('\r'),
            ('\\', Some('\\')) => out.push('\\'),
            ('\\', Some(other)) => out.extend(['\\', other]),
            (c, _) => out.push(c),
        }
    }
    out
}

/// One line, and not too long.
fn clean(text: &str) -> Option<String> {
    let cut = &text[..text.floor_char_boundary(LONGEST)];
    Some(
        cut.chars()
            .map(|c| if c.is_control() || c == ';' { ' ' } else { c })
            .collect::<String>()
            .trim()
            .into(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, language: &str) -> Option<Entry> {
        Entry::parse(text, Path::new("/x/a.desktop"), language)
    }

    const EDITOR: &str = "# a comment\n[Desktop Entry]\nType=Application\nName=Editor\nName[fr_CA]=Rédacteur\n\
        Name[fr]=Éditeur\nName[pt_BR]=Texto\nGenericName=Text editor\nKeywords=write;text;\nExec=\"/opt/a b\" %F\n\
        Icon=editor\nStartupWMClass=Edit\n[Desktop Action new]\nName=New\nExec=other\n";

    #[test]
    fn the_language_of_the_window_or_what_is_near() {
        for (language, name) in [("en", "Editor"), ("fr", "Éditeur"), ("pt", "Texto"), ("de", "Editor")] {
            assert_eq!(parse(EDITOR, language).unwrap().name, name, "{language}");
        }
        let entry = parse(EDITOR, "en").unwrap();
        assert_eq!((entry.exec, entry.about.as_str()), (vec!["/opt/a b".to_owned()], "Text editor"));
        assert_eq!((entry.icon.as_deref(), entry.class.as_deref()), (Some("editor"), Some("Edit")));
        assert_eq!(entry.words, "write text");
    }

    #[test]
    fn what_is_not_offered() {
        let with = |more: &str| {
            let text = format!("[Desktop Entry]\nType=Application\nName=A\nExec=a\n{more}\n");
            let desktops = ["ubuntu".to_owned(), "GNOME".to_owned()];
            parse(&text, "en").is_some_and(|e| e.is_offered(&desktops, |p| p == "a" || p == "/bin/b"))
        };
        for offered in ["", "OnlyShowIn=GNOME;", "NotShowIn=KDE", "TryExec=/bin/b", "NoDisplay=false"] {
            assert!(with(offered), "{offered}");
        }
        for not in [
            "Hidden=true",
            "NoDisplay=true",
            "OnlyShowIn=KDE;",
            "OnlyShowIn=",
            "NotShowIn=GNOME",
            "TryExec=c",
        ] {
            assert!(!with(not), "{not}");
        }
    }

    #[test]
    fn what_windows_call_themselves() {
        let names = |id: &str, lines: &str| {
            let text = format!("[Desktop Entry]\nType=Application\nName=A\n{lines}\n");
            parse(&text, "en").unwrap().names(id)
        };
        assert_eq!(
            names("org.gnome.Maps.desktop", "Exec=/usr/bin/gnome-maps\nStartupWMClass=MapView"),
            ["org.gnome.maps", "maps", "mapview", "gnome-maps"]
        );
        assert_eq!(names("top.desktop", "Exec=env A=1 top"), ["top"]);
        assert_eq!(names("top.desktop", "Exec=htop\nTerminal=true"), ["top"]);
    }

    #[test]
    fn garbage_is_no_entry() {
        for text in [
            "",
            "Name=A\nExec=a",
            "[Other]\nType=Application\nName=A\nExec=a",
            "[Desktop Entry]\nType=Link\nName=A\nExec=a",
            "[Desktop Entry]\nType=Application\nExec=a",
            "[Desktop Entry]\nType=Application\nName=\nExec=a",
            "[Desktop Entry]\nType=Application\nName=A",
            "[Desktop Entry]\nType=Application\nName=A\nExec=\"a",
            "[Desktop Entry]\nType=Application\nName=A\nExec=%f",
            "\u{0}\u{fffd}[[[[===",
        ] {
            assert_eq!(parse(text, "en"), None, "{text:?}");
        }
        let long = format!("[Desktop Entry]\nType=Application\nName={}\nExec=a\\sb", "é\u{7}".repeat(9000));
        let entry = parse(&long, "en").unwrap();
        assert!(entry.name.len() <= LONGEST && !entry.name.contains('\u{7}'));
        assert_eq!(entry.exec, ["a", "b"]);
    }
}
