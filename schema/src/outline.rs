//! The outline of a database: what a program that was generated for a schema finds there, as a text
//! that is compared with the live database when the program starts.
//!
//! A line for each object and each of its parts, `object⇥part⇥what it is`; an object's own line has no
//! part. The runtime asks a database for the same three texts.
//!
//! ```text
//! users         table
//! users  email  character varying(255) not null
//! users  users_email_key  unique
//! ```

use rex_sql::Dialect;

use crate::database::{Column, Database, Table, Type};
use crate::lower::lower;
use crate::model::Schema;
use crate::postgres::Element;
use crate::sqlite;

/// The outline of a schema's database.
pub fn outline(schema: &Schema, dialect: Dialect) -> String {
    let database = lower(schema, dialect);
    let mut lines = Vec::new();
    for item in &database.enums {
        let labels = format!("enum {}", item.labels.join(", "));
        lines.push([object(item.schema.as_deref(), &item.name), String::new(), labels]);
    }
    for item in &database.tables {
        table(&database, item, &mut lines);
    }
    for view in &database.views {
        let kind = if view.materialized { "materialized view" } else { "view" };
        lines.push([object(view.schema.as_deref(), &view.name), String::new(), kind.to_owned()]);
    }
    lines.iter().map(|line| line.join("\t")).collect::<Vec<_>>().join("\n")
}

fn object(schema: Option<&str>, name: &str) -> String {
    schema.map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"))
}

fn table(database: &Database, table: &Table, lines: &mut Vec<[String; 3]>) {
    let object = object(table.schema.as_deref(), &table.name);
    let mut line = |part: &str, what: String| lines.push([object.clone(), part.to_owned(), what]);
    line("", "table".to_owned());
    for column in &table.columns {
        line(&column.name, described(column));
    }
    // SQLite does not say what a constraint with a name is.
    let constraint = |kind: &str| match database.dialect {
        Dialect::Postgres => kind.to_owned(),
        Dialect::Sqlite => "constraint".to_owned(),
    };
    if let Some(key) = &table.primary_key {
        line(&key.name, constraint("primary key"));
    }
    for key in &table.uniques {
        line(&key.name, constraint("unique"));
    }
    for key in &table.foreign_keys {
        line(&key.name, constraint("foreign key"));
    }
    for check in &table.checks {
        line(&check.name, constraint("check"));
    }
    for index in &table.indexes {
        line(&index.name, "index".to_owned());
    }
}

/// The type as the database tells it, and whether it is required. A type of the user's own choice is
/// not compared: `?`.
fn described(column: &Column) -> String {
    let ty = match &column.ty {
        Type::Postgres(ty) => match postgres(&ty.element) {
            Some(element) if ty.array => element + "[]",
            Some(element) => element,
            None => "?".to_owned(),
        },
        Type::Sqlite(sqlite::Type::Integer) => "INTEGER".to_owned(),
        Type::Sqlite(sqlite::Type::Real) => "REAL".to_owned(),
        Type::Sqlite(sqlite::Type::Text) => "TEXT".to_owned(),
        Type::Sqlite(sqlite::Type::Blob) => "BLOB".to_owned(),
        Type::Sqlite(sqlite::Type::Native(_)) => "?".to_owned(),
    };
    format!("{ty}{}", if column.nullable { "" } else { " not null" })
}

/// As PostgreSQL's `format_type` writes it.
fn postgres(element: &Element) -> Option<String> {
    let name = match element {
        Element::Boolean => "boolean",
        Element::SmallInt => "smallint",
        Element::Integer => "integer",
        Element::BigInt => "bigint",
        Element::Real => "real",
        Element::DoublePrecision => "double precision",
        Element::Numeric { precision, scale } => return Some(format!("numeric({precision},{scale})")),
        Element::Text => "text",
        Element::Varchar(length) => return Some(format!("character varying({length})")),
        Element::Bytea => "bytea",
        Element::Uuid => "uuid",
        Element::Date => "date",
        Element::Time => "time without time zone",
        Element::Timestamptz => "timestamp with time zone",
        Element::Timestamp => "timestamp without time zone",
        Element::Jsonb => "jsonb",
        Element::Enum { .. } | Element::Native(_) => return None,
    };
    Some(name.to_owned())
}
