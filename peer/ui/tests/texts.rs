//! The words: the same keys in both languages, and none missing or left over.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use deskside_ui::{Language, Texts};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

/// Keys with the names of what is put into them.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let parsed = fluent_syntax::parser::parse(language.source()).expect("well formed");
    let mut keys = BTreeMap::new();
    for entry in parsed.body {
        match entry {
            Entry::Message(m) => {
                let pattern = m.value.as_ref().unwrap_or_else(|| panic!("{} has no words", m.id.name));
                let mut names = BTreeSet::new();
                variables(pattern, &mut names);
                let double = keys.insert(m.id.name.to_owned(), names).is_some();
                assert!(!double, "{} stands twice in {language:?}", m.id.name);
            }
            Entry::Junk { content } => panic!("not Fluent in {language:?}: {content}"),
            _ => {}
        }
    }
    keys
}

fn variables(pattern: &Pattern<&str>, names: &mut BTreeSet<String>) {
    let inline = |e: &InlineExpression<&str>, names: &mut BTreeSet<String>| {
        if let InlineExpression::VariableReference { id } = e {
            names.insert(id.name.to_owned());
        }
    };
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(e) => inline(e, names),
            Expression::Select { selector, variants } => {
                inline(selector, names);
                for variant in variants {
                    variables(&variant.value, names);
                }
            }
        }
    }
}

/// Every string of the sources that is handed to the words, with where it stands.
fn used() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).expect("a source");
            let squeezed = source.replace('\n', " ");
            for call in [".t(", ".ta(", "named(", "of("] {
                for (at, _) in squeezed.match_indices(call) {
                    // `from_hash_of("…")` is another function.
                    if squeezed[..at].ends_with('_') {
                        continue;
                    }
                    let rest = squeezed[at + call.len()..].trim_start();
                    if let Some(key) = rest.strip_prefix('"').and_then(|r| r.split('"').next()) {
                        found.insert(key.to_owned(), path.display().to_string());
                    }
                }
            }
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_keys_and_put_the_same_things_in() {
    let (english, french) = (messages(Language::English), messages(Language::French));
    assert_eq!(english.keys().collect::<Vec<_>>(), french.keys().collect::<Vec<_>>());
    for (key, names) in &english {
        assert_eq!(names, &french[key], "{key} takes other things in French");
    }
}

#[test]
fn every_key_that_is_used_exists_and_every_key_is_used() {
    let (keys, used) = (messages(Language::English), used());
    for (key, place) in &used {
        assert!(keys.contains_key(key), "{key:?}, used in {place}, has no words");
    }
    let left: Vec<_> = keys.keys().filter(|k| !used.contains_key(*k)).collect();
    assert!(left.is_empty(), "nobody says {left:?}");
}

#[test]
fn no_words_are_empty_or_the_same_in_both_languages_by_neglect() {
    let (english, french) =
        (Texts::new(Language::English).expect("words"), Texts::new(Language::French).expect("words"));
    // What is rightly the same: names, formats, and words that both languages share.
    let same = [
        "app-name",
        "bar-pause",
        "code-label",
        "console-link",
        "console-organisation",
        "console-session",
        "draw-ellipse",
        "draw-orange",
        "draw-rectangle",
        "draw-violet",
        "join-hint",
        "key-ctrl",
        "role-assistant",
        "session-number",
        "viewer-monitor",
        "viewer-one",
        "viewer-size",
    ];
    for (key, names) in messages(Language::English) {
        if names.is_empty() {
            let (en, fr) = (english.t(&key), french.t(&key));
            assert!(!en.is_empty() && !fr.is_empty(), "{key}");
            assert!(en != fr || same.contains(&key.as_str()), "{key} is {en:?} in both languages");
        }
    }
}
