//! Notes that the server does not have yet, each in a private file, so that a program that is killed loses none.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use deskside_protocol::records::{LONGEST_NOTES, Notes};
use deskside_session::SessionNumber;
use serde::{Deserialize, Serialize};

use crate::kept::{Lock, remove, replace};

/// Largest file that is read, in bytes: three texts whose letters may all be escaped.
const MOST: u64 = 3 * 6 * LONGEST_NOTES as u64 + 16 * 1024;

/// Notes of one session, as the person wants them and as the server has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub server: String,
    /// Name of the account that wrote them.
    pub account: String,
    pub number: SessionNumber,
    /// What the server had last.
    pub base: Notes,
    /// Was sent, and no answer came: the server may have it or not.
    pub sending: Option<String>,
    pub text: String,
}

impl Draft {
    pub fn new(server: &str, account: &str, number: SessionNumber) -> Self {
        let (server, account) = (server.to_owned(), account.to_owned());
        Self { server, account, number, base: Notes::default(), sending: None, text: String::new() }
    }

    /// Whether the server has all of it.
    pub fn is_saved(&self) -> bool {
        self.sending.is_none() && self.text == self.base.text
    }

    /// What to save next. Until an answer comes it is the same: the server takes the same text twice.
    pub fn next(&mut self) -> Option<Notes> {
        if self.is_saved() {
            return None;
        }
        let text = self.sending.get_or_insert_with(|| self.text.clone()).clone();
        Some(Notes { version: self.base.version.saturating_add(1), text })
    }

    /// The server has what was sent.
    pub fn saved(&mut self, version: u32) {
        if let Some(text) = self.sending.take() {
            self.base = Notes { version, text };
        }
    }

    /// The server has this, by somebody else or from an earlier start: lines that are new in it are kept.
    pub fn loaded(&mut self, theirs: Notes) {
        let merged = merged(&self.base.text, &self.text, &theirs.text);
        if merged.len() <= LONGEST_NOTES {
            self.text = merged;
        }
        (self.base, self.sending) = (theirs, None);
    }
}

/// Mine, with the lines that others added since `base`.
fn merged(base: &str, mine: &str, theirs: &str) -> String {
    if mine == base {
        return theirs.to_owned();
    }
    let known = |line: &&str| base.lines().chain(mine.lines()).any(|l| l == *line);
    let added = theirs.lines().filter(|l| !known(l));
    Some(mine).filter(|m| !m.is_empty()).into_iter().chain(added).collect::<Vec<_>>().join("\n")
}

/// The file of a draft; held by one program at a time.
pub struct DraftFile {
    file: PathBuf,
    lock: Lock,
}

impl DraftFile {
    /// Nothing is written before [`DraftFile::write`].
    pub fn begin(home: &Path, draft: &Draft) -> io::Result<Self> {
        let folder = folder(home);
        std::fs::create_dir_all(&folder)?;
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let server: String = draft.server.chars().take(100).map(plain).collect();
        let file = folder.join(format!("{}-{server}.notes", draft.number.get()));
        let lock = Lock::take(file.with_extension("lock"))?;
        let lock = lock.ok_or_else(|| io::Error::other("another program has notes of this session"))?;
        Ok(Self { file, lock })
    }

    /// Those that fit and that no program holds. Damaged ones stay where they are.
    pub fn find(home: &Path, fits: impl Fn(&Draft) -> bool) -> Vec<(Self, Draft)> {
        let entries = std::fs::read_dir(folder(home)).into_iter().flatten().flatten();
        let files = entries.map(|e| e.path()).filter(|f| f.extension().is_some_and(|e| e == "notes"));
        files
            .filter_map(|file| {
                let lock = Lock::take(file.with_extension("lock")).ok().flatten()?;
                let draft = read(&file).filter(&fits)?;
                Some((Self { file, lock }, draft))
            })
            .collect()
    }

    /// Keeps this instead of what was kept before. It outlives the program at once; a computer that loses its power
    /// may lose the last moments, which are at the server a second later.
    pub fn write(&self, draft: &Draft) -> io::Result<()> {
        let bytes = serde_json::to_vec(draft).map_err(io::Error::other)?;
        replace(&self.file, &bytes, |_| Ok(()))
    }

    /// The server has it.
    pub fn forget(self) {
        remove(&self.file, &self.lock);
    }
}

fn folder(home: &Path) -> PathBuf {
    home.join("notes")
}

fn read(file: &Path) -> Option<Draft> {
    let mut bytes = Vec::new();
    File::open(file).ok()?.take(MOST).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft::new("http://h:1", "Ana", SessionNumber::new(123_456_789).unwrap())
    }

    #[test]
    fn what_is_not_saved_yet_is_found_by_one_program_only() {
        let home = tempfile();
        let written = Draft { text: "Printer\nblue".into(), ..draft() };
        let file = DraftFile::begin(&home, &written).unwrap();
        file.write(&written).unwrap();
        assert!(DraftFile::find(&home, |_| true).is_empty(), "it is still in use");
        drop(file);
        assert!(DraftFile::find(&home, |d| d.account == "Bob").is_empty());
        let mut found = DraftFile::find(&home, |d| d.account == "Ana");
        let (file, found) = found.remove(0);
        assert_eq!(found, written);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file.file).unwrap().permissions().mode() & 0o077, 0);
        }
        file.forget();
        assert!(DraftFile::find(&home, |_| true).is_empty());
        std::fs::remove_dir_all(&home).unwrap();
    }

    fn tempfile() -> PathBuf {
        let home = std::env::temp_dir().join(format!("deskside-drafts-{}", std::process::id()));
        std::fs::create_dir_all(&home).unwrap();
        home
    }

    #[test]
    fn the_same_is_sent_until_an_answer_comes() {
        let mut d = Draft { text: "a".into(), ..draft() };
        assert_eq!(d.next(), Some(Notes { version: 1, text: "a".into() }));
        d.text = "ab".into();
        assert_eq!(d.next(), Some(Notes { version: 1, text: "a".into() }));
        d.saved(1);
        assert_eq!(d.next(), Some(Notes { version: 2, text: "ab".into() }));
        d.saved(2);
        assert_eq!((d.next(), d.is_saved()), (None, true));
    }

    #[test]
    fn lines_of_others_are_kept() {
        for (base, mine, theirs, merged) in [
            ("", "", "theirs", "theirs"),
            ("", "mine", "", "mine"),
            ("", "mine", "theirs", "mine\ntheirs"),
            ("a", "a\nb", "a\nc", "a\nb\nc"),
            ("a", "", "a\nc", "c"),
            ("a\nb", "a2\nb", "a\nb", "a2\nb"),
        ] {
            assert_eq!(super::merged(base, mine, theirs), merged, "{base:?} {mine:?} {theirs:?}");
        }
        let mut d = Draft { text: "mine".into(), ..draft() };
        d.next();
        d.loaded(Notes { version: 7, text: "theirs".into() });
        assert_eq!(d.next(), Some(Notes { version: 8, text: "mine\ntheirs".into() }));
    }
}
