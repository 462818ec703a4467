//! The PostgreSQL adapter.
//!
//! A pool of connections. Each keeps its prepared statements: the fixed ones in a list, by their
//! build-time id, the others by text. Values travel in PostgreSQL's binary form both ways, and are
//! decoded without asking for their type, which is known since build time.
//!
//! Statements are sent, and their rows read, on the driver's own stream, without its help; what is rare
//! is the driver's: see [`line`].
//!
//! A connection goes back to the pool only when it is at rest: no statement under way, no
//! transaction open. One that is not, because its future was dropped, is rolled back first, or
//! closed when that would take long.

mod behind;
mod bind;
mod company;
mod connect;
mod copy;
mod cursor;
mod direct;
mod encryption;
mod exchange;
mod failure;
mod frames;
mod kept;
mod lease;
mod line;
mod outline;
mod pooler;
mod reading;
mod replicated;
mod session;
mod socket;
mod statements;
#[cfg(feature = "tls")]
mod tls;
mod transaction;
mod typed;
mod words;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{
    Manager, Metrics, Object, Pool, PoolError, QueueMode, RecycleError, RecycleResult, TimeoutType, Timeouts,
    WeakPool,
};
use rex_sql::Dialect;

use crate::adapter::driver::{DriverConnection, PostgresConnection};
use crate::adapter::{Access, Adapter, BoxFuture, Direct, Transaction, Work};
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::executor;
use crate::transaction::TransactionOptions;
use crate::watch::{Gauged, Gauges, Step};

pub(crate) use replicated::Replicated;

use behind::behind;
use company::Company;
use connect::Connection;
use lease::{Failed, Lease};
use session::Session;

/// A PostgreSQL database.
pub(crate) struct Postgres {
    pool: Pool<Connector>,
    acquire_timeout: Option<Duration>,
    statement_timeout: Option<Duration>,
}

struct Connector {
    target: Arc<connect::Target>,
    company: Company,
    idle_timeout: Option<Duration>,
}

impl Manager for Connector {
    /// Boxed, since the pool moves it about with every operation.
    type Type = Box<Connection>;
    type Error = Error;

    async fn create(&self) -> Result<Box<Connection>> {
        // What is rare and large is in a box of its own, or every operation would carry it along.
        let connection = Box::new(Box::pin(self.target.connect()).await?);
        self.company.add(&connection);
        Ok(connection)
    }

    async fn recycle(&self, connection: &mut Box<Connection>, _: &Metrics) -> RecycleResult<Error> {
        if connection.is_closed() {
            return Err(RecycleError::message("the server closed the connection"));
        }
        if connection.is_expired(self.idle_timeout) {
            return Err(RecycleError::message("it is too old, or was unused for too long"));
        }
        if connection.pooled.as_ref().is_some_and(|pooled| pooled.is_outdated()) {
            return Err(RecycleError::message("it does not know all types"));
        }
        Ok(())
    }
}

impl Postgres {
    /// Connects once, so that what is wrong shows at once.
    pub(crate) async fn open(config: &Config) -> Result<Self> {
        let postgres = Postgres::new(config)?;
        drop(postgres.object().await?);
        Ok(postgres)
    }

    /// Connects to nothing yet. Within a runtime.
    fn new(config: &Config) -> Result<Self> {
        let (target, company) = (Arc::new(connect::Target::of(config)?), Company::of(config));
        let connector = Connector { target, company, idle_timeout: config.idle_timeout() };
        let pool = Pool::builder(connector)
            .max_size(config.pool_size())
            .wait_timeout(config.acquire_timeout())
            // The one that was used last, so that the others may expire.
            .queue_mode(QueueMode::Lifo)
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(|error| Error::new(Kind::Configuration, error.to_string()))?;
        let (acquire_timeout, statement_timeout) = (config.acquire_timeout(), config.statement_timeout());
        let postgres = Postgres { pool, acquire_timeout, statement_timeout };
        if let Some(shortest) = config.idle_timeout().into_iter().chain(config.max_lifetime()).min() {
            tokio::spawn(close_expired(postgres.pool.weak(), config.idle_timeout(), shortest / 4));
        }
        Ok(postgres)
    }

    /// A connection that is free, if there is one.
    async fn free(&self) -> Result<Option<Object<Connector>>> {
        let at_once = Timeouts { wait: Some(Duration::ZERO), create: None, recycle: None };
        match self.pool.timeout_get(&at_once).await {
            Ok(object) => Ok(Some(object)),
            Err(PoolError::Timeout(TimeoutType::Wait)) => Ok(None),
            Err(error) => Err(self.explain(error)),
        }
    }

    /// A connection, which is waited for where none is free: only then is there anything to look at a clock for.
    async fn object(&self) -> Result<Object<Connector>> {
        match self.free().await? {
            Some(object) => Ok(object),
            None => self.next().await,
        }
    }

    /// The next connection that is given back.
    async fn next(&self) -> Result<Object<Connector>> {
        Box::pin(self.pool.get()).await.map_err(|error| self.explain(error))
    }

    fn explain(&self, error: PoolError<Error>) -> Error {
        match error {
            PoolError::Backend(error) => error,
            PoolError::Timeout(TimeoutType::Wait) => {
                let (time, size) = (self.acquire_timeout.unwrap_or_default(), self.pool.status().max_size);
                let message = format!("no connection became free within {time:?} (pool_size: {size})");
                Error::new(Kind::PoolExhausted, message)
            }
            other => Error::new(Kind::Connection, other.to_string()),
        }
    }

