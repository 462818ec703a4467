//! Expressions, and lists of them in brackets.

use super::printer::{Printer, SPACE, Separator};
use super::tokens::Kind;
use crate::ast::BinaryOp;

const SOFT: Separator = Separator::Line(0);
const LINE: Separator = Separator::Line(1);

impl Printer<'_> {
    /// `(a, b desc)` or `[a, b]`, whose gap is written: on one line, or one element a line.
    pub(super) fn group(&mut self) {
        let close = self.next().close();
        self.layout.open();
        if self.has_lines_in_several(close) {
            self.layout.force();
        }
        self.word();
        self.layout.indent();
        let mut is_empty = true;
        while self.place() < close {
            if self.next().is(",") && (is_empty || self.place() + 1 == close) {
                self.leave_out(false);
                continue;
            }
            if self.next().is(",") {
                self.token(Separator::Tight);
                continue;
            }
            self.gap(if is_empty { SOFT } else { LINE });
            let before = self.place();
            self.argument(close);
            if self.place() == before {
                self.word();
            }
            is_empty = false;
        }
        if !is_empty {
            self.layout.if_broken(",");
        }
        self.closing_bracket(is_empty);
    }

    /// `(expr)`
    fn parenthesized(&mut self) {
        self.layout.open();
        self.word();
        self.layout.indent();
        self.gap(SOFT);
        self.expr();
        self.closing_bracket(false);
    }

    fn closing_bracket(&mut self, is_empty: bool) {
        self.closing_comments(is_empty);
        self.layout.dedent();
        self.token(SOFT);
        self.layout.close();
    }

    /// Whether a string of several lines is one of several elements.
    fn has_lines_in_several(&self, close: usize) -> bool {
        let (mut at, mut lines, mut several) = (self.place() + 1, false, false);
        while at < close {
            let token = self.token_at(at);
            lines |= token.kind == Kind::Str && token.text.contains('\n');
            several |= token.is(",") && at + 1 < close;
            at = token.close().max(at + 1);
        }
        lines && several
    }

    /// `message: "…"`, `lower(a) desc`; the gap before it is written.
    fn argument(&mut self, close: usize) {
        if self.next().kind == Kind::Word && self.behind_next().is(":") {
            self.word();
            self.token(Separator::Tight);
            self.gap(SPACE);
        }
        self.expr();
        while self.place() < close && !self.next().is(",") {
            let before = self.place();
            self.gap(SPACE);
            self.operand();
            if self.place() == before {
                self.word();
            }
        }
    }

    /// An expression whose gap is written. Where it does not fit, the operators that bind least
    /// begin lines.
    pub(super) fn expr(&mut self) {
        let mut operators = Vec::new();
        let mut at = self.behind_operand(self.place());
        while let Some(operator) = self.operator(at) {
            operators.push((at, operator.precedence()));
            at = self.behind_operand(at + 1);
        }
        self.chain(&operators);
    }

    /// Operands with the operators at these places between them.
    fn chain(&mut self, operators: &[(usize, u8)]) {
        let Some(lowest) = operators.iter().map(|&(_, precedence)| precedence).min() else {
            return self.operand();
        };
        self.layout.open();
        let mut parts = operators.split(|&(_, precedence)| precedence == lowest);
        self.chain(parts.next().unwrap_or_default());
        self.layout.indent();
        for part in parts {
            self.token(LINE);
            self.gap(SPACE);
            self.chain(part);
        }
        self.layout.dedent();
        self.layout.close();
    }

    /// The operator at a place, if an operand follows it.
    fn operator(&self, at: usize) -> Option<BinaryOp> {
        let token = self.token_at(at);
        let is_operator = matches!(token.kind, Kind::Mark | Kind::Word);
        let operator = is_operator.then(|| BinaryOp::from_text(token.text)).flatten()?;
        (self.behind_operand(at + 1) > at + 1).then_some(operator)
    }

    /// Where the operand ends that begins at a place; that place if there is none.
    fn behind_operand(&self, mut at: usize) -> usize {
        let start = at;
        while self.is_prefix(at) {
            at += 1;
        }
        let token = self.token_at(at);
        match token.kind {
            Kind::Number | Kind::Str if self.is_range(at + 1) => at + 2 + usize::from(self.is_bound(at + 2)),
            Kind::Number | Kind::Str => at + 1,
            Kind::Word => self.behind_reference(at),
            Kind::Mark if token.is("(") || token.is("[") => token.close() + 1,
            Kind::Mark if self.is_range(at) => at + 1 + usize::from(self.is_bound(at + 1)),
            Kind::Mark | Kind::Doc | Kind::FileDoc | Kind::End => start,
        }
    }

    fn behind_reference(&self, mut at: usize) -> usize {
        at += 1;
        while self.token_at(at).is(".") {
            at += 2;
        }
        if self.token_at(at).is("(") { self.token_at(at).close() + 1 } else { at }
    }

    fn is_prefix(&self, at: usize) -> bool {
        self.token_at(at).is("!") || self.token_at(at).is("-")
    }

    fn is_range(&self, at: usize) -> bool {
        self.token_at(at).is("..") || self.token_at(at).is("..=")
    }

    fn is_bound(&self, at: usize) -> bool {
        matches!(self.token_at(at).kind, Kind::Number | Kind::Str)
    }

    /// What operators stand between; its gap is written.
    pub(super) fn operand(&mut self) {
        while self.is_prefix(self.place()) {
            self.word();
            self.gap(Separator::Tight);
        }
        match self.next().kind {
            Kind::Number | Kind::Str => {
                self.word();
                self.range_from_here();
            }
            Kind::Word => self.reference(),
            Kind::Mark if self.next().is("(") => self.parenthesized(),
            Kind::Mark if self.next().is("[") => self.group(),
            Kind::Mark if self.is_range(self.place()) => {
                self.word();
                if self.is_bound(self.place()) {
                    self.token(Separator::Tight);
                }
            }
            Kind::Mark | Kind::Doc | Kind::FileDoc | Kind::End => {}
        }
    }

    /// What follows the lower bound.
    fn range_from_here(&mut self) {
        if self.is_range(self.place()) {
            self.token(Separator::Tight);
            if self.is_bound(self.place()) {
                self.token(Separator::Tight);
            }
        }
    }

    /// `Role.admin`, `lower(a)`; the gap before it is written.
    pub(super) fn reference(&mut self) {
        self.word();
        while self.next().is(".") {
            self.token(Separator::Tight);
            self.token(Separator::Tight);
        }
        if self.next().is("(") {
            self.gap(Separator::Tight);
            self.group();
        }
    }
}
