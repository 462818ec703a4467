//! What a rule asks of one value.

use std::cmp::Ordering;

use crate::meta::DefaultValue;
use crate::value::{Fixed, Value};

/// What a rule asks of a value that is not null.
#[derive(Clone, Copy, Debug)]
pub enum Test {
    /// So many characters of a text, bytes, or elements of a list; both ends included.
    Length {
        /// The smallest length.
        min: u64,
        /// The largest length.
        max: u64,
    },
    /// At most so many characters of each text in a list.
    Elements {
        /// The largest length.
        max: u64,
    },
    /// Between two constants of the column's type; no end where there is [`DefaultValue::None`].
    Range {
        /// The smallest value.
        low: DefaultValue,
        /// The largest value.
        high: DefaultValue,
        /// Whether `high` is allowed itself.
        inclusive: bool,
    },
    /// One of some constants of the column's type.
    OneOf(&'static [DefaultValue]),
    /// Not the empty text.
    NonEmpty,
    /// No space at either end.
    Trimmed,
    /// A form of text.
    Form(fn(&str) -> bool),
    /// A function of the user's: what it says is wrong.
    Custom(fn(&Value) -> Option<String>),
}

impl Test {
    /// None if the value is as asked; else what a function of the user's says about it.
    #[allow(clippy::option_option, reason = "a fault may come with words of its own")]
    pub(super) fn fault(&self, value: &Value) -> Option<Option<String>> {
        if let Test::Custom(function) = self {
            return function(value).map(Some);
        }
        if self.allows(value) { None } else { Some(None) }
    }

    fn allows(&self, value: &Value) -> bool {
        match (self, value) {
            (Test::Length { min, max }, Value::Text(text)) if is_surely_within(text, *min, *max) => true,
            (Test::Length { min, max }, value) => {
                length(value).is_none_or(|length| (*min..=*max).contains(&length))
            }
            (Test::Elements { max }, Value::List(texts)) => {
                texts.iter().all(|text| length(text).is_none_or(|length| length <= *max))
            }
            (Test::Range { low, high, inclusive }, value) => {
                let above = order(value, low).is_none_or(|found| found.is_some_and(Ordering::is_ge));
                let below = order(value, high).is_none_or(|found| match found {
                    Some(Ordering::Less) => true,
                    Some(Ordering::Equal) => *inclusive,
                    Some(Ordering::Greater) | None => false,
                });
                above && below
            }
            (Test::OneOf(all), value) => {
                all.iter().any(|one| order(value, one) == Some(Some(Ordering::Equal)))
            }
            (Test::NonEmpty, Value::Text(text)) => !text.is_empty(),
            (Test::Trimmed, Value::Text(text)) => !text.starts_with(' ') && !text.ends_with(' '),
            (Test::Form(matches), Value::Text(text)) => matches(text),
            (Test::Elements { .. } | Test::NonEmpty | Test::Trimmed | Test::Form(_) | Test::Custom(_), _) => {
                true
            }
        }
    }
}

/// Whether the number of octets shows that of the characters to be within: one has at most four.
fn is_surely_within(text: &str, min: u64, max: u64) -> bool {
    let octets = text.len() as u64;
    octets <= max && octets.div_ceil(4) >= min
}

/// Characters, bytes or elements; none for what has no length.
fn length(value: &Value) -> Option<u64> {
    match value {
        Value::Text(text) => Some(text.chars().count() as u64),
        Value::Bytes(bytes) => Some(bytes.len() as u64),
        Value::List(values) => Some(values.len() as u64),
        _ => None,
    }
}

/// How a value stands to a constant of its type: the outer none where there is no constant, the
/// inner one for NaN, which lies in no range.
#[allow(clippy::option_option, reason = "no end is not the same as no order")]
fn order(value: &Value, constant: &DefaultValue) -> Option<Option<Ordering>> {
    Some(match (value, constant) {
        (Value::I16(value), DefaultValue::Int(constant)) => i64::from(*value).partial_cmp(constant),
        (Value::I32(value), DefaultValue::Int(constant)) => i64::from(*value).partial_cmp(constant),
        (Value::I64(value), DefaultValue::Int(constant)) => value.partial_cmp(constant),
        (Value::F32(value), DefaultValue::Float(constant)) => f64::from(*value).partial_cmp(constant),
        (Value::F64(value), DefaultValue::Float(constant)) => value.partial_cmp(constant),
        (Value::Decimal(value), DefaultValue::Decimal(digits)) => {
            // A bound beyond all values that Rust's type has is none.
            let constant = Fixed::parse(digits).and_then(|constant| constant.round(value.scale))?;
            value.mantissa.partial_cmp(&constant.mantissa)
        }
        (Value::Text(value), DefaultValue::Text(constant)) => value.as_str().partial_cmp(*constant),
        (Value::Date(value), DefaultValue::Date(constant)) => value.partial_cmp(constant),
        (Value::Time(value), DefaultValue::Time(constant)) => value.partial_cmp(constant),
        (Value::DateTime(value) | Value::LocalDateTime(value), DefaultValue::DateTime(constant)) => {
            value.partial_cmp(constant)
        }
        _ => return None,
    })
}
