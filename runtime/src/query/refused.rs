//! What queries and relations do not have, so that rustc says what they have instead.

use super::load::{Load, Loads};
use super::shape::{Extent, Query, Selected};
use super::{Cond, Find, Place};
use crate::model::{Model, Relation};

/// What has a value for each row. No relation has one.
#[diagnostic::on_unimplemented(
    message = "a relation is no column: it leads to rows, and is not compared",
    label = "leads to rows",
    note = "of many rows, ask `.any(|row| …)`, `.none(…)`, `.all(…)`, `.exists()`, or how many there are: `.count().gt(…)`",
    note = "of one row, ask `.is(|row| …)`, or for its value: `.get(|row| …)`; its key, and whether there is one, is the column whose name ends with `_id`"
)]
pub trait Valued {}

macro_rules! compared {
    ($($name:ident)*) => {$(
        #[doc(hidden)]
        #[allow(clippy::should_implement_trait, reason = "without it, rustc finds the method of iterators")]
        pub fn $name<V>(self, _value: V) -> Cond<P::Scope>
        where
            Self: Valued,
        {
            Cond::none()
        }
    )*};
}

macro_rules! tested {
    ($($name:ident)*) => {$(
        #[doc(hidden)]
        #[allow(clippy::wrong_self_convention, reason = "columns have it")]
        pub fn $name(self) -> Cond<P::Scope>
        where
            Self: Valued,
        {
            Cond::none()
        }
    )*};
}

impl<R: Relation, L, P: Place> Load<R, L, P> {
    compared! { eq ne gt ge lt le in_ not_in }
    tested! { is_none is_some }
}

/// What has rows at hand. No query has them before it is sent.
#[diagnostic::on_unimplemented(
    message = "a query is no list of rows: it has to be sent",
    label = "not sent yet",
    note = "all rows: `for row in query.await?`; as they come: `let mut rows = query.stream();` and `while let Some(row) = rows.try_next().await?`"
)]
pub trait AwaitItFirst {}

macro_rules! rows {
    ($([$($generics:tt)*] $query:ty => $row:ty;)*) => {$(
        // Of an iterator rustc asks whether it is `AwaitItFirst`, and says so; of what can only become one,
        // it would say that it cannot.
        #[doc(hidden)]
        impl<$($generics)*> Iterator for $query
        where
            Self: AwaitItFirst,
        {
            type Item = $row;

            fn next(&mut self) -> Option<$row> {
                None
            }
        }
    )*};
}

rows! {
    [M: Model, L: Loads<M>, C] Find<M, L, C> => L::Row;
    [S: Extent] Query<S> => S::Row;
    [R, C] Selected<R, C> => R;
}
