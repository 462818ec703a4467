//! Connections that are free, and those on lease.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect::Opener;
use super::connection::Connection;
use crate::error::{Error, Kind, Result};

/// Connections of one sort. They are opened when they are first needed, and given out in the
/// order in which they are asked for.
pub(super) struct Pool {
    free: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
    size: usize,
    timeout: Duration,
    open: Opener,
}

impl Pool {
    pub(super) fn new(size: usize, timeout: Duration, open: Opener) -> Self {
        Pool { free: Mutex::default(), permits: Arc::new(Semaphore::new(size)), size, timeout, open }
    }

    /// Opens the first connection, so that what is wrong shows when connecting.
    pub(super) fn prime(&self) -> Result<()> {
        self.give_back(Connection::new((self.open)()?));
        Ok(())
    }

    pub(super) async fn lease(self: &Arc<Self>) -> Result<Lease> {
        let permits = Arc::clone(&self.permits);
        // Without a free one there is something to wait for, and a runtime's clock is needed.
        let permit = match Arc::clone(&permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                let waiting = tokio::time::timeout(self.timeout, permits.acquire_owned());
                let permit = waiting.await.map_err(|_| self.exhausted())?;
                permit.expect("the semaphore is never closed")
            }
        };
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match free {
            Some(connection) => connection,
            None => Connection::new((self.open)()?),
        };
        Ok(Lease { connection: Some(connection), pool: Arc::clone(self), _permit: permit })
    }

    fn give_back(&self, connection: Connection) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }

    fn exhausted(&self) -> Error {
        let what = if self.size == 1 { "the writing connection" } else { "a connection" };
        let message = format!(
            "{what} did not become free within {} s (connections: {}): a transaction may be open for too long",
            self.timeout.as_secs(),
            self.size
        );
        Error::new(Kind::PoolExhausted, message)
    }
}

/// A connection on lease. Given back, it has no transaction open: one that was left is rolled
/// back here and now.
pub(super) struct Lease {
    connection: Option<Connection>,
    pool: Arc<Pool>,
    /// Given up after the connection is back.
    _permit: OwnedSemaphorePermit,
}

impl Lease {
    pub(super) fn connection(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("a lease has its connection until it is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if !connection.is_autocommit() {
            _ = connection.execute_batch("ROLLBACK");
        }
        // One that cannot be brought to rest is closed; the next lease opens another.
        if connection.is_autocommit() {
            self.pool.give_back(connection);
        }
    }
}
