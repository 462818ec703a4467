//! Values as SQLite holds them.

use std::rc::Rc;

use rex_sql::digest::hex;
use rex_sql::{Bind, Dialect};
use rusqlite::types::{ToSql, ToSqlOutput, Value as Owned, ValueRef};

use super::failure;
use super::raw::{Running, Statement};
use crate::adapter::{cannot_hold, check_number};
use crate::error::{Error, Kind, Result};
use crate::operation::Binds;
use crate::scalar::push_json;
use crate::value::{Fixed, Value};
use rex_sql::calendar;

/// Binds the values of a statement of the user's own, by the numbers of its placeholders.
pub(super) fn numbered<'v>(running: &mut Running<'_, 'v>, places: &[usize], binds: &Binds<'v>) -> Result<()> {
    for (place, number) in places.iter().enumerate() {
        if let Some(Bind::One(value)) = binds.get(number - 1) {
            running.bind(place + 1, raw(value)?).map_err(failure::plain)?;
        }
    }
    Ok(())
}

/// For each placeholder of a statement its number: 1 for `$1`.
pub(super) fn numbers(statement: &Statement, values: usize) -> Result<Vec<usize>> {
    let number = |place| {
        let name = statement.parameter(place).unwrap_or("?");
        let number = name.strip_prefix('$').and_then(|digits| digits.parse().ok());
        number.filter(|number| *number > 0).ok_or_else(|| {
            let message =
                format!("the placeholder `{name}` is not one of raw SQL: they are `$1`, `$2` and so on");
            Error::new(Kind::InvalidValue, message)
        })
    };
    let numbers = (1..=statement.parameters()).map(number).collect::<Result<Vec<usize>>>()?;
    check_number(numbers.iter().copied().max().unwrap_or(0), values)?;
    Ok(numbers)
}

/// The form of a value whose column is not known.
fn raw(value: &Value) -> Result<ToSqlOutput<'_>> {
    match value {
        Value::Decimal(_) | Value::BeyondScale { .. } => {
            let what = "a Decimal whose column is not known: a Decimal column holds units of its last digit, so bind \
                        the integer";
            Err(cannot_hold(Dialect::Sqlite, what))
        }
        value => cell(value),
    }
}

/// Binds a statement's values, in order.
pub(super) fn all<'v>(running: &mut Running<'_, 'v>, binds: &Binds<'v>) -> Result<()> {
    for (place, bind) in binds.iter().enumerate() {
        let value = match bind {
            Bind::One(value) => cell(value)?,
            Bind::Pattern(value) => pattern(value)?,
            Bind::Member(value) => member(value),
            Bind::Set(values) => set(values)?,
        };
        running.bind(place + 1, value).map_err(failure::plain)?;
    }
    Ok(())
}

/// Values as the one of a placeholder, which `rarray` makes rows of.
fn set(values: &[Value]) -> Result<ToSqlOutput<'static>> {
    let values = values.iter().map(|value| cell(value).map(owned));
    let values: Rc<Vec<Owned>> = Rc::new(values.collect::<Result<_>>()?);
    match values.to_sql().map_err(failure::plain)? {
        ToSqlOutput::Pointer(pointer) => Ok(ToSqlOutput::Pointer(pointer)),
        _ => unreachable!("rusqlite binds an array by its pointer"),
    }
}

fn owned(output: ToSqlOutput<'_>) -> Owned {
    match output {
        ToSqlOutput::Owned(value) => value,
        ToSqlOutput::Borrowed(value) => value.try_into().unwrap_or(Owned::Null),
        _ => unreachable!("`cell` makes borrowed and owned values only"),
    }
}

/// The form in which a column stores a value.
fn cell(value: &Value) -> Result<ToSqlOutput<'_>> {
    let cell = match value {
        Value::Null | Value::Unset => Owned::Null,
        Value::Bool(bool) => Owned::Integer((*bool).into()),
        Value::I16(number) => Owned::Integer((*number).into()),
        Value::I32(number) => Owned::Integer((*number).into()),
        Value::I64(number) => Owned::Integer(*number),
        Value::F32(number) => Owned::Real(real((*number).into())?),
        Value::F64(number) => Owned::Real(real(*number)?),
        Value::Text(text) | Value::Json(text) => return Ok(borrowed(text)),
        Value::Label(label) => return Ok(borrowed(label)),
        Value::Bytes(bytes) => return Ok(ToSqlOutput::Borrowed(ValueRef::Blob(bytes))),
        Value::Uuid(bytes) => return Ok(ToSqlOutput::Borrowed(ValueRef::Blob(bytes))),
        Value::Decimal(number) => scaled(*number),
        // Above `floor` and below the next: halfway compares as the value does.
        Value::BeyondScale { floor, .. } => Owned::Real(*floor as f64 + 0.5),
        Value::Date(_) | Value::Time(_) | Value::DateTime(_) | Value::LocalDateTime(_) => {
            Owned::Text(time(value)?)
        }
        Value::List(values) => Owned::Text(list(values)?),
    };
    Ok(ToSqlOutput::Owned(cell))
}

fn borrowed(text: &str) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))
}

fn real(number: f64) -> Result<f64> {
    if number.is_nan() { Err(cannot_hold(Dialect::Sqlite, "NaN")) } else { Ok(number) }
}

