//! An open transaction: the writer on lease.

use rex_sql::Dialect;

use super::connection::Connection;
use super::pool::Lease;
use super::{complete, failure, session};
use crate::adapter::{Access, BoxFuture, Transaction, Work};
use crate::error::{Error, Kind, Result};
use crate::transaction::TransactionOptions;
use crate::watch::Step;

/// An open transaction. Its lease rolls back what is open when it is dropped.
pub(super) struct Open {
    lease: Lease,
    /// How many savepoints are open; the last is called `rex_` and this number.
    savepoints: usize,
    /// The connection refuses to write until the end, and did not before.
    refuses: bool,
}

impl Open {
    pub(super) fn new(mut lease: Lease, options: TransactionOptions) -> Result<Self> {
        // A connection that reads refuses anyway; the one of a database in memory does both.
        let refuses = options.is_read_only() && !refuses_writes(lease.connection())?;
        if refuses {
            session::batch(lease.connection(), "PRAGMA query_only = ON")?;
        }
        Ok(Open { lease, savepoints: 0, refuses })
    }

    /// After some failures, of the disk say, SQLite has undone all of a transaction: what would be
    /// sent now would not be in it.
    fn check(&mut self) -> Result<()> {
        if !self.lease.connection().is_autocommit() {
            return Ok(());
        }
        let message = "a failure made SQLite undo this transaction, so that nothing of it can be kept: hand the error on";
        Err(Error::new(Kind::Transaction, message))
    }

    fn open_savepoint(&mut self) -> Result<()> {
        self.check()?;
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

impl Drop for Open {
    fn drop(&mut self) {
        if self.refuses {
            _ = session::batch(self.lease.connection(), "PRAGMA query_only = OFF");
        }
    }
}

fn refuses_writes(connection: &Connection) -> Result<bool> {
    let asked = connection.query_row("PRAGMA query_only", [], |row| row.get(0));
    asked.map_err(failure::plain)
}

fn undo(connection: &Connection, name: &str) -> Result<()> {
    session::batch(connection, &format!("ROLLBACK TO {name}; RELEASE {name}"))
}

impl Transaction for Open {
    fn run<'a>(&'a mut self, access: Access, work: &'a mut dyn Work) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if access != Access::Atomic {
                self.check()?;
                return complete(self.lease.connection(), work);
            }
            let step = |words| Step::start(Dialect::Sqlite, words);
            let told = step("SAVEPOINT");
            told.end(self.open_savepoint())?;
            if let Err(error) = complete(self.lease.connection(), work) {
                let told = step("ROLLBACK TO SAVEPOINT");
                self.undo_savepoint();
                told.end(Ok(()))?;
                return Err(error);
            }
            let told = step("RELEASE SAVEPOINT");
            told.end(self.release_savepoint())
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

    fn close(&mut self, cursor: u64) {
        self.lease.connection().close_cursor(cursor);
    }

    fn commit(mut self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            self.check()?;
            session::commit(self.lease.connection())
        })
    }

    fn rollback(mut self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move { session::control(self.lease.connection(), "ROLLBACK") })
    }
}
