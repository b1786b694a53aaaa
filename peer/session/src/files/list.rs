//! What is announced of files before any of their contents goes.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::name::{self, MAX_NAME};

/// Most files and folders of one list.
pub const MAX_ENTRIES: usize = 10_000;
/// Largest list as JSON, in bytes.
pub const MAX_LIST: usize = 2 * 1024 * 1024;
/// Longest path, in bytes of UTF-8.
pub const MAX_PATH: usize = 1024;
/// Most names in a path.
pub const MAX_DEPTH: usize = 32;
/// Most bytes of all files together: what every JSON reader takes for a whole number.
const MAX_BYTES: u64 = 1 << 53;

/// A file or a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Names separated by `/`, the first one being what the person copied.
    pub path: String,
    /// Bytes of a file; absent: a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

/// Files and folders, each folder before what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    entries: Vec<Entry>,
    /// Links and devices, which never go.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped: u32,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// Why something is no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadList {
    #[error(
        "more than {MAX_ENTRIES} files and folders, or names that are too long in all; put them into an archive"
    )]
    TooLarge,
    #[error("not a list of files")]
    Malformed,
    #[error("a path that is not allowed")]
    Path,
}

impl List {
    /// Reads what the other side announced; nothing of it is trusted.
    pub fn decode(json: &str) -> Result<Self, BadList> {
        if json.len() > MAX_LIST {
            return Err(BadList::TooLarge);
        }
        let list: Self = serde_json::from_str(json).map_err(|_| BadList::Malformed)?;
        list.check()?;
        Ok(list)
    }

    pub fn encode(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn check(&self) -> Result<(), BadList> {
        if self.entries.len() > MAX_ENTRIES {
            return Err(BadList::TooLarge);
        }
        let (mut folders, mut all) = (HashSet::new(), HashSet::new());
        let mut bytes = 0u64;
        for e in &self.entries {
            let names: Vec<_> = e.path.split('/').collect();
            if e.path.len() > MAX_PATH || names.len() > MAX_DEPTH || !names.iter().all(|n| name::is_clean(n))
            {
                return Err(BadList::Path);
            }
            let parent = e.path.rfind('/').map(|at| &e.path[..at]);
            if parent.is_some_and(|p| !folders.contains(p)) || !all.insert(name::key(&e.path)) {
                return Err(BadList::Path);
            }
            match e.size {
                None => drop(folders.insert(e.path.as_str())),
                Some(size) => bytes = bytes.saturating_add(size),
            }
        }
        if bytes > MAX_BYTES { Err(BadList::TooLarge) } else { Ok(()) }
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Of all files together.
    pub fn bytes(&self) -> u64 {
        self.entries.iter().filter_map(|e| e.size).sum()
    }

    /// Without folders.
    pub fn files(&self) -> usize {
        self.entries.iter().filter(|e| e.size.is_some()).count()
    }

    /// What the person copied, without what is inside of it.
    pub fn top(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| !e.path.contains('/'))
    }
}

/// A list while it is made: each entry gets a name that may be used, and that no other one has.
#[derive(Default)]
pub struct Draft {
    list: List,
    taken: HashSet<String>,
    next: HashMap<String, u32>,
    json: usize,
}

impl Draft {
    /// Adds a file, or a folder without `size`, under `parent` (as returned for that folder). Returns its path.
    pub fn add(&mut self, parent: Option<&str>, called: &str, size: Option<u64>) -> Result<String, BadList> {
        let called = name::clean(called);
        let under = |name: &str| parent.map_or_else(|| name.to_owned(), |p| format!("{p}/{name}"));
        let mut path = under(&called);
        let first = name::key(&path);
        while self.taken.contains(&name::key(&path)) {
            let number = self.next.entry(first.clone()).and_modify(|n| *n += 1).or_insert(2);
            path = under(&name::numbered(&called, *number));
        }
        self.json += path.len() + 40 + path.matches(['"', '\\']).count();
        let deep = path.len() > MAX_PATH || path.split('/').count() > MAX_DEPTH;
        if deep || self.list.entries.len() >= MAX_ENTRIES || self.json + 40 > MAX_LIST {
            return Err(BadList::TooLarge);
        }
        self.taken.insert(name::key(&path));
        self.list.entries.push(Entry { path: path.clone(), size });
        Ok(path)
    }

