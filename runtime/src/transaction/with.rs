//! A transaction with options, tried again when others come in its way.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use super::guard::Transaction;
use super::handle::{Form, Handle, Open};
use super::options::TransactionOptions;
use super::outer;
use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::executor;

/// A transaction to come: `transaction_with(Isolation::Serializable).retry(5).run(…)`.
#[must_use = "nothing happens before `run`, `try_run` or `begin`"]
pub struct TransactionWith<D = Db> {
    db: Db,
    wrap: fn(Db) -> D,
    options: TransactionOptions,
    retries: u32,
}

impl<D> fmt::Debug for TransactionWith<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactionWith")
            .field("options", &self.options)
            .field("retries", &self.retries)
            .finish()
    }
}

impl TransactionWith {
    pub(super) fn new(db: Db, options: TransactionOptions) -> Self {
        TransactionWith { db, wrap: |db| db, options, retries: 0 }
    }

    /// The same with another handle.
    #[doc(hidden)]
    pub fn map<D>(self, wrap: fn(Db) -> D) -> TransactionWith<D> {
        TransactionWith { db: self.db, wrap, options: self.options, retries: self.retries }
    }
}

impl<D> TransactionWith<D> {
    /// As [`TransactionOptions::read_only`].
    pub fn read_only(mut self) -> Self {
        self.options = self.options.read_only();
        self
    }

    /// As [`TransactionOptions::deferrable`].
    pub fn deferrable(mut self) -> Self {
        self.options = self.options.deferrable();
        self
    }

    /// Runs the whole again, at most so many times, when a concurrent transaction came in the way
    /// ([`Kind::Serialization`]: a serialization failure, a deadlock, a busy database), be it at the
    /// commit. Before each time it waits for longer, by chance.
    ///
    /// It does not run again when it is not known whether it was committed
    /// ([`Kind::CommitUnknown`]), and a nested transaction does not: the outermost one does.
    pub fn retry(mut self, times: u32) -> Self {
        self.retries = times;
        self
    }

    /// Opens it. It ends by its [`commit`](Transaction::commit).
    ///
    /// # Errors
    ///
    /// When it cannot be begun.
    pub async fn begin(self) -> Result<Transaction<D>> {
        let handle = self.db.begin_handle(self.options, Form::Guard).await?;
        let db = self.handle(&handle);
        Ok(Transaction::new(Open::new(handle), db))
    }

    /// Runs `work` in it: kept when it answers `Ok`, undone when it answers `Err`, panics, or is
    /// dropped before its end.
    ///
    /// # Errors
    ///
    /// Those of `work`, and those of beginning and committing.
    pub async fn run<T, Fut>(self, work: impl Fn(D) -> Fut) -> Result<T>
    where
        Fut: Future<Output = Result<T>>,
    {
        self.try_run(work).await
    }

    /// The same, with an error type of the caller's.
    ///
    /// # Errors
    ///
    /// Those of `work`, and those of beginning and committing.
    pub async fn try_run<T, E, Fut>(self, work: impl Fn(D) -> Fut) -> Result<T, E>
    where
        E: From<Error>,
        Fut: Future<Output = Result<T, E>>,
    {
        let mut attempts = 0;
        loop {
            match self.attempt(&work).await {
                Err(failure) if failure.may_retry && attempts < self.retries => {
                    pause(attempts).await;
                    attempts += 1;
                }
                outcome => return outcome.map_err(|failure| failure.error),
            }
        }
    }

    async fn attempt<T, E, Fut>(&self, work: impl Fn(D) -> Fut) -> Result<T, Failure<E>>
    where
        E: From<Error>,
        Fut: Future<Output = Result<T, E>>,
    {
        let handle =
            self.db.begin_handle(self.options, Form::Closure).await.map_err(|error| self.failure(error))?;
        let open = Open::new(handle);
        match outer::enter(self.db.id(), work(self.handle(open.handle()))).await {
            Ok(value) => open.commit().await.map(|()| value).map_err(|error| self.failure(error)),
            Err(error) => {
                let may_retry = open.handle().met_conflict() && !self.db.is_transaction();
                // What went wrong first is what the caller wants to know; a connection that
                // cannot roll back is thrown away, which rolls back too.
                _ = open.rollback().await;
                Err(Failure { error, may_retry })
            }
        }
    }

    fn handle(&self, handle: &Handle) -> D {
        (self.wrap)(self.db.within(handle.clone()))
    }

    fn failure<E: From<Error>>(&self, error: Error) -> Failure<E> {
        let may_retry = error.kind() == Kind::Serialization && !self.db.is_transaction();
        Failure { error: error.into(), may_retry }
    }
}

struct Failure<E> {
    error: E,
    may_retry: bool,
}

/// The longest pause before the first further attempt; before each next one it is twice as long.
const PAUSE: Duration = Duration::from_millis(10);
/// The longest pause of all.
const LONGEST: Duration = Duration::from_secs(1);

/// Waits, so that those who met do not meet again.
async fn pause(attempts: u32) {
    let longest = PAUSE.saturating_mul(1 << attempts.min(16)).min(LONGEST);
    let chance = RandomState::new().hash_one(attempts) as u32;
    executor::sleep(longest.mul_f64(f64::from(chance) / f64::from(u32::MAX))).await;
}
