//! What a column of SQLite holds, where no schema says it: its types are too few to tell a day from a text.
//! The checks that Rex writes tell most of it, and the values tell the rest.

use rex_build::migrations::Way;
use rex_schema::database::{Column, Table, Type as DbType};
use rex_schema::model::{self, Scalar, Schema, Type};
use rex_schema::sqlite;
use rex_schema::{Dialect, table_of};
use rex_sql::ident;

use crate::migrate::decide::Question;
use crate::migrate::live::Live;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bool,
    Integer,
    Decimal,
    Real,
    Text,
    Date,
    Time,
    DateTime,
    LocalDateTime,
    Bytes,
    Uuid,
    Json,
    List,
    Enum,
}

/// Takes out of a question the renames between columns whose values cannot be of one type.
pub(super) fn refuse(question: &mut Question, way: &Way, schema: &Schema, live: &Live) {
    let Some(("drop_column", column)) = question.name.split_once(':') else { return };
    if live.dialect() != Dialect::Sqlite {
        return;
    }
    let Some((table, column)) = column.rsplit_once('.') else { return };
    let table = way.before.tables.iter().find(|one| one.name == table);
    let Some((table, old)) = table.and_then(|table| Some((table, named(table, column)?))) else { return };
    let Some(old) = of_values(table, old, live) else { return };
    let new = |to: &str| {
        let (table, column) = to.rsplit_once('.')?;
        let mut models = schema.models().map(|(_, model)| model);
        let model = models.find(|model| table_of(model, Dialect::Sqlite).name == table)?;
        of_column(model.columns.iter().find(|one| one.name == column)?)
    };
    question.renames.retain(|rename| new(&rename.to).is_none_or(|new| new == old));
}

fn named<'t>(table: &'t Table, column: &str) -> Option<&'t Column> {
    table.columns.iter().find(|one| one.name == column)
}

/// What the schema says of a column; none where it says it in SQLite's own words.
fn of_column(column: &model::Column) -> Option<Kind> {
    if column.native.sqlite.is_some() {
        return None;
    }
    Some(match column.ty {
        _ if column.list => Kind::List,
        Type::Enum(_) => Kind::Enum,
        Type::Scalar(scalar) => match scalar {
            Scalar::Bool => Kind::Bool,
            Scalar::SmallInt | Scalar::Int | Scalar::BigInt => Kind::Integer,
            Scalar::Float | Scalar::Double => Kind::Real,
            Scalar::Decimal { .. } => Kind::Decimal,
            Scalar::String { .. } => Kind::Text,
            Scalar::Bytes => Kind::Bytes,
            Scalar::Uuid => Kind::Uuid,
            Scalar::Date => Kind::Date,
            Scalar::Time => Kind::Time,
            Scalar::DateTime => Kind::DateTime,
            Scalar::LocalDateTime => Kind::LocalDateTime,
            Scalar::Json => Kind::Json,
        },
    })
}

/// What a column holds, by its checks and its values; none where that cannot be told.
fn of_values(table: &Table, column: &Column, live: &Live) -> Option<Kind> {
    let DbType::Sqlite(ty) = &column.ty else { return None };
    let name = ident(&column.name);
    // Those that Rex writes for types are about this column alone.
    let of_it = |text: &String| {
        !table.columns.iter().any(|other| other.name != column.name && text.contains(&ident(&other.name)))
            && text.contains(&name)
    };
    let checks: Vec<String> =
        table.checks.iter().map(|check| check.condition.sql().to_string()).filter(of_it).collect();
    let says = |words: &str| checks.iter().any(|check| check.contains(words));
    match ty {
        sqlite::Type::Integer if says(" IN (0, 1)") => Some(Kind::Bool),
        sqlite::Type::Integer if says(&format!("BETWEEN {} AND {}", i32::MIN, i32::MAX)) => {
            Some(Kind::Integer)
        }
        sqlite::Type::Integer if says(&format!("BETWEEN {} AND {}", i16::MIN, i16::MAX)) => {
            Some(Kind::Integer)
        }
        sqlite::Type::Integer if says("BETWEEN -9") => Some(Kind::Decimal),
        sqlite::Type::Integer => Some(Kind::Integer),
        sqlite::Type::Real => Some(Kind::Real),
        sqlite::Type::Blob if says(&format!("length({name}) = 16")) => Some(Kind::Uuid),
        sqlite::Type::Blob => Some(Kind::Bytes),
        sqlite::Type::Text if says("json_type(") => Some(Kind::List),
        sqlite::Type::Text if says("json_valid(") => Some(Kind::Json),
        sqlite::Type::Text if says(&format!("{name} IN (")) => Some(Kind::Enum),
        sqlite::Type::Text if says("length(") => Some(Kind::Text),
        sqlite::Type::Text => of_texts(&ident(&table.name), &name, live),
        sqlite::Type::Native(_) => None,
    }
}

/// What all texts of a column look like.
fn of_texts(table: &str, column: &str, live: &Live) -> Option<Kind> {
    let digits = |pattern: &str| pattern.replace('0', "[0-9]");
    let count = |which: &str| live.number(&format!("SELECT count(*) FROM {table} WHERE {column} {which}"));
    if count("IS NOT NULL")? == 0 {
        return None;
    }
    let kinds = [
        (Kind::Date, "0000-00-00"),
        (Kind::Time, "00:00:00.000000"),
        (Kind::DateTime, "0000-00-00T00:00:00.000000Z"),
        (Kind::LocalDateTime, "0000-00-00T00:00:00.000000"),
    ];
    for (kind, pattern) in kinds {
        if count(&format!("NOT GLOB '{}'", digits(pattern)))? == 0 {
            return Some(kind);
        }
    }
    Some(Kind::Text)
}
