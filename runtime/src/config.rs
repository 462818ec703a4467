//! How to reach a database, from a URL, a configuration file, or code.
//!
//! A *setting* has one name everywhere: as a field here, as a method of [`Builder`], after the `?`
//! of a URL, and in a configuration file. [`settings`] is the table of them.

mod builder;
mod choices;
mod environment;
mod nearest;
mod password;
#[cfg(feature = "serde")]
mod serialised;
mod settings;
mod shown;
mod url_text;

use std::path::PathBuf;
use std::time::Duration;

use crate::error::{Error, Kind, Result};

pub use builder::Builder;
pub use choices::{ChannelBinding, DatabaseKind, JournalMode, SslMode, Synchronous};
pub use password::Password;

/// How to reach a database. One type for every database: what is missing for the chosen one, or
/// is no setting of it, is reported when connecting.
///
/// A time-out of zero is none: there is no limit. `Debug` shows what is set, without the user's name
/// and password.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// Which database; if none, what the settings below are of.
    pub kind: Option<DatabaseKind>,
    /// PostgreSQL: the server's name or address, or the folder of its Unix socket.
    pub host: Option<String>,
    /// PostgreSQL: the server's port; 5432 if none.
    pub port: Option<u16>,
    /// PostgreSQL: the user's name; if none, what `PGUSER` says, and else that of the operating system's
    /// user, as for libpq.
    pub user: Option<String>,
    /// PostgreSQL: the user's password.
    pub password: Option<Password>,
    /// PostgreSQL: the database's name.
    pub database: Option<String>,
    /// PostgreSQL: whether the connection is encrypted. If none, it is not for a server on this
    /// machine, and `verify-full` for any other.
    pub sslmode: Option<SslMode>,
    /// PostgreSQL: a file with the root certificates (PEM) that are trusted, instead of the system's.
    pub sslrootcert: Option<PathBuf>,
    /// PostgreSQL: a file with the certificates (PEM) that this program shows the server.
    pub sslcert: Option<PathBuf>,
    /// PostgreSQL: a file with the private key (PEM) of `sslcert`.
    pub sslkey: Option<PathBuf>,
    /// PostgreSQL: what the server calls this program in its lists and logs; `rex` if none.
    pub application_name: Option<String>,
    /// PostgreSQL: the schemas that names without one are looked up in, with commas between.
    pub search_path: Option<String>,
    /// PostgreSQL: connections lead through PgBouncer, or another pooler, in transaction mode.
    /// Nothing is then kept in a session.
    pub pgbouncer: Option<bool>,
    /// PostgreSQL: how many reads by a key may be under way on one connection, where the pool has none that is
    /// free; 16 if none. With 0 each waits for a connection of its own.
    pub shared_reads: Option<u32>,
    /// PostgreSQL: how long such a read waits for its answer, before it waits for a connection of its own;
    /// 50 ms if none.
    pub shared_read_wait: Option<Duration>,
    /// PostgreSQL: whether the password is bound to the server's certificate, so that nobody between can pass
    /// it on; `prefer` if none.
    pub channel_binding: Option<ChannelBinding>,
    /// SQLite: the file; `:memory:` for a database that lasts as long as its handle.
    pub path: Option<PathBuf>,
    /// SQLite: a database in memory that all handles of this process with the same name share,
    /// instead of a file. It lasts as long as one of them.
    pub shared_memory: Option<String>,
    /// SQLite: nothing is written; the file must be there.
    pub read_only: Option<bool>,
    /// SQLite: how a transaction is kept until it is whole; `wal` if none.
    pub journal_mode: Option<JournalMode>,
    /// SQLite: when the disk is waited for; `normal` with a write-ahead log, else `full`, if none.
    pub synchronous: Option<Synchronous>,
    /// SQLite: how long another process that writes is waited for; 5 s if none.
    pub busy_timeout: Option<Duration>,
    /// SQLite: whether foreign keys are held; they are if none.
    pub foreign_keys: Option<bool>,
    /// How many connections at most (SQLite: that read); 10 if none.
    pub pool_size: Option<u32>,
    /// How long connecting may take; 10 s if none.
    pub connect_timeout: Option<Duration>,
    /// How long an operation waits for a free connection; 30 s if none.
    pub acquire_timeout: Option<Duration>,
    /// How long one statement may take; no limit if none.
    pub statement_timeout: Option<Duration>,
    /// A statement that takes longer is an event of the level `WARN`; none is if none.
    pub slow_after: Option<Duration>,
    /// How long a connection may be unused before it is closed; 10 min if none.
    pub idle_timeout: Option<Duration>,
    /// How old a connection may grow before it is closed, once it is free; 30 min if none.
    pub max_lifetime: Option<Duration>,
}

