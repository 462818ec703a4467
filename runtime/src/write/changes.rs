//! Changes of rows: one by its key, or all that a finder matches.

use std::marker::PhantomData;

use rex_sql::{Expr, Name, Projection, Select};

use super::by_key::{ByKey, missing};
use super::defaults::store;
use super::upkeep::{next_version, refresh};
use crate::Pending;
use crate::composite::Composite;
use crate::db::Db;
use crate::error::Result;
use crate::fits::Fits;
use crate::meta::{ColumnMeta, ModelMeta};
use crate::model::Model;
use crate::operation::{Operation, Shape};
use crate::query::{Assigned, Scope, Side, sink};
use crate::row::NoRows;
use crate::scalar::Scalar;
use crate::validate;
use crate::value::Value;

/// A change of rows in the making. Generated builders wrap it.
#[derive(Debug)]
#[must_use = "nothing is written before `.save()`"]
pub struct Update<M, T> {
    db: Db,
    set: Vec<(u16, Side)>,
    target: T,
    of: PhantomData<fn() -> M>,
}

/// A builder of generated code, which has a method for each field, around the runtime's.
pub trait Wraps<U> {
    /// The builder around it.
    fn wrap(inner: U) -> Self;

    /// What it is around.
    fn unwrap(self) -> U;
}

/// All rows that a finder matches.
#[derive(Debug)]
pub struct Matching {
    /// None matches every row.
    filter: Option<Expr<Value>>,
    nowhere: bool,
}

impl Matching {
    pub(crate) fn new(filter: Option<Expr<Value>>) -> Self {
        Matching { filter, nowhere: false }
    }

    pub(crate) fn none() -> Self {
        Matching { filter: None, nowhere: true }
    }
}

/// Which rows an update changes, and so what it answers with.
pub trait Target<M: Model>: Sized {
    /// The row, or how many rows there were.
    type Out;

    /// Sends the update.
    #[doc(hidden)]
    fn save(self, db: Db, set: Vec<(u16, Side)>) -> Pending<Self::Out>;
}

impl<M: Model, T> Update<M, T> {
    pub(crate) fn new(db: Db, target: T) -> Self {
        Update { db, set: Vec::new(), target, of: PhantomData }
    }

    /// Sets the column at a place.
    pub fn put<V: Scalar, How>(mut self, place: u16, value: impl Assigned<M, V, How>) -> Self {
        self.place(place, value.assigned());
        self
    }

    /// Sets the columns from a place on.
    pub fn put_all<V: Composite, How>(mut self, first: u16, value: impl Fits<V, How>) -> Self {
        let mut values = Vec::new();
        value.fit().encode(&mut values);
        for (place, value) in (first..).zip(values) {
            self.place(place, Side::Value(value));
        }
        self
    }

    pub(super) fn into_set(self) -> Vec<(u16, Side)> {
        self.set
    }

    fn place(&mut self, place: u16, value: Side) {
        self.set.retain(|(set, _)| *set != place);
        self.set.push((place, value));
    }

    /// Sends the update. One that sets nothing writes nothing.
    pub fn save(self) -> Pending<T::Out>
    where
        T: Target<M>,
    {
        self.target.save(self.db, self.set)
    }
}

impl<M: Model> Target<M> for ByKey {
    type Out = M;

    fn save(self, db: Db, set: Vec<(u16, Side)>) -> Pending<M> {
        Box::pin(async move {
            let kept = self.kept();
            let operation = one_row(M::META, self, set)?;
            let mut rows = Vec::with_capacity(1);
            db.execute(&operation, &mut sink::<M>(&mut rows)).await?;
            match rows.pop() {
                Some(row) => Ok(row),
                None => Err(missing(kept, &db, &operation, Scope::Live).await),
            }
        })
    }
}

impl<M: Model> Target<M> for Matching {
    type Out = u64;

    fn save(self, db: Db, set: Vec<(u16, Side)>) -> Pending<u64> {
        Box::pin(async move {
            if self.nowhere || set.is_empty() {
                return Ok(0);
            }
            let shape = Shape::Update(statement(M::META, "update", set, self.filter, false)?);
            let operation = Operation { model: M::META, name: "update", table: &M::META.table, shape };
            db.execute(&operation, &mut NoRows).await
        })
    }
}

/// An update that sets nothing is a read of the row, or of the version of it that is meant.
fn one_row(meta: &'static ModelMeta, row: ByKey, set: Vec<(u16, Side)>) -> Result<Operation> {
    let shape = match (set.is_empty(), row.has_version()) {
        (true, false) => Shape::Get { by: &meta.gets[0], values: row.into_key() },
        (true, true) => Shape::Select(Box::new(version(meta, row))),
        (false, _) => {
            let filter = row.filter(&meta.table, Scope::Live);
            Shape::Update(statement(meta, "update", set, Some(filter), true)?)
        }
    };
    Ok(Operation { model: meta, name: "update", table: &meta.table, shape })
}

fn version(meta: &'static ModelMeta, row: ByKey) -> Select<Value> {
    let columns = meta.table.columns.iter().map(ColumnMeta::shown).collect();
    let filter = Some(row.filter(&meta.table, Scope::Live));
    Select { filter, ..Select::new(Projection::Columns(columns), meta.table.table()) }
}

/// The update of the rows that a condition matches.
pub(super) fn statement(
    meta: &'static ModelMeta,
    name: &'static str,
    set: Vec<(u16, Side)>,
    filter: Option<Expr<Value>>,
    returning: bool,
) -> Result<rex_sql::Update<Value>> {
    let table = &meta.table;
    let set =
        assignments(meta, set).map_err(|error| error.with_operation(format!("{}.{name}", meta.name)))?;
    let returning = returning.then_some(&meta.listed);
    Ok(rex_sql::Update { table: table.table(), set, filter, returning })
}

/// What is set, and what an update writes of its own accord. The columns are set in the table's order,
/// so that the text does not depend on the order of the setters.
pub(super) fn assignments(
    meta: &'static ModelMeta,
    mut set: Vec<(u16, Side)>,
) -> Result<Vec<(Name, Expr<Value>)>> {
    let table = &meta.table;
    refresh(table, &mut set)?;
    set.sort_by_key(|(place, _)| *place);
    for (place, side) in &mut set {
        if let Side::Value(value) = side {
            store(table.column(*place), value)?;
        }
    }
    validate::changes(meta, &set)?;
    let mut assigned = Vec::with_capacity(set.len() + 1);
    for (place, side) in set {
        let column = table.column(place);
        let value = match side {
            Side::Value(value) => Expr::Value(value),
            Side::Term(term) => term.stored(column.ty),
        };
        assigned.push((column.name.into(), value));
    }
    assigned.extend(next_version(table));
    Ok(assigned)
}
