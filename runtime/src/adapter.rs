//! The one seam for a database: what an adapter does, and nothing about how.
//!
//! Terms: an *adapter* is a pool of connections to one database. A *session* is one connection
//! while it is at work. A *work* is everything that one call of the API does, eager loading
//! included; it is written once, against a session, and an adapter decides where it runs. A
//! *transaction* holds a session over several works.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use rex_sql::Dialect;

use crate::error::{Error, Kind, Result};
use crate::operation::{Operation, Prepared, RawStatement};
use crate::row::Sink;
use crate::transaction::TransactionOptions;
use crate::value::Value;
use crate::watch::Gauged;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
use driver::DriverConnection;

pub use direct::{Direct, Found, Pace, Words};

#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod constraint;
mod direct;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod texts;

#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub mod driver;
pub(crate) mod open;

/// A boxed future that borrows for `'a`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A pool of connections to a database.
pub trait Adapter: Gauged + Send + Sync + 'static {
    /// What its SQL is.
    fn dialect(&self) -> Dialect;

    /// Runs a work at once on this thread, if nothing has to be waited for; else nothing is done, and
    /// the work is still to be run.
    fn run_at_once(&self, access: Access, work: &mut dyn Work) -> Option<Result<()>> {
        _ = (access, work);
        None
    }

    /// Runs a work on a free connection.
    fn run<'a>(&'a self, access: Access, work: &'a mut dyn Work) -> BoxFuture<'a, Result<()>>;

    /// Begins a transaction on a free connection.
    fn begin(&self, options: TransactionOptions) -> BoxFuture<'_, Result<Box<dyn Transaction>>>;

    /// Lends a connection of the driver's own.
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    fn driver(&self) -> BoxFuture<'_, Result<DriverConnection>> {
        let error = Error::new(Kind::Configuration, "this adapter has no driver's connection to lend");
        Box::pin(std::future::ready(Err(error)))
    }

    /// Opens a connection of its own, for migrations.
    fn direct(&self) -> BoxFuture<'_, Result<Box<dyn Direct>>> {
        let error = Error::new(Kind::Configuration, "this adapter runs no migrations");
        Box::pin(std::future::ready(Err(error)))
    }
}

/// What a work needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// One statement that reads.
    Read,
    /// Several statements that read, and see the same state of the database.
    Snapshot,
    /// One statement that writes.
    Write,
    /// Several statements, all or none.
    Atomic,
}

/// Everything that one call of the API does.
///
/// It waits for its session and for nothing else: an adapter whose sessions answer at once, as
/// SQLite's, runs the whole of it in one poll.
pub trait Work: Send {
    /// Does it.
    fn run<'s>(&'s mut self, session: &'s dyn Session) -> BoxFuture<'s, Result<()>>;

    /// What it does, if that is one operation: an adapter may run it by itself, and needs no future
    /// for it.
    fn operation(&mut self) -> Option<Running<'_>> {
        None
    }
}

/// One operation that is to be run.
pub struct Running<'w> {
    /// What is sent.
    pub operation: &'w Operation,
    /// What takes its rows.
    pub sink: &'w mut dyn Sink,
    /// Where to put how many rows were written.
    pub written: &'w mut u64,
}

/// A connection at work.
pub trait Session: Send + Sync {
    /// What its SQL is.
    fn dialect(&self) -> Dialect;

    /// Sends an operation, hands its rows to `sink`, and answers with how many rows were
    /// written.
    fn execute<'s>(&'s self, operation: &'s Operation, sink: &'s mut dyn Sink) -> BoxFuture<'s, Result<u64>>;

    /// Sends a statement of the user's own; the types of its values and rows are the database's to
    /// say. Else as [`Session::execute`].
    fn execute_raw<'s>(&'s self, raw: &'s RawStatement, sink: &'s mut dyn Sink)
    -> BoxFuture<'s, Result<u64>>;

    /// Opens a cursor over the rows of a query, within a transaction. Its number is its own in the
    /// process.
    fn open<'s>(&'s self, cursor: u64, query: Query<'s>) -> BoxFuture<'s, Result<()>>;

    /// Hands the next rows of a cursor to `sink`, at most so many; answers with how many there were,
    /// fewer when there are no more.
    fn fetch<'s>(&'s self, cursor: u64, rows: usize, sink: &'s mut dyn Sink) -> BoxFuture<'s, Result<usize>>;

    /// Tells of some tables, views and enum types what they are: rows of three texts, the object, its
    /// part or nothing, and what that is. `objects` and `parts` are lists of names.
    fn outline<'s>(
        &'s self,
        objects: &'s Value,
        parts: &'s Value,
        sink: &'s mut dyn Sink,
    ) -> BoxFuture<'s, Result<()>>;

    /// Sends statements of the schema itself.
    fn execute_ddl<'s>(&'s self, statements: &'s [&'s str]) -> BoxFuture<'s, Result<()>>;
}

