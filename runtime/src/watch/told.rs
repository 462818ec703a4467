//! What is told of one statement: its span, and an event when it was slow.

use std::borrow::Cow;
use std::time::Instant;

use rex_sql::Dialect;
use tracing::field::Empty;
use tracing::{Level, Span};

use super::Watch;
use crate::error::Error;

/// A statement in words.
pub(super) struct Statement<'a> {
    /// Its verb: `SELECT`.
    pub(super) verb: Cow<'a, str>,
    /// The table, if it is known.
    pub(super) table: &'static str,
    /// The model, if it has one.
    pub(super) model: &'static str,
    pub(super) method: &'static str,
    pub(super) sql: Cow<'a, str>,
    /// What is bound, if that is asked for.
    pub(super) values: Option<String>,
}

impl<'a> Statement<'a> {
    /// One that Rex sends for itself.
    pub(super) fn of_ours(verb: impl Into<Cow<'a, str>>, method: &'static str) -> Self {
        Statement { verb: verb.into(), table: "", model: "", method, sql: Cow::Borrowed(""), values: None }
    }
}

/// Whether there is a subscriber that wants spans of statements.
pub(super) fn has_subscriber() -> bool {
    tracing::span_enabled!(target: "rex_orm", Level::INFO)
}

/// A statement at work. It is told what became of it by [`Told::end`]; dropped before, its span ends
/// without.
pub(super) struct Told<'w> {
    watch: Option<&'w Watch>,
    span: Span,
    start: Instant,
    /// Kept for the event only.
    title: Option<(String, String)>,
}

impl<'w> Told<'w> {
    pub(super) fn start(watch: Option<&'w Watch>, dialect: Dialect, statement: Statement<'_>) -> Self {
        let Statement { verb, table, model, method, sql, values } = statement;
        let system = match dialect {
            Dialect::Postgres => "postgresql",
            Dialect::Sqlite => "sqlite",
        };
        let summary = if table.is_empty() { verb.to_string() } else { format!("{verb} {table}") };
        let span = tracing::info_span!(
            target: "rex_orm",
            "statement",
            "otel.name" = %summary,
            "otel.kind" = "client",
            "otel.status_code" = Empty,
            "db.system.name" = system,
            "db.operation.name" = %verb,
            "db.collection.name" = known(table),
            "db.query.summary" = %summary,
            "db.query.text" = known(&sql),
            "db.response.returned_rows" = Empty,
            "error.type" = Empty,
            "rex.model" = known(model),
            "rex.method" = method,
            "rex.values" = values,
            "rex.rows_written" = Empty,
            "rex.duration_us" = Empty,
        );
        let slow = watch.is_some_and(|watch| watch.slow.is_some());
        let title = slow.then(|| {
            let title = if model.is_empty() { method.to_owned() } else { format!("{model}.{method}") };
            (title, sql.into_owned())
        });
        Told { watch, span, start: Instant::now(), title }
    }

    pub(super) fn end(self, rows: u64, written: Option<u64>, error: Option<&Error>) {
        let time = self.start.elapsed();
        self.span.record("rex.duration_us", u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        self.span.record("db.response.returned_rows", rows);
        if let Some(written) = written {
            self.span.record("rex.rows_written", written);
        }
        if let Some(error) = error {
            self.span.record("error.type", tracing::field::debug(error.kind()));
            self.span.record("otel.status_code", "ERROR");
        }
        let Some(watch) = self.watch else { return };
        if let Some(counts) = &watch.counts {
            counts.add(rows, error.is_some());
        }
        if let (Some((title, sql)), true) = (&self.title, watch.slow.is_some_and(|slow| time > slow)) {
            let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
            tracing::event!(
                target: "rex_orm",
                parent: &self.span,
                Level::WARN,
                {
                    "db.query.text" = %sql,
                    "rex.operation" = %title,
                    "db.response.returned_rows" = rows,
                    "rex.duration_us" = time,
                },
                "slow statement"
            );
        }
    }
}

fn known(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
