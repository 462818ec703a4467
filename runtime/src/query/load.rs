//! Eager loading: relations that are loaded along with the rows of a query.
//!
//! Each relation is one statement for all rows of its level: the rows whose key is among the
//! parents' keys. A limit is per parent, by a window over the key. What comes back is put to its
//! parents in memory.

use std::marker::PhantomData;

use rex_sql::{Projection, Select, Whole};

use super::counted::{Counted, ToMany};
use super::gather::Gather;
use super::place::{At, columns};
use super::tail::{Tail, among, path};
use super::together::{Loading, together};
use super::tree::Deep;
use super::{Cond, Orders, Scope};
use crate::adapter::{BoxFuture, Session};
use crate::error::{Error, Kind, Result};
use crate::from_row::FromRow;
use crate::meta::ColumnMeta;
use crate::model::{Cardinality, Many, Maybe, Model, Path, Relation, RelationMeta, SoftDelete};
use crate::operation::{Operation, Shape};
use crate::row::Row;
use crate::scalar::KeyParts;
use crate::value::Value;

/// A relation `R` from the place `P`: to be loaded, each of its rows with what `L` loads along with
/// it.
#[must_use = "a load does nothing until it is handed to `with`"]
pub struct Load<R: Relation, L = (), P = <R as Relation>::From> {
    /// Where it starts.
    pub(super) at: At,
    pub(super) tail: Tail,
    loads: L,
    relation: PhantomData<fn() -> (R, P)>,
}

impl<R: Relation, L: Clone, P> Clone for Load<R, L, P> {
    fn clone(&self) -> Self {
        Load { tail: self.tail.clone(), loads: self.loads.clone(), ..*self }
    }
}

impl<R: Relation, P> Load<R, (), P> {
    pub(crate) fn new(at: At) -> Self {
        Load { at, tail: Tail::of::<R>(), loads: (), relation: PhantomData }
    }
}

/// A relation that may lead to no row, so that leaving rows out leaves something to answer with.
#[diagnostic::on_unimplemented(
    message = "a required to-one relation always has its row, so it cannot be filtered",
    note = "filter the query itself, or load the relation and look at its row"
)]
pub trait Filterable: Cardinality {}

#[diagnostic::do_not_recommend]
impl Filterable for Many {}
#[diagnostic::do_not_recommend]
impl Filterable for Maybe {}

impl<R: Relation, L, P> Load<R, L, P> {
    /// Keeps only rows for which the condition is true.
    pub fn filter(mut self, cond: impl FnOnce(<R::To as Model>::Columns<R::To>) -> Cond<R::To>) -> Self
    where
        R::Card: Filterable,
    {
        self.tail.filter(cond(columns::<R::To>()));
        self
    }

    /// Loads rows that are deleted too.
    pub fn with_deleted(mut self) -> Self
    where
        R::To: SoftDelete,
        R::Card: Filterable,
    {
        self.tail.see(Scope::All);
        self
    }

    /// Loads only rows that are deleted.
    pub fn only_deleted(mut self) -> Self
    where
        R::To: SoftDelete,
        R::Card: Filterable,
    {
        self.tail.see(Scope::Deleted);
        self
    }

    /// Loads a relation along with each of these rows.
    pub fn with<X: Along<R::To>>(
        self,
        relation: impl FnOnce(<R::To as Model>::Columns<R::To>) -> X,
    ) -> Load<R, L::Out, P>
    where
        L: Append<X::Load>,
    {
        let loads = self.loads.append(relation(columns::<R::To>()).load());
        Load { at: self.at, tail: self.tail, loads, relation: PhantomData }
    }

    /// Counts the rows of a relation along with each of these rows, without loading them.
    pub fn with_count<S>(
        self,
        relation: impl FnOnce(<R::To as Model>::Columns<R::To>) -> Load<S>,
    ) -> Load<R, L::Out, P>
    where
        S: Relation<From = R::To>,
        S::Card: ToMany,
        L: Append<Counted<S>>,
    {
        self.with(|columns| Counted::new(relation(columns)))
    }
}

impl<R: Relation<Card = Many>, L, P> Load<R, L, P> {
    /// Sorts the rows of each parent.
    pub fn order<O: Orders<R::To>>(
        mut self,
        order: impl FnOnce(<R::To as Model>::Columns<R::To>) -> O,
    ) -> Self {
        self.tail.order(order(columns::<R::To>()));
        self
    }

