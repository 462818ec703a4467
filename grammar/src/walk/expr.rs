//! Expressions: flat pairs become a tree by precedence.

use std::iter::Peekable;

use super::operators::Foreign;
use super::{Pair, Pairs, Walker, name, span, tight};
use crate::ast::*;
use crate::error::SyntaxErrorKind;
use crate::parse::{MAX_DEPTH, Rule};
use crate::strings;

/// Operands that one expression may chain; the tree is as deep as that.
const MAX_OPERANDS: usize = 4 * MAX_DEPTH;

impl Walker<'_> {
    pub(super) fn group(&mut self, pair: Pair<'_>) -> Group {
        let whole = tight(&pair);
        Group { args: pair.into_inner().map(|arg| self.arg(arg)).collect(), span: whole }
    }

    /// Arguments that are no conditions: `max=5` gives one its label, which `is_told` says to tell.
    pub(super) fn labelled(&mut self, pair: Pair<'_>, is_told: bool) -> Group {
        let whole = tight(&pair);
        let args = pair.into_inner().map(|arg| self.labelled_arg(arg, is_told)).collect();
        Group { args, span: whole }
    }

    fn labelled_arg(&mut self, pair: Pair<'_>, is_told: bool) -> Arg {
        let whole = tight(&pair);
        let mut parts = pair.clone().into_inner();
        let Some(expr) = parts.next().filter(|part| part.as_rule() == Rule::expr) else {
            return self.arg(pair);
        };
        let mut inner = expr.clone().into_inner();
        let (Some(first), Some(sign)) = (inner.next(), inner.next()) else { return self.arg(pair) };
        let word = first.as_str().trim_end();
        let is_word = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if first.as_rule() != Rule::reference || !is_word || sign.as_str() != "=" {
            return self.arg(pair);
        }
        let label = Name { text: word.to_owned(), span: tight(&first) };
        if is_told {
            let place = span(&sign);
            let is_tight = !self.source[place.end as usize..].starts_with([' ', '\n']);
            let rex = if is_tight { ": " } else { ":" };
            let edits = vec![(Span { start: label.span.end, ..place }, rex.to_owned())];
            let kind = SyntaxErrorKind::ForeignOperator { found: "=".to_owned(), rex: ":".to_owned(), edits };
            self.error(kind, place);
        }
        let value = self.expr_of(inner, tight(&expr));
        let modifiers = parts.map(|part| self.modifier(part)).collect();
        Arg { label: Some(label), value, modifiers, span: whole }
    }

    fn arg(&mut self, pair: Pair<'_>) -> Arg {
        let whole = tight(&pair);
        let mut label = None;
        let mut value = None;
        let mut modifiers = Vec::new();
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::label => label = Some(name(&pair)),
                Rule::expr => value = Some(self.expr(pair)),
                _ => modifiers.push(self.modifier(pair)),
            }
        }
        let value = value.expect("an argument has a value");
        Arg { label, value, modifiers, span: whole }
    }

    fn modifier(&mut self, pair: Pair<'_>) -> Modifier {
        let whole = tight(&pair);
        let mut inner = pair.into_inner();
        let title = name(&inner.next().expect("a modifier is a word"));
        Modifier { name: title, args: inner.next().map(|args| self.group(args)), span: whole }
    }

    /// Precedence climbing over `operand (operator operand)*`.
    pub(super) fn expr(&mut self, pair: Pair<'_>) -> Expr {
        let whole = tight(&pair);
        self.expr_of(pair.into_inner(), whole)
    }

    fn expr_of(&mut self, pairs: Pairs<'_>, whole: Span) -> Expr {
        let mut operands = Vec::new();
        let mut operators: Vec<BinaryOp> = Vec::new();
        let mut prefixes: Vec<(UnaryOp, Span)> = Vec::new();
        let mut foreign: Vec<Foreign> = Vec::new();
        let mut pairs = pairs.peekable();
        while let Some(pair) = pairs.next() {
            match pair.as_rule() {
                Rule::parenthesized if is_list_of(&pair, operators.last()) => {
                    let is_told = foreign.last().is_some_and(|last| last.is_before(operators.len()));
                    operands.push(self.list_in_parentheses(pair, operands.last(), is_told));
                }
                Rule::prefix => {
                    let op = if pair.as_str() == "-" { UnaryOp::Neg } else { UnaryOp::Not };
                    // What it takes in is more than `!` does, and is not known yet.
                    if pair.as_str().len() > 1 {
                        self.foreign_not(&pair);
                        continue;
                    }
                    if prefixes.len() < MAX_DEPTH {
                        prefixes.push((op, span(&pair)));
                    }
                }
                Rule::operator => operators.push(operator(pair.as_str())),
                Rule::foreign_operator => {
                    let found = Foreign::read(&pair, operators.len());
                    operators.push(found.op());
                    foreign.push(found);
                }
                Rule::foreign_test => {
                    let left = operands.last().map(|operand: &Expr| operand.span);
                    let (op, operand) = self.foreign_test(&pair, left);
                    operators.push(op);
                    operands.push(operand);
                }
                _ => {
                    let mut operand = self.ranged(pair, &mut pairs);
                    for (op, place) in prefixes.drain(..).rev() {
                        let span = place.to(operand.span);
                        operand = Expr { kind: ExprKind::Unary(op, Box::new(operand)), span };
                    }
                    operands.push(operand);
                }
            }
        }
        if operands.len() > MAX_OPERANDS {
            self.error(SyntaxErrorKind::TooDeep, whole);
            operands.truncate(1);
            operators.clear();
        }
        self.foreign_operators(foreign, &mut operands, &mut operators);
        climb(operands, operators)
    }

    /// An operand, with the rest of a range where it begins one: `1..`, `..=80`.
    fn ranged(&mut self, first: Pair<'_>, rest: &mut Peekable<Pairs<'_>>) -> Expr {
        if first.as_rule() == Rule::open_range {
            let mut inner = first.into_inner().peekable();
            let operator = inner.next().expect("an open range begins with its operator");
            return self.range(None, &operator, &mut inner);
        }
        let low = self.operand(first);
        match rest.next_if(|pair| pair.as_rule() == Rule::range_operator) {
            Some(operator) => self.range(Some(low), &operator, rest),
            None => low,
        }
    }

    fn range(&mut self, low: Option<Expr>, operator: &Pair<'_>, rest: &mut Peekable<Pairs<'_>>) -> Expr {
        let bound =
            rest.next_if(|pair| matches!(pair.as_rule(), Rule::number | Rule::string | Rule::raw_string));
        let high = bound.map(|bound| self.operand(bound));
        let place = span(operator);
        let start = low.as_ref().map_or(place, |low| low.span);
        let span = start.to(high.as_ref().map_or(place, |high| high.span));
        let inclusive = operator.as_str() == "..=";
        let kind = ExprKind::Range { low: low.map(Box::new), high: high.map(Box::new), inclusive };
        Expr { kind, span }
    }

    fn operand(&mut self, pair: Pair<'_>) -> Expr {
        let whole = tight(&pair);
        let kind = match pair.as_rule() {
            Rule::parenthesized => {
                let mut inner = pair.into_inner();
                let first = inner.next().expect("parentheses hold an expression");
                let comma = inner.next().map(|second| span(&second).start as usize);
                let first = self.expr(first);
                if let Some(second) = comma {
                    let before = &self.source[..second];
                    let at = before.rfind(',').unwrap_or(second);
                    let kind = SyntaxErrorKind::Unexpected { found: ",".to_owned(), expected: Vec::new() };
                    self.error(kind, Span::new(at, at + 1));
                }
                return first;
            }
            Rule::number => ExprKind::Number(self.number(&pair)),
            Rule::string | Rule::raw_string => ExprKind::String(self.string(&pair)),
            Rule::list => ExprKind::List(pair.into_inner().map(|element| self.expr(element)).collect()),
            Rule::regex => {
                let text = pair.as_str();
                let pattern = text[1..text.len() - 1].to_owned();
                self.error(SyntaxErrorKind::Regex { pattern: pattern.clone() }, whole);
                ExprKind::String(pattern)
            }
            Rule::single_quoted => {
                let text = pair.as_str().trim_end().trim_matches('\'').to_owned();
                let kind = SyntaxErrorKind::Quotes { rex: crate::quote(&text), is_name: false };
                self.error(kind, whole);
                ExprKind::String(text)
            }
            _ => self.reference(pair),
        };
        Expr { kind, span: whole }
    }

    fn reference(&mut self, pair: Pair<'_>) -> ExprKind {
        let mut inner = pair.into_inner().peekable();
        let mut path = Vec::new();
        while let Some(part) = inner.next_if(|pair| matches!(pair.as_rule(), Rule::name | Rule::colons)) {
            match part.as_rule() {
                Rule::colons => self.error(SyntaxErrorKind::Colons, tight(&part)),
                _ => path.push(name(&part)),
            }
        }
        match inner.next() {
            Some(args) => {
                // No other function has labels, and one of another language is told as such.
                let is_sql = path.len() == 1 && path[0].text == "sql";
                ExprKind::Call { path, args: self.labelled(args, is_sql) }
            }
            None => match (path.len(), path[0].text.as_str()) {
                (1, "true") => ExprKind::Bool(true),
                (1, "false") => ExprKind::Bool(false),
                (1, "null") => ExprKind::Null,
                _ => ExprKind::Path(path),
            },
        }
    }

    /// Digits without underscores. A number that is none is told, and stands for 0.
    fn number(&mut self, pair: &Pair<'_>) -> String {
        let text: String = pair.as_str().chars().filter(|&c| c != '_').collect();
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if digits.split('.').count() <= 2 && digits.split('.').all(is_digits) {
            return text;
        }
        self.error(SyntaxErrorKind::BadNumber, tight(pair));
        "0".to_owned()
    }

    pub(super) fn string(&mut self, pair: &Pair<'_>) -> String {
        let literal = self.source[span(pair).range()].trim_end();
        match pair.as_rule() {
            Rule::raw_string => strings::unquote_raw(literal),
            _ => strings::unquote(literal, pair.as_span().start(), &mut self.errors),
        }
    }
}

