//! Which programs a person hides, in a private file beside the identity: what differs from the usual ones, so that a
//! program that is added to those counts in later versions.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use deskside_session::hiding::{Hidden, USUAL};
use serde::{Deserialize, Serialize};

use crate::kept::replace;

/// Largest file that is read, in bytes.
const MOST: u64 = 128 * 1024;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Choice {
    hidden: Vec<String>,
    /// Usual ones that are not hidden.
    shown: Vec<String>,
}

fn file(home: &Path) -> PathBuf {
    home.join("hidden.json")
}

/// The usual ones when there is nothing, or nothing that can be read.
pub fn load(home: &Path) -> Hidden {
    let choice = read(&file(home)).unwrap_or_else(|e| {
        if e.kind() != io::ErrorKind::NotFound {
            tracing::warn!(error = %e, "which programs are hidden cannot be read: the usual ones are");
        }
        Choice::default()
    });
    let usual = USUAL.map(str::to_owned).into_iter().filter(|p| !choice.shown.contains(p));
    Hidden { programs: usual.chain(choice.hidden).collect(), windows: Vec::new() }.tidy()
}

fn read(file: &Path) -> io::Result<Choice> {
    let mut bytes = Vec::new();
    File::open(file)?.take(MOST).read_to_end(&mut bytes)?;
    serde_json::from_slice(&bytes).map_err(io::Error::from)
}

/// Keeps the programs; windows have other numbers after the next start.
pub fn store(home: &Path, hidden: &Hidden) -> io::Result<()> {
    let is_usual = |p: &String| USUAL.contains(&p.as_str());
    let shown = USUAL.map(str::to_owned).into_iter().filter(|p| !hidden.programs.contains(p)).collect();
    let hidden = hidden.programs.iter().filter(|p| !is_usual(p)).cloned().collect();
    std::fs::create_dir_all(home)?;
    let bytes = serde_json::to_vec(&Choice { hidden, shown }).map_err(io::Error::other)?;
    replace(&file(home), &bytes, |_| Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_there_after_a_restart_and_garbage_hides_the_usual() {
        let home = std::env::temp_dir().join(format!("deskside-hidden-{}", std::process::id()));
        assert_eq!(load(&home), Hidden::default());
        let mut chosen = Hidden::default();
        chosen.programs.retain(|p| p != "bitwarden");
        chosen.programs.push("firefox".into());
        let chosen = chosen.tidy();
        store(&home, &Hidden { windows: vec![7], ..chosen.clone() }).unwrap();
        assert_eq!(load(&home), chosen);
        for garbage in [&b""[..], b"null", b"{\"shown\":7}", &[b'['; 100_000]] {
            std::fs::write(file(&home), garbage).unwrap();
            assert_eq!(load(&home), Hidden::default());
        }
        store(&home, &Hidden { programs: Vec::new(), windows: Vec::new() }).unwrap();
        assert!(load(&home).is_empty());
        std::fs::remove_dir_all(&home).unwrap();
    }
}