    /// A link or a device, which does not go.
    pub fn skip(&mut self) {
        self.list.skipped = self.list.skipped.saturating_add(1);
    }

    pub fn list(self) -> List {
        self.list
    }
}

const _: () = assert!(MAX_NAME < MAX_PATH);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(entries: &[(&str, Option<u64>)]) -> Result<List, BadList> {
        let entries = entries.iter().map(|(p, size)| Entry { path: (*p).into(), size: *size }).collect();
        List::decode(&List { entries, skipped: 0 }.encode())
    }

    #[test]
    fn the_bytes_of_a_list() {
        let mut draft = Draft::default();
        let folder = draft.add(None, "photos", None).unwrap();
        draft.add(Some(&folder), "a.jpg", Some(7)).unwrap();
        draft.skip();
        let list = draft.list();
        let json = r#"{"entries":[{"path":"photos"},{"path":"photos/a.jpg","size":7}],"skipped":1}"#;
        assert_eq!(list.encode(), json);
        assert_eq!(List::decode(json), Ok(list.clone()));
        assert_eq!((list.bytes(), list.files(), list.top().count()), (7, 1, 1));
    }

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        for path in [
            "..",
            "../x",
            "a/../../x",
            "/etc/passwd",
            "a//b",
            "a/",
            "",
            ".",
            "C:\\x",
            "a\\..\\b",
            "nul",
            "a\0",
            "folder/./x",
            "\u{202e}x",
        ] {
            let under = [("a", None), ("folder", None), (path, Some(1))];
            assert_eq!(read(&under), Err(BadList::Path), "{path:?}");
        }
        assert!(read(&[("a", None), ("a/b", Some(1))]).is_ok());
        assert_eq!(read(&[("a/b", Some(1))]), Err(BadList::Path), "a folder that was not named");
        assert_eq!(read(&[("a", Some(1)), ("a/b", Some(1))]), Err(BadList::Path), "a file as a folder");
        assert_eq!(read(&[("a", Some(1)), ("A", Some(1))]), Err(BadList::Path), "the same on some systems");
        assert_eq!(read(&[("a", None), ("a", Some(1))]), Err(BadList::Path));
        let deep = (0..40).map(|_| "d").collect::<Vec<_>>().join("/");
        assert_eq!(read(&[(&deep, None)]), Err(BadList::Path));
        assert_eq!(read(&[("a", Some(u64::MAX)), ("b", Some(u64::MAX))]), Err(BadList::TooLarge));
    }

    #[test]
    fn too_much_is_refused() {
        let many: Vec<_> =
            (0..=MAX_ENTRIES).map(|i| Entry { path: format!("f{i}"), size: Some(0) }).collect();
        let list = List { entries: many, skipped: 0 };
        assert_eq!(List::decode(&list.encode()), Err(BadList::TooLarge));
        assert_eq!(List::decode(&" ".repeat(MAX_LIST + 1)), Err(BadList::TooLarge));
        let mut draft = Draft::default();
        for i in 0..MAX_ENTRIES {
            draft.add(None, &format!("f{i}"), Some(1)).unwrap();
        }
        assert_eq!(draft.add(None, "more", Some(1)), Err(BadList::TooLarge));
        assert!(List::decode(&draft.list().encode()).is_ok());
    }

    #[test]
    fn files_of_one_name_get_numbers() {
        let mut draft = Draft::default();
        let names: Vec<_> =
            ["a.txt", "A.TXT", "a.txt", "a (2).txt"].map(|n| draft.add(None, n, Some(0)).unwrap()).into();
        assert_eq!(names, ["a.txt", "A (2).TXT", "a (3).txt", "a (2) (2).txt"]);
        assert!(List::decode(&draft.list().encode()).is_ok());
    }

    proptest! {
        #[test]
        fn garbage_is_refused(json in "\\PC{0,200}") {
            let _ = List::decode(&json);
        }

        #[test]
        fn whatever_is_copied_makes_a_list_that_is_taken(names in proptest::collection::vec(".{0,40}", 0..30)) {
            let mut draft = Draft::default();
            let folder = draft.add(None, "folder", None).unwrap();
            for (i, name) in names.iter().enumerate() {
                let parent = (i % 2 == 0).then_some(folder.as_str());
                draft.add(parent, name, Some(i as u64)).unwrap();
            }
            let list = draft.list();
            prop_assert_eq!(List::decode(&list.encode()), Ok(list));
        }
    }
}
