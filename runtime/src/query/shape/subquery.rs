//! Queries in conditions and selections.

use std::marker::PhantomData;
use std::sync::Arc;

use rex_sql::Expr;

use super::aggregate::methods;
use super::selection::{Item, Keys, Read, Selection, handed};
use super::source::Output;
use super::{Selected, Statement};
use crate::query::expr::{Ex, Expression, Term};
use crate::query::place::{Grouped, Whole};
use crate::query::{Column, Cond, Place};
use crate::row::Row;
use crate::scalar::Scalar;
use crate::value::Value;

/// There is a row in the query.
pub fn exists<S, R: Send + 'static>(query: Selected<R>) -> Cond<S> {
    let mut statement = query.statement;
    if !statement.is_plain() || !statement.select.with.is_empty() {
        statement = statement.wrapped(&query.outputs);
    }
    Cond::new(Expr::Exists(statement.select))
}

/// The value of a query's only row, as a value beside others; none where there is no row. Of several
/// rows it is the first's.
pub fn scalar<T: Scalar>(query: Selected<T>) -> Subquery<T> {
    let mut query = query.limit(1);
    query.statement.complete();
    let ty = query.outputs.first().and_then(|output| output.ty);
    let expr = Expr::Query(query.statement.select);
    Subquery { term: Term { expr, ty, nullable: true }, of: PhantomData }
}

/// A query's value where an expression is asked for: see [`scalar`].
#[must_use = "a query does nothing until another has it"]
pub struct Subquery<T> {
    term: Term,
    of: PhantomData<fn() -> T>,
}

#[diagnostic::do_not_recommend]
impl<S, T: Scalar> Expression<S> for Subquery<T> {
    type Out = T::Nullable;

    fn into_term(self) -> Term {
        self.term
    }
}

#[diagnostic::do_not_recommend]
impl<S: Whole, T: Scalar> Selection<S> for Subquery<T> {
    type Row = T::Nullable;

    fn select(self, terms: &mut Vec<Term>) -> Read<T::Nullable> {
        terms.push(self.term);
        Arc::new(|row: &mut Row<'_>| row.next())
    }
}

#[diagnostic::do_not_recommend]
impl<S: Whole, T: Scalar> Item<S> for Subquery<T> {
    type Out = T::Nullable;

    fn item(self) -> Term {
        self.term
    }
}

#[diagnostic::do_not_recommend]
impl<S: Whole, T: Scalar> Keys<S> for Subquery<T> {
    type Handed = Column<Grouped<S>, T::Nullable>;

    fn keys(self, terms: &mut Vec<Term>) -> Self::Handed {
        handed(self.term, terms)
    }
}

methods! { [T: Scalar] T {
    /// It is one of the query's values. Nulls among these count for nothing.
    pub fn in_query<R: Scalar<Nullable = T::Nullable>>(self, query: Selected<R>) -> Cond<P::Scope> {
        let rows = present(query.statement, &query.outputs);
        Cond::new(Expr::InQuery(Box::new(self.term().expr), rows.select))
    }

    /// It is none of the query's values. Nulls among these count for nothing, and null itself is none
    /// of them.
    pub fn not_in_query<R: Scalar<Nullable = T::Nullable>>(self, query: Selected<R>) -> Cond<P::Scope> {
        let term = self.term();
        let (expr, nullable) = (term.expr, term.nullable);
        let rows = present(query.statement, &query.outputs);
        let other = Expr::InQuery(Box::new(expr.clone()), rows.select).negate();
        Cond::new(if nullable { other.or(Expr::IsNull(Box::new(expr))) } else { other })
    }
} }

/// Without rows that are null: beside one of them, SQL does not know of any value that it is not there.
fn present(mut statement: Statement, outputs: &[Output]) -> Statement {
    statement.complete();
    if !outputs.iter().any(|output| output.nullable) {
        return statement;
    }
    let mut statement = statement.wrapped(outputs);
    let values: Vec<Expr<Value>> = statement.values_mut().to_vec();
    for value in values {
        statement.and(Expr::IsNotNull(Box::new(value)));
    }
    statement
}
