//! Values in PostgreSQL's binary form.

use std::error::Error as StdError;

use bytes::{BufMut, BytesMut};
use rex_sql::{Bind, Dialect};
use tokio_postgres::types::{Format, IsNull, Kind as TypeKind, ToSql, Type, to_sql_checked};

use crate::adapter::{cannot_hold, check_number};
use crate::error::{Error, Kind, Result};
use crate::operation::Binds;
use crate::value::{Fixed, Value};
use rex_sql::calendar::DAY;

/// The days from 1970-01-01, Unix's first, to 2000-01-01, PostgreSQL's.
const EPOCH_DAYS: i32 = 10_957;
const EPOCH: i64 = EPOCH_DAYS as i64 * DAY;

pub(super) type Failed = Box<dyn StdError + Sync + Send>;

/// Refuses values that PostgreSQL cannot hold, before anything is sent.
pub(super) fn check(binds: &Binds<'_>) -> Result<()> {
    binds.iter().try_for_each(|bind| match bind {
        Bind::One(value) | Bind::Member(value) | Bind::Pattern(value) => check_one(value),
        Bind::Set(values) => values.iter().try_for_each(check_one),
    })
}

fn check_one(value: &Value) -> Result<()> {
    match value {
        Value::Text(text) if text.contains('\0') => {
            Err(cannot_hold(Dialect::Postgres, "a text with a NUL character"))
        }
        // In JSON text a NUL stands as an escape, after a backslash that is not escaped itself.
        Value::Json(json) if json.replace(r"\\", "").contains(r"\u0000") => {
            Err(cannot_hold(Dialect::Postgres, "a JSON text with a NUL character"))
        }
        Value::List(values) => values.iter().try_for_each(check_one),
        _ => Ok(()),
    }
}

/// Refuses values for placeholders of another type, whose octets PostgreSQL would take for something
/// else.
pub(super) fn check_types(types: &[Type], binds: &Binds<'_>) -> Result<()> {
    check_number(types.len(), binds.len())?;
    for (place, (ty, bind)) in types.iter().zip(binds.iter()).enumerate() {
        if let Bind::One(value) = bind
            && !fits(value, ty)
        {
            let (number, kind) = (place + 1, value.kind());
            let message = format!(
                "PostgreSQL takes `${number}` for a `{ty}`, and a {kind} is bound: bind another type, or cast it in \
                 the statement, `${number}::…`"
            );
            return Err(Error::new(Kind::InvalidValue, message));
        }
    }
    Ok(())
}

fn fits(value: &Value, ty: &Type) -> bool {
    if let TypeKind::Domain(inner) = ty.kind() {
        return fits(value, inner);
    }
    match value {
        // A text goes out as text, if need be, and the server reads it.
        Value::Null | Value::Unset | Value::Text(_) => true,
        Value::Bool(_) => *ty == Type::BOOL,
        Value::I16(_) | Value::I32(_) | Value::I64(_) => {
            matches!(*ty, Type::INT2 | Type::INT4 | Type::INT8 | Type::NUMERIC | Type::FLOAT4 | Type::FLOAT8)
        }
        Value::F32(_) | Value::F64(_) => matches!(*ty, Type::FLOAT4 | Type::FLOAT8),
        Value::Label(_) => is_text(ty),
        Value::Bytes(_) => *ty == Type::BYTEA,
        Value::Uuid(_) => *ty == Type::UUID,
        Value::Decimal(_) | Value::BeyondScale { .. } => *ty == Type::NUMERIC,
        Value::Date(_) => *ty == Type::DATE,
        Value::Time(_) => *ty == Type::TIME,
        Value::DateTime(_) => *ty == Type::TIMESTAMPTZ,
        Value::LocalDateTime(_) => *ty == Type::TIMESTAMP,
        Value::Json(_) => matches!(*ty, Type::JSON | Type::JSONB),
        Value::List(values) => element(ty).is_some_and(|element| {
            values.iter().all(|value| match value {
                Value::Text(_) => is_text(element),
                value => fits(value, element),
            })
        }),
    }
}

