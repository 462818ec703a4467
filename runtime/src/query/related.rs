//! Conditions along relations: `u.posts().any(|p| …)`, `p.author().is(|a| …)`, `u.posts().count()`.
//!
//! Each is a query within the query, over the rows that a relation leads to from the row at hand,
//! which the database reads by the key that both sides have in common. Deleted rows are seen as
//! loading the relation sees them. What is loaded along, and how many rows of each parent, plays no
//! part here.

use rex_sql::{ColumnRef, Expr, Projection, Select};

use super::expr::{Ex, Expression, Term};
use super::load::Load;
use super::place::{At, Place, columns};
use super::tail::{Tail, path};
use super::{Cond, Filterable, ToMany};
use crate::meta::{TableMeta, Type};
use crate::model::{Cardinality, Maybe, Model, One, Relation, RelationMeta};
use crate::scalar::Scalar;
use crate::value::Value;

/// A relation that leads to one row at most.
#[diagnostic::on_unimplemented(
    message = "this relation leads to many rows",
    label = "leads to many rows",
    note = "ask whether one of them is so: `any`, `none`, `all`, `count`"
)]
pub trait ToOne: Cardinality {
    /// What a `T` of that row is: `T`, or an `Option` of it where there may be no row.
    type Of<T: Scalar>: Scalar;

    /// Whether there may be no row.
    const MAY_BE_NONE: bool;
}

#[diagnostic::do_not_recommend]
impl ToOne for One {
    type Of<T: Scalar> = T;
    const MAY_BE_NONE: bool = false;
}

#[diagnostic::do_not_recommend]
impl ToOne for Maybe {
    type Of<T: Scalar> = T::Nullable;
    const MAY_BE_NONE: bool = true;
}

impl<R: Relation, P: Place> Load<R, (), P> {
    /// It leads to a row for which the condition is true.
    pub fn any(self, cond: impl FnOnce(<R::To as Model>::Columns<R::To>) -> Cond<R::To>) -> Cond<P::Scope>
    where
        R::Card: ToMany,
    {
        self.meets(cond)
    }

    /// It leads to no row for which the condition is true.
    pub fn none(self, cond: impl FnOnce(<R::To as Model>::Columns<R::To>) -> Cond<R::To>) -> Cond<P::Scope>
    where
        R::Card: ToMany,
    {
        !self.meets(cond)
    }

    /// The condition is true for every row that it leads to, if there are any.
    pub fn all(self, cond: impl FnOnce(<R::To as Model>::Columns<R::To>) -> Cond<R::To>) -> Cond<P::Scope>
    where
        R::Card: ToMany,
    {
        !self.meets(|columns| Cond::new(is_not_true(cond(columns).into_expr())))
    }

    /// How many rows it leads to.
    pub fn count(self) -> Ex<P, i64>
    where
        R::Card: ToMany,
    {
        let select = along(R::META, &R::To::META.table, self.at, self.tail, Projection::Count);
        let expr = Expr::Query(Box::new(select));
        Ex::new(Term { expr, ty: Some(Type::I64), nullable: false })
    }

    /// It leads to a row.
    pub fn exists(self) -> Cond<P::Scope>
    where
        R::Card: Filterable,
    {
        there_is(R::META, &R::To::META.table, self.at, self.tail)
    }

    /// It leads to a row, and the condition is true for that.
    pub fn is(self, cond: impl FnOnce(<R::To as Model>::Columns<R::To>) -> Cond<R::To>) -> Cond<P::Scope>
    where
        R::Card: ToOne,
    {
        self.meets(cond)
    }

    /// A value of the row that it leads to: `order(|p| p.author().get(|a| a.name).asc())`.
    pub fn get<E: Expression<R::To>>(
        self,
        value: impl FnOnce(<R::To as Model>::Columns<R::To>) -> E,
    ) -> Ex<P, <R::Card as ToOne>::Of<E::Out>>
    where
        R::Card: ToOne,
    {
        let Term { expr, ty, nullable } = value(columns::<R::To>()).into_term();
        let nullable = nullable || <R::Card as ToOne>::MAY_BE_NONE;
        let values = Projection::Values(vec![expr]);
        let select = along(R::META, &R::To::META.table, self.at, self.tail, values);
        Ex::new(Term { expr: Expr::Query(Box::new(select)), ty, nullable })
    }

    fn meets(mut self, cond: impl FnOnce(<R::To as Model>::Columns<R::To>) -> Cond<R::To>) -> Cond<P::Scope> {
        self.tail.filter(cond(columns::<R::To>()));
        there_is(R::META, &R::To::META.table, self.at, self.tail)
    }
}

fn there_is<S>(relation: &RelationMeta, to: &'static TableMeta, at: At, tail: Tail) -> Cond<S> {
    Cond::new(Expr::Exists(Box::new(along(relation, to, at, tail, Projection::Exists))))
}

/// The rows that a relation leads to from the row of the query around.
pub(super) fn along(
    relation: &RelationMeta,
    to: &'static TableMeta,
    from: At,
    tail: Tail,
    projection: Projection<Value>,
) -> Select<Value> {
    let (key, joins) = path(relation, to);
    let here = from.table().names(relation.from).map(|name| ColumnRef::of(from.source(), name).outer());
    let meets = key.into_iter().zip(here);
    let meets = meets.map(|(there, here)| Expr::Column(there.shown(false)).equals(Expr::Column(here)));
    let mut link = Expr::All(meets.collect());
    if let Some(filter) = tail.into_filter(to) {
        link = link.and(filter);
    }
    let mut select = Select::new(projection, to.table());
    select.joins = joins;
    select.filter = Some(link);
    select
}

/// False or unknown.
fn is_not_true(cond: Expr<Value>) -> Expr<Value> {
    let (never, always) = (Expr::Any(Vec::new()), Expr::All(Vec::new()));
    Expr::Case(vec![(cond, never)], Some(Box::new(always)))
}
