//! Connections that are free, and those on lease.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect::Opener;
use super::connection::Connection;
use crate::error::{Error, Kind, Result};
use crate::executor;
use crate::watch::Gauges;

/// Connections of one sort. They are opened when they are first needed, and given out in the
/// order in which they are asked for.
pub(super) struct Pool {
    #[allow(clippy::vec_box, reason = "a lease is handed about often, and a connection is large")]
    free: Mutex<Vec<Box<Connection>>>,
    permits: Arc<Semaphore>,
    limits: Limits,
    open: Opener,
    waiting: AtomicUsize,
}

/// One who waits for a connection, until it is dropped.
struct Waiting<'p>(&'p AtomicUsize);

impl<'p> Waiting<'p> {
    fn among(waiting: &'p AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How many connections there are, and for how long.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) size: usize,
    /// Whether they write; then there is one.
    pub(super) writes: bool,
    /// How long one waits for a connection.
    pub(super) acquire: Option<Duration>,
    /// How long a connection may be unused; those that are longer are closed when one is given out.
    pub(super) idle: Option<Duration>,
    pub(super) age: Option<Duration>,
}

impl Pool {
    pub(super) fn new(limits: Limits, open: Opener) -> Self {
        Pool {
            free: Mutex::default(),
            permits: Arc::new(Semaphore::new(limits.size)),
            limits,
            open,
            waiting: AtomicUsize::new(0),
        }
    }

    /// Opens the first connection, so that what is wrong shows when connecting.
    pub(super) fn prime(&self) -> Result<()> {
        self.give_back(Box::new((self.open)()?));
        Ok(())
    }

    pub(super) async fn lease(self: &Arc<Self>) -> Result<Lease> {
        // Without a free one there is something to wait for, and a clock is needed.
        let permit = match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                let _waiting = Waiting::among(&self.waiting);
                let permits = Arc::clone(&self.permits);
                let permit = executor::timeout(self.limits.acquire, permits.acquire_owned()).await;
                permit.ok_or_else(|| self.exhausted())?.expect("the semaphore is never closed")
            }
        };
        self.lease_with(permit)
    }

    /// A connection, if nobody has to be waited for.
    pub(super) fn lease_at_once(self: &Arc<Self>) -> Option<Result<Lease>> {
        let permit = Arc::clone(&self.permits).try_acquire_owned().ok()?;
        Some(self.lease_with(permit))
    }

    fn lease_with(self: &Arc<Self>, permit: OwnedSemaphorePermit) -> Result<Lease> {
        let connection = match self.take() {
            Some(connection) => connection,
            None => Box::new((self.open)()?),
        };
        Ok(Lease { connection: Some(connection), pool: Arc::clone(self), is_long: false, _permit: permit })
    }

    /// The one that was used last, so that the others may expire.
    fn take(&self) -> Option<Box<Connection>> {
        let Limits { idle, age, .. } = self.limits;
        // The clock is looked at once, and not at all where nothing expires.
        let now = (idle.is_some() || age.is_some()).then(Instant::now);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(now) = now else { return free.pop() };
        let expired: Vec<_> =
            free.extract_if(.., |connection| connection.is_expired(now, idle, age)).collect();
        let mut taken = free.pop();
        drop(free);
        // Closed while nobody waits for the list.
        drop(expired);
        if let Some(connection) = &mut taken {
            connection.is_used_at(now);
        }
        taken
    }

    fn give_back(&self, connection: Box<Connection>) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }

    pub(super) fn gauges(&self) -> Gauges {
        let idle = self.free.lock().unwrap_or_else(PoisonError::into_inner).len();
        let used = self.limits.size - self.permits.available_permits();
        Gauges::new(self.limits.size, used + idle, idle, self.waiting.load(Ordering::Relaxed))
    }

    fn exhausted(&self) -> Error {
        let Limits { size, acquire, .. } = self.limits;
        let waited = acquire.unwrap_or_default();
        let message = match self.limits.writes {
            true => format!(
                "SQLite's one writing connection did not become free within {waited:?}: somebody's transaction is open \
                 for longer; if it is this task's own (`let tx = db.begin()`), write with `tx`, not with `db`"
            ),
            false => format!(
                "a connection did not become free within {waited:?} (connections: {size}): transactions or streams may \
                 be open for too long"
            ),
        };
        Error::new(Kind::PoolExhausted, message)
    }
}

/// A connection on lease. Given back, it has no transaction open: one that was left is rolled
/// back here and now.
pub(super) struct Lease {
    connection: Option<Box<Connection>>,
    pool: Arc<Pool>,
    /// Whether it is kept for longer than one work, so that the end of its use is not its start.
    is_long: bool,
    /// Given up after the connection is back.
    _permit: OwnedSemaphorePermit,
}

impl Lease {
    /// The same, for longer than one work.
    pub(super) fn for_long(mut self) -> Self {
        self.is_long = true;
        self
    }

    /// Closes the connection; the next lease opens another.
    pub(super) fn close(mut self) {
        drop(self.connection.take());
    }

    /// The driver's own connection.
    pub(super) fn driver(&self) -> &rusqlite::Connection {
        self.connection.as_ref().expect("a lease has its connection until it is dropped")
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("a lease has its connection until it is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        connection.rests();
        if self.is_long {
            connection.is_used_at(Instant::now());
        }
        if !connection.is_autocommit() {
            _ = connection.execute_batch("ROLLBACK");
        }
        // One that cannot be brought to rest is closed; the next lease opens another.
        if connection.is_autocommit() {
            self.pool.give_back(connection);
        }
    }
}
