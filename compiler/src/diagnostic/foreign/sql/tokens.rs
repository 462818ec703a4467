//! The tokens of a line of SQL: words, strings, and parentheses with all that is in them.

/// A word, a string with its quotes, parentheses with what is in them, or a sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
}

impl<'a> Token<'a> {
    /// What stands in the parentheses.
    pub(super) fn inside(&self) -> Option<&'a str> {
        self.text.strip_prefix('(')?.strip_suffix(')').map(str::trim)
    }

    /// A name without its quotes and its schema.
    pub(super) fn name(&self) -> &'a str {
        let bare = self.text.trim_matches(['"', '`']);
        bare.rsplit('.').next().unwrap_or(bare).trim_matches(['"', '`'])
    }
}

/// The tokens of a text; comments are none.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match first {
            '(' => group(rest),
            '\'' | '"' | '`' => quoted(rest, first),
            c if is_word(c) => rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let token = &rest[..length];
        if !first.is_whitespace() && !token.starts_with("--") {
            found.push(Token { text: token });
        }
        at += length;
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '$')
}

/// The length of a string, in which a quote is doubled.
fn quoted(text: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(end) = text[at..].find(quote) {
        at += end + 1;
        if !text[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    text.len()
}

/// The length of parentheses, in which others may stand.
fn group(text: &str) -> usize {
    let (mut depth, mut string) = (0usize, None);
    for (at, c) in text.char_indices() {
        match (c, string) {
            (c, Some(quote)) if c == quote => string = None,
            (_, Some(_)) => {}
            ('\'' | '"', None) => string = Some(c),
            ('(', None) => depth += 1,
            (')', None) => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// What commas separate, outside of parentheses and strings.
pub(super) fn parts(text: &str) -> Vec<&str> {
    let (mut found, mut start, mut at) = (Vec::new(), 0, 0);
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        at += match first {
            '(' => group(rest),
            '\'' | '"' | '`' => quoted(rest, first),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            ',' => {
                found.push(&text[start..at]);
                start = at + 1;
                1
            }
            c => c.len_utf8(),
        };
    }
    found.push(&text[start..]);
    found.retain(|part| !part.trim().is_empty());
    found
}
