//! The line of a desktop entry that says how its program is started. No shell reads it.

/// What stands for field codes that are not left out.
pub struct Fields<'a> {
    pub icon: Option<&'a str>,
    pub name: &'a str,
    /// The entry's own file.
    pub file: &'a str,
}

/// Program and arguments; none of what the specification does not allow.
pub fn parse(line: &str, fields: &Fields<'_>) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for word in words(line)? {
        // The only one that becomes two.
        if word == "%i" {
            found.extend(fields.icon.into_iter().flat_map(|i| ["--icon".to_owned(), i.to_owned()]));
            continue;
        }
        let filled = fill(&word, fields)?;
        // A code for files that are not given leaves nothing behind; an empty word stays.
        if !filled.is_empty() || word.is_empty() {
            found.push(filled);
        }
    }
    found.first().is_some_and(|program| !program.is_empty()).then_some(found)
}

fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut chars = line.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_ascii_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Some(words);
        }
        let mut word = String::new();
        while let Some(c) = chars.next_if(|c| !c.is_ascii_whitespace()) {
            match c {
                '"' => quoted(&mut chars, &mut word)?,
                '\0' => return None,
                c => word.push(c),
            }
        }
        words.push(word);
    }
}

/// Up to the closing quote.
fn quoted(chars: &mut impl Iterator<Item = char>, word: &mut String) -> Option<()> {
    loop {
        match chars.next()? {
            '"' => return Some(()),
            '\\' => match chars.next()? {
                c @ ('"' | '`' | '$' | '\\') => word.push(c),
                c => word.extend(['\\', c]),
            },
            '\0' => return None,
            c => word.push(c),
        }
    }
}

fn fill(word: &str, fields: &Fields<'_>) -> Option<String> {
    let mut filled = String::new();
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            filled.push(c);
            continue;
        }
        match chars.next()? {
            '%' => filled.push('%'),
            'c' => filled.push_str(fields.name),
            'k' => filled.push_str(fields.file),
            'i' => filled.push_str(fields.icon.unwrap_or_default()),
            'f' | 'F' | 'u' | 'U' | 'd' | 'D' | 'n' | 'N' | 'v' | 'm' => {}
            _ => return None,
        }
    }
    Some(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Option<Vec<String>> {
        parse(line, &Fields { icon: Some("pic"), name: "A B", file: "/x/a.desktop" })
    }

    #[test]
    fn lines_as_they_are_found() {
        for (line, words) in [
            ("xterm", &["xterm"][..]),
            ("  firefox   %u ", &["firefox"]),
            ("env A=1 prog --new-window %U", &["env", "A=1", "prog", "--new-window"]),
            (
                r#""/opt/my prog/run" "a \"b\" \$c \\ \`" last"#,
                &["/opt/my prog/run", "a \"b\" $c \\ `", "last"],
            ),
            ("prog --file=%f x%%y", &["prog", "--file=", "x%y"]),
            ("prog %i -n %c %k", &["prog", "--icon", "pic", "-n", "A B", "/x/a.desktop"]),
            (r#"prog "" a"b c"d"#, &["prog", "", "ab cd"]),
            ("prog $(rm) ; `x` > y", &["prog", "$(rm)", ";", "`x`", ">", "y"]),
        ] {
            assert_eq!(parsed(line), Some(words.iter().map(|w| (*w).to_owned()).collect()), "{line}");
        }
    }

    #[test]
    fn lines_that_mean_nothing() {
        for line in
            ["", "   ", "\"open", "prog \"a\\", "prog %", "prog %z", "%f", "\"\" a", "a\0b", "\"a\0b\""]
        {
            assert_eq!(parsed(line), None, "{line:?}");
        }
    }
}
