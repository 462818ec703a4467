//! A connection outside of the pool, for statements as text: what migrations are run on.

use std::time::Duration;

use rex_sql::Dialect;
use rex_sql::migration::Probe;

use super::BoxFuture;
use crate::error::Result;

/// A connection of its own. Dropped, it undoes what is open, and keeps nobody off any more.
pub trait Direct: Send {
    /// What its SQL is.
    fn dialect(&self) -> Dialect;

    /// How this database says what the history of migrations needs.
    fn words(&self) -> &Words;

    /// How long what is waited for.
    fn pace(&mut self, pace: Pace);

    /// Runs one statement; answers with how many rows it wrote.
    fn execute<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<u64>>;

    /// The rows of a query, as texts.
    fn rows<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<Vec<Vec<Option<String>>>>>;

    /// Keeps other runners off until [`Direct::unlock`], where the database has a means to; false if one is
    /// at work. Where it has none, each transaction keeps them off for its time.
    ///
    /// # Errors
    ///
    /// When this connection cannot keep a lock.
    fn try_lock(&mut self) -> BoxFuture<'_, Result<bool>>;

    /// The server's process that keeps others off, where there is one.
    fn holder(&mut self) -> BoxFuture<'_, Result<Option<u32>>>;

    /// Lets others in.
    fn unlock(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Begins a transaction, still with the lock. With `rebuilds`, it is one in which these tables are made
    /// anew.
    fn begin<'a>(&'a mut self, rebuilds: Option<&'a [String]>) -> BoxFuture<'a, Result<()>>;

    /// Brings back what the tables that were made anew have lost, and refuses when that cannot be, or when
    /// rows refer to nothing. `is_ours` says whether migrations know of an index.
    fn rebuilt<'a>(
        &'a mut self,
        tables: &'a [String],
        is_ours: &'a (dyn Fn(&str) -> bool + Sync),
    ) -> BoxFuture<'a, Result<()>>;

    /// Is the user again who connected, whoever statements of the transaction have made of it.
    fn be_oneself(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Keeps what was done.
    fn commit(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Undoes what was done.
    fn rollback(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Gets ready for a statement outside of a transaction, still with the lock. One that `waits` blocks
    /// nobody meanwhile, and may wait for others as long as it takes.
    fn alone(&mut self, waits: bool) -> BoxFuture<'_, Result<()>>;

    /// Looks whether a statement has done its work.
    fn probe<'a>(&'a mut self, probe: &'a Probe) -> BoxFuture<'a, Result<Found>>;

    /// Puts the session back to what it was when it began, whatever statements have set.
    fn settle(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Whether what stopped a step goes by itself.
    fn may_retry(&self, error: &crate::Error) -> bool;

    /// Whether what a statement was to make is there already.
    fn is_there_already(&self, error: &crate::Error) -> bool;
}

/// What a probe sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It has done its work.
    Done,
    /// It has done nothing.
    Nothing,
    /// It has left something that is of no use.
    Broken {
        /// The statement that takes it away.
        mend: String,
    },
}

/// How long what is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// For another process.
    pub wait: Duration,
    /// For a lock, by one statement.
    pub lock_timeout: Duration,
    /// For one statement; for ever if none.
    pub statement_timeout: Option<Duration>,
}

/// How a database says what the history of migrations needs.
#[derive(Clone, Debug)]
pub struct Words {
    /// The name of its table, quoted.
    pub history: String,
    /// A query with a row if the table is there.
    pub exists: String,
    /// A query with a row if there are other tables in the same place.
    pub others: String,
    /// The statement that makes the table, if it is not there.
    pub create: String,
    /// The present time.
    pub now: &'static str,
    /// The column `applied_at` as a text.
    pub applied_at: &'static str,
    /// A column's value as a text that is a constant of SQL.
    pub literal: fn(&str) -> String,
}

/// The span of a statement, from now until it is dropped. No values are bound in migrations, and what
/// their text holds is the text of their files.
#[allow(dead_code, reason = "used by whichever adapters are compiled in")]
pub(super) fn told(dialect: Dialect, sql: &str) -> tracing::Span {
    let system = match dialect {
        Dialect::Postgres => "postgresql",
        Dialect::Sqlite => "sqlite",
    };
    tracing::info_span!(
        target: "rex_orm",
        "statement",
        "otel.kind" = "client",
        "db.system.name" = system,
        "db.query.text" = sql,
        "rex.method" = "migrate",
    )
}

/// The columns of the history, with this database's types.
#[allow(dead_code, reason = "used by whichever adapters are compiled in")]
pub(super) fn create(history: &str, time: &str, boolean: &str, options: &str) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {history} (\n    id TEXT NOT NULL,\n    direction TEXT NOT NULL,\n    \
         step INTEGER NOT NULL,\n    steps INTEGER NOT NULL,\n    checksum TEXT NOT NULL,\n    \
         compatible {boolean} NOT NULL,\n    rows_written {number} NOT NULL,\n    progress TEXT,\n    \
         applied_at {time},\n    duration_ms {number} NOT NULL,\n    version TEXT NOT NULL,\n    \
         PRIMARY KEY (id, direction, step)\n){options}",
        number = if options.is_empty() { "BIGINT" } else { "INTEGER" },
    )
}
