//! A session whose statements are told.

use std::borrow::Cow;

use rex_sql::Dialect;

use super::told::{Statement, Told};
use super::{Watch, values};
use crate::adapter::{Access, BoxFuture, Query, Session};
use crate::error::Result;
use crate::operation::{Operation, RAW, RawStatement, Shape};
use crate::row::{Row, Sink};
use crate::sql::first_word;
use crate::value::Value;

/// A session whose statements are told.
pub(super) struct Watching<'a> {
    pub(super) session: &'a dyn Session,
    pub(super) watch: Option<&'a Watch>,
}

impl Watching<'_> {
    fn shows_values(&self) -> bool {
        self.watch.is_some_and(|watch| watch.values)
    }

    fn operation<'o>(&self, operation: &'o Operation) -> Statement<'o> {
        let prepared = operation.prepare(self.dialect());
        Statement {
            verb: match &operation.shape {
                Shape::Get { .. } | Shape::Select(_) => "SELECT",
                Shape::Create { .. }
                | Shape::CreateMany { .. }
                | Shape::CreateArrays { .. }
                | Shape::Insert(_) => "INSERT",
                Shape::Explain(_) => "EXPLAIN",
                Shape::Copy(_) => "COPY",
                Shape::Update(_) => "UPDATE",
                Shape::Remove { .. } | Shape::Delete(_) => "DELETE",
            }
            .into(),
            table: operation.table.name,
            model: operation.model.name,
            method: operation.name,
            values: self.shows_values().then(|| values::of_operation(operation, &prepared.binds)),
            sql: prepared.sql,
        }
    }

    fn raw<'o>(&self, raw: &'o RawStatement) -> Statement<'o> {
        Statement {
            verb: first_word(&raw.sql).to_ascii_uppercase().into(),
            table: "",
            model: "",
            method: RAW,
            values: self.shows_values().then(|| values::of_raw(raw)),
            sql: Cow::Borrowed(&*raw.sql),
        }
    }

    fn told(&self, statement: Statement<'_>) -> Told<'_> {
        Told::start(self.watch, self.dialect(), statement)
    }
}

impl Session for Watching<'_> {
    fn dialect(&self) -> Dialect {
        self.session.dialect()
    }

    fn execute<'s>(&'s self, operation: &'s Operation, sink: &'s mut dyn Sink) -> BoxFuture<'s, Result<u64>> {
        Box::pin(async move {
            let told = self.told(self.operation(operation));
            let mut sink = Counting { sink, rows: 0 };
            let outcome = self.session.execute(operation, &mut sink).await;
            let written = outcome.as_ref().ok().copied().filter(|_| !operation.is_read());
            told.end(sink.rows, written, outcome.as_ref().err());
            outcome
        })
    }

    fn execute_raw<'s>(
        &'s self,
        raw: &'s RawStatement,
        sink: &'s mut dyn Sink,
    ) -> BoxFuture<'s, Result<u64>> {
        Box::pin(async move {
            let told = self.told(self.raw(raw));
            let mut sink = Counting { sink, rows: 0 };
            let outcome = self.session.execute_raw(raw, &mut sink).await;
            // What answers rows counts them.
            let written =
                outcome.as_ref().ok().copied().filter(|_| raw.access == Access::Write && sink.rows == 0);
            told.end(sink.rows, written, outcome.as_ref().err());
            outcome
        })
    }

    fn open<'s>(&'s self, cursor: u64, query: Query<'s>) -> BoxFuture<'s, Result<()>> {
        Box::pin(async move {
            let told = self.told(match query {
                Query::Operation(operation) => self.operation(operation),
                Query::Raw(raw) => self.raw(raw),
            });
            let outcome = self.session.open(cursor, query).await;
            told.end(0, None, outcome.as_ref().err());
            outcome
        })
    }

    fn fetch<'s>(&'s self, cursor: u64, rows: usize, sink: &'s mut dyn Sink) -> BoxFuture<'s, Result<usize>> {
        Box::pin(async move {
            let told = self.told(Statement::of_ours("FETCH", "stream"));
            let outcome = self.session.fetch(cursor, rows, sink).await;
            let count = outcome.as_ref().map_or(0, |rows| *rows as u64);
            told.end(count, None, outcome.as_ref().err());
            outcome
        })
    }

    fn outline<'s>(
        &'s self,
        objects: &'s Value,
        parts: &'s Value,
        sink: &'s mut dyn Sink,
    ) -> BoxFuture<'s, Result<()>> {
        Box::pin(async move {
            let told = self.told(Statement::of_ours("SELECT", "check_schema"));
            let mut sink = Counting { sink, rows: 0 };
            let outcome = self.session.outline(objects, parts, &mut sink).await;
            told.end(sink.rows, None, outcome.as_ref().err());
            outcome
        })
    }

    fn execute_ddl<'s>(&'s self, statements: &'s [&'s str]) -> BoxFuture<'s, Result<()>> {
        Box::pin(async move {
            for statement in statements {
                let verb = first_word(statement).to_ascii_uppercase();
                let told =
                    self.told(Statement { sql: Cow::Borrowed(statement), ..Statement::of_ours(verb, "ddl") });
                let outcome = self.session.execute_ddl(&[statement]).await;
                told.end(0, None, outcome.as_ref().err());
                outcome?;
            }
            Ok(())
        })
    }
}

/// A sink that counts its rows.
struct Counting<'a> {
    sink: &'a mut dyn Sink,
    rows: u64,
}

impl Sink for Counting<'_> {
    fn row(&mut self, row: &mut Row<'_>) -> Result<()> {
        self.rows += 1;
        self.sink.row(row)
    }
}
