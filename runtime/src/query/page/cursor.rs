//! Cursors: the values of the keys in one row, sealed, as a text.

use std::fmt;
use std::str::FromStr;

use super::seal::{TAG, tag};
use crate::error::{Error, Kind, Result};
use crate::meta::Type;
use crate::scalar::{self, Scalar};
use crate::value::{Cell, Fixed, Value};

/// A place between two rows of an order. It is written as a text that goes into a link as it is, and
/// read from one: `cursor.to_string()`, `text.parse()`.
///
/// The text says where a page begins, and is of no use for anything else; what is altered in it is
/// found when it is used (see [`seal_cursors`](crate::seal_cursors)). It is no secret: the values of
/// the row that the order goes by stand in it, encoded.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Cursor(Vec<u8>);

/// What is in a cursor.
pub(super) struct Place {
    pub(super) backwards: bool,
    pub(super) values: Vec<Value>,
}

impl Cursor {
    pub(super) fn seal(shape: &str, values: &[Value], backwards: bool) -> Cursor {
        let mut bytes = vec![u8::from(backwards)];
        for value in values {
            write(&mut bytes, value);
        }
        let tag = tag(shape, &bytes);
        bytes.extend(tag);
        Cursor(bytes)
    }

    pub(super) fn open(&self, shape: &str, types: impl Iterator<Item = Option<Type>>) -> Result<Place> {
        let (bytes, found) = self.0.split_at_checked(self.0.len().saturating_sub(TAG)).ok_or_else(altered)?;
        if tag(shape, bytes) != found {
            return Err(altered());
        }
        let (first, mut rest) = bytes.split_first().ok_or_else(altered)?;
        let values =
            types.map(|ty| read(&mut rest, ty)).collect::<Option<Vec<Value>>>().ok_or_else(altered)?;
        Ok(Place { backwards: *first == 1, values })
    }
}

#[cold]
fn altered() -> Error {
    let message = "the cursor was altered, or is of another order: begin at the first page";
    Error::new(Kind::InvalidValue, message)
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cursor({} bytes)", self.0.len())
    }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// In base 64, with the signs that stand in a URL.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.chunks(3) {
            let bits =
                chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            for place in 0..=chunk.len() {
                let digit = bits >> (18 - 6 * place) & 63;
                write!(f, "{}", char::from(DIGITS[digit as usize]))?;
            }
        }
        Ok(())
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Cursor> {
        let digit = |sign: u8| DIGITS.iter().position(|digit| *digit == sign).ok_or_else(altered);
        let digits = text.bytes().map(digit).collect::<Result<Vec<usize>>>()?;
        let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
        for chunk in digits.chunks(4) {
            let bits = chunk.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - chunk.len()));
            let whole = chunk.len() * 6 / 8;
            bytes.extend((0..whole).map(|place| (bits >> (16 - 8 * place)) as u8));
        }
        // What is written is read, and nothing that only looks like it.
        let cursor = Cursor(bytes);
        if cursor.to_string() == text { Ok(cursor) } else { Err(altered()) }
    }
}

/// The value of a key in a row, by its type.
pub(super) fn value(ty: Option<Type>, cell: Cell<'_>) -> Result<Value> {
    if let Cell::Null = cell {
        return Ok(Value::Null);
    }
    let value = ty.and_then(|ty| of_cell(ty, cell));
    value.ok_or_else(|| Error::of_mismatch("a key of the order", "a value that is compared", cell.kind()))
}

fn of_cell(ty: Type, cell: Cell<'_>) -> Option<Value> {
    match ty {
        Type::Bool => bool::decode(cell).map(Value::Bool),
        Type::I16 => i16::decode(cell).map(Value::I16),
        Type::I32 => i32::decode(cell).map(Value::I32),
        Type::I64 => i64::decode(cell).map(Value::I64),
        Type::F32 => f32::decode(cell).map(Value::F32),
        Type::F64 => f64::decode(cell).map(Value::F64),
        Type::Text => String::decode(cell).map(Value::Text),
        Type::Bytes => Vec::<u8>::decode(cell).map(Value::Bytes),
        Type::Uuid => match cell {
            Cell::Blob(bytes) | Cell::Wire(bytes) => bytes.try_into().ok().map(Value::Uuid),
            _ => None,
        },
        Type::Decimal { scale, .. } => match cell {
            Cell::Integer(units) => Some(Value::Decimal(Fixed { mantissa: units.into(), scale })),
            cell => scalar::fixed(cell).map(Value::Decimal),
        },
        Type::Date | Type::Time | Type::DateTime | Type::LocalDateTime => time(ty, cell),
        Type::Enum(labels) => {
            let text = scalar::text(cell)?;
            labels.iter().find(|label| **label == text).map(|label| Value::Label(label))
        }
        Type::Json | Type::List(_) => None,
    }
}

