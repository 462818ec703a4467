//! A text of SQL as tokens. Both databases' spellings are known, since no text is ambiguous
//! between them that comes here.

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    /// As it is written, quotes included.
    pub(crate) text: &'a str,
    /// Where it starts, in bytes.
    pub(crate) start: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword, or a name without quotes.
    Word,
    /// A name in quotes.
    Quoted,
    /// A text, with its quotes: `'a'`, `E'a'`, `$$a$$`.
    Text,
    /// Bytes: `X'00'`.
    Blob,
    /// `1`, `0.5`, `1e30`.
    Number,
    /// A parenthesis, a comma, an operator.
    Symbol,
}

impl Token<'_> {
    /// Where it ends, in bytes.
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this keyword, which is given in lower case.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it names something, as far as it alone tells.
    pub(crate) fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Quoted)
    }

    /// Whether it is this symbol.
    pub(crate) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }

    /// What it names or says: without quotes; a word as it is written.
    pub(crate) fn value(&self) -> String {
        match self.kind {
            Kind::Word | Kind::Number | Kind::Symbol => self.text.to_owned(),
            Kind::Quoted => unquoted(self.text),
            Kind::Blob => self.text[1..].trim_matches('\'').to_ascii_lowercase(),
            Kind::Text => text_value(self.text),
        }
    }

    /// What it names, with words in lower case.
    pub(crate) fn folded(&self) -> String {
        if self.kind == Kind::Word { self.text.to_ascii_lowercase() } else { self.value() }
    }
}

fn unquoted(text: &str) -> String {
    let inner = &text[1..text.len() - 1];
    match text.as_bytes()[0] {
        b'"' => inner.replace("\"\"", "\""),
        b'`' => inner.replace("``", "`"),
        _ => inner.to_owned(),
    }
}

fn text_value(text: &str) -> String {
    if let Some(rest) = text.strip_prefix('$') {
        let tag = rest.find('$').map_or(0, |at| at + 2);
        return text[tag..text.len() - tag].to_owned();
    }
    let Some(inner) = text.strip_prefix(['e', 'E']) else {
        return text[1..text.len() - 1].replace("''", "'");
    };
    let inner = inner[1..inner.len() - 1].replace("''", "'");
    let mut value = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            (_, Some('n')) => value.push('\n'),
            (_, Some('t')) => value.push('\t'),
            (_, Some('r')) => value.push('\r'),
            (_, Some(escaped)) => value.push(escaped),
            (c, None) => value.push(c),
        }
    }
    value
}

/// The tokens of a text, without comments; none where it ends within one.
pub(crate) fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c.is_whitespace() {
            at += c.len_utf8();
        } else if rest.starts_with("--") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            at += comment(rest)?;
        } else {
            let (kind, length) = token(rest, c)?;
            tokens.push(Token { kind, text: &rest[..length], start: at });
            at += length;
        }
    }
    Some(tokens)
}

/// The length of a comment, which may hold others.
fn comment(rest: &str) -> Option<usize> {
    let (mut depth, mut at) = (0, 0);
    loop {
        match rest.get(at..)? {
            "" => return None,
            more if more.starts_with("/*") => (depth, at) = (depth + 1, at + 2),
            more if more.starts_with("*/") => (depth, at) = (depth - 1, at + 2),
            more => at += more.chars().next()?.len_utf8(),
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

fn token(rest: &str, first: char) -> Option<(Kind, usize)> {
    let second = rest[first.len_utf8()..].chars().next();
    match (first, second) {
        ('\'', _) => Some((Kind::Text, quoted(rest, '\'', false)?)),
        ('e' | 'E', Some('\'')) => Some((Kind::Text, 1 + quoted(&rest[1..], '\'', true)?)),
        ('x' | 'X', Some('\'')) => Some((Kind::Blob, 1 + quoted(&rest[1..], '\'', false)?)),
        ('"' | '`', _) => Some((Kind::Quoted, quoted(rest, first, false)?)),
        ('$', Some(c)) if c == '$' || is_word_start(c) => Some((Kind::Text, dollars(rest)?)),
        _ if is_word_start(first) => {
            let end = rest.find(|c: char| !is_word_start(c) && !c.is_ascii_digit() && c != '$');
            Some((Kind::Word, end.unwrap_or(rest.len())))
        }
        ('0'..='9', _) => Some((Kind::Number, number(rest))),
        ('.', Some('0'..='9')) => Some((Kind::Number, number(rest))),
        _ => Some((Kind::Symbol, symbol(rest, first))),
    }
}

fn is_word_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || !c.is_ascii()
}

/// The length of what stands between two of a quote, which is doubled within.
fn quoted(rest: &str, quote: char, escapes: bool) -> Option<usize> {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if escapes && c == '\\' {
            chars.next();
        } else if c == quote && chars.next_if(|&(_, next)| next == quote).is_none() {
            return Some(at + 1);
        }
    }
    None
}

fn dollars(rest: &str) -> Option<usize> {
    let tag = rest[1..].find('$')? + 2;
    let body = rest[tag..].find(&rest[..tag])?;
    Some(body + 2 * tag)
}

fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let is_sign = matches!(bytes[at], b'+' | b'-') && at > 0 && matches!(bytes[at - 1], b'e' | b'E');
        if !(bytes[at].is_ascii_alphanumeric() || matches!(bytes[at], b'.' | b'_') || is_sign) {
            break;
        }
        at += 1;
    }
    at
}

/// Operators are as long as they can be; a sign at the end belongs to what follows, unless the
/// operator has one of PostgreSQL's own characters.
fn symbol(rest: &str, first: char) -> usize {
    if rest.starts_with("::") || rest.starts_with(":=") {
        return 2;
    }
    let is_operator = |c: char| "+-*/<>=~!@#%^&|?".contains(c);
    if !is_operator(first) {
        return first.len_utf8();
    }
    let mut length = rest.find(|c| !is_operator(c)).unwrap_or(rest.len());
    length =
        ["--", "/*"].iter().filter_map(|mark| rest[1..length].find(mark)).fold(length, |l, at| l.min(at + 1));
    let operator = &rest[..length];
    if operator.contains(['~', '!', '@', '#', '%', '^', '&', '|', '?']) {
        return length;
    }
    operator.trim_end_matches(['+', '-']).len().max(1)
}
