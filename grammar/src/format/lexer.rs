//! Characters to tokens and comments.
//!
//! The text has been parsed without an error, so that every character belongs to something; what
//! would not is kept as a token of its own all the same.

use std::borrow::Cow;

use super::tokens::{Comment, Kind, Token};

/// Marks of more than one character, longest first.
const LONG_MARKS: [&str; 8] = ["..=", "..", "==", "!=", "<=", ">=", "&&", "||"];

/// The tokens of a file, the last of which is its end, and its comments, both in order.
pub(super) fn read(text: &str) -> (Vec<Token<'_>>, Vec<Comment<'_>>) {
    // The beginning of the file begins a line.
    let (comments, tokens) = (Vec::new(), Vec::new());
    let mut lexer = Lexer { text, at: 0, line: 0, taken: 0, breaks: 1, comments, tokens };
    while lexer.step() {}
    (lexer.tokens, lexer.comments)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// Where the line begins.
    line: usize,
    /// How many comments belong to tokens.
    taken: u32,
    breaks: u32,
    comments: Vec<Comment<'t>>,
    tokens: Vec<Token<'t>>,
}

impl<'t> Lexer<'t> {
    /// Reads one thing; false at the end.
    fn step(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let bytes = rest.as_bytes();
        match bytes.first() {
            None => {
                self.token(Kind::End, 0);
                return false;
            }
            Some(b'\n') => {
                self.breaks += 1;
                self.at += 1;
                self.line = self.at;
            }
            Some(b' ' | b'\t' | b'\r') => self.at += 1,
            Some(b'/') if rest.starts_with("//") => self.slashes(),
            Some(b'/') if rest.starts_with("/*") => self.block_comment(),
            Some(b'"') => self.token(Kind::Str, string(bytes)),
            Some(b'r') if raw_string(rest).is_some() => {
                self.token(Kind::Str, raw_string(rest).unwrap_or(rest.len()));
            }
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => self.token(Kind::Word, word(bytes)),
            Some(b'0'..=b'9') => self.token(Kind::Number, number(bytes)),
            Some(b'-') if self.is_bound(bytes) => self.token(Kind::Number, 1 + number(&bytes[1..])),
            Some(_) => self.mark(rest),
        }
        true
    }

    /// `-5` behind `..`: the sign belongs to the number.
    fn is_bound(&self, bytes: &[u8]) -> bool {
        let behind_range = self.tokens.last().is_some_and(|last| last.is("..") || last.is("..="));
        behind_range && bytes.get(1).is_some_and(u8::is_ascii_digit)
    }

    fn mark(&mut self, rest: &str) {
        let long = LONG_MARKS.iter().find(|mark| rest.starts_with(**mark));
        let one = rest.chars().next().map_or(0, char::len_utf8);
        self.token(Kind::Mark, long.map_or(one, |mark| mark.len()));
    }

    fn token(&mut self, kind: Kind, length: usize) {
        let text = &self.text[self.at..self.at + length];
        let comments = self.taken..self.comments.len() as u32;
        self.taken = comments.end;
        self.tokens.push(Token { kind, text, comments, breaks: self.breaks, close: 0 });
        self.breaks = 0;
        self.pass(length);
    }

    /// Goes on, over line ends too.
    fn pass(&mut self, length: usize) {
        if let Some(last) = self.text[self.at..self.at + length].rfind('\n') {
            self.line = self.at + last + 1;
        }
        self.at += length;
    }

    /// A comment or documentation, to the line's end.
    fn slashes(&mut self) {
        let rest = &self.text[self.at..];
        let length = rest.find('\n').unwrap_or(rest.len());
        let kind = match rest.as_bytes().get(2) {
            Some(b'!') => Some(Kind::FileDoc),
            Some(b'/') if rest.as_bytes().get(3) != Some(&b'/') => Some(Kind::Doc),
            _ => None,
        };
        match kind {
            Some(kind) => {
                let written = rest[..length].trim_end().len();
                self.token(kind, written);
                self.at += length - written;
            }
            None => self.comment(length, true),
        }
    }

    fn block_comment(&mut self) {
        let bytes = &self.text.as_bytes()[self.at..];
        let (mut depth, mut at) = (0usize, 0);
        while at < bytes.len() {
            match &bytes[at..bytes.len().min(at + 2)] {
                b"/*" => (depth, at) = (depth + 1, at + 2),
                b"*/" => (depth, at) = (depth - 1, at + 2),
                _ => at += 1,
            }
            if depth == 0 {
                break;
            }
        }
        self.comment(at, false);
    }

    fn comment(&mut self, length: usize, is_line: bool) {
        let text = self.text[self.at..self.at + length].trim_end();
        // Its other lines move with the first one; there is no more than one such comment a line.
        let (text, column) = match text.contains('\n') {
            true => (
                Cow::Owned(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")),
                self.text[self.line..self.at].chars().count(),
            ),
            false => (Cow::Borrowed(text), 0),
        };
        self.comments.push(Comment { text, is_line, breaks: self.breaks, column });
        self.breaks = 0;
        self.pass(length);
    }
}

fn word(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count()
}

fn number(bytes: &[u8]) -> usize {
    let whole = word(bytes);
    match bytes[whole..] {
        [b'.', digit, ..] if digit.is_ascii_digit() => whole + 1 + word(&bytes[whole + 1..]),
        _ => whole,
    }
}

fn string(bytes: &[u8]) -> usize {
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at += 1 + bytes.get(at + 1).map_or(1, |&byte| char_length(byte)),
            _ => at += 1,
        }
    }
    bytes.len()
}

/// How many bytes the character has that begins with this one.
fn char_length(first: u8) -> usize {
    match first {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}

/// The length of `r"…"`; none for a word that begins with `r`.
fn raw_string(text: &str) -> Option<usize> {
    let hashes = text[1..].bytes().take_while(|&byte| byte == b'#').count();
    let inner = text[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", &text[1..1 + hashes]);
    let start = text.len() - inner.len();
    Some(inner.find(&end).map_or(text.len(), |at| start + at + end.len()))
}
