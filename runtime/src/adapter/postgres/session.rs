//! A connection at work: sends operations and reads their rows.

use std::pin::pin;

use futures_util::TryStreamExt;
use rex_sql::Dialect;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Client, RowStream, Statement};

use super::bind::{self, Bound};
use super::connect::Connection;
use super::copy;
use super::failure;
use super::kept;
use super::lease::{Failed, Lease};
use super::typed;
use crate::adapter::{self, Access, BoxFuture, Query, Work};
use crate::error::{Error, Kind, Result};
use crate::meta::TableMeta;
use crate::operation::{Binds, Copying, Operation, Prepared, RawStatement, Shape};
use crate::row::{Cells, Row, Sink};
use crate::value::{Cell, Value};

/// A connection at work.
pub(super) struct Session<'l> {
    pub(super) lease: &'l Lease,
    /// In a transaction a statement cannot be tried again: here is noted that one failed.
    failed: Option<&'l Failed>,
}

impl<'l> Session<'l> {
    pub(super) fn single(lease: &'l Lease) -> Self {
        Session { lease, failed: None }
    }

    pub(super) fn watched(lease: &'l Lease, failed: &'l Failed) -> Self {
        Session { lease, failed: Some(failed) }
    }

    /// Runs a work.
    pub(super) async fn run(&self, work: &mut dyn Work) -> Result<()> {
        if let Some(running) = work.operation() {
            *running.written = self.run_operation(running.operation, running.sink).await?;
            return Ok(());
        }
        work.run(self).await
    }

    pub(super) async fn run_operation(&self, operation: &Operation, sink: &mut dyn Sink) -> Result<u64> {
        let prepared = operation.prepare(Dialect::Postgres);
        if let Shape::Copy(copying) = &operation.shape {
            return Box::pin(self.copy(copying, operation, prepared)).await;
        }
        let is_sociable = self.failed.is_none() && matches!(operation.shape, Shape::Get { .. });
        self.send(&prepared, None, is_sociable, sink).await.map_err(|failure| {
            let error = self.explain(failure, operation.access(), Some(operation.table));
            error.with_operation(operation.title()).with_sql(prepared.sql)
        })
    }

    async fn copy(&self, copying: &Copying, operation: &Operation, prepared: Prepared<'_>) -> Result<u64> {
        self.lease.starts();
        let answer =
            self.lease.within(pin!(copy::send(self.lease.connection(), copying, &prepared.sql))).await;
        let outcome = answer.ok_or(Failure::Overdue).and_then(|outcome| {
            self.lease.answered();
            outcome
        });
        outcome.map_err(|failure| {
            let row = match &failure {
                Failure::Theirs(error) => failure::row_of_copy(error, operation.table.name),
                _ => None,
            };
            let mut error = self.explain(failure, operation.access(), Some(operation.table));
            if let Some(row) = row {
                error = error.with_hint(&copy::in_row(row));
            }
            error.with_operation(operation.title()).with_sql(prepared.sql)
        })
    }

    async fn send(
        &self,
        prepared: &Prepared<'_>,
        check: Option<CheckTypes>,
        is_sociable: bool,
        sink: &mut dyn Sink,
    ) -> Result<u64, Failure> {
        bind::check(&prepared.binds)?;
        self.lease.starts();
        let answer = {
            // It stays where it is: it is large, and would be moved at each call.
            let attempt = pin!(self.attempt(prepared, check, is_sociable, &mut *sink));
            self.lease.within(attempt).await
        };
        let mut outcome = answer.ok_or(Failure::Overdue)?;
        if let Err(failure @ (Failure::Stale(_) | Failure::Unfit)) = &outcome {
            self.lease.connection().statements.forget(prepared);
            // What was not even sent broke no transaction.
            let is_unsent = match failure {
                Failure::Stale(error) => failure::is_ours(error),
                _ => true,
            };
            if self.failed.is_none() || is_unsent {
                let answer =
                    self.lease.within(Box::pin(self.attempt(prepared, check, is_sociable, sink))).await;
                outcome = answer.ok_or(Failure::Overdue)?;
            }
        }
        self.lease.answered();
        outcome
    }

