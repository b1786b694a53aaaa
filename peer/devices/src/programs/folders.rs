//! Where desktop entries and icons lie, and what of them is read.

use std::{
    collections::{BTreeMap, HashSet},
    env,
    path::{Path, PathBuf},
};

use super::entry::Entry;
use crate::windows::Icon;

/// Largest entry that is read, in bytes.
const LONGEST: u64 = 256 * 1024;
/// Most files that are looked at.
const MOST: usize = 4096;
/// How deep folders lie in one another.
const DEPTH: usize = 4;
/// Sizes of pictures of an icon theme, the best one first.
const SIZES: [u16; 9] = [32, 48, 64, 36, 96, 128, 256, 24, 16];
/// Most themes that are looked through for one icon.
const THEMES: usize = 32;

/// What of the environment decides which programs there are.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The most important one first.
    pub data: Vec<PathBuf>,
    /// Where programs are looked for.
    pub path: Vec<PathBuf>,
    /// Names of the desktop, the most exact one first.
    pub desktops: Vec<String>,
}

impl Places {
    pub fn from_env() -> Self {
        let var = |name: &str| env::var_os(name).filter(|v| !v.is_empty());
        let own =
            var("XDG_DATA_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".local/share")));
        let shared = var("XDG_DATA_DIRS").unwrap_or_else(|| "/usr/local/share:/usr/share".into());
        // The specification: a path that is not absolute is none.
        let data = own.into_iter().chain(env::split_paths(&shared)).filter(|p| p.is_absolute()).collect();
        let path = var("PATH").map(|p| env::split_paths(&p).collect()).unwrap_or_default();
        let desktops =
            var("XDG_CURRENT_DESKTOP").map(|d| d.to_string_lossy().into_owned()).unwrap_or_default();
        Self { data, path, desktops: desktops.split(':').filter(|d| !d.is_empty()).map(Into::into).collect() }
    }

    /// Whether it is to be offered here.
    pub fn offer(&self, entry: &Entry) -> bool {
        entry.is_offered(&self.desktops, |program| self.has(program))
    }

    /// Whether there is such a program.
    pub fn has(&self, program: &str) -> bool {
        self.program(program).is_some()
    }

    /// Its file.
    pub fn program(&self, program: &str) -> Option<PathBuf> {
        let named = Path::new(program);
        if named.is_absolute() {
            return is_program(named).then(|| named.to_owned());
        }
        // A path that begins in no folder in particular is none.
        let plain = named.components().count() == 1;
        self.path.iter().filter(|_| plain).map(|p| p.join(program)).find(|p| p.is_absolute() && is_program(p))
    }

    /// All entries by their ids, those too that are not offered. What cannot be read is none.
    pub fn entries(&self, language: &str) -> BTreeMap<String, Entry> {
        let (mut found, mut left) = (BTreeMap::new(), MOST);
        for folder in &self.data {
            let mut seen = HashSet::new();
            walk(&folder.join("applications"), "", DEPTH, &mut seen, &mut left, &mut |id, file| {
                // Even one that is hidden stands before those of the same name.
                found.entry(id).or_insert_with(|| read(file).and_then(|t| Entry::parse(&t, file, language)));
            });
        }
        found.into_iter().filter_map(|(id, entry)| Some((id, entry?))).collect()
    }

    /// The picture with this name or path.
    pub fn icon(&self, name: &str) -> Option<Icon> {
        if Path::new(name).is_absolute() {
            return Icon::read(Path::new(name));
        }
        // A name with its ending is not of the specification, but is there.
        let name = name.strip_suffix(".png").unwrap_or(name);
        if name.is_empty() || name.starts_with('.') || name.contains('/') {
            return None;
        }
        let file = format!("{name}.png");
        self.data.iter().find_map(|folder| {
            let themes = themes(&folder.join("icons"));
            let sized = |t: &PathBuf| {
                SIZES.iter().find_map(|s| Icon::read(&t.join(format!("{s}x{s}/apps")).join(&file)))
            };
            themes.iter().find_map(sized).or_else(|| Icon::read(&folder.join("pixmaps").join(&file)))
        })
    }
}

/// The one that all programs put theirs into comes first.
fn themes(icons: &Path) -> Vec<PathBuf> {
    let mut all: Vec<_> =
        std::fs::read_dir(icons).into_iter().flatten().flatten().map(|f| f.path()).collect();
    all.sort_unstable_by_key(|p| (p.file_name().is_none_or(|n| n != "hicolor"), p.clone()));
    all.truncate(THEMES);
    all
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

fn read(file: &Path) -> Option<String> {
    // Nothing but a file: a pipe would never end.
    let whole = std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.len() <= LONGEST);
    let bytes = whole.then(|| std::fs::read(file)).and_then(|r| {
        r.inspect_err(|e| {
            tracing::debug!(file = %file.display(), error = %e, "a desktop entry cannot be read");
        })
        .ok()
    })?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Each file once, though links may lead in circles.
fn walk(
    folder: &Path,
    before: &str,
    depth: usize,
    seen: &mut HashSet<PathBuf>,
    left: &mut usize,
    found: &mut dyn FnMut(String, &Path),
) {
    let new = folder.canonicalize().is_ok_and(|real| seen.insert(real));
    if !new || depth == 0 {
        return;
    }
    let mut files: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().collect();
    files.sort_unstable_by_key(std::fs::DirEntry::file_name);
    for file in files {
        let Some(rest) = left.checked_sub(1) else { return };
        *left = rest;
        let (path, name) = (file.path(), file.file_name());
        let Some(name) = name.to_str() else { continue };
        if name.ends_with(".desktop") {
            found(format!("{before}{name}"), &path);
        } else if path.is_dir() {
            walk(&path, &format!("{before}{name}-"), depth - 1, seen, left, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = env::temp_dir().join(format!("deskside-{name}-{}", std::process::id()));
            std::fs::create_dir_all(folder.join("applications")).unwrap();
            Self(folder)
        }

        fn entry(&self, name: &str, text: impl AsRef<[u8]>) {
            let file = self.0.join("applications").join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn names(places: &Places) -> Vec<(String, String)> {
        places.entries("en").into_iter().map(|(id, e)| (id, e.name)).collect()
    }

    fn app(name: &str) -> String {
        format!("[Desktop Entry]\nType=Application\nName={name}\nExec=/bin/sh\n")
    }

    fn is(found: &[(String, String)], wanted: &[(&str, &str)]) {
        let found: Vec<_> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn the_persons_own_entries_stand_before_those_of_all() {
        let (own, all) = (Folder::new("own-entries"), Folder::new("all-entries"));
        own.entry("a.desktop", app("mine"));
        own.entry("c.desktop", app("gone") + "Hidden=true\n");
        for name in ["a.desktop", "b.desktop", "c.desktop", "kde/d.desktop", "e.txt"] {
            all.entry(name, app("theirs"));
        }
        let places = Places { data: vec![own.0.clone(), all.0.clone()], ..Places::default() };
        is(&names(&places), &[("a.desktop", "mine"), ("b.desktop", "theirs"), ("kde-d.desktop", "theirs")]);
    }

    #[test]
    fn garbage_large_files_pipes_and_circles_of_links_are_passed_over() {
        use std::os::unix::fs::symlink;
        let folder = Folder::new("bad-entries");
        let at = |name: &str| folder.0.join("applications").join(name);
        folder.entry("good.desktop", app("good"));
        folder.entry("garbage.desktop", (0..=255u8).cycle().take(9000).collect::<Vec<_>>());
        folder.entry("large.desktop", app("large") + &"#".repeat(1 << 20));
        folder.entry("latin.desktop", [app("caf").as_bytes(), b"Comment=caf\xe9\n"].concat());
        symlink(at("loop.desktop"), at("loop.desktop")).unwrap();
        symlink(at("nothing"), at("dangling.desktop")).unwrap();
        symlink("/dev/zero", at("zero.desktop")).unwrap();
        symlink(folder.0.join("applications"), at("again")).unwrap();
        std::fs::create_dir(at("folder.desktop")).unwrap();
        let pipe = std::ffi::CString::new(at("pipe.desktop").to_str().unwrap()).unwrap();
        // SAFETY: a path that ends in 0.
        assert_eq!(unsafe { libc::mkfifo(pipe.as_ptr(), 0o600) }, 0);
        let places = Places { data: vec![folder.0.clone()], ..Places::default() };
        is(&names(&places), &[("good.desktop", "good"), ("latin.desktop", "caf")]);
    }

    #[test]
    fn programs_are_found_by_path_and_by_name() {
        let places = Places { path: vec!["bin".into(), "/bin".into()], ..Places::default() };
        assert_eq!(places.program("sh"), Some("/bin/sh".into()));
        assert!(places.has("/bin/sh"));
        for none in ["", "/bin", "/etc/passwd", "../bin/sh", "./sh", "no such program"] {
            assert!(!places.has(none), "{none}");
        }
    }

    #[test]
    fn icons_by_path_by_theme_and_none_from_elsewhere() {
        let folder = Folder::new("icons");
        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(&mut png, 1, 1);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&[1, 2, 3]).unwrap();
        for file in
            ["icons/other/48x48/apps/one.png", "icons/hicolor/16x16/apps/two.png", "pixmaps/three.png"]
        {
            let file = folder.0.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, &png).unwrap();
        }
        let places = Places { data: vec![folder.0.clone()], ..Places::default() };
        let path = folder.0.join("pixmaps/three.png");
        for name in ["one", "two", "three", "three.png", path.to_str().unwrap()] {
            assert!(places.icon(name).is_some(), "{name}");
        }
        for name in ["", "four", "../pixmaps/three", "/dev/zero", "."] {
            assert!(places.icon(name).is_none(), "{name}");
        }
    }
}
