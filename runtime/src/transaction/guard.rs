//! A transaction that ends by a call.

use std::fmt;
use std::ops::Deref;

use super::handle::Open;
use crate::db::Db;
use crate::error::Result;

/// An open transaction, used as the handle of the database that it is in: `tx.user().find()`.
/// Dropped before [`commit`](Transaction::commit), it is rolled back.
///
/// While a nested one is open (`tx.begin()`), this one refuses what it is asked for.
#[must_use = "a transaction that is dropped is rolled back"]
pub struct Transaction<D = Db> {
    open: Open,
    db: D,
}

impl<D> Transaction<D> {
    pub(super) fn new(open: Open, db: D) -> Self {
        Transaction { open, db }
    }

    /// Ends it, keeping what was done. A nested one is kept if those around it are.
    ///
    /// # Errors
    ///
    /// When nothing was kept; but for [`Kind::CommitUnknown`](crate::Kind::CommitUnknown), which
    /// says that it may have been.
    pub async fn commit(self) -> Result<()> {
        self.open.commit().await
    }

    /// Ends it, undoing what was done.
    ///
    /// # Errors
    ///
    /// When the database does not answer. It undoes all the same.
    pub async fn rollback(self) -> Result<()> {
        self.open.rollback().await
    }

    /// The same with another handle.
    #[doc(hidden)]
    pub fn map<E>(self, wrap: impl FnOnce(D) -> E) -> Transaction<E> {
        Transaction { open: self.open, db: wrap(self.db) }
    }
}

impl<D> Deref for Transaction<D> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.db
    }
}

impl<D: fmt::Debug> fmt::Debug for Transaction<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Transaction").field(&self.db).finish()
    }
}
