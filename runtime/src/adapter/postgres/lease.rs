//! A connection on lease, and whether it may go back.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use deadpool::managed::Object;
use tokio::runtime::Handle;

use super::cursor::Portals;
use super::session::Failure;
use super::{Connector, connect::Connection, failure};
use crate::adapter::BoxFuture;
use crate::error::{Error, Kind, Result};
use crate::executor;

/// How long a connection whose transaction was dropped has for rolling it back. It is the pool's
/// meanwhile: a server that does not answer is not waited for.
const ROLLBACK: Duration = Duration::from_secs(1);

/// How long stopping a statement may take that nobody waits for any more. Its connection is not the pool's by
/// then.
const STOPPING: Duration = Duration::from_secs(10);

/// How much longer than a statement may take its answer may. Whoever does not answer by then is not
/// there any more, since the server itself stops the statement.
const GRACE: Duration = Duration::from_secs(1);

/// A connection on lease.
pub(super) struct Lease {
    object: Option<Object<Connector>>,
    /// Statements under way.
    busy: AtomicUsize,
    /// Whether a transaction is open.
    open: AtomicBool,
    pub(super) portals: Portals,
    /// How long an answer may take.
    limit: Option<Duration>,
    /// One took longer: nothing that is sent now would be answered in time.
    overdue: AtomicBool,
}

impl Lease {
    /// `statement` is the time that the server gives to a statement.
    pub(super) fn new(object: Object<Connector>, statement: Option<Duration>) -> Self {
        Lease {
            object: Some(object),
            busy: AtomicUsize::new(0),
            open: AtomicBool::new(false),
            portals: Portals::default(),
            limit: statement.map(|limit| limit + GRACE),
            overdue: AtomicBool::new(false),
        }
    }

    /// Waits for an answer; none if it takes too long. The connection is then of no more use. What is large is
    /// to be handed as a pointer to where it is pinned, or each future on the way has room for it twice.
    pub(super) async fn within<T>(&self, answer: impl Future<Output = T>) -> Option<T> {
        if self.overdue.load(Ordering::Relaxed) {
            return None;
        }
        let Some(limit) = self.limit else { return Some(answer.await) };
        let answer = Box::pin(executor::timeout(Some(limit), answer)).await;
        if answer.is_none() {
            self.overdue.store(true, Ordering::Relaxed);
        }
        answer
    }

    /// The failure of what [`Lease::within`] waited for in vain.
    pub(super) fn no_answer(&self) -> Error {
        let limit = self.limit.unwrap_or_default();
        Error::new(Kind::Timeout, format!("PostgreSQL did not answer within {limit:?}"))
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

    /// Nothing is under way, nothing is open; unless an answer did not come.
    pub(super) fn rests(&self) {
        if self.overdue.load(Ordering::Relaxed) {
            return;
        }
        self.busy.store(0, Ordering::Relaxed);
        self.open.store(false, Ordering::Relaxed);
    }

    /// A transaction is begun.
    pub(super) fn begins(&self) {
        self.open.store(true, Ordering::Relaxed);
    }

    /// The failure of a `BEGIN` that was a request of its own, behind which a first statement was sent. Where the
    /// server itself refused it, that statement was in no transaction; where there is no server any more, nothing
    /// is kept.
    pub(super) fn unbegun(&self, error: Error) -> Error {
        if error.kind() == Kind::Connection || self.overdue.load(Ordering::Relaxed) {
            return error;
        }
        let message = format!("{error}: whether the transaction's first statement was kept is not known");
        Error::new(Kind::CommitUnknown, message)
    }

    /// Ends the transaction. The server answers in order, so nothing is under way afterwards.
    pub(super) async fn end(&self, sql: &str) -> Result<()> {
        self.batch(sql).await?;
        self.rests();
        Ok(())
    }

    /// All that was sent is answered; a transaction may be open.
    pub(super) fn settled(&self) {
        self.busy.store(0, Ordering::Relaxed);
    }

    /// Commits, by a text that ends with `COMMIT`. A connection that breaks meanwhile leaves open
    /// whether the server did, which does not matter where nothing was written.
    pub(super) async fn commit(&self, sql: &str, read_only: bool) -> Result<()> {
        self.starts();
        // What a connection that is closed by now is handed, it does not send.
        let may_be_kept = !self.connection().is_closed() && !read_only;
        let Some(outcome) = self.within(pin!(self.connection().batch(sql))).await else {
            return Err(if may_be_kept { failure::unknown(None) } else { self.no_answer() });
        };
        self.answered();
        let error = match outcome {
            Ok(()) => {
                self.rests();
                return Ok(());
            }
            Err(Failure::Theirs(error)) if may_be_kept && failure::is_lost(&error) => {
                failure::unknown(Some(error))
            }
            Err(failure) => self.plain(failure),
        };
        Err(error.with_sql(sql.to_owned()))
    }

    /// Ends a transaction that has only read. Its answer says nothing that matters, and is not waited for:
    /// who has the connection next reads it, before its own.
    pub(super) async fn leave(&self) -> Result<()> {
        const COMMIT: &str = "COMMIT";
        if self.is_busy() || self.connection().pooled.is_some() {
            return self.commit(COMMIT, true).await;
        }
        self.starts();
        if self.within(pin!(self.connection().line.leave(COMMIT))).await.is_none() {
            return Err(self.no_answer());
        }
        self.answered();
        self.rests();
        Ok(())
    }

    /// Sends statements of our own that answer nothing.
    pub(super) async fn batch(&self, sql: &str) -> Result<()> {
        self.starts();
        let answer = self.within(pin!(self.connection().batch(sql))).await;
        self.heard(answer, sql)
    }

    /// The same, each with its semicolon; nothing that is sent from now on can come before them. They leave
    /// together with what is sent next, whose failure is theirs; where a pooler is in between they are a request of
    /// their own, which is to be waited for.
    pub(super) fn ahead(&self, sql: String) -> Option<BoxFuture<'_, Result<()>>> {
        let connection = self.connection();
        if sql.is_empty() {
            return None;
        }
        if connection.pooled.is_none() {
            connection.line.state().put_ahead(&sql);
            return None;
        }
        self.starts();
        Some(Box::pin(async move {
            let answer = self.within(pin!(connection.batch(&sql))).await;
            self.heard(answer, &sql)
        }))
    }

