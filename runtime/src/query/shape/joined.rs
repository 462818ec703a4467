//! Queries over several tables: joins, and what follows them.

use std::future::IntoFuture;
use std::marker::PhantomData;
use std::sync::Arc;

use rex_sql::{Distinct, Join, JoinKind, Projection, Whole};

use super::calls::calls;
use super::source::{Entry, EntryOf, Extent, all};
use super::statement::End;
use super::{Groups, Keys, Mode, Record, Selected, Selection, Statement, Tabular, group};
use crate::Pending;
use crate::adapter::BoxFuture;
use crate::error::Result;
use crate::model::{Maybe, Model, One, Relation};
use crate::query::load::Load;
use crate::query::place::Place;
use crate::query::tail::count;
use crate::query::{Cond, Orders, Scope};
use crate::row::Row;
use crate::stream::Rows;
use crate::value::Value;

/// A query over what `S` says: a model, or a tuple of what is joined, `(Post, Option<User>)`.
/// Awaiting it sends it: a `Vec` of such rows.
///
/// Filters, orders and limits are of the rows that the joins have made, wherever they stand.
#[must_use = "a query is sent when it is awaited"]
pub struct Query<S: Extent> {
    pub(super) statement: Statement,
    pub(super) entries: Vec<Entry>,
    of: PhantomData<fn() -> S>,
}

impl<S: Extent> Clone for Query<S> {
    fn clone(&self) -> Self {
        Query { statement: self.statement.clone(), entries: self.entries.clone(), of: PhantomData }
    }
}

impl<S: Extent> Query<S> {
    pub(crate) fn new(statement: Statement, entries: Vec<Entry>) -> Self {
        Query { statement, entries, of: PhantomData }
    }

    pub(super) fn columns(&self) -> S::Columns<S> {
        S::columns(&self.entries)
    }

    fn query(self) -> Self {
        self
    }

    /// Keeps only rows for which the condition is true. Several filters must all be true.
    pub fn filter(mut self, cond: impl FnOnce(S::Columns<S>) -> Cond<S>) -> Self {
        let cond = cond(self.columns()).into_expr();
        self.statement.and(cond);
        self
    }

    /// Keeps only rows for which the condition is true, if there is a value to ask about: a filter of a
    /// form that may be empty.
    pub fn filter_if<V>(self, value: Option<V>, cond: impl FnOnce(S::Columns<S>, V) -> Cond<S>) -> Self {
        match value {
            Some(value) => self.filter(|columns| cond(columns, value)),
            None => self,
        }
    }

    /// Sorts the rows. A further order sorts those that are equal by the ones before.
    pub fn order<O: Orders<S>>(mut self, order: impl FnOnce(S::Columns<S>) -> O) -> Self {
        order(self.columns()).push_to(&mut self.statement.select.order);
        self
    }

