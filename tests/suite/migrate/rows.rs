//! Rows for any schema, and what becomes of them.

use std::path::Path;

use rex_schema::database::{Column, Database, Table, Type};
use rex_schema::diff::{Intent, Renames};
use rex_schema::inspect::Rows;
use rex_schema::postgres::Element;
use rex_schema::{Dialect, sqlite};

use super::live::Live;

/// How many rows each table has.
const COUNT: i64 = 3;

/// Fills all tables: with the case's own `rows.sql` or `rows.<dialect>.sql`, or with rows that are
/// numbered, of which all keys refer to those of the same number.
pub(super) async fn fill(folder: &Path, database: &Database, live: &Live) {
    let own = [format!("rows.{}.sql", live.dialect().name()), "rows.sql".to_owned()];
    if let Some(text) = own.iter().find_map(|name| std::fs::read_to_string(folder.join(name)).ok()) {
        live.run(&text).await.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        return;
    }
    let mut statements = inserts(database);
    for table in &database.tables {
        let columns = table.columns.iter().filter(|column| column.autoincrement);
        for column in columns.filter(|_| live.dialect() == Dialect::Postgres) {
            let sequence = format!("pg_get_serial_sequence('{}', '{}')", name(table), column.name);
            statements.push(format!("SELECT setval({sequence}, {COUNT})"));
        }
    }
    without_keys(live, false).await;
    let all = statements.join(";\n");
    live.run(&all).await.unwrap_or_else(|error| panic!("{}: {error}\n{all}", folder.display()));
    without_keys(live, true).await;
}

/// The rows of all tables, a statement each.
fn inserts(database: &Database) -> Vec<String> {
    let mut statements = Vec::new();
    for table in &database.tables {
        let columns = || table.columns.iter().filter(|column| column.computed.is_none());
        let names: Vec<String> = columns().map(|column| rex_sql::ident(&column.name)).collect();
        for number in 1..=COUNT {
            let values: Vec<String> =
                columns().map(|column| value(database, table, column, number)).collect();
            statements.push(format!(
                "INSERT INTO {} ({}) VALUES ({})",
                name(table),
                names.join(", "),
                values.join(", ")
            ));
        }
    }
    statements
}

/// Fills all tables anew with those of the numbered rows that checks and keys of all kinds let in.
pub(super) async fn fill_what_fits(database: &Database, live: &Live) {
    empty(database, live).await;
    without_keys(live, false).await;
    for statement in inserts(database) {
        // What a check refuses is not there.
        _ = live.run(&statement).await;
    }
    while remove_strays(database, live).await {}
    without_keys(live, true).await;
}

/// Removes rows that refer to nothing; whether there were any.
async fn remove_strays(database: &Database, live: &Live) -> bool {
    let mut found = false;
    for table in &database.tables {
        for key in &table.foreign_keys {
            let is_target = |one: &&Table| one.schema == key.target_schema && one.name == key.target;
            let target = database.tables.iter().find(is_target).expect("a key's table is there");
            let of = |column: &String| format!("stray.{}", rex_sql::ident(column));
            let set = key.columns.iter().map(|column| format!("{} IS NOT NULL", of(column)));
            let same = key.columns.iter().zip(&key.target_columns);
            let same = same.map(|(own, other)| format!("{} = target.{}", of(own), rex_sql::ident(other)));
            let stray = format!(
                "FROM {} AS stray WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS target WHERE {})",
                name(table),
                set.collect::<Vec<_>>().join(" AND "),
                name(target),
                same.collect::<Vec<_>>().join(" AND "),
            );
            if live.rows(&format!("SELECT 1 {stray}")).await.is_empty() {
                continue;
            }
            found = true;
            live.run(&format!("DELETE {stray}")).await.unwrap_or_else(|error| panic!("{error}: {stray}"));
        }
    }
    found
}

async fn without_keys(live: &Live, on: bool) {
    let statement = match (live.dialect(), on) {
        (Dialect::Sqlite, false) => "PRAGMA foreign_keys = OFF",
        (Dialect::Sqlite, true) => "PRAGMA foreign_keys = ON",
        (Dialect::Postgres, false) => "SET session_replication_role = replica",
        (Dialect::Postgres, true) => "SET session_replication_role = origin",
    };
    live.run(statement).await.expect("a superuser may");
}

/// Takes all rows out.
pub(super) async fn empty(database: &Database, live: &Live) {
    without_keys(live, false).await;
    for table in &database.tables {
        live.run(&format!("DELETE FROM {}", name(table))).await.expect("rows may go");
    }
    without_keys(live, true).await;
}

fn name(table: &Table) -> String {
    let schema = table.schema.as_ref().map(|schema| rex_sql::ident(schema) + ".").unwrap_or_default();
    schema + &rex_sql::ident(&table.name)
}

/// The value of a column in the row of a number. The last row has null where it may.
fn value(database: &Database, table: &Table, column: &Column, number: i64) -> String {
    let refers = table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
    if column.nullable && (number == COUNT || refers && number == 1) {
        return "NULL".to_owned();
    }
    match &column.ty {
        Type::Postgres(ty) if ty.array => "'{}'".to_owned(),
        Type::Postgres(ty) => postgres(database, &ty.element, number),
        Type::Sqlite(ty) => sqlite(table, column, ty, number),
    }
}