    fn heard(&self, answer: Option<Result<(), Failure>>, sql: &str) -> Result<()> {
        let outcome = answer.ok_or_else(|| self.no_answer())?;
        self.answered();
        outcome.map_err(|failure| self.plain(failure).with_sql(sql.to_owned()))
    }

    /// Whether the server is in the transaction that was begun, or about to be in it, as far as is known.
    pub(super) fn is_begun(&self) -> bool {
        let connection = self.connection();
        connection.pooled.is_some() || !connection.line.state().is_in_none()
    }

    fn plain(&self, failure: Failure) -> Error {
        match failure {
            Failure::Ours(error) => error,
            Failure::Theirs(error) | Failure::Unsent(error) | Failure::Stale(error) => failure::plain(error),
            Failure::Overdue => self.no_answer(),
            Failure::Unfit => Error::new(Kind::InvalidValue, "PostgreSQL cannot hold a value"),
        }
    }
}

/// What a transaction ends with that the server did not begin.
pub(super) fn refused() -> Error {
    Error::new(Kind::Transaction, "PostgreSQL refused to begin this transaction")
}

/// Whether a statement of a transaction failed, after which the server keeps nothing of it.
#[derive(Default)]
pub(super) struct Failed(AtomicU8);

impl Failed {
    const BY_CONFLICT: u8 = 2;

    /// What failed is undone.
    pub(super) fn forget(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// One failed. The first one counts.
    pub(super) fn set(&self, kind: Kind) {
        let how = if kind == Kind::Serialization { Failed::BY_CONFLICT } else { 1 };
        _ = self.0.compare_exchange(0, how, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// # Errors
    ///
    /// When one failed.
    pub(super) fn check(&self) -> Result<()> {
        match self.0.load(Ordering::Relaxed) {
            0 => Ok(()),
            Failed::BY_CONFLICT => Err(Error::new(
                Kind::Serialization,
                "a concurrent transaction came in the way of this one, so that nothing of it can be kept: try all of it again",
            )),
            _ => Err(Error::new(
                Kind::Transaction,
                "a statement failed in this transaction, so that nothing of it can be kept: hand the error on, or \
                 try what may fail in a nested transaction",
            )),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut object) = self.object.take() else { return };
        object.used = Instant::now();
        if let Some(pooled) = &object.pooled {
            pooled.rests();
        }
        // A statement of the user's own may have begun one.
        let (busy, open) = (self.is_busy(), *self.open.get_mut() || object.is_in_transaction());
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
        Object::take(object).close(ROLLBACK).await;
    }
}

/// Stops the statement that nobody waits for any more, and closes the connection. It stays until the server has
/// said so: a pooler in between forgets whom it was to stop when who asked is gone.
async fn cancel(connection: Box<Connection>) {
    let stopping = async {
        if connection.cancel().await.is_ok() {
            _ = connection.client.batch_execute("ROLLBACK").await;
        }
    };
    _ = tokio::time::timeout(STOPPING, stopping).await;
    connection.close(ROLLBACK).await;
}
