//! The end of rows: one by its key, or all that a finder matches.
//!
//! Where a field has `@soft_delete`, deleting is an update that writes the time to it, and taking
//! that back is one that empties it. Both are changes as any other: the version goes up, and what
//! `@on_update` says is written.

use rex_sql::{Delete, Expr};

use super::by_key::{ByKey, missing};
use super::changes::statement;
use super::defaults::now;
use crate::Pending;
use crate::db::Db;
use crate::error::Result;
use crate::meta::ModelMeta;
use crate::model::Model;
use crate::operation::{Operation, Shape};
use crate::query::{Scope, Side, sink};
use crate::row::NoRows;
use crate::value::Value;

/// What becomes of the column that holds the time of the deletion.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deletion {
    /// The row is deleted now.
    Now,
    /// It is deleted no more.
    Never,
}

/// Deletes one row, softly where its model has a field for that.
pub(crate) fn delete<M: Model>(db: Db, row: ByKey) -> Pending<()> {
    if M::META.table.upkeep.soft_delete.is_none() {
        return remove::<M>(db, "delete", row);
    }
    Box::pin(async move {
        let kept = row.kept();
        let filter = row.filter(&M::META.table, Scope::Live);
        let operation = marking(M::META, "delete", Deletion::Now, Some(filter), false)?;
        match db.execute(&operation, &mut NoRows).await? {
            0 => Err(missing(kept, &db, &operation, Scope::Live).await),
            _ => Ok(()),
        }
    })
}

/// Deletes one row for good, whether it was deleted before or not.
pub(crate) fn remove<M: Model>(db: Db, name: &'static str, row: ByKey) -> Pending<()> {
    Box::pin(async move {
        let kept = row.kept();
        let shape = Shape::Remove { statement: M::META.delete, values: row.into_values() };
        let operation = Operation { model: M::META, name, table: &M::META.table, shape };
        match db.execute(&operation, &mut NoRows).await? {
            0 => Err(missing(kept, &db, &operation, Scope::All).await),
            _ => Ok(()),
        }
    })
}

/// Takes back the deletion of one row.
pub(crate) fn restore<M: Model>(db: Db, row: ByKey) -> Pending<M> {
    Box::pin(async move {
        let kept = row.kept();
        let filter = row.filter(&M::META.table, Scope::Deleted);
        let operation = marking(M::META, "restore", Deletion::Never, Some(filter), true)?;
        let mut rows = Vec::with_capacity(1);
        db.execute(&operation, &mut sink::<M>(&mut rows)).await?;
        match rows.pop() {
            Some(row) => Ok(row),
            None => Err(missing(kept, &db, &operation, Scope::Deleted).await),
        }
    })
}

/// Deletes all rows that a condition matches, for good; answers with how many there were.
pub(crate) fn remove_matching<M: Model>(
    db: Db,
    name: &'static str,
    filter: Option<Expr<Value>>,
) -> Pending<u64> {
    let shape = Shape::Delete(Delete { table: M::META.table.table(), filter });
    Box::pin(async move {
        let operation = Operation { model: M::META, name, table: &M::META.table, shape };
        db.execute(&operation, &mut NoRows).await
    })
}

/// Deletes all rows that a condition matches softly, or takes that back; answers with how many
/// there were.
pub(crate) fn mark_matching<M: Model>(
    db: Db,
    name: &'static str,
    deletion: Deletion,
    filter: Option<Expr<Value>>,
) -> Pending<u64> {
    Box::pin(async move {
        let operation = marking(M::META, name, deletion, filter, false)?;
        db.execute(&operation, &mut NoRows).await
    })
}

fn marking(
    meta: &'static ModelMeta,
    name: &'static str,
    deletion: Deletion,
    filter: Option<Expr<Value>>,
    returning: bool,
) -> Result<Operation> {
    let place = meta.table.upkeep.soft_delete.expect("only what is deleted softly is marked");
    let value = match deletion {
        Deletion::Now => Value::DateTime(now()),
        Deletion::Never => Value::Null,
    };
    let shape = Shape::Update(statement(meta, name, vec![(place, Side::Value(value))], filter, returning)?);
    Ok(Operation { model: meta, name, table: &meta.table, shape })
}
