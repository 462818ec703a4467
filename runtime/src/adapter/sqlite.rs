//! The SQLite adapter.
//!
//! Terms: the *writer* is the one connection that writes; *readers* are connections that cannot
//! write and see the last committed state beside a writer at work (write-ahead log). A database in
//! memory has one connection, which does both.
//!
//! A whole operation, decoding and every level of eager loading included, runs in one go on its
//! connection: a session of SQLite answers at once, so the operation's future is polled exactly
//! once. Where it runs is decided here: an operation that is known to be short runs in place; a
//! longer one in place too, after telling a multi-threaded runtime that this thread is busy
//! (`block_in_place`). A current-thread runtime has no other thread to hand its tasks to, so there
//! everything runs in place. Waiting for a connection never blocks a thread.

mod bind;
mod blame;
mod connect;
mod connection;
mod failure;
mod pool;
mod raw;
mod session;
mod transaction;

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use rex_sql::Dialect;
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::adapter::{Access, Adapter, BoxFuture, Transaction, Work};
use crate::config::Config;
use crate::error::Result;

use connect::File;
use connection::Connection;
use pool::Pool;
use session::Session;

/// A SQLite database.
pub(crate) struct Sqlite {
    writer: Arc<Pool>,
    readers: Arc<Pool>,
}

impl Sqlite {
    /// Opens the database, making its file if there is none.
    pub(crate) fn open(config: &Config) -> Result<Self> {
        let file = File::of(config);
        let writer = Arc::new(Pool::new(1, config.acquire_timeout(), file.writer()));
        writer.prime()?;
        let readers = match file.reader() {
            None => Arc::clone(&writer),
            Some(open) => Arc::new(Pool::new(config.pool_size(), config.acquire_timeout(), open)),
        };
        Ok(Sqlite { writer, readers })
    }
}

impl Adapter for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn run<'a>(&'a self, access: Access, work: &'a mut dyn Work) -> BoxFuture<'a, Result<()>> {
        let (pool, begin) = match access {
            Access::Read => (&self.readers, None),
            Access::Snapshot => (&self.readers, Some("BEGIN")),
            Access::Write => (&self.writer, None),
            Access::Atomic => (&self.writer, Some("BEGIN IMMEDIATE")),
        };
        Box::pin(async move {
            let mut lease = pool.lease().await?;
            let connection = lease.connection();
            in_place(work.is_short(), || match begin {
                None => complete(connection, work),
                Some(begin) => enclosed(connection, begin, work),
            })
        })
    }

    fn begin(&self) -> BoxFuture<'_, Result<Box<dyn Transaction>>> {
        Box::pin(async {
            let mut lease = self.writer.lease().await?;
            let connection = lease.connection();
            in_place(false, || session::batch(connection, "BEGIN IMMEDIATE"))?;
            Ok(Box::new(transaction::Open::new(lease)) as Box<dyn Transaction>)
        })
    }
}

/// Runs a work between a `BEGIN` and a `COMMIT`. On an error the lease rolls back.
fn enclosed(connection: &mut Connection, begin: &str, work: &mut dyn Work) -> Result<()> {
    session::batch(connection, begin)?;
    complete(connection, work)?;
    session::batch(connection, "COMMIT")
}

/// Runs a work from its start to its end.
fn complete(connection: &mut Connection, work: &mut dyn Work) -> Result<()> {
    let session = Session::new(connection);
    let mut future = work.run(&session);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => unreachable!("a work waits for its session only, and this one answers at once"),
    }
}

/// Runs something that keeps this thread busy.
fn in_place<T>(short: bool, busy: impl FnOnce() -> T) -> T {
    let flavor = Handle::try_current().map(|handle| handle.runtime_flavor());
    match flavor {
        Ok(RuntimeFlavor::MultiThread) if !short => tokio::task::block_in_place(busy),
        _ => busy(),
    }
}
