//! What is selected: columns and expressions, tuples of them, and structs of the user's.

use std::sync::Arc;

use super::source::Output;
use crate::composite::Composite;
use crate::error::Result;
use crate::query::column::Spot;
use crate::query::expr::{Ex, Expression, Literal, Term};
use crate::query::place::{Grouped, OrNull, Whole};
use crate::query::{Column, CompositeColumn, Cond};
use crate::row::Row;
use crate::scalar::Scalar;

/// Reads a row of what was selected.
pub type Read<R> = Arc<dyn Fn(&mut Row<'_>) -> Result<R> + Send + Sync>;

/// What is selected of the rows of `S`: a column or an expression, a whole row, a tuple of up to twelve of
/// these, or what [`row!`](macro@crate::row) makes of them. `S` is [`Grouped`] where rows are made one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value of the rows of `{S}`",
    label = "not a value of each row of `{S}`",
    note = "of the query's own rows, columns, expressions and whole rows are selected, tuples of up to twelve, and structs by `row!`",
    note = "a value by itself is written `rex_orm::value(…)`"
)]
pub trait Selection<S> {
    /// What a row becomes.
    type Row: Send + 'static;

    #[doc(hidden)]
    fn select(self, terms: &mut Vec<Term>) -> Read<Self::Row>;
}

/// A column or an expression over the rows of `S`, which others can be grouped by or stand beside.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no column or expression over `{S}`",
    label = "not over `{S}`"
)]
pub trait Item<S>: Selection<S, Row = Self::Out> {
    /// What it gives.
    type Out: Scalar;

    #[doc(hidden)]
    fn item(self) -> Term;
}

