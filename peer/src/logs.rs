//! Logs of acts as files: `<home>/logs/<number>-<me>-<key>.log`, added to and never changed.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use deskside_session::{
    ParticipantId, PublicKey, SessionNumber,
    acts::{Log, MAX_LOG, whole_lines},
};

/// Largest file that is read, in bytes: all entries with their signatures and answers.
const MAX_FILE: u64 = 4 * MAX_LOG as u64;

/// The files of one participant in one session.
pub struct Logs {
    folder: PathBuf,
    stem: String,
    last: Option<PathBuf>,
    /// Lines that could not be written yet, for the next try.
    waiting: BTreeMap<PublicKey, Vec<u8>>,
}

pub fn folder(home: &Path) -> PathBuf {
    home.join("logs")
}

impl Logs {
    /// With what is there already, from before the program was killed. A damaged file is set aside.
    pub fn open(home: &Path, number: SessionNumber, me: ParticipantId) -> (Self, Vec<Log>) {
        let stem = format!("{}-{}-", number.get(), me.0);
        let mut logs = Self { folder: folder(home), stem, last: None, waiting: BTreeMap::new() };
        let mut found = Vec::new();
        for path in files(&logs.folder) {
            let mine = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(&logs.stem));
            if !mine {
                continue;
            }
            match take_up(&path) {
                Ok(Some(log)) => {
                    logs.last = Some(path);
                    found.push(log);
                }
                Ok(None) => {}
                Err(e) => tracing::warn!(error = %e, "a log of acts cannot be taken up"),
            }
        }
        (logs, found)
    }

    /// The lines are on the disk when this returns. What cannot be written waits for [`Logs::write_waiting`].
    pub fn append(&mut self, writer: PublicKey, lines: &[u8]) -> io::Result<()> {
        self.waiting.entry(writer).or_default().extend_from_slice(lines);
        self.write_waiting()
    }

    /// Tries again what could not be written.
    pub fn write_waiting(&mut self) -> io::Result<()> {
        let mut failed = None;
        for (writer, lines) in std::mem::take(&mut self.waiting) {
            if let Err(e) = self.write(writer, &lines) {
                self.waiting.insert(writer, lines);
                failed = Some(e);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Whether all lines are on the disk.
    pub fn is_whole(&self) -> bool {
        self.waiting.is_empty()
    }

    fn write(&mut self, writer: PublicKey, lines: &[u8]) -> io::Result<()> {
        let key: String = writer.to_text().chars().take(8).collect();
        let path = self.folder.join(format!("{}{key}.log", self.stem));
        let new = !path.exists();
        if new {
            std::fs::create_dir_all(&self.folder)?;
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path)?;
        let length = file.metadata()?.len();
        let written = file.write_all(lines).and_then(|()| file.sync_data());
        if written.is_err() {
            // Half a line would make all that follows unreadable. Windows cuts no file that was opened to append.
            _ = OpenOptions::new().write(true).open(&path).and_then(|file| file.set_len(length));
        }
        written?;
        if new && cfg!(unix) {
            // The name must last as well; the lines are there, so that they must not be written again.
            let synced = File::open(&self.folder).and_then(|folder| folder.sync_all());
            _ = synced
                .inspect_err(|e| tracing::warn!(error = %e, "a new log of acts may not outlast a power cut"));
        }
        self.last = Some(path);
        Ok(())
    }

    /// The file that was added to last.
    pub fn last(&self) -> Option<&Path> {
        self.last.as_deref()
    }
}

/// Whole logs in a folder, oldest first.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let time = |p: &PathBuf| std::fs::metadata(p).and_then(|m| m.modified()).ok();
    let mut all: Vec<_> =
        entries.map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "log")).collect();
    all.sort_by_key(|p| (time(p), p.clone()));
    all
}

/// All bytes of a log.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than a log may be"));
    }
    Ok(bytes)
}

/// A log to go on with; a line that a crash tore is cut off.
fn take_up(path: &Path) -> io::Result<Option<Log>> {
    let bytes = read(path)?;
    let whole = whole_lines(&bytes);
    if whole.len() < bytes.len() {
        let file = OpenOptions::new().write(true).open(path)?;
        file.set_len(whole.len() as u64)?;
        file.sync_data()?;
    }
    match Log::read(whole) {
        Ok(log) => Ok(Some(log)),
        Err(_) if whole.is_empty() => std::fs::remove_file(path).map(|()| None),
        Err(e) => {
            tracing::error!(error = %e, "a log of acts is damaged; it is set aside");
            std::fs::rename(path, path.with_extension("damaged")).map(|()| None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskside_session::Identity;

    #[test]
    fn torn_lines_are_cut_and_damaged_files_set_aside() {
        let home = std::env::temp_dir().join(format!("deskside-logs-{}", std::process::id()));
        let number = SessionNumber::new(123_456_789).unwrap();
        let me = ParticipantId(2);
        let writer = Identity::from_seed([7; 32]).public();
        let (mut logs, found) = Logs::open(&home, number, me);
        assert!(found.is_empty() && logs.last().is_none());
        logs.append(writer, b"{\"torn").unwrap();
        let file = logs.last().unwrap().to_owned();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o077, 0);
        }
        let (mut logs, found) = Logs::open(&home, number, me);
        assert!(found.is_empty() && !file.exists(), "nothing of it was whole");
        logs.append(writer, b"nonsense\n").unwrap();
        let (_, other) = Logs::open(&home, number, ParticipantId(3));
        assert!(other.is_empty() && file.exists(), "of another participant");
        let (_, found) = Logs::open(&home, number, me);
        assert!(found.is_empty() && !file.exists());
        assert_eq!(read(&file.with_extension("damaged")).unwrap(), b"nonsense\n");
        std::fs::remove_dir_all(&home).unwrap();
    }
}
