//! Cells of statements whose types only the server knows: it says them with the rows.

use tokio_postgres::types::{Kind as TypeKind, Type};

use crate::value::{Array, Cell};
use rex_sql::calendar::DAY;

/// The days from 1970-01-01, Unix's first, to 2000-01-01, PostgreSQL's.
const EPOCH_DAYS: i64 = 10_957;

/// What the binary form of a value of a type says.
pub(super) fn cell<'a>(ty: &'a Type, wire: &'a [u8]) -> Cell<'a> {
    match ty.kind() {
        TypeKind::Domain(inner) => cell(inner, wire),
        TypeKind::Enum(_) => text(wire),
        TypeKind::Array(element) => match scalar(element) {
            Some(element) => Cell::Array(Array { wire, element }),
            None => Cell::Other(ty.name()),
        },
        _ => scalar(ty).map_or(Cell::Other(ty.name()), |read| read(wire)),
    }
}

type Read = fn(&[u8]) -> Cell<'_>;

/// How a scalar type is read; none for types that no column of Rex has.
fn scalar(ty: &Type) -> Option<Read> {
    Some(match *ty {
        Type::BOOL => |wire| Cell::Integer(wire.first().copied().unwrap_or(0).into()),
        Type::INT2 => |wire| read(wire, |bytes| Cell::Integer(i16::from_be_bytes(bytes).into())),
        Type::INT4 => |wire| read(wire, |bytes| Cell::Integer(i32::from_be_bytes(bytes).into())),
        Type::INT8 => |wire| read(wire, |bytes| Cell::Integer(i64::from_be_bytes(bytes))),
        Type::OID => |wire| read(wire, |bytes| Cell::Integer(u32::from_be_bytes(bytes).into())),
        Type::FLOAT4 => |wire| read(wire, |bytes| Cell::Real(f32::from_be_bytes(bytes).into())),
        Type::FLOAT8 => |wire| read(wire, |bytes| Cell::Real(f64::from_be_bytes(bytes))),
        Type::NUMERIC => |wire| Cell::Numeric(wire),
        Type::BYTEA | Type::UUID => |wire| Cell::Blob(wire),
        Type::DATE => date,
        Type::TIME => |wire| read(wire, |bytes| Cell::Time(i64::from_be_bytes(bytes))),
        Type::TIMESTAMP => |wire| instant(wire, Cell::LocalDateTime),
        Type::TIMESTAMPTZ => |wire| instant(wire, Cell::DateTime),
        // The first octet is the form's version.
        Type::JSONB => |wire| text(wire.get(1..).unwrap_or_default()),
        Type::JSON | Type::XML | Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => {
            text
        }
        Type::VOID => |_| Cell::Null,
        _ if matches!(ty.kind(), TypeKind::Enum(_)) || ty.name() == "citext" => text,
        _ => return None,
    })
}

fn read<const N: usize>(wire: &[u8], cell: fn([u8; N]) -> Cell<'static>) -> Cell<'_> {
    wire.try_into().map_or(Cell::Other("unreadable"), cell)
}

fn text(wire: &[u8]) -> Cell<'_> {
    std::str::from_utf8(wire).map_or(Cell::Blob(wire), Cell::Text)
}

fn date(wire: &[u8]) -> Cell<'_> {
    read(wire, |bytes| match i32::from_be_bytes(bytes) {
        i32::MIN | i32::MAX => Cell::Other("date, infinite"),
        days => Cell::Date(i64::from(days) + EPOCH_DAYS),
    })
}

fn instant(wire: &[u8], cell: fn(i64) -> Cell<'static>) -> Cell<'_> {
    let micros = wire.try_into().map(i64::from_be_bytes).unwrap_or(i64::MAX);
    match micros.checked_add(EPOCH_DAYS * DAY) {
        Some(since_1970) if micros != i64::MIN => cell(since_1970),
        _ => Cell::Other("timestamp, infinite"),
    }
}
