//! What SQLite stores, and how it stores a column of the schema:
//!
//! | type | stored as |
//! |---|---|
//! | `Bool` | 0 or 1 |
//! | `Decimal(p, s)` | the integer that is the value times 10^s |
//! | `Uuid` | its 16 bytes |
//! | `Date` | `2026-01-01` |
//! | `Time` | `00:00:00.000000` |
//! | `DateTime` | `2026-01-01T00:00:00.000000Z` |
//! | `LocalDateTime` | `2026-01-01T00:00:00.000000` |
//! | an enum | its label |
//! | a list | a JSON array; see [`super::json`] |

use super::{json, render};
use crate::database as db;
use crate::model::{self, Column, Scalar, Schema, Value};
use crate::{civil, decimal, lower, syntax};

/// A column's type; the tables are `STRICT`. Two are equal when their words are the same.
#[derive(Clone, Debug)]
pub enum Type {
    /// 64 bits, signed.
    Integer,
    /// IEEE 754, 64 bits.
    Real,
    /// UTF-8.
    Text,
    /// Octets.
    Blob,
    /// A type of the user's choice, as it is written: `TEXT COLLATE NOCASE`.
    Native(String),
}

impl PartialEq for Type {
    fn eq(&self, other: &Type) -> bool {
        syntax::is_same_text(render::ty(self), render::ty(other))
    }
}

/// A column's default. Two are equal when their texts say the same.
#[derive(Clone, Debug)]
pub enum Default {
    /// One value.
    Constant(Constant),
    /// The statement's time, as an instant. To the millisecond: SQLite's clock knows no more.
    Now,
    /// The same as a civil date and time of UTC.
    LocalNow,
    /// The same as a time of day of UTC.
    TimeOfDay,
    /// The same as a day of UTC.
    Today,
    /// An expression of the user's, or of a database's.
    Sql(db::Sql),
}

impl PartialEq for Default {
    fn eq(&self, other: &Default) -> bool {
        let [left, right] = [self, other].map(|default| db::Sql::written(render::default(default)));
        left == right
    }
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// For `INTEGER`.
    Integer(i64),
    /// For `REAL`; finite.
    Real(f64),
    /// For `TEXT`.
    Text(String),
    /// For `BLOB`.
    Blob(Vec<u8>),
}

/// What is true of a column's values beyond their type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// 0 or 1.
    Boolean,
    /// Within these, both included.
    Range {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// At most so many Unicode scalar values.
    MaxLength(u32),
    /// Exactly so many bytes.
    Bytes(u32),
    /// One of these.
    OneOf(Vec<String>),
    /// JSON.
    Json,
    /// A JSON array.
    JsonArray,
}

pub(super) fn ty(_: &Schema, column: &Column) -> db::Type {
    if let Some(native) = &column.native.sqlite {
        return db::Type::Sqlite(Type::Native(native.clone()));
    }
    let ty = match column.ty {
        _ if column.list => Type::Text,
        model::Type::Scalar(scalar) => scalar_type(scalar),
        model::Type::Enum(_) => Type::Text,
    };
    db::Type::Sqlite(ty)
}

fn scalar_type(scalar: Scalar) -> Type {
    match scalar {
        Scalar::Bool | Scalar::SmallInt | Scalar::Int | Scalar::BigInt => Type::Integer,
        Scalar::Float | Scalar::Double => Type::Real,
        Scalar::Decimal { .. } => Type::Integer,
        Scalar::Bytes | Scalar::Uuid => Type::Blob,
        Scalar::String { .. } | Scalar::Json => Type::Text,
        Scalar::Date | Scalar::Time | Scalar::DateTime | Scalar::LocalDateTime => Type::Text,
    }
}

