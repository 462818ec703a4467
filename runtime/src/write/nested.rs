//! Nested writes: a row with the rows and the links that hang on it, in one call and one transaction.

use std::marker::PhantomData;

use super::create::Draft;
use super::insert::{insert, insert_many};
use super::link::Links;
use crate::Pending;
use crate::db::Db;
use crate::fits::Key;
use crate::model::{Model, New, Relation};
use crate::query::{Load, ToMany, columns};

/// What is written along with a row of `M`: a list of rows, links, rows with what hangs on them
/// ([`each`]), or a tuple of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not written along with a row of `{M}`",
    note = "hand over a list of rows, `m.relation().link([…])`, `each(rows, |row, m| …)`, or a tuple of these"
)]
pub trait Nests<M: Model>: Send + 'static {
    /// The rows, or how many links are new.
    type Out: Send + 'static;

    /// Writes it, within a transaction.
    #[doc(hidden)]
    fn write(self, db: Db, of: M) -> Pending<Self::Out>;
}

impl<M: Model, S> Draft<M, S> {
    /// Writes the row, and then what `nested` makes of it; all or nothing. Lists of rows are one
    /// statement each.
    pub fn save_with<X: Nests<M>>(
        self,
        nested: impl FnOnce(&M, M::Columns<M>) -> X + Send + 'static,
    ) -> Pending<(M, X::Out)> {
        let (db, values) = self.into_values();
        Box::pin(async move {
            let tx = db.begin().await?;
            let within = (*tx).clone();
            let written = async move {
                let row: M = insert(within.clone(), "create", values).await?;
                let nested = nested(&row, columns::<M>());
                let out = nested.write(within, row.clone()).await?;
                Ok((row, out))
            };
            match written.await {
                Ok(written) => tx.commit().await.map(|()| written),
                Err(error) => {
                    // What failed is told, and not that it cannot be undone: it is not kept either way.
                    _ = tx.rollback().await;
                    Err(error)
                }
            }
        })
    }
}

/// Rows, each with what `nested` makes of it: `each([post], |post, p| p.tags().link([&tag]))`.
pub fn each<N, F, X>(rows: impl IntoIterator<Item = N>, nested: F) -> Each<N, F>
where
    N: New,
    F: FnMut(&N::Model, <N::Model as Model>::Columns<N::Model>) -> X + Send + 'static,
    X: Nests<N::Model>,
{
    Each { rows: rows.into_iter().collect(), nested }
}

/// Rows with what hangs on each: see [`each`].
#[derive(Debug)]
#[must_use = "nothing is written before `save_with`"]
pub struct Each<N, F> {
    rows: Vec<N>,
    nested: F,
}

/// Links of a row that is not written yet: see [`link`](Load::link).
#[must_use = "nothing is written before `save_with`"]
pub struct Linked<R: Relation> {
    keys: Vec<<R::To as Model>::Key>,
    relation: PhantomData<fn() -> R>,
}

impl<R: Relation> Load<R> {
    /// Links to these rows, for a row that is being written: `save_with(|post, p| p.tags().link([&tag]))`.
    /// It is an error of [`Kind::InvalidValue`](crate::Kind::InvalidValue) where the other rows hold the
    /// key, of one to many: write those rows with it instead.
    pub fn link<K: Key<R::To>>(self, rows: impl IntoIterator<Item = K>) -> Linked<R>
    where
        R::Card: ToMany,
    {
        Linked { keys: rows.into_iter().map(Key::into_key).collect(), relation: PhantomData }
    }
}

impl<R: Relation> Nests<R::From> for Linked<R> {
    type Out = u64;

    fn write(self, db: Db, of: R::From) -> Pending<u64> {
        Links::<R>::new(db, of.key()).add_keys(self.keys)
    }
}

impl<M: Model, N: New + Send + 'static> Nests<M> for Vec<N> {
    type Out = Vec<N::Model>;

    fn write(self, db: Db, _: M) -> Pending<Vec<N::Model>> {
        insert_many(db, self.into_iter().flat_map(New::encode).collect())
    }
}

impl<M: Model, N: New + Send + 'static, const LEN: usize> Nests<M> for [N; LEN] {
    type Out = Vec<N::Model>;

    fn write(self, db: Db, _: M) -> Pending<Vec<N::Model>> {
        insert_many(db, self.into_iter().flat_map(New::encode).collect())
    }
}

impl<M, N, F, X> Nests<M> for Each<N, F>
where
    M: Model,
    N: New + Send + 'static,
    F: FnMut(&N::Model, <N::Model as Model>::Columns<N::Model>) -> X + Send + 'static,
    X: Nests<N::Model>,
{
    type Out = Vec<(N::Model, X::Out)>;

    fn write(self, db: Db, _: M) -> Pending<Self::Out> {
        let Each { rows, mut nested } = self;
        Box::pin(async move {
            let rows: Vec<N::Model> =
                insert_many(db.clone(), rows.into_iter().flat_map(New::encode).collect()).await?;
            let mut written = Vec::with_capacity(rows.len());
            for row in rows {
                let nested = nested(&row, columns::<N::Model>());
                let out = nested.write(db.clone(), row.clone()).await?;
                written.push((row, out));
            }
            Ok(written)
        })
    }
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        impl<M: Model, $($name: Nests<M>),*> Nests<M> for ($($name,)*) {
            type Out = ($($name::Out,)*);

            #[allow(non_snake_case, reason = "a variable for each type")]
            fn write(self, db: Db, of: M) -> Pending<Self::Out> {
                let ($($name,)*) = self;
                Box::pin(async move { Ok(($($name.write(db.clone(), of.clone()).await?,)*)) })
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
}
