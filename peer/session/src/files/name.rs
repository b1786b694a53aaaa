//! Which names a file may have on its way: those that mean one file, the same one, on every system.

/// Longest name, in bytes of UTF-8.
pub const MAX_NAME: usize = 240;

/// Names that Windows gives to devices, whatever follows the first dot.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end_matches(' ').to_lowercase();
    let port = |kind| {
        let digit = stem.strip_prefix(kind).and_then(|rest: &str| {
            let mut chars = rest.chars();
            chars.next().filter(|_| chars.next().is_none())
        });
        digit.is_some_and(|c| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³'))
    };
    RESERVED.contains(&stem.as_str()) || port("com") || port("lpt")
}

/// Separators, streams, wild cards, controls, and marks that make a name read otherwise than it is.
fn is_bad(c: char) -> bool {
    c.is_control()
        || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a name may be used as it is.
pub fn is_clean(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && !name.ends_with(['.', ' '])
        && !name.starts_with(' ')
        && !name.chars().any(is_bad)
        && !is_reserved(name)
}

/// The nearest name that may be used.
pub fn clean(name: &str) -> String {
    if is_clean(name) {
        return name.to_owned();
    }
    let mut new: String = name.chars().map(|c| if is_bad(c) { '_' } else { c }).collect();
    if new.starts_with(' ') {
        new.replace_range(..1, "_");
    }
    if new.len() > MAX_NAME - 2 {
        new = shortened(&new, MAX_NAME - 2);
    }
    if new.is_empty() || new.ends_with(['.', ' ']) {
        new.push('_');
    }
    if is_reserved(&new) {
        new.insert(0, '_');
    }
    new
}

/// What two names must not have in common within a folder: some systems take them for the same.
pub fn key(name: &str) -> String {
    name.to_lowercase()
}

/// "name (2).ext": the name for another file beside one of this name.
pub fn numbered(name: &str, number: u32) -> String {
    let (stem, end) = match name.rfind('.').filter(|at| *at > 0 && name.len() - at <= 16) {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    let mark = format!(" ({number})");
    let room = MAX_NAME.saturating_sub(mark.len() + end.len());
    let mut stem = stem.to_owned();
    while stem.len() > room {
        stem.pop();
    }
    format!("{stem}{mark}{end}")
}

/// Keeps the ending, by which systems know what to open a file with.
fn shortened(name: &str, most: usize) -> String {
    let at = name.rfind('.').filter(|at| *at > 0 && name.len() - at <= 16).unwrap_or(name.len());
    let (stem, end) = name.split_at(at);
    let mut stem = stem.to_owned();
    while stem.len() + end.len() > most {
        stem.pop();
    }
    stem + end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_names_as_a_table() {
        let table = [
            ("..", ".._"),
            (".", "._"),
            ("", "_"),
            ("a/b", "a_b"),
            ("..\\..\\x", ".._.._x"),
            ("a\0b", "a_b"),
            ("line\nbreak\u{1b}[2J", "line_break_[2J"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("Com1 .log", "_Com1 .log"),
            ("lpt³", "_lpt³"),
            ("file.txt:stream", "file.txt_stream"),
            ("trailing.", "trailing._"),
            ("trailing ", "trailing _"),
            (" leading", "_leading"),
            ("gpj.\u{202e}exe", "gpj._exe"),
            ("zero\u{200b}width", "zero_width"),
        ];
        for (bad, good) in table {
            assert!(!is_clean(bad), "{bad:?}");
            assert_eq!(clean(bad), good);
            assert!(is_clean(good), "{good:?}");
        }
        for fine in ["a", ".hidden", "é中😀 (2).tar.gz", "console.log", "com10", "complete", "a..b", "-rf"]
        {
            assert!(is_clean(fine), "{fine:?}");
            assert_eq!(clean(fine), fine);
        }
    }

    #[test]
    fn another_file_of_the_same_name_gets_a_number_before_its_ending() {
        assert_eq!(numbered("report.pdf", 2), "report (2).pdf");
        assert_eq!(numbered("folder", 3), "folder (3)");
        assert_eq!(numbered(".profile", 2), ".profile (2)");
        let long = "x".repeat(MAX_NAME - 4) + ".pdf";
        let second = numbered(&long, 2);
        assert!(is_clean(&second) && second.ends_with("x (2).pdf"), "{second}");
        assert!(
            is_clean(&clean(&("é".repeat(500) + ".jpeg")))
                && clean(&("é".repeat(500) + ".jpeg")).ends_with(".jpeg")
        );
    }

    proptest! {
        #[test]
        fn whatever_the_name_the_cleaned_one_may_be_used(name in ".{0,300}") {
            let new = clean(&name);
            prop_assert!(is_clean(&new), "{new:?}");
            prop_assert_eq!(clean(&new), new.clone());
            prop_assert!(is_clean(&numbered(&new, 7)));
        }
    }
}
