//! Statements whose text is known at build time: by key, by unique, one row.
//!
//! Each takes the parts of the statement as plain names and gives its text for one dialect.
//! Placeholders are numbered in the order in which the columns are given.

use crate::statement::{Delete, Insert, OnConflict, Projection, Select, Table};
use crate::{ColumnRef, Dialect, Expr, Name};

/// `SELECT columns FROM table WHERE by = $1 AND …`: one row by its key or by a unique.
pub fn get(dialect: Dialect, table: &Table, columns: &[&str], by: &[&str]) -> String {
    let columns = columns.iter().map(|column| ColumnRef::new(owned(column))).collect();
    let mut select = Select::new(Projection::Columns(columns), table.clone());
    select.filter = Some(matches(by));
    select.render(dialect).sql
}

/// `INSERT INTO table (columns) VALUES ($1, …) RETURNING returning`: one row.
pub fn insert(dialect: Dialect, table: &Table, columns: &[&str], returning: &[&str]) -> String {
    let insert = Insert {
        table: table.clone(),
        columns: columns.iter().map(|column| owned(column)).collect(),
        rows: vec![columns.iter().map(|_| Some(())).collect()],
        on_conflict: OnConflict::Fail,
        returning: returning.iter().map(|column| owned(column)).collect(),
    };
    insert.render(dialect).sql
}

/// `DELETE FROM table WHERE by = $1 AND …`: one row by its key.
pub fn delete(dialect: Dialect, table: &Table, by: &[&str]) -> String {
    Delete { table: table.clone(), filter: Some(matches(by)) }.render(dialect).sql
}

fn matches(by: &[&str]) -> Expr<()> {
    Expr::All(by.iter().map(|column| Expr::column(owned(column)).equals(Expr::Value(()))).collect())
}

fn owned(name: &str) -> Name {
    Name::Owned(name.to_owned())
}
