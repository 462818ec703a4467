//! Values of the rows around each row.

use std::marker::PhantomData;
use std::sync::Arc;

use rex_sql::{Bound, Expr, Frame, Order, Window, WindowFunction};

use super::aggregate::methods;
use super::selection::{Item, Keys, Read, Selection, handed};
use crate::meta::Type;
use crate::query::expr::{Ex, Expression, Term};
use crate::query::place::{Grouped, Whole};
use crate::query::{Column, Cond, Orders, Place};
use crate::row::Row;
use crate::scalar::Scalar;
use crate::value::Value;

/// A value of the rows around each row of `S`: of all of them, until [`partition`](Over::partition)
/// says which. Select it, or order by it.
///
/// ```text
/// .select(|p| (p.title, rank().partition(p.author_id).order(p.views.desc())))
/// .select(|p| (p.title, p.views.sum().over().order(p.id.asc()).rows_between(2, 0)))
/// ```
#[must_use = "a value does nothing until a query has it"]
pub struct Over<S, T> {
    term: Term,
    partition: Vec<Expr<Value>>,
    order: Vec<Order<Value>>,
    frame: Option<Frame<Value>>,
    of: PhantomData<fn() -> (S, T)>,
}

impl<S, T> Over<S, T> {
    pub(super) fn of(term: Term) -> Self {
        Over { term, partition: Vec::new(), order: Vec::new(), frame: None, of: PhantomData }
    }

    fn function(function: WindowFunction<Value>, ty: Option<Type>, nullable: bool) -> Self {
        let window = Window { function, partition: Vec::new(), order: Vec::new(), frame: None };
        Over::of(Term { expr: Expr::Window(Box::new(window)), ty, nullable })
    }
}

impl<S: Whole, T: Scalar> Over<S, T> {
    /// Only the rows count that agree with the row in this, or in all of a tuple.
    pub fn partition(mut self, by: impl Keys<S>) -> Self {
        let mut terms = Vec::new();
        _ = by.keys(&mut terms);
        self.partition.extend(terms.into_iter().map(|term| term.expr));
        self
    }

    /// In which order the rows stand. Where there is one, aggregates and `last_value` see the rows up
    /// to those that stand equal with the row, and no further.
    pub fn order(mut self, order: impl Orders<S>) -> Self {
        order.push_to(&mut self.order);
        self
    }

    /// Only so many rows before the row count, and so many behind it; `None` for all of them.
    pub fn rows_between(mut self, before: impl Into<Option<u32>>, behind: impl Into<Option<u32>>) -> Self {
        let start = match before.into() {
            None => Bound::Start,
            Some(0) => Bound::Here,
            Some(rows) => Bound::Before(Value::I64(rows.into())),
        };
        let end = match behind.into() {
            None => Bound::End,
            Some(0) => Bound::Here,
            Some(rows) => Bound::Behind(Value::I64(rows.into())),
        };
        self.frame = Some(Frame { start, end });
        self
    }

    /// As an expression, to compute with. It is selected or sorted by: when rows are filtered or grouped
    /// it is not known yet.
    pub fn value(self) -> Ex<S, T> {
        Ex::new(self.into_term())
    }

    fn finish(self) -> Term {
        let Over { mut term, partition, order, frame, .. } = self;
        let over = |function| Window {
            function,
            partition: partition.clone(),
            order: order.clone(),
            frame: frame.clone(),
        };
        if let Expr::Window(window) = term.expr {
            return Term { expr: Expr::Window(Box::new(over(window.function))), ..term };
        }
        term.expr.each_aggregate(&mut |expr| {
            let aggregate = std::mem::replace(expr, Expr::All(Vec::new()));
            *expr = match aggregate {
                Expr::Aggregate(aggregate) => {
                    Expr::Window(Box::new(over(WindowFunction::Aggregate(*aggregate))))
                }
                other => other,
            };
        });
        term
    }
}

/// What is known when rows are filtered. Nothing that is over rows around each row is.
#[diagnostic::on_unimplemented(
    message = "rows are not filtered by what is over the rows around them",
    label = "not known when rows are filtered",
    note = "select it, and filter the query around that: `.select(|p| (p.id, rank()…)).nested().filter(|(_, rank)| …)`"
)]
pub trait Filters {}

