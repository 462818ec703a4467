//! The PostgreSQL adapter.
//!
//! A pool of connections. Each keeps its prepared statements: the fixed ones in a list, by their
//! build-time id, the others by text. Values travel in PostgreSQL's binary form both ways, and are
//! decoded without asking for their type, which is known since build time.
//!
//! A connection goes back to the pool only when it is at rest: no statement under way, no
//! transaction open. One that is not, because its future was dropped, is rolled back first, or
//! closed when that would take long.

mod bind;
mod connect;
mod failure;
mod lease;
mod session;
mod statements;
mod transaction;

use deadpool::managed::{
    Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult, TimeoutType,
};
use rex_sql::Dialect;

use crate::adapter::{Access, Adapter, BoxFuture, Transaction, Work};
use crate::config::Config;
use crate::error::{Error, Kind, Result};

use connect::Connection;
use lease::Lease;
use session::Session;

/// A PostgreSQL database.
pub(crate) struct Postgres {
    pool: Pool<Connector>,
    acquire_timeout: u64,
}

struct Connector(connect::Target);

impl Manager for Connector {
    type Type = Connection;
    type Error = Error;

    async fn create(&self) -> Result<Connection> {
        self.0.connect().await
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<Error> {
        if connection.client.is_closed() {
            return Err(RecycleError::message("the server closed the connection"));
        }
        Ok(())
    }
}

impl Postgres {
    /// Connects once, so that what is wrong shows at once.
    pub(crate) async fn open(config: &Config) -> Result<Self> {
        let connector = Connector(connect::Target::of(config)?);
        let pool = Pool::builder(connector)
            .max_size(config.pool_size())
            .wait_timeout(Some(config.acquire_timeout()))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(|error| Error::new(Kind::Configuration, error.to_string()))?;
        let postgres = Postgres { pool, acquire_timeout: config.acquire_timeout().as_secs() };
        drop(postgres.object().await?);
        Ok(postgres)
    }

    async fn object(&self) -> Result<Object<Connector>> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => error,
            PoolError::Timeout(TimeoutType::Wait) => {
                let (seconds, size) = (self.acquire_timeout, self.pool.status().max_size);
                let message = format!("no connection became free within {seconds} s (pool_size: {size})");
                Error::new(Kind::PoolExhausted, message)
            }
            other => Error::new(Kind::Connection, other.to_string()),
        })
    }
}

impl Adapter for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn run<'a>(&'a self, access: Access, work: &'a mut dyn Work) -> BoxFuture<'a, Result<()>> {
        let begin = match access {
            Access::Read | Access::Write => None,
            Access::Snapshot => Some("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
            Access::Atomic => Some("BEGIN"),
        };
        Box::pin(async move {
            let lease = Lease::new(self.object().await?);
            match begin {
                None => {
                    let outcome = work.run(&Session::single(&lease)).await;
                    lease.rests();
                    outcome
                }
                Some(begin) => enclosed(lease, begin, work).await,
            }
        })
    }

    fn begin(&self) -> BoxFuture<'_, Result<Box<dyn Transaction>>> {
        Box::pin(async {
            let lease = Lease::new(self.object().await?);
            lease.begin("BEGIN").await?;
            Ok(Box::new(transaction::Open::new(lease)) as Box<dyn Transaction>)
        })
    }
}

/// Runs a work between a `BEGIN` and a `COMMIT`.
async fn enclosed(lease: Lease, begin: &str, work: &mut dyn Work) -> Result<()> {
    lease.begin(begin).await?;
    let outcome = work.run(&Session::enclosed(&lease)).await;
    let end = if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = lease.end(end).await;
    outcome.and(ended)
}
