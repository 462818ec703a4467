//! A connection at work: sends operations and reads their rows.

use std::sync::{Mutex, PoisonError};

use rex_sql::Dialect;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Statement};

use super::{bind, blame, failure};
use crate::adapter::{self, BoxFuture};
use crate::error::{Error, Kind, Result};
use crate::operation::{Operation, Prepared};
use crate::row::{Cells, Row, Sink};
use crate::value::Cell;

/// A connection at work. It answers at once: its futures are ready when first polled.
pub(super) struct Session<'c> {
    /// A lock only because a session may be shared; nobody ever waits for it.
    connection: Mutex<&'c mut Connection>,
}

impl<'c> Session<'c> {
    pub(super) fn new(connection: &'c mut Connection) -> Self {
        Session { connection: Mutex::new(connection) }
    }

    fn on<T>(&self, work: impl FnOnce(&Connection) -> T) -> T {
        work(&self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl adapter::Session for Session<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn execute<'s>(&'s self, operation: &'s Operation, sink: &'s mut dyn Sink) -> BoxFuture<'s, Result<u64>> {
        Box::pin(async move { self.on(|connection| execute(connection, operation, sink)) })
    }

    fn execute_ddl<'s>(&'s self, statements: &'s [&'s str]) -> BoxFuture<'s, Result<()>> {
        Box::pin(async move {
            self.on(|connection| statements.iter().try_for_each(|statement| ddl(connection, statement)))
        })
    }
}

fn execute(connection: &Connection, operation: &Operation, sink: &mut dyn Sink) -> Result<u64> {
    let prepared = operation.prepare(Dialect::Sqlite);
    match send(connection, &prepared, sink) {
        Ok(written) => Ok(written),
        Err(Failure::Ours(error)) => Err(error.with_operation(operation.title()).with_sql(prepared.sql)),
        Err(Failure::Theirs(error)) => {
            let error = failure::of(error, operation.table);
            let error = blame::add_foreign_key(connection, operation, error);
            Err(error.with_operation(operation.title()).with_sql(prepared.sql))
        }
    }
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

fn send(connection: &Connection, prepared: &Prepared<'_>, sink: &mut dyn Sink) -> Result<u64, Failure> {
    if prepared.is_kept() {
        return step(&mut *connection.prepare_cached(&prepared.sql)?, prepared, sink);
    }
    step(&mut connection.prepare(&prepared.sql)?, prepared, sink)
}

fn step(statement: &mut Statement<'_>, prepared: &Prepared<'_>, sink: &mut dyn Sink) -> Result<u64, Failure> {
    bind::all(statement, &prepared.binds)?;
    let columns = statement.column_count();
    if columns == 0 {
        return Ok(statement.raw_execute()? as u64);
    }
    let mut rows = statement.raw_query();
    let mut count = 0;
    while let Some(row) = rows.next()? {
        sink.row(&mut Row::new(&RowCells { row, columns }))?;
        count += 1;
    }
    Ok(count)
}

/// The cells of SQLite's current row.
struct RowCells<'a> {
    row: &'a rusqlite::Row<'a>,
    columns: usize,
}

impl Cells for RowCells<'_> {
    fn len(&self) -> usize {
        self.columns
    }

    fn cell(&self, place: usize) -> Result<Cell<'_>> {
        match self.row.get_ref(place).map_err(failure::plain)? {
            ValueRef::Null => Ok(Cell::Null),
            ValueRef::Integer(number) => Ok(Cell::Integer(number)),
            ValueRef::Real(number) => Ok(Cell::Real(number)),
            ValueRef::Blob(bytes) => Ok(Cell::Blob(bytes)),
            ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Cell::Text(text)),
                Err(_) => Err(Error::new(Kind::Decode, format!("column {place}: the text is not UTF-8"))),
            },
        }
    }
}

fn ddl(connection: &Connection, statement: &str) -> Result<()> {
    connection.execute_batch(statement).map_err(|error| {
        let error = failure::ddl(error);
        error.with_sql(statement.to_owned())
    })
}

/// Sends statements of our own that answer nothing.
pub(super) fn batch(connection: &Connection, sql: &str) -> Result<()> {
    connection.execute_batch(sql).map_err(|error| failure::plain(error).with_sql(sql.to_owned()))
}
