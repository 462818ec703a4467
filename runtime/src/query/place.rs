//! Where the columns of a query stand: in which of its tables, and whether that may have no row.
//!
//! A *scope* is what a query ranges over: a model, or a tuple of what was joined, `(Post,
//! Option<User>)`. A *place* in it is what columns carry as their first parameter: the scope
//! itself, or [`OrNull`] of it where a join may leave the columns null, or an absent field does.

use std::marker::PhantomData;

use crate::meta::{ColumnMeta, TableMeta};
use crate::model::Model;
use crate::scalar::Scalar;

/// One table of a statement: what the columns of a model are made for.
#[derive(Clone, Copy, Debug)]
pub struct At {
    source: u16,
    table: &'static TableMeta,
}

impl At {
    pub(crate) fn new<M: Model>(source: u16) -> Self {
        At { source, table: &M::META.table }
    }

    /// The number of the table in its statement: 0 stands after `FROM`.
    pub(crate) fn source(self) -> u16 {
        self.source
    }

    pub(crate) fn table(self) -> &'static TableMeta {
        self.table
    }

    pub(crate) fn column(self, place: u16) -> &'static ColumnMeta {
        self.table.column(place)
    }
}

/// The columns of `M` as the only table of a statement has them.
pub fn columns<M: Model>() -> M::Columns<M> {
    M::columns(At::new::<M>(0))
}

/// What the columns of a query belong to.
#[diagnostic::on_unimplemented(message = "`{Self}` is nothing that a query ranges over")]
pub trait Place: 'static {
    /// What the query ranges over.
    type Scope: 'static;

    /// What a column of `T` gives here.
    type Of<T: Scalar>: Scalar;

    /// The same place, where all may be null: a field that is several columns and may be absent.
    type OrNull: Place<Scope = Self::Scope>;

    /// Whether all may be null here: a join may find no row, or a field be absent.
    const OR_NULL: bool;
}

#[diagnostic::do_not_recommend]
impl<M: Model> Place for M {
    type Scope = M;
    type Of<T: Scalar> = T;
    type OrNull = OrNull<Self>;
    const OR_NULL: bool = false;
}

/// A place in `P` that may have no row, or a field that may be absent, so that each of its columns may
/// be null.
pub struct OrNull<P>(PhantomData<fn() -> P>);

#[diagnostic::do_not_recommend]
impl<P: Place> Place for OrNull<P> {
    type Scope = P::Scope;
    type Of<T: Scalar> = T::Nullable;
    type OrNull = Self;
    const OR_NULL: bool = true;
}

/// The rows of `S` made one: each group of them, or all. Aggregates are expressions over this.
pub struct Grouped<S>(PhantomData<fn() -> S>);

impl<S: 'static> Place for Grouped<S> {
    type Scope = Self;
    type Of<T: Scalar> = T;
    type OrNull = OrNull<Self>;
    const OR_NULL: bool = false;
}

/// What a query ranges over, as a whole: a model, a tuple of what is joined, or either of them
/// [`Grouped`].
pub trait Whole: Place<Scope = Self> {}

#[diagnostic::do_not_recommend]
impl<M: Model> Whole for M {}
#[diagnostic::do_not_recommend]
impl<S: 'static> Whole for Grouped<S> {}
