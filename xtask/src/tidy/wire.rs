//! The wire and its documents change together: each PROTOCOL.md carries a hash of the sources that
//! it describes, and is to be read again before the hash is renewed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::read;

/// A document and the sources (files, or folders that end in `/`) that it describes.
const WIRES: &[(&str, &[&str])] = &[
    ("signal-server/protocol/PROTOCOL.md", &["signal-server/protocol/src/"]),
    (
        "peer/session/PROTOCOL.md",
        &[
            "peer/session/src/wire.rs",
            "peer/session/src/wire/",
            "peer/session/src/input.rs",
            "peer/session/src/command.rs",
        ],
    ),
];

const MARK: &str = "wire-hash:";

pub(super) fn check(root: &Path, files: &[PathBuf], bless: bool) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for (document, sources) in WIRES {
        let path = Path::new(document);
        if !files.iter().any(|f| f == path) {
            problems.push(format!("{document}: is not there"));
            continue;
        }
        let hash = hash(root, files, sources)?;
        let text = read(root, path)?;
        match stated(&text) {
            Some(stated) if stated == hash => {}
            _ if bless => {
                std::fs::write(root.join(path), renewed(&text, &hash))
                    .with_context(|| format!("could not write {document}"))?;
                println!("{document}: {MARK} {hash}");
            }
            Some(_) => problems.push(format!(
                "{document}: the wire changed: see whether the text still holds, then run `cargo xtask tidy --bless`"
            )),
            None => problems.push(format!("{document}: has no line `{MARK} …`; `cargo xtask tidy --bless` adds it")),
        }
    }
    Ok(problems)
}

/// The first 16 hexadecimal digits of the BLAKE3 hash over names and code.
fn hash(root: &Path, files: &[PathBuf], sources: &[&str]) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    let described = |f: &PathBuf| {
        sources.iter().any(|s| if s.ends_with('/') { f.starts_with(s) } else { f == Path::new(s) })
            && f.file_stem().is_some_and(|n| n != "tests")
    };
    for file in files.iter().filter(|f| described(f)) {
        hasher.update(file.to_string_lossy().replace('\\', "/").as_bytes());
        hasher.update(b"\0");
        hasher.update(code(&read(root, file)?).as_bytes());
        hasher.update(b"\0");
    }
    Ok(hasher.finalize().to_hex()[..16].to_owned())
}

/// The text without comments on lines of their own, blank space and unit tests: changing those does
/// not change the wire.
fn code(text: &str) -> String {
    text.lines()
        .map(str::trim)
        .take_while(|l| !l.starts_with("#[cfg(test)]"))
        .filter(|l| !l.starts_with("//"))
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect()
}

fn stated(document: &str) -> Option<&str> {
    let (_, after) = document.split_once(MARK)?;
    after.split_whitespace().next()
}

fn renewed(document: &str, hash: &str) -> String {
    match document.split_once(MARK).zip(stated(document)) {
        Some(((before, after), old)) => format!("{before}{MARK}{}", after.replacen(old, hash, 1)),
        None => format!("{}\n\n<!-- {MARK} {hash} -->\n", document.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_added_read_and_renewed() {
        let first = renewed("# Wire\n", "aa");
        assert_eq!(stated(&first), Some("aa"));
        let second = renewed(&first, "bb");
        assert_eq!(second, "# Wire\n\n<!-- wire-hash: bb -->\n");
    }

    #[test]
    fn only_code_counts() {
        let a = "/// Old words.\npub struct A {\n    x: u8,\n}\n\n#[cfg(test)]\nmod tests {}\n";
        let b = "// New words.\npub struct A { x: u8, }\n";
        assert_eq!(code(a), code(b));
        assert_ne!(code(a), code("pub struct A { x: u16, }"));
    }
}
