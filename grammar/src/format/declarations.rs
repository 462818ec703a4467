//! A file and its declarations: which lines there are, and where blank ones stand.

use super::members::Columns;
use super::printer::{Blank, Printer, SPACE, Separator};
use super::tokens::Kind;

/// What stands before a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// The file's beginning, or the brace of the block.
    Start,
    FileDoc,
    /// Documentation of what follows.
    Doc,
    /// A declaration.
    Declaration,
    /// A field, a statement, a variant.
    Member,
}

impl Before {
    /// Whether a blank line comes before the next line.
    fn blank(self) -> Blank {
        match self {
            Before::Start | Before::Doc => Blank::Never,
            Before::FileDoc | Before::Declaration => Blank::Always,
            Before::Member => Blank::Kept,
        }
    }
}

impl Printer<'_> {
    /// All of the file.
    pub(super) fn file(&mut self) {
        let mut before = Before::Start;
        while self.next().kind != Kind::End {
            let kind = self.next().kind;
            let first = match (before, kind) {
                (Before::FileDoc | Before::Doc, Kind::FileDoc) => Blank::Kept,
                _ => before.blank(),
            };
            let last = if before == Before::Doc { first } else { Blank::Kept };
            self.begin_line(first, last);
            before = match kind {
                Kind::FileDoc => Before::FileDoc,
                Kind::Doc => Before::Doc,
                _ => Before::Declaration,
            };
            match kind {
                Kind::FileDoc | Kind::Doc => self.word(),
                _ => self.declaration(),
            }
        }
        let first = if before == Before::Doc { Blank::Kept } else { before.blank() };
        self.comment_lines(first);
    }

    fn declaration(&mut self) {
        match self.next().text {
            "enum" => self.enumeration(),
            "union" => self.union(),
            _ => self.block(),
        }
    }

    /// `model A with B { … }`
    fn block(&mut self) {
        self.layout.open();
        self.word();
        self.token(SPACE);
        match self.next().is_word(&["with"]) {
            true => self.with(),
            false => self.brace_gap(),
        }
        self.layout.close();
        if self.next().is("{") {
            self.body(Self::members);
        } else {
            self.word();
        }
    }

    /// `with A, B`, and the gap behind: on the line, or one a line.
    fn with(&mut self) {
        self.token(SPACE);
        self.layout.indent();
        while self.next().kind == Kind::Word {
            self.token(Separator::Line(1));
            if self.next().is(",") && self.behind_next().kind == Kind::Word {
                self.token(Separator::Tight);
            } else if self.next().is(",") {
                self.leave_out(false);
            }
        }
        self.layout.if_broken(",");
        self.closing_comments(false);
        self.layout.dedent();
        self.layout.line(1);
    }

    /// From the opening brace, whose gap is written, to the closing one.
    fn body(&mut self, members: fn(&mut Self)) {
        self.word();
        if self.next().is("}") && !self.next().has_comments() {
            return self.word();
        }
        self.layout.indent();
        members(self);
        self.layout.dedent();
        self.layout.end_line(false);
        self.word();
    }

    /// Fields and statements, each on a line. Fields between two blank lines are aligned.
    fn members(&mut self) {
        let mut before = Before::Start;
        let mut fields: Vec<Columns> = Vec::new();
        while !self.is_end_of_body() {
            if self.member_line(before) {
                self.align(&mut fields);
            }
            let kind = self.next().kind;
            before = if kind == Kind::Doc { Before::Doc } else { Before::Member };
            match kind {
                Kind::Doc => self.word(),
                Kind::Word if self.behind_next().is(":") => fields.push(self.field()),
                Kind::Word => self.statement(),
                _ => self.word(),
            }
        }
        self.align(&mut fields);
        self.last_comments(before);
    }

    fn is_end_of_body(&self) -> bool {
        self.next().is("}") || self.next().kind == Kind::End
    }

    /// Says whether a blank line was written.
    fn member_line(&mut self, before: Before) -> bool {
        let last = if before == Before::Doc { Blank::Never } else { Blank::Kept };
        self.begin_line(before.blank(), last)
    }

    /// Comments before a closing brace.
    fn last_comments(&mut self, before: Before) {
        let first = if before == Before::Start { Blank::Never } else { Blank::Kept };
        self.comment_lines(first);
    }

    /// `enum A { a, b }`: on a line if it is and fits, else one variant a line.
    fn enumeration(&mut self) {
        self.word();
        self.token(SPACE);
        self.brace_gap();
        if self.is_one_line() {
            return self.one_line();
        }
        self.body(Self::variants);
    }

    /// Whether an enum is written on one line, and holds nothing that asks for one of its own.
    fn is_one_line(&self) -> bool {
        let (open, close) = (self.place(), self.next().close());
        let is_plain = |at: usize| {
            let token = self.token_at(at);
            let is_statement = token.kind == Kind::Word && self.token_at(at + 1).kind == Kind::Str;
            !token.has_comments() && token.kind != Kind::Doc && !is_statement
        };
        close > open + 1 && self.token_at(open + 1).breaks == 0 && (open + 1..=close).all(is_plain)
    }

    fn one_line(&mut self) {
        let close = self.next().close();
        self.layout.open();
        self.word();
        self.layout.indent();
        while self.place() < close {
            match self.next().is(",") {
                true if self.place() + 1 == close => self.leave_out(false),
                true => _ = self.token(Separator::Tight),
                false => {
                    self.gap(Separator::Line(1));
                    self.variant();
                }
            }
        }
        self.layout.if_broken(",");
        self.layout.dedent();
        self.token(Separator::Line(1));
        self.layout.close();
    }

    fn variant(&mut self) {
        self.layout.open();
        self.word();
        self.attributes(1);
        self.layout.close();
    }

    /// Variants and statements, each on a line.
    fn variants(&mut self) {
        let mut before = Before::Start;
        // The commas that have to stay where they are.
        let mut late = usize::MAX;
        while !self.is_end_of_body() {
            if self.next().is(",") && self.place() != late {
                self.leave_out(true);
                continue;
            }
            self.member_line(before);
            let kind = self.next().kind;
            before = if kind == Kind::Doc { Before::Doc } else { Before::Member };
            match kind {
                Kind::Word if self.behind_next().kind == Kind::Str => {
                    self.word();
                    self.token(SPACE);
                }
                Kind::Word => {
                    self.variant();
                    match self.late_comma() {
                        Some(place) => late = place,
                        None if self.next().is(",") => _ = self.token(Separator::Tight),
                        None => self.layout.text(","),
                    }
                }
                _ => self.word(),
            }
        }
        self.last_comments(before);
    }

    /// The comma of a variant, if documentation stands before it: with the comma before it, it
    /// would document the next variant.
    fn late_comma(&self) -> Option<usize> {
        let (mut at, mut documented) = (self.place(), false);
        loop {
            let token = self.token_at(at);
            match token.kind {
                Kind::Doc => documented = true,
                Kind::Word if self.token_at(at + 1).kind == Kind::Str => at += 1,
                Kind::Mark if token.is(",") => return documented.then_some(at),
                _ => return None,
            }
            at += 1;
        }
    }

    /// `union A = B | C`: on a line, or one member a line.
    fn union(&mut self) {
        self.layout.open();
        self.word();
        self.token(SPACE);
        self.token(SPACE);
        self.layout.indent();
        if self.next().is("|") {
            self.leave_out(false);
        }
        self.gap(Separator::Line(1));
        self.layout.if_broken("| ");
        self.word();
        while self.next().is("|") {
            self.token(Separator::Line(1));
            self.token(SPACE);
        }
        self.layout.dedent();
        self.layout.close();
    }
}
