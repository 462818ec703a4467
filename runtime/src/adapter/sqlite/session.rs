//! A connection at work: sends operations and reads their rows.

use std::sync::{Mutex, PoisonError};

use rex_sql::Dialect;

use super::connection::Connection;
use super::cursor;
use super::outline;
use super::raw::Running;
use super::{aside, bind, blame, deferred, failure};
use crate::adapter::{self, Access, BoxFuture, Query, check_number};
use crate::error::{Error, Result};
use crate::operation::{Binds, Operation, Prepared, RawStatement};
use crate::row::{Cells, Row, Sink};
use crate::value::{Cell, Value};

/// A connection at work. It answers at once: its futures are ready when first polled.
pub(super) struct Session<'c> {
    /// A lock only because a session may be shared; nobody ever waits for it.
    connection: Mutex<&'c mut Connection>,
}

impl<'c> Session<'c> {
    pub(super) fn new(connection: &'c mut Connection) -> Self {
        Session { connection: Mutex::new(connection) }
    }

    fn on<T>(&self, work: impl FnOnce(&mut Connection) -> T) -> T {
        work(&mut self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl adapter::Session for Session<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn execute<'s>(&'s self, operation: &'s Operation, sink: &'s mut dyn Sink) -> BoxFuture<'s, Result<u64>> {
        Box::pin(async move { self.on(|connection| execute(connection, operation, sink)) })
    }

    fn execute_raw<'s>(
        &'s self,
        raw: &'s RawStatement,
        sink: &'s mut dyn Sink,
    ) -> BoxFuture<'s, Result<u64>> {
        Box::pin(async move { self.on(|connection| execute_raw(connection, raw, sink)) })
    }

    fn open<'s>(&'s self, cursor: u64, query: Query<'s>) -> BoxFuture<'s, Result<()>> {
        Box::pin(async move { self.on(|connection| cursor::open(connection, cursor, query)) })
    }

    fn fetch<'s>(&'s self, cursor: u64, rows: usize, sink: &'s mut dyn Sink) -> BoxFuture<'s, Result<usize>> {
        Box::pin(async move { self.on(|connection| cursor::fetch(connection, cursor, rows, sink)) })
    }

    fn outline<'s>(
        &'s self,
        objects: &'s Value,
        parts: &'s Value,
        sink: &'s mut dyn Sink,
    ) -> BoxFuture<'s, Result<()>> {
        Box::pin(async move { self.on(|connection| outline::ask(connection, objects, parts, sink)) })
    }

    fn execute_ddl<'s>(&'s self, statements: &'s [&'s str]) -> BoxFuture<'s, Result<()>> {
        Box::pin(async move {
            self.on(|connection| {
                aside::run(|| statements.iter().try_for_each(|statement| ddl(connection, statement)))
            })
        })
    }
}

/// Sends an operation; how many rows were written.
pub(super) fn execute(
    connection: &mut Connection,
    operation: &Operation,
    sink: &mut dyn Sink,
) -> Result<u64> {
    let prepared = operation.prepare(Dialect::Sqlite);
    let commits = !operation.is_read() && connection.is_autocommit();
    match send(connection, &prepared, sink) {
        Ok(written) => Ok(written),
        Err(Failure::Ours(error)) => Err(error.with_operation(operation.title()).with_sql(prepared.sql)),
        Err(Failure::Theirs(error)) if commits && failure::is_of_the_file(&error) => {
            Err(failure::commit(error).with_operation(operation.title()).with_sql(prepared.sql))
        }
        Err(Failure::Theirs(error)) => {
            let error = failure::of(error, Some(operation.table));
            let error = blame::add_foreign_key(connection, operation, error);
            Err(error.with_operation(operation.title()).with_sql(prepared.sql))
        }
    }
}

