//! Arithmetic.

#[cfg(feature = "decimal")]
use rex_sql::Call;
use rex_sql::{Arithmetic, Expr, Number};

use super::term::{align, type_of_number};
use super::{Column, Ex, Operand, Place, Side, Term, expressions};
use crate::fits::Exact;
use crate::scalar::Scalar;

/// A number that there is arithmetic with, or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "there is no arithmetic with a `{Self}`",
    note = "there is with `i16`, `i32`, `i64`, `f64` and `Decimal`; `widen::<f64>()` makes one of a `f32`"
)]
pub trait Numeric: Scalar {}

/// A number that is divided: `Decimal` is not, since its digits would not end.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` is not divided",
    note = "there is division of `i16`, `i32`, `i64` and `f64`"
)]
pub trait Divisible: Numeric {}

/// A number that becomes a `T` without a loss.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` does not become a `{T}`",
    note = "`i16` and `i32` become wider integers, `f64` and `Decimal`; `i64` becomes `Decimal`, `f32` `f64`"
)]
pub trait Widens<T>: Scalar {
    /// What that is computed as.
    #[doc(hidden)]
    const TO: Number;
}

macro_rules! numbers {
    ($($numeric:ty)*; $($divisible:ty)*; $($from:ty => $($to:ty: $number:expr),*;)*) => {
        $(
            impl Numeric for $numeric {}
            impl Numeric for Option<$numeric> {}
        )*
        $(
            impl Divisible for $divisible {}
            impl Divisible for Option<$divisible> {}
        )*
        $($(
            #[diagnostic::do_not_recommend]
            impl Widens<$to> for $from {
                const TO: Number = $number;
            }
        )*)*
    };
}

numbers! {
    i16 i32 i64 f64;
    i16 i32 i64 f64;
    i16 => i32: Number::I32, i64: Number::I64, f64: Number::Double;
    i32 => i64: Number::I64, f64: Number::Double;
    f32 => f64: Number::Double;
}

#[cfg(feature = "decimal")]
numbers! {
    rust_decimal::Decimal;
    ;
    i16 => rust_decimal::Decimal: Number::Decimal(0);
    i32 => rust_decimal::Decimal: Number::Decimal(0);
    i64 => rust_decimal::Decimal: Number::Decimal(0);
}

#[diagnostic::do_not_recommend]
impl<N: Widens<T>, T: Scalar> Widens<Option<T>> for Option<N> {
    const TO: Number = N::TO;
}

expressions! { [T: Scalar] T {
    /// The sum. What leaves the type is an error of the database.
    #[allow(clippy::should_implement_trait, reason = "an expression is built, nothing is computed")]
    pub fn add<How: Exact, O: Operand<P::Scope, T, How>>(self, other: O) -> Ex<P, O::Joined>
    where
        T: Numeric,
    {
        Ex::new(compute(Arithmetic::Add, self.term(), other.side()))
    }

    /// The difference. What leaves the type is an error of the database.
    #[allow(clippy::should_implement_trait, reason = "an expression is built, nothing is computed")]
    pub fn sub<How: Exact, O: Operand<P::Scope, T, How>>(self, other: O) -> Ex<P, O::Joined>
    where
        T: Numeric,
    {
        Ex::new(compute(Arithmetic::Subtract, self.term(), other.side()))
    }

    /// The product. What leaves the type is an error of the database. A `Decimal` has as many digits
    /// after the point as both together.
    #[allow(clippy::should_implement_trait, reason = "an expression is built, nothing is computed")]
    pub fn mul<How: Exact, O: Operand<P::Scope, T, How>>(self, other: O) -> Ex<P, O::Joined>
    where
        T: Numeric,
    {
        Ex::new(compute(Arithmetic::Multiply, self.term(), other.side()))
    }

    /// The number with the other sign.
    #[allow(clippy::should_implement_trait, reason = "an expression is built, nothing is computed")]
    pub fn neg(self) -> Ex<P, T>
    where
        T: Numeric,
    {
        Ex::new(signed(self.term(), Expr::Negate))
    }

    /// The number without its sign.
    pub fn abs(self) -> Ex<P, T>
    where
        T: Numeric,
    {
        Ex::new(signed(self.term(), Expr::Abs))
    }
} }

expressions! { [T: Scalar] T {
    /// The quotient; of integers, towards zero. Null by zero.
    #[allow(clippy::should_implement_trait, reason = "an expression is built, nothing is computed")]
    pub fn div<How: Exact, O: Operand<P::Scope, T, How>>(
        self,
        other: O,
    ) -> Ex<P, <O::Joined as Scalar>::Nullable>
    where
        T: Divisible,
    {
        Ex::new(compute(Arithmetic::Divide, self.term(), other.side()).or_null())
    }
} }

macro_rules! remainders {
    ($($number:ty)*) => {$(expressions! { [] $number {
        /// What division towards zero leaves over, with the sign of this. Null by zero.
        #[allow(clippy::should_implement_trait, reason = "an expression is built, nothing is computed")]
        pub fn rem<How: Exact, O: Operand<P::Scope, $number, How>>(
            self,
            other: O,
        ) -> Ex<P, <O::Joined as Scalar>::Nullable> {
            Ex::new(compute(Arithmetic::Remainder, self.term(), other.side()).or_null())
        }
    } })*};
}

remainders! { i16 i32 i64 Option<i16> Option<i32> Option<i64> }

expressions! { [T: Scalar] T {
    /// The same number in a wider type: `p.rooms.widen::<i64>()`.
    pub fn widen<To: Scalar>(self) -> Ex<P, To>
    where
        T: Widens<To>,
    {
        let term = self.term();
        Ex::new(term.widen(T::TO))
    }
} }

#[cfg(feature = "decimal")]
macro_rules! decimals {
    ($($number:ty)*) => {$(expressions! { [] $number {
        /// Rounded to so many digits after the point, half away from zero.
        pub fn round(self, digits: u32) -> Ex<P, $number> {
            Ex::new(round(self.term(), digits))
        }
    } })*};
}

#[cfg(feature = "decimal")]
decimals! { rust_decimal::Decimal Option<rust_decimal::Decimal> }

#[cfg(feature = "decimal")]
fn round(term: Term, to: u32) -> Term {
    match term.number() {
        Some(Number::Decimal(from)) if from > to => {
            term.call(Call::Round { from, to }, [], type_of_number(Number::Decimal(to)))
        }
        _ => term,
    }
}

fn compute(operator: Arithmetic, left: Term, right: Side) -> Term {
    let right = left.beside(right);
    let nullable = left.nullable || right.nullable;
    let (left, right, number) = match (operator, left.number(), right.number()) {
        // The digits of both are the product's, so that none has to be moved.
        (Arithmetic::Multiply, Some(Number::Decimal(a)), Some(Number::Decimal(b))) => {
            (left, right, Some(Number::Decimal(a + b)))
        }
        (Arithmetic::Multiply, Some(Number::Decimal(a)), Some(_)) => {
            (left, right.widen(Number::Decimal(0)), Some(Number::Decimal(a)))
        }
        _ => align(left, right),
    };
    let number = number.unwrap_or(Number::Double);
    let expr = Expr::Arithmetic(operator, number, Box::new(left.expr), Box::new(right.expr));
    Term { expr, ty: Some(type_of_number(number)), nullable }
}

fn signed(term: Term, with: impl FnOnce(Number, Box<Expr<crate::Value>>) -> Expr<crate::Value>) -> Term {
    match term.number() {
        Some(number) => Term { expr: with(number, Box::new(term.expr)), ..term },
        None => term,
    }
}
