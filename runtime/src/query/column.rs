//! Columns: what they are. What is made of them stands with the [expressions](super::expr).

use std::fmt;
use std::marker::PhantomData;

use rex_sql::{ColumnRef, Expr};

use super::place::At;
use crate::meta::ColumnMeta;
use crate::value::Value;

/// A column that holds a `T`, as conditions and orders see it; `P` is the place where it stands: a
/// model, or what a query joins.
///
/// Logic is three-valued, as in SQL: a comparison with null is unknown, and a row is kept only
/// when its condition is true. `eq(None)` and `ne(None)` are tests for null.
pub struct Column<P, T> {
    at: At,
    place: u16,
    of: PhantomData<fn() -> (P, T)>,
}

impl<P, T> Column<P, T> {
    /// The column at a place in the columns of a table.
    pub fn new(at: At, place: u16) -> Self {
        Column { at, place, of: PhantomData }
    }

    /// The table that it is a column of.
    #[doc(hidden)]
    pub fn at(&self) -> At {
        self.at
    }

    pub(crate) fn meta(self) -> &'static ColumnMeta {
        self.at.column(self.place)
    }

    /// Its value in a statement.
    pub(crate) fn reference(self) -> ColumnRef {
        let meta = self.meta();
        ColumnRef::of(self.at.source(), meta.name).shown(meta.as_text).sensitive(meta.sensitive)
    }
}

impl<P, T> Clone for Column<P, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, T> Copy for Column<P, T> {}

impl<P, T> fmt::Debug for Column<P, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.table().name, self.meta().name)
    }
}

impl<P, T> Column<P, T> {
    pub(super) fn plain(self) -> Expr<Value> {
        Expr::Column(self.reference())
    }
}
