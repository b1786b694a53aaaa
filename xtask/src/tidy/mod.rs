//! Rules that no compiler checks. Each check returns what is wrong, as `file: what`.

mod arrows;
mod sources;
mod wire;
mod words;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::run::root;

/// Runs every check; `bless` renews the wire hashes instead of complaining about them.
pub(crate) fn tidy(bless: bool) -> Result<()> {
    let root = root();
    let files = files(&root)?;
    let mut problems = arrows::check()?;
    problems.extend(sources::check(&root, &files)?);
    problems.extend(wire::check(&root, &files, bless)?);
    problems.extend(words::check(&root, &files)?);
    for p in &problems {
        eprintln!("{p}");
    }
    if !problems.is_empty() {
        bail!("tidy: {} to mend", problems.len());
    }
    println!("tidy: {} files looked at, all well", files.len());
    Ok(())
}

/// Every file of the project, relative to its folder, sorted; without what is built and what begins
/// with a dot.
fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(root.join(&folder))
            .with_context(|| format!("could not list {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let relative = folder.join(&name);
            if name.to_string_lossy().starts_with('.') || relative.starts_with("target") {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(relative);
            } else if kind.is_file() {
                found.push(relative);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A file's text, or what is wrong with it.
fn read(root: &Path, file: &Path) -> Result<String> {
    std::fs::read_to_string(root.join(file)).with_context(|| format!("could not read {}", file.display()))
}
