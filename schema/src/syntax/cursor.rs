//! A way through tokens.

use super::{Kind, Token, tokens};

/// A place in a text's tokens.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Before the first token; none where the text ends within one.
    pub(crate) fn new(text: &'a str) -> Option<Cursor<'a>> {
        Some(Cursor { text, tokens: tokens(text)?, at: 0 })
    }

    pub(crate) fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    pub(crate) fn peek_after(&self, more: usize) -> Option<Token<'a>> {
        self.tokens.get(self.at + more).copied()
    }

    pub(crate) fn next(&mut self) -> Option<Token<'a>> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    pub(crate) fn is_done(&self) -> bool {
        self.at == self.tokens.len()
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    pub(crate) fn is_symbol(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|token| token.is_symbol(symbol))
    }

    /// Passes these keywords, if they all come next.
    pub(crate) fn words(&mut self, words: &str) -> bool {
        let words: Vec<&str> = words.split(' ').collect();
        let all = words
            .iter()
            .enumerate()
            .all(|(at, word)| self.peek_after(at).is_some_and(|token| token.is_word(word)));
        if all {
            self.at += words.len();
        }
        all
    }

    /// Passes a symbol, if it comes next.
    pub(crate) fn symbol(&mut self, symbol: &str) -> bool {
        let is_next = self.is_symbol(symbol);
        if is_next {
            self.at += 1;
        }
        is_next
    }

    /// A name, as it is written without quotes. SQLite knows brackets as quotes too.
    pub(crate) fn name(&mut self) -> Option<String> {
        if self.symbol("[") {
            let start = self.peek()?.start;
            while !self.is_symbol("]") {
                self.next()?;
            }
            return Some(self.text[start..self.next()?.start].to_owned());
        }
        let token = self.peek().filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted))?;
        self.at += 1;
        Some(token.value())
    }

    /// A name that may have that of its schema before it.
    pub(crate) fn path(&mut self) -> Option<Vec<String>> {
        let mut path = vec![self.name()?];
        while self.symbol(".") {
            path.push(self.name()?);
        }
        Some(path)
    }

    /// `("a", "b")`
    pub(crate) fn names(&mut self) -> Option<Vec<String>> {
        let mut names = Vec::new();
        if !self.symbol("(") {
            return None;
        }
        loop {
            names.push(self.name()?);
            if self.symbol(")") {
                return Some(names);
            }
            if !self.symbol(",") {
                return None;
            }
        }
    }

    /// What stands between a parenthesis and its other one, as it is written.
    pub(crate) fn parenthesised(&mut self) -> Option<&'a str> {
        if !self.is_symbol("(") {
            return None;
        }
        let start = self.next()?.end();
        let mut depth = 1;
        loop {
            let token = self.next()?;
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth -= 1;
            }
            if depth == 0 {
                return Some(self.text[start..token.start].trim());
            }
        }
    }

    /// What comes before the first token at this depth that `ends` says it of, or before a closing
    /// parenthesis; as it is written.
    pub(crate) fn until(&mut self, ends: impl Fn(&Cursor<'a>) -> bool) -> &'a str {
        let Some(first) = self.peek() else { return "" };
        let (start, mut end) = (first.start, first.start);
        let mut depth = 0;
        while let Some(token) = self.peek() {
            let closes = token.is_symbol(")") || token.is_symbol("]");
            if depth == 0 && (closes || ends(self)) {
                break;
            }
            if token.is_symbol("(") || token.is_symbol("[") {
                depth += 1;
            } else if closes {
                depth -= 1;
            }
            end = token.end();
            self.at += 1;
        }
        &self.text[start..end]
    }

    /// What is left, as it is written.
    pub(crate) fn rest(&mut self) -> &'a str {
        let start = self.peek().map_or(self.text.len(), |token| token.start);
        self.at = self.tokens.len();
        self.text[start..].trim()
    }
}
