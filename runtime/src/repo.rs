//! The operations of one model, generic; each model's generated `Repository` dereferences to it, and adds
//! what only that model has.

use std::fmt;
use std::marker::PhantomData;

use rex_sql::Dialect;

use crate::Pending;
use crate::db::Db;
use crate::fits::{Key, KeyVersion};
use crate::meta::GetMeta;
use crate::model::{Model, New, SoftDelete, Versioned, Writable};
use crate::operation::{Operation, Shape};
use crate::query::{Find, not_found};
use crate::row::Row;
use crate::scalar::KeyParts;
use crate::value::Value;
use crate::write::{ByKey, Draft, Update, Wraps, copy_in, delete, insert, insert_many, remove, restore};

/// Rows are changed and deleted by their keys, whichever version they have: they count none.
#[derive(Debug)]
pub enum AnyVersion {}

/// Rows count their changes, and are changed and deleted only as the version that was read.
#[derive(Debug)]
pub enum OneVersion {}

/// The rows of `M`; `V` is what says which of them a change is of.
pub struct Repo<M, V = AnyVersion> {
    db: Db,
    of: PhantomData<fn() -> (M, V)>,
}

impl<M, V> Clone for Repo<M, V> {
    fn clone(&self) -> Self {
        Repo { db: self.db.clone(), of: PhantomData }
    }
}

impl<M: Model, V> fmt::Debug for Repo<M, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Repository({}, {:?})", M::META.name, self.db)
    }
}

impl<M: Model, V> Repo<M, V> {
    /// The rows in a database.
    pub fn new(db: &Db) -> Self {
        Repo { db: db.clone(), of: PhantomData }
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// A new row of which nothing is set.
    pub fn draft<S>(&self) -> Draft<M, S> {
        Draft::new(self.db.clone())
    }

    /// The row with this key, or an error of `NotFound`.
    pub fn get(&self, key: impl Key<M>) -> Pending<M> {
        let (by, values) = reading::<M>(0, key.into_key());
        let db = self.db.clone();
        Box::pin(async move {
            let row = get_one(&db, by, values).await?;
            row.ok_or_else(|| not_found(M::META).with_operation(format!("{}.get", M::META.name)))
        })
    }

    /// The row that the model's read number `get` finds, if there is one.
    pub fn by(&self, get: usize, key: impl KeyParts) -> Pending<Option<M>> {
        let (by, values) = reading::<M>(get, key);
        let db = self.db.clone();
        Box::pin(async move { get_one(&db, by, values).await })
    }

    /// All rows, to be narrowed down.
    pub fn find(&self) -> Find<M> {
        Find::new(self.db.clone())
    }

    /// Computes the rows of a materialised view anew, by these statements of PostgreSQL. SQLite keeps
    /// no rows of views, so that nothing is to be done there.
    pub fn refresh(&self, postgres: &'static [&'static str]) -> Pending<()> {
        let db = self.db.clone();
        Box::pin(async move {
            match db.dialect() {
                Dialect::Sqlite => Ok(()),
                Dialect::Postgres => {
                    let outcome = db.execute_ddl(postgres).await;
                    outcome.map_err(|error| error.with_operation(format!("{}.refresh", M::META.name)))
                }
            }
        })
    }
}

impl<M: Writable, V> Repo<M, V> {
    /// Writes a row; answers with it as the database has it.
    pub fn insert(&self, row: M::New) -> Pending<M> {
        insert(self.db.clone(), "insert", row.encode())
    }

    /// Writes any number of rows, all or none; answers with them in the same order.
    pub fn insert_many(&self, rows: impl IntoIterator<Item = M::New>) -> Pending<Vec<M>> {
        let rows = rows.into_iter();
        let mut values = Vec::with_capacity(rows.size_hint().0.saturating_mul(M::META.table.columns.len()));
        rows.for_each(|row| row.encode_to(&mut values));
        insert_many(self.db.clone(), values)
    }

    /// Writes any number of rows, all or none, by `COPY` in PostgreSQL; answers with how many.
    pub fn copy_in(&self, rows: impl IntoIterator<Item = M::New>) -> Pending<u64> {
        let mut values = Vec::new();
        rows.into_iter().for_each(|row| row.encode_to(&mut values));
        copy_in::<M>(self.db.clone(), values)
    }
}

impl<M: Writable> Repo<M> {
    /// Starts a change of the row with this key: set fields, then `.save()`.
    pub fn update(&self, key: impl Key<M>) -> M::Update<ByKey> {
        M::Update::wrap(Update::new(self.db.clone(), ByKey::new::<M>(key.into_key())))
    }

    /// Deletes the row with this key, or fails with `NotFound`.
    pub fn delete(&self, key: impl Key<M>) -> Pending<()> {
        delete::<M>(self.db.clone(), ByKey::new::<M>(key.into_key()))
    }
}

impl<M: Versioned + Writable> Repo<M, OneVersion> {
    /// A change of one version of a row.
    pub fn update_version(&self, row: impl KeyVersion<M>) -> M::Update<ByKey> {
        M::Update::wrap(Update::new(self.db.clone(), ByKey::version(row)))
    }

    /// Deletes one version of a row.
    pub fn delete_version(&self, row: impl KeyVersion<M>) -> Pending<()> {
        delete::<M>(self.db.clone(), ByKey::version(row))
    }
}

impl<M: SoftDelete, V> Repo<M, V> {
    /// Takes back the deletion of a row.
    pub fn restore(&self, row: ByKey) -> Pending<M> {
        restore(self.db.clone(), row)
    }

    /// Deletes a row for good.
    pub fn delete_forever(&self, row: ByKey) -> Pending<()> {
        remove::<M>(self.db.clone(), "delete_forever", row)
    }
}

/// A model's read of one row, and the values of its key.
fn reading<M: Model>(get: usize, key: impl KeyParts) -> (&'static GetMeta, Vec<Value>) {
    let by = &M::META.gets[get];
    let mut values = Vec::with_capacity(by.columns.len());
    key.encode(&mut values);
    (by, values)
}

async fn get_one<M: Model>(db: &Db, by: &'static GetMeta, values: Vec<Value>) -> crate::Result<Option<M>> {
    let shape = Shape::Get { by, values };
    let operation = Operation { model: M::META, name: by.name, table: &M::META.table, shape };
    let mut found = None;
    let mut sink = |row: &mut Row<'_>| {
        row.enter(M::META.table.columns);
        found = Some(M::from_row(row)?);
        Ok(())
    };
    db.execute(&operation, &mut sink).await?;
    Ok(found)
}
