//! How many rows a relation leads to, along with each row: one statement for all of them.

use std::marker::PhantomData;

use rex_sql::{Aggregate, AggregateFunction, Expr, Projection, Select};

use super::gather::Gather;
use super::load::{Load, LoadOf, chunks};
use super::tail::{Tail, among, path};
use crate::adapter::{BoxFuture, Session};
use crate::error::Result;
use crate::meta::TableMeta;
use crate::model::{Cardinality, Many, Model, Relation, RelationMeta};
use crate::operation::{Operation, Shape};
use crate::row::Row;
use crate::scalar::KeyParts;
use crate::value::Value;

/// How many rows the relation `R` leads to, to be counted along: what `with_count` makes of a [`Load`].
#[must_use = "a count does nothing until it is handed to `with_count`"]
pub struct Counted<R> {
    tail: Tail,
    relation: PhantomData<fn() -> R>,
}

impl<R> Clone for Counted<R> {
    fn clone(&self) -> Self {
        Counted { tail: self.tail.clone(), relation: PhantomData }
    }
}

/// A relation that leads to any number of rows.
#[diagnostic::on_unimplemented(
    message = "this relation leads to one row at most",
    label = "leads to one row at most",
    note = "ask whether that is so: `is`; for a value of it: `get`; or load it along: `with`"
)]
pub trait ToMany: Cardinality {}

#[diagnostic::do_not_recommend]
impl ToMany for Many {}

impl<R: Relation> Counted<R> {
    pub(super) fn new(load: Load<R>) -> Self {
        Counted { tail: load.tail, relation: PhantomData }
    }
}

#[diagnostic::do_not_recommend]
impl<R: Relation> LoadOf<R::From> for Counted<R> {
    type Out = i64;

    fn fetch<'s>(&'s self, session: &'s dyn Session, rows: &'s [R::From]) -> BoxFuture<'s, Result<Vec<i64>>> {
        Box::pin(async move {
            let parents: Vec<Option<R::Key>> = rows.iter().map(R::key).collect();
            let mut gather = Gather::new(&parents);
            let mut counts = Vec::new();
            let chunks: Vec<Vec<Value>> = chunks(gather.distinct()).collect();
            for keys in chunks {
                let select = counted(R::META, &R::To::META.table, self.tail.clone(), keys);
                let operation = Operation {
                    model: R::From::META,
                    name: R::META.name,
                    table: &R::To::META.table,
                    shape: Shape::Select(Box::new(select)),
                };
                let mut sink = |row: &mut Row<'_>| {
                    gather.found(R::Key::decode(row)?);
                    counts.push(row.next::<i64>()?);
                    Ok(())
                };
                session.execute(&operation, &mut sink).await?;
            }
            let groups = gather.groups(counts);
            Ok(groups.into_iter().map(|group| self.tail.kept(group.into_iter().sum())).collect())
        })
    }
}

/// For each of the keys, how many rows it leads to.
fn counted(relation: &RelationMeta, to: &'static TableMeta, tail: Tail, keys: Vec<Value>) -> Select<Value> {
    let (key, joins) = path(relation, to);
    let here = among(&key, keys);
    let group: Vec<Expr<Value>> = key.into_iter().map(Expr::Column).collect();
    let count = Expr::Aggregate(Box::new(Aggregate::new(AggregateFunction::Count, None)));
    let values = group.iter().cloned().chain([count]).collect();
    let mut select = Select::new(Projection::Values(values), to.table());
    select.joins = joins;
    select.filter = Some(match tail.into_filter(to) {
        Some(filter) => here.and(filter),
        None => here,
    });
    select.group = group;
    select
}
