//! Rows written by one statement, all or none, and read back as the database has them.

use std::hint::black_box;

use rusqlite::ToSql as ToSqlite;
use tokio_postgres::types::ToSql;

use super::{Running, Times, Workload, entry_of_postgres, entry_of_sqlite};
use crate::runtime::places::{Postgres, Sqlite};
use crate::runtime::schema::{Db, Entry, NewEntry};

pub(super) struct InsertMany {
    /// How many rows a statement writes.
    pub(super) rows: usize,
    /// The driver's statements, for each of the databases.
    sqlite: &'static str,
    postgres: &'static str,
}

impl InsertMany {
    pub(super) fn new(rows: usize) -> Self {
        InsertMany { rows, sqlite: statement(rows, '?'), postgres: statement(rows, '$') }
    }

    /// The amounts of the rows of a time.
    fn amounts(&self, time: u64) -> Vec<i32> {
        (0..self.rows as u64).map(|row| ((time + row) % 1_000_000) as i32).collect()
    }
}

impl Workload for InsertMany {
    fn name(&self) -> &'static str {
        "insert many"
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn rex<'a>(&'a self, db: &'a Db, times: Times) -> Running<'a> {
        Box::pin(async move {
            for time in times {
                let rows = self.amounts(time).into_iter().map(|amount| NewEntry {
                    id: None,
                    title: TITLE.to_owned(),
                    amount,
                    done: Some(false),
                });
                let entries: Vec<Entry> = db.entry().insert_many(rows).await?;
                assert_eq!(black_box(entries).len(), self.rows);
            }
            Ok(())
        })
    }

    fn sqlite(&self, raw: &Sqlite, times: Times) -> rusqlite::Result<()> {
        for time in times {
            let amounts = self.amounts(time);
            let values: Vec<&dyn ToSqlite> = amounts
                .iter()
                .flat_map(|amount| {
                    [&TITLE as &dyn ToSqlite, amount as &dyn ToSqlite, &false as &dyn ToSqlite]
                })
                .collect();
            let mut statement = raw.writer().prepare_cached(self.sqlite)?;
            let mut rows = statement.query(values.as_slice())?;
            let mut entries = Vec::with_capacity(self.rows);
            while let Some(row) = rows.next()? {
                entries.push(entry_of_sqlite(row)?);
            }
            assert_eq!(black_box(entries).len(), self.rows);
        }
        Ok(())
    }

    fn postgres<'a>(&'a self, raw: &'a Postgres, times: Times) -> Running<'a> {
        Box::pin(async move {
            let statement = raw.prepare(self.postgres).await?;
            for time in times {
                let amounts = self.amounts(time);
                let values: Vec<&(dyn ToSql + Sync)> = amounts
                    .iter()
                    .flat_map(|amount| [&TITLE as &(dyn ToSql + Sync), amount, &false])
                    .collect();
                let rows = raw.client.query(&statement, &values).await?;
                let entries: Vec<Entry> = rows.iter().map(entry_of_postgres).collect::<Result<_, _>>()?;
                assert_eq!(black_box(entries).len(), self.rows);
            }
            Ok(())
        })
    }
}

const TITLE: &str = "What came in, and when";

/// The text lives as long as the program, of which this is one of the first things.
fn statement(rows: usize, sign: char) -> &'static str {
    let row = |row: usize| {
        let [title, amount, done] = [1, 2, 3].map(|place| format!("{sign}{}", row * 3 + place));
        format!("({title}, {amount}, {done})")
    };
    let values: Vec<String> = (0..rows).map(row).collect();
    let text = format!(
        r#"INSERT INTO "entries" ("title", "amount", "done") VALUES {} RETURNING "id", "title", "amount", "done""#,
        values.join(", ")
    );
    Box::leak(text.into_boxed_str())
}
