//! The session that this program is in, kept in a private file so that one that was killed goes on with it:
//! a line of JSON, then what the core wants kept. It is removed when the session is over.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use deskside_session::{MAX_SNAPSHOT, ParticipantId, Role, SessionNumber};
use serde::{Deserialize, Serialize};

/// No server lets anybody come back after so long.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);
/// Longest first line, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// What it takes to come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub server: String,
    pub ticket: String,
    /// Of the identity key: 32 bytes as base64url.
    seed: String,
    pub role: Role,
    pub name: String,
    pub number: SessionNumber,
    pub me: ParticipantId,
}

impl Seat {
    pub fn new(
        server: &str,
        ticket: &str,
        seed: &[u8; 32],
        role: Role,
        name: &str,
        number: SessionNumber,
        me: ParticipantId,
    ) -> Self {
        let (server, ticket, name) = (server.to_owned(), ticket.to_owned(), name.to_owned());
        Self { server, ticket, seed: BASE64.encode(seed), role, name, number, me }
    }

    /// The identity's seed.
    pub fn seed(&self) -> Option<[u8; 32]> {
        BASE64.decode(&self.seed).ok()?.try_into().ok()
    }
}

/// A seat with its file; held by one program at a time.
pub struct Kept {
    pub seat: Seat,
    file: PathBuf,
    lock: Lock,
}

/// Freed by the system when the program ends, however it ends.
pub(crate) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// `None` when another program holds it.
    pub(crate) fn take(path: PathBuf) -> io::Result<Option<Self>> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { path, _file: file })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(e)) => Err(e),
        }
    }
}

fn folder(home: &Path) -> PathBuf {
    home.join("sessions")
}

impl Kept {
    /// Begins to keep a seat; nothing is written before [`Kept::write`].
    pub fn begin(home: &Path, seat: Seat) -> io::Result<Self> {
        let folder = folder(home);
        std::fs::create_dir_all(&folder)?;
        let stem = format!("{}-{}", seat.number.get(), seat.me.0);
        let lock = Lock::take(folder.join(format!("{stem}.lock")))?;
        let lock = lock.ok_or_else(|| io::Error::other("another program is in this place"))?;
        Ok(Self { seat, file: folder.join(format!("{stem}.session")), lock })
    }

    /// A session that a program of this home was in when it was killed, with what it kept. `fits`: whether this
    /// seat is wanted. Old and damaged files are removed.
    pub fn find(home: &Path, fits: impl Fn(&Seat) -> bool) -> Option<(Self, Vec<u8>)> {
        for entry in std::fs::read_dir(folder(home)).ok()?.flatten() {
            let file = entry.path();
            if file.extension().is_none_or(|e| e != "session") {
                continue;
            }
            let Ok(Some(lock)) = Lock::take(file.with_extension("lock")) else { continue };
            let young = |m: SystemTime| m.elapsed().map_or(true, |age| age < OLD);
            let fresh = entry.metadata().and_then(|m| m.modified()).is_ok_and(young);
            match read(&file).filter(|_| fresh) {
                Some((seat, state)) if fits(&seat) => return Some((Self { seat, file, lock }, state)),
                Some(_) => {}
                None => remove(&file, &lock),
            }
        }
        None
    }

    /// Keeps this instead of what was kept before; it is on the disk when this returns.
    pub fn write(&self, state: &[u8]) -> io::Result<()> {
        let head = serde_json::to_vec(&self.seat).map_err(io::Error::other)?;
        replace(&self.file, &[&head, &b"\n"[..], state].concat(), File::sync_data)
    }

    /// The session is over.
    pub fn forget(self) {
        remove(&self.file, &self.lock);
    }
}

/// Puts a private file in place of what was there; `settle` may wait until it is on the disk.
pub(crate) fn replace(
    file: &Path,
    bytes: &[u8],
    settle: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let new = file.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut f = options.open(&new)?;
    f.write_all(bytes)?;
    settle(&f)?;
    std::fs::rename(&new, file)
}

pub(crate) fn remove(file: &Path, lock: &Lock) {
    // A program that was killed while it wrote left the new file behind.
    for path in [file, &file.with_extension("new"), &lock.path] {
        if let Err(e) = std::fs::remove_file(path)
            && e.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(error = %e, "a file that is needed no more cannot be removed");
        }
    }
}

fn read(file: &Path) -> Option<(Seat, Vec<u8>)> {
    let mut bytes = Vec::new();
    let most = (MAX_HEAD + MAX_SNAPSHOT) as u64;
    File::open(file).ok()?.take(most + 1).read_to_end(&mut bytes).ok()?;
    let end = bytes.iter().take(MAX_HEAD).position(|b| *b == b'\n')?;
    let seat: Seat = serde_json::from_slice(&bytes[..end]).ok()?;
    seat.seed()?;
    let state = bytes.split_off(end + 1);
    (state.len() <= MAX_SNAPSHOT).then_some((seat, state))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(n: u32) -> Seat {
        let number = SessionNumber::new(n).unwrap();
        Seat::new("http://h", "t", &[7; 32], Role::Customer, "Zoé", number, ParticipantId(2))
    }

    fn home(name: &str) -> PathBuf {
        let home = std::env::temp_dir().join(format!("deskside-kept-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&home).unwrap();
        home
    }

    #[test]
    fn what_was_kept_is_found_by_one_program_only() {
        let home = home("found");
        let kept = Kept::begin(&home, seat(123_456_789)).unwrap();
        kept.write(b"first").unwrap();
        kept.write(b"state\nwith lines").unwrap();
        assert!(Kept::find(&home, |_| true).is_none(), "it is still in use");
        drop(kept);
        assert!(Kept::find(&home, |s| s.role == Role::Primary).is_none());
        let (kept, state) = Kept::find(&home, |s| s.role == Role::Customer).unwrap();
        assert_eq!((kept.seat.clone(), &state[..]), (seat(123_456_789), &b"state\nwith lines"[..]));
        assert_eq!(kept.seat.seed(), Some([7; 32]));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&kept.file).unwrap().permissions().mode() & 0o077, 0);
        }
        std::fs::write(kept.file.with_extension("new"), b"half").unwrap();
        kept.forget();
        assert!(Kept::find(&home, |_| true).is_none());
        assert_eq!(std::fs::read_dir(folder(&home)).unwrap().count(), 0, "nothing stays");
        std::fs::remove_dir_all(&home).unwrap();
    }

    #[test]
    fn damaged_files_are_no_session_and_do_not_stay() {
        let home = home("damaged");
        let dir = folder(&home);
        std::fs::create_dir_all(&dir).unwrap();
        for (n, bytes) in [&b""[..], b"{}\n", b"nonsense", b"\n\n", &[0xff; 70_000]].iter().enumerate() {
            std::fs::write(dir.join(format!("{n}.session")), bytes).unwrap();
        }
        assert!(Kept::find(&home, |_| true).is_none());
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0);
        std::fs::remove_dir_all(&home).unwrap();
    }
}
