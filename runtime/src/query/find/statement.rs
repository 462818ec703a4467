//! The statement of a finder.

use rex_sql::{ColumnRef, Expr, Projection, Select, Whole};

use super::Start;
use crate::meta::{ModelMeta, TableMeta};
use crate::operation::{Operation, Shape};
use crate::query::tail::{Tail, equal, path};
use crate::value::Value;

/// The query of a tail from its start; it answers with the model's columns, in a text that is at hand
/// if the query is over its table alone.
pub(super) fn listed(meta: &'static ModelMeta, tail: Tail, start: &Start) -> Select<Value> {
    let mut select = begin(&meta.table, Projection::Listed(&meta.listed), tail, start);
    if select.is_qualified() {
        select.projection = columns(&meta.table);
    }
    select
}

/// The query of a tail from its start; it answers with the table's columns.
pub(super) fn apply(table: &'static TableMeta, tail: Tail, start: &Start) -> Select<Value> {
    begin(table, columns(table), tail, start)
}

/// The query of a tail from its start.
pub(super) fn begin(
    table: &'static TableMeta,
    projection: Projection<Value>,
    tail: Tail,
    start: &Start,
) -> Select<Value> {
    let mut select = tail.select(projection, table);
    if let Start::Row { relation, key } = start {
        let (columns, joins) = path(relation, table);
        let here = equal(&columns, key.clone());
        select.joins = joins;
        select.filter = Some(match select.filter.take() {
            Some(filter) => here.and(filter),
            None => here,
        });
    }
    select
}

fn columns(table: &'static TableMeta) -> Projection<Value> {
    Projection::Whole(vec![Whole { source: 0, table }])
}

pub(crate) fn select_rows(model: &'static ModelMeta, name: &'static str, select: Select<Value>) -> Operation {
    Operation { model, name, table: &model.table, shape: Shape::Select(Box::new(select)) }
}

/// The query for the keys of some rows.
fn select_keys(table: &'static TableMeta, mut select: Select<Value>) -> Expr<Value> {
    let key: Vec<ColumnRef> = table.names(table.key.columns).map(ColumnRef::new).collect();
    select.projection = Projection::Columns(key.clone());
    Expr::InSelect(key, Box::new(select))
}

/// The condition that an update or a delete of these rows has.
pub(super) fn matching(meta: &'static ModelMeta, tail: Tail, start: &Start) -> Option<Expr<Value>> {
    let plain = matches!(start, Start::Table) && !tail.is_limited();
    if plain {
        return tail.into_filter(&meta.table);
    }
    let limited = tail.is_limited();
    let select = apply(&meta.table, tail, start);
    if limited || !select.joins.is_empty() { Some(select_keys(&meta.table, select)) } else { select.filter }
}
