//! Who holds a transaction's session, and when it ends.
//!
//! A transaction's handle owns the connection's session behind a queue, so that its clones may be
//! used at once. Where the database takes statements one behind the other ([`Pipe`]), they are under way
//! together; what needs the session for itself, a savepoint or the end, waits for them. A nested transaction is a savepoint: while it is open it
//! has its parent's turn, so that the parent waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as Lock, PoisonError};

use rex_sql::Dialect;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock};

use super::options::TransactionOptions;
use crate::adapter::{Access, Pipe, Transaction, Work};
use crate::error::{Error, Kind, Result};
use crate::watch::Step;

/// What is called once all is kept.
pub(crate) type Callback = Box<dyn FnOnce() + Send>;

/// An open transaction or savepoint; clones are the same one.
#[derive(Clone)]
pub(crate) struct Handle(Arc<Shared>);

struct Shared {
    state: Arc<RwLock<State>>,
    options: TransactionOptions,
    dialect: Dialect,
    parent: Option<Handle>,
    /// It has ended, maybe while somebody else was using it: see [`Handle::settle`].
    ended: AtomicBool,
    /// A nested transaction is open whose end is in the hands of whoever would wait for it.
    guarded: AtomicBool,
    /// A concurrent transaction came in the way, here or in a nested one.
    met_conflict: AtomicBool,
    callbacks: Lock<Vec<Callback>>,
}

/// How a transaction's end is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// It ends with a closure.
    Closure,
    /// It ends by a call, in code that may use its parent's handle before.
    Guard,
}

enum State {
    Root {
        /// In a lock that nobody waits for: whoever has the turn has it all.
        session: Lock<Box<dyn Transaction>>,
        pipe: Option<Arc<dyn Pipe>>,
    },
    /// A savepoint, which has the turn of the handle around it.
    Nested(Turn),
    Ended,
}

impl State {
    fn session(&mut self) -> Option<&mut dyn Transaction> {
        match self {
            State::Root { session, .. } => {
                Some(&mut **session.get_mut().unwrap_or_else(PoisonError::into_inner))
            }
            State::Nested(parent) => parent.session().ok(),
            State::Ended => None,
        }
    }

    fn pipe(&self) -> Option<&Arc<dyn Pipe>> {
        match self {
            State::Root { pipe, .. } => pipe.as_ref(),
            State::Nested(parent) => parent.state.as_ref()?.pipe(),
            State::Ended => None,
        }
    }

    /// Undoes without waiting. A root's session does so when it is dropped.
    fn abandon(mut self) {
        if let State::Nested(parent) = &mut self
            && let Ok(session) = parent.session()
        {
            session.abandon();
        }
    }
}

/// The right to use a transaction's session, until it is dropped.
struct Turn {
    /// There until it is dropped.
    state: Option<OwnedRwLockWriteGuard<State>>,
    handle: Handle,
    /// It is a guard's, which the handle's `guarded` says.
    is_guards: bool,
}

impl Turn {
    fn session(&mut self) -> Result<&mut dyn Transaction> {
        self.state.as_mut().and_then(|state| state.session()).ok_or_else(ended)
    }

    fn take(mut self) -> State {
        self.state.as_mut().map_or(State::Ended, |state| std::mem::replace(&mut **state, State::Ended))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.is_guards {
            self.handle.0.guarded.store(false, Ordering::SeqCst);
        }
        drop(self.state.take());
        self.handle.settle();
    }
}

impl Handle {
    pub(crate) fn root(
        transaction: Box<dyn Transaction>,
        options: TransactionOptions,
        dialect: Dialect,
    ) -> Self {
        let pipe = transaction.pipe();
        Handle::new(State::Root { session: Lock::new(transaction), pipe }, options, dialect, None)
    }

    fn new(state: State, options: TransactionOptions, dialect: Dialect, parent: Option<Handle>) -> Self {
        Handle(Arc::new(Shared {
            state: Arc::new(RwLock::new(state)),
            options,
            dialect,
            parent,
            ended: AtomicBool::new(false),
            guarded: AtomicBool::new(false),
            met_conflict: AtomicBool::new(false),
            callbacks: Lock::default(),
        }))
    }

    fn refuse_guarded(&self) -> Result<()> {
        if self.0.guarded.load(Ordering::SeqCst) {
            let message =
                "a nested transaction of this handle is open: use that one's handle until it has ended";
            return Err(Error::new(Kind::Transaction, message));
        }
        Ok(())
    }

    async fn turn(&self) -> Result<Turn> {
        self.refuse_guarded()?;
        let state = Arc::clone(&self.0.state).write_owned().await;
        Ok(Turn { state: Some(state), handle: self.clone(), is_guards: false })
    }

