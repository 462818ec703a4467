//! What queries and relations do not have, so that rustc says what they have instead.

use std::future::{Ready, ready};
use std::sync::Arc;

use super::load::{Load, Loads};
use super::shape::{Extent, Query, Read, Selected, Selection};
use super::{Column, Cond, Ex, Find, Grouped, OrNull, Place, Term, Whole};
use crate::model::{Model, Relation};
use crate::row::Row;
use crate::scalar::{Element, Scalar};

/// What has a value for each row. No relation has one.
#[diagnostic::on_unimplemented(
    message = "a relation is no column: it leads to rows, and is not compared",
    label = "leads to rows",
    note = "of many rows, ask `.any(|row| …)`, `.none(…)`, `.all(…)`, `.exists()`, or how many there are: `.count().gt(…)`",
    note = "of one row, ask `.is(|row| …)`, or for its value: `.get(|row| …)`; its key, and whether there is one, is the column whose name ends with `_id`"
)]
pub trait Valued {}

macro_rules! compared {
    ($($name:ident)*) => {$(
        #[doc(hidden)]
        #[allow(clippy::should_implement_trait, reason = "without it, rustc finds the method of iterators")]
        pub fn $name<V>(self, _value: V) -> Cond<P::Scope>
        where
            Self: Valued,
        {
            Cond::none()
        }
    )*};
}

macro_rules! tested {
    ($($name:ident)*) => {$(
        #[doc(hidden)]
        #[allow(clippy::wrong_self_convention, reason = "columns have it")]
        pub fn $name(self) -> Cond<P::Scope>
        where
            Self: Valued,
        {
            Cond::none()
        }
    )*};
}

impl<R: Relation, L, P: Place> Load<R, L, P> {
    compared! { eq ne gt ge lt le in_ not_in }
    tested! { is_none is_some }
}

/// What has rows at hand. No query has them before it is sent.
#[diagnostic::on_unimplemented(
    message = "a query is no list of rows: it has to be sent",
    label = "not sent yet",
    note = "all rows: `for row in query.await?`; as they come: `let mut rows = query.stream();` and `while let Some(row) = rows.try_next().await?`"
)]
pub trait AwaitItFirst {}

macro_rules! rows {
    ($([$($generics:tt)*] $query:ty => $row:ty;)*) => {$(
        // Of an iterator rustc asks whether it is `AwaitItFirst`, and says so; of what can only become one,
        // it would say that it cannot.
        #[doc(hidden)]
        impl<$($generics)*> Iterator for $query
        where
            Self: AwaitItFirst,
        {
            type Item = $row;

            fn next(&mut self) -> Option<$row> {
                None
            }
        }
    )*};
}

rows! {
    [M: Model, L: Loads<M>, C] Find<M, L, C> => L::Row;
    [S: Extent] Query<S> => S::Row;
    [R, C] Selected<R, C> => R;
}

/// What a group has one value of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither grouped by nor aggregated: a group has many values of it",
    label = "a group has many values of it",
    note = "group by it as well, and take it from the keys, which come first; or aggregate it: `.max()`, `.sum()`, `.count()`, …"
)]
pub trait GroupedOrAggregated {}

/// What each row has a value of by itself.
#[diagnostic::on_unimplemented(
    message = "an aggregate is one value of many rows, and stands beside what each row has a value of",
    label = "an aggregate beside what is of each row",
    note = "group by the others, `.group_by(|row| …)`, or aggregate them as well; of the rows around each one, it is `.over()`; of those that a relation leads to, `row.relation().count()` or `.aggregate(…)`"
)]
pub trait OfEachRow {}

/// What has a value to select. No relation has one.
#[diagnostic::on_unimplemented(
    message = "a relation is no column: it leads to rows, which are not selected",
    label = "leads to rows",
    note = "rows are loaded along: `.find().with(|row| row.relation())`; of many, select how many there are, `.count()`, or `.aggregate(…)`; of one, a value: `.get(|row| …)`",
    note = "or join them: `.join(|row| row.relation()).select(|(row, other)| …)`"
)]
pub trait Selectable {}