fn postgres(database: &Database, element: &Element, n: i64) -> String {
    match element {
        Element::Boolean => (n % 2 == 0).to_string(),
        Element::SmallInt | Element::Integer | Element::BigInt => n.to_string(),
        Element::Real | Element::DoublePrecision => format!("{n}.5"),
        Element::Numeric { .. } => n.to_string(),
        Element::Text | Element::Varchar(_) => format!("'{n}'"),
        Element::Bytea => format!("'\\x0{n}'"),
        Element::Uuid => format!("'00000000-0000-0000-0000-00000000000{n}'"),
        Element::Date => format!("'2026-01-0{n}'"),
        Element::Time => format!("'0{n}:00:00'"),
        Element::Timestamptz | Element::Timestamp => format!("'2026-01-0{n}T00:00:00Z'"),
        Element::Jsonb => format!("'{{\"n\":{n}}}'"),
        Element::Enum { schema, name } => {
            let found = database.enums.iter().find(|e| e.schema == *schema && e.name == *name);
            let labels = &found.expect("a column's type is there").labels;
            rex_sql::text(&labels[n as usize % labels.len()])
        }
        Element::Native(_) => format!("'{n}'"),
    }
}

fn sqlite(table: &Table, column: &Column, ty: &sqlite::Type, n: i64) -> String {
    use rex_schema::database::{Condition, Rule};
    let rule = table.checks.iter().find_map(|check| match &check.condition {
        Condition::Column { column: of, rule: Rule::Sqlite(rule) } if *of == column.name => Some(rule),
        _ => None,
    });
    match (rule, ty) {
        (Some(sqlite::Rule::Boolean), _) => (n % 2).to_string(),
        (Some(sqlite::Rule::Bytes(16)), _) => format!("X'{n:032x}'"),
        (Some(sqlite::Rule::OneOf(labels)), _) => rex_sql::text(&labels[n as usize % labels.len()]),
        (Some(sqlite::Rule::Json), _) => format!("'{{\"n\":{n}}}'"),
        (Some(sqlite::Rule::JsonArray), _) => "'[]'".to_owned(),
        (_, sqlite::Type::Integer) => n.to_string(),
        (_, sqlite::Type::Real) => format!("{n}.5"),
        (_, sqlite::Type::Text) if column.name.ends_with("_at") => {
            format!("'2026-01-0{n}T00:00:00.000000Z'")
        }
        (_, sqlite::Type::Text) if column.name.ends_with("_on") => format!("'2026-01-0{n}'"),
        (_, sqlite::Type::Text | sqlite::Type::Native(_)) => format!("'{n}'"),
        (_, sqlite::Type::Blob) => format!("X'0{n}'"),
    }
}

/// A table that is there before and after, with the columns that stay what they are.
pub(super) struct Kept {
    before: Table,
    after: Table,
    columns: Vec<(String, String)>,
}

impl Kept {
    /// Whether a column stays with its table.
    pub(super) fn has_columns(&self) -> bool {
        !self.columns.is_empty()
    }

    pub(super) fn between(before: &Database, after: &Database, intent: &Intent) -> Vec<Kept> {
        let renames = Renames::between(before, after, intent);
        let moved = renames.applied(before);
        let mut kept = Vec::new();
        for (old, moved_table) in before.tables.iter().zip(&moved.tables) {
            let is_same =
                |table: &&Table| table.schema == moved_table.schema && table.name == moved_table.name;
            let Some(new) = after.tables.iter().find(is_same) else { continue };
            let columns = old.columns.iter().zip(&moved_table.columns).filter_map(|(old, moved)| {
                let is_same = |column: &&Column| column.name == moved.name && column.ty == moved.ty;
                let new = new.columns.iter().find(is_same)?;
                let is_kept =
                    new.nullable == old.nullable && old.computed.is_none() && new.computed.is_none();
                let id = (moved_table.schema.clone(), moved_table.name.clone());
                let key = (id, new.name.clone());
                let is_relabelled = intent.conversions.contains_key(&key)
                    || intent.texts.contains_key(&key)
                    || old.default.is_some() && old.default != new.default
                    || moved.ty != old.ty
                    || is_enum(old);
                (is_kept && !is_relabelled).then(|| (old.name.clone(), new.name.clone()))
            });
            kept.push(Kept { before: old.clone(), after: new.clone(), columns: columns.collect() });
        }
        kept
    }
}

/// Labels may have other names afterwards.
fn is_enum(column: &Column) -> bool {
    matches!(&column.ty, Type::Postgres(ty) if matches!(ty.element, Element::Enum { .. }))
}

/// The rows of the columns that stay, in an order that does not depend on the database.
pub(super) async fn dump(kept: &[Kept], live: &Live, is_after: bool) -> Vec<Rows> {
    let mut all = Vec::new();
    for Kept { before, after, columns } in kept {
        let table = if is_after { after } else { before };
        let column = |(before, after): &(String, String)| {
            let name = rex_sql::ident(if is_after { after } else { before });
            if live.dialect() == Dialect::Postgres { format!("{name}::text") } else { name }
        };
        let columns: Vec<String> = columns.iter().map(column).chain(["'row'".to_owned()]).collect();
        let mut rows = live.rows(&format!("SELECT {} FROM {}", columns.join(", "), name(table))).await;
        rows.sort();
        all.push(rows);
    }
    all
}
