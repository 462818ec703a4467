//! Expressions: what a column, and all that is computed from columns and values, is in a query.
//!
//! Terms: an [`Ex`] is an expression with its Rust type; a [`Term`] is the same without, and does the
//! work. An [`Operand`] is what may stand beside an expression: a value that fits, a column, or
//! another expression over the same scope.
//!
//! Methods are the same on columns and on expressions: [`expressions!`] writes them once. They are
//! inherent, so that nothing has to be imported, and so that rustc finds them before those of
//! iterators.

mod choose;
mod compare;
mod json;
mod lists;
mod numbers;
mod operand;
mod operators;
mod term;
mod texts;
mod times;

use std::fmt;
use std::marker::PhantomData;

pub use choose::{Case, IntoLiteral, Literal, value};
pub use json::Step;
pub use numbers::{Divisible, Numeric, Widens};
pub use operand::{Assigned, Operand, Side};
pub use term::Term;
pub(super) use term::compare;
pub(crate) use term::{kind, type_of_number};

use super::{Column, Cond, Place};
use crate::scalar::Scalar;

/// An expression that gives a `T` for each row; `P` is the place of its columns, as a
/// [`Column`]'s.
///
/// What it means is the same in Rust and on every database: integers that leave their type are an
/// error, division by zero is null, `lower` and `upper` know ASCII letters. Null makes null.
#[must_use = "an expression does nothing until a query has it"]
pub struct Ex<P, T> {
    term: Term,
    of: PhantomData<fn() -> (P, T)>,
}

/// What has a value for each row of the scope `S`: a column, or what is made of columns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no column or expression of `{S}`",
    label = "not an expression over `{S}`",
    note = "a value by itself is written `rex_orm::value(…)`"
)]
pub trait Expression<S>: Sized {
    /// The type of its values.
    type Out: Scalar;

    /// Without its Rust type.
    #[doc(hidden)]
    fn into_term(self) -> Term;
}

impl<P, T> Ex<P, T> {
    pub(crate) fn new(term: Term) -> Self {
        Ex { term, of: PhantomData }
    }
}

impl<P: Place, T: Scalar> Ex<P, T> {
    pub(crate) fn term(self) -> Term {
        self.term
    }
}

impl<P, T> Clone for Ex<P, T> {
    fn clone(&self) -> Self {
        Ex::new(self.term.clone())
    }
}

impl<P, T> fmt::Debug for Ex<P, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.term.fmt(f)
    }
}

#[diagnostic::do_not_recommend]
impl<P: Place, T: Scalar> Expression<P::Scope> for Ex<P, T> {
    type Out = P::Of<T>;

    fn into_term(self) -> Term {
        self.term
    }
}

#[diagnostic::do_not_recommend]
impl<P: Place, T: Scalar> Expression<P::Scope> for Column<P, T> {
    type Out = P::Of<T>;

    fn into_term(self) -> Term {
        self.term()
    }
}

/// A condition is unknown where it compares with null.
#[diagnostic::do_not_recommend]
impl<S> Expression<S> for Cond<S> {
    type Out = Option<bool>;

    fn into_term(self) -> Term {
        Term { expr: self.into_expr(), ty: Some(crate::meta::Type::Bool), nullable: true }
    }
}

/// Methods of columns and of expressions that hold a type.
macro_rules! expressions {
    ([$($generics:tt)*] $holds:ty { $($methods:tt)* }) => {
        impl<P: Place, $($generics)*> Column<P, $holds> { $($methods)* }

        impl<P: Place, $($generics)*> Ex<P, $holds> { $($methods)* }
    };
}

use expressions;
