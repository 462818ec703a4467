//! Statements whose text is known at build time: by key, by unique, one row.
//!
//! Each takes the parts of the statement as plain names and gives its text for one dialect.
//! Placeholders are numbered in the order in which the columns are given.

use crate::statement::{Delete, Insert, NewRows, OnConflict, Projection, Select, Table};
use crate::{ColumnRef, Dialect, Expr, Name};

/// `SELECT columns FROM table WHERE by = $1 AND …`: one row by its key or by a unique, and only
/// while the column `gone` is null, if there is such a column.
pub fn get(
    dialect: Dialect,
    table: &Table,
    columns: &[ColumnRef],
    by: &[&str],
    gone: Option<&str>,
) -> String {
    let mut select = Select::new(Projection::Columns(columns.to_vec()), table.clone());
    let here = gone.map(|gone| Expr::IsNull(Box::new(Expr::column(owned(gone)))));
    select.filter = Some(here.into_iter().fold(matches(by), Expr::and));
    select.render(dialect).sql
}

/// `"a", "b"`: what a query answers with.
pub fn list(dialect: Dialect, columns: &[ColumnRef]) -> String {
    let select: Select<()> = Select::new(Projection::Columns(columns.to_vec()), Table::new(""));
    let text = select.render(dialect).sql;
    let list = text.strip_prefix("SELECT ").and_then(|rest| rest.strip_suffix(" FROM \"\""));
    list.expect("a query of all rows has nothing before and behind").to_owned()
}

/// `INSERT INTO table (columns) VALUES ($1, …) RETURNING returning`: one row.
pub fn insert(dialect: Dialect, table: &Table, columns: &[&str], returning: &[ColumnRef]) -> String {
    let insert = Insert {
        table: table.clone(),
        columns: columns.iter().map(|column| owned(column)).collect(),
        rows: NewRows::Values(vec![columns.iter().map(|_| Some(())).collect()]),
        on_conflict: OnConflict::Fail,
        returning: returning.to_vec(),
    };
    insert.render(dialect).sql
}

/// `DELETE FROM table WHERE by = $1 AND …`: one row by its key.
pub fn delete(dialect: Dialect, table: &Table, by: &[&str]) -> String {
    Delete { table: table.clone(), filter: Some(matches(by)) }.render(dialect).sql
}

/// `REFRESH MATERIALIZED VIEW name`, for PostgreSQL. A view with a unique index can be read
/// meanwhile.
pub fn refresh(view: &Table, has_unique_index: bool) -> String {
    let concurrently = if has_unique_index { "CONCURRENTLY " } else { "" };
    format!("REFRESH MATERIALIZED VIEW {concurrently}{}", view.quoted(Dialect::Postgres))
}

fn matches(by: &[&str]) -> Expr<()> {
    Expr::All(by.iter().map(|column| Expr::column(owned(column)).equals(Expr::Value(()))).collect())
}

fn owned(name: &str) -> Name {
    Name::Owned(name.to_owned())
}
