//! New rows, one or many.

use rex_sql::{Array, Dialect, Insert, NewRows, OnConflict};

use super::arrays;
use super::defaults::{complete, now};
use crate::Pending;
use crate::adapter::{Access, BoxFuture, Session, Work};
use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::meta::{ColumnMeta, DefaultValue, ModelMeta};
use crate::model::Model;
use crate::operation::{Operation, Shape, many};
use crate::query::sink;
use crate::validate;
use crate::value::Value;

/// PostgreSQL takes 65,535 values a statement, SQLite 32,766.
pub(super) const MAX_BINDS: usize = 32_000;
/// Where a column's values are one array, nothing but memory bounds them.
const MAX_IN_ARRAYS: usize = 20_000;
/// Beyond this, longer statements cost more to parse than they save.
pub(super) const MAX_ROWS: usize = 1_000;

/// Writes one row; answers with it as the database has it.
pub(crate) fn insert<M: Model>(db: Db, name: &'static str, values: Vec<Value>) -> Pending<M> {
    Box::pin(async move {
        let operation = one_row(M::META, name, values)?;
        let mut rows = Vec::with_capacity(1);
        db.execute(&operation, &mut sink::<M>(&mut rows)).await?;
        rows.pop().ok_or_else(|| no_answer(M::META, name))
    })
}

/// Writes rows, of which the values stand one after the other; answers with them in the same order.
pub(crate) fn insert_many<M: Model>(db: Db, values: Vec<Value>) -> Pending<Vec<M>> {
    Box::pin(async move {
        let number = values.len() / M::META.table.columns.len().max(1);
        let operations = many_rows(M::META, "insert_many", values, db.dialect())?;
        let access = if operations.len() > 1 { Access::Atomic } else { Access::Write };
        let mut work = Inserting::<M> { operations, rows: Vec::with_capacity(number) };
        if !work.operations.is_empty() {
            let outcome = db.run(access, &mut work).await;
            outcome.map_err(|error| error.with_operation(format!("{}.insert_many", M::META.name)))?;
        }
        Ok(work.rows)
    })
}

struct Inserting<M> {
    operations: Vec<Operation>,
    rows: Vec<M>,
}

impl<M: Model> Work for Inserting<M> {
    fn run<'s>(&'s mut self, session: &'s dyn Session) -> BoxFuture<'s, Result<()>> {
        Box::pin(async {
            for operation in &self.operations {
                session.execute(operation, &mut sink(&mut self.rows)).await?;
            }
            Ok(())
        })
    }
}

/// Does all that an insert does before it is sent.
pub(crate) fn check(meta: &'static ModelMeta, values: Vec<Value>) -> Result<()> {
    one_row(meta, "validate", values).map(drop)
}

/// The fixed insert leaves out what the database fills; a row that sets such a column has a
/// statement made for it.
fn one_row(meta: &'static ModelMeta, name: &'static str, values: Vec<Value>) -> Result<Operation> {
    let values = prepared(meta, name, values)?;
    let shape = if is_fixed(meta, &values) {
        let columns = meta.table.columns.iter().zip(values);
        let values = columns.filter(|(column, _)| !column.default.is_the_databases()).map(|(_, value)| value);
        Shape::Create { statement: meta.insert, values: values.collect() }
    } else {
        Shape::Insert(statement(meta, vec![values], false))
    };
    Ok(Operation { model: meta, name, table: &meta.table, shape })
}

/// The values of a row as they are sent.
pub(super) fn prepared(
    meta: &'static ModelMeta,
    name: &'static str,
    mut values: Vec<Value>,
) -> Result<Vec<Value>> {
    let title = |error: Error| error.with_operation(format!("{}.{name}", meta.name));
    complete(meta, &mut values, now()).map_err(title)?;
    validate::row(meta, &values).map_err(title)?;
    Ok(values)
}

/// The values of rows as they are sent.
pub(super) fn as_sent(
    meta: &'static ModelMeta,
    name: &'static str,
    mut values: Vec<Value>,
) -> Result<Vec<Value>> {
    let title = |error: Error| error.with_operation(format!("{}.{name}", meta.name));
    let (now, width) = (now(), meta.table.columns.len().max(1));
    values.chunks_mut(width).try_for_each(|row| complete(meta, row, now)).map_err(title)?;
    validate::rows(meta, &values).map_err(title)?;
    Ok(values)
}