    /// A connection to read on; or the outcome, where it was read in company.
    async fn object_or_company(&self, work: &mut dyn Work) -> Result<Result<Object<Connector>, Result<()>>> {
        if let Some(object) = self.free().await? {
            return Ok(Ok(object));
        }
        if let Some(running) = work.operation()
            && let Some(outcome) = Box::pin(self.pool.manager().company.read(running)).await
        {
            return Ok(Err(outcome));
        }
        self.next().await.map(Ok)
    }
}

/// Connects without a pool.
pub(crate) async fn connect_direct(config: &Config) -> Result<Box<dyn Direct>> {
    direct::open(Arc::new(connect::Target::of(config)?)).await
}

/// Looks now and then for connections that have been unused for too long, or are too old, as long
/// as there is the pool.
async fn close_expired(pool: WeakPool<Connector>, idle: Option<Duration>, pause: Duration) {
    loop {
        tokio::time::sleep(pause.clamp(Duration::from_millis(10), Duration::from_secs(30))).await;
        let Some(pool) = pool.upgrade() else { return };
        pool.retain(|connection, _| !connection.is_expired(idle) && !connection.is_closed());
    }
}

impl Gauged for Postgres {
    fn gauges(&self) -> Gauges {
        let status = self.pool.status();
        Gauges::new(status.max_size, status.size, status.available, status.waiting)
    }
}

impl Adapter for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn run<'a>(&'a self, access: Access, work: &'a mut dyn Work) -> BoxFuture<'a, Result<()>> {
        Box::pin(executor::inside(move || async move {
            let object = match access {
                Access::Read => match self.object_or_company(work).await? {
                    Ok(object) => object,
                    Err(outcome) => return outcome,
                },
                Access::Snapshot | Access::Write | Access::Atomic => self.object().await?,
            };
            let lease = Lease::new(object, self.statement_timeout);
            let begin = match access {
                Access::Read | Access::Write => {
                    let outcome = Session::single(&lease).run(work).await;
                    lease.rests();
                    return outcome;
                }
                Access::Snapshot => BEGIN_TO_READ,
                Access::Atomic => "BEGIN;",
            };
            Box::pin(enclosed(lease, begin, access, work)).await
        }))
    }

    fn begin(&self, options: TransactionOptions) -> BoxFuture<'_, Result<Box<dyn Transaction>>> {
        Box::pin(executor::inside(move || async move {
            let lease = Lease::new(self.object().await?, self.statement_timeout);
            Ok(Box::new(transaction::Open::new(lease, options)) as Box<dyn Transaction>)
        }))
    }

    fn driver(&self) -> BoxFuture<'_, Result<DriverConnection>> {
        Box::pin(executor::inside(move || async move {
            let object = self.object().await?;
            object.line.lend();
            let lent = Lent(Some(object));
            Ok(DriverConnection::Postgres(PostgresConnection(lent)))
        }))
    }

    fn direct(&self) -> BoxFuture<'_, Result<Box<dyn Direct>>> {
        let target = Arc::clone(&self.pool.manager().target);
        Box::pin(executor::inside(move || direct::open(target)))
    }
}

/// A connection as it is lent to a user, there until it is dropped: it is closed then.
pub(super) struct Lent(Option<Object<Connector>>);

impl Lent {
    pub(super) fn client(&self) -> &tokio_postgres::Client {
        &self.0.as_ref().expect("it is there until it is dropped").client
    }

    pub(super) fn client_mut(&mut self) -> &mut tokio_postgres::Client {
        &mut self.0.as_mut().expect("it is there until it is dropped").client
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}

/// Begins a transaction all of whose statements see one state of the database.
const BEGIN_TO_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;";

/// Runs a work between a `BEGIN`, which its first statement is sent behind, and a `COMMIT`. Both are told
/// where something is written.
async fn enclosed(lease: Lease, begin: &str, access: Access, work: &mut dyn Work) -> Result<()> {
    let step = |words| (access != Access::Snapshot).then(|| Step::start(Dialect::Postgres, words));
    let failed = Failed::default();
    lease.begins();
    let told = step("BEGIN");
    let outcome = {
        let session = Session::watched(&lease, &failed);
        let work = pin!(session.run(work));
        match lease.ahead(begin.to_owned()) {
            Some(ahead) => behind(async move { ended(told, ahead.await) }, work).await,
            // It is a part of the first statement's request, and takes no time of its own.
            None => {
                ended(told, Ok(()))?;
                Ok(work.await)
            }
        }
    };
    let outcome = match outcome {
        Ok(Ok(())) if !lease.is_begun() => Err(lease.unbegun(lease::refused())),
        Ok(outcome) => outcome.and_then(|()| failed.check()),
        Err(error) if access == Access::Snapshot => Err(error),
        Err(error) => Err(lease.unbegun(error)),
    };
    match outcome {
        Ok(()) if access == Access::Snapshot => lease.leave().await,
        Ok(()) => {
            let told = step("COMMIT");
            ended(told, lease.commit("COMMIT", false).await)
        }
        Err(error) => {
            let told = step("ROLLBACK");
            // A connection that cannot roll back is thrown away, which rolls back too.
            _ = ended(told, lease.end("ROLLBACK").await);
            Err(error)
        }
    }
}

/// A step of a transaction has come to its end.
fn ended(told: Option<Step>, outcome: Result<()>) -> Result<()> {
    match told {
        Some(told) => told.end(outcome),
        None => outcome,
    }
}
