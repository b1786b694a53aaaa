//! Where received files go.

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use cap_std::{
    ambient_authority,
    fs::{Dir, File},
};
use deskside_session::files::{List, Stopped, numbered};

/// So much is left free on the disk.
const KEPT_FREE: u64 = 64 << 20;
/// Files of one name that may be in a folder already.
const MOST_NUMBERS: u32 = 10_000;

/// Why files cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the disk has no room for the files")]
    Full,
    #[error("the files cannot be written: {0}")]
    Write(#[source] io::Error),
}

impl From<io::Error> for StoreError {
    fn from(e: io::Error) -> Self {
        match e.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::Full
            }
            _ => Self::Write(e),
        }
    }
}

impl From<StoreError> for Stopped {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Full => Self::DiskFull,
            StoreError::Write(_) => Self::Unwritable,
        }
    }
}

/// Writes the files of one list into a new folder; what is not finished is removed when this is dropped.
pub struct Store {
    folder: PathBuf,
    outer: Dir,
    /// The name of the new folder within the outer one.
    name: String,
    /// There until all is written: Windows removes and moves no folder that is held open.
    inner: Option<Dir>,
    /// In the end the files move from the new folder into the outer one.
    moves: bool,
    open: Option<(u32, File)>,
    finished: bool,
}

impl Store {
    /// The files stay in a new folder of this name in `folder`, which only its owner may see.
    pub fn private(folder: &Path, name: &str, bytes: u64) -> Result<Self, StoreError> {
        Self::new(folder, name.to_owned(), false, bytes)
    }

    /// The files go into `folder`, under other names where theirs are taken.
    pub fn beside(folder: &Path, bytes: u64) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder)?;
        let name = format!(".deskside-{}-{:08x}.part", std::process::id(), random());
        Self::new(folder, name, true, bytes)
    }

    fn new(folder: &Path, name: String, moves: bool, bytes: u64) -> Result<Self, StoreError> {
        let outer = Dir::open_ambient_dir(folder, ambient_authority())?;
        if free(&outer, folder).is_some_and(|free| bytes.saturating_add(KEPT_FREE) > free) {
            return Err(StoreError::Full);
        }
        outer.create_dir_with(&name, &super::private_folder())?;
        let inner = outer.open_dir(&name)?;
        Ok(Self {
            folder: folder.into(),
            outer,
            name,
            inner: Some(inner),
            moves,
            open: None,
            finished: false,
        })
    }

    fn inner(&self) -> io::Result<&Dir> {
        self.inner.as_ref().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Makes all folders of the list.
    pub fn begin(&mut self, list: &List) -> Result<(), StoreError> {
        for e in list.entries().iter().filter(|e| e.size.is_none()) {
            self.inner()?.create_dir_with(&e.path, &super::private_folder())?;
        }
        Ok(())
    }

    fn file(&mut self, list: &List, entry: u32) -> Result<&mut File, StoreError> {
        if self.open.as_ref().is_none_or(|(e, _)| *e != entry) {
            let path = list.entries().get(entry as usize).map(|e| e.path.as_str()).unwrap_or_default();
            self.open = Some((entry, self.inner()?.open_with(path, &super::making())?));
        }
        match &mut self.open {
            Some((_, file)) => Ok(file),
            None => Err(io::Error::from(io::ErrorKind::NotFound).into()),
        }
    }

    pub fn write(&mut self, list: &List, entry: u32, bytes: &[u8]) -> Result<(), StoreError> {
        Ok(self.file(list, entry)?.write_all(bytes)?)
    }

    /// Nothing follows for this file.
    pub fn close(&mut self, list: &List, entry: u32) -> Result<(), StoreError> {
        let file = self.file(list, entry)?;
        // A power cut must not leave a name with nothing behind it.
        if list.entries().get(entry as usize).is_some_and(|e| !e.path.contains('/')) {
            file.sync_all()?;
        }
        self.open = None;
        Ok(())
    }

    /// All files are there: where each of those is that the person copied.
    pub fn finish(mut self, list: &List) -> Result<Vec<PathBuf>, StoreError> {
        self.open = None;
        if !self.moves {
            self.finished = true;
            let home = self.folder.join(&self.name);
            return Ok(list.top().map(|e| home.join(&e.path)).collect());
        }
        let mut numbers = BTreeMap::new();
        let mut paths = Vec::new();
        for e in list.top() {
            let folder = e.size.is_none();
            let name = self.claim(&e.path, folder, numbers.entry(e.path.clone()).or_insert(1))?;
            if let Err(why) = self.take_place(&e.path, &name, folder) {
                let free = if folder { self.outer.remove_dir(&name) } else { self.outer.remove_file(&name) };
                tracing::debug!(?free, "what was claimed is given up");
                return Err(why.into());
            }
            paths.push(self.folder.join(name));
        }
        self.finished = true;
        self.clear();
        Ok(paths)
    }

    /// Moves it to the place that was claimed. Windows replaces files, but no folders.
    fn take_place(&self, from: &str, to: &str, folder: bool) -> io::Result<()> {
        if folder && cfg!(windows) {
            self.outer.remove_dir(to)?;
        }
        self.inner()?.rename(from, &self.outer, to)
    }

    fn clear(&mut self) {
        (self.open, self.inner) = (None, None);
        if let Err(e) = self.outer.remove_dir_all(&self.name) {
            tracing::debug!(error = %e, "the folder of what was received is gone already");
        }
    }

    /// Makes an empty file or folder of a name that nothing has.
    fn claim(&self, name: &str, folder: bool, number: &mut u32) -> Result<String, StoreError> {
        loop {
            let tried = if *number == 1 { name.to_owned() } else { numbered(name, *number) };
            let made = if folder {
                self.outer.create_dir_with(&tried, &super::private_folder())
            } else {
                self.outer.open_with(&tried, &super::making()).map(drop)
            };
            match made {
                Ok(()) => return Ok(tried),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && *number < MOST_NUMBERS => *number += 1,
                Err(e) => return Err(e.into()),
            }
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if !self.finished {
            self.clear();
        }
    }
}

/// Bytes that this user may still write in a folder that is held open; none where the system does not say.
#[cfg(unix)]
fn free(dir: &Dir, _: &Path) -> Option<u64> {
    let found = rustix::fs::fstatvfs(dir).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// The same, of the folder's name: Windows does not ask a folder itself.
#[cfg(windows)]
fn free(_: &Dir, folder: &Path) -> Option<u64> {
    use std::os::windows::ffi::OsStrExt as _;
    use windows_sys::Win32::Storage::FileSystem::GetDiskFreeSpaceExW;
    // The name of a share must end like this, and any other one may.
    let name: Vec<u16> = folder.as_os_str().encode_wide().chain([u16::from(b'\\'), 0]).collect();
    let mut bytes = 0;
    // SAFETY: the name ends with a zero, and the call writes one number.
    let said = unsafe {
        GetDiskFreeSpaceExW(name.as_ptr(), &raw mut bytes, std::ptr::null_mut(), std::ptr::null_mut())
    };
    (said != 0).then_some(bytes)
}

/// Keeps two programs of this user apart; nothing secret hangs on it.
fn random() -> u32 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |d| d.subsec_nanos())
}