/// The failure of a value that has no form.
pub(super) fn refused(error: Failed) -> Error {
    Error::new(Kind::InvalidValue, format!("PostgreSQL cannot hold a value: {error}"))
}

/// A value on its way, as the driver wants it.
#[derive(Debug)]
pub(super) struct Bound<'a>(pub(super) Bind<'a, Value>);

impl ToSql for Bound<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        match self.0 {
            Bind::One(value) | Bind::Member(value) | Bind::Pattern(value) => encode(value, ty, out),
            Bind::Set(values @ [Value::Text(_), ..]) if !element(ty).is_some_and(is_text) => {
                array_text(values, out);
                Ok(IsNull::No)
            }
            Bind::Set(values) => array(values, ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, ty: &Type) -> Format {
        match self.0 {
            Bind::One(Value::Text(_)) if !is_text(ty) => Format::Text,
            Bind::Set([Value::Text(_), ..]) if !element(ty).is_some_and(is_text) => Format::Text,
            Bind::One(_) | Bind::Member(_) | Bind::Pattern(_) | Bind::Set(_) => Format::Binary,
        }
    }

    to_sql_checked!();
}

/// Whether a type's binary form is the text itself. A text for any other type (`inet`, `tsvector`)
/// goes out as text, and the server reads it.
fn is_text(ty: &Type) -> bool {
    match *ty {
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => true,
        _ => match ty.kind() {
            TypeKind::Domain(inner) => is_text(inner),
            TypeKind::Enum(_) => true,
            _ => ty.name() == "citext",
        },
    }
}

fn element(ty: &Type) -> Option<&Type> {
    match ty.kind() {
        TypeKind::Array(element) => Some(element),
        _ => None,
    }
}

pub(super) fn encode(value: &Value, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
    if let TypeKind::Domain(inner) = ty.kind() {
        return encode(value, inner, out);
    }
    match value {
        Value::Null | Value::Unset => return Ok(IsNull::Yes),
        Value::Bool(bool) => out.put_u8((*bool).into()),
        Value::I16(number) => integer((*number).into(), ty, out)?,
        Value::I32(number) => integer((*number).into(), ty, out)?,
        Value::I64(number) => integer(*number, ty, out)?,
        Value::F32(number) => float((*number).into(), ty, out),
        Value::F64(number) => float(*number, ty, out),
        Value::Text(text) => out.put_slice(text.as_bytes()),
        Value::Label(label) => out.put_slice(label.as_bytes()),
        Value::Bytes(bytes) => out.put_slice(bytes),
        Value::Uuid(bytes) => out.put_slice(bytes),
        Value::Decimal(number) | Value::BeyondScale { value: number, .. } => numeric(*number, out),
        Value::Date(days) => out.put_i32(days.checked_sub(EPOCH_DAYS).ok_or("the date is out of range")?),
        Value::Time(micros) => out.put_i64(*micros),
        Value::DateTime(micros) | Value::LocalDateTime(micros) => {
            out.put_i64(micros.checked_sub(EPOCH).ok_or("the time is out of range")?);
        }
        Value::Json(json) => {
            if *ty == Type::JSONB {
                out.put_u8(1);
            }
            out.put_slice(json.as_bytes());
        }
        Value::List(values) => return array(values, ty, out),
    }
    Ok(IsNull::No)
}

/// The server says how wide it wants an integer.
fn integer(number: i64, ty: &Type, out: &mut BytesMut) -> Result<(), Failed> {
    match *ty {
        Type::INT2 => out.put_i16(number.try_into()?),
        Type::INT4 => out.put_i32(number.try_into()?),
        Type::NUMERIC => numeric(Fixed { mantissa: number.into(), scale: 0 }, out),
        Type::FLOAT4 | Type::FLOAT8 => float(number as f64, ty, out),
        _ => out.put_i64(number),
    }
    Ok(())
}

fn float(number: f64, ty: &Type, out: &mut BytesMut) {
    match *ty {
        Type::FLOAT4 => out.put_f32(number as f32),
        _ => out.put_f64(number),
    }
}

