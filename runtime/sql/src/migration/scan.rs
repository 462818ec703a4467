//! SQL as tokens, as far as one must know it to see where a statement ends.

use super::ParseError;
use crate::Dialect;

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Space,
    /// Behind two dashes, to the end of the line.
    LineComment,
    BlockComment,
    /// A name without quotes, a keyword, a number.
    Word,
    /// A text, or a name in quotes.
    Quoted,
    Semicolon,
    Open,
    Close,
    Other,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// Where it begins.
    pub(super) start: usize,
    /// The line that it begins on, from 1.
    pub(super) line: usize,
}

pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    dialect: Dialect,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect) -> Self {
        Scanner { text, at: 0, line: 1, dialect }
    }

    /// The next part; none at the end.
    ///
    /// # Errors
    ///
    /// When something in it does not end.
    pub(super) fn next(&mut self) -> Result<Option<Token<'a>>, ParseError> {
        let (start, line) = (self.at, self.line);
        let rest = &self.text[start..];
        let Some(first) = rest.chars().next() else { return Ok(None) };
        let kind = self.kind(rest, first)?;
        let text = &self.text[start..self.at];
        self.line += text.bytes().filter(|byte| *byte == b'\n').count();
        Ok(Some(Token { kind, text, start, line }))
    }

    fn kind(&mut self, rest: &str, first: char) -> Result<Kind, ParseError> {
        let is_postgres = self.dialect == Dialect::Postgres;
        let (kind, length) = match first {
            _ if first.is_whitespace() => (Kind::Space, length(rest, char::is_whitespace)),
            '-' if rest.starts_with("--") => (Kind::LineComment, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => (Kind::BlockComment, self.comment(rest)?),
            '\'' => (Kind::Quoted, self.quoted(rest, '\'', false)?),
            '"' => (Kind::Quoted, self.quoted(rest, '"', false)?),
            '`' if !is_postgres => (Kind::Quoted, self.quoted(rest, '`', false)?),
            '[' if !is_postgres => {
                (Kind::Quoted, 1 + rest.find(']').ok_or_else(|| self.endless("name", "`]`"))?)
            }
            'e' | 'E' if is_postgres && rest[1..].starts_with('\'') => {
                (Kind::Quoted, 1 + self.quoted(&rest[1..], '\'', true)?)
            }
            '$' if is_postgres && tag(rest).is_some() => (Kind::Quoted, self.dollars(rest)?),
            _ if is_word(first) => (Kind::Word, length(rest, |char| is_word(char) || char == '$')),
            ';' => (Kind::Semicolon, 1),
            '(' => (Kind::Open, 1),
            ')' => (Kind::Close, 1),
            _ => (Kind::Other, first.len_utf8()),
        };
        self.at += length;
        Ok(kind)
    }

    /// PostgreSQL's comments nest.
    fn comment(&self, rest: &str) -> Result<usize, ParseError> {
        let (mut depth, mut at) = (0, 0);
        let bytes = rest.as_bytes();
        while at + 1 < bytes.len() {
            match &bytes[at..at + 2] {
                b"/*" if depth == 0 || self.dialect == Dialect::Postgres => (depth, at) = (depth + 1, at + 2),
                b"*/" => (depth, at) = (depth - 1, at + 2),
                _ => at += 1,
            }
            if depth == 0 {
                return Ok(at);
            }
        }
        Err(self.endless("comment", "`*/`"))
    }

    /// The length of what is in quotes, which are doubled within.
    fn quoted(&self, rest: &str, quote: char, escapes: bool) -> Result<usize, ParseError> {
        let mut chars = rest.char_indices().skip(1).peekable();
        while let Some((at, char)) = chars.next() {
            if char == '\\' && escapes {
                chars.next();
            } else if char == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
                return Ok(at + 1);
            }
        }
        let what = if quote == '\'' { "text" } else { "name" };
        Err(self.endless(what, &format!("`{quote}`")))
    }

    fn dollars(&self, rest: &str) -> Result<usize, ParseError> {
        let tag = tag(rest).unwrap_or_default();
        let end = rest[tag.len()..].find(tag).ok_or_else(|| self.endless("text", &format!("`{tag}`")))?;
        Ok(end + 2 * tag.len())
    }

    fn endless(&self, what: &str, end: &str) -> ParseError {
        ParseError::new(self.line, format!("the {what} that begins here does not end"), format!("add {end}"))
    }
}

fn length(text: &str, is_in: impl Fn(char) -> bool) -> usize {
    text.find(|char| !is_in(char)).unwrap_or(text.len())
}

/// Bytes beyond ASCII are letters to both databases.
fn is_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_' || !char.is_ascii()
}

/// `$body$` at the start of a text; `$1` is none.
fn tag(text: &str) -> Option<&str> {
    let end = 1 + text.strip_prefix('$')?.find('$')?;
    let name = &text[1..end];
    let is_tag = name.chars().all(is_word) && !name.starts_with(|first: char| first.is_ascii_digit());
    is_tag.then(|| &text[..=end])
}
