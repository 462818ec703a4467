//! What is measured: the same thing done with Rex, with rusqlite and with tokio-postgres, one
//! below the other, so that it can be seen that it is the same.

mod find;
pub(super) mod get;
mod insert;
mod insert_many;
mod join;
mod nested;
mod tasks;
mod transaction;
mod update;

use std::future::Future;
use std::ops::Range;
use std::pin::Pin;

use super::places::{Postgres, Sqlite};
use super::schema::{Db, Entry, EntryId, Item, ItemId};
use crate::Failure;

/// All workloads, in the order of the report.
pub(super) fn all() -> Vec<Box<dyn Workload>> {
    let find = [1, 10, 100, 1_000, 10_000].map(|rows| Box::new(find::Find { rows }) as Box<dyn Workload>);
    let join = [1, 10, 100, 1_000].map(|rows| Box::new(join::Join { rows }) as Box<dyn Workload>);
    let many = [10, 100, 1_000].map(|rows| Box::new(insert_many::InsertMany::new(rows)) as Box<dyn Workload>);
    let nested = [10, 100, 300].map(|users| Box::new(nested::Nested { users }) as Box<dyn Workload>);
    let tasks = [16, 256].map(|tasks| Box::new(tasks::Tasks { tasks }) as Box<dyn Workload>);
    let mut all: Vec<Box<dyn Workload>> = vec![Box::new(get::Get)];
    all.extend(find);
    all.extend(join);
    all.push(Box::new(insert::Insert));
    all.extend(many);
    all.push(Box::new(update::Update));
    for at_once in [false, true] {
        all.push(Box::new(transaction::Transaction { at_once }));
    }
    all.extend(nested);
    all.extend(tasks);
    all
}

/// How often something is done, as the numbers of the times: no two are the same in one run.
pub(super) type Times = Range<u64>;

/// Something under way.
pub(super) type Running<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// One thing, done in each way. What comes back is decoded into the same structs.
pub(super) trait Workload: Send + Sync {
    /// Its name; together with the rows it is the workload's own.
    fn name(&self) -> &'static str;

    /// Rows that are read or written at one time.
    fn rows(&self) -> usize;

    /// Whether SQLite has anything to do with it.
    fn is_for_sqlite(&self) -> bool {
        true
    }

    /// With Rex.
    fn rex<'a>(&'a self, db: &'a Db, times: Times) -> Running<'a>;

    /// With rusqlite.
    fn sqlite(&self, raw: &Sqlite, times: Times) -> rusqlite::Result<()>;

    /// With tokio-postgres.
    fn postgres<'a>(&'a self, raw: &'a Postgres, times: Times) -> Running<'a>;
}

/// The columns of [`item_of_sqlite`] and [`item_of_postgres`].
macro_rules! item_columns {
    () => {
        r#""id", "name", "quantity", "rating", "active", "note""#
    };
}
use item_columns;

fn item_of_sqlite(row: &rusqlite::Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        id: ItemId(row.get(0)?),
        name: row.get(1)?,
        quantity: row.get(2)?,
        rating: row.get(3)?,
        active: row.get(4)?,
        note: row.get(5)?,
    })
}

fn item_of_postgres(row: &tokio_postgres::Row) -> Result<Item, tokio_postgres::Error> {
    Ok(Item {
        id: ItemId(row.try_get(0)?),
        name: row.try_get(1)?,
        quantity: row.try_get(2)?,
        rating: row.try_get(3)?,
        active: row.try_get(4)?,
        note: row.try_get(5)?,
    })
}

/// The columns of [`entry_of_sqlite`] and [`entry_of_postgres`].
macro_rules! entry_columns {
    () => {
        r#""id", "title", "amount", "done""#
    };
}
use entry_columns;

fn entry_of_sqlite(row: &rusqlite::Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry { id: EntryId(row.get(0)?), title: row.get(1)?, amount: row.get(2)?, done: row.get(3)? })
}

fn entry_of_postgres(row: &tokio_postgres::Row) -> Result<Entry, tokio_postgres::Error> {
    Ok(Entry {
        id: EntryId(row.try_get(0)?),
        title: row.try_get(1)?,
        amount: row.try_get(2)?,
        done: row.try_get(3)?,
    })
}
