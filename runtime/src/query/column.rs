//! Columns: what they are. What is made of them stands with the [expressions](super::expr).

use std::fmt;
use std::marker::PhantomData;

use rex_sql::{ColumnRef, Expr};

use super::expr::Term;
use super::place::{At, Place};
use super::shape::Output;
use crate::scalar::Scalar;

/// A column that holds a `T`, as conditions and orders see it; `P` is the place where it stands: a
/// model, what a query joins, or the keys of groups.
///
/// Logic is three-valued, as in SQL: a comparison with null is unknown, and a row is kept only
/// when its condition is true. `eq(None)` and `ne(None)` are tests for null.
pub struct Column<P, T> {
    spot: Spot,
    of: PhantomData<fn() -> (P, T)>,
}

/// Where a column's value comes from.
#[derive(Clone, Copy, Debug)]
pub struct Spot(From);

#[derive(Clone, Copy, Debug)]
enum From {
    /// The column of a model's table, by its place there.
    Table { at: At, place: u16 },
    /// The value at a place of the rows of another query.
    Query { source: u16, place: u16, output: Output },
    /// What rows are grouped by, by its place among the keys.
    Key { place: u16, output: Output },
}

impl Spot {
    /// A value of the rows of another query, which is the table with this number.
    pub(super) fn query(source: u16, place: u16, output: Output) -> Self {
        Spot(From::Query { source, place, output })
    }

    /// One of the keys that rows are grouped by.
    pub(super) fn key(place: u16, output: Output) -> Self {
        Spot(From::Key { place, output })
    }

    pub(super) fn term(self) -> Term {
        match self.0 {
            From::Table { at, place } => {
                let meta = at.column(place);
                let name = ColumnRef::of(at.source(), meta.name);
                let expr = Expr::Column(name.shown(meta.as_text).sensitive(meta.sensitive));
                Term { expr, ty: Some(meta.ty), nullable: meta.nullable }
            }
            From::Query { source, place, output: Output { ty, nullable } } => {
                let expr = Expr::Column(ColumnRef::of(source, format!("c{place}")));
                Term { expr, ty, nullable }
            }
            From::Key { place, output: Output { ty, nullable } } => {
                Term { expr: Expr::Key(place), ty, nullable }
            }
        }
    }
}

impl<P, T> Column<P, T> {
    /// The column at a place in the columns of a table.
    pub fn new(at: At, place: u16) -> Self {
        Column::of(Spot(From::Table { at, place }))
    }

    pub(super) fn of(spot: Spot) -> Self {
        Column { spot, of: PhantomData }
    }

    /// The table that it is a column of.
    #[doc(hidden)]
    pub fn at(&self) -> At {
        match self.spot.0 {
            From::Table { at, .. } => at,
            From::Query { .. } | From::Key { .. } => {
                unreachable!("only the columns of models are asked where they stand")
            }
        }
    }
}

impl<P: Place, T: Scalar> Column<P, T> {
    pub(crate) fn term(self) -> Term {
        let term = self.spot.term();
        Term { nullable: term.nullable || P::OR_NULL, ..term }
    }
}

impl<P, T> Clone for Column<P, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, T> Copy for Column<P, T> {}

impl<P, T> fmt::Debug for Column<P, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.spot.0 {
            From::Table { at, place } => write!(f, "{}.{}", at.table().name, at.column(place).name),
            From::Query { source, place, .. } => write!(f, "t{source}.c{place}"),
            From::Key { place, .. } => write!(f, "key {place}"),
        }
    }
}
