//! A file as tokens, each with the comments and line ends before it.
//!
//! The text has been parsed without an error, so that every character belongs to something; what
//! would not is kept as a token of its own all the same.
//!
//! Terms: the *gap* of a token is what stands between it and the token before: comments, and line
//! ends. The *breaks* of a comment or token are the line ends right before it.

use std::borrow::Cow;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Word,
    /// `1`, `1.5`; with its sign where it is the upper bound of a range.
    Number,
    /// A string, raw or not.
    Str,
    /// A bracket, an operator, a separator.
    Mark,
    /// `/// …`
    Doc,
    /// `//! …`
    FileDoc,
    /// The end of the file.
    End,
}

/// A token and the gap before it.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    /// As written; documentation without the white space at its end.
    pub(super) text: &'t str,
    /// The comments between the token before and this one.
    pub(super) comments: Vec<Comment<'t>>,
    /// Line ends behind the last of the comments, or behind the token before.
    pub(super) breaks: usize,
    /// Of an opening bracket: where the closing one is.
    pub(super) close: usize,
}

/// A comment.
#[derive(Clone, Debug)]
pub(super) struct Comment<'t> {
    /// Line ends are `\n`; no line ends in white space.
    pub(super) text: Cow<'t, str>,
    /// Whether it is `//`, and goes on to the line's end.
    pub(super) is_line: bool,
    /// Line ends before it.
    pub(super) breaks: usize,
    /// How many characters stand before it on its line.
    pub(super) column: usize,
}

impl Token<'_> {
    pub(super) fn is(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }

    pub(super) fn is_word(&self, words: &[&str]) -> bool {
        self.kind == Kind::Word && words.contains(&self.text)
    }
}

/// Marks of more than one character, longest first.
const LONG_MARKS: [&str; 8] = ["..=", "..", "==", "!=", "<=", ">=", "&&", "||"];

/// All tokens of a file; the last is its end.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    // The beginning of the file begins a line.
    let mut lexer = Lexer { text, at: 0, line: 0, comments: Vec::new(), breaks: 1, tokens: Vec::new() };
    while lexer.step() {}
    let mut tokens = lexer.tokens;
    pair_brackets(&mut tokens);
    (0..tokens.len()).for_each(|at| move_behind(&mut tokens, at, ","));
    tokens
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// Where the line begins.
    line: usize,
    comments: Vec<Comment<'t>>,
    breaks: usize,
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
        let comments = std::mem::take(&mut self.comments);
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
        let text = match text.contains('\n') {
            true => Cow::Owned(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")),
            false => Cow::Borrowed(text),
        };
        let column = self.text[self.line..self.at].chars().count();
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

/// The end of the file closes what nothing else does.
fn pair_brackets(tokens: &mut [Token<'_>]) {
    let mut open = Vec::new();
    let end = tokens.len() - 1;
    for at in 0..tokens.len() {
        match (tokens[at].kind, tokens[at].text) {
            (Kind::Mark, "(" | "[" | "{") => {
                tokens[at].close = end;
                open.push(at);
            }
            (Kind::Mark, ")" | "]" | "}") => {
                if let Some(opening) = open.pop() {
                    tokens[opening].close = at;
                }
            }
            _ => {}
        }
    }
}

/// A separator stands on the line of what it follows: comments that keep it from there come
/// behind it.
pub(super) fn move_behind(tokens: &mut [Token<'_>], at: usize, separator: &str) {
    let token = &tokens[at];
    let is_inline = token.breaks == 0 && token.comments.iter().all(|c| !c.is_line && c.breaks == 0);
    if token.is(separator) && !token.comments.is_empty() && !is_inline {
        move_comments(tokens, at, true);
    }
}

/// Gives the comments of a token to the next one. `apart` keeps them from that one's line.
pub(super) fn move_comments(tokens: &mut [Token<'_>], at: usize, apart: bool) {
    let mut comments = std::mem::take(&mut tokens[at].comments);
    let least = tokens[at].breaks.max(usize::from(apart));
    let next = &mut tokens[at + 1];
    match next.comments.first_mut() {
        Some(first) => first.breaks = first.breaks.max(least),
        None => next.breaks = next.breaks.max(least),
    }
    comments.append(&mut next.comments);
    next.comments = comments;
}
