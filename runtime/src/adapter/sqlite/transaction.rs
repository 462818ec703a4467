//! An open transaction: the writer on lease.

use super::connection::Connection;
use super::pool::Lease;
use super::{complete, in_place, session};
use crate::adapter::{Access, BoxFuture, Transaction, Work};
use crate::error::Result;

/// An open transaction. Its lease rolls back what is open when it is dropped.
pub(super) struct Open {
    lease: Lease,
    /// How many savepoints are open; the last is called `rex_` and this number.
    savepoints: usize,
}

impl Open {
    pub(super) fn new(lease: Lease) -> Self {
        Open { lease, savepoints: 0 }
    }

    fn open_savepoint(&mut self) -> Result<()> {
        let sql = format!("SAVEPOINT rex_{}", self.savepoints + 1);
        session::batch(self.lease.connection(), &sql)?;
        self.savepoints += 1;
        Ok(())
    }

    fn release_savepoint(&mut self) -> Result<()> {
        let sql = format!("RELEASE rex_{}", self.savepoints);
        let outcome = session::batch(self.lease.connection(), &sql);
        match outcome {
            Ok(()) => self.savepoints -= 1,
            Err(_) => self.undo_savepoint(),
        }
        outcome
    }

    fn undo_savepoint(&mut self) {
        let name = format!("rex_{}", self.savepoints);
        self.savepoints -= 1;
        // Fails only when SQLite has already rolled all of it back.
        _ = undo(self.lease.connection(), &name);
    }
}

fn undo(connection: &Connection, name: &str) -> Result<()> {
    session::batch(connection, &format!("ROLLBACK TO {name}; RELEASE {name}"))
}

impl Transaction for Open {
    fn run<'a>(&'a mut self, access: Access, work: &'a mut dyn Work) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            in_place(work.is_short(), || {
                if access != Access::Atomic {
                    return complete(self.lease.connection(), work);
                }
                self.open_savepoint()?;
                match complete(self.lease.connection(), work) {
                    Ok(()) => self.release_savepoint(),
                    Err(error) => {
                        self.undo_savepoint();
                        Err(error)
                    }
                }
            })
        })
    }

    fn savepoint(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { self.open_savepoint() })
    }

    fn release(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { self.release_savepoint() })
    }

    fn abandon(&mut self) {
        self.undo_savepoint();
    }

    fn commit(mut self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move { in_place(true, || session::batch(self.lease.connection(), "COMMIT")) })
    }

    fn rollback(mut self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move { in_place(true, || session::batch(self.lease.connection(), "ROLLBACK")) })
    }
}
