//! Aggregates: values of several rows.
//!
//! The number of rows is a `BigInt`. A sum of integers is a `BigInt` and an error where it leaves that;
//! of `Float` and `Double` a `Double`; of `Decimal` a `Decimal` of the same digits, which SQLite holds
//! in 64 bits. A mean is a `Double`, whatever it is of. Enums have the order of their variants, and
//! `false` is less than `true`. Nulls do not count, and of no rows all but the counts and the list are
//! null: the same on every database.

use rex_sql::{Aggregate, AggregateFunction, Averaged, Expr, Listed as List, Number, Ordered, Sum};

use super::window::Over;
use crate::meta::Type;
use crate::query::expr::{Ex, Term, type_of_number};
use crate::query::place::Grouped;
use crate::query::{Column, Cond, Orders, Place};
use crate::scalar::{Element, Scalar};
use crate::value::Value;

/// A number that has sums and means, or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "there is no sum and no mean of a `{Self}`",
    note = "there is of `i16`, `i32`, `i64`, `f32`, `f64` and `Decimal`"
)]
pub trait Summed: Scalar {
    /// The type of a sum.
    type Sum: Scalar;
}

macro_rules! summed {
    ($($number:ty => $sum:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Summed for $number {
            type Sum = $sum;
        }

        #[diagnostic::do_not_recommend]
        impl Summed for Option<$number> {
            type Sum = $sum;
        }
    )*};
}

summed! {
    i16 => i64;
    i32 => i64;
    i64 => i64;
    f32 => f64;
    f64 => f64;
}

#[cfg(feature = "decimal")]
summed! { rust_decimal::Decimal => rust_decimal::Decimal; }

/// What lists are made of, or an `Option` of it.
#[diagnostic::on_unimplemented(message = "there are no lists of `{Self}`")]
pub trait Listed: Scalar {
    /// An element.
    type Element: Element;
}

impl<T: Element> Listed for T {
    type Element = T;
}

impl<T: Element> Listed for Option<T> {
    type Element = T;
}

/// How many rows there are.
pub fn count<S: 'static>() -> Ex<Grouped<S>, i64> {
    let aggregate = Aggregate::new(AggregateFunction::Count, None);
    Ex::new(Term { expr: Expr::Aggregate(Box::new(aggregate)), ty: Some(Type::I64), nullable: false })
}

macro_rules! methods {
    ([$($generics:tt)*] $holds:ty { $($methods:tt)* }) => {
        impl<P: Place, $($generics)*> Column<P, $holds> { $($methods)* }

        impl<P: Place, $($generics)*> Ex<P, $holds> { $($methods)* }
    };
}

pub(super) use methods;

methods! { [T: Scalar] T {
    /// In how many rows it is not null.
    pub fn count(self) -> Ex<Grouped<P::Scope>, i64> {
        Ex::new(counted(self.term(), false))
    }

    /// How many different values it has, but for null.
    pub fn count_distinct(self) -> Ex<Grouped<P::Scope>, i64> {
        Ex::new(counted(self.term(), true))
    }

    /// The smallest; none where there are no values.
    pub fn min(self) -> Ex<Grouped<P::Scope>, T::Nullable> {
        Ex::new(extreme(self.term(), AggregateFunction::Least))
    }

    /// The largest; none where there are no values.
    pub fn max(self) -> Ex<Grouped<P::Scope>, T::Nullable> {
        Ex::new(extreme(self.term(), AggregateFunction::Greatest))
    }
} }

methods! { [T: Scalar] T {
    /// The sum; none where there are no values. Of integers it is a `BigInt`, and an error where it
    /// leaves that.
    pub fn sum<Sum: Scalar>(self) -> Ex<Grouped<P::Scope>, Option<Sum>>
    where
        T: Summed<Sum = Sum>,
    {
        Ex::new(summed(self.term()))
    }

    /// The mean; none where there are no values.
    pub fn avg(self) -> Ex<Grouped<P::Scope>, Option<f64>>
    where
        T: Summed,
    {
        Ex::new(averaged(self.term()))
    }

    /// All values that are not null, in the order that [`order`](Ex::order) gives.
    pub fn array_agg<One: Element>(self) -> Ex<Grouped<P::Scope>, Vec<One>>
    where
        T: Listed<Element = One>,
    {
        Ex::new(listed(self.term()))
    }
} }

