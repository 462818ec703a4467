//! The SQLite adapter.
//!
//! Terms: the *writer* is the one connection that writes; *readers* are connections that cannot
//! write and see the last committed state beside a writer at work (write-ahead log). A database in
//! memory has one connection, which does both.
//!
//! A whole operation, decoding and every level of eager loading included, runs in one go on its
//! connection: a session of SQLite answers at once, so the operation's future is polled exactly
//! once, on the thread that polls it. What takes long is told to a multi-threaded runtime, so that
//! another thread takes over this one's tasks: [`aside`] says what that is. Waiting for a connection never blocks a
//! thread.

mod aside;
mod bind;
mod blame;
mod connect;
mod connection;
mod cursor;
mod deferred;
mod direct;
mod failure;
#[cfg(feature = "json")]
mod json;
mod limit;
mod outline;
mod pool;
mod raw;
mod session;
mod transaction;

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use rex_sql::Dialect;

use crate::adapter::driver::{DriverConnection, SqliteConnection};
use crate::adapter::{Access, Adapter, BoxFuture, Direct, Transaction, Work};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::executor;
use crate::transaction::TransactionOptions;
use crate::watch::{Gauged, Gauges, Step};

use connect::File;
use connection::Connection;
use pool::{Lease, Limits, Pool};
use session::Session;

/// A SQLite database.
pub(crate) struct Sqlite {
    writer: Arc<Pool>,
    readers: Arc<Pool>,
    /// How long another process that writes is waited for.
    busy: Duration,
    file: File,
    /// Whether the writer is told at once that another process writes. That is so with a write-ahead
    /// log, where nobody but another writer is ever waited for.
    at_once: bool,
}

impl Sqlite {
    /// Opens the database, making its file if there is none.
    pub(crate) fn open(config: &Config) -> Result<Self> {
        let file = File::of(config);
        let acquire = config.acquire_timeout();
        let one = Limits { size: 1, writes: true, acquire, idle: None, age: None };
        let writer = Arc::new(Pool::new(one, file.writer()));
        writer.prime()?;
        let many = Limits {
            size: config.pool_size(),
            writes: false,
            idle: config.idle_timeout(),
            age: config.max_lifetime(),
            ..one
        };
        let readers = match file.reader() {
            None => Arc::clone(&writer),
            Some(open) => Arc::new(Pool::new(many, open)),
        };
        Ok(Sqlite { writer, readers, busy: file.busy(), at_once: file.writes_at_once(), file })
    }
}

impl Gauged for Sqlite {
    fn gauges(&self) -> Gauges {
        let (writer, readers) = (self.writer.gauges(), self.readers.gauges());
        if Arc::ptr_eq(&self.writer, &self.readers) {
            return writer;
        }
        Gauges::new(
            writer.max + readers.max,
            writer.open + readers.open,
            writer.idle + readers.idle,
            writer.waiting + readers.waiting,
        )
    }
}

impl Adapter for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn run_at_once(&self, access: Access, work: &mut dyn Work) -> Option<Result<()>> {
        match access {
            Access::Read => {
                let lease = self.readers.lease_at_once()?;
                Some(lease.and_then(|lease| read(lease, work)))
            }
            Access::Write => {
                let lease = self.writer.lease_at_once()?;
                let outcome = lease.and_then(|mut lease| complete(lease.connection(), work));
                // Another process writes, and is to be waited for.
                let waits = outcome.as_ref().is_err_and(|error| self.is_to_be_waited_for(error));
                (!waits).then_some(outcome)
            }
            Access::Snapshot | Access::Atomic => None,
        }
    }

    fn run<'a>(&'a self, access: Access, work: &'a mut dyn Work) -> BoxFuture<'a, Result<()>> {
        let access = match access {
            // Where nothing can be written, nobody is to be kept from it.
            Access::Atomic if self.file.is_read_only() => Access::Snapshot,
            access => access,
        };
        let pool = match access {
            Access::Read | Access::Snapshot => &self.readers,
            Access::Write | Access::Atomic => &self.writer,
        };
        Box::pin(async move {
            let mut lease = pool.lease().await?;
            match access {
                Access::Read => complete(lease.connection(), work),
                Access::Write => self.write(lease, work).await,
                Access::Snapshot => {
                    session::control(lease.connection(), "BEGIN")?;
                    complete(lease.connection(), work)?;
                    session::commit(lease.connection())
                }
                Access::Atomic => self.enclosed(lease, work).await,
            }
        })
    }

    fn begin(&self, options: TransactionOptions) -> BoxFuture<'_, Result<Box<dyn Transaction>>> {
        Box::pin(async move {
            let lease = match options.is_read_only() {
                true => {
                    let mut lease = self.readers.lease().await?.for_long();
                    session::control(lease.connection(), "BEGIN")?;
                    lease
                }
                false => {
                    let mut lease = self.writer.lease().await?.for_long();
                    self.begin_to_write(&mut lease).await?;
                    lease
                }
            };
            Ok(Box::new(transaction::Open::new(lease, options)?) as Box<dyn Transaction>)
        })
    }

    fn driver(&self) -> BoxFuture<'_, Result<DriverConnection>> {
        Box::pin(async {
            let lease = self.writer.lease().await?.for_long();
            let lent = Lent { lease: Some(lease), closes: self.file.is_on_disk() };
            Ok(DriverConnection::Sqlite(SqliteConnection(lent)))
        })
    }

    fn direct(&self) -> BoxFuture<'_, Result<Box<dyn Direct>>> {
        Box::pin(async {
            let held = match self.file.is_private() {
                true => direct::Held::Lease(Box::new(self.writer.lease().await?)),
                false => direct::Held::Own(Box::new(self.file.writer()()?)),
            };
            direct::open(held)
        })
    }
}

