//! An open transaction: a connection on lease.

use std::fmt::Write as _;

use super::cursor;
use super::lease::{Failed, Lease};
use super::session::Session;
use crate::adapter::{Access, BoxFuture, Transaction, Work};
use crate::error::Result;
use crate::transaction::{Isolation, TransactionOptions};

/// An open transaction. Its lease rolls back what is open when it is dropped.
pub(super) struct Open {
    lease: Lease,
    /// The numbers of the savepoints that are open; each is called `rex_` and its number.
    savepoints: Vec<u64>,
    /// How many savepoints there have been: a name is used once, so that what is sent late means
    /// what it meant.
    numbered: u64,
    /// What has to be sent before anything else: beginnings and ends of savepoints.
    pending: String,
    /// A statement failed since the last open savepoint: the server takes no other.
    failed: Failed,
    /// The last savepoint is being worked in or released by a future; when the next one finds
    /// this set, that future was dropped.
    unfinished: bool,
    /// Nothing is written, so that it does not matter whether a commit arrived.
    read_only: bool,
}

impl Open {
    pub(super) fn new(lease: Lease, options: TransactionOptions) -> Self {
        Open {
            lease,
            savepoints: Vec::new(),
            numbered: 0,
            pending: String::new(),
            failed: Failed::default(),
            unfinished: false,
            read_only: options.is_read_only(),
        }
    }

    /// Sends what is pending. It is under way from the first poll on, and so is not sent again if
    /// this future is dropped.
    async fn settle(&mut self) -> Result<()> {
        self.abandon_unfinished();
        if self.pending.is_empty() {
            return Ok(());
        }
        let pending = std::mem::take(&mut self.pending);
        self.lease.batch(&pending).await.inspect_err(|error| self.failed.set(error.kind()))
    }

    fn abandon_unfinished(&mut self) {
        if std::mem::take(&mut self.unfinished) {
            self.abandon();
        }
    }

    /// The server hears of it with the next statement.
    async fn open_savepoint(&mut self) -> Result<()> {
        self.abandon_unfinished();
        self.check().await?;
        self.numbered += 1;
        self.savepoints.push(self.numbered);
        self.say("SAVEPOINT", self.numbered);
        Ok(())
    }

    async fn release_savepoint(&mut self) -> Result<()> {
        self.abandon_unfinished();
        self.unfinished = true;
        let outcome = self.check().await;
        self.unfinished = false;
        if outcome.is_err() {
            self.abandon();
        } else if let Some(number) = self.savepoints.pop() {
            self.say("RELEASE", number);
        }
        outcome
    }

    fn say(&mut self, what: &str, savepoint: u64) {
        write!(self.pending, "{what} rex_{savepoint};").expect("text can be written to");
    }

    /// The server keeps nothing after a failed statement, and the driver does not tell how a
    /// commit was answered.
    async fn check(&mut self) -> Result<()> {
        // A statement whose future was dropped may have failed unseen: one more shows it. What is
        // pending is sent after those, and so means the same when it is sent now.
        if self.lease.is_busy() {
            let pending = std::mem::take(&mut self.pending) + "SELECT 1";
            match self.lease.batch(&pending).await {
                Ok(()) => self.lease.settled(),
                Err(error) => self.failed.set(error.kind()),
            }
        }
        self.failed.check()
    }
}

impl Transaction for Open {
    fn run<'a>(&'a mut self, access: Access, work: &'a mut dyn Work) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if access != Access::Atomic {
                self.settle().await?;
                return Session::watched(&self.lease, &self.failed).run(work).await;
            }
            self.open_savepoint().await?;
            self.unfinished = true;
            let sent = std::mem::take(&mut self.pending);
            let outcome = match self.lease.batch(&sent).await {
                Ok(()) => Session::watched(&self.lease, &self.failed).run(work).await,
                Err(error) => Err(error),
            };
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
        if let Some(number) = self.savepoints.pop() {
            self.say("ROLLBACK TO", number);
            self.say("RELEASE", number);
            // A savepoint is opened only while nothing has failed.
            self.failed = Failed::default();
        }
    }

    fn close(&mut self, cursor: u64) {
        // After a failure the server closes it when that is undone.
        if self.failed.check().is_ok() {
            self.pending.push_str(&cursor::close(cursor));
        }
    }

    fn commit(mut self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            self.abandon_unfinished();
            match self.check().await {
                Ok(()) => {
                    let text = std::mem::take(&mut self.pending) + "COMMIT";
                    self.lease.commit(&text, self.read_only).await
                }
                Err(error) => {
                    // A connection that cannot roll back is thrown away, which rolls back too.
                    _ = self.lease.end("ROLLBACK").await;
                    Err(error)
                }
            }
        })
    }

    fn rollback(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move { self.lease.end("ROLLBACK").await })
    }
}

/// The statement that begins a transaction.
pub(super) fn begin(options: TransactionOptions) -> String {
    let level = options.asked_isolation().map(|isolation| match isolation {
        Isolation::ReadCommitted => " ISOLATION LEVEL READ COMMITTED",
        Isolation::RepeatableRead => " ISOLATION LEVEL REPEATABLE READ",
        Isolation::Serializable => " ISOLATION LEVEL SERIALIZABLE",
    });
    let read_only = if options.is_read_only() { " READ ONLY" } else { "" };
    let deferrable = if options.is_deferrable() { " DEFERRABLE" } else { "" };
    format!("BEGIN{}{read_only}{deferrable}", level.unwrap_or_default())
}
