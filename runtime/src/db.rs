//! The handle: a pool of connections or an open transaction, cheap to clone.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rex_sql::Dialect;

#[cfg(any(feature = "postgres", feature = "sqlite"))]
use crate::adapter::driver::DriverConnection;
#[cfg(feature = "postgres")]
use crate::adapter::driver::PostgresConnection;
#[cfg(feature = "sqlite")]
use crate::adapter::driver::SqliteConnection;
use crate::adapter::{Access, Adapter, BoxFuture, Direct, Session, Single, Work, open};
use crate::config::{Builder, Config};
use crate::error::{Error, Kind, Result};
use crate::meta::SchemaMeta;
use crate::operation::Operation;
use crate::row::Sink;
use crate::stream::Within;
use crate::transaction::{Form, Handle, Isolation, Open, TransactionOptions, outer};
use crate::watch::{self, Gauged, Gauges, Watch, Watched};

/// A database: a pool of connections, or an open transaction. Both do the same, so a helper
/// takes `&Db` and works inside and outside of a transaction.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    /// Unlike every other handle's of the process; clones share it.
    id: u64,
    dialect: Dialect,
    source: Source,
    watch: Option<Watch>,
}

#[derive(Clone)]
enum Source {
    Pool(Arc<dyn Adapter>),
    Transaction(Handle),
}

impl Db {
    /// Connects to the database of a URL: `sqlite://blog.db`, `sqlite::memory:`,
    /// `postgres://user:password@host/database`. See [`Config::from_url`] for all that a URL may
    /// say.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Configuration`] when the URL cannot work, of [`Kind::Connection`] when the
    /// database cannot be reached.
    pub async fn connect(url: &str) -> Result<Db> {
        Db::connect_with(&Config::from_url(url)?).await
    }

    /// Connects step by step, for what a URL says badly.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Connects to the database of a configuration.
    ///
    /// # Errors
    ///
    /// As [`Db::connect`].
    pub async fn connect_with(config: &Config) -> Result<Db> {
        Ok(Db::over(open::open(config.clone()).await?).slow_after(config.slow_after))
    }

    /// A pool over an adapter of one's own.
    pub fn over(adapter: Arc<dyn Adapter>) -> Db {
        let dialect = adapter.dialect();
        Db::new(dialect, Source::Pool(adapter), None)
    }

    fn new(dialect: Dialect, source: Source, watch: Option<Watch>) -> Db {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Db(Arc::new(Inner { id, dialect, source, watch }))
    }

    /// The handle of a transaction that this one has opened.
    pub(crate) fn within(&self, handle: Handle) -> Db {
        Db::new(self.0.dialect, Source::Transaction(handle), self.0.watch.clone())
    }

    /// The same, as a configuration has it.
    pub(crate) fn slow_after(self, time: Option<Duration>) -> Db {
        match time {
            Some(time) => self.watch(Watch::new().slow_after(time)),
            None => self,
        }
    }

