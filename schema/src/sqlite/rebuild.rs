//! A table made anew: new → copy → drop → rename, always in this order. The other way round, the
//! tables that refer to it would follow the old one.
//!
//! Foreign keys are off meanwhile, or dropping the old table would take the rows that refer to it
//! along; see [`Mode::Rebuild`](crate::plan::Mode::Rebuild).

use rex_sql::{ident, text};

use super::render::create_table;
use super::types::Type;
use crate::database::{Column, Table, Type as DbType};
use crate::diff::{AlterColumn, AlterTable, Conversion, TableChange};
use crate::plan::{Code, Hazard};
use crate::render;

pub(super) fn statements(alter: &AlterTable, allowed: &[String]) -> Vec<String> {
    let table = &alter.after;
    let new = Table { name: format!("_rex_new_{}", table.name), ..table.clone() };
    let mut statements: Vec<String> = columns(alter)
        .filter(|column| is_lossy(column))
        .flat_map(|column| guard(alter, column, allowed))
        .collect();
    statements.push(create_table(&new));
    statements.push(copy(alter, &new));
    if numbered(&alter.before) && numbered(table) {
        let (new, old) = (text(&new.name), text(&table.name));
        statements.push(format!("DELETE FROM sqlite_sequence WHERE name = {new}"));
        statements.push(format!(
            "INSERT INTO sqlite_sequence (name, seq)\n    SELECT {new}, seq FROM sqlite_sequence WHERE name = {old}"
        ));
    }
    statements.push(format!("DROP TABLE {}", ident(&table.name)));
    // Only so do views and triggers of others that name the table stay as they are.
    statements.push("PRAGMA legacy_alter_table = ON".to_owned());
    statements.push(format!("ALTER TABLE {} RENAME TO {}", ident(&new.name), ident(&table.name)));
    statements.push("PRAGMA legacy_alter_table = OFF".to_owned());
    statements.extend(render::indexes(None, &table.name, &table.indexes));
    statements
}

pub(super) fn hazards(alter: &AlterTable) -> Vec<Hazard> {
    let hazard = |column: &AlterColumn| {
        let object = format!("{}.{}", alter.after.name, column.after.name);
        Hazard::new(Code::LossyType, object, "values that the new type cannot hold stop the migration")
    };
    columns(alter).filter(|column| is_lossy(column)).map(hazard).collect()
}

fn columns(alter: &AlterTable) -> impl Iterator<Item = &AlterColumn> {
    alter.changes.iter().filter_map(|change| match change {
        TableChange::AlterColumn(column) => Some(column.as_ref()),
        _ => None,
    })
}

fn numbered(table: &Table) -> bool {
    table.columns.iter().any(|column| column.autoincrement)
}

/// The rows of the old table in the new one. Columns with nothing to be copied have their default.
fn copy(alter: &AlterTable, new: &Table) -> String {
    let mut names = Vec::new();
    let mut values = Vec::new();
    if let Some(rowid) = rowid(&alter.before).filter(|_| rowid(&alter.after).is_some()) {
        names.push(rowid.to_owned());
        values.push(rowid.to_owned());
    }
    for column in alter.after.columns.iter().filter(|column| column.computed.is_none()) {
        if let Some(value) = value(alter, column) {
            names.push(ident(&column.name));
            values.push(value);
        }
    }
    if let (true, Some(first)) = (names.is_empty(), first(&alter.after)) {
        names.push(ident(&first.name));
        values.push(initial(first));
    }
    let (from, to) = (source(alter), ident(&new.name));
    format!("INSERT INTO {to} ({})\n    SELECT {}\n    FROM {from}", names.join(", "), values.join(", "))
}

/// The column by which rows are made of which nothing is copied: one that is numbered, or the first.
fn first(table: &Table) -> Option<&Column> {
    let own = || table.columns.iter().filter(|column| column.computed.is_none());
    own().find(|column| column.autoincrement).or_else(|| own().next())
}

/// What a row has in a new column for which it has no value. Null makes a number where rows are
/// numbered, and stops the migration where a value is required.
fn initial(column: &Column) -> String {
    column.default.as_ref().map_or_else(|| "NULL".to_owned(), render::default)
}

