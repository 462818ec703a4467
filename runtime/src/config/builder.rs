//! Connecting, said step by step.

use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::time::Duration;

use super::{
    ChannelBinding, Config, DatabaseKind, JournalMode, MEMORY, Password, SslMode, Synchronous, url_text,
    wrong,
};
use crate::adapter::open;
use crate::db::Db;
use crate::error::{Error, Result};

/// A database that is going to be connected to: settings one by one, then [`connect`](Self::connect).
///
/// ```text
/// let db = blog::Db::builder()
///     .url("postgres://blog@db.example.com/blog")
///     .pool_size(20)
///     .statement_timeout(Duration::from_secs(5))
///     .connect()
///     .await?;
/// ```
///
/// The last word counts: what is said after a URL replaces what the URL says.
#[must_use = "nothing is connected before `connect()` is awaited"]
pub struct Builder<D = Db> {
    config: Config,
    /// The URLs of replicas.
    replicas: Vec<String>,
    /// The first setting that could not be read.
    wrong: Option<Error>,
    of: PhantomData<fn() -> D>,
}

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident: $given:ty => $made:expr;)*) => {
        $($(#[$doc])* pub fn $name(mut self, $name: $given) -> Self {
            self.config.$name = Some($made);
            self
        })*
    };
}

impl<D: From<Db>> Builder<D> {
    /// Nothing said yet.
    pub fn new() -> Self {
        Builder { config: Config::default(), replicas: Vec::new(), wrong: None, of: PhantomData }
    }

    /// Connects.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Configuration`](crate::Kind::Configuration) when the settings cannot work, of
    /// [`Kind::Connection`](crate::Kind::Connection) when the database cannot be reached.
    pub async fn connect(self) -> Result<D> {
        if let Some(error) = self.wrong {
            return Err(error);
        }
        if self.replicas.is_empty() {
            let slow_after = self.config.slow_after;
            return Ok(D::from(Db::over(open::open(self.config).await?).slow_after(slow_after)));
        }
        let mut replicas = vec![self.config.clone(); self.replicas.len()];
        for (config, url) in replicas.iter_mut().zip(&self.replicas) {
            url_text::read(config, url)?;
            if config.kind != self.config.kind {
                return Err(wrong("a replica is of the same database as the primary".to_owned()));
            }
        }
        let slow_after = self.config.slow_after;
        Ok(D::from(Db::over(open::replicated(self.config, replicas).await?).slow_after(slow_after)))
    }

    /// The server that is written to: the same as [`url`](Self::url).
    pub fn primary(self, url: &str) -> Self {
        self.url(url)
    }

    /// PostgreSQL: a server that follows the primary by streaming replication, and is read from. There may
    /// be several. What its URL does not say is as for the primary.
    ///
    /// Reads outside of transactions go to a replica that has all that this program has written; writes
    /// and transactions go to the primary, and so do reads while no replica is there or has caught up. What
    /// others have written may be missing for as long as a replica is behind.
    pub fn replica(mut self, url: &str) -> Self {
        self.replicas.push(url.to_owned());
        self
    }

    /// All that a URL says. See [`Config::from_url`].
    pub fn url(mut self, url: &str) -> Self {
        if let Err(error) = url_text::read(&mut self.config, url) {
            self.wrong.get_or_insert(error);
        }
        self
    }

    /// All of a configuration, instead of what was said so far.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// A SQLite database in memory, which lasts as long as its handle.
    pub fn in_memory(self) -> Self {
        self.path(MEMORY)
    }

    settings! {
        /// Which database. Without a word it is the one that the other settings are of.
        kind: DatabaseKind => kind;
        /// PostgreSQL: the server's name or address, or the folder of its Unix socket.
        host: impl Into<String> => host.into();
        /// PostgreSQL: the server's port.
        port: u16 => port;
        /// PostgreSQL: the user's name.
        user: impl Into<String> => user.into();
        /// PostgreSQL: the user's password.
        password: impl Into<Password> => password.into();
        /// PostgreSQL: the database's name.
        database: impl Into<String> => database.into();
        /// PostgreSQL: whether the connection is encrypted.
        sslmode: SslMode => sslmode;
        /// PostgreSQL: a file with the root certificates (PEM) that are trusted.
        sslrootcert: impl Into<PathBuf> => sslrootcert.into();
        /// PostgreSQL: a file with the certificates (PEM) that this program shows the server.
        sslcert: impl Into<PathBuf> => sslcert.into();
        /// PostgreSQL: a file with the private key (PEM) of `sslcert`.
        sslkey: impl Into<PathBuf> => sslkey.into();
        /// PostgreSQL: what the server calls this program.
        application_name: impl Into<String> => application_name.into();
        /// PostgreSQL: the schemas that names without one are looked up in, with commas between.
        search_path: impl Into<String> => search_path.into();
        /// PostgreSQL: whether connections lead through a pooler in transaction mode.
        pgbouncer: bool => pgbouncer;
        /// PostgreSQL: how many reads by a key may be under way on one connection; 0 is none beside its own.
        shared_reads: u32 => shared_reads;
        /// PostgreSQL: how long such a read waits before it waits for a connection of its own.
        shared_read_wait: Duration => shared_read_wait;
        /// PostgreSQL: whether the password is bound to the server's certificate.
        channel_binding: ChannelBinding => channel_binding;
        /// SQLite: the file.
        path: impl Into<PathBuf> => path.into();
        /// SQLite: a database in memory that all handles of this process with the same name share.
        shared_memory: impl Into<String> => shared_memory.into();
        /// SQLite: whether nothing is written; the file must then be there.
        read_only: bool => read_only;
        /// SQLite: how a transaction is kept until it is whole.
        journal_mode: JournalMode => journal_mode;
        /// SQLite: when the disk is waited for.
        synchronous: Synchronous => synchronous;
        /// SQLite: how long another process that writes is waited for.
        busy_timeout: Duration => busy_timeout;
        /// SQLite: whether foreign keys are held.
        foreign_keys: bool => foreign_keys;
        /// How many connections at most (SQLite: that read).
        pool_size: u32 => pool_size;
        /// How long connecting may take; zero is for ever.
        connect_timeout: Duration => connect_timeout;
        /// How long an operation waits for a free connection; zero is for ever.
        acquire_timeout: Duration => acquire_timeout;
        /// How long one statement may take; zero is for ever.
        statement_timeout: Duration => statement_timeout;
        /// A statement that takes longer is an event of the level `WARN`.
        slow_after: Duration => slow_after;
        /// How long a connection may be unused before it is closed; zero is for ever.
        idle_timeout: Duration => idle_timeout;
        /// How old a connection may grow before it is closed, once it is free; zero is for ever.
        max_lifetime: Duration => max_lifetime;
    }
}

impl<D: From<Db>> Default for Builder<D> {
    fn default() -> Self {
        Builder::new()
    }
}

impl<D> fmt::Debug for Builder<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("config", &self.config)
            .field("replicas", &self.replicas.len())
            .field("wrong", &self.wrong)
            .finish()
    }
}
