//! Styles, scripts and pictures of the pages, embedded.

use std::{fmt::Write, sync::OnceLock};

const STYLE: &str = include_str!("../../../assets/portal/portal.css");
const JOIN: &str = include_str!("../../../assets/portal/join.js");
const MARK: &str = include_str!("../../../assets/portal/mark.svg");
const TOKENS: &str = include_str!("../../../assets/theme/tokens.toml");

/// Media type and content of one of them.
pub fn asset(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "tokens.css" => ("text/css; charset=utf-8", tokens()),
        "portal.css" => ("text/css; charset=utf-8", STYLE),
        "join.js" => ("text/javascript; charset=utf-8", JOIN),
        "mark.svg" => ("image/svg+xml", MARK),
        _ => return None,
    })
}

/// Changes whenever one of them does.
pub fn stamp() -> &'static str {
    static STAMP: OnceLock<String> = OnceLock::new();
    STAMP.get_or_init(|| {
        let mut hash = blake3::Hasher::new();
        for content in [STYLE, JOIN, MARK, tokens()] {
            hash.update(content.as_bytes());
        }
        hash.finalize().to_hex().chars().take(12).collect()
    })
}

/// The design tokens that the peer's windows use too, as CSS variables.
fn tokens() -> &'static str {
    static CSS: OnceLock<String> = OnceLock::new();
    CSS.get_or_init(|| css(&TOKENS.parse().unwrap_or_default()))
}

fn css(tokens: &toml::Table) -> String {
    let section = |name: &str| tokens.get(name).and_then(toml::Value::as_table).into_iter().flatten();
    let lengths = ["space", "radius"].into_iter().flat_map(|group| {
        section(group).filter_map(move |(name, value)| {
            let points = value.as_float().or_else(|| value.as_integer().map(|i| i as f64))?;
            Some((format!("{group}-{name}"), format!("{points}px")))
        })
    });
    let colours = |scheme| {
        section(scheme).filter_map(|(name, value)| Some((name.replace('_', "-"), value.as_str()?.to_owned())))
    };
    let mut css = block(":root", lengths.chain(colours("light")));
    css.push_str("@media (prefers-color-scheme: dark) {\n");
    css.push_str(&block(":root", colours("dark")));
    css.push_str("}\n");
    css
}

fn block(selector: &str, variables: impl Iterator<Item = (String, String)>) -> String {
    let mut css = format!("{selector} {{\n");
    for (name, value) in variables {
        // Writing into a string does not fail.
        _ = writeln!(css, "  --{name}: {value};");
    }
    css.push_str("}\n");
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_of_the_styles_is_a_token_in_both_schemes() {
        let (light, dark) = tokens().split_once("@media").unwrap();
        for used in STYLE.split("var(--").skip(1).filter_map(|u| u.split(')').next()) {
            let defined = format!("--{used}: ");
            assert!(light.contains(&defined), "{used}");
            let length = used.starts_with("space-") || used.starts_with("radius-");
            assert!(length || dark.contains(&defined), "{used}, dark");
        }
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        for content in [STYLE, JOIN, tokens()] {
            assert!(
                !content.contains("http://") && !content.contains("@import") && !content.contains("url(")
            );
        }
    }
}
