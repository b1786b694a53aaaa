//! All words of the windows, from the Fluent files in `assets/i18n`.

use std::borrow::Cow;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The languages that the windows speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    French,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// From a locale like `fr_CA.UTF-8`, or a language tag like `fr-CA`.
    pub fn from_locale(locale: &str) -> Option<Self> {
        match locale.split(['_', '-', '.', '@']).next()?.to_ascii_lowercase().as_str() {
            "fr" => Some(Self::French),
            "en" | "c" | "posix" => Some(Self::English),
            _ => None,
        }
    }

    /// What the environment asks for: `DESKSIDE_LANG`, then `LC_ALL`, `LC_MESSAGES` and `LANG`; else what the system does.
    pub fn from_env() -> Self {
        Self::from_vars(|name| std::env::var(name).ok(), sys_locale::get_locale)
    }

    fn from_vars(var: impl Fn(&str) -> Option<String>, system: impl Fn() -> Option<String>) -> Self {
        ["DESKSIDE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(var)
            .find(|v| !v.is_empty())
            .or_else(system)
            .and_then(|v| Self::from_locale(&v))
            .unwrap_or_default()
    }

    /// The language tag.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    fn tag(self) -> LanguageIdentifier {
        // Both are well formed; the default is the undetermined language, whose plurals are "other".
        self.code().parse().unwrap_or_default()
    }

    /// The Fluent source of this language.
    pub fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("../../../assets/i18n/peer.en.ftl"),
            Self::French => include_str!("../../../assets/i18n/peer.fr.ftl"),
        }
    }
}

/// Why the words cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("the {language:?} words cannot be read: {detail}")]
pub struct TextsError {
    language: Language,
    detail: String,
}

/// The words in one language.
pub struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

/// What is put in under these names is a participant's name.
const PERSONS: [&str; 3] = ["name", "from", "to"];

impl Texts {
    pub fn new(language: Language) -> Result<Self, TextsError> {
        let fail = |detail: String| TextsError { language, detail };
        let resource = FluentResource::try_new(language.source().to_owned())
            .map_err(|(_, errors)| fail(format!("{errors:?}")))?;
        let mut bundle = FluentBundle::new(vec![language.tag()]);
        // The isolating marks have no glyph; names are stripped of direction marks by `clean`.
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|errors| fail(format!("{errors:?}")))?;
        Ok(Self { language, bundle })
    }

    pub fn language(&self) -> Language {
        self.language
    }

    /// The words of `key`; the key itself if there are none, which a test excludes.
    pub fn t(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// The words of `key` with names and numbers put in. Texts from outside are cleaned here.
    pub fn ta(&self, key: &str, arguments: &[(&'static str, Arg<'_>)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in arguments {
            match value {
                Arg::Text(text) if PERSONS.contains(name) => {
                    args.set(*name, FluentValue::from(self.name(text)))
                }
                Arg::Text(text) => args.set(*name, FluentValue::from(clean(text).into_owned())),
                Arg::Number(n) => args.set(*name, FluentValue::from(*n)),
            }
        }
        self.format(key, Some(&args))
    }

    /// A participant's name, cleaned; a word in its place for who gave none.
    pub fn name(&self, name: &str) -> String {
        let name = clean(name);
        if name.is_empty() { self.t("nameless") } else { name.into_owned() }
    }

    /// The same, cut where there is little room.
    pub fn short_name(&self, name: &str) -> String {
        short(&self.name(name))
    }

    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|m| m.value()) else {
            tracing::error!(key, "no words for this key");
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, args, &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "the words do not fit what they are given");
        }
        text
    }
}

/// What can be put into a text.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    Text(&'a str),
    Number(u32),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for Arg<'_> {
    fn from(n: u32) -> Self {
        Self::Number(n)
    }
}

/// A name or another short text from outside, fit to be shown on one line: no control characters,
/// no marks that turn the direction of writing, nothing invisible, at most 200 characters.
pub fn clean(text: &str) -> Cow<'_, str> {
    let bad = |c: char| c.is_control() || is_invisible(c);
    if text.chars().take(201).count() <= 200 && !text.chars().any(bad) {
        return Cow::Borrowed(text.trim());
    }
    let joined: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .take(200)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    Cow::Owned(joined.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A name so short that the sentence around it stays whole.
pub fn short(name: &str) -> String {
    const LONGEST: usize = 26;
    let name = clean(name);
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", name[..end].trim_end()),
        None => name.into_owned(),
    }
}

/// A longer text from outside (chat): line breaks stay, control and direction marks go.
pub fn clean_lines(text: &str) -> String {
    text.chars()
        .filter(|c| matches!(c, '\n' | '\t') || !(c.is_control() || is_invisible(*c)))
        .map(|c| if c == '\t' { ' ' } else { c })
        .collect::<String>()
        .trim_end()
        .to_owned()
}

/// Marks that turn text around or hide in it (Unicode 17, sections 23.2 and 23.8).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_chooses_the_language() {
        let lang = |vars: &[(&str, &str)]| {
            let var = |n: &str| vars.iter().find(|(k, _)| *k == n).map(|(_, v)| (*v).to_owned());
            Language::from_vars(var, || Some("fr-CH".into()))
        };
        assert_eq!(lang(&[]), Language::French, "as the system says");
        assert_eq!(Language::from_vars(|_| None, || None), Language::English);
        assert_eq!(lang(&[("LANG", "fr_FR.UTF-8")]), Language::French);
        assert_eq!(lang(&[("LANG", "fr_FR.UTF-8"), ("LC_ALL", "en_GB")]), Language::English);
        assert_eq!(lang(&[("LC_ALL", "C"), ("DESKSIDE_LANG", "fr")]), Language::French);
        assert_eq!(lang(&[("LANG", "de_DE")]), Language::English);
        assert_eq!(lang(&[("LC_ALL", ""), ("LANG", "fr_CA")]), Language::French);
    }

    #[test]
    fn names_from_outside_cannot_break_out_of_their_line() {
        assert_eq!(clean("Ana"), "Ana");
        assert_eq!(clean("Ana\nis safe\u{202e}tropus"), "Ana is safetropus");
        assert_eq!(clean("\u{200f} \t "), "");
        assert_eq!(clean(&"x".repeat(10_000)).chars().count(), 200);
        assert_eq!(short("Ana"), "Ana");
        assert_eq!(short(&"é ".repeat(40)), format!("{}…", "é ".repeat(13).trim_end()));
        assert_eq!(clean_lines("a\nb\u{7}\u{202e}c\td\n\n"), "a\nbc d");
    }

    #[test]
    fn plurals_follow_the_language() {
        let en = Texts::new(Language::English).unwrap();
        let fr = Texts::new(Language::French).unwrap();
        assert_eq!(en.ta("ago-days", &[("days", 1.into())]), "yesterday");
        assert_eq!(en.ta("ago-days", &[("days", 3.into())]), "3 days ago");
        assert_eq!(
            fr.ta("problem-tries-do", &[("seconds", 0.into())]),
            "Attendez 0 seconde, puis réessayez."
        );
    }
}
