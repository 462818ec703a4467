//! Transactions: who holds the connection, when it ends, and who may use it meanwhile.
//!
//! A transaction's handle owns the connection's session behind a queue, so that its clones may be
//! used at once and wait for each other. A nested transaction is a savepoint: while it is open it
//! holds its parent's place in the queue, so that the parent waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::adapter::{Access, Transaction, Work};
use crate::db::Db;
use crate::error::{Error, Kind, Result};

/// An open transaction or savepoint; clones are the same one.
#[derive(Clone)]
pub(crate) struct Handle {
    state: Arc<Mutex<State>>,
    /// Set when it ended while somebody else was using it.
    ended: Arc<AtomicBool>,
}

enum State {
    Root(Box<dyn Transaction>),
    /// A savepoint, which borrows the session from the handle around it.
    Nested(OwnedMutexGuard<State>),
    Ended,
}

impl State {
    fn session(&mut self) -> Option<&mut dyn Transaction> {
        match self {
            State::Root(transaction) => Some(&mut **transaction),
            State::Nested(parent) => parent.session(),
            State::Ended => None,
        }
    }

    async fn commit(self) -> Result<()> {
        match self {
            State::Root(transaction) => transaction.commit().await,
            State::Nested(mut parent) => parent.session().ok_or_else(ended)?.release().await,
            State::Ended => Err(ended()),
        }
    }

    async fn rollback(self) -> Result<()> {
        match self {
            State::Root(transaction) => transaction.rollback().await,
            nested => {
                nested.abandon();
                Ok(())
            }
        }
    }

    /// Undoes without waiting. A root's session does so when it is dropped.
    fn abandon(mut self) {
        if let State::Nested(parent) = &mut self
            && let Some(session) = parent.session()
        {
            session.abandon();
        }
    }
}

impl Handle {
    pub(crate) fn root(transaction: Box<dyn Transaction>) -> Self {
        Handle::new(State::Root(transaction))
    }

    fn new(state: State) -> Self {
        Handle { state: Arc::new(Mutex::new(state)), ended: Arc::default() }
    }

    /// Opens a savepoint.
    pub(crate) async fn nest(&self) -> Result<Handle> {
        let mut state = Arc::clone(&self.state).lock_owned().await;
        state.session().ok_or_else(ended)?.savepoint().await?;
        Ok(Handle::new(State::Nested(state)))
    }

    pub(crate) async fn run(&self, access: Access, work: &mut dyn Work) -> Result<()> {
        let mut state = self.state.lock().await;
        let outcome = match state.session() {
            Some(session) => session.run(access, work).await,
            None => Err(ended()),
        };
        if self.ended.load(Ordering::Acquire) {
            std::mem::replace(&mut *state, State::Ended).abandon();
        }
        outcome
    }

    async fn take(&self) -> State {
        std::mem::replace(&mut *self.state.lock().await, State::Ended)
    }
}

/// An open transaction that is rolled back unless it is said otherwise: when its future is
/// dropped, or unwinds.
struct Open(Handle);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::Release);
        // Somebody who is using it right now sees `ended` when they are done.
        if let Ok(mut state) = self.0.state.try_lock() {
            std::mem::replace(&mut *state, State::Ended).abandon();
        }
    }
}

fn ended() -> Error {
    Error::new(Kind::Transaction, "the transaction of this handle has ended")
}

impl Db {
    /// Runs `work` in a transaction: kept when it answers `Ok`, undone when it answers `Err`,
    /// panics, or is dropped before its end. Within a transaction this is a savepoint.
    ///
    /// Inside of `work` only its own handle is to be used.
    ///
    /// # Errors
    ///
    /// Those of `work`, and those of beginning and committing.
    pub async fn transaction<T>(&self, work: impl AsyncFnOnce(Db) -> Result<T>) -> Result<T> {
        self.try_transaction(work).await
    }

    /// The same, with an error type of the caller's.
    ///
    /// # Errors
    ///
    /// Those of `work`, and those of beginning and committing.
    pub async fn try_transaction<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(Db) -> Result<T, E>,
    ) -> Result<T, E> {
        let open = Open(self.begin().await?);
        let handle = Db::of_transaction(self.dialect(), open.0.clone());
        let outcome = outer::enter(self.id(), work(handle)).await;
        let state = open.0.take().await;
        match outcome {
            Ok(value) => state.commit().await.map(|()| value).map_err(E::from),
            Err(error) => {
                // What went wrong first is what the caller wants to know; a connection that
                // cannot roll back is thrown away, which rolls back too.
                _ = state.rollback().await;
                Err(error)
            }
        }
    }
}

/// Which handles have a transaction open around the running code.
pub(crate) mod outer {
    use std::future::Future;

    tokio::task_local! {
        static OUTER: Vec<u64>;
    }

    /// Whether a handle is one of them.
    pub(crate) fn contains(id: u64) -> bool {
        OUTER.try_with(|ids| ids.contains(&id)).unwrap_or(false)
    }

    /// Runs `inner` with one more.
    pub(crate) async fn enter<T>(id: u64, inner: impl Future<Output = T>) -> T {
        let mut ids = OUTER.try_with(Vec::clone).unwrap_or_default();
        ids.push(id);
        OUTER.scope(ids, inner).await
    }
}
