//! Fields of several columns in conditions.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use rex_sql::{Comparison, Expr};

use super::column::compare;
use super::condition::Cond;
use crate::composite::Composite;
use crate::fits::Fits;
use crate::meta::ColumnMeta;
use crate::model::Model;
use crate::value::Value;

/// A field of `M` of several columns that holds a `T`, as conditions see it. `C` has its columns,
/// each by itself: `u.home.city`.
pub struct CompositeColumn<M, T, C> {
    columns: C,
    place: u16,
    of: PhantomData<fn() -> (M, T)>,
}

impl<M, T, C> CompositeColumn<M, T, C> {
    /// The field whose first column is at a place in the model's table.
    pub const fn new(place: u16, columns: C) -> Self {
        CompositeColumn { columns, place, of: PhantomData }
    }
}

impl<M, T, C> Deref for CompositeColumn<M, T, C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.columns
    }
}

impl<M: Model, T: Composite, C> fmt::Debug for CompositeColumn<M, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.metas().iter().map(|column| column.name).collect();
        write!(f, "{}.({})", M::META.name, names.join(", "))
    }
}

impl<M: Model, T: Composite, C> CompositeColumn<M, T, C> {
    fn metas(&self) -> &'static [ColumnMeta] {
        let first = usize::from(self.place);
        &M::META.table.columns[first..first + T::WIDTH]
    }

    fn all(&self, condition: impl Fn(&'static ColumnMeta) -> Expr<Value>) -> Cond<M> {
        Cond::new(Expr::All(self.metas().iter().map(condition).collect()))
    }
}

#[allow(clippy::should_implement_trait, reason = "a condition is built, nothing is compared")]
impl<M: Model, T: Composite, C> CompositeColumn<M, T, C> {
    /// It equals the value: each of its columns does, null where the value has none.
    pub fn eq<How>(&self, value: impl Fits<T, How>) -> Cond<M> {
        let mut values = Vec::with_capacity(T::WIDTH);
        value.fit().encode(&mut values);
        let columns = self.metas().iter().zip(values);
        let equal = columns.map(|(column, value)| compare(column, Comparison::Equal, value));
        Cond::new(Expr::All(equal.collect()))
    }

    /// It differs from the value: one of its columns does.
    pub fn ne<How>(&self, value: impl Fits<T, How>) -> Cond<M> {
        !self.eq(value)
    }
}

impl<M: Model, T: Composite, C> CompositeColumn<M, Option<T>, C> {
    /// It is absent: all its columns are null.
    pub fn is_none(&self) -> Cond<M> {
        self.all(|column| Expr::IsNull(Box::new(Expr::column(column.name))))
    }

    /// It is there.
    pub fn is_some(&self) -> Cond<M> {
        !self.is_none()
    }
}