fn next<T: Scalar>() -> Read<T> {
    Arc::new(|row: &mut Row<'_>| row.next())
}

macro_rules! items {
    ($([$($generics:tt)*] $item:ty: $scope:ty => $out:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Selection<$scope> for $item {
            type Row = $out;

            fn select(self, terms: &mut Vec<Term>) -> Read<$out> {
                terms.push(Expression::<$scope>::into_term(self));
                next()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Item<$scope> for $item {
            type Out = $out;

            fn item(self) -> Term {
                Expression::<$scope>::into_term(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Keys<$scope> for $item {
            type Handed = Column<Grouped<$scope>, $out>;

            fn keys(self, terms: &mut Vec<Term>) -> Self::Handed {
                handed(Expression::<$scope>::into_term(self), terms)
            }
        }
    )*};
}

// One for each place, not one for all: so that rustc says of a column that does not belong here that
// it does not, and not which types differ.
items! {
    [S: Whole, T: Scalar] Column<S, T>: S => T;
    [S: Whole, T: Scalar] Column<OrNull<S>, T>: S => T::Nullable;
    [S: Whole, T: Scalar] Ex<S, T>: S => T;
    [S: Whole, T: Scalar] Ex<OrNull<S>, T>: S => T::Nullable;
    [S: Whole] Cond<S>: S => Option<bool>;
    [S: Whole, T: Scalar] Literal<T>: S => T;
}

#[diagnostic::do_not_recommend]
impl<S: Whole, T: Composite, C> Selection<S> for CompositeColumn<S, T, C> {
    type Row = T;

    fn select(self, terms: &mut Vec<Term>) -> Read<T> {
        terms.extend(self.terms());
        Arc::new(T::decode)
    }
}

#[diagnostic::do_not_recommend]
impl<S: Whole, T: Composite, C> Selection<S> for CompositeColumn<OrNull<S>, T, C> {
    type Row = T::Nullable;

    fn select(self, terms: &mut Vec<Term>) -> Read<T::Nullable> {
        terms.extend(self.terms());
        Arc::new(T::Nullable::decode)
    }
}

macro_rules! tuples {
    ($($($part:ident)*;)*) => {$(
        impl<S, $($part: Selection<S>),*> Selection<S> for ($($part,)*) {
            type Row = ($($part::Row,)*);

            #[allow(non_snake_case, reason = "a variable for each type")]
            fn select(self, terms: &mut Vec<Term>) -> Read<Self::Row> {
                let ($($part,)*) = self;
                $(let $part = $part.select(terms);)*
                Arc::new(move |row: &mut Row<'_>| Ok(($($part(row)?,)*)))
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
}

/// A selection whose rows become something else: what [`row!`](macro@crate::row) is made of.
pub struct Mapped<X, F> {
    selection: X,
    map: F,
}

impl<X, F> Mapped<X, F> {
    /// Rows of the selection, made something else.
    pub fn new<S, R>(selection: X, map: F) -> Self
    where
        X: Selection<S>,
        F: Fn(X::Row) -> R,
    {
        Mapped { selection, map }
    }
}

#[diagnostic::do_not_recommend]
impl<S, X: Selection<S>, R: Send + 'static, F: Fn(X::Row) -> R + Send + Sync + 'static> Selection<S>
    for Mapped<X, F>
{
    type Row = R;

    fn select(self, terms: &mut Vec<Term>) -> Read<R> {
        let (read, map) = (self.selection.select(terms), self.map);
        Arc::new(move |row: &mut Row<'_>| read(row).map(&map))
    }
}

/// Selects into a struct, by the names of its fields.
///
/// ```text
/// struct Total { name: String, posts: i64 }
///
/// let totals: Vec<Total> = db.user().find()
///     .select(|u| rex_orm::row!(Total { name: u.name, posts: u.posts().count() }))
///     .await?;
/// ```
#[macro_export]
macro_rules! row {
    (@value $field:ident) => { $field };
    (@value $field:ident $value:expr) => { $value };
    ($($name:ident)::+ { $($field:ident $(: $value:expr)?),+ $(,)? }) => {
        $crate::__::Mapped::new(
            ($($crate::row!(@value $field $($value)?),)+),
            |($($field,)+)| $($name)::+ { $($field),+ },
        )
    };
}

/// What rows are grouped by, or told apart by: a column or an expression, or a tuple of up to eight.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to group the rows of `{S}` by",
    note = "group by a column, an expression, or a tuple of them"
)]
pub trait Keys<S> {
    /// The keys, as they are handed to what follows.
    type Handed: Clone;

    #[doc(hidden)]
    fn keys(self, terms: &mut Vec<Term>) -> Self::Handed;
}

pub(super) fn handed<S, T: Scalar>(term: Term, terms: &mut Vec<Term>) -> Column<Grouped<S>, T> {
    let place = u16::try_from(terms.len()).unwrap_or(u16::MAX);
    let key = Spot::key(place, Output { ty: term.ty, nullable: term.nullable });
    terms.push(term);
    Column::of(key)
}

macro_rules! tuple_keys {
    ($($($part:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Whole, $($part: Item<S>),*> Keys<S> for ($($part,)*) {
            type Handed = ($(Column<Grouped<S>, $part::Out>,)*);

            #[allow(non_snake_case, reason = "a variable for each type")]
            fn keys(self, terms: &mut Vec<Term>) -> Self::Handed {
                let ($($part,)*) = self;
                ($(handed($part.item(), terms),)*)
            }
        }
    )*};
}

tuple_keys! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}

/// Whether a selection is of each row, or of rows that are made one.
#[diagnostic::on_unimplemented(
    message = "what is selected is not of the rows of `{S}`",
    label = "selects of another query's rows"
)]
pub trait Mode<S> {
    #[doc(hidden)]
    const GROUPED: bool;
}

#[diagnostic::do_not_recommend]
impl<S: Whole> Mode<S> for S {
    const GROUPED: bool = false;
}

#[diagnostic::do_not_recommend]
impl<S> Mode<S> for Grouped<S> {
    const GROUPED: bool = true;
}
