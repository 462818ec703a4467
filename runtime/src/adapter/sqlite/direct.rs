//! A connection for migrations.
//!
//! SQLite has no lock that outlives a transaction: each step is `BEGIN IMMEDIATE`, and who comes second
//! sees in the history that it is done. A table that is made anew needs foreign keys switched off, which
//! does nothing within a transaction.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rex_sql::Dialect;
use rex_sql::migration::Probe;
use rusqlite::types::ValueRef;

use super::connection::Connection;
use super::pool::Lease;
use super::{aside, connect, deferred, failure};
use crate::adapter::direct::{create, told};
use crate::adapter::{BoxFuture, Direct, Found, Pace, Words};
use crate::error::{DriverError, Error, Kind, Result};
use crate::executor;

/// Where the connection is from.
pub(super) enum Held {
    /// From nowhere else.
    Own(Box<Connection>),
    /// The one of a database in memory.
    Lease(Box<Lease>),
}

pub(super) fn open(held: Held) -> Result<Box<dyn Direct>> {
    let history = "rex_migrations".to_owned();
    let words = Words {
        exists: format!("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '{history}'"),
        others: format!(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name <> '{history}' AND name NOT LIKE 'sqlite%' LIMIT 1"
        ),
        create: create(&history, "TEXT", "INTEGER", " STRICT"),
        history,
        now: "strftime('%Y-%m-%dT%H:%M:%SZ')",
        applied_at: "applied_at",
        literal: |column| format!("quote({column})"),
    };
    let wait = Duration::from_secs(60);
    let mut own = Own { held, words, wait, keys: true, lost: Lost::default() };
    own.keys = own.pragma_keys().map_err(failure::plain)?;
    Ok(Box::new(own))
}

struct Own {
    held: Held,
    words: Words,
    wait: Duration,
    /// Whether foreign keys are on, outside of a step that makes tables anew.
    keys: bool,
    lost: Lost,
}

/// How long a step waits for another process that writes, before it says so and is tried again.
const BRIEFLY: Duration = Duration::from_secs(2);

/// What a table that is made anew loses.
#[derive(Default)]
struct Lost {
    /// Triggers and indexes, by name: whether it is an index, and its text.
    objects: BTreeMap<String, (bool, String)>,
    /// Rows that refer to nothing, by table and parent.
    dangling: BTreeMap<(String, String), usize>,
}

type Texts = Vec<Vec<Option<String>>>;

impl Own {
    fn connection(&mut self) -> &mut Connection {
        match &mut self.held {
            Held::Own(connection) => connection,
            Held::Lease(lease) => lease.connection(),
        }
    }

    fn pragma_keys(&mut self) -> rusqlite::Result<bool> {
        self.connection().pragma_query_value(None, "foreign_keys", |row| row.get(0))
    }

    fn switch_keys(&mut self, on: bool) -> Result<()> {
        let value = if on { "ON" } else { "OFF" };
        self.run(&format!("PRAGMA foreign_keys = {value}")).map(drop)
    }

    fn run(&mut self, sql: &str) -> Result<u64> {
        let _told = told(Dialect::Sqlite, sql);
        let connection = self.connection();
        aside::run(|| execute(connection, sql)).map_err(|error| failure::of(error, None))
    }

    fn ask(&mut self, sql: &str) -> Result<Texts> {
        let _told = told(Dialect::Sqlite, sql);
        let connection = self.connection();
        aside::run(|| rows(connection, sql)).map_err(|error| failure::plain(error).with_sql(sql.to_owned()))
    }

