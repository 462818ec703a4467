//! Tokens in order, with the comments of their gaps: what every construct is laid out with.
//!
//! Each token is written once, by [`Printer::word`], after its gap, by [`Printer::gap`] within a
//! line and [`Printer::begin_line`] at the beginning of one. Whatever a construct expects, no token
//! is passed over, so that nothing is lost.

use super::layout::Layout;
use super::tokens::{Comment, Kind, Token, Tokens};

/// What separates a token from the one before, where no comment stands between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// Nothing.
    Tight,
    /// So many spaces.
    Spaces(usize),
    /// So many spaces, or a line end where the group is broken.
    Line(usize),
}

/// One space.
pub(super) const SPACE: Separator = Separator::Spaces(1);

/// Whether a blank line comes before a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blank {
    Never,
    /// If there is one already.
    Kept,
    Always,
}

impl Blank {
    fn is_after(self, breaks: u32) -> bool {
        match self {
            Blank::Never => false,
            Blank::Kept => breaks > 1,
            Blank::Always => true,
        }
    }
}

/// Tokens on their way into a layout.
pub(super) struct Printer<'t> {
    tokens: Tokens<'t>,
    at: usize,
    pub(super) layout: Layout<'t>,
}

impl<'t> Printer<'t> {
    pub(super) fn new(text: &'t str) -> Printer<'t> {
        Printer { tokens: Tokens::new(text), at: 0, layout: Layout::default() }
    }

    /// The token that is to be written next.
    pub(super) fn next(&self) -> &Token<'t> {
        self.tokens.at(self.at)
    }

    /// Where it is.
    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// A token by its place; the end of the file behind the last one.
    pub(super) fn token_at(&self, at: usize) -> &Token<'t> {
        self.tokens.at(at)
    }

    pub(super) fn behind_next(&self) -> &Token<'t> {
        self.token_at(self.at + 1)
    }

    /// Writes the next token, whose gap is written.
    pub(super) fn word(&mut self) {
        if self.next().kind != Kind::End {
            self.layout.text(self.next().text);
            self.at += 1;
        }
    }

    /// Writes the gap of the next token, and the token. Gives the piece that separates them.
    pub(super) fn token(&mut self, separator: Separator) -> usize {
        let place = self.gap(separator);
        self.word();
        place
    }

    /// Leaves out the next token, a separator that means nothing. Its comments stay.
    pub(super) fn leave_out(&mut self, apart: bool) {
        self.tokens.move_comments(self.at, apart);
        self.at += 1;
    }

    /// Writes the gap of a brace on the line of its title.
    pub(super) fn brace_gap(&mut self) {
        self.tokens.move_behind(self.at, "{");
        self.gap(SPACE);
    }

    /// Writes the gap of the next token within a line or a group. Gives the place of the piece that
    /// separates them.
    pub(super) fn gap(&mut self, separator: Separator) -> usize {
        match separator {
            Separator::Line(spaces) => self.line_gap(spaces),
            Separator::Spaces(spaces) => {
                let place = self.layout.here();
                self.layout.spaces(spaces);
                self.inline_comments(false);
                place
            }
            Separator::Tight => {
                let place = self.layout.here();
                self.inline_comments(true);
                place
            }
        }
    }

    /// Comments where no line may end, but for a comment that ends it. `tight`: nothing stands
    /// between the tokens otherwise.
    fn inline_comments(&mut self, tight: bool) {
        let comments = self.take_comments();
        let mut begins_line = !tight;
        let Some(last) = comments.last().map(|comment| comment.is_line) else { return };
        for comment in comments {
            let ends = comment.is_line;
            if ends {
                self.layout.trailing(comment);
                self.layout.indent();
                self.layout.end_line(false);
                self.layout.dedent();
            } else {
                if !begins_line {
                    self.layout.spaces(1);
                }
                self.layout.comment(comment);
            }
            begins_line = ends;
        }
        let hugs = tight && [")", "]", ",", ":", "?", "."].iter().any(|mark| self.next().is(mark));
        if !last && !hugs {
            self.layout.spaces(1);
        }
    }

    /// Comments where a line may end: those at the end of the line before stay there, those on
    /// lines of their own too, and what is left stands right before the token.
    fn line_gap(&mut self, spaces: usize) -> usize {
        let comments = self.take_comments();
        let breaks = self.next().breaks;
        let trailing = trailing(&comments, breaks > 0);
        let mut left = comments.into_iter().peekable();
        for comment in left.by_ref().take(trailing) {
            self.layout.trailing(comment);
        }
        let place = self.layout.here();
        self.layout.line(spaces);
        while let Some(comment) = left.next() {
            let ends = comment.is_line || left.peek().map_or(breaks, |next| next.breaks) > 0;
            self.layout.comment(comment);
            match ends {
                true => self.layout.end_line(false),
                false => self.layout.spaces(1),
            }
        }
        place
    }

    /// Comments before the bracket that closes a group: they belong to what is in it.
    pub(super) fn closing_comments(&mut self, is_empty: bool) {
        let comments = self.take_comments();
        let mut begins = is_empty;
        for comment in comments {
            match comment.breaks {
                0 if begins || comment.is_line => {}
                0 => self.layout.spaces(1),
                _ => {
                    self.layout.force();
                    self.layout.line(0);
                }
            }
            begins = false;
            match comment.is_line {
                true => self.layout.trailing(comment),
                false => self.layout.comment(comment),
            }
        }
    }

    /// Ends the line before the next token, and writes the comments between, on lines of their own
    /// but for those at the end of the line before. `first` is for the first line end, `last` for
    /// the one before the token. Says whether a blank line was written.
    pub(super) fn begin_line(&mut self, first: Blank, last: Blank) -> bool {
        let commented = self.comment_lines(first);
        let blank = match commented {
            Some(_) => last,
            None if last == Blank::Never => Blank::Never,
            None => first,
        };
        let blank = blank.is_after(self.next().breaks);
        self.layout.end_line(blank);
        blank || commented == Some(true)
    }

    /// The comments before the next token that is to begin a line. None if none has a line of its
    /// own, else whether there is a blank line before one of them.
    pub(super) fn comment_lines(&mut self, first: Blank) -> Option<bool> {
        let comments = self.take_comments();
        let next = self.next();
        let trailing = trailing(&comments, next.breaks > 0 || next.kind == Kind::End || next.is("}"));
        let mut any_blank = None;
        for (number, comment) in comments.into_iter().enumerate() {
            if number < trailing {
                self.layout.trailing(comment);
                continue;
            }
            let blank = if any_blank.is_none() { first } else { Blank::Kept };
            let blank = blank.is_after(comment.breaks);
            self.layout.end_line(blank);
            self.layout.comment(comment);
            any_blank = Some(any_blank == Some(true) || blank);
        }
        any_blank
    }

    fn take_comments(&mut self) -> Vec<Comment<'t>> {
        self.tokens.take_comments(self.at)
    }
}

/// How many of the comments in a gap end the line of the token before it. `broken`: the line ends
/// behind the last.
fn trailing(comments: &[Comment<'_>], broken: bool) -> usize {
    let same_line = comments.iter().take_while(|comment| comment.breaks == 0).count();
    let ends = match (same_line.checked_sub(1), comments.get(same_line)) {
        (None, _) => false,
        (Some(_), Some(_)) => true,
        (Some(last), None) => broken || comments[last].is_line,
    };
    if ends { same_line } else { 0 }
}