    /// At most so many rows for each parent; by the primary key if no order is given.
    pub fn limit(mut self, rows: u64) -> Self {
        self.tail.limit(rows);
        self
    }

    /// Leaves out so many rows of each parent.
    pub fn offset(mut self, rows: u64) -> Self {
        self.tail.offset(rows);
        self
    }
}

/// What is loaded along with rows of `M`: a tuple of [`Load`]s.
pub trait Loads<M: Model>: Send + Sync + 'static {
    /// A row with all that was loaded with it: `M` alone, or a tuple that starts with it.
    type Row: Send + Clone;

    /// Whether anything is loaded at all.
    const ANY: bool;

    /// The rows without any more, where nothing is loaded at all.
    fn alone(rows: Vec<M>) -> Option<Vec<Self::Row>> {
        drop(rows);
        None
    }

    /// Loads it.
    fn load<'s>(&'s self, session: &'s dyn Session, rows: Vec<M>) -> BoxFuture<'s, Result<Vec<Self::Row>>>;
}

/// One relation that is loaded along with rows of `M`.
pub trait LoadOf<M: Model>: Send + Sync + 'static {
    /// What a row gets: a `Vec`, an `Option`, or a row.
    type Out: Send + Clone;

    /// Loads it for all rows, in their order.
    fn fetch<'s>(&'s self, session: &'s dyn Session, rows: &'s [M]) -> BoxFuture<'s, Result<Vec<Self::Out>>>;
}

/// What is loaded along with rows of `M`: a relation, with or without more of what it leads to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no relation of `{M}` to be loaded along",
    label = "no relation of `{M}`",
    note = "a relation is a method: `.with(|row| row.relation())`; several are loaded by one `.with(…)` behind the other"
)]
pub trait Along<M: Model> {
    /// What loads it.
    type Load: LoadOf<M>;

    /// What loads it.
    #[doc(hidden)]
    fn load(self) -> Self::Load;
}

macro_rules! along {
    ($([$($generics:tt)*] $load:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Along<R::From> for $load {
            type Load = Self;

            fn load(self) -> Self {
                self
            }
        }
    )*};
}

along! {
    [R: Relation, L: Loads<R::To>] Load<R, L>;
    [R: Relation] Counted<R>;
    [R: Relation<Card = Many, To = <R as Relation>::From>] Deep<R>;
}

/// A tuple that takes one more element.
#[diagnostic::on_unimplemented(message = "at most eight relations can be loaded along with one row")]
pub trait Append<T> {
    /// The longer tuple.
    type Out;

    /// Takes it.
    fn append(self, more: T) -> Self::Out;
}

impl<M: Model> Loads<M> for () {
    type Row = M;

    const ANY: bool = false;

    fn alone(rows: Vec<M>) -> Option<Vec<M>> {
        Some(rows)
    }

    fn load<'s>(&'s self, _session: &'s dyn Session, rows: Vec<M>) -> BoxFuture<'s, Result<Vec<M>>> {
        Box::pin(async { Ok(rows) })
    }
}

macro_rules! tuple_loads {
    ($($($name:ident $place:tt)*;)*) => {$(
        impl<M: Model, $($name: LoadOf<M>),*> Loads<M> for ($($name,)*) {
            type Row = (M, $($name::Out),*);

            const ANY: bool = true;

            #[allow(non_snake_case, reason = "a variable for each type")]
            fn load<'s>(
                &'s self,
                session: &'s dyn Session,
                rows: Vec<M>,
            ) -> BoxFuture<'s, Result<Vec<Self::Row>>> {
                Box::pin(async move {
                    $(let mut $name = Loading::new(self.$place.fetch(session, &rows));)*
                    together(&mut [$(&mut $name),*]).await;
                    $(let $name = $name.done()?;)*
                    $(let mut $name = $name.into_iter();)*
                    let whole = rows.into_iter().map(|row| Some((row, $($name.next()?),*)));
                    Ok(whole.collect::<Option<_>>().expect("a load answers for each row"))
                })
            }
        }
    )*};
}

tuple_loads! {
    A 0;
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
    A 0 B 1 C 2 D 3 E 4;
    A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
}

