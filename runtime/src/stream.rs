//! Streams: the rows of a query a part at a time, so that memory does not grow with their number.
//!
//! A stream reads from a cursor of the database, within a transaction: one of its own that only reads,
//! on a connection that it holds until it ends or is dropped; or the one of its handle, whose other
//! statements may come in between. Relations that are loaded along are loaded for each part.

use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::adapter::{Access, BoxFuture, Query, Session, Work};
use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::from_row::{Arrangement, FromRow};
use crate::model::Model;
use crate::operation::{Operation, RAW, RawStatement};
use crate::query::{Loads, sink};
use crate::row::Row;
use crate::sql::{Sql, access};
use crate::transaction::{Handle, Open};

/// So many rows are in memory at most, beside the one in hand.
pub(crate) const PART: usize = 500;

/// Rows as they come: a [`Stream`] of results, or by [`Rows::try_next`].
///
/// ```text
/// let mut users = db.user().find().stream();
/// while let Some(user) = users.try_next().await? { … }
/// ```
///
/// All of them are of one state of the database. Dropping the stream stops the query and sets its
/// connection free. In SQLite in memory that is the only one there is, so that nothing else of the
/// same handle comes in between.
#[must_use = "a stream sends its query when it is read"]
pub struct Rows<T>(State<T>);

enum State<T> {
    /// Nothing is under way.
    Idle(Box<Reading<T>>),
    /// The next part is on its way.
    Fetching(BoxFuture<'static, (Box<Reading<T>>, Result<()>)>),
    /// It has ended, or failed.
    Ended,
}

/// A query that is being read.
struct Reading<T> {
    db: Db,
    /// The transaction, once it is there.
    within: Option<Within>,
    cursor: u64,
    parts: Box<dyn Parts<T>>,
    rows: VecDeque<T>,
    /// The cursor is open.
    opened: bool,
    ended: bool,
}

/// The transaction that a query is read in.
pub(crate) enum Within {
    /// The stream's own.
    Own(Open),
    /// The handle's.
    Handle(Handle),
}

impl Within {
    fn handle(&self) -> &Handle {
        match self {
            Within::Own(open) => open.handle(),
            Within::Handle(handle) => handle,
        }
    }
}

/// How a query is sent and its rows are read.
pub(crate) trait Parts<T>: Send {
    /// What errors call it.
    fn title(&self) -> String;

    /// The query.
    ///
    /// # Errors
    ///
    /// When it is none.
    fn query(&self) -> Result<Query<'_>>;

    /// Appends the next rows; answers with how many the cursor gave.
    fn fetch<'s>(
        &'s mut self,
        session: &'s dyn Session,
        cursor: u64,
        rows: &'s mut VecDeque<T>,
    ) -> BoxFuture<'s, Result<usize>>;
}

impl<T: Send + 'static> Rows<T> {
    pub(crate) fn new(db: Db, parts: impl Parts<T> + 'static) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let cursor = NEXT.fetch_add(1, Ordering::Relaxed);
        let (parts, rows) = (Box::new(parts), VecDeque::new());
        Rows(State::Idle(Box::new(Reading {
            db,
            within: None,
            cursor,
            parts,
            rows,
            opened: false,
            ended: false,
        })))
    }

    /// Of no rows.
    pub(crate) fn none() -> Self {
        Rows(State::Ended)
    }

    /// The next row; none at the end.
    ///
    /// # Errors
    ///
    /// Those of the query. The stream has then ended.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }
}

impl<T: Send + 'static> Stream for Rows<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            match &mut self.0 {
                State::Ended => return Poll::Ready(None),
                State::Fetching(fetching) => {
                    let (reading, outcome) = ready!(fetching.as_mut().poll(context));
                    match outcome {
                        Ok(()) => self.0 = State::Idle(reading),
                        Err(error) => {
                            self.0 = State::Ended;
                            return Poll::Ready(Some(Err(error)));
                        }
                    }
                }
                State::Idle(reading) => match reading.rows.pop_front() {
                    Some(row) => return Poll::Ready(Some(Ok(row))),
                    None if reading.ended => self.0 = State::Ended,
                    None => {
                        if let State::Idle(reading) = std::mem::replace(&mut self.0, State::Ended) {
                            self.0 = State::Fetching(Box::pin(reading.fetch()));
                        }
                    }
                },
            }
        }
    }
}

impl<T> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::Idle(_) => "Rows(idle)",
            State::Fetching(_) => "Rows(fetching)",
            State::Ended => "Rows(ended)",
        })
    }
}

