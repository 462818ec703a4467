//! A file as tokens, each with the comments and line ends before it.
//!
//! Terms: the *gap* of a token is what stands between it and the token before: comments, and line
//! ends. The *breaks* of a comment or token are the line ends right before it.

use std::borrow::Cow;
use std::ops::Range;

use super::lexer;

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
#[derive(Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    /// As written; documentation without the white space at its end.
    pub(super) text: &'t str,
    /// The comments between the token before and this one, by their places in [`Tokens`].
    pub(super) comments: Range<u32>,
    /// Line ends behind the last of the comments, or behind the token before.
    pub(super) breaks: u32,
    /// Of an opening bracket: where the closing one is.
    pub(super) close: u32,
}

/// A comment.
#[derive(Debug, Default)]
pub(super) struct Comment<'t> {
    /// Line ends are `\n`; no line ends in white space.
    pub(super) text: Cow<'t, str>,
    /// Whether it is `//`, and goes on to the line's end.
    pub(super) is_line: bool,
    /// Line ends before it.
    pub(super) breaks: u32,
    /// How many characters stand before it on its line, if it has several.
    pub(super) column: usize,
}

impl Token<'_> {
    pub(super) fn is(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }

    /// Where the bracket closes that this one opens; 0 for everything else.
    pub(super) fn close(&self) -> usize {
        self.close as usize
    }

    pub(super) fn has_comments(&self) -> bool {
        !self.comments.is_empty()
    }

    pub(super) fn is_word(&self, words: &[&str]) -> bool {
        self.kind == Kind::Word && words.contains(&self.text)
    }
}

/// A file.
pub(super) struct Tokens<'t> {
    /// In order; the last is the file's end.
    tokens: Vec<Token<'t>>,
    /// In order.
    comments: Vec<Comment<'t>>,
}

impl<'t> Tokens<'t> {
    /// Reads a file that has been parsed.
    pub(super) fn new(text: &'t str) -> Tokens<'t> {
        let (tokens, comments) = lexer::read(text);
        let mut tokens = Tokens { tokens, comments };
        pair_brackets(&mut tokens.tokens);
        (0..tokens.tokens.len()).for_each(|at| tokens.move_behind(at, ","));
        tokens
    }

    /// The token at a place; the end of the file behind the last one.
    pub(super) fn at(&self, at: usize) -> &Token<'t> {
        &self.tokens[at.min(self.tokens.len() - 1)]
    }

    /// The comments of a token, which has none then.
    pub(super) fn take_comments(&mut self, at: usize) -> Vec<Comment<'t>> {
        let comments = &mut self.tokens[at].comments;
        let taken = places(comments);
        comments.start = comments.end;
        self.comments[taken].iter_mut().map(std::mem::take).collect()
    }

    /// A separator stands on the line of what it follows: comments that keep it from there come
    /// behind it.
    pub(super) fn move_behind(&mut self, at: usize, separator: &str) {
        let token = &self.tokens[at];
        let comments = &self.comments[places(&token.comments)];
        let is_inline = token.breaks == 0 && comments.iter().all(|c| !c.is_line && c.breaks == 0);
        if token.is(separator) && token.has_comments() && !is_inline {
            self.move_comments(at, true);
        }
    }

    /// Gives the comments of a token to the next one. `apart` keeps them from that one's line.
    pub(super) fn move_comments(&mut self, at: usize, apart: bool) {
        let token = &mut self.tokens[at];
        let least = token.breaks.max(u32::from(apart));
        token.comments.end = token.comments.start;
        let start = token.comments.start;
        let next = &mut self.tokens[at + 1];
        let breaks = match next.has_comments() {
            true => &mut self.comments[next.comments.start as usize].breaks,
            false => &mut next.breaks,
        };
        *breaks = least.max(*breaks);
        // The comments of a file are in order, so that those of two tokens lie side by side.
        next.comments.start = start;
    }
}

fn places(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

/// The end of the file closes what nothing else does.
fn pair_brackets(tokens: &mut [Token<'_>]) {
    let mut open = Vec::new();
    let end = tokens.len() as u32 - 1;
    for at in 0..tokens.len() {
        match (tokens[at].kind, tokens[at].text) {
            (Kind::Mark, "(" | "[" | "{") => {
                tokens[at].close = end;
                open.push(at);
            }
            (Kind::Mark, ")" | "]" | "}") => {
                if let Some(opening) = open.pop() {
                    tokens[opening].close = at as u32;
                }
            }
            _ => {}
        }
    }
}
