//! One pass over the characters before parsing: brackets, strings, comments.
//!
//! It bounds the depth that pest will recurse to, and finds the faults that a grammar words
//! badly: a bracket that is never closed, a string that runs on.

use std::ops::Range;

use crate::ast::Span;
use crate::count::Counts;
use crate::error::{MAX_TOLD, SyntaxError, SyntaxErrorKind};
use crate::parse::MAX_DEPTH;

/// What the pass found.
pub(crate) struct Scan {
    /// In source order.
    pub(crate) errors: Vec<SyntaxError>,
    /// Whether the text must not be parsed.
    pub(crate) fatal: bool,
    /// The raw strings with `#`, in order.
    pub(crate) raw_strings: Vec<Range<usize>>,
}

/// Looks at every character once.
pub(crate) fn scan(text: &str) -> Scan {
    let mut scanner = Scanner { text: text.as_bytes(), ..Scanner::default() };
    match text.find('\0') {
        Some(at) => scanner.fatal(SyntaxErrorKind::Nul, at, at + 1),
        None => scanner.run(),
    }
    scanner.directions(text);
    scanner.errors.sort_by_key(|error| error.span.start);
    Scan { errors: scanner.errors, fatal: scanner.fatal, raw_strings: scanner.raw_strings }
}

/// How many words, numbers, strings and signs a text has; no more than the most that are read of a
/// file, and one.
pub fn count_tokens(text: &str) -> usize {
    let mut scanner = Scanner { text: text.as_bytes(), ..Scanner::default() };
    scanner.run();
    scanner.counts.tokens
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[derive(Default)]
struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    open: Vec<(u8, usize)>,
    /// Strings with characters beyond ASCII.
    strings: Vec<Range<usize>>,
    errors: Vec<SyntaxError>,
    fatal: bool,
    raw_strings: Vec<Range<usize>>,
    counts: Counts,
}

