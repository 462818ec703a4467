//! Rows in bulk: by `COPY` in PostgreSQL.

use super::insert::{as_sent, fills, insert_many};
use crate::Pending;
use crate::db::Db;
use crate::meta::{ColumnMeta, ModelMeta};
use crate::model::Model;
use crate::operation::{Copying, Operation, Shape};
use crate::row::NoRows;
use crate::value::Value;

/// Writes rows, of which the values stand one after the other; answers with how many there were.
pub(crate) fn copy_in<M: Model>(db: Db, values: Vec<Value>) -> Pending<u64> {
    Box::pin(async move {
        let meta = M::META;
        let width = meta.table.columns.len().max(1);
        if db.dialect() != rex_sql::Dialect::Postgres || !is_copied(meta, values.chunks(width)) {
            return Ok(insert_many::<M>(db, values).await?.len() as u64);
        }
        let values = as_sent(meta, "copy_in", values)?;
        let left: Vec<bool> = fills(meta, &values[..width]).collect();
        let mut values = values.into_iter();
        let rows = std::iter::from_fn(|| {
            let row = values.by_ref().take(width).zip(&left).filter(|(_, left)| !**left);
            let row: Vec<Value> = row.map(|(value, _)| value).collect();
            (!row.is_empty()).then_some(row)
        });
        let rows = rows.collect();
        let columns = meta.table.columns.iter().zip(&left).filter(|(_, left)| !**left);
        let columns = columns.map(|(column, _)| column).collect();
        let shape = Shape::Copy(Copying { table: meta.table.table(), columns, rows });
        let operation = Operation { model: meta, name: "copy_in", table: &meta.table, shape };
        db.execute(&operation, &mut NoRows).await
    })
}

/// Whether the rows are copied: there are some, they leave the same columns to the database and set one,
/// and none of the columns has a type of which only the text is understood here.
fn is_copied<'a>(meta: &'static ModelMeta, mut rows: impl Iterator<Item = &'a [Value]>) -> bool {
    let Some(first) = rows.next() else { return false };
    let by_text = meta.table.columns.iter().any(|column: &ColumnMeta| column.as_text);
    !by_text
        && !fills(meta, first).all(|fills| fills)
        && rows.all(|row| fills(meta, first).eq(fills(meta, row)))
}
