//! Files of this computer that the other side may ask for.

use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use cap_fs_ext::DirExt as _;
use cap_std::{
    ambient_authority,
    fs::{Dir, File},
};
use deskside_session::files::{BadList, Draft, List, Stopped};

/// Why copied files cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error("{0}")]
    List(#[from] BadList),
    #[error("a copied file or folder cannot be read: {0}")]
    Read(#[from] io::Error),
}

/// Where the entries of a list are.
pub struct Sources {
    list: Arc<List>,
    /// For each entry: the folder that holds it, by its place in `folders`, and its name there.
    places: Vec<(usize, PathBuf)>,
    folders: Vec<Folder>,
}

enum Folder {
    /// Of something that was copied; held open.
    Held(Arc<Dir>),
    /// Within another one.
    In(usize, PathBuf),
}

/// Lists what there is at these places; links and devices are counted and left out.
pub fn scan(paths: &[PathBuf]) -> Result<Sources, ScanError> {
    let mut scan = Scan { draft: Draft::default(), places: Vec::new(), folders: Vec::new() };
    // What is copied is mostly from one folder, which is held open once.
    let mut last: Option<(&Path, usize, Arc<Dir>)> = None;
    for path in paths {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            scan.draft.skip();
            continue;
        };
        let (folder, dir) = match &last {
            Some((at, folder, dir)) if *at == parent => (*folder, dir.clone()),
            _ => {
                let dir = Arc::new(Dir::open_ambient_dir(parent, ambient_authority())?);
                scan.folders.push(Folder::Held(dir.clone()));
                (scan.folders.len() - 1, dir)
            }
        };
        scan.add(&dir, folder, Path::new(name), None)?;
        last = Some((parent, folder, dir));
    }
    Ok(Sources { list: Arc::new(scan.draft.list()), places: scan.places, folders: scan.folders })
}

struct Scan {
    draft: Draft,
    places: Vec<(usize, PathBuf)>,
    folders: Vec<Folder>,
}

impl Scan {
    fn add(&mut self, dir: &Dir, folder: usize, name: &Path, parent: Option<&str>) -> Result<(), ScanError> {
        let found = dir.symlink_metadata(name)?;
        let called = name.to_string_lossy();
        if found.is_file() {
            self.draft.add(parent, &called, Some(found.len()))?;
            self.places.push((folder, name.into()));
        } else if found.is_dir() {
            let inner = dir.open_dir_nofollow(name)?;
            let path = self.draft.add(parent, &called, None)?;
            self.places.push((folder, name.into()));
            self.folders.push(Folder::In(folder, name.into()));
            let here = self.folders.len() - 1;
            let mut names = inner.entries()?.map(|e| Ok(e?.file_name())).collect::<io::Result<Vec<_>>>()?;
            names.sort_unstable();
            for name in names {
                self.add(&inner, here, Path::new(&name), Some(&path))?;
            }
        } else {
            self.draft.skip();
        }
        Ok(())
    }
}

impl Sources {
    pub fn list(&self) -> &Arc<List> {
        &self.list
    }

