//! What a person chose for the windows, in a private file beside the identity.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use deskside_ui::Preferences;

use crate::kept::replace;

/// Largest file that is read, in bytes.
const MOST: u64 = 64 * 1024;

fn file(home: &Path) -> PathBuf {
    home.join("windows.json")
}

/// What was kept; as it comes when there is nothing, or nothing that can be read.
pub fn load(home: &Path) -> Preferences {
    read(&file(home)).unwrap_or_else(|e| {
        if e.kind() != io::ErrorKind::NotFound {
            tracing::warn!(error = %e, "what was chosen for the windows cannot be read");
        }
        Preferences::default()
    })
}

fn read(file: &Path) -> io::Result<Preferences> {
    let mut bytes = Vec::new();
    File::open(file)?.take(MOST).read_to_end(&mut bytes)?;
    serde_json::from_slice(&bytes).map_err(io::Error::from)
}

/// Puts it in place of what was kept.
pub fn store(home: &Path, preferences: &Preferences) -> io::Result<()> {
    std::fs::create_dir_all(home)?;
    let bytes = serde_json::to_vec(preferences).map_err(io::Error::other)?;
    replace(&file(home), &bytes, |_| Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_there_after_a_restart_and_garbage_is_harmless() {
        let home = std::env::temp_dir().join(format!("deskside-windows-{}", std::process::id()));
        assert_eq!(load(&home), Preferences::default());
        let chosen = Preferences { tabs: vec!["notes".into(), "chat".into()] };
        store(&home, &chosen).unwrap();
        assert_eq!(load(&home), chosen);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(file(&home)).unwrap().permissions().mode() & 0o077, 0);
        }
        std::fs::write(file(&home), br#"{"tabs":["chat"],"of":"a later version"}"#).unwrap();
        assert_eq!(load(&home), Preferences { tabs: vec!["chat".into()] });
        for garbage in [&b""[..], b"null", b"{\"tabs\":7}", b"[[[", &[0xff; 100], &[b'['; 100_000]] {
            std::fs::write(file(&home), garbage).unwrap();
            assert_eq!(load(&home), Preferences::default());
            store(&home, &chosen).unwrap();
            assert_eq!(load(&home), chosen);
        }
        std::fs::remove_dir_all(&home).unwrap();
    }
}
