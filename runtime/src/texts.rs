//! Statements that are made while a tool runs, and what they answer with as texts: for the command
//! line, which knows no schema when it is compiled.

use std::borrow::Cow;

use crate::adapter::{Access, BoxFuture, Session, Work};
use crate::db::Db;
use crate::error::Result;
use crate::operation::RawStatement;
use crate::row::Row;
use crate::scalar::Scalar;
use crate::value::Value;

/// The rows of an answer: every value a text, or null.
pub type Texts = Vec<Vec<Option<String>>>;

/// Runs `settings` and then queries, in one transaction, and answers with the rows of each. Every
/// value must be a text.
///
/// # Errors
///
/// What the database says.
pub async fn read_texts(db: &Db, settings: &[&str], queries: &[&str]) -> Result<Vec<Texts>> {
    let mut reading = Reading { settings, queries, nulls: 0, last_alone: false, answers: Vec::new() };
    db.run(Access::Atomic, &mut reading).await?;
    Ok(reading.answers)
}

/// Runs `settings` and then a query, in one transaction, and answers with the last value of each row, as
/// the plans of both databases have their lines there. Its placeholders, `$1` to the number of `nulls`, are
/// bound to null.
///
/// # Errors
///
/// What the database says.
pub async fn read_lines(db: &Db, settings: &[&str], query: &str, nulls: usize) -> Result<Vec<String>> {
    let mut reading = Reading { settings, queries: &[query], nulls, last_alone: true, answers: Vec::new() };
    db.run(Access::Atomic, &mut reading).await?;
    let lines = reading.answers.into_iter().flatten().flatten();
    Ok(lines.map(Option::unwrap_or_default).collect())
}

/// Runs one statement, outside of any transaction.
///
/// # Errors
///
/// What the database says.
pub async fn run_alone(db: &Db, statement: &str) -> Result<()> {
    db.run(Access::Write, &mut Running { statements: &[statement] }).await
}

struct Reading<'a> {
    settings: &'a [&'a str],
    queries: &'a [&'a str],
    /// How many values each query takes, which are null.
    nulls: usize,
    /// Whether only the last value of each row is wanted; the others may be no texts.
    last_alone: bool,
    answers: Vec<Texts>,
}

impl Work for Reading<'_> {
    fn run<'s>(&'s mut self, session: &'s dyn Session) -> BoxFuture<'s, Result<()>> {
        Box::pin(async move {
            session.execute_ddl(self.settings).await?;
            for query in self.queries {
                let raw = RawStatement {
                    sql: Cow::Owned((*query).to_owned()),
                    values: vec![Value::Null; self.nulls],
                    sensitive: Vec::new(),
                    access: Access::Read,
                };
                let mut rows = Texts::new();
                let mut sink = |row: &mut Row<'_>| {
                    let last = row.cells().len().saturating_sub(1);
                    if self.last_alone {
                        rows.push(vec![String::decode(row.cells().cell(last)?)]);
                    } else {
                        let texts = (0..=last).map(|_| row.next::<Option<String>>());
                        rows.push(texts.collect::<Result<_>>()?);
                    }
                    Ok(())
                };
                let outcome = session.execute_raw(&raw, &mut sink).await;
                outcome.map_err(|error| error.with_sql((*query).to_owned()))?;
                self.answers.push(rows);
            }
            Ok(())
        })
    }
}

struct Running<'a> {
    statements: &'a [&'a str],
}

impl Work for Running<'_> {
    fn run<'s>(&'s mut self, session: &'s dyn Session) -> BoxFuture<'s, Result<()>> {
        session.execute_ddl(self.statements)
    }
}