#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
fn time(ty: Type, cell: Cell<'_>) -> Option<Value> {
    match ty {
        Type::Date => scalar::date(cell)?.try_into().ok().map(Value::Date),
        Type::Time => scalar::time_of_day(cell).map(Value::Time),
        Type::LocalDateTime => scalar::local(cell).map(Value::LocalDateTime),
        _ => scalar::instant(cell).map(Value::DateTime),
    }
}

#[cfg(not(any(feature = "chrono", feature = "jiff", feature = "time")))]
fn time(_: Type, _: Cell<'_>) -> Option<Value> {
    None
}

fn write(out: &mut Vec<u8>, value: &Value) {
    let mut sized = |bytes: &[u8]| {
        out.push(1);
        out.extend((bytes.len() as u32).to_be_bytes());
        out.extend(bytes);
    };
    match value {
        Value::Null | Value::Unset | Value::BeyondScale { .. } | Value::Json(_) | Value::List(_) => {
            out.push(0)
        }
        Value::Bool(bool) => sized(&[u8::from(*bool)]),
        Value::I16(number) => sized(&number.to_be_bytes()),
        Value::I32(number) => sized(&number.to_be_bytes()),
        Value::I64(number) => sized(&number.to_be_bytes()),
        Value::F32(number) => sized(&number.to_be_bytes()),
        Value::F64(number) => sized(&number.to_be_bytes()),
        Value::Text(text) => sized(text.as_bytes()),
        Value::Label(label) => sized(label.as_bytes()),
        Value::Bytes(bytes) => sized(bytes),
        Value::Uuid(bytes) => sized(bytes),
        Value::Decimal(number) => {
            sized(&[&number.mantissa.to_be_bytes()[..], &number.scale.to_be_bytes()[..]].concat());
        }
        Value::Date(days) => sized(&days.to_be_bytes()),
        Value::Time(micros) | Value::DateTime(micros) | Value::LocalDateTime(micros) => {
            sized(&micros.to_be_bytes());
        }
    }
}

/// The next value, of its type.
fn read(bytes: &mut &[u8], ty: Option<Type>) -> Option<Value> {
    let (is_there, rest) = bytes.split_first()?;
    *bytes = rest;
    if *is_there == 0 {
        return Some(Value::Null);
    }
    let (size, rest) = bytes.split_first_chunk::<4>()?;
    let (value, rest) = rest.split_at_checked(u32::from_be_bytes(*size) as usize)?;
    *bytes = rest;
    Some(match ty? {
        Type::Bool => Value::Bool(value == [1]),
        Type::I16 => Value::I16(i16::from_be_bytes(value.try_into().ok()?)),
        Type::I32 => Value::I32(i32::from_be_bytes(value.try_into().ok()?)),
        Type::I64 => Value::I64(i64::from_be_bytes(value.try_into().ok()?)),
        Type::F32 => Value::F32(f32::from_be_bytes(value.try_into().ok()?)),
        Type::F64 => Value::F64(f64::from_be_bytes(value.try_into().ok()?)),
        Type::Text => Value::Text(String::from_utf8(value.to_vec()).ok()?),
        Type::Bytes => Value::Bytes(value.to_vec()),
        Type::Uuid => Value::Uuid(value.try_into().ok()?),
        Type::Decimal { .. } => {
            let (mantissa, scale) = value.split_first_chunk::<16>()?;
            let scale = u32::from_be_bytes(scale.try_into().ok()?);
            Value::Decimal(Fixed { mantissa: i128::from_be_bytes(*mantissa), scale })
        }
        Type::Date => Value::Date(i32::from_be_bytes(value.try_into().ok()?)),
        Type::Time => Value::Time(i64::from_be_bytes(value.try_into().ok()?)),
        Type::DateTime => Value::DateTime(i64::from_be_bytes(value.try_into().ok()?)),
        Type::LocalDateTime => Value::LocalDateTime(i64::from_be_bytes(value.try_into().ok()?)),
        Type::Enum(labels) => {
            let label = labels.iter().find(|label| label.as_bytes() == value)?;
            Value::Label(label)
        }
        Type::Json | Type::List(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let values = [
            Value::I64(-1),
            Value::Null,
            Value::Text("né".to_owned()),
            Value::Decimal(Fixed { mantissa: -150, scale: 2 }),
        ];
        let types = [Type::I64, Type::I32, Type::Text, Type::Decimal { precision: 5, scale: 2 }].map(Some);
        let text = Cursor::seal("a", &values, true).to_string();
        let cursor: Cursor = text.parse().expect("a cursor");
        let place = cursor.open("a", types.into_iter()).expect("the same order");
        assert_eq!((place.backwards, place.values), (true, values.to_vec()));
        assert!(cursor.open("b", types.into_iter()).is_err());
        for place in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).expect("a text").parse::<Cursor>();
            let opened = altered.and_then(|cursor| cursor.open("a", types.into_iter()));
            assert!(opened.is_err(), "{place}");
        }
        for text in ["", "A", "%", "AAAA"] {
            let opened = text.parse::<Cursor>().and_then(|cursor| cursor.open("a", types.into_iter()));
            assert!(opened.is_err(), "{text}");
        }
    }
}
