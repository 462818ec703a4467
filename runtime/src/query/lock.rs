//! Locks on the rows that a finder finds, for schemas that are served by PostgreSQL alone: SQLite has
//! one writer at a time, and locks no rows.
//!
//! A lock holds until the transaction ends, so that it means something within one only.

use rex_sql::{Strength, Wait};

use super::find::Find;
use crate::model::{Lockable, Model};

impl<M: Model, L, C> Find<M, L, C> {
    /// Locks the rows: nobody else changes or locks them.
    pub fn for_update(mut self) -> Self
    where
        M: Lockable,
    {
        self.tail.lock(Strength::Update);
        self
    }

    /// Locks the rows against changes: others may lock them so too.
    pub fn for_share(mut self) -> Self
    where
        M: Lockable,
    {
        self.tail.lock(Strength::Share);
        self
    }

    /// Leaves out rows that another transaction has locked, as the workers of a queue do.
    pub fn skip_locked(mut self) -> Self
    where
        M: Lockable,
    {
        self.tail.wait(Wait::Skip);
        self
    }

    /// Fails at a row that another transaction has locked.
    pub fn no_wait(mut self) -> Self
    where
        M: Lockable,
    {
        self.tail.wait(Wait::Fail);
        self
    }
}
