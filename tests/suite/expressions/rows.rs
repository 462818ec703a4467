//! Random rows: the edges of each type half of the time.

use rex_schema::model::{Column, Scalar, Type, Value};

use super::random::Random;

/// A cell of a row.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Null,
    One(Value),
    List(Vec<Value>),
}

/// The first column is the row's number.
pub(super) fn row(random: &mut Random, columns: &[Column], number: i64) -> Vec<Cell> {
    let cell = |(place, column): (usize, &Column)| match column {
        _ if place == 0 => Cell::One(Value::Int(number)),
        column if column.nullable && random.below(3) == 0 => Cell::Null,
        column if column.list => {
            let count = random.below(4);
            Cell::List((0..count).map(|_| value(random, column.ty)).collect())
        }
        column => Cell::One(value(random, column.ty)),
    };
    columns.iter().enumerate().map(cell).collect()
}

fn value(random: &mut Random, ty: Type) -> Value {
    let is_edge = random.below(2) == 0;
    let scalar = match ty {
        Type::Enum(_) => return Value::Variant(random.below(3)),
        Type::Scalar(scalar) => scalar,
    };
    match scalar {
        Scalar::Bool => Value::Bool(random.below(2) == 0),
        Scalar::SmallInt => Value::Int(integer(random, is_edge, i16::MIN.into(), i16::MAX.into())),
        Scalar::Int => Value::Int(integer(random, is_edge, i32::MIN.into(), i32::MAX.into())),
        Scalar::BigInt => Value::Int(integer(random, is_edge, i64::MIN, i64::MAX)),
        Scalar::Float => {
            let edges = [0.0, 1.0, -1.5, f32::MAX, f32::MIN, f32::MIN_POSITIVE, 1e-45, 0.1];
            let small = (random.below(2_000) as f32 - 1_000.0) / 8.0;
            Value::Float(f64::from(if is_edge { *random.one(&edges) } else { small }))
        }
        Scalar::Double => {
            let edges = [0.0, 1.0, -1.5, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, -1e-200, 1e200, 0.1];
            let small = (random.below(2_000) as f64 - 1_000.0) / 7.0;
            Value::Float(if is_edge { *random.one(&edges) } else { small })
        }
        Scalar::Decimal { precision, scale } => decimal(random, is_edge, precision.into(), scale.into()),
        Scalar::String { .. } => {
            let texts = [
                "",
                " ",
                "a",
                "A",
                "ab",
                "ä",
                "Ä🦀",
                "  a  ",
                "\ta",
                "it's \\ \"%_",
                "zz",
                "aZ9",
                "\u{10ffff}",
            ];
            Value::String((*random.one(&texts)).to_owned())
        }
        Scalar::Bytes => {
            Value::Bytes(random.one(&[&b""[..], b"\0", b"\xff\0", b"a", b"ab", b"\x7f\x80"]).to_vec())
        }
        Scalar::Uuid => {
            let mut text = format!("{:016x}{:016x}", random.next(), random.next());
            if is_edge {
                text = random.one(&["0", "f", "7"]).repeat(32);
            }
            let parts = [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]];
            Value::Uuid(parts.join("-"))
        }
        Scalar::Date => Value::Date(integer(random, is_edge, -719_162, 2_932_896) as i32),
        Scalar::Time => Value::Time(integer(random, is_edge, 0, 86_399_999_999)),
        Scalar::DateTime => Value::DateTime(integer(random, is_edge, FIRST, LAST)),
        Scalar::LocalDateTime => Value::LocalDateTime(integer(random, is_edge, FIRST, LAST)),
        Scalar::Json => Value::Json((*random.one(&["{}", "[1]", "null", "\"a\""])).to_owned()),
    }
}

/// The ends of the years 1 to 9999, in microseconds.
const FIRST: i64 = -62_135_596_800_000_000;
const LAST: i64 = 253_402_300_799_999_999;

fn integer(random: &mut Random, is_edge: bool, low: i64, high: i64) -> i64 {
    let edges = [low, high, low + 1, high - 1, 0, 1, -1, 2, 7];
    let near = random.below(300) as i64 - 150;
    let far = (random.next() as i64) % (high / 2 + 1);
    let number = match is_edge {
        true => *random.one(&edges),
        false if random.below(2) == 0 => near,
        false => far,
    };
    number.clamp(low, high)
}

fn decimal(random: &mut Random, is_edge: bool, precision: u32, scale: usize) -> Value {
    let limit = 10i64.pow(precision);
    let units = match is_edge {
        true => *random.one(&[0, 1, -1, limit - 1, 1 - limit]),
        false => (random.next() as i64) % limit,
    };
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    Value::Decimal(format!("{}{whole}.{fraction}", if units < 0 { "-" } else { "" }))
}
