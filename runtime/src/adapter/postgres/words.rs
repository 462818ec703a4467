//! Values in PostgreSQL's text form, which the server reads as whatever type it wants at their place.

use std::error::Error as StdError;
use std::fmt;

use bytes::BytesMut;
use rex_sql::Bind;
use rex_sql::calendar::{self, DAY};
use tokio_postgres::types::{Format, IsNull, ToSql, Type, to_sql_checked};

use crate::value::Value;

/// A value on its way in words.
#[derive(Debug)]
pub(super) struct Worded<'a>(pub(super) Bind<'a, Value>);

impl ToSql for Worded<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self.0 {
            Bind::One(Value::Null | Value::Unset) => return Ok(IsNull::Yes),
            Bind::One(value) | Bind::Member(value) | Bind::Pattern(value) => word(value, out)?,
            Bind::Set(values) => list(values, out)?,
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

fn word(value: &Value, out: &mut impl fmt::Write) -> fmt::Result {
    match value {
        Value::Null | Value::Unset => out.write_str("NULL"),
        Value::Bool(bool) => write!(out, "{bool}"),
        Value::I16(number) => write!(out, "{number}"),
        Value::I32(number) => write!(out, "{number}"),
        Value::I64(number) => write!(out, "{number}"),
        Value::F32(number) => write!(out, "{number:?}"),
        Value::F64(number) => write!(out, "{number:?}"),
        Value::Text(text) | Value::Json(text) => out.write_str(text),
        Value::Label(label) => out.write_str(label),
        Value::Bytes(bytes) => {
            out.write_str(r"\x")?;
            bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
        }
        Value::Uuid(bytes) => bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}")),
        Value::Decimal(number) | Value::BeyondScale { value: number, .. } => write!(out, "{number}"),
        Value::Date(days) => moment(i64::from(*days), "", out),
        Value::Time(micros) => out.write_str(&time(*micros)),
        Value::DateTime(micros) => date_time(*micros, "+00", out),
        Value::LocalDateTime(micros) => date_time(*micros, "", out),
        Value::List(values) => list(values, out),
    }
}

fn date_time(micros: i64, zone: &str, out: &mut impl fmt::Write) -> fmt::Result {
    let behind = format!(" {}{zone}", time(micros.rem_euclid(DAY)));
    moment(micros.div_euclid(DAY), &behind, out)
}

/// There is no year 0 in PostgreSQL: what is before the year 1 is `BC`.
fn moment(days: i64, behind: &str, out: &mut impl fmt::Write) -> fmt::Result {
    match calendar::civil_from_days(days) {
        (year @ 1.., month, day) => write!(out, "{year:04}-{month:02}-{day:02}{behind}"),
        (year, month, day) => write!(out, "{:04}-{month:02}-{day:02}{behind} BC", 1 - year),
    }
}

/// Up to `24:00:00`, which PostgreSQL knows.
fn time(micros: i64) -> String {
    let (seconds, micros) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    format!("{:02}:{:02}:{:02}.{micros:06}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// `{"a","b",NULL}`
fn list(values: &[Value], out: &mut impl fmt::Write) -> fmt::Result {
    out.write_char('{')?;
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            out.write_char(',')?;
        }
        match value {
            Value::Null | Value::Unset | Value::List(_) => word(value, out)?,
            _ => quoted(value, out)?,
        }
    }
    out.write_char('}')
}

fn quoted(value: &Value, out: &mut impl fmt::Write) -> fmt::Result {
    let mut text = String::new();
    word(value, &mut text)?;
    out.write_char('"')?;
    for char in text.chars() {
        if let '"' | '\\' = char {
            out.write_char('\\')?;
        }
        out.write_char(char)?;
    }
    out.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Fixed;

    #[track_caller]
    fn reads(value: &Value, expected: &str) {
        let mut text = String::new();
        word(value, &mut text).expect("text can be written to");
        assert_eq!(text, expected);
    }

    #[test]
    fn values_are_written_in_words() {
        reads(&Value::Bool(true), "true");
        reads(&Value::I64(i64::MIN), "-9223372036854775808");
        reads(&Value::F64(f64::NEG_INFINITY), "-inf");
        reads(&Value::F32(0.1), "0.1");
        reads(&Value::Bytes(vec![0, 255]), r"\x00ff");
        reads(&Value::Decimal(Fixed { mantissa: -150, scale: 2 }), "-1.50");
        reads(&Value::Date(0), "1970-01-01");
        reads(&Value::Date(-719_528), "0001-01-01 BC");
        reads(&Value::Date(2_932_897), "10000-01-01");
        reads(&Value::Time(DAY), "24:00:00.000000");
        reads(&Value::DateTime(-1), "1969-12-31 23:59:59.999999+00");
        reads(&Value::LocalDateTime(-719_528 * DAY), "0001-01-01 00:00:00.000000 BC");
    }

    #[test]
    fn elements_of_lists_are_quoted() {
        let texts = ["a\"b", r"\", "", "NULL"].map(|text| Value::Text(text.to_owned()));
        let list = [texts.as_slice(), &[Value::Null, Value::I16(1), Value::Bytes(vec![1])]].concat();
        reads(&Value::List(list), r#"{"a\"b","\\","","NULL",NULL,"1","\\x01"}"#);
        reads(&Value::List(Vec::new()), "{}");
    }
}
