//! Lists in SQLite: JSON arrays, in the form in which the runtime writes and reads them: numbers,
//! texts, `true` and `false`. A decimal is the text of its digits, which no reader rounds; JSON
//! has no bytes, so a `Uuid` is its text and `Bytes` are hexadecimal digits; `Json` is its text.

use crate::model::{Schema, Type, Value};
use crate::{civil, lower};

/// The JSON array of these elements.
pub(super) fn array(schema: &Schema, ty: Type, values: &[Value]) -> String {
    let elements: Vec<String> = values.iter().map(|value| element(schema, ty, value)).collect();
    format!("[{}]", elements.join(","))
}

fn element(schema: &Schema, ty: Type, value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => format!("{value:?}"),
        Value::Decimal(text) | Value::String(text) | Value::Uuid(text) | Value::Json(text) => string(text),
        Value::Bytes(bytes) => string(&rex_sql::digest::hex(bytes)),
        Value::Date(days) => string(&civil::date(*days)),
        Value::Time(micros) => string(&civil::time(*micros)),
        Value::DateTime(micros) => string(&(civil::date_time(*micros) + "Z")),
        Value::LocalDateTime(micros) => string(&civil::date_time(*micros)),
        Value::Variant(place) => string(lower::label(schema, ty, *place)),
    }
}

/// A JSON string.
fn string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\0'..='\x1f' => quoted += &format!("\\u{:04x}", u32::from(c)),
            _ => quoted.push(c),
        }
    }
    quoted + "\""
}