    /// At most so many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.statement.select.limit = Some(Value::I64(count(rows)));
        self
    }

    /// Leaves out so many rows at the start.
    pub fn offset(mut self, rows: u64) -> Self {
        self.statement.select.offset = Some(Value::I64(count(rows)));
        self
    }

    /// The first row, if there is one; by the primary key of the first table if no order is given.
    pub fn first(self) -> Selected<S::Row, Maybe> {
        self.rows().first()
    }

    /// The first row, or an error of [`Kind::NotFound`](crate::Kind::NotFound); by the primary key of
    /// the first table if no order is given.
    pub fn one(self) -> Selected<S::Row, One> {
        self.rows().one()
    }

    /// The rows as they come, a part at a time: see [`Rows`].
    pub fn stream(self) -> Rows<S::Row> {
        self.rows().stream()
    }

    /// What the database does to find the rows: see [`Find::explain`](crate::Find::explain).
    pub fn explain(self) -> Pending<String> {
        self.rows().explain()
    }

    /// How many rows there are.
    pub fn count(self) -> Pending<i64> {
        self.rows().count()
    }

    /// Whether there is a row.
    pub fn exists(self) -> Pending<bool> {
        self.rows().exists()
    }

    /// Selects of each row a column or an expression, a whole row, a tuple of up to twelve of these, or a
    /// struct by [`row!`](macro@crate::row). Of aggregates alone, over all rows: one row.
    pub fn select<X, K>(self, selection: impl FnOnce(S::Columns<S>) -> X) -> Selected<X::Row>
    where
        X: Selection<K>,
        K: Mode<S>,
    {
        group::select(self.query(), selection)
    }

    /// Makes one row of all that agree in the keys, which are handed to what follows.
    pub fn group_by<K: Keys<S>>(self, keys: impl FnOnce(S::Columns<S>) -> K) -> Groups<S, K::Handed> {
        group::group(self.query(), keys)
    }

    /// Keeps the first of the rows that agree in the keys, by the order; the rows are sorted by the keys
    /// first.
    pub fn distinct_on<K: Keys<S>>(self, keys: impl FnOnce(S::Columns<S>) -> K) -> Query<S> {
        group::distinct_on(self.query(), keys)
    }

    fn rows(mut self) -> Selected<S::Row> {
        let entries = std::mem::take(&mut self.entries);
        self.statement.by_key(&entries);
        let terms = all(&entries);
        Selected::new(self.statement, terms, Arc::new(move |row: &mut Row<'_>| S::read(row, &entries)))
    }
}

impl<S: Extent> IntoFuture for Query<S> {
    type Output = Result<Vec<S::Row>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(mut self) -> Self::IntoFuture {
        let Some(whole) = whole(&self.entries, &self.statement) else {
            return self.rows().into_future();
        };
        self.statement.select.projection = Projection::Whole(whole);
        Box::pin(async move {
            let Query { statement, entries, .. } = self;
            let mut rows = Vec::new();
            let mut sink = |row: &mut Row<'_>| {
                rows.push(S::read(row, &entries)?);
                Ok(())
            };
            let db = statement.db.clone();
            db.execute(&statement.operation()?, &mut sink).await?;
            Ok(rows)
        })
    }
}

/// The tables, if all that a query answers with is the rows of tables.
fn whole(entries: &[Entry], statement: &Statement) -> Option<Vec<Whole>> {
    let table = |entry: &Entry| match entry.of {
        EntryOf::Model(meta) => Some(Whole { source: entry.source, table: &meta.table }),
        EntryOf::Nested(_) => None,
    };
    if statement.select.distinct == Distinct::All { entries.iter().map(table).collect() } else { None }
}

calls! { [S: Extent] Query<S>, S }

/// Joins what a relation leads to.
pub(crate) fn along<S, N, R, P>(
    mut query: Query<S>,
    kind: JoinKind,
    relation: impl FnOnce(S::Columns<S>) -> Load<R, (), P>,
) -> Query<N>
where
    S: Extent,
    N: Extent,
    R: Relation,
    P: Place<Scope = S>,
{
    let load = relation(query.columns());
    let from = load.at;
    let here = End { source: from.source(), table: from.table(), places: R::META.from };
    let to = query.statement.join_relation(kind, R::META, &R::To::META.table, here, load.tail);
    query.entries.push(Entry::model::<R::To>(to));
    Query::new(query.statement, query.entries)
}

/// Joins the rows of a model on a condition; those that are deleted are none.
pub(crate) fn model<S: Extent, N: Extent, M: Model>(
    mut query: Query<S>,
    kind: JoinKind,
    on: impl FnOnce(N::Columns<N>) -> Cond<N>,
) -> Query<N> {
    let (number, table) = (query.statement.next_source(), &M::META.table);
    query.entries.push(Entry::model::<M>(number));
    let on = on(N::columns(&query.entries)).into_expr();
    query.statement.join_table(kind, table, number, on, Scope::Live.condition(table, 0));
    Query::new(query.statement, query.entries)
}

/// Joins the rows of a query on a condition.
pub(crate) fn rows<S: Extent, N: Extent, R: Record>(
    mut query: Query<S>,
    kind: JoinKind,
    rows: impl Tabular<R>,
    cond: impl FnOnce(N::Columns<N>) -> Cond<N>,
) -> Query<N> {
    let (source, outputs) = rows.table(&mut query.statement);
    let number = query.statement.next_source();
    query.entries.push(Entry { source: number, of: EntryOf::Nested(outputs) });
    let on = cond(N::columns(&query.entries)).into_expr();
    query.statement.select.joins.push(Join { kind, source, on });
    Query::new(query.statement, query.entries)
}