    fn open(&self, folder: usize) -> io::Result<Arc<Dir>> {
        match self.folders.get(folder) {
            Some(Folder::Held(dir)) => Ok(dir.clone()),
            Some(Folder::In(outer, name)) => Ok(Arc::new(self.open(*outer)?.open_dir_nofollow(name)?)),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// Reads the entries of a list, one after the other.
pub struct Reader {
    sources: Arc<Sources>,
    /// The folder that was used last.
    folder: Option<(usize, Arc<Dir>)>,
    open: Option<Open>,
}

struct Open {
    entry: u32,
    file: File,
    len: u64,
    modified: Option<SystemTime>,
}

impl Reader {
    pub fn new(sources: Arc<Sources>) -> Self {
        Self { sources, folder: None, open: None }
    }

    /// Adds the next bytes of an entry to an empty buffer, at most so many; none at its end. A file that is not what was
    /// listed, or changes while it is read, is refused.
    pub fn read(&mut self, entry: u32, most: usize, into: &mut Vec<u8>) -> Result<(), Stopped> {
        if self.open.as_ref().is_none_or(|o| o.entry != entry) {
            self.open = Some(self.begin(entry)?);
        }
        let Some(open) = &mut self.open else { return Err(Stopped::Other) };
        into.clear();
        let read = (&mut open.file).take(most as u64).read_to_end(into);
        read.map_err(|_| Stopped::Unreadable { entry })?;
        if into.len() < most {
            let found = open.file.metadata().map_err(|_| Stopped::Unreadable { entry })?;
            let modified = found.modified().ok().map(|t| t.into_std());
            if found.len() != open.len || modified != open.modified {
                return Err(Stopped::Changed { entry });
            }
        }
        Ok(())
    }

    fn begin(&mut self, entry: u32) -> Result<Open, Stopped> {
        let unreadable = |e: io::Error| match e.kind() {
            io::ErrorKind::NotFound => Stopped::Changed { entry },
            _ => Stopped::Unreadable { entry },
        };
        let (folder, name) = self.sources.places.get(entry as usize).ok_or(Stopped::Other)?;
        let dir = match &self.folder {
            Some((at, dir)) if at == folder => dir.clone(),
            _ => self.sources.open(*folder).map_err(unreadable)?,
        };
        self.folder = Some((*folder, dir.clone()));
        let file = dir.open_with(name, &super::reading()).map_err(unreadable)?;
        let found = file.metadata().map_err(unreadable)?;
        let size = self.sources.list.entries().get(entry as usize).and_then(|e| e.size);
        if !found.is_file() || Some(found.len()) != size {
            return Err(Stopped::Changed { entry });
        }
        let modified = found.modified().ok().map(|t| t.into_std());
        Ok(Open { entry, file, len: found.len(), modified })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    // Only an administrator of Windows makes links, and pipes have no place in its folders.
    #[cfg(unix)]
    use std::os::unix::fs::symlink;

    use super::*;

    fn all(sources: Sources) -> Result<Vec<(String, Vec<u8>)>, Stopped> {
        let list = sources.list().clone();
        let mut reader = Reader::new(Arc::new(sources));
        let mut files = Vec::new();
        for (i, e) in (0u32..).zip(list.entries()).filter(|(_, e)| e.size.is_some()) {
            let (mut contents, mut part) = (Vec::new(), Vec::new());
            loop {
                reader.read(i, 1000, &mut part)?;
                if part.is_empty() {
                    break;
                }
                contents.extend_from_slice(&part);
            }
            files.push((e.path.clone(), contents));
        }
        Ok(files)
    }

    #[test]
    fn folders_come_with_what_is_in_them_but_links_and_pipes() {
        let home = tempfile::tempdir().unwrap();
        let at = home.path().join("a folder");
        fs::create_dir_all(at.join("inner")).unwrap();
        fs::write(at.join("big"), vec![7; 2500]).unwrap();
        fs::write(at.join("inner/empty"), "").unwrap();
        let mut copied = vec![at.clone()];
        if cfg!(unix) {
            copied.push(home.path().join("copied link"));
        }
        #[cfg(unix)]
        {
            let secret = home.path().join("secret");
            fs::write(&secret, "secret").unwrap();
            symlink(&secret, at.join("link")).unwrap();
            symlink(home.path(), at.join("inner/up")).unwrap();
            let pipe = std::process::Command::new("mkfifo").arg(at.join("pipe")).status().unwrap();
            assert!(pipe.success());
            symlink(&secret, &copied[1]).unwrap();
        }
        let sources = scan(&copied).unwrap();
        let paths: Vec<_> = sources.list().entries().iter().map(|e| e.path.as_str()).collect();
        assert_eq!(paths, ["a folder", "a folder/big", "a folder/inner", "a folder/inner/empty"]);
        assert_eq!(sources.list().skipped, if cfg!(unix) { 4 } else { 0 });
        let files = all(sources).unwrap();
        assert_eq!(files[0], ("a folder/big".to_owned(), vec![7; 2500]));
        assert_eq!(files[1], ("a folder/inner/empty".to_owned(), vec![]));
    }

    /// What becomes of a folder between the listing and the reading.
    fn swapped(swap: impl Fn(&Path)) -> Result<Vec<(String, Vec<u8>)>, Stopped> {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("secrets")).unwrap();
        fs::write(home.path().join("secrets/file"), "1234").unwrap();
        fs::create_dir(home.path().join("folder")).unwrap();
        fs::write(home.path().join("folder/file"), "abcd").unwrap();
        let sources = scan(&[home.path().join("folder")]).unwrap();
        swap(home.path());
        all(sources)
    }

    #[test]
    fn what_was_swapped_meanwhile_does_not_go() {
        assert_eq!(swapped(|_| ()).unwrap()[0].1, b"abcd");
        let entry = 1;
        assert_eq!(
            swapped(|h| fs::write(h.join("folder/file"), "abcde").unwrap()),
            Err(Stopped::Changed { entry })
        );
        assert_eq!(
            swapped(|h| fs::remove_file(h.join("folder/file")).unwrap()),
            Err(Stopped::Changed { entry })
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_became_a_link_or_a_pipe_meanwhile_does_not_go() {
        let entry = 1;
        let link = |home: &Path| {
            fs::remove_file(home.join("folder/file")).unwrap();
            symlink(home.join("secrets/file"), home.join("folder/file")).unwrap();
        };
        assert_eq!(swapped(link), Err(Stopped::Unreadable { entry }));
        let folder = |home: &Path| {
            fs::rename(home.join("folder"), home.join("moved")).unwrap();
            symlink(home.join("secrets"), home.join("folder")).unwrap();
        };
        assert_eq!(swapped(folder), Err(Stopped::Unreadable { entry }));
        let pipe = |home: &Path| {
            fs::remove_file(home.join("folder/file")).unwrap();
            let made = std::process::Command::new("mkfifo").arg(home.join("folder/file")).status().unwrap();
            assert!(made.success());
        };
        assert_eq!(swapped(pipe), Err(Stopped::Changed { entry }));
    }

    #[test]
    fn what_grows_while_it_is_read_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("log");
        fs::write(&path, vec![1; 3000]).unwrap();
        let mut reader = Reader::new(Arc::new(scan(std::slice::from_ref(&path)).unwrap()));
        let mut part = Vec::new();
        assert_eq!(reader.read(0, 2000, &mut part), Ok(()));
        fs::write(&path, vec![2; 3001]).unwrap();
        assert_eq!(reader.read(0, 2000, &mut part), Err(Stopped::Changed { entry: 0 }));
    }
}