pub(super) fn execute_raw(
    connection: &mut Connection,
    raw: &RawStatement,
    sink: &mut dyn Sink,
) -> Result<u64> {
    let commits = raw.access != Access::Read && connection.is_autocommit();
    send_raw(connection, &raw.prepare(), sink).map_err(|failure| match failure {
        Failure::Ours(error) => error,
        Failure::Theirs(error) if commits && failure::is_of_the_file(&error) => failure::commit(error),
        Failure::Theirs(error) => failure::of(error, None),
    })
}

enum Failure {
    Ours(Error),
    Theirs(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Failure::Theirs(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Ours(error)
    }
}

fn send(connection: &mut Connection, prepared: &Prepared<'_>, sink: &mut dyn Sink) -> Result<u64, Failure> {
    let _timed = connection.starts();
    let statement = connection.statement(prepared)?;
    check_number(statement.parameters(), prepared.binds.len())?;
    let mut running = statement.start();
    bind::all(&mut running, &prepared.binds)?;
    finish(running, sink)
}

fn send_raw(
    connection: &mut Connection,
    prepared: &Prepared<'_>,
    sink: &mut dyn Sink,
) -> Result<u64, Failure> {
    let _timed = connection.starts();
    let statement = connection.statement(prepared)?;
    let numbers = bind::numbers(statement, prepared.binds.len())?;
    let mut running = statement.start();
    bind::numbered(&mut running, &numbers, &prepared.binds)?;
    let before = running.all_changes();
    let rows = step(&mut running, sink)?;
    // What writes no row, as `CREATE TABLE`, leaves the number of the statement before.
    let wrote = running.columns() == 0 && running.all_changes() != before;
    Ok(if wrote { running.changes() } else { rows })
}

fn finish(mut running: Running<'_, '_>, sink: &mut dyn Sink) -> Result<u64, Failure> {
    let rows = step(&mut running, sink)?;
    Ok(if running.columns() == 0 { running.changes() } else { rows })
}

/// Runs a statement to its end, and says how many rows it answered.
fn step(running: &mut Running<'_, '_>, sink: &mut dyn Sink) -> Result<u64, Failure> {
    let mut rows = 0;
    if !running.was_long() {
        while rows < aside::ROWS {
            if !running.step()? {
                return Ok(rows);
            }
            sink.row(&mut Row::new(running))?;
            rows += 1;
        }
    }
    aside::run(|| {
        while running.step()? {
            sink.row(&mut Row::new(running))?;
            rows += 1;
        }
        Ok(rows)
    })
}

impl Cells for Running<'_, '_> {
    fn len(&self) -> usize {
        self.columns()
    }

    fn cell(&self, place: usize) -> Result<Cell<'_>> {
        Running::cell(self, place)
    }

    fn name(&self, place: usize) -> &str {
        Running::name(self, place).unwrap_or_default()
    }
}

fn ddl(connection: &rusqlite::Connection, statement: &str) -> Result<()> {
    connection.execute_batch(statement).map_err(|error| {
        let error = failure::ddl(error);
        error.with_sql(statement.to_owned())
    })
}

/// Begins or ends a transaction, or a part of one, by a statement that is kept.
pub(super) fn control(connection: &mut Connection, sql: &'static str) -> Result<()> {
    run(connection, sql).map_err(|error| failure::plain(error).with_sql(sql))
}

/// Runs a statement of our own that answers nothing and is kept.
pub(super) fn run(connection: &mut Connection, sql: &'static str) -> rusqlite::Result<()> {
    let prepared = Prepared { sql: sql.into(), id: None, binds: Binds::NONE };
    connection.statement(&prepared)?.start().step()?;
    Ok(())
}

/// Sends statements of our own that answer nothing.
pub(super) fn batch(connection: &rusqlite::Connection, sql: &str) -> Result<()> {
    connection.execute_batch(sql).map_err(|error| failure::plain(error).with_sql(sql.to_owned()))
}

/// Commits what was written.
pub(super) fn commit(connection: &mut Connection) -> Result<()> {
    run(connection, "COMMIT").map_err(|error| deferred::explain(connection, error).with_sql("COMMIT"))
}