impl Scanner<'_> {
    fn run(&mut self) {
        while self.at < self.text.len() && !self.fatal {
            // Nothing is counted of space, and nothing of a word behind its first byte.
            if self.text[self.at].is_ascii_whitespace() {
                self.at += 1;
                continue;
            }
            self.count();
            match self.text[self.at] {
                b'/' if self.looking_at(b"//") => self.skip_line(),
                b'/' if self.looking_at(b"/*") => self.block_comment(),
                b'"' => self.string(),
                b'r' => self.raw_string(),
                open @ (b'(' | b'[' | b'{') => self.open(open),
                close @ (b')' | b']' | b'}') => self.close(close),
                byte if is_plain(byte) => self.word(),
                _ => self.at += 1,
            }
        }
        if self.fatal {
            return;
        }
        for (bracket, at) in std::mem::take(&mut self.open) {
            self.error(SyntaxErrorKind::Unclosed { bracket: bracket.into() }, at, at + 1);
        }
    }

    /// Counts what stands here, unless it is more than may be.
    fn count(&mut self) {
        let (depth, opened) = (self.open.len(), self.open.last().map_or(self.at, |&(_, at)| at));
        let Some(surplus) = self.counts.count(self.text, self.at, depth) else { return };
        let at = if surplus.is_of_block() { opened } else { self.at };
        self.fatal(surplus.into_kind(self.text[opened]), at, at + 1);
    }

    /// The rest of a word: a raw string may begin behind what is not ASCII.
    fn word(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.iter().position(|&byte| !is_plain(byte)).unwrap_or(rest.len());
    }

    fn looking_at(&self, token: &[u8]) -> bool {
        self.text[self.at..].starts_with(token)
    }

    fn error(&mut self, kind: SyntaxErrorKind, start: usize, end: usize) {
        if self.errors.len() < MAX_TOLD {
            self.push(kind, start, end);
        }
    }

    fn push(&mut self, kind: SyntaxErrorKind, start: usize, end: usize) {
        self.errors.push(SyntaxError { kind, span: Span::new(start, end) });
    }

    fn fatal(&mut self, kind: SyntaxErrorKind, start: usize, end: usize) {
        self.push(kind, start, end);
        self.fatal = true;
    }

    fn skip_line(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let mut depth = 0usize;
        while self.at < self.text.len() {
            if self.looking_at(b"/*") {
                depth += 1;
                self.at += 2;
            } else if self.looking_at(b"*/") {
                depth -= 1;
                self.at += 2;
            } else {
                self.at += 1;
            }
            if depth == 0 {
                return;
            }
            if depth > MAX_DEPTH {
                self.fatal(SyntaxErrorKind::TooDeep, self.at - 2, self.at);
                return;
            }
        }
        self.fatal(SyntaxErrorKind::UnterminatedComment, start, start + 2);
    }

    /// A string ends on its own line, or goes on behind a backslash at the line's end.
    fn string(&mut self) {
        let start = self.at;
        self.at += 1;
        while self.at < self.text.len() {
            match self.text[self.at] {
                b'"' => {
                    self.at += 1;
                    if !self.text[start..self.at].is_ascii() {
                        self.strings.push(start..self.at);
                    }
                    return;
                }
                b'\\' if self.looking_at(b"\\\r\n") => self.at += 3,
                b'\\' => self.at += 2,
                b'\n' => break,
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.text.len());
        // The parser may see brackets where this pass sees text.
        let opened = self.text[start..self.at].iter().filter(|b| b"([{".contains(b)).count();
        match self.open.len() + opened > MAX_DEPTH {
            true => self.fatal(SyntaxErrorKind::UnterminatedString, start, start + 1),
            false => self.error(SyntaxErrorKind::UnterminatedString, start, start + 1),
        }
    }

    /// `r"…"`, `r#"…"#`; may span lines. Any other `r` is passed over.
    fn raw_string(&mut self) {
        let after_word =
            self.at > 0 && (self.text[self.at - 1].is_ascii_alphanumeric() || self.text[self.at - 1] == b'_');
        let hashes = self.text[self.at + 1..].iter().take_while(|&&b| b == b'#').count();
        let quote = self.at + 1 + hashes;
        if after_word || self.text.get(quote) != Some(&b'"') {
            self.word();
            return;
        }
        let start = self.at;
        self.at = quote + 1;
        while self.at < self.text.len() {
            if self.text[self.at] == b'"'
                && self.text[self.at + 1..].iter().take_while(|&&b| b == b'#').count() >= hashes
            {
                self.at += 1 + hashes;
                if hashes > 0 {
                    self.raw_strings.push(start..self.at);
                }
                return;
            }
            self.at += 1;
        }
        self.fatal(SyntaxErrorKind::UnterminatedString, start, quote + 1);
    }

    /// Characters that turn the direction of text: what is shown is then not what is read. They
    /// are told wherever they stand, but no more of them than anybody reads.
    fn directions(&mut self, text: &str) {
        const MOST: usize = 500;
        let turns = |&(_, c): &(usize, char)| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        for (at, character) in text.char_indices().filter(turns).take(MOST) {
            let before = self.strings.partition_point(|string| string.end <= at);
            let escapes = self.strings.get(before).is_some_and(|string| string.contains(&at));
            let end = at + character.len_utf8();
            self.error(SyntaxErrorKind::Bidirectional { character, escapes }, at, end);
        }
    }

    fn open(&mut self, bracket: u8) {
        self.open.push((bracket, self.at));
        if self.open.len() > MAX_DEPTH {
            self.fatal(SyntaxErrorKind::TooDeep, self.at, self.at + 1);
            self.open.clear();
        }
        self.at += 1;
    }

    fn close(&mut self, close: u8) {
        let wanted = match close {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        let at = self.at;
        self.at += 1;
        if self.open.last().is_some_and(|&(open, _)| open == wanted) {
            self.open.pop();
            return;
        }
        // The bracket belongs to an outer one: what is between was never closed.
        if let Some(outer) = self.open.iter().rposition(|&(open, _)| open == wanted) {
            if wanted == b'{' {
                for (open, open_at) in self.open.split_off(outer + 1) {
                    self.error(SyntaxErrorKind::Unclosed { bracket: open.into() }, open_at, open_at + 1);
                }
                self.open.pop();
                return;
            }
            self.open.truncate(outer);
            self.error(SyntaxErrorKind::Unopened { bracket: close.into() }, at, at + 1);
            return;
        }
        match self.open.last().copied() {
            // A wrong closing bracket within a block closes what is open there.
            Some((open, open_at)) if open != b'{' && close != b'}' => {
                self.open.pop();
                let kind = SyntaxErrorKind::Mismatched {
                    open: open.into(),
                    open_span: Span::new(open_at, open_at + 1),
                    close: close.into(),
                };
                self.error(kind, at, at + 1);
            }
            _ => self.error(SyntaxErrorKind::Unopened { bracket: close.into() }, at, at + 1),
        }
    }
}