/// A query that a cursor is opened for.
#[derive(Clone, Copy, Debug)]
pub enum Query<'a> {
    /// Of Rex's own.
    Operation(&'a Operation),
    /// Of the user's own.
    Raw(&'a RawStatement),
}

impl<'a> Query<'a> {
    /// Its text and values for a dialect.
    pub fn prepare(self, dialect: Dialect) -> Prepared<'a> {
        match self {
            Query::Operation(operation) => operation.prepare(dialect),
            Query::Raw(raw) => raw.prepare(),
        }
    }
}

/// An open transaction. Dropped, it rolls back; its connection is not given to anyone before.
pub trait Transaction: Send {
    /// Runs a work in it. [`Access::Atomic`] takes a savepoint.
    fn run<'a>(&'a mut self, access: Access, work: &'a mut dyn Work) -> BoxFuture<'a, Result<()>>;

    /// Opens a savepoint within those that are open.
    fn savepoint(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Keeps what was done since the last open savepoint. On an error, or when its future is
    /// dropped, that is undone instead.
    fn release(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Undoes what was done since the last open savepoint, at the latest before the next work.
    fn abandon(&mut self);

    /// Closes a cursor, at the latest before the next work.
    fn close(&mut self, cursor: u64);

    /// What runs single statements of it at once, one behind the other, where the database can; it needs no
    /// turn.
    fn pipe(&self) -> Option<Arc<dyn Pipe>> {
        None
    }

    /// Ends it, keeping what was done. An error means that nothing was kept, but for
    /// [`Kind::CommitUnknown`].
    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<()>>;

    /// Ends it, undoing what was done.
    fn rollback(self: Box<Self>) -> BoxFuture<'static, Result<()>>;
}

/// An open transaction, as far as several works may be under way in it.
pub trait Pipe: Send + Sync {
    /// Runs a work, behind those that are under way. Nothing, where it has to have the turn: if it is
    /// [`Access::Atomic`], say.
    fn run<'a>(&'a self, access: Access, work: &'a mut dyn Work) -> Option<BoxFuture<'a, Result<()>>>;
}

/// One operation as a work.
pub(crate) struct Single<'a> {
    operation: &'a Operation,
    sink: &'a mut dyn Sink,
    written: u64,
}

impl<'a> Single<'a> {
    pub(crate) fn new(operation: &'a Operation, sink: &'a mut dyn Sink) -> Self {
        Single { operation, sink, written: 0 }
    }

    /// How many rows were written.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }
}

impl Work for Single<'_> {
    fn run<'s>(&'s mut self, session: &'s dyn Session) -> BoxFuture<'s, Result<()>> {
        Box::pin(async {
            self.written = session.execute(self.operation, self.sink).await?;
            Ok(())
        })
    }

    fn operation(&mut self) -> Option<Running<'_>> {
        Some(Running { operation: self.operation, sink: self.sink, written: &mut self.written })
    }
}

/// One statement of the user's own as a work.
pub(crate) struct SingleRaw<'a> {
    raw: &'a RawStatement,
    sink: &'a mut dyn Sink,
    written: u64,
}

impl<'a> SingleRaw<'a> {
    pub(crate) fn new(raw: &'a RawStatement, sink: &'a mut dyn Sink) -> Self {
        SingleRaw { raw, sink, written: 0 }
    }

    /// How many rows were written.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }
}

impl Work for SingleRaw<'_> {
    fn run<'s>(&'s mut self, session: &'s dyn Session) -> BoxFuture<'s, Result<()>> {
        Box::pin(async {
            self.written = session.execute_raw(self.raw, self.sink).await?;
            Ok(())
        })
    }
}

/// Refuses, when there are not as many values as placeholders.
#[allow(dead_code, reason = "used by whichever adapters are compiled in")]
pub(crate) fn check_number(placeholders: usize, values: usize) -> Result<()> {
    if placeholders == values {
        return Ok(());
    }
    let message = format!("the statement has placeholders for {placeholders} values, and {values} are bound");
    Err(Error::new(Kind::InvalidValue, message))
}

/// Refuses what no database takes, in words; for values that a dialect cannot hold.
#[allow(dead_code, reason = "used by whichever adapters are compiled in")]
pub(crate) fn cannot_hold(dialect: Dialect, what: &str) -> Error {
    Error::new(Kind::InvalidValue, format!("{} cannot hold {what}", dialect.title()))
}

/// What a database says that lacks a table or a column of the schema: `no such table: users`.
#[allow(dead_code, reason = "used by whichever adapters are compiled in")]
pub(crate) fn lacking(dialect: Dialect, said: &str) -> Error {
    let message = format!(
        "{} refused: {said}: the schema is not in the database yet, or has changed since: apply its migrations \
         (`rexc migrate`, `db.migrate()`), or make its tables (`db.create_schema()`); `db.check_schema()` tells what \
         is missing",
        dialect.title()
    );
    Error::new(Kind::Schema, message)
}

/// What a database says when one of the tables to be created is there: `table "users"`.
#[allow(dead_code, reason = "used by whichever adapters are compiled in")]
pub(crate) fn already_exists(what: &str) -> Error {
    let message = format!("the database already has {what}: create_schema() is for an empty database");
    Error::new(Kind::Database, message)
}
