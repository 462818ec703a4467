//! How to reach a database, from a URL, a configuration file, or code.

mod url_text;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::{Error, Kind, Result};

/// How to reach a database. One type for every database: what is missing for the chosen one is
/// reported when connecting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(deny_unknown_fields, default))]
pub struct Config {
    /// Which database.
    pub kind: Option<DatabaseKind>,
    /// PostgreSQL: the server's name or address, or the folder of its Unix socket.
    pub host: Option<String>,
    /// PostgreSQL: the server's port; 5432 if none.
    pub port: Option<u16>,
    /// PostgreSQL: the user's name.
    pub user: Option<String>,
    /// PostgreSQL: the user's password.
    pub password: Option<Password>,
    /// PostgreSQL: the database's name.
    pub database: Option<String>,
    /// SQLite: the file; `:memory:` for a database that lasts as long as its handle.
    pub path: Option<PathBuf>,
    /// PostgreSQL: whether the connection is encrypted.
    pub sslmode: Option<SslMode>,
    /// How many connections at most (SQLite: that read); 10 if none.
    pub pool_size: Option<u32>,
    /// How long connecting may take, in seconds; 10 if none.
    pub connect_timeout: Option<u64>,
    /// How long an operation waits for a free connection, in seconds; 30 if none.
    pub acquire_timeout: Option<u64>,
}

/// The databases that Rex has an adapter for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum DatabaseKind {
    /// PostgreSQL; needs the cargo feature `postgres`.
    #[cfg_attr(feature = "serde", serde(alias = "postgresql"))]
    Postgres,
    /// SQLite; needs the cargo feature `sqlite`.
    Sqlite,
}

/// Whether a connection is encrypted, by libpq's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum SslMode {
    /// Never.
    Disable,
    /// Always, whoever the server is.
    Require,
    /// Always, and the server's certificate is signed by a trusted authority.
    VerifyCa,
    /// Always, and the server's certificate is its own.
    VerifyFull,
}

/// A secret: it has no `Display`, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(transparent))]
pub struct Password(String);

impl Password {
    /// A secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Password(secret.into())
    }

    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl From<&str> for Password {
    fn from(secret: &str) -> Self {
        Password::new(secret)
    }
}

impl From<String> for Password {
    fn from(secret: String) -> Self {
        Password(secret)
    }
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
    /// After `?`, for both: `pool_size`, `connect_timeout`, `acquire_timeout` (seconds); for
    /// PostgreSQL also `host`, `port`, `user`, `password`, `dbname`, `sslmode`.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Configuration`], when the URL says something else.
    pub fn from_url(url: &str) -> Result<Config> {
        url_text::read(url)
    }

    #[allow(dead_code, reason = "used by whichever adapters are compiled in")]
    pub(crate) fn is_in_memory(&self) -> bool {
        self.path.as_deref().is_some_and(|path| path.as_os_str() == MEMORY)
    }

    #[allow(dead_code, reason = "used by whichever adapters are compiled in")]
    pub(crate) fn pool_size(&self) -> usize {
        self.pool_size.unwrap_or(10).max(1) as usize
    }

    #[allow(dead_code, reason = "used by whichever adapters are compiled in")]
    pub(crate) fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_timeout.unwrap_or(10))
    }

    #[allow(dead_code, reason = "used by whichever adapters are compiled in")]
    pub(crate) fn acquire_timeout(&self) -> Duration {
        Duration::from_secs(self.acquire_timeout.unwrap_or(30))
    }

    /// The database that is meant, when all is there that it needs.
    pub(crate) fn check(&self) -> Result<DatabaseKind> {
        let Some(kind) = self.kind else {
            return Err(wrong("the configuration lacks `kind`: \"sqlite\" or \"postgres\""));
        };
        if self.pool_size == Some(0) {
            return Err(wrong("`pool_size` is 0: at least one connection is needed"));
        }
        let missing: Vec<&str> = match kind {
            DatabaseKind::Sqlite => lacking(&[("path", self.path.is_some())]),
            DatabaseKind::Postgres => lacking(&[
                ("host", self.host.is_some()),
                ("user", self.user.is_some()),
                ("database", self.database.is_some()),
            ]),
        };
        if missing.is_empty() {
            return Ok(kind);
        }
        let name = if kind == DatabaseKind::Sqlite { "SQLite" } else { "PostgreSQL" };
        Err(wrong(format!("the configuration for {name} lacks {}", missing.join(", "))))
    }
}

const MEMORY: &str = ":memory:";

fn lacking(needed: &[(&str, bool)]) -> Vec<&'static str> {
    let name = |name: &str| match name {
        "path" => "`path`",
        "host" => "`host`",
        "user" => "`user`",
        _ => "`database`",
    };
    needed.iter().filter(|(_, given)| !given).map(|(needed, _)| name(needed)).collect()
}

pub(crate) fn wrong(message: impl Into<String>) -> Error {
    Error::new(Kind::Configuration, message)
}
