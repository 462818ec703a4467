//! Checks that are true, or not true, whatever a row holds.

use rex_schema::model::{Comparison, Expr, Formula, Function, Node, Scalar, Type, Value};

use crate::check::Cx;
use crate::check::draft::ModelDraft;
use crate::diagnostic::lints;

pub(super) fn check(cx: &mut Cx<'_>) {
    for model in cx.with_rows() {
        let draft = &cx.models[model];
        let found = draft.checks.iter().filter_map(|check| {
            let Formula::Expr(condition) = &check.condition else { return None };
            let outcome = Rows { draft }.outcome(condition)?;
            // With a fault in it, it may be meant otherwise.
            (!cx.has_error_within(check.place)).then(|| lints::constant_check(check.place, outcome))
        });
        let found: Vec<_> = found.collect();
        cx.diagnostics.extend(found);
    }
}

/// All rows that there can be.
struct Rows<'d, 'a> {
    draft: &'d ModelDraft<'a>,
}

impl Rows<'_, '_> {
    /// What a condition is for all of them, but for those where it is unknown.
    fn outcome(&self, expr: &Expr) -> Option<bool> {
        match &expr.node {
            Node::Value(Value::Bool(value)) => Some(*value),
            Node::Not(inner) => self.outcome(inner).map(|outcome| !outcome),
            Node::All(terms) => self.decided(terms, false),
            Node::Any(terms) => self.decided(terms, true),
            Node::IsNull(inner) => self.is_required(inner).then_some(false),
            Node::IsNotNull(inner) => self.is_required(inner).then_some(true),
            Node::Compare(comparison, left, right) if left == right => Some(holds(*comparison, 0)),
            Node::Compare(comparison, left, right) => match (number(left), number(right)) {
                (None, Some(number)) => self.beyond(left, *comparison, number),
                (Some(number), None) => self.beyond(right, turned(*comparison), number),
                _ => None,
            },
            Node::Null
            | Node::Value(_)
            | Node::Column(_)
            | Node::Widen(_)
            | Node::In(..)
            | Node::Negate(_)
            | Node::Arithmetic(..)
            | Node::Call(..) => None,
        }
    }

    fn decided(&self, terms: &[Expr], decides: bool) -> Option<bool> {
        let outcomes: Vec<Option<bool>> = terms.iter().map(|term| self.outcome(term)).collect();
        if outcomes.contains(&Some(decides)) {
            return Some(decides);
        }
        outcomes.iter().all(|outcome| *outcome == Some(!decides)).then_some(!decides)
    }

    fn is_required(&self, expr: &Expr) -> bool {
        matches!(expr.node, Node::Column(place) if !self.draft.columns[place].nullable)
    }

    /// A comparison with a number that no value of the type comes near, on one of its sides.
    fn beyond(&self, expr: &Expr, comparison: Comparison, number: i64) -> Option<bool> {
        let (low, high) = self.range(expr)?;
        let is_inside = (low..=high).contains(&number);
        match comparison {
            Comparison::Equal | Comparison::NotEqual if is_inside => None,
            _ => {
                let ends = [low, high].map(|end| holds(comparison, end.cmp(&number) as i8));
                (ends[0] == ends[1]).then_some(ends[0])
            }
        }
    }

    /// The values that an expression can have.
    fn range(&self, expr: &Expr) -> Option<(i64, i64)> {
        match &expr.node {
            Node::Widen(inner) => self.range(inner),
            Node::Call(Function::Length, arguments) => {
                let column = match arguments.first()?.node {
                    Node::Column(place) => Some(&self.draft.columns[place]),
                    _ => None,
                };
                match column.map(|column| (column.ty, column.list)) {
                    Some((Type::Scalar(Scalar::String { max: Some(max) }), false)) => Some((0, max.into())),
                    _ => Some((0, i64::MAX)),
                }
            }
            Node::Column(_) => match expr.ty.ty {
                Type::Scalar(Scalar::SmallInt) => Some((i16::MIN.into(), i16::MAX.into())),
                Type::Scalar(Scalar::Int) => Some((i32::MIN.into(), i32::MAX.into())),
                Type::Scalar(Scalar::BigInt) => Some((i64::MIN, i64::MAX)),
                Type::Scalar(_) | Type::Enum(_) => None,
            },
            _ => None,
        }
    }
}

fn number(expr: &Expr) -> Option<i64> {
    match expr.node {
        Node::Value(Value::Int(number)) => Some(number),
        _ => None,
    }
}

/// Whether a comparison holds for an order: below, equal, above.
fn holds(comparison: Comparison, order: i8) -> bool {
    match comparison {
        Comparison::Equal => order == 0,
        Comparison::NotEqual => order != 0,
        Comparison::Less => order < 0,
        Comparison::LessOrEqual => order <= 0,
        Comparison::Greater => order > 0,
        Comparison::GreaterOrEqual => order >= 0,
    }
}

/// The comparison from the other side.
fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        Comparison::Equal | Comparison::NotEqual => comparison,
    }
}
