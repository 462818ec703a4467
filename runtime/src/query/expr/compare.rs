//! Comparisons, membership, and orders: for every type.

use rex_sql::{Comparison, Direction, Expr};

use super::term::{align, compare, member, not_member};
use super::{Column, Ex, Operand, Place, expressions};
use crate::fits::{Exact, Fits};
use crate::query::{Cond, Order};
use crate::scalar::Scalar;

expressions! { [T: Scalar] T {
    /// It equals the other; for the value `None`, it is null.
    #[allow(clippy::should_implement_trait, reason = "a condition is built, nothing is compared")]
    pub fn eq<How: Exact>(self, other: impl Operand<P::Scope, T, How>) -> Cond<P::Scope> {
        Cond::new(compare(self.term(), Comparison::Equal, other.side()))
    }

    /// It differs from the other; for the value `None`, it is not null.
    #[allow(clippy::should_implement_trait, reason = "a condition is built, nothing is compared")]
    pub fn ne<How: Exact>(self, other: impl Operand<P::Scope, T, How>) -> Cond<P::Scope> {
        Cond::new(compare(self.term(), Comparison::NotEqual, other.side()))
    }

    /// It is greater than the other.
    pub fn gt<How: Exact>(self, other: impl Operand<P::Scope, T, How>) -> Cond<P::Scope> {
        Cond::new(compare(self.term(), Comparison::Greater, other.side()))
    }

    /// It is greater than the other or equals it.
    pub fn ge<How: Exact>(self, other: impl Operand<P::Scope, T, How>) -> Cond<P::Scope> {
        Cond::new(compare(self.term(), Comparison::GreaterOrEqual, other.side()))
    }

    /// It is less than the other.
    pub fn lt<How: Exact>(self, other: impl Operand<P::Scope, T, How>) -> Cond<P::Scope> {
        Cond::new(compare(self.term(), Comparison::Less, other.side()))
    }

    /// It is less than the other or equals it.
    pub fn le<How: Exact>(self, other: impl Operand<P::Scope, T, How>) -> Cond<P::Scope> {
        Cond::new(compare(self.term(), Comparison::LessOrEqual, other.side()))
    }

    /// It equals the other, or both are null: never unknown.
    pub fn same<How: Exact>(self, other: impl Operand<P::Scope, T, How>) -> Cond<P::Scope> {
        let term = self.term();
        let other = term.beside(other.side());
        let (left, right, _) = align(term, other);
        Cond::new(Expr::Same(Box::new(left.expr), Box::new(right.expr)))
    }

    /// It lies between the others, both included.
    pub fn between<A: Exact, B: Exact>(
        self,
        low: impl Operand<P::Scope, T, A>,
        high: impl Operand<P::Scope, T, B>,
    ) -> Cond<P::Scope> {
        let term = self.term();
        let low = compare(term.clone(), Comparison::GreaterOrEqual, low.side());
        Cond::new(low.and(compare(term, Comparison::LessOrEqual, high.side())))
    }

    /// It equals one of the values, of which there may be none or a hundred thousand.
    pub fn in_<V: Fits<T, How>, How: Exact>(self, values: impl IntoIterator<Item = V>) -> Cond<P::Scope> {
        let values = values.into_iter().map(|value| value.fit().encode()).collect();
        Cond::new(member(self.term(), values))
    }

    /// It equals none of the values. Null does, as it does in Rust, where `None` is not among
    /// them.
    pub fn not_in<V: Fits<T, How>, How: Exact>(self, values: impl IntoIterator<Item = V>) -> Cond<P::Scope> {
        let values = values.into_iter().map(|value| value.fit().encode()).collect();
        Cond::new(not_member(self.term(), values))
    }

    /// Smallest first; nulls last.
    pub fn asc(self) -> Order<P::Scope> {
        let term = self.term();
        let (nullable, ty) = (term.nullable, term.ty);
        Order::new(term.rank(), nullable, Direction::Ascending).of_type(ty)
    }

    /// Largest first; nulls first.
    pub fn desc(self) -> Order<P::Scope> {
        let term = self.term();
        let (nullable, ty) = (term.nullable, term.ty);
        Order::new(term.rank(), nullable, Direction::Descending).of_type(ty)
    }
} }

/// A type that may be null: an `Option`.
#[diagnostic::on_unimplemented(message = "this is never null: it is a `{Self}`", label = "never null")]
pub trait Optional {}

#[diagnostic::do_not_recommend]
impl<T> Optional for Option<T> {}

expressions! { [T: Scalar] T {
    /// It is null, or there is no row that it would be of.
    pub fn is_none(self) -> Cond<P::Scope>
    where
        P::Of<T>: Optional,
    {
        Cond::new(Expr::IsNull(Box::new(self.term().expr)))
    }

    /// It is not null.
    pub fn is_some(self) -> Cond<P::Scope>
    where
        P::Of<T>: Optional,
    {
        Cond::new(Expr::IsNotNull(Box::new(self.term().expr)))
    }
} }
