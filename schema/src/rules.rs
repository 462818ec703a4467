//! Validation rules in the language of expressions, and as checks of a table.
//!
//! What a rule asks for in Rust is in `rex-orm`; a test holds that both say the same of every
//! value.

use std::collections::HashSet;

use crate::database as db;
use crate::dialect::Target;
use crate::model::{
    Column, Comparison, Expr, Function, Model, Node, RuleKind, Scalar, Schema, Type, Value, ValueType,
};
use crate::names;

/// The checks of a model's rules, their names made of `stem`. Each rule has its own, whose name
/// says which it is.
pub(crate) fn checks(schema: &Schema, target: &Target, stem: &str, model: &Model) -> Vec<db::Check> {
    let check = |named: Named<'_>| {
        let Named { place, rule, condition, name } = named;
        let column = &model.columns[place];
        let condition = if target.nan { without_nan(column, place, rule, condition) } else { condition };
        let condition = db::Condition::Sql(db::Sql::written((target.expr)(schema, model, &condition)));
        db::Check { name, condition }
    };
    named(stem, model).into_iter().map(check).collect()
}

/// The names of the checks of a model's rules.
pub fn names(model: &Model) -> Vec<String> {
    named(&model.stem(), model).into_iter().map(|named| named.name).collect()
}

/// A rule that is a check of its table.
struct Named<'m> {
    place: usize,
    rule: &'m RuleKind,
    condition: Expr,
    name: String,
}

fn named<'m>(stem: &str, model: &'m Model) -> Vec<Named<'m>> {
    let mut taken = taken_names(stem, model);
    let mut all = Vec::new();
    for (place, column) in model.columns.iter().enumerate() {
        for rule in column.rules.iter().map(|rule| &rule.kind) {
            let Some(condition) = condition(column, place, rule) else { continue };
            let name = names::rule(stem, &column.name, rule.code(), |name| taken.insert(name.to_owned()));
            all.push(Named { place, rule, condition, name });
        }
    }
    all
}

/// Names of constraints of the table, on any database.
fn taken_names(stem: &str, model: &Model) -> HashSet<String> {
    let of_types = model.columns.iter().map(|column| names::check(stem, &column.name));
    let written = (model.checks.iter().map(|check| &check.name))
        .chain(model.uniques.iter().map(|unique| &unique.name))
        .chain(model.foreign_keys.iter().map(|key| &key.name));
    of_types.chain(written.cloned()).chain([names::primary_key(stem)]).collect()
}

/// What a rule asks of the column at a place, for all values but null; none where no expression
/// says it, or the column's type does.
pub fn condition(column: &Column, place: usize, rule: &RuleKind) -> Option<Expr> {
    let value = || Expr::new(Node::Column(place), ValueType { ty: column.ty, list: column.list });
    let constant = |of: &Value| Expr::new(Node::Value(of.clone()), ValueType { ty: column.ty, list: false });
    let parts = match rule {
        RuleKind::Length { min, max } => {
            let max = max.filter(|&max| column.max_length().is_none_or(|limit| max < limit));
            let ends = [
                (Comparison::GreaterOrEqual, Some(*min).filter(|&min| min > 0)),
                (Comparison::LessOrEqual, max),
            ];
            let compare = |(comparison, end): (Comparison, Option<u64>)| {
                Some(compared(comparison, length(value()), number(end?)))
            };
            ends.into_iter().filter_map(compare).collect()
        }
        RuleKind::Range { low, high, inclusive } => {
            let below = if *inclusive { Comparison::LessOrEqual } else { Comparison::Less };
            let ends = [(Comparison::GreaterOrEqual, low), (below, high)];
            let compare = |(comparison, end): (Comparison, &Option<Value>)| {
                Some(compared(comparison, value(), constant(end.as_ref()?)))
            };
            ends.into_iter().filter_map(compare).collect()
        }
        RuleKind::OneOf(values) => {
            vec![Expr::condition(Node::In(Box::new(value()), values.iter().map(constant).collect()))]
        }
        RuleKind::NonEmpty => {
            vec![compared(Comparison::NotEqual, value(), constant(&Value::String(String::new())))]
        }
        RuleKind::Trimmed => {
            let trimmed = Expr::new(Node::Call(Function::Trim, vec![value()]), value().ty);
            vec![compared(Comparison::Equal, trimmed, value())]
        }
        RuleKind::Pattern(_) | RuleKind::Email | RuleKind::Url | RuleKind::Ip | RuleKind::Validate(_) => {
            return None;
        }
    };
    all(parts)
}

/// NaN lies in no range, and where it is above every number one without an upper end would hold it.
fn without_nan(column: &Column, place: usize, rule: &RuleKind, condition: Expr) -> Expr {
    let is_float = matches!(column.ty, Type::Scalar(Scalar::Float | Scalar::Double));
    if !is_float || !matches!(rule, RuleKind::Range { high: None, .. }) {
        return condition;
    }
    let ty = ValueType { ty: column.ty, list: column.list };
    let (value, end) = (Node::Column(place), Node::Value(Value::Float(f64::INFINITY)));
    let below = compared(Comparison::LessOrEqual, Expr::new(value, ty), Expr::new(end, ty));
    Expr::condition(Node::All(vec![condition, below]))
}

fn all(mut parts: Vec<Expr>) -> Option<Expr> {
    match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(Expr::condition(Node::All(parts))),
    }
}

fn compared(comparison: Comparison, left: Expr, right: Expr) -> Expr {
    Expr::condition(Node::Compare(comparison, Box::new(left), Box::new(right)))
}

fn length(of: Expr) -> Expr {
    Expr::new(Node::Call(Function::Length, vec![of]), ValueType::of(Scalar::BigInt))
}

fn number(number: u64) -> Expr {
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    Expr::new(Node::Value(Value::Int(number)), ValueType::of(Scalar::BigInt))
}
