//! Rules on texts for people: README names real features, translations have the same messages.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use anyhow::Result;

use super::read;

/// The features of the product by letter, with the highest number of each.
const FEATURES: &[(char, u32)] =
    &[('S', 16), ('C', 5), ('V', 6), ('D', 12), ('R', 6), ('F', 4), ('K', 3), ('M', 9), ('X', 7)];

pub(super) fn check(root: &Path, files: &[PathBuf]) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    if files.iter().any(|f| f == Path::new("README.md")) {
        problems.extend(unknown_features(&read(root, Path::new("README.md"))?));
    }
    for english in files.iter().filter(|f| f.extension().is_some_and(|e| e == "ftl")) {
        let Some(french) = in_french(english) else { continue };
        if !files.contains(&french) {
            problems.push(format!("{}: has no twin {}", english.display(), french.display()));
            continue;
        }
        problems.extend(compare(&french, &messages(&read(root, english)?), &messages(&read(root, &french)?)));
    }
    Ok(problems)
}

/// First cells of README's tables that look like a feature's id and are none.
fn unknown_features(readme: &str) -> Vec<String> {
    let ids = readme.lines().filter_map(|l| l.trim().strip_prefix('|')?.split('|').next()).map(str::trim);
    let looks_like_one = |id: &&str| {
        let mut c = id.chars();
        c.next().is_some_and(|c| c.is_ascii_uppercase()) && id.len() > 1 && c.all(|c| c.is_ascii_digit())
    };
    let known = |id: &str| {
        FEATURES.iter().any(|(letter, most)| {
            id.strip_prefix(*letter)
                .and_then(|n| n.parse().ok())
                .is_some_and(|n: u32| (1..=*most).contains(&n))
        })
    };
    ids.filter(looks_like_one)
        .filter(|id| !known(id))
        .map(|id| format!("README.md: there is no feature {id}"))
        .collect()
}

/// Where the French twin of an English file is: the part of the path that says `en` says `fr`.
fn in_french(file: &Path) -> Option<PathBuf> {
    let mut changed = false;
    let french = file
        .components()
        .map(|c| {
            let part = c.as_os_str().to_string_lossy().into_owned();
            let twin = match part.as_str() {
                "en" | "en-US" | "en-GB" => "fr".to_owned(),
                _ if part.starts_with("en.") => format!("fr{}", &part[2..]),
                _ => part.replace(".en.", ".fr."),
            };
            changed |= twin != part;
            twin
        })
        .collect();
    changed.then_some(french)
}

/// Each message and attribute of a Fluent file, with the variables that it uses.
fn messages(ftl: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut message, mut key) = (String::new(), String::new());
    for line in ftl.lines().filter(|l| !l.starts_with('#')) {
        let name = |l: &str| {
            let (name, _) = l.split_once('=')?;
            let name = name.trim();
            let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            (!name.is_empty() && name.chars().all(fits)).then(|| name.to_owned())
        };
        if !line.starts_with([' ', '\t']) {
            if let Some(name) = name(line) {
                message.clone_from(&name);
                key = name;
                found.entry(key.clone()).or_default();
            }
        } else if let Some(attribute) = line.trim().strip_prefix('.').and_then(name) {
            key = format!("{message}.{attribute}");
            found.entry(key.clone()).or_default();
        }
        for after in line.split('$').skip(1) {
            let fits = |c: &char| c.is_ascii_alphanumeric() || *c == '-' || *c == '_';
            let variable: String = after.chars().take_while(fits).collect();
            found.entry(key.clone()).or_default().insert(variable);
        }
    }
    found
}

fn compare(
    french: &Path,
    en: &BTreeMap<String, BTreeSet<String>>,
    fr: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<String> {
    let name = french.display();
    let missing = en.keys().filter(|k| !fr.contains_key(*k)).map(|k| format!("{name}: {k} is missing"));
    let extra = fr.keys().filter(|k| !en.contains_key(*k)).map(|k| format!("{name}: {k} is not in English"));
    let other = en
        .iter()
        .filter(|(k, v)| fr.get(*k).is_some_and(|f| f != *v))
        .map(|(k, _)| format!("{name}: {k} uses other variables than in English"));
    missing.chain(extra).chain(other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_that_is_not_in_the_list_is_found() {
        let readme = "| id | what |\n|---|---|\n| S1 | yes |\n| S17 | no |\n| X1 | yes |\n| Q2 | no |\n";
        assert_eq!(unknown_features(readme).len(), 2);
    }

    #[test]
    fn the_french_twin_is_found_in_each_way_of_naming() {
        for (en, fr) in [
            ("assets/i18n/en/a.ftl", "assets/i18n/fr/a.ftl"),
            ("a/en.ftl", "a/fr.ftl"),
            ("a/p.en.ftl", "a/p.fr.ftl"),
        ] {
            assert_eq!(in_french(Path::new(en)), Some(fr.into()));
        }
        assert_eq!(in_french(Path::new("assets/fr/open.ftl")), None);
    }

    #[test]
    fn missing_messages_and_other_variables_are_found() {
        let en = messages("a = One { $n }\n    .hint = Tip\nb = Two\n# c = no\n");
        let fr = messages("a = Un { $m }\nb = Deux\nd = Quatre\n");
        assert_eq!(compare(Path::new("fr.ftl"), &en, &fr).len(), 3);
        assert!(compare(Path::new("fr.ftl"), &en, &en).is_empty());
    }
}
