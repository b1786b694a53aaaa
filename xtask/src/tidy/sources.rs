//! Rules on source texts: no clock in the core, nothing left undone, no file that wants splitting.

use std::{ffi::OsStr, path::Path};

use anyhow::Result;

use super::read;

/// Longest source file, in lines.
const LONGEST: usize = 500;

/// Longer files, each with the reason.
const LONGER: &[(&str, &str)] = &[];

/// The core is told the time; asking for it would make its tests wait for a real clock.
const CLOCKS: &[&str] =
    &["Instant::now", "SystemTime::now", ".elapsed()", "UNIX_EPOCH.elapsed", "thread::sleep", "tokio::"];

/// Written in two halves so that this file does not find itself.
const UNDONE: &[&str] = &[concat!("todo", "!("), concat!("unimplemented", "!("), concat!("FIX", "ME")];

pub(super) fn check(root: &Path, files: &[std::path::PathBuf]) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for file in files {
        let extension = file.extension().and_then(OsStr::to_str).unwrap_or_default();
        if ["rs", "js", "mjs", "css", "html"].contains(&extension) {
            problems.extend(of_source(file, &read(root, file)?));
        }
    }
    for (file, _) in LONGER {
        if !files.iter().any(|f| f == Path::new(file)) {
            problems.push(format!("{file}: may be longer, but is not there any more"));
        }
    }
    Ok(problems)
}

fn of_source(file: &Path, text: &str) -> Vec<String> {
    let name = file.display();
    let mut problems = Vec::new();
    let lines = text.lines().count();
    if lines > LONGEST && !LONGER.iter().any(|(f, _)| file == Path::new(f)) {
        problems.push(format!("{name}: {lines} lines, more than {LONGEST}: split it"));
    }
    let clockless = file.starts_with("peer/session/src");
    for (number, line) in text.lines().enumerate().map(|(n, l)| (n + 1, l)) {
        let code = line.split("//").next().unwrap_or_default();
        if let Some(clock) = CLOCKS.iter().find(|c| clockless && code.contains(**c)) {
            problems.push(format!("{name}:{number}: {clock} in the core, which is told the time"));
        }
        if let Some(undone) = UNDONE.iter().find(|u| line.contains(**u)) {
            problems.push(format!("{name}:{number}: {undone}"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_found_in_the_core_alone() {
        let text = "let now = Instant::now(); // Instant::now\n// Instant::now is banned\n";
        assert_eq!(of_source(Path::new("peer/session/src/a.rs"), text).len(), 1);
        assert!(of_source(Path::new("peer/src/a.rs"), text).is_empty());
    }

    #[test]
    fn a_long_file_and_what_is_undone_are_found() {
        assert_eq!(of_source(Path::new("a.rs"), &"x\n".repeat(501)).len(), 1);
        assert!(of_source(Path::new("a.rs"), &"x\n".repeat(500)).is_empty());
        assert_eq!(of_source(Path::new("a.rs"), concat!("todo", "!()")).len(), 1);
    }
}
