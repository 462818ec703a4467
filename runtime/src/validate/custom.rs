//! Functions of the user's: `@validate`.
//!
//! Generated code hands over the function that the schema names, and the type of its argument:
//! rustc says what is wrong with it in those terms.

use std::fmt::Display;

use rex_sql::calendar;

use crate::scalar::{Element, Scalar};
use crate::value::{Cell, Value};

/// Asks a function about a text; what it says is wrong.
pub fn check_text<E: Display>(value: &Value, function: fn(&str) -> Result<(), E>) -> Option<String> {
    match value {
        Value::Text(text) => said(function(text)),
        _ => None,
    }
}

/// Asks a function about a value; what it says is wrong.
pub fn check_value<T: Scalar, E: Display>(
    value: &Value,
    function: fn(&T) -> Result<(), E>,
) -> Option<String> {
    said(function(&read(value)?))
}

/// Asks a function about a list; what it says is wrong.
pub fn check_list<T: Element, E: Display>(
    value: &Value,
    function: fn(&[T]) -> Result<(), E>,
) -> Option<String> {
    let Value::List(values) = value else { return None };
    let values: Option<Vec<T>> = values.iter().map(read).collect();
    said(function(&values?))
}

fn said<E: Display>(answer: Result<(), E>) -> Option<String> {
    answer.err().map(|error| error.to_string())
}

/// The value in Rust. It was one before; what no calendar has, the adapter refuses.
fn read<T: Scalar>(value: &Value) -> Option<T> {
    let text = match value {
        Value::Null | Value::Unset | Value::BeyondScale { .. } | Value::List(_) => return None,
        Value::Bool(bool) => return T::decode(Cell::Integer((*bool).into())),
        Value::I16(number) => return T::decode(Cell::Integer((*number).into())),
        Value::I32(number) => return T::decode(Cell::Integer((*number).into())),
        Value::I64(number) => return T::decode(Cell::Integer(*number)),
        Value::F32(number) => return T::decode(Cell::Real((*number).into())),
        Value::F64(number) => return T::decode(Cell::Real(*number)),
        Value::Text(text) | Value::Json(text) => return T::decode(Cell::Text(text)),
        Value::Label(label) => return T::decode(Cell::Text(label)),
        Value::Bytes(bytes) => return T::decode(Cell::Blob(bytes)),
        Value::Uuid(bytes) => return T::decode(Cell::Blob(bytes)),
        Value::Decimal(number) => number.to_string(),
        Value::Date(days) => calendar::date_text((*days).into())?,
        Value::Time(micros) => calendar::time_text(*micros)?,
        Value::DateTime(micros) => calendar::date_time_text(*micros)? + "Z",
        Value::LocalDateTime(micros) => calendar::date_time_text(*micros)?,
    };
    T::decode(Cell::Text(&text))
}
