//! The drivers' own connections, for what nothing else can do.

use std::fmt;
use std::ops::Deref;
#[cfg(feature = "postgres")]
use std::ops::DerefMut;

/// A connection of a driver, which is the caller's until it is dropped.
///
/// What was done to it nobody knows, so it is closed then, and the pool opens another; but a database in
/// memory would be gone with it: there a transaction that is open is rolled back, and settings stay.
pub enum DriverConnection {
    /// Of tokio-postgres.
    #[cfg(feature = "postgres")]
    Postgres(PostgresConnection),
    /// Of rusqlite: the one that writes.
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteConnection),
}

impl fmt::Debug for DriverConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            #[cfg(feature = "postgres")]
            DriverConnection::Postgres(_) => "DriverConnection(postgres)",
            #[cfg(feature = "sqlite")]
            DriverConnection::Sqlite(_) => "DriverConnection(sqlite)",
        })
    }
}

/// A connection to PostgreSQL, which is a [`tokio_postgres::Client`].
#[cfg(feature = "postgres")]
pub struct PostgresConnection(pub(super) super::postgres::Lent);

#[cfg(feature = "postgres")]
impl Deref for PostgresConnection {
    type Target = tokio_postgres::Client;

    fn deref(&self) -> &tokio_postgres::Client {
        self.0.client()
    }
}

#[cfg(feature = "postgres")]
impl DerefMut for PostgresConnection {
    fn deref_mut(&mut self) -> &mut tokio_postgres::Client {
        self.0.client_mut()
    }
}

#[cfg(feature = "postgres")]
impl fmt::Debug for PostgresConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresConnection")
    }
}

/// The connection to SQLite that writes, which is a [`rusqlite::Connection`]. It blocks its thread. There
/// is no `&mut` of it, so transactions are `unchecked_transaction()`.
#[cfg(feature = "sqlite")]
pub struct SqliteConnection(pub(super) super::sqlite::Lent);

#[cfg(feature = "sqlite")]
impl Deref for SqliteConnection {
    type Target = rusqlite::Connection;

    fn deref(&self) -> &rusqlite::Connection {
        self.0.driver()
    }
}

#[cfg(feature = "sqlite")]
impl fmt::Debug for SqliteConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteConnection")
    }
}
