//! The words of a text, without what stands in comments and strings.

use crate::ast::Span;

/// Every word of a text that is parsed: names, keywords and numbers, in order.
pub fn words(text: &str) -> Words<'_> {
    Words { text, at: 0 }
}

/// The words of a text; see [`words`].
#[derive(Clone, Debug)]
pub struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Words<'a> {
    type Item = (&'a str, Span);

    fn next(&mut self) -> Option<(&'a str, Span)> {
        loop {
            let rest = &self.text[self.at..];
            let length = match rest.as_bytes() {
                [] => return None,
                [b'/', b'/', ..] => rest.find('\n').unwrap_or(rest.len()),
                [b'/', b'*', ..] => comment(rest),
                [b'"', ..] => string(rest),
                [b'r', b'"' | b'#', ..] => raw_string(rest).unwrap_or(1),
                [first, ..] if is_word(*first) => {
                    let length = rest.bytes().take_while(|&byte| is_word(byte)).count();
                    let span = Span::new(self.at, self.at + length);
                    self.at += length;
                    return Some((&rest[..length], span));
                }
                _ => rest.chars().next().map_or(1, char::len_utf8),
            };
            self.at += length;
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The length of a comment, in which others nest.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        match &text.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The length of a string, up to its quote.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of `r#"…"#`; none if it is none.
fn raw_string(text: &str) -> Option<usize> {
    let hashes = text[1..].bytes().take_while(|&byte| byte == b'#').count();
    let inside = text[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inside.find(&end).map_or(inside.len(), |at| at + end.len());
    Some(2 + hashes + length)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_found_where_they_say_something() {
        let text = r##"a_1: B /* c /* d */ e */ @f("g \" h") // i
            r: r"\" r#"j " k"# ré 12 "##;
        let found: Vec<&str> = words(text).map(|(word, _)| word).collect();
        assert_eq!(found, ["a_1", "B", "f", "r", "r", "12"]);
        assert!(words(text).all(|(word, span)| &text[span.range()] == word));
        for text in ["\"a", "/* a", "r#\"a", "r#", "\"\\", "//"] {
            assert!(words(text).all(|(word, _)| word == "r"), "{text}");
        }
    }
}
