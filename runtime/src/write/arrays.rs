//! Columns of new rows as arrays of PostgreSQL's: one value is bound for each column, however many rows
//! there are.
//!
//! Enums go as their labels. An array of lists would be one of two dimensions, in which all lists are
//! equally long: a list goes as the text that PostgreSQL writes of it. Both are cast where they arrive.

use rex_sql::{Array, Kind, calendar};

use crate::meta::{ColumnMeta, Type};
use crate::query::kind;
use crate::value::Value;

/// The values of a column, of which there are none yet.
pub(crate) fn column<V>(column: &ColumnMeta, values: Vec<V>) -> Array<V> {
    Array { kind: kind(column.ty).unwrap_or(Kind::Text), cast: cast(column).map(Into::into), values }
}

/// What the values are cast to.
fn cast(column: &ColumnMeta) -> Option<String> {
    if let Some(name) = column.named {
        return Some(name.to_owned());
    }
    match column.ty {
        Type::List(element) => Some(format!("{}[]", kind(*element)?.postgres())),
        _ => None,
    }
}

/// Whether a value can be one of an array.
pub(super) fn fits(column: &ColumnMeta, value: &Value) -> bool {
    let is_known = match column.ty {
        _ if column.named.is_some() => true,
        Type::List(element) => kind(*element).is_some(),
        ty => kind(ty).is_some() && !column.as_text,
    };
    is_known
        && match value {
            Value::List(values) => values.iter().all(|value| element(value).is_some()),
            _ => true,
        }
}

/// A value as one of an array.
pub(super) fn written(value: Value) -> Value {
    match value {
        Value::List(values) => Value::Text(list(&values)),
        value => value,
    }
}

/// A list as PostgreSQL writes it: `{"a","b"}`.
fn list(values: &[Value]) -> String {
    let mut text = String::from("{");
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        match element(value) {
            Some(element) => quote(&element, &mut text),
            None => text.push_str("NULL"),
        }
    }
    text.push('}');
    text
}

fn quote(element: &str, text: &mut String) {
    text.push('"');
    for char in element.chars() {
        if matches!(char, '"' | '\\') {
            text.push('\\');
        }
        text.push(char);
    }
    text.push('"');
}

/// The text of an element; none of what is no element, of times that no text is certain to mean, and of
/// JSON, whose texts are looked at before they are sent.
fn element(value: &Value) -> Option<String> {
    let text = match value {
        Value::Bool(value) => value.to_string(),
        Value::I16(number) => number.to_string(),
        Value::I32(number) => number.to_string(),
        Value::I64(number) => number.to_string(),
        Value::F32(number) => format!("{number:?}"),
        Value::F64(number) => format!("{number:?}"),
        Value::Text(text) => text.clone(),
        Value::Label(label) => (*label).to_owned(),
        Value::Bytes(octets) => format!(r"\x{}", hexadecimal(octets)),
        Value::Uuid(octets) => hexadecimal(octets),
        Value::Decimal(number) => number.to_string(),
        Value::Date(days) => modern(calendar::date_text((*days).into())?)?,
        Value::Time(micros) => calendar::time_text(*micros)?,
        Value::DateTime(micros) => modern(calendar::date_time_text(*micros)?)? + "+00",
        Value::LocalDateTime(micros) => modern(calendar::date_time_text(*micros)?)?,
        Value::Null | Value::Unset | Value::BeyondScale { .. } | Value::Json(_) | Value::List(_) => {
            return None;
        }
    };
    Some(text)
}

/// PostgreSQL has no year 0.
fn modern(text: String) -> Option<String> {
    (!text.starts_with("0000")).then_some(text)
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Fixed;

    #[track_caller]
    fn writes(values: &[Value], expected: &str) {
        assert_eq!(list(values), expected);
    }

    #[test]
    fn lists_are_written_as_postgresql_reads_them() {
        writes(&[], "{}");
        writes(&[Value::Text(r#"a "b" \ {c},NULL"#.to_owned())], r#"{"a \"b\" \\ {c},NULL"}"#);
        writes(&[Value::Text(String::new()), Value::Label("open")], r#"{"","open"}"#);
        writes(&[Value::I64(-1), Value::Bool(true), Value::F64(1e300)], r#"{"-1","true","1e300"}"#);
        writes(&[Value::Bytes(vec![0, 255])], r#"{"\\x00ff"}"#);
        writes(&[Value::Decimal(Fixed { mantissa: -150, scale: 2 })], r#"{"-1.50"}"#);
        writes(&[Value::DateTime(0)], r#"{"1970-01-01T00:00:00.000000+00"}"#);
    }

    #[test]
    fn what_no_text_is_certain_to_mean_is_no_element() {
        assert_eq!(element(&Value::Date(-800_000)), None);
        assert_eq!(element(&Value::Date(3_000_000)), None);
        assert_eq!(element(&Value::Json("1".to_owned())), None);
    }
}
