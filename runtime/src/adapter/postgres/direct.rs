//! A connection for migrations: a session with an advisory lock.
//!
//! Everything goes as simple queries: nothing is prepared, so that nothing depends on tables that change.

use std::sync::Arc;
use std::time::Duration;

use rex_sql::Dialect;
use rex_sql::migration::{Checksum, Object, Probe};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::connect::{Connection, Target};
use super::failure;
use crate::adapter::direct::{create, told};
use crate::adapter::{BoxFuture, Direct, Found, Pace, Words};
use crate::error::{DriverError, Error, Result};
use crate::executor;
use crate::migrate::Refusal;

pub(super) async fn open(target: Arc<Target>) -> Result<Box<dyn Direct>> {
    let connection = target.connect().await?;
    let query = "SELECT current_schema(), current_setting('server_version_num'), pg_backend_pid()";
    let mut rows = ask(&connection.client, query).await?;
    let row = rows.pop().unwrap_or_default();
    let [schema, version, backend] = <[Option<String>; 3]>::try_from(row).unwrap_or_default();
    let schema = schema.ok_or(Refusal::NoSchema)?;
    let history = Object::new(Some(&schema), "rex_migrations").quoted();
    let lock = lock_number(&schema);
    let version = version.and_then(|version| version.parse().ok()).unwrap_or_default();
    let words = Words {
        exists: format!("SELECT 1 WHERE to_regclass({}) IS NOT NULL", rex_sql::text(&history)),
        others: format!(
            "SELECT 1 FROM pg_tables WHERE schemaname = {} AND tablename <> 'rex_migrations' LIMIT 1",
            rex_sql::text(&schema)
        ),
        create: create(&history, "TIMESTAMPTZ", "BOOLEAN", ""),
        history,
        now: "clock_timestamp()",
        applied_at: "to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
        literal: |column| format!("quote_literal({column}::text)"),
    };
    let pace = Pace { wait: Default::default(), lock_timeout: Default::default(), statement_timeout: None };
    let backend = backend.unwrap_or_default();
    Ok(Box::new(Own {
        connection,
        target,
        words,
        lock,
        backend,
        is_checked: false,
        version,
        looks_for_client: version >= 140_000,
        pace,
    }))
}

struct Own {
    connection: Connection,
    target: Arc<Target>,
    words: Words,
    lock: i64,
    /// The process that serves this session.
    backend: String,
    /// Whether it is known to be one.
    is_checked: bool,
    /// Of the server: 150018.
    version: u32,
    /// Whether the server can notice that this program is gone.
    looks_for_client: bool,
    pace: Pace,
}

/// Runners of one history keep each other off.
fn lock_number(schema: &str) -> i64 {
    let Checksum(bytes) = Checksum::of(&format!("rex_migrations of {schema}"));
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[..8]);
    i64::from_be_bytes(number)
}

/// How long a statement stands in the queue for a lock, in milliseconds, as an expression. The server ends
/// an autovacuum that is in the way of somebody who has waited for `deadlock_timeout`, and not before: who
/// never waits so long is never let through. Which table it is at is not for everybody to see.
fn lock_limit(limit: Duration) -> String {
    let limit = limit.as_millis().max(1);
    format!(
        "(SELECT CASE WHEN EXISTS (SELECT FROM pg_stat_progress_vacuum WHERE datname = current_database()) OR EXISTS \
         (SELECT FROM pg_stat_progress_analyze WHERE datname = current_database()) THEN greatest({limit}, \
         (SELECT setting::bigint + 200 FROM pg_settings WHERE name = 'deadlock_timeout')) ELSE {limit} END::text)"
    )
}

type Texts = Vec<Vec<Option<String>>>;

async fn ask(client: &Client, sql: &str) -> Result<Texts> {
    let _told = told(Dialect::Postgres, sql);
    let answer = client.simple_query(sql).await;
    let answer = answer.map_err(|error| failure::plain(error).with_sql(sql.to_owned()))?;
    let row = |message: SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|place| row.get(place).map(str::to_owned)).collect())
        }
        _ => None,
    };
    Ok(answer.into_iter().filter_map(row).collect())
}

/// Whether a query answers `true`.
fn is_true(rows: &Texts) -> bool {
    matches!(rows.as_slice(), [row] if matches!(row.as_slice(), [Some(said)] if said == "t"))
}

impl Own {
    async fn ask(&self, sql: &str) -> Result<Texts> {
        ask(&self.connection.client, sql).await
    }

    async fn run(&self, sql: &str) -> Result<()> {
        let _told = told(Dialect::Postgres, sql);
        let outcome = self.connection.client.batch_execute(sql).await;
        outcome.map_err(|error| failure::plain(error).with_sql(sql.to_owned()))
    }

