//! Constants as written, read by the type that they meet.

use rex_schema::model::{Scalar, Value};
use rex_sql::calendar;

/// What is wrong with a constant.
#[derive(Debug, PartialEq)]
pub(super) enum Fault {
    /// It is of another kind altogether.
    Type,
    /// An integer outside its type: lowest and highest.
    Range(i64, i64),
    /// A text or number that is too long, in words.
    Length(String),
    /// A text that does not read as the type: how it is written.
    Form(&'static str),
}

/// Reads digits as a value of a scalar.
pub(super) fn number(digits: &str, scalar: Scalar) -> Result<Value, Fault> {
    let whole = !digits.contains('.');
    match scalar {
        Scalar::SmallInt if whole => integer(digits, i16::MIN.into(), i16::MAX.into()),
        Scalar::Int if whole => integer(digits, i32::MIN.into(), i32::MAX.into()),
        Scalar::BigInt if whole => integer(digits, i64::MIN, i64::MAX),
        Scalar::Float => match digits.parse::<f32>() {
            Ok(value) if value.is_finite() => Ok(Value::Float(f64::from(value))),
            _ => Err(Fault::Length(format!("{digits} is too large for a `Float`"))),
        },
        Scalar::Double => match digits.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Value::Float(value)),
            _ => Err(Fault::Length(format!("{digits} is too large for a `Double`"))),
        },
        Scalar::Decimal { precision, scale } => decimal(digits, precision.into(), scale.into()),
        _ => Err(Fault::Type),
    }
}

fn integer(digits: &str, low: i64, high: i64) -> Result<Value, Fault> {
    match digits.parse::<i64>() {
        Ok(value) if (low..=high).contains(&value) => Ok(Value::Int(value)),
        _ => Err(Fault::Range(low, high)),
    }
}

fn decimal(digits: &str, precision: usize, scale: usize) -> Result<Value, Fault> {
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let whole = whole.trim_start_matches('0').len();
    let fraction = fraction.trim_end_matches('0').len();
    if whole > precision - scale {
        return Err(Fault::Length(format!(
            "{digits} has {whole} digits before the point, and {} fit",
            precision - scale
        )));
    }
    if fraction > scale {
        return Err(Fault::Length(format!(
            "{digits} has {fraction} digits behind the point, and {scale} fit"
        )));
    }
    let sign = if unsigned.len() < digits.len() { "-" } else { "" };
    let unsigned = unsigned.trim_start_matches('0');
    let zero = if unsigned.is_empty() || unsigned.starts_with('.') { "0" } else { "" };
    Ok(Value::Decimal(format!("{sign}{zero}{unsigned}")))
}

/// Reads a text as a value of a scalar.
pub(super) fn text(text: &str, scalar: Scalar) -> Result<Value, Fault> {
    let read = match scalar {
        Scalar::String { max } => return string(text, max),
        Scalar::Bytes => (bytes(text).map(Value::Bytes), "hexadecimal digits: `\"0x00ff\"`"),
        Scalar::Uuid => (uuid(text).map(Value::Uuid), "`\"00000000-0000-0000-0000-000000000000\"`"),
        Scalar::Date => (date(text).map(Value::Date), "`\"2026-01-31\"`"),
        Scalar::Time => (time(text).map(Value::Time), "`\"12:34\"`, `\"12:34:56\"` or `\"12:34:56.789\"`"),
        Scalar::DateTime => (instant(text).map(Value::DateTime), "RFC 3339: `\"2026-01-31T12:34:56Z\"`"),
        Scalar::LocalDateTime => (civil(text).map(Value::LocalDateTime), "`\"2026-01-31T12:34:56\"`"),
        Scalar::Json => match serde_json::from_str::<serde_json::Value>(text) {
            Ok(value) if has_nul(&value) => {
                return Err(Fault::Length(
                    "the JSON has a NUL character, which PostgreSQL does not hold".to_owned(),
                ));
            }
            parsed => (parsed.ok().map(|_| Value::Json(text.to_owned())), "JSON text: `\"{}\"`"),
        },
        _ => return Err(Fault::Type),
    };
    read.0.ok_or(Fault::Form(read.1))
}

