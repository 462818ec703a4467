//! The end of rows: one by its key, or all that a finder matches.

use rex_sql::{Delete, Expr};

use crate::Pending;
use crate::db::Db;
use crate::model::Model;
use crate::operation::{Operation, Shape};
use crate::query::not_found;
use crate::row::NoRows;
use crate::scalar::KeyParts;
use crate::value::Value;

/// Deletes one row.
pub(crate) fn delete<M: Model>(db: Db, key: M::Key) -> Pending<()> {
    let mut values = Vec::with_capacity(M::Key::LEN);
    key.encode(&mut values);
    let shape = Shape::Remove { statement: M::META.delete, values };
    Box::pin(async move {
        let operation = Operation { model: M::META, name: "delete", table: &M::META.table, shape };
        match db.execute(&operation, &mut NoRows).await? {
            0 => Err(not_found(M::META).with_operation(operation.title())),
            _ => Ok(()),
        }
    })
}

/// Deletes all rows that a condition matches; answers with how many there were.
pub(crate) fn delete_matching<M: Model>(db: Db, filter: Option<Expr<Value>>) -> Pending<u64> {
    let shape = Shape::Delete(Delete { table: M::META.table.table(), filter });
    Box::pin(async move {
        let operation = Operation { model: M::META, name: "delete", table: &M::META.table, shape };
        db.execute(&operation, &mut NoRows).await
    })
}
