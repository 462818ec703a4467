//! An open transaction: a connection on lease.
//!
//! `BEGIN` travels with the first statement: both are sent before the first is answered, and a
//! transaction in which nothing is sent costs nothing.

use std::fmt::Write as _;

use super::behind::behind;
use super::cursor;
use super::lease::{Failed, Lease};
use super::session::Session;
use crate::adapter::{Access, BoxFuture, Transaction, Work};
use crate::error::{Error, Kind, Result};
use crate::transaction::{Isolation, TransactionOptions};

/// An open transaction. Its lease rolls back what is open when it is dropped.
pub(super) struct Open {
    lease: Lease,
    /// The numbers of the savepoints that are open; each is called `rex_` and its number.
    savepoints: Vec<u64>,
    /// How many savepoints there have been: a name is used once, so that what is sent late means
    /// what it meant.
    numbered: u64,
    /// What has to be sent before anything else: the transaction's beginning, beginnings and ends of
    /// savepoints.
    pending: String,
    stage: Stage,
    /// A statement failed since the last open savepoint: the server takes no other.
    failed: Failed,
    /// The last savepoint is being worked in or released by a future; when the next one finds
    /// this set, that future was dropped.
    unfinished: bool,
    /// Nothing is written, so that it does not matter whether a commit arrived.
    read_only: bool,
}

/// How far a transaction has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Its `BEGIN` is pending.
    Unsent,
    /// It is sent.
    Sent,
    /// The server refused it: what is sent now would be in no transaction.
    Refused,
}

impl Open {
    pub(super) fn new(lease: Lease, options: TransactionOptions) -> Self {
        Open {
            lease,
            savepoints: Vec::new(),
            numbered: 0,
            pending: begin(options) + ";",
            stage: Stage::Unsent,
            failed: Failed::default(),
            unfinished: false,
            read_only: options.is_read_only(),
        }
    }

    /// Runs a work behind what is pending, which is under way from the first poll on, and so is not sent
    /// again if this future is dropped.
    async fn send(&mut self, work: &mut dyn Work) -> Result<()> {
        let session = Session::watched(&self.lease, &self.failed);
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return session.run(work).await;
        }
        let begins = self.stage == Stage::Unsent;
        if begins {
            self.stage = Stage::Sent;
            self.lease.begins();
        }
        match behind(self.lease.batch_ahead(&pending), session.run(work)).await {
            Ok(outcome) => outcome,
            Err(error) => {
                self.failed.set(error.kind());
                if begins {
                    self.stage = Stage::Refused;
                    return Err(self.lease.unbegun(error));
                }
                Err(error)
            }
        }
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

    fn refuse_unbegun(&self) -> Result<()> {
        match self.stage {
            Stage::Unsent | Stage::Sent => Ok(()),
            Stage::Refused => {
                Err(Error::new(Kind::Transaction, "PostgreSQL refused to begin this transaction"))
            }
        }
    }

    /// The server keeps nothing after a failed statement, and the driver does not tell how a
    /// commit was answered.
    async fn check(&mut self) -> Result<()> {
        self.refuse_unbegun()?;
        // A statement whose future was dropped may have failed unseen, be it the first one: what is
        // allowed in a transaction only shows it. What is pending is sent after those, and so means the
        // same when it is sent now.
        if self.lease.is_busy() {
            let pending = std::mem::take(&mut self.pending) + "SAVEPOINT rex_0;RELEASE rex_0";
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
                self.abandon_unfinished();
                self.refuse_unbegun()?;
                return self.send(work).await;
            }
            self.open_savepoint().await?;
            self.unfinished = true;
            let outcome = self.send(work).await;
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
                Ok(()) if self.stage == Stage::Unsent => Ok(()),
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
        Box::pin(async move {
            match self.stage {
                Stage::Unsent => Ok(()),
                Stage::Sent | Stage::Refused => self.lease.end("ROLLBACK").await,
            }
        })
    }
}

/// The statement that begins a transaction.
fn begin(options: TransactionOptions) -> String {
    let level = options.asked_isolation().map(|isolation| match isolation {
        Isolation::ReadCommitted => " ISOLATION LEVEL READ COMMITTED",
        Isolation::RepeatableRead => " ISOLATION LEVEL REPEATABLE READ",
        Isolation::Serializable => " ISOLATION LEVEL SERIALIZABLE",
    });
    let read_only = if options.is_read_only() { " READ ONLY" } else { "" };
    let deferrable = if options.is_deferrable() { " DEFERRABLE" } else { "" };
    format!("BEGIN{}{read_only}{deferrable}", level.unwrap_or_default())
}