impl<T: Send> Reading<T> {
    async fn fetch(mut self: Box<Self>) -> (Box<Self>, Result<()>) {
        let outcome = self.next_part().await.map_err(|error| {
            let error = error.with_operation(self.parts.title());
            match self.parts.query() {
                Ok(query) => error.with_sql(query.prepare(self.db.dialect()).sql.into_owned()),
                Err(_) => error,
            }
        });
        (self, outcome)
    }

    async fn next_part(&mut self) -> Result<()> {
        if self.within.is_none() {
            self.within = Some(self.db.reading().await?);
        }
        let Some(handle) = self.within.as_ref().map(|within| within.handle().clone()) else { return Ok(()) };
        let (parts, rows, opened) = (&mut *self.parts, &mut self.rows, &mut self.opened);
        let mut part = Part { cursor: self.cursor, parts, rows, opened, count: 0 };
        self.db.run_within(&handle, &mut part).await?;
        let count = part.count;
        if count < PART {
            self.end().await?;
        }
        Ok(())
    }

    async fn end(&mut self) -> Result<()> {
        self.ended = true;
        match self.within.take() {
            Some(Within::Own(open)) => open.rollback().await,
            Some(Within::Handle(handle)) => {
                handle.close(self.cursor);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl<T> Drop for Reading<T> {
    fn drop(&mut self) {
        if let (Some(Within::Handle(handle)), true) = (&self.within, self.opened) {
            handle.close(self.cursor);
        }
    }
}

/// The next part of a query as a work.
struct Part<'r, T> {
    cursor: u64,
    parts: &'r mut dyn Parts<T>,
    rows: &'r mut VecDeque<T>,
    opened: &'r mut bool,
    count: usize,
}

impl<T: Send> Work for Part<'_, T> {
    fn run<'s>(&'s mut self, session: &'s dyn Session) -> BoxFuture<'s, Result<()>> {
        Box::pin(async {
            if !*self.opened {
                session.open(self.cursor, self.parts.query()?).await?;
                *self.opened = true;
            }
            self.count = self.parts.fetch(session, self.cursor, self.rows).await?;
            Ok(())
        })
    }
}

/// The rows of a finder, with what is loaded along.
pub(crate) struct Found<M: Model, L: Loads<M>> {
    operation: Operation,
    loads: L,
    of: PhantomData<fn() -> M>,
}

impl<M: Model, L: Loads<M>> Found<M, L> {
    pub(crate) fn new(operation: Operation, loads: L) -> Self {
        Found { operation, loads, of: PhantomData }
    }
}

impl<M: Model, L: Loads<M>> Parts<L::Row> for Found<M, L> {
    fn title(&self) -> String {
        self.operation.title()
    }

    fn query(&self) -> Result<Query<'_>> {
        Ok(Query::Operation(&self.operation))
    }

    fn fetch<'s>(
        &'s mut self,
        session: &'s dyn Session,
        cursor: u64,
        rows: &'s mut VecDeque<L::Row>,
    ) -> BoxFuture<'s, Result<usize>> {
        Box::pin(async move {
            let mut found = Vec::new();
            let count = session.fetch(cursor, PART, &mut sink::<M>(&mut found)).await?;
            rows.extend(self.loads.load(session, found).await?);
            Ok(count)
        })
    }
}

/// The rows of raw SQL.
struct Raw {
    statement: RawStatement,
    arrangement: Arrangement,
}

impl<R: FromRow> Parts<R> for Raw {
    fn title(&self) -> String {
        RAW.to_owned()
    }

    fn query(&self) -> Result<Query<'_>> {
        match access(&self.statement.sql)? {
            Access::Read => Ok(Query::Raw(&self.statement)),
            _ => {
                let message = "only a query is streamed: one that begins with `SELECT`, `VALUES`, or `WITH` and writes \
                               nothing";
                Err(Error::new(Kind::InvalidValue, message))
            }
        }
    }

    fn fetch<'s>(
        &'s mut self,
        session: &'s dyn Session,
        cursor: u64,
        rows: &'s mut VecDeque<R>,
    ) -> BoxFuture<'s, Result<usize>> {
        Box::pin(async move {
            let mut sink = |row: &mut Row<'_>| {
                rows.push_back(self.arrangement.read(row)?);
                Ok(())
            };
            session.fetch(cursor, PART, &mut sink).await
        })
    }
}

impl<R: FromRow> Sql<R> {
    /// The rows as they come, a part at a time: see [`Rows`]. Only a query is streamed.
    pub fn stream(self) -> Rows<R> {
        Rows::new(self.db, Raw { statement: self.statement, arrangement: Arrangement::default() })
    }
}
