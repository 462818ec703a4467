//! Conditions over the rows of one model.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use rex_sql::Expr;

use crate::value::Value;

/// A condition over the rows of `M`. Combine them with `&`, `|` and `!`.
#[must_use = "a condition does nothing until it is handed to `filter`"]
pub struct Cond<M> {
    expr: Expr<Value>,
    of: PhantomData<fn() -> M>,
}

impl<M> Cond<M> {
    pub(crate) fn new(expr: Expr<Value>) -> Self {
        Cond { expr, of: PhantomData }
    }

    /// Every row: the start of a chain of `&`.
    pub fn all() -> Self {
        Cond::new(Expr::All(Vec::new()))
    }

    /// No row: the start of a chain of `|`.
    pub fn none() -> Self {
        Cond::new(Expr::Any(Vec::new()))
    }

    pub(crate) fn into_expr(self) -> Expr<Value> {
        self.expr
    }
}

impl<M> Clone for Cond<M> {
    fn clone(&self) -> Self {
        Cond::new(self.expr.clone())
    }
}

impl<M> fmt::Debug for Cond<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)
    }
}

impl<M> BitAnd for Cond<M> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Cond::new(self.expr.and(other.expr))
    }
}

impl<M> BitOr for Cond<M> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Cond::new(self.expr.or(other.expr))
    }
}

impl<M> Not for Cond<M> {
    type Output = Self;

    fn not(self) -> Self {
        Cond::new(self.expr.negate())
    }
}