fn string(text: &str, max: Option<u32>) -> Result<Value, Fault> {
    let length = text.chars().count();
    match max {
        Some(max) if length > max as usize => {
            Err(Fault::Length(format!("the text has {length} characters, and {max} fit")))
        }
        _ if text.contains('\0') => {
            Err(Fault::Length("the text has a NUL character, which PostgreSQL does not hold".to_owned()))
        }
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// Bounded: JSON that nests deeper than 128 is not parsed.
fn has_nul(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => text.contains('\0'),
        serde_json::Value::Array(elements) => elements.iter().any(has_nul),
        serde_json::Value::Object(members) => {
            members.iter().any(|(name, value)| name.contains('\0') || has_nul(value))
        }
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => false,
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x")?;
    let sound = digits.len().is_multiple_of(2) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    sound.then_some(())?;
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}

fn uuid(text: &str) -> Option<String> {
    let sound = text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        });
    sound.then(|| text.to_ascii_lowercase())
}

/// The language begins with the year 1.
fn date(text: &str) -> Option<i32> {
    let days = calendar::parse_date(text).filter(|_| !text.starts_with("0000"))?;
    i32::try_from(days).ok()
}

fn time(text: &str) -> Option<i64> {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, fraction),
        None => (text, "0"),
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (hour, minute, second) = match (parts.as_slice(), text.contains('.')) {
        ([hour, minute], false) => (digits(hour, 2)?, digits(minute, 2)?, 0),
        ([hour, minute, second], _) => (digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?),
        _ => return None,
    };
    let sound = hour < 24 && minute < 60 && second < 60 && (1..=6).contains(&fraction.len());
    let micros = digits(&format!("{fraction:0<6}"), 6).filter(|_| sound)?;
    Some(((hour * 60 + minute) * 60 + second) * 1_000_000 + micros)
}

fn civil(text: &str) -> Option<i64> {
    let (day, clock) = text.split_once(['T', 't', ' '])?;
    Some(i64::from(date(day)?) * 86_400_000_000 + time(clock)?)
}

fn instant(text: &str) -> Option<i64> {
    if let Some(utc) = text.strip_suffix(['Z', 'z']) {
        return civil(utc);
    }
    let at = text.rfind(['+', '-']).filter(|&at| at > 10)?;
    let (hours, minutes) = text[at + 1..].split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    let offset = (hours * 60 + minutes) * 60_000_000;
    let sign = if text[at..].starts_with('-') { -1 } else { 1 };
    let instant = civil(&text[..at])? - sign * offset;
    let years = civil("0001-01-01T00:00:00")?..=civil("9999-12-31T23:59:59.999999")?;
    (hours < 24 && minutes < 60 && years.contains(&instant)).then_some(instant)
}

fn digits(text: &str, length: usize) -> Option<i64> {
    let sound = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    sound.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_microseconds() {
        assert_eq!(instant("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(instant("1970-01-01T01:00:00.5+01:00"), Some(500_000));
        assert_eq!(instant("0001-01-01T00:00:00Z"), Some(-62_135_596_800_000_000));
        assert_eq!(instant("9999-12-31T23:59:59.999999Z"), Some(253_402_300_799_999_999));
        for wrong in ["", "2026-02-29T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00"]
        {
            assert_eq!(instant(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_stay_in_range() {
        assert_eq!(number("3000000000", Scalar::Int), Err(Fault::Range(i32::MIN.into(), i32::MAX.into())));
        assert_eq!(number("-32768", Scalar::SmallInt), Ok(Value::Int(-32768)));
        let money = Scalar::Decimal { precision: 4, scale: 2 };
        assert_eq!(number("12.50", money), Ok(Value::Decimal("12.50".to_owned())));
        assert!(matches!(number("123", money), Err(Fault::Length(_))));
        assert!(matches!(number("1.234", money), Err(Fault::Length(_))));
    }
}