    /// Opens a savepoint.
    pub(crate) async fn nest(&self, options: TransactionOptions, form: Form) -> Result<Handle> {
        self.0.options.admit(options)?;
        let mut turn = self.turn().await?;
        let told = Step::start(self.0.dialect, "SAVEPOINT");
        told.end(turn.session()?.savepoint().await)?;
        turn.is_guards = form == Form::Guard;
        self.0.guarded.store(turn.is_guards, Ordering::SeqCst);
        Ok(Handle::new(State::Nested(turn), self.0.options, self.0.dialect, Some(self.clone())))
    }

    pub(crate) async fn run(&self, access: Access, work: &mut dyn Work) -> Result<()> {
        if access != Access::Atomic
            && let Some(outcome) = self.run_along(access, work).await?
        {
            return outcome.inspect_err(|error| self.note(error));
        }
        let mut turn = self.turn().await?;
        let outcome = turn.session()?.run(access, work).await;
        outcome.inspect_err(|error| self.note(error))
    }

    /// Runs a work behind others that are under way, where the database can.
    async fn run_along(&self, access: Access, work: &mut dyn Work) -> Result<Option<Result<()>>> {
        self.refuse_guarded()?;
        let _settles = Settles(self);
        let state = self.0.state.read().await;
        let Some(pipe) = state.pipe() else { return Ok(None) };
        let Some(running) = pipe.run(access, work) else { return Ok(None) };
        Ok(Some(running.await))
    }

    /// Closes a cursor, now if nobody has the turn, else with the transaction.
    pub(crate) fn close(&self, cursor: u64) {
        if let Ok(mut state) = self.0.state.try_write()
            && let Some(session) = state.session()
        {
            session.close(cursor);
        }
        self.settle();
    }

    /// Remembers a failure after which the whole transaction is worth another try.
    fn note(&self, error: &Error) {
        if error.kind() == Kind::Serialization {
            self.0.met_conflict.store(true, Ordering::Relaxed);
            if let Some(parent) = &self.0.parent {
                parent.note(error);
            }
        }
    }

    pub(super) fn met_conflict(&self) -> bool {
        self.0.met_conflict.load(Ordering::Relaxed)
    }

    /// Calls `callback` when the outermost transaction is committed, unless this one is undone.
    pub(crate) fn after_commit(&self, callback: Callback) {
        self.callbacks(|callbacks| callbacks.push(callback));
    }

    fn callbacks<T>(&self, with: impl FnOnce(&mut Vec<Callback>) -> T) -> T {
        with(&mut self.0.callbacks.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Undoes a transaction that has ended but could not be undone then, since somebody had the
    /// turn: whoever gives it back comes here.
    fn settle(&self) {
        if self.0.ended.load(Ordering::SeqCst)
            && let Ok(mut state) = self.0.state.try_write()
        {
            let state = std::mem::replace(&mut *state, State::Ended);
            state.abandon();
        }
    }
}

/// What has ended meanwhile is undone by who comes last.
struct Settles<'h>(&'h Handle);

impl Drop for Settles<'_> {
    fn drop(&mut self) {
        self.0.settle();
    }
}

/// An open transaction that is rolled back unless it is said otherwise: when its future is
/// dropped, or unwinds.
pub(crate) struct Open(Handle);

impl Open {
    pub(crate) fn new(handle: Handle) -> Self {
        Open(handle)
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    /// Keeps what was done.
    pub(super) async fn commit(self) -> Result<()> {
        let callbacks = match self.0.turn().await?.take() {
            State::Root { session, pipe } => {
                drop(pipe);
                let told = Step::start(self.0.0.dialect, "COMMIT");
                told.end(session.into_inner().unwrap_or_else(PoisonError::into_inner).commit().await)?;
                self.0.callbacks(std::mem::take)
            }
            State::Nested(mut turn) => {
                let told = Step::start(self.0.0.dialect, "RELEASE SAVEPOINT");
                told.end(turn.session()?.release().await).inspect_err(|error| self.0.note(error))?;
                let mut callbacks = self.0.callbacks(std::mem::take);
                turn.handle.callbacks(|parents| parents.append(&mut callbacks));
                callbacks
            }
            State::Ended => return Err(ended()),
        };
        // Only now: the connection is free for them.
        callbacks.into_iter().for_each(|callback| callback());
        Ok(())
    }

    /// Undoes what was done.
    pub(crate) async fn rollback(self) -> Result<()> {
        match self.0.turn().await?.take() {
            State::Root { session, pipe } => {
                drop(pipe);
                let told = Step::start(self.0.0.dialect, "ROLLBACK");
                told.end(session.into_inner().unwrap_or_else(PoisonError::into_inner).rollback().await)
            }
            nested => {
                let told = Step::start(self.0.0.dialect, "ROLLBACK TO SAVEPOINT");
                nested.abandon();
                told.end(Ok(()))
            }
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.0.ended.store(true, Ordering::SeqCst);
        self.0.settle();
        // What they hold may be dear, and clones of the handle may live on.
        drop(self.0.callbacks(std::mem::take));
    }
}

fn ended() -> Error {
    Error::new(Kind::Transaction, "the transaction of this handle has ended")
}
