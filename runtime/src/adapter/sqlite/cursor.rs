//! Cursors: statements that are left where they are between two parts of their rows.

use rex_sql::Dialect;

use super::bind;
use super::connection::Connection;
use super::failure;
use super::raw::Statement;
use crate::adapter::{Query, check_number};
use crate::error::{Error, Kind, Result};
use crate::operation::Prepared;
use crate::row::{Row, Sink};

/// A statement that is stepped through bit by bit. It ends when it is dropped.
pub(super) struct Cursor {
    statement: Statement,
    ended: bool,
}

/// Opens a cursor, which its connection keeps.
pub(super) fn open(connection: &mut Connection, number: u64, query: Query<'_>) -> Result<()> {
    let prepared = query.prepare(Dialect::Sqlite);
    let table = match query {
        Query::Operation(operation) => Some(operation.table),
        Query::Raw(_) => None,
    };
    let outcome = Statement::prepare(connection, &prepared.sql, false);
    let outcome = outcome.map_err(|error| failure::of(error, table));
    let opened = outcome.and_then(|mut statement| {
        bind_all(&mut statement, query, &prepared)?;
        Ok(Cursor { statement, ended: false })
    });
    let cursor = opened.map_err(|error: Error| error.with_sql(prepared.sql))?;
    connection.keep_cursor(number, cursor);
    Ok(())
}

fn bind_all(statement: &mut Statement, query: Query<'_>, prepared: &Prepared<'_>) -> Result<()> {
    match query {
        Query::Operation(_) => {
            check_number(statement.parameters(), prepared.binds.len())?;
            statement.bind(|running| bind::all(running, &prepared.binds))
        }
        Query::Raw(_) => {
            let numbers = bind::numbers(statement, prepared.binds.len())?;
            statement.bind(|running| bind::numbered(running, &numbers, &prepared.binds))
        }
    }
}

/// The next rows of a cursor; how many there were.
pub(super) fn fetch(
    connection: &mut Connection,
    number: u64,
    rows: usize,
    sink: &mut dyn Sink,
) -> Result<usize> {
    let _timed = connection.starts();
    let Some(cursor) = connection.cursor(number) else {
        return Err(Error::new(Kind::Transaction, "the transaction that the stream reads in has ended"));
    };
    let mut count = 0;
    // A statement that has ended begins anew when it is stepped.
    while count < rows && !cursor.ended {
        let mut running = cursor.statement.resume();
        cursor.ended = !running.step().map_err(failure::plain)?;
        if !cursor.ended {
            sink.row(&mut Row::new(&*running))?;
            count += 1;
        }
    }
    Ok(count)
}
