//! One value or another: `case`, `coalesce`, `null_if`; and values by themselves.

use std::marker::PhantomData;

use rex_sql::{Call, Expr, Kind};

use super::term::{Term, align};
use super::{Column, Ex, Expression, Operand, Place, Side, expressions};
use crate::fits::Exact;
use crate::meta::Type;
use crate::query::Cond;
use crate::scalar::{Labels, Scalar};
use crate::value::Value;

/// A value where an expression is asked for: see [`value`].
#[derive(Clone, Debug)]
pub struct Literal<T> {
    value: Value,
    of: PhantomData<fn() -> T>,
}

/// A value as an expression: `cond.then(value("many"))`.
pub fn value<T: Scalar>(value: impl IntoLiteral<Type = T>) -> Literal<T> {
    Literal { value: value.into_literal(), of: PhantomData }
}

/// A value whose type says which column's it could be.
pub trait IntoLiteral {
    /// The column's type.
    type Type: Scalar;

    /// What is bound.
    #[doc(hidden)]
    fn into_literal(self) -> Value;
}

#[diagnostic::do_not_recommend]
impl<T: Scalar> IntoLiteral for T {
    type Type = T;

    fn into_literal(self) -> Value {
        self.encode()
    }
}

#[diagnostic::do_not_recommend]
impl IntoLiteral for &str {
    type Type = String;

    fn into_literal(self) -> Value {
        Value::Text(self.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: Scalar> Expression<S> for Literal<T> {
    type Out = T;

    fn into_term(self) -> Term {
        match T::LABELS_OF {
            // In PostgreSQL a label by itself is a text, which has another order.
            Some(Labels { postgres, all }) => Term {
                nullable: self.value == Value::Null,
                expr: Expr::Typed(self.value, Kind::Label(postgres)),
                ty: Some(Type::Enum(all)),
            },
            None => Term::value(self.value),
        }
    }
}

/// A choice in the making: what there is for rows of which a condition is true.
#[must_use = "a choice is ended by `otherwise`, or by `or_none`"]
pub struct Case<S, T> {
    branches: Vec<(Expr<Value>, Term)>,
    of: PhantomData<fn() -> (S, T)>,
}

impl<S> Cond<S> {
    /// Begins a choice: `p.price.gt(100).then(value("dear")).otherwise("cheap")`. The first condition
    /// that is true decides.
    pub fn then<E: Expression<S>>(self, then: E) -> Case<S, E::Out> {
        Case { branches: vec![(self.into_expr(), then.into_term())], of: PhantomData }
    }
}

impl<S: Place<Scope = S>, T: Scalar> Case<S, T> {
    /// What there is where this condition is true, and none before it was.
    pub fn or_when<How: Exact, O: Operand<S, T, How>>(
        mut self,
        cond: Cond<S>,
        then: O,
    ) -> Case<S, O::Joined> {
        let then = self.branches[0].1.beside(then.side());
        self.branches.push((cond.into_expr(), then));
        Case { branches: self.branches, of: PhantomData }
    }

    /// What there is where no condition was true.
    pub fn otherwise<How: Exact, O: Operand<S, T, How>>(self, last: O) -> Ex<S, O::Joined> {
        let last = self.branches[0].1.beside(last.side());
        Ex::new(choice(self.branches, Some(last)))
    }

    /// Null where no condition was true.
    pub fn or_none(self) -> Ex<S, T::Nullable> {
        Ex::new(choice(self.branches, None))
    }
}

/// All results as the widest of their types.
fn choice(branches: Vec<(Expr<Value>, Term)>, last: Option<Term>) -> Term {
    let results = || branches.iter().map(|(_, then)| then).chain(&last);
    let nullable = last.is_none() || results().any(|term| term.nullable);
    let widest = results().cloned().reduce(|one, other| align(one, other).0);
    let number = widest.as_ref().and_then(Term::number);
    let wide = |term: Term| number.map_or(term.clone(), |number| term.widen(number)).expr;
    let ty = results().find_map(|term| term.ty);
    let ty = widest.and_then(|term| term.ty).or(ty);
    let last = last.map(|last| Box::new(wide(last)));
    let branches = branches.into_iter().map(|(when, then)| (when, wide(then))).collect();
    Term { expr: Expr::Case(branches, last), ty, nullable }
}

expressions! { [T: Scalar] Option<T> {
    /// The other, where this is null.
    pub fn coalesce<How: Exact, O: Operand<P::Scope, T, How>>(self, other: O) -> Ex<P, O::Joined> {
        let term = self.term();
        let other = term.beside(other.side());
        let nullable = other.nullable;
        let (left, right, _) = align(term, other);
        let ty = left.ty.or(right.ty);
        let expr = Expr::Call(Call::Coalesce, vec![left.expr, right.expr]);
        Ex::new(Term { expr, ty, nullable })
    }
} }

expressions! { [T: Scalar] T {
    /// Null where it equals the other.
    pub fn null_if<How: Exact>(self, other: impl Operand<P::Scope, T, How>) -> Ex<P, T::Nullable> {
        Ex::new(null_if(self.term(), other.side()))
    }
} }

fn null_if(term: Term, other: Side) -> Term {
    let other = term.beside(other);
    let ty = term.ty;
    let (left, right, _) = align(term, other);
    Term { expr: Expr::Call(Call::NullIf, vec![left.expr, right.expr]), ty: left.ty.or(ty), nullable: true }
}
