//! An open transaction: a connection on lease.
//!
//! `BEGIN` travels with the first statement, as a part of its request: both are answered at once, and a
//! transaction in which nothing is sent costs nothing. What is sent while other statements are under way goes
//! behind them at once ([`Pipe`]).

use std::fmt::Write as _;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rex_sql::Dialect;

use super::behind::behind;
use super::cursor;
use super::lease::{self, Failed, Lease};
use super::session::Session;
use crate::adapter::{Access, BoxFuture, Pipe, Transaction, Work};
use crate::error::{Error, Result};
use crate::transaction::{Isolation, TransactionOptions};
use crate::watch::Step;

/// An open transaction. Its lease rolls back what is open when it is dropped.
pub(super) struct Open {
    core: Arc<Core>,
    /// The numbers of the savepoints that are open; each is called `rex_` and its number.
    savepoints: Vec<u64>,
    /// How many savepoints there have been: a name is used once, so that what is sent late means
    /// what it meant.
    numbered: u64,
    /// Nothing is written, so that it does not matter whether a commit arrived.
    read_only: bool,
}

/// What works need that are under way at once.
struct Core {
    lease: Lease,
    pending: Mutex<Pending>,
    /// A statement failed since the last open savepoint: the server takes no other.
    failed: Failed,
    /// The last savepoint is being worked in or released by a future; when the next one finds
    /// this set, that future was dropped.
    unfinished: AtomicBool,
}

/// What has to be sent before anything else.
struct Pending {
    /// The transaction's beginning, beginnings and ends of savepoints.
    text: String,
    stage: Stage,
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

impl Core {
    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a work behind what is pending, which is on its way before anything else can be, and so is not
    /// sent again if this future is dropped.
    async fn send(&self, work: &mut dyn Work) -> Result<()> {
        let session = Session::watched(&self.lease, &self.failed);
        let (ahead, begins) = {
            let mut pending = self.pending();
            let begins = pending.stage == Stage::Unsent;
            if begins {
                pending.stage = Stage::Sent;
                self.lease.begins();
            }
            (self.lease.ahead(std::mem::take(&mut pending.text)), begins)
        };
        let work = pin!(session.run(work));
        let Some(ahead) = ahead else {
            let outcome = work.await;
            if self.lease.is_begun() {
                return outcome;
            }
            // The beginning went along with a statement that was skipped, then; or it had been sent by itself, and
            // nobody was told.
            return Err(self.refused(outcome.err().unwrap_or_else(|| self.lease.unbegun(lease::refused()))));
        };
        match behind(ahead, work).await {
            Ok(outcome) => outcome,
            Err(error) if begins => Err(self.refused(self.lease.unbegun(error))),
            Err(error) => {
                self.failed.set(error.kind());
                Err(error)
            }
        }
    }

    /// The failure of a transaction that the server refused to begin.
    fn refused(&self, error: Error) -> Error {
        self.pending().stage = Stage::Refused;
        self.failed.set(error.kind());
        error
    }

    fn refuse_unbegun(&self) -> Result<()> {
        match self.pending().stage {
            Stage::Unsent | Stage::Sent => Ok(()),
            Stage::Refused => Err(lease::refused()),
        }
    }

    async fn run_along(&self, work: &mut dyn Work) -> Result<()> {
        self.refuse_unbegun()?;
        self.send(work).await
    }
}

impl Pipe for Core {
    fn run<'a>(&'a self, access: Access, work: &'a mut dyn Work) -> Option<BoxFuture<'a, Result<()>>> {
        if access == Access::Atomic || self.unfinished.load(Ordering::SeqCst) {
            return None;
        }
        Some(Box::pin(self.run_along(work)))
    }
}

impl Open {
    pub(super) fn new(lease: Lease, options: TransactionOptions) -> Self {
        let pending = Pending { text: begin(options) + ";", stage: Stage::Unsent };
        let core = Core {
            lease,
            pending: Mutex::new(pending),
            failed: Failed::default(),
            unfinished: AtomicBool::new(false),
        };
        Open { core: Arc::new(core), savepoints: Vec::new(), numbered: 0, read_only: options.is_read_only() }
    }

