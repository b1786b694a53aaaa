//! The session number while it is typed: 123 456 789.

/// Whether the text is something else than a number, such as a link.
pub fn is_link(text: &str) -> bool {
    text.chars().any(|c| c.is_alphabetic() || matches!(c, '/' | ':' | '#'))
}

/// Groups of three with spaces between; anything but digits goes.
pub fn group(text: &str) -> String {
    let mut out = String::new();
    for (i, digit) in text.chars().filter(char::is_ascii_digit).enumerate() {
        if i > 0 && i % 3 == 0 {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// The text as it should stand in the field, and where the cursor goes (in characters).
/// Links stay as they are; numbers become groups of three, at most nine digits.
pub fn regroup(text: &str, cursor: usize) -> (String, usize) {
    if is_link(text) {
        let trimmed: String = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        let lost = text.chars().take(cursor).filter(|c| c.is_whitespace() || c.is_control()).count();
        return (trimmed, cursor.saturating_sub(lost));
    }
    let before = text.chars().take(cursor).filter(char::is_ascii_digit).count().min(9);
    let digits: String = text.chars().filter(char::is_ascii_digit).take(9).collect();
    // The cursor stands after its digit, and after the space too when it is at the end of a group.
    let spaces = if before == 0 { 0 } else { (before - 1) / 3 };
    (group(&digits), before + spaces)
}

/// How many digits there are.
pub fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_while_typing() {
        assert_eq!(regroup("1", 1), ("1".into(), 1));
        assert_eq!(regroup("1234", 4), ("123 4".into(), 5));
        assert_eq!(regroup("123 456789", 10), ("123 456 789".into(), 11));
        assert_eq!(regroup("123 456 7890", 12), ("123 456 789".into(), 11));
        // One digit typed in the middle: the cursor stays behind it.
        assert_eq!(regroup("129 456 78", 3), ("129 456 78".into(), 3));
        assert_eq!(regroup("1239 456 78", 4), ("123 945 678".into(), 5));
        assert_eq!(regroup("", 0), (String::new(), 0));
    }

    #[test]
    fn pasted_numbers_of_any_form_fit() {
        for pasted in
            ["123456789", "123-456-789", " 123.456.789 ", "123\u{a0}456\u{202f}789", "123 456 789\n"]
        {
            assert_eq!(regroup(pasted, pasted.chars().count()).0, "123 456 789", "{pasted:?}");
        }
    }

    #[test]
    fn links_stay_whole() {
        let link = "https://help.example.org/j/123456789#abcDEF";
        assert_eq!(regroup(link, 5), (link.to_owned(), 5));
        assert_eq!(regroup(&format!(" {link}\n"), 3), (link.to_owned(), 2));
        assert!(is_link(link) && !is_link("123 456"));
    }
}
