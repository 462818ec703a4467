//! One row by its key, and why it is not there.

use rex_sql::{Expr, Projection, Select};

use crate::adapter::BoxFuture;
use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::fits::KeyVersion;
use crate::meta::{ModelMeta, TableMeta};
use crate::model::{Model, Versioned};
use crate::operation::{Operation, Shape};
use crate::query::{Scope, all_of, not_found};
use crate::row::Row;
use crate::scalar::{KeyParts, Scalar};
use crate::value::Value;

/// One row, by its primary key; of a model whose rows count their changes, one version of it.
#[derive(Clone, Debug)]
pub struct ByKey {
    /// The key's values, then the version, if there is one.
    values: Vec<Value>,
    has_version: bool,
}

impl ByKey {
    /// The row with a key.
    pub fn new<M: Model>(key: M::Key) -> Self {
        // Room for a version too.
        let mut values = Vec::with_capacity(M::Key::LEN + 1);
        key.encode(&mut values);
        ByKey { values, has_version: false }
    }

    /// A version of a row.
    pub fn version<M: Versioned>(row: impl KeyVersion<M>) -> Self {
        let (key, version) = row.into_key_version();
        let ByKey { mut values, .. } = ByKey::new::<M>(key);
        values.push(version.encode());
        ByKey { values, has_version: true }
    }

    /// Whether one version of the row is meant.
    pub(super) fn has_version(&self) -> bool {
        self.has_version
    }

    /// What is bound in the fixed statements: the key, then the version.
    pub(super) fn into_values(self) -> Vec<Value> {
        self.values
    }

    /// The key's values.
    pub(super) fn into_key(mut self) -> Vec<Value> {
        self.values.truncate(self.values.len() - usize::from(self.has_version));
        self.values
    }

    /// The condition that finds the row.
    pub(super) fn filter(self, table: &TableMeta, scope: Scope) -> Expr<Value> {
        let version = table.upkeep.version.filter(|_| self.has_version).map(|place| [place]);
        let places = table.key.columns.iter().chain(version.iter().flatten());
        let columns = places.map(|place| Expr::column(table.column(*place).name));
        let is_it = columns.zip(self.values).map(|(column, value)| column.equals(Expr::Value(value)));
        scope.narrow(table, Some(all_of(is_it))).expect("a key has columns")
    }

    /// The row, if it matters which version of it was meant: for [`missing`].
    pub(super) fn kept(&self) -> Option<ByKey> {
        self.has_version.then(|| self.clone())
    }
}

/// Why an operation met no row: another version is there, or none. In a box, since it is rare.
#[cold]
pub(super) fn missing<'a>(
    row: Option<ByKey>,
    db: &'a Db,
    operation: &'a Operation,
    scope: Scope,
) -> BoxFuture<'a, Error> {
    Box::pin(async move {
        let meta = operation.model;
        let error = match row {
            None => not_found(meta),
            Some(row) => match exists(row.into_key(), db, operation, scope).await {
                Ok(true) => stale(meta),
                Ok(false) => not_found(meta),
                Err(error) => error,
            },
        };
        error.with_operation(operation.title())
    })
}

async fn exists(key: Vec<Value>, db: &Db, of: &Operation, scope: Scope) -> Result<bool> {
    let mut select = Select::new(Projection::Exists, of.table.table());
    select.filter = Some(ByKey { values: key, has_version: false }.filter(of.table, scope));
    let operation = Operation { shape: Shape::Select(Box::new(select)), ..of.clone() };
    let mut exists = false;
    let mut sink = |row: &mut Row<'_>| {
        exists = row.next()?;
        Ok(())
    };
    db.execute(&operation, &mut sink).await?;
    Ok(exists)
}

fn stale(meta: &ModelMeta) -> Error {
    let message = format!("the row in `{}` was changed since it was read", meta.table.name);
    Error::new(Kind::Stale, message)
}
