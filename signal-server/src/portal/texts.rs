//! Texts of the portal, from `assets/i18n/server.*.ftl`.

use std::{borrow::Cow, sync::OnceLock};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

/// The languages of the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    En,
    Fr,
}

/// One language's texts.
pub struct Texts {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Lang {
    pub const ALL: [Self; 2] = [Self::En, Self::Fr];

    /// BCP 47.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// In the language itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "Français",
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::En => include_str!("../../../assets/i18n/server.en.ftl"),
            Self::Fr => include_str!("../../../assets/i18n/server.fr.ftl"),
        }
    }

    /// The language of this code, regional forms included.
    pub fn of(code: &str) -> Option<Self> {
        let primary = code.trim().split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| primary.eq_ignore_ascii_case(lang.code()))
    }

    /// What `Accept-Language` (RFC 9110, section 12.5.4) likes best; English when it likes none of ours.
    pub fn negotiate(accept: &str) -> Self {
        let mut best = (Self::En, 0.0);
        for range in accept.split(',').take(32) {
            let (code, weight) = match range.split_once(';') {
                None => (range, 1.0),
                Some((code, q)) => {
                    (code, q.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(0.0))
                }
            };
            if let Some(lang) = Self::of(code)
                && weight > best.1
            {
                best = (lang, weight);
            }
        }
        best.0
    }

    pub fn texts(self) -> &'static Texts {
        static EN: OnceLock<Texts> = OnceLock::new();
        static FR: OnceLock<Texts> = OnceLock::new();
        match self {
            Self::En => EN.get_or_init(|| Texts::new(self)),
            Self::Fr => FR.get_or_init(|| Texts::new(self)),
        }
    }
}

impl Texts {
    fn new(lang: Lang) -> Self {
        // The tests read both files whole: what does not parse is left out here and found there.
        let resource = FluentResource::try_new(lang.source().to_owned()).unwrap_or_else(|(part, _)| part);
        let id = lang.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Pages mark directions themselves.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { lang, bundle }
    }

    pub fn code(&self) -> &'static str {
        self.lang.code()
    }

    pub fn all(&self) -> [Lang; 2] {
        Lang::ALL
    }

    pub fn get(&self, key: &str) -> Cow<'_, str> {
        self.format(key, None)
    }

    pub fn with(&self, key: &str, name: &'static str, value: &str) -> String {
        let mut args = FluentArgs::new();
        args.set(name, value.to_owned());
        self.format(key, Some(&args)).into_owned()
    }

    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'_, str> {
        let pattern = self.bundle.get_message(key).and_then(|m| m.value());
        match pattern {
            // Errors are missing arguments; the text comes out all the same.
            Some(pattern) => {
                Cow::Owned(self.bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned())
            }
            None => Cow::Owned(key.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(lang: Lang) -> BTreeSet<&'static str> {
        FluentResource::try_new(lang.source().to_owned()).expect("the file parses");
        let lines = lang.source().lines().filter_map(|l| l.split_once(" = "));
        lines.map(|(key, _)| key).filter(|k| !k.starts_with('#')).collect()
    }

    #[test]
    fn every_text_is_there_in_each_language_and_used() {
        assert_eq!(keys(Lang::En), keys(Lang::Fr));
        let users = [
            include_str!("../../../assets/portal/base.html"),
            include_str!("../../../assets/portal/home.html"),
            include_str!("../../../assets/portal/join.html"),
            include_str!("../../../assets/portal/queue.html"),
            include_str!("../../../assets/portal/link-row.html"),
            include_str!("../../../assets/portal/next-steps.html"),
            include_str!("../../../assets/portal/setup.html"),
            include_str!("../../../assets/portal/message.html"),
            include_str!("../routes/portal.rs"),
        ]
        .concat();
        for key in keys(Lang::En) {
            assert!(users.contains(&format!("\"{key}\"")), "{key} is not used");
            for lang in Lang::ALL {
                assert_ne!(lang.texts().with(key, "name", "x"), key);
            }
        }
        for used in users.split("text.get(\"").skip(1).filter_map(|u| u.split('"').next()) {
            assert!(keys(Lang::En).contains(used), "{used} is missing");
        }
    }

    #[test]
    fn the_language_is_the_one_that_is_liked_best() {
        for (accept, lang) in [
            ("", Lang::En),
            ("fr", Lang::Fr),
            ("fr-CA,fr;q=0.9,en;q=0.8", Lang::Fr),
            ("en-GB,en;q=0.9,fr;q=0.8", Lang::En),
            ("de,fr;q=0.3,en;q=0.2", Lang::Fr),
            ("de", Lang::En),
            ("en;q=0.1, FR;q=0.2", Lang::Fr),
            ("fr;q=0", Lang::En),
            ("fr;q=junk,;;;,-", Lang::En),
            ("*", Lang::En),
        ] {
            assert_eq!(Lang::negotiate(accept), lang, "{accept}");
        }
    }
}