    async fn attempt(
        &self,
        prepared: &Prepared<'_>,
        check: Option<CheckTypes>,
        is_sociable: bool,
        sink: &mut dyn Sink,
    ) -> Result<u64, Failure> {
        let Connection { client, line, statements, pooled, .. } = self.lease.connection();
        if let Some(pooled) = pooled {
            return Box::pin(async { read(pooled.query(client, prepared).await?, sink).await }).await;
        }
        // What a connection that is known to be closed is handed, it does not send. The pool has just looked.
        let was_closed = line.is_dead();
        let kept = statements.find(prepared).filter(|kept| check.is_none() || kept.statement().is_some());
        let is_kept = kept.is_some();
        // What comes once for each statement is in a box: it is larger than all the rest.
        let outcome = match (kept, check) {
            (Some(kept), check) => {
                check.map_or(Ok(()), |check| check(kept.types(), &prepared.binds))?;
                line.query(client, &kept, prepared, is_sociable, sink).await
            }
            (None, check) if check.is_some() || kept::are_much(&prepared.binds) => {
                let preparing = Box::pin(statements.prepare(client, line, prepared));
                let kept = preparing.await.map_err(Failure::Unsent)?;
                check.map_or(Ok(()), |check| check(kept.types(), &prepared.binds))?;
                line.query(client, &kept, prepared, is_sociable, sink).await
            }
            (None, _) => Box::pin(line.first(client, statements, prepared, is_sociable, sink)).await,
        };
        outcome.map_err(|failure| match failure {
            Failure::Theirs(error) if is_kept && is_stale(&error) => Failure::Stale(error),
            Failure::Theirs(error) if was_closed || failure::is_ours(&error) => Failure::Unsent(error),
            failure => failure,
        })
    }

    /// What the failure of a statement is to its caller. `table` is the one that it is about, if that is
    /// known.
    pub(super) fn explain(&self, failure: Failure, access: Access, table: Option<&TableMeta>) -> Error {
        let of = |error| match table {
            Some(table) => failure::of(error, table),
            None => failure::plain(error),
        };
        match failure {
            Failure::Ours(error) => error,
            Failure::Stale(error) if self.failed.is_some() => self.fail(failure::stale(error)),
            // Not even as a text.
            Failure::Unfit => Error::new(Kind::InvalidValue, "PostgreSQL cannot hold a value"),
            Failure::Overdue if self.may_be_kept(access) => failure::unknown(None),
            Failure::Overdue => self.fail(self.lease.no_answer()),
            Failure::Theirs(error) if self.may_be_kept(access) && failure::is_lost(&error) => {
                failure::unknown(Some(error))
            }
            Failure::Unsent(error) if failure::is_ours(&error) => of(error),
            Failure::Unsent(error) | Failure::Theirs(error) | Failure::Stale(error) => self.fail(of(error)),
        }
    }

    /// Whether it writes, and no transaction undoes it.
    fn may_be_kept(&self, access: Access) -> bool {
        self.failed.is_none() && access != Access::Read
    }

    /// Notes a failure of the server's.
    fn fail(&self, error: Error) -> Error {
        if let Some(failed) = self.failed {
            failed.set(error.kind());
        }
        error
    }
}

/// Sends a statement by the driver.
pub(super) async fn query(
    client: &Client,
    statement: &Statement,
    prepared: &Prepared<'_>,
    sink: &mut dyn Sink,
) -> Result<u64, Failure> {
    let values = prepared.binds.iter().map(Bound);
    read(client.query_raw(statement, values).await?, sink).await
}

/// Hands rows that the driver reads to a sink; answers with how many were written, or read.
pub(super) async fn read(rows: RowStream, sink: &mut dyn Sink) -> Result<u64, Failure> {
    let mut rows = pin!(rows);
    let mut undecoded = None;
    while let Some(row) = rows.try_next().await? {
        // What follows a row that cannot be decoded is read all the same: the connection is
        // at rest only when it is.
        if undecoded.is_none() {
            undecoded = sink.row(&mut Row::new(&RowCells(&row))).err();
        }
    }
    match undecoded {
        Some(error) => Err(Failure::Ours(error)),
        None => Ok(rows.rows_affected().unwrap_or(0)),
    }
}

