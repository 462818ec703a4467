//! Operators of SQL in an expression: told, and taken for what they mean, so that nothing else
//! is told for their sake.

use super::{Pair, Walker, span, tight};
use crate::ast::*;
use crate::error::SyntaxErrorKind;

/// An operator of SQL, and the place among the operators of its expression.
pub(super) struct Foreign {
    words: String,
    found: String,
    span: Span,
    at: usize,
}

impl Foreign {
    pub(super) fn read(pair: &Pair<'_>, at: usize) -> Foreign {
        let found = pair.as_str().to_owned();
        let words = found.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        Foreign { words, found, span: span(pair), at }
    }

    /// Whether it is the last of so many operators.
    pub(super) fn is_before(&self, operators: usize) -> bool {
        self.at + 1 == operators
    }

    /// What it is taken for.
    pub(super) fn op(&self) -> BinaryOp {
        match self.words.as_str() {
            "and" | "&" => BinaryOp::And,
            "or" | "|" => BinaryOp::Or,
            "in" | "not in" => BinaryOp::In,
            "between" | "not between" => BinaryOp::Ge,
            "<>" | "!==" | "is distinct from" => BinaryOp::Ne,
            _ => BinaryOp::Eq,
        }
    }
}

/// `(1, 2)` as a list, and a list as it is.
fn in_brackets(text: &str) -> String {
    match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        Some(elements) => format!("[{elements}]"),
        None => text.to_owned(),
    }
}

impl Walker<'_> {
    fn source_of(&self, place: Span) -> &str {
        &self.source[place.range()]
    }

    fn foreign(&mut self, found: &str, place: Span, rex: String, edits: Vec<(Span, String)>) {
        let kind = SyntaxErrorKind::ForeignOperator { found: found.to_owned(), rex, edits };
        self.error(kind, place);
    }

    /// `not a`
    pub(super) fn foreign_not(&mut self, pair: &Pair<'_>) {
        let (found, place) = (pair.as_str().trim_end().to_owned(), span(pair));
        let tight = Span { end: place.start + found.len() as u32, ..place };
        self.foreign(&found, tight, "!".to_owned(), vec![(place, "!".to_owned())]);
    }

    /// `a is null`: the operator and the operand that it is taken for.
    pub(super) fn foreign_test(&mut self, pair: &Pair<'_>, left: Option<Span>) -> (BinaryOp, Expr) {
        let place = span(pair);
        let words: Vec<String> = pair.as_str().split_whitespace().map(str::to_lowercase).collect();
        let (negated, last) = (words.len() > 2, words.last().cloned().unwrap_or_default());
        let (op, sign) = if negated { (BinaryOp::Ne, "!=") } else { (BinaryOp::Eq, "==") };
        let (rex, edit) = match left {
            Some(left) => {
                let left = self.source_of(left);
                (format!("{left} {sign} {last}"), format!("{sign} {last}"))
            }
            None => (format!("{sign} {last}"), format!("{sign} {last}")),
        };
        self.foreign(pair.as_str(), place, rex, vec![(place, edit)]);
        let kind = match last.as_str() {
            "null" => ExprKind::Null,
            word => ExprKind::Bool(word == "true"),
        };
        (op, Expr { kind, span: place })
    }

    /// `a in (1, 2)`, where brackets belong. It is told, unless an operator of SQL before it is.
    pub(super) fn list_in_parentheses(&mut self, pair: Pair<'_>, left: Option<&Expr>, is_told: bool) -> Expr {
        let place = tight(&pair);
        let elements = pair.into_inner().map(|element| self.expr(element)).collect();
        let list = in_brackets(self.source_of(place));
        if !is_told {
            let left = left.map_or("a", |left| self.source_of(left.span));
            let (found, rex) = (format!("in {}", self.source_of(place)), format!("{left} in {list}"));
            self.foreign(&found, place, rex, vec![(place, list)]);
        }
        Expr { kind: ExprKind::List(elements), span: place }
    }

    /// Tells the operators that stand between operands.
    pub(super) fn foreign_operators(
        &mut self,
        all: Vec<Foreign>,
        operands: &mut Vec<Expr>,
        operators: &mut Vec<BinaryOp>,
    ) {
        // An operand that another operator takes is not all that stands on that side.
        let written = operators.clone();
        let binds = |at: Option<usize>| {
            let operator = at.and_then(|at| written.get(at));
            operator.is_some_and(|operator| operator.precedence() > BinaryOp::And.precedence())
        };
        // Behind the `and` of `between`, the left side is compared once more.
        let mut again: Vec<(usize, Expr)> = Vec::new();
        let mut ends_between: Option<usize> = None;
        for foreign in all {
            let Foreign { words, found, span, at } = &foreign;
            let (left, right) = (operands.get(*at), operands.get(at + 1));
            let (Some(left), Some(right)) = (left.cloned(), right.cloned()) else { continue };
            if words == "and" && ends_between == Some(*at) {
                continue;
            }
            let whole = left.span.to(right.span);
            let is_part = |last: usize| binds(at.checked_sub(1)) || binds(Some(last));
            let (l, r) = (self.source_of(left.span).to_owned(), self.source_of(right.span).to_owned());
            let plain = |rex: &str| (rex.to_owned(), vec![(*span, rex.to_owned())]);
            let (rex, edits) = match words.as_str() {
                "and" | "&" => plain("&&"),
                "or" | "|" => plain("||"),
                "=" => plain("=="),
                "===" => plain("=="),
                "<>" | "!==" => plain("!="),
                "in" => {
                    let (rex, mut edits) = plain("in");
                    edits.extend(r.starts_with('(').then(|| (right.span, in_brackets(&r))));
                    (rex, edits)
                }
                "not in" if is_part(at + 1) => ("`!(a in [1, 2])`".to_owned(), Vec::new()),
                "not in" => {
                    let text = format!("!({l} in {})", in_brackets(&r));
                    (text.clone(), vec![(whole, text)])
                }
                "between" | "not between" => {
                    ends_between = Some(at + 1);
                    let Some(end) = operands.get(at + 2) else { continue };
                    let (whole, high) = (left.span.to(end.span), end.span);
                    let is_part = is_part(at + 2);
                    again.push((at + 2, left));
                    let high = self.source_of(high).to_owned();
                    let text = match words.as_str() {
                        "between" => format!("{l} >= {r} && {l} <= {high}"),
                        _ => format!("({l} < {r} || {l} > {high})"),
                    };
                    match is_part {
                        true => ("`a >= 1 && a <= 9`".to_owned(), Vec::new()),
                        false => (text.clone(), vec![(whole, text)]),
                    }
                }
                "is distinct from" => ("`a != b`, and tests for `null`".to_owned(), Vec::new()),
                _ => ("texts are tested by `starts_with(a, b)` and `contains(a, b)`".to_owned(), Vec::new()),
            };
            self.foreign(found, *span, rex, edits);
        }
        for (place, left) in again.into_iter().rev() {
            operands.insert(place, left);
            operators.insert(place, BinaryOp::Le);
        }
    }
}