/// The number of dimensions, whether there are nulls, the element's type; the length and the first
/// index; then each element's length and bytes.
fn array(values: &[Value], ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
    let TypeKind::Array(element) = ty.kind() else {
        return Err(format!("the server expects a {ty}, not a list").into());
    };
    out.put_i32(i32::from(!values.is_empty()));
    out.put_i32(i32::from(values.contains(&Value::Null)));
    out.put_u32(element.oid());
    if values.is_empty() {
        return Ok(IsNull::No);
    }
    out.put_i32(values.len().try_into()?);
    out.put_i32(1);
    for value in values {
        let start = out.len();
        out.put_i32(-1);
        if let IsNull::No = encode(value, element, out)? {
            let size = i32::try_from(out.len() - start - 4)?;
            out[start..start + 4].copy_from_slice(&size.to_be_bytes());
        }
    }
    Ok(IsNull::No)
}

/// The same in words, for elements whose type has a binary form of its own: `{"a","b"}`.
fn array_text(values: &[Value], out: &mut BytesMut) {
    out.put_u8(b'{');
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            out.put_u8(b',');
        }
        let Value::Text(text) = value else {
            out.put_slice(b"NULL");
            continue;
        };
        let escaped = text.replace('\\', r"\\").replace('"', r#"\""#);
        out.put_slice(format!("\"{escaped}\"").as_bytes());
    }
    out.put_u8(b'}');
}

/// The number of digits in base 10,000, the weight of the first of them, the sign, the scale,
/// then the digits.
fn numeric(number: Fixed, out: &mut BytesMut) {
    // Digits stand in groups of four on both sides of the point.
    let fill = (4 - number.scale % 4) % 4;
    let mut digits = format!("{}{}", number.mantissa.unsigned_abs(), "0".repeat(fill as usize));
    let behind = (number.scale + fill) as usize;
    let ahead = digits.len().saturating_sub(behind).next_multiple_of(4);
    digits.insert_str(0, &"0".repeat(ahead + behind - digits.len()));
    let group = |group: &[u8]| group.iter().fold(0u16, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    let groups: Vec<u16> = digits.as_bytes().chunks(4).map(group).collect();
    let leading = groups.iter().take_while(|group| **group == 0).count();
    let trailing = groups[leading..].iter().rev().take_while(|group| **group == 0).count();
    let kept = &groups[leading..groups.len() - trailing];
    let weight = if kept.is_empty() { 0 } else { (ahead / 4) as i16 - 1 - leading as i16 };
    out.put_u16(kept.len() as u16);
    out.put_i16(weight);
    out.put_u16(if number.mantissa < 0 && !kept.is_empty() { 0x4000 } else { 0 });
    out.put_u16(number.scale as u16);
    kept.iter().for_each(|group| out.put_u16(*group));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn writes(text: &str, words: &[u16]) {
        let mut out = BytesMut::new();
        numeric(Fixed::parse(text).expect("a number"), &mut out);
        let expected: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        assert_eq!(out.as_ref(), expected, "{text}");
    }

    #[test]
    fn numerics_are_written() {
        writes("0", &[0, 0, 0, 0]);
        writes("0.00", &[0, 0, 0, 2]);
        writes("12.34", &[2, 0, 0, 2, 12, 3400]);
        writes("-12.345", &[2, 0, 0x4000, 3, 12, 3450]);
        writes("50000", &[1, 1, 0, 0, 5]);
        writes("0.0007", &[1, 0xffff, 0, 4, 7]);
        writes("0.000007", &[1, 0xfffe, 0, 6, 700]);
        writes("123456789.5", &[4, 2, 0, 1, 1, 2345, 6789, 5000]);
    }

    #[test]
    fn nul_is_refused() {
        for value in [
            Value::Text("a\0b".to_owned()),
            Value::List(vec![Value::Text("\0".to_owned())]),
            Value::Json(r#""\u0000""#.to_owned()),
        ] {
            let error = check(&Binds::Ways(vec![Bind::One(&value)])).expect_err("refused");
            assert_eq!(error.kind(), crate::Kind::InvalidValue);
        }
        check(&Binds::Ways(vec![Bind::One(&Value::Json(r#""\\u0000""#.to_owned()))]))
            .expect("an escaped backslash");
    }
}
