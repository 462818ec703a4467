//! A connection on lease, and whether it may go back.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use deadpool::managed::Object;
use tokio::runtime::Handle;
use tokio_postgres::NoTls;

use super::{Connector, connect::Connection, failure};
use crate::error::Result;

/// How long a connection whose transaction was dropped has for rolling it back.
const ROLLBACK: Duration = Duration::from_secs(5);

/// A connection on lease.
pub(super) struct Lease {
    object: Option<Object<Connector>>,
    /// Statements under way.
    busy: AtomicUsize,
    /// Whether a transaction is open.
    open: AtomicBool,
}

impl Lease {
    pub(super) fn new(object: Object<Connector>) -> Self {
        Lease { object: Some(object), busy: AtomicUsize::new(0), open: AtomicBool::new(false) }
    }

    pub(super) fn connection(&self) -> &Connection {
        self.object.as_ref().expect("a lease has its connection until it is dropped")
    }

    /// A statement is sent.
    pub(super) fn starts(&self) {
        self.busy.fetch_add(1, Ordering::Relaxed);
    }

    /// A statement is answered.
    pub(super) fn answered(&self) {
        self.busy.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether a statement was sent whose answer nobody read.
    pub(super) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed) > 0
    }

    /// Nothing is under way, nothing is open.
    pub(super) fn rests(&self) {
        self.busy.store(0, Ordering::Relaxed);
        self.open.store(false, Ordering::Relaxed);
    }

    pub(super) async fn begin(&self, sql: &str) -> Result<()> {
        self.open.store(true, Ordering::Relaxed);
        self.batch(sql).await
    }

    /// Ends the transaction. The server answers in order, so nothing is under way afterwards.
    pub(super) async fn end(&self, sql: &str) -> Result<()> {
        self.batch(sql).await?;
        self.rests();
        Ok(())
    }

    /// Sends statements of our own that answer nothing.
    pub(super) async fn batch(&self, sql: &str) -> Result<()> {
        self.starts();
        let outcome = self.connection().client.batch_execute(sql).await;
        self.answered();
        outcome.map_err(|error| failure::plain(error).with_sql(sql.to_owned()))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut object) = self.object.take() else { return };
        object.used = Instant::now();
        let (busy, open) = (self.is_busy(), *self.open.get_mut());
        if !busy && !open {
            return;
        }
        match Handle::try_current() {
            Ok(runtime) if !busy => {
                runtime.spawn(roll_back(object));
            }
            Ok(runtime) => {
                runtime.spawn(cancel(Object::take(object)));
            }
            // Closed, and so rolled back by the server.
            Err(_) => drop(Object::take(object)),
        }
    }
}

/// Gives the connection back once it is at rest, or closes it.
async fn roll_back(object: Object<Connector>) {
    let rolling_back = tokio::time::timeout(ROLLBACK, object.client.batch_execute("ROLLBACK"));
    let at_rest = matches!(rolling_back.await, Ok(Ok(())));
    if !at_rest {
        drop(Object::take(object));
    }
}

/// Stops the statement that nobody waits for any more, and closes the connection.
async fn cancel(connection: Connection) {
    let token = connection.client.cancel_token();
    _ = tokio::time::timeout(ROLLBACK, token.cancel_query(NoTls)).await;
}
