//! What queries of several tables range over, as types: each of the tables, and the tuple of them.
//!
//! The scope of a query is a tuple, however many joins there are: `(Post, User, Option<User>)`. It is
//! the type of the query's rows too, so that what rustc says of it stays short.

use super::Record;
use super::whole::{RowsOf, columns};
use crate::error::Result;
use crate::meta::{ModelMeta, Type};
use crate::model::Model;
use crate::query::column::Spot;
use crate::query::expr::Term;
use crate::query::place::{At, OrNull, Place, Whole};
use crate::row::Row;

/// Where the columns of one of a query's tables come from.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The number of the table in the statement.
    pub(crate) source: u16,
    pub(crate) of: EntryOf,
}

#[derive(Clone, Debug)]
pub(crate) enum EntryOf {
    Model(&'static ModelMeta),
    /// The columns of another query.
    Nested(Vec<Output>),
}

/// What a column of a query gives.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub(crate) ty: Option<Type>,
    pub(crate) nullable: bool,
}

impl Entry {
    pub(crate) fn model<M: Model>(source: u16) -> Self {
        Entry { source, of: EntryOf::Model(M::META) }
    }

    /// All its columns.
    fn terms(&self, terms: &mut Vec<Term>) {
        match &self.of {
            EntryOf::Model(meta) => terms.extend(columns(meta.table.columns, self.source, false)),
            EntryOf::Nested(outputs) => terms.extend(nested(self.source, outputs)),
        }
    }
}

/// The columns of a query within another.
pub(crate) fn nested(source: u16, outputs: &[Output]) -> impl Iterator<Item = Term> {
    spots(source, outputs).map(Spot::term)
}

fn spots(source: u16, outputs: &[Output]) -> impl Iterator<Item = Spot> {
    let places = (0..=u16::MAX).zip(outputs);
    places.map(move |(place, output)| Spot::query(source, place, *output))
}

/// The rows of another query, among those that a query ranges over: tuples of `R`, or single values.
pub struct Nested<R>(std::marker::PhantomData<fn() -> R>);

/// One of the tables that a query ranges over: a model, the rows of a query, or an `Option` of either
/// where a join may find no row.
#[diagnostic::on_unimplemented(message = "`{Self}` is nothing that a query ranges over")]
pub trait Source: 'static {
    /// What closures are handed of it.
    type Columns<P: Place>;
    /// What its rows are read into.
    type Row: Send + Clone + 'static;
    /// The same, where a join may find no row.
    type Nullable: Source;

    #[doc(hidden)]
    fn columns<P: Place>(entry: &Entry) -> Self::Columns<P>;

    #[doc(hidden)]
    fn read(row: &mut Row<'_>, entry: &Entry) -> Result<Self::Row>;
}

impl<M: Model> Source for M {
    type Columns<P: Place> = M::Columns<P>;
    type Row = M;
    type Nullable = Option<M>;

    fn columns<P: Place>(entry: &Entry) -> M::Columns<P> {
        M::columns(At::new::<M>(entry.source))
    }

    fn read(row: &mut Row<'_>, _entry: &Entry) -> Result<M> {
        <M as RowsOf<M>>::read(row)
    }
}

impl<M: Model> Source for Option<M> {
    type Columns<P: Place> = M::Columns<OrNull<P>>;
    type Row = Option<M>;
    type Nullable = Option<M>;

    fn columns<P: Place>(entry: &Entry) -> M::Columns<OrNull<P>> {
        M::columns(At::new::<M>(entry.source))
    }

    fn read(row: &mut Row<'_>, _entry: &Entry) -> Result<Option<M>> {
        <OrNull<M> as RowsOf<M>>::read(row)
    }
}

impl<R: Record> Source for Nested<R> {
    type Columns<P: Place> = R::Columns<P>;
    type Row = R;
    type Nullable = Option<Nested<R>>;

    fn columns<P: Place>(entry: &Entry) -> R::Columns<P> {
        <R as Record>::columns(&mut nested_of(entry))
    }

    fn read(row: &mut Row<'_>, _entry: &Entry) -> Result<R> {
        row.enter(&[]);
        <R as Record>::read(row)
    }
}

impl<R: Record> Source for Option<Nested<R>> {
    type Columns<P: Place> = R::Columns<OrNull<P>>;
    type Row = Option<R>;
    type Nullable = Option<Nested<R>>;