macro_rules! texts {
    ($($holds:ty)*) => {$(methods! { [] $holds {
        /// All texts, with another one between them, in the order that [`order`](Ex::order) gives.
        pub fn string_agg(self, between: impl Into<String>) -> Ex<Grouped<P::Scope>, Option<String>> {
            Ex::new(joined(self.term(), between.into()))
        }
    } })*};
}

texts! { String Option<String> }

impl<S: 'static, T: Scalar> Ex<Grouped<S>, T> {
    /// The same, of those rows only for which the condition is true.
    pub fn filter(self, cond: Cond<S>) -> Self {
        let cond = cond.into_expr();
        self.each_aggregate(|aggregate| {
            aggregate.filter = Some(match aggregate.filter.take() {
                Some(filter) => filter.and(cond.clone()),
                None => cond.clone(),
            });
        })
    }

    /// The same, of the values in this order: for `string_agg` and `array_agg`.
    pub fn order(self, order: impl Orders<S>) -> Self {
        let mut keys = Vec::new();
        order.push_to(&mut keys);
        self.each_aggregate(|aggregate| aggregate.order.extend(keys.clone()))
    }

    /// The same of the rows around each row, which stay apart.
    pub fn over(self) -> Over<S, T> {
        Over::of(self.term())
    }

    fn each_aggregate(self, mut change: impl FnMut(&mut Aggregate<Value>)) -> Self {
        let mut term = self.term();
        term.expr.each_aggregate(&mut |expr| {
            if let Expr::Aggregate(aggregate) = expr {
                change(aggregate);
            }
        });
        Ex::new(term)
    }
}

fn aggregate(of: Expr<Value>, function: AggregateFunction, ty: Option<Type>, nullable: bool) -> Term {
    Term { expr: Expr::Aggregate(Box::new(Aggregate::new(function, Some(of)))), ty, nullable }
}

fn counted(term: Term, distinct: bool) -> Term {
    let counted = Aggregate { distinct, ..Aggregate::new(AggregateFunction::Count, Some(term.expr)) };
    Term { expr: Expr::Aggregate(Box::new(counted)), ty: Some(Type::I64), nullable: false }
}

fn extreme(term: Term, function: fn(Ordered) -> AggregateFunction) -> Term {
    let ordered = match term.ty {
        Some(Type::Bool) => Ordered::Bool,
        Some(Type::Bytes) => Ordered::Bytes,
        Some(Type::Uuid) => Ordered::Uuid,
        Some(Type::Enum(labels)) => Ordered::Enum(labels),
        _ => Ordered::Plain,
    };
    aggregate(term.expr, function(ordered), term.ty, true)
}

fn summed(term: Term) -> Term {
    let (sum, ty) = match term.number() {
        Some(Number::Decimal(scale)) => (Sum::Decimal, type_of_number(Number::Decimal(scale))),
        Some(Number::Double) => (Sum::Double, Type::F64),
        Some(Number::I16 | Number::I32 | Number::I64) | None => (Sum::Integer, Type::I64),
    };
    aggregate(term.expr, AggregateFunction::Sum(sum), Some(ty), true)
}

fn averaged(term: Term) -> Term {
    let averaged = match term.number() {
        Some(Number::Decimal(scale)) => Averaged::Decimal(scale),
        Some(Number::I16 | Number::I32 | Number::I64 | Number::Double) | None => Averaged::Plain,
    };
    aggregate(term.expr, AggregateFunction::Average(averaged), Some(Type::F64), true)
}

fn listed(term: Term) -> Term {
    let listed = match term.ty {
        Some(Type::Bytes | Type::Uuid) => List::Bytes,
        Some(Type::Decimal { scale, .. }) => List::Decimal(scale),
        _ => List::Plain,
    };
    aggregate(term.expr, AggregateFunction::List(listed), None, false)
}

fn joined(term: Term, between: String) -> Term {
    let texts = Aggregate {
        between: Some(Value::Text(between)),
        ..Aggregate::new(AggregateFunction::Texts, Some(term.expr))
    };
    Term { expr: Expr::Aggregate(Box::new(texts)), ty: Some(Type::Text), nullable: true }
}
