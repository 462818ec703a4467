//! One row written in a transaction of its own, and read back as the database has it.

use std::hint::black_box;

use super::{Running, Times, Workload, entry_columns, entry_of_postgres, entry_of_sqlite};
use crate::runtime::places::{Postgres, Sqlite};
use crate::runtime::schema::{Db, Entry};

pub(super) struct Insert;

impl Workload for Insert {
    fn name(&self) -> &'static str {
        "insert"
    }

    fn rows(&self) -> usize {
        1
    }

    fn rex<'a>(&'a self, db: &'a Db, times: Times) -> Running<'a> {
        Box::pin(async move {
            for time in times {
                let entry: Entry = db.entry().create().title(TITLE).amount(amount(time)).save().await?;
                black_box(entry);
            }
            Ok(())
        })
    }

    fn sqlite(&self, raw: &Sqlite, times: Times) -> rusqlite::Result<()> {
        for time in times {
            let mut statement = raw.writer().prepare_cached(SQLITE)?;
            black_box(statement.query_row((TITLE, amount(time), false), entry_of_sqlite)?);
        }
        Ok(())
    }

    fn postgres<'a>(&'a self, raw: &'a Postgres, times: Times) -> Running<'a> {
        Box::pin(async move {
            let statement = raw.prepare(POSTGRES).await?;
            for time in times {
                let row = raw.client.query_one(&statement, &[&TITLE, &amount(time), &false]).await?;
                black_box(entry_of_postgres(&row)?);
            }
            Ok(())
        })
    }
}

pub(super) const SQLITE: &str = concat!(
    r#"INSERT INTO "entries" ("title", "amount", "done") VALUES (?1, ?2, ?3) RETURNING "#,
    entry_columns!()
);
pub(super) const POSTGRES: &str = concat!(
    r#"INSERT INTO "entries" ("title", "amount", "done") VALUES ($1, $2, $3) RETURNING "#,
    entry_columns!()
);

pub(super) const TITLE: &str = "What came in, and when";

pub(super) fn amount(time: u64) -> i32 {
    (time % 1_000_000) as i32
}
