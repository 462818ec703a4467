//! What PostgreSQL stores, and which of it stores a column of the schema.

use crate::Version;
use crate::database as db;
use crate::decimal;
use crate::lower;
use crate::model::{self, Column, Scalar, Schema, Value};

/// A column's type. Two are equal when they are the same to PostgreSQL: `varchar(20)` of the
/// user's own choice is that of a `String(20)`.
#[derive(Clone, Debug)]
pub struct Type {
    /// The type of the value, or of an array's elements.
    pub element: Element,
    /// Whether it is an array, of one dimension.
    pub array: bool,
}

/// The type of one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element {
    /// `boolean`
    Boolean,
    /// `smallint`
    SmallInt,
    /// `integer`
    Integer,
    /// `bigint`
    BigInt,
    /// `real`
    Real,
    /// `double precision`
    DoublePrecision,
    /// `numeric(p, s)`
    Numeric {
        /// Digits in all.
        precision: u16,
        /// Digits after the point.
        scale: u16,
    },
    /// `text`
    Text,
    /// `varchar(n)`
    Varchar(u32),
    /// `bytea`
    Bytea,
    /// `uuid`
    Uuid,
    /// `date`
    Date,
    /// `time`
    Time,
    /// `timestamptz`
    Timestamptz,
    /// `timestamp`
    Timestamp,
    /// `jsonb`
    Jsonb,
    /// An enum type.
    Enum {
        /// Its schema, if not the default one.
        schema: Option<String>,
        /// Its name.
        name: String,
    },
    /// A type of the user's choice, as it is written; the whole of it, where it is an array.
    Native(String),
}

/// A column's default. Two are equal when their texts say the same.
#[derive(Clone, Debug)]
pub enum Default {
    /// One value.
    Constant(Constant),
    /// The elements of an array.
    Array(Vec<Constant>),
    /// The transaction's start, as an instant.
    Now,
    /// The same as a civil date and time of UTC.
    LocalNow,
    /// The same as a time of day of UTC.
    TimeOfDay,
    /// The same as a day of UTC.
    Today,
    /// A random UUID.
    RandomUuid,
    /// A UUID that sorts by its time; from version 18 on.
    TimeUuid,
    /// An expression of the user's, or of a database's.
    Sql(db::Sql),
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// For `boolean`.
    Boolean(bool),
    /// For the integers.
    Integer(i64),
    /// For `real` and `double precision`; finite.
    Float(f64),
    /// For `numeric`, with as many digits after the point as the type has.
    Numeric(String),
    /// For `text`, `varchar` and enums.
    Text(String),
    /// For `bytea`.
    Bytea(Vec<u8>),
    /// For `uuid`: lower case, with hyphens.
    Uuid(String),
    /// For `date`: days since 1970-01-01.
    Date(i32),
    /// For `time`: microseconds since midnight.
    Time(i64),
    /// For `timestamptz`: microseconds since 1970-01-01T00:00:00Z.
    Timestamptz(i64),
    /// For `timestamp`: microseconds since 1970-01-01T00:00:00.
    Timestamp(i64),
    /// For `jsonb`: JSON text.
    Jsonb(String),
}

pub(super) fn ty(schema: &Schema, column: &Column) -> db::Type {
    if let Some(native) = &column.native.postgres {
        return db::Type::Postgres(Type { element: Element::Native(native.clone()), array: false });
    }
    db::Type::Postgres(of(schema, column.ty, column.list))
}

/// The type of a value of the schema's, or of a list of them.
pub(super) fn of(schema: &Schema, ty: model::Type, list: bool) -> Type {
    let element = match ty {
        model::Type::Scalar(scalar) => scalar_type(scalar),
        model::Type::Enum(id) => {
            Element::Enum { schema: schema[id].schema.clone(), name: schema[id].type_name.clone() }
        }
    };
    Type { element, array: list }
}

fn scalar_type(scalar: Scalar) -> Element {
    match scalar {
        Scalar::Bool => Element::Boolean,
        Scalar::SmallInt => Element::SmallInt,
        Scalar::Int => Element::Integer,
        Scalar::BigInt => Element::BigInt,
        Scalar::Float => Element::Real,
        Scalar::Double => Element::DoublePrecision,
        Scalar::Decimal { precision, scale } => Element::Numeric { precision, scale },
        Scalar::String { max: None } => Element::Text,
        Scalar::String { max: Some(max) } => Element::Varchar(max),
        Scalar::Bytes => Element::Bytea,
        Scalar::Uuid => Element::Uuid,
        Scalar::Date => Element::Date,
        Scalar::Time => Element::Time,
        Scalar::DateTime => Element::Timestamptz,
        Scalar::LocalDateTime => Element::Timestamp,
        Scalar::Json => Element::Jsonb,
    }
}

/// What a view's value is cast to. A cast to `varchar(n)` would cut a longer text off in silence.
pub(super) fn view_type(schema: &Schema, column: &Column) -> db::Type {
    let mut cast = of(schema, column.ty, column.list);
    if let Element::Varchar(_) = cast.element {
        cast.element = Element::Text;
    }
    db::Type::Postgres(cast)
}

pub(super) fn default(schema: &Schema, column: &Column) -> Option<db::Default> {
    let default = match column.default.as_ref()? {
        model::Default::Value(value) => Default::Constant(constant(schema, column.ty, value)),
        model::Default::List(values) => {
            Default::Array(values.iter().map(|value| constant(schema, column.ty, value)).collect())
        }
        model::Default::Now => now(column.ty),
        model::Default::Today => Default::Today,
        model::Default::Uuid4 => Default::RandomUuid,
        // The identity is a property of the column, not a default.
        model::Default::Autoincrement => return None,
        model::Default::Uuid7 if schema.servers().postgres >= Version::new(18, 0) => Default::TimeUuid,
        // Before, Rust alone makes these.
        model::Default::Uuid7 => return None,
        model::Default::Sql(text) => Default::Sql(db::Sql::written(text.postgres.clone()?)),
    };
    Some(db::Default::Postgres(default))
}

fn now(ty: model::Type) -> Default {
    match ty {
        model::Type::Scalar(Scalar::LocalDateTime) => Default::LocalNow,
        model::Type::Scalar(Scalar::Time) => Default::TimeOfDay,
        model::Type::Scalar(Scalar::Date) => Default::Today,
        model::Type::Scalar(_) | model::Type::Enum(_) => Default::Now,
    }
}

pub(super) fn constant(schema: &Schema, ty: model::Type, value: &Value) -> Constant {
    match value {
        Value::Bool(value) => Constant::Boolean(*value),
        Value::Int(value) => Constant::Integer(*value),
        Value::Float(value) => Constant::Float(*value),
        Value::Decimal(text) => Constant::Numeric(decimal::fixed(text, lower::scale(ty))),
        Value::String(text) => Constant::Text(text.clone()),
        Value::Bytes(bytes) => Constant::Bytea(bytes.clone()),
        Value::Uuid(text) => Constant::Uuid(text.clone()),
        Value::Date(days) => Constant::Date(*days),
        Value::Time(micros) => Constant::Time(*micros),
        Value::DateTime(micros) => Constant::Timestamptz(*micros),
        Value::LocalDateTime(micros) => Constant::Timestamp(*micros),
        Value::Json(text) => Constant::Jsonb(text.clone()),
        Value::Variant(place) => Constant::Text(lower::label(schema, ty, *place).to_owned()),
    }
}
