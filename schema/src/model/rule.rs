//! Validation rules of fields: data. What they mean in SQL is an [`Expr`](super::Expr), where SQL
//! can say the same.

use std::cmp::Ordering;

use super::{Column, Scalar, Type, Value};
use crate::decimal;

/// A rule over one column.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What it asks for.
    pub kind: RuleKind,
    /// What is said when it is broken; the runtime's own words where none.
    pub message: Option<String>,
}

/// What a rule asks of a value. Null satisfies every rule.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleKind {
    /// `@length(1..=80)`: characters of a text, bytes of `Bytes`, elements of a list; both ends
    /// included.
    Length {
        /// The smallest length.
        min: u64,
        /// The largest length.
        max: Option<u64>,
    },
    /// `@range(0..=150)`
    Range {
        /// The smallest value.
        low: Option<Value>,
        /// The largest value.
        high: Option<Value>,
        /// Whether `high` is allowed itself.
        inclusive: bool,
    },
    /// `@pattern(r"…")`, in the syntax of the crate `regex`; found anywhere in the text.
    Pattern(String),
    /// `@email`
    Email,
    /// `@url`
    Url,
    /// `@ip`
    Ip,
    /// `@one_of("a", "b")`
    OneOf(Vec<Value>),
    /// `@non_empty`: not the empty text.
    NonEmpty,
    /// `@trimmed`: no space at either end.
    Trimmed,
    /// `@validate("crate::rules::strong")`: a function of the user's.
    Validate(String),
}

impl RuleKind {
    /// The code of a violation: the attribute's name.
    pub fn code(&self) -> &'static str {
        match self {
            RuleKind::Length { .. } => "length",
            RuleKind::Range { .. } => "range",
            RuleKind::Pattern(_) => "pattern",
            RuleKind::Email => "email",
            RuleKind::Url => "url",
            RuleKind::Ip => "ip",
            RuleKind::OneOf(_) => "one_of",
            RuleKind::NonEmpty => "non_empty",
            RuleKind::Trimmed => "trimmed",
            RuleKind::Validate(_) => "validate",
        }
    }
}

impl RuleKind {
    /// Whether a value that is not null satisfies the rule; none where it takes more to tell than
    /// the value: a regular expression, a parser, a function.
    pub fn allows(&self, value: &Value) -> Option<bool> {
        match (self, value) {
            (RuleKind::Length { .. }, Value::String(text)) => Some(self.allows_length(text.chars().count())),
            (RuleKind::Length { .. }, Value::Bytes(bytes)) => Some(self.allows_length(bytes.len())),
            (RuleKind::Range { low, high, inclusive }, _) => {
                let above = low.as_ref().is_none_or(|low| order(low, value).is_some_and(Ordering::is_le));
                let below = high.as_ref().is_none_or(|high| match order(value, high) {
                    Some(Ordering::Less) => true,
                    Some(Ordering::Equal) => *inclusive,
                    Some(Ordering::Greater) | None => false,
                });
                Some(above && below)
            }
            (RuleKind::OneOf(values), _) => {
                Some(values.iter().any(|one| order(one, value) == Some(Ordering::Equal)))
            }
            (RuleKind::NonEmpty, Value::String(text)) => Some(!text.is_empty()),
            (RuleKind::Trimmed, Value::String(text)) => Some(!text.starts_with(' ') && !text.ends_with(' ')),
            (RuleKind::Ip, Value::String(text)) => Some(text.parse::<core::net::IpAddr>().is_ok()),
            (RuleKind::Length { .. } | RuleKind::NonEmpty | RuleKind::Trimmed | RuleKind::Ip, _) => None,
            (RuleKind::Pattern(_) | RuleKind::Email | RuleKind::Url | RuleKind::Validate(_), _) => None,
        }
    }

    /// Whether a length is as `@length` asks; every length is to other rules.
    pub fn allows_length(&self, length: usize) -> bool {
        match self {
            RuleKind::Length { min, max } => {
                let length = length as u64;
                *min <= length && max.is_none_or(|max| length <= max)
            }
            _ => true,
        }
    }
}

impl Column {
    /// What a value must satisfy before it is sent: the column's rules, and the length of its
    /// `String(n)`, which narrows a `@length` or stands before the others.
    pub fn validation(&self) -> Vec<Rule> {
        let mut rules = self.rules.clone();
        let Some(limit) = self.max_length() else { return rules };
        let length = rules.iter_mut().find_map(|rule| match &mut rule.kind {
            RuleKind::Length { max, .. } => Some(max),
            _ => None,
        });
        match length {
            Some(max) => *max = Some(max.map_or(limit, |max| max.min(limit))),
            None => {
                rules.insert(0, Rule { kind: RuleKind::Length { min: 0, max: Some(limit) }, message: None })
            }
        }
        rules
    }

    /// The most characters that its type allows, where it is a text.
    pub fn max_length(&self) -> Option<u64> {
        match self.ty {
            Type::Scalar(Scalar::String { max }) if !self.list => max.map(u64::from),
            Type::Scalar(_) | Type::Enum(_) => None,
        }
    }
}

/// The order of two constants of one type, as databases have it; none for those of two types or
/// of a type without an order.
pub fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Float(left), Value::Float(right)) => left.partial_cmp(right),
        (Value::Decimal(left), Value::Decimal(right)) => Some(decimal::order(left, right)),
        (Value::String(left), Value::String(right)) => Some(left.as_bytes().cmp(right.as_bytes())),
        (Value::Bytes(left), Value::Bytes(right)) => Some(left.cmp(right)),
        (Value::Uuid(left), Value::Uuid(right)) => Some(left.cmp(right)),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Variant(left), Value::Variant(right)) => Some(left.cmp(right)),
        (Value::Time(left), Value::Time(right))
        | (Value::DateTime(left), Value::DateTime(right))
        | (Value::LocalDateTime(left), Value::LocalDateTime(right)) => Some(left.cmp(right)),
        _ => None,
    }
}
