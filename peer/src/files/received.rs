//! The private folder for files that were pasted from the other side; it goes with the session.

use std::{
    io,
    path::{Path, PathBuf},
};

use deskside_session::SessionNumber;

use crate::kept::Lock;

/// A folder in the user's cache that nobody else may see. What a killed program left is removed by the next one.
pub struct Received {
    folder: PathBuf,
    lock: PathBuf,
    held: Option<Lock>,
    fetches: u32,
}

impl Received {
    /// The folder of all sessions of this user.
    pub fn base() -> Option<PathBuf> {
        Some(dirs::cache_dir()?.join("deskside").join("received"))
    }

    pub fn new(base: &Path, number: SessionNumber) -> io::Result<Self> {
        private(base)?;
        for again in 0..100 {
            let name = format!("{}-{}-{again}", number.get(), std::process::id());
            let (folder, lock) = (base.join(&name), base.join(name + ".lock"));
            let Some(held) = Lock::take(lock.clone())? else { continue };
            private(&folder)?;
            return Ok(Self { folder, lock, held: Some(held), fetches: 0 });
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Where the next files go: the folder, and the name of a new one in it.
    pub fn next(&mut self) -> (PathBuf, String) {
        self.fetches += 1;
        (self.folder.clone(), self.fetches.to_string())
    }

    /// Removes what programs left that were killed.
    pub fn sweep(base: &Path) {
        let Ok(entries) = std::fs::read_dir(base) else { return };
        for lock in entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "lock"))
        {
            if let Ok(Some(held)) = Lock::take(lock.clone()) {
                remove(&lock.with_extension(""), &lock, held);
            }
        }
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            remove(&self.folder, &self.lock, held);
        }
    }
}

fn remove(folder: &Path, lock: &Path, held: Lock) {
    if let Err(e) = std::fs::remove_dir_all(folder)
        && e.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(error = %e, "received files cannot be removed");
    }
    let _ = std::fs::remove_file(lock);
    drop(held);
}

fn private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_goes_with_its_session_or_with_the_next_program() {
        let base = std::env::temp_dir().join(format!("deskside-received-{}", std::process::id()));
        let number = SessionNumber::new(123_456_789).expect("a number");
        let (mut one, two) =
            (Received::new(&base, number).expect("made"), Received::new(&base, number).expect("made"));
        let (folder, name) = one.next();
        std::fs::create_dir(folder.join(&name)).expect("made");
        std::fs::write(folder.join(&name).join("file"), "x").expect("written");
        // As a killed program leaves it.
        std::fs::create_dir(base.join("left")).expect("made");
        std::fs::write(base.join("left.lock"), "").expect("written");
        Received::sweep(&base);
        assert!(!base.join("left").exists() && folder.join(&name).join("file").exists());
        drop((one, two));
        assert_eq!(std::fs::read_dir(&base).expect("there").count(), 0);
        std::fs::remove_dir_all(&base).expect("removed");
    }
}