/// What rows are copied from: the old table, together with those new columns that the values of others
/// are made of.
fn source(alter: &AlterTable) -> String {
    let old = ident(&alter.after.name);
    let added = || {
        alter.changes.iter().filter_map(|change| match change {
            TableChange::AddColumn(column, backfill) => Some((column, backfill)),
            _ => None,
        })
    };
    let is_read = |name: &str| {
        let others =
            added().filter(|(column, _)| column.name != name).filter_map(|(_, backfill)| backfill.as_ref());
        others.into_iter().any(|sql| sql.mentions(name))
    };
    let made = added().filter(|(column, _)| column.computed.is_none() && is_read(&column.name));
    let made: Vec<String> = made
        .map(|(column, backfill)| {
            let value = backfill.as_ref().map_or_else(|| initial(column), |sql| format!("({sql})"));
            format!("{value} AS {}", ident(&column.name))
        })
        .collect();
    if made.is_empty() {
        return old;
    }
    let rowid = rowid(&alter.before).map(|name| format!("{name} AS {name}, ")).unwrap_or_default();
    format!("(SELECT {rowid}{old}.*, {} FROM {old})", made.join(", "))
}

/// The name by which a table's own numbers of its rows are reached, where it has such beside its
/// columns.
fn rowid(table: &Table) -> Option<&'static str> {
    let is_alias = table.primary_key.as_ref().is_some_and(|key| {
        let [only] = key.columns.as_slice() else { return false };
        let is_integer = |column: &Column| column.ty == DbType::Sqlite(Type::Integer);
        table.columns.iter().any(|column| column.name == *only && is_integer(column))
    });
    let is_free = |name: &&str| !table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    ["rowid", "_rowid_", "oid"].into_iter().filter(|_| !is_alias).find(is_free)
}

/// What a row of the old table has in a column of the new one.
fn value(alter: &AlterTable, column: &Column) -> Option<String> {
    let added = alter.changes.iter().find_map(|change| match change {
        TableChange::AddColumn(new, backfill) if new.name == column.name => Some(backfill),
        _ => None,
    });
    if let Some(backfill) = added {
        return backfill.as_ref().map(|sql| format!("({sql})"));
    }
    let name = ident(&column.name);
    let Some(change) = columns(alter).find(|change| change.after.name == column.name) else {
        return Some(name);
    };
    let converted = match &change.conversion {
        Some(conversion) => conversion.value.to_string(),
        None => cast(change, name),
    };
    Some(match &change.backfill {
        Some(backfill) if !change.after.nullable && change.before.nullable => {
            format!("coalesce({converted}, {backfill})")
        }
        _ => converted,
    })
}

fn cast(change: &AlterColumn, name: String) -> String {
    match storage(&change.before.ty) == storage(&change.after.ty) {
        true => name,
        false => format!("CAST({name} AS {})", storage(&change.after.ty)),
    }
}

/// The first word of a type.
fn storage(ty: &DbType) -> String {
    let text = render::ty(ty);
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_ascii_uppercase()
}

/// Whether values may be other ones in the new type. Every value is itself as a text.
fn is_lossy(change: &AlterColumn) -> bool {
    let (before, after) = (storage(&change.before.ty), storage(&change.after.ty));
    match &change.conversion {
        Some(conversion) => conversion.undo.is_some(),
        None => before != after && after != "TEXT" && after != "BLOB",
    }
}

/// Stops where a value would not come back as it was: `'007'` is 7 as a number.
fn guard(alter: &AlterTable, change: &AlterColumn, allowed: &[String]) -> Vec<String> {
    let object = format!("{}.{}", alter.after.name, change.after.name);
    if allowed.contains(&format!("{}:{object}", Code::LossyType.name())) {
        return Vec::new();
    }
    let name = ident(&change.after.name);
    let (before, after) = (storage(&change.before.ty), storage(&change.after.ty));
    let (value, undo) = match &change.conversion {
        Some(Conversion { value, undo: Some(undo) }) => (value.to_string(), undo.to_string()),
        _ => (cast(change, name.clone()), format!("CAST({name} AS {before})")),
    };
    let says = ident(&format!("values of {object} change as {after}"));
    let table = ident(&alter.after.name);
    vec![
        format!("CREATE TEMP TABLE \"_rex_guard\" (lost INTEGER CONSTRAINT {says} CHECK (lost = 0))"),
        format!(
            "INSERT INTO temp.\"_rex_guard\" (lost)\n    SELECT count(*)\n    FROM (SELECT {name} AS \"_rex_old\", \
             {value} AS {name} FROM {table})\n    WHERE {undo} IS NOT \"_rex_old\""
        ),
        "DROP TABLE temp.\"_rex_guard\"".to_owned(),
    ]
}
