//! The builder behind `create()`.

use std::marker::PhantomData;

use super::insert::insert;
use crate::Pending;
use crate::composite::Composite;
use crate::db::Db;
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
    pub fn set<Next>(mut self, place: u16, value: impl Scalar) -> Draft<M, Next> {
        self.values[usize::from(place)] = value.encode();
        Draft { db: self.db, values: self.values, of: PhantomData }
    }

    /// Sets the columns from a place on; the builder says which state that leads to.
    pub fn set_all<Next>(mut self, first: u16, value: impl Composite) -> Draft<M, Next> {
        let mut values = Vec::new();
        value.encode(&mut values);
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
