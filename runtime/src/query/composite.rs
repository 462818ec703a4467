//! Fields of several columns in conditions.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use rex_sql::{ColumnRef, Comparison, Expr};

use super::condition::Cond;
use super::expr::{Side, Term, compare};
use super::place::{At, Place};
use crate::composite::Composite;
use crate::fits::{Exact, Fits};
use crate::meta::ColumnMeta;
use crate::value::Value;

/// A field of several columns that holds a `T`, as conditions see it; `P` is the place where it
/// stands, as a [`Column`](crate::Column)'s. `C` has its columns, each by itself: `u.home.city`.
pub struct CompositeColumn<P, T, C> {
    columns: C,
    at: At,
    place: u16,
    of: PhantomData<fn() -> (P, T)>,
}

impl<P, T, C> CompositeColumn<P, T, C> {
    /// The field whose first column is at a place in the columns of a table.
    pub fn new(at: At, place: u16, columns: C) -> Self {
        CompositeColumn { columns, at, place, of: PhantomData }
    }

    /// The table that it is a field of.
    #[doc(hidden)]
    pub fn at(&self) -> At {
        self.at
    }
}

impl<P, T, C: Clone> Clone for CompositeColumn<P, T, C> {
    fn clone(&self) -> Self {
        CompositeColumn { columns: self.columns.clone(), ..*self }
    }
}

impl<P, T, C: Copy> Copy for CompositeColumn<P, T, C> {}

impl<P, T, C> Deref for CompositeColumn<P, T, C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.columns
    }
}

impl<P, T: Composite, C> fmt::Debug for CompositeColumn<P, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.metas().iter().map(|column| column.name).collect();
        write!(f, "{}.({})", self.at.table().name, names.join(", "))
    }
}

impl<P, T: Composite, C> CompositeColumn<P, T, C> {
    fn metas(&self) -> &'static [ColumnMeta] {
        let first = usize::from(self.place);
        &self.at.table().columns[first..first + T::WIDTH]
    }

    /// All its columns.
    pub(super) fn terms(&self) -> impl Iterator<Item = Term> {
        self.metas().iter().map(|column| self.term(column))
    }

    fn term(&self, column: &'static ColumnMeta) -> Term {
        Term { expr: self.plain(column), ty: Some(column.ty), nullable: column.nullable }
    }

    fn plain(&self, column: &'static ColumnMeta) -> Expr<Value> {
        Expr::Column(ColumnRef::of(self.at.source(), column.name).sensitive(column.sensitive))
    }
}

#[allow(clippy::should_implement_trait, reason = "a condition is built, nothing is compared")]
impl<P: Place, T: Composite, C> CompositeColumn<P, T, C> {
    /// It equals the value: each of its columns does, null where the value has none.
    pub fn eq<How: Exact>(&self, value: impl Fits<T, How>) -> Cond<P::Scope> {
        let mut values = Vec::with_capacity(T::WIDTH);
        value.fit().encode(&mut values);
        let columns = self.metas().iter().zip(values);
        let equal =
            columns.map(|(column, value)| compare(self.term(column), Comparison::Equal, Side::Value(value)));
        Cond::new(Expr::All(equal.collect()))
    }

    /// It differs from the value: one of its columns does.
    pub fn ne<How: Exact>(&self, value: impl Fits<T, How>) -> Cond<P::Scope> {
        !self.eq(value)
    }
}

impl<P: Place, T: Composite, C> CompositeColumn<P, Option<T>, C> {
    /// It is absent: all its columns are null.
    pub fn is_none(&self) -> Cond<P::Scope> {
        let nulls = self.metas().iter().map(|column| Expr::IsNull(Box::new(self.plain(column))));
        Cond::new(Expr::All(nulls.collect()))
    }

    /// It is there.
    pub fn is_some(&self) -> Cond<P::Scope> {
        !self.is_none()
    }
}
