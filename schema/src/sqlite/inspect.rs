//! What is in a SQLite database, read from the statements that made it: nothing else says all of
//! it. `PRAGMA table_info` and its like know no `STRICT`, no checks and no names of constraints.

use rex_sql::Dialect;

use super::table;
use crate::database::{Database, Query, Sql, Table, View, ViewColumn};
use crate::inspect::{Inspected, Inspection, Kind, Object, Rows};
use crate::syntax::cursor::Cursor;
use crate::syntax::index;

pub(super) const INSPECTION: Inspection = Inspection {
    session: &[],
    queries: &[
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' \
         ESCAPE '\\' ORDER BY rowid",
    ],
    decode,
};

fn decode(answers: &[Rows]) -> Inspected {
    let database = Database {
        dialect: Dialect::Sqlite,
        schemas: Vec::new(),
        enums: Vec::new(),
        tables: Vec::new(),
        views: Vec::new(),
    };
    let mut found = Inspected { database, others: Vec::new() };
    let rows: Vec<[&str; 4]> = answers.first().into_iter().flatten().filter_map(|row| texts(row)).collect();
    // Indexes may come before what they belong to, after a table was made anew.
    for of in ["table", "view", "index", "trigger"] {
        for &[kind, name, table, sql] in rows.iter().filter(|row| row[0] == of) {
            add(&mut found, kind, name, table, sql);
        }
    }
    complete_keys(&mut found.database.tables);
    found
}

fn texts<const N: usize>(row: &[Option<String>]) -> Option<[&str; N]> {
    let texts: Vec<&str> = row.iter().map(|value| value.as_deref().unwrap_or_default()).collect();
    texts.try_into().ok()
}

fn add(found: &mut Inspected, kind: &str, name: &str, table: &str, sql: &str) {
    let other = |kind, table: Option<&str>| Object {
        kind,
        schema: None,
        name: name.to_owned(),
        table: table.map(str::to_owned),
        text: sql.to_owned(),
    };
    match kind {
        "table" => match table::read(sql) {
            Some((table, clauses)) => {
                let clause = |text: String| Object { text, ..other(Kind::Clause, Some(name)) };
                found.others.extend(clauses.into_iter().map(clause));
                found.database.tables.push(table);
            }
            None => found.others.push(other(Kind::Table, None)),
        },
        "view" => match view(sql) {
            Some(view) => found.database.views.push(view),
            None => found.others.push(other(Kind::View, None)),
        },
        "index" => {
            let of = found.database.tables.iter_mut().find(|one| one.name.eq_ignore_ascii_case(table));
            match (index::index(sql, |text| Sql::written(text)), of) {
                (Some(index), Some(of)) => of.indexes.push(index),
                _ => found.others.push(other(Kind::Index, Some(table))),
            }
        }
        _ => found.others.push(other(Kind::Trigger, Some(table))),
    }
}

/// A view in the form in which Rex writes one.
fn view(sql: &str) -> Option<View> {
    let mut cursor = Cursor::new(sql)?;
    if !cursor.words("create view") {
        return None;
    }
    let name = cursor.name()?;
    if !cursor.words("as select") {
        return None;
    }
    let mut columns = Vec::new();
    loop {
        columns.push(ViewColumn { name: cursor.name()?, cast: None, comment: String::new() });
        if !cursor.symbol(",") {
            break;
        }
    }
    if !cursor.words("from") {
        return None;
    }
    let query = Query(Sql::written(cursor.parenthesised()?));
    let (schema, comment, indexes) = (None, String::new(), Vec::new());
    cursor.is_done().then_some(View { schema, name, comment, columns, query, materialized: false, indexes })
}

/// A foreign key that names no columns refers to the primary key.
fn complete_keys(tables: &mut [Table]) {
    let keys: Vec<(String, Vec<String>)> = tables
        .iter()
        .filter_map(|table| Some((table.name.to_lowercase(), table.primary_key.as_ref()?.columns.clone())))
        .collect();
    for key in tables.iter_mut().flat_map(|table| &mut table.foreign_keys) {
        if key.target_columns.is_empty() {
            let target = keys.iter().find(|(name, _)| *name == key.target.to_lowercase());
            key.target_columns = target.map(|(_, columns)| columns.clone()).unwrap_or_default();
        }
    }
}