/// Connects without a pool.
pub(crate) fn connect_direct(config: &Config) -> Result<Box<dyn Direct>> {
    direct::open(direct::Held::Own(Box::new(File::of(config).writer()()?)))
}

/// The connection that writes, as it is lent to a user.
pub(super) struct Lent {
    /// There until it is dropped.
    lease: Option<Lease>,
    /// Whether it is closed then.
    closes: bool,
}

impl Lent {
    pub(super) fn driver(&self) -> &rusqlite::Connection {
        self.lease.as_ref().expect("it is there until it is dropped").driver()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(lease) = self.lease.take().filter(|_| self.closes) {
            lease.close();
        }
    }
}

impl Sqlite {
    /// Runs one statement that writes, at once if no other process does, else in a transaction that is
    /// waited for. What is told that another process writes has done nothing, and given no row.
    async fn write(&self, mut lease: Lease, work: &mut dyn Work) -> Result<()> {
        match complete(lease.connection(), work) {
            Err(error) if self.is_to_be_waited_for(&error) => {}
            outcome => return outcome,
        }
        self.enclosed(lease, work).await
    }

    /// Runs a work in a transaction of its own. On an error the lease rolls back.
    async fn enclosed(&self, mut lease: Lease, work: &mut dyn Work) -> Result<()> {
        let step = |words| Step::start(Dialect::Sqlite, words);
        let told = step("BEGIN");
        told.end(self.begin_to_write(&mut lease).await)?;
        if let Err(error) = complete(lease.connection(), work) {
            let told = step("ROLLBACK");
            drop(lease);
            told.end(Ok(()))?;
            return Err(error);
        }
        let told = step("COMMIT");
        told.end(session::commit(lease.connection()))
    }

    /// Whether a statement has done nothing because another process writes.
    fn is_to_be_waited_for(&self, error: &Error) -> bool {
        self.at_once && connect::is_caused_by_busy(error)
    }

    /// Begins a transaction that writes. Another process that does is waited for, and no thread
    /// meanwhile. A process asks again after a few milliseconds, by chance sooner or later, so that
    /// none of many is always the last.
    async fn begin_to_write(&self, lease: &mut Lease) -> Result<()> {
        const BEGIN: &str = "BEGIN IMMEDIATE";
        let end = Instant::now() + self.busy;
        let otherwise = if self.at_once { Duration::ZERO } else { self.busy };
        loop {
            let outcome = lease.connection().at_once(otherwise, |connection| session::run(connection, BEGIN));
            match outcome {
                Err(error) if connect::is_busy(&error) && Instant::now() < end => {
                    executor::sleep(Duration::from_millis(1) + chance(PAUSE)).await;
                }
                outcome => return outcome.map_err(|error| failure::plain(error).with_sql(BEGIN)),
            }
        }
    }
}

/// After at most so long a process asks again whether it may write.
const PAUSE: Duration = Duration::from_millis(8);

/// A random part of a time.
fn chance(most: Duration) -> Duration {
    let random = RandomState::new().hash_one(0) as u32;
    most.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

/// Runs a work of one statement that reads.
fn read(mut lease: Lease, work: &mut dyn Work) -> Result<()> {
    complete(lease.connection(), work)
}

/// Runs a work from its start to its end.
fn complete(connection: &mut Connection, work: &mut dyn Work) -> Result<()> {
    if let Some(running) = work.operation() {
        *running.written = session::execute(connection, running.operation, running.sink)?;
        return Ok(());
    }
    let session = Session::new(connection);
    let mut future = work.run(&session);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => unreachable!("a work waits for its session only, and this one answers at once"),
    }
}