fn many_rows(
    meta: &'static ModelMeta,
    name: &'static str,
    values: Vec<Value>,
    dialect: Dialect,
) -> Result<Vec<Operation>> {
    let values = as_sent(meta, name, values)?;
    let width = meta.table.columns.len().max(1);
    if dialect == Dialect::Sqlite && values.chunks(width).all(|row| is_fixed(meta, row)) {
        let shapes = created(meta, values);
        return Ok(shapes.map(|shape| Operation { model: meta, name, table: &meta.table, shape }).collect());
    }
    if dialect == Dialect::Postgres && values.len() > width && fit_arrays(meta, &values) {
        let shapes = created_by_arrays(meta, values).into_iter();
        return Ok(shapes.map(|shape| Operation { model: meta, name, table: &meta.table, shape }).collect());
    }
    let mut values = values.into_iter();
    let rows = std::iter::from_fn(|| {
        let row: Vec<Value> = values.by_ref().take(width).collect();
        (!row.is_empty()).then_some(row)
    });
    let mut operations = Vec::new();
    let mut chunk: Vec<Vec<Value>> = Vec::new();
    let arrays = dialect == Dialect::Postgres;
    let listed = (MAX_BINDS / width).clamp(1, MAX_ROWS);
    let size = |row: &[Value]| if arrays && fits_arrays(meta, row) { MAX_IN_ARRAYS } else { listed };
    let mut close = |chunk: &mut Vec<Vec<Value>>| {
        if !chunk.is_empty() {
            let shape = Shape::Insert(statement(meta, std::mem::take(chunk), arrays));
            operations.push(Operation { model: meta, name, table: &meta.table, shape });
        }
    };
    for row in rows {
        let alike = chunk.first().is_none_or(|first| {
            fills(meta, first).eq(fills(meta, &row)) && fits_arrays(meta, first) == fits_arrays(meta, &row)
        });
        let alone = chunk.first().is_some_and(|first| is_alone(meta, first));
        if !alike || alone || chunk.first().is_some_and(|first| chunk.len() == size(first)) {
            close(&mut chunk);
        }
        chunk.push(row);
    }
    close(&mut chunk);
    Ok(operations)
}

/// Rows of the fixed insert, in statements of a few sizes.
fn created(meta: &'static ModelMeta, mut values: Vec<Value>) -> impl Iterator<Item = Shape> {
    let rows = values.len() / meta.table.columns.len().max(1);
    // What is unset by now is what the database fills in every row.
    values.retain(|value| !matches!(value, Value::Unset));
    let set = fixed(meta).filter(|fills| !fills).count();
    let most = (MAX_BINDS / set.max(1)).clamp(1, MAX_ROWS);
    let sizes = many::sizes(meta, rows, if set == 0 { 1 } else { most });
    sizes.into_iter().map(move |size| {
        let rest = values.split_off(size * set);
        Shape::CreateMany { rows: size, values: std::mem::replace(&mut values, rest) }
    })
}

/// Whether rows are the fixed insert's, and each column can be an array.
fn fit_arrays(meta: &'static ModelMeta, values: &[Value]) -> bool {
    let mut rows = values.chunks(meta.table.columns.len().max(1));
    rows.all(|row| is_fixed(meta, row) && fits_arrays(meta, row))
}

/// Rows of the fixed insert, in statements that take any number of them.
fn created_by_arrays(meta: &'static ModelMeta, values: Vec<Value>) -> Vec<Shape> {
    let left: Vec<bool> = fixed(meta).collect();
    let (set, rows) = (left.iter().filter(|left| !**left).count(), values.len() / left.len());
    let mut values = values.into_iter();
    let sizes = (0..rows).step_by(MAX_IN_ARRAYS).map(|start| MAX_IN_ARRAYS.min(rows - start));
    let shapes = sizes.map(|size| {
        let mut columns: Vec<_> = (0..set).map(|_| Vec::with_capacity(size)).collect();
        for _ in 0..size {
            let mut set = columns.iter_mut();
            for (left, value) in left.iter().zip(values.by_ref()) {
                if !left && let Some(column) = set.next() {
                    column.push(arrays::written(value));
                }
            }
        }
        Shape::CreateArrays { columns }
    });
    shapes.collect()
}

