//! What a row gets that does not set a column, and the last look at values before they are sent.
//!
//! Defaults are made here, not by the database, so that the text of an insert stays the same
//! whatever a row sets, and both databases agree. What only a database can make, it makes.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Error, Kind, Result};
use crate::meta::{ColumnMeta, DefaultValue, ModelMeta, Type};
use crate::value::{Fixed, Value};
use rex_sql::calendar::DAY;

/// Fills in what is unset, but for what the database fills, and gives each value its column's
/// form. What is made of the time is made of `now`.
pub(crate) fn complete(model: &ModelMeta, values: &mut [Value], now: i64) -> Result<()> {
    for (column, value) in model.table.columns.iter().zip(values) {
        if matches!(value, Value::Unset) && !column.default.is_the_databases() {
            *value = fallback(column, &column.default, now)?;
        }
        store(column, value)?;
    }
    Ok(())
}

/// Gives a value the form in which its column stores it.
pub(crate) fn store(column: &ColumnMeta, value: &mut Value) -> Result<()> {
    store_as(column, column.ty, value)
}

fn store_as(column: &ColumnMeta, ty: Type, value: &mut Value) -> Result<()> {
    match (ty, value) {
        (Type::Decimal { precision, scale }, Value::Decimal(number)) => {
            let rounded = number.round(scale).filter(|rounded| fits(*rounded, precision));
            let rounded = rounded.ok_or_else(|| too_large(column, precision, scale))?;
            // What a caller wants rounded, the caller rounds: nothing is lost in silence.
            if rounded.round(number.scale) != Some(*number) {
                return Err(too_fine(column, precision, scale));
            }
            *number = rounded;
        }
        (Type::Json, Value::Json(text)) if text.is_empty() => return Err(no_json(column)),
        (Type::List(element), Value::List(values)) => {
            values.iter_mut().try_for_each(|value| store_as(column, *element, value))?;
        }
        _ => {}
    }
    Ok(())
}

fn no_json(column: &ColumnMeta) -> Error {
    let message = format!("the value of `{}` cannot be written as JSON", column.name);
    Error::new(Kind::InvalidValue, message).with_column(column.name)
}

fn fits(number: Fixed, precision: u32) -> bool {
    10u128.checked_pow(precision).is_none_or(|limit| number.mantissa.unsigned_abs() < limit)
}

fn too_large(column: &ColumnMeta, precision: u32, scale: u32) -> Error {
    let message =
        format!("the value of `{}` has too many digits for Decimal({precision}, {scale})", column.name);
    Error::new(Kind::InvalidValue, message).with_column(column.name)
}

fn too_fine(column: &ColumnMeta, precision: u32, scale: u32) -> Error {
    let message = format!(
        "the value of `{}` has more digits behind the point than Decimal({precision}, {scale}) holds: round it before, \
         `round_dp({scale})`",
        column.name
    );
    Error::new(Kind::InvalidValue, message).with_column(column.name)
}

/// What a default, or what `@on_update` says, is now.
pub(super) fn fallback(column: &ColumnMeta, default: &DefaultValue, now: i64) -> Result<Value> {
    let value = match *default {
        DefaultValue::None if column.nullable => Value::Null,
        DefaultValue::None => return Err(required(column)),
        DefaultValue::Autoincrement | DefaultValue::Database => Value::Unset,
        DefaultValue::Now => time(column.ty, now),
        DefaultValue::Today => Value::Date(now.div_euclid(DAY) as i32),
        DefaultValue::Uuid4 => fresh_uuid(column, Version::Random)?,
        DefaultValue::Uuid7 => fresh_uuid(column, Version::Time)?,
        DefaultValue::Bool(bool) => Value::Bool(bool),
        DefaultValue::Int(number) => integer(column.ty, number),
        DefaultValue::Float(number) => match column.ty {
            Type::F32 => Value::F32(number as f32),
            _ => Value::F64(number),
        },
        DefaultValue::Decimal(digits) => {
            Value::Decimal(Fixed::parse(digits).expect("the compiler checks decimal constants"))
        }
        DefaultValue::Text(text) => Value::Text(text.to_owned()),
        DefaultValue::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        DefaultValue::Uuid(bytes) => Value::Uuid(bytes),
        DefaultValue::Date(days) => Value::Date(days),
        DefaultValue::Time(micros) => Value::Time(micros),
        DefaultValue::DateTime(micros) => time(column.ty, micros),
        DefaultValue::Json(json) => Value::Json(json.to_owned()),
        DefaultValue::Label(label) => Value::Label(label),
        DefaultValue::List(elements) => list(column, elements, now)?,
    };
    Ok(value)
}

fn list(column: &ColumnMeta, elements: &[DefaultValue], now: i64) -> Result<Value> {
    let ty = match column.ty {
        Type::List(element) => *element,
        ty => ty,
    };
    let element = ColumnMeta::new(column.name, ty);
    let values = elements.iter().map(|default| fallback(&element, default, now));
    Ok(Value::List(values.collect::<Result<_>>()?))
}

fn integer(ty: Type, number: i64) -> Value {
    match ty {
        Type::I16 => Value::I16(number as i16),
        Type::I32 => Value::I32(number as i32),
        _ => Value::I64(number),
    }
}

/// An instant as the type has it.
fn time(ty: Type, micros: i64) -> Value {
    match ty {
        Type::Time => Value::Time(micros.rem_euclid(DAY)),
        Type::LocalDateTime => Value::LocalDateTime(micros),
        _ => Value::DateTime(micros),
    }
}

/// Microseconds since 1970, UTC; both databases keep no less and no more.
pub(super) fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX)
}

fn required(column: &ColumnMeta) -> Error {
    Error::new(Kind::NotNull, format!("`{}` is required", column.name)).with_column(column.name)
}

enum Version {
    Random,
    Time,
}

#[cfg(feature = "uuid")]
fn fresh_uuid(_column: &ColumnMeta, version: Version) -> Result<Value> {
    let uuid = match version {
        Version::Random => uuid::Uuid::new_v4(),
        Version::Time => uuid::Uuid::now_v7(),
    };
    Ok(Value::Uuid(uuid.into_bytes()))
}

#[cfg(not(feature = "uuid"))]
fn fresh_uuid(column: &ColumnMeta, version: Version) -> Result<Value> {
    let name = match version {
        Version::Random => "uuid4()",
        Version::Time => "uuid7()",
    };
    let column = column.name;
    let message = format!("the default {name} of `{column}` needs the cargo feature `uuid` of rex-orm");
    Err(Error::new(Kind::Configuration, message))
}
