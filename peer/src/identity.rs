//! The key that says who this peer is, kept in a file that only its owner can read.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Reads the 32-byte seed of the identity key, or makes and keeps a new one.
pub fn load(home: &Path) -> io::Result<[u8; 32]> {
    let file = home.join("identity");
    match std::fs::read(&file) {
        Ok(bytes) => bytes.try_into().map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{} is not an identity key", file.display()))
        }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let seed = fresh()?;
            std::fs::create_dir_all(home)?;
            write_private(&file, &seed)?;
            Ok(seed)
        }
        Err(e) => Err(e),
    }
}

/// Bytes from the system's random source.
pub fn fresh<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| io::Error::other(e.to_string()))?;
    Ok(bytes)
}

fn write_private(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut f = options.open(file)?;
    f.write_all(bytes)?;
    f.sync_all()
}

/// The folder for this person's settings.
pub fn default_home() -> PathBuf {
    let var = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if cfg!(windows)
        && let Some(dir) = var("APPDATA")
    {
        return dir.join("Deskside");
    }
    var("XDG_CONFIG_HOME")
        .or_else(|| var("HOME").map(|h| h.join(".config")))
        .unwrap_or_else(std::env::temp_dir)
        .join("deskside")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_key_is_kept_and_private() {
        let home = std::env::temp_dir().join(format!("deskside-identity-{}", std::process::id()));
        let first = super::load(&home).expect("made");
        assert_eq!(first, super::load(&home).expect("read again"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(home.join("identity")).expect("there").permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
        std::fs::write(home.join("identity"), b"short").expect("written");
        assert!(super::load(&home).is_err());
        std::fs::remove_dir_all(&home).expect("removed");
    }
}
