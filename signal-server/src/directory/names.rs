//! Names and keys that strangers send.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use unicode_normalization::UnicodeNormalization;

/// Characters of a name at most.
const LONGEST: usize = 64;

/// The name without control characters, line breaks, invisible and direction characters; single spaces; at
/// most 64 characters. May come out empty.
pub fn clean_name(name: &str) -> String {
    clean_text(name, LONGEST)
}

/// The same for a text of at most so many characters.
pub fn clean_text(text: &str, longest: usize) -> String {
    let shown = text.nfc().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !hidden(*c));
    let text: String = shown.take(longest.saturating_mul(4)).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(longest).collect::<String>().trim_end().to_owned()
}

/// The form in which two account names are the same.
pub fn same_name(name: &str) -> String {
    clean_name(name).nfkc().collect::<String>().to_lowercase()
}

/// Controls, the direction marks of Unicode (UAX 9), zero-width characters, tags and private use.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}'
            | '\u{e0000}'..='\u{10ffff}')
}

/// A public key's text if it is one: 32 bytes in unpadded base64url.
pub(super) fn key(text: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    (bytes.len() == 32).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_they_are_or_cleaned() {
        for (given, shown) in [
            ("Zoé Dubois", "Zoé Dubois"),
            ("  a \n b\t", "a b"),
            ("evil\u{202e}gnp.exe", "evilgnp.exe"),
            ("\u{1b}[31mred", "[31mred"),
            ("\u{200b}\u{feff}", ""),
            ("<b>bold</b>", "<b>bold</b>"),
        ] {
            assert_eq!(clean_name(given), shown);
        }
        assert_eq!(clean_name(&"x".repeat(1000)).chars().count(), 64);
        assert_eq!(same_name("ALICE  Martin"), same_name("alice martin"));
        assert_eq!(same_name("e\u{301}"), same_name("É"));
    }
}
