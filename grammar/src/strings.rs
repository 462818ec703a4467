//! The text that a string literal stands for, and back.

use crate::ast::Span;
use crate::error::{MAX_TOLD, SyntaxError, SyntaxErrorKind};

/// Resolves the escapes of `"…"`. A bad one is told, and stands for nothing.
pub(crate) fn unquote(literal: &str, start: usize, errors: &mut Vec<SyntaxError>) -> String {
    let inner = &literal[1..literal.len() - 1];
    if !inner.contains('\\') {
        return inner.to_owned();
    }
    resolve(inner, start, errors, usize::MAX).0
}

/// Whether a literal has an escape that does not exist: what it stands for is not what was meant.
pub fn has_bad_escape(literal: &str) -> bool {
    let mut errors = Vec::new();
    if literal.starts_with('"') && literal.len() > 1 {
        unquote(literal, 0, &mut errors);
    }
    !errors.is_empty()
}

/// The place in a literal, `"…"` or `r#"…"#`, of the byte at `at` of the text that it stands for.
pub fn place_in_literal(literal: &str, at: usize) -> usize {
    match literal.strip_prefix('r') {
        Some(raw) => 2 + raw.bytes().take_while(|&b| b == b'#').count() + at,
        None => 1 + resolve(&literal[1..literal.len().max(2) - 1], 0, &mut Vec::new(), at).1,
    }
}

/// What stands between quotes, escapes resolved, until the text is `length` bytes long; and the
/// place where that is.
fn resolve(inner: &str, start: usize, errors: &mut Vec<SyntaxError>, length: usize) -> (String, usize) {
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if text.len() >= length {
            return (text, at);
        }
        if c != '\\' {
            text.push(c);
            continue;
        }
        let Some((_, escape)) = chars.next() else { break };
        let length = match escape {
            'n' => simple(&mut text, '\n'),
            'r' => simple(&mut text, '\r'),
            't' => simple(&mut text, '\t'),
            '0' => simple(&mut text, '\0'),
            '\\' | '"' | '\'' => simple(&mut text, escape),
            '\n' | '\r' => {
                while chars.next_if(|&(_, c)| c.is_whitespace()).is_some() {}
                continue;
            }
            'x' => coded(&mut text, inner, at + 2, 2),
            'u' => unicode(&mut text, inner, at + 2),
            _ => None,
        };
        match length {
            Some(length) => chars.by_ref().take(length).for_each(|_| ()),
            None => {
                let escape = as_written(&inner[at..], escape);
                let from = start + 1 + at;
                let span = Span::new(from, from + escape.len());
                // As many as all that is told beside escapes, and as many again.
                if errors.len() < 4 * MAX_TOLD {
                    errors.push(SyntaxError { kind: SyntaxErrorKind::BadEscape { escape }, span });
                }
            }
        }
    }
    (text, inner.len())
}

/// The whole of a bad escape: with its digits, where it has some.
fn as_written(rest: &str, escape: char) -> String {
    let digits = match escape {
        'u' => rest.find('}').filter(|&end| end <= 16).map_or(2, |end| end + 1),
        'x' => rest.char_indices().nth(4).map_or(rest.len(), |(end, _)| end),
        c => 1 + c.len_utf8(),
    };
    rest[..digits].to_owned()
}

fn simple(text: &mut String, c: char) -> Option<usize> {
    text.push(c);
    Some(0)
}

/// `\x41`: two hexadecimal digits, ASCII.
fn coded(text: &mut String, inner: &str, at: usize, length: usize) -> Option<usize> {
    let code = u8::from_str_radix(inner.get(at..at + length)?, 16).ok()?;
    code.is_ascii().then(|| text.push(code.into()))?;
    Some(length)
}

/// `\u{1f980}`: up to six hexadecimal digits.
fn unicode(text: &mut String, inner: &str, at: usize) -> Option<usize> {
    let digits = inner.get(at..)?.strip_prefix('{')?.split_once('}')?.0;
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() <= 6)?;
    text.push(char::from_u32(code)?);
    Some(digits.len() + 2)
}

/// What stands between the quotes of `r#"…"#`.
pub(crate) fn unquote_raw(literal: &str) -> String {
    let hashes = literal[1..].bytes().take_while(|&b| b == b'#').count();
    literal[2 + hashes..literal.len() - 1 - hashes].to_owned()
}

/// Writes a string as a literal of the language.
pub fn quote(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            '\0' => literal.push_str("\\0"),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(literal: &str, expected: &str, faults: usize) {
        let mut errors = Vec::new();
        assert_eq!(unquote(literal, 0, &mut errors), expected, "{literal}");
        assert_eq!(errors.len(), faults, "{literal}: {errors:?}");
    }

    #[test]
    fn escapes_are_those_of_rust() {
        check(r#""a\n\"\\\x41\u{1f980}""#, "a\n\"\\A🦀", 0);
        check("\"a\\\n   b\"", "ab", 0);
        check(r#""\q\xff\u{110000}""#, "ff{110000}", 3);
    }

    #[test]
    fn places_lead_back_into_the_literal() {
        for (literal, text, at) in [
            (r#""abc""#, "c", 3),
            (r##"r#"a"c"#"##, "c", 5),
            (r#""a\nc""#, "c", 4),
            (r#""\u{1f980}c""#, "c", 10),
            ("\"a\\\n   bc\"", "c", 8),
        ] {
            let whole = match literal.starts_with('r') {
                true => unquote_raw(literal),
                false => unquote(literal, 0, &mut Vec::new()),
            };
            let place = whole.find(text).expect("it is there");
            assert_eq!(place_in_literal(literal, place), at, "{literal}");
        }
        assert_eq!(place_in_literal(r#""ab""#, 2), 3);
        assert!(has_bad_escape(r#""\d""#) && !has_bad_escape(r#""\\d""#) && !has_bad_escape(r#"r"\d""#));
    }

    #[test]
    fn quoting_comes_back() {
        for text in ["", "a\"b\\c\n\t\r", "🦀"] {
            check(&quote(text), text, 0);
        }
        assert_eq!(unquote_raw("r##\"a\"#b\"##"), "a\"#b");
    }
}
