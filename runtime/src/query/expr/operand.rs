//! What may stand beside an expression.

use std::marker::PhantomData;

use super::{Expression, Term, Widens};
use crate::fits::{Exact, Fits};
use crate::scalar::Scalar;
use crate::value::Value;

/// A value, a column or an expression that stands beside an expression of type `T` over the scope
/// `S`.
///
/// The last parameter keeps apart how it fits; it is always inferred.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` does not fit a column of type `{T}`",
    label = "this is a `{Self}`",
    note = "the column takes a `{T}`, or a column or expression of `{S}` that gives one"
)]
pub trait Operand<S, T, How> {
    /// What both give together: `T`, or an `Option` of it where one of them may be null.
    type Joined: Scalar;

    /// Without its Rust type.
    #[doc(hidden)]
    fn side(self) -> Side;
}

/// An operand without its Rust type.
#[derive(Clone, Debug)]
pub enum Side {
    /// A value, which is null at most where null is meant.
    Value(Value),
    /// An expression.
    Term(Term),
}

/// It is a value.
#[derive(Debug)]
pub struct Valued<How>(PhantomData<How>);

/// It is an expression of the same type.
#[derive(Debug)]
pub enum Same {}

/// It is never null, and what it stands beside may be.
#[derive(Debug)]
pub enum Lifted {}

/// It may be null, and what it stands beside is not.
#[derive(Debug)]
pub enum Lowered {}

/// It is of a narrower type of number.
#[derive(Debug)]
pub struct Widened<How>(PhantomData<How>);

#[diagnostic::do_not_recommend]
impl Exact for Same {}
#[diagnostic::do_not_recommend]
impl Exact for Lifted {}
#[diagnostic::do_not_recommend]
impl Exact for Lowered {}
#[diagnostic::do_not_recommend]
impl<How: Exact> Exact for Valued<How> {}
#[diagnostic::do_not_recommend]
impl<How: Exact> Exact for Widened<How> {}

#[diagnostic::do_not_recommend]
impl<S, T: Scalar, How, V: Fits<T, How>> Operand<S, T, Valued<How>> for V {
    type Joined = T;

    fn side(self) -> Side {
        Side::Value(self.fit().encode())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: Scalar, E: Expression<S, Out = T>> Operand<S, T, Same> for E {
    type Joined = T;

    fn side(self) -> Side {
        Side::Term(self.into_term())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: Scalar, E: Expression<S, Out = T>> Operand<S, Option<T>, Lifted> for E {
    type Joined = Option<T>;

    fn side(self) -> Side {
        Side::Term(self.into_term())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: Scalar, E: Expression<S, Out = Option<T>>> Operand<S, T, Lowered> for E {
    type Joined = Option<T>;

    fn side(self) -> Side {
        Side::Term(self.into_term())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: Scalar, N: Widens<T>, E: Expression<S, Out = N>> Operand<S, T, Widened<Same>> for E {
    type Joined = T;

    fn side(self) -> Side {
        Side::Term(self.into_term())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: Scalar, N: Widens<T>, E: Expression<S, Out = N>> Operand<S, Option<T>, Widened<Lifted>> for E {
    type Joined = Option<T>;

    fn side(self) -> Side {
        Side::Term(self.into_term())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: Scalar, N: Widens<T>, E: Expression<S, Out = Option<N>>> Operand<S, T, Widened<Lowered>> for E {
    type Joined = Option<T>;

    fn side(self) -> Side {
        Side::Term(self.into_term())
    }
}

/// What a column of the type `T` is set to: a value that fits, or an expression over the row as it was.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` does not fit a column of type `{T}`",
    label = "this is a `{Self}`",
    note = "the column takes a `{T}`, or a column or expression of `{M}` that gives one"
)]
pub trait Assigned<M, T, How> {
    /// Without its Rust type.
    #[doc(hidden)]
    fn assigned(self) -> Side;
}

macro_rules! assigned {
    ($([$($generics:tt)*] $holds:ty, $how:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, T: Scalar, V: Operand<M, $holds, $how>, $($generics)*> Assigned<M, $holds, $how> for V {
            fn assigned(self) -> Side {
                self.side()
            }
        }
    )*};
}

// All but what may be null where the column is not.
assigned! {
    [How] T, Valued<How>;
    [] T, Same;
    [] Option<T>, Lifted;
    [] T, Widened<Same>;
    [] Option<T>, Widened<Lifted>;
}