#[cfg(test)]
mod tests {
    use std::fs;
    // Only an administrator of Windows makes links, and who may read a file is not in its mode there.
    #[cfg(unix)]
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use deskside_session::files::Draft;

    use super::*;

    fn list() -> List {
        let mut draft = Draft::default();
        let folder = draft.add(None, "folder", None).unwrap();
        draft.add(Some(&folder), "inner.txt", Some(5)).unwrap();
        draft.add(None, "script.sh", Some(2)).unwrap();
        draft.add(None, "empty", Some(0)).unwrap();
        draft.list()
    }

    fn fill(store: &mut Store, list: &List) {
        store.begin(list).unwrap();
        store.write(list, 1, b"inner").unwrap();
        store.close(list, 1).unwrap();
        store.write(list, 2, b"#").unwrap();
        store.write(list, 2, b"!").unwrap();
        store.close(list, 2).unwrap();
        store.close(list, 3).unwrap();
    }

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn private_files_are_nobody_elses_and_cannot_be_run() {
        let (home, list) = (tempfile::tempdir().unwrap(), list());
        let mut store = Store::private(home.path(), "1", list.bytes()).unwrap();
        fill(&mut store, &list);
        let paths = store.finish(&list).unwrap();
        let at = home.path().join("1");
        assert_eq!(paths, [at.join("folder"), at.join("script.sh"), at.join("empty")]);
        assert_eq!(fs::read(at.join("folder/inner.txt")).unwrap(), b"inner");
        assert_eq!(fs::read(at.join("script.sh")).unwrap(), b"#!");
        #[cfg(unix)]
        {
            assert_eq!([mode(&at), mode(&at.join("folder"))], [0o700; 2]);
            assert_eq!([mode(&paths[1]), mode(&paths[2]), mode(&at.join("folder/inner.txt"))], [0o600; 3]);
        }
    }

    #[test]
    fn nothing_is_overwritten_and_no_link_is_followed() {
        let (home, list) = (tempfile::tempdir().unwrap(), list());
        let at = |name: &str| home.path().join(name);
        fs::write(at("script.sh"), "mine").unwrap();
        fs::create_dir(at("folder")).unwrap();
        #[cfg(unix)]
        symlink(at("elsewhere"), at("empty")).unwrap();
        #[cfg(windows)]
        fs::write(at("empty"), "").unwrap();
        for round in 2..4 {
            let mut store = Store::beside(home.path(), list.bytes()).unwrap();
            fill(&mut store, &list);
            let names =
                [format!("folder ({round})"), format!("script ({round}).sh"), format!("empty ({round})")];
            assert_eq!(store.finish(&list).unwrap(), names.map(|n| at(&n)));
        }
        assert_eq!(fs::read(at("script.sh")).unwrap(), b"mine");
        assert_eq!(fs::read(at("script (2).sh")).unwrap(), b"#!");
        assert_eq!(fs::read(at("folder (3)/inner.txt")).unwrap(), b"inner");
        assert!(!at("elsewhere").exists());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 9, "nothing else is left");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_swapped_for_a_link_leads_nowhere() {
        let (home, list, outside) = (tempfile::tempdir().unwrap(), list(), tempfile::tempdir().unwrap());
        let mut store = Store::private(home.path(), "1", list.bytes()).unwrap();
        store.begin(&list).unwrap();
        fs::remove_dir(home.path().join("1/folder")).unwrap();
        symlink(outside.path(), home.path().join("1/folder")).unwrap();
        assert!(store.write(&list, 1, b"inner").is_err());
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_given_up_is_removed_and_what_cannot_fit_is_not_begun() {
        let (home, list) = (tempfile::tempdir().unwrap(), list());
        let mut store = Store::beside(home.path(), list.bytes()).unwrap();
        store.begin(&list).unwrap();
        store.write(&list, 1, b"in").unwrap();
        drop(store);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
        assert!(matches!(Store::private(home.path(), "1", 1 << 60), Err(StoreError::Full)));
        assert!(matches!(Store::private(home.path(), "1", u64::MAX), Err(StoreError::Full)));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