    /// Behind a pooler that gives every transaction another session, one client has several, in turn, or
    /// two clients have the same one, which was free last.
    async fn check_session(&self) -> Result<()> {
        const PROCESS: &str = "SELECT pg_backend_pid()";
        const TURNS: usize = 4;
        if self.connection.pooled.is_some() {
            return Err(Refusal::Pooler.into());
        }
        let is_mine = |rows: &Texts| {
            rows.iter().flatten().flatten().next().is_some_and(|process| *process == self.backend)
        };
        for _ in 0..TURNS {
            if !is_mine(&self.ask(PROCESS).await?) {
                return Err(Refusal::Pooler.into());
            }
        }
        let other = self.target.connect().await?;
        if is_mine(&ask(&other.client, PROCESS).await?) {
            return Err(Refusal::Pooler.into());
        }
        Ok(())
    }

    /// Takes the lock in this session, and in no other one: a pooler would keep it there.
    async fn lock_here(&self) -> Result<bool> {
        let Own { lock, backend, .. } = self;
        let query =
            format!("SELECT CASE pg_backend_pid() WHEN {backend} THEN pg_try_advisory_lock({lock}) END");
        let said = self.ask(&query).await?.into_iter().flatten().next().flatten();
        match said.as_deref() {
            Some("t") if self.holds_lock().await? => Ok(true),
            Some("f") => Ok(false),
            Some(_) => {
                self.unlock_there().await;
                Err(Refusal::Pooler.into())
            }
            None => Err(Refusal::Pooler.into()),
        }
    }

    /// Gives the lock back that was taken in a session which came by once, when it comes by again.
    async fn unlock_there(&self) {
        const TURNS: usize = 50;
        let Own { lock, backend, .. } = self;
        let query =
            format!("SELECT CASE pg_backend_pid() WHEN {backend} THEN pg_advisory_unlock({lock}) END");
        for _ in 0..TURNS {
            match self.ask(&query).await {
                Ok(rows) if !is_true(&rows) => {}
                // It is done; or there is no connection, and nothing to be done.
                Ok(_) | Err(_) => return,
            }
        }
    }

    /// Whether this session has the lock.
    async fn holds_lock(&self) -> Result<bool> {
        let query = format!(
            "SELECT pg_backend_pid() = {} AND EXISTS (SELECT FROM pg_locks WHERE {} AND pid = pg_backend_pid())",
            self.backend,
            self.the_lock()
        );
        Ok(is_true(&self.ask(&query).await?))
    }

    /// The condition that finds the lock among all.
    fn the_lock(&self) -> String {
        let (high, low) = ((self.lock >> 32) as u32, self.lock as u32);
        format!(
            "locktype = 'advisory' AND granted AND objsubid = 1 AND classid = {high} AND objid = {low} AND database = \
             (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    }

    async fn check_lock(&self) -> Result<()> {
        if self.holds_lock().await? { Ok(()) } else { Err(Refusal::LockLost.into()) }
    }

    /// How long is waited from now on, whatever the server, the database or the role have for others. A
    /// statement that blocks nobody may wait for a lock.
    async fn set_pace(&mut self, waits: bool) -> Result<()> {
        let Pace { lock_timeout, statement_timeout, .. } = self.pace;
        let lock = if waits { "'0'".to_owned() } else { lock_limit(lock_timeout) };
        let statement = statement_timeout.map_or(0, |limit| limit.as_millis().max(1));
        let of_14 = if self.version >= 140_000 { "SET idle_session_timeout = 0; " } else { "" };
        let of_17 = if self.version >= 170_000 { "SET transaction_timeout = 0; " } else { "" };
        self.run(&format!(
            "SET statement_timeout = {statement}; SET idle_in_transaction_session_timeout = 0; {of_14}{of_17}\
             SET default_transaction_read_only = off; SELECT set_config('lock_timeout', {lock}, false)"
        ))
        .await?;
        if self.looks_for_client {
            // Or a statement would go on, and be kept, when this program is gone. Servers on some systems
            // cannot do it, and say so.
            let set =
                self.connection.client.batch_execute("SET client_connection_check_interval = 1000").await;
            match set {
                Err(error) if error.as_db_error().is_some() => self.looks_for_client = false,
                set => set.map_err(failure::plain)?,
            }
        }
        Ok(())
    }

    async fn probed(&self, probe: &Probe) -> Result<Found> {
        let one = |query: String| async move {
            let rows = self.ask(&query).await?;
            Ok::<_, Error>(rows.into_iter().next().and_then(|row| row.into_iter().next().flatten()))
        };
        let index = |index: &Object| {
            let name = rex_sql::text(&index.quoted());
            format!("SELECT indisvalid AND indisready FROM pg_index WHERE indexrelid = to_regclass({name})")
        };
        Ok(match probe {
            Probe::IndexIsValid(name) => match one(index(name)).await?.as_deref() {
                Some("t") => Found::Done,
                Some(_) => {
                    Found::Broken { mend: format!("DROP INDEX CONCURRENTLY IF EXISTS {}", name.quoted()) }
                }
                None => Found::Nothing,
            },
            Probe::IndexIsGone(name) => match one(index(name)).await? {
                None => Found::Done,
                Some(_) => Found::Nothing,
            },
            Probe::ConstraintIsValid(table, name) => {
                let query = format!(
                    "SELECT convalidated FROM pg_constraint WHERE conrelid = to_regclass({}) AND conname = {}",
                    rex_sql::text(&table.quoted()),
                    rex_sql::text(name)
                );
                if one(query).await?.as_deref() == Some("t") { Found::Done } else { Found::Nothing }
            }
            Probe::LabelIsThere(ty, label) => {
                let query = format!(
                    "SELECT 't' FROM pg_enum WHERE enumtypid = to_regtype({}) AND enumlabel = {}",
                    rex_sql::text(&ty.quoted()),
                    rex_sql::text(label)
                );
                if one(query).await?.is_some() { Found::Done } else { Found::Nothing }
            }
            Probe::Repeatable => Found::Nothing,
        })
    }
}

impl Direct for Own {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn words(&self) -> &Words {
        &self.words
    }

    fn pace(&mut self, pace: Pace) {
        self.pace = pace;
    }

    fn execute<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async move {
            let _told = told(Dialect::Postgres, sql);
            let answer = self.connection.client.simple_query(sql).await.map_err(explained)?;
            let written = answer.iter().filter_map(|message| match message {
                SimpleQueryMessage::CommandComplete(count) => Some(*count),
                _ => None,
            });
            Ok(written.sum())
        })
    }

