//! Three statements, all or none: a row is read by its key, one is written, one is changed. One after the other,
//! and at once, where the database takes them so.

use std::hint::black_box;

use super::insert::{self, TITLE, amount};
use super::{
    Running, Times, Workload, entry_of_postgres, entry_of_sqlite, get, item_of_postgres, item_of_sqlite,
    update,
};
use crate::runtime::places::{Postgres, Sqlite};
use crate::runtime::schema::Db;

pub(super) struct Transaction {
    /// Whether the three are sent at once.
    pub(super) at_once: bool,
}

impl Workload for Transaction {
    fn name(&self) -> &'static str {
        if self.at_once { "transaction, at once" } else { "transaction" }
    }

    fn rows(&self) -> usize {
        3
    }

    /// SQLite has no way that could be long.
    fn is_for_sqlite(&self) -> bool {
        !self.at_once
    }

    fn rex<'a>(&'a self, db: &'a Db, times: Times) -> Running<'a> {
        Box::pin(async move {
            for time in times.clone().filter(|_| self.at_once) {
                let written = db.transaction(async |tx| {
                    let item = tx.item().get(get::key(time));
                    let entry = tx.entry().create().title(TITLE).amount(amount(time)).save();
                    let changed = tx.entry().update(update::key(time)).amount(amount(time)).save();
                    tokio::try_join!(item, entry, changed)
                });
                black_box(written.await?);
            }
            for time in times.filter(|_| !self.at_once) {
                let written = db.transaction(async |tx| {
                    let item = tx.item().get(get::key(time)).await?;
                    let entry = tx.entry().create().title(TITLE).amount(amount(time)).save().await?;
                    let changed = tx.entry().update(update::key(time)).amount(amount(time)).save().await?;
                    Ok((item, entry, changed))
                });
                black_box(written.await?);
            }
            Ok(())
        })
    }

    fn sqlite(&self, raw: &Sqlite, times: Times) -> rusqlite::Result<()> {
        let writer = raw.writer();
        for time in times {
            writer.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            let mut statement = writer.prepare_cached(get::SQLITE)?;
            black_box(statement.query_row([get::key(time)], item_of_sqlite)?);
            let mut statement = writer.prepare_cached(insert::SQLITE)?;
            black_box(statement.query_row((TITLE, amount(time), false), entry_of_sqlite)?);
            let mut statement = writer.prepare_cached(update::SQLITE)?;
            black_box(statement.query_row((amount(time), update::key(time)), entry_of_sqlite)?);
            writer.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok(())
    }

    fn postgres<'a>(&'a self, raw: &'a Postgres, times: Times) -> Running<'a> {
        Box::pin(async move {
            let client = &raw.client;
            let get = raw.prepare(get::POSTGRES).await?;
            let insert = raw.prepare(insert::POSTGRES).await?;
            let update = raw.prepare(update::POSTGRES).await?;
            for time in times.clone().filter(|_| self.at_once) {
                client.batch_execute("BEGIN").await?;
                let (key, amount, changed) = (get::key(time), amount(time), update::key(time));
                let (item, entry, changed) = tokio::try_join!(
                    async { client.query_one(&get, &[&key]).await },
                    async { client.query_one(&insert, &[&TITLE, &amount, &false]).await },
                    async { client.query_one(&update, &[&amount, &changed]).await }
                )?;
                black_box((
                    item_of_postgres(&item)?,
                    entry_of_postgres(&entry)?,
                    entry_of_postgres(&changed)?,
                ));
                client.batch_execute("COMMIT").await?;
            }
            for time in times.filter(|_| !self.at_once) {
                client.batch_execute("BEGIN").await?;
                let row = client.query_one(&get, &[&get::key(time)]).await?;
                black_box(item_of_postgres(&row)?);
                let row = client.query_one(&insert, &[&TITLE, &amount(time), &false]).await?;
                black_box(entry_of_postgres(&row)?);
                let row = client.query_one(&update, &[&amount(time), &update::key(time)]).await?;
                black_box(entry_of_postgres(&row)?);
                client.batch_execute("COMMIT").await?;
            }
            Ok(())
        })
    }
}