    /// The same database, and more is told of what this handle sends: see [`Watch`]. What is told of
    /// this handle so far is no more, but for slow statements, unless `watch` says when they are slow.
    pub fn watch(&self, watch: Watch) -> Db {
        let watch = watch.or_slow(self.0.watch.as_ref());
        let Inner { id, dialect, .. } = *self.0;
        Db(Arc::new(Inner { id, dialect, source: self.0.source.clone(), watch: Some(watch) }))
    }

    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        self.0.dialect
    }

    pub(crate) fn id(&self) -> u64 {
        self.0.id
    }

    pub(crate) fn is_transaction(&self) -> bool {
        matches!(self.0.source, Source::Transaction(_))
    }

    /// Opens a transaction, or a savepoint within one.
    pub(crate) async fn begin_handle(&self, options: TransactionOptions, form: Form) -> Result<Handle> {
        self.check_scope()?;
        match &self.0.source {
            Source::Pool(adapter) => {
                let told = watch::Step::start(self.0.dialect, "BEGIN");
                let begun = told.end(adapter.begin(options).await)?;
                Ok(Handle::root(begun, options, self.0.dialect))
            }
            Source::Transaction(handle) => handle.nest(options, form).await,
        }
    }

    /// Calls `callback` once the transaction that this handle is in is committed: the outermost
    /// one, and not if what this handle did is undone before. Outside of a transaction it is called
    /// at once.
    ///
    /// It runs where the commit was awaited, when the connection is free again; what takes time is
    /// to be spawned by it.
    pub fn after_commit(&self, callback: impl FnOnce() + Send + 'static) {
        match &self.0.source {
            Source::Pool(_) => callback(),
            Source::Transaction(handle) => handle.after_commit(Box::new(callback)),
        }
    }

    /// Runs everything that one call of the API does.
    pub(crate) async fn run(&self, access: Access, work: &mut dyn Work) -> Result<()> {
        self.check_scope()?;
        let watch = self.0.watch.as_ref();
        if watch::is_on(watch) {
            return self.send(access, &mut Watched::new(work, watch)).await;
        }
        self.send(access, work).await
    }

    async fn send(&self, access: Access, work: &mut dyn Work) -> Result<()> {
        match &self.0.source {
            Source::Pool(adapter) => match adapter.run_at_once(access, work) {
                Some(outcome) => outcome,
                None => adapter.run(access, work).await,
            },
            Source::Transaction(handle) => handle.run(access, work).await,
        }
    }

    /// The same, in a transaction that a stream has.
    pub(crate) async fn run_within(&self, handle: &Handle, work: &mut dyn Work) -> Result<()> {
        let watch = self.0.watch.as_ref();
        if watch::is_on(watch) {
            return handle.run(Access::Read, &mut Watched::new(work, watch)).await;
        }
        handle.run(Access::Read, work).await
    }

    /// The transaction that a stream reads in: that of this handle, or one that sees one state of the
    /// database.
    pub(crate) async fn reading(&self) -> Result<Within> {
        self.check_scope()?;
        match &self.0.source {
            Source::Pool(_) => {
                let options = TransactionOptions::new().isolation(Isolation::RepeatableRead).read_only();
                Ok(Within::Own(Open::new(self.begin_handle(options, Form::Guard).await?)))
            }
            Source::Transaction(handle) => Ok(Within::Handle(handle.clone())),
        }
    }

    /// Sends one operation; answers with how many rows were written.
    pub(crate) async fn execute(&self, operation: &Operation, sink: &mut dyn Sink) -> Result<u64> {
        let access = operation.access();
        let mut work = Single::new(operation, sink);
        let outcome = self.run(access, &mut work).await;
        outcome.map_err(|error| error.with_operation(operation.title()))?;
        Ok(work.written())
    }

    /// The driver's own connection to PostgreSQL, a `tokio_postgres::Client`, for what Rex cannot do:
    /// `LISTEN`, say. It is one of the pool's while it is used, and closed when it is dropped.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Configuration`] when the database is another; of [`Kind::Transaction`] on the handle of
    /// a transaction, whose connection is its own; and when there is no connection.
    #[cfg(feature = "postgres")]
    pub async fn postgres(&self) -> Result<PostgresConnection> {
        match self.driver(Dialect::Postgres).await? {
            DriverConnection::Postgres(connection) => Ok(connection),
            #[cfg(feature = "sqlite")]
            DriverConnection::Sqlite(_) => Err(self.other_driver(Dialect::Postgres)),
        }
    }

    /// The driver's own connection to SQLite, a `rusqlite::Connection`, for what Rex cannot do: backups,
    /// functions of one's own. It is the one that writes, which everybody else waits for; it blocks its
    /// thread. A file's connection is closed when it is dropped.
    ///
    /// # Errors
    ///
    /// As [`Db::postgres`].
    #[cfg(feature = "sqlite")]
    pub async fn sqlite(&self) -> Result<SqliteConnection> {
        match self.driver(Dialect::Sqlite).await? {
            DriverConnection::Sqlite(connection) => Ok(connection),
            #[cfg(feature = "postgres")]
            DriverConnection::Postgres(_) => Err(self.other_driver(Dialect::Sqlite)),
        }
    }

    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    async fn driver(&self, dialect: Dialect) -> Result<DriverConnection> {
        self.check_scope()?;
        if dialect != self.dialect() {
            return Err(self.other_driver(dialect));
        }
        match &self.0.source {
            Source::Pool(adapter) => adapter.driver().await,
            Source::Transaction(_) => {
                let message = "the connection of a transaction is its own: what is sent beside its statements would                                be in it, or end it";
                Err(Error::new(Kind::Transaction, message))
            }
        }
    }

    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    fn other_driver(&self, asked: Dialect) -> Error {
        let message = format!("this is {}, not {}", self.dialect().title(), asked.title());
        Error::new(Kind::Configuration, message)
    }

    /// A connection of its own, for migrations.
    pub(crate) async fn direct(&self) -> Result<Box<dyn Direct>> {
        self.check_scope()?;
        match &self.0.source {
            Source::Pool(adapter) => adapter.direct().await,
            Source::Transaction(_) => {
                let message = "a migration has transactions of its own: run it outside of one";
                Err(Error::new(Kind::Transaction, message))
            }
        }
    }

    /// Inside a transaction's closure its own handle is to be used: the outer one would wait for
    /// the transaction, on SQLite for ever.
    fn check_scope(&self) -> Result<()> {
        if !outer::contains(self.0.id) {
            return Ok(());
        }
        let message = "this handle has a transaction open that is running here: use the handle that the \
                       transaction's closure is given";
        Err(Error::new(Kind::Transaction, message))
    }

    /// Creates all tables of a schema, in one transaction.
    ///
    /// # Errors
    ///
    /// When the database already has one of the tables; nothing is then created.
    pub async fn create_schema(&self, schema: &'static SchemaMeta) -> Result<()> {
        let statements = match self.dialect() {
            Dialect::Postgres => schema.postgres,
            Dialect::Sqlite => schema.sqlite,
        };
        if statements.is_empty() {
            return Err(self.not_served());
        }
        let outcome = self.execute_ddl(statements).await;
        outcome.map_err(|error| error.with_operation("create_schema"))
    }

    /// Runs statements that belong to the schema, all or none.
    pub(crate) async fn execute_ddl(&self, statements: &'static [&'static str]) -> Result<()> {
        self.run(Access::Atomic, &mut Ddl { statements }).await
    }

    pub(crate) fn not_served(&self) -> Error {
        let name = self.dialect().name();
        let message = format!(
            "the schema is not compiled for {}: add \"{name}\" to `databases` in [package.metadata.rex]",
            self.dialect().title()
        );
        Error::new(Kind::Configuration, message)
    }
}

impl Gauged for Db {
    fn gauges(&self) -> Gauges {
        match &self.0.source {
            Source::Pool(adapter) => adapter.gauges(),
            Source::Transaction(_) => Gauges::default(),
        }
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.0.source {
            Source::Pool(_) => "pool",
            Source::Transaction(_) => "transaction",
        };
        write!(f, "Db({}, {source})", self.dialect().name())
    }
}

struct Ddl {
    statements: &'static [&'static str],
}

impl Work for Ddl {
    fn run<'s>(&'s mut self, session: &'s dyn Session) -> BoxFuture<'s, Result<()>> {
        session.execute_ddl(self.statements)
    }
}
