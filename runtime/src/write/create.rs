//! The builder behind `create()`.

use std::marker::PhantomData;

use super::insert::insert;
use crate::Pending;
use crate::composite::Composite;
use crate::db::Db;
use crate::fits::Fits;
use crate::model::Model;
use crate::scalar::Scalar;
use crate::value::Value;

/// A row in the making. Generated builders wrap it; `S` says which required fields are set, a
/// tuple of [`Missing`] and [`Set`].
#[derive(Debug)]
#[must_use = "nothing is written before `.save()`"]
pub struct Draft<M, S> {
    db: Db,
    values: Vec<Value>,
    of: PhantomData<fn() -> (M, S)>,
}

impl<M: Model, S> Draft<M, S> {
    /// A row of which nothing is set.
    pub fn new(db: Db) -> Self {
        Draft { db, values: vec![Value::Unset; M::META.table.columns.len()], of: PhantomData }
    }

    /// Sets the column at a place; the builder says which state that leads to.
    pub fn put<Next, V: Scalar, How>(mut self, place: u16, value: impl Fits<V, How>) -> Draft<M, Next> {
        self.values[usize::from(place)] = value.fit().encode();
        Draft { db: self.db, values: self.values, of: PhantomData }
    }

    /// Sets the columns from a place on; the builder says which state that leads to.
    pub fn put_all<Next, V: Composite, How>(
        mut self,
        first: u16,
        value: impl Fits<V, How>,
    ) -> Draft<M, Next> {
        let mut values = Vec::new();
        value.fit().encode(&mut values);
        let first = usize::from(first);
        self.values.splice(first..first + values.len(), values);
        Draft { db: self.db, values: self.values, of: PhantomData }
    }

    pub(super) fn into_values(self) -> (Db, Vec<Value>) {
        (self.db, self.values)
    }

    /// Writes the row; answers with it as the database has it.
    pub fn save(self) -> Pending<M> {
        insert(self.db, "create", self.values)
    }
}

/// The state of a required field that is not set yet.
#[derive(Debug)]
pub enum Missing {}

/// The state of a required field that is set. Each required field has a generated trait of its
/// own that only this implements, and that says the field's name when it is missing.
#[derive(Debug)]
pub enum Set {}

/// The states of up to sixteen required fields: a tuple. `At3` is the state of the field at place 3, `Set3`
/// the tuple with that field set.
pub trait States {
    /// The state of field 0.
    type At0;
    /// The same tuple with field 0 set.
    type Set0;
    /// The state of field 1.
    type At1;
    /// The same tuple with field 1 set.
    type Set1;
    /// The state of field 2.
    type At2;
    /// The same tuple with field 2 set.
    type Set2;
    /// The state of field 3.
    type At3;
    /// The same tuple with field 3 set.
    type Set3;
    /// The state of field 4.
    type At4;
    /// The same tuple with field 4 set.
    type Set4;
    /// The state of field 5.
    type At5;
    /// The same tuple with field 5 set.
    type Set5;
    /// The state of field 6.
    type At6;
    /// The same tuple with field 6 set.
    type Set6;
    /// The state of field 7.
    type At7;
    /// The same tuple with field 7 set.
    type Set7;
    /// The state of field 8.
    type At8;
    /// The same tuple with field 8 set.
    type Set8;
    /// The state of field 9.
    type At9;
    /// The same tuple with field 9 set.
    type Set9;
    /// The state of field 10.
    type At10;
    /// The same tuple with field 10 set.
    type Set10;
    /// The state of field 11.
    type At11;
    /// The same tuple with field 11 set.
    type Set11;
    /// The state of field 12.
    type At12;
    /// The same tuple with field 12 set.
    type Set12;
    /// The state of field 13.
    type At13;
    /// The same tuple with field 13 set.
    type Set13;
    /// The state of field 14.
    type At14;
    /// The same tuple with field 14 set.
    type Set14;
    /// The state of field 15.
    type At15;
    /// The same tuple with field 15 set.
    type Set15;
}

/// For each field what comes before it and after it; what a tuple does not have, stays as it is.
macro_rules! states {
    ([$($before:ident)*]) => {};
    ([$($before:ident)*] $field:ident $($after:ident)*) => {
        states! { @of [$($before)* $field] }
        states! { [$($before)* $field] $($after)* }
    };
    (@of [$($all:ident)*]) => {
        impl<$($all),*> States for ($($all,)*) {
            states! {
                @each [] [$($all)*] Set0 At0 Set1 At1 Set2 At2 Set3 At3 Set4 At4 Set5 At5 Set6 At6 Set7 At7 Set8 At8 Set9 At9 Set10 At10 Set11 At11 Set12 At12 Set13 At13 Set14 At14 Set15 At15
            }
        }
    };
    (@each [$($before:ident)*] [$field:ident $($after:ident)*] $set:ident $at:ident $($rest:ident)*) => {
        type $set = ($($before,)* Set, $($after,)*);
        type $at = $field;
        states! { @each [$($before)* $field] [$($after)*] $($rest)* }
    };
    (@each [$($before:ident)*] [] $($rest:ident)*) => {
        $(type $rest = Self;)*
    };
}

states! { [] A B C D E F G H I J K L M N O P }