pub(super) fn rule(schema: &Schema, column: &Column) -> Option<db::Rule> {
    let rule = match column.ty {
        _ if column.list => Rule::JsonArray,
        model::Type::Scalar(scalar) => scalar_rule(scalar)?,
        model::Type::Enum(id) => Rule::OneOf(schema[id].variants.iter().map(|v| v.label.clone()).collect()),
    };
    Some(db::Rule::Sqlite(rule))
}

fn scalar_rule(scalar: Scalar) -> Option<Rule> {
    match scalar {
        Scalar::Bool => Some(Rule::Boolean),
        Scalar::SmallInt => Some(Rule::Range { min: i16::MIN.into(), max: i16::MAX.into() }),
        Scalar::Int => Some(Rule::Range { min: i32::MIN.into(), max: i32::MAX.into() }),
        Scalar::Decimal { precision, .. } => {
            let limit = 10i64.checked_pow(precision.into()).expect(DECIMAL);
            Some(Rule::Range { min: 1 - limit, max: limit - 1 })
        }
        Scalar::String { max } => max.map(Rule::MaxLength),
        Scalar::Uuid => Some(Rule::Bytes(16)),
        Scalar::Json => Some(Rule::Json),
        Scalar::BigInt | Scalar::Float | Scalar::Double | Scalar::Bytes => None,
        Scalar::Date | Scalar::Time | Scalar::DateTime | Scalar::LocalDateTime => None,
    }
}

pub(super) const DECIMAL: &str = "the checker allows SQLite's decimals 18 digits";

pub(super) fn default(schema: &Schema, column: &Column) -> Option<db::Default> {
    let default = match column.default.as_ref()? {
        model::Default::Value(value) => Default::Constant(constant(schema, column.ty, value)),
        model::Default::List(values) => {
            Default::Constant(Constant::Text(json::array(schema, column.ty, values)))
        }
        model::Default::Now => now(column.ty),
        model::Default::Today => Default::Today,
        // The number is a property of the column, not a default.
        model::Default::Autoincrement => return None,
        // Made in Rust.
        model::Default::Uuid4 | model::Default::Uuid7 => return None,
        model::Default::Sql(text) => Default::Sql(db::Sql::written(text.sqlite.clone()?)),
    };
    Some(db::Default::Sqlite(default))
}

pub(super) fn now(ty: model::Type) -> Default {
    match ty {
        model::Type::Scalar(Scalar::LocalDateTime) => Default::LocalNow,
        model::Type::Scalar(Scalar::Time) => Default::TimeOfDay,
        model::Type::Scalar(Scalar::Date) => Default::Today,
        model::Type::Scalar(_) | model::Type::Enum(_) => Default::Now,
    }
}

pub(super) fn constant(schema: &Schema, ty: model::Type, value: &Value) -> Constant {
    match value {
        Value::Bool(value) => Constant::Integer((*value).into()),
        Value::Int(value) => Constant::Integer(*value),
        Value::Float(value) => Constant::Real(*value),
        Value::Decimal(text) => {
            Constant::Integer(decimal::unscaled(text, lower::scale(ty)).parse().expect(DECIMAL))
        }
        Value::String(text) | Value::Json(text) => Constant::Text(text.clone()),
        Value::Bytes(bytes) => Constant::Blob(bytes.clone()),
        Value::Uuid(text) => Constant::Blob(octets(text)),
        Value::Date(days) => Constant::Text(civil::date(*days)),
        Value::Time(micros) => Constant::Text(civil::time(*micros)),
        Value::DateTime(micros) => Constant::Text(civil::date_time(*micros) + "Z"),
        Value::LocalDateTime(micros) => Constant::Text(civil::date_time(*micros)),
        Value::Variant(place) => Constant::Text(lower::label(schema, ty, *place).to_owned()),
    }
}

/// The bytes that hexadecimal digits stand for, hyphens aside.
fn octets(uuid: &str) -> Vec<u8> {
    let digits: Vec<u32> = uuid.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, &digit| byte << 4 | digit as u8)).collect()
}