macro_rules! tuple_append {
    ($($($name:ident $place:tt)*;)*) => {$(
        impl<T, $($name),*> Append<T> for ($($name,)*) {
            type Out = ($($name,)* T,);

            fn append(self, more: T) -> Self::Out {
                ($(self.$place,)* more,)
            }
        }
    )*};
}

tuple_append! {
    ;
    A 0;
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
    A 0 B 1 C 2 D 3 E 4;
    A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6;
}

/// Composite keys stand in the statement one by one, so that they go out in chunks.
const COMPOSITE_CHUNK: usize = 500;

#[diagnostic::do_not_recommend]
impl<R: Relation, L: Loads<R::To>> LoadOf<R::From> for Load<R, L> {
    type Out = <R::Card as Cardinality>::Of<L::Row>;

    fn fetch<'s>(
        &'s self,
        session: &'s dyn Session,
        rows: &'s [R::From],
    ) -> BoxFuture<'s, Result<Vec<Self::Out>>> {
        Box::pin(async move {
            let parents: Vec<Option<R::Key>> = rows.iter().map(R::key).collect();
            let mut gather = Gather::new(&parents);
            let mut targets = Vec::new();
            let chunks: Vec<Vec<Value>> = chunks(gather.distinct()).collect();
            for keys in chunks {
                let operation = self.operation(keys);
                let mut sink = |row: &mut Row<'_>| {
                    gather.found(match among_columns(R::META) {
                        Some(place) => R::Key::decode(&mut row.at(place))?,
                        None => R::Key::decode(row)?,
                    });
                    row.enter(R::To::META.table.columns);
                    targets.push(R::To::from_row(row)?);
                    Ok(())
                };
                session.execute(&operation, &mut sink).await?;
            }
            let loaded = self.loads.load(session, targets).await?;
            let groups = gather.groups(loaded);
            groups.into_iter().map(|group| R::Card::gather(group).ok_or_else(dangling::<R>)).collect()
        })
    }
}

impl<R: Relation, L> Load<R, L> {
    fn operation(&self, keys: Vec<Value>) -> Operation {
        let select = select_related(R::META, R::To::META, self.tail.clone(), keys);
        Operation {
            model: R::From::META,
            name: R::META.name,
            table: &R::To::META.table,
            shape: Shape::Select(Box::new(select)),
        }
    }
}

/// The place in the target's columns where a relation's key stands, if that is one column of them: it
/// need not be asked for twice.
fn among_columns(relation: &RelationMeta) -> Option<usize> {
    match relation.path {
        Path::Direct { to: [place] } => Some((*place).into()),
        Path::Direct { .. } | Path::Through(_) => None,
    }
}

/// The rows that some keys lead to: first the key's columns, unless they are at hand, then the target's.
fn select_related(
    relation: &RelationMeta,
    to: &'static crate::meta::ModelMeta,
    mut tail: Tail,
    keys: Vec<Value>,
) -> Select<Value> {
    let limited = tail.is_limited();
    if limited {
        tail.order_by_key(&to.table);
    }
    let (key, joins) = path(relation, &to.table);
    let projection = if among_columns(relation).is_some() && !limited {
        Projection::Whole(vec![Whole { source: 0, table: &to.table }])
    } else {
        let mut columns = if among_columns(relation).is_some() { Vec::new() } else { key.clone() };
        columns.extend(to.table.columns.iter().map(ColumnMeta::shown));
        Projection::Columns(columns)
    };
    let mut select = tail.select(projection, &to.table);
    let here = among(&key, keys);
    select.joins = joins;
    select.filter = Some(match select.filter.take() {
        Some(filter) => here.and(filter),
        None => here,
    });
    if limited {
        select.per = key;
    }
    select
}

/// The keys of each statement, the values of one behind those of another.
pub(super) fn chunks<K: KeyParts>(keys: &[K]) -> impl Iterator<Item = Vec<Value>> {
    let size = if K::LEN == 1 { usize::MAX } else { COMPOSITE_CHUNK };
    keys.chunks(size).map(|keys| {
        let mut values = Vec::with_capacity(keys.len() * K::LEN);
        keys.iter().for_each(|key| key.clone().encode(&mut values));
        values
    })
}

#[cold]
fn dangling<R: Relation>() -> Error {
    let message = format!("`{}` of a row leads to no row of `{}`", R::META.name, R::To::META.table.name);
    Error::new(Kind::NotFound, message)
}