/// Whether parentheses stand where a list does: behind `in`, around several.
fn is_list_of(pair: &Pair<'_>, operator: Option<&BinaryOp>) -> bool {
    pair.as_rule() == Rule::parenthesized
        && operator == Some(&BinaryOp::In)
        && pair.clone().into_inner().nth(1).is_some()
}

fn operator(text: &str) -> BinaryOp {
    BinaryOp::from_text(text).expect("the grammar knows the same operators")
}

/// Shunting yard: operators of one precedence bind to the left.
fn climb(operands: Vec<Expr>, operators: Vec<BinaryOp>) -> Expr {
    let mut values = Vec::new();
    let mut waiting: Vec<BinaryOp> = Vec::new();
    let mut operators = operators.into_iter();
    for operand in operands {
        values.push(operand);
        let next = operators.next();
        while let Some(top) =
            waiting.pop_if(|top| next.is_none_or(|next| top.precedence() >= next.precedence()))
        {
            let right = values.pop().expect("an operator has a right side");
            let left = values.pop().expect("an operator has a left side");
            let span = left.span.to(right.span);
            values.push(Expr { kind: ExprKind::Binary(Box::new(left), top, Box::new(right)), span });
        }
        waiting.extend(next);
    }
    values.pop().expect("an expression has an operand")
}