    /// Runs something that another process may be in the way of, until it is not, or that has taken too long.
    async fn insist<T>(
        &mut self,
        wait: Duration,
        what: impl Fn(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let end = Instant::now() + wait.min(self.wait);
        loop {
            match what(self.connection()) {
                Err(error) if connect::is_busy(&error) && Instant::now() < end => {
                    executor::sleep(executor::about(Duration::from_millis(10))).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// The objects of tables that are not part of their `CREATE TABLE`.
    fn objects(&mut self, tables: &[String]) -> Result<BTreeMap<String, (bool, String)>> {
        let names: Vec<String> = tables.iter().map(|table| rex_sql::text(table)).collect();
        let query = format!(
            "SELECT name, type = 'index', sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL \
             AND tbl_name COLLATE NOCASE IN ({})",
            names.join(", ")
        );
        let object = |row: Vec<Option<String>>| {
            let [name, is_index, sql] = <[Option<String>; 3]>::try_from(row).ok()?;
            Some((name?, (is_index? == "1", sql?)))
        };
        Ok(self.ask(&query)?.into_iter().filter_map(object).collect())
    }

    fn dangling(&mut self) -> Result<BTreeMap<(String, String), usize>> {
        let mut counts = BTreeMap::new();
        for row in self.ask("PRAGMA foreign_key_check")? {
            let text = |place: usize| row.get(place).cloned().flatten().unwrap_or_default();
            *counts.entry((text(0), text(2))).or_default() += 1;
        }
        Ok(counts)
    }

    fn bring_back(&mut self, tables: &[String], is_ours: &(dyn Fn(&str) -> bool + Sync)) -> Result<()> {
        let now = self.objects(tables)?;
        let lost = std::mem::take(&mut self.lost.objects);
        for (name, (is_index, sql)) in lost {
            // An index that migrations know is made by them where it shall be.
            if now.contains_key(&name) || is_index && is_ours(&name) {
                continue;
            }
            self.run(&sql).map_err(|error| {
                let what = if is_index { "index" } else { "trigger" };
                let message = format!(
                    "the {what} `{name}` does not fit its table any more, which was made anew: drop it before, and make \
                     it as it shall be afterwards ({})",
                    error.message()
                );
                Error::new(Kind::Schema, message).with_source_of(error)
            })?;
        }
        let before = std::mem::take(&mut self.lost.dangling);
        for ((table, parent), count) in self.dangling()? {
            let more =
                count.saturating_sub(before.get(&(table.clone(), parent.clone())).copied().unwrap_or(0));
            if more > 0 {
                let message =
                    format!("{more} rows of `{table}` would refer to rows of `{parent}` that are not there");
                return Err(Error::new(Kind::ForeignKey, message));
            }
        }
        Ok(())
    }
}

impl Direct for Own {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn words(&self) -> &Words {
        &self.words
    }

    fn pace(&mut self, pace: Pace) {
        self.wait = pace.wait;
    }

    fn execute<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async move { self.run(sql) })
    }

    fn rows<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<Texts>> {
        Box::pin(async move {
            let _told = told(Dialect::Sqlite, sql);
            let found = self.insist(self.wait, |connection| aside::run(|| rows(connection, sql))).await;
            found.map_err(|error| failure::plain(error).with_sql(sql.to_owned()))
        })
    }

    fn try_lock(&mut self) -> BoxFuture<'_, Result<bool>> {
        Box::pin(std::future::ready(Ok(true)))
    }

    fn holder(&mut self) -> BoxFuture<'_, Result<Option<u32>>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn unlock(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn begin<'a>(&'a mut self, rebuilds: Option<&'a [String]>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if rebuilds.is_some() {
                self.switch_keys(false)?;
            }
            let _told = told(Dialect::Sqlite, "BEGIN IMMEDIATE");
            let begun = self.insist(BRIEFLY, |connection| connection.execute_batch("BEGIN IMMEDIATE")).await;
            begun.map_err(|error| failure::plain(error).with_sql("BEGIN IMMEDIATE"))?;
            if let Some(tables) = rebuilds {
                self.lost = Lost { objects: self.objects(tables)?, dangling: self.dangling()? };
            }
            Ok(())
        })
    }

    fn rebuilt<'a>(
        &'a mut self,
        tables: &'a [String],
        is_ours: &'a (dyn Fn(&str) -> bool + Sync),
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.bring_back(tables, is_ours) })
    }

    /// Nobody is anybody else there.
    fn be_oneself(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let _told = told(Dialect::Sqlite, "COMMIT");
            let commit = |connection: &Connection| aside::run(|| connection.execute_batch("COMMIT"));
            let committed = self.insist(BRIEFLY, commit).await;
            committed.map_err(|error| deferred::explain(self.connection(), error).with_sql("COMMIT"))?;
            self.switch_keys(self.keys)
        })
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if !self.connection().is_autocommit() {
                self.run("ROLLBACK")?;
            }
            self.switch_keys(self.keys)
        })
    }

    fn alone(&mut self, _: bool) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Files have no such steps for SQLite.
    fn probe<'a>(&'a mut self, _: &'a Probe) -> BoxFuture<'a, Result<Found>> {
        Box::pin(std::future::ready(Ok(Found::Nothing)))
    }

    /// What makes a table anew has a setting that is no part of its transaction.
    fn settle(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            self.rollback().await?;
            self.run("PRAGMA legacy_alter_table = OFF").map(drop)
        })
    }

    fn may_retry(&self, error: &Error) -> bool {
        connect::is_caused_by_busy(error)
    }

    fn is_there_already(&self, error: &Error) -> bool {
        let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<DriverError>());
        let driver = source.and_then(|source| source.get().downcast_ref::<rusqlite::Error>());
        driver.is_some_and(|driver| failure::is_there(driver).is_some())
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // The connection of a database in memory goes back to its pool as it was.
        let keys = if self.keys { "ON" } else { "OFF" };
        let connection = self.connection();
        if !connection.is_autocommit() {
            _ = connection.execute_batch("ROLLBACK");
        }
        _ = connection
            .execute_batch(&format!("PRAGMA foreign_keys = {keys}; PRAGMA legacy_alter_table = OFF"));
    }
}

/// Runs one statement to its end; answers with how many rows it wrote.
fn execute(connection: &rusqlite::Connection, sql: &str) -> rusqlite::Result<u64> {
    let before = connection.total_changes();
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(if connection.total_changes() == before { 0 } else { connection.changes() })
}

fn rows(connection: &rusqlite::Connection, sql: &str) -> rusqlite::Result<Texts> {
    let mut statement = connection.prepare(sql)?;
    let width = statement.column_count();
    let mut rows = statement.raw_query();
    let mut texts = Texts::new();
    while let Some(row) = rows.next()? {
        let text = |place| {
            Ok(match row.get_ref(place)? {
                ValueRef::Null => None,
                ValueRef::Integer(number) => Some(number.to_string()),
                ValueRef::Real(number) => Some(number.to_string()),
                ValueRef::Text(text) | ValueRef::Blob(text) => {
                    Some(String::from_utf8_lossy(text).into_owned())
                }
            })
        };
        texts.push((0..width).map(text).collect::<rusqlite::Result<_>>()?);
    }
    Ok(texts)
}
