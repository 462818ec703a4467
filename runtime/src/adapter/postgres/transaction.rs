//! An open transaction: a connection on lease.

use std::sync::atomic::{AtomicBool, Ordering};

use super::lease::Lease;
use super::session::Session;
use crate::adapter::{Access, BoxFuture, Transaction, Work};
use crate::error::{Error, Kind, Result};

/// An open transaction. Its lease rolls back what is open when it is dropped.
pub(super) struct Open {
    lease: Lease,
    /// How many savepoints are open; the last is called `rex_` and this number.
    savepoints: usize,
    /// What has to be sent before anything else: the undoing of abandoned savepoints.
    pending: String,
    /// A statement failed since the last open savepoint: the server takes no other.
    failed: AtomicBool,
    /// The last savepoint is being worked in or released by a future; when the next one finds
    /// this set, that future was dropped.
    unfinished: bool,
}

impl Open {
    pub(super) fn new(lease: Lease) -> Self {
        Open {
            lease,
            savepoints: 0,
            pending: String::new(),
            failed: AtomicBool::new(false),
            unfinished: false,
        }
    }

    async fn settle(&mut self) -> Result<()> {
        if std::mem::take(&mut self.unfinished) {
            self.abandon();
        }
        if !self.pending.is_empty() {
            self.lease.batch(&self.pending).await?;
            self.pending.clear();
        }
        Ok(())
    }

    async fn open_savepoint(&mut self) -> Result<()> {
        self.settle().await?;
        self.check().await?;
        self.lease.batch(&format!("SAVEPOINT rex_{}", self.savepoints + 1)).await?;
        self.savepoints += 1;
        Ok(())
    }

    async fn release_savepoint(&mut self) -> Result<()> {
        self.settle().await?;
        self.unfinished = true;
        let mut outcome = self.check().await;
        if outcome.is_ok() {
            outcome = self.lease.batch(&format!("RELEASE rex_{}", self.savepoints)).await;
        }
        self.unfinished = false;
        match outcome {
            Ok(()) => self.savepoints -= 1,
            Err(_) => self.abandon(),
        }
        outcome
    }

    /// The server keeps nothing after a failed statement, and does not say so at the end.
    async fn check(&self) -> Result<()> {
        // A statement whose future was dropped may have failed unseen: one more shows it.
        let unseen = self.lease.is_busy() && self.lease.batch("SELECT 1").await.is_err();
        if unseen || self.failed.load(Ordering::Relaxed) {
            let message = "a statement failed in this transaction, so that nothing of it can be kept: hand the error on, or \
                           try what may fail in a nested transaction";
            return Err(Error::new(Kind::Transaction, message));
        }
        Ok(())
    }
}

impl Transaction for Open {
    fn run<'a>(&'a mut self, access: Access, work: &'a mut dyn Work) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if access != Access::Atomic {
                self.settle().await?;
                return work.run(&Session::watched(&self.lease, &self.failed)).await;
            }
            self.open_savepoint().await?;
            self.unfinished = true;
            let outcome = work.run(&Session::watched(&self.lease, &self.failed)).await;
            self.unfinished = false;
            match outcome {
                Ok(()) => self.release_savepoint().await,
                Err(error) => {
                    self.abandon();
                    Err(error)
                }
            }
        })
    }

    fn savepoint(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.open_savepoint())
    }

    fn release(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.release_savepoint())
    }

    fn abandon(&mut self) {
        let name = format!("rex_{}", self.savepoints);
        self.pending.push_str(&format!("ROLLBACK TO {name}; RELEASE {name};"));
        self.savepoints -= 1;
        // A savepoint is opened only while nothing has failed.
        self.failed.store(false, Ordering::Relaxed);
    }

    fn commit(mut self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            self.settle().await?;
            match self.check().await {
                Ok(()) => self.lease.end("COMMIT").await,
                Err(error) => {
                    self.lease.end("ROLLBACK").await?;
                    Err(error)
                }
            }
        })
    }

    fn rollback(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move { self.lease.end("ROLLBACK").await })
    }
}
