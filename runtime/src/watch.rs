//! Seeing what happens: a span of `tracing` for each statement, slow ones told, statements counted.
//!
//! Nobody looks, nothing is paid: whether somebody does is asked once for each call of the API, and
//! only then its session is wrapped. Spans have OpenTelemetry's names for databases (`db.system.name`,
//! `db.query.text`, …) and stand in the span of whoever called.

mod session;
mod told;
mod values;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::adapter::{BoxFuture, Session, Work};
use crate::error::Result;

use rex_sql::Dialect;

use session::Watching;
use told::{Statement, Told};
pub(crate) use values::Shown;

/// What is to be told of a handle's statements, beside their spans: see [`Db::watch`](crate::Db::watch).
#[derive(Clone, Debug, Default)]
pub struct Watch {
    slow: Option<Duration>,
    values: bool,
    counts: Option<Counts>,
}

impl Watch {
    /// Nothing but the spans.
    pub fn new() -> Self {
        Watch::default()
    }

    /// The same, and a statement that takes longer is an event of the level `WARN`.
    #[must_use]
    pub fn slow_after(self, time: Duration) -> Self {
        Watch { slow: Some(time), ..self }
    }

    /// The same; unless it says when statements are slow, as another one does.
    pub(crate) fn or_slow(self, other: Option<&Watch>) -> Self {
        Watch { slow: self.slow.or(other.and_then(|other| other.slow)), ..self }
    }

    /// The same, and the spans have the values that are bound, as `rex.values`. Those of statements that
    /// a field with `@sensitive` takes part in are left out, and so is what raw SQL binds by
    /// `bind_sensitive`.
    #[must_use]
    pub fn values(self) -> Self {
        Watch { values: true, ..self }
    }

    /// The same, and statements are counted.
    #[must_use]
    pub fn count(self, counts: &Counts) -> Self {
        Watch { counts: Some(counts.clone()), ..self }
    }
}

/// How many statements were sent. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Counts(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    statements: AtomicU64,
    failures: AtomicU64,
    rows: AtomicU64,
}

impl Counts {
    /// From 0.
    pub fn new() -> Self {
        Counts::default()
    }

    /// Statements that were answered, be it with a failure.
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Statements that failed.
    pub fn failures(&self) -> u64 {
        self.0.failures.load(Ordering::Relaxed)
    }

    /// Rows that came back.
    pub fn rows(&self) -> u64 {
        self.0.rows.load(Ordering::Relaxed)
    }

    fn add(&self, rows: u64, failed: bool) {
        self.0.statements.fetch_add(1, Ordering::Relaxed);
        self.0.failures.fetch_add(failed.into(), Ordering::Relaxed);
        self.0.rows.fetch_add(rows, Ordering::Relaxed);
    }
}

/// How busy a pool of connections is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gauges {
    /// Connections at most.
    pub max: usize,
    /// Connections that are open.
    pub open: usize,
    /// Those of them that nobody uses.
    pub idle: usize,
    /// Calls that wait for one.
    pub waiting: usize,
}

impl Gauges {
    /// Connections at most, those that are open, those of them that nobody uses, and calls that wait.
    pub fn new(max: usize, open: usize, idle: usize, waiting: usize) -> Self {
        Gauges { max, open, idle, waiting }
    }
}

/// What has a pool whose gauges can be read: a handle, an adapter. What exports metrics asks for this.
pub trait Gauged {
    /// How busy the pool is right now. Of a handle within a transaction, which has no pool, all are 0.
    fn gauges(&self) -> Gauges;
}

/// Whether anybody looks.
pub(crate) fn is_on(watch: Option<&Watch>) -> bool {
    watch.is_some() || told::has_subscriber()
}

/// A step of a transaction, `BEGIN` or `COMMIT`, while it is taken: its span, if anybody wants it. It is not
/// counted among the statements.
pub(crate) struct Step(Option<Told<'static>>);

impl Step {
    pub(crate) fn start(dialect: Dialect, words: &'static str) -> Self {
        let statement = || Statement { sql: words.into(), ..Statement::of_ours(words, "transaction") };
        Step(told::has_subscriber().then(|| Told::start(None, dialect, statement())))
    }

    /// It has come to its end.
    pub(crate) fn end<T>(self, outcome: Result<T>) -> Result<T> {
        if let Some(told) = self.0 {
            told.end(0, None, outcome.as_ref().err());
        }
        outcome
    }
}

/// A work whose statements are watched.
pub(crate) struct Watched<'a> {
    work: &'a mut dyn Work,
    watch: Option<&'a Watch>,
}

impl<'a> Watched<'a> {
    pub(crate) fn new(work: &'a mut dyn Work, watch: Option<&'a Watch>) -> Self {
        Watched { work, watch }
    }
}

impl Work for Watched<'_> {
    fn run<'s>(&'s mut self, session: &'s dyn Session) -> BoxFuture<'s, Result<()>> {
        Box::pin(async move {
            let session = Watching { session, watch: self.watch };
            self.work.run(&session).await
        })
    }
}
