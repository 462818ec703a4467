//! Rows by a condition.

use std::hint::black_box;

use super::{Running, Times, Workload, item_columns, item_of_postgres, item_of_sqlite};
use crate::runtime::places::{Postgres, Sqlite};
use crate::runtime::schema::{Db, Item};

pub(super) struct Find {
    /// How many rows there are of which the condition is true.
    pub(super) rows: usize,
}

impl Workload for Find {
    fn name(&self) -> &'static str {
        "find"
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn rex<'a>(&'a self, db: &'a Db, times: Times) -> Running<'a> {
        Box::pin(async move {
            for _ in times {
                let items: Vec<Item> = db.item().find().filter(|item| item.id.le(self.last())).await?;
                assert_eq!(black_box(items).len(), self.rows);
            }
            Ok(())
        })
    }

    fn sqlite(&self, raw: &Sqlite, times: Times) -> rusqlite::Result<()> {
        for _ in times {
            let mut statement = raw.reader().prepare_cached(SQLITE)?;
            let mut rows = statement.query([self.last()])?;
            let mut items: Vec<Item> = Vec::new();
            while let Some(row) = rows.next()? {
                items.push(item_of_sqlite(row)?);
            }
            assert_eq!(black_box(items).len(), self.rows);
        }
        Ok(())
    }

    fn postgres<'a>(&'a self, raw: &'a Postgres, times: Times) -> Running<'a> {
        Box::pin(async move {
            let statement = raw.prepare(POSTGRES).await?;
            for _ in times {
                let rows = raw.client.query(&statement, &[&self.last()]).await?;
                let items: Vec<Item> = rows.iter().map(item_of_postgres).collect::<Result<_, _>>()?;
                assert_eq!(black_box(items).len(), self.rows);
            }
            Ok(())
        })
    }
}

const SQLITE: &str = concat!("SELECT ", item_columns!(), r#" FROM "items" WHERE "id" <= ?1"#);
const POSTGRES: &str = concat!("SELECT ", item_columns!(), r#" FROM "items" WHERE "id" <= $1"#);

impl Find {
    /// The greatest key that is wanted: keys are from 1.
    fn last(&self) -> i64 {
        self.rows as i64
    }
}