    fn rows<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<Texts>> {
        Box::pin(self.ask(sql))
    }

    fn try_lock(&mut self) -> BoxFuture<'_, Result<bool>> {
        Box::pin(executor::inside(move || async move {
            if !self.is_checked {
                self.check_session().await?;
                self.is_checked = true;
            }
            self.lock_here().await
        }))
    }

    fn holder(&mut self) -> BoxFuture<'_, Result<Option<u32>>> {
        Box::pin(async move {
            let query = format!("SELECT pid FROM pg_locks WHERE {}", self.the_lock());
            let process = self.ask(&query).await?.into_iter().flatten().flatten().next();
            Ok(process.and_then(|process| process.parse().ok()))
        })
    }

    fn unlock(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.run(&format!("SELECT pg_advisory_unlock({})", self.lock)).await })
    }

    fn begin<'a>(&'a mut self, _: Option<&'a [String]>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.set_pace(false).await?;
            self.run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE").await?;
            self.check_lock().await
        })
    }

    /// PostgreSQL changes tables where they are.
    fn rebuilt<'a>(
        &'a mut self,
        _: &'a [String],
        _: &'a (dyn Fn(&str) -> bool + Sync),
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn be_oneself(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.run("RESET SESSION AUTHORIZATION; RESET ROLE").await })
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let _told = told(Dialect::Postgres, "COMMIT");
            self.connection.client.batch_execute("COMMIT").await.map_err(|error| {
                match failure::is_lost(&error) {
                    true => failure::unknown(Some(error)),
                    false => failure::plain(error).with_sql("COMMIT"),
                }
            })
        })
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.run("ROLLBACK").await })
    }

    fn alone(&mut self, waits: bool) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            self.set_pace(waits).await?;
            self.check_lock().await
        })
    }

    fn probe<'a>(&'a mut self, probe: &'a Probe) -> BoxFuture<'a, Result<Found>> {
        Box::pin(self.probed(probe))
    }

    fn settle(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.run("RESET ALL; RESET SESSION AUTHORIZATION; RESET ROLE").await })
    }

    fn may_retry(&self, error: &Error) -> bool {
        let passing = [
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
        ];
        code(error).is_some_and(|code| passing.contains(code))
    }

    fn is_there_already(&self, error: &Error) -> bool {
        let there = [SqlState::DUPLICATE_TABLE, SqlState::DUPLICATE_OBJECT, SqlState::DUPLICATE_COLUMN];
        code(error).is_some_and(|code| there.contains(code))
    }
}

/// With what to do about a statement that is in the wrong kind of step.
fn explained(error: tokio_postgres::Error) -> Error {
    let is_within = error.code() == Some(&SqlState::ACTIVE_SQL_TRANSACTION);
    let error = failure::plain(error);
    match is_within {
        true => error.with_hint(
            "give it a step of its own, which begins with `-- rex: step outside_transaction probe=…` (`repeatable`, if \
             it does no harm a second time)",
        ),
        false => error,
    }
}

/// What the server's error is.
fn code(error: &Error) -> Option<&SqlState> {
    let source = std::error::Error::source(error)?.downcast_ref::<DriverError>()?;
    source.get().downcast_ref::<tokio_postgres::Error>()?.code()
}