/// What is a value by itself.
#[diagnostic::on_unimplemented(
    message = "a query is no value: in another one it is `rex_orm::scalar(query)`",
    label = "a query, and not its value"
)]
pub trait AskedFor {}

// rustc shows these where it says that they do not hold, and would show all that a macro is given.

impl<S: Whole, T: Scalar> Selection<Grouped<S>> for Column<S, T>
where
    Self: GroupedOrAggregated,
{
    type Row = ();

    fn select(self, _terms: &mut Vec<Term>) -> Read<()> {
        nothing()
    }
}

impl<S: Whole, T: Scalar> Selection<Grouped<S>> for Column<OrNull<S>, T>
where
    Self: GroupedOrAggregated,
{
    type Row = ();

    fn select(self, _terms: &mut Vec<Term>) -> Read<()> {
        nothing()
    }
}

impl<S: Whole, T: Scalar> Selection<Grouped<S>> for Ex<S, T>
where
    Self: GroupedOrAggregated,
{
    type Row = ();

    fn select(self, _terms: &mut Vec<Term>) -> Read<()> {
        nothing()
    }
}

impl<S: Whole, T: Scalar> Selection<Grouped<S>> for Ex<OrNull<S>, T>
where
    Self: GroupedOrAggregated,
{
    type Row = ();

    fn select(self, _terms: &mut Vec<Term>) -> Read<()> {
        nothing()
    }
}

impl<S: Whole, T: Scalar> Selection<S> for Ex<Grouped<S>, T>
where
    Self: OfEachRow,
{
    type Row = ();

    fn select(self, _terms: &mut Vec<Term>) -> Read<()> {
        nothing()
    }
}

impl<S, R: Relation, L: 'static, P: Place> Selection<S> for Load<R, L, P>
where
    Self: Selectable,
{
    type Row = ();

    fn select(self, _terms: &mut Vec<Term>) -> Read<()> {
        nothing()
    }
}

impl<S, R: 'static, C: 'static> Selection<S> for Selected<R, C>
where
    Self: AskedFor,
{
    type Row = ();

    fn select(self, _terms: &mut Vec<Term>) -> Read<()> {
        nothing()
    }
}

fn nothing() -> Read<()> {
    Arc::new(|_: &mut Row<'_>| Ok(()))
}

/// A text, which contains others.
#[diagnostic::on_unimplemented(
    message = "a list has elements, and contains no text",
    label = "this is a list",
    note = "`.has(…)`, `.has_all([…])`, `.has_any([…])`, `.len()`"
)]
pub trait OfText {}

impl<P: Place, T: Element> Column<P, Vec<T>> {
    #[doc(hidden)]
    pub fn contains<V>(self, _text: V) -> Cond<P::Scope>
    where
        Self: OfText,
    {
        Cond::none()
    }
}

impl<P: Place, T: Element> Column<P, Option<Vec<T>>> {
    #[doc(hidden)]
    pub fn contains<V>(self, _text: V) -> Cond<P::Scope>
    where
        Self: OfText,
    {
        Cond::none()
    }
}

/// What has one value. A query has rows.
#[diagnostic::on_unimplemented(
    message = "aggregates are selected: a query has rows, and no sum of them",
    label = "aggregates are selected",
    note = "`.select(|row| row.amount.sum()).one().await?`, and so `.avg()`, `.min()`, `.max()`"
)]
pub trait Aggregated {}

macro_rules! aggregates {
    ($([$($generics:tt)*] $query:ty: $($name:ident)*;)*) => {$(
        // Iterators have these, and would be found.
        impl<$($generics)*> $query {
            $(
                #[doc(hidden)]
                pub fn $name<F>(self, _of: F) -> Ready<crate::Result<()>>
                where
                    Self: Aggregated,
                {
                    ready(Ok(()))
                }
            )*
        }
    )*};
}

aggregates! {
    [M: Model, L, C] Find<M, L, C>: sum min max avg;
    [S: Extent] Query<S>: sum min max avg;
}