impl Config {
    /// A SQLite database in a file, which is made if it does not exist.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Config { kind: Some(DatabaseKind::Sqlite), path: Some(path.into()), ..Config::default() }
    }

    /// A SQLite database in memory, which lasts as long as its handle.
    pub fn sqlite_in_memory() -> Self {
        Config::sqlite(MEMORY)
    }

    /// A PostgreSQL database.
    pub fn postgres(host: impl Into<String>, user: impl Into<String>, database: impl Into<String>) -> Self {
        Config {
            kind: Some(DatabaseKind::Postgres),
            host: Some(host.into()),
            user: Some(user.into()),
            database: Some(database.into()),
            ..Config::default()
        }
    }

    /// Reads a URL.
    ///
    /// - `sqlite://blog.db`, `sqlite:///var/lib/blog.db`, `sqlite::memory:`
    /// - `postgres://user:password@host:5432/database`, also `postgresql://`
    /// - `postgres:///database?host=/run/postgresql&user=blog`: a Unix socket's folder
    ///
    /// After `?` stand settings by their names here (`dbname` for `database` too), with `&` between.
    /// Times have a unit, `500ms`, `10s`, `5min`, `1h`; without one they are seconds, but for
    /// `busy_timeout`, `statement_timeout`, `slow_after` and `shared_read_wait`, which are milliseconds
    /// elsewhere and must have one.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Configuration`], when the URL says something else. No part of the URL that may be
    /// a secret is in its text.
    pub fn from_url(url: &str) -> Result<Config> {
        let mut config = Config::default();
        url_text::read(&mut config, url)?;
        Ok(config)
    }

    /// Reads the URL that the variable `DATABASE_URL` holds; if the environment has none, the one of the
    /// file `.env` of the current folder, or of the nearest one around it that has such a file. The
    /// environment itself is not changed.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Configuration`], when there is none, when `.env` cannot be read, and as
    /// [`Config::from_url`].
    pub fn from_env() -> Result<Config> {
        Config::from_url(&environment::database_url()?)
    }

    pub(crate) fn is_in_memory(&self) -> bool {
        self.path.as_deref().is_some_and(|path| path.as_os_str() == MEMORY)
    }

    /// The database that is meant, when all is there that it needs and nothing that it lacks.
    pub(crate) fn check(&self) -> Result<DatabaseKind> {
        let Some(kind) = self.kind.or_else(|| settings::implied(self)) else {
            return Err(wrong("the configuration lacks `kind`: \"sqlite\" or \"postgres\""));
        };
        settings::check(self, kind)?;
        let missing = match kind {
            DatabaseKind::Sqlite => {
                lacking(&[("`path`", self.path.is_some() || self.shared_memory.is_some())])
            }
            DatabaseKind::Postgres => {
                lacking(&[("`host`", self.host.is_some()), ("`database`", self.database.is_some())])
            }
        };
        if missing.is_empty() {
            return Ok(kind);
        }
        Err(wrong(format!("the configuration for {} lacks {}", kind.title(), missing.join(", "))))
    }
}

/// What is in force where nothing is said.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
#[cfg_attr(
    not(all(feature = "postgres", feature = "sqlite")),
    allow(dead_code, reason = "each adapter asks for its own")
)]
impl Config {
    pub(crate) fn pool_size(&self) -> usize {
        self.pool_size.unwrap_or(10).max(1) as usize
    }

    pub(crate) fn connect_timeout(&self) -> Option<Duration> {
        limit(self.connect_timeout, Some(Duration::from_secs(10)))
    }

    pub(crate) fn acquire_timeout(&self) -> Option<Duration> {
        limit(self.acquire_timeout, Some(Duration::from_secs(30)))
    }

    pub(crate) fn statement_timeout(&self) -> Option<Duration> {
        limit(self.statement_timeout, None)
    }

    pub(crate) fn shared_reads(&self) -> usize {
        self.shared_reads.unwrap_or(16) as usize
    }

    pub(crate) fn shared_read_wait(&self) -> Duration {
        self.shared_read_wait.unwrap_or(Duration::from_millis(50))
    }

    pub(crate) fn idle_timeout(&self) -> Option<Duration> {
        limit(self.idle_timeout, Some(Duration::from_secs(10 * 60)))
    }

    pub(crate) fn max_lifetime(&self) -> Option<Duration> {
        limit(self.max_lifetime, Some(Duration::from_secs(30 * 60)))
    }

    pub(crate) fn busy_timeout(&self) -> Duration {
        self.busy_timeout.unwrap_or(Duration::from_secs(5))
    }
}

#[cfg(any(feature = "postgres", feature = "sqlite"))]
fn limit(said: Option<Duration>, otherwise: Option<Duration>) -> Option<Duration> {
    said.or(otherwise).filter(|limit| !limit.is_zero())
}

const MEMORY: &str = ":memory:";

fn lacking(needed: &[(&'static str, bool)]) -> Vec<&'static str> {
    needed.iter().filter(|(_, given)| !given).map(|(name, _)| *name).collect()
}

pub(crate) fn wrong(message: impl Into<String>) -> Error {
    Error::new(Kind::Configuration, message)
}