/// Whether the fixed insert writes a row: the database fills just what it fills there.
fn is_fixed(meta: &'static ModelMeta, row: &[Value]) -> bool {
    fills(meta, row).eq(fixed(meta))
}

/// For each column whether the database fills it in the fixed insert.
fn fixed(meta: &ModelMeta) -> impl Iterator<Item = bool> {
    meta.table.columns.iter().map(|column| column.default.is_the_databases())
}

/// For each column whether the database fills it in this row.
pub(super) fn fills<'a>(meta: &'static ModelMeta, values: &'a [Value]) -> impl Iterator<Item = bool> + 'a {
    fixed(meta).zip(values).map(|(fills, value)| fills && matches!(value, Value::Unset))
}

/// The column that rows without any value of their own are counted by: on SQLite null stands for a
/// default in no other.
fn counting(meta: &ModelMeta) -> Option<usize> {
    let is_counter = |column: &ColumnMeta| matches!(column.default, DefaultValue::Autoincrement);
    meta.table.columns.iter().position(is_counter)
}

/// Whether a row has no value of its own and nothing to be counted by.
fn is_alone(meta: &'static ModelMeta, row: &[Value]) -> bool {
    fills(meta, row).all(|fills| fills) && counting(meta).is_none()
}

/// The insert of rows that all leave the same columns to the database.
pub(super) fn statement(meta: &'static ModelMeta, rows: Vec<Vec<Value>>, arrays: bool) -> Insert<Value> {
    let table = &meta.table;
    let left: Vec<bool> = fills(meta, &rows[0]).collect();
    let all = left.iter().all(|left| *left);
    let counting = counting(meta).filter(|_| all);
    let kept = |place: usize| !left[place] || counting == Some(place);
    let columns = table.columns.iter().enumerate().filter(|(place, _)| kept(*place));
    let cells = |row: Vec<Value>| {
        let cells = row.into_iter().enumerate().filter(|(place, _)| kept(*place));
        cells.map(|(_, value)| (value != Value::Unset).then_some(value)).collect()
    };
    let as_arrays = arrays && rows.len() > 1 && fits_arrays(meta, &rows[0]);
    let rows = match as_arrays {
        true => NewRows::Arrays(transposed(meta, rows, kept)),
        false => NewRows::Values(rows.into_iter().map(cells).collect()),
    };
    Insert {
        table: table.table(),
        columns: columns.map(|(_, column)| column.name.into()).collect(),
        rows,
        on_conflict: OnConflict::Fail,
        returning: table.columns.iter().map(ColumnMeta::shown).collect(),
    }
}

/// Whether each column that rows like this one set can be an array in PostgreSQL.
fn fits_arrays(meta: &'static ModelMeta, row: &[Value]) -> bool {
    let mut columns = meta.table.columns.iter().zip(row).zip(fills(meta, row));
    let fits = |((column, value), fills): ((&ColumnMeta, &Value), bool)| fills || arrays::fits(column, value);
    !fills(meta, row).all(|fills| fills) && columns.all(fits)
}

/// For each column the values of all rows.
fn transposed(
    meta: &'static ModelMeta,
    rows: Vec<Vec<Value>>,
    kept: impl Fn(usize) -> bool,
) -> Vec<Array<Value>> {
    let columns = meta.table.columns.iter().enumerate();
    let mut columns: Vec<_> = columns
        .map(|(place, column)| kept(place).then(|| arrays::column(column, Vec::with_capacity(rows.len()))))
        .collect();
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            if let Some(column) = column {
                column.values.push(arrays::written(value));
            }
        }
    }
    columns.into_iter().flatten().collect()
}

/// A rule or trigger of the database can swallow a row.
#[cold]
pub(super) fn no_answer(meta: &ModelMeta, name: &str) -> Error {
    let message = "the database took the statement but wrote no row: a trigger or rule may have swallowed it";
    Error::new(Kind::Database, message).with_operation(format!("{}.{name}", meta.name))
}