/// Looks at the types that the server wants, before anything is bound.
pub(super) type CheckTypes = fn(&[Type], &Binds<'_>) -> Result<()>;

pub(super) enum Failure {
    Ours(Error),
    Theirs(tokio_postgres::Error),
    /// The statement was not sent.
    Unsent(tokio_postgres::Error),
    /// There was no answer in time.
    Overdue,
    /// The values are not what the statement was prepared for. It was not sent.
    Unfit,
    /// The statement was prepared for what the tables were.
    Stale(tokio_postgres::Error),
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Failure::Theirs(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Ours(error)
    }
}

/// DDL has changed what a prepared statement answers with or takes, or a pooler has lost it.
fn is_stale(error: &tokio_postgres::Error) -> bool {
    let Some(said) = error.as_db_error() else { return failure::is_ours(error) };
    match *said.code() {
        SqlState::FEATURE_NOT_SUPPORTED => said.message().contains("cached plan"),
        SqlState::INVALID_SQL_STATEMENT_NAME
        // A parameter keeps the type that its column had.
        | SqlState::UNDEFINED_FUNCTION
        | SqlState::DATATYPE_MISMATCH
        | SqlState::CANNOT_COERCE => true,
        _ => false,
    }
}

impl adapter::Session for Session<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn execute<'s>(&'s self, operation: &'s Operation, sink: &'s mut dyn Sink) -> BoxFuture<'s, Result<u64>> {
        Box::pin(self.run_operation(operation, sink))
    }

    fn execute_raw<'s>(
        &'s self,
        raw: &'s RawStatement,
        sink: &'s mut dyn Sink,
    ) -> BoxFuture<'s, Result<u64>> {
        Box::pin(async move {
            let outcome = self.send(&raw.prepare(), Some(bind::check_types), false, sink).await;
            outcome.map_err(|failure| self.explain(failure, raw.access, None))
        })
    }

    fn open<'s>(&'s self, cursor: u64, query: Query<'s>) -> BoxFuture<'s, Result<()>> {
        Box::pin(self.open_cursor(cursor, query))
    }

    fn fetch<'s>(&'s self, cursor: u64, rows: usize, sink: &'s mut dyn Sink) -> BoxFuture<'s, Result<usize>> {
        Box::pin(self.fetch_from_cursor(cursor, rows, sink))
    }

    fn outline<'s>(
        &'s self,
        objects: &'s Value,
        _parts: &'s Value,
        sink: &'s mut dyn Sink,
    ) -> BoxFuture<'s, Result<()>> {
        Box::pin(self.ask_outline(objects, sink))
    }

    fn execute_ddl<'s>(&'s self, statements: &'s [&'s str]) -> BoxFuture<'s, Result<()>> {
        Box::pin(async move {
            if let Some(pooled) = &self.lease.connection().pooled {
                pooled.changes();
            }
            for statement in statements {
                self.lease.starts();
                let answer =
                    self.lease.within(pin!(self.lease.connection().client.batch_execute(statement))).await;
                let outcome = answer.ok_or_else(|| self.fail(self.lease.no_answer()))?;
                self.lease.answered();
                outcome.map_err(|error| self.fail(failure::ddl(error)).with_sql((*statement).to_owned()))?;
            }
            Ok(())
        })
    }
}

/// The cells of one row of the driver's.
struct RowCells<'a>(&'a tokio_postgres::Row);

impl Cells for RowCells<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn cell(&self, place: usize) -> Result<Cell<'_>> {
        let Wire(bytes) = self.0.try_get(place).map_err(failure::plain)?;
        Ok(bytes.map_or(Cell::Null, Cell::Wire))
    }

    fn typed_cell(&self, place: usize) -> Result<Cell<'_>> {
        Ok(match self.cell(place)? {
            Cell::Wire(wire) => typed::cell(self.0.columns()[place].type_(), wire),
            cell => cell,
        })
    }

    fn name(&self, place: usize) -> &str {
        self.0.columns().get(place).map_or("", |column| column.name())
    }
}

/// The bytes of a value of any type; none of a null.
struct Wire<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Wire<'a> {
    #[inline]
    fn from_sql(_: &Type, wire: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Wire(Some(wire)))
    }

    #[inline]
    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Wire(None))
    }

    #[inline]
    fn accepts(_: &Type) -> bool {
        true
    }
}
