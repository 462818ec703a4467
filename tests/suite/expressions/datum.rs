//! Values of the schema, of the runtime and of the databases, one as the other.

use rex_orm::__::Value as Runtime;
use rex_orm::__::expr::Datum;
use rex_schema::model::{Model, Scalar, Schema, Type, Value, ValueType};
use rex_sql::calendar;
use rex_sql::compute::Exact;

use super::rows::Cell;

/// A row as the runtime sends it.
pub(super) fn row(schema: &Schema, model: &Model, row: &[Cell]) -> Vec<Runtime> {
    let cell = |(cell, column): (&Cell, &rex_schema::model::Column)| match cell {
        Cell::Null => Runtime::Null,
        Cell::One(value) => runtime(schema, column.ty, value),
        Cell::List(values) => {
            Runtime::List(values.iter().map(|value| runtime(schema, column.ty, value)).collect())
        }
    };
    row.iter().zip(&model.columns).map(cell).collect()
}

fn runtime(schema: &Schema, ty: Type, value: &Value) -> Runtime {
    match (value, ty) {
        (Value::Bool(value), _) => Runtime::Bool(*value),
        (Value::Int(value), Type::Scalar(Scalar::SmallInt)) => {
            Runtime::I16(i16::try_from(*value).expect("rows are in range"))
        }
        (Value::Int(value), Type::Scalar(Scalar::Int)) => {
            Runtime::I32(i32::try_from(*value).expect("rows are in range"))
        }
        (Value::Int(value), _) => Runtime::I64(*value),
        (Value::Float(value), Type::Scalar(Scalar::Float)) => Runtime::F32(*value as f32),
        (Value::Float(value), _) => Runtime::F64(*value),
        (Value::Decimal(digits), _) => {
            let exact = Exact::parse(digits).expect("rows have digits");
            Runtime::Decimal(rex_orm::__::Fixed { mantissa: exact.mantissa, scale: exact.scale })
        }
        (Value::String(text), _) => Runtime::Text(text.clone()),
        (Value::Bytes(bytes), _) => Runtime::Bytes(bytes.clone()),
        (Value::Uuid(text), _) => Runtime::Uuid(uuid(text)),
        (Value::Date(days), _) => Runtime::Date(*days),
        (Value::Time(micros), _) => Runtime::Time(*micros),
        (Value::DateTime(micros), _) => Runtime::DateTime(*micros),
        (Value::LocalDateTime(micros), _) => Runtime::LocalDateTime(*micros),
        (Value::Json(text), _) => Runtime::Json(text.clone()),
        (Value::Variant(place), Type::Enum(id)) => {
            Runtime::Label(Box::leak(schema[id].variants[*place].label.clone().into_boxed_str()))
        }
        (Value::Variant(_), Type::Scalar(_)) => unreachable!("only enums have variants"),
    }
}

/// The bytes of a UUID.
pub(super) fn uuid(text: &str) -> [u8; 16] {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    u128::from_str_radix(&digits, 16).expect("it is hexadecimal").to_be_bytes()
}

/// What PostgreSQL's text of a value says.
pub(super) fn of_postgres(schema: &Schema, ty: ValueType, text: Option<&str>) -> Datum<'static> {
    let Some(text) = text else { return Datum::Null };
    let scalar = match ty.ty {
        Type::Enum(id) => return rank(schema, id, text),
        Type::Scalar(scalar) => scalar,
    };
    match scalar {
        Scalar::Bool => Datum::Bool(text == "true"),
        Scalar::Float => Datum::Double(text.parse::<f32>().expect("a real").into()),
        Scalar::Double => Datum::Double(text.parse().expect("a double")),
        Scalar::Decimal { .. } => Datum::Decimal(Exact::parse(text).expect("a numeric")),
        Scalar::Bytes => {
            let digits: Vec<u32> = text[2..].chars().map(|c| c.to_digit(16).expect("a digit")).collect();
            Datum::Bytes(digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect())
        }
        Scalar::Uuid => Datum::Bytes(uuid(text).to_vec().into()),
        scalar => moment(scalar, text),
    }
}

/// What SQLite's value says.
pub(super) fn of_sqlite(schema: &Schema, ty: ValueType, value: rusqlite::types::Value) -> Datum<'static> {
    use rusqlite::types::Value as Stored;
    match (value, ty.ty) {
        (Stored::Null, _) => Datum::Null,
        (Stored::Text(text), Type::Enum(id)) => rank(schema, id, &text),
        (Stored::Integer(value), Type::Scalar(Scalar::Bool)) => Datum::Bool(value == 1),
        (Stored::Integer(value), Type::Scalar(Scalar::Decimal { scale, .. })) => {
            Datum::Decimal(Exact { mantissa: value.into(), scale: scale.into() })
        }
        (Stored::Integer(value), Type::Scalar(scalar)) if scalar.is_integer() => Datum::Int(value),
        (Stored::Real(value), Type::Scalar(Scalar::Float | Scalar::Double)) => Datum::Double(value),
        (Stored::Blob(bytes), _) => Datum::Bytes(bytes.into()),
        (Stored::Text(text), Type::Scalar(scalar)) => moment(scalar, &text),
        (other, _) => panic!("{other:?} is no {ty:?}"),
    }
}

fn rank(schema: &Schema, id: rex_schema::model::EnumId, label: &str) -> Datum<'static> {
    let place = schema[id].variants.iter().position(|variant| variant.label == label);
    Datum::Int(i64::try_from(place.expect("a label")).expect("there are few"))
}

/// A text, or what is written as one.
fn moment(scalar: Scalar, text: &str) -> Datum<'static> {
    let micros = match scalar {
        Scalar::Date => calendar::parse_date(text),
        Scalar::Time => calendar::parse_time(text),
        Scalar::DateTime => calendar::parse_date_time(text.trim_end_matches('Z')),
        Scalar::LocalDateTime => calendar::parse_date_time(text),
        scalar if scalar.is_integer() => text.parse().ok(),
        _ => return Datum::Text(text.to_owned().into()),
    };
    Datum::Int(micros.unwrap_or_else(|| panic!("{text} is no {scalar:?}")))
}
