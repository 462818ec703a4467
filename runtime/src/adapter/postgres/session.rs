//! A connection at work: sends operations and reads their rows.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::TryStreamExt;
use rex_sql::Dialect;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, Type};

use super::bind::{self, Bound};
use super::failure;
use super::lease::Lease;
use crate::adapter::{self, BoxFuture};
use crate::error::{Error, Result};
use crate::operation::{Operation, Prepared};
use crate::row::{Cells, Row, Sink};
use crate::value::Cell;

/// A connection at work.
pub(super) struct Session<'l> {
    lease: &'l Lease,
    /// Whether a transaction is open: then a statement cannot be tried again.
    enclosed: bool,
    /// Set when a statement failed, after which the server takes no other in this transaction.
    failed: Option<&'l AtomicBool>,
}

impl<'l> Session<'l> {
    pub(super) fn single(lease: &'l Lease) -> Self {
        Session { lease, enclosed: false, failed: None }
    }

    pub(super) fn enclosed(lease: &'l Lease) -> Self {
        Session { lease, enclosed: true, failed: None }
    }

    pub(super) fn watched(lease: &'l Lease, failed: &'l AtomicBool) -> Self {
        Session { lease, enclosed: true, failed: Some(failed) }
    }

    async fn send(&self, prepared: &Prepared<'_>, sink: &mut dyn Sink) -> Result<u64, Failure> {
        bind::check(&prepared.binds)?;
        self.lease.starts();
        let mut outcome = self.attempt(prepared, sink).await;
        if matches!(&outcome, Err(Failure::Theirs(error)) if is_stale(error)) {
            self.lease.connection().statements.forget(prepared);
            if !self.enclosed {
                outcome = self.attempt(prepared, sink).await;
            }
        }
        self.lease.answered();
        if let (Err(Failure::Theirs(_)), Some(failed)) = (&outcome, self.failed) {
            failed.store(true, Ordering::Relaxed);
        }
        outcome
    }

    async fn attempt(&self, prepared: &Prepared<'_>, sink: &mut dyn Sink) -> Result<u64, Failure> {
        let connection = self.lease.connection();
        let statement = connection.statements.get(&connection.client, prepared).await?;
        let values = prepared.binds.iter().map(|bind| Bound(*bind));
        let mut rows = pin!(connection.client.query_raw(&statement, values).await?);
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
}

enum Failure {
    Ours(Error),
    Theirs(tokio_postgres::Error),
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

/// DDL has changed what a prepared statement answers with, or a pooler has lost it.
fn is_stale(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(said) if *said.code() == SqlState::FEATURE_NOT_SUPPORTED => {
            said.message().contains("cached plan")
        }
        Some(said) => *said.code() == SqlState::INVALID_SQL_STATEMENT_NAME,
        None => false,
    }
}

impl adapter::Session for Session<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn execute<'s>(&'s self, operation: &'s Operation, sink: &'s mut dyn Sink) -> BoxFuture<'s, Result<u64>> {
        Box::pin(async move {
            let prepared = operation.prepare(Dialect::Postgres);
            self.send(&prepared, sink).await.map_err(|failure| {
                let error = match failure {
                    Failure::Ours(error) => error,
                    Failure::Theirs(error) => failure::of(error, operation.table),
                };
                error.with_operation(operation.title()).with_sql(prepared.sql)
            })
        })
    }

    fn execute_ddl<'s>(&'s self, statements: &'s [&'s str]) -> BoxFuture<'s, Result<()>> {
        Box::pin(async move {
            for statement in statements {
                self.lease.starts();
                let outcome = self.lease.connection().client.batch_execute(statement).await;
                self.lease.answered();
                if let (Err(_), Some(failed)) = (&outcome, self.failed) {
                    failed.store(true, Ordering::Relaxed);
                }
                outcome.map_err(|error| failure::ddl(error).with_sql((*statement).to_owned()))?;
            }
            Ok(())
        })
    }
}

/// The cells of one row.
struct RowCells<'a>(&'a tokio_postgres::Row);

impl Cells for RowCells<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn cell(&self, place: usize) -> Result<Cell<'_>> {
        let Raw(cell) = self.0.try_get(place).map_err(failure::plain)?;
        Ok(cell)
    }
}

/// The bytes of a value of any type.
struct Raw<'a>(Cell<'a>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Raw(Cell::Wire(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Raw(Cell::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