/// A decimal column holds its last digit's units. What does not fit is compared as a
/// floating-point number; what is stored fits, since its precision has been checked.
fn scaled(number: Fixed) -> Owned {
    match i64::try_from(number.mantissa) {
        Ok(units) => Owned::Integer(units),
        Err(_) => Owned::Real(number.mantissa as f64),
    }
}

fn time(value: &Value) -> Result<String> {
    let text = match *value {
        Value::Date(days) => calendar::date_text(days.into()),
        Value::Time(micros) => calendar::time_text(micros),
        Value::DateTime(micros) => calendar::date_time_text(micros).map(|text| text + "Z"),
        Value::LocalDateTime(micros) => calendar::date_time_text(micros),
        _ => unreachable!("called for times"),
    };
    text.ok_or_else(outside_of_calendar)
}

fn outside_of_calendar() -> Error {
    cannot_hold(Dialect::Sqlite, "a date outside the years 0000 to 9999: its texts would not sort")
}

/// A list's JSON array: see [`crate::scalar`] for which element stands how.
fn list(values: &[Value]) -> Result<String> {
    let mut json = String::from("[");
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            json.push(',');
        }
        element(&mut json, value)?;
    }
    json.push(']');
    Ok(json)
}

fn element(json: &mut String, value: &Value) -> Result<()> {
    match value {
        Value::Null | Value::Unset => json.push_str("null"),
        Value::Bool(bool) => json.push_str(if *bool { "true" } else { "false" }),
        Value::I16(number) => json.push_str(&number.to_string()),
        Value::I32(number) => json.push_str(&number.to_string()),
        Value::I64(number) => json.push_str(&number.to_string()),
        Value::F32(number) => number_text(json, (*number).into())?,
        Value::F64(number) => number_text(json, *number)?,
        Value::Text(text) | Value::Json(text) => push_json(json, text),
        Value::Label(label) => push_json(json, label),
        Value::Bytes(bytes) => push_json(json, &hex(bytes)),
        Value::Uuid(bytes) => push_json(json, &uuid_text(bytes)),
        Value::Decimal(number) | Value::BeyondScale { value: number, .. } => {
            push_json(json, &number.to_string())
        }
        Value::Date(_) | Value::Time(_) | Value::DateTime(_) | Value::LocalDateTime(_) => {
            push_json(json, &time(value)?);
        }
        Value::List(values) => json.push_str(&list(values)?),
    }
    Ok(())
}

/// `{:?}` keeps the point of a whole number, so that it is read back as what it is.
fn number_text(json: &mut String, number: f64) -> Result<()> {
    if !number.is_finite() {
        return Err(cannot_hold(Dialect::Sqlite, "NaN or an infinity in a list"));
    }
    json.push_str(&format!("{number:?}"));
    Ok(())
}

fn uuid_text(bytes: &[u8; 16]) -> String {
    let hex = hex(bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// A key as a path: `$."key"`.
fn member(value: &Value) -> ToSqlOutput<'_> {
    let Value::Text(key) = value else { return ToSqlOutput::Owned(Owned::Null) };
    let mut path = String::from("$.");
    push_json(&mut path, key);
    ToSqlOutput::Owned(Owned::Text(path))
}

/// A pattern of `LIKE` as one of `GLOB`, which tells upper from lower case.
fn pattern(value: &Value) -> Result<ToSqlOutput<'_>> {
    let Value::Text(like) = value else { return Ok(ToSqlOutput::Owned(Owned::Null)) };
    // `GLOB` reads a pattern, and a text, up to there.
    if like.contains('\0') {
        return Err(cannot_hold(Dialect::Sqlite, "a pattern with a NUL character"));
    }
    Ok(ToSqlOutput::Owned(Owned::Text(glob(like))))
}

fn glob(like: &str) -> String {
    let mut glob = String::with_capacity(like.len());
    let mut chars = like.chars();
    while let Some(char) = chars.next() {
        match char {
            '%' => glob.push('*'),
            '_' => glob.push('?'),
            '\\' => literal(&mut glob, chars.next().unwrap_or('\\')),
            plain => literal(&mut glob, plain),
        }
    }
    glob
}

fn literal(glob: &mut String, char: char) {
    match char {
        '*' | '?' | '[' => glob.extend(['[', char, ']']),
        plain => glob.push(plain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_becomes_glob() {
        assert_eq!(glob("a%b_c"), "a*b?c");
        assert_eq!(glob(r"100\%\_\\"), r"100%_\");
        assert_eq!(glob("[x]*?"), "[[]x][*][?]");
    }

    #[test]
    fn lists_are_json() {
        let values = [
            Value::I32(1),
            Value::F64(2.0),
            Value::Text("a\"b".to_owned()),
            Value::Bytes(vec![0, 255]),
            Value::Uuid([0x11; 16]),
            Value::Decimal(Fixed { mantissa: -150, scale: 2 }),
            Value::Bool(true),
        ];
        let expected = r#"[1,2.0,"a\"b","00ff","11111111-1111-1111-1111-111111111111","-1.50",true]"#;
        assert_eq!(list(&values).expect("a list"), expected);
    }

    #[test]
    fn what_sqlite_cannot_hold_is_refused() {
        for value in
            [Value::F64(f64::NAN), Value::Date(i32::MAX), Value::List(vec![Value::F32(f32::INFINITY)])]
        {
            let error = cell(&value).expect_err("refused");
            assert_eq!(error.kind(), crate::Kind::InvalidValue);
        }
    }
}
