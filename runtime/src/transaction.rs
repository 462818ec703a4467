//! Transactions: how they are opened and how they end.
//!
//! - `handle`: who holds the session, and what becomes of it
//! - `guard`, `with`: the forms beside the plain closure, which is here
//! - `outer`: keeps code in a closure from using the handle outside of it

mod guard;
mod handle;
mod options;
pub(crate) mod outer;
mod with;

use crate::db::Db;
use crate::error::{Error, Result};

pub use guard::Transaction;
pub(crate) use handle::{Form, Handle, Open};
pub use options::{Isolation, TransactionOptions};
pub use with::TransactionWith;

impl Db {
    /// Runs `work` in a transaction: kept when it answers `Ok`, undone when it answers `Err`,
    /// panics, or is dropped before its end. Within a transaction this is a savepoint.
    ///
    /// Inside of `work` only its own handle is to be used.
    ///
    /// # Errors
    ///
    /// Those of `work`, and those of beginning and committing.
    pub async fn transaction<T, F: Future<Output = Result<T>>>(
        &self,
        work: impl FnOnce(Db) -> F,
    ) -> Result<T> {
        self.try_transaction(work).await
    }

    /// The same, with an error type of the caller's.
    ///
    /// # Errors
    ///
    /// Those of `work`, and those of beginning and committing.
    pub async fn try_transaction<T, E: From<Error>, F: Future<Output = Result<T, E>>>(
        &self,
        work: impl FnOnce(Db) -> F,
    ) -> Result<T, E> {
        let open = Open::new(self.begin_handle(TransactionOptions::new(), Form::Closure).await?);
        let handle = self.within(open.handle().clone());
        match outer::enter(self.id(), work(handle)).await {
            Ok(value) => open.commit().await.map(|()| value).map_err(E::from),
            Err(error) => {
                // What went wrong first is what the caller wants to know; a connection that
                // cannot roll back is thrown away, which rolls back too.
                _ = open.rollback().await;
                Err(error)
            }
        }
    }

    /// Opens a transaction that ends by its `commit`; within a transaction, a savepoint.
    ///
    /// # Errors
    ///
    /// When it cannot be begun.
    pub async fn begin(&self) -> Result<Transaction> {
        self.transaction_with(TransactionOptions::new()).begin().await
    }

    /// A transaction with options: an [`Isolation`], or [`TransactionOptions`].
    pub fn transaction_with(&self, options: impl Into<TransactionOptions>) -> TransactionWith {
        TransactionWith::new(self.clone(), options.into())
    }
}
