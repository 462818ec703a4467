//! One row changed by its primary key, and read back as the database has it.

use std::hint::black_box;

use super::insert::amount;
use super::{Running, Times, Workload, entry_columns, entry_of_postgres, entry_of_sqlite};
use crate::runtime::places::{ENTRIES, Postgres, Sqlite};
use crate::runtime::schema::Db;

pub(super) struct Update;

impl Workload for Update {
    fn name(&self) -> &'static str {
        "update"
    }

    fn rows(&self) -> usize {
        1
    }

    fn rex<'a>(&'a self, db: &'a Db, times: Times) -> Running<'a> {
        Box::pin(async move {
            for time in times {
                black_box(db.entry().update(key(time)).amount(amount(time)).save().await?);
            }
            Ok(())
        })
    }

    fn sqlite(&self, raw: &Sqlite, times: Times) -> rusqlite::Result<()> {
        for time in times {
            let mut statement = raw.writer().prepare_cached(SQLITE)?;
            black_box(statement.query_row((amount(time), key(time)), entry_of_sqlite)?);
        }
        Ok(())
    }

    fn postgres<'a>(&'a self, raw: &'a Postgres, times: Times) -> Running<'a> {
        Box::pin(async move {
            let statement = raw.prepare(POSTGRES).await?;
            for time in times {
                let row = raw.client.query_one(&statement, &[&amount(time), &key(time)]).await?;
                black_box(entry_of_postgres(&row)?);
            }
            Ok(())
        })
    }
}

pub(super) const SQLITE: &str =
    concat!(r#"UPDATE "entries" SET "amount" = ?1 WHERE "id" = ?2 RETURNING "#, entry_columns!());
pub(super) const POSTGRES: &str =
    concat!(r#"UPDATE "entries" SET "amount" = $1 WHERE "id" = $2 RETURNING "#, entry_columns!());

/// Keys jump about.
pub(super) fn key(time: u64) -> i64 {
    (time * 7919 % ENTRIES) as i64 + 1
}