    fn abandon_unfinished(&mut self) {
        if self.core.unfinished.swap(false, Ordering::SeqCst) {
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
        self.core.unfinished.store(true, Ordering::SeqCst);
        let outcome = self.check().await;
        self.core.unfinished.store(false, Ordering::SeqCst);
        if outcome.is_err() {
            self.abandon();
        } else if let Some(number) = self.savepoints.pop() {
            self.say("RELEASE", number);
        }
        outcome
    }

    fn say(&mut self, what: &str, savepoint: u64) {
        write!(self.core.pending().text, "{what} rex_{savepoint};").expect("text can be written to");
    }

    /// The server keeps nothing after a failed statement, and the driver does not tell how a
    /// commit was answered.
    async fn check(&mut self) -> Result<()> {
        let core = &self.core;
        core.refuse_unbegun()?;
        // A statement whose future was dropped may have failed unseen, be it the first one: what is
        // allowed in a transaction only shows it. What is pending is sent after those, and so means the
        // same when it is sent now.
        if core.lease.is_busy() {
            let pending = std::mem::take(&mut core.pending().text) + "SAVEPOINT rex_0;RELEASE rex_0";
            match Box::pin(core.lease.batch(&pending)).await {
                Ok(()) => core.lease.settled(),
                Err(error) => core.failed.set(error.kind()),
            }
        }
        core.failed.check()
    }
}

impl Transaction for Open {
    fn run<'a>(&'a mut self, access: Access, work: &'a mut dyn Work) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if access != Access::Atomic {
                self.abandon_unfinished();
                return self.core.run_along(work).await;
            }
            let step = |words| Step::start(Dialect::Postgres, words);
            let told = step("SAVEPOINT");
            told.end(self.open_savepoint().await)?;
            self.core.unfinished.store(true, Ordering::SeqCst);
            let outcome = self.core.send(work).await;
            self.core.unfinished.store(false, Ordering::SeqCst);
            if let Err(error) = outcome {
                let told = step("ROLLBACK TO SAVEPOINT");
                self.abandon();
                told.end(Ok(()))?;
                return Err(error);
            }
            let told = step("RELEASE SAVEPOINT");
            told.end(self.release_savepoint().await)
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
            self.core.failed.forget();
        }
    }

    fn close(&mut self, cursor: u64) {
        self.core.lease.portals.forget(cursor);
        // After a failure the server closes it when that is undone.
        if self.core.failed.check().is_ok() {
            self.core.pending().text.push_str(&cursor::close(cursor));
        }
    }

    fn pipe(&self) -> Option<Arc<dyn Pipe>> {
        // Through a pooler all goes by the driver, in its own order.
        let has_line = self.core.lease.connection().pooled.is_none();
        has_line.then(|| Arc::clone(&self.core) as Arc<dyn Pipe>)
    }

    fn commit(mut self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            self.abandon_unfinished();
            let outcome = self.check().await;
            let core = &self.core;
            let stage = core.pending().stage;
            match outcome {
                Ok(()) if stage == Stage::Unsent => Ok(()),
                Ok(()) => {
                    let text = std::mem::take(&mut core.pending().text) + "COMMIT";
                    core.lease.commit(&text, self.read_only).await
                }
                Err(error) => {
                    // A connection that cannot roll back is thrown away, which rolls back too.
                    _ = Box::pin(core.lease.end("ROLLBACK")).await;
                    Err(error)
                }
            }
        })
    }

    fn rollback(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(async move {
            let stage = self.core.pending().stage;
            match stage {
                Stage::Unsent => Ok(()),
                Stage::Sent | Stage::Refused => self.core.lease.end("ROLLBACK").await,
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
