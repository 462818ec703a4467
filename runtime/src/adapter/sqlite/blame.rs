//! Which foreign key refused a write: SQLite does not say, so it is found out afterwards.
//!
//! The statement has been undone by then, so the tables are as they were when it came. One
//! candidate is the culprit; of several, the one whose target is missing, or which still has
//! rows that refer.

use rex_sql::{ColumnRef, Dialect, Expr, Name, NewRows, Projection, Select, Table};
use rusqlite::Connection;

use super::bind;
use super::raw::Statement;
use crate::adapter::constraint;
use crate::error::{Error, Kind};
use crate::meta::{ForeignKeyMeta, ReferenceMeta, TableMeta};
use crate::operation::{Binds, Operation, Shape};
use crate::value::{Cell, Value};

/// Adds the constraint's name to the failure of a foreign key, if it can be told.
pub(super) fn add_foreign_key(connection: &Connection, operation: &Operation, error: Error) -> Error {
    if error.kind() != Kind::ForeignKey {
        return error;
    }
    let candidates = candidates(operation);
    let culprit = match &candidates[..] {
        [only] => Some(only),
        several => several.iter().find(|candidate| candidate.is_broken(connection)),
    };
    match culprit {
        Some(culprit) => culprit.explain().with_source_of(error),
        None => error,
    }
}

/// A foreign key that may have refused.
enum Candidate {
    /// A row of ours refers to one that may be missing.
    Missing { key: &'static ForeignKeyMeta, values: Vec<Vec<Value>> },
    /// Rows of another table may refer to those of ours that are to go.
    Referred { key: &'static ReferenceMeta, table: &'static TableMeta, filter: Option<Expr<Value>> },
}

impl Candidate {
    fn explain(&self) -> Error {
        match self {
            Candidate::Missing { key, .. } => constraint::missing(key.name, key.target),
            Candidate::Referred { key, .. } => constraint::referred(key.name, key.source),
        }
    }

    fn is_broken(&self, connection: &Connection) -> bool {
        match self {
            Candidate::Missing { key, values } => values.iter().any(|values| {
                let target = table(key.target_schema, key.target);
                let columns = key.target_columns.iter().map(|name| Expr::column(*name));
                let pairs = columns.zip(values.iter().cloned());
                let filter =
                    Expr::All(pairs.map(|(column, value)| column.equals(Expr::Value(value))).collect());
                exists(connection, target, filter) == Some(false)
            }),
            Candidate::Referred { key, table: referred, filter } => {
                let mut rows = Select::new(columns(referred.names(key.columns)), referred.table());
                rows.filter = filter.clone();
                let source = key.source_columns.iter().map(|name| ColumnRef::new(*name)).collect();
                let filter = Expr::InSelect(source, Box::new(rows));
                exists(connection, table(key.source_schema, key.source), filter) == Some(true)
            }
        }
    }
}

fn candidates(operation: &Operation) -> Vec<Candidate> {
    let table = operation.table;
    match &operation.shape {
        Shape::Create { values, .. } => created(table, values),
        Shape::CreateMany { values, .. } => created(table, values),
        // They are PostgreSQL's.
        Shape::CreateArrays { .. } => Vec::new(),
        Shape::Insert(insert) => {
            let names: Vec<&str> = insert.columns.iter().map(AsRef::as_ref).collect();
            let rows: Vec<_> = match &insert.rows {
                NewRows::Values(rows) => {
                    rows.iter().map(|row| row.iter().map(Option::as_ref).collect()).collect()
                }
                NewRows::Arrays(columns) => {
                    let number = columns.first().map_or(0, |column| column.values.len());
                    let row = |place: usize| columns.iter().map(|column| column.values.get(place)).collect();
                    (0..number).map(row).collect()
                }
            };
            missing(table, &names, &rows)
        }
        Shape::Update(update) => {
            let names: Vec<&str> = update.set.iter().map(|(name, _)| name.as_ref()).collect();
            let mut candidates =
                missing(table, &names, &[update.set.iter().map(|(_, set)| value(set)).collect()]);
            let changed = |key: &ReferenceMeta| table.names(key.columns).any(|name| names.contains(&name));
            let refuses = |key: &ReferenceMeta| key.refuses_key_change && changed(key);
            candidates.extend(referred(table, refuses, update.filter.as_ref()));
            candidates
        }
        Shape::Delete(delete) => referred(table, |key| key.refuses_delete, delete.filter.as_ref()),
        Shape::Remove { values, .. } => {
            let pairs = table.names(table.key.columns).zip(values.iter().cloned());
            let by_key = pairs.map(|(name, value)| Expr::column(name).equals(Expr::Value(value)));
            referred(table, |key| key.refuses_delete, Some(&Expr::All(by_key.collect())))
        }
        Shape::Get { .. } | Shape::Select(_) | Shape::Explain(_) | Shape::Copy(_) => Vec::new(),
    }
}

/// The keys of rows that the fixed insert writes.
fn created(table: &'static TableMeta, values: &[Value]) -> Vec<Candidate> {
    let set = table.columns.iter().filter(|column| !column.default.is_the_databases());
    let names: Vec<&str> = set.map(|column| column.name).collect();
    let rows: Vec<_> = values.chunks(names.len().max(1)).map(|row| row.iter().map(Some).collect()).collect();
    missing(table, &names, &rows)
}

fn value(expr: &Expr<Value>) -> Option<&Value> {
    match expr {
        Expr::Value(value) => Some(value),
        _ => None,
    }
}

/// The keys of which some row has all values, none of them null.
fn missing(table: &'static TableMeta, names: &[&str], rows: &[Vec<Option<&Value>>]) -> Vec<Candidate> {
    let candidate = |key: &'static ForeignKeyMeta| {
        let places: Option<Vec<usize>> =
            table.names(key.columns).map(|column| names.iter().position(|name| *name == column)).collect();
        let places = places?;
        let whole = |row: &Vec<Option<&Value>>| {
            let values =
                places.iter().map(|place| row[*place].cloned().filter(|value| *value != Value::Null));
            values.collect::<Option<Vec<Value>>>()
        };
        let values: Vec<Vec<Value>> = rows.iter().filter_map(whole).collect();
        (!values.is_empty()).then_some(Candidate::Missing { key, values })
    };
    table.foreign_keys.iter().filter_map(candidate).collect()
}

fn referred(
    table: &'static TableMeta,
    refuses: impl Fn(&ReferenceMeta) -> bool,
    filter: Option<&Expr<Value>>,
) -> Vec<Candidate> {
    let keys = table.referenced_by.iter().filter(|key| refuses(key));
    keys.map(|key| Candidate::Referred { key, table, filter: filter.cloned() }).collect()
}

fn table(schema: Option<&'static str>, name: &'static str) -> Table {
    Table { schema: schema.map(Name::from), name: name.into() }
}

fn columns(names: impl Iterator<Item = &'static str>) -> Projection<Value> {
    Projection::Columns(names.map(ColumnRef::new).collect())
}

/// None when it cannot be told.
fn exists(connection: &Connection, table: Table, filter: Expr<Value>) -> Option<bool> {
    let mut select = Select::new(Projection::Exists, table);
    select.filter = Some(filter);
    let rendered = select.render(Dialect::Sqlite);
    let mut statement = Statement::prepare(connection, &rendered.sql, false).ok()?;
    let mut running = statement.start();
    bind::all(&mut running, &Binds::Ways(rendered.binds)).ok()?;
    if !running.step().ok()? {
        return None;
    }
    match running.cell(0).ok()? {
        Cell::Integer(exists) => Some(exists != 0),
        _ => None,
    }
}
