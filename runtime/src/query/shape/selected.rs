//! Queries whose rows are selected values.

use std::collections::VecDeque;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::sync::Arc;

use rex_sql::{Distinct, Expr, Projection};

use super::Statement;
use super::selection::Read;
use super::source::Output;
use crate::Pending;
use crate::adapter::{BoxFuture, Query, Session};
use crate::error::{Error, Kind, Result};
use crate::meta::Type;
use crate::model::{Cardinality, Many, Maybe, One};
use crate::operation::Operation;
use crate::query::explained;
use crate::query::expr::Term;
use crate::query::tail::count;
use crate::row::Row;
use crate::stream::{PART, Parts, Rows};
use crate::value::Value;

/// A query whose rows become `R`s; `C` is how many are wanted. Awaiting it sends it.
#[must_use = "a query is sent when it is awaited"]
pub struct Selected<R, C = Many> {
    pub(super) statement: Statement,
    pub(super) outputs: Vec<Output>,
    pub(super) read: Read<R>,
    of: PhantomData<fn() -> C>,
}

impl<R, C> Clone for Selected<R, C> {
    fn clone(&self) -> Self {
        Selected {
            statement: self.statement.clone(),
            outputs: self.outputs.clone(),
            read: Arc::clone(&self.read),
            of: PhantomData,
        }
    }
}

impl<R: Send + 'static> Selected<R> {
    pub(super) fn new(mut statement: Statement, terms: Vec<Term>, read: Read<R>) -> Self {
        let outputs = terms.iter().map(|term| Output { ty: term.ty, nullable: term.nullable }).collect();
        let values = terms.into_iter().map(|term| term.expr).collect();
        statement.select.projection = Projection::Values(values);
        Selected { statement, outputs, read, of: PhantomData }
    }

    /// Each row once. They are sorted by what is selected only.
    pub fn distinct(mut self) -> Self {
        self.statement.select.distinct = Distinct::Rows;
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

    /// The first row, if there is one; by the primary key, or what is grouped by, if no order is
    /// given.
    pub fn first(self) -> Selected<R, Maybe> {
        self.wanting("first")
    }

    /// The first row, or an error of [`Kind::NotFound`]; by the primary key, or what is grouped by, if
    /// no order is given.
    pub fn one(self) -> Selected<R, One> {
        self.wanting("one")
    }

    fn wanting<C>(mut self, name: &'static str) -> Selected<R, C> {
        let select = &self.statement.select;
        if select.order.is_empty() && matches!(select.distinct, Distinct::All) {
            self.statement.select.order = self.statement.order_of_first();
        }
        self.statement.name = name;
        Selected { statement: self.statement, outputs: self.outputs, read: self.read, of: PhantomData }
    }

    /// The rows as they come, a part at a time: see [`Rows`].
    pub fn stream(mut self) -> Rows<R> {
        self.statement.name = "stream";
        self.statement.complete();
        let db = self.statement.db.clone();
        let title = self.statement.title();
        let scales = scales(&self.outputs);
        Rows::new(db, Found { operation: self.statement.operation(), title, scales, read: self.read })
    }

    /// What the database does to find the rows: see [`Find::explain`](crate::Find::explain).
    pub fn explain(mut self) -> Pending<String> {
        self.statement.complete();
        Box::pin(async move {
            let Statement { db, model, select, .. } = self.statement;
            explained(model, &db, *select).await
        })
    }

    /// How many rows there are.
    pub fn count(self) -> Pending<i64> {
        let counted = self.scalar("count", Projection::Count);
        Box::pin(async move { Ok(counted.await?.unwrap_or(0)) })
    }

    /// Whether there is a row.
    pub fn exists(self) -> Pending<bool> {
        let found = self.scalar::<bool>("exists", Projection::Exists);
        Box::pin(async move { Ok(found.await?.unwrap_or(false)) })
    }

    fn scalar<T: crate::Scalar>(
        self,
        name: &'static str,
        projection: Projection<Value>,
    ) -> Pending<Option<T>> {
        let mut statement = self.statement;
        if !statement.counts_as_it_is() {
            statement = statement.wrapped(&self.outputs);
        }
        statement.name = name;
        statement.select.order.clear();
        statement.select.projection = projection;
        Box::pin(async move {
            let (db, mut value) = (statement.db.clone(), None);
            let mut sink = |row: &mut Row<'_>| {
                value = Some(row.next()?);
                Ok(())
            };
            db.execute(&statement.operation()?, &mut sink).await?;
            Ok(value)
        })
    }
}

impl<R: Send + 'static, C: Cardinality> IntoFuture for Selected<R, C> {
    type Output = Result<C::Alone<R>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(mut self) -> Self::IntoFuture {
        if let Some(most) = C::LIMIT {
            let limit = &mut self.statement.select.limit;
            *limit = Some(match limit.take() {
                Some(Value::I64(limit)) => Value::I64(limit.min(most)),
                _ => Value::I64(most),
            });
        }
        self.statement.complete();
        let (db, read, scales) = (self.statement.db.clone(), self.read, scales(&self.outputs));
        Box::pin(async move {
            let mut rows = Vec::new();
            let mut sink = |row: &mut Row<'_>| {
                rows.push(read(&mut row.with_scales(&scales))?);
                Ok(())
            };
            let operation = self.statement.operation()?;
            db.execute(&operation, &mut sink).await?;
            let none = || {
                let message = format!("there is no such row in `{}`", operation.table.name);
                Error::new(Kind::NotFound, message).with_operation(operation.title())
            };
            C::gather_alone(rows).ok_or_else(none)
        })
    }
}

/// The digits after the point of the values that are exact numbers.
fn scales(outputs: &[Output]) -> Vec<Option<u32>> {
    let scale = |output: &Output| match output.ty {
        Some(Type::Decimal { scale, .. }) => Some(scale),
        _ => None,
    };
    outputs.iter().map(scale).collect()
}

/// The rows of a stream.
struct Found<R> {
    operation: Result<Operation>,
    title: String,
    scales: Vec<Option<u32>>,
    read: Read<R>,
}

impl<R: Send + 'static> Parts<R> for Found<R> {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn query(&self) -> Result<Query<'_>> {
        match &self.operation {
            Ok(operation) => Ok(Query::Operation(operation)),
            Err(error) => Err(Error::new(error.kind(), error.message().to_owned())),
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
                rows.push_back((self.read)(&mut row.with_scales(&self.scales))?);
                Ok(())
            };
            session.fetch(cursor, PART, &mut sink).await
        })
    }
}

impl Statement {
    /// Whether counting its rows needs no query around it.
    fn counts_as_it_is(&self) -> bool {
        !self.grouped
            && self.select.with.is_empty()
            && self.is_plain()
            && self.select.distinct == Distinct::All
    }

    /// The values that it answers with.
    pub(super) fn values_mut(&mut self) -> &mut [Expr<Value>] {
        match &mut self.select.projection {
            Projection::Values(values) => values,
            Projection::Columns(_)
            | Projection::Listed(_)
            | Projection::Whole(_)
            | Projection::Count
            | Projection::Exists => &mut [],
        }
    }
}
