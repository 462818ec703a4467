//! One row by its primary key, each time another one.

use std::hint::black_box;

use super::{Running, Times, Workload, item_columns, item_of_postgres, item_of_sqlite};
use crate::runtime::places::{ITEMS, Postgres, Sqlite};
use crate::runtime::schema::Db;

pub(super) struct Get;

impl Workload for Get {
    fn name(&self) -> &'static str {
        "get"
    }

    fn rows(&self) -> usize {
        1
    }

    fn rex<'a>(&'a self, db: &'a Db, times: Times) -> Running<'a> {
        Box::pin(async move {
            for time in times {
                black_box(db.item().get(key(time)).await?);
            }
            Ok(())
        })
    }

    fn sqlite(&self, raw: &Sqlite, times: Times) -> rusqlite::Result<()> {
        for time in times {
            let mut statement = raw.reader().prepare_cached(SQLITE)?;
            black_box(statement.query_row([key(time)], item_of_sqlite)?);
        }
        Ok(())
    }

    fn postgres<'a>(&'a self, raw: &'a Postgres, times: Times) -> Running<'a> {
        Box::pin(async move {
            let statement = raw.prepare(POSTGRES).await?;
            for time in times {
                let row = raw.client.query_one(&statement, &[&key(time)]).await?;
                black_box(item_of_postgres(&row)?);
            }
            Ok(())
        })
    }
}

pub(super) const SQLITE: &str = concat!("SELECT ", item_columns!(), r#" FROM "items" WHERE "id" = ?1"#);
pub(in crate::runtime) const POSTGRES: &str =
    concat!("SELECT ", item_columns!(), r#" FROM "items" WHERE "id" = $1"#);

/// Keys jump about, as requests do.
pub(super) fn key(time: u64) -> i64 {
    (time * 7919 % ITEMS) as i64 + 1
}