    fn columns<P: Place>(entry: &Entry) -> R::Columns<OrNull<P>> {
        <R as Record>::columns(&mut nested_of(entry))
    }

    fn read(row: &mut Row<'_>, _entry: &Entry) -> Result<Option<R>> {
        row.enter(&[]);
        if row.skip_nulls(R::WIDTH)? { Ok(None) } else { <R as Record>::read(row).map(Some) }
    }
}

fn nested_of(entry: &Entry) -> impl Iterator<Item = Spot> {
    let outputs: &[Output] = match &entry.of {
        EntryOf::Nested(outputs) => outputs,
        EntryOf::Model(_) => &[],
    };
    spots(entry.source, outputs)
}

/// What a query ranges over: a model, or a tuple of what was joined.
#[diagnostic::on_unimplemented(message = "`{Self}` is nothing that a query ranges over")]
pub trait Extent: Place<Scope = Self> + Sized {
    /// What closures are handed of it.
    type Columns<P: Place>;
    /// What its rows are read into.
    type Row: Send + Clone + 'static;

    #[doc(hidden)]
    fn columns<P: Place>(entries: &[Entry]) -> Self::Columns<P>;

    #[doc(hidden)]
    fn read(row: &mut Row<'_>, entries: &[Entry]) -> Result<Self::Row>;
}

/// All the columns of a query's tables.
pub(crate) fn all(entries: &[Entry]) -> Vec<Term> {
    let mut terms = Vec::new();
    for entry in entries {
        entry.terms(&mut terms);
    }
    terms
}

/// What a query ranges over when `T` is joined to what it ranges over already.
#[diagnostic::on_unimplemented(message = "a query ranges over at most eight tables")]
pub trait Plus<T: Source>: Extent {
    /// All rows have their counterpart, but for what `T` says.
    type Plain: Extent;
    /// What was there before may have no row.
    type Outer: Extent;
}

macro_rules! single {
    ([$($generics:tt)*] $single:ty) => {
        impl<$($generics)*> Extent for $single {
            type Columns<P: Place> = <$single as Source>::Columns<P>;
            type Row = <$single as Source>::Row;

            fn columns<P: Place>(entries: &[Entry]) -> <Self as Extent>::Columns<P> {
                <$single as Source>::columns(&entries[0])
            }

            fn read(row: &mut Row<'_>, entries: &[Entry]) -> Result<<Self as Extent>::Row> {
                <$single as Source>::read(row, &entries[0])
            }
        }

        impl<T: Source, $($generics)*> Plus<T> for $single {
            type Plain = ($single, T);
            type Outer = (<$single as Source>::Nullable, T);
        }
    };
}

single! { [M: Model] M }
single! { [R: Record] Nested<R> }

impl<R: Record> Whole for Nested<R> {}

impl<R: Record> Place for Nested<R> {
    type Scope = Self;
    type Of<T: crate::Scalar> = T;
    type OrNull = OrNull<Self>;
    const OR_NULL: bool = false;
}

macro_rules! tuples {
    ($($($name:ident $place:tt)*;)*) => {$(
        impl<$($name: Source),*> Place for ($($name,)*) {
            type Scope = Self;
            type Of<T: crate::Scalar> = T;
            type OrNull = OrNull<Self>;
            const OR_NULL: bool = false;
        }

        impl<$($name: Source),*> Whole for ($($name,)*) {}

        impl<$($name: Source),*> Extent for ($($name,)*) {
            type Columns<P: Place> = ($($name::Columns<P>,)*);
            type Row = ($($name::Row,)*);

            fn columns<P: Place>(entries: &[Entry]) -> Self::Columns<P> {
                ($($name::columns(&entries[$place]),)*)
            }

            fn read(row: &mut Row<'_>, entries: &[Entry]) -> Result<Self::Row> {
                Ok(($($name::read(row, &entries[$place])?,)*))
            }
        }
    )*};
}

tuples! {
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
    A 0 B 1 C 2 D 3 E 4;
    A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
}

macro_rules! plus {
    ($($($name:ident)*;)*) => {$(
        impl<T: Source, $($name: Source),*> Plus<T> for ($($name,)*) {
            type Plain = ($($name,)* T);
            type Outer = ($($name::Nullable,)* T);
        }
    )*};
}

plus! {
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
}