macro_rules! refused {
    ($($name:ident)*) => {$(
        #[doc(hidden)]
        #[allow(clippy::should_implement_trait, reason = "without it, rustc finds the method of iterators")]
        pub fn $name<V>(self, _value: V) -> Cond<S>
        where
            Self: Filters,
        {
            Cond::none()
        }
    )*};
}

impl<S, T> Over<S, T> {
    refused! { eq ne gt ge lt le in_ between }
}

#[diagnostic::do_not_recommend]
impl<S: Whole, T: Scalar> Expression<S> for Over<S, T> {
    type Out = T;

    fn into_term(self) -> Term {
        self.finish()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Whole, T: Scalar> Selection<S> for Over<S, T> {
    type Row = T;

    fn select(self, terms: &mut Vec<Term>) -> Read<T> {
        terms.push(self.finish());
        Arc::new(|row: &mut Row<'_>| row.next())
    }
}

#[diagnostic::do_not_recommend]
impl<S: Whole, T: Scalar> Item<S> for Over<S, T> {
    type Out = T;

    fn item(self) -> Term {
        self.finish()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Whole, T: Scalar> Keys<S> for Over<S, T> {
    type Handed = Column<Grouped<S>, T>;

    fn keys(self, terms: &mut Vec<Term>) -> Self::Handed {
        handed(self.finish(), terms)
    }
}

macro_rules! functions {
    ($($(#[$docs:meta])* $name:ident: $function:ident => $ty:ty, $meta:ident;)*) => {$(
        $(#[$docs])*
        pub fn $name<S: Whole>() -> Over<S, $ty> {
            Over::function(WindowFunction::$function, Some(Type::$meta), false)
        }
    )*};
}

functions! {
    /// The row's number, from 1.
    row_number: RowNumber => i64, I64;
    /// The number of the first of the rows that stand equal, from 1.
    rank: Rank => i64, I64;
    /// How many different rows stand before, and one.
    dense_rank: DenseRank => i64, I64;
    /// The rank as a part of all, from 0 to 1.
    percent_rank: PercentRank => f64, F64;
    /// Which part of all rows stands before or equal.
    cume_dist: CumulativeDistribution => f64, F64;
}

/// Into which of so many parts of equal size the row falls, from 1.
pub fn ntile<S: Whole>(parts: u32) -> Over<S, i64> {
    Over::function(WindowFunction::Tile(Value::I64(parts.into())), Some(Type::I64), false)
}

methods! { [T: Scalar] T {
    /// Its value in the row that stands so many rows before; none where there is no such row.
    pub fn lag(self, rows: u32) -> Over<P::Scope, T::Nullable> {
        let Term { expr, ty, .. } = self.term();
        Over::function(WindowFunction::Lag(expr, Value::I64(rows.into())), ty, true)
    }

    /// Its value in the row that stands so many rows behind; none where there is no such row.
    pub fn lead(self, rows: u32) -> Over<P::Scope, T::Nullable> {
        let Term { expr, ty, .. } = self.term();
        Over::function(WindowFunction::Lead(expr, Value::I64(rows.into())), ty, true)
    }

    /// Its value in the first of the rows.
    pub fn first_value(self) -> Over<P::Scope, T::Nullable> {
        let Term { expr, ty, .. } = self.term();
        Over::function(WindowFunction::First(expr), ty, true)
    }

    /// Its value in the last of the rows: see [`order`](Over::order) for which that is.
    pub fn last_value(self) -> Over<P::Scope, T::Nullable> {
        let Term { expr, ty, .. } = self.term();
        Over::function(WindowFunction::Last(expr), ty, true)
    }

    /// Its value in the row of this number, from 1; none where there is no such row.
    pub fn nth_value(self, row: u32) -> Over<P::Scope, T::Nullable> {
        let Term { expr, ty, .. } = self.term();
        Over::function(WindowFunction::Nth(expr, Value::I64(row.into())), ty, true)
    }
} }
